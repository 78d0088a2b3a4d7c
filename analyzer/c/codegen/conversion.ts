import { convert } from '../arithmetic.js';
import type { CType, IntegerType } from '../types.js';
import { computed, constant, type Code } from './code.js';
import type { FunctionCode } from './function-code.js';
import { guarded } from './operators.js';

/** Conversions (C11 6.3). */

/** Has every value of the one type the same representation in the other? */
function sameRepresentation(from: CType, to: CType): boolean {
  if (from === to || to.kind === 'void' || to.kind === 'record') return true;
  if (from.kind === 'pointer' || from.kind === 'array' || from.kind === 'function') return to.kind === 'pointer';
  if (from.kind === 'integer' && to.kind === 'integer') {
    if (to.bool) return from.bool;
    if (from.bool) return to.size < 8;
    if (from.signed === to.signed) return from.size === to.size;
    return !from.signed && from.size < to.size && to.size < 8;
  }
  return false;
}

/** An expression's value, converted to a type. */
export function convertCode(fn: FunctionCode, code: Code, to: CType): Code {
  const from = code.type;
  if (code.constant !== undefined) return constant(convert(code.constant, from, to), to, fn);
  if (sameRepresentation(from, to)) return { ...code, type: to, place: undefined, slot: undefined, bits: undefined };
  const fixed = code.fixed;
  const js = guarded(fn, [code], (v) => text(fn, v, from, to), (v) => `${fn.helper('convert')}(${v},${fn.constant(from)},${fn.constant(to)})`);
  const known = code.known && !(to.kind === 'pointer');
  return { ...computed(to, js, { known, effects: code.effects }), fixed: fixed === undefined ? undefined : () => convert(fixed(), from, to) };
}

/** A known value, converted. */
function text(fn: FunctionCode, v: string, from: CType, to: CType): string {
  const wide = from.kind === 'integer' && from.size === 8;
  if (to.kind === 'integer') {
    if (to.bool) return `(${v}!=0?1:0)`;
    if (from.kind !== 'floating') {
      if (to.size === 8) {
        if (wide) return `BigInt.${to.signed ? 'asIntN' : 'asUintN'}(64,${v})`;
        const unsigned = from.kind === 'integer' && !from.signed;
        return to.signed || unsigned ? `BigInt(${v})` : `BigInt.asUintN(64,BigInt(${v}))`;
      }
      return wrap(wide ? `Number(BigInt.asUintN(32,${v}))` : v, to);
    }
  }
  if (to.kind === 'pointer') return wide ? `${fn.helper('toPointer')}(${v})` : v;
  if (to.kind === 'floating') return to.size === 4 ? `Math.fround(Number(${v}))` : `Number(${v})`;
  return `${fn.helper('convert')}(${v},${fn.constant(from)},${fn.constant(to)})`;
}

/** Modulo 2^N (C11 6.3.1.3; gcc for signed types too). */
function wrap(v: string, to: IntegerType): string {
  switch (to.size) {
    case 1: return to.signed ? `(${v}<<24>>24)` : `(${v}&255)`;
    case 2: return to.signed ? `(${v}<<16>>16)` : `(${v}&65535)`;
    default: return to.signed ? `(${v}|0)` : `(${v}>>>0)`;
  }
}
