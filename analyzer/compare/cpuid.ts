import { CannotResolveError, type CpuidLeaf, type QmpValue } from '../x86/api.js';
import { groupChanges, type ChangeGroup, type Comparison, type Holder, type Place } from './changes.js';
import type { Sides } from './causes.js';

const REGISTERS = ['eax', 'ebx', 'ecx', 'edx'] as const;

/** What CPUID answers for the CPUs of comparisons. CPUs of one side with the same properties answer alike, and are asked once. */
export class Cpuid {
  readonly #answers = { before: new Map<object, readonly CpuidLeaf[] | undefined>(), after: new Map<object, readonly CpuidLeaf[] | undefined>() };
  readonly #pairs = new Map<readonly CpuidLeaf[], Map<readonly CpuidLeaf[], { before: Holder; after: Holder; same: boolean }>>();

  constructor(private readonly sides: Sides) {}

  /** The registers of both, without the bits that the host decides on either side; undefined where QEMU refuses to realize one of them. */
  of({ before, after }: Comparison): { readonly before: Holder; readonly after: Holder; readonly same: boolean } | undefined {
    const b = this.#ask('before', before);
    const a = this.#ask('after', after);
    if (b === undefined || a === undefined) return undefined;
    let row = this.#pairs.get(b);
    if (row === undefined) this.#pairs.set(b, (row = new Map()));
    let pair = row.get(a);
    if (pair === undefined) row.set(a, (pair = holders(b, a)));
    return pair;
  }

  #ask(side: 'before' | 'after', { machine, model }: Place): readonly CpuidLeaf[] | undefined {
    const { analysis, census } = this.sides[side];
    const cpu = census.cpus.get(machine)!.get(model)!;
    if (!this.#answers[side].has(cpu)) {
      let leaves: readonly CpuidLeaf[] | undefined;
      try {
        leaves = analysis.cpuid(machine, model);
      } catch (error) {
        if (!(error instanceof CannotResolveError)) throw error;
      }
      this.#answers[side].set(cpu, leaves);
    }
    return this.#answers[side].get(cpu);
  }
}

function holders(before: readonly CpuidLeaf[], after: readonly CpuidLeaf[]): { before: Holder; after: Holder; same: boolean } {
  const key = (leaf: CpuidLeaf): string => `${leaf.leaf} ${leaf.subleaf}`;
  const others = { before: new Map(before.map((leaf) => [key(leaf), leaf])), after: new Map(after.map((leaf) => [key(leaf), leaf])) };
  const holder = (leaves: readonly CpuidLeaf[], other: ReadonlyMap<string, CpuidLeaf>): Holder => {
    const properties = new Map<string, QmpValue>();
    for (const leaf of leaves) {
      for (const register of REGISTERS) {
        const host = (leaf.host?.[register] ?? 0) | (other.get(key(leaf))?.host?.[register] ?? 0);
        properties.set(`${hex(leaf.leaf)}.${hex(leaf.subleaf)}:${register}`, (leaf[register] & ~host) >>> 0);
      }
    }
    return { properties, hostDependent: [] };
  };
  const b = holder(before, others.after);
  const a = holder(after, others.before);
  return { before: b, after: a, same: b.properties.size === a.properties.size && [...b.properties].every(([name, value]) => a.properties.get(name) === value) };
}

function hex(n: number): string {
  return `0x${(n >>> 0).toString(16)}`;
}

const NOTHING: Holder = { properties: new Map(), hostDependent: [] };

/** CPUID registers that differ, grouped as properties are. `progress` hears of each comparison. */
export function cpuidChanges(comparisons: readonly Comparison[], sides: Sides, progress: (done: number) => void = () => {}): ChangeGroup[] {
  const cpuid = new Cpuid(sides);
  return groupChanges(comparisons.map((comparison, i) => {
    progress(i);
    return cpuid.of(comparison) ?? { before: NOTHING, after: NOTHING };
  }));
}
