import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import type { ChangeGroup } from '../compare/changes.js';
import type { History, HistoryEntry, HistoryRequest } from '../compare/history/history.js';
import { anyDifference } from '../compare/differences.js';
import { hyphenated } from '../compare/values.js';
import { historyJson, historySummary, historyText, type HistoryReport } from '../render/history.js';
import { globMatcher } from '../source/glob.js';
import { withSelection, type ComparingOptions } from './comparing.js';
import type { Context } from './context.js';
import { Exit, UsageError } from './exit.js';
import { withAccel, withJson } from './options.js';

interface Options extends ComparingOptions {
  readonly property?: readonly string[];
  readonly firstParent?: true;
  readonly quick?: true;
  readonly jobs: number;
  readonly shard?: { readonly index: number; readonly count: number };
  readonly store?: string;
  readonly check?: number;
  readonly json?: true;
}

const help = `
With one range, A..B, every commit that B has and A does not is held against its parent. With two revisions or more, each
is held against the one before it: releases, say. NAME=REVISION gives a revision a name to print.

A commit is analysed only if it can matter. It cannot if it touches nothing that the analysis asks a tree for (a file that
it reads, a path that it looks for, a directory that it lists), nor if all that the analysis took from what it touches is
as it was: the declarations of C that were looked up, token by token with all macros replaced, which names there are not,
which files the build compiles and with which switches, who mentions and writes the variables that CPUs depend on. So
comments, functions that no CPU has to do with and options that decide nothing here need no analysis. --check N analyses N
of the commits that were skipped nevertheless, and says so if one is not what it was taken for.

What is found is kept in a directory by content, so that a second run prints at once, and one that was interrupted goes
on where it was. Of a merge, only what it has from none of its parents counts as its own change.

--quick halves the way from A to B again and again and skips stretches whose ends have the same CPUs, so that a few
analyses do for thousands of commits; a change that is undone on the same stretch is not seen. With --property it looks
for changes of these properties alone.

Spread over processes and machines: --jobs starts that many processes here. --shard I/N does the I-th of N parts of the
work and prints a summary; 'qemu-cpu-custom merge' puts the directories of several shards together, and the same command
without --shard prints the result, doing what is still missing. With GNU parallel:

  parallel qemu-cpu-custom history ~/qemu v7.1.0..v7.2.0 -m pc-q35-7.1 --jobs 1 --shard {}/4 --store part{} ::: 1 2 3 4
  qemu-cpu-custom merge --store all part1 part2 part3 part4
  qemu-cpu-custom history ~/qemu v7.1.0..v7.2.0 -m pc-q35-7.1 --store all

All parts must run the same version of this program, with the same options. Shards may share a directory, too.

When did this value come, and by which commit?

  $ qemu-cpu-custom history ~/qemu v6.0.0..v6.1.0 --quick -m pc-q35-6.0 -M qemu64-v1 --property family model stepping
  b7c290177ce1  2021-05-31  Daniel P. Berrangé: i386: use better matching family/model/stepping for 'qemu64' CPU
  CPUs: 1 CPU compared, 1 differ
    qemu64-v1 on pc-q35-6.0
        family: 6 -> 15
        model: 6 -> 107
        stepping: 3 -> 1

  223 commits, 166 touch what the analysis reads, 13 different contents, 1 changes a CPU; analysed now: 13 (89 s of processor time)

JSON: "format": "qemu-cpu-custom history", "formatVersion": 1; "entries" in the order of the commits, each with "commit",
"before" (what it is held against) and the changes of machine types, models and CPUs, as 'diff --json' has them.`;

