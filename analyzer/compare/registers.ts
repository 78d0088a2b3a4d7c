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
  /** The bits that are left. */
  readonly known: number;
}

/** A table answers for the rows that it has. */
export function answersOf(rows: readonly CpuidLeaf[]): Answers {
  const byKey = new Map(rows.map((row) => [key(row), row]));
  return (leaf, subleaf) => byKey.get(key({ leaf, subleaf }));
}

/** Every register of every row of some tables, in order, as two sides have it. */
export function* registerPairs(tables: readonly (readonly CpuidLeaf[])[], a: Answers, b: Answers): Generator<RegisterPair, void, undefined> {
  const rows = new Map(tables.flat().map((row) => [key(row), row]));
  for (const { leaf, subleaf } of [...rows.values()].sort((p, q) => p.leaf - q.leaf || p.subleaf - q.subleaf)) {
    const [x, y] = [a(leaf, subleaf), b(leaf, subleaf)];
    for (const register of REGISTERS) {
      const known = ~((x?.host?.[register] ?? 0) | (y?.host?.[register] ?? 0)) >>> 0;
      const value = (row: CpuidLeaf | undefined): number | undefined => (row === undefined ? undefined : (row[register] & known) >>> 0);
      yield { leaf, subleaf, register, a: value(x), b: value(y), known };
    }
  }
}

function key({ leaf, subleaf }: { readonly leaf: number; readonly subleaf: number }): string {
  return `${leaf}/${subleaf}`;
}
