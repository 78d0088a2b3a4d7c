import { toBitField } from '../arithmetic.js';
import { CompileError } from '../frame.js';
import type { SyntaxNode } from '../syntax.js';
import { decay, promoteBitField, sizeOf, type BitField, type CType } from '../types.js';
import { Unknown } from '../unknown.js';
import { computed, literal, type Code, type Place } from './code.js';
import { convertCode } from './conversion.js';
import type { FunctionCode } from './function-code.js';
import { guarded } from './operators.js';

/** Objects in memory: their addresses, loads and stores (C11 6.3.2.1). */

/** A place at an address. */
export function placeAt(address: Code): Place {
  const { js, atom, known, effects, fixed, constant } = address;
  return { base: js, offset: 0, atom, known, effects, fixed: fixed ?? (typeof constant === 'number' ? () => constant : undefined) };
}

/** The same object's part at an offset. */
export function placeWithin(place: Place, offset: number): Place {
  const { fixed } = place;
  return {
    ...place, offset: place.offset + offset,
    fixed: fixed === undefined || offset === 0 ? fixed : () => { const at = fixed(); return typeof at === 'number' ? at + offset : at; },
  };
}

/** The address of a place, as a value of a type. */
export function addressOf(fn: FunctionCode, place: Place, type: CType): Code {
  const { base, offset, known, effects, atom, fixed } = place;
  const literalBase = /^\d+$/.test(base) ? Number(base) + offset : undefined;
  if (literalBase !== undefined) return { ...computed(type, literal(literalBase), { atom: true, known: true }), constant: literalBase };
  if (offset === 0) return { ...computed(type, base, { atom, known, effects }), fixed };
  const js = known ? `(${base}+${offset})` : atom ? `(typeof ${base}==='number'?${base}+${offset}:${base})` : `${fn.helper('shifted')}(${base},${offset})`;
  return { ...computed(type, js, { known, effects }), fixed };
}

/** The object of a type at a place. */
export function objectAt(fn: FunctionCode, type: CType, place: Place, node: SyntaxNode, bits?: BitField): Code {
  const object: Code = { ...computed(type, '0', { effects: place.effects }), place, bits };
  const { base, offset } = place;
  if (bits !== undefined) return { ...object, js: `${fn.helper('loadBits')}(${base},${offset},${fn.constant(type)},${fn.constant(bits)})` };
  switch (type.kind) {
    case 'integer': return { ...object, js: `${fn.helper(`${type.signed ? 'i' : 'u'}${type.size * 8}`)}(${base},${offset})` };
    case 'pointer': return { ...object, js: `${fn.helper('pointer')}(${base},${offset})` };
    case 'floating': return { ...object, js: `${fn.helper(type.size === 4 ? 'f32' : 'f64')}(${base},${offset})` };
    case 'array': case 'record': case 'function': return { ...addressOf(fn, place, type), constant: undefined, place, bits };
    case 'void': return { ...object, known: true };
    default: throw new CompileError(node, 'load');
  }
}

/** As an operand: arrays and functions decay to pointers, what is in an object is loaded (C11 6.3.2.1). */
export function rvalue(fn: FunctionCode, code: Code): Code {
  const { type, js, atom, known, effects, constant, fixed } = code;
  if (code.bits !== undefined) return convertCode(fn, computed(type, js, { atom, known, effects }), promoteBitField(type, code.bits));
  const isAddress = type.kind === 'array' || type.kind === 'function' || type.kind === 'record';
  return { ...computed(decay(type), js, { atom, known, effects }), constant, fixed: isAddress || code.place === undefined ? fixed : undefined };
}

