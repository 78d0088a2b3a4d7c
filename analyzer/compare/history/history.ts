import { narrowFingerprint, type NarrowQuestions } from '../../source/observed.js';
import { GitObjects } from '../../source/git-objects.js';
import { GitTree, gitDirectory } from '../../source/git.js';
import { commitsNamed, commitsOf, type Commit } from '../../source/git-log.js';
import { decodeText } from '../../source/text.js';
import type { ResolvedCpu } from '../../x86/api.js';
import type { Census } from '../census.js';
import { valueOf, type ChangeGroup } from '../changes.js';
import { anyDifference, differences, type Differences } from '../differences.js';
import { sameValue } from '../values.js';
import type { JobOptions } from './job.js';
import { analyseCommits, type Done, type Job } from './pool.js';
import { Relevance } from './relevance.js';
import type { HistoryResults } from './results.js';

export interface HistoryRequest {
  readonly repository: string;
  /** A range ("A..B"), whose every commit is looked at, or two or more revisions, each held against the one before. */
  readonly revisions: readonly string[];
  readonly firstParent: boolean;
  readonly options: JobOptions;
  readonly results: HistoryResults;
  readonly processes: number;
  /** Analyse only this part (1-based) of what there is to analyse, and compare nothing. */
  readonly shard: { readonly index: number; readonly count: number } | undefined;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
  readonly analyse?: typeof analyseCommits;
}

/** What one commit, or the way from one revision to the next, changes. */
export interface HistoryEntry {
  readonly commit: Commit;
  /** The commit that it is held against. */
  readonly before: string;
  readonly found: Differences & { readonly compared: number };
}

/** A commit whose CPUs are not known. */
export interface HistoryProblem {
  readonly commit: Commit;
  readonly problem: string;
}

export interface History {
  readonly commits: number;
  /** Commits that touch something that the analysis reads. */
  readonly relevant: number;
  /** Different contents among them and their parents, as far as the analysis looks. */
  readonly contents: number;
  /** How many of these were analysed now, and the processor time that took. */
  readonly analysed: number;
  readonly seconds: number;
  /** Commits that change a CPU, in order. Empty for a shard. */
  readonly entries: readonly HistoryEntry[];
  readonly problems: readonly HistoryProblem[];
}

/**
 * Which commits change any CPU? Commits that touch nothing that an analysis asked its tree for are skipped; of the others,
 * those that give the same answers to all questions are analysed once.
 * @throws SourceError, InterruptedError
 */
export async function history(request: HistoryRequest): Promise<History> {
  const { results, repository, progress } = request;
  const plan = await planOf(request);
  const relevance = new Relevance(textsOf(repository));
  for (const questions of results.questions()) relevance.add(questions);
  let analysed = 0;
  let seconds = 0;
  const run = async (groups: readonly (readonly Commit[])[]): Promise<void> => {
    let done = 0;
    await (request.analyse ?? analyseCommits)(groups.map(([commit]): Job => ({ repository, commit: commit!.id, tree: commit!.tree, options: request.options, directory: results.directory })), request.processes, request.signal, (job, answer: Done) => {
      const group = groups.find(([commit]) => commit!.id === job.commit)!;
      for (const { tree } of answer.key === '' ? [] : group) results.setKey(tree, answer.key);
      analysed++;
      seconds += answer.seconds;
      progress(`analysed ${++done} of ${groups.length}: ${job.commit.slice(0, 12)} in ${answer.seconds.toFixed(0)} s`);
    });
    for (const questions of results.questions()) relevance.add(questions);
  };
  // without questions nothing can be told: ask them of the newest
  if (relevance.extent === 0 && plan.steps.length > 0) await run([[plan.steps.at(-1)!.commit]]);
  let work = plan.work(relevance);
  const given = new Set<string>();
  for (;;) {
    const todo = missing(work.needed, request, relevance.questions).filter(([commit]) => !given.has(commit!.id));
    const mine = request.shard === undefined ? todo : todo.filter(([commit]) => Number.parseInt(commit!.tree.slice(0, 8), 16) % request.shard!.count === request.shard!.index - 1);
    if (mine.length === 0) break;
    for (const [commit] of mine) given.add(commit!.id);
    await run(mine);
    work = plan.work(relevance);
  }
  const contents = new Set(work.needed.map(({ tree }) => results.keyOf(tree))).size;
  const summary = { commits: plan.steps.length, relevant: work.relevant.length, contents, analysed, seconds };
  if (request.shard !== undefined) return { ...summary, entries: [], problems: [] };
  return { ...summary, ...compareAll(work.relevant, work.representative, request) };
}

