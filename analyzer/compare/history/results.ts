import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { analyzerVersion } from '../../cache/analyzer-version.js';
import { pack, unpack } from '../../cache/envelope.js';
import { Store } from '../../cache/store.js';
import type { NarrowQuestions } from '../../source/observed.js';
import type { ResolvedCpu } from '../../x86/api.js';
import type { AnalysisQuestions } from '../../x86/questions.js';
import type { Census } from '../census.js';
import type { Differences } from '../differences.js';
import { packCensus, restoreDifferences, storeDifferences, unpackCensus } from './codec.js';
import type { JobOptions, JobResult } from './job.js';

/** Changes when the files' meaning or the way of comparing does. */
const FORMAT = '3';

/**
 * What is known of commits, in files of one directory:
 *   tree-ID      a git tree: the one that was analysed and has the same content, as far as the analysis looks
 *   asked-HASH   what an analysis asked of its tree
 *   narrow-ID    what of that matters, for a tree that was analysed
 *   print-ID     its own answers to that, as one hash
 *   census-ID    its CPUs, or why there are none
 *   result-ID-ID what differs between two of these
 * Several processes may work on it at once, and directories of the same kind can be put together by copying files.
 */
export class HistoryResults {
  readonly #store: Store;
  readonly #folder: string;

  constructor(readonly directory: string, options: JobOptions, version: string = analyzerVersion()) {
    this.#store = new Store(directory, Infinity);
    const sum = createHash('sha256').update(JSON.stringify([FORMAT, version, options.accel, options.target, options.define, options.without, ...(options.configure.length === 0 ? [] : [{ configure: options.configure }]), options.stage, options.machine, options.model])).digest('hex');
    this.#folder = sum.slice(0, 24);
  }

  /** The analysed tree with the same content as this one. */
  keyOf(tree: string): string | undefined {
    return this.#store.read(`${this.#folder}/tree-${tree}`) as string | undefined;
  }

  setKey(tree: string, key: string): void {
    this.#store.write(`${this.#folder}/tree-${tree}`, key);
  }

  hasCensus(key: string): boolean {
    return this.#store.has(`${this.#folder}/census-${key}`);
  }

  /** The CPUs, or why there are none; undefined where it is not known. */
  census(key: string, shared?: Map<string, ResolvedCpu>): Census | string | undefined {
    const stored = this.#store.read(`${this.#folder}/census-${key}`) as Uint8Array | string | undefined;
    return typeof stored === 'string' || stored === undefined ? stored : unpackCensus(stored, shared);
  }

  /** The sets of questions that analyses asked. */
  questions(atMost = Infinity): NarrowQuestions[] {
    return this.#names().filter((name) => name.startsWith('asked-')).slice(0, atMost).flatMap((name) => {
      const packed = this.#store.read(`${this.#folder}/${name}`) as Uint8Array | undefined;
      return packed === undefined ? [] : [unpack(packed) as NarrowQuestions];
    });
  }

  put(tree: string, { questions, narrow, census }: JobResult): void {
    this.#store.write(`${this.#folder}/asked-${createHash('sha256').update(JSON.stringify(questions)).digest('hex').slice(0, 24)}`, new Uint8Array(pack(questions)));
    this.#store.write(`${this.#folder}/narrow-${tree}`, new Uint8Array(pack(narrow ?? questions)));
    this.#store.write(`${this.#folder}/census-${tree}`, typeof census === 'string' ? census : packCensus(census));
    this.setKey(tree, tree);
  }

  /** What the analysis of this tree asked, as narrowly as is known. */
  narrow(tree: string): AnalysisQuestions | NarrowQuestions | undefined {
    const packed = this.#store.read(`${this.#folder}/narrow-${tree}`) as Uint8Array | undefined;
    return packed && unpack(packed) as AnalysisQuestions | NarrowQuestions;
  }

  print(tree: string): string | undefined {
    return this.#store.read(`${this.#folder}/print-${tree}`) as string | undefined;
  }

  setPrint(tree: string, print: string): void {
    this.#store.write(`${this.#folder}/print-${tree}`, print);
  }

  /** Some tree that was analysed. */
  any(): string | undefined {
    return this.#names().find((name) => name.startsWith('census-'))?.slice('census-'.length);
  }

  result(name: string): (Differences & { readonly compared: number }) | undefined {
    const packed = this.#store.read(`${this.#folder}/result-${name}`) as Uint8Array | undefined;
    return packed && restoreDifferences(unpack(packed));
  }

  putResult(name: string, found: Differences): void {
    this.#store.write(`${this.#folder}/result-${name}`, new Uint8Array(pack(storeDifferences(found))));
  }

  #names(): string[] {
    try {
      return readdirSync(join(this.directory, this.#folder));
    } catch {
      return [];
    }
  }
}
