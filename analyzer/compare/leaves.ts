import type { CpuidLeaf } from '../x86/api.js';

const REGISTERS = ['eax', 'ebx', 'ecx', 'edx'] as const;

/** One register of what CPUID answers, before and after; undefined: there is no such leaf. */
export interface LeafChange {
  readonly leaf: number;
  readonly subleaf: number;
  readonly register: (typeof REGISTERS)[number];
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** What CPUID answers otherwise. Bits that the host decides on either side are left out. */
export function leafChanges(before: readonly CpuidLeaf[], after: readonly CpuidLeaf[]): LeafChange[] {
  const byKey = (leaves: readonly CpuidLeaf[]): Map<string, CpuidLeaf> => new Map(leaves.map((entry) => [`${entry.leaf}/${entry.subleaf}`, entry]));
  const [a, b] = [byKey(before), byKey(after)];
  const changes: LeafChange[] = [];
  for (const key of new Set([...a.keys(), ...b.keys()])) {
    const [x, y] = [a.get(key), b.get(key)];
    const { leaf, subleaf } = (x ?? y)!;
    for (const register of REGISTERS) {
      const host = (x?.host?.[register] ?? 0) | (y?.host?.[register] ?? 0);
      const known = (entry: CpuidLeaf | undefined): number | undefined => (entry === undefined ? undefined : (entry[register] & ~host) >>> 0);
      // a leaf that is not there reads as zeros
      if ((known(x) ?? 0) !== (known(y) ?? 0)) changes.push({ leaf, subleaf, register, before: known(x), after: known(y) });
    }
  }
  return changes.sort((p, q) => p.leaf - q.leaf || p.subleaf - q.subleaf || REGISTERS.indexOf(p.register) - REGISTERS.indexOf(q.register));
}
