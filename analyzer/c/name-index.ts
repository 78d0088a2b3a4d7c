import type { Declaration } from './translation-unit.js';

/** Declarations that stand together in a header, or in a file: units that include the header share them. */
export type Chunk = readonly Declaration[];

export interface Entry {
  readonly chunk: Chunk;
  readonly declaration: Declaration;
}

export const KINDS = ['functions', 'prototypes', 'objects', 'typedefs', 'tags', 'enumConstants'] as const;
export type NameKind = (typeof KINDS)[number];

/** Which declarations declare a name, over the chunks of all units. */
export class NameIndex {
  private readonly chunks = new Set<Chunk>();
  private readonly tables: Readonly<Record<NameKind, Map<string, Entry[]>>> = {
    functions: new Map(), prototypes: new Map(), objects: new Map(), typedefs: new Map(), tags: new Map(), enumConstants: new Map(),
  };

  /** Take in a chunk (once). */
  add(chunk: Chunk): void {
    if (this.chunks.has(chunk)) return;
    this.chunks.add(chunk);
    for (const declaration of chunk) {
      for (const kind of KINDS) {
        for (const name of namesOf(declaration, kind)) {
          const known = this.tables[kind].get(name);
          if (known === undefined) this.tables[kind].set(name, [{ chunk, declaration }]);
          else known.push({ chunk, declaration });
        }
      }
    }
  }

  /** By chunk, and within a chunk in order. */
  find(kind: NameKind, name: string): readonly Entry[] | undefined {
    return this.tables[kind].get(name);
  }
}

/** The chunks of one unit: where each of them stands, as often as it does. */
export class UnitChunks {
  private readonly places = new Map<Chunk, number[]>();

  constructor(readonly index: NameIndex, readonly all: readonly Chunk[]) {
    all.forEach((chunk, place) => {
      index.add(chunk);
      const known = this.places.get(chunk);
      if (known === undefined) this.places.set(chunk, [place]);
      else known.push(place);
    });
  }

  has(kind: NameKind, name: string): boolean {
    return this.index.find(kind, name)?.some(({ chunk }) => this.places.has(chunk)) === true;
  }

  /** All declarations of a name, with the chunks that they are in, in order. */
  entries(kind: NameKind, name: string): readonly Entry[] {
    const found: { place: number; entry: Entry }[] = [];
    for (const entry of this.index.find(kind, name) ?? []) for (const place of this.places.get(entry.chunk) ?? []) found.push({ place, entry });
    return found.sort((a, b) => a.place - b.place).map(({ entry }) => entry);
  }

  /** The first declaration of a name. */
  first(kind: NameKind, name: string): Declaration | undefined {
    let found: Declaration | undefined;
    let at = Infinity;
    for (const { chunk, declaration } of this.index.find(kind, name) ?? []) {
      const place = this.places.get(chunk)?.[0];
      if (place === undefined || place >= at) continue;
      at = place;
      found = declaration;
    }
    return found;
  }

  /** All declarations of a name, in order. */
  every(kind: NameKind, name: string): readonly Declaration[] | undefined {
    const found: { place: number; declaration: Declaration }[] = [];
    for (const { chunk, declaration } of this.index.find(kind, name) ?? []) {
      for (const place of this.places.get(chunk) ?? []) found.push({ place, declaration });
    }
    return found.length === 0 ? undefined : found.sort((a, b) => a.place - b.place).map(({ declaration }) => declaration);
  }
}

/** One table of a unit, by name; listed in full only if somebody iterates. */
export class NameTable<T> implements ReadonlyMap<string, T> {
  private listed: ReadonlyMap<string, T> | undefined;

  /** @param asked takes the names that are asked for; `*` stands for all */
  constructor(private readonly chunks: UnitChunks, private readonly kind: NameKind, private readonly look: (name: string) => T | undefined, private readonly asked?: Set<string>) {}

  get(name: string): T | undefined {
    this.asked?.add(name);
    return this.look(name);
  }

  has(name: string): boolean {
    this.asked?.add(name);
    return this.chunks.has(this.kind, name);
  }

  private get list(): ReadonlyMap<string, T> {
    this.asked?.add('*');
    if (this.listed === undefined) {
      const listed = new Map<string, T>();
      for (const chunk of this.chunks.all) {
        for (const declaration of chunk) for (const name of namesOf(declaration, this.kind)) if (!listed.has(name)) listed.set(name, this.look(name)!);
      }
      this.listed = listed;
    }
    return this.listed;
  }

  get size(): number { return this.list.size; }
  forEach(visit: (value: T, name: string, table: ReadonlyMap<string, T>) => void): void { this.list.forEach((value, name) => { visit(value, name, this); }); }
  entries(): MapIterator<[string, T]> { return this.list.entries(); }
  keys(): MapIterator<string> { return this.list.keys(); }
  values(): MapIterator<T> { return this.list.values(); }
  [Symbol.iterator](): MapIterator<[string, T]> { return this.list.entries(); }
}

export function namesOf(declaration: Declaration, kind: NameKind): readonly string[] {
  switch (kind) {
    case 'tags': return declaration.tags;
    case 'enumConstants': return declaration.enumConstants;
    case 'objects': return declaration.kind === 'object' ? declaration.objectNames : [];
    case 'prototypes': return declaration.kind === 'prototype' ? declaration.names : declaration.kind === 'object' ? declaration.functionNames : [];
    case 'functions': return declaration.kind === 'function' ? declaration.names : [];
    case 'typedefs': return declaration.kind === 'typedef' ? declaration.names : [];
  }
}
