import { availableParallelism } from 'node:os';

/**
 * Maps with at most `limit` calls under way (one per core by default); the results keep the order of the items.
 * After the first failure no further call is started, those under way are awaited, and the failure is thrown.
 */
export async function mapConcurrently<T, R>(items: readonly T[], map: (item: T, index: number) => Promise<R>, limit = availableParallelism()): Promise<R[]> {
  const results = new Array<R>(items.length);
  const failures: unknown[] = [];
  let next = 0;
  async function work(): Promise<void> {
    while (next < items.length && failures.length === 0) {
      const index = next++;
      try {
        results[index] = await map(items[index]!, index);
      } catch (error) {
        failures.push(error);
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  if (failures.length > 0) throw failures[0];
  return results;
}
