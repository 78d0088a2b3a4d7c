import { CannotResolveError, type Analysis, type QmpValue, type ResolvedCpu, type Stage } from '../x86/api.js';
import { Differences } from './difference.js';
import { Unfiltered } from './filtering.js';
import { sameValue, type QmpObject } from './json.js';
import { NO_CPU } from './qemu.js';
import { RecordingError, type Recording } from './recording.js';

/** One comparison's result. `passed` and `failed` count what `unit` names. */
export interface Comparison {
  readonly name: string;
  readonly unit: string;
  readonly passed: number;
  readonly failed: number;
  readonly differences: Differences;
  /** What could not be compared, and why. */
  readonly notCompared: readonly NotCompared[];
}

export interface NotCompared {
  readonly machine: string;
  readonly model: string | undefined;
  readonly reason: string;
}

/** A property left to the host, and for how many pairs. */
export interface HostProperty {
  readonly property: string;
  readonly pairs: number;
  readonly machine: string;
  readonly model: string;
}

export interface StateComparison extends Comparison {
  /** Values compared, counted per pair. */
  readonly values: number;
  /** Different (QEMU's state, analysed state) combinations; each was compared once. */
  readonly combinations: number;
  readonly hostDependent: readonly HostProperty[];
}

/** The accelerators with which nothing depends on the host. */
const HOST_INDEPENDENT: ReadonlySet<string> = new Set(['tcg']);

class Tally {
  passed = 0;
  failed = 0;
  readonly differences = new Differences();
  readonly notCompared: NotCompared[] = [];

  /** Runs one check; it fails if it adds differences. */
  check(run: (differences: Differences) => void): void {
    const before = this.differences.count;
    run(this.differences);
    if (this.differences.count === before) this.passed++;
    else this.failed++;
  }

  comparison(name: string, unit: string): Comparison {
    return { name, unit, passed: this.passed, failed: this.failed, differences: this.differences, notCompared: this.notCompared };
  }
}

/** The source's version against the binary's. Another release would differ in thousands of places, with no bug anywhere. */
export function compareVersion(recording: Pick<Recording, 'version'>, analysis: Analysis): Comparison {
  const tally = new Tally();
  const [qemu, analysed] = [recording.version.qemu, analysis.qemu.version].map(({ major, minor, micro }) => `${major}.${minor}.${micro}`);
  tally.check((differences) => {
    if (qemu !== analysed) differences.add({ subject: 'version', machine: undefined, model: undefined, property: undefined, qemu, analysis: analysed });
  });
  return tally.comparison('version', 'version');
}

/** Every machine type with all its fields, except the compat properties. */
export function compareMachines(recording: Recording, analysis: Analysis): Comparison {
  const tally = new Tally();
  const said = new Map(recording.machines.map(({ 'compat-props': _, ...fields }) => [String(fields['name']), fields]));
  const analysed = new Map(analysis.machines().map((machine) => [machine.name, { name: machine.name, ...machine.fields }]));
  for (const machine of union(said, analysed)) {
    tally.check((differences) => compareEntry(differences, 'machine type', said.get(machine), analysed.get(machine), machine, undefined));
  }
  return tally.comparison('machine types', 'machine types');
}

/** Every model on every machine type, with the fields of query-cpu-definitions that do not depend on the host. */
export function compareModels(recording: Recording, analysis: Analysis): Comparison {
  const tally = new Tally();
  for (const [machine, definitions] of Object.entries(recording.definitions)) {
    const refused = recording.errors[machine]?.['*'];
    if (refused !== undefined) {
      tally.notCompared.push({ machine, model: undefined, reason: refused });
      continue;
    }
    // Asked of a QEMU without a machine type.
    const on = machine === '*' ? 'none' : machine;
    let analysed: Map<string, QmpObject>;
    try {
      analysed = new Map(analysis.models(on).map((model) => [model.name, withoutHostFields(model.fields)]));
    } catch (error) {
      tally.check((differences) => differences.add({ subject: 'machine type', machine: on, model: undefined, property: undefined, qemu: 'listed', analysis: message(error) }));
      continue;
    }
    const said = new Map(Object.entries(definitions).map(([model, fields]) => [model, withoutHostFields(fields)]));
    for (const model of union(said, analysed)) {
      tally.check((differences) => compareEntry(differences, 'model', said.get(model), analysed.get(model), on, model));
    }
  }
  return tally.comparison('models', 'models on machine types');
}

