import { globMatcher } from '../../source/glob.js';
import { ObservedTree, RememberedFacts, type NarrowQuestions } from '../../source/observed.js';
import { GitTree } from '../../source/git.js';
import type { AnalysisOptions } from '../../x86/analyse.js';
import type { Analysis, Stage } from '../../x86/api.js';
import { Notes, type AnalysisQuestions } from '../../x86/questions.js';
import type { SourceTree } from '../../source/tree.js';
import { takeCensus, type Census } from '../census.js';

/** What an analysis of a commit is to be; all of it decides the result. */
export interface JobOptions {
  readonly accel: string;
  readonly target: 'x86_64' | 'i386';
  readonly define: readonly (readonly [string, string])[];
  readonly without: readonly string[];
  readonly configure: readonly string[];
  readonly stage: Stage;
  /** Shell patterns; none: all but the machine type without anything. */
  readonly machine: readonly string[];
  readonly model: readonly string[];
}

/** What came of it. */
export interface JobResult {
  /** What was asked of the tree: no other path matters. */
  readonly questions: NarrowQuestions;
  /** What of that matters; undefined where it ended before it could tell. */
  readonly narrow: AnalysisQuestions | undefined;
  /** Or why there is none. */
  readonly census: Census | string;
  /** What was not understood. */
  readonly diagnostics: number;
}

const emptyMachine = 'none';

/** Of all commits that this process analyses. */
const facts = new RememberedFacts();

/**
 * Analyse one commit. Never throws for what is in the tree: a revision that does not work has a reason instead of CPUs.
 * @param expected what its tree will be asked for, most likely
 */
export function analyseCommit(repository: string, commit: string, options: JobOptions, analyse: (tree: SourceTree, options: AnalysisOptions, notes: Notes) => Analysis, expected?: NarrowQuestions): JobResult {
  const git = new GitTree(repository, commit);
  if (expected !== undefined) git.prefetch([...expected.read, ...expected.facts.flatMap(([path, names]) => (facts.know(git, path, names) ? [] : [path]))]);
  const tree = new ObservedTree(facts.of(git));
  const notes = new Notes(tree);
  let census: Census | string;
  let diagnostics = 0;
  try {
    const analysis = analyse(tree, analysisOptions(options), notes);
    census = takeCensus(analysis, options.stage, {
      machine: options.machine.length === 0 ? (name) => name !== emptyMachine : matcher(options.machine),
      ...(options.model.length === 0 ? {} : { model: matcher(options.model) }),
    });
    // whichever commit it was, the content is the same
    census = { ...census, origin: '' };
    diagnostics = analysis.diagnostics.filter(({ severity }) => severity === 'error').length;
  } catch (error) {
    if (!(error instanceof Error) || error instanceof RangeError && /memory|allocation/i.test(error.message)) throw error;
    census = (error.message.split('\n')[0] ?? '') || error.name;
  }
  return { questions: tree.narrowQuestions(), narrow: notes.questions, census, diagnostics };
}

/** For the analysis. */
export function analysisOptions({ accel, target, define, without, configure }: JobOptions): AnalysisOptions {
  return { accel, target, define: new Map(define), without, configure };
}

function matcher(patterns: readonly string[]): (name: string) => boolean {
  const globs = patterns.map((pattern) => globMatcher(pattern));
  return (name) => patterns.includes(name) || globs.some((glob) => glob(name));
}
