import { complementUnknown, convert, toBitField, toPointer, truth } from '../arithmetic.js';
import type { Runtime } from '../context.js';
import type { SyntaxNode } from '../syntax.js';
import { copyRecord, loadBits, storeBits } from '../typed-access.js';
import type { BitField, IntegerType } from '../types.js';
import { Unknown, unknownContent, type Value } from '../unknown.js';
import { counts, divide, operate, powers, remainder } from './operators.js';

/** What generated code calls: each access to memory, and what becomes of unknown operands. */
export type Library = Readonly<Record<string, unknown>>;

/** The library for programs that run on this machine. */
export function library(runtime: Runtime): Library {
  const { memory } = runtime;
  const { u8, u16, i8, i16, i32, u32, i64, u64, flags, first, last } = memory.views;

  // ---- loads: the value of an object at base + offset. Where all is known and aligned, nothing else must be looked at.

  const plain = (at: number, size: number): boolean => (at & (size - 1)) === 0 && at >= first && at <= last && flags[at >> 4] === 0;
  const load = (base: Value, offset: number, size: 1 | 2 | 4 | 8): Value => (typeof base === 'number' ? memory.load(base + offset, size) : unknownContent(base as Unknown));
  const signed = (value: Value, unused: number): Value => (typeof value === 'number' ? (value << unused) >> unused : value);

  const loads = {
    u8: (base: Value, offset: number): Value => (typeof base === 'number' && plain(base + offset, 1) ? u8[base + offset]! : load(base, offset, 1)),
    i8: (base: Value, offset: number): Value => (typeof base === 'number' && plain(base + offset, 1) ? i8[base + offset]! : signed(load(base, offset, 1), 24)),
    u16: (base: Value, offset: number): Value => (typeof base === 'number' && plain(base + offset, 2) ? u16[(base + offset) >> 1]! : load(base, offset, 2)),
    i16: (base: Value, offset: number): Value => (typeof base === 'number' && plain(base + offset, 2) ? i16[(base + offset) >> 1]! : signed(load(base, offset, 2), 16)),
    u32: (base: Value, offset: number): Value => (typeof base === 'number' && plain(base + offset, 4) ? u32[(base + offset) >> 2]! : load(base, offset, 4)),
    i32: (base: Value, offset: number): Value => (typeof base === 'number' && plain(base + offset, 4) ? i32[(base + offset) >> 2]! : signed(load(base, offset, 4), 0)),
    u64: (base: Value, offset: number): Value => (typeof base === 'number' && plain(base + offset, 8) ? u64[(base + offset) >> 3]! : load(base, offset, 8)),
    i64: (base: Value, offset: number): Value => {
      if (typeof base === 'number' && plain(base + offset, 8)) return i64[(base + offset) >> 3]!;
      const value = load(base, offset, 8);
      return typeof value === 'bigint' ? BigInt.asIntN(64, value) : value;
    },
    pointer: (base: Value, offset: number): Value => {
      if (typeof base !== 'number') return unknownContent(base as Unknown);
      const at = base + offset;
      return plain(at, 8) && i32[(at >> 2) + 1] === 0 ? u32[at >> 2]! : memory.loadPointer(at);
    },
    f32: (base: Value, offset: number): Value => (typeof base === 'number' ? memory.loadFloat(base + offset, 4) : unknownContent(base as Unknown)),
    f64: (base: Value, offset: number): Value => (typeof base === 'number' ? memory.loadFloat(base + offset, 8) : unknownContent(base as Unknown)),
    loadBits: (base: Value, offset: number, type: IntegerType, bits: BitField): Value => loadBits(memory, type, typeof base === 'number' ? base + offset : base, bits),
  };

  // ---- stores: they have the value stored.

  const free = (at: number, size: number): boolean => plain(at, size) && memory.isFree(at);
  const lost = (base: Value, place: SyntaxNode | undefined): void => {
    if ((base as Unknown).origin.block === undefined) runtime.gap('store through an unknown pointer', place);
  };
  const store = (base: Value, offset: number, size: number, value: Value, place: SyntaxNode | undefined): Value => {
    if (typeof base === 'number') memory.store(base + offset, size, value);
    else lost(base, place);
    return value;
  };

  const stores = {
    s8: (base: Value, offset: number, value: Value, place?: SyntaxNode): Value => {
      if (typeof base !== 'number' || typeof value !== 'number' || !free(base + offset, 1)) return store(base, offset, 1, value, place);
      return (u8[base + offset] = value, value);
    },
    s16: (base: Value, offset: number, value: Value, place?: SyntaxNode): Value => {
      if (typeof base !== 'number' || typeof value !== 'number' || !free(base + offset, 2)) return store(base, offset, 2, value, place);
      return (u16[(base + offset) >> 1] = value, value);
    },
    s32: (base: Value, offset: number, value: Value, place?: SyntaxNode): Value => {
      if (typeof base !== 'number' || typeof value !== 'number' || !free(base + offset, 4)) return store(base, offset, 4, value, place);
      return (i32[(base + offset) >> 2] = value, value);
    },
    s64: (base: Value, offset: number, value: Value, place?: SyntaxNode): Value => {
      if (typeof base !== 'number' || typeof value !== 'bigint' || !free(base + offset, 8)) return store(base, offset, 8, value, place);
      return (u64[(base + offset) >> 3] = value, value);
    },
    sp: (base: Value, offset: number, value: Value, place?: SyntaxNode): Value => {
      if (typeof base !== 'number' || typeof value !== 'number' || value < 0 || value > 0x7fff_ffff || !free(base + offset, 8)) return store(base, offset, 8, value, place);
      const word = (base + offset) >> 2;
      i32[word] = value;
      i32[word + 1] = 0;
      return value;
    },
    sf32: (base: Value, offset: number, value: number | Unknown, place?: SyntaxNode): Value => {
      if (typeof base === 'number') memory.storeFloat(base + offset, 4, value);
      else lost(base, place);
      return value;
    },
    sf64: (base: Value, offset: number, value: number | Unknown, place?: SyntaxNode): Value => {
      if (typeof base === 'number') memory.storeFloat(base + offset, 8, value);
      else lost(base, place);
      return value;
    },
    storeBits: (base: Value, offset: number, value: Value, bits: BitField, place?: SyntaxNode): Value => {
      if (typeof base === 'number') storeBits(memory, base + offset, value, bits);
      else lost(base, place);
      return value;
    },
    copyRecord: (base: Value, offset: number, source: Value, size: number, place?: SyntaxNode): Value => {
      if (typeof base === 'number') copyRecord(memory, base + offset, source, size);
      else lost(base, place);
      return source;
    },
    /** Zero a local. */
    clear: (at: number, size: number): void => {
      if (memory.isFree(at)) memory.clear(at, size);
      else memory.fill(at, 0, size);
    },
    writeBytes: (at: number, bytes: Uint8Array): void => memory.writeBytes(at, bytes),
  };

  return {
    ...loads, ...stores,
    P: runtime, complementUnknown, convert, counts, divide, operate, powers, remainder, toBitField, toPointer,
    /** A pointer and an offset known while compiling. */
    shifted: (pointer: Value, offset: number): Value => (typeof pointer === 'number' ? pointer + offset : pointer),
    /** A pointer and an index of which one is unknown. */
    blurredPointer: (pointer: Value, index: Value): Value => (typeof pointer === 'number' ? unknownContent(index as Unknown) : (pointer as Unknown).blurred()),
    /** The difference of pointers of which one is unknown. */
    unknownDifference: (a: Value, b: Value): Value => unknownContent((a instanceof Unknown ? a : b) as Unknown),
    /** Addresses in the upper half, which are negative numbers, are greater than all others. */
    unsignedAddress: (pointer: Value): Value => (typeof pointer === 'number' && pointer < 0 ? pointer + 2 ** 64 : pointer),
    variableLengthArray: (length: Value, size: number, place: SyntaxNode): number => {
      if (length instanceof Unknown) runtime.gap(`an array whose length ${length.origin.what} decides`, place);
      return memory.allocate(length instanceof Unknown ? 1 : Number(length) * size);
    },
    /** Truth as an int: 0, 1, or an unknown bit. */
    truthValue: (value: Value): Value => {
      const known = truth(value);
      return known === undefined ? new Unknown((value as Unknown).origin, 1n, 0n) : known ? 1 : 0;
    },
    /** ! of it. */
    not: (value: Value): Value => {
      const known = truth(value);
      return known === undefined ? new Unknown((value as Unknown).origin, 1n, 0n) : known ? 0 : 1;
    },
    /** A record that is returned outlives the callee's frame. */
    returnedRecord: (source: Value, size: number): Value => {
      if (typeof source !== 'number') return source;
      const copy = memory.allocate(size);
      memory.copy(copy, source, size);
      return copy;
    },
  };
}
