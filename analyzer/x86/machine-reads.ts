import { Unknown, type Value } from '../c/unknown.js';
import type { Boot } from './boot.js';

/** A read of the started machine's state, and what it gave: bytes with an unknown one among them, or of an odd number, as text. */
export interface Read {
  readonly address: number;
  /** 0: not its bytes were read, the path of the machine's object at this address was asked for. */
  readonly size: number;
  readonly value: number | bigint | string;
}

const GRANULE = 16;

/**
 * What differs from one started machine type to the next is what its start may have written: its own objects, and variables
 * that CPU code reads. What is executed in between is the same on another machine type if its reads of these give the same.
 */
export class MachineReads {
  private heap = { from: 0, to: 0 };
  /** What the run under observation has read: sizes by address, and the objects whose path it asked for. */
  private current: { loads: Map<number, number>; readonly paths: Set<number> } | undefined;
  /** The variables by the memory that the watcher hears of. */
  private readonly variables = new Map<number, { readonly address: number; readonly size: number }[]>();

  /** The paths of the machine's objects that were asked for. */
  private readonly paths = new Map<number, string>();

  /** @param except a variable that is accounted for otherwise */
  constructor(private readonly boot: Boot, private readonly except: number | undefined) {
    boot.qemu.hooks.canonicalPath.around = ([object], execute) => this.askPath(object!, execute);
  }

  /**
   * Where an object of the machine stands is looked up in tables whose layout differs from one machine type to the next, and
   * rarely anything else does: so what counts is the answer.
   */
  private askPath(object: Value, execute: () => Value): Value {
    const { current, boot: { program } } = this;
    const { memory } = program;
    const isOurs = typeof object === 'number' && object >= this.heap.from && object < this.heap.to;
    if (current === undefined || !isOurs || memory.isRecording || program.follows !== undefined || memory.watcher?.store !== undefined) return execute();
    const known = this.paths.get(object);
    // while somebody wants to see which functions run, they must
    if (known !== undefined && program.executed === undefined) {
      current.paths.add(object);
      // whoever wants to know whether anything of the machine is looked at
      memory.watcher?.load?.(object, 1);
      return memory.allocateCString(known);
    }
    const loads = new Map(current.loads);
    const result = execute();
    const path = typeof result === 'number' && result !== 0 ? memory.tryCString(result) : undefined;
    if (path !== undefined) {
      this.paths.set(object, path);
      current.paths.add(object);
      current.loads = loads;
    }
    return result;
  }

  /** A machine has been started: its objects are what was allocated since the heap ended at `from`. */
  started(from: number): void {
    const { memory } = this.boot.program;
    this.heap = { from, to: memory.top };
    memory.watch(from, Math.max(1, this.heap.to - from));
    this.paths.clear();
    this.variables.clear();
    for (const { address, size } of this.boot.skim.written()) {
      if (address === this.except) continue;
      memory.watch(address, size);
      for (let at = address - (address % GRANULE); at < address + size; at += GRANULE) {
        const known = this.variables.get(at);
        if (known === undefined) this.variables.set(at, [{ address, size }]);
        else known.push({ address, size });
      }
    }
  }

  private differs(address: number, size: number): boolean {
    if (address >= this.heap.from) return address < this.heap.to;
    for (let at = address - (address % GRANULE); at < address + size; at += GRANULE) {
      if (this.variables.get(at)?.some((v) => address < v.address + v.size && address + size > v.address) === true) return true;
    }
    return false;
  }

  /** Run something, noting what it reads. `also` hears of every read that is watched. */
  observe<T>(run: () => T, also?: (address: number, size: number) => void): T {
    const { memory } = this.boot.program;
    const { watcher } = memory;
    this.current = { loads: new Map(), paths: new Set() };
    memory.watcher = {
      load: (address, size) => {
        also?.(address, size);
        if (this.differs(address, size)) this.load(address, size);
      },
    };
    try {
      return run();
    } finally {
      memory.watcher = watcher;
    }
  }

  private load(address: number, size: number): void {
    const loads = this.current!.loads;
    const before = loads.get(address);
    if (before === undefined || before < size) loads.set(address, size);
  }

  /** What the run that is observed, or was last, has read so far: asked with the state as it was before that run. */
  soFar(): () => Read[] {
    const loads = [...this.current!.loads];
    const paths = [...this.current!.paths];
    // paths last: they are asked for only where there are such objects
    return () => [
      ...loads.map(([address, size]) => ({ address, size, value: this.now(address, size) })),
      ...paths.map((address) => ({ address, size: 0, value: this.pathNow(address) ?? '' })),
    ];
  }

  /** What was not executed would have read this. */
  note(reads: readonly Read[]): void {
    for (const { address, size } of reads) {
      if (size === 0) this.current!.paths.add(address);
      else this.load(address, size);
    }
  }

  /** Would these reads give the same now? */
  hold(reads: readonly Read[]): boolean {
    const { memory } = this.boot.program;
    const { watcher } = memory;
    memory.watcher = undefined;
    try {
      return reads.every(({ address, size, value }) => (size === 0 ? this.pathNow(address) : this.now(address, size)) === value);
    } finally {
      memory.watcher = watcher;
    }
  }

  private pathNow(object: number): string | undefined {
    let path = this.paths.get(object);
    if (path === undefined) {
      const { program } = this.boot;
      const checkpoint = program.memory.checkpoint();
      try {
        const found = program.call('object_get_canonical_path', object);
        path = typeof found === 'number' && found !== 0 ? program.memory.tryCString(found) : undefined;
      } finally {
        program.memory.rollback(checkpoint);
      }
      if (path !== undefined) this.paths.set(object, path);
    }
    return path;
  }

  private now(address: number, size: number): number | bigint | string {
    let value: Value | undefined;
    if (size === 1 || size === 2 || size === 4 || size === 8) value = this.boot.program.memory.load(address, size);
    return value === undefined || value instanceof Unknown ? this.text(address, size) : value;
  }

  /** Bytes as hex; an unknown byte as "??", which equals no known one. Two machines' unknowns of the same variable have the same origin. */
  private text(address: number, size: number): string {
    let text = '';
    for (let a = address; a < address + size; a++) {
      const byte = this.boot.program.memory.peek(a);
      text += byte instanceof Unknown ? '??' : byte.toString(16).padStart(2, '0');
    }
    return text;
  }
}
