import { formatLocation, type Location } from '../c/location.js';
import { UnknownNameError, type Analysis, type Assignment, type CompatProperty, type Stage } from '../x86/api.js';
import type { Census } from './census.js';
import { inOrder, type Change, type ChangeGroup, type Comparison, type Place } from './changes.js';
import { NumberLists } from './number-lists.js';
import { ABSENT, HOST, hyphenated, type Value } from './values.js';

/** The assignment that won. */
export interface Reason {
  /** In the field's terms: "model table", "compat property" ... */
  readonly what: string;
  /** The statement that assigned. */
  readonly at: Location;
  /** The entry that it took the value from. */
  readonly data: readonly Location[];
}

/** Why a property is what it is, on both sides; undefined where it is not there, the host decides, or nothing was ever assigned. */
export interface Cause {
  readonly before: Reason | undefined;
  readonly after: Reason | undefined;
  /** The comparisons that it holds for. */
  readonly where: readonly number[];
  /** Those of them whose CPUs were asked. */
  readonly asked: readonly number[];
}

export interface ExplainedChange extends Change {
  /** One, or several of the same kind: a compat entry for each of some models. */
  readonly causes: readonly Cause[];
}

/** Changes of the same CPUs for the same kind of reason. */
export interface ExplainedGroup {
  readonly changes: readonly ExplainedChange[];
  readonly where: readonly number[];
}

/** One side of a comparison, which can be asked for reasons. */
export interface Side {
  readonly analysis: Analysis;
  readonly census: Census;
}

export interface Sides {
  readonly before: Side;
  readonly after: Side;
}

/** Assignments that nobody in particular made: what the object's memory was cleared to, and the default that the property was declared with. */
const DEFAULTS: ReadonlySet<string> = new Set(['cleared memory', 'property default']);

/** Is the value what a CPU has that nothing was said about? */
export function isDefault({ what }: Reason): boolean {
  return DEFAULTS.has(what);
}

/** Where the reason stands: the data, or the statement if that is all there is. */
export function reasonLocations({ at, data }: Reason): readonly Location[] {
  return data.length > 0 ? data : [at];
}

/** What kind of cause it is: what assigns, in which file. Changes of one kind are told in one line. */
export function causeKind({ before, after }: Pick<Cause, 'before' | 'after'>): string {
  return [before, after].map((reason) => (reason === undefined ? '' : isDefault(reason) ? 'default' : `${reason.what} ${reasonLocations(reason)[0]!.file}`)).join(' > ');
}

/**
 * Find out why. Asking is not cheap, so CPUs whose compat entries for a property are the same are asked by example; where
 * the examples do not agree, all are. A group is split where its reasons differ.
 * @param samples how many examples
 */
export function explainGroups(groups: readonly ChangeGroup[], comparisons: readonly Comparison[], sides: Sides, stage: Stage, samples = 3): ExplainedGroup[] {
  const compat = { before: new CompatEntries(sides.before), after: new CompatEntries(sides.after) };
  const questions = new Questions(sides, comparisons, stage);
  const cells: Cell[] = [];
  for (const group of groups) {
    for (const change of group.changes) {
      for (const where of compat.after.partition(change.property, group.where, (i) => comparisons[i]!.after).flatMap((part) => compat.before.partition(change.property, part, (i) => comparisons[i]!.before))) {
        cells.push({ change, where, examples: examples(where, comparisons, samples) });
      }
    }
  }
  for (const { change, examples: asked } of cells) questions.note(change, asked);
  questions.answer();
  const disagreeing = cells.filter(({ change, examples: asked, where }) => asked.length < where.length && new Set(asked.map((i) => questions.key(change, i))).size > 1);
  for (const cell of disagreeing) {
    cell.examples = cell.where;
    questions.note(cell.change, cell.where);
  }
  questions.answer();
  return regroup(cells.flatMap((cell) => settle(cell, questions)));
}

/** A change for comparisons that ought to have the same reason. */
interface Cell {
  readonly change: Change;
  readonly where: readonly number[];
  examples: readonly number[];
}

