import { deserialize, serialize } from 'node:v8';
import type { Diagnostic } from '../c/runtime.js';
import type { ResolvedCpu } from '../x86/api.js';
import { pack, unpack } from './envelope.js';
import { packStates, unpackStates, type PackedStates } from './states.js';

/** A method of an analysis and its arguments. Equal methods have equally many. */
export type Question = readonly [method: string, ...args: string[]];

/** How an analysis refused. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  /** For a name that does not exist. */
  readonly unknown?: { readonly kind: string; readonly wanted: string; readonly suggestions: readonly string[] };
}

export interface Answer {
  readonly value?: unknown;
  readonly failure?: Failure;
  /** What was not understood, by the time of the answer, and may affect it: rather one too many. */
  readonly diagnostics: readonly Diagnostic[];
}

type Index = Map<string, Index | number>;

interface Segment {
  /** Where each answer ends. */
  readonly ends: Uint32Array;
  readonly packed: Uint8Array;
}

interface PackedAnswers {
  readonly index: Index;
  /** By answer: what it is (a CPU's number, or else the complement of another answer's), and its diagnostics. */
  readonly references: Int32Array;
  readonly groups: Uint32Array;
  readonly diagnostics: readonly (readonly Diagnostic[])[];
  readonly cpus: Uint8Array;
  readonly segments: readonly Segment[];
}

/** Bytes of answers that are compressed together. */
const segmentSize = 1 << 20;

/**
 * Answers by question. Equal answers are kept once, CPUs in columns. What was loaded is decoded when it is asked for.
 */
export class Answers {
  /** Grows with every new answer. */
  extent = 0;
  private index: Index = new Map();
  private references: number[] = [];
  private groups: number[] = [];
  private diagnostics: (readonly Diagnostic[])[] = [];
  private readonly groupNumbers = new Map<string, number>();
  private readonly pairNumbers = new Map<string, number>();
  private packedCpus: Uint8Array | undefined;
  private cpus: ResolvedCpu[] = [];
  private readonly cpuNumbers = new Map<string, number>();
  private segments: Segment[] = [];
  /** Answers other than CPUs, encoded; those of segments only once one of the segment is needed. */
  private blobs: (Buffer | undefined)[] = [];
  private readonly decoded = new Map<number, unknown>();
  private blobNumbers: Map<string, number> | undefined;

  /** From what {@link packed} made. */
  static from(packed: unknown): Answers {
    const { index, references, groups, diagnostics, cpus, segments } = packed as PackedAnswers;
    const answers = new Answers();
    answers.index = index;
    answers.references = [...references];
    answers.groups = [...groups];
    answers.diagnostics = [...diagnostics];
    answers.packedCpus = cpus;
    answers.segments = [...segments];
    answers.blobs = new Array<Buffer | undefined>(segments.reduce((sum, { ends }) => sum + ends.length, 0)).fill(undefined);
    return answers;
  }

  /** For {@link from}. */
  packed(): PackedAnswers {
    this.closeSegments();
    return {
      index: this.index, references: Int32Array.from(this.references), groups: Uint32Array.from(this.groups), diagnostics: this.diagnostics,
      cpus: this.packedCpus ?? pack(packStates(this.cpus)), segments: this.segments,
    };
  }

  find(question: Question): Answer | undefined {
    let at: Index | number | undefined = this.index;
    for (const word of question) at = (at as Index | undefined)?.get(word);
    return at === undefined ? undefined : this.answer(at as number);
  }

  private answer(number: number): Answer {
    const reference = this.references[number]!;
    const diagnostics = this.diagnostics[this.groups[number]!]!;
    if (reference >= 0) return { value: this.allCpus()[reference], diagnostics };
    const content = this.content(~reference) as { value?: unknown; failure?: Failure };
    return { ...content, diagnostics };
  }

