import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serialize } from 'node:v8';

/** The layers that answers come from, and this one, whose format they are kept in. */
const layers = ['source', 'c', 'qom', 'x86', 'cache'];
/** Parsers: another version may read the same text differently. */
const parsers = ['tree-sitter', 'tree-sitter-c'];

let known: string | undefined;

/** What the analyzer is, by the content of its own code: answers of another one are not to be trusted. */
export function analyzerVersion(): string {
  return known ??= codeVersion(fileURLToPath(new URL('..', import.meta.url)));
}

/** The same for the code in a directory that has a folder for each layer. */
export function codeVersion(root: string): string {
  const hash = createHash('sha256');
  for (const layer of layers) {
    for (const file of readdirSync(join(root, layer), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js')).sort()) {
      hash.update(`${layer}/${file}\0`).update(readFileSync(join(root, layer, file))).update('\0');
    }
  }
  const require = createRequire(import.meta.url);
  for (const parser of parsers) hash.update(readFileSync(require.resolve(`${parser}/package.json`)));
  // node's own encoding of values
  hash.update(serialize(0).subarray(0, 2));
  return hash.digest('hex');
}
