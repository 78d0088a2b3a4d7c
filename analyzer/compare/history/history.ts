import { setImmediate } from 'node:timers/promises';
import { GitObjects } from '../../source/git-objects.js';
import { gitDirectory } from '../../source/git.js';
import { commitsNamed, commitsOf, type Commit } from '../../source/git-log.js';
import { decodeText } from '../../source/text.js';
import type { ResolvedCpu } from '../../x86/api.js';
import type { Census } from '../census.js';
import { valueOf, type ChangeGroup, type Holder } from '../changes.js';
import { anyDifference, differences, type Differences } from '../differences.js';
import { comparable } from '../features.js';
import { sameValue } from '../values.js';
import { checkTaken, sampleOf, type Taken } from './check.js';
import { Contents } from './contents.js';
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
  /** Analyse so many of the commits that need no analysis, and see that they are what they were taken for. */
  readonly check?: number;
  /** Which differences to look for; all. */
  readonly interesting?: (found: Differences & { readonly compared: number }) => boolean;
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
  /** How many commits were analysed that needed not be; each that is not what it was taken for is a problem. */
  readonly checked: number;
  /** Commits that change a CPU, in order. Empty for a shard. */
  readonly entries: readonly HistoryEntry[];
  readonly problems: readonly HistoryProblem[];
}

/** Where commits are analysed: what is known of them, and what matters to an analysis. */
export class Workbench {
  readonly relevance: Relevance;
  analysed = 0;
  seconds = 0;
  readonly #given = new Set<string>();
  readonly #keys = new Set<string>();
  readonly #contents: Contents;

  constructor(private readonly request: HistoryRequest) {
    this.relevance = new Relevance(textsOf(request.repository));
    this.#contents = new Contents(request.repository, request.options, request.results);
    this.#learn();
  }

  /** Without questions nothing can be told: ask them of this commit, unless some are known. */
  async begin(commit: Commit): Promise<void> {
    if (this.relevance.extent === 0) await this.#run([commit]);
  }

  /**
   * See that the contents of these commits (parents before children) are known, as far as this shard has to. Each is tried once.
   * @param near the commits that one is most likely the same as @returns whether anything was to be done
   */
  async analyse(needed: readonly Commit[], near: (commit: Commit) => readonly Commit[]): Promise<boolean> {
    const { shard, results, progress, signal } = this.request;
    let any = false;
    for (;;) {
      const unknown = await this.#contents.unknown(needed, near, (done, of) => {
        signal.throwIfAborted();
        progress(`looking at ${done} of ${of} commits`);
      });
      const todo = unknown.filter((commit) => !this.#given.has(commit.id));
      const mine = shard === undefined ? todo : todo.filter(({ tree }) => Number.parseInt(tree.slice(0, 8), 16) % shard.count === shard.index - 1);
      if (mine.length === 0) break;
      any = true;
      for (const commit of mine) this.#given.add(commit.id);
      await this.#run(mine);
    }
    for (const { tree } of needed) {
      const key = results.keyOf(tree);
      if (key !== undefined) this.#keys.add(key);
    }
    return any;
  }

  /** Analyse these, whether they need it or not, unless that has been done. */
  async analyseAll(commits: readonly Commit[]): Promise<void> {
    await this.#run(commits.filter(({ tree }) => !this.request.results.hasCensus(tree)));
  }

  /** Different contents among the commits that were needed. */
  get contents(): number {
    return this.#keys.size;
  }

  async #run(commits: readonly Commit[]): Promise<void> {
    const { repository, options, results, processes, signal, progress, analyse = analyseCommits } = this.request;
    let done = 0;
    const jobs = commits.map(({ id, tree }): Job => ({ repository, commit: id, tree, options, directory: results.directory }));
    await analyse(jobs, processes, signal, (job, answer: Done) => {
      this.analysed++;
      this.seconds += answer.seconds;
      progress(`analysed ${++done} of ${commits.length}: ${job.commit.slice(0, 12)} in ${answer.seconds.toFixed(0)} s`);
    });
    this.#learn();
  }

  #learn(): void {
    for (const questions of this.request.results.questions()) this.relevance.add(questions);
  }
}

