import type { Commit } from '../../source/git-log.js';
import { anyDifference, differences } from '../differences.js';
import type { HistoryProblem } from './history.js';
import type { HistoryResults } from './results.js';

/** A commit that was not analysed, and the one that it was taken for. */
export interface Taken {
  readonly commit: Commit;
  /** Trees. */
  readonly as: string;
}

export const MISTAKEN = 'it was taken for the same as another one, and is not';

/** So many of them, chosen over all of them in a way that is the same each time. */
export function sampleOf(taken: readonly Taken[], count: number): Taken[] {
  return [...taken].sort((a, b) => (a.commit.id < b.commit.id ? -1 : 1)).slice(0, count);
}

/**
 * Hold the results of commits that were analysed nevertheless against those of what they were taken for. The results
 * then say again what they said before.
 */
export function checkTaken(taken: readonly Taken[], results: HistoryResults): HistoryProblem[] {
  return taken.flatMap(({ commit, as }): HistoryProblem[] => {
    const [mine, theirs] = [results.census(commit.tree), results.census(as)];
    results.setKey(commit.tree, as);
    if (mine === undefined || theirs === undefined) return [{ commit, problem: 'not analysed' }];
    const same = typeof mine === 'string' || typeof theirs === 'string' ? mine === theirs : !anyDifference(differences(theirs, mine));
    return same ? [] : [{ commit, problem: MISTAKEN }];
  });
}
