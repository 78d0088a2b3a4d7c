import type { Analysis, CpuidLeaf, QmpValue } from '../x86/api.js';
import { groupChanges, type ChangeGroup, type Comparison, type Holder, type Place } from './changes.js';
import type { Sides } from './causes.js';

/** An analysis that can tell what CPUID answers. */
export interface KnowsCpuid {
  cpuid?(machine: string, cpu: string): readonly CpuidLeaf[];
}

const REGISTERS = ['eax', 'ebx', 'ecx', 'edx'] as const;

/** Can CPUID be asked on both sides? */
export function knowsCpuid({ before, after }: Sides): boolean {
  return [before, after].every(({ analysis }) => typeof (analysis as Analysis & KnowsCpuid).cpuid === 'function');
}

/** What CPUID answers for the CPUs of comparisons. CPUs of one side with the same properties answer alike, and are asked once. */
export class Cpuid {
  readonly #answers = { before: new Map<object, readonly CpuidLeaf[]>(), after: new Map<object, readonly CpuidLeaf[]>() };
  readonly #pairs = new Map<readonly CpuidLeaf[], Map<readonly CpuidLeaf[], { before: Holder; after: Holder; same: boolean }>>();

  constructor(private readonly sides: Sides) {}

  /** The registers of both, without the bits that the host decides on either side. */
  of({ before, after }: Comparison): { readonly before: Holder; readonly after: Holder; readonly same: boolean } {
    const b = this.#ask('before', before);
    const a = this.#ask('after', after);
    let row = this.#pairs.get(b);
    if (row === undefined) this.#pairs.set(b, (row = new Map()));
    let pair = row.get(a);
    if (pair === undefined) row.set(a, (pair = holders(b, a)));
    return pair;
  }

  #ask(side: 'before' | 'after', { machine, model }: Place): readonly CpuidLeaf[] {
    const { analysis, census } = this.sides[side];
    const cpu = census.cpus.get(machine)!.get(model)!;
    let leaves = this.#answers[side].get(cpu);
    if (leaves === undefined) this.#answers[side].set(cpu, (leaves = (analysis as Analysis & KnowsCpuid).cpuid!(machine, model)));
    return leaves;
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

/** CPUID registers that differ, grouped as properties are. `progress` hears of each comparison. */
export function cpuidChanges(comparisons: readonly Comparison[], sides: Sides, progress: (done: number) => void = () => {}): ChangeGroup[] {
  const cpuid = new Cpuid(sides);
  return groupChanges(comparisons.map((comparison, i) => {
    progress(i);
    return cpuid.of(comparison);
  }));
}
