import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { localSources } from './qemu-src.js';
import { reason } from './reason.js';
import { SourceError } from './tree.js';

/** A source tree under a name. */
export interface NamedSource {
  /** What people call it; undefined: what its own version says. */
  readonly name: string | undefined;
  /** For `openSource`. */
  readonly spec: string;
}

/**
 * The source trees that a path stands for: one tree (anything that `--source` takes), all trees in a directory, or those that a text file
 * lists, one a line: `SPEC` or `NAME SPEC`, `#` begins a comment.
 * @throws SourceError if there are none
 */
export function sourcesAt(path: string): NamedSource[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return [{ name: undefined, spec: path }];
  if (found.isDirectory()) {
    if (['VERSION', 'HEAD'].some((name) => statSync(join(path, name), { throwIfNoEntry: false })?.isFile() === true)) return [{ name: undefined, spec: path }];
    const trees = localSources(path);
    if (trees.length === 0) throw new SourceError(`there is no QEMU source tree in ${path}`);
    return trees.map(({ spec }) => ({ name: undefined, spec }));
  }
  if (!/\.(?:txt|list)$/.test(path)) return [{ name: undefined, spec: path }];
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new SourceError(`cannot read ${basename(path)}: ${reason(error)}`);
  }
  const lines = text.split('\n').map((line) => line.replace(/(?:^|\s)#.*/, '').trim()).filter((line) => line !== '');
  if (lines.length === 0) throw new SourceError(`${path} lists no source tree`);
  return lines.map((line) => {
    const [first, ...rest] = line.split(/\s+/) as [string, ...string[]];
    return rest.length === 0 ? { name: undefined, spec: first } : { name: first, spec: rest.join(' ') };
  });
}
