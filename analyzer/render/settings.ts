import type { Analysis, CpuidLeaf, QmpValue, ResolvedCpu } from '../x86/api.js';
import { byCodeUnit } from './order.js';
import { settingText } from './value.js';

/** One property as a configuration sets it. */
export interface Setting {
  readonly property: string;
  readonly value: string;
  /** The value as QMP types it, where it is not the expanded model's. */
  readonly is?: QmpValue;
}

/** A property that a configuration cannot set, and why. */
export interface NotSet {
  readonly property: string;
  readonly reason: string;
  /** The CPU that the configuration makes has the wanted value all the same. */
  readonly same?: boolean;
  /** A string that is empty, set or not. */
  readonly blank?: true;
}

/** What a configuration says of one CPU, every list sorted by property. */
export interface CpuSettings {
  readonly settings: readonly Setting[];
  readonly notSet: readonly NotSet[];
  readonly hostDependent: readonly string[];
  /** The same settings, with their values as QMP types them. */
  readonly values: ReadonlyMap<string, QmpValue>;
}

/** What the analysis may know better than the property list tells: which values the CPU's own setters accept. */
export interface KnowsExpressible {
  expressible?(machine: string, model: string, on?: string): readonly Setting[] & { readonly not: readonly NotSet[] };
}

/** An analysis that realizes the CPU of a configuration. */
export interface KnowsConfigured {
  configured?(machine: string, model: string, driver: string, settings: readonly Setting[]): ResolvedCpu;
}

/** An analysis that computes what CPUID answers to a guest on a CPU with properties set on a driver, as -readconfig sets them. */
export interface KnowsCpuid {
  cpuidWith?(machine: string, model: string, driver: string, settings: readonly Setting[]): readonly CpuidLeaf[];
}

/** The settings that make a CPU of the model `on` (by default, the one without model data) equal to this one. */
export function cpuSettings(analysis: Analysis & KnowsExpressible, machine: string, model: string, cpu: ResolvedCpu, on?: string): CpuSettings {
  const known = analysis.expressible?.(machine, model, on);
  const { settings, notSet } = known !== undefined ? { settings: [...known], notSet: [...known.not] } : fromProperties(analysis, machine, model, cpu);
  const values = new Map<string, QmpValue>();
  for (const { property, is } of settings) values.set(property, is ?? cpu.properties.get(property) ?? null);
  const host = new Set(cpu.hostDependent);
  return {
    settings: settings.filter(({ property }) => !host.has(property)).sort(byProperty),
    notSet: notSet.filter(({ property }) => !host.has(property)).sort(byProperty),
    hostDependent: [...cpu.hostDependent].sort(byCodeUnit),
    values,
  };
}

/** Every property with a setter, as far as the property list alone tells. */
function fromProperties(analysis: Analysis, machine: string, model: string, cpu: ResolvedCpu): { settings: Setting[]; notSet: NotSet[] } {
  const settings: Setting[] = [];
  const notSet: NotSet[] = [];
  for (const { name, type, settable } of analysis.properties(machine, model)) {
    const value = cpu.properties.get(name);
    // Links and children are other objects: wiring, not the CPU's data.
    if (!settable || value === undefined || /^(link|child)</.test(type)) continue;
    const text = settingText(value);
    if (text === undefined) notSet.push({ property: name, reason: `a ${type} has no text form` });
    else settings.push({ property: name, value: text });
  }
  return { settings, notSet };
}

function byProperty(a: { readonly property: string }, b: { readonly property: string }): number {
  return byCodeUnit(a.property, b.property);
}