/**
 * Which commits change any CPU? Commits that touch nothing that an analysis asked its tree for are skipped; of the others,
 * those that give the same answers to all that an analysis asked of what it read are not analysed again.
 * @throws SourceError, InterruptedError
 */
export async function history(request: HistoryRequest): Promise<History> {
  const plan = await planOf(request);
  const bench = new Workbench(request);
  if (plan.steps.length > 0) await bench.begin(plan.steps.at(-1)!.commit);
  let work = plan.work(bench.relevance);
  // an analysis may ask what none before it has asked
  while (await bench.analyse(work.needed, work.near)) work = plan.work(bench.relevance);
  const summary = { commits: plan.steps.length, relevant: work.relevant.length, contents: bench.contents, analysed: bench.analysed, seconds: bench.seconds };
  if (request.shard !== undefined) return { ...summary, checked: 0, entries: [], problems: [] };
  const { entries, problems } = await compareAll(work.relevant, work.representative, request);
  // where nothing changes, nothing was compared: that there are no CPUs at all must not look like that
  const last = plan.steps.at(-1)?.commit;
  const census = last === undefined || work.relevant.length > 0 ? undefined : request.results.census(request.results.keyOf(last.tree) ?? request.results.any() ?? '');
  if (typeof census === 'string') problems.push({ commit: last!, problem: census });
  const sample = sampleOf(plan.steps.flatMap(({ commit }): Taken[] => {
    const key = request.results.keyOf(work.representative(commit).tree);
    return key === undefined || key === commit.tree ? [] : [{ commit, as: key }];
  }), request.check ?? 0);
  if (sample.length > 0) await bench.analyseAll(sample.map(({ commit }) => commit));
  return { ...summary, analysed: bench.analysed, seconds: bench.seconds, checked: sample.length, entries, problems: [...problems, ...checkTaken(sample, request.results)] };
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
  /** What one of them is held against. */
  readonly near: (commit: Commit) => readonly Commit[];
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
    const near = (commit: Commit): readonly Commit[] => steps.find((step) => step.commit === commit)?.parents ?? [];
    return { steps, work: () => ({ relevant: steps, needed: commits, near, representative: (commit) => commit }) };
  }
  const commits = await commitsOf(repository, revisions[0]!, { firstParent });
  const known = new Map(commits.map((commit) => [commit.id, commit]));
  const outside = [...new Set(commits.flatMap(({ parents }) => (firstParent ? parents.slice(0, 1) : parents)).filter((id) => !known.has(id)))];
  for (const commit of outside.length === 0 ? [] : await commitsNamed(repository, outside)) known.set(commit.id, commit);
  const steps = commits.map((commit): Step => ({ commit, parents: (firstParent ? commit.parents.slice(0, 1) : commit.parents).map((id) => known.get(id)!) }));
  const parents = new Map(steps.map((step) => [step.commit.id, step.parents]));
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
      const needed = new Map(relevant.flatMap(({ commit, parents: before }) => [...before, commit]).map((commit) => [representative(commit).tree, representative(commit)]));
      const near = (commit: Commit): readonly Commit[] => (parents.get(commit.id) ?? []).map(representative);
      return { relevant, needed: [...needed.values()], near, representative };
    },
  };
}

/** Hold every commit against its parent. */
async function compareAll(relevant: readonly Step[], representative: (commit: Commit) => Commit, request: HistoryRequest): Promise<{ readonly entries: HistoryEntry[]; readonly problems: HistoryProblem[] }> {
  const entries: HistoryEntry[] = [];
  const problems: HistoryProblem[] = [];
  const comparer = new Comparer(request);
  for (const [done, { commit, parents }] of relevant.entries()) {
    await setImmediate();
    request.signal.throwIfAborted();
    request.progress(`comparing ${done + 1} of ${relevant.length}`);
    const result = comparer.compare(representative(commit), parents.map(representative));
    if (result === undefined) continue;
    if ('problem' in result) problems.push({ commit, problem: result.problem });
    else if (anyDifference(result)) entries.push({ commit, before: parents[0]!.id, found: result });
  }
  return { entries, problems };
}

