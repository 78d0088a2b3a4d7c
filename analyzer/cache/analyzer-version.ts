import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serialize } from 'node:v8';
import type { Store } from './store.js';

/** The layers that answers come from, and this one, whose format they are kept in. */
const layers = ['source', 'c', 'qom', 'x86', 'cache'];
/** Parsers: another version may read the same text differently. */
const parsers = ['tree-sitter', 'tree-sitter-c'];

/** Of code that is put into few files: {@link codeContent} of what it was made of. */
declare const bundledContent: string;

let known: string | undefined;

/**
 * What the analyzer is, by the content of its own code: answers of another one are not to be trusted. Some hundred files
 * take a while to read, so where there is a store the answer is kept itself, with stamps of the files.
 */
export function analyzerVersion(store?: Store): string {
  if (known !== undefined) return known;
  if (typeof bundledContent !== 'undefined') return known = withParsers(bundledContent);
  const root = fileURLToPath(new URL('..', import.meta.url));
  const begun = Date.now();
  const name = `analyzers/${createHash('sha256').update(root).digest('hex').slice(0, 32)}`;
  const { text, changed } = stampOf(root);
  const kept = store?.read(name) as { stamp: string; version: string } | undefined;
  if (kept?.stamp === text) return known = kept.version;
  known = codeVersion(root);
  // what changed just now may change again under the same stamp
  if (changed < begun - 2000) store?.write(name, { stamp: text, version: known });
  return known;
}

/** Which files there are, and what changes whenever one of them does. */
function stampOf(root: string): { text: string; changed: number } {
  const hash = createHash('sha256').update(`${process.versions.v8}\0`);
  let changed = 0;
  for (const file of [...filesOf(root).map((name) => join(root, name)), ...manifests()]) {
    const { size, mtimeMs, ctimeMs, ino } = statSync(file);
    changed = Math.max(changed, mtimeMs, ctimeMs);
    hash.update(`${file} ${size} ${mtimeMs} ${ctimeMs} ${ino}\0`);
  }
  return { text: hash.digest('hex'), changed };
}

/** The compiled files of the layers. */
function filesOf(root: string): string[] {
  return layers.flatMap((layer) => readdirSync(join(root, layer), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js')).sort().map((name) => `${layer}/${name}`));
}

function manifests(): string[] {
  const require = createRequire(import.meta.url);
  return parsers.map((parser) => require.resolve(`${parser}/package.json`));
}

/** The same for the code in a directory that has a folder for each layer. */
export function codeVersion(root: string): string {
  return withParsers(codeContent(root));
}

/** The content of the layers' code. */
export function codeContent(root: string): string {
  const hash = createHash('sha256');
  for (const file of filesOf(root)) hash.update(`${file}\0`).update(readFileSync(join(root, file))).update('\0');
  return hash.digest('hex');
}

/** Code, and what it is executed with. */
function withParsers(content: string): string {
  const hash = createHash('sha256').update(content);
  for (const manifest of manifests()) hash.update(readFileSync(manifest));
  // node's own encoding of values
  hash.update(serialize(0).subarray(0, 2));
  return hash.digest('hex');
}
