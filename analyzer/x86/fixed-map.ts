/** Names in an order that many maps have in common. */
export class KeyList {
  readonly index: ReadonlyMap<string, number>;

  constructor(readonly names: readonly string[]) {
    this.index = new Map(names.map((name, i) => [name, i]));
  }
}

/**
 * A map that does not change and shares its keys with others: thousands of CPUs have the same few hundred properties. A Map to
 * everybody who asks, except for what looks inside it (structuredClone).
 */
export abstract class FixedMap<V> extends Map<string, V> {
  constructor(readonly list: KeyList) {
    super();
  }

  /** The value of a key by its number in the list. */
  abstract at(number: number): V;

  override get size(): number {
    return this.list?.names.length ?? 0;
  }

  override has(name: string): boolean {
    return this.list.index.has(name);
  }

  override get(name: string): V | undefined {
    const number = this.list.index.get(name);
    return number === undefined ? undefined : this.at(number);
  }

  override forEach(visit: (value: V, name: string, map: Map<string, V>) => void): void {
    this.list.names.forEach((name, number) => visit(this.at(number), name, this));
  }

  override entries(): MapIterator<[string, V]> {
    return this.pairs();
  }

  override keys(): MapIterator<string> {
    return this.list.index.keys();
  }

  override values(): MapIterator<V> {
    return this.all();
  }

  override [Symbol.iterator](): MapIterator<[string, V]> {
    return this.pairs();
  }

  override set(): never {
    throw new TypeError('a resolved CPU does not change');
  }

  override delete(): never {
    throw new TypeError('a resolved CPU does not change');
  }

  override clear(): never {
    throw new TypeError('a resolved CPU does not change');
  }

  private *pairs(): Generator<[string, V], undefined, unknown> {
    const { names } = this.list;
    for (let number = 0; number < names.length; number++) yield [names[number]!, this.at(number)];
  }

  private *all(): Generator<V, undefined, unknown> {
    for (let number = 0; number < this.list.names.length; number++) yield this.at(number);
  }
}
