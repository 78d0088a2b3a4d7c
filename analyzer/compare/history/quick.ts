import { commitsNamed, commitsOf, type Commit } from '../../source/git-log.js';
import { anyDifference } from '../differences.js';
import { Comparer, Workbench, type History, type HistoryEntry, type HistoryProblem, type HistoryRequest } from './history.js';

/** A stretch of a line of commits, by places in it. */
interface Stretch {
  readonly line: readonly Commit[];
  readonly from: number;
  readonly to: number;
  /** The merge that brings this line. */
  readonly merge: Merge | undefined;
}

/** A merge that changes something: its own change, if no commit that it brings is found to do so. */
interface Merge {
  readonly entry: HistoryEntry;
  readonly outer: Merge | undefined;
  explained: boolean;
}

/**
 * As history(), with few analyses: the way from A to B along first parents is halved again and again, and a stretch
 * whose ends have the same CPUs is not looked into; nor is the second parent of a merge that changes nothing. So a change
 * that is undone on the same stretch is not seen.
 * @throws SourceError, InterruptedError
 */
export async function quickHistory(request: HistoryRequest): Promise<History> {
  const bench = new Workbench(request);
  const comparer = new Comparer(request);
  const differ = request.interesting ?? anyDifference;
  const entries: HistoryEntry[] = [];
  const problems: HistoryProblem[] = [];
  const seen = new Set<string>();
  let commits = 0;
  const merges: Merge[] = [];
  const explain = (merge: Merge | undefined): void => { for (let at = merge; at !== undefined; at = at.outer) at.explained = true; };
  const line = async (range: string, merge?: Merge): Promise<Stretch | undefined> => {
    const found = await commitsOf(request.repository, range, { firstParent: true });
    const base = found[0]?.parents[0];
    if (base === undefined) return undefined;
    commits += found.length;
    return { line: [...await commitsNamed(request.repository, [base]), ...found], from: 0, to: found.length, merge };
  };
  const whole = await line(request.revisions[0]!);
  if (whole !== undefined) await bench.begin(whole.line.at(-1)!);
  let level = whole === undefined ? [] : [whole];
  while (level.length > 0) {
    // the last place at which something that matters changes stands for the end
    const stretches = level.flatMap((stretch) => {
      const places = relevantPlaces(stretch, bench);
      return places.length === 0 ? [] : [{ ...stretch, places }];
    });
    const starts = new Map(stretches.map(({ line: of, from, places }) => [of[places.at(-1)!]!.id, of[from]!]));
    await bench.analyse(stretches.flatMap(({ line: of, from, places }) => [of[from]!, of[places.at(-1)!]!]), ({ id }) => (starts.has(id) ? [starts.get(id)!] : []));
    const next: Stretch[] = [];
    for (const { line: of, from, places, merge } of stretches) {
      const end = of[places.at(-1)!]!;
      for (const place of places) seen.add(of[place]!.id);
      const result = comparer.compare(end, [of[from]!]);
      if (result === undefined) continue;
      if (places.length > 1) {
        if (!('problem' in result) && !differ(result)) continue;
        const middle = places[Math.floor((places.length - 1) / 2)]!;
        next.push({ line: of, from, to: middle, merge }, { line: of, from: middle, to: places.at(-1)!, merge });
      } else if ('problem' in result) {
        explain(merge);
        problems.push({ commit: end, problem: result.problem });
      }
      else if (differ(result)) {
        const [first, second] = end.parents;
        const entry: HistoryEntry = { commit: end, before: of[from]!.id, found: result };
        const own: Merge = { entry, outer: merge, explained: false };
        const inside = second === undefined ? undefined : await line(`${first!}..${second}`, own);
        if (inside === undefined) {
          entries.push(entry);
          explain(merge);
        } else {
          merges.push(own);
          next.push(inside);
        }
      }
    }
    level = next;
  }
  const relevant = seen.size;
  for (const merge of merges) if (!merge.explained && !merges.some((other) => other.outer === merge && !other.explained)) entries.push(merge.entry);
  const order = [...entries].sort((a, b) => (a.commit.date < b.commit.date ? -1 : a.commit.date > b.commit.date ? 1 : 0));
  return { commits, relevant, contents: bench.contents, analysed: bench.analysed, seconds: bench.seconds, checked: 0, entries: order, problems };
}

/** Where, after `from`, something changes that an analysis asks for. */
function relevantPlaces({ line, from, to }: Stretch, bench: Workbench): number[] {
  const places: number[] = [];
  for (let i = from + 1; i <= to; i++) if (line[i]!.changes.some((change) => bench.relevance.matters(change))) places.push(i);
  return places;
}
