import type { FeatureLists, QmpValue } from '../x86/api.js';
import { bitPath, type Bit } from '../x86/feature-lists.js';
import { bitNames } from '../x86/feature-words.js';
import type { Holder } from './changes.js';
import { hyphenated } from './values.js';

/** What is known of the lists of feature words on two sides. */
export interface ListsOfBoth {
  readonly before: FeatureLists | undefined;
  readonly after: FeatureLists | undefined;
}

/** In place of a list that was taken apart: that it is there. */
const TAKEN_APART = null;

/**
 * Two CPUs as they can be compared feature by feature: lists of feature words (all that CPUs had before each feature was a property, and
 * that they still have besides) are taken apart, each bit under the name that its tree gives it, and a feature that the other side
 * has as a property under that property's name. Bits that a property of the CPU shows as well are left out.
 */
export function comparable(before: Holder, after: Holder, lists: ListsOfBoth): { readonly before: Holder; readonly after: Holder } {
  if (before === after || (!hasLists(before, lists.before) && !hasLists(after, lists.after))) return { before, after };
  const [b, a] = [new Side(before, lists.before), new Side(after, lists.after)];
  b.takeApart(a);
  a.takeApart(b);
  return { before: b.holder, after: a.holder };
}

/** One CPU with features, by their names with hyphens, in place of lists; itself if it has no lists. */
export function byFeature<T extends Holder>(cpu: T, lists: FeatureLists | undefined): T {
  if (!hasLists(cpu, lists)) return cpu;
  const side = new Side(cpu, lists);
  side.takeApart(side);
  const isList = (name: string): boolean => lists!.lists.some(({ property }) => property === name);
  return {
    ...cpu,
    properties: new Map([...side.holder.properties].filter(([name]) => !isList(name))),
    hostDependent: side.holder.hostDependent.filter((name) => !isList(name)),
  };
}

function hasLists({ properties, hostDependent }: Holder, lists: FeatureLists | undefined): boolean {
  return lists?.lists.some(({ property }) => properties.has(property) || hostDependent.includes(property)) ?? false;
}

/** A bit of a list, with its names. */
interface NamedBit extends Bit {
  readonly names: readonly string[];
  readonly isSet: boolean;
}

class Side {
  readonly holder: Holder;
  readonly #properties: Map<string, QmpValue>;
  readonly #hostDependent: Set<string>;
  /** Spellings of what is a property of its own, by the one with hyphens. */
  readonly #own = new Map<string, string[]>();
  /** What the lists say; undefined where the host decides. */
  readonly #bits = new Map<string, readonly NamedBit[] | undefined>();
  readonly #registers: FeatureLists['registers'];
  readonly #isCpu: ReadonlySet<string>;

  constructor(cpu: Holder, lists: FeatureLists | undefined) {
    this.#properties = new Map(cpu.properties);
    this.#hostDependent = new Set(cpu.hostDependent);
    this.#registers = lists?.registers ?? [];
    this.#isCpu = new Set(lists?.lists.flatMap(({ property, isCpu }) => (isCpu ? [property] : [])));
    for (const { property } of lists?.lists ?? []) {
      const value = cpu.properties.get(property);
      if (value !== undefined) {
        this.#bits.set(property, this.#read(value));
        this.#properties.set(property, TAKEN_APART);
      } else if (this.#hostDependent.has(property)) this.#bits.set(property, undefined);
    }
    for (const [name, value] of cpu.properties) if (typeof value === 'boolean') this.#note(name);
    for (const name of cpu.hostDependent) this.#note(name);
    const hostDependent = this.#hostDependent;
    this.holder = { properties: this.#properties, get hostDependent() { return [...hostDependent]; } };
  }

  #note(name: string): void {
    const key = hyphenated(name);
    const known = this.#own.get(key);
    if (known === undefined) this.#own.set(key, [name]);
    else known.push(name);
  }

  #read(value: QmpValue): NamedBit[] {
    return (Array.isArray(value) ? value : []).flatMap((entry): NamedBit[] => {
      if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return [];
      const leaf = Number(entry['cpuid-input-eax']) >>> 0;
      const subleaf = entry['cpuid-input-ecx'] === undefined ? undefined : Number(entry['cpuid-input-ecx']);
      const register = String(entry['cpuid-register']).toLowerCase() as Bit['register'];
      const word = Number(entry['features']);
      const names = this.#namesIn(leaf, subleaf, register);
      return Array.from({ length: 32 }, (_, bit) => ({ leaf, subleaf, register, bit, names: bitNames(names?.[bit]), isSet: ((word >>> bit) & 1) === 1 }));
    });
  }

