import { join } from 'node:path';
import { Command, Option } from 'commander';
import { EVERY_MODEL } from '../compare/census.js';
import { renderConfigs, type ConfigSet, type Incomplete, type Selection } from '../render/configs.js';
import { writeDirectory, type Written } from '../render/directory.js';
import { formats, type Format } from '../render/format.js';
import { modes, type ModeChoice } from '../render/mode.js';
import { naturally } from '../render/order.js';
import { lackingLines, runnablePairs, type RunnablePair } from '../render/runnable.js';
import { count, plural } from '../render/text.js';
import type { Analysis } from '../x86/api.js';
import type { Context } from './context.js';
import { Exit } from './exit.js';
import { conclude, machineProgress, openAnalyses, withHost, withSource, type SourceOptions } from './options.js';
import { defaultMachine, selectPairs, type Pair } from './select.js';

interface Options extends SourceOptions {
  readonly accel: readonly string[];
  readonly machine?: readonly string[];
  readonly model?: readonly string[];
  readonly mode: ModeChoice;
  readonly format: Format;
  readonly output: string;
  readonly template?: string;
  readonly pinFiltered?: true;
  readonly strict?: true;
}

/** What to generate, once sources are open and pairs chosen. */
export interface GenerateRequest {
  readonly selections: readonly Selection[];
  readonly mode: ModeChoice;
  readonly format: Format;
  readonly target: string;
  readonly output: string;
  readonly template: string | undefined;
  readonly pinFiltered?: boolean;
  /** Write nothing unless every configuration is the whole CPU. */
  readonly strict?: boolean;
}

/** `generate` */
export function generateCommand(context: Context): Command {
  return withHost(withSource(new Command('generate')
    .description('write explicit CPU configurations: one file per CPU, every property set')))
    .option('-m, --machine <pattern...>', 'only these machine types (shell patterns)')
    .option('-M, --model <pattern...>', 'only these models (shell patterns)')
    .option('-a, --accel <name...>', 'the accelerators', ['kvm'])
    .addOption(new Option('--mode <mode>', "base: on QEMU's CPU type without model data; custom: on that of the -cpu custom patch; pinned: on the named, versioned model; auto: for each CPU the first of these that makes all of it").choices(['auto', ...modes]).default('auto'))
    .addOption(new Option('-f, --format <format>', 'readconfig: for -readconfig; cmdline: arguments; json: for programs').choices(formats).default('readconfig'))
    .option('--pin-filtered', 'turn off what a model asks for and the accelerator leaves out (tcg), so that a later release that has it does not turn it on')
    .option('--strict', 'write nothing, and exit with 4, if a configuration cannot be the whole CPU')
    .option('-o, --output <directory>', 'where to write', 'generated')
    .option('--template <file>', "a Handlebars template instead of the format's own (see templates/README.md)")
    .action(async (options: Options) => {
      const analyses = await openAnalyses(context, options, [...new Set(options.accel)]);
      const lacking: RunnablePair[] = [];
      const selections = analyses.map((analysis) => {
        const pairs = selectPairs(analysis, options.machine ?? [], options.model ?? [], machineProgress(context, analysis.accel));
        return { analysis, pairs: options.host === undefined ? pairs : [...runnableOnly(analysis, pairs, lacking)] };
      });
      context.terminal.progressDone();
      for (const line of lackingLines(lacking)) context.terminal.err(`left out: ${line}`);
      if (lacking.length > 0 && (options.strict || selections.every(({ pairs }) => Array.isArray(pairs) && pairs.length === 0))) {
        context.terminal.err(`nothing was written: the host cannot run ${plural(lacking.length, 'pair')}`);
        conclude(context, options, analyses, Exit.incomplete);
        return;
      }
      const configs = await generate(context, { selections, mode: options.mode, format: options.format, target: options.target, output: options.output, template: options.template, strict: options.strict ?? false, pinFiltered: options.pinFiltered ?? false });
      conclude(context, options, analyses, options.strict && configs.incomplete.length > 0 ? Exit.incomplete : Exit.ok);
    });
}

/** The pairs that the host can run; the others are put aside. */
function* runnableOnly(analysis: Analysis, pairs: Iterable<Pair>, lacking: RunnablePair[]): Generator<Pair, void, undefined> {
  for (const { machine, model, runnable } of runnablePairs(analysis, pairs)) {
    if (runnable.unavailable.length > 0) lacking.push({ machine, model, runnable });
    else yield { machine, model };
  }
}