/** The reasons for one change, by kind: what assigned, in which file. */
function settle({ change, where, examples: asked }: Cell, questions: Questions): { change: Change; cause: Cause }[] {
  const byReason = new Map<string, number[]>();
  for (const index of asked) {
    const key = questions.key(change, index);
    const known = byReason.get(key);
    if (known === undefined) byReason.set(key, [index]);
    else known.push(index);
  }
  // examples that agree speak for all
  const parts = byReason.size === 1 ? [{ where, asked }] : [...byReason.values()].map((part) => ({ where: part, asked: part }));
  return parts.map((part) => ({ change, cause: { ...questions.reasons(change, part.asked[0]!), ...part } }));
}

/** Changes with the same extent and the same kind of reason stand together, those of the most CPUs first. */
function regroup(found: readonly { readonly change: Change; readonly cause: Cause }[]): ExplainedGroup[] {
  const changes = new Map<Change, Map<string, Cause[]>>();
  for (const { change, cause } of found) {
    let kinds = changes.get(change);
    if (kinds === undefined) changes.set(change, (kinds = new Map()));
    const key = causeKind(cause);
    const known = kinds.get(key);
    if (known === undefined) kinds.set(key, [cause]);
    else known.push(cause);
  }
  const groups = new Map<string, { changes: ExplainedChange[]; where: readonly number[] }>();
  const lists = new NumberLists();
  for (const [change, kinds] of changes) {
    for (const [key, causes] of kinds) {
      const where = causes.length === 1 ? causes[0]!.where : causes.flatMap((cause) => cause.where).sort((a, b) => a - b);
      const extent = `${lists.id(where)} ${key}`;
      const known = groups.get(extent);
      if (known === undefined) groups.set(extent, { changes: [{ ...change, causes }], where });
      else known.changes.push({ ...change, causes });
    }
  }
  return [...groups.values()].sort((a, b) => b.where.length - a.where.length || a.where[0]! - b.where[0]! || inOrder(a.changes[0]!.property, b.changes[0]!.property));
}

/** A few comparisons that stand for all: of different models, and of machine types far apart. */
function examples(where: readonly number[], comparisons: readonly Comparison[], samples: number): number[] {
  const byModel = new Map<string, number[]>();
  for (const index of where) {
    const { model } = comparisons[index]!.after;
    const known = byModel.get(model);
    if (known === undefined) byModel.set(model, [index]);
    else known.push(index);
  }
  const models = [...byModel.values()];
  const chosen = models.length <= 2 * samples ? models : spread(models, samples);
  return [...new Set(chosen.flatMap((of) => (models.length === 1 ? spread(of, samples) : [of[0]!])).concat(where.at(-1)!))];
}

function spread<T>(list: readonly T[], n: number): T[] {
  if (list.length <= n) return [...list];
  return Array.from({ length: n }, (_, i) => list[Math.round((i * (list.length - 1)) / (n - 1))]!);
}

/** What a machine type's compat entries say about a property, as far as it tells CPUs apart. */
class CompatEntries {
  private readonly byMachine = new Map<string, ReadonlyMap<string, readonly CompatProperty[]>>();
  private typenames: ReadonlySet<string> | undefined;
  private named: ReadonlySet<string> | undefined;

  constructor(private readonly side: Side) {}

  private of(machine: string): ReadonlyMap<string, readonly CompatProperty[]> {
    let known = this.byMachine.get(machine);
    if (known === undefined) {
      const map = new Map<string, CompatProperty[]>();
      for (const entry of this.side.analysis.compatProperties(machine)) {
        const name = hyphenated(entry.property);
        const list = map.get(name);
        if (list === undefined) map.set(name, [entry]);
        else list.push(entry);
      }
      this.byMachine.set(machine, (known = map));
    }
    return known;
  }

