import { toPointer } from './arithmetic.js';
import { Journal } from './journal.js';
import { Unknown, type Value } from './unknown.js';

/** An access that a real machine would fault on, or that reads what is not there to be read. */
export class MemoryError extends Error {
  override readonly name = 'MemoryError';
}

const GRANULE_SHIFT = 4;
const HAS_UNKNOWN = 1;
const WATCHED = 2;
const DEFERRED = 4;

const NULL_GUARD = 0x10000;
const STATIC_BASE = 0x100000;
const STATIC_SIZE = 96 << 20;
const STACK_BASE = STATIC_BASE + STATIC_SIZE;
const STACK_SIZE = 16 << 20;
const HEAP_BASE = STACK_BASE + STACK_SIZE;
const SIZE = 512 << 20;
/** The last address at which every integer fits. */
const LAST = SIZE - 8;

/** One byte of an unknown value of several bytes. */
class UnknownByte extends Unknown {
  constructor(readonly whole: Unknown, readonly index: number, readonly size: number, bits: bigint, value: bigint) {
    super(whole.origin, bits, value, whole.text || value !== 0n, whole.text);
  }
}

/** A point in time to which {@link Memory.rollback} returns. */
export interface Checkpoint {
  readonly journalLength: number;
  readonly brk: number;
  /** Where the heap went on. */
  readonly from: number;
  readonly previousLimit: number;
}

/** What a stretch of execution left behind: see {@link Memory.effects}. */
export interface Effects {
  readonly from: number;
  readonly heap: Uint8Array;
  readonly unknown: readonly (readonly [address: number, byte: Unknown])[];
  /** Bytes below the heap's part. */
  readonly elsewhere: readonly (readonly [address: number, byte: number | Unknown])[];
}

/** Called for every access to a watched range, after a load and before a store. */
export interface Watcher {
  load?(address: number, size: number): void;
  store?(address: number, size: number, value: Value): void;
}

/**
 * The abstract machine's memory: one flat little-endian address space, laid out as the x86-64 System V ABI would,
 * so that casts, unions, container_of() and memcpy() mean what they mean in C.
 *
 * Below 64 KiB nothing is mapped (null pointers fault), then come function addresses (never read), static storage,
 * the stack, and a heap that only grows until a rollback. Bytes may be unknown.
 */
export class Memory {
  private readonly buffer = new ArrayBuffer(SIZE);
  private readonly view = new DataView(this.buffer);
  private readonly bytes = new Uint8Array(this.buffer);
  private readonly latin1 = Buffer.from(this.buffer);
  private readonly flags = new Uint8Array(SIZE >> GRANULE_SHIFT);
  /** Unknown bytes, by address. */
  private readonly unknowns = new Map<number, Unknown>();
  /** String literals by address. */
  private readonly literals = new Map<number, string>();
  private staticTop = STATIC_BASE;
  private brk = HEAP_BASE;
  private journalLimit = 0;
  private readonly journal = new Journal();
  private recording: Recording | undefined;
  private journalAll = false;
  watcher: Watcher | undefined;
  /** The bytes as what they may hold, and the marks of every 16 of them: zero where loads and stores need not look further. */
  readonly views = {
    u8: this.bytes, i8: new Int8Array(this.buffer), u16: new Uint16Array(this.buffer), i16: new Int16Array(this.buffer),
    u32: new Uint32Array(this.buffer), i32: new Int32Array(this.buffer), u64: new BigUint64Array(this.buffer), i64: new BigInt64Array(this.buffer),
    flags: this.flags, /** Between these an integer may be. */ first: STATIC_BASE, last: LAST,
  };
  readonly stackBase = STACK_BASE;
  readonly stackLimit = STACK_BASE + STACK_SIZE;

