import type { SyntaxNode } from './syntax.js';

/** C types with the sizes, alignments and layout rules of the x86-64 System V ABI. */

export interface VoidType { readonly kind: 'void' }

export interface IntegerType {
  readonly kind: 'integer';
  readonly size: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  /** _Bool: conversion to it compares with zero (C11 6.3.1.2). */
  readonly bool: boolean;
  readonly name: string;
  /** Where an attribute of a typedef gave it another alignment than its size. */
  readonly alignment?: number;
}

export interface FloatingType { readonly kind: 'floating'; readonly size: 4 | 8 | 16; readonly name: string }

export interface PointerType { readonly kind: 'pointer'; readonly target: CType }

export interface ArrayType {
  readonly kind: 'array';
  readonly element: CType;
  /** Number of elements; undefined while incomplete ([]). */
  readonly length: number | undefined;
  /** Number of elements of a variable-length array. */
  readonly variable?: SyntaxNode;
  /** Where an attribute of a typedef gave it another alignment than its elements have. */
  readonly alignment?: number;
}

export interface Parameter { readonly name: string | undefined; readonly type: CType }

export interface FunctionType {
  readonly kind: 'function';
  readonly result: CType;
  readonly parameters: readonly Parameter[];
  readonly variadic: boolean;
}

export interface Member {
  /** undefined for an anonymous struct or union, whose members belong to the enclosing one (C11 6.7.2.1p13), and for padding bit-fields. */
  readonly name: string | undefined;
  readonly type: CType;
  readonly offset: number;
  readonly bits: BitField | undefined;
}

/** Where a bit-field is within the bytes at its offset. */
export interface BitField {
  /** Position of the least significant bit. */
  readonly shift: number;
  readonly width: number;
  /** Bytes that hold it: the fewest that an integer can have. */
  readonly unit: 1 | 2 | 4 | 8;
}

export interface Layout { readonly size: number; readonly alignment: number; readonly members: readonly Member[] }

/** A struct or union. Its layout is worked out when first needed, so that types may refer to each other. */
export class RecordType {
  readonly kind = 'record';
  private computed: Layout | undefined;
  private lookup: Map<string, Member> | undefined;
  constructor(
    readonly isUnion: boolean,
    readonly tag: string | undefined,
    private readonly define: (() => Layout) | undefined,
    /** Without a body here: the same record where another unit has its body. */
    private readonly elsewhere?: () => RecordType | undefined,
  ) {}

  /** Has it a body? */
  get isComplete(): boolean {
    return this.define !== undefined || this.elsewhere?.() !== undefined;
  }

  /** @throws TypeError_ if the type is incomplete. */
  get layout(): Layout {
    if (this.computed === undefined) {
      const layout = this.define?.() ?? this.elsewhere?.()?.layout;
      if (layout === undefined) throw new CTypeError(`${this.toString()} is incomplete`);
      this.computed = layout;
    }
    return this.computed;
  }

  /** A member by name, anonymous members searched too; the offset is from the start of this record. */
  member(name: string): Member | undefined {
    if (this.lookup === undefined) {
      this.lookup = new Map();
      for (const m of this.layout.members) {
        if (m.name !== undefined) this.lookup.set(m.name, m);
        else if (m.type.kind === 'record') {
          for (const [n, inner] of m.type.allMembers()) this.lookup.set(n, { ...inner, offset: inner.offset + m.offset });
        }
      }
    }
    return this.lookup.get(name);
  }

  /** All named members, those of anonymous members included. */
  allMembers(): ReadonlyMap<string, Member> {
    this.member('');
    return this.lookup!;
  }

  toString(): string {
    return `${this.isUnion ? 'union' : 'struct'} ${this.tag ?? '<anonymous>'}`;
  }
}

export type CType = VoidType | IntegerType | FloatingType | PointerType | ArrayType | FunctionType | RecordType;

/** A type error, or a type that is used although it is incomplete. */
export class CTypeError extends Error {
  override readonly name = 'CTypeError';
}

const integer = (name: string, size: 1 | 2 | 4 | 8, signed: boolean, bool = false): IntegerType => ({ kind: 'integer', size, signed, bool, name });

