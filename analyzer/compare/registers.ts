import type { CpuidLeaf } from '../x86/api.js';

export const REGISTERS = ['eax', 'ebx', 'ecx', 'edx'] as const;
export type Register = (typeof REGISTERS)[number];

/** What answers to one leaf and subleaf; undefined: nothing is known of it. */
export type Answers = (leaf: number, subleaf: number) => CpuidLeaf | undefined;

/** One register of one leaf and subleaf on two sides, without the bits that the host decides on either; undefined: that side has no such row. */
export interface RegisterPair {
  readonly leaf: number;
  readonly subleaf: number;
  readonly register: Register;
  readonly a: number | undefined;
  readonly b: number | undefined;
  /** Of the bits that are left, those that are as told on a host which supports what is asked for. */
  readonly supported: number;
}

/** Leaves come in ranges, of which the first leaf tells the last in eax. */
const RANGE = 0x100;

/** First leaves of ranges of which the host decides how many leaves they have: the table may lack rows, or have none yet. */
export function openRanges(rows: readonly CpuidLeaf[]): number[] {
  if (rows.length === 0) return [0];
  return rows.filter(({ leaf, subleaf, host }) => leaf % RANGE === 0 && subleaf === 0 && (host?.eax ?? 0) !== 0).map(({ leaf }) => leaf);
}

/** A table answers for the rows that it has. */
export function answersOf(rows: readonly CpuidLeaf[]): Answers {
  const byKey = new Map(rows.map((row) => [key(row), row]));
  return (leaf, subleaf) => byKey.get(key({ leaf, subleaf }));
}

/**
 * Every register of every row of some tables, in order, as two sides have it.
 * @param supposing the host supports everything that is asked for: such bits are left, too
 */
export function* registerPairs(tables: readonly (readonly CpuidLeaf[])[], a: Answers, b: Answers, supposing = false): Generator<RegisterPair, void, undefined> {
  const rows = new Map(tables.flat().map((row) => [key(row), row]));
  for (const { leaf, subleaf } of [...rows.values()].sort((p, q) => p.leaf - q.leaf || p.subleaf - q.subleaf)) {
    const [x, y] = [a(leaf, subleaf), b(leaf, subleaf)];
    for (const register of REGISTERS) {
      const wanted = (row: CpuidLeaf | undefined): number => (supposing ? row?.wanted?.[register] ?? 0 : 0);
      const host = (row: CpuidLeaf | undefined): number => row?.host?.[register] ?? 0;
      const known = ~(host(x) & ~wanted(x) | host(y) & ~wanted(y));
      const value = (row: CpuidLeaf | undefined): number | undefined => (row === undefined ? undefined : ((row[register] | wanted(row)) & known) >>> 0);
      yield { leaf, subleaf, register, a: value(x), b: value(y), supported: ((host(x) | host(y)) & known) >>> 0 };
    }
  }
}

function key({ leaf, subleaf }: { readonly leaf: number; readonly subleaf: number }): string {
  return `${leaf}/${subleaf}`;
}