/** `history REPOSITORY REVISION...` */
export function historyCommand(context: Context): Command {
  const command = new Command('history')
    .description('which commits of a git repository change a CPU, and what each changes')
    .argument('<repository>', 'a git repository, bare or not')
    .argument('<revision...>', 'a range A..B, or two revisions or more');
  return withJson(withSelection(withAccel(command)))
    .option('-p, --property <pattern...>', 'show only changes of these properties (shell patterns)')
    .option('--first-parent', 'of a merge, follow the first parent only: what it brings is its own change')
    .option('--quick', 'look only where the ends of a stretch differ: a change that is undone within it is not seen')
    .option('-j, --jobs <n>', 'analyse in so many processes', positive, availableParallelism())
    .option('--shard <i/n>', 'do only the i-th of n parts of the work', shard)
    .option('--check <n>', 'analyse n of the commits that need no analysis, and see that they are what they were taken for', positive)
    .option('--store <directory>', 'where results are kept (default: history/ in the cache directory)')
    .addHelpText('after', help)
    .action(async (repository: string, revisions: readonly string[], options: Options) => {
      if (options.source !== undefined) throw new UsageError('history takes no --source: name the repository');
      const [{ history }, { quickHistory }, { HistoryResults }, { cacheDirectory }, { commitsNamed }] = await Promise.all([
        import('../compare/history/history.js'), import('../compare/history/quick.js'), import('../compare/history/results.js'), import('../cache/store.js'), import('../source/git-log.js'),
      ]);
      const isRange = revisions.length === 1;
      if (isRange && !revisions[0]!.includes('..')) throw new UsageError(`history wants a range A..B or two revisions or more, not '${revisions[0]!}'`);
      if (options.quick === true && (!isRange || options.shard !== undefined)) throw new UsageError('--quick wants a range A..B, and no shards');
      if (options.check !== undefined && (options.quick === true || options.shard !== undefined)) throw new UsageError('--check goes neither with --quick nor with --shard');
      const named = isRange ? [] : revisions.map((text) => ({ name: text.slice(0, text.indexOf('=') < 0 ? undefined : text.indexOf('=')), revision: text.slice(text.indexOf('=') + 1) }));
      const commits = await commitsNamed(repository, named.map(({ revision }) => revision));
      const names = new Map(commits.map(({ id }, i) => [id, named[i]!.name]));
      const job = {
        accel: options.accel, target: options.target, define: [...options.define], without: options.without, configure: options.configure, stage: options.stage,
        machine: options.machine ?? [], model: options.model ?? [],
      };
      const results = new HistoryResults(options.store ?? join(cacheDirectory(), 'history'), job);
      const interrupt = new AbortController();
      const onInterrupt = (): void => { interrupt.abort(); };
      process.once('SIGINT', onInterrupt).once('SIGTERM', onInterrupt);
      const request: HistoryRequest = {
        repository, revisions: isRange ? revisions : commits.map(({ id }) => id), firstParent: options.firstParent === true, options: job, results,
        processes: options.jobs, shard: options.shard, signal: interrupt.signal, progress: (text) => context.terminal.progress(text),
        ...(options.check === undefined ? {} : { check: options.check }),
        ...(options.property === undefined ? {} : { interesting: (of) => narrowed(of, options.property!) !== undefined }),
      };
      let found: History;
      try {
        found = await (options.quick === true ? quickHistory(request) : history(request));
      } catch (error) {
        if (!interrupt.signal.aborted) throw error;
        context.terminal.progressDone();
        context.terminal.err('interrupted: what was analysed is kept, the same command goes on from there');
        context.finish(Exit.inexact);
        return;
      } finally {
        process.off('SIGINT', onInterrupt).off('SIGTERM', onInterrupt);
      }
      context.terminal.progressDone();
      if (options.shard !== undefined) {
        context.terminal.out(`shard ${options.shard.index} of ${options.shard.count}: ${historySummary(found).replace(/, \d+ changes? a CPU/, '')}`);
        return;
      }
      if (options.property !== undefined) found = { ...found, entries: found.entries.flatMap((entry) => {
        const narrow = narrowed(entry.found, options.property!);
        return narrow === undefined ? [] : [{ ...entry, found: narrow }];
      }) };
      const report: HistoryReport = { repository, revisions, accel: options.accel, stage: options.stage, names, history: found };
      context.terminal.out(options.json ? historyJson(report) : historyText(report, context.terminal.style, options.verbose === true));
      context.finish(found.problems.length > 0 ? Exit.inexact : found.entries.length > 0 ? Exit.differences : Exit.ok);
    });
}

/** What is said of some properties; undefined if nothing is. */
function narrowed(found: HistoryEntry['found'], patterns: readonly string[]): HistoryEntry['found'] | undefined {
  const globs = patterns.map((pattern) => globMatcher(pattern));
  const wanted = (name: string): boolean => patterns.includes(name) || globs.some((glob) => glob(name) || glob(hyphenated(name)));
  const filter = (groups: readonly ChangeGroup[]): ChangeGroup[] => groups.map(({ changes, where }) => ({ changes: changes.filter(({ property, spellings }) => wanted(property) || spellings.some(wanted)), where })).filter(({ changes }) => changes.length > 0);
  const narrow = { ...found, machines: { added: [], removed: [] }, models: { added: [], removed: [] }, presence: [], refusals: [], machineFields: filter(found.machineFields), modelFields: filter(found.modelFields), cpus: filter(found.cpus) };
  return anyDifference(narrow) ? narrow : undefined;
}

function positive(text: string): number {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1) throw new InvalidArgumentError('It must be a number of at least 1.');
  return n;
}

function shard(text: string): { index: number; count: number } {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const [index, count] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || index < 1 || index > count) throw new InvalidArgumentError('It must be I/N, with I from 1 to N.');
  return { index, count };
}
