import { existsSync } from 'node:fs';
import { gitDirectory } from '../source/git.js';

/** A source, and what of it: `SOURCE[:MACHINE[:MODEL]]`. */
export interface SubjectSpec {
  /** For --source; undefined: the default source. */
  readonly source: string | undefined;
  readonly machine?: string;
  readonly model?: string;
}

/**
 * Take `SOURCE[:MACHINE[:MODEL]]` apart. A path may hold ":" and "@" as well: the longest source that is there counts.
 * A revision of a git repository holds no ":". Where nothing is there, the shortest source is what the user is told of.
 */
export function parseSubject(text: string, exists: (source: string) => boolean = sourceExists): SubjectSpec {
  const parts = text.split(':');
  let shortest: SubjectSpec | undefined;
  for (let taken = 0; taken <= Math.min(2, parts.length - 1); taken++) {
    const source = parts.slice(0, parts.length - taken).join(':');
    const [machine, model] = parts.slice(parts.length - taken);
    if (machine === '' || model === '') continue;
    const spec: SubjectSpec = { source: source === '' ? undefined : source, ...(machine === undefined ? {} : { machine }), ...(model === undefined ? {} : { model }) };
    if (source === '' || exists(source)) return spec;
    shortest = spec;
  }
  return shortest ?? { source: text };
}

/** Is this a path, or a path of a git repository and something that may be a revision? */
export function sourceExists(source: string): boolean {
  if (existsSync(source)) return true;
  for (let at = source.lastIndexOf('@'); at > 0; at = source.lastIndexOf('@', at - 1)) {
    const path = source.slice(0, at);
    if (existsSync(path) && gitDirectory(path) !== undefined) return !source.slice(at + 1).includes(':');
  }
  return false;
}
