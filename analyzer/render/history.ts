import { MISTAKEN } from '../compare/history/check.js';
import type { History, HistoryEntry } from '../compare/history/history.js';
import type { Commit } from '../source/git-log.js';
import type { Stage } from '../x86/api.js';
import { changeJson, cpusJson, differencesLines, differencesView } from './differences.js';
import { toJson, type Json } from './json.js';
import { count, plural, type Style } from './text.js';

/** The version of the JSON format of `history`. */
export const historyFormatVersion = 1;

/** What `history` shows. */
export interface HistoryReport {
  readonly repository: string;
  readonly revisions: readonly string[];
  readonly accel: string;
  readonly stage: Stage;
  /** Names that the user gave to commits. */
  readonly names: ReadonlyMap<string, string>;
  readonly history: History;
}

function title({ names }: HistoryReport, { commit }: HistoryEntry, style: Style): string {
  const name = names.get(commit.id);
  return `${style.bold(name ?? commit.id.slice(0, 12))}  ${commit.date.slice(0, 10)}  ${name === undefined ? '' : `${commit.id.slice(0, 12)}  `}${commit.author}: ${commit.subject}`;
}

/** The history for people. */
export function historyText(report: HistoryReport, style: Style, verbose: boolean): string {
  const { history } = report;
  const lines: string[] = [];
  for (const entry of history.entries) {
    lines.push(title(report, entry, style));
    const before = report.names.get(entry.before);
    if (before !== undefined) lines.push(style.dim(`  as against ${before}`));
    lines.push(...differencesLines(differencesView(entry.found, undefined, verbose), style), '');
  }
  for (const { commit, problem } of history.problems) lines.push(`${report.names.get(commit.id) ?? commit.id.slice(0, 12)}  not analysed: ${problem}`);
  if (history.problems.length > 0) lines.push('');
  lines.push(style.dim(historySummary(history)));
  return lines.join('\n');
}

/** "1,977 commits, 582 of them touch what is analysed, 490 different contents, 12 change a CPU; 3 analysed now (42 s)" */
export function historySummary({ commits, relevant, contents, entries, analysed, seconds, checked, problems }: History): string {
  const check = checked === 0 ? '' : `; ${plural(checked, 'commit')} that needed no analysis ${checked === 1 ? 'was' : 'were'} analysed: ${plural(problems.filter(({ problem }) => problem === MISTAKEN).length, 'difference')}`;
  return `${plural(commits, 'commit')}, ${count(relevant)} touch what the analysis reads, ${plural(contents, 'different content')}, ${count(entries.length)} ${entries.length === 1 ? 'changes' : 'change'} a CPU; analysed now: ${count(analysed)}${analysed === 0 ? '' : ` (${count(Math.round(seconds))} s of processor time)`}${check}`;
}

/** The history for programs. */
export function historyJson({ repository, revisions, accel, stage, names, history }: HistoryReport): string {
  const commit = ({ id, date, author, subject, parents }: Commit): Json => ({ id, name: names.get(id), date, author, subject, parents: [...parents] });
  return toJson({
    format: 'qemu-cpu-custom history', formatVersion: historyFormatVersion,
    repository, revisions: [...revisions], accel, stage,
    checked: history.checked, commits: history.commits, relevant: history.relevant, contents: history.contents, analysed: history.analysed,
    entries: history.entries.map(({ commit: of, before, found }) => ({
      commit: commit(of), before,
      machines: { ...found.machines, fields: found.machineFields.map((group) => ({ machines: group.where.map((i) => found.machineComparisons[i]!.after.machine), changes: group.changes.map(changeJson) })) },
      models: { ...found.models, fields: found.modelFields.map((group) => ({ cpus: cpusJson(group.where, found.comparisons), changes: group.changes.map(changeJson) })) },
      compared: found.compared,
      cpus: found.cpus.map((group) => ({ cpus: cpusJson(group.where, found.comparisons), changes: group.changes.map(changeJson) })),
    })),
    problems: history.problems.map(({ commit: of, problem }) => ({ commit: commit(of), problem })),
  }, 4);
}
