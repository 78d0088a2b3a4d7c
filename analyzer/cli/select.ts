import { EVERY_MODEL } from '../compare/census.js';
import { globMatcher } from '../source/glob.js';
import { CannotResolveError, UnknownNameError, type Analysis } from '../x86/api.js';
import { closest } from '../x86/suggest.js';
import { UsageError } from './exit.js';

/** A machine type and a model on it. */
export interface Pair {
  readonly machine: string;
  readonly model: string;
}

/** QEMU's machine type without anything: no CPU can be on it, so only naming it selects it. */
export const emptyMachine = 'none';

/**
 * The machine types that the patterns (shell globs, names or aliases) select, in the analysis's order; without patterns,
 * all. @throws UnknownNameError for a name, UsageError for a pattern, that selects none
 */
export function selectMachines(analysis: Analysis, patterns: readonly string[]): string[] {
  const machines = analysis.machines();
  if (patterns.length === 0) return machines.map(({ name }) => name).filter((name) => name !== emptyMachine);
  const chosen = new Set<string>();
  for (const pattern of patterns) {
    const matches = matcher(pattern);
    const found = machines.filter(({ name, fields }) => name === pattern || fields['alias'] === pattern || (name !== emptyMachine && matches(name)));
    if (found.length === 0) {
      if (!isGlob(pattern)) throw noMachine(analysis, pattern);
      throw new UsageError(`no machine type matches '${pattern}'`);
    }
    for (const { name } of found) chosen.add(name);
  }
  return machines.map(({ name }) => name).filter((name) => chosen.has(name));
}

/**
 * The pairs that the patterns select, machine type by machine type: every selected model on every one that has it.
 * The analysis is asked for a machine type's models only when it is that machine type's turn, since starting one takes
 * time; so patterns that select nothing are found out at the end.
 * @throws UnknownNameError for a name, UsageError for a pattern, that selects none
 */
export function* selectPairs(
  analysis: Analysis, machinePatterns: readonly string[], modelPatterns: readonly string[],
  progress: (machine: string, done: number, total: number) => void = () => {},
): Generator<Pair, void, undefined> {
  const machines = selectMachines(analysis, machinePatterns);
  const matchers = modelPatterns.map((pattern) => ({ pattern, matches: matcher(pattern), used: false }));
  for (const [done, machine] of machines.entries()) {
    progress(machine, done, machines.length);
    for (const model of modelsOn(analysis, machine, machines.length)) {
      const hits = matchers.filter(({ matches }) => matches(model));
      for (const hit of hits) hit.used = true;
      if (matchers.length === 0 || hits.length > 0 || model === EVERY_MODEL) yield { machine, model };
    }
  }
  const unused = matchers.find(({ used }) => !used);
  if (unused !== undefined) {
    if (!isGlob(unused.pattern) && machines[0] !== undefined) analysis.resolve(machines[0], unused.pattern, 'expanded'); // throws, with suggestions
    throw new UsageError(`no model matches '${unused.pattern}'`);
  }
}

/**
 * The models of a machine type, listed or not. Of one among several that QEMU itself would not start, a single one that
 * stands for all: who resolves it hears why.
 */
function modelsOn(analysis: Analysis, machine: string, selected: number): readonly string[] {
  try {
    return [...analysis.models(machine).map(({ name }) => name), ...(analysis.unlistedModels?.(machine) ?? [])];
  } catch (error) {
    if (selected > 1 && error instanceof CannotResolveError) return [EVERY_MODEL];
    throw error;
  }
}

/** Whether patterns (none: all) select a pair. */
export function pairSelector(machinePatterns: readonly string[], modelPatterns: readonly string[]): (machine: string, model: string) => boolean {
  const [machines, models] = [machinePatterns, modelPatterns].map((patterns) => patterns.map(matcher)) as [((name: string) => boolean)[], ((name: string) => boolean)[]];
  const any = (matchers: readonly ((name: string) => boolean)[], name: string): boolean => matchers.length === 0 || matchers.some((matches) => matches(name));
  return (machine, model) => any(machines, machine) && any(models, model);
}

/** A machine type by name or alias. @throws UnknownNameError */
export function findMachine(analysis: Analysis, wanted: string): string {
  const machines = analysis.machines();
  const found = machines.find(({ name }) => name === wanted) ?? machines.find(({ fields }) => fields['alias'] === wanted);
  if (found !== undefined) return found.name;
  throw noMachine(analysis, wanted);
}

/** Names and aliases that are close to what was written. */
function noMachine(analysis: Analysis, wanted: string): UnknownNameError {
  const names = analysis.machines().flatMap(({ name, fields }) => (typeof fields['alias'] === 'string' ? [name, fields['alias']] : [name]));
  return new UnknownNameError('machine type', wanted, closest(wanted, names));
}

/** The machine types that the tree's own aliases point to: the newest of each family. */
export function newestMachines(analysis: Analysis): string[] {
  return analysis.machines().filter(({ fields }) => typeof fields['alias'] === 'string').map(({ name }) => name);
}

/** The machine type that QEMU starts when none is named, or else the first that has an alias, or else the first. */
export function defaultMachine(analysis: Analysis): string {
  const machines = analysis.machines().filter(({ name }) => name !== emptyMachine);
  const chosen = machines.find(({ fields }) => fields['is-default'] === true) ?? machines.find(({ fields }) => typeof fields['alias'] === 'string') ?? machines[0];
  if (chosen === undefined) throw new UsageError('this tree has no machine type with CPU models');
  return chosen.name;
}

function isGlob(pattern: string): boolean {
  return /[*?[\]{}!()]/.test(pattern);
}

function matcher(pattern: string): (name: string) => boolean {
  const glob = globMatcher(pattern);
  return (name) => name === pattern || glob(name);
}
