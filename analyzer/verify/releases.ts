import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CpuidLeaf, QmpValue } from '../x86/api.js';
import { displayValue } from '../render/value.js';
import type { NotCompared } from './compare.js';
import { compareGuests, compareWithAnalysis, type RegisterDifference } from './compare-cpuid.js';
import { Differences } from './difference.js';
import { GuestCpuid, readGuestCpuid } from './guest.js';
import type { GuestKernel } from './guest-kernel.js';
import { mapConcurrently } from './pool.js';
import { QemuExitError, QmpTimeoutError } from './qmp.js';
import type { RoundTripComparison } from './roundtrip.js';
import type { Pair } from './sample.js';
import { Tally } from './tally.js';

/** A configuration made from one tree, as it is loaded into another QEMU, and what is said of it beforehand. */
export interface Carried {
  readonly cpu: string;
  readonly text: string;
  /** Properties that the other QEMU no longer has, and that were left out for it. */
  readonly gone: readonly string[];
  /** Properties that are new there, and what they are where nobody sets them. */
  readonly fresh: readonly { readonly property: string; readonly value: QmpValue | undefined }[];
  /** What a guest will read there, worked out from the other tree; undefined where it cannot be. */
  readonly foretold: readonly CpuidLeaf[] | undefined;
}

export interface ReleasesOptions {
  readonly qemu: readonly string[];
  /** The other QEMU. */
  readonly onto: readonly string[];
  readonly accel: string;
  readonly guest: GuestKernel;
  /** Pairs, and the other QEMU's machine types on which their configurations are loaded. */
  readonly trials: readonly (Pair & { readonly on: readonly string[] })[];
  /** A string: why there is none. */
  readonly carry: (machine: string, model: string, on: string) => Carried | string;
  readonly progress?: (done: number, total: number, what: string) => void;
}

/** What is different for a guest there, as it was said beforehand, and for how many pairs. */
export interface Foretold {
  readonly what: string;
  readonly pairs: number;
  readonly machine: string;
  readonly model: string;
}

export interface ReleasesComparison extends RoundTripComparison {
  /** Leaves that differ, as the other tree's source had told. */
  readonly foretold: readonly Foretold[];
  readonly gone: readonly Foretold[];
  readonly fresh: readonly Foretold[];
}

/**
 * Starts a named model in one QEMU and its configuration in another, and compares what guests read. A pair passes if all
 * leaves are equal, or if they are what the other tree's source says that they will be.
 */
export async function acrossReleases(options: ReleasesOptions): Promise<ReleasesComparison> {
  const { trials, progress } = options;
  const differences = new Differences();
  const notCompared: NotCompared[] = [];
  const tally = new Tally();
  const [foretold, gone, fresh] = [new Occasions(), new Occasions(), new Occasions()];
  const directory = await mkdtemp(join(tmpdir(), 'qemu-cpu-custom-'));
  let [values, done] = [0, 0];
  try {
    const outcomes = await mapConcurrently(trials, async (trial, index) => {
      const outcome = await oneTrial(options, trial, join(directory, `${index}.cfg`));
      progress?.(++done, trials.length, `${trial.machine} ${trial.model}`);
      return outcome;
    });
    outcomes.forEach((ofTrial, i) => {
      const { machine, model, on: machines } = trials[i]!;
      ofTrial.forEach((outcome, at) => {
        const place = `${machine} on ${machines[at]}`;
        if (typeof outcome === 'string') {
          notCompared.push({ machine: place, model, reason: outcome });
          return;
        }
        values += outcome.values;
        for (const property of outcome.carried.gone) gone.add(property, place, model);
        const on = outcome.carried.fresh.filter(({ value }) => !isNothing(value));
        for (const { property, value } of on) fresh.add(`${property} = ${value === undefined ? 'what the host decides' : displayValue(value)}`, place, model);
        if (on.length < outcome.carried.fresh.length) fresh.add(`${outcome.carried.fresh.length - on.length} that are off, 0 or empty`, place, model);
        for (const { register, said, other } of outcome.foretold) foretold.add(`CPUID ${register}: ${said ?? '(absent)'} becomes ${other ?? '(absent)'}`, place, model);
        for (const { register, said, other } of outcome.differences) differences.add({ subject: 'across releases', machine: place, model, property: register, qemu: said, analysis: other });
        tally.add(model, outcome.differences.length === 0);
      });
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  return { name: 'across releases', unit: 'pairs', passed: tally.passed, failed: tally.failed, differences, notCompared, values, models: tally.models, leftOut: [], foretold: foretold.list(), gone: gone.list(), fresh: fresh.list() };
}

interface Outcome {
  readonly carried: Carried;
  readonly values: number;
  /** Not equal, and not said beforehand. */
  readonly differences: readonly RegisterDifference[];
  /** Not equal, as it was said. */
  readonly foretold: readonly RegisterDifference[];
}

async function oneTrial({ qemu, onto, accel, guest, carry }: ReleasesOptions, { machine, model, on }: ReleasesOptions['trials'][number], file: string): Promise<(Outcome | string)[]> {
  const named = await orReason(readGuestCpuid({ qemu, accel, machine, cpu: model }, guest));
  if (typeof named === 'string') return on.map(() => named);
  const outcomes: (Outcome | string)[] = [];
  for (const other of on) {
    const carried = carry(machine, model, other);
    if (typeof carried === 'string') {
      outcomes.push(carried);
      continue;
    }
    await writeFile(file, carried.text);
    const made = await orReason(readGuestCpuid({ qemu: onto, accel, machine: other, cpu: carried.cpu, config: file }, guest));
    outcomes.push(typeof made === 'string'
      ? { carried, values: 0, differences: [{ leaf: 0, subleaf: 0, register: '(start)', said: 'starts', other: made }], foretold: [] }
      : compare(named, made, carried));
  }
  return outcomes;
}

function compare(named: GuestCpuid, made: GuestCpuid, carried: Carried): Outcome {
  const values = named.rows.length * 4;
  const differences = compareGuests(named, made);
  if (differences.length === 0 || carried.foretold === undefined) return { carried, values, differences, foretold: [] };
  // what was said holds if it holds for every leaf
  const wrong = compareWithAnalysis(made, carried.foretold).differences;
  return wrong.length === 0 ? { carried, values, differences: [], foretold: differences } : { carried, values, differences, foretold: [] };
}

async function orReason(answer: Promise<GuestCpuid>): Promise<GuestCpuid | string> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof QemuExitError || error instanceof QmpTimeoutError) return error.message;
    throw error;
  }
}

/** A value that adds nothing to a CPU. */
function isNothing(value: QmpValue | undefined): boolean {
  return value === false || value === 0 || value === '';
}

/** What was the case, how often, and where first. */
class Occasions {
  private readonly found = new Map<string, { what: string; pairs: number; machine: string; model: string }>();

  add(what: string, machine: string, model: string): void {
    const entry = this.found.get(what);
    if (entry === undefined) this.found.set(what, { what, pairs: 1, machine, model });
    else entry.pairs++;
  }

  /** The most frequent first. */
  list(): Foretold[] {
    return [...this.found.values()].sort((a, b) => b.pairs - a.pairs || (a.what < b.what ? -1 : 1));
  }
}
