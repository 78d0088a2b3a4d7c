/** A place in a source file, as diagnostics and provenance name it. */
export interface Location {
  /** Tree-relative path. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** "file:line", the form in which every message and report names a place. */
export function formatLocation(location: Location | undefined): string {
  return location === undefined ? '<builtin>' : `${location.file}:${location.line}`;
}
