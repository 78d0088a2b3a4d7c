import { toJson } from '../render/json.js';
import { count, plural, table, type Style } from '../render/text.js';
import type { Conformance } from './conformance.js';

/** A line of the table. */
export interface ConformanceRow {
  /** The tree's name, or its version. */
  readonly release: string;
  readonly source: string;
  readonly target: string;
  readonly accel: string;
  readonly stage: string;
  /** The recording's file; undefined where there is none. */
  readonly recording: string | undefined;
  /** What was found, or why nothing could be. */
  readonly result: Conformance | string;
  readonly seconds: number;
}

const SHOWN = 6;

/** Is everything as it should be: analysed with no diagnostics, and equal to the recording if there is one? */
export function conforms({ result }: ConformanceRow): boolean {
  if (typeof result === 'string' || result.diagnostics > 0) return false;
  return (result.exact === undefined || result.exact === result.pairs) && (result.lists === undefined || result.lists.equal === result.lists.all);
}

/** The table, then what differs, then the totals. */
export function conformanceText(rows: readonly ConformanceRow[], style: Style): string {
  const head = ['release', 'target', 'accel', 'stage', 'machine types', 'pairs', 'exact', 'lists', 'diagnostics', 'seconds', ''];
  const lines = [table(head, rows.map(cells), style, [4, 5, 6, 7, 8, 9])];
  for (const row of rows) {
    const { release, target, accel, stage, result } = row;
    const problems = typeof result === 'string' ? [result] : result.differences;
    if (conforms(row) || problems.length === 0) continue;
    lines.push('', style.bold(`${release} ${target} ${accel} ${stage}`), ...problems.slice(0, SHOWN).map((line) => `  ${line}`));
    if (problems.length > SHOWN) lines.push(`  and ${problems.length - SHOWN} more`);
  }
  const good = rows.filter(conforms).length;
  const results = rows.flatMap(({ result }) => (typeof result === 'string' ? [] : [result]));
  const recorded = results.filter(({ exact }) => exact !== undefined);
  const sum = (list: readonly Conformance[], of: (c: Conformance) => number): number => list.reduce((total, c) => total + of(c), 0);
  lines.push('', `${count(sum(recorded, (c) => c.exact ?? 0))} of ${plural(sum(recorded, (c) => c.pairs), 'recorded pair')} exact, ${plural(sum(results.filter(({ exact }) => exact === undefined), (c) => c.pairs), 'other')} resolved`);
  lines.push(`${good} passed, ${rows.length - good} failed`);
  return lines.join('\n');
}

function cells(row: ConformanceRow): string[] {
  const { release, target, accel, stage, result, seconds } = row;
  const end = [seconds.toFixed(1), conforms(row) ? '' : 'FAILED'];
  if (typeof result === 'string') return [release, target, accel, stage, '-', '-', '-', '-', '-', ...end];
  const { machines, pairs, exact, lists, diagnostics } = result;
  return [
    release, target, accel, stage, count(machines), count(pairs), exact === undefined ? '-' : count(exact),
    lists === undefined ? '-' : lists.equal === lists.all ? 'equal' : `${count(lists.all - lists.equal)} differ`, String(diagnostics), ...end,
  ];
}

/** The table as JSON. */
export function conformanceJson(rows: readonly ConformanceRow[]): string {
  return toJson(rows.map((row) => {
    const { release, source, target, accel, stage, recording, result, seconds } = row;
    const found = typeof result === 'string' ? { error: result } : { ...result, lists: result.lists === undefined ? undefined : { ...result.lists }, differences: [...result.differences] };
    return { release, source, target, accel, stage, recording, seconds, passed: conforms(row), ...found };
  }), 2);
}
