import { delimiter } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { identify } from '../source/identify.js';
import { sourcesAt, type NamedSource } from '../source/tree-list.js';
import { SourceError, type SourceTree } from '../source/tree.js';
import type { Analysis, Stage } from '../x86/api.js';
import type { Conformance } from '../verify/conformance.js';
import type { CpuidRecording } from '../verify/cpuid-recording.js';
import type { ConformanceRow } from '../verify/conformance-report.js';
import type { RecordingHead } from '../verify/recording.js';
import type { Context } from './context.js';
import { targets, type Target } from './engine.js';
import { Exit, UsageError } from './exit.js';
import { withJson } from './options.js';

interface Options {
  readonly accel: readonly string[];
  readonly target?: readonly Target[];
  readonly stage?: Stage;
  readonly recordings: string;
  readonly sample?: number;
  readonly only?: true;
  readonly json?: true;
}

/** `conformance`: what `npm run conformance` runs. */
export function conformanceCommand(context: Context): Command {
  return withJson(new Command('conformance')
    .description('analyse QEMU trees completely, hold them against the recordings of real QEMU binaries that belong to them, and print one table')
    .argument('[trees...]', 'source trees, directories with trees, or files that list trees, one a line (default: those in $QEMU_TREES, else in qemu-src/)')
    .option('-a, --accel <name...>', 'the accelerators', ['kvm', 'tcg'])
    .addOption(new Option('--target <name...>', 'the targets (default: x86_64, and those of which there is a recording)').choices(targets))
    .addOption(new Option('--stage <name>', 'only this stage (default: expanded, and those of which there is a recording)').choices(['expanded', 'realized']))
    .option('--recordings <directory>', 'where the recordings are', 'test/golden')
    .option('--sample <number>', 'so many machine types of each tree (default: all)', positive)
    .option('--only', 'only what there is a recording of'))
    .action(async (paths: readonly string[], options: Options) => {
      const recordings = await context.engine.recordings(options.recordings);
      const cpuid = options.stage === undefined ? await context.engine.cpuidRecordings(options.recordings) : [];
      const rows: ConformanceRow[] = [];
      for (const source of treesToRun(paths)) rows.push(...await runTree(context, source, recordings, cpuid, options));
      context.terminal.progressDone();
      if (rows.length === 0) throw new UsageError('there is nothing to compare: no tree has a recording');
      const { text, json, failed } = await context.engine.conformanceReport(rows, context.terminal.style);
      context.terminal.out(options.json ? json : text);
      context.finish(failed > 0 ? Exit.differences : Exit.ok);
    });
}

function positive(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('It must be a positive number.');
  return Number(text);
}

function treesToRun(paths: readonly string[]): NamedSource[] {
  const named = paths.length > 0 ? paths : (process.env['QEMU_TREES'] ?? 'qemu-src').split(delimiter);
  return named.flatMap((path) => sourcesAt(path));
}

