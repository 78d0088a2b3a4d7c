import type { Context } from '../context.js';
import type { CType, BitField } from '../types.js';
import { Unknown, type Value } from '../unknown.js';
import type { FunctionCode } from './function-code.js';

/** A C expression as JavaScript. (All have all members: what is made so often must be of one shape to be fast.) */
export interface Code {
  readonly type: CType;
  /** Its value; of records the address of the object, of arrays that of the first element, of functions theirs. */
  readonly js: string;
  /** The text is a name or a literal: it may stand twice. */
  readonly atom: boolean;
  /** Never an unknown. */
  readonly known: boolean;
  /** Evaluating it assigns or calls something. */
  readonly effects: boolean;
  /** Known while compiling. */
  readonly constant: Value | undefined;
  /** Known without a running function, but not before somebody asks: addresses of objects come into being when they are first needed. */
  readonly fixed: (() => Value) | undefined;
  /** Lvalues in memory. */
  readonly place: Place | undefined;
  /** Lvalues in a variable: its name. */
  readonly slot: string | undefined;
  /** Bit-field lvalues: position within the unit at the place. */
  readonly bits: BitField | undefined;
}

/** An address: a base, and an offset known while compiling. */
export interface Place {
  readonly base: string;
  readonly offset: number;
  readonly atom: boolean;
  readonly known: boolean;
  readonly effects: boolean;
  readonly fixed?: (() => Value) | undefined;
}

/** A context in which code can be made. */
export interface CodeContext extends Context { readonly fn: FunctionCode }

/** JavaScript for a known value. */
export function literal(value: number | bigint): string {
  if (typeof value === 'bigint') return value < 0n ? `(${value}n)` : `${value}n`;
  if (Object.is(value, -0)) return '(-0)';
  return value < 0 ? `(${value})` : String(value);
}

/** An expression whose value is known while compiling. */
export function constant(value: Value, type: CType, fn: FunctionCode): Code {
  const known = !(value instanceof Unknown);
  return { ...computed(type, known ? literal(value) : fn.constant(value), { atom: true, known }), constant: value };
}

/** An expression that is no lvalue and not constant. */
export function computed(type: CType, js: string, of: { known?: boolean; effects?: boolean; atom?: boolean } = {}): Code {
  return { type, js, atom: of.atom ?? false, known: of.known ?? false, effects: of.effects ?? false, constant: undefined, fixed: undefined, place: undefined, slot: undefined, bits: undefined };
}

/** typeof of a type's known values. */
export function representation(type: CType): 'number' | 'bigint' {
  return type.kind === 'integer' && type.size === 8 ? 'bigint' : 'number';
}
