import { createHash } from 'node:crypto';
import { normalizePath, parentPath } from './tree-path.js';
import type { SourceTree } from './tree.js';

/** What was asked of a tree, each list sorted. The answers decide what anything computed from the tree is. */
export interface Questions {
  /** Paths that were asked for as files, whether there is one or not. */
  readonly has: readonly string[];
  /** Files whose text was read. */
  readonly read: readonly string[];
  /** Directories that were listed. */
  readonly list: readonly string[];
}

/**
 * A tree that notes what is asked of it. Texts are kept, so that a file that changes meanwhile is the same all the time,
 * and is noted as it was read.
 */
export class ObservedTree implements SourceTree {
  readonly #has = new Map<string, boolean>();
  readonly #read = new Map<string, { readonly id: string; readonly text: string } | undefined>();
  readonly #list = new Map<string, readonly string[]>();

  constructor(readonly tree: SourceTree) {}

  get origin(): string {
    return this.tree.origin;
  }

  /** How many different questions there were: grows with every new one. */
  get extent(): number {
    return this.#has.size + this.#read.size + this.#list.size;
  }

  has(path: string): boolean {
    let known = this.#has.get(path);
    if (known === undefined) this.#has.set(path, known = this.tree.has(path));
    return known;
  }

  read(path: string): string | undefined {
    if (!this.#read.has(path)) this.#read.set(path, readWithId(this.tree, path));
    return this.#read.get(path)?.text;
  }

  list(directory: string): readonly string[] {
    let known = this.#list.get(directory);
    if (known === undefined) this.#list.set(directory, known = this.tree.list(directory));
    return known;
  }

  questions(): Questions {
    return { has: [...this.#has.keys()].sort(), read: [...this.#read.keys()].sort(), list: [...this.#list.keys()].sort() };
  }

  /** The {@link fingerprint} of the tree as it was when it was asked. */
  fingerprint(questions: Questions): string {
    return digest(questions, (path) => this.#has.get(path)!, (path) => this.#read.get(path)?.id, (path) => this.#list.get(path)!);
  }
}

/** Two trees with the same fingerprint give the same answers to all these questions. @throws SourceError */
export function fingerprint(tree: SourceTree, questions: Questions): string {
  const id = (path: string): string | undefined => (tree.contentId === undefined ? readWithId(tree, path)?.id : tree.contentId(path));
  return digest(questions, (path) => tree.has(path), id, (path) => tree.list(path));
}

/** The directories on whose entries the answers depend. */
export function directoriesOf({ has, read, list }: Questions): string[] {
  const directories = new Set<string>(list.map((path) => normalizePath(path) ?? ''));
  for (const path of [...has, ...read]) directories.add(parentPath(normalizePath(path) ?? ''));
  return [...directories].sort();
}

function readWithId(tree: SourceTree, path: string): { readonly id: string; readonly text: string } | undefined {
  if (tree.readWithId !== undefined) return tree.readWithId(path);
  const text = tree.read(path);
  return text === undefined ? undefined : { id: createHash('sha256').update(text).digest('hex'), text };
}

function digest(questions: Questions, has: (path: string) => boolean, read: (path: string) => string | undefined, list: (path: string) => readonly string[]): string {
  const hash = createHash('sha256');
  let text = '';
  for (const path of questions.has) text += `${path}\0${has(path) ? 1 : 0}\n`;
  hash.update(`${text}\n`);
  text = '';
  for (const path of questions.read) text += `${path}\0${read(path) ?? '-'}\n`;
  hash.update(`${text}\n`);
  text = '';
  for (const path of questions.list) text += `${path}\0${list(path).join('\0')}\n`;
  return hash.update(text).digest('hex');
}
