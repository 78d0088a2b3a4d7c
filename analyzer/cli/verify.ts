import { Command, InvalidArgumentError, Option } from 'commander';
import { carryOnto, sections } from '../render/carry.js';
import { renderConfigs } from '../render/configs.js';
import { configOf, ModeError, modes, type ModeChoice } from '../render/mode.js';
import { CannotResolveError, type Analysis, type ResolvedCpu } from '../x86/api.js';
import type { KnowsConfigured, KnowsCpuid } from '../render/settings.js';
import type { Context } from './context.js';
import { verifyParts, type CarriedForVerify, type VerifiableConfig, type VerifyRequest } from './engine.js';
import { Exit, UsageError } from './exit.js';
import { conclude, openAnalyses, withJson, withSource, type SourceOptions } from './options.js';
import { pairSelector } from './select.js';

interface Options extends SourceOptions {
  readonly qemu: string;
  readonly accel: readonly string[];
  readonly matrix?: true;
  readonly roundtrip?: true;
  readonly across?: true;
  readonly guest?: true;
  readonly machine?: readonly string[];
  readonly model?: readonly string[];
  readonly mode: ModeChoice;
  readonly onto?: string;
  readonly ontoQemu?: string;
  readonly all?: true;
  readonly sample?: number;
  readonly record?: string;
  readonly json?: true;
}

