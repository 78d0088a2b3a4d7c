import type { Analysis, CompatProperty, QmpValue, ResolvedCpu } from '../../analyzer/x86/api.js';
import { CannotResolveError, UnknownNameError } from '../../analyzer/x86/api.js';
import type { Recording } from '../../analyzer/verify/recording.js';

/** What a test changes in an analysis that otherwise repeats a recording. */
export interface Changes {
  readonly hostDependent?: readonly string[];
  /** Returns the properties that the analysis is to claim. */
  readonly cpu?: (machine: string, model: string, properties: Readonly<Record<string, QmpValue>>) => Readonly<Record<string, QmpValue>>;
  readonly machines?: (machines: readonly Readonly<Record<string, QmpValue>>[]) => readonly Readonly<Record<string, QmpValue>>[];
  readonly models?: (models: Record<string, Readonly<Record<string, QmpValue>>>, machine: string) => Record<string, Readonly<Record<string, QmpValue>>>;
  readonly compat?: (entries: readonly CompatProperty[], machine: string) => readonly CompatProperty[];
  readonly version?: Analysis['qemu']['version'];
  readonly aliases?: ReadonlyMap<string, readonly string[]>;
}

/** An analysis that knows exactly what a recording says. */
export function analysisOf(recording: Recording, changes: Changes = {}): Analysis {
  const cpus = new Map<string, ResolvedCpu>();
  return {
    qemu: { version: changes.version ?? recording.version.qemu, package: recording.version.package },
    origin: 'a recording',
    accel: recording.accel,
    diagnostics: [],
    machines: () => (changes.machines ?? ((all) => all))(recording.machines).map(({ 'compat-props': _, ...fields }) => ({ name: String(fields['name']), fields })),
    models(machine) {
      const definitions = recording.definitions[machine] ?? recording.definitions['*'];
      if (definitions === undefined) throw new UnknownNameError('machine type', machine, []);
      return Object.entries((changes.models ?? ((all) => all))({ ...definitions }, machine)).map(([name, fields]) => ({ name, fields: { name, ...fields } }));
    },
    resolve(machine, model) {
      const id = recording.pairs[machine]?.[model];
      if (id === undefined) {
        const refused = recording.errors[machine]?.[model];
        throw refused === undefined ? new UnknownNameError('model', model, []) : new CannotResolveError(refused);
      }
      const properties = changes.cpu?.(machine, model, recording.states[id]!) ?? recording.states[id]!;
      const known = Object.entries(properties).filter(([name]) => !(changes.hostDependent ?? []).includes(name));
      const key = changes.cpu === undefined ? id : JSON.stringify(known, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
      let cpu = cpus.get(key);
      if (cpu === undefined) {
        const hostDependent = (changes.hostDependent ?? []).filter((name) => name in properties);
        cpus.set(key, cpu = { id: String(cpus.size), typename: `${model}-x86_64-cpu`, properties: new Map(known), hostDependent });
      }
      return cpu;
    },
    properties: () => [],
    compatProperties(machine) {
      const entries = recording.machines.find((entry) => entry['name'] === machine)?.['compat-props'];
      const list = (Array.isArray(entries) ? entries : []).map((entry) => ({ ...(entry as { 'qom-type': string; property: string; value: string }), at: undefined }));
      return changes.compat?.(list, machine) ?? list;
    },
    cpuid: () => [],
    unavailableFeatures: () => ({ unavailable: [], undecided: [] }),
    explain: () => [],
    ...(changes.aliases === undefined ? {} : { featureAliases: () => changes.aliases! }),
  };
}