  /** Keep an answer. A CPU that is known already is returned as the object that it is known as. @throws DataCloneError for what cannot be kept */
  add(question: Question, { value, failure, diagnostics }: Answer, isCpu: boolean): Answer {
    const reference = isCpu && failure === undefined ? this.cpuNumber(value as ResolvedCpu) : ~this.blobNumber(failure === undefined ? { value } : { failure });
    const group = this.groupNumber(diagnostics);
    const key = `${reference} ${group}`;
    let number = this.pairNumbers.get(key);
    if (number === undefined) {
      this.pairNumbers.set(key, number = this.references.length);
      this.references.push(reference);
      this.groups.push(group);
    }
    this.place(question, number);
    this.extent++;
    return reference >= 0 ? { value: this.cpus[reference], diagnostics } : { ...(failure === undefined ? { value } : { failure }), diagnostics };
  }

  /** Take over what others know and these do not. */
  merge(others: Answers): void {
    const walk = (index: Index, question: string[]): void => {
      for (const [word, next] of index) {
        const asked = [...question, word] as unknown as Question & string[];
        if (typeof next !== 'number') walk(next, asked);
        else if (this.find(asked) === undefined) this.add(asked, others.answer(next), others.references[next]! >= 0);
      }
    };
    walk(others.index, []);
  }

  private place(question: Question, number: number): void {
    let index = this.index;
    for (const word of question.slice(0, -1)) {
      let next = index.get(word) as Index | undefined;
      if (next === undefined) index.set(word, next = new Map());
      index = next;
    }
    index.set(question.at(-1)!, number);
  }

  private allCpus(): ResolvedCpu[] {
    if (this.packedCpus !== undefined && this.cpus.length === 0) {
      this.cpus = unpackStates(unpack(this.packedCpus) as PackedStates);
      this.cpus.forEach(({ id }, number) => this.cpuNumbers.set(id, number));
    }
    return this.cpus;
  }

  private cpuNumber(cpu: ResolvedCpu): number {
    const cpus = this.allCpus();
    let number = this.cpuNumbers.get(cpu.id);
    if (number === undefined) {
      this.cpuNumbers.set(cpu.id, number = cpus.length);
      cpus.push(cpu);
      this.packedCpus = undefined;
    }
    return number;
  }

  private groupNumber(diagnostics: readonly Diagnostic[]): number {
    const key = JSON.stringify(diagnostics);
    if (this.groupNumbers.size === 0) this.diagnostics.forEach((known, number) => this.groupNumbers.set(JSON.stringify(known), number));
    let number = this.groupNumbers.get(key);
    if (number === undefined) {
      this.groupNumbers.set(key, number = this.diagnostics.length);
      this.diagnostics.push([...diagnostics]);
    }
    return number;
  }

  private blobNumber(content: object): number {
    const bytes = serialize(content);
    if (this.blobNumbers === undefined) {
      this.blobNumbers = new Map();
      for (let number = 0; number < this.blobs.length; number++) this.blobNumbers.set(this.blob(number).toString('latin1'), number);
    }
    const key = bytes.toString('latin1');
    let number = this.blobNumbers.get(key);
    if (number === undefined) {
      this.blobNumbers.set(key, number = this.blobs.length);
      this.blobs.push(bytes);
      this.decoded.set(number, content);
    }
    return number;
  }

  private content(number: number): unknown {
    if (!this.decoded.has(number)) this.decoded.set(number, deserialize(this.blob(number)));
    return this.decoded.get(number);
  }

  private blob(number: number): Buffer {
    const known = this.blobs[number];
    if (known !== undefined) return known;
    let first = 0;
    for (const { ends, packed } of this.segments) {
      if (number < first + ends.length) {
        const bytes = Buffer.from(unpack(packed) as Uint8Array);
        ends.forEach((end, i) => { this.blobs[first + i] = bytes.subarray(ends[i - 1] ?? 0, end); });
        break;
      }
      first += ends.length;
    }
    return this.blobs[number]!;
  }

  /** Put what is new into segments; the others stay as they were loaded. */
  private closeSegments(): void {
    let next = this.segments.reduce((sum, { ends }) => sum + ends.length, 0);
    while (next < this.blobs.length) {
      const parts: Buffer[] = [];
      const ends: number[] = [];
      for (let size = 0; next < this.blobs.length && size < segmentSize; next++) {
        parts.push(this.blobs[next]!);
        ends.push(size += this.blobs[next]!.length);
      }
      this.segments.push({ ends: Uint32Array.from(ends), packed: pack(new Uint8Array(Buffer.concat(parts))) });
    }
  }
}
