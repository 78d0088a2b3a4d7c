import type { AnalysisCache } from '../cache/analysis-cache.js';
import type { CachedAnalysis } from '../cache/cached-analysis.js';
import type { Style } from '../render/text.js';
import type { GivenHeader } from '../source/build/given-headers.js';
import type { Identity } from '../source/identify.js';
import type { SourceTree } from '../source/tree.js';
import type { Conformance } from '../verify/conformance.js';
import type { ConformanceRow } from '../verify/conformance-report.js';
import type { CpuidRecording } from '../verify/cpuid-recording.js';
import type { RecordingHead } from '../verify/recording.js';
import type { Accelerator } from '../x86/known-accelerators.js';
import type { analyse } from '../x86/analyse.js';
import type { Analysis, CpuidLeaf, MachineOptions, QmpValue, ResolvedCpu, Stage } from '../x86/api.js';
import type { DecidedBuild } from '../x86/config.js';
import type { HostDescription } from '../x86/host/description.js';

/** What an analysis depends on besides the source. */
export interface EngineOptions {
  readonly accel: string;
  readonly target: Target;
  readonly define: ReadonlyMap<string, string>;
  readonly without: readonly string[];
  readonly configure?: readonly string[];
  /** What a real build wrote down: it decides where the others say nothing. */
  readonly headers?: readonly GivenHeader[];
  /** false: neither use nor keep answers of earlier runs. */
  readonly cache?: boolean;
  /** The host that the accelerator runs on. */
  readonly host?: HostDescription;
  /** The options of -machine and -smp that machines are started with. */
  readonly machine?: MachineOptions;
}

export const targets = ['x86_64', 'i386'] as const;
export type Target = (typeof targets)[number];

/** Which Debian source package to get. */
export interface FetchRequest {
  readonly suite?: string;
  readonly version?: string;
}

/** The complete matrix as a real QEMU tells it, and how long it took to tell. */
export interface RealMatrix {
  readonly version: string;
  readonly pairs: number;
  readonly seconds: number;
}

/** The parts of `verify`: what QEMU lists and says; configurations on their own machine type; on other ones; CPUID in a guest. */
export const verifyParts = ['matrix', 'roundtrip', 'across', 'guest'] as const;
export type VerifyPart = (typeof verifyParts)[number];

/** What to hold against a real QEMU. */
export interface VerifyRequest {
  readonly binary: string;
  /** One for each accelerator. */
  readonly analyses: readonly Analysis[];
  /** What to compare. */
  readonly parts: readonly VerifyPart[];
  /** For which pairs a VM is started: all, so many, or enough for every machine type and model to have its turn. */
  readonly pairs: 'sample' | 'all' | number;
  /** Only these. */
  readonly select: (machine: string, model: string) => boolean;
  /** Where to keep what the binary said; %a stands for the accelerator. */
  readonly record: string | undefined;
  readonly config: (machine: string, model: string, accel: string) => VerifiableConfig | undefined;
  /** The CPU of a pair's configuration, realized on its own machine type and on another one, and what the configuration sets. */
  readonly tell: (machine: string, model: string, on: string, accel: string) => { readonly here: ResolvedCpu; readonly there: ResolvedCpu; readonly set: readonly string[]; readonly leaves?: readonly CpuidLeaf[] | undefined } | undefined;
  /** The analysis for an accelerator with its host, by what a QEMU said of it. */
  readonly describe: (accel: string, reply: string) => Promise<Analysis>;
  /** Another QEMU to load configurations into, the analyses of its tree by accelerator, and the configuration for it. */
  readonly onto: { readonly binary: string; readonly analyses: ReadonlyMap<string, Analysis>; readonly carry: (machine: string, model: string, on: string, accel: string) => CarriedForVerify | string } | undefined;
  readonly progress: (text: string) => void;
}

/** The configuration of a pair for another QEMU, and what is known of it beforehand. */
export interface CarriedForVerify {
  readonly cpu: string;
  readonly text: string;
  readonly gone: readonly string[];
  readonly fresh: readonly { readonly property: string; readonly value: QmpValue | undefined }[];
  readonly foretold: readonly CpuidLeaf[] | undefined;
}

/** The configuration of a pair, the model for -cpu, and what the configuration says that it cannot set. */
export interface VerifiableConfig {
  readonly cpu: string;
  readonly text: string;
  readonly notSet: readonly string[];
}

/** The comparison; `passed` and `failed` count its checks. */
export interface VerifyOutcome {
  readonly text: string;
  readonly json: string;
  readonly passed: number;
  readonly failed: number;
}

