import { Option, type Command } from 'commander';
import { takeCensus, type Census, type Selection } from '../compare/census.js';
import type { Side } from '../compare/causes.js';
import type { Subject } from '../compare/differences.js';
import { globMatcher } from '../source/glob.js';
import type { Analysis, Stage } from '../x86/api.js';
import type { Context } from './context.js';
import { UsageError } from './exit.js';
import { machineProgress, openAnalysis, type AnalysisCommandOptions } from './options.js';
import { emptyMachine, findMachine } from './select.js';
import type { SubjectSpec } from './subject.js';
import { stageOption } from './show.js';

/** The options of every command that compares. */
export interface ComparingOptions extends AnalysisCommandOptions {
  readonly stage: Stage;
  readonly machine?: readonly string[];
  readonly model?: readonly string[];
}

/** Add --stage, --machine and --model. */
export function withSelection(command: Command): Command {
  return command.addOption(stageOption())
    .option('-m, --machine <pattern...>', 'only these machine types (shell patterns)')
    .option('-M, --model <pattern...>', 'only these models (shell patterns)');
}

/** Forms of output for people and programs. */
export const reportFormats = ['text', 'json', 'markdown', 'html'] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** Add --format and --json. */
export function withFormat(command: Command): Command {
  return command
    .addOption(new Option('-f, --format <format>', 'the form of the output').choices(reportFormats).default('text'))
    .addOption(new Option('--json', 'the same as --format json').implies({ format: 'json' }));
}

/** Open one side and resolve what is asked for. @throws UnknownNameError */
export async function openSide(context: Context, options: ComparingOptions, { source, machine, model }: SubjectSpec): Promise<Side & { readonly subject: Subject }> {
  const analysis = await openAnalysis(context, { ...options, ...(source === undefined ? {} : { source }) }, options.accel);
  const name = machine === undefined ? undefined : findMachine(analysis, machine);
  const census = name !== undefined && model !== undefined ? censusOfOne(analysis, options.stage, name, model) : censusOf(context, analysis, options, name);
  return { analysis, census, subject: { ...(name === undefined ? {} : { machine: name }), ...(model === undefined ? {} : { model }) } };
}

/** Resolve what --machine and --model select, or one machine type. @throws UsageError where nothing is selected */
export function censusOf(context: Context, analysis: Analysis, options: ComparingOptions, machine?: string): Census {
  const selection: Selection = {
    machine: machine !== undefined ? (name) => name === machine : options.machine === undefined ? (name) => name !== emptyMachine : matcher(options.machine),
    ...(options.model === undefined ? {} : { model: matcher(options.model) }),
    progress: machineProgress(context, analysis.accel),
  };
  const census = takeCensus(analysis, options.stage, selection);
  context.terminal.progressDone();
  if (census.machines.size === 0) throw new UsageError(`no machine type of ${analysis.origin} matches ${(options.machine ?? []).join(' ')}`);
  return census;
}

/** One CPU; the model may be in QEMU's -cpu syntax. @throws UnknownNameError, CannotResolveError */
function censusOfOne(analysis: Analysis, stage: Stage, machine: string, model: string): Census {
  const cpu = analysis.resolve(machine, model, stage);
  const named = analysis.models(machine).find(({ name }) => name === model);
  const lists = analysis.featureLists?.();
  const fields = analysis.machines().find(({ name }) => name === machine);
  return {
    qemu: analysis.qemu, origin: analysis.origin, accel: analysis.accel, stage,
    machines: new Map(fields === undefined ? [] : [[machine, fields]]),
    models: new Map([[machine, new Map([[model, named ?? { name: model, fields: {} }]])]]),
    cpus: new Map([[machine, new Map([[model, cpu]])]]),
    refused: new Map(),
    ...(lists === undefined ? {} : { lists }),
  };
}

/** What --machine and --model leave to be looked at. */
export function censusFilter({ machine, model }: Pick<ComparingOptions, 'machine' | 'model'>): Selection {
  return {
    machine: machine === undefined ? (name) => name !== emptyMachine : matcher(machine),
    ...(model === undefined ? {} : { model: matcher(model) }),
  };
}

function matcher(patterns: readonly string[]): (name: string) => boolean {
  const globs = patterns.map((pattern) => globMatcher(pattern));
  return (name) => patterns.includes(name) || globs.some((glob) => glob(name));
}
