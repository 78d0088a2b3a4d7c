import { Unknown, type Value } from '../c/unknown.js';
import type { Boot } from './boot.js';

/** A read of the started machine's state, and what it gave: bytes with an unknown one among them, or of an odd number, as text. */
export interface Read {
  readonly address: number;
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
  private current: Map<number, number> | undefined;
  /** The variables by the memory that the watcher hears of. */
  private readonly variables = new Map<number, { readonly address: number; readonly size: number }[]>();

  /** @param except a variable that is accounted for otherwise */
  constructor(private readonly boot: Boot, private readonly except: number | undefined) {}

  /** A machine has been started: its objects are what was allocated since the heap ended at `from`. */
  started(from: number): void {
    const { memory } = this.boot.program;
    this.heap = { from, to: memory.top };
    memory.watch(from, Math.max(1, this.heap.to - from));
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
    const current = new Map<number, number>();
    this.current = current;
    memory.watcher = {
      load: (address, size) => {
        also?.(address, size);
        if (this.differs(address, size)) current.set(address, Math.max(size, current.get(address) ?? 0));
      },
    };
    try {
      return run();
    } finally {
      memory.watcher = watcher;
    }
  }

  /** What the run that is observed, or was last, has read so far: asked with the state as it was before that run. */
  soFar(): () => Read[] {
    const reads = [...this.current ?? []];
    return () => reads.map(([address, size]) => ({ address, size, value: this.now(address, size) }));
  }

  /** What was not executed would have read this. */
  note(reads: readonly Read[]): void {
    for (const { address, size } of reads) this.current?.set(address, Math.max(size, this.current.get(address) ?? 0));
  }

  /** Would these reads give the same now? */
  hold(reads: readonly Read[]): boolean {
    return reads.every(({ address, size, value }) => this.now(address, size) === value);
  }

  private now(address: number, size: number): number | bigint | string {
    const { memory } = this.boot.program;
    const { watcher } = memory;
    memory.watcher = undefined;
    let value: Value | undefined;
    if (size === 1 || size === 2 || size === 4 || size === 8) value = memory.load(address, size);
    memory.watcher = watcher;
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
