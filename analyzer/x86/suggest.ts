/** Edit distances of what the user wrote: to the name, and to the nearest beginning of the name. */
function distances(a: string, b: string): { whole: number; beginning: number } {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1]!.toLowerCase() === b[j - 1]!.toLowerCase() ? 0 : 1)));
    }
    row = next;
  }
  return { whole: row[b.length]!, beginning: Math.min(...row) };
}

/** Up to three names that are close to what the user wrote, or begin with something that is. */
export function closest(wanted: string, names: readonly string[]): string[] {
  const limit = Math.min(wanted.length - 1, Math.max(2, Math.floor(wanted.length / 3)));
  const limitOfBeginning = Math.floor(wanted.length / 4);
  return names
    .map((name) => ({ name, ...distances(wanted, name) }))
    .map((candidate) => ({ ...candidate, near: candidate.whole <= limit }))
    .filter(({ near, beginning }) => near || beginning <= limitOfBeginning)
    .sort((a, b) => Number(b.near) - Number(a.near) || (a.near ? a.whole - b.whole : a.beginning - b.beginning || a.whole - b.whole) || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name);
}