  /** Zeroed storage that lives until a rollback past this moment; 16-byte aligned. Every block is at least 16 bytes, so addresses are distinct. */
  allocate(size: number): number {
    const address = this.brk;
    const end = address + ((Math.max(size, 1) + 15) & ~15);
    if (end > SIZE) throw new MemoryError('out of memory');
    this.brk = end;
    return address;
  }

  /** Zeroed storage that lives for ever, outside all checkpoints (static storage duration, C11 6.2.4). */
  allocateStatic(size: number, alignment = 16): number {
    const address = Math.ceil(this.staticTop / alignment) * alignment;
    if (address + size > STACK_BASE) throw new MemoryError('out of static storage');
    this.staticTop = address + Math.max(size, 1);
    return address;
  }

  /** Let the next block be allocated at a multiple of this. */
  align(alignment: number): void {
    this.brk = Math.ceil(this.brk / alignment) * alignment;
  }

  /** Static storage in use. */
  get statics(): { from: number; to: number } {
    return { from: STATIC_BASE, to: this.staticTop };
  }

  /** Where the heap ends. */
  get top(): number {
    return this.brk;
  }

  /** Static storage (as opposed to stack and heap)? */
  isStatic(address: number): boolean {
    return address >= STATIC_BASE && address < STACK_BASE;
  }

  /**
   * From now on, changes to what exists now are remembered. Checkpoints nest.
   * @param from where the heap is to go on, at its end or beyond: so that what follows has the same addresses each time
   */
  checkpoint(from = this.brk): Checkpoint {
    if (from < this.brk || from > SIZE) throw new MemoryError('the heap cannot go on there');
    const checkpoint = { journalLength: this.journal.length, brk: this.brk, from, previousLimit: this.journalLimit };
    this.journalLimit = this.brk;
    this.brk = from;
    return checkpoint;
  }

  /** Everything is again as it was at the checkpoint; static objects that came into being since stay, with their initial values. */
  rollback(checkpoint: Checkpoint): void {
    this.journal.undo(checkpoint.journalLength, this.view, this.knownAgain);
    this.release(checkpoint.from, this.brk);
    this.brk = checkpoint.brk;
    this.journalLimit = checkpoint.previousLimit;
  }

  private readonly knownAgain = (address: number, size: number): void => {
    if ((this.flags[address >> GRANULE_SHIFT]! | this.flags[(address + size - 1) >> GRANULE_SHIFT]!) & HAS_UNKNOWN) for (let i = 0; i < size; i++) this.unknowns.delete(address + i);
  };

  /** Keep what has happened since the checkpoint, but leave its scope. */
  commit(checkpoint: Checkpoint): void {
    this.journalLimit = checkpoint.previousLimit;
    if (this.journalLimit === 0) this.journal.clear();
  }

  /** How much has been remembered since the innermost checkpoint: a point in time for {@link effects}. */
  get moment(): number {
    return this.journal.length;
  }

  /** From now on, changes to what has been allocated since the innermost checkpoint are remembered as well. */
  rememberAll(): void {
    this.journalLimit = this.brk;
  }

  /**
   * Everything that is on the heap from an address on, and what has changed below it since a moment; undefined if state outside
   * this memory has changed, too. From then on, all that was allocated before must have been remembered, or there was none.
   * The stack is left out: nothing that is still running may have changed it.
   */
  effects(from: number, since: number): Effects | undefined {
    const ranges = this.journal.changed(since);
    if (ranges === undefined) return undefined;
    const unknown: [number, Unknown][] = [];
    for (let g = from >> GRANULE_SHIFT; g <= (this.brk - 1) >> GRANULE_SHIFT; g++) {
      if (this.flags[g]! & HAS_UNKNOWN) for (let a = g << GRANULE_SHIFT; a < (g + 1) << GRANULE_SHIFT; a++) if (this.unknowns.has(a)) unknown.push([a, this.unknowns.get(a)!]);
    }
    const elsewhere = new Map<number, number | Unknown>();
    for (const { address, size } of ranges) for (let a = address; a < address + size; a++) elsewhere.set(a, this.peek(a));
    return { from, heap: this.bytes.slice(from, this.brk), unknown, elsewhere: [...elsewhere] };
  }

