import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { analyzerVersion } from '../../cache/analyzer-version.js';
import { pack, unpack } from '../../cache/envelope.js';
import { Store } from '../../cache/store.js';
import type { NarrowQuestions } from '../../source/observed.js';
import type { ResolvedCpu } from '../../x86/api.js';
import type { Census } from '../census.js';
import type { Differences } from '../differences.js';
import { packCensus, restoreDifferences, storeDifferences, unpackCensus } from './codec.js';
import type { JobOptions, JobResult } from './job.js';

/** Changes when the files' meaning or the way of comparing does. */
const FORMAT = '2';

/**
 * What is known of commits, in files of one directory:
 *   tree-ID      a git tree: the name of its content, as far as the analysis looks
 *   asked-ID     questions that an analysis asked
 *   census-ID    the CPUs of a content, or why there are none
 *   result-ID-ID what differs between two contents
 * Several processes may work on it at once, and directories of the same kind can be put together by copying files.
 */
export class HistoryResults {
  readonly #store: Store;
  readonly #folder: string;

  constructor(readonly directory: string, options: JobOptions, version: string = analyzerVersion()) {
    this.#store = new Store(directory, Infinity);
    const sum = createHash('sha256').update(JSON.stringify([FORMAT, version, options.accel, options.target, options.define, options.without, options.stage, options.machine, options.model])).digest('hex');
    this.#folder = sum.slice(0, 24);
  }

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

  /** Every set of questions that some analysis asked. */
  questions(): NarrowQuestions[] {
    return this.#names().filter((name) => name.startsWith('asked-')).flatMap((name) => {
      const packed = this.#store.read(`${this.#folder}/${name}`) as Uint8Array | undefined;
      return packed === undefined ? [] : [unpack(packed) as NarrowQuestions];
    });
  }

  put(tree: string, { key, questions, census }: JobResult): void {
    const bytes = pack(questions);
    this.#store.write(`${this.#folder}/asked-${createHash('sha256').update(JSON.stringify(questions)).digest('hex').slice(0, 24)}`, new Uint8Array(bytes));
    this.#store.write(`${this.#folder}/census-${key}`, typeof census === 'string' ? census : packCensus(census));
    this.setKey(tree, key);
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
