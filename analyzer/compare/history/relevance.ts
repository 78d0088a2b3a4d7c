import type { ChangedPath } from '../../source/git-log.js';
import type { Questions } from '../../source/observed.js';

/** Which changed paths can change an answer to the questions that analyses asked their trees. */
export class Relevance {
  readonly #read = new Set<string>();
  readonly #has = new Set<string>();
  readonly #list = new Set<string>();
  #extent = 0;

  /** Take these questions in. */
  add({ read, has, list }: Questions): void {
    for (const path of read) this.#read.add(path);
    for (const path of has) this.#has.add(path);
    for (const path of list) this.#list.add(path.replace(/\/$/, ''));
    this.#extent = this.#read.size + this.#has.size + this.#list.size;
  }

  /** Grows with every question that is new. */
  get extent(): number {
    return this.#extent;
  }

  get questions(): Questions {
    return { read: [...this.#read].sort(), has: [...this.#has].sort(), list: [...this.#list].sort() };
  }

  /** A file that was read matters whatever becomes of it; one that was looked for, and a name in a directory, where it comes or goes. */
  matters({ status, path }: ChangedPath): boolean {
    if (this.#read.has(path)) return true;
    if (status === 'M') return false;
    if (this.#has.has(path)) return true;
    // a new directory is a new name in the one above it
    for (let slash = path.lastIndexOf('/'); ; slash = path.lastIndexOf('/', slash - 1)) {
      if (this.#list.has(slash < 0 ? '' : path.slice(0, slash))) return true;
      if (slash <= 0) return false;
    }
  }
}
