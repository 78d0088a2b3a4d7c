import { formatLocation, type Location } from '../c/location.js';
import { isDefault, reasonLocations, type ExplainedChange, type ExplainedGroup, type Reason } from '../compare/causes.js';
import type { Change } from '../compare/changes.js';
import type { Extent } from '../compare/extent.js';
import { ABSENT, HOST, sameValue, type Value } from '../compare/values.js';
import type { Alternative, FoldedChange, FoldedGroup } from './folding.js';
import { naturally } from './order.js';
import { count, plural } from './text.js';
import { displayValue } from './value.js';

/** Some changes as people read them: what happened, and to which properties. */
export interface Item {
  /** "+", "-", "new, on", ...; empty for values, which say it themselves. */
  readonly label: string;
  readonly words: readonly string[];
}

/** Changes of the same CPUs for the same kind of reason, as people read them. */
export interface GroupView {
  readonly who: readonly string[];
  readonly items: readonly Item[];
  /** Why, in one line; empty where there is nothing to say. */
  readonly why: string;
}

/** A value as people read it. */
export function valueText(value: Value): string {
  if (value === ABSENT) return '(none)';
  return displayValue(value === HOST ? undefined : value);
}

/** What tells the values of a property apart: the models or machine types that have each of them. */
export type Tags = (alternatives: readonly Alternative[]) => readonly string[];

/** The changes of a group by what happened. Switches by name, values by value. */
export function itemsOf(changes: readonly FoldedChange[], tags: Tags = () => [], verbose = true): Item[] {
  const lists = new Map<string, string[]>();
  for (const change of changes) {
    const [label, word] = change.alternatives === undefined ? wordOf(change) : wordOfAll(change.property, change.alternatives, tags(change.alternatives), verbose);
    const list = lists.get(label);
    if (list === undefined) lists.set(label, [word]);
    else list.push(word);
  }
  return LABELS.filter((label) => lists.has(label)).map((label) => {
    const words = bitsTogether(lists.get(label)!).sort(naturally);
    return { label, words: verbose || !IDLE.has(label) || words.length <= MANY_IDLE ? words : [...words.slice(0, MANY_IDLE / 2), `... (${count(words.length)} in all)`] };
  });
}

/** Bits that have no names, of one register, are one word: "feature-words.0x80000001:edx.0,2-9". */
function bitsTogether(words: readonly string[]): string[] {
  const registers = new Map<string, number[]>();
  const others = words.filter((word) => {
    const [, register, bit] = /^(\S+:e[a-d]x)\.(\d+)$/.exec(word) ?? [];
    if (register !== undefined) registers.set(register, [...registers.get(register) ?? [], Number(bit)]);
    return register === undefined;
  });
  return [...others, ...[...registers].map(([register, bits]) => `${register}.${stretches(bits.sort((a, b) => a - b))}`)];
}