/** Render, write and report. */
export async function generate(context: Context, request: GenerateRequest): Promise<ConfigSet> {
  const { terminal } = context;
  const configs = renderConfigs(request.selections, { ...request, thorough: request.strict ?? false });
  terminal.progressDone();
  if (request.strict && configs.incomplete.length > 0) {
    reportIncomplete(context, configs);
    terminal.err(`nothing was written: ${plural(configs.incomplete.length, 'configuration')} of ${configs.pairs} would not be the whole CPU`);
    return configs;
  }
  terminal.progress(`writing ${configs.files.size} files to ${request.output}`);
  const written = await writeDirectory(request.output, configs.files, configs.links);
  terminal.progressDone();
  report(context, request, configs, written);
  return configs;
}

function report({ terminal }: Context, request: GenerateRequest, configs: ConfigSet, written: Written): void {
  const changes = [
    `${plural(written.written, 'file')} written`,
    ...(written.unchanged > 0 ? [`${count(written.unchanged)} already there`] : []),
    ...(written.removed > 0 ? [`${count(written.removed)} of an earlier run removed`] : []),
  ];
  terminal.out(`${plural(configs.pairs, 'configuration')} in ${request.output}, ${plural(configs.cpus, 'different CPU')}: ${changes.join(', ')}`);
  if (configs.foreignCpu !== undefined) terminal.err(`note: this QEMU has no CPU model '${configs.foreignCpu}': the files are for one that has it`);
  for (const { accel, machine, model, reason } of configs.refused) terminal.err(`left out: ${model === EVERY_MODEL ? 'every model' : model} on ${machine} (${accel}): QEMU refuses it: ${reason}`);
  reportIncomplete({ terminal }, configs);
  for (const path of written.kept) terminal.err(`left alone: ${join(request.output, path)} is of an earlier run but was changed since`);
  const example = exampleOf(request.selections, configs);
  if (example === undefined || request.template !== undefined || request.format === 'json') return;
  terminal.out(['', `Use one, for instance ${example.model}:`, '', ...configs.usage(example.file, request.output).map((line) => `  ${line}`)].join('\n'));
}

function reportIncomplete({ terminal }: Pick<Context, 'terminal'>, configs: ConfigSet): void {
  for (const { models, machines, why } of together(configs.incomplete)) terminal.err(`not the whole CPU: ${models.join(', ')} on ${machines.join(', ')}: ${why}`);
}

/** What is to be said of several models on several machine types alike, once. */
function together(incomplete: readonly Incomplete[]): { models: string[]; machines: string[]; why: string }[] {
  const models = new Map<string, { accel: string; model: string; why: string; machines: string[] }>();
  for (const entry of incomplete) {
    const { accel, machine, model } = entry;
    const why = whyIncomplete(entry);
    const key = `${accel} ${model} ${why}`;
    const found = models.get(key) ?? { accel, model, why, machines: [] };
    models.set(key, found);
    found.machines.push(machine);
  }
  const groups = new Map<string, { models: string[]; machines: string[]; why: string }>();
  for (const { accel, model, why, machines } of models.values()) {
    const key = `${accel} ${why} ${machines.join(' ')}`;
    const group = groups.get(key) ?? { models: [], machines: machines.length > 4 ? [plural(machines.length, 'machine type')] : machines, why };
    groups.set(key, group);
    group.models.push(model);
  }
  return [...groups.values()];
}

function whyIncomplete({ mode, leftToHost, notSet, leaves }: Incomplete): string {
  return [
    ...(leftToHost.length > 0 ? [`the host decides ${plural(leftToHost.length, 'property', 'properties')}`] : []),
    ...(notSet.length > 0 ? [`mode ${mode} cannot set ${notSet.join(', ')}`] : []),
    ...(leaves.length > 0 ? [`CPUID answers otherwise to ${leaves.join(', ')}`] : []),
  ].join('; ');
}

/** A pair to show: the default model of the default machine type, or what comes nearest to it. */
function exampleOf(selections: readonly Selection[], { index }: ConfigSet): (Pair & { accel: string; file: string }) | undefined {
  for (const { analysis } of selections) {
    const usual = defaultMachine(analysis);
    const [machine, models] = [...index].find(([name]) => name === usual) ?? [...index][0] ?? [];
    if (machine === undefined || models === undefined) continue;
    const type = analysis.machines().find(({ name }) => name === machine)?.fields['default-cpu-type'];
    const defaults = new Set(analysis.models(machine).filter(({ fields }) => type !== undefined && fields['typename'] === type).map(({ name }) => name));
    const usable = [...models].filter(([, files]) => files.has(analysis.accel)).sort(([a], [b]) => naturally(a, b));
    const chosen = usable.find(([model]) => defaults.has(model)) ?? usable[0];
    if (chosen !== undefined) return { machine, model: chosen[0], accel: analysis.accel, file: chosen[1].get(analysis.accel)! };
  }
  return undefined;
}
