import { toBitField, toBits } from './arithmetic.js';
import type { Memory } from './memory.js';
import { sizeOf, type BitField, type CType, type IntegerType } from './types.js';
import { Unknown, unknownContent, type Value } from './unknown.js';

/** Loads and stores of objects of any type. */

/** What an object holds. Arrays and records are represented by their address. */
export function loadTyped(memory: Memory, type: CType, address: Value, bits?: BitField): Value {
  if (bits !== undefined) return loadBits(memory, type as IntegerType, address, bits);
  if (type.kind === 'array' || type.kind === 'record' || type.kind === 'function') return address;
  if (type.kind === 'void') return 0;
  if (typeof address !== 'number') return unknownContent(address as Unknown);
  switch (type.kind) {
    case 'pointer': return memory.loadPointer(address);
    case 'floating': return memory.loadFloat(address, type.size === 4 ? 4 : 8);
    case 'integer': {
      const value = memory.load(address, type.size);
      if (!type.signed || value instanceof Unknown) return value;
      if (typeof value === 'bigint') return BigInt.asIntN(64, value);
      const unused = 32 - type.size * 8;
      return (value << unused) >> unused;
    }
  }
}

/** What a bit-field holds. */
export function loadBits(memory: Memory, type: IntegerType, address: Value, { shift, width, unit }: BitField): Value {
  if (typeof address !== 'number') return unknownContent(address as Unknown);
  const bytes = memory.load(address, unit);
  if (bytes instanceof Unknown) return toBitField(new Unknown(bytes.origin, bytes.bits >> BigInt(shift), bytes.value >> BigInt(shift)), type, width);
  const field = toBitField(typeof bytes === 'bigint' ? bytes >> BigInt(shift) : bytes >>> shift, type, width);
  return type.size === 8 ? BigInt(field as number | bigint) : Number(field);
}

/** Store a value, already converted to the object's type; of a record, from where it is. */
export function storeTyped(memory: Memory, type: CType, address: number, value: Value, bits?: BitField): void {
  if (bits !== undefined) storeBits(memory, address, value, bits);
  else if (type.kind === 'floating') memory.storeFloat(address, type.size === 4 ? 4 : 8, value as number | Unknown);
  else if (type.kind === 'record') copyRecord(memory, address, value, sizeOf(type));
  else memory.store(address, type.kind === 'integer' ? type.size : 8, value);
}

export function storeBits(memory: Memory, address: number, value: Value, { shift, width, unit: size }: BitField): void {
  const mask = ((1n << BigInt(width)) - 1n) << BigInt(shift);
  const unit = memory.load(address, size);
  const old = unit instanceof Unknown ? unit : { bits: 0n, value: toBits(unit) };
  const field = value instanceof Unknown ? value : { bits: 0n, value: toBits(value) };
  const unknown = (old.bits & ~mask) | ((field.bits << BigInt(shift)) & mask);
  const known = (old.value & ~mask) | ((field.value << BigInt(shift)) & mask);
  const origin = value instanceof Unknown ? value.origin : unit instanceof Unknown ? unit.origin : undefined;
  memory.store(address, size, unknown !== 0n && origin !== undefined ? new Unknown(origin, unknown, known) : size === 8 ? known : Number(known));
}

export function copyRecord(memory: Memory, address: number, source: Value, size: number): void {
  if (typeof source === 'number') memory.copy(address, source, size);
  else for (let i = 0; i < size; i++) memory.store(address + i, 1, source);
}
