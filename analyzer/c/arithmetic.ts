import type { CType, IntegerType } from './types.js';
import { Unknown, unknownContent, type Value } from './unknown.js';

/** Arithmetic on C values: conversions between types, and what is left of a result when an operand is unknown. */

const MASK64 = 0xffff_ffff_ffff_ffffn;

export class ArithmeticError extends Error {
  override readonly name = 'ArithmeticError';
}

/** Bring an exact integer into an integer type's range: modulo 2^N (C11 6.3.1.3; gcc for signed types too). */
export function wrapNumber(value: number, type: IntegerType): number {
  switch (type.size) {
    case 1: return type.signed ? (value << 24) >> 24 : value & 0xff;
    case 2: return type.signed ? (value << 16) >> 16 : value & 0xffff;
    default: return type.signed ? value | 0 : value >>> 0;
  }
}

/** The low bits of a value as an unsigned 64-bit pattern. */
export function toBits(value: number | bigint): bigint {
  return BigInt.asUintN(64, typeof value === 'bigint' ? value : BigInt(value));
}

function fromBits(bits: bigint, type: CType): number | bigint {
  if (type.kind === 'integer') {
    if (type.bool) return bits === 0n ? 0 : 1;
    if (type.size === 8) return type.signed ? BigInt.asIntN(64, bits) : BigInt.asUintN(64, bits);
    return Number(type.signed ? BigInt.asIntN(type.size * 8, bits) : BigInt.asUintN(type.size * 8, bits));
  }
  return Number(BigInt.asUintN(64, bits));
}

/** An unknown of a type, or a plain value if every bit that the type keeps is known. */
function normalise(origin: Unknown, bits: bigint, value: bigint, type: CType, nonzero: boolean, text = false): Value {
  const width = type.kind === 'integer' ? type.size * 8 : 64;
  const mask = (1n << BigInt(width)) - 1n;
  const unknownBits = bits & mask;
  const known = value & mask & ~unknownBits;
  if (unknownBits === 0n) return fromBits(known, type);
  return new Unknown(origin.origin, unknownBits, known, nonzero || known !== 0n || text, text);
}

/** A pointer as a number. Addresses in the upper half of the address space are negative, so that (void *) -1 is exact. */
export function toPointer(bits: bigint): number | Unknown {
  const address = Number(BigInt.asIntN(64, bits));
  if (Number.isSafeInteger(address)) return address;
  return new Unknown({ kind: 'gap', what: `the address 0x${BigInt.asUintN(64, bits).toString(16)}, which no pointer can have here`, at: undefined });
}

/** Convert a value to a type (C11 6.3). `from` decides how the bits of an unknown are extended. */
export function convert(value: Value, from: CType, to: CType): Value {
  if (value instanceof Unknown) return convertUnknown(value, from, to);
  switch (to.kind) {
    case 'integer':
      if (to.bool) return Number(value) !== 0 ? 1 : 0;
      if (to.size === 8) {
        if (typeof value === 'number') value = BigInt(Math.trunc(value));
        return to.signed ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value);
      }
      if (typeof value === 'bigint') return wrapNumber(Number(BigInt.asUintN(32, value)), to);
      if (from.kind === 'floating') return wrapNumber(Math.trunc(value), to);
      return wrapNumber(value, to);
    case 'pointer':
      return typeof value === 'bigint' ? toPointer(value) : value;
    case 'floating': {
      const n = Number(value);
      return to.size === 4 ? Math.fround(n) : n;
    }
    default:
      return value;
  }
}

/** What is left of a value in a bit-field of this type and width, as it is read back. */
export function toBitField(value: Value, type: IntegerType, width: number): Value {
  if (value instanceof Unknown) {
    const mask = (1n << BigInt(width)) - 1n;
    const sign = 1n << BigInt(width - 1);
    const high = type.signed ? MASK64 & ~mask : 0n;
    return normalise(value, (value.bits & mask) | (value.bits & sign ? high : 0n), (value.value & mask) | (value.value & sign ? high : 0n), type, false);
  }
  if (typeof value === 'bigint') return type.signed ? BigInt.asIntN(width, value) : BigInt.asUintN(width, value);
  const unused = 32 - width;
  return type.signed ? (value << unused) >> unused : (value << unused) >>> unused;
}

function convertUnknown(value: Unknown, from: CType, to: CType): Value {
  if (to.kind === 'integer' && to.bool) {
    if (value.nonzero || value.value !== 0n) return 1;
    return new Unknown(value.origin.block ?? value.origin, 1n, 0n);
  }
  if (to.kind === 'integer' && from.kind === 'integer') {
    if (to.size > from.size) {
      const width = BigInt(from.size * 8);
      const sign = 1n << (width - 1n);
      const high = MASK64 & ~((1n << width) - 1n);
      if (from.signed && value.bits & sign) return normalise(value, value.bits | high, value.value, to, value.nonzero);
      if (from.signed && value.value & sign) return normalise(value, value.bits, value.value | high, to, value.nonzero);
      return normalise(value, value.bits, value.value, to, value.nonzero);
    }
    return normalise(value, value.bits, value.value, to, value.nonzero && to.size === from.size, value.text);
  }
  // an address that became a number is a number
  if (to.kind === 'integer' && value.origin.block !== undefined) return unknownContent(value);
  if (to.kind === 'integer' || to.kind === 'pointer') return value;
  return value.blurred();
}

