import { ArithmeticError, binaryUnknown } from './arithmetic.js';
import type { CType } from './types.js';
import { Unknown, type Value } from './unknown.js';

export type BinaryOperation = (a: Value, b: Value) => Value;

type Num = (a: number, b: number) => number;
type Big = (a: bigint, b: bigint) => bigint;

const divideByZero = (): never => { throw new ArithmeticError('division by zero'); };

const INT32: Readonly<Record<string, Num>> = {
  '+': (a, b) => (a + b) | 0,
  '-': (a, b) => (a - b) | 0,
  '*': (a, b) => Math.imul(a, b),
  '/': (a, b) => (b === 0 ? divideByZero() : (a / b) | 0),
  '%': (a, b) => (b === 0 ? divideByZero() : (a % b) | 0),
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '<<': (a, b) => a << b,
  '>>': (a, b) => a >> b,
};

const UINT32: Readonly<Record<string, Num>> = {
  '+': (a, b) => (a + b) >>> 0,
  '-': (a, b) => (a - b) >>> 0,
  '*': (a, b) => Math.imul(a, b) >>> 0,
  '/': (a, b) => (b === 0 ? divideByZero() : Math.floor(a / b)),
  '%': (a, b) => (b === 0 ? divideByZero() : a % b),
  '&': (a, b) => (a & b) >>> 0,
  '|': (a, b) => (a | b) >>> 0,
  '^': (a, b) => (a ^ b) >>> 0,
  '<<': (a, b) => (a << b) >>> 0,
  '>>': (a, b) => a >>> b,
};

const INT64: Readonly<Record<string, Big>> = {
  '+': (a, b) => BigInt.asIntN(64, a + b),
  '-': (a, b) => BigInt.asIntN(64, a - b),
  '*': (a, b) => BigInt.asIntN(64, a * b),
  '/': (a, b) => (b === 0n ? divideByZero() : BigInt.asIntN(64, a / b)),
  '%': (a, b) => (b === 0n ? divideByZero() : a % b),
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
};

const UINT64: Readonly<Record<string, Big>> = {
  '+': (a, b) => BigInt.asUintN(64, a + b),
  '-': (a, b) => BigInt.asUintN(64, a - b),
  '*': (a, b) => BigInt.asUintN(64, a * b),
  '/': (a, b) => (b === 0n ? divideByZero() : a / b),
  '%': (a, b) => (b === 0n ? divideByZero() : a % b),
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
};

const FLOATING: Readonly<Record<string, Num>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
};

const COMPARE: Readonly<Record<string, (a: number | bigint, b: number | bigint) => number>> = {
  '==': (a, b) => (a === b ? 1 : 0),
  '!=': (a, b) => (a !== b ? 1 : 0),
  '<': (a, b) => (a < b ? 1 : 0),
  '>': (a, b) => (a > b ? 1 : 0),
  '<=': (a, b) => (a <= b ? 1 : 0),
  '>=': (a, b) => (a >= b ? 1 : 0),
};

/** An arithmetic or bitwise operator on two values that already have the common type. */
export function binaryOperation(operator: string, type: CType): BinaryOperation | undefined {
  if (type.kind === 'integer' && type.size === 8) {
    if (operator === '<<' || operator === '>>') return shift64(operator, type);
    const op = (type.signed ? INT64 : UINT64)[operator];
    if (op === undefined) return undefined;
    return (a, b) => (typeof a === 'bigint' && typeof b === 'bigint' ? op(a, b) : binaryUnknown(operator, a, b, type));
  }
  const op = type.kind === 'floating' ? FLOATING[operator] : type.kind === 'integer' && type.signed ? INT32[operator] : UINT32[operator];
  if (op === undefined) return undefined;
  if (type.kind === 'floating' && type.size === 4) return (a, b) => (typeof a === 'number' && typeof b === 'number' ? Math.fround(op(a, b)) : binaryUnknown(operator, a, b, type));
  return (a, b) => (typeof a === 'number' && typeof b === 'number' ? op(a, b) : binaryUnknown(operator, a, b, type));
}

/** The right operand of a shift keeps its own type (C11 6.5.7); counts are taken modulo the width, as x86 does. */
function shift64(operator: string, type: CType): BinaryOperation {
  const wrap = type.kind === 'integer' && type.signed ? (v: bigint) => BigInt.asIntN(64, v) : (v: bigint) => BigInt.asUintN(64, v);
  const left = operator === '<<';
  return (a, b) => {
    if (b instanceof Unknown || typeof a !== 'bigint') return binaryUnknown(operator, a, b instanceof Unknown ? b : BigInt(b) & 63n, type);
    const count = BigInt(b) & 63n;
    return wrap(left ? a << count : a >> count);
  };
}

/** A comparison of two values that already have the common type; the result is an int. */
export function comparison(operator: string, type: CType): BinaryOperation | undefined {
  const op = COMPARE[operator];
  if (op === undefined) return undefined;
  return (a, b) => (a instanceof Unknown || b instanceof Unknown ? binaryUnknown(operator, a, b, type) : op(a, b));
}
