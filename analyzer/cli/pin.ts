import { existsSync, readFileSync, statSync } from 'node:fs';
import { Command, Option } from 'commander';
import { pin, type Carried, type Kept, type Newer } from '../compare/pin.js';
import { carryOnto } from '../render/carry.js';
import { versionText } from '../render/configs.js';
import { configOf, ModeError, modes, type Config, type Mode, type ModeChoice } from '../render/mode.js';
import { writeWhole } from '../render/one-file.js';
import { completedConfig, pinJson, pinText } from '../render/pin.js';
import { readConfig, type ReadConfig } from '../render/read-config.js';
import type { KnowsCpuid } from '../render/settings.js';
import { settingText } from '../render/value.js';
import { CannotResolveError, type Analysis } from '../x86/api.js';
import type { Context } from './context.js';
import { Exit, UsageError } from './exit.js';
import { conclude, openAnalysis, withAccel, withHost, withJson, type AnalysisCommandOptions } from './options.js';
import { findMachine, selectMachines } from './select.js';
import { parseSubject } from './subject.js';

interface Options extends AnalysisCommandOptions {
  readonly onto: string;
  readonly machine?: readonly string[];
  readonly mode: ModeChoice;
  readonly output?: string;
  readonly json?: true;
}

const help = `
FROM is SOURCE:MACHINE:MODEL (SOURCE as for --source, or left out for the default one), or a file that 'generate' wrote
for -readconfig. For each machine type of the newer QEMU:
  by its name           what the guest would see differently with -cpu MODEL
  by the configuration  what it sets that is gone, what is new there and not mentioned, and which value of that keeps the
                        old behaviour: the one that the newer QEMU itself gives it on the old machine type (or, where that
                        is gone, on the machine type on which the named model differs least)
and, where CPUID can be worked out, which registers answer otherwise, before and after completing the configuration. Under
KVM that is on a host which supports what is asked for, unless --host describes one: bits that hang on it are marked.
The exit code is 1 if something differs for the guest, by the model's name, on one of the machine types.

Examples:
  qemu-cpu-custom pin qemu-7.2:pc-q35-7.2:Haswell --onto qemu-10.0 --accel tcg -o Haswell.cfg
  qemu-cpu-custom pin generated/kvm/pc-q35-7.2/Haswell.cfg --onto qemu-10.0 --machine pc-q35-10.0`;

/** `pin FROM --onto TREE` */
export function pinCommand(context: Context): Command {
  const command = new Command('pin')
    .description('what an upgrade of QEMU would do to a CPU, and the configuration with which it does nothing')
    .argument('<from>', 'SOURCE:MACHINE:MODEL, or a configuration')
    .requiredOption('--onto <source>', 'the newer QEMU source tree');
  return withJson(withHost(withAccel(command))
    .option('-m, --machine <pattern...>', 'only these machine types of the newer QEMU (shell patterns)')
    .addOption(new Option('--mode <mode>', "the configuration's mode, as for generate").choices(['auto', ...modes]).default('auto'))
    .option('-o, --output <file>', 'write the completed configuration for the newer QEMU'))
    .addHelpText('after', help)
    .action(async (from: string, options: Options) => {
      const { terminal } = context;
      const newer = await openAnalysis(context, { ...options, source: options.onto }, options.accel) as Newer;
      const machines = selectMachines(newer, options.machine ?? []).filter((machine) => newer.models(machine).length > 0);
      const subject = isFile(from) ? ofConfig(readConfig(readFileSync(from, 'utf8'), from), from, newer) : await ofTree(context, options, from, newer);
      terminal.progress('looking at the newer QEMU');
      const found = pin(subject.kept, newer, machines, orReason(subject.carry), settingText);
      const view = { from: subject.title, mode: subject.mode, newer, pin: found };
      const completed = completedConfig(view);
      terminal.progressDone();
      terminal.out(options.json ? pinJson(view) : pinText(view, terminal.style));
      if (options.output !== undefined) {
        if (completed === undefined) throw new UsageError('the configuration cannot be loaded on any of these machine types: nothing was written');
        await writeWhole(options.output, completed);
        terminal.err(`written: ${options.output}`);
      }
      const differs = found.outlooks.some(({ named, namedLeaves }) => typeof named === 'string' || (named ?? []).length > 0 || (namedLeaves ?? []).length > 0);
      conclude(context, options, [newer, ...(subject.older === undefined ? [] : [subject.older])], differs ? Exit.differences : Exit.ok);
    });
}