  /** Have the effects of what is not executed again. The heap must end where it did then, with a checkpoint open. */
  repeat({ from, heap, unknown, elsewhere }: Effects): void {
    for (const [address, byte] of elsewhere) this.store(address, 1, byte);
    this.release(from, this.brk);
    this.bytes.set(heap, from);
    for (const [address, byte] of unknown) this.setUnknownByte(address, byte);
    this.brk = from + heap.length;
  }

  /** Are stores being recorded, for the alternatives of a branch? */
  get isRecording(): boolean {
    return this.journalAll;
  }

  /** State outside this memory (a hash table's entries, say) takes part in checkpoints by leaving its undo here. */
  onRollback(undo: () => void): void {
    this.recording?.noteForeign(undo);
    if (this.journalLimit !== 0) this.journal.other(0, 0, undo);
  }

  /** Run something whose stores no rollback undoes: the initial values of static objects. */
  unjournaled(run: () => void): void {
    const { journalLimit, journalAll } = this;
    this.journalLimit = 0;
    this.journalAll = false;
    try { run(); } finally {
      this.journalLimit = journalLimit;
      this.journalAll = journalAll;
    }
  }

  /** Forget what a range holds: fresh locals. Not journaled. */
  clear(address: number, size: number): void {
    this.bytes.fill(0, address, address + size);
    for (let g = address >> GRANULE_SHIFT; g <= (address + size - 1) >> GRANULE_SHIFT; g++) {
      if (!(this.flags[g]! & HAS_UNKNOWN)) continue;
      const from = Math.max(address, g << GRANULE_SHIFT);
      const to = Math.min(address + size, (g + 1) << GRANULE_SHIFT);
      for (let a = from; a < to; a++) this.unknowns.delete(a);
      if (to - from === 1 << GRANULE_SHIFT) this.flags[g]! &= ~HAS_UNKNOWN;
    }
  }

  /**
   * Record every store from now on, wherever it goes, so that it can be listed and undone: for running the alternatives of
   * a branch. Recordings nest.
   * @param stackTop what is beyond it on the stack is left out: locals of functions that will have returned
   */
  record(stackTop = HEAP_BASE): Recording {
    const outer = this.recording;
    const recording = new Recording(this, outer, this.brk, stackTop);
    this.recording = recording;
    this.journalAll = true;
    return recording;
  }

  /** Used by {@link Recording}. */
  endRecording(outer: Recording | undefined): void {
    this.recording = outer;
    this.journalAll = outer !== undefined;
  }

  /** The byte at an address as it is, unknown or not, without any watcher hearing of it. */
  peek(address: number): number | Unknown {
    if (this.flags[address >> GRANULE_SHIFT]! & DEFERRED) this.fillAt(address);
    return this.unknownAt(address) ?? this.bytes[address]!;
  }

  /** Are there only known bytes in a range of at most 16, and nothing that is still to be filled? */
  isKnown(address: number, size: number): boolean {
    return ((this.flags[address >> GRANULE_SHIFT]! | this.flags[(address + size - 1) >> GRANULE_SHIFT]!) & (HAS_UNKNOWN | DEFERRED)) === 0;
  }

  /** The known integer of 1, 2 or 4 bytes at an address, without any watcher hearing of it. */
  word(address: number, size: number): number {
    return size === 4 ? this.view.getUint32(address, true) : size === 1 ? this.bytes[address]! : this.view.getUint16(address, true);
  }

  /** Put a byte back, behind the back of journal and watcher. */
  poke(address: number, byte: number | Unknown): void {
    if (byte instanceof Unknown) {
      this.bytes[address] = 0;
      this.setUnknownByte(address, byte);
    } else {
      this.bytes[address] = byte;
      this.setUnknownByte(address, undefined);
    }
  }

