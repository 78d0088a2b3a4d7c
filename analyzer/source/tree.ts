/**
 * A QEMU source tree as a read-only set of files. Every layer above reads the tree through
 * this interface, so that a directory, a git revision and an archive look the same.
 */
export interface SourceTree {
  /** Where the tree comes from, as the user named it: shown in all output. */
  readonly origin: string;
  /** Is there a regular file at this tree-relative path ("/"-separated, no leading "./")? */
  has(path: string): boolean;
  /** The file's text (latin1-safe UTF-8), or undefined if there is no such file. @throws SourceError if it cannot be read. */
  read(path: string): string | undefined;
  /** The names in a directory, sorted by code unit, directories with a trailing "/"; empty if there is none. */
  list(directory: string): readonly string[];
}

/** The tree is missing, unreadable, or is not what the user said it was. The message is one line for the user. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}
