import type { Location } from '../../analyzer/c/location.js';
import { UnknownNameError, CannotResolveError, type Analysis, type Assignment, type CompatProperty, type QmpValue, type ResolvedCpu } from '../../analyzer/x86/api.js';

/** A QEMU as the tests of comparing see one: for each machine type its models, each with its properties; a text instead of a CPU is a refusal. */
export interface Fake {
  readonly machines: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, QmpValue>> | string>> | string>>;
  readonly machineFields?: Readonly<Record<string, Readonly<Record<string, QmpValue>>>>;
  readonly modelFields?: Readonly<Record<string, Readonly<Record<string, QmpValue>>>>;
  readonly hostDependent?: Readonly<Record<string, readonly string[]>>;
  /** Machine type to entries "driver.property=value@line". */
  readonly compat?: Readonly<Record<string, readonly string[]>>;
  readonly parents?: Readonly<Record<string, string>>;
  /** Reasons: "machine/model/property", with stars for any machine type or model, to "what@file:line". */
  readonly reasons?: Readonly<Record<string, string>>;
  readonly version?: string;
}

export interface FakeAnalysis extends Analysis {
  /** What was asked of explain(). */
  readonly asked: string[];
}

/** An analysis that answers from a {@link Fake}. */
export function fakeAnalysis(fake: Fake, accel = 'tcg'): FakeAnalysis {
  const cpus = new Map<string, ResolvedCpu>();
  const asked: string[] = [];
  const on = (machine: string): Readonly<Record<string, Readonly<Record<string, QmpValue>> | string>> => {
    const models = fake.machines[machine];
    if (models === undefined) throw new UnknownNameError('machine type', machine, []);
    if (typeof models === 'string') throw new CannotResolveError(models);
    return models;
  };
  const [major, minor] = (fake.version ?? '1.0').split('.').map(Number);
  const resolve = (machine: string, model: string): ResolvedCpu => {
    const properties = on(machine)[model];
    if (properties === undefined) throw new UnknownNameError('CPU model', model, []);
    if (typeof properties === 'string') throw new CannotResolveError(properties);
    const host = fake.hostDependent?.[model] ?? [];
    const id = JSON.stringify([model, properties, host], (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
    let cpu = cpus.get(id);
    if (cpu === undefined) cpus.set(id, (cpu = { id, typename: `${model}-cpu`, properties: new Map(Object.entries(properties)), hostDependent: host }));
    return cpu;
  };
  return {
    asked,
    qemu: { version: { major: major!, minor: minor!, micro: 0 }, package: '' },
    origin: 'a fake', accel, diagnostics: [],
    machines: () => Object.keys(fake.machines).map((name) => ({ name, fields: { name, ...fake.machineFields?.[name] } })),
    models: (machine) => Object.keys(on(machine)).map((name) => ({ name, fields: { name, ...fake.modelFields?.[name] } })),
    resolve,
    properties: () => [],
    unavailableFeatures: () => ({ unavailable: [], undecided: [] }),
    compatProperties: (machine): CompatProperty[] => (fake.compat?.[machine] ?? []).map((text) => {
      const [, driver, property, value, line] = /^(.*)\.([^.=]*)=(.*)@(\d+)$/.exec(text)!;
      return { 'qom-type': driver!, 'property': property!, 'value': value!, 'at': { file: 'compat.c', line: Number(line) } };
    }),
    ...(fake.parents === undefined ? {} : { machineParents: () => new Map(Object.keys(fake.machines).map((name) => [name, fake.parents![name]])) }),
    cpuid: () => [],
    explain(machine, model, property): Assignment[] {
      asked.push(`${machine}/${model}/${property}`);
      const text = [`${machine}/${model}/${property}`, `${machine}/*/${property}`, `*/${model}/${property}`, `*/*/${property}`].map((key) => fake.reasons?.[key]).find((reason) => reason !== undefined);
      if (text === undefined) return [];
      const [, what, file, line] = /^(.*)@(.*):(\d+)$/.exec(text)!;
      const at: Location = { file: file!, line: Number(line) };
      return [{ what: what!, at, data: [], stack: [], value: resolve(machine, model).properties.get(property) }];
    },
  };
}