  /** Put back what a recording heard of and undid. */
  restore(bytes: ReadonlyMap<number, number | Unknown>): void {
    for (const [address, byte] of bytes) {
      this.recording?.note(address, 1);
      this.poke(address, byte);
    }
  }

  /** Is a checkpoint open? */
  get journaling(): boolean {
    return this.journalLimit !== 0;
  }

  /** Changes whenever a range may have stopped being watched. */
  watchEpoch = 0;

  private release(from: number, to: number): void {
    this.watchEpoch++;
    this.bytes.fill(0, from, to);
    const first = from >> GRANULE_SHIFT;
    const last = (to - 1) >> GRANULE_SHIFT;
    for (let g = first; g <= last; g++) {
      if (this.flags[g]! & HAS_UNKNOWN) {
        for (let a = Math.max(from, g << GRANULE_SHIFT); a < (g + 1) << GRANULE_SHIFT && a < to; a++) this.unknowns.delete(a);
      }
      this.flags[g] = 0;
    }
  }

  private check(address: number, size: number): void {
    if (address < NULL_GUARD) throw new MemoryError(address === 0 ? 'null pointer dereferenced' : `access to address ${address} near null`);
    if (address < STATIC_BASE) throw new MemoryError('a function is not an object');
    if (!(address + size <= this.brk) && !(address + size <= SIZE)) throw new MemoryError('access past the end of memory');
  }

  /** Does nobody need to know what stood here before a store? */
  isFree(address: number): boolean {
    return !this.journalAll && (address >= this.journalLimit || (address >= STACK_BASE && address < HEAP_BASE));
  }

  /** Load an unsigned integer of 1, 2 or 4 bytes (a number) or 8 bytes (a bigint). */
  load(address: number, size: number): Value {
    if (address < STATIC_BASE || address > LAST) this.check(address, size);
    if (this.flags[address >> GRANULE_SHIFT]! !== 0 || this.flags[(address + size - 1) >> GRANULE_SHIFT]! !== 0) {
      const unknown = this.slowLoad(address, size);
      if (unknown !== undefined) return unknown;
    }
    switch (size) {
      case 1: return this.bytes[address]!;
      case 2: return this.view.getUint16(address, true);
      case 4: return this.view.getUint32(address, true);
      case 8: return this.view.getBigUint64(address, true);
      default: throw new MemoryError(`load of ${size} bytes`);
    }
  }

  /** Load a pointer: 8 bytes in memory, a number here. */
  loadPointer(address: number): number | Unknown {
    if (address < STATIC_BASE || address > LAST) this.check(address, 8);
    if (this.flags[address >> GRANULE_SHIFT]! !== 0 || this.flags[(address + 7) >> GRANULE_SHIFT]! !== 0) {
      const unknown = this.slowLoad(address, 8);
      if (unknown !== undefined) return unknown;
    }
    const high = this.view.getInt32(address + 4, true);
    if (high >= 0x20_0000 || high < -0x20_0000) return toPointer(this.view.getBigUint64(address, true));
    return this.view.getUint32(address, true) + high * 0x1_0000_0000;
  }

  /** Load an IEEE 754 number of 4 or 8 bytes. */
  loadFloat(address: number, size: number): number | Unknown {
    if (address < STATIC_BASE || address > LAST) this.check(address, size);
    const unknown = this.slowLoad(address, size);
    if (unknown !== undefined) return unknown;
    return size === 4 ? this.view.getFloat32(address, true) : this.view.getFloat64(address, true);
  }

