import type { CpuidLeaf } from '../x86/api.js';
import type { GuestCpuid } from './guest.js';

/** One register of one leaf and subleaf in which two sides differ; undefined: that side has no such leaf. */
export interface RegisterDifference {
  readonly leaf: number;
  readonly subleaf: number;
  /** "0000000d/1 eax" */
  readonly register: string;
  readonly said: string | undefined;
  readonly other: string | undefined;
}

const REGISTERS = ['eax', 'ebx', 'ecx', 'edx'] as const;

/** A first leaf whose eax is not the last one of its range, within so many, is no range. */
const LONGEST_RANGE = 0x100;
const RANGE = 0x100;

/**
 * What a guest read against what the analysis says that it reads. Bits that the analysis leaves to the host are not compared.
 *
 * The guest asks every leaf up to the last that each range names, and more subleaves than exist: those that the
 * analysis does not list have to be empty, or the leaf has none.
 */
export function compareWithAnalysis(guest: GuestCpuid, analysed: readonly CpuidLeaf[]): { readonly differences: RegisterDifference[]; readonly values: number } {
  const differences: RegisterDifference[] = [];
  let values = 0;
  const listed = new Map<number, Map<number, CpuidLeaf>>();
  for (const row of analysed) listed.set(row.leaf, (listed.get(row.leaf) ?? new Map<number, CpuidLeaf>()).set(row.subleaf, row));
  for (const row of analysed) {
    const said = guest.answer(row.leaf, row.subleaf);
    for (const register of REGISTERS) {
      values++;
      const known = ~(row.host?.[register] ?? 0);
      if (said === undefined || (said[register] & known) !== (row[register] & known)) differences.push(difference(row, register, said?.[register], row[register], known));
    }
  }
  for (const row of guest.rows) {
    const of = listed.get(row.leaf);
    if (of?.has(row.subleaf) === true) continue;
    if (of === undefined ? outsideRange(guest, row) : isEmpty(row) || (of.size === 1 && same(row, of.get(0)))) continue;
    for (const register of REGISTERS) if (row[register] !== 0) differences.push(difference(row, register, row[register], undefined, ~0));
  }
  return { differences, values };
}

/** What two guests read. */
export function compareGuests(named: GuestCpuid, made: GuestCpuid): RegisterDifference[] {
  const differences: RegisterDifference[] = [];
  const keys = new Map([...named.rows, ...made.rows].map((row) => [row.leaf * 0x100 + row.subleaf, row]));
  for (const { leaf, subleaf } of [...keys.values()].sort((a, b) => a.leaf - b.leaf || a.subleaf - b.subleaf)) {
    const [a, b] = [named.answer(leaf, subleaf), made.answer(leaf, subleaf)];
    for (const register of REGISTERS) if (a?.[register] !== b?.[register]) differences.push(difference({ leaf, subleaf }, register, a?.[register], b?.[register], ~0));
  }
  return differences;
}

function difference({ leaf, subleaf }: { readonly leaf: number; readonly subleaf: number }, register: string, said: number | undefined, other: number | undefined, known: number): RegisterDifference {
  const text = (value: number | undefined): string | undefined => (value === undefined ? undefined : hex(value & known));
  return { leaf, subleaf, register: `${hex(leaf)}/${subleaf.toString(16)} ${register}`, said: text(said), other: text(other) };
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}

/** The guest asks the first leaf of each range even where there is no such range: any other leaf may answer. */
function outsideRange(guest: GuestCpuid, { leaf }: CpuidLeaf): boolean {
  const first = leaf - leaf % RANGE;
  const last = guest.answer(first, 0)?.eax ?? 0;
  return last < first || last >= first + LONGEST_RANGE;
}

/** No registers but the subleaf's own number and the processor's. */
function isEmpty({ subleaf, eax, ebx, ecx }: CpuidLeaf): boolean {
  return eax === 0 && ebx === 0 && (ecx === 0 || ecx === subleaf);
}

function same(a: CpuidLeaf, b: CpuidLeaf | undefined): boolean {
  return REGISTERS.every((register) => a[register] === b?.[register]);
}
