import { causeKind, type ExplainedChange } from '../compare/causes.js';
import type { Change, ChangeGroup } from '../compare/changes.js';
import { NumberLists } from '../compare/number-lists.js';
import { ABSENT, HOST } from '../compare/values.js';

/** One of the values that a property changes to, and where. */
export interface Alternative extends Pick<Change, 'before' | 'after'> {
  readonly where: readonly number[];
}

/** A change, or several of one property that are told as one. */
export type FoldedChange = (Change | ExplainedChange) & { readonly alternatives?: readonly Alternative[] };

/** Changes of the same CPUs, told together. */
export interface FoldedGroup {
  readonly changes: readonly FoldedChange[];
  readonly where: readonly number[];
}

/** From so many values on, a property that changes for the same kind of reason is told once. */
const MANY = 3;

/**
 * A property that is new, or gone, or set by the same kind of statement, has another value for each model or machine type,
 * and is one thing to say: its changes become one, with all of the values.
 */
export function foldValues(groups: readonly ChangeGroup[]): FoldedGroup[] {
  const alike = new Map<string, { change: Change; where: readonly number[] }[]>();
  for (const { changes, where } of groups) {
    for (const change of changes) {
      const key = kindOf(change);
      if (key === undefined) continue;
      const list = alike.get(key);
      if (list === undefined) alike.set(key, [{ change, where }]);
      else list.push({ change, where });
    }
  }
  const folded = new Set<Change>();
  const together = new Map<string, { changes: FoldedChange[]; where: readonly number[] }>();
  const lists = new NumberLists();
  for (const [key, list] of alike) {
    const [first] = list;
    if (list.length < MANY) continue;
    for (const { change } of list) folded.add(change);
    const where = [...new Set(list.flatMap((part) => part.where))].sort((a, b) => a - b);
    const causes = list.flatMap(({ change }) => ('causes' in change ? (change as ExplainedChange).causes : []));
    const one: FoldedChange = {
      ...first!.change, ...('causes' in first!.change ? { causes } : {}),
      alternatives: list.map(({ change, where: of }) => ({ before: change.before, after: change.after, where: of })),
    };
    const [, , cause] = key.split('\0');
    const extent = `${lists.id(where)} ${cause!}`;
    const known = together.get(extent);
    if (known === undefined) together.set(extent, { changes: [one], where });
    else known.changes.push(one);
  }
  if (folded.size === 0) return [...groups];
  const rest = groups.map((group): FoldedGroup => ({ ...group, changes: group.changes.filter((change) => !folded.has(change)) })).filter(({ changes }) => changes.length > 0);
  return [...rest, ...together.values()].sort((a, b) => b.where.length - a.where.length || a.where[0]! - b.where[0]!);
}

/** What changes that may be one have in common; undefined for a switch, which has no values. */
function kindOf(change: Change): string | undefined {
  const { property, before, after } = change;
  const shape = [before, after].map((value) => (value === ABSENT ? '-' : value === null || value === HOST || typeof value === 'boolean' ? undefined : '+'));
  if (shape.includes(undefined)) return undefined;
  const isExplained = 'causes' in change;
  // where the reason is not known, only what is new or gone is one thing
  if (!isExplained && shape.join('') === '++') return undefined;
  const cause = isExplained ? (change as ExplainedChange).causes.map(causeKind)[0] ?? '' : '';
  return `${property}\0${shape.join('')}\0${cause}`;
}