  /** Store the low `size` bytes of an integer or pointer. */
  store(address: number, size: number, value: Value): void {
    if (address < STATIC_BASE || address > LAST) this.check(address, size);
    if (this.journalAll) this.recording!.note(address, size);
    if (address < this.journalLimit && !(address >= STACK_BASE && address < HEAP_BASE)) this.remember(address, size);
    if (this.flags[address >> GRANULE_SHIFT]! !== 0 || this.flags[(address + size - 1) >> GRANULE_SHIFT]! !== 0) this.slowStore(address, size, value);
    if (typeof value === 'number') {
      switch (size) {
        case 1: this.bytes[address] = value; return;
        case 2: this.view.setUint16(address, value, true); return;
        case 4: this.view.setUint32(address, value, true); return;
        case 8:
          this.view.setUint32(address, value, true);
          this.view.setInt32(address + 4, Math.floor(value / 0x1_0000_0000), true);
          return;
        default: throw new MemoryError(`store of ${size} bytes`);
      }
    }
    if (typeof value === 'bigint') {
      switch (size) {
        case 8: this.view.setBigUint64(address, value, true); return;
        default: this.storeKnown(address, size, Number(BigInt.asUintN(32, value))); return;
      }
    }
    this.storeUnknown(address, size, value);
  }

  private storeKnown(address: number, size: number, value: number): void {
    switch (size) {
      case 1: this.bytes[address] = value; return;
      case 2: this.view.setUint16(address, value, true); return;
      case 4: this.view.setUint32(address, value, true); return;
      default: throw new MemoryError(`store of ${size} bytes`);
    }
  }

  /** Store an IEEE 754 number of 4 or 8 bytes. */
  storeFloat(address: number, size: number, value: number | Unknown): void {
    if (value instanceof Unknown) { this.store(address, size, value); return; }
    this.store(address, size, 0);
    if (size === 4) this.view.setFloat32(address, value, true);
    else this.view.setFloat64(address, value, true);
  }

  private storeUnknown(address: number, size: number, value: Unknown): void {
    for (let i = 0; i < size; i++) {
      const shift = BigInt(8 * i);
      const bits = (value.bits >> shift) & 0xffn;
      const known = Number((value.value >> shift) & 0xffn);
      if (bits === 0n) this.bytes[address + i] = known;
      else {
        this.bytes[address + i] = 0;
        this.setUnknownByte(address + i, size === 1 ? value : new UnknownByte(value, i, size, bits, BigInt(known)));
      }
    }
  }

  private remember(address: number, size: number): void {
    for (let g = address >> GRANULE_SHIFT; g <= (address + size - 1) >> GRANULE_SHIFT; g++) if (this.flags[g]! & DEFERRED) this.fillAt(g << GRANULE_SHIFT);
    const isInteger = size === 1 || size === 2 || size === 4 || size === 8;
    if (isInteger && !((this.flags[address >> GRANULE_SHIFT]! | this.flags[(address + size - 1) >> GRANULE_SHIFT]!) & HAS_UNKNOWN)) {
      this.journal.integer(address, size, this.view);
      return;
    }
    const old = this.bytes.slice(address, address + size);
    const unknown: (Unknown | undefined)[] = [];
    for (let i = 0; i < size; i++) unknown.push(this.unknownAt(address + i));
    this.journal.other(address, size, () => {
      this.bytes.set(old, address);
      for (let i = 0; i < size; i++) this.setUnknownByte(address + i, unknown[i]);
    });
  }

  private setUnknownByte(address: number, unknown: Unknown | undefined): void {
    if (unknown === undefined) {
      if (this.flags[address >> GRANULE_SHIFT]! & HAS_UNKNOWN) this.unknowns.delete(address);
    } else {
      this.unknowns.set(address, unknown);
      this.flags[address >> GRANULE_SHIFT]! |= HAS_UNKNOWN;
    }
  }

  private readonly deferred: { address: number; size: number; fill: () => void }[] = [];

  /**
   * Fill a static object (16-byte aligned) when it is first looked at: much of what a program refers to is never used.
   */
  defer(address: number, size: number, fill: () => void): void {
    this.deferred.push({ address, size, fill });
    for (let g = address >> GRANULE_SHIFT; g <= (address + size - 1) >> GRANULE_SHIFT; g++) this.flags[g]! |= DEFERRED;
  }

