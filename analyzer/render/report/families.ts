import type { Side } from '../../compare/causes.js';
import { linesOfDescent } from '../../compare/families.js';
import { naturally } from '../order.js';

/** Machine types in lines of descent, oldest first; what has no kin stands together at the end. */
export function familiesOf({ analysis, census }: Side): string[][] {
  const parents = new Map([...analysis.machineParents?.() ?? []].filter(([name]) => census.machines.has(name)));
  const known = (name: string | undefined): string | undefined => (name !== undefined && census.machines.has(name) ? name : undefined);
  const lines = linesOfDescent(new Map([...parents].map(([name, parent]) => [name, known(parent)])));
  const taken = new Set<string>();
  // a branch ends with the machine type that it branches off, which stands in its own line already
  const own = lines.sort((a, b) => b.length - a.length).map((line) => line.filter((name) => !taken.has(name) && taken.add(name) !== undefined)).filter((line) => line.length > 0);
  const single = [...census.machines.keys()].filter((name) => !taken.has(name)).sort(naturally);
  return [...own, ...single.map((name) => [name])];
}
