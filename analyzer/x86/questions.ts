import { UnitPrinter, type UnitQuestions } from '../c/unit-questions.js';
import { createHash } from 'node:crypto';
import { Front, Generated, type FrontQuestion } from '../qom/front.js';
import { prepareTextQuestions, textPrint, wordsPrint, type PreparedTextQuestions, type TextQuestions } from '../qom/function-text.js';
import { narrowFingerprint, ObservedTree, RememberedFacts, type NarrowQuestions } from '../source/observed.js';
import type { Build } from '../source/build/build.js';
import type { SourceTree } from '../source/tree.js';
import { buildOf, type AnalysisOptions } from './analyse.js';
import type { Boot } from './boot.js';

/**
 * What an analysis asked. Its results are the same for every tree that gives the same answers: declarations of C that
 * nobody looked up, parts of the build that decide nothing here, types of the schema that no CPU has to do with, comments
 * and places are not in it.
 */
export interface AnalysisQuestions {
  /** Of the tree itself. */
  readonly tree: NarrowQuestions;
  readonly front: readonly FrontQuestion[];
  readonly units: UnitQuestions;
  readonly texts: TextQuestions;
}

/** Takes what an analysis asks. */
export class Notes {
  readonly identity: ObservedTree;
  /** Set when the analysis has got so far. */
  boot: Boot | undefined;

  constructor(tree: SourceTree) {
    this.identity = new ObservedTree(tree);
  }

  /** What was asked; undefined if the analysis ended before it could tell. */
  get questions(): AnalysisQuestions | undefined {
    if (this.boot === undefined) return undefined;
    const { program, qemu: { front }, texts } = this.boot;
    return { tree: this.identity.narrowQuestions(), front: front.questions, units: program.unitQuestions, texts: texts.questions() };
  }
}

/** So many builds are remembered. */
const BUILDS = 6;

interface Known<T> {
  readonly observed: ObservedTree;
  readonly value: T;
}

/** What was made of trees, for others that answer alike what was asked on the way. */
class Remembered<T> {
  private known: Known<T>[] = [];

  of(tree: SourceTree, make: (tree: SourceTree) => T): T {
    const found = this.known.find(({ observed }) => observed.holdsFor(tree));
    if (found !== undefined) {
      this.known = [found, ...this.known.filter((other) => other !== found)];
      return found.value;
    }
    const observed = new ObservedTree(tree);
    const value = make(observed);
    this.known = [{ observed, value }, ...this.known.slice(0, BUILDS - 1)];
    return value;
  }
}

/** Answers {@link AnalysisQuestions} for many versions of a tree, without an analysis; cheap where they hardly differ. */
export class Printer {
  private units: UnitPrinter | undefined;
  private readonly builds = new Remembered<Build>();
  private readonly generated = new WeakMap<Build, Remembered<Generated>>();
  private readonly facts = new RememberedFacts();
  private readonly prepared = new WeakMap<TextQuestions, PreparedTextQuestions & { readonly prints: Map<string, string> }>();
  private front: { readonly tree: SourceTree; readonly front: Front } | undefined;

  constructor(private readonly options: AnalysisOptions) {}

  /** Equal for trees that give the same answers; it names nothing else. @throws SourceError, and what the front end throws where a tree is broken */
  print(tree: SourceTree, { tree: own, front: asked, units, texts }: AnalysisQuestions): string {
    const front = this.frontOf(tree);
    const hash = createHash('sha256').update(narrowFingerprint(tree, own));
    for (const question of asked) hash.update(`${question.join('\0')}\0${front.answer(question).join('\0')}\n`);
    hash.update(this.textsPrint(tree, texts));
    this.units ??= new UnitPrinter(front);
    hash.update(this.units.print(front, units));
    return hash.digest('hex');
  }

  private frontOf(tree: SourceTree): Front {
    if (this.front?.tree === tree) return this.front.front;
    const remembered = this.facts.of(tree);
    const build = this.builds.of(remembered, (observed) => buildOf(observed, this.options));
    let generated = this.generated.get(build);
    if (generated === undefined) this.generated.set(build, generated = new Remembered());
    const front = new Front(remembered, build, false, generated.of(remembered, (observed) => new Generated(observed, build)));
    this.front = { tree, front };
    return front;
  }

  private textsPrint(tree: SourceTree, questions: TextQuestions): string {
    let prepared = this.prepared.get(questions);
    if (prepared === undefined) this.prepared.set(questions, prepared = { ...prepareTextQuestions(questions), prints: new Map() });
    const { prints } = prepared;
    const print = (path: string, kind: 'functions' | 'words'): string => {
      const work = kind === 'functions' ? textPrint : wordsPrint;
      const id = tree.contentId?.(path);
      if (id === undefined) return tree.has(path) ? work(tree.read(path)!, prepared) : '-';
      const key = `${kind} ${id}`;
      let known = prints.get(key);
      if (known === undefined) prints.set(key, known = work(tree.read(path)!, prepared));
      return known;
    };
    const lines = [...questions.covered.map((path) => `${path} ${print(path, 'functions')}`), ...questions.worded.map((path) => `${path} ${print(path, 'words')}`)];
    return createHash('sha256').update(lines.join('\n')).digest('hex');
  }
}
