import type { CpuModel, MachineType, QmpValue, ResolvedCpu } from '../x86/api.js';
import { EVERY_MODEL, type Census } from './census.js';
import { groupChanges, type ChangeGroup, type Comparison, type Holder } from './changes.js';
import { comparable } from './features.js';
import { explainGroups, type ExplainedGroup, type Sides } from './causes.js';

/** What a comparison is about; the machine type and the model narrow it. */
export interface Subject {
  readonly machine?: string;
  readonly model?: string;
}

/** Names that only one side has. */
export interface Names {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** A CPU that QEMU refuses to make on one side, or for another reason. */
export interface Refusal {
  readonly comparison: Comparison;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Everything that differs between two censuses. */
export interface Differences {
  readonly machines: Names;
  readonly models: Names;
  /** Models that both sides have, but on a machine type that both sides have only one of them has it. */
  readonly presence: readonly { readonly machine: string; readonly added: readonly string[]; readonly removed: readonly string[] }[];
  /** Fields of query-machines; `where` are indices of `machineComparisons`. */
  readonly machineFields: readonly ChangeGroup[];
  readonly machineComparisons: readonly Comparison[];
  /** Fields of query-cpu-definitions (aliases, defaults' names), like properties. */
  readonly modelFields: readonly ChangeGroup[];
  readonly refusals: readonly Refusal[];
  /** The CPUs that were compared. */
  readonly comparisons: readonly Comparison[];
  readonly cpus: readonly ChangeGroup[];
}

/** {@link Differences} with reasons. */
export interface ExplainedDifferences extends Differences {
  readonly cpus: readonly ExplainedGroup[];
}

/** Hold two censuses against each other. With subjects, the machine type (and model) of the one is held against that of the other. */
export function differences(before: Census, after: Census, subjects: { readonly before: Subject; readonly after: Subject } = { before: {}, after: {} }): Differences {
  const machinePairs = pairsOf(before.machines, after.machines, subjects.before.machine, subjects.after.machine);
  const machineComparisons: Comparison[] = machinePairs.map(([b, a]) => ({ before: { machine: b, model: '' }, after: { machine: a, model: '' } }));
  const comparisons: Comparison[] = [];
  const pairs: { before: ResolvedCpu; after: ResolvedCpu }[] = [];
  const fields: { before: Holder; after: Holder }[] = [];
  const refusals: Refusal[] = [];
  const presence: { machine: string; added: string[]; removed: string[] }[] = [];
  const models = namesOnly(allModels(before), allModels(after));
  const only = { before: new Set(models.removed), after: new Set(models.added) };
  const holder = fieldHolders();
  for (const [b, a] of machinePairs) {
    const theirs = { before: before.models.get(b) ?? new Map<string, CpuModel>(), after: after.models.get(a) ?? new Map<string, CpuModel>() };
    const starts = { before: before.refused.get(b)?.get(EVERY_MODEL), after: after.refused.get(a)?.get(EVERY_MODEL) };
    if (starts.before !== undefined || starts.after !== undefined) {
      if (starts.before !== starts.after) refusals.push({ comparison: { before: { machine: b, model: EVERY_MODEL }, after: { machine: a, model: EVERY_MODEL } }, ...starts });
      continue;
    }
    if (subjects.before.model === undefined && subjects.after.model === undefined) {
      const { added, removed } = namesOnly(theirs.before.keys(), theirs.after.keys());
      const here = { added: added.filter((name) => !only.after.has(name)), removed: removed.filter((name) => !only.before.has(name)) };
      if (here.added.length + here.removed.length > 0) presence.push({ machine: a, ...here });
    }
    for (const [bModel, aModel] of pairsOf(theirs.before, theirs.after, subjects.before.model, subjects.after.model)) {
      const comparison: Comparison = { before: { machine: b, model: bModel }, after: { machine: a, model: aModel } };
      const cpus = { before: before.cpus.get(b)?.get(bModel), after: after.cpus.get(a)?.get(aModel) };
      if (cpus.before === undefined || cpus.after === undefined) {
        const messages = { before: before.refused.get(b)?.get(bModel), after: after.refused.get(a)?.get(aModel) };
        if (messages.before !== messages.after) refusals.push({ comparison, ...messages });
        continue;
      }
      comparisons.push(comparison);
      pairs.push({ before: cpus.before, after: cpus.after });
      fields.push({ before: holder(theirs.before.get(bModel)), after: holder(theirs.after.get(aModel)) });
    }
  }
  return {
    machines: subjects.before.machine === undefined ? namesOnly(before.machines.keys(), after.machines.keys()) : { added: [], removed: [] },
    models: subjects.before.model === undefined ? models : { added: [], removed: [] },
    presence,
    machineFields: groupChanges(machinePairs.map(([b, a]) => ({ before: holder(before.machines.get(b)), after: holder(after.machines.get(a)) }))),
    machineComparisons,
    modelFields: groupChanges(fields),
    refusals,
    comparisons,
    cpus: groupChanges(pairs, (pair) => comparable(pair.before, pair.after, { before: before.lists, after: after.lists })),
  };
}

/** Is there any difference? */
export function anyDifference(found: Differences): boolean {
  return [found.machines.added, found.machines.removed, found.models.added, found.models.removed, found.presence, found.machineFields, found.modelFields, found.refusals, found.cpus].some((list) => list.length > 0);
}

/** Find out why CPUs differ: the sides are asked. */
export function explainDifferences(found: Differences, sides: Sides): ExplainedDifferences {
  return { ...found, cpus: explainGroups(found.cpus, found.comparisons, sides, sides.after.census.stage) };
}

/** Which name is held against which. */
function pairsOf(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>, b: string | undefined, a: string | undefined): [string, string][] {
  if (b !== undefined && a !== undefined) return [[b, a]];
  return [...after.keys()].filter((name) => before.has(name)).map((name) => [name, name]);
}

function namesOnly(before: Iterable<string>, after: Iterable<string>): Names {
  const b = new Set(before);
  const a = new Set(after);
  return { added: [...a].filter((name) => !b.has(name)), removed: [...b].filter((name) => !a.has(name)) };
}

function allModels(census: Census): Set<string> {
  return new Set([...census.models.values()].flatMap((models) => [...models.keys()]));
}

/** The fields of a machine type or model as properties, without its name. Equal objects give equal holders. */
function fieldHolders(): (of: MachineType | CpuModel | undefined) => Holder {
  const known = new Map<object, Holder>();
  return (of) => {
    const fields: Readonly<Record<string, QmpValue>> = of?.fields ?? {};
    let holder = known.get(fields);
    if (holder === undefined) known.set(fields, (holder = { properties: new Map(Object.entries(fields).filter(([name]) => name !== 'name' && name !== 'compat-props')), hostDependent: [] }));
    return holder;
  };
}
