import { CannotResolveError, type Analysis, type Runnable } from '../x86/api.js';
import { diagnosticsJson } from './diagnostic.js';
import { toJson, type Json } from './json.js';
import { naturally, sortedEntries } from './order.js';
import { plural, table, wrapWords, type Style } from './text.js';

/** A model on a machine type, and what it lacks. */
export interface RunnablePair {
  readonly machine: string;
  readonly model: string;
  readonly runnable: Runnable;
}

/** What each pair lacks; a pair that QEMU itself refuses is left out. */
export function* runnablePairs(analysis: Analysis, pairs: Iterable<{ readonly machine: string; readonly model: string }>): Generator<RunnablePair, void, undefined> {
  for (const { machine, model } of pairs) {
    try {
      yield { machine, model, runnable: analysis.unavailableFeatures(machine, model) };
    } catch (error) {
      if (!(error instanceof CannotResolveError)) throw error;
    }
  }
}

/** {"host", "machines": {MACHINE: {MODEL: {"unavailable-features": [...], "undecided": [...]}}}}; `undecided` where there is any. */
export function runnableJson(analysis: Analysis, pairs: readonly RunnablePair[]): string {
  const machines = new Map<string, Map<string, Json>>();
  for (const { machine, model, runnable: { unavailable, undecided } } of pairs) {
    const models = machines.get(machine) ?? new Map<string, Json>();
    machines.set(machine, models);
    models.set(model, { 'unavailable-features': [...unavailable], ...(undecided.length > 0 ? { undecided: [...undecided] } : {}) });
  }
  const { version } = analysis.qemu;
  return toJson({
    qemu: { version: { major: version.major, minor: version.minor, micro: version.micro }, package: analysis.qemu.package },
    origin: analysis.origin,
    accel: analysis.accel,
    ...(analysis.host === undefined ? {} : { host: { kind: analysis.host.kind, ...(analysis.host.caveat === undefined ? {} : { caveat: analysis.host.caveat }) } }),
    machines: new Map(sortedEntries(machines).map(([machine, models]): [string, Json] => [machine, new Map(sortedEntries(models))])),
    diagnostics: diagnosticsJson(analysis.diagnostics),
  }, 3);
}

interface Group {
  readonly machines: string[];
  readonly runnable: Runnable;
}

/** Models, and the machine types on which they lack the same. */
function byModel(pairs: readonly RunnablePair[]): [string, Group[]][] {
  const models = new Map<string, Map<string, Group>>();
  for (const { machine, model, runnable } of pairs) {
    const groups = models.get(model) ?? new Map<string, Group>();
    models.set(model, groups);
    const key = JSON.stringify([runnable.unavailable, runnable.undecided]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { machines: [machine], runnable });
    else group.machines.push(machine);
  }
  return [...models].sort(([a], [b]) => naturally(a, b)).map(([model, groups]) => [model, [...groups.values()]]);
}

function on(machines: readonly string[], total: number): string {
  if (machines.length === total && total > 1) return `all ${total}`;
  return machines.length > 3 ? `${machines.slice(0, 2).join(', ')} and ${machines.length - 2} more` : machines.join(', ');
}

/** For people: which models run, which lack what, and what is undecided. */
export function runnableText(analysis: Analysis, pairs: readonly RunnablePair[], style: Style): string {
  const total = new Set(pairs.map(({ machine }) => machine)).size;
  const models = byModel(pairs);
  const rows: [string, string, string][] = [];
  let running = 0;
  for (const [model, groups] of models) {
    for (const { machines, runnable: { unavailable } } of groups) {
      if (unavailable.length === 0) running++;
      rows.push([model, on(machines, total), unavailable.length === 0 ? 'runs' : `lacks ${unavailable.join(' ')}`]);
    }
  }
  // the last column is wrapped by hand: its width is what the others leave
  const [first, second] = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length), ['Model', 'Machine types'][column]!.length));
  const rest = Math.max(30, style.width - first! - second! - 4);
  const lines = [table(['Model', 'Machine types', ''], rows.map(([a, b, c]) => [a, b, wrapWords(c.split(' '), rest, '')]), style), ''];
  const undecided = new Set(pairs.flatMap(({ runnable }) => runnable.undecided));
  const { host } = analysis;
  lines.push(`QEMU ${analysis.qemu.version.major}.${analysis.qemu.version.minor}.${analysis.qemu.version.micro}, accelerator ${analysis.accel}${host === undefined ? '' : `, host: ${host.kind}`}: ${running} of ${plural(rows.length, 'line')} run`);
  if (host?.caveat !== undefined) lines.push(wrapWords(`note: ${host.caveat}`.split(' '), style.width, ''));
  if (undecided.size > 0) lines.push(wrapWords(['undecided,', 'where', 'a', 'model', 'asks', 'for', 'them:', ...undecided], style.width, ''));
  return lines.join('\n');
}

/** One line for each model and what it lacks. */
export function lackingLines(pairs: readonly RunnablePair[]): string[] {
  const total = new Set(pairs.map(({ machine }) => machine)).size;
  return byModel(pairs).flatMap(([model, groups]) => groups.map(({ machines, runnable }) => `${model} on ${on(machines, total).replace(/^all (\d+)$/, '$1 machine types')}: the host lacks ${runnable.unavailable.join(', ')}`));
}