/** Holds commits against others, each two contents once. */
export class Comparer {
  readonly #censuses: Censuses;
  readonly #results: HistoryResults;

  constructor({ results }: HistoryRequest) {
    this.#results = results;
    this.#censuses = new Censuses(results);
  }

  /** What differs from the first of the parents, without what another one has as well: that a merge brings together. undefined: they are the same. */
  compare(commit: Commit, parents: readonly Commit[]): (Differences & { readonly compared: number }) | { readonly problem: string } | undefined {
    const key = this.#results.keyOf(commit.tree);
    const before = parents.map(({ tree }) => this.#results.keyOf(tree));
    if (key === undefined || before.some((k) => k === undefined)) return { problem: 'not analysed' };
    if (before.includes(key)) return undefined;
    const name = [...before, key].join('-');
    const known = this.#results.result(name);
    if (known !== undefined) return known;
    const after = this.#censuses.of(key);
    const theirs = before.map((k) => this.#censuses.of(k!));
    if (typeof after === 'string') return { problem: after };
    const failure = theirs.find((census): census is string => typeof census === 'string');
    if (after === undefined || failure !== undefined || theirs.includes(undefined)) return { problem: `its parent: ${failure ?? 'not analysed'}` };
    const [first, ...others] = theirs as Census[];
    const found = withoutMerged(differences(first!, after), after, others);
    this.#results.putResult(name, found);
    return { ...found, compared: found.comparisons.length };
  }
}

/** Without what is the same as in another parent. */
function withoutMerged(found: Differences, after: Census, others: readonly Census[]): Differences {
  if (others.length === 0) return found;
  const filter = (groups: readonly ChangeGroup[], same: (index: number, property: string, value: ChangeGroup['changes'][number]['after']) => boolean): ChangeGroup[] =>
    groups.flatMap(({ changes, where }) => changes.flatMap((change) => {
      const own = where.filter((index) => !same(index, change.property, change.after));
      return own.length === 0 ? [] : [{ changes: [change], where: own }];
    }));
  // what the others have there, as it compares with the commit's own
  const known = new Map<number, readonly Holder[]>();
  const theirs = (index: number): readonly Holder[] => {
    let list = known.get(index);
    if (list === undefined) {
      const { machine, model } = found.comparisons[index]!.after;
      const own = after.cpus.get(machine)!.get(model)!;
      known.set(index, list = others.flatMap(({ cpus, lists }) => {
        const cpu = cpus.get(machine)?.get(model);
        return cpu === undefined ? [] : [comparable(cpu, own, { before: lists, after: after.lists }).before];
      }));
    }
    return list;
  };
  const has = { machine: (name: string) => others.some(({ machines }) => machines.has(name)), model: (name: string) => others.some(({ models }) => [...models.values()].some((on) => on.has(name))) };
  return {
    ...found,
    machines: { added: found.machines.added.filter((name) => !has.machine(name)), removed: found.machines.removed.filter((name) => others.every(({ machines }) => machines.has(name))) },
    models: { added: found.models.added.filter((name) => !has.model(name)), removed: found.models.removed.filter((name) => others.every(({ models }) => [...models.values()].some((on) => on.has(name)))) },
    presence: [],
    refusals: [],
    machineFields: filter(found.machineFields, (index, field, value) => others.some(({ machines }) => sameField(machines.get(found.machineComparisons[index]!.after.machine)?.fields[field], value))),
    modelFields: filter(found.modelFields, (index, field, value) => others.some(({ models }) => sameField(models.get(found.comparisons[index]!.after.machine)?.get(found.comparisons[index]!.after.model)?.fields[field], value))),
    cpus: filter(found.cpus, (index, property, value) => theirs(index).some((cpu) => sameValue(valueOf(cpu, property), value))),
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
