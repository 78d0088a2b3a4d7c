import { Row, type PackedShape } from '../cache/states.js';
import { changesBetween, type Change, type Holder } from './changes.js';
import { ABSENT, sameValue } from './values.js';

/** Where cells with a change are noted. */
export interface Noted {
  readonly cells: number[];
}

/** A property that both sides have: for each two values of it, undefined if they are equal, else where to note that they are not. */
interface Shared {
  readonly property: string;
  readonly before: number;
  readonly after: number;
  readonly pairs: (Noted | undefined | null)[];
}

/** A property that one side has: for each of its values, where to note that. */
interface Single {
  readonly property: string;
  readonly column: number;
  readonly values: Noted[];
}

interface Plan {
  readonly shared: readonly Shared[];
  readonly added: readonly Single[];
  readonly removed: readonly Single[];
}

/**
 * CPUs that come from columns (of the cache) are compared column by column: each two values of a property once, whatever
 * the number of CPUs that have them.
 */
export class ColumnComparison {
  readonly #plans = new Map<PackedShape, Map<PackedShape, Plan>>();

  constructor(private readonly record: (change: Change) => Noted) {}

  /** Note what differs between two CPUs as of this cell. false: they do not come from columns. */
  add(cell: number, before: Holder, after: Holder): boolean {
    const b = before.properties;
    const a = after.properties;
    if (!(b instanceof Row) || !(a instanceof Row)) return false;
    if (before === after) return true;
    const { shared, added, removed } = this.#plan(b.shape, a.shape);
    for (const entry of shared) {
      const from = b.shape.columns[entry.before]![b.row]!;
      const to = a.shape.columns[entry.after]![a.row]!;
      const at = from * a.shape.values[entry.after]!.length + to;
      let noted = entry.pairs[at];
      if (noted === undefined) {
        const values = { before: b.shape.values[entry.before]![from]!, after: a.shape.values[entry.after]![to]! };
        noted = entry.pairs[at] = sameValue(values.before, values.after) ? null : this.record({ property: entry.property, ...values, spellings: [] });
      }
      noted?.cells.push(cell);
    }
    for (const { column, values, property } of added) {
      const value = a.shape.columns[column]![a.row]!;
      (values[value] ??= this.record({ property, before: ABSENT, after: a.shape.values[column]![value]!, spellings: [] })).cells.push(cell);
    }
    for (const { column, values, property } of removed) {
      const value = b.shape.columns[column]![b.row]!;
      (values[value] ??= this.record({ property, before: b.shape.values[column]![value]!, after: ABSENT, spellings: [] })).cells.push(cell);
    }
    // what the host decides on one side or both is not in columns
    if (before.hostDependent.length + after.hostDependent.length > 0) for (const change of hostChanges(before, after)) this.record(change).cells.push(cell);
    return true;
  }

  #plan(before: PackedShape, after: PackedShape): Plan {
    let plans = this.#plans.get(before);
    if (plans === undefined) this.#plans.set(before, (plans = new Map()));
    let plan = plans.get(after);
    if (plan === undefined) {
      const columns = new Map(before.names.map((name, i) => [name, i]));
      const host = { before: new Set(before.hostDependent), after: new Set(after.hostDependent) };
      const shared: Shared[] = [];
      const added: Single[] = [];
      after.names.forEach((property, i) => {
        const column = columns.get(property);
        columns.delete(property);
        if (column !== undefined) shared.push({ property, before: column, after: i, pairs: [] });
        else if (!host.before.has(property)) added.push({ property, column: i, values: [] });
      });
      const removed = [...columns].filter(([property]) => !host.after.has(property)).map(([property, column]): Single => ({ property, column, values: [] }));
      plans.set(after, (plan = { shared, added, removed }));
    }
    return plan;
  }
}

/** Of the changes between two CPUs those in which the host has a say. */
function hostChanges(before: Holder, after: Holder): Change[] {
  const only = ({ properties, hostDependent }: Holder, other: Holder): Holder => ({ hostDependent, properties: new Map(other.hostDependent.flatMap((name) => (properties.has(name) ? [[name, properties.get(name)!] as const] : []))) });
  return changesBetween(only(before, after), only(after, before));
}