/** The texts of a repository's blobs. */
function textsOf(repository: string): (id: string) => string {
  let objects: GitObjects | undefined;
  return (id) => {
    objects ??= new GitObjects(gitDirectory(repository)!);
    return decodeText(objects.read(id)?.data ?? Buffer.alloc(0));
  };
}

/** A commit, and what it is held against. */
interface Step {
  readonly commit: Commit;
  readonly parents: readonly Commit[];
}

interface Work {
  readonly relevant: readonly Step[];
  /** Commits whose content must be known. */
  readonly needed: readonly Commit[];
  /** The commit with the same content, as far as is known. */
  readonly representative: (commit: Commit) => Commit;
}

interface Plan {
  readonly steps: readonly Step[];
  work(relevance: Relevance): Work;
}

async function planOf({ repository, revisions, firstParent }: HistoryRequest): Promise<Plan> {
  const isRange = revisions.length === 1;
  if (!isRange) {
    const commits = await commitsNamed(repository, revisions);
    const steps = commits.slice(1).map((commit, i): Step => ({ commit, parents: [commits[i]!] }));
    return { steps, work: () => ({ relevant: steps, needed: commits, representative: (commit) => commit }) };
  }
  const commits = await commitsOf(repository, revisions[0]!, { firstParent });
  const known = new Map(commits.map((commit) => [commit.id, commit]));
  const outside = [...new Set(commits.flatMap(({ parents }) => (firstParent ? parents.slice(0, 1) : parents)).filter((id) => !known.has(id)))];
  for (const commit of outside.length === 0 ? [] : await commitsNamed(repository, outside)) known.set(commit.id, commit);
  const steps = commits.map((commit): Step => ({ commit, parents: (firstParent ? commit.parents.slice(0, 1) : commit.parents).map((id) => known.get(id)!) }));
  return {
    steps,
    work(relevance) {
      const same = new Map<string, Commit>();
      const representative = (commit: Commit): Commit => same.get(commit.id) ?? commit;
      const relevant = steps.filter(({ commit, parents: [first] }) => {
        if (first === undefined || commit.changes.some((change) => relevance.matters(change))) return first !== undefined;
        same.set(commit.id, representative(first));
        return false;
      });
      const needed = new Map(relevant.flatMap(({ commit, parents }) => [commit, ...parents]).map((commit) => [representative(commit).tree, representative(commit)]));
      return { relevant, needed: [...needed.values()], representative };
    },
  };
}

/** Commits whose content is not known, those of the same content together. */
function missing(needed: readonly Commit[], { results, repository, progress, signal }: HistoryRequest, all: NarrowQuestions): Commit[][] {
  const groups = new Map<string, Commit[]>();
  const sets = results.questions();
  const unknown = needed.filter(({ tree }) => {
    const key = results.keyOf(tree);
    return key === undefined || !results.hasCensus(key);
  });
  for (const [done, commit] of unknown.entries()) {
    signal.throwIfAborted();
    progress(`looking at ${done + 1} of ${unknown.length} commits`);
    const tree = new GitTree(repository, commit.id);
    const known = sets.map((questions) => narrowFingerprint(tree, questions)).find((key) => results.hasCensus(key));
    if (known !== undefined) {
      results.setKey(commit.tree, known);
      continue;
    }
    const print = narrowFingerprint(tree, all);
    const group = groups.get(print);
    if (group === undefined) groups.set(print, [commit]);
    else group.push(commit);
  }
  return [...groups.values()];
}

