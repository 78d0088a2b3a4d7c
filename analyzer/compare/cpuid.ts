import { CannotResolveError, type CpuidLeaf, type QmpValue } from '../x86/api.js';
import { groupChanges, type ChangeGroup, type Comparison, type Holder, type Place } from './changes.js';
import type { Sides } from './causes.js';
import { answersOf, registerPairs } from './registers.js';

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
  const [b, a] = [new Map<string, QmpValue>(), new Map<string, QmpValue>()];
  let same = true;
  for (const pair of registerPairs([before, after], answersOf(before), answersOf(after))) {
    const name = `${hex(pair.leaf)}.${hex(pair.subleaf)}:${pair.register}`;
    if (pair.a !== undefined) b.set(name, pair.a);
    if (pair.b !== undefined) a.set(name, pair.b);
    same &&= pair.a === pair.b;
  }
  return { before: { properties: b, hostDependent: [] }, after: { properties: a, hostDependent: [] }, same };
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
