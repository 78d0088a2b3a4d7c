import { answersOf, openRanges, registerPairs, REGISTERS, type Answers } from '../compare/registers.js';
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

/** What was compared, and how much of it. */
export interface RegisterComparison {
  readonly differences: RegisterDifference[];
  readonly values: number;
}

/** A first leaf whose eax is not the last one of its range, within so many, is no range. */
const LONGEST_RANGE = 0x100;
const RANGE = 0x100;

/**
 * What a guest read against what the analysis says that it reads. Bits that the analysis leaves to the host are not compared.
 *
 * The guest asks every leaf up to the last that each range names, and more subleaves than exist: those that the
 * analysis does not list have to be empty, or the leaf has none.
 */
export function compareWithAnalysis(guest: GuestCpuid, analysed: readonly CpuidLeaf[]): RegisterComparison {
  const listed = new Map<number, Map<number, CpuidLeaf>>();
  for (const row of analysed) listed.set(row.leaf, (listed.get(row.leaf) ?? new Map<number, CpuidLeaf>()).set(row.subleaf, row));
  const differences = different([analysed], (leaf, subleaf) => guest.answer(leaf, subleaf), answersOf(analysed));
  for (const row of guest.rows) {
    const of = listed.get(row.leaf);
    if (of?.has(row.subleaf) === true) continue;
    if (of === undefined ? outsideRange(guest, row) : isEmpty(row) || (of.size === 1 && same(row, of.get(0)))) continue;
    differences.push(...different([[row]], answersOf([row]), () => undefined).filter(({ said }) => Number.parseInt(said!, 16) !== 0));
  }
  return { differences, values: analysed.length * REGISTERS.length };
}

/**
 * The table that QEMU gave to KVM against what the analysis says that it gives. Rows that the host decides altogether may be missing.
 */
export function compareTables(given: readonly CpuidLeaf[], analysed: readonly CpuidLeaf[]): RegisterComparison {
  const [told, mine] = [answersOf(given), answersOf(analysed)];
  // where the host decides which leaf is the last of its range, it decides what rows there are, in that range and in those behind it
  const isOpen = openRanges(analysed).length > 0;
  const rows = [
    ...analysed.filter((row) => told(row.leaf, row.subleaf) !== undefined || !isHosts(row)),
    ...(isOpen ? [] : given.filter((row) => mine(row.leaf, row.subleaf) === undefined)),
  ];
  return { differences: different([rows], told, mine), values: rows.length * REGISTERS.length };
}

/** What two guests read. */
export function compareGuests(named: GuestCpuid, made: GuestCpuid): RegisterDifference[] {
  return different([named.rows, made.rows], (leaf, subleaf) => named.answer(leaf, subleaf), (leaf, subleaf) => made.answer(leaf, subleaf));
}

function different(tables: readonly (readonly CpuidLeaf[])[], said: Answers, other: Answers): RegisterDifference[] {
  const differences: RegisterDifference[] = [];
  for (const { leaf, subleaf, register, a, b } of registerPairs(tables, said, other)) {
    if (a !== b) differences.push({ leaf, subleaf, register: `${hex(leaf)}/${subleaf.toString(16)} ${register}`, said: a === undefined ? undefined : hex(a), other: b === undefined ? undefined : hex(b) });
  }
  return differences;
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}

/** The host decides whether there is such a row. */
function isHosts({ host }: CpuidLeaf): boolean {
  return REGISTERS.every((register) => host?.[register] === 0xffff_ffff);
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
