import { setImmediate } from 'node:timers/promises';
import { narrowFingerprint } from '../../source/observed.js';
import type { Commit } from '../../source/git-log.js';
import { GitTree } from '../../source/git.js';
import { Printer, type AnalysisQuestions } from '../../x86/questions.js';
import { analysisOptions, type JobOptions } from './job.js';
import type { HistoryResults } from './results.js';

/** So many sets of questions are kept in memory. */
const SETS = 8;
/** The texts of so many trees are, before all is begun anew. */
const TREES = 400;

/**
 * Which commits have the same content, as far as an analysis looks? One that gives the same answers to all questions of an
 * analysis as the commit that was analysed has the same CPUs.
 */
export class Contents {
  #printer: Printer;
  #printed = 0;
  readonly #sets = new Map<string, ReturnType<HistoryResults['narrow']>>();
  readonly #prints = new Map<string, string>();
  /** Commits that wait for the analysis of another one, by trees. */
  readonly #leaders = new Map<string, string>();
  #tree: { readonly id: string; readonly tree: GitTree } | undefined;

  constructor(private readonly repository: string, private readonly options: JobOptions, private readonly results: HistoryResults) {
    this.#printer = new Printer(analysisOptions(options));
  }

  /**
   * Find the contents of these commits, parents before children, without an analysis.
   * @param near the commits that one is most likely the same as
   * @returns those that have to be analysed: of commits that look alike one, since its questions tell whether they are
   */
  async unknown(needed: readonly Commit[], near: (commit: Commit) => readonly Commit[], progress: (done: number, of: number) => void): Promise<Commit[]> {
    const { results } = this;
    const open = needed.filter(({ tree }) => !this.#isKnown(tree));
    const other = open.length === 0 ? undefined : results.any();
    /** What those that stay unknown were judged by. */
    const judges = new Map<string, string>();
    const groups = new Map<string, Commit>();
    for (const [done, commit] of open.entries()) {
      const { tree } = commit;
      // signals are heard between two
      await setImmediate();
      progress(done + 1, open.length);
      const leader = this.#leaders.get(tree);
      const close = [...(leader === undefined ? [] : [results.keyOf(leader)]), ...near(commit).map((of) => results.keyOf(of.tree) ?? judges.get(of.tree))]
        .filter((key): key is string => key !== undefined && results.hasCensus(key));
      const candidates = close.length > 0 || other === undefined ? close : [other];
      const same = [...new Set(candidates)].find((key) => this.#answers(tree, key) === this.#answers(key, key));
      if (same !== undefined) {
        results.setKey(tree, same);
        continue;
      }
      const [judge] = candidates;
      if (judge !== undefined) judges.set(tree, judge);
      const group = judge === undefined ? tree : `${judge} ${this.#answers(tree, judge)}`;
      const first = groups.get(group);
      if (first === undefined) groups.set(group, commit);
      else this.#leaders.set(tree, first.tree);
    }
    return [...groups.values()];
  }

  #isKnown(tree: string): boolean {
    const key = this.results.keyOf(tree);
    return key !== undefined && this.results.hasCensus(key);
  }

  /** The answers of a tree to the questions that the analysis of another one asked. */
  #answers(tree: string, of: string): string {
    const { results } = this;
    const name = `${tree} ${of}`;
    let print = this.#prints.get(name) ?? (tree === of ? results.print(tree) : undefined);
    if (print === undefined) {
      print = this.#print(tree, this.#questions(of));
      if (tree === of) results.setPrint(tree, print);
    }
    this.#prints.set(name, print);
    return print;
  }

  #questions(of: string): ReturnType<HistoryResults['narrow']> {
    let questions = this.#sets.get(of);
    this.#sets.delete(of);
    questions ??= this.results.narrow(of);
    this.#sets.set(of, questions);
    if (this.#sets.size > SETS) this.#sets.delete(this.#sets.keys().next().value!);
    return questions;
  }

  #print(id: string, questions: ReturnType<HistoryResults['narrow']>): string {
    if (questions === undefined) return `unknown ${id}`;
    const isFirst = this.#tree === undefined;
    if (this.#tree?.id !== id) this.#tree = { id, tree: new GitTree(this.repository, id) };
    const { tree } = this.#tree;
    if (isFirst) for (const { read, facts } of this.results.questions(1)) tree.prefetch([...read, ...facts.map(([path]) => path)]);
    if (!('units' in questions)) return narrowFingerprint(tree, questions);
    if (++this.#printed % TREES === 0) this.#printer = new Printer(analysisOptions(this.options));
    try {
      return this.#printer.print(tree, questions satisfies AnalysisQuestions);
    } catch (error) {
      // a broken tree is like no other
      if (error instanceof RangeError) throw error;
      return `broken ${id}`;
    }
  }
}