/** The layers below, as the commands use them: loaded when needed, so that --help is quick, and replaceable in tests. */
export interface Engine {
  /** The newest tree in qemu-src/, with a line that says which was picked; undefined if there is none. @throws SourceError */
  defaultSource(): Promise<{ readonly spec: string; readonly description: string } | undefined>;
  /** Open a source and see that it is QEMU. @throws SourceError */
  open(spec: string, cache?: boolean): Promise<SourceTree>;
  analyse(tree: SourceTree, options: EngineOptions): Promise<Analysis>;
  /** Done with this analysis: what it learnt is kept for later runs, its memory is not. Without it, all that was learnt is kept by {@link close}. */
  release?(analysis: Analysis): void;
  /** The program ends. */
  close?(): void;
  /** Read what a file says of a host. @throws HostError */
  readHost(file: string, cpuMap: string): Promise<HostDescription>;
  /** The same from a QMP conversation at hand. @throws HostError */
  hostOfReply(text: string): Promise<HostDescription>;
  /** Get Debian's QEMU source package into qemu-src/. Returns the specification for {@link open}. @throws SourceError */
  fetch(request: FetchRequest, progress: (text: string) => void): Promise<string>;
  /** The accelerators that a tree knows, whatever system they are built on. */
  accelerators(tree: SourceTree, options: EngineOptions): Promise<readonly Accelerator[]>;
  /** What is in the build, and why. */
  build(tree: SourceTree, options: EngineOptions): Promise<DecidedBuild>;
  /** Hold an analysis against a real QEMU. */
  verify(request: VerifyRequest): Promise<VerifyOutcome>;
  /** Record the complete matrix from a real QEMU; or why that cannot be done here. */
  recordMatrix(binary: string, accel: string): Promise<RealMatrix | string>;
  /** The recordings in a directory, by name. */
  recordings(directory: string): Promise<readonly RecordingHead[]>;
  /** What is recorded of CPUID, in a directory below. */
  cpuidRecordings(directory: string): Promise<readonly CpuidRecording[]>;
  /** Hold an analysis against that. */
  cpuidConformance(recording: CpuidRecording, analysis: Analysis, limit: number | undefined): Promise<Conformance>;
  /** Those that belong to a tree. */
  recordingsOf<T extends Pick<RecordingHead, 'version'>>(recordings: readonly T[], qemu: Identity): Promise<readonly T[]>;
  /** Hold an analysis against the recording in a file, or resolve everything if there is none; all machine types, or so many. */
  conformance(recording: string | undefined, analysis: Analysis, stage: Stage, limit: number | undefined): Promise<Conformance>;
  /** Hold an analysis against what QEMU's own tests in its tree expect; undefined if there are none. */
  testConformance(tree: SourceTree, analysis: Analysis): Promise<Conformance | undefined>;
  /** The table, and how many of its rows failed. */
  conformanceReport(rows: readonly ConformanceRow[], style: Style): Promise<{ readonly text: string; readonly json: string; readonly failed: number }>;
}

/** Where source trees are kept, from the directory in which the program is started. */
const sourceDirectory = 'qemu-src';

/** Analyses with answers that may have to be kept. */
const open = new Set<CachedAnalysis>();

/** A cache unless the user does without. */
async function cacheFor(wanted: boolean | undefined): Promise<AnalysisCache | undefined> {
  if (wanted === false || process.env['QEMU_CPU_CUSTOM_NO_CACHE']) return undefined;
  const { AnalysisCache } = await import('../cache/analysis-cache.js');
  return new AnalysisCache();
}

/** The analyzer takes a while to load, and is not needed where all is known: it is loaded in the middle of a question if node can do that. */
async function loadedWhenNeeded(): Promise<typeof analyse> {
  const path = '../x86/analyse.js';
  const { features } = process as { features: { require_module?: boolean } };
  if (features.require_module !== true) return (await import('../x86/analyse.js')).analyse;
  const { createRequire } = await import('node:module');
  return (tree, options) => (createRequire(import.meta.url)(path) as { analyse: typeof analyse }).analyse(tree, options);
}

