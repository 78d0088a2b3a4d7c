import type { QmpValue } from '../x86/api.js';
import { ColumnComparison } from './columns.js';
import { NumberLists } from './number-lists.js';
import { ABSENT, HOST, hyphenated, sameValue, valueKey, type Value } from './values.js';

/** One property, and what became of it. */
export interface Change {
  readonly property: string;
  readonly before: Value;
  readonly after: Value;
  /** Other spellings of the property that changed alike. */
  readonly spellings: readonly string[];
}

/** Two CPUs to be held against each other: the same pair in two trees, or two pairs in one. */
export interface Comparison {
  readonly before: Place;
  readonly after: Place;
}

export interface Place {
  readonly machine: string;
  readonly model: string;
}

/** Changes that come together: the same properties, from and to the same values, for the same CPUs. */
export interface ChangeGroup {
  readonly changes: readonly Change[];
  /** Indices of comparisons, ascending. */
  readonly where: readonly number[];
}

/** What has properties: a CPU; a machine type or model with its fields. */
export interface Holder {
  readonly properties: ReadonlyMap<string, QmpValue>;
  readonly hostDependent: readonly string[];
}

/** What is held against each other. */
export interface Pair {
  readonly before: Holder;
  readonly after: Holder;
}

/** The value of a property of a CPU. */
export function valueOf(cpu: Holder, property: string): Value {
  const value = cpu.properties.get(property);
  if (value !== undefined) return value;
  return cpu.hostDependent.includes(property) ? HOST : ABSENT;
}

/** What differs between two CPUs, in the second one's order, then what it no longer has. */
export function changesBetween(before: Holder, after: Holder): Change[] {
  if (before === after) return [];
  const found: Change[] = [];
  const hostBefore = new Set(before.hostDependent);
  const hostAfter = new Set(after.hostDependent);
  const add = (property: string, b: Value, a: Value): void => { found.push({ property, before: b, after: a, spellings: [] }); };
  for (const [property, a] of after.properties) {
    const b = before.properties.get(property);
    if (b === undefined) add(property, hostBefore.has(property) ? HOST : ABSENT, a);
    else if (b !== a && !sameValue(b, a)) add(property, b, a);
  }
  for (const property of after.hostDependent) if (!hostBefore.has(property)) add(property, before.properties.get(property) ?? ABSENT, HOST);
  for (const [property, b] of before.properties) if (!after.properties.has(property) && !hostAfter.has(property)) add(property, b, ABSENT);
  for (const property of before.hostDependent) if (!hostAfter.has(property) && !after.properties.has(property)) add(property, HOST, ABSENT);
  return found;
}

/**
 * Compare many CPUs. Equal CPUs share one object, so each two different ones are compared once, however many pairs have
 * them, and changes that always come together are one group. Groups are in the order of their first comparison.
 * @param prepare what to compare in place of two CPUs
 */
export function groupChanges(cpus: Iterable<Pair>, prepare: (pair: Pair) => Pair = (pair) => pair): ChangeGroup[] {
  // all comparisons of the same two CPUs
  const cells: { before: Holder; after: Holder; where: number[] }[] = [];
  const cellOf = new Map<Holder, Map<Holder, number>>();
  let index = 0;
  for (const { before, after } of cpus) {
    let row = cellOf.get(before);
    if (row === undefined) cellOf.set(before, (row = new Map()));
    let cell = row.get(after);
    if (cell === undefined) {
      row.set(after, (cell = cells.length));
      cells.push({ before, after, where: [] });
    }
    cells[cell]!.where.push(index++);
  }
  const changes = new Map<string, { change: Change; cells: number[] }>();
  const record = (change: Change): { change: Change; cells: number[] } => {
    const key = `${change.property}\0${valueKey(change.before)}\0${valueKey(change.after)}`;
    let known = changes.get(key);
    if (known === undefined) changes.set(key, (known = { change, cells: [] }));
    return known;
  };
  const columns = new ColumnComparison(record);
  cells.forEach((pair, cell) => {
    const { before, after } = prepare(pair);
    if (columns.add(cell, before, after)) return;
    for (const change of changesBetween(before, after)) record(change).cells.push(cell);
  });
  elementsApart(changes);
  const groups = new Map<number, { changes: Change[]; cells: number[] }>();
  const lists = new NumberLists();
  for (const { change, cells: in_ } of changes.values()) {
    const key = lists.id(in_);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { changes: [change], cells: in_ });
    else known.changes.push(change);
  }
  return [...groups.values()]
    .map(({ changes: list, cells: in_ }) => ({ changes: foldSpellings(list), where: in_.flatMap((cell) => cells[cell]!.where).sort((a, b) => a - b) }))
    .sort((a, b) => a.where[0]! - b.where[0]! || inOrder(a.changes[0]!.property, b.changes[0]!.property));
}

/** A list of names changes name by name: "LIST.NAME" comes or goes. */
function elementsApart(changes: Map<string, { change: Change; cells: number[] }>): void {
  const found = new Map<string, { change: Change; cells: number[] }>();
  for (const [key, { change, cells }] of changes) {
    const { property, before, after } = change;
    if (!isNames(before) || !isNames(after)) continue;
    const [b, a] = [new Set(before), new Set(after)];
    const names = [...new Set([...before, ...after])].filter((name) => b.has(name) !== a.has(name));
    // the same names in another order
    if (names.length === 0) continue;
    changes.delete(key);
    for (const name of names) {
      const element = `${property}.${name}`;
      const place = `${element}\0${String(a.has(name))}`;
      const known = found.get(place);
      if (known === undefined) found.set(place, { change: { property: element, before: b.has(name), after: a.has(name), spellings: [] }, cells: [...cells] });
      else known.cells.push(...cells);
    }
  }
  for (const [key, { change, cells }] of found) changes.set(key, { change, cells: cells.sort((x, y) => x - y) });
}

function isNames(value: Value): value is string[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'string');
}

/** By code unit: the order does not depend on the order in which changes are found. */
export function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A property under several spellings is one property: QEMU keeps "a_b" beside "a-b" for old users. */
export function foldSpellings(changes: readonly Change[]): Change[] {
  const byName = new Map<string, Change[]>();
  for (const change of changes) {
    const key = `${hyphenated(change.property)}\0${valueKey(change.before)}\0${valueKey(change.after)}`;
    const known = byName.get(key);
    if (known === undefined) byName.set(key, [change]);
    else known.push(change);
  }
  return [...byName.values()].map((list): Change => {
    if (list.length === 1) return list[0]!;
    const main = list.find(({ property }) => property === hyphenated(property)) ?? list[0]!;
    return { ...main, spellings: list.filter((change) => change !== main).map(({ property }) => property).sort() };
  }).sort((a, b) => inOrder(a.property, b.property));
}