/** Text that stores a value, already of the place's type, and has that value. */
export function storeText(fn: FunctionCode, type: CType, place: Place, value: string, node: SyntaxNode, bits?: BitField): string {
  const { base, offset } = place;
  // only a store through a pointer can go astray
  const at = place.known ? '' : `,${fn.constant(node)}`;
  if (bits !== undefined) return `${fn.helper('storeBits')}(${base},${offset},${value},${fn.constant(bits)}${at})`;
  switch (type.kind) {
    case 'integer': return `${fn.helper(`s${type.size * 8}`)}(${base},${offset},${value}${at})`;
    case 'pointer': return `${fn.helper('sp')}(${base},${offset},${value}${at})`;
    case 'floating': return `${fn.helper(type.size === 4 ? 'sf32' : 'sf64')}(${base},${offset},${value}${at})`;
    case 'record': return `${fn.helper('copyRecord')}(${base},${offset},${value},${sizeOf(type)}${at})`;
    default: throw new CompileError(node, `assignment to ${type.kind}`);
  }
}

/** Store into an lvalue; the code's value is the value stored. */
export function assign(fn: FunctionCode, target: Code, value: Code, node: SyntaxNode): Code {
  const { type, slot, place, bits } = target;
  if (slot !== undefined) return computed(type, `(${slot}=${value.js})`, { known: value.known, effects: true });
  if (place === undefined) throw new CompileError(node, 'assignment to something that is not an lvalue');
  // the value is evaluated before the address, except for integers: where both have effects, C does not say
  if (value.effects && place.base !== 'b' && (type.kind !== 'integer' || bits !== undefined)) {
    const held = fn.scratch();
    return computed(type, `(${held}=${value.js},${storeText(fn, type, place, held, node, bits)})`, { known: value.known, effects: true });
  }
  return computed(type, storeText(fn, type, place, value.js, node, bits), { known: value.known, effects: true });
}

/** The value of an assignment is that of the left operand afterwards (C11 6.5.16p3): of a bit-field, what fits in it. */
export function fitting(fn: FunctionCode, value: Code, type: CType, bits: BitField | undefined): Code {
  if (bits === undefined || type.kind !== 'integer') return value;
  if (value.constant !== undefined) {
    const fits = toBitField(value.constant, type, bits.width);
    return { ...value, constant: fits, js: fits instanceof Unknown ? fn.constant(fits) : literal(fits), known: !(fits instanceof Unknown) };
  }
  return computed(type, `${fn.helper('toBitField')}(${value.js},${fn.constant(type)},${bits.width})`, { known: value.known, effects: value.effects });
}

/** A pointer moved by a number of its target's elements (C11 6.5.6p8). */
export function offsetPointer(fn: FunctionCode, pointer: Code, index: Code, sign: 1 | -1): Code {
  const size = pointer.type.kind === 'pointer' ? sizeOf(pointer.type.target) * sign : sign;
  const { type } = pointer;
  const effects = pointer.effects || index.effects;
  if (index.constant !== undefined && !(index.constant instanceof Unknown)) {
    const offset = Number(index.constant) * size;
    if (typeof pointer.constant === 'number') return { ...pointer, constant: pointer.constant + offset, js: literal(pointer.constant + offset), fixed: undefined };
    if (offset === 0) return { ...pointer, atom: pointer.atom };
    const { fixed } = pointer;
    const js = pointer.known ? `(${pointer.js}+${literal(offset)})` : guarded(fn, [pointer], (p) => `(${p}+${literal(offset)})`, (p) => p);
    return { ...computed(type, js, { known: pointer.known, effects }), fixed: fixed === undefined ? undefined : () => { const at = fixed(); return typeof at === 'number' ? at + offset : at; } };
  }
  const wide = index.type.kind === 'integer' && index.type.size === 8;
  const js = guarded(fn, [pointer, index],
    (p, i) => `(${p}+${wide ? `Number(BigInt.asIntN(64,${i}))` : i}${size === 1 ? '' : `*${literal(size)}`})`,
    (p, i) => `${fn.helper('blurredPointer')}(${p},${i})`);
  return computed(type, js, { known: pointer.known && index.known, effects });
}

