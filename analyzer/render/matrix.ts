import { EVERY_MODEL } from '../compare/census.js';
import { CannotResolveError, type Analysis, type ResolvedCpu, type Stage } from '../x86/api.js';
import { diagnosticsJson } from './diagnostic.js';
import { SortedObjects, toJson, type Json } from './json.js';
import { byCodeUnit, naturally, sortedEntries } from './order.js';
import { count, plural, table, type Style } from './text.js';

/** Every selected pair of one analysis, resolved. */
export interface Matrix {
  readonly stage: Stage;
  readonly pairs: ReadonlyMap<string, ReadonlyMap<string, ResolvedCpu>>;
  /** Pairs for which QEMU itself refuses to make a CPU, with its message. */
  readonly refused: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** Resolve pairs. @throws what {@link Analysis.resolve} throws, except CannotResolveError */
export function resolveMatrix(analysis: Analysis, stage: Stage, selection: Iterable<{ readonly machine: string; readonly model: string }>): Matrix {
  const pairs = new Map<string, Map<string, ResolvedCpu>>();
  const refused = new Map<string, Map<string, string>>();
  for (const { machine, model } of selection) {
    try {
      put(pairs, machine, model, analysis.resolve(machine, model, stage));
    } catch (error) {
      if (!(error instanceof CannotResolveError)) throw error;
      put(refused, machine, model, error.message);
    }
  }
  return { stage, pairs, refused };
}

function put<T>(map: Map<string, Map<string, T>>, machine: string, model: string, value: T): void {
  let models = map.get(machine);
  if (models === undefined) map.set(machine, models = new Map<string, T>());
  models.set(model, value);
}

/** The matrix format: states shared between equal CPUs, one line each. */
export function matrixJson(analysis: Analysis, { stage, pairs, refused }: Matrix): string {
  const states = new Map<string, ResolvedCpu>();
  for (const models of pairs.values()) for (const cpu of models.values()) states.set(cpu.id, cpu);
  const sorted = sortedEntries(states);
  const objects = new SortedObjects();
  const { version } = analysis.qemu;
  return toJson({
    qemu: { version: { major: version.major, minor: version.minor, micro: version.micro }, package: analysis.qemu.package },
    origin: analysis.origin,
    accel: analysis.accel,
    stage,
    states: new Map(sorted.map(([id, cpu]): [string, Json] => [id, objects.text(cpu.properties)])),
    pairs: nested(pairs, (cpu) => cpu.id),
    hostDependent: new Map(sorted.filter(([, cpu]) => cpu.hostDependent.length > 0).map(([id, cpu]): [string, Json] => [id, [...cpu.hostDependent].sort(byCodeUnit)])),
    ...(refused.size > 0 ? { refused: nested(refused, (message) => message) } : {}),
    diagnostics: diagnosticsJson(analysis.diagnostics),
  }, 2);
}

function nested<T>(map: ReadonlyMap<string, ReadonlyMap<string, T>>, leaf: (value: T) => Json): Map<string, Json> {
  return new Map(sortedEntries(map).map(([machine, models]): [string, Json] => [machine, new Map(sortedEntries(models).map(([model, value]): [string, Json] => [model, leaf(value)]))]));
}

/** The matrix for people: which models are not the same CPU on every machine type. */
export function matrixText(analysis: Analysis, { stage, pairs, refused }: Matrix, style: Style): string {
  const byModel = new Map<string, { machines: number; ids: Set<string>; host: boolean }>();
  const all = new Set<string>();
  let total = 0;
  for (const models of pairs.values()) {
    for (const [model, cpu] of models) {
      const entry = byModel.get(model) ?? { machines: 0, ids: new Set<string>(), host: false };
      byModel.set(model, entry);
      entry.machines++;
      entry.ids.add(cpu.id);
      entry.host ||= cpu.hostDependent.length > 0;
      all.add(cpu.id);
      total++;
    }
  }
  const rows = [...byModel].sort(([a], [b]) => naturally(a, b))
    .map(([model, { machines, ids }]) => [model, count(machines), count(ids.size)]);
  const lines = [
    table(['Model', 'Machine types', 'Different CPUs'], rows, style, [1, 2]),
    '',
    `${plural(pairs.size, 'machine type')} x ${plural(byModel.size, 'model')}, accelerator ${analysis.accel}, ${stage}: ${plural(total, 'pair')}, ${plural(all.size, 'different CPU')}`,
  ];
  for (const [machine, models] of sortedEntries(refused)) {
    for (const [model, message] of sortedEntries(models)) lines.push(`refused: ${model === EVERY_MODEL ? 'every model' : model} on ${machine}: ${message}`);
  }
  return lines.join('\n');
}