/** The compat properties of every machine type, all drivers, in order; undefined if this QEMU does not list them. */
export function compareCompat(recording: Recording, analysis: Analysis): Comparison | undefined {
  const listed = recording.machines.filter((machine) => Array.isArray(machine['compat-props']));
  if (listed.length === 0) return undefined;
  const tally = new Tally();
  for (const { name, 'compat-props': said } of listed) {
    tally.check((differences) => compareCompatLists(differences, String(name), said as QmpObject[], analysis));
  }
  return tally.comparison('compat properties', 'machine types');
}

function compareCompatLists(differences: Differences, machine: string, said: readonly QmpObject[], analysis: Analysis): void {
  let analysed: string[];
  try {
    analysed = analysis.compatProperties(machine).map((entry) => compatText(entry['qom-type'], entry.property, entry.value));
  } catch (error) {
    differences.add({ subject: 'compat property', machine, model: undefined, property: undefined, qemu: `${said.length} compat properties`, analysis: message(error) });
    return;
  }
  const expected = said.map((entry) => compatText(entry['qom-type'], entry['property'], entry['value']));
  const at = expected.findIndex((entry, i) => entry !== analysed[i]);
  if (at < 0 && expected.length === analysed.length) return;
  const [missing, extra] = [subtract(expected, analysed), subtract(analysed, expected)];
  for (const entry of missing) differences.add({ subject: 'compat property', machine, model: undefined, property: entry.split('=')[0], qemu: entry, analysis: undefined });
  for (const entry of extra) differences.add({ subject: 'compat property', machine, model: undefined, property: entry.split('=')[0], qemu: undefined, analysis: entry });
  if (missing.length + extra.length === 0) {
    differences.add({ subject: 'compat property', machine, model: undefined, property: '(order)', qemu: `${at}: ${expected[at]}`, analysis: `${at}: ${analysed[at]}` });
  }
}

function compatText(type: QmpValue | undefined, property: QmpValue | undefined, value: QmpValue | undefined): string {
  return `${String(type)}.${String(property)}=${String(value)}`;
}

/** Multiset difference, in the order of `from`. */
function subtract(from: readonly string[], what: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const entry of what) left.set(entry, (left.get(entry) ?? 0) + 1);
  return from.filter((entry) => {
    const count = left.get(entry) ?? 0;
    left.set(entry, count - 1);
    return count <= 0;
  });
}

interface PropertyDifference {
  readonly property: string;
  readonly qemu: QmpValue | undefined;
  readonly analysis: QmpValue | undefined;
}

/** One QEMU state held against one analysed CPU. */
interface StateResult {
  readonly differences: readonly PropertyDifference[];
  readonly values: number;
}

interface ResolvedPair {
  readonly machine: string;
  readonly model: string;
  readonly stateId: string;
  readonly cpu: ResolvedCpu;
}

/**
 * Every property of the CPU of every pair.
 *
 * Where the accelerator leaves something to the host, what the analysis calls host-dependent is not compared, but counted;
 * at stage `realized` a feature that the recording host lacked counts as asked for.
 * @throws RecordingError if the recording is of another stage
 */
export function compareStates(recording: Recording, analysis: Analysis, stage: Stage): StateComparison {
  if (recording.stage !== stage) throw new RecordingError(`the recording is of stage ${recording.stage}, not ${stage}`);
  const tally = new Tally();
  const onHost = !HOST_INDEPENDENT.has(recording.accel);
  const pairs = resolvePairs(recording, analysis, stage, onHost, tally);
  const unfiltered = onHost && stage === 'realized' ? new Unfiltered(knownWords(analysis, pairs), analysis.featureAliases?.()) : undefined;
  const results = new Map<string, StateResult>();
  const hostDependent = new Map<string, { property: string; pairs: number; machine: string; model: string }>();
  let values = 0;
  for (const { machine, model, stateId, cpu } of pairs) {
    const key = `${stateId}/${cpu.id}`;
    let result = results.get(key);
    if (result === undefined) results.set(key, result = compareState(recording.states[stateId]!, cpu, onHost, unfiltered));
    values += result.values;
    tally.check((differences) => {
      for (const difference of result.differences) differences.add({ subject: 'property', machine, model, ...difference });
    });
    if (!onHost) continue;
    for (const property of cpu.hostDependent) {
      const entry = hostDependent.get(property);
      if (entry === undefined) hostDependent.set(property, { property, pairs: 1, machine, model });
      else entry.pairs++;
    }
  }
  return {
    ...tally.comparison(`CPUs (${stage})`, 'pairs'), values, combinations: results.size,
    hostDependent: [...hostDependent.values()].sort((a, b) => b.pairs - a.pairs || (a.property < b.property ? -1 : 1)),
  };
}

