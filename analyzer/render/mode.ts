import { UnknownNameError, type Analysis, type CpuidLeaf, type CpuModel, type ResolvedCpu } from '../x86/api.js';
import { limitToFormat, type Format } from './format.js';
import { toJson } from './json.js';
import { byCodeUnit } from './order.js';
import { cpuSettings, type CpuSettings, type KnowsConfigured, type KnowsCpuid, type NotSet } from './settings.js';
import { leftToHost } from './usage.js';
import { displayValue } from './value.js';

/**
 * `base`: every property set on the tree's CPU type without model data. `custom`: the same for the original patch's type,
 * set on all CPUs. `pinned`: every property set on the named, versioned model.
 */
export type Mode = 'base' | 'custom' | 'pinned';
export const modes = ['base', 'custom', 'pinned'] as const satisfies readonly Mode[];

/** `auto`: for each CPU the mode that reproduces it fully on this tree. */
export type ModeChoice = Mode | 'auto';

/** A mode cannot be had from this tree. The message is one line for the user. */
export class ModeError extends Error {
  override readonly name = 'ModeError';
}

/** On what a configuration sets its properties. */
export interface ConfigTarget {
  readonly mode: Mode;
  /** For -global. */
  readonly driver: string;
  /** For -cpu. */
  readonly cpu: string;
  /** Whether the tree has the model for -cpu. */
  readonly hasCpu: boolean;
}

/** What a configuration of one CPU says. */
export interface Config {
  readonly target: ConfigTarget;
  readonly settings: CpuSettings;
  /** Whether the CPU is all there, but for what its own named model takes from the host too. */
  readonly complete: boolean;
  /** Leaves of CPUID that answer otherwise than the named model's, where the CPU is not complete and they can be worked out. */
  readonly leaves: readonly string[];
  /** Features that the model asks for and this QEMU's accelerator leaves out, where the configuration was to turn them off. */
  readonly pinnedOff: readonly string[];
}

export interface ConfigDemands {
  readonly mode: ModeChoice;
  readonly format: Format;
  /** Turn off what the model asks for and the accelerator leaves out: a later release may have it. */
  readonly pinFiltered?: boolean;
  /** Realize the CPU and hold it against the named model: what a configuration cannot do shows, whatever the reason. */
  readonly thorough?: boolean;
}

/** The name of the original patch's model: `-cpu custom`. Its script set every property on the type "cpu" (scripts/x86-cpu-model-dump). */
const CUSTOM = 'custom';

/** The model without model data: the one that the tree itself calls static (its definition never changes). */
export function staticModel(analysis: Analysis, machine: string): CpuModel | undefined {
  return analysis.models(machine).find((model) => model.fields['static'] === true);
}

/**
 * What to write for a model on a machine type.
 *
 * `auto` takes the first of `base` (where the tree has a type without model data), `custom` (where it has the patch's) and
 * `pinned` that makes the whole CPU; where none does, the one that lacks least.
 * @throws ModeError if the tree has no CPU type for the mode; CannotResolveError where QEMU refuses the pair; UnknownNameError
 */
export function configOf(analysis: Analysis, machine: string, model: string, { mode: choice, format, pinFiltered = false, thorough = false }: ConfigDemands): Config {
  const cpu = analysis.resolve(machine, model, 'expanded');
  const off = pinFiltered ? filtered(analysis, machine, model, cpu) : [];
  let best: Config | undefined;
  for (const mode of modesFor(analysis, machine, choice)) {
    const config = makeConfig(analysis, machine, model, cpu, targetOf(analysis, machine, model, mode), format, { off, thorough });
    if (config.complete) return config;
    if (best === undefined || lacking(config) < lacking(best)) best = config;
  }
  return best!;
}

/** How many properties the CPU of a configuration has otherwise than the named model. The pinned model takes from the host what it takes unpinned. */
function lacking({ target, settings }: Config): number {
  return settings.notSet.filter(({ same }) => same !== true).length + (target.mode === 'pinned' ? 0 : leftToHost(settings.hostDependent).length);
}

