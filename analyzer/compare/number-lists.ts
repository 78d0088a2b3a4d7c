/** Tells lists of numbers apart by content, with little work where they are long and the same ones come again and again. */
export class NumberLists {
  readonly #known = new WeakMap<readonly number[], number>();
  readonly #byHash = new Map<number, { readonly list: readonly number[]; readonly id: number }[]>();
  #count = 0;

  /** The same number for lists with the same content. A list must not change afterwards. */
  id(list: readonly number[]): number {
    let id = this.#known.get(list);
    if (id !== undefined) return id;
    let hash = list.length;
    for (const n of list) hash = (Math.imul(hash, 31) + n) | 0;
    let bucket = this.#byHash.get(hash);
    if (bucket === undefined) this.#byHash.set(hash, (bucket = []));
    id = bucket.find((entry) => entry.list.length === list.length && entry.list.every((n, i) => n === list[i]))?.id;
    if (id === undefined) bucket.push({ list, id: (id = this.#count++) });
    this.#known.set(list, id);
    return id;
  }
}
