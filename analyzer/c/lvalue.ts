import { toBitField, toBits } from './arithmetic.js';
import type { Runtime } from './context.js';
import { CompileError, type Evaluate, type Frame } from './frame.js';
import type { Expression } from './symbols.js';
import type { SyntaxNode } from './syntax.js';
import { sizeOf, type BitField, type CType, type IntegerType } from './types.js';
import { Unknown, unknownContent, type Value } from './unknown.js';

/** Loads and stores of typed objects. */

/** An rvalue of the object of type `type` at an address. Arrays and records are represented by their address. */
export function loader(type: CType, address: Evaluate, runtime: Runtime, node: SyntaxNode, bits?: BitField): Evaluate {
  const memory = runtime.memory;
  const unknownAddress: (a: Unknown) => Value = unknownContent;
  if (bits !== undefined) return loadBits(type as IntegerType, address, runtime, bits);
  switch (type.kind) {
    case 'integer': {
      const size = type.size;
      if (size === 8) {
        const signed = type.signed;
        return (f) => {
          const a = address(f);
          if (typeof a !== 'number') return unknownAddress(a as Unknown);
          const v = memory.load(a, 8);
          return signed && typeof v === 'bigint' ? BigInt.asIntN(64, v) : v;
        };
      }
      if (!type.signed) return (f) => {
        const a = address(f);
        return typeof a === 'number' ? memory.load(a, size) : unknownAddress(a as Unknown);
      };
      const shift = 32 - size * 8;
      return (f) => {
        const a = address(f);
        if (typeof a !== 'number') return unknownAddress(a as Unknown);
        const v = memory.load(a, size);
        return typeof v === 'number' ? (v << shift) >> shift : v;
      };
    }
    case 'pointer': return (f) => {
      const a = address(f);
      return typeof a === 'number' ? memory.loadPointer(a) : unknownAddress(a as Unknown);
    };
    case 'floating': {
      const size = type.size === 4 ? 4 : 8;
      return (f) => {
        const a = address(f);
        return typeof a === 'number' ? memory.loadFloat(a, size) : unknownAddress(a as Unknown);
      };
    }
    case 'array': case 'record': case 'function': return address;
    case 'void': return () => 0;
    default: throw new CompileError(node, 'load');
  }
}

function loadBits(type: IntegerType, address: Evaluate, runtime: Runtime, { shift, width, unit }: BitField): Evaluate {
  const { memory } = runtime;
  const wide = type.size === 8;
  return (f) => {
    const a = address(f);
    if (typeof a !== 'number') return unknownContent(a as Unknown);
    const bytes = memory.load(a, unit);
    if (bytes instanceof Unknown) return toBitField(new Unknown(bytes.origin, bytes.bits >> BigInt(shift), bytes.value >> BigInt(shift)), type, width);
    const field = toBitField(typeof bytes === 'bigint' ? bytes >> BigInt(shift) : bytes >>> shift, type, width);
    return wide ? BigInt(field as number | bigint) : Number(field);
  };
}

/** Store a value, already converted to the lvalue's type. Returns the value. */
export type Store = (frame: Frame, value: Value) => void;

/** A store to an address worked out by the caller (so that it is evaluated once). */
export function storerAt(type: CType, runtime: Runtime, node: SyntaxNode, bits?: BitField): (address: Value, value: Value) => void {
  const memory = runtime.memory;
  const lost = (a: Value): void => { if ((a as Unknown).origin.block === undefined) runtime.gap('store through an unknown pointer', node); };
  if (bits !== undefined) {
    const size = bits.unit;
    const mask = ((1n << BigInt(bits.width)) - 1n) << BigInt(bits.shift);
    return (a, v) => {
      if (typeof a !== 'number') return lost(a);
      const unit = memory.load(a, size);
      const old = unit instanceof Unknown ? unit : { bits: 0n, value: toBits(unit) };
      const field = v instanceof Unknown ? v : { bits: 0n, value: toBits(v) };
      const unknown = (old.bits & ~mask) | ((field.bits << BigInt(bits.shift)) & mask);
      const value = (old.value & ~mask) | ((field.value << BigInt(bits.shift)) & mask);
      const origin = v instanceof Unknown ? v.origin : unit instanceof Unknown ? unit.origin : undefined;
      memory.store(a, size, unknown !== 0n && origin !== undefined ? new Unknown(origin, unknown, value) : size === 8 ? value : Number(value));
    };
  }
  switch (type.kind) {
    case 'integer': case 'pointer': {
      const size = type.kind === 'pointer' ? 8 : type.size;
      return (a, v) => {
        if (typeof a !== 'number') return lost(a);
        memory.store(a, size, v);
      };
    }
    case 'floating': {
      const size = type.size === 4 ? 4 : 8;
      return (a, v) => {
        if (typeof a !== 'number') return lost(a);
        memory.storeFloat(a, size, v as number | Unknown);
      };
    }
    case 'record': {
      const size = sizeOf(type);
      return (a, v) => {
        if (typeof a !== 'number') return lost(a);
        if (typeof v !== 'number') {
          for (let i = 0; i < size; i++) memory.store(a + i, 1, v);
          return;
        }
        memory.copy(a, v, size);
      };
    }
    default: throw new CompileError(node, `assignment to ${type.kind}`);
  }
}

/** A store to an lvalue expression. */
export function storer(target: Expression, runtime: Runtime, node: SyntaxNode): Store {
  if (target.slot !== undefined) {
    const slot = target.slot;
    return (f, v) => { f.slots[slot] = v; };
  }
  if (target.address === undefined) throw new CompileError(node, 'assignment to something that is not an lvalue');
  const address = target.address;
  const store = storerAt(target.type, runtime, node, target.bits);
  return (f, v) => store(address(f), v);
}