/** `verify` */
export function verifyCommand(context: Context): Command {
  return withJson(withSource(new Command('verify')
    .description('hold the analysis against a real QEMU; without a choice of parts: --matrix and --roundtrip'))
    .requiredOption('-q, --qemu <binary>', 'the real QEMU')
    .option('-a, --accel <name...>', 'the accelerators', ['kvm'])
    .option('--matrix', 'machine types, models, every property of every pair, compat properties')
    .option('--roundtrip', 'load generated configurations, and compare every realized property and every CPUID leaf with the named model')
    .option('--across', 'the same with each configuration loaded on other machine types than its own')
    .option('--onto <source>', 'with --across: into another QEMU, of this source tree')
    .option('--onto-qemu <binary>', 'that other QEMU')
    .option('--guest', 'what a guest reads from CPUID, against the analysis (takes as and ld of binutils)')
    .option('-m, --machine <pattern...>', 'start VMs of these machine types only (shell patterns)')
    .option('-M, --model <pattern...>', 'start VMs with these models only (shell patterns)')
    .addOption(new Option('--mode <mode>', 'the mode of the configurations, as of generate').choices(['auto', ...modes]).default('auto'))
    .option('--all', 'every CPU that a model is on any machine type, not a sample')
    .option('--sample <number>', 'start so many VMs (default: until every machine type and every model has had its turn)', wholeNumber)
    .option('--record <file>', 'keep what the binary said, as a golden file; %a in the name stands for the accelerator'))
    .action(async (options: Options) => {
      const { engine, terminal } = context;
      if (options.all && options.sample !== undefined) throw new UsageError('verify takes --all or --sample, not both');
      const accels = [...new Set(options.accel)];
      if (accels.length > 1 && options.record !== undefined && !options.record.includes('%a')) {
        throw new UsageError(`--record ${options.record} is one file for ${accels.length} accelerators: put %a into its name`);
      }
      const chosen = verifyParts.filter((part) => options[part]);
      if (options.record !== undefined && chosen.length > 0 && !chosen.includes('matrix')) throw new UsageError('--record keeps what --matrix asks');
      if ((options.onto === undefined) !== (options.ontoQemu === undefined)) throw new UsageError('--onto and --onto-qemu go together: a source tree and the QEMU that was built from it');
      if (options.onto !== undefined && !options.across) throw new UsageError('--onto goes with --across');
      const analyses = await openAnalyses(context, options, accels);
      const newer = options.onto === undefined ? [] : await openAnalyses(context, { ...options, source: options.onto }, accels);
      const described: Analysis[] = [];
      const byAccel = new Map(analyses.map((analysis) => [analysis.accel, analysis]));
      const outcome = await engine.verify({
        binary: options.qemu,
        analyses,
        parts: chosen.length > 0 ? chosen : ['matrix', 'roundtrip'],
        pairs: options.all ? 'all' : options.sample ?? 'sample',
        select: pairSelector(options.machine ?? [], options.model ?? []),
        record: options.record,
        config: (machine, model, accel) => configText(byAccel.get(accel)!, machine, model, options.target, options.mode),
        tell: (machine, model, on, accel) => told(byAccel.get(accel)!, machine, model, on, options.mode),
        describe: async (accel, reply) => {
          const [analysis] = await openAnalyses(context, options, [accel], await engine.hostOfReply(reply));
          described.push(analysis!);
          return analysis!;
        },
        onto: options.ontoQemu === undefined ? undefined : {
          binary: options.ontoQemu, analyses: new Map(newer.map((analysis) => [analysis.accel, analysis])),
          carry: (machine, model, on, accel) => carried(byAccel.get(accel)!, machine, model, newer.find((analysis) => analysis.accel === accel)!, on, options.mode),
        },
        progress: (text) => terminal.progress(text),
      });
      terminal.progressDone();
      terminal.out(options.json ? outcome.json : outcome.text);
      if (outcome.passed + outcome.failed === 0) throw new UsageError(`${options.qemu} opens none of the accelerators ${accels.join(', ')} here: nothing was compared`);
      conclude(context, options, [...analyses, ...newer, ...described], outcome.failed > 0 ? Exit.differences : Exit.ok);
    });
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** The readconfig file that `generate` writes for a pair; undefined where QEMU refuses the pair. */
function configText(analysis: Analysis, machine: string, model: string, target: string, mode: ModeChoice): VerifiableConfig | undefined {
  const options = { mode, format: 'readconfig', target, template: undefined } as const;
  const { files, links } = renderConfigs([{ analysis, pairs: [{ machine, model }] }], options);
  const [content] = links.values();
  const text = content === undefined ? undefined : files.get(content);
  if (text === undefined) return undefined;
  const { target: { cpu }, settings } = configOf(analysis, machine, model, options);
  return { cpu, text, notSet: settings.notSet.map(({ property }) => property) };
}

/** The same for another QEMU's machine type; a string: why there is none. */
function carried(analysis: Analysis, machine: string, model: string, newer: Analysis & KnowsCpuid, on: string, mode: ModeChoice): CarriedForVerify | string {
  try {
    const { target, settings, gone, fresh } = carryOnto(configOf(analysis, machine, model, { mode, format: 'readconfig', pinFiltered: true }), { analysis, machine }, { analysis: newer, machine: on });
    return { cpu: target.cpu, text: sections(target.driver, settings), gone: gone.map(({ property }) => property), fresh, foretold: newer.cpuidWith?.(on, target.cpu, target.driver, settings) };
  } catch (error) {
    if (error instanceof ModeError || error instanceof CannotResolveError) return error.message;
    throw error;
  }
}

/** The CPU of a pair's configuration on its own machine type and on another one. */
function told(analysis: Analysis & KnowsConfigured & KnowsCpuid, machine: string, model: string, on: string, mode: ModeChoice): ReturnType<VerifyRequest['tell']> {
  const { target: { cpu, driver }, settings: { settings } } = configOf(analysis, machine, model, { mode, format: 'readconfig' });
  const make = (where: string): ResolvedCpu | undefined => analysis.configured?.(where, cpu, driver, settings);
  try {
    const [here, there] = [make(machine), make(on)];
    return here && there && { here, there, set: settings.map(({ property }) => property), leaves: analysis.cpuidWith?.(on, cpu, driver, settings) };
  } catch (error) {
    if (error instanceof CannotResolveError) return undefined;
    throw error;
  }
}
