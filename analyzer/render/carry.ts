import type { Analysis, QmpValue } from '../x86/api.js';
import type { Config, ConfigTarget } from './mode.js';
import { ModeError, staticModel } from './mode.js';
import type { Setting } from './settings.js';
import { byCodeUnit } from './order.js';

/** A configuration made from one tree, for the QEMU of another. */
export interface CarriedConfig {
  readonly target: ConfigTarget;
  readonly settings: readonly Setting[];
  /** What the configuration sets and the other QEMU does not have: it would not start with them. */
  readonly gone: readonly Setting[];
  /** What the other QEMU has and the first does not know: the configuration does not mention it, so it is what it is on that machine type. */
  readonly fresh: readonly { readonly property: string; readonly value: QmpValue | undefined }[];
}

/**
 * The configuration of a model on a machine type of one tree, for a machine type of another tree.
 * @param from the tree that the configuration was made from, and the machine type
 * @param onto the other tree, and the machine type to load it on
 * @throws ModeError if the other tree does not have the CPU type that the configuration is for; UnknownNameError, CannotResolveError
 */
export function carryOnto(config: Config, from: { readonly analysis: Analysis; readonly machine: string }, onto: { readonly analysis: Analysis; readonly machine: string }): CarriedConfig {
  const { analysis, machine } = onto;
  const models = analysis.models(machine);
  const cpu = config.target.mode === 'base' ? staticModel(analysis, machine) : models.find(({ name }) => name === config.target.cpu);
  if (cpu === undefined) throw new ModeError(`QEMU ${Object.values(analysis.qemu.version).join('.')} has no CPU model '${config.target.cpu}'`);
  const typename = cpu.fields['typename'];
  const driver = config.target.mode === 'custom' || typeof typename !== 'string' ? config.target.driver : typename;
  const declared = new Map(analysis.properties(machine, cpu.name).map((property) => [property.name, property]));
  const known = new Set(from.analysis.properties(from.machine, config.target.cpu).map(({ name }) => name));
  const values = analysis.resolve(machine, cpu.name, 'expanded').properties;
  const has = ({ property }: Setting): boolean => declared.get(property)?.settable === true;
  return {
    target: { ...config.target, driver, cpu: cpu.name },
    settings: config.settings.settings.filter(has),
    gone: config.settings.settings.filter((setting) => !has(setting)),
    fresh: [...declared.values()].filter(({ name, type, settable }) => settable && !known.has(name) && !/^(?:link|child)</.test(type))
      .map(({ name }) => ({ property: name, value: values.get(name) })).sort((a, b) => byCodeUnit(a.property, b.property)),
  };
}

/** Settings as sections of a -readconfig file, without a header. */
export function sections(driver: string, settings: readonly Setting[]): string {
  return settings.map(({ property, value }) => `[global]\n  driver = "${driver}"\n  property = "${property}"\n  value = "${value}"\n`).join('\n');
}