/** The engine that the program runs with. */
export const engine: Engine = {
  async defaultSource() {
    const { defaultSource, describeDefault } = await import('../source/qemu-src.js');
    const source = defaultSource(sourceDirectory);
    return source && { spec: source.chosen.spec, description: describeDefault(source) };
  },
  async open(spec, wanted) {
    const [{ openSource }, { identify }, cache] = await Promise.all([import('../source/open.js'), import('../source/identify.js'), cacheFor(wanted)]);
    const tree = openSource(spec);
    if (cache === undefined || !cache.recognises(tree)) identify(tree);
    return tree;
  },
  async analyse(tree, { cache: wanted, ...options }) {
    const cache = await cacheFor(wanted);
    if (cache === undefined) return (await import('../x86/analyse.js')).analyse(tree, options);
    const analysis = cache.open(tree, options, await loadedWhenNeeded());
    open.add(analysis);
    return analysis;
  },
  release(analysis) {
    for (const cached of open) {
      if (cached !== analysis) continue;
      cached.release();
      open.delete(cached);
    }
  },
  close() {
    for (const cached of open) cached.save();
    open.clear();
  },
  async readHost(file, cpuMap) {
    const { readHost } = await import('../x86/host/read.js');
    return readHost(file, cpuMap);
  },
  async hostOfReply(text) {
    const { hostOfReply } = await import('../x86/host/read.js');
    return hostOfReply(text);
  },
  async fetch(request, progress) {
    const { obtainDebianSource } = await import('../source/debian.js');
    return await obtainDebianSource({ ...request, into: sourceDirectory, progress });
  },
  async verify({ binary, analyses, parts, pairs, select, record, config, tell, describe, onto, progress }) {
    const [{ verify }, { reportText, reportJson }, { toJson }, { Told }] = await Promise.all([import('../verify/verify.js'), import('../verify/report.js'), import('../render/json.js'), import('../verify/told.js')]);
    const report = await verify({
      qemu: [binary], analyses, parts, select, configFor: config, describe, progress,
      tell(machine, model, on, accel) {
        const known = tell(machine, model, on, accel);
        return known && new Told(known.here, known.there, known.set, known.leaves);
      },
      ...(pairs === 'all' ? { all: true } : pairs === 'sample' ? {} : { sample: pairs }),
      ...(record === undefined ? {} : { record }),
      ...(onto === undefined ? {} : { onto: { qemu: [onto.binary], analyses: onto.analyses, carry: onto.carry } }),
    });
    return { text: reportText(report), json: toJson(reportJson(report), 4), passed: report.passed, failed: report.failed };
  },
  async recordMatrix(binary, accel) {
    const [{ record }, { QemuExitError }] = await Promise.all([import('../verify/record.js'), import('../verify/qmp.js')]);
    try {
      const { version: { qemu }, pairs, seconds } = await record([binary], accel, { stage: 'expanded' });
      return { version: `${qemu.major}.${qemu.minor}.${qemu.micro}`, pairs: Object.values(pairs).reduce((sum, models) => sum + Object.keys(models).length, 0), seconds };
    } catch (error) {
      if (error instanceof QemuExitError) return error.message;
      throw error;
    }
  },
  async accelerators(tree, options) {
    const { accelerators } = await import('../x86/known-accelerators.js');
    return accelerators(tree, { target: options.target, define: options.define, without: options.without, configure: options.configure ?? [] });
  },
  async build(tree, options) {
    const { decideBuild } = await import('../x86/config.js');
    return decideBuild(tree, options);
  },
  async recordings(directory) {
    const { listRecordings } = await import('../verify/recording.js');
    return await listRecordings(directory);
  },
  async cpuidRecordings(directory) {
    const { listCpuidRecordings } = await import('../verify/cpuid-recording.js');
    return await listCpuidRecordings(`${directory}/guests`);
  },
  async cpuidConformance(recording, analysis, limit) {
    const { conformsToCpuid } = await import('../verify/cpuid-recording.js');
    return conformsToCpuid(recording, analysis, limit);
  },
  async recordingsOf(recordings, qemu) {
    const { recordedFrom } = await import('../verify/conformance.js');
    return recordings.filter((recording) => recordedFrom(recording, qemu));
  },
  async conformance(recording, analysis, stage, limit) {
    const [{ conformsTo, conformsToNothing }, { readRecording }] = await Promise.all([import('../verify/conformance.js'), import('../verify/recording.js')]);
    return recording === undefined ? conformsToNothing(analysis, stage, limit) : conformsTo(await readRecording(recording), analysis, limit);
  },
  async testConformance(tree, analysis) {
    const { conformsToTests } = await import('../verify/conformance.js');
    return conformsToTests(tree, analysis);
  },
  async conformanceReport(rows, style) {
    const { conforms, conformanceJson, conformanceText } = await import('../verify/conformance-report.js');
    return { text: conformanceText(rows, style), json: conformanceJson(rows), failed: rows.filter((row) => !conforms(row)).length };
  },
};