/** Known and unknown bits of any integer value. */
function parts(value: Value): { bits: bigint; value: bigint } {
  return value instanceof Unknown ? value : { bits: 0n, value: toBits(value) };
}

/** A binary operation of which at least one operand is unknown; both have type `type` (shift: the left one has). */
export function binaryUnknown(operator: string, a: Value, b: Value, type: CType): Value {
  let culprit = (a instanceof Unknown ? a : b) as Unknown;
  if (culprit.origin.block !== undefined) culprit = unknownContent(culprit);
  if (type.kind === 'integer') {
    const x = parts(a);
    const y = parts(b);
    switch (operator) {
      case '&': {
        const zero = (~x.bits & ~x.value) | (~y.bits & ~y.value);
        return normalise(culprit, (x.bits | y.bits) & ~zero, x.value & y.value, type, false);
      }
      case '|': {
        const one = x.value | y.value;
        return normalise(culprit, (x.bits | y.bits) & ~one, one, type, nonzero(a) || nonzero(b));
      }
      case '^':
        return normalise(culprit, x.bits | y.bits, x.value ^ y.value, type, false);
      case '<<':
        if (!(b instanceof Unknown)) return normalise(culprit, (x.bits << BigInt(b)) & MASK64, (x.value << BigInt(b)) & MASK64, type, false);
        break;
      case '>>':
        if (!(b instanceof Unknown) && !type.signed) {
          const mask = (1n << BigInt(type.size * 8)) - 1n;
          return normalise(culprit, (x.bits & mask) >> BigInt(b), (x.value & mask) >> BigInt(b), type, false, culprit.text && BigInt(b) % 8n === 0n);
        }
        break;
      case '*':
        if ((!(a instanceof Unknown) && toBits(a) === 0n) || (!(b instanceof Unknown) && toBits(b) === 0n)) return fromBits(0n, type);
        break;
      default:
    }
  }
  if (type.kind === 'floating') return COMPARISONS.has(operator) ? new Unknown(culprit.origin, 1n, 0n) : new Unknown(culprit.origin);
  switch (operator) {
    case '==': case '!=': {
      // a known bit that differs decides; and so does "never zero" against zero
      const x = parts(a);
      const y = parts(b);
      const known = ~x.bits & ~y.bits & widthMask(type);
      if ((x.value & known) !== (y.value & known) || (nonzero(a) && isZero(b)) || (nonzero(b) && isZero(a))) return operator === '==' ? 0 : 1;
      return new Unknown(culprit.origin, 1n, 0n);
    }
    case '<': return less(a, b, type) ?? new Unknown(culprit.origin, 1n, 0n);
    case '>': return less(b, a, type) ?? new Unknown(culprit.origin, 1n, 0n);
    case '<=': return negated(less(b, a, type)) ?? new Unknown(culprit.origin, 1n, 0n);
    case '>=': return negated(less(a, b, type)) ?? new Unknown(culprit.origin, 1n, 0n);
    default:
      return new Unknown(culprit.origin, widthMask(type));
  }
}

const COMPARISONS = new Set(['==', '!=', '<', '>', '<=', '>=']);

/** The smallest and the largest number that a value can be. */
function range(value: Value, type: CType): { low: bigint; high: bigint } {
  const { bits, value: known } = parts(value);
  const mask = widthMask(type);
  const signed = type.kind === 'integer' && type.signed;
  const sign = signed ? (mask >> 1n) + 1n : 0n;
  const width = type.kind === 'integer' ? type.size * 8 : 64;
  const number = (pattern: bigint): bigint => (signed ? BigInt.asIntN(width, pattern) : pattern);
  // an unknown sign bit is set in the smallest number and clear in the largest
  return { low: number((known | (bits & sign)) & mask), high: number((known | (bits & ~sign)) & mask) };
}

/** a < b, as far as the known bits decide it. */
function less(a: Value, b: Value, type: CType): 0 | 1 | undefined {
  const x = range(a, type);
  const y = range(b, type);
  return x.high < y.low ? 1 : x.low >= y.high ? 0 : undefined;
}

function negated(truth: 0 | 1 | undefined): 0 | 1 | undefined {
  return truth === undefined ? undefined : truth === 0 ? 1 : 0;
}

function widthMask(type: CType): bigint {
  return type.kind === 'integer' && type.size < 8 ? (1n << BigInt(type.size * 8)) - 1n : MASK64;
}

function isZero(value: Value): boolean {
  return !(value instanceof Unknown) && Number(value) === 0;
}

function nonzero(value: Value): boolean {
  return value instanceof Unknown ? value.nonzero || value.value !== 0n : Number(value) !== 0;
}

/** Bitwise complement of an unknown. */
export function complementUnknown(value: Unknown, type: CType): Value {
  return normalise(value, value.bits, ~value.value & ~value.bits & MASK64, type, false);
}

/** Truth of a value: known, or undefined when an unknown decides it. */
export function truth(value: Value): boolean | undefined {
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'bigint') return value !== 0n;
  return nonzero(value) ? true : undefined;
}