  /** Comparisons by the entry that has the last word on this property. */
  partition(property: string, where: readonly number[], place: (index: number) => Place): (readonly number[])[] {
    const name = hyphenated(property);
    this.named ??= new Set([...this.side.census.machines.keys()].flatMap((machine) => [...this.of(machine).keys()]));
    if (!this.named.has(name)) return [where];
    const parts = new Map<string, number[]>();
    const known = new Map<string, string>();
    for (const index of where) {
      const { machine, model } = place(index);
      const entries = this.of(machine).get(name);
      let key = '';
      if (entries !== undefined) {
        const typename = this.side.census.cpus.get(machine)?.get(model)?.typename ?? '';
        const short = `${machine}\0${typename}`;
        key = known.get(short) ?? this.last(entries, typename);
        known.set(short, key);
      }
      const part = parts.get(key);
      if (part === undefined) parts.set(key, [index]);
      else part.push(index);
    }
    return parts.size === 1 ? [where] : [...parts.values()];
  }

  /** An entry applies to the model's own type or to a type that models inherit from: one that is no model itself. */
  private last(entries: readonly CompatProperty[], typename: string): string {
    this.typenames ??= new Set([...this.side.census.cpus.values()].flatMap((models) => [...models.values()].map((cpu) => cpu.typename)));
    const entry = entries.findLast((e) => e['qom-type'] === typename || !this.typenames!.has(e['qom-type']));
    return entry === undefined ? '' : `${formatLocation(entry.at)}=${entry.value}`;
  }
}

/** The reasons to ask for, each once, machine type by machine type: starting one takes time. */
class Questions {
  private readonly open = { before: new Map<string, Map<string, Set<string>>>(), after: new Map<string, Map<string, Set<string>>>() };
  private readonly answers = { before: new Map<string, Reason | undefined>(), after: new Map<string, Reason | undefined>() };

  constructor(private readonly sides: Sides, private readonly comparisons: readonly Comparison[], private readonly stage: Stage) {}

  note(change: Change, indices: readonly number[]): void {
    for (const side of ['before', 'after'] as const) {
      if (!isKnown(change[side])) continue;
      for (const index of indices) {
        const { machine, model } = this.comparisons[index]![side];
        if (this.answers[side].has(`${machine}\0${model}\0${change.property}`)) continue;
        let models = this.open[side].get(machine);
        if (models === undefined) this.open[side].set(machine, (models = new Map()));
        const properties = models.get(model);
        if (properties === undefined) models.set(model, new Set([change.property]));
        else properties.add(change.property);
      }
    }
  }

  answer(): void {
    for (const side of ['before', 'after'] as const) {
      for (const [machine, models] of this.open[side]) {
        for (const [model, properties] of models) {
          for (const [property, assignments] of explainAll(this.sides[side].analysis, machine, model, [...properties], this.stage)) {
            const last = assignments.at(-1);
            this.answers[side].set(`${machine}\0${model}\0${property}`, last && { what: last.what, at: last.at, data: last.data });
          }
        }
      }
      this.open[side].clear();
    }
  }

  reason(side: 'before' | 'after', change: Change, index: number): Reason | undefined {
    const { machine, model } = this.comparisons[index]![side];
    return this.answers[side].get(`${machine}\0${model}\0${change.property}`);
  }

  reasons(change: Change, index: number): { before: Reason | undefined; after: Reason | undefined } {
    return { before: this.reason('before', change, index), after: this.reason('after', change, index) };
  }

  key(change: Change, index: number): string {
    const text = (reason: Reason | undefined): string => (reason === undefined ? '' : `${reason.what} ${reasonLocations(reason).map(formatLocation).join()}`);
    const { before, after } = this.reasons(change, index);
    return `${text(before)} > ${text(after)}`;
  }
}

function isKnown(value: Value): boolean {
  // null stands for a list whose features are asked for themselves
  return value !== ABSENT && value !== HOST && value !== null;
}

/** The histories of several properties of one CPU. A property that cannot be explained has none. */
export function explainAll(analysis: Analysis, machine: string, model: string, properties: readonly string[], stage: Stage): ReadonlyMap<string, readonly Assignment[]> {
  try {
    const all = analysis.explainAll?.(machine, model, properties, stage);
    if (all !== undefined) return all;
  } catch (error) {
    if (!(error instanceof UnknownNameError)) throw error;
  }
  return new Map(properties.map((property) => {
    try {
      return [property, analysis.explain(machine, model, property, stage)];
    } catch (error) {
      if (!(error instanceof UnknownNameError)) throw error;
      return [property, []];
    }
  }));
}
