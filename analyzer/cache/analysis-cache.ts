import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { directoriesOf, factsPrint, narrowFingerprint, ObservedTree, type NarrowQuestions } from '../source/observed.js';
import { factNamed } from '../source/facts.js';
import { PackedTree } from '../source/packed.js';
import { SourceError, type SourceTree } from '../source/tree.js';
import type { AnalysisOptions } from '../x86/analyse.js';
import { analyzerVersion } from './analyzer-version.js';
import { Answers } from './answers.js';
import { CachedAnalysis, type Questionable } from './cached-analysis.js';
import { pack, unpack } from './envelope.js';
import { cacheDirectory, Store } from './store.js';

/** Makes a real analysis. */
export type Analyse = (tree: SourceTree, options: AnalysisOptions) => Questionable;

/** What was known of a tree when it was last seen. */
interface Pointer {
  readonly asked: string;
  readonly said: string;
  readonly stamps?: Stamps;
}

/** For trees that can change: stamps of the files that were read, and of all directories in which something was looked for; '' where one says too little. */
interface Stamps {
  readonly read: readonly string[];
  readonly directories: readonly string[];
  /** Of the files of which only facts were asked, and these. */
  readonly facts: readonly string[];
  readonly factPrints: readonly string[];
}

/** A tree as the cache knows it. */
interface Known {
  readonly pointer: Pointer;
  readonly questions: NarrowQuestions;
}

/** File systems tell time in steps, of two seconds at most: a file that changed so recently may change again under the same stamp. */
const stampAge = 2000;
/** So many sets of questions are tried on a tree that was not seen before. */
const tries = 8;

/**
 * Analyses of trees that have been analysed before.
 *
 * Whether a tree is the same is decided by the answers that it gives to the questions that the analysis asked it
 * (which paths exist, what files contain): so a file that no analysis reads can change, and one that appears where an
 * earlier include directory was found empty cannot go unnoticed. A revision of a repository, an archive and a directory
 * that give the same answers share what is known of them.
 *
 * A folder for each version of the analyzer and set of options holds
 *   asked-ID  the questions that an analysis asked the tree
 *   said-ID   what the analysis was asked and what it answered; the ID is the hash of the tree's answers
 *   at-ID     for a place (a directory, a git tree, an archive): which of the above, with stamps by which to see quickly
 *             that nothing changed
 */
export class AnalysisCache {
  constructor(private readonly store: Store = new Store(cacheDirectory()), private readonly version: (store: Store) => string = analyzerVersion) {}

  /** Is this an archive that has been analysed before, and is it unchanged? */
  recognises(tree: SourceTree): boolean {
    return tree instanceof PackedTree && this.recorded(tree) !== undefined;
  }

  /** @param analyse is called when a question comes that is not answered yet. @throws what it throws, here for a tree that is not known at all */
  open(tree: SourceTree, options: AnalysisOptions, analyse: Analyse): CachedAnalysis {
    const folder = hash('folder', this.version(this.store), optionsKey(options));
    const begun = Date.now();
    const place = this.placeOf(tree);
    const known = this.find(folder, tree, place);
    const said = known && this.store.read(`${folder}/said-${known.pointer.said}`);
    const observed = new ObservedTree(tree);
    let real: Questionable | undefined;
    const state: Session = { folder, tree, observed, place, begun, known: said === undefined ? undefined : known, said: said === undefined ? undefined : known?.pointer.said };
    return new CachedAnalysis(tree.origin, options.accel, said === undefined ? new Answers() : Answers.from(said), {
      real: () => real ??= analyse(observed, options),
      save: (answers) => this.save(state, answers),
    }, options.host);
  }

  /** What names the place: stable, and for trees that cannot change also their content. */
  private placeOf(tree: SourceTree): string | undefined {
    if (tree.root !== undefined) return hash('directory', realpathSync(tree.root));
    const revision = tree instanceof PackedTree ? this.recorded(tree) ?? this.record(tree) : tree.revision?.();
    return revision === undefined ? undefined : hash(revision);
  }

  private recorded(tree: PackedTree): string | undefined {
    const known = this.store.read(archiveName(tree)) as { stamp: string; revision: string } | undefined;
    return known?.stamp === tree.filesStamp().text ? known.revision : undefined;
  }

  /** An archive's checksum takes a while: next time its stamp will do. */
  private record(tree: PackedTree): string {
    const stamp = tree.filesStamp();
    const now = Date.now();
    const revision = tree.revision();
    if (stamp.changed < now - stampAge) this.store.write(archiveName(tree), { stamp: stamp.text, revision });
    return revision;
  }

  private find(folder: string, tree: SourceTree, place: string | undefined): Known | undefined {
    const at = place === undefined ? undefined : `${folder}/at-${place}`;
    const pointer = at === undefined ? undefined : this.store.read(at) as Pointer | undefined;
    if (pointer !== undefined && this.store.has(`${folder}/said-${pointer.said}`)) {
      const questions = this.questions(`${folder}/asked-${pointer.asked}`);
      const fresh = questions !== undefined && tree.root !== undefined ? stampsHold(tree, pointer, questions) : pointer;
      if (questions !== undefined && fresh !== undefined) {
        if (fresh !== pointer) this.store.write(at!, fresh);
        this.touch(folder, pointer, place);
        return { pointer: fresh, questions };
      }
    }
    for (const name of this.store.names(folder).filter((name) => name.startsWith(`${folder}/asked-`)).slice(0, tries)) {
      const questions = this.questions(name);
      if (questions === undefined) continue;
      const begun = Date.now();
      const said = narrowFingerprint(tree, questions);
      if (!this.store.has(`${folder}/said-${said}`)) continue;
      const found: Pointer = { asked: name.slice(`${folder}/asked-`.length), said, ...stampsOf(tree, questions, begun, (facts) => factsPrint(tree, facts)) };
      if (at !== undefined) this.store.write(at, found);
      this.touch(folder, found, place);
      return { pointer: found, questions };
    }
    return undefined;
  }