  /** Fill what is deferred at an address. */
  private fillAt(address: number): void {
    const index = this.deferred.findIndex((d) => address >= d.address && address < d.address + Math.max(d.size, 16));
    if (index < 0) return;
    const [{ address: from, size, fill }] = this.deferred.splice(index, 1) as [{ address: number; size: number; fill: () => void }];
    for (let g = from >> GRANULE_SHIFT; g <= (from + size - 1) >> GRANULE_SHIFT; g++) this.flags[g]! &= ~DEFERRED;
    this.unjournaled(fill);
  }

  private flagsOf(address: number, size: number): number {
    let flags = this.flags[address >> GRANULE_SHIFT]! | this.flags[(address + size - 1) >> GRANULE_SHIFT]!;
    if (flags & DEFERRED) {
      if (this.flags[address >> GRANULE_SHIFT]! & DEFERRED) this.fillAt(address);
      if (this.flags[(address + size - 1) >> GRANULE_SHIFT]! & DEFERRED) this.fillAt(address + size - 1);
      flags = this.flags[address >> GRANULE_SHIFT]! | this.flags[(address + size - 1) >> GRANULE_SHIFT]!;
    }
    return flags;
  }

  private slowLoad(address: number, size: number): Unknown | undefined {
    const flags = this.flagsOf(address, size);
    if (flags & WATCHED) this.watcher?.load?.(address, size);
    if (!(flags & HAS_UNKNOWN)) return undefined;
    let first: Unknown | undefined;
    let bits = 0n;
    let value = 0n;
    let nonzero = false;
    let text = true;
    for (let i = 0; i < size; i++) {
      const u = this.unknowns.get(address + i);
      if (u === undefined) {
        const byte = this.bytes[address + i]!;
        value |= BigInt(byte) << BigInt(8 * i);
        if (byte === 0) text = false;
      } else {
        first ??= u;
        bits |= (u.bits & 0xffn) << BigInt(8 * i);
        value |= (u.value & 0xffn) << BigInt(8 * i);
        nonzero ||= u.nonzero || u.text;
        text &&= u.text;
      }
    }
    if (first === undefined) return undefined;
    const stored = first instanceof UnknownByte ? first.whole : first;
    if (stored.bits === bits && stored.value === value && this.holds(address, size, stored)) return stored;
    return new Unknown(first.origin, bits, value, nonzero || value !== 0n, text);
  }

  /** Were these bytes stored as this one value? */
  private holds(address: number, size: number, stored: Unknown): boolean {
    for (let i = 0; i < size; i++) {
      const u = this.unknowns.get(address + i);
      if (u !== undefined && !(u instanceof UnknownByte ? u.whole === stored && u.index === i && u.size === size : size === 1 && u === stored)) return false;
    }
    return true;
  }

  private slowStore(address: number, size: number, value: Value): void {
    const flags = this.flagsOf(address, size);
    if (flags & WATCHED) this.watcher?.store?.(address, size, value);
    if (flags & HAS_UNKNOWN) for (let i = 0; i < size; i++) this.unknowns.delete(address + i);
  }

  /** Report accesses to [address, address+size) to the watcher (in granules: it may also hear of neighbours). */
  watch(address: number, size: number): void {
    for (let g = address >> GRANULE_SHIFT; g <= (address + size - 1) >> GRANULE_SHIFT; g++) this.flags[g]! |= WATCHED;
  }

  /** Stop reporting accesses to this range. */
  unwatch(address: number, size: number): void {
    this.watchEpoch++;
    for (let g = address >> GRANULE_SHIFT; g <= (address + size - 1) >> GRANULE_SHIFT; g++) this.flags[g]! &= ~WATCHED;
  }