/** Hold every commit against its parent. Of a merge, what it has from one of its parents is not its own. */
function compareAll(relevant: readonly Step[], representative: (commit: Commit) => Commit, { results, progress, signal }: HistoryRequest): Pick<History, 'entries' | 'problems'> {
  const entries: HistoryEntry[] = [];
  const problems = new Map<string, HistoryProblem>();
  const censuses = new Censuses(results);
  const keyOf = (commit: Commit): string | undefined => results.keyOf(representative(commit).tree);
  for (const [done, { commit, parents }] of relevant.entries()) {
    signal.throwIfAborted();
    progress(`comparing ${done + 1} of ${relevant.length}`);
    const key = keyOf(commit);
    const before = parents.map(keyOf);
    if (key === undefined || before.some((k) => k === undefined)) {
      problems.set(commit.id, { commit, problem: 'not analysed' });
      continue;
    }
    if (before.includes(key)) continue;
    const name = [...before, key].join('-');
    let found = results.result(name);
    if (found === undefined) {
      const after = censuses.of(key);
      const theirs = before.map((k) => censuses.of(k!));
      const failure = [after, ...theirs].find((census): census is string => typeof census === 'string');
      if (failure !== undefined || after === undefined || theirs.includes(undefined)) {
        problems.set(commit.id, { commit, problem: typeof after === 'string' ? after : `its parent: ${failure ?? 'not analysed'}` });
        continue;
      }
      const [first, ...others] = theirs as Census[];
      const own = withoutMerged(differences(first!, after as Census), others);
      found = { ...own, compared: own.comparisons.length };
      results.putResult(name, own);
    }
    if (anyDifference(found)) entries.push({ commit, before: parents[0]!.id, found });
  }
  return { entries, problems: [...problems.values()] };
}

/** Without what is the same as in another parent. */
function withoutMerged(found: Differences, others: readonly Census[]): Differences {
  if (others.length === 0) return found;
  const filter = (groups: readonly ChangeGroup[], same: (index: number, property: string, value: ChangeGroup['changes'][number]['after']) => boolean): ChangeGroup[] =>
    groups.flatMap(({ changes, where }) => changes.flatMap((change) => {
      const own = where.filter((index) => !same(index, change.property, change.after));
      return own.length === 0 ? [] : [{ changes: [change], where: own }];
    }));
  const cpu = (index: number): (ResolvedCpu | undefined)[] => others.map(({ cpus }) => cpus.get(found.comparisons[index]!.after.machine)?.get(found.comparisons[index]!.after.model));
  const has = { machine: (name: string) => others.some(({ machines }) => machines.has(name)), model: (name: string) => others.some(({ models }) => [...models.values()].some((on) => on.has(name))) };
  return {
    ...found,
    machines: { added: found.machines.added.filter((name) => !has.machine(name)), removed: found.machines.removed.filter((name) => others.every(({ machines }) => machines.has(name))) },
    models: { added: found.models.added.filter((name) => !has.model(name)), removed: found.models.removed.filter((name) => others.every(({ models }) => [...models.values()].some((on) => on.has(name)))) },
    presence: [],
    refusals: [],
    machineFields: filter(found.machineFields, (index, field, value) => others.some(({ machines }) => sameField(machines.get(found.machineComparisons[index]!.after.machine)?.fields[field], value))),
    modelFields: filter(found.modelFields, (index, field, value) => others.some(({ models }) => sameField(models.get(found.comparisons[index]!.after.machine)?.get(found.comparisons[index]!.after.model)?.fields[field], value))),
    cpus: filter(found.cpus, (index, property, value) => cpu(index).some((theirs) => theirs !== undefined && sameValue(valueOf(theirs, property), value))),
  };
}

function sameField(theirs: unknown, value: ChangeGroup['changes'][number]['after']): boolean {
  return theirs === undefined ? typeof value === 'symbol' : sameValue(theirs as ChangeGroup['changes'][number]['after'], value);
}

/** The censuses that were looked at last. Equal CPUs of all of them share one object. */
class Censuses {
  readonly #known = new Map<string, Census | string | undefined>();
  #cpus = new Map<string, ResolvedCpu>();

  constructor(private readonly results: HistoryResults) {}

  of(key: string): Census | string | undefined {
    let census = this.#known.get(key);
    if (census === undefined) {
      if (this.#known.size >= 8) this.#known.delete(this.#known.keys().next().value!);
      if (this.#cpus.size > 50_000) this.#cpus = new Map();
      census = this.results.census(key, this.#cpus);
    } else this.#known.delete(key);
    this.#known.set(key, census);
    return census;
  }
}
