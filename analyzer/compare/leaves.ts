import type { CpuidLeaf } from '../x86/api.js';
import { answersOf, registerPairs, type Register } from './registers.js';

/** One register of what CPUID answers, before and after; undefined: there is no such leaf. */
export interface LeafChange {
  readonly leaf: number;
  readonly subleaf: number;
  readonly register: Register;
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** What CPUID answers otherwise. Bits that the host decides on either side are left out. */
export function leafChanges(before: readonly CpuidLeaf[], after: readonly CpuidLeaf[]): LeafChange[] {
  const changes: LeafChange[] = [];
  for (const { leaf, subleaf, register, a, b } of registerPairs([before, after], answersOf(before), answersOf(after))) {
    // a leaf that is not there reads as zeros
    if ((a ?? 0) !== (b ?? 0)) changes.push({ leaf, subleaf, register, before: a, after: b });
  }
  return changes;
}
