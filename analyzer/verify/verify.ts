import { toJson, type Json } from '../render/json.js';
import type { Analysis, QmpValue } from '../x86/api.js';
import type { FeatureRegister } from '../x86/feature-words.js';
import type { Diagnostic } from '../c/runtime.js';
import { distinct } from '../render/diagnostic.js';
import { compareCompat, compareMachines, compareModels, compareStates, compareVersion, type Comparison } from './compare.js';
import type { Difference, DifferenceGroup } from './difference.js';
import { compareGuestsWithAnalysis } from './guest-check.js';
import { NoGuestError, withGuestKernel, type GuestKernel } from './guest-kernel.js';
import { Plan } from './plan.js';
import { whyNotAccel, withVm } from './qemu.js';
import type { Told } from './told.js';
import { QemuExitError, QmpCommandError } from './qmp.js';
import { acrossReleases, type Carried } from './releases.js';
import { NoExpansionError, record, type RecordProgress } from './record.js';
import { writeRecording, type Recording } from './recording.js';
import { across, roundTrip, type Named, type RoundTripConfig } from './roundtrip.js';

/**
 * `matrix`: what the binary lists, and every property of every pair. `roundtrip`: the configurations, each on its own machine type.
 * `across`: the configurations on other machine types. `guest`: what CPUID answers to a guest, against the analysis.
 */
export type Part = 'matrix' | 'roundtrip' | 'across' | 'guest';

export interface VerifyOptions {
  /** The binary, and what always comes first on its command line. */
  readonly qemu: readonly string[];
  /** One for each accelerator. */
  readonly analyses: readonly Analysis[];
  /** By default, matrix and roundtrip. */
  readonly parts?: readonly Part[];
  /** Every pair, not a sample, in the parts that start a VM for each. */
  readonly all?: boolean;
  /** Number of pairs in the sample. */
  readonly sample?: number;
  /** Only these pairs in those parts. */
  readonly select?: (machine: string, model: string) => boolean;
  /** Where to keep what the binary said; `%a` stands for the accelerator. */
  readonly record?: string;
  /** The configuration for a pair; undefined where there is none. Without this no configuration is loaded. */
  readonly configFor?: (machine: string, model: string, accel: string) => RoundTripConfig | undefined;
  /** What the analysis tells of a pair's configuration on another machine type. */
  readonly tell?: (machine: string, model: string, on: string, accel: string) => Told | undefined;
  /** The analysis with the host described, by what this QEMU answered to query-cpu-model-expansion. Without this, what the host decides is not compared. */
  readonly describe?: (accel: string, reply: string) => Promise<Analysis | undefined>;
  /** Another QEMU: the part `across` is about loading configurations into it. */
  readonly onto?: Onto;
  readonly progress?: (text: string) => void;
}

/** Another QEMU, and the analyses of its tree by accelerator. */
export interface Onto {
  readonly qemu: readonly string[];
  readonly analyses: ReadonlyMap<string, Analysis>;
  /** The configuration of a pair as it is for that QEMU's machine type `on`; a string: why there is none. */
  readonly carry: (machine: string, model: string, on: string, accel: string) => Carried | string;
}

/** What was found with one accelerator. */
export interface AccelReport {
  readonly accel: string;
  readonly version: string;
  readonly package: string;
  /** Why nothing was compared: the accelerator does not open. */
  readonly skipped: string | undefined;
  /** What was not done, and why. */
  readonly notes: readonly string[];
  readonly comparisons: readonly Comparison[];
  /** What the analysis itself is not sure of. */
  readonly diagnostics: readonly Diagnostic[];
  readonly seconds: number;
}

const DEFAULT_PARTS: readonly Part[] = ['matrix', 'roundtrip'];
const PARTS_WITH_GUEST: readonly Part[] = ['roundtrip', 'across', 'guest'];

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
 * Holds analyses against a real QEMU, in the parts that were asked for.
 * @throws QemuExitError if the binary cannot be started; RecordingError; NoGuestError if the part `guest` cannot be had
 */
export async function verify(options: VerifyOptions): Promise<Report> {
  const accels: AccelReport[] = [];
  const run = async (guest: GuestKernel | string): Promise<void> => {
    for (const analysis of options.analyses) accels.push(await verifyAccel(options, analysis, guest));
  };
  if (PARTS_WITH_GUEST.some((part) => (options.parts ?? DEFAULT_PARTS).includes(part))) await orWithoutGuest(run);
  else await run('');
  return makeReport(options.qemu, options.analyses[0]?.origin ?? '', accels);
}

/** Runs with the guest, or with the reason why there is none. */
async function orWithoutGuest(run: (guest: GuestKernel | string) => Promise<void>): Promise<void> {
  let assembled = false;
  try {
    await withGuestKernel((guest) => { assembled = true; return run(guest); });
  } catch (error) {
    if (assembled || !(error instanceof NoGuestError)) throw error;
    await run(error.message);
  }
}

