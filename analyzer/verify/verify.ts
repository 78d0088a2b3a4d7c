import type { Analysis } from '../x86/api.js';
import type { Diagnostic } from '../c/runtime.js';
import { distinct } from '../render/diagnostic.js';
import { compareCompat, compareMachines, compareModels, compareStates, compareVersion, type Comparison } from './compare.js';
import type { Difference, DifferenceGroup } from './difference.js';
import { whyNotAccel } from './qemu.js';
import { NoExpansionError, record, type RecordProgress } from './record.js';
import { writeRecording, type Recording } from './recording.js';
import { roundTrip, type RoundTripConfig } from './roundtrip.js';
import { samplePairs } from './sample.js';

export interface VerifyOptions {
  /** The binary, and what always comes first on its command line. */
  readonly qemu: readonly string[];
  /** One for each accelerator. */
  readonly analyses: readonly Analysis[];
  /** The round trip for every pair, not for a sample. */
  readonly all?: boolean;
  /** Number of pairs in the sample. */
  readonly sample?: number;
  /** Where to keep what the binary said; `%a` stands for the accelerator. */
  readonly record?: string;
  /** The configuration for a pair; undefined where there is none. Without this no round trip is made. */
  readonly configFor?: (machine: string, model: string, accel: string) => RoundTripConfig | undefined;
  readonly progress?: (text: string) => void;
}

/** What was found with one accelerator. */
export interface AccelReport {
  readonly accel: string;
  readonly version: string;
  readonly package: string;
  /** Why nothing was compared: the accelerator does not open. */
  readonly skipped: string | undefined;
  readonly comparisons: readonly Comparison[];
  /** What the analysis itself is not sure of. */
  readonly diagnostics: readonly Diagnostic[];
  readonly seconds: number;
}

/** The whole result. `passed` and `failed` count checks: machine types, models, pairs. */
export interface Report {
  readonly qemu: readonly string[];
  readonly source: string;
  readonly passed: number;
  readonly failed: number;
  /** Accelerators with which nothing could be compared. */
  readonly skipped: number;
  readonly accels: readonly AccelReport[];
  /** The first thousands; `groups` counts all. */
  readonly differences: readonly Difference[];
  readonly groups: readonly (DifferenceGroup & { readonly accel: string })[];
}

/**
 * Holds analyses against a real QEMU: what it lists, every property of every pair, and the round trip of generated configurations.
 * @throws QemuExitError if the binary cannot be started; RecordingError
 */
export async function verify(options: VerifyOptions): Promise<Report> {
  const accels: AccelReport[] = [];
  for (const analysis of options.analyses) accels.push(await verifyAccel(options, analysis));
  return makeReport(options.qemu, options.analyses[0]?.origin ?? '', accels);
}

/** The same without QEMU, and so without the round trip: an analysis against what a binary once said. */
export function verifyRecording(recording: Recording, analysis: Analysis): Report {
  const begun = Date.now();
  return makeReport([], analysis.origin, [accelReport(recording, analysis, compareRecording(recording, analysis), begun)]);
}

/** Every comparison that a recording allows. */
export function compareRecording(recording: Recording, analysis: Analysis): Comparison[] {
  const compat = compareCompat(recording, analysis);
  return [
    compareVersion(recording, analysis),
    compareMachines(recording, analysis),
    compareModels(recording, analysis),
    ...(compat === undefined ? [] : [compat]),
    compareStates(recording, analysis, recording.stage),
  ];
}

async function verifyAccel(options: VerifyOptions, analysis: Analysis): Promise<AccelReport> {
  const { qemu, record: file, configFor, progress } = options;
  const { accel } = analysis;
  const begun = Date.now();
  const closed = await whyNotAccel(qemu, accel);
  if (closed !== undefined) return { accel, version: '', package: '', skipped: closed, comparisons: [], diagnostics: [], seconds: 0 };
  const recording = await recordAll(qemu, accel, (done, total, what) => progress?.(`asking QEMU  ${done} of ${total}  ${what}`));
  if (file !== undefined) await writeRecording(file.replaceAll('%a', accel), recording);
  progress?.('comparing');
  const comparisons = compareRecording(recording, analysis);
  if (configFor !== undefined) {
    const pairs = samplePairs(new Map(Object.entries(recording.pairs).map(([machine, models]) => [machine, Object.keys(models)])), options.all === true ? Infinity : options.sample);
    comparisons.push(await roundTrip({
      qemu, accel, pairs, configFor,
      hostDependent: (machine, model) => analysis.resolve(machine, model, 'expanded').hostDependent,
      progress: (done, total, what) => progress?.(`round trip  ${done} of ${total}  ${what}`),
    }));
  }
  return accelReport(recording, analysis, comparisons, begun);
}

/** What the binary says of all pairs: expanded, or realized where it cannot be asked for that. */
async function recordAll(qemu: readonly string[], accel: string, progress: RecordProgress): Promise<Recording> {
  try {
    return await record(qemu, accel, { stage: 'expanded' }, progress);
  } catch (error) {
    if (!(error instanceof NoExpansionError)) throw error;
    return await record(qemu, accel, { stage: 'realized' }, progress);
  }
}

function accelReport(recording: Recording, analysis: Analysis, comparisons: readonly Comparison[], begun: number): AccelReport {
  const { qemu: { major, minor, micro }, package: package_ } = recording.version;
  return {
    accel: recording.accel, version: `${major}.${minor}.${micro}`, package: package_, skipped: undefined, comparisons,
    diagnostics: distinct(analysis.diagnostics), seconds: (Date.now() - begun) / 1000,
  };
}

function makeReport(qemu: readonly string[], source: string, accels: readonly AccelReport[]): Report {
  const comparisons = accels.flatMap((report) => report.comparisons);
  return {
    qemu, source, accels,
    passed: comparisons.reduce((sum, comparison) => sum + comparison.passed, 0),
    failed: comparisons.reduce((sum, comparison) => sum + comparison.failed, 0),
    skipped: accels.filter((report) => report.skipped !== undefined).length,
    differences: comparisons.flatMap((comparison) => comparison.differences.list),
    groups: accels.flatMap(({ accel, comparisons: of }) => of.flatMap((comparison) => comparison.differences.groups().map((group) => ({ ...group, accel })))),
  };
}