/** CPUs whose feature words are known: realized, or, where the host's vendor decides some of their bits then, before that. */
function knownWords(analysis: Analysis, pairs: readonly ResolvedPair[]): ResolvedCpu[] {
  const known = (cpus: readonly ResolvedCpu[]): ResolvedCpu[] => cpus.filter((cpu) => cpu.properties.has('feature-words'));
  const realized = pairs.map(({ cpu }) => cpu);
  // where filtered features have names, those tell
  if (realized.some((cpu) => cpu.properties.has('unavailable-features') || cpu.hostDependent.includes('unavailable-features'))) return known(realized);
  return known([...realized, ...pairs.map(({ machine, model }) => analysis.resolve(machine, model, 'expanded'))]);
}

/** The pairs that both sides have; what only one side has, or refuses, is tallied. */
function resolvePairs(recording: Recording, analysis: Analysis, stage: Stage, onHost: boolean, tally: Tally): ResolvedPair[] {
  const pairs: ResolvedPair[] = [];
  const machines = [...new Set([...Object.keys(recording.pairs), ...Object.keys(recording.errors)])];
  for (const machine of machines) {
    const refusals = recording.errors[machine] ?? {};
    const all = refusals['*'];
    if (all !== undefined) {
      tally.notCompared.push({ machine, model: undefined, reason: all });
      continue;
    }
    for (const [model, stateId] of Object.entries(recording.pairs[machine] ?? {})) {
      try {
        pairs.push({ machine, model, stateId, cpu: analysis.resolve(machine, model, stage) });
      } catch (error) {
        tally.check((differences) => differences.add({ subject: 'CPU', machine, model, property: undefined, qemu: 'a CPU', analysis: message(error) }));
      }
    }
    for (const [model, reason] of Object.entries(refusals)) {
      // The accelerator may refuse for what this host lacks; without a CPU there is nothing to read.
      if (onHost || reason === NO_CPU) tally.notCompared.push({ machine, model, reason });
      else tally.check((differences) => compareRefusal(differences, analysis, stage, machine, model, reason));
    }
  }
  return pairs;
}

function compareRefusal(differences: Differences, analysis: Analysis, stage: Stage, machine: string, model: string, reason: string): void {
  try {
    analysis.resolve(machine, model, stage);
    differences.add({ subject: 'CPU', machine, model, property: undefined, qemu: reason, analysis: 'a CPU' });
  } catch (error) {
    if (error instanceof CannotResolveError) return;
    differences.add({ subject: 'CPU', machine, model, property: undefined, qemu: reason, analysis: message(error) });
  }
}

function compareState(state: Readonly<Record<string, QmpValue>>, cpu: ResolvedCpu, onHost: boolean, unfiltered: Unfiltered | undefined): StateResult {
  const differences: PropertyDifference[] = [];
  const left = new Set(cpu.hostDependent);
  let values = 0;
  for (const [property, said] of Object.entries(state)) {
    if (left.has(property)) {
      if (!onHost) differences.push({ property, qemu: said, analysis: 'host-dependent' });
      continue;
    }
    values++;
    const analysed = cpu.properties.get(property);
    const same = unfiltered === undefined ? sameValue(said, analysed) : unfiltered.same(state, property, said, analysed);
    if (!same) differences.push({ property, qemu: said, analysis: analysed });
  }
  for (const [property, analysed] of cpu.properties) {
    if (!(property in state)) differences.push({ property, qemu: undefined, analysis: analysed });
  }
  for (const property of left) {
    if (!(property in state)) differences.push({ property, qemu: undefined, analysis: 'host-dependent' });
  }
  return { differences, values };
}

/** One named thing with its fields on both sides. Null and absent are the same. */
function compareEntry(differences: Differences, subject: 'machine type' | 'model', said: QmpObject | undefined, analysed: QmpObject | undefined, machine: string, model: string | undefined): void {
  if (said === undefined || analysed === undefined) {
    differences.add({ subject, machine, model, property: undefined, qemu: said && 'listed', analysis: analysed && 'listed' });
    return;
  }
  for (const field of new Set([...Object.keys(said), ...Object.keys(analysed)])) {
    const [a, b] = [said[field] ?? undefined, analysed[field] ?? undefined];
    if (!sameValue(a, b)) differences.add({ subject: `${subject} field`, machine, model, property: field, qemu: a, analysis: b });
  }
}

/** Without the name (the key), and without what the host decides, which recordings leave out. */
function withoutHostFields({ name: _name, 'unavailable-features': _unavailable, ...fields }: Readonly<Record<string, QmpValue>>): QmpObject {
  return fields;
}

function union(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])];
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