interface Subject {
  readonly title: string;
  readonly mode: Mode;
  readonly kept: Kept;
  readonly older?: Analysis;
  /** @throws ModeError, CannotResolveError */
  carry(machine: string): Carried;
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile() && /^\s*(?:#|\[)/.test(readFileSync(path, 'utf8').slice(0, 200));
}

/** A machine type and model of an older tree. */
async function ofTree(context: Context, options: Options, from: string, newer: Analysis): Promise<Subject> {
  const spec = parseSubject(from);
  if (spec.machine === undefined || spec.model === undefined) throw new UsageError(`'${from}' is neither SOURCE:MACHINE:MODEL nor a configuration`);
  const { source: _, ...others } = options;
  const older: Analysis & KnowsCpuid = await openAnalysis(context, spec.source === undefined ? others : { ...others, source: spec.source }, options.accel);
  const machine = findMachine(older, spec.machine);
  const { model } = spec;
  const config: Config = configOf(older, machine, model, { mode: options.mode, format: 'readconfig', pinFiltered: true });
  return {
    title: `${model} on ${machine} of QEMU ${versionText(older)}, ${older.origin}`,
    mode: config.target.mode, older,
    kept: { machine, model, cpu: older.resolve(machine, model, 'expanded'), leaves: older.cpuidWith?.(machine, model, '', []) },
    carry(on) {
      const { target: { cpu, driver }, settings, gone, fresh } = carryOnto(config, { analysis: older, machine }, { analysis: newer, machine: on });
      return { cpu, driver, settings, gone, fresh };
    },
  };
}

/** A configuration alone: what it does not mention is new. */
function ofConfig({ driver, settings, cpu, machine }: ReadConfig, file: string, newer: Analysis): Subject {
  const modelOn = (on: string): { readonly name: string; readonly fields: Readonly<Record<string, unknown>> } => {
    const models = newer.models(on);
    const found = models.find(({ name }) => name === cpu) ?? models.find(({ fields }) => fields['typename'] === driver);
    if (found === undefined) throw new ModeError(`this QEMU has no CPU model ${cpu ?? `of the type ${driver}`}`);
    return found;
  };
  const mentioned = new Set(settings.map(({ property }) => property));
  return {
    title: `the configuration ${file}`,
    mode: driver === 'cpu' ? 'custom' : isStatic(newer, cpu, driver) ? 'base' : 'pinned',
    kept: { machine, model: undefined, cpu: undefined, leaves: undefined },
    carry(on) {
      const { name, fields } = modelOn(on);
      const declared = newer.properties(on, name).filter(({ settable, type }) => settable && !/^(?:link|child)</.test(type));
      const has = new Set(declared.map((property) => property.name));
      const values = newer.resolve(on, name, 'expanded').properties;
      return {
        cpu: name, driver: driver === 'cpu' ? driver : String(fields['typename'] ?? driver),
        settings: settings.filter(({ property }) => has.has(property)),
        gone: settings.filter(({ property }) => !has.has(property)),
        fresh: declared.filter((property) => !mentioned.has(property.name)).map((property) => ({ property: property.name, value: values.get(property.name) })),
      };
    },
  };
}

/** Is the model of this name or type the one without model data? */
function isStatic(newer: Analysis, cpu: string | undefined, driver: string): boolean {
  const [machine] = selectMachines(newer, []);
  return machine !== undefined && newer.models(machine).some(({ name, fields }) => (name === cpu || fields['typename'] === driver) && fields['static'] === true);
}

function orReason(carry: (machine: string) => Carried): (machine: string) => Carried | string {
  return (machine) => {
    try {
      return carry(machine);
    } catch (error) {
      if (error instanceof ModeError || error instanceof CannotResolveError) return error.message;
      throw error;
    }
  };
}