  #namesIn(leaf: number, subleaf: number | undefined, register: Bit['register']): readonly (string | undefined)[] | undefined {
    return this.#registers.find((known) => known.leaf === leaf && known.subleaf === subleaf && known.register === register)?.names;
  }

  #names({ leaf, subleaf, register, bit }: Bit): readonly string[] {
    return bitNames(this.#namesIn(leaf, subleaf, register)?.[bit]);
  }

  /** Put features in place of lists, for a comparison with the other side. */
  takeApart(other: Side): void {
    for (const [list, bits] of this.#bits) {
      if (bits !== undefined) this.#isCpu.has(list) ? this.#features(list, bits, other) : this.#bitsOf(list, bits.filter(({ isSet }) => isSet), other, `${list}.`);
      else if (this.#isCpu.has(list)) for (const { names } of this.#registers) for (const name of names.flatMap(bitNames)) for (const spelling of this.#spellings(name, other)) this.#hostDependent.add(spelling);
    }
  }

  #features(list: string, bits: readonly NamedBit[], other: Side): void {
    const byName = new Map<string, NamedBit[]>();
    for (const bit of bits) for (const name of bit.names) byName.set(name, [...byName.get(name) ?? [], bit]);
    const apart = new Set(bits.filter(({ names, isSet }) => isSet && names.length === 0));
    for (const [name, of] of byName) {
      // a feature of several bits is on if all are
      const isOn = of.every(({ isSet }) => isSet);
      if (!isOn) for (const bit of of) if (bit.isSet) apart.add(bit);
      for (const spelling of this.#spellings(name, other)) this.#properties.set(spelling, isOn);
    }
    this.#bitsOf(list, [...apart], other, undefined);
  }

  /** How to call a feature that is no property here: as the other side does if it is one there. */
  #spellings(name: string, other: Side): readonly string[] {
    const key = hyphenated(name);
    if (this.#own.has(key)) return [];
    return other === this ? [key] : other.#own.get(key) ?? [name];
  }

  /** Bits that are set and stand for themselves: under their names after `start`, or, without one, by their place. */
  #bitsOf(list: string, bits: readonly NamedBit[], other: Side, start: string | undefined): void {
    const has = other.#bits.has(list);
    const theirs = new Set(other.#bits.get(list)?.flatMap((bit) => (bit.isSet ? [bitPath(list, bit)] : [])));
    for (const bit of bits) {
      const path = bitPath(list, bit);
      if (start !== undefined) {
        // a list that only one side has differs as a whole
        if (!has || other.#bits.get(list) === undefined) continue;
        const [name = path.slice(start.length)] = bit.names;
        this.#properties.set(`${start}${name}`, true);
        if (!theirs.has(path)) other.#properties.set(`${start}${name}`, false);
        continue;
      }
      const [name] = bit.names.length === 0 ? other.#names(bit) : [];
      if (name !== undefined) for (const spelling of this.#spellings(name, other)) this.#properties.set(spelling, true);
      else if (has && other.#bits.get(list) !== undefined) {
        this.#properties.set(path, true);
        if (!theirs.has(path)) other.#properties.set(path, false);
      }
    }
  }
}
