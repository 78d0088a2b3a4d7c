import { Unknown } from '../c/unknown.js';
import type { Visited } from '../qom/visitor.js';
import type { Boot } from './boot.js';
import type { Expansion, Getter } from './expand.js';

/** The values of some properties. */
interface Known {
  readonly id: number;
  readonly values: readonly Visited[];
}

/** Properties that hang on the same stretch of the object, or on neighbouring ones. */
interface Group {
  readonly offset: number;
  readonly size: number;
  readonly members: { readonly index: number; readonly getter: Getter }[];
  /** By what the bytes hold. */
  readonly known: Map<string, Known>;
}

/** Bytes that are looked at together. */
const STRETCH = 64;
const GAP = 8;

/**
 * Reads all properties of CPUs of one kind. Most hang on a few bytes of the object and on nothing else: where those hold
 * what they held before, the values are the same. CPUs with equal properties get the same map.
 */
export class PropertyReader {
  private groups: Group[] = [];
  /** Indices of the properties that are read one by one. */
  private singles: number[] = [];
  private planned = false;
  private isWatched = false;
  private ids = 0;
  private readonly maps = new Map<string, ReadonlyMap<string, Visited>>();
  private readonly origins = new Map<object, number>();

  constructor(private readonly boot: Boot, private readonly expansion: Expansion, private readonly names: readonly string[]) {}

  /** @throws CannotResolveError if a getter fails */
  read(object: number): ReadonlyMap<string, Visited> {
    const { memory } = this.boot.program;
    if (!this.planned) this.plan(object);
    const values = new Array<Visited>(this.names.length);
    let key = '';
    this.isWatched = false;
    for (const group of this.groups) {
      const { offset, size, members, known } = group;
      const bytes = memory.tryBytes(object + offset, size);
      let all = bytes === undefined ? undefined : known.get(bytes);
      if (all === undefined) {
        const read = members.map(({ getter }) => this.value(object, getter, bytes, offset));
        all = { id: this.ids++, values: read };
        if (bytes !== undefined && members.every(({ getter }) => isWithin(getter, offset, size))) known.set(bytes, all);
        else {
          // something is unknown, or hangs on more than was thought
          if (bytes !== undefined) this.planned = false;
          members.forEach(({ index }, i) => { values[index] = read[i]!; key += `${this.token(read[i]!)},`; });
          continue;
        }
      }
      for (let i = 0; i < members.length; i++) values[members[i]!.index] = all.values[i]!;
      key += `${all.id};`;
    }
    for (const index of this.singles) {
      const value = this.expansion.read(object, this.names[index]!);
      values[index] = value;
      key += `${this.token(value)},`;
    }
    let map = this.maps.get(key);
    if (map === undefined) {
      map = new Map(this.names.map((name, i) => [name, values[i]!]));
      this.maps.set(key, map);
    }
    return map;
  }

  /** The value that goes with the getter's own bytes; `bytes` are those at the offset, if they are known. */
  private value(object: number, getter: Getter, bytes: string | undefined, offset: number): Visited {
    const key = (): string | undefined => {
      if (bytes === undefined || !isWithin(getter, offset, bytes.length)) return undefined;
      return (getter.depends as readonly { offset: number; size: number }[]).map((r) => bytes.slice(r.offset - offset, r.offset - offset + r.size)).join('');
    };
    const before = key();
    const known = before === undefined ? undefined : getter.known.get(before);
    if (known !== undefined) return known;
    if (!this.isWatched) this.expansion.watch(object);
    this.isWatched = true;
    const value = this.expansion.study(object, getter);
    const after = key();
    if (after !== undefined) getter.known.set(after, value);
    return value;
  }

  private plan(object: number): void {
    this.planned = true;
    this.groups = [];
    this.singles = [];
    const placed: { readonly from: number; readonly to: number; readonly index: number; readonly getter: Getter }[] = [];
    this.names.forEach((name, index) => {
      const getter = this.expansion.classGetter(object, name);
      if (getter?.depends === undefined || getter.depends === 'more') {
        this.singles.push(index);
        return;
      }
      const from = Math.min(...getter.depends.map((r) => r.offset));
      const to = Math.max(...getter.depends.map((r) => r.offset + r.size));
      if (getter.depends.length === 0 || to - from > STRETCH) this.singles.push(index);
      else placed.push({ from, to, index, getter });
    });
    placed.sort((a, b) => a.from - b.from || a.to - b.to);
    for (let i = 0; i < placed.length;) {
      const first = placed[i]!;
      let { to } = first;
      const members: Group['members'] = [];
      for (; i < placed.length; i++) {
        const next = placed[i]!;
        if (members.length > 0 && (next.from > to + GAP || Math.max(to, next.to) - first.from > STRETCH)) break;
        to = Math.max(to, next.to);
        members.push({ index: next.index, getter: next.getter });
      }
      this.groups.push({ offset: first.from, size: to - first.from, members, known: new Map() });
    }
  }

  /** Text that is the same for equal values of a property only. */
  private token(value: Visited): string {
    return JSON.stringify(value, (_key, v: unknown) => {
      if (typeof v === 'bigint') return `n${v}`;
      if (!(v instanceof Unknown)) return v;
      let id = this.origins.get(v.origin);
      if (id === undefined) this.origins.set(v.origin, (id = this.origins.size));
      return { unknown: id };
    });
  }
}

function isWithin({ depends }: Getter, offset: number, size: number): boolean {
  return depends !== undefined && depends !== 'more' && depends.every((r) => r.offset >= offset && r.offset + r.size <= offset + size);
}