  private questions(name: string): NarrowQuestions | undefined {
    const packed = this.store.read(name) as Uint8Array | undefined;
    return packed && unpack(packed) as NarrowQuestions;
  }

  private touch(folder: string, { asked, said }: Pointer, place: string | undefined): void {
    for (const name of [`asked-${asked}`, `said-${said}`, ...(place === undefined ? [] : [`at-${place}`])]) this.store.touch(`${folder}/${name}`);
  }

  private save(session: Session, answers: Answers): void {
    const { folder, tree, observed, place, begun, known } = session;
    let questions = observed.narrowQuestions();
    if (known !== undefined) {
      try {
        for (const path of known.questions.has) observed.has(path);
        for (const path of known.questions.read) observed.read(path);
        for (const path of known.questions.list) observed.list(path);
        for (const [path, names] of known.questions.facts) for (const name of names) observed.fact(path, factNamed(name));
      } catch (error) {
        if (error instanceof SourceError) return;
        throw error;
      }
      // if what the earlier answers depend on has changed since, no fingerprint fits all answers
      if (observed.fingerprint(known.questions) !== known.pointer.said) return;
      questions = observed.narrowQuestions();
    }
    const asked = hash('asked', JSON.stringify(questions));
    const said = observed.fingerprint(questions);
    const name = `${folder}/said-${said}`;
    const others = this.store.read(name);
    if (others !== undefined) answers.merge(Answers.from(others));
    if (!this.store.has(`${folder}/asked-${asked}`)) this.store.write(`${folder}/asked-${asked}`, new Uint8Array(pack(questions)));
    if (!this.store.write(name, answers.packed())) return;
    if (place !== undefined) this.store.write(`${folder}/at-${place}`, { asked, said, ...stampsOf(tree, questions, begun, (facts) => observed.factsPrint(facts)) } satisfies Pointer);
    if (session.said !== undefined && session.said !== said) this.store.remove(`${folder}/said-${session.said}`);
    session.said = said;
    this.store.prune();
  }
}

/** One opened tree. */
interface Session {
  readonly folder: string;
  readonly tree: SourceTree;
  readonly observed: ObservedTree;
  readonly place: string | undefined;
  readonly begun: number;
  readonly known: Known | undefined;
  /** What this one replaces by what it keeps. */
  said: string | undefined;
}

/** The pointer, if the tree is what it was: with new stamps where a file changed of which facts were asked that did not. */
function stampsHold(tree: SourceTree, pointer: Pointer, questions: NarrowQuestions): Pointer | undefined {
  const { stamps } = pointer;
  const stamp = tree.stamp?.bind(tree);
  if (stamps === undefined || stamp === undefined) return undefined;
  const directories = directoriesOf(questions);
  const holds = (path: string, known: string | undefined): boolean => known !== '' && stamp(path).text === known;
  if (!questions.read.every((path, i) => holds(path, stamps.read[i])) || !directories.every((path, i) => holds(path, stamps.directories[i]))) return undefined;
  const begun = Date.now();
  const changed = questions.facts.flatMap(([path], i) => (holds(path, stamps.facts[i]) ? [] : [i]));
  if (changed.length === 0) return pointer;
  if (changed.some((i) => factsPrint(tree, questions.facts[i]!) !== stamps.factPrints[i])) return undefined;
  const facts = [...stamps.facts];
  for (const i of changed) facts[i] = oldStamp(tree, questions.facts[i]![0], begun);
  return { ...pointer, stamps: { ...stamps, facts } };
}

/** Stamps are taken after the files were read: one that is older than that was the same then. */
function stampsOf(tree: SourceTree, questions: NarrowQuestions, begun: number, print: (facts: NarrowQuestions['facts'][number]) => string): Pick<Pointer, 'stamps'> {
  if (tree.root === undefined || tree.stamp === undefined) return {};
  const take = (path: string): string => oldStamp(tree, path, begun);
  return { stamps: {
    read: questions.read.map(take), directories: directoriesOf(questions).map(take),
    facts: questions.facts.map(([path]) => take(path)), factPrints: questions.facts.map(print),
  } };
}

/** The stamp of a path, '' if it changed so recently that it may change again under the same one. */
function oldStamp(tree: SourceTree, path: string, begun: number): string {
  const { text, changed } = tree.stamp!(path);
  return changed < begun - stampAge ? text : '';
}

function archiveName(tree: PackedTree): string {
  return `archives/${hash('archive', realpathSync(tree.origin))}`;
}

/** The options as text, whatever they are. */
function optionsKey(options: AnalysisOptions): string {
  return JSON.stringify(options, (_key, value: unknown) => {
    if (value instanceof Map) return { map: [...(value as Map<unknown, unknown>)] };
    if (typeof value === 'bigint') return { bigint: String(value) };
    if (value instanceof Set) return { set: [...(value as Set<unknown>)] };
    if (typeof value === 'function') throw new TypeError('a function is no option');
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    // what is in it might not show: two options must never be taken for one
    if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null) throw new TypeError('an option says in toJSON() what it is');
    return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function hash(...parts: readonly string[]): string {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(`${Buffer.byteLength(part)}:`).update(part);
  return sum.digest('hex').slice(0, 32);
}
