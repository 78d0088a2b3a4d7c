/** By UTF-16 code unit: the order of everything that programs read. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * The order of everything that people read: runs of digits compare as numbers, so that 2.9 stands before 2.12.
 * Independent of the locale, so that output is the same everywhere.
 */
export function naturally(a: string, b: string): number {
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
  for (let i = 0; i < left.length && i < right.length; i++) {
    const l = left[i]!;
    const r = right[i]!;
    if (l === r) continue;
    if (/^\d/.test(l) && /^\d/.test(r)) {
      const difference = BigInt(l) - BigInt(r);
      if (difference !== 0n) return difference < 0n ? -1 : 1;
    }
    return byCodeUnit(l, r);
  }
  return left.length - right.length;
}

/** A record or map with its keys in {@link byCodeUnit} order, undefined members left out. */
export function sortedEntries<T>(source: Readonly<Record<string, T | undefined>> | ReadonlyMap<string, T>): [string, T][] {
  const pairs: [string, T | undefined][] = source instanceof Map ? [...source.entries()] : Object.entries(source);
  return pairs.filter((pair): pair is [string, T] => pair[1] !== undefined).sort(([a], [b]) => byCodeUnit(a, b));
}
