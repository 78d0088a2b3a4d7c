import type { PropertyPlace } from '../x86/api.js';
import type { Census } from './census.js';
import type { ExplainedChange, ExplainedGroup, Sides } from './causes.js';
import { groupChanges, type Comparison, type Holder } from './changes.js';
import type { ExplainedDifferences } from './differences.js';
import type { AllowList } from './allow-list.js';
import { NumberLists } from './number-lists.js';
import { ABSENT, HOST } from './values.js';

/** What a change means to a guest: a feature bit, a number or name that identifies the CPU, or QEMU's own affairs as far as properties tell. */
export const severities = ['cpuid', 'identity', 'internal'] as const;
export type Severity = (typeof severities)[number];

/**
 * - `violation`: a CPU that was promised to stay is another one
 * - `allowed`: a violation that the allow-list names
 * - `unpromised`: QEMU never promised this CPU: its machine type has no versions, or the model is not migration-safe
 * - `kept`: a property that is new or gone, and the CPU is as it was
 * - `undetermined`: a property that is new or gone, and properties alone cannot tell what that does
 * - `host`: the host decides on one side
 */
export const verdicts = ['violation', 'undetermined', 'allowed', 'unpromised', 'host', 'kept'] as const;
export type Verdict = (typeof verdicts)[number];

/** Changes of the same CPUs with the same cause, verdict and severity. */
export interface Finding {
  readonly verdict: Verdict;
  readonly severity: Severity;
  /** Why the verdict is that; empty for a violation. */
  readonly because: string;
  readonly group: ExplainedGroup;
}

export interface Audit {
  readonly findings: readonly Finding[];
  readonly comparisons: readonly Comparison[];
  /** CPUs that both sides have and that QEMU promised to keep. */
  readonly promised: number;
  /** Promised CPUs with a violation. */
  readonly violated: number;
  readonly unversioned: readonly string[];
  readonly unsafe: readonly string[];
  /** Entries of the allow-list that nothing needed. */
  readonly unused: readonly string[];
}

/** What CPUID answers for both CPUs of a comparison, see cpuid.ts; undefined where it cannot be told. */
export type AskCpuid = (comparison: Comparison) => { readonly before: Holder; readonly after: Holder; readonly same: boolean } | undefined;

/**
 * Judge differences between an older and a newer QEMU: which of them break the promise that a versioned machine type
 * keeps its CPUs?
 * @param askCpuid is asked where properties that are QEMU's own affair changed, which may be no change to a guest
 * @param everywhere ask it of every promised CPU
 */
export function audit(found: ExplainedDifferences, sides: Sides, allow: AllowList | undefined, askCpuid?: AskCpuid, everywhere = true): Audit {
  const versioned = versionedMachines(sides);
  const promise = found.comparisons.map(({ after }) => (versioned(after.machine) ? (isSafe(sides, after.machine, after.model) ? '' : 'model') : 'machine'));
  const places = placesOf(found, sides);
  const same = (index: number): boolean | undefined => askCpuid?.(found.comparisons[index]!)?.same;
  const buckets = new Map<string, { verdict: Verdict; severity: Severity; because: string; where: number[]; changes: ExplainedChange[] }>();
  const lists = new NumberLists();
  for (const group of found.cpus) {
    for (const change of group.changes) {
      const severity = severityOf(places.get(change.property));
      const parts = new Map<string, { verdict: Verdict; because: string; where: number[] }>();
      for (const index of group.where) {
        const [verdict, because] = judge(change, severity, promise[index]!, found.comparisons[index]!, allow, () => (everywhere || places.get(change.property) === 'other' ? same(index) : undefined), everywhere, index);
        const key = `${verdict}\0${because}`;
        const part = parts.get(key);
        if (part === undefined) parts.set(key, { verdict, because, where: [index] });
        else part.where.push(index);
      }
      for (const { verdict, because, where } of parts.values()) {
        const key = [verdict, severity, because, found.cpus.indexOf(group), lists.id(where)].join('\0');
        const bucket = buckets.get(key);
        if (bucket === undefined) buckets.set(key, { verdict, severity, because, where, changes: [change] });
        else bucket.changes.push(change);
      }
    }
  }
  // what the guest sees and no property tells
  if (askCpuid !== undefined) {
    const violations = [...buckets.values()].filter(({ verdict }) => verdict === 'violation' || verdict === 'allowed');
    const told = new Set(violations.filter(({ severity }) => severity !== 'internal').flatMap(({ where }) => where));
    const asked = everywhere ? found.comparisons.map((_, index) => index) : [...new Set(violations.filter(({ severity }) => severity === 'internal').flatMap(({ where }) => where))].sort((a, b) => a - b);
    const untold = asked.filter((index) => promise[index] === '' && !told.has(index) && same(index) === false);
    for (const { changes, where } of groupChanges(untold.map((index) => askCpuid(found.comparisons[index]!)!))) {
      for (const change of changes) {
        const parts = new Map<string, number[]>();
        for (const index of where.map((i) => untold[i]!)) {
          const entry = allow?.find(found.comparisons[index]!.after, change) ?? '';
          parts.set(entry, [...parts.get(entry) ?? [], index]);
        }
        for (const [because, of] of parts) {
          const key = ['registers', because, lists.id(of)].join('\0');
          const explained: ExplainedChange = { ...change, causes: [] };
          const bucket = buckets.get(key);
          if (bucket === undefined) buckets.set(key, { verdict: because === '' ? 'violation' : 'allowed', severity: 'cpuid', because, where: of, changes: [explained] });
          else bucket.changes.push(explained);
        }
      }
    }
  }
  const findings = [...buckets.values()].map(({ verdict, severity, because, where, changes }): Finding => ({ verdict, severity, because, group: { changes, where } }));
  findings.sort((a, b) => verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict) || severities.indexOf(a.severity) - severities.indexOf(b.severity) || b.group.where.length - a.group.where.length);
  const violated = new Set(findings.filter(({ verdict }) => verdict === 'violation').flatMap(({ group }) => group.where));
  return {
    findings, comparisons: found.comparisons,
    promised: promise.filter((p) => p === '').length, violated: violated.size,
    unversioned: [...new Set(found.comparisons.filter((_, i) => promise[i] === 'machine').map(({ after }) => after.machine))],
    unsafe: [...new Set(found.comparisons.filter((_, i) => promise[i] === 'model').map(({ after }) => after.model))],
    unused: allow?.unused() ?? [],
  };
}

