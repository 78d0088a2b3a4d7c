import type { CallSite, Machine } from '../c/runtime.js';
import { Unknown, type Value } from '../c/unknown.js';
import { undecided } from './intrinsic.js';

/** The sign of what a comparator of the program returned. An unknown is reported, and taken for "equal". */
export function comparison(machine: Machine, result: Value, call: CallSite): number {
  if (result instanceof Unknown) { undecided(machine, result, 'an order', call); return 0; }
  return typeof result === 'bigint' ? (result < 0n ? -1 : result > 0n ? 1 : 0) : result;
}

/**
 * Merge sort, halves first n/2 and rest, left first where equal: what glib's list and array sorts and glibc's qsort()
 * do, so that even an inconsistent comparator gives their result.
 */
export function mergeSort<T>(items: readonly T[], compare: (a: T, b: T) => number): T[] {
  if (items.length <= 1) return items.slice();
  const middle = items.length >> 1;
  const left = mergeSort(items.slice(0, middle), compare);
  const right = mergeSort(items.slice(middle), compare);
  const merged: T[] = [];
  let i = 0, j = 0;
  while (i < left.length && j < right.length) merged.push(compare(left[i]!, right[j]!) <= 0 ? left[i++]! : right[j++]!);
  while (i < left.length) merged.push(left[i++]!);
  while (j < right.length) merged.push(right[j++]!);
  return merged;
}

/** Sort an array in memory; the comparator gets the addresses of two elements. */
export function sortArray(machine: Machine, base: number, count: number, size: number, compare: (a: number, b: number) => number): void {
  if (count < 2 || size === 0) return;
  const { memory } = machine;
  const addresses: number[] = [];
  for (let i = 0; i < count; i++) addresses.push(base + i * size);
  const sorted = mergeSort(addresses, compare);
  if (sorted.every((a, i) => a === addresses[i])) return;
  const copy = memory.allocate(count * size);
  memory.copy(copy, base, count * size);
  sorted.forEach((from, i) => { memory.copy(base + i * size, copy + (from - base), size); });
}
