import picomatch from 'picomatch';
import { UnknownNameError, type Analysis } from '../x86/api.js';
import { UsageError } from './exit.js';

/** A machine type and a model on it. */
export interface Pair {
  readonly machine: string;
  readonly model: string;
}

/**
 * The machine types that the patterns (shell globs, names or aliases) select, in the analysis's order; without patterns, all
 * that have models. @throws UnknownNameError for a name, UsageError for a pattern, that selects none
 */
export function selectMachines(analysis: Analysis, patterns: readonly string[]): string[] {
  const machines = analysis.machines();
  if (patterns.length === 0) return machines.map(({ name }) => name).filter((name) => analysis.models(name).length > 0);
  const chosen = new Set<string>();
  for (const pattern of patterns) {
    const matches = matcher(pattern);
    const found = machines.filter(({ name, fields }) => matches(name) || fields['alias'] === pattern);
    if (found.length === 0) {
      if (!isGlob(pattern)) analysis.models(pattern); // throws, with suggestions
      throw new UsageError(`no machine type matches '${pattern}'`);
    }
    for (const { name } of found) chosen.add(name);
  }
  return machines.map(({ name }) => name).filter((name) => chosen.has(name));
}

/**
 * The pairs that the patterns select: every selected model on every selected machine type that has it.
 * @throws UnknownNameError for a name, UsageError for a pattern, that selects none
 */
export function selectPairs(analysis: Analysis, machinePatterns: readonly string[], modelPatterns: readonly string[]): Pair[] {
  const matchers = modelPatterns.map((pattern) => ({ pattern, matches: matcher(pattern), used: false }));
  const pairs: Pair[] = [];
  const machines = selectMachines(analysis, machinePatterns);
  for (const machine of machines) {
    for (const { name: model } of analysis.models(machine)) {
      const hits = matchers.filter(({ matches }) => matches(model));
      for (const hit of hits) hit.used = true;
      if (matchers.length === 0 || hits.length > 0) pairs.push({ machine, model });
    }
  }
  const unused = matchers.find(({ used }) => !used);
  if (unused !== undefined) {
    if (!isGlob(unused.pattern) && machines[0] !== undefined) analysis.resolve(machines[0], unused.pattern, 'expanded'); // throws, with suggestions
    throw new UsageError(`no model matches '${unused.pattern}'`);
  }
  return pairs;
}

/** A machine type by name or alias. @throws UnknownNameError */
export function findMachine(analysis: Analysis, wanted: string): string {
  const machines = analysis.machines();
  const found = machines.find(({ name }) => name === wanted) ?? machines.find(({ fields }) => fields['alias'] === wanted);
  if (found !== undefined) return found.name;
  analysis.models(wanted); // throws, with suggestions
  throw new UnknownNameError('machine type', wanted, []);
}

/** The machine types that the tree's own aliases point to: the newest of each family. */
export function newestMachines(analysis: Analysis): string[] {
  return analysis.machines().filter(({ name, fields }) => typeof fields['alias'] === 'string' && analysis.models(name).length > 0).map(({ name }) => name);
}

/** The machine type that QEMU starts when none is named, or else the first with models. */
export function defaultMachine(analysis: Analysis): string {
  const machines = analysis.machines().filter(({ name }) => analysis.models(name).length > 0);
  const chosen = machines.find(({ fields }) => fields['is-default'] === true) ?? machines.find(({ fields }) => fields['alias'] !== undefined) ?? machines[0];
  if (chosen === undefined) throw new UsageError('this tree has no machine type with CPU models');
  return chosen.name;
}

function isGlob(pattern: string): boolean {
  return /[*?[\]{}!()]/.test(pattern);
}

function matcher(pattern: string): (name: string) => boolean {
  const glob = picomatch(pattern, { dot: true, nonegate: true });
  return (name) => name === pattern || glob(name);
}
