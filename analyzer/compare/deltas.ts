import type { ResolvedCpu } from '../x86/api.js';
import { explainGroups, type ExplainedChange, type Side } from './causes.js';
import { groupChanges, type Comparison } from './changes.js';
import { comparable } from './features.js';
import { linesOfDescent } from './families.js';

/** From one machine type to the next newer one. */
export interface Step {
  readonly from: string;
  readonly to: string;
  readonly changes: readonly ExplainedChange[];
}

/** The steps of one model along one line of descent. */
export interface Timeline {
  /** All machine types of the line that have the model, oldest first. */
  readonly machines: readonly string[];
  /** Those at which something changes. */
  readonly steps: readonly Step[];
}

/** What changes on the way from one machine type to the next, for which models. */
export interface StepOfLine {
  readonly from: string;
  readonly to: string;
  /** All models that both have. */
  readonly models: readonly string[];
  readonly groups: readonly { readonly models: readonly string[]; readonly changes: readonly ExplainedChange[] }[];
}

/** What changes for some models along all lines; models that change alike are together. */
export interface Deltas {
  /** The same by line and step: machine types, oldest first, and the steps at which something changes. */
  readonly lines: readonly { readonly machines: readonly string[]; readonly steps: readonly StepOfLine[] }[];
  readonly models: readonly { readonly models: readonly string[]; readonly timelines: readonly Timeline[] }[];
  /** What the causes of the changes refer to. */
  readonly comparisons: readonly Comparison[];
}

/**
 * How CPUs change from machine type to machine type, along the machine types' real descent.
 * @param parents see {@link linesOfDescent}
 */
export function deltas(side: Side, parents: ReadonlyMap<string, string | undefined>): Deltas {
  const { census } = side;
  const comparisons: Comparison[] = [];
  const cpus: { before: ResolvedCpu; after: ResolvedCpu }[] = [];
  const lines = linesOfDescent(new Map([...parents].filter(([name]) => census.cpus.has(name)).map(([name, parent]) => [name, nearest(parents, parent, (n) => census.cpus.has(n))])));
  const timelines = new Map<string, { machines: string[]; first: number }[]>();
  for (const line of lines) {
    const models = new Set(line.flatMap((machine) => [...census.cpus.get(machine)!.keys()]));
    for (const model of models) {
      const machines = line.filter((machine) => census.cpus.get(machine)!.has(model));
      if (machines.length < 2) continue;
      const list = timelines.get(model) ?? [];
      timelines.set(model, list);
      list.push({ machines, first: comparisons.length });
      for (let i = 1; i < machines.length; i++) {
        comparisons.push({ before: { machine: machines[i - 1]!, model }, after: { machine: machines[i]!, model } });
        cpus.push({ before: census.cpus.get(machines[i - 1]!)!.get(model)!, after: census.cpus.get(machines[i]!)!.get(model)! });
      }
    }
  }
  const changes: ExplainedChange[][] = comparisons.map(() => []);
  const groups = explainGroups(groupChanges(cpus, (pair) => comparable(pair.before, pair.after, { before: census.lists, after: census.lists })), comparisons, { before: side, after: side }, census.stage);
  for (const group of groups) {
    for (const index of group.where) {
      for (const change of group.changes) {
        // of several causes, those of this step
        const causes = change.causes.filter(({ where }) => where.includes(index));
        changes[index]!.push({ ...change, causes });
      }
    }
  }
  const stepOf = (index: number): string => `${comparisons[index]!.before.machine}\0${comparisons[index]!.after.machine}`;
  const modelsOf = new Map<string, string[]>();
  comparisons.forEach(({ after }, index) => modelsOf.set(stepOf(index), [...modelsOf.get(stepOf(index)) ?? [], after.model]));
  const groupsOf = new Map<string, { models: string[]; changes: ExplainedChange[] }[]>();
  for (const group of groups) {
    const byStep = new Map<string, number[]>();
    for (const index of group.where) {
      const list = byStep.get(stepOf(index));
      if (list === undefined) byStep.set(stepOf(index), [index]);
      else list.push(index);
    }
    for (const [step, where] of byStep) {
      const here = new Set(where);
      const list = groupsOf.get(step) ?? [];
      groupsOf.set(step, list);
      list.push({
        models: where.map((index) => comparisons[index]!.after.model),
        changes: group.changes.map((change) => ({ ...change, causes: change.causes.filter((cause) => cause.where.some((index) => here.has(index))) })),
      });
    }
  }
  const found = lines.map((machines) => ({
    machines,
    steps: machines.slice(1).flatMap((to, i): StepOfLine[] => {
      const key = `${machines[i]!}\0${to}`;
      const list = groupsOf.get(key);
      return list === undefined ? [] : [{ from: machines[i]!, to, models: modelsOf.get(key)!, groups: [...list].sort((a, b) => b.models.length - a.models.length) }];
    }),
  }));
  const together = new Map<string, { models: string[]; timelines: Timeline[] }>();
  for (const [model, list] of timelines) {
    const own = list.map(({ machines, first }): Timeline => ({
      machines,
      steps: machines.slice(1).map((to, i) => ({ from: machines[i]!, to, changes: changes[first + i]! })).filter((step) => step.changes.length > 0),
    }));
    const key = JSON.stringify(own.map(({ machines, steps }) => [machines, steps.map((step) => [step.to, step.changes.map(({ property, before, after }) => [property, String(before), String(after)])])]));
    const known = together.get(key);
    if (known === undefined) together.set(key, { models: [model], timelines: own });
    else {
      known.models.push(model);
      known.timelines = known.timelines.map((timeline, i) => merge(timeline, own[i]!));
    }
  }
  return { lines: found, models: [...together.values()], comparisons };
}

/** The next ancestor that is among those looked at. */
function nearest(parents: ReadonlyMap<string, string | undefined>, from: string | undefined, known: (name: string) => boolean): string | undefined {
  let at = from;
  while (at !== undefined && !known(at)) at = parents.get(at);
  return at;
}

/** Two models' timelines with the same changes: the causes of both. */
function merge(a: Timeline, b: Timeline): Timeline {
  return { ...a, steps: a.steps.map((step, i) => ({ ...step, changes: step.changes.map((change, j) => ({ ...change, causes: [...new Set([...change.causes, ...b.steps[i]!.changes[j]!.causes])] })) })) };
}