export const VOID: VoidType = { kind: 'void' };
export const BOOL = integer('_Bool', 1, false, true);
export const CHAR = integer('char', 1, true);
export const SCHAR = integer('signed char', 1, true);
export const UCHAR = integer('unsigned char', 1, false);
export const SHORT = integer('short', 2, true);
export const USHORT = integer('unsigned short', 2, false);
export const INT = integer('int', 4, true);
export const UINT = integer('unsigned int', 4, false);
export const LONG = integer('long', 8, true);
export const ULONG = integer('unsigned long', 8, false);
export const LLONG = integer('long long', 8, true);
export const ULLONG = integer('unsigned long long', 8, false);
export const FLOAT: FloatingType = { kind: 'floating', size: 4, name: 'float' };
export const DOUBLE: FloatingType = { kind: 'floating', size: 8, name: 'double' };
export const LONG_DOUBLE: FloatingType = { kind: 'floating', size: 16, name: 'long double' };
export const VOID_POINTER: PointerType = { kind: 'pointer', target: VOID };
export const CHAR_POINTER: PointerType = { kind: 'pointer', target: CHAR };

const pointerCache = new WeakMap<CType, PointerType>();

export function pointerTo(target: CType): PointerType {
  let type = pointerCache.get(target);
  if (type === undefined) pointerCache.set(target, (type = { kind: 'pointer', target }));
  return type;
}

export function isScalar(type: CType): type is IntegerType | FloatingType | PointerType {
  return type.kind === 'integer' || type.kind === 'pointer' || type.kind === 'floating';
}

/** sizeof. void and functions count as 1, as in GNU C. @throws CTypeError for incomplete types. */
export function sizeOf(type: CType): number {
  switch (type.kind) {
    case 'void': case 'function': return 1;
    case 'integer': case 'floating': return type.size;
    case 'pointer': return 8;
    case 'array':
      if (type.length === undefined) throw new CTypeError('array of unknown length');
      return type.length * sizeOf(type.element);
    case 'record': return type.layout.size;
  }
}

export function alignOf(type: CType): number {
  switch (type.kind) {
    case 'void': case 'function': return 1;
    case 'integer': return type.alignment ?? type.size;
    case 'floating': return type.size;
    case 'pointer': return 8;
    case 'array': return type.alignment ?? alignOf(type.element);
    case 'record': return type.layout.alignment;
  }
}

/** The type that a typedef with the attribute aligned(n) declares. */
export function withAlignment(type: CType, alignment: number): CType {
  switch (type.kind) {
    case 'integer': case 'array': return { ...type, alignment };
    case 'record': return new RecordType(type.isUnion, type.tag, () => ({ ...type.layout, alignment: Math.max(alignment, type.layout.alignment) }));
    default: return type;
  }
}

export interface FieldSpecifier {
  readonly name: string | undefined;
  readonly type: CType;
  readonly width: number | undefined;
  /** What its attributes say. */
  readonly attributes: LayoutAttributes;
}

/** The attributes that decide where things are. */
export interface LayoutAttributes {
  readonly packed: boolean;
  /** Alignment in bytes that is asked for, 0 if none is. */
  readonly aligned: number;
}

function bitField(bit: number, width: number): { offset: number; bits: BitField } {
  const shift = bit % 8;
  const unit = ([1, 2, 4, 8] as const).find((bytes) => shift + width <= bytes * 8);
  if (unit === undefined) throw new CTypeError('bit-field that spreads over more than 8 bytes');
  return { offset: (bit - shift) / 8, bits: { shift, width, unit } };
}

