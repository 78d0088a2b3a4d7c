import type { QmpValue, ResolvedCpu } from '../../x86/api.js';
import { hyphenated, valueKey } from '../../compare/values.js';
import type { Json } from '../json.js';

/** In place of a value's number: the CPU has no such property. */
export const absentCell = 0;
/** In place of a value's number: the host decides. */
export const hostCell = 1;

/**
 * The CPUs of a tree as rows of small numbers, one for each property. Spellings of a property that always agree with the
 * main one are left out.
 */
export class StateTable {
  readonly properties: readonly string[];
  readonly values: Json[][] = [];
  readonly rows: Uint16Array[] = [];
  private readonly columns: ReadonlyMap<string, number>;
  private readonly numbers: Map<string, number>[] = [];

  constructor(readonly cpus: readonly ResolvedCpu[]) {
    const names = new Set<string>();
    for (const cpu of cpus) for (const name of [...cpu.properties.keys(), ...cpu.hostDependent]) names.add(name);
    this.properties = [...names].filter((name) => hyphenated(name) === name || !names.has(hyphenated(name))).sort();
    this.columns = new Map(this.properties.map((name, column) => [name, column]));
    for (const _ of this.properties) {
      this.values.push([]);
      this.numbers.push(new Map());
    }
    for (const cpu of cpus) this.rows.push(this.row(cpu));
  }

  /** The column of a property, under any spelling. */
  column(property: string): number | undefined {
    return this.columns.get(property) ?? this.columns.get(hyphenated(property));
  }

  private row(cpu: ResolvedCpu): Uint16Array {
    const row = new Uint16Array(this.properties.length);
    for (const [name, value] of cpu.properties) {
      const column = this.columns.get(name);
      if (column === undefined) continue;
      const key = valueKey(value);
      let number = this.numbers[column]!.get(key);
      if (number === undefined) {
        this.numbers[column]!.set(key, number = this.values[column]!.length + 2);
        this.values[column]!.push(valueJson(value));
      }
      row[column] = number;
    }
    for (const name of cpu.hostDependent) {
      const column = this.columns.get(name);
      if (column !== undefined) row[column] = hostCell;
    }
    return row;
  }

  /**
   * Every row as what differs from another one before it: [number of that row or -1, column, value, column, value ...].
   * @param likely numbers of rows that a row may be like
   */
  deltas(likely: (row: number) => Iterable<number>): number[][] {
    return this.rows.map((row, number) => {
      let best = [-1, ...differences(undefined, row)];
      for (const candidate of likely(number)) {
        if (candidate >= number) continue;
        const found = differences(this.rows[candidate], row);
        if (found.length + 1 < best.length) best = [candidate, ...found];
      }
      return best;
    });
  }

  /** The columns in which two rows differ. */
  changed(a: number, b: number): number[] {
    const found: number[] = [];
    const [left, right] = [this.rows[a]!, this.rows[b]!];
    for (let column = 0; column < left.length; column++) if (left[column] !== right[column]) found.push(column);
    return found;
  }
}

function differences(from: Uint16Array | undefined, to: Uint16Array): number[] {
  const found: number[] = [];
  for (let column = 0; column < to.length; column++) if ((from?.[column] ?? absentCell) !== to[column]) found.push(column, to[column]!);
  return found;
}

/** As a browser's JSON.parse reads it without loss: what it would round stands as text, marked. */
function valueJson(value: QmpValue): Json {
  if (typeof value === 'bigint') return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : { n: String(value) };
  if (typeof value === 'object' && value !== null) return { j: JSON.stringify(value, (_key, member: unknown) => (typeof member === 'bigint' ? String(member) : member)) };
  return value;
}
