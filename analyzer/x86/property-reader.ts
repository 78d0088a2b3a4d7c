import { Unknown } from '../c/unknown.js';
import type { Visited } from '../qom/visitor.js';
import type { Boot } from './boot.js';
import type { Expansion, Getter } from './expand.js';
import { KeyList } from './fixed-map.js';
import { PropertyRow, propertyMark, type Mark } from './property-row.js';

/** The values of a group's properties; `id` if they go with what its bytes hold. */
interface Read {
  readonly id: number | undefined;
  readonly members: Group['members'];
  readonly values: readonly Visited[];
  readonly marks: readonly Mark[];
}

/** Properties that hang on the same stretch of the object, or on neighbouring ones. */
interface Group {
  readonly offset: number;
  readonly size: number;
  readonly members: readonly { readonly index: number; readonly getter: Getter }[];
  /** By what the bytes hold. */
  readonly known: Map<string, Read>;
}

/** Bytes that are looked at together. */
const STRETCH = 64;
const GAP = 8;

/**
 * Reads all properties of CPUs whose classes have them from the same place. Most hang on a few bytes of the object and on nothing else: where those hold
 * what they held before, the values are the same. CPUs with equal properties get the same row.
 */
export class PropertyReader {
  private groups: Group[] = [];
  /** Indices of the properties that are read one by one. */
  private singles: number[] = [];
  private planned = false;
  private isWatched = false;
  private ids = 0;
  private readonly rows = new Map<string, PropertyRow>();
  private readonly list: KeyList;
  private readonly origins = new Map<object, number>();

  /** @param getters of each name the class's property that is read, unless the object has one of its own */
  constructor(private readonly boot: Boot, private readonly expansion: Expansion, private readonly names: readonly string[], private readonly getters: readonly (Getter | undefined)[]) {
    this.list = new KeyList(names);
  }

  /** @throws CannotResolveError if a getter fails */
  read(object: number): PropertyRow {
    if (!this.planned) this.plan();
    const found: Read[] = [];
    let key = '';
    this.isWatched = false;
    for (const group of this.groups) {
      const all = this.readGroup(object, group);
      found.push(all);
      key += all.id === undefined ? `${all.values.map((value) => this.token(value)).join()},` : `${all.id};`;
    }
    const singles = this.singles.map((index) => this.expansion.read(object, this.names[index]!));
    for (const value of singles) key += `${this.token(value)},`;
    let row = this.rows.get(key);
    if (row === undefined) this.rows.set(key, (row = this.row(found, singles)));
    return row;
  }

  private readGroup(object: number, { offset, size, members, known }: Group): Read {
    const bytes = this.boot.program.memory.tryBytes(object + offset, size);
    const before = bytes === undefined ? undefined : known.get(bytes);
    if (before !== undefined) return before;
    const values = members.map(({ getter }) => this.value(object, getter, bytes, offset));
    const marks = members.map(({ index }, i) => propertyMark(this.names[index]!, values[i]!));
    if (bytes !== undefined && members.every(({ getter }) => isWithin(getter, offset, size))) {
      const all: Read = { id: this.ids++, members, values, marks };
      known.set(bytes, all);
      return all;
    }
    // something is unknown, or hangs on more than was thought
    if (bytes !== undefined) this.planned = false;
    return { id: undefined, members, values, marks };
  }

  private row(found: readonly Read[], singles: readonly Visited[]): PropertyRow {
    const cells = new Array<Visited>(this.names.length);
    const marks = new Uint32Array(2 * this.names.length);
    const put = (index: number, value: Visited, [low, high]: Mark): void => {
      cells[index] = value;
      marks[2 * index] = low;
      marks[2 * index + 1] = high;
    };
    for (const all of found) for (let i = 0; i < all.members.length; i++) put(all.members[i]!.index, all.values[i]!, all.marks[i]!);
    this.singles.forEach((index, i) => put(index, singles[i]!, propertyMark(this.names[index]!, singles[i]!)));
    return new PropertyRow(this.list, cells, marks);
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

  private plan(): void {
    // what a value hangs on is known once it has been read
    this.planned = this.getters.every((getter) => getter === undefined || getter.depends !== undefined);
    this.groups = [];
    this.singles = [];
    const placed: { readonly from: number; readonly to: number; readonly index: number; readonly getter: Getter }[] = [];
    this.getters.forEach((getter, index) => {
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
      const members: { readonly index: number; readonly getter: Getter }[] = [];
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
