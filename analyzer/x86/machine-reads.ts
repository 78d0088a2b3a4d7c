import type { Memory } from '../c/memory.js';
import { Unknown, type Value } from '../c/unknown.js';
import type { Boot } from './boot.js';
import { ReadLog } from './read-log.js';

/** Reads of the started machine's state, and what they gave. */
export interface Reads {
  readonly addresses: Int32Array;
  readonly sizes: Uint16Array;
  /** Two for each read: the words of a known integer. */
  readonly words: Uint32Array;
  /** Of other reads, by number: bytes with an unknown one among them, or of an odd number, as text. */
  readonly texts: ReadonlyMap<number, string> | undefined;
  /** The objects of the machine whose path was asked for. */
  readonly paths: readonly (readonly [object: number, path: string])[];
}

/**
 * What differs from one started machine type to the next is what its start may have written: its own objects, and variables
 * that CPU code reads. What is executed in between is the same on another machine type if its reads of these give the same.
 */
export class MachineReads {
  private heap = { from: 0, to: 0 };
  /** What the run under observation, or the last one, has read. */
  private log = new ReadLog();
  private spare = new ReadLog();
  /** The objects whose path it asked for. */
  private asked = new Set<number>();
  private isObserving = false;
  /** The paths of the machine's objects that were asked for. */
  private readonly paths = new Map<number, string>();

  /** @param except a variable that is accounted for otherwise */
  constructor(private readonly boot: Boot, private readonly except: number | undefined) {
    boot.qemu.hooks.canonicalPath.around = ([object], execute) => this.askPath(object!, execute);
  }

  private get memory(): Memory {
    return this.boot.program.memory;
  }

  /**
   * Where an object of the machine stands is looked up in tables whose layout differs from one machine type to the next, and
   * rarely anything else does: so what counts is the answer.
   */
  private askPath(object: Value, execute: () => Value): Value {
    const { memory, boot: { program } } = this;
    const isOurs = typeof object === 'number' && object >= this.heap.from && object < this.heap.to;
    if (!this.isObserving || !isOurs || memory.isRecording || program.follows !== undefined || memory.watcher?.store !== undefined) return execute();
    const known = this.paths.get(object);
    // while somebody wants to see which functions run, they must
    if (known !== undefined && program.executed === undefined) {
      this.asked.add(object);
      // whoever wants to know whether anything of the machine is looked at
      memory.watcher?.load?.(object, 1);
      return memory.allocateCString(known);
    }
    const { log } = this;
    if (log === this.spare) return execute();
    this.log = this.spare;
    this.log.clear();
    let path: string | undefined;
    try {
      const result = execute();
      path = typeof result === 'number' && result !== 0 ? memory.tryCString(result) : undefined;
      return result;
    } finally {
      const { addresses, sizes } = this.log.reads();
      this.log = log;
      if (path !== undefined) {
        this.paths.set(object, path);
        this.asked.add(object);
      } else for (let i = 0; i < addresses.length; i++) log.add(addresses[i]!, sizes[i]!);
    }
  }

  /** A machine has been started: its objects are what was allocated since the heap ended at `from`. */
  started(from: number): void {
    const { memory } = this;
    this.heap = { from, to: memory.top };
    memory.watch(from, Math.max(1, this.heap.to - from));
    this.paths.clear();
    const variables = this.boot.skim.written().filter(({ address }) => address !== this.except);
    for (const { address, size } of variables) memory.watch(address, size);
    for (const log of [this.log, this.spare]) log.concern(variables, from, this.heap.to);
  }

  /** Run something, noting what it reads. `also` hears of every read that is watched. */
  observe<T>(run: () => T, also?: (address: number, size: number) => void): T {
    const { memory } = this;
    const { watcher } = memory;
    this.log.clear();
    this.asked.clear();
    this.isObserving = true;
    memory.watcher = {
      load: (address, size) => {
        also?.(address, size);
        this.log.add(address, size);
      },
    };
    try {
      return run();
    } finally {
      this.isObserving = false;
      memory.watcher = watcher;
    }
  }

  /** What the run that is observed, or was last, has read so far: asked with the state as it was before that run. */
  soFar(): () => Reads {
    const { addresses, sizes } = this.log.reads();
    const asked = [...this.asked];
    return () => this.now(addresses, sizes, asked);
  }

  private now(addresses: Int32Array, sizes: Uint16Array, asked: readonly number[]): Reads {
    const { memory } = this;
    const words = new Uint32Array(2 * addresses.length);
    let texts: Map<number, string> | undefined;
    for (let i = 0; i < addresses.length; i++) {
      const address = addresses[i]!;
      const size = sizes[i]!;
      if (isInteger(size) && memory.isKnown(address, size)) {
        words[2 * i] = memory.word(address, size);
        if (size === 8) words[2 * i + 1] = memory.word(address + 4, 4);
      } else (texts ??= new Map()).set(i, this.text(address, size));
    }
    return { addresses, sizes, words, texts, paths: asked.map((object) => [object, this.pathNow(object) ?? '']) };
  }

  /** What was not executed would have read this. */
  note({ addresses, sizes, paths }: Reads): void {
    for (let i = 0; i < addresses.length; i++) this.log.add(addresses[i]!, sizes[i]!);
    for (const [object] of paths) this.asked.add(object);
  }

  /** Would these reads give the same now? */
  hold({ addresses, sizes, words, texts, paths }: Reads): boolean {
    const { memory } = this;
    for (let i = 0; i < addresses.length; i++) {
      const address = addresses[i]!;
      const size = sizes[i]!;
      const text = texts?.get(i);
      if (isInteger(size) && memory.isKnown(address, size)) {
        if (text !== undefined || memory.word(address, size) !== words[2 * i] || (size === 8 && memory.word(address + 4, 4) !== words[2 * i + 1])) return false;
      } else if (text === undefined || this.text(address, size) !== text) return false;
    }
    // last: they are asked for only where there are such objects
    return paths.every(([object, path]) => this.pathNow(object) === path);
  }

  private pathNow(object: number): string | undefined {
    let path = this.paths.get(object);
    if (path === undefined) {
      const { program } = this.boot;
      const { watcher } = program.memory;
      const checkpoint = program.memory.checkpoint();
      program.memory.watcher = undefined;
      try {
        const found = program.call('object_get_canonical_path', object);
        path = typeof found === 'number' && found !== 0 ? program.memory.tryCString(found) : undefined;
      } finally {
        program.memory.watcher = watcher;
        program.memory.rollback(checkpoint);
      }
      if (path !== undefined) this.paths.set(object, path);
    }
    return path;
  }

  /** Bytes as hex; an unknown byte as "??", which equals no known one. Two machines' unknowns of the same variable have the same origin. */
  private text(address: number, size: number): string {
    let text = '';
    for (let a = address; a < address + size; a++) {
      const byte = this.memory.peek(a);
      text += byte instanceof Unknown ? '??' : byte.toString(16).padStart(2, '0');
    }
    return text;
  }
}

function isInteger(size: number): boolean {
  return size === 1 || size === 2 || size === 4 || size === 8;
}