/** What {@link configOf} makes depends on no more than this: the CPU, and what the CPUs are that it could be made of. */
export function configKey(analysis: Analysis, machine: string, model: string, choice: ModeChoice): string {
  return [analysis.resolve(machine, model, 'expanded').id, ...modesFor(analysis, machine, choice).map((mode) => {
    const { cpu, hasCpu } = targetOf(analysis, machine, model, mode);
    return hasCpu ? `${cpu} ${analysis.resolve(machine, cpu, 'expanded').id}` : cpu;
  })].join('/');
}

function modesFor(analysis: Analysis, machine: string, choice: ModeChoice): readonly Mode[] {
  if (choice !== 'auto') return [choice];
  return modes.filter((mode) => mode === 'pinned' || (mode === 'base' ? staticModel(analysis, machine) !== undefined : hasCustom(analysis, machine)));
}

function makeConfig(
  analysis: Analysis & KnowsConfigured & KnowsCpuid, machine: string, model: string, cpu: ResolvedCpu, target: ConfigTarget, format: Format,
  { off, thorough }: { readonly off: readonly string[]; readonly thorough: boolean },
): Config {
  // for a type that this tree does not have, what can be set is seen on another one
  const on = target.hasCpu ? target.cpu : staticModel(analysis, machine) === undefined ? model : undefined;
  const all = cpuSettings(analysis, machine, model, cpu, on);
  const limited = limitToFormat(target.mode === 'custom' ? withBlanks(all) : all, format);
  const own = on === undefined ? undefined : analysis.resolve(machine, on, 'expanded').properties;
  const notSet = limited.notSet.map((entry) => ({ ...entry, same: entry.same ?? (own !== undefined && own.get(entry.property) === cpu.properties.get(entry.property)) }));
  if (thorough && target.hasCpu && on !== undefined) notSet.push(...unlike(analysis, machine, model, on, target.driver, limited, new Set(notSet.filter(({ same }) => !same).map(({ property }) => property))));
  const settings = turnOff({ ...limited, notSet }, new Set(off));
  const whole = notSet.every(({ same }) => same);
  const leaves = (whole && !thorough) || !target.hasCpu || on === undefined ? [] : leavesUnlike(analysis, machine, model, on, target.driver, limited);
  return { target, settings, leaves, pinnedOff: off, complete: whole && leaves.length === 0 && leftToHost(settings.hostDependent).length === 0 };
}

/** With empty strings too, as the patch's script writes them: on its type they are what an unset one is. */
function withBlanks(settings: CpuSettings): CpuSettings {
  const blank = settings.notSet.filter((entry) => entry.blank === true).map(({ property }) => property);
  if (blank.length === 0) return settings;
  return {
    ...settings,
    settings: [...settings.settings, ...blank.map((property) => ({ property, value: '' }))].sort((a, b) => byCodeUnit(a.property, b.property)),
    notSet: settings.notSet.filter((entry) => entry.blank !== true),
    values: new Map([...settings.values, ...blank.map((property): [string, string] => [property, ''])]),
  };
}

/** What the realized CPU of a configuration has otherwise than that of the named model. */
function unlike(analysis: Analysis & KnowsConfigured, machine: string, model: string, on: string, driver: string, { settings }: CpuSettings, known: ReadonlySet<string>): (NotSet & { readonly same: boolean })[] {
  const made = analysis.configured?.(machine, on, driver, settings);
  if (made === undefined) return [];
  const wanted = analysis.resolve(machine, model, 'realized');
  return [...wanted.properties].filter(([property, value]) => property !== TYPE && !known.has(property) && made.properties.has(property) && toJson(made.properties.get(property)!) !== toJson(value))
    .map(([property, value]) => ({ property, reason: `${displayValue(value)} in the named model, ${displayValue(made.properties.get(property)!)} with this configuration`, same: false }));
}