  /** memmove(): unknown bytes stay unknown. */
  copy(target: number, source: number, size: number): void {
    if (size === 0) return;
    this.check(target, size);
    this.check(source, size);
    const unknown = this.collectUnknown(source, size);
    this.overwrite(target, size);
    this.bytes.copyWithin(target, source, source + size);
    for (const [offset, u] of unknown) this.setUnknownByte(target + offset, u);
  }

  private collectUnknown(address: number, size: number): [number, Unknown][] {
    const found: [number, Unknown][] = [];
    for (let g = address >> GRANULE_SHIFT; g <= (address + size - 1) >> GRANULE_SHIFT; g++) {
      if (this.flags[g]! & DEFERRED) this.fillAt(g << GRANULE_SHIFT);
      const flags = this.flags[g]!;
      if (flags & WATCHED) this.watcher?.load?.(Math.max(address, g << GRANULE_SHIFT), Math.min(address + size, (g + 1) << GRANULE_SHIFT) - Math.max(address, g << GRANULE_SHIFT));
      if (!(flags & HAS_UNKNOWN)) continue;
      for (let a = Math.max(address, g << GRANULE_SHIFT); a < Math.min(address + size, (g + 1) << GRANULE_SHIFT); a++) {
        const u = this.unknowns.get(a);
        if (u !== undefined) found.push([a - address, u]);
      }
    }
    return found;
  }

  /** Store known bytes. */
  writeBytes(address: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.check(address, bytes.length);
    this.overwrite(address, bytes.length);
    this.bytes.set(bytes, address);
  }

  /** What has to be done before a range gets other known bytes. */
  private overwrite(address: number, size: number): void {
    if (this.journalAll) this.recording!.note(address, size);
    if (address < this.journalLimit && !(address >= STACK_BASE && address < HEAP_BASE)) this.remember(address, size);
    for (let g = address >> GRANULE_SHIFT; g <= (address + size - 1) >> GRANULE_SHIFT; g++) {
      if (this.flags[g]! !== 0) {
        const from = Math.max(address, g << GRANULE_SHIFT);
        this.slowStore(from, Math.min(address + size, (g + 1) << GRANULE_SHIFT) - from, 0);
      }
    }
  }

  /** memset() */
  fill(address: number, byte: number, size: number): void {
    if (size === 0) return;
    this.check(address, size);
    this.overwrite(address, size);
    this.bytes.fill(byte, address, address + size);
  }

  /** The bytes of a range that must be known. @throws MemoryError if one is not. */
  readBytes(address: number, size: number): Uint8Array {
    if (size === 0) return new Uint8Array(0);
    this.check(address, size);
    const unknown = this.collectUnknown(address, size);
    if (unknown.length > 0) throw new MemoryError(`bytes are ${unknown[0]![1].toString()}`);
    return this.bytes.slice(address, address + size);
  }

  /** The bytes of a range, one char each; undefined if one is unknown. */
  tryBytes(address: number, size: number): string | undefined {
    this.check(address, size);
    for (let g = address >> GRANULE_SHIFT; g <= (address + size - 1) >> GRANULE_SHIFT; g++) {
      if (this.flags[g]! !== 0) {
        if (this.collectUnknown(address, size).length > 0) return undefined;
        break;
      }
    }
    return this.latin1.toString('latin1', address, address + size);
  }

  /** The unknown byte at an address, if it is one. */
  unknownAt(address: number): Unknown | undefined {
    return this.flags[address >> GRANULE_SHIFT]! & HAS_UNKNOWN ? this.unknowns.get(address) : undefined;
  }

  /** The NUL-terminated string at an address, one char per byte. @throws MemoryError if a byte of it is unknown. */
  cstring(address: number): string {
    const text = this.tryCString(address);
    if (text === undefined) throw new MemoryError('a byte of the string is unknown');
    return text;
  }