/** Lay out a struct or union: System V ABI 3.1.2, bit-fields and attributes as gcc does it. */
export function layOut(fields: readonly FieldSpecifier[], isUnion: boolean, attributes: LayoutAttributes): Layout {
  const members: Member[] = [];
  let bit = 0;
  let alignment = Math.max(1, attributes.aligned);
  let size = 0;
  for (const field of fields) {
    const packed = attributes.packed || field.attributes.packed;
    const { aligned } = field.attributes;
    const natural = Math.max(packed ? 1 : alignOf(field.type), aligned);
    // a flexible array member has no size of its own (C11 6.7.2.1p18)
    const bytes = field.type.kind === 'array' && field.type.length === undefined ? 0 : sizeOf(field.type);
    if (isUnion) bit = 0;
    if (field.width === undefined) {
      const offset = Math.ceil(Math.ceil(bit / 8) / natural) * natural;
      members.push({ name: field.name, type: field.type, offset, bits: undefined });
      bit = (offset + bytes) * 8;
      alignment = Math.max(alignment, natural);
    } else if (field.width === 0) {
      bit = Math.ceil(bit / (bytes * 8)) * bytes * 8;
    } else {
      const unit = bytes * 8;
      if (aligned > 0) bit = Math.ceil(bit / (aligned * 8)) * aligned * 8;
      else if (!packed && Math.floor(bit / unit) !== Math.floor((bit + field.width - 1) / unit)) bit = Math.ceil(bit / unit) * unit;
      if (field.name !== undefined) {
        members.push({ name: field.name, type: field.type, ...bitField(bit, field.width) });
        alignment = Math.max(alignment, natural);
      }
      bit += field.width;
    }
    size = Math.max(size, Math.ceil(bit / 8));
  }
  return { size: Math.ceil(size / alignment) * alignment, alignment, members };
}

/** Integer promotions, C11 6.3.1.1p2. */
export function promote(type: CType): CType {
  return type.kind === 'integer' && type.size < 4 ? INT : type;
}

/** The type of a bit-field as an operand: int or unsigned int if that holds all its values (6.3.1.1p2). */
export function promoteBitField(type: CType, { width }: BitField): CType {
  if (type.kind !== 'integer' || width > 32) return type;
  return width < 32 || type.signed ? INT : UINT;
}

/** Usual arithmetic conversions, C11 6.3.1.8. */
export function usualArithmetic(a: CType, b: CType): CType {
  if (a.kind === 'floating' || b.kind === 'floating') {
    if (a.kind === 'floating' && b.kind === 'floating') return a.size >= b.size ? a : b;
    return a.kind === 'floating' ? a : b;
  }
  const x = promote(a);
  const y = promote(b);
  const isLongLong = (t: IntegerType): boolean => t.name.endsWith('long long');
  if (x.kind !== 'integer' || y.kind !== 'integer') throw new CTypeError(`no arithmetic on ${typeName(a)} and ${typeName(b)}`);
  if (x.size !== y.size) return x.size > y.size ? x : y;
  if (x.signed !== y.signed) {
    const unsigned = x.signed ? y : x;
    // of the same size, but long long has the higher rank
    return unsigned.size === 8 && (isLongLong(x) || isLongLong(y)) ? ULLONG : unsigned;
  }
  return isLongLong(y) ? y : x;
}

/** Decay: arrays to pointers to their first element, functions to pointers (C11 6.3.2.1). */
export function decay(type: CType): CType {
  if (type.kind === 'array') return pointerTo(type.element);
  if (type.kind === 'function') return pointerTo(type);
  return type;
}

/** __builtin_types_compatible_p: top-level qualifiers do not count (and are not kept here at all). */
export function compatible(a: CType, b: CType): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'void': return true;
    case 'integer': return a.name === (b as IntegerType).name;
    case 'floating': return a.size === (b as FloatingType).size;
    case 'pointer': return compatible(a.target, (b as PointerType).target);
    case 'array': {
      const other = b as ArrayType;
      return compatible(a.element, other.element) && (a.length === undefined || other.length === undefined || a.length === other.length);
    }
    case 'record': return a.tag !== undefined && a.tag === (b as RecordType).tag && a.isUnion === (b as RecordType).isUnion;
    case 'function': {
      const other = b as FunctionType;
      return compatible(a.result, other.result) && a.parameters.length === other.parameters.length
        && a.parameters.every((p, i) => compatible(p.type, other.parameters[i]!.type));
    }
  }
}

export function typeName(type: CType): string {
  switch (type.kind) {
    case 'void': return 'void';
    case 'integer': case 'floating': return type.name;
    case 'pointer': return `${typeName(type.target)} *`;
    case 'array': return `${typeName(type.element)} [${type.length ?? ''}]`;
    case 'record': return type.toString();
    case 'function': return `${typeName(type.result)} (${type.parameters.map((p) => typeName(p.type)).join(', ')})`;
  }
}
