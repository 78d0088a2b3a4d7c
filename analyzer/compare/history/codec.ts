import { pack, unpack } from '../../cache/envelope.js';
import type { CpuModel, MachineType, QmpValue, ResolvedCpu } from '../../x86/api.js';
import type { Census } from '../census.js';
import type { ChangeGroup } from '../changes.js';
import { anyDifference, type Differences } from '../differences.js';
import { ABSENT, HOST, valueKey, type Value } from '../values.js';

/** A census in little space: each property name, value and list of models once. */
interface PackedCensus {
  readonly head: Omit<Census, 'machines' | 'models' | 'cpus' | 'refused'>;
  readonly machines: readonly MachineType[];
  readonly lists: readonly (readonly CpuModel[])[];
  /** Machine type to the number of its list. */
  readonly models: readonly (readonly [string, number])[];
  readonly names: readonly string[];
  readonly values: readonly QmpValue[];
  /** Each CPU's properties: pairs of a name's and a value's number. */
  readonly states: readonly { readonly id: string; readonly typename: string; readonly properties: Uint32Array; readonly host: readonly number[] }[];
  /** Machine type to models and numbers of states. */
  readonly cpus: readonly (readonly [string, readonly string[], Uint32Array])[];
  readonly refused: readonly (readonly [string, readonly (readonly [string, string])[]])[];
}

class Table<T> {
  readonly list: T[] = [];
  readonly #numbers = new Map<unknown, number>();

  number(key: unknown, item: () => T): number {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      this.#numbers.set(key, (number = this.list.length));
      this.list.push(item());
    }
    return number;
  }
}

/** A census as bytes, for {@link unpackCensus}. */
export function packCensus(census: Census): Uint8Array {
  const { machines, models, cpus, refused, ...head } = census;
  const names = new Table<string>();
  const values = new Table<QmpValue>();
  const states = new Table<PackedCensus['states'][number]>();
  const lists = new Table<readonly CpuModel[]>();
  const state = (cpu: ResolvedCpu): number => states.number(cpu, () => ({
    id: cpu.id, typename: cpu.typename,
    properties: Uint32Array.from([...cpu.properties].flatMap(([name, value]) => [names.number(name, () => name), values.number(`${typeof value}${valueKey(value)}`, () => value)])),
    host: cpu.hostDependent.map((name) => names.number(name, () => name)),
  }));
  const packed: PackedCensus = {
    head,
    machines: [...machines.values()],
    models: [...models].map(([machine, of]) => [machine, lists.number(JSON.stringify([...of.values()].map(({ fields }) => fields)), () => [...of.values()])] as const),
    cpus: [...cpus].map(([machine, of]) => [machine, [...of.keys()], Uint32Array.from([...of.values()].map(state))] as const),
    refused: [...refused].map(([machine, of]) => [machine, [...of]] as const),
    lists: lists.list, names: names.list, values: values.list, states: states.list,
  };
  return new Uint8Array(pack(packed));
}

/**
 * The reverse of {@link packCensus}. Equal CPUs share one object again.
 * @param shared CPUs of other censuses of the same analyzer, by id: they are shared too
 */
export function unpackCensus(bytes: Uint8Array, shared: Map<string, ResolvedCpu> = new Map()): Census {
  const { head, machines, lists, models, names, values, states, cpus, refused } = unpack(bytes) as PackedCensus;
  const all = states.map(({ id, typename, properties, host }): ResolvedCpu => {
    const known = shared.get(id);
    if (known !== undefined) return known;
    const map = new Map<string, QmpValue>();
    for (let i = 0; i < properties.length; i += 2) map.set(names[properties[i]!]!, values[properties[i + 1]!]!);
    const cpu: ResolvedCpu = { id, typename, properties: map, hostDependent: host.map((n) => names[n]!) };
    shared.set(id, cpu);
    return cpu;
  });
  const byName = lists.map((list) => new Map(list.map((model) => [model.name, model])));
  return {
    ...head,
    machines: new Map(machines.map((machine) => [machine.name, machine])),
    models: new Map(models.map(([machine, list]) => [machine, byName[list]!])),
    cpus: new Map(cpus.map(([machine, of, numbers]) => [machine, new Map(of.map((model, i) => [model, all[numbers[i]!]!]))])),
    refused: new Map(refused.map(([machine, of]) => [machine, new Map(of)])),
  };
}

/** Values that a file can hold: the two that are no values get texts that QEMU cannot have. */
type Stored = QmpValue | { readonly marker: 'absent' | 'host' };

interface StoredGroup { readonly changes: readonly { readonly property: string; readonly before: Stored; readonly after: Stored; readonly spellings: readonly string[] }[]; readonly where: readonly number[] }

/** Differences as something that can be kept. Where there are none, what was compared is of no interest. */
export function storeDifferences(found: Differences): unknown {
  const comparisons = anyDifference(found) ? found.comparisons : [];
  return { ...found, comparisons, compared: found.comparisons.length, cpus: found.cpus.map(storeGroup), modelFields: found.modelFields.map(storeGroup), machineFields: found.machineFields.map(storeGroup) };
}

/** The reverse of {@link storeDifferences}; `compared` is how many CPUs were. */
export function restoreDifferences(stored: unknown): Differences & { readonly compared: number } {
  const { cpus, modelFields, machineFields, ...rest } = stored as Omit<Differences, 'cpus' | 'modelFields' | 'machineFields'> & { readonly compared: number; readonly cpus: readonly StoredGroup[]; readonly modelFields: readonly StoredGroup[]; readonly machineFields: readonly StoredGroup[] };
  return { ...rest, cpus: cpus.map(restoreGroup), modelFields: modelFields.map(restoreGroup), machineFields: machineFields.map(restoreGroup) };
}

function storeGroup({ changes, where }: ChangeGroup): StoredGroup {
  return { changes: changes.map((change) => ({ ...change, before: store(change.before), after: store(change.after) })), where };
}

function restoreGroup({ changes, where }: StoredGroup): ChangeGroup {
  return { changes: changes.map((change) => ({ ...change, before: restore(change.before), after: restore(change.after) })), where };
}

function store(value: Value): Stored {
  return value === ABSENT ? { marker: 'absent' } : value === HOST ? { marker: 'host' } : value;
}

function restore(value: Stored): Value {
  if (typeof value === 'object' && value !== null && 'marker' in value) return value['marker'] === 'absent' ? ABSENT : HOST;
  return value;
}