/** Ascending numbers as "0,2-9" */
function stretches(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const n of numbers) {
    const last = runs.at(-1);
    if (last?.[1] === n - 1) last[1] = n;
    else runs.push([n, n]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

/** What changes no guest by itself is not told at length. */
const IDLE: ReadonlySet<string> = new Set(['new, off', 'new, up to the host', 'gone, was off', 'gone, was up to the host']);
const MANY_IDLE = 40;

const LABELS = ['on', 'off', '', 'up to the host now', 'new, on', 'new, off', 'new', 'new, up to the host', 'gone, was on', 'gone, was off', 'gone', 'gone, was up to the host'];

function wordOf({ property, before, after }: Change): [string, string] {
  if (after === HOST) return [before === ABSENT ? 'new, up to the host' : 'up to the host now', before === ABSENT || before === null ? property : `${property}, was ${valueText(before)}`];
  if (before === HOST && after === ABSENT) return ['gone, was up to the host', property];
  if (before === ABSENT) return after === true ? ['new, on', property] : after === false ? ['new, off', property] : ['new', after === null ? property : `${property} = ${valueText(after)}`];
  if (after === ABSENT) return before === true ? ['gone, was on', property] : before === false ? ['gone, was off', property] : ['gone', before === null ? property : `${property} = ${valueText(before)}`];
  if (before === false && after === true) return ['on', property];
  if (before === true && after === false) return ['off', property];
  return ['', `${property}: ${valueText(before)} -> ${valueText(after)}`];
}

/** Several values of one property, the number of them where they are many. */
function wordOfAll(property: string, all: readonly Alternative[], tags: readonly string[], verbose: boolean): [string, string] {
  const isNew = all[0]!.before === ABSENT;
  const isGone = all[0]!.after === ABSENT;
  const was = all.every(({ before }) => sameValue(before, all[0]!.before)) && !isNew ? `${valueText(all[0]!.before)} -> ` : undefined;
  const text = ({ before, after }: Alternative): string => (isGone ? valueText(before) : isNew || was !== undefined ? valueText(after) : `${valueText(before)} -> ${valueText(after)}`);
  const texts = all.map((one, i) => `${text(one)}${tags[i] === undefined ? '' : ` (${tags[i]})`}`);
  const shown = verbose || texts.length <= MANY ? texts.join(', ') : `${texts.slice(0, 2).join(', ')}, ... (${count(texts.length)} values)`;
  return ['', isNew ? `new: ${property} = ${shown}` : isGone ? `gone: ${property} = ${shown}` : `${property}: ${was ?? ''}${shown}`];
}

/** How many names to list before counting them. */
const MANY = 8;

/** Names of machine types or models, short: all of them, all but a few, stretches of a family, or a list. */
export class Namer {
  private readonly order: ReadonlyMap<string, number>;

  /** @param parents which machine type extends which: names in one line of descent are written as a stretch */
  constructor(private readonly parents: ReadonlyMap<string, string | undefined> = new Map(), private readonly verbose = false) {
    this.order = new Map([...parents.keys()].map((name, i) => [name, i]));
  }

  /** "all 50 machine types", "47 of 50 machine types: all but isapc, microvm, x-remote", "pc-q35-2.4 .. pc-q35-2.9". */
  machines(names: readonly string[], all: readonly string[]): string {
    const everything = this.whole(names, all, 'machine type');
    if (everything !== undefined) return everything;
    const stretches = this.stretches(names);
    return this.list(stretches, names.length, 'machine types');
  }

  models(names: readonly string[], all: readonly string[]): string {
    return this.whole(names, all, 'model') ?? this.list([...names].sort(naturally), names.length, 'models');
  }

  /** "all 132 models on all 50 machine types" */
  extent({ machines, models, everyModel }: Extent, allMachines: readonly string[], modelsOn: (machine: string) => readonly string[]): string {
    const all = modelsOn(machines[0]!);
    return `${everyModel ? this.models(all, all) : this.models(models, all)} on ${this.machines(machines, allMachines)}`;
  }

  private whole(names: readonly string[], all: readonly string[], what: string): string | undefined {
    if (all.length <= 1) return undefined;
    if (names.length === all.length) return `all ${plural(all.length, what)}`;
    const chosen = new Set(names);
    const others = all.filter((name) => !chosen.has(name)).sort(naturally);
    return others.length <= 4 && names.length > MANY ? `${count(names.length)} of ${plural(all.length, what)}, all but ${others.join(', ')}` : undefined;
  }

  private list(parts: readonly string[], total: number, what: string): string {
    if (this.verbose || parts.length <= MANY) return parts.join(', ');
    return `${count(total)} ${what} (${parts.slice(0, MANY - 2).join(', ')}, ...)`;
  }

  /** Runs of names of which each extends the next. */
  private stretches(names: readonly string[]): string[] {
    const left = new Set(names);
    const child = new Map<string, string>();
    for (const name of names) {
      const parent = this.parents.get(name);
      if (parent !== undefined && left.has(parent) && !child.has(parent)) child.set(parent, name);
    }
    const taken = new Set<string>();
    const found: string[] = [];
    for (const name of [...names].sort((a, b) => (this.order.get(a) ?? 0) - (this.order.get(b) ?? 0) || naturally(a, b))) {
      const parent = this.parents.get(name);
      if (taken.has(name) || (parent !== undefined && left.has(parent) && child.get(parent) === name)) continue;
      const run = [name];
      taken.add(name);
      for (let next = child.get(name); next !== undefined && !taken.has(next); next = child.get(next)) {
        run.push(next);
        taken.add(next);
      }
      // oldest first, as people count
      if (run.length < 3) found.push(...run.reverse());
      else found.push(`${run.at(-1)!} .. ${run[0]!}`);
    }
    return found.sort(naturally);
  }
}

/** Reasons of one kind in words: "compat property hw/i386/pc.c:314", "default target/i386/cpu.c:10". */
export function reasonText(reasons: readonly Reason[]): string {
  const [first] = reasons;
  if (first === undefined) return '';
  if (!isDefault(first)) return `${first.what} ${places(reasons.flatMap(reasonLocations))}`;
  // where memory is cleared says nothing
  const declared = reasons.flatMap(({ data }) => data);
  return declared.length === 0 ? 'default' : `default ${places(declared)}`;
}

/** "cpu.c:10, 12, pc.c:3" */
function places(locations: readonly Location[]): string {
  const byFile = new Map<string, Set<number>>();
  for (const { file, line } of locations) byFile.set(file, (byFile.get(file) ?? new Set()).add(line));
  const lines = (file: string, found: ReadonlySet<number>): string => {
    const sorted = [...found].sort((a, b) => a - b);
    const shown = sorted.length > 6 ? [...sorted.slice(0, 5), '...'] : sorted;
    return `${formatLocation({ file, line: 0 }).replace(/0$/, '')}${shown.join(', ')}`;
  };
  return [...byFile].map(([file, found]) => lines(file, found)).join(', ');
}

const COMPAT = 'compat property';

/** Why the CPUs of a group differ, in one line. */
export function whyText({ changes }: ExplainedGroup): string {
  const causes = changes.flatMap((change) => change.causes);
  const side = (which: 'before' | 'after'): string | undefined => {
    const reasons = causes.flatMap((cause) => (cause[which] === undefined ? [] : [cause[which]]));
    return reasons.length === 0 ? undefined : reasonText(reasons);
  };
  const { before, after } = causes[0] ?? { before: undefined, after: undefined };
  const b = side('before');
  const a = side('after');
  if (after?.what === COMPAT && before?.what !== COMPAT) return a!;
  if (before?.what === COMPAT && after?.what !== COMPAT) return `no longer ${b!}${a === undefined || (after !== undefined && isDefault(after)) ? '' : `; now ${a}`}`;
  if (a === undefined) return b === undefined ? '' : `was ${b}`;
  return b === undefined || b === a ? a : `${a}; was ${b}`;
}

/** A group as people read it. */
export function groupView(group: ExplainedGroup | FoldedGroup, who: readonly string[], tags?: Tags, verbose?: boolean): GroupView {
  const explained = group.changes.every((change): change is ExplainedChange => 'causes' in change);
  return { who, items: itemsOf(group.changes, tags, verbose), why: explained ? whyText(group as ExplainedGroup) : '' };
}
