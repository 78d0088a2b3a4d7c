/** One CPU model on one machine type. */
export interface Pair {
  readonly machine: string;
  readonly model: string;
}

/**
 * A part of all pairs that is the same at each call: every machine type and every model occurs before any machine type
 * is left behind, and each machine type gets other models than its neighbours.
 *
 * Without `size`, as many as it takes for every machine type and every model.
 */
export function samplePairs(models: ReadonlyMap<string, readonly string[]>, size?: number): Pair[] {
  const left = [...models].filter(([, names]) => names.length > 0).map(([machine, names]) => ({ machine, names, free: new Set(names) }));
  const total = left.reduce((sum, { names }) => sum + names.length, 0);
  const wanted = Math.min(total, size ?? Math.max(left.length, ...left.map(({ names }) => names.length)));
  const pairs: Pair[] = [];
  for (let turn = 0; pairs.length < wanted; turn++) {
    const { machine, names, free } = left[turn % left.length]!;
    if (free.size === 0) continue;
    // The next model in turn that this machine type has not had.
    let index = turn % names.length;
    while (!free.has(names[index]!)) index = (index + 1) % names.length;
    free.delete(names[index]!);
    pairs.push({ machine, model: names[index]! });
  }
  return pairs;
}
