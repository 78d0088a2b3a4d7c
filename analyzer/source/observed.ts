import { createHash } from 'node:crypto';
import { factNamed, factOf, type Fact } from './facts.js';
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

/** {@link Questions}, where a file of which only some facts were asked is not one that was read. */
export interface NarrowQuestions extends Questions {
  /** Path to names of facts. */
  readonly facts: readonly (readonly [string, readonly string[]])[];
}

/**
 * A tree that notes what is asked of it. Texts are kept, so that a file that changes meanwhile is the same all the time,
 * and is noted as it was read.
 */
export class ObservedTree implements SourceTree {
  readonly #has = new Map<string, boolean>();
  readonly #read = new Map<string, { readonly id: string; readonly text: string } | undefined>();
  readonly #list = new Map<string, readonly string[]>();

  /** Files of which the whole text was asked. */
  readonly #whole = new Set<string>();
  readonly #facts = new Map<string, Map<string, string | undefined>>();

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
    this.#whole.add(path);
    return this.#text(path);
  }

  fact(path: string, fact: Fact): string | undefined {
    let facts = this.#facts.get(path);
    if (facts === undefined) this.#facts.set(path, (facts = new Map()));
    if (!facts.has(fact.name) && this.tree.fact !== undefined && !this.#read.has(path)) facts.set(fact.name, this.tree.fact(path, fact));
    else if (!facts.has(fact.name)) {
      const text = this.#text(path);
      facts.set(fact.name, text === undefined ? undefined : fact.of(text));
    }
    return facts.get(fact.name);
  }

  #text(path: string): string | undefined {
    if (!this.#read.has(path)) this.#read.set(path, readWithId(this.tree, path));
    return this.#read.get(path)?.text;
  }

  list(directory: string): readonly string[] {
    let known = this.#list.get(directory);
    if (known === undefined) this.#list.set(directory, known = this.tree.list(directory));
    return known;
  }

  /** Does another tree give the same answers to all that was asked so far? @throws SourceError */
  holdsFor(tree: SourceTree): boolean {
    for (const [path, there] of this.#has) if (tree.has(path) !== there) return false;
    for (const path of this.#whole) if (idOf(tree, path) !== this.#read.get(path)?.id) return false;
    for (const [path, facts] of this.#facts) {
      for (const [name, said] of this.#whole.has(path) ? [] : facts) if (factOf(tree, path, factNamed(name)) !== said) return false;
    }
    for (const [path, names] of this.#list) {
      const found = tree.list(path);
      if (found !== names && (found.length !== names.length || found.some((name, i) => name !== names[i]))) return false;
    }
    return true;
  }

  questions(): Questions {
    return { has: [...this.#has.keys()].sort(), read: [...this.#read.keys()].sort(), list: [...this.#list.keys()].sort() };
  }

  narrowQuestions(): NarrowQuestions {
    const { has, list } = this.questions();
    const facts = [...this.#facts].filter(([path]) => !this.#whole.has(path)).map(([path, of]) => [path, [...of.keys()].sort()] as const);
    return { has, list, read: [...this.#whole].sort(), facts: facts.sort(([a], [b]) => (a < b ? -1 : 1)) };
  }

  /** As {@link factsPrint}, of what was answered. */
  factsPrint([path, names]: NarrowQuestions['facts'][number]): string {
    return textPrint(factsText(path, names, (name) => this.fact(path, factNamed(name))));
  }

  /** The {@link narrowFingerprint} of the tree as it was when it was asked. */
  fingerprint(questions: NarrowQuestions): string {
    const print = digest(questions, (path) => this.#has.get(path)!, (path) => this.#read.get(path)?.id, (path) => this.#list.get(path)!);
    return withFacts(print, questions, (path, name) => this.fact(path, factNamed(name)));
  }
}

/** Two trees with the same fingerprint give the same answers to all these questions. Facts of equal contents are worked out once. @throws SourceError */
export function narrowFingerprint(tree: SourceTree, questions: NarrowQuestions): string {
  const print = digest(questions, (path) => tree.has(path), (path) => idOf(tree, path), (path) => tree.list(path));
  const ids = new Map(questions.facts.map(([path]) => [path, idOf(tree, path)]));
  return withFacts(print, questions, (path, name) => {
    const id = ids.get(path);
    return id === undefined ? undefined : factOfContent(id, name, () => tree.read(path) ?? '');
  });
}

function withFacts(print: string, { facts }: NarrowQuestions, answer: (path: string, name: string) => string | undefined): string {
  const hash = createHash('sha256').update(print);
  for (const [path, names] of facts) hash.update(factsText(path, names, (name) => answer(path, name)));
  return hash.digest('hex');
}

function factsText(path: string, names: readonly string[], answer: (name: string) => string | undefined): string {
  const answers = names.map((name) => {
    const said = answer(name);
    return `${name}\0${said === undefined ? '-' : brief(said)}`;
  });
  return `\n${path}\0${answers.join('\0')}`;
}

/** The answers that one file gives to {@link NarrowQuestions.facts}, as a hash. @throws SourceError */
export function factsPrint(tree: SourceTree, [path, names]: NarrowQuestions['facts'][number]): string {
  const text = tree.read(path);
  return textPrint(factsText(path, names, (name) => (text === undefined ? undefined : factNamed(name).of(text))));
}

function textPrint(text: string): string {
  return createHash('sha256').update(text).digest('base64').slice(0, 22);
}

/** What it is compared by. */
function brief(said: string): string {
  return said.length > 64 ? createHash('sha256').update(said).digest('hex') : said;
}

const factsByContent = new Map<string, string>();

/** A fact of a text that is known by its id. */
export function factOfContent(id: string, name: string, text: () => string): string {
  const key = `${id} ${name}`;
  let fact = factsByContent.get(key);
  if (fact === undefined) {
    factsByContent.set(key, (fact = brief(factNamed(name).of(text()))));
  }
  return fact;
}

/** The directories on whose entries the answers depend. */
export function directoriesOf({ has, read, list, facts }: NarrowQuestions): string[] {
  const directories = new Set<string>(list.map((path) => normalizePath(path) ?? ''));
  for (const path of [...has, ...read, ...facts.map(([file]) => file)]) directories.add(parentPath(normalizePath(path) ?? ''));
  return [...directories].sort();
}

function idOf(tree: SourceTree, path: string): string | undefined {
  return tree.contentId === undefined ? readWithId(tree, path)?.id : tree.contentId(path);
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

/** Facts of files by content, for many versions of a tree. */
export class RememberedFacts {
  private readonly known = new Map<string, string>();

  /** Are these facts of a file known? */
  know(tree: SourceTree, path: string, names: readonly string[]): boolean {
    const id = idOf(tree, path);
    return id === undefined || names.every((name) => this.known.has(`${id} ${name}`));
  }

  /** The same tree, whose facts are worked out once for each content. */
  of(tree: SourceTree): SourceTree {
    const { known } = this;
    return {
      origin: tree.origin,
      has: (path) => tree.has(path),
      read: (path) => tree.read(path),
      list: (directory) => tree.list(directory),
      contentId: (path) => idOf(tree, path),
      readWithId: (path) => readWithId(tree, path),
      fact: (path, fact) => {
        const id = idOf(tree, path);
        if (id === undefined) return undefined;
        const key = `${id} ${fact.name}`;
        let said = known.get(key);
        if (said === undefined) known.set(key, (said = fact.of(tree.read(path)!)));
        return said;
      },
    };
  }
}
