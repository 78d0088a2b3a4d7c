import type { ChangedPath } from '../../source/git-log.js';
import { factOfContent, type NarrowQuestions } from '../../source/observed.js';

/** Which changed paths can change an answer to the questions that analyses asked their trees. */
export class Relevance {
  readonly #read = new Set<string>();
  readonly #has = new Set<string>();
  readonly #list = new Set<string>();
  readonly #facts = new Map<string, Set<string>>();

  /** @param text the text of a content by its id */
  constructor(private readonly text: (id: string) => string) {}

  /** Take these questions in. */
  add({ read, has, list, facts }: NarrowQuestions): void {
    for (const path of read) this.#read.add(path);
    for (const path of has) this.#has.add(path);
    for (const path of list) this.#list.add(path.replace(/\/$/, ''));
    for (const [path, names] of facts) {
      const known = this.#facts.get(path);
      if (known === undefined) this.#facts.set(path, new Set(names));
      else for (const name of names) known.add(name);
    }
  }

  /** Grows with every question that is new. */
  get extent(): number {
    return this.#read.size + this.#has.size + this.#list.size + this.#facts.size;
  }

  get questions(): NarrowQuestions {
    const facts = [...this.#facts].filter(([path]) => !this.#read.has(path)).map(([path, names]) => [path, [...names].sort()] as const);
    return { facts: facts.sort(([a], [b]) => (a < b ? -1 : 1)), read: [...this.#read].sort(), has: [...this.#has].sort(), list: [...this.#list].sort() };
  }

  /**
   * A file that was read matters whatever becomes of it; one of which only
   * facts were asked, where these change; one that was looked for, and a name in a directory, where it comes or goes.
   */
  matters({ status, path, from, to }: ChangedPath): boolean {
    if (this.#read.has(path)) return true;
    const facts = this.#facts.get(path);
    if (status === 'M') return facts !== undefined && [...facts].some((name) => factOfContent(from, name, () => this.text(from)) !== factOfContent(to, name, () => this.text(to)));
    if (facts !== undefined || this.#has.has(path)) return true;
    // a new directory is a new name in the one above it
    for (let slash = path.lastIndexOf('/'); ; slash = path.lastIndexOf('/', slash - 1)) {
      if (this.#list.has(slash < 0 ? '' : path.slice(0, slash))) return true;
      if (slash <= 0) return false;
    }
  }
}
