import type { CpuidLeaf } from '../x86/api.js';
import { answersOf, registerPairs, type Register } from './registers.js';

/** One register of what CPUID answers, before and after; undefined: there is no such leaf. */
export interface LeafChange {
  readonly leaf: number;
  readonly subleaf: number;
  readonly register: Register;
  readonly before: number | undefined;
  readonly after: number | undefined;
  /** Of the bits that change, those that the host must support to have been, or to become, 1. Absent where there are none. */
  readonly host?: number;
}

/** What CPUID answers otherwise, on a host that supports what is asked for. Bits that the host decides otherwise on either side are left out. */
export function leafChanges(before: readonly CpuidLeaf[], after: readonly CpuidLeaf[]): LeafChange[] {
  const changes: LeafChange[] = [];
  for (const { leaf, subleaf, register, a, b, supported } of registerPairs([before, after], answersOf(before), answersOf(after), true)) {
    // a leaf that is not there reads as zeros
    const changed = (a ?? 0) ^ (b ?? 0);
    const host = (changed & supported) >>> 0;
    if (changed !== 0) changes.push({ leaf, subleaf, register, before: a, after: b, ...(host === 0 ? {} : { host }) });
  }
  return changes;
}