/** The verdict on one property of one CPU, and what it rests on. */
function judge(change: ExplainedChange, severity: Severity, promise: string, { after: place }: Comparison, allow: AllowList | undefined, same: () => boolean | undefined, everywhere: boolean, index: number): [Verdict, string] {
  const { before, after } = change;
  if (promise === 'machine') return ['unpromised', 'the machine type has no versions'];
  if (promise === 'model') return ['unpromised', 'the model is not migration-safe'];
  if (before === HOST || after === HOST) return ['host', 'the host decides'];
  const violation = (): [Verdict, string] => {
    const entry = allow?.find(place, change);
    return entry === undefined ? ['violation', ''] : ['allowed', entry];
  };
  if (before !== ABSENT && after !== ABSENT) return severity === 'internal' && same() === true ? ['kept', 'CPUID answers the same'] : violation();
  const value = before === ABSENT ? after : before;
  if (value === false) return ['kept', before === ABSENT ? 'off, as it was for want of it' : 'was off'];
  const cause = change.causes.length === 1 ? change.causes[0] : change.causes.find(({ where }) => where.includes(index));
  const isCompat = before === ABSENT && cause?.after?.what === 'compat property';
  // where the answers differ, the registers are the finding: which property did it, they do not tell
  if ((everywhere || (value === true && !isCompat)) && same() === true) return ['kept', 'CPUID answers the same'];
  if (isCompat) return ['kept', 'a compat property keeps the old behaviour'];
  if (value === true) return violation();
  return ['undetermined', 'a value that properties alone do not tell the effect of'];
}

function severityOf(place: PropertyPlace | undefined): Severity {
  return place === 'feature' ? 'cpuid' : place === 'state' ? 'identity' : 'internal';
}

/** A machine type has versions if it is made from another one, or another one from it, in either tree. */
function versionedMachines({ before, after }: Sides): (machine: string) => boolean {
  const kin = new Set<string>();
  let told = false;
  for (const { analysis } of [before, after]) {
    for (const [name, parent] of analysis.machineParents?.() ?? []) {
      told = true;
      if (parent !== undefined) kin.add(name).add(parent);
    }
  }
  // where nothing can be told, everything was promised
  return (machine) => !told || kin.has(machine);
}

/** What QEMU itself says in query-cpu-definitions; old versions say nothing. */
function isSafe(sides: Sides, machine: string, model: string): boolean {
  const field = (census: Census): unknown => census.models.get(machine)?.get(model)?.fields['migration-safe'];
  return field(sides.before.census) !== false && field(sides.after.census) !== false;
}

/** Where each changed property is kept: asked of one CPU that has it, on the side that has it. */
function placesOf(found: ExplainedDifferences, { before, after }: Sides): Map<string, PropertyPlace> {
  const places = new Map<string, PropertyPlace>();
  const questions = new Map<string, { side: 'before' | 'after'; machine: string; model: string; names: string[] }>();
  for (const { changes, where } of found.cpus) {
    for (const { property, after: value } of changes) {
      const side = value === ABSENT ? 'before' : 'after';
      const { machine, model } = found.comparisons[where[0]!]![side];
      const key = `${side}\0${machine}\0${model}`;
      const question = questions.get(key);
      if (question === undefined) questions.set(key, { side, machine, model, names: [property] });
      else question.names.push(property);
    }
  }
  for (const { side, machine, model, names } of questions.values()) {
    for (const [name, place] of (side === 'before' ? before : after).analysis.propertyPlaces?.(machine, model, [...new Set(names)]) ?? []) places.set(name, place);
  }
  return places;
}