/** The same without QEMU, and so without the round trip: an analysis against what a binary once said. */
export function verifyRecording(recording: Recording, analysis: Analysis): Report {
  const begun = Date.now();
  return makeReport([], analysis.origin, [accelReport(recording.accel, recording.version, analysis, compareRecording(recording, analysis), [], begun)]);
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

async function verifyAccel(options: VerifyOptions, analysis: Analysis, guest: GuestKernel | string): Promise<AccelReport> {
  const { qemu, record: file, configFor, progress, parts = DEFAULT_PARTS } = options;
  const { accel } = analysis;
  const begun = Date.now();
  const closed = await whyNotAccel(qemu, accel);
  if (closed !== undefined) return { accel, version: '', package: '', skipped: closed, notes: [], comparisons: [], diagnostics: [], seconds: 0 };
  const comparisons: Comparison[] = [];
  const notes: string[] = [];
  let version: Recording['version'];
  if (parts.includes('matrix')) {
    const recording = await recordAll(qemu, accel, (done, total, what) => progress?.(`asking QEMU  ${done} of ${total}  ${what}`));
    if (file !== undefined) await writeRecording(file.replaceAll('%a', accel), recording);
    progress?.('comparing');
    comparisons.push(...compareRecording(recording, analysis));
    ({ version } = recording);
  } else {
    version = await versionOf(qemu, accel);
    comparisons.push(compareVersion({ version }, analysis));
  }
  const plan = new Plan(analysis, options);
  const said = (part: string) => (done: number, total: number, what: string): void => progress?.(`${part}  ${done} of ${total}  ${what}`);
  if (configFor !== undefined && (parts.includes('roundtrip') || parts.includes('across'))) {
    if (typeof guest === 'string') notes.push(`the properties are compared, but ${guest}`);
    const common = {
      qemu, accel, configFor, guest: typeof guest === 'string' ? undefined : guest,
      ...(options.tell === undefined ? {} : { tell: (machine: string, model: string, on: string) => options.tell!(machine, model, on, accel) }),
      hostDependent: (machine: string, model: string) => analysis.resolve(machine, model, 'expanded').hostDependent,
      seen: new Map<string, Promise<Named | string>>(),
      told: options.all === true ? toldByWords(analysis) : undefined,
    };
    if (parts.includes('roundtrip')) comparisons.push(await roundTrip({ ...common, pairs: plan.roundTrip(), progress: said('round trip') }));
    if (parts.includes('across') && options.onto === undefined) comparisons.push(await across({ ...common, trials: plan.across(), progress: said('across machine types') }));
  }
  if (parts.includes('across') && options.onto !== undefined) {
    const { onto: { qemu: other, analyses, carry } } = options;
    if (typeof guest === 'string') throw new NoGuestError(guest);
    const newer = analyses.get(accel)!;
    const refused = await whyNotAccel(other, accel);
    if (refused !== undefined) throw new QemuExitError(refused);
    comparisons.push({ ...compareVersion({ version: await versionOf(other, accel) }, newer), name: 'version of the other' });
    comparisons.push(await acrossReleases({
      qemu, onto: other, accel, guest, trials: plan.releases(newer), carry: (machine, model, on) => carry(machine, model, on, accel), progress: said('across releases'),
    }));
  }
  if (parts.includes('guest')) {
    if (typeof guest === 'string') throw new NoGuestError(guest);
    const pairs = plan.guest();
    const reply = options.describe === undefined || pairs.length === 0 ? undefined : await askHost(qemu, accel, pairs[0]!.machine);
    const described = reply === undefined ? undefined : await options.describe!(accel, reply);
    comparisons.push(...await compareGuestsWithAnalysis({ qemu, analysis, described, guest, pairs, progress: said('guests') }));
  }
  return accelReport(accel, version, analysis, comparisons, notes, begun);
}

/** What an analysis may know of the names of bits. */
interface KnowsFeatureNames {
  cpuidFeatures?(): readonly FeatureRegister[];
}

/** Properties that are bits of CPUID's feature words, under all their names. */
function toldByWords(analysis: Analysis & KnowsFeatureNames): Set<string> {
  // QOM's names have no underscores
  const names = (analysis.cpuidFeatures?.() ?? []).flatMap((register) => register.names).filter((name) => name !== undefined).map((name) => name.replaceAll('_', '-'));
  const told = new Set(names);
  for (const [name, others] of analysis.featureAliases?.() ?? []) if (told.has(name)) for (const other of others) told.add(other);
  return told;
}

function versionOf(qemu: readonly string[], accel: string): Promise<Recording['version']> {
  return withVm({ qemu, accel, machine: 'none' }, (qmp) => Promise.resolve(qmp.version as unknown as Recording['version']));
}

/** What QEMU says of the host that the accelerator runs on, as a QMP conversation; undefined where it has no model of it. */
function askHost(qemu: readonly string[], accel: string, machine: string): Promise<string | undefined> {
  return withVm({ qemu, accel, machine }, async (qmp) => {
    try {
      const replies: QmpValue[] = [];
      // with what cannot be migrated, and without
      for (const model of [{ name: 'host' }, { name: 'host', props: { migratable: false } }]) replies.push(await qmp.execute('query-cpu-model-expansion', { type: 'full', model }));
      return replies.map((reply) => toJson({ return: reply as Json }, 0)).join('\n');
    } catch (error) {
      if (error instanceof QmpCommandError) return undefined;
      throw error;
    }
  });
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

function accelReport(accel: string, version: Recording['version'], analysis: Analysis, comparisons: readonly Comparison[], notes: readonly string[], begun: number): AccelReport {
  const { qemu: { major, minor, micro }, package: package_ } = version;
  return {
    accel, version: `${major}.${minor}.${micro}`, package: package_, skipped: undefined, notes, comparisons,
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
