import { createHash } from 'node:crypto';
import { UnknownNameError, type Analysis, type Assignment, type CompatProperty, type CpuModel, type MachineType, type PropertyInfo, type QmpValue, type ResolvedCpu, type Runnable } from '../../analyzer/x86/api.js';
import type { Diagnostic } from '../../analyzer/c/runtime.js';
import { CannotResolveError } from '../../analyzer/x86/api.js';

/** What a QEMU said over QMP, in the shape of the recordings (test/golden). */
export interface Recording {
  readonly version: { readonly qemu: { readonly major: number; readonly minor: number; readonly micro: number }; readonly package: string };
  readonly accel: string;
  readonly machines: readonly { readonly [key: string]: QmpValue }[];
  readonly definitions: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, QmpValue>>>>>>;
  readonly states: Readonly<Record<string, Readonly<Record<string, QmpValue>>>>;
  readonly pairs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Not in recordings: what the host would decide, by state. */
  readonly hostDependent?: Readonly<Record<string, readonly string[]>>;
  /** Not in recordings: features that the accelerator leaves out, by state. */
  readonly filtered?: Readonly<Record<string, readonly string[]>>;
  readonly refused?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What a test may add to what a recording says. */
export interface Extras {
  readonly diagnostics?: readonly Diagnostic[];
  readonly history?: readonly Assignment[];
  /** By machine type and model; nothing is lacking where nothing is said. */
  readonly runnable?: Readonly<Record<string, Readonly<Record<string, Runnable>>>>;
}

/** An analysis that answers from a recording. */
export function analysisOf(recording: Recording, extras: Extras = {}): Analysis {
  const cpus = new Map<string, ResolvedCpu>();
  const modelsOf = (machine: string): Readonly<Record<string, Readonly<Record<string, QmpValue>>>> => {
    if (!recording.machines.some((entry) => entry['name'] === machine)) throw new UnknownNameError('machine type', machine, recording.machines.map((entry) => String(entry['name'])).filter((known) => known.startsWith(machine.slice(0, 4))));
    return recording.definitions[machine] ?? {};
  };
  const idOf = (machine: string, model: string): string => {
    const id = recording.pairs[machine]?.[model];
    const refusal = recording.refused?.[machine]?.[model];
    if (refusal !== undefined) throw new CannotResolveError(refusal);
    if (id === undefined) throw new UnknownNameError('CPU model', model, Object.keys(modelsOf(machine)).filter((known) => known.startsWith(model.slice(0, 3))));
    return id;
  };
  return {
    qemu: { version: recording.version.qemu, package: recording.version.package },
    origin: 'qemu-src/example',
    accel: recording.accel,
    diagnostics: extras.diagnostics ?? [],
    machines: (): MachineType[] => recording.machines.map((fields) => ({ name: String(fields['name']), fields })),
    models: (machine): CpuModel[] => Object.entries(modelsOf(machine)).map(([name, fields]) => ({ name, fields: { name, ...fields } })),
    resolve(machine, model, stage): ResolvedCpu {
      modelsOf(machine);
      const id = idOf(machine, model);
      const typename = String(recording.definitions[machine]?.[model]?.['typename']);
      const off = stage === 'realized' ? recording.filtered?.[id] ?? [] : [];
      const key = `${id} ${typename} ${off.join(' ')}`;
      let cpu = cpus.get(key);
      if (cpu === undefined) {
        cpu = {
          id: createHash('sha256').update(key).digest('hex').slice(0, 12), typename,
          properties: new Map(Object.entries({ ...recording.states[id]!, ...Object.fromEntries(off.map((property) => [property, false])) })), hostDependent: recording.hostDependent?.[id] ?? [],
        };
        cpus.set(key, cpu);
      }
      return cpu;
    },
    properties: (machine, model): PropertyInfo[] => Object.entries(recording.states[idOf(machine, model)]!).map(([name, value]) => ({
      name, type: typeof value === 'string' && value.startsWith('/') ? 'link<thing>' : typeof value, settable: name !== 'readable-only', description: undefined,
    })),
    compatProperties: (machine): CompatProperty[] => {
      modelsOf(machine);
      const entry = recording.machines.find(({ name }) => name === machine);
      return ((entry?.['compat-props'] ?? []) as { 'qom-type': string; property: string; value: string }[]).map((property, i) => ({ ...property, at: i === 0 ? undefined : { file: 'hw/i386/pc.c', line: 100 + i } }));
    },
    cpuid: () => [],
    unavailableFeatures(machine, model): Runnable {
      idOf(machine, model);
      return extras.runnable?.[machine]?.[model] ?? { unavailable: [], undecided: [] };
    },
    explain: () => extras.history ?? [],
  };
}