/** All rows of one tree: an analysis for each target and accelerator serves all recordings that belong to it. */
async function runTree(context: Context, { name, spec }: NamedSource, recordings: readonly RecordingHead[], cpuid: readonly CpuidRecording[], options: Options): Promise<ConformanceRow[]> {
  const rows: ConformanceRow[] = [];
  let tree: SourceTree;
  let release: string;
  try {
    tree = await context.engine.open(spec);
    const { version, package: packager } = identify(tree);
    release = name ?? `${version.major}.${version.minor}.${version.micro}${packager === '' ? '' : ` ${packager.replace(/ .*/, '')}`}`;
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return [{ release: name ?? spec, source: spec, target: '-', accel: '-', stage: '-', recording: undefined, result: error.message, seconds: 0 }];
  }
  const own = await context.engine.recordingsOf(recordings, identify(tree));
  const wanted = options.target ?? targets.filter((target) => target === targets[0] || own.some((recording) => recording.target === target));
  for (const target of wanted) {
    for (const accel of options.accel) {
      const mine: readonly (RecordingHead | undefined)[] = own.filter((recording) =>
        recording.accel === accel && recording.target === target && (options.stage === undefined || recording.stage === options.stage));
      const runs = mine.length > 0 ? mine : options.only ? [] : [undefined];
      let analysis: Analysis | undefined;
      for (const run of runs) {
        const stage: Stage = run?.stage ?? options.stage ?? 'expanded';
        context.terminal.progress(`${release}  ${target}  ${accel}  ${stage}`);
        const begun = Date.now();
        let result: Conformance | string;
        try {
          analysis ??= await context.engine.analyse(tree, { accel, target, define: new Map(), without: [], cache: false });
          result = await context.engine.conformance(run?.file, analysis, stage, options.sample);
        } catch (error) {
          result = (error as Error).message;
        }
        rows.push({ release, source: spec, target, accel, stage, recording: run?.name, result, seconds: (Date.now() - begun) / 1000 });
      }
      if (target === targets[0]) {
        const tables = (await context.engine.recordingsOf(cpuid, identify(tree))).filter((recording) => recording.accel === accel);
        for (const recording of tables) rows.push(...await cpuidRows(context, tree, recording, { release, source: spec, target, accel }, analysis, options.sample));
        if (accel === OF_TESTS && options.stage === undefined && !options.only) rows.push(...await testRows(context, tree, { release, source: spec, target, accel }, analysis));
      }
    }
  }
  return rows;
}

/** The accelerator whose CPUs are those that QEMU's tests look at: where nothing is asked of a host, and all is emulated. */
const OF_TESTS = 'tcg';

/** What QEMU's own tests in the tree expect, if it has any. */
async function testRows({ engine, terminal }: Context, tree: SourceTree, of: Pick<ConformanceRow, 'release' | 'source' | 'target' | 'accel'>, known: Analysis | undefined): Promise<ConformanceRow[]> {
  const stage = "QEMU's tests";
  terminal.progress(`${of.release}  ${of.target}  ${of.accel}  ${stage}`);
  const begun = Date.now();
  let result: Conformance | string | undefined;
  try {
    result = await engine.testConformance(tree, known ?? await engine.analyse(tree, { accel: of.accel, target: targets[0], define: new Map(), without: [], cache: false }));
  } catch (error) {
    result = (error as Error).message;
  }
  return result === undefined ? [] : [{ ...of, stage, recording: undefined, result, seconds: (Date.now() - begun) / 1000 }];
}

/** What is recorded of CPUID: against the analysis, and, where the QEMU told of its host, against one that knows it. */
async function cpuidRows(context: Context, tree: SourceTree, recording: CpuidRecording, of: Pick<ConformanceRow, 'release' | 'source' | 'target' | 'accel'>, known: Analysis | undefined, sample: number | undefined): Promise<ConformanceRow[]> {
  const { engine, terminal } = context;
  const options = { accel: of.accel, target: targets[0], define: new Map<string, string>(), without: [], cache: false };
  const rows: ConformanceRow[] = [];
  for (const stage of recording.said === undefined ? ['cpuid'] : ['cpuid', 'cpuid, host']) {
    terminal.progress(`${of.release}  ${of.target}  ${of.accel}  ${stage}`);
    const begun = Date.now();
    let result: Conformance | string;
    try {
      const host = stage === 'cpuid' ? {} : { host: await engine.hostOfReply(recording.said!.map((reply) => JSON.stringify(reply)).join('\n')) };
      const analysis = stage === 'cpuid' && known !== undefined ? known : await engine.analyse(tree, { ...options, ...host });
      result = await engine.cpuidConformance(recording, analysis, sample);
    } catch (error) {
      result = (error as Error).message;
    }
    rows.push({ ...of, stage, recording: 'guests', result, seconds: (Date.now() - begun) / 1000 });
  }
  return rows;
}