/** QOM's own property: the name of the type. */
const TYPE = 'type';

function leavesUnlike(analysis: Analysis & KnowsCpuid, machine: string, model: string, on: string, driver: string, { settings }: CpuSettings): string[] {
  const made = analysis.cpuidWith?.(machine, on, driver, settings);
  if (made === undefined) return [];
  const named = analysis.cpuid(machine, model);
  const text = (rows: readonly CpuidLeaf[]): Map<number, string> => {
    const leaves = new Map<number, string>();
    for (const { leaf, ...answer } of rows) leaves.set(leaf, (leaves.get(leaf) ?? '') + toJson(answer));
    return leaves;
  };
  const [a, b] = [text(named), text(made)];
  return [...new Set([...a.keys(), ...b.keys()])].filter((leaf) => a.get(leaf) !== b.get(leaf)).sort((x, y) => x - y).map((leaf) => `0x${leaf.toString(16).toUpperCase()}`);
}

/** Features that are on as asked for, and off once the accelerator has looked at them. */
function filtered(analysis: Analysis, machine: string, model: string, asked: ResolvedCpu): string[] {
  const { properties } = analysis.resolve(machine, model, 'realized');
  return [...asked.properties].filter(([property, value]) => value === true && properties.get(property) === false).map(([property]) => property).sort(byCodeUnit);
}

function turnOff(settings: CpuSettings, off: ReadonlySet<string>): CpuSettings {
  if (off.size === 0) return settings;
  return {
    ...settings,
    settings: settings.settings.map((setting) => (off.has(setting.property) ? { ...setting, value: 'off' } : setting)),
    values: new Map([...settings.values].map(([property, value]) => [property, off.has(property) ? false : value])),
  };
}

/** On what the mode sets the properties of a model's CPU. @throws ModeError */
export function targetOf(analysis: Analysis, machine: string, model: string, mode: Mode): ConfigTarget {
  if (mode === 'custom') return { mode, driver: 'cpu', cpu: CUSTOM, hasCpu: hasCustom(analysis, machine) };
  const on = mode === 'pinned' ? versioned(analysis, machine, model) : staticModel(analysis, machine);
  const driver = on?.fields['typename'] ?? (mode === 'pinned' ? analysis.resolve(machine, model, 'expanded').typename : undefined);
  // a model that no query lists is its own
  const cpu = on?.name ?? (mode === 'pinned' ? model : undefined);
  if (cpu === undefined || typeof driver !== 'string') {
    throw new ModeError('this QEMU has no CPU model without model data (none is static); use --mode pinned, or --mode custom with the -cpu custom patch');
  }
  return { mode, driver, cpu, hasCpu: true };
}

/**
 * The version of a model that its name stands for: on this machine type, or, where it stands for none there (the model as
 * it was before there were versions), on the default one. A model without versions is its own.
 */
function versioned(analysis: Analysis, machine: string, model: string): CpuModel | undefined {
  const models = new Map(analysis.models(machine).map((entry) => [entry.name, entry]));
  const usual = analysis.machines().find(({ fields }) => fields['is-default'] === true)?.name;
  const alias = models.get(model)?.fields['alias-of'] ?? (usual === undefined ? undefined : analysis.models(usual).find(({ name }) => name === model)?.fields['alias-of']);
  return (typeof alias === 'string' ? models.get(alias) : undefined) ?? models.get(model);
}

/** Whether the tree has the patch's model, listed or not. */
function hasCustom(analysis: Analysis, machine: string): boolean {
  let known = withCustom.get(analysis);
  if (known === undefined) {
    try {
      analysis.resolve(machine, CUSTOM, 'expanded');
      known = true;
    } catch (error) {
      if (!(error instanceof UnknownNameError)) throw error;
      known = false;
    }
    withCustom.set(analysis, known);
  }
  return known;
}

const withCustom = new WeakMap<Analysis, boolean>();
