import type { QmpValue, ResolvedCpu } from '../x86/api.js';
import { FixedMap, KeyList } from '../x86/fixed-map.js';

/** CPUs as columns: one for each property, with a small number for each different value. */
export interface PackedStates {
  readonly ids: readonly string[];
  readonly typenames: readonly string[];
  /** For each CPU, which of `shapes` it has. */
  readonly shape: Uint16Array;
  readonly shapes: readonly PackedShape[];
}

/** CPUs with the same properties in the same order, and the same ones decided by the host. */
export interface PackedShape {
  readonly names: readonly string[];
  readonly hostDependent: readonly string[];
  /** The numbers of these CPUs. */
  readonly cpus: Uint32Array;
  /** For each property its different values, and for each CPU (in the order of `cpus`) which it has. */
  readonly values: readonly (readonly QmpValue[])[];
  readonly columns: readonly (Uint8Array | Uint16Array)[];
}

/** Put CPUs into columns. */
export function packStates(cpus: readonly ResolvedCpu[]): PackedStates {
  const shapes = new Map<string, { number: number; names: string[]; hostDependent: readonly string[]; cpus: number[] }>();
  const shape = new Uint16Array(cpus.length);
  cpus.forEach((cpu, i) => {
    const names = [...cpu.properties.keys()];
    const key = JSON.stringify([names, cpu.hostDependent]);
    let found = shapes.get(key);
    if (found === undefined) shapes.set(key, found = { number: shapes.size, names, hostDependent: cpu.hostDependent, cpus: [] });
    found.cpus.push(i);
    shape[i] = found.number;
  });
  return {
    ids: cpus.map(({ id }) => id),
    typenames: cpus.map(({ typename }) => typename),
    shape,
    shapes: [...shapes.values()].map(({ names, hostDependent, cpus: numbers }) => {
      const columns = names.map((name) => column(numbers.map((number) => cpus[number]!.properties.get(name)!)));
      return { names, hostDependent, cpus: Uint32Array.from(numbers), values: columns.map(([values]) => values), columns: columns.map(([, numbers]) => numbers) };
    }),
  };
}

function column(cells: readonly QmpValue[]): [QmpValue[], Uint8Array | Uint16Array] {
  const values: QmpValue[] = [];
  const numbers = new Map<unknown, number>();
  const column = new Uint16Array(cells.length);
  cells.forEach((cell, i) => {
    // numbers and bigints of the same size are different keys, and so are 0 and -0 to nobody
    const key = typeof cell === 'object' && cell !== null ? JSON.stringify(cell, (_key, value: unknown) => (typeof value === 'bigint' ? `bigint ${value}` : value)) + '\0' : cell;
    let number = numbers.get(key);
    if (number === undefined) {
      numbers.set(key, number = values.length);
      values.push(cell);
    }
    column[i] = number;
  });
  if (values.length > 0xffff) throw new RangeError('too many values in one column');
  return [values, values.length <= 0x100 ? Uint8Array.from(column) : column];
}

/** The CPUs again; each property is looked up in the columns when it is asked for. */
export function unpackStates({ ids, typenames, shapes }: PackedStates): ResolvedCpu[] {
  const cpus = new Array<ResolvedCpu>(ids.length);
  for (const shape of shapes) {
    const list = new KeyList(shape.names);
    shape.cpus.forEach((number, row) => {
      cpus[number] = { id: ids[number]!, typename: typenames[number]!, properties: new Row(shape, list, row), hostDependent: shape.hostDependent };
    });
  }
  return cpus;
}

/** One CPU's properties, as a map that stands in columns: an Analysis may hand out thousands of CPUs, and few of their properties are ever looked at. */
export class Row extends FixedMap<QmpValue> {
  /** @param shape for who compares many CPUs: column by column is faster */
  constructor(readonly shape: PackedShape, list: KeyList, readonly row: number) {
    super(list);
  }

  override at(column: number): QmpValue {
    return this.shape.values[column]![this.shape.columns[column]![this.row]!]!;
  }
}