  /** {@link cstring}, or undefined if a byte of it is unknown. */
  tryCString(address: number): string | undefined {
    if (address < STACK_BASE) {
      const literal = this.literals.get(address);
      if (literal !== undefined) return literal;
    }
    this.check(address, 1);
    if (this.flags[address >> GRANULE_SHIFT]! & DEFERRED) this.fillAt(address);
    let end = this.bytes.indexOf(0, address);
    if (end < 0) end = SIZE;
    for (let g = address >> GRANULE_SHIFT; g <= end >> GRANULE_SHIFT; g++) {
      const flags = this.flags[g]!;
      if (flags === 0) continue;
      const from = Math.max(address, g << GRANULE_SHIFT);
      const size = Math.min(end + 1, (g + 1) << GRANULE_SHIFT) - from;
      if (flags & WATCHED) this.watcher?.load?.(from, size);
      // an unknown byte holds 0 here, so the first one is where the search ended
      if (flags & HAS_UNKNOWN) for (let a = from; a < from + size; a++) if (this.unknowns.has(a)) return undefined;
    }
    return this.latin1.toString('latin1', address, end);
  }

  /** Store a string (one byte per char) and its NUL. */
  writeCString(address: number, text: string): void {
    const size = text.length + 1;
    this.check(address, size);
    this.overwrite(address, size);
    for (let i = 0; i < text.length; i++) this.bytes[address + i] = text.charCodeAt(i);
    this.bytes[address + text.length] = 0;
  }

  /** A string literal: storage for ever that nobody writes to. */
  allocateLiteral(text: string): number {
    const address = this.allocateStatic(text.length + 1, 1);
    this.unjournaled(() => this.writeCString(address, text));
    if (!text.includes('\0')) this.literals.set(address, text);
    return address;
  }

  /** A fresh heap copy of a string. */
  allocateCString(text: string): number {
    const address = this.allocate(text.length + 1);
    this.writeCString(address, text);
    return address;
  }
}

/** The stores made while running one alternative of a branch. A recording around it hears of them only if they are kept. */
export class Recording {
  private readonly old = new Map<number, number | Unknown>();
  private readonly undos: (() => void)[] = [];
  constructor(private readonly memory: Memory, private readonly outer: Recording | undefined, /** What is allocated after it is nobody else's. */ private readonly brk: number, private readonly stackTop: number) {}

  /** State outside the memory was changed. */
  get foreign(): boolean {
    return this.undos.length > 0;
  }

  note(address: number, size: number): void {
    if (address >= this.brk || (address >= this.stackTop && address < HEAP_BASE)) return;
    for (let a = address; a < address + size; a++) if (!this.old.has(a)) this.old.set(a, this.memory.peek(a));
  }

  noteForeign(undo: () => void): void {
    this.undos.push(undo);
  }

  /** No longer record. */
  stop(): void {
    this.memory.endRecording(this.outer);
  }

  /** The bytes written and what they hold now. */
  written(): Map<number, number | Unknown> {
    const now = new Map<number, number | Unknown>();
    for (const a of this.old.keys()) now.set(a, this.memory.peek(a));
    return now;
  }

  /** Those of them that hold something else than before. */
  changed(): Map<number, number | Unknown> {
    const now = new Map<number, number | Unknown>();
    for (const [a, before] of this.old) {
      const byte = this.memory.peek(a);
      if (byte !== before) now.set(a, byte);
    }
    return now;
  }

  /** Leave everything as it is now. */
  keep(): void {
    const { outer } = this;
    if (outer === undefined) return;
    for (const [a, byte] of this.old) if (a < outer.brk && !outer.old.has(a)) outer.old.set(a, byte);
  }

  /** Put everything back. What was allocated meanwhile stays allocated: pointers to it may be in what was written. */
  undo(): void {
    for (const [a, byte] of this.old) this.memory.poke(a, byte);
    for (const undo of this.undos.reverse()) undo();
  }
}
