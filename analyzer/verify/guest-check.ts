import type { Analysis, CpuidLeaf } from '../x86/api.js';
import type { NotCompared } from './compare.js';
import { compareTables, compareWithAnalysis } from './compare-cpuid.js';
import { Differences } from './difference.js';
import { readGuestCpuid, type GuestCpuid } from './guest.js';
import type { GuestKernel } from './guest-kernel.js';
import { mapConcurrently } from './pool.js';
import { QemuExitError, QmpTimeoutError } from './qmp.js';
import type { RoundTripComparison } from './roundtrip.js';
import type { Pair } from './sample.js';
import { Tally } from './tally.js';

export interface GuestCheckOptions {
  readonly qemu: readonly string[];
  readonly analysis: Analysis;
  /** The same with the host described on which the guests run. */
  readonly described?: Analysis | undefined;
  readonly guest: GuestKernel;
  readonly pairs: readonly Pair[];
  readonly progress?: (done: number, total: number, what: string) => void;
}

/** What is between QEMU and the guest. */
const KERNEL = 'the guest does not read what QEMU told KVM';

/**
 * Holds what CPUID answers to a real guest against what the analysis says that it answers, leaf by leaf. Under KVM, what
 * QEMU told the kernel is what the analysis can know: where that can be seen it is compared, and what the kernel makes of it is listed.
 * @returns one comparison, and one more where the host is described
 */
export async function compareGuestsWithAnalysis({ qemu, analysis, described, guest, pairs, progress }: GuestCheckOptions): Promise<RoundTripComparison[]> {
  let done = 0;
  const answers = await mapConcurrently(pairs, async ({ machine, model }) => {
    const answer = await readGuestCpuid({ qemu, accel: analysis.accel, machine, cpu: model }, guest).catch((error: unknown) => {
      if (error instanceof QemuExitError || error instanceof QmpTimeoutError) return error.message;
      throw error;
    });
    progress?.(++done, pairs.length, `${machine} ${model}`);
    return answer;
  });
  return [{ name: 'guests (CPUID)', with: analysis }, ...(described === undefined ? [] : [{ name: 'guests on this host', with: described }])]
    .map(({ name, with: of }) => compareAll(name, of, pairs, answers));
}

function compareAll(name: string, analysis: Analysis, pairs: readonly Pair[], answers: readonly (GuestCpuid | string)[]): RoundTripComparison {
  const differences = new Differences();
  const notCompared: NotCompared[] = [];
  const tally = new Tally();
  const rewritten = new Map<string, number>();
  let values = 0;
  answers.forEach((answer, i) => {
    const { machine, model } = pairs[i]!;
    const before = differences.count;
    let analysed: readonly CpuidLeaf[] | string;
    try {
      analysed = analysis.cpuid(machine, model);
    } catch (error) {
      // whatever the reason is why there is no answer: QEMU has one
      analysed = error instanceof Error ? error.message : String(error);
    }
    if (typeof answer === 'string') {
      // both refuse it, or the host does
      if (typeof analysed === 'string' || analysis.accel !== 'tcg') notCompared.push({ machine, model, reason: answer });
      else differences.add({ subject: 'guest', machine, model, property: undefined, qemu: answer, analysis: 'a CPU' });
      if (differences.count === before) return;
    } else if (typeof analysed === 'string') {
      differences.add({ subject: 'guest', machine, model, property: undefined, qemu: 'a CPU', analysis: analysed });
    } else {
      const { given } = answer;
      const compared = given === undefined ? compareWithAnalysis(answer, analysed) : compareTables(given, analysed);
      if (given !== undefined && compared.values === 0) {
        notCompared.push({ machine, model, reason: 'the host decides all of it' });
        return;
      }
      values += compared.values;
      if (given !== undefined) for (const { register } of compareWithAnalysis(answer, given).differences) rewritten.set(register, (rewritten.get(register) ?? 0) + 1);
      for (const { register, said, other } of compared.differences) differences.add({ subject: 'guest', machine, model, property: register, qemu: said, analysis: other });
    }
    tally.add(model, differences.count === before);
  });
  const leftOut = [...rewritten].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([register, count]) => ({ property: `CPUID ${register}`, reason: KERNEL, pairs: count }));
  return { name, unit: 'pairs', passed: tally.passed, failed: tally.failed, differences, notCompared, values, models: tally.models, leftOut };
}
