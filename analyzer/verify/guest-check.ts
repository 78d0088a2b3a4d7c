import type { Analysis, CpuidLeaf } from '../x86/api.js';
import type { NotCompared } from './compare.js';
import { compareWithAnalysis } from './compare-cpuid.js';
import { Differences } from './difference.js';
import { readGuestCpuid } from './guest.js';
import type { GuestKernel } from './guest-kernel.js';
import { mapConcurrently } from './pool.js';
import { QemuExitError, QmpTimeoutError } from './qmp.js';
import type { RoundTripComparison } from './roundtrip.js';
import type { Pair } from './sample.js';

export interface GuestCheckOptions {
  readonly qemu: readonly string[];
  readonly analysis: Analysis;
  readonly guest: GuestKernel;
  readonly pairs: readonly Pair[];
  readonly progress?: (done: number, total: number, what: string) => void;
}

/** Holds what CPUID answers to a real guest against what the analysis says that it answers, leaf by leaf. */
export async function compareGuestsWithAnalysis({ qemu, analysis, guest, pairs, progress }: GuestCheckOptions): Promise<RoundTripComparison> {
  const differences = new Differences();
  const notCompared: NotCompared[] = [];
  const models = new Map<string, { passed: number; failed: number }>();
  let [passed, failed, values, done] = [0, 0, 0, 0];
  const answers = await mapConcurrently(pairs, async ({ machine, model }) => {
    const answer = await readGuestCpuid({ qemu, accel: analysis.accel, machine, cpu: model }, guest).catch((error: unknown) => {
      if (error instanceof QemuExitError || error instanceof QmpTimeoutError) return error.message;
      throw error;
    });
    progress?.(++done, pairs.length, `${machine} ${model}`);
    return answer;
  });
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
      const compared = compareWithAnalysis(answer, analysed);
      values += compared.values;
      for (const { register, said, other } of compared.differences) differences.add({ subject: 'guest', machine, model, property: register, qemu: said, analysis: other });
    }
    const tally = models.get(model) ?? { passed: 0, failed: 0 };
    models.set(model, tally);
    if (differences.count === before) [passed, tally.passed] = [passed + 1, tally.passed + 1];
    else [failed, tally.failed] = [failed + 1, tally.failed + 1];
  });
  return { name: 'guests (CPUID)', unit: 'pairs', passed, failed, differences, notCompared, values, models, leftOut: [] };
}
