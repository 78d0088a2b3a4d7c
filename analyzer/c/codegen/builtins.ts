import { convert, toBits, truth } from '../arithmetic.js';
import { descriptorType, integerConstant } from '../declarator.js';
import { CompileError } from '../frame.js';
import type { FunctionSymbol } from '../symbols.js';
import type { SyntaxNode } from '../syntax.js';
import { BOOL, DOUBLE, INT, LLONG, LONG, UINT, ULLONG, ULONG, USHORT, VOID, VOID_POINTER, compatible, decay, sizeOf, typeName, type CType, type IntegerType } from '../types.js';
import { Unknown, type Value } from '../unknown.js';
import { atomic } from './atomic.js';
import { computed, constant, type Code, type CodeContext } from './code.js';
import { converted, expression, gap, operand, typeOf } from './expression.js';
import type { FunctionCode } from './function-code.js';
import { assign, placeAt } from './lvalue.js';

/** gcc's built-in functions that the compiler itself must know, because of types or of unevaluated operands. */

type Builtin = (args: readonly SyntaxNode[], node: SyntaxNode, context: CodeContext) => Code;

/** Code of a call of a built-in; undefined if the name is not one. */
export function builtin(name: string, args: readonly SyntaxNode[], node: SyntaxNode, context: CodeContext): Code | undefined {
  if (!name.startsWith('__') && name !== 'asm') return undefined;
  const known = BUILTINS[name];
  if (known !== undefined) return known(args, node, context);
  if (name.startsWith('__sync_') || name.startsWith('__atomic_')) return atomic(name, args, node, context);
  const typed = /^__builtin_([us])(add|sub|mul)(l|ll)?_overflow$/.exec(name);
  if (typed !== null) {
    const [, sign, operation, long] = typed;
    const operandType: IntegerType = sign === 'u' ? (long === undefined ? UINT : long === 'l' ? ULONG : ULLONG) : long === undefined ? INT : long === 'l' ? LONG : LLONG;
    return overflow(({ add: '+', sub: '-', mul: '*' } as const)[operation as 'add' | 'sub' | 'mul'], operandType)(args, node, context);
  }
  return undefined;
}

/** What __builtin_NAME stands for if it is none of the above: the library function of that name, if the program has it. */
export function libraryFunction(name: string, context: CodeContext): FunctionSymbol | undefined {
  if (!name.startsWith('__builtin_')) return undefined;
  const symbol = context.file.find(name.slice('__builtin_'.length));
  return symbol?.kind === 'function' ? symbol : undefined;
}

/** The type argument of a built-in: written as sizeof(T) by the parser's front end, or an expression whose type counts. */
function typeArgument(node: SyntaxNode, context: CodeContext): CType {
  if (node.type !== 'sizeof_expression') return typeOf(node, context);
  const type = node.child('type');
  return type !== undefined ? descriptorType(type, context) : typeOf(node.child('value')!, context);
}

/** offsetof's member designator, parsed as 0->a.b[i]. */
function designatorOffset(node: SyntaxNode, type: CType, context: CodeContext): { offset: number; type: CType } {
  if (node.type === 'field_expression') {
    const argument = node.child('argument')!;
    const base = argument.type === 'number_literal' ? { offset: 0, type } : designatorOffset(argument, type, context);
    const member = base.type.kind === 'record' ? base.type.member(node.child('field')!.name) : undefined;
    if (member === undefined) throw new CompileError(node, `${typeName(base.type)} has no known member '${node.child('field')!.name}'`);
    return { offset: base.offset + member.offset, type: member.type };
  }
  if (node.type === 'subscript_expression') {
    const base = designatorOffset(node.child('argument')!, type, context);
    if (base.type.kind !== 'array') throw new CompileError(node, 'offsetof');
    const { element } = base.type;
    const size = element.kind === 'array' && element.length === undefined ? 0 : sizeOf(element);
    return { offset: base.offset + integerConstant(node.child('index')!, context) * size, type: element };
  }
  throw new CompileError(node, 'offsetof');
}

/** Code that calls one of these functions with a value. */
function applied(fn: FunctionCode, type: CType, compute: (value: Value) => Value, operand_: Code): Code {
  const { constant: value } = operand_;
  if (value !== undefined) return constant(compute(value), type, fn);
  return computed(type, `${fn.constant(compute)}(${operand_.js})`, { known: operand_.known, effects: operand_.effects });
}

/** A function of a value's bits. */
function ofBits(type: CType, width: 32 | 64, compute: (bits: bigint, width: number) => number): Builtin {
  const apply = (v: Value): Value => (v instanceof Unknown ? v.blurred() : compute(toBits(v), width));
  return (args, _node, context) => applied(context.fn, type, apply, converted(args[0]!, width === 64 ? ULONG : UINT, context));
}

const unaryBits = (width: 32 | 64, compute: (bits: bigint, width: number) => number): Builtin => ofBits(INT, width, compute);

const leadingZeros = (bits: bigint, width: number): number => (bits === 0n ? width : width - bits.toString(2).length);
const trailingZeros = (bits: bigint, width: number): number => {
  if (bits === 0n) return width;
  let n = 0;
  while (((bits >> BigInt(n)) & 1n) === 0n) n++;
  return n;
};
const population = (bits: bigint): number => {
  let n = 0;
  for (let b = bits; b !== 0n; b &= b - 1n) n++;
  return n;
};

/** How many bits below the sign bit are equal to it. */
const redundantSignBits = (bits: bigint, width: number): number => {
  const sign = (bits >> BigInt(width - 1)) & 1n;
  return leadingZeros(sign === 1n ? ~bits & ((1n << BigInt(width)) - 1n) : bits, width) - 1;
};

function absolute(type: IntegerType): Builtin {
  const apply = (v: Value): Value => (v instanceof Unknown ? v.blurred() : convert(v < 0 ? -v : v, type, type));
  return (args, _node, context) => applied(context.fn, type, apply, converted(args[0]!, type, context));
}

function byteSwap(type: IntegerType): Builtin {
  const apply = (v: Value): Value => {
    if (v instanceof Unknown) return v.blurred();
    let bits = toBits(v);
    let out = 0n;
    for (let i = 0; i < type.size; i++) {
      out = (out << 8n) | (bits & 0xffn);
      bits >>= 8n;
    }
    return type.size === 8 ? out : Number(out);
  };
  return (args, _node, context) => applied(context.fn, type, apply, converted(args[0]!, type, context));
}

const isNaN_ = (v: Value): Value => (v instanceof Unknown ? v.blurred() : Number.isNaN(v) ? 1 : 0);

/** The result of an operation that may overflow, and whether it does. */
interface Overflowing { readonly value: Value; readonly overflows: Value }

const overflow = (operator: '+' | '-' | '*', type_?: IntegerType): Builtin => (args, node, context) => {
  const { fn } = context;
  const [a, b, pointer] = fn.inOrder(
    ...[args[0]!, args[1]!].map((arg) => () => (type_ === undefined ? operand(arg, context) : converted(arg, type_, context))),
    () => operand(args[2]!, context),
  ) as [Code, Code, Code];
  if (pointer.type.kind !== 'pointer' || pointer.type.target.kind !== 'integer') throw new CompileError(node, '__builtin_*_overflow');
  const type = pointer.type.target;
  const compute = (x: Value, y: Value): Overflowing => {
    if (x instanceof Unknown || y instanceof Unknown) {
      const u = (x instanceof Unknown ? x : y) as Unknown;
      return { value: u.blurred(), overflows: new Unknown(u.origin, 1n, 0n) };
    }
    const i = BigInt(x), j = BigInt(y);
    const exact = operator === '+' ? i + j : operator === '-' ? i - j : i * j;
    const wrapped = type.signed ? BigInt.asIntN(type.size * 8, exact) : BigInt.asUintN(type.size * 8, exact);
    return { value: type.size === 8 ? wrapped : Number(wrapped), overflows: wrapped === exact ? 0 : 1 };
  };
  const result = fn.scratch();
  const target: Code = { ...pointer, type, place: placeAt(pointer), slot: undefined };
  const stored = assign(fn, target, computed(type, `${result}.value`), node);
  return computed(BOOL, `(${result}=${fn.constant(compute)}(${a.js},${b.js}),${stored.js},${result}.overflows)`, { effects: true });
};

const nothing: Builtin = (_args, _node, { fn }) => constant(0, INT, fn);

const BUILTINS: Readonly<Record<string, Builtin>> = {
  __builtin_expect: (args, _node, context) => operand(args[0]!, context),
  __builtin_constant_p: (args, _node, context) => constant(context.fn.discarding(() => operand(args[0]!, context)).constant === undefined ? 0 : 1, INT, context.fn),
  __builtin_types_compatible_p: (args, _node, context) => constant(compatible(typeArgument(args[0]!, context), typeArgument(args[1]!, context)) ? 1 : 0, INT, context.fn),
  __builtin_choose_expr: (args, node, context) => {
    const condition = context.fn.discarding(() => operand(args[0]!, context)).constant;
    const known = condition === undefined ? undefined : truth(condition);
    if (known === undefined) throw new CompileError(node, '__builtin_choose_expr');
    return expression(args[known ? 1 : 2]!, context);
  },
  __builtin_offsetof: (args, _node, context) => constant(BigInt(designatorOffset(args[1]!, typeArgument(args[0]!, context), context).offset), ULONG, context.fn),
  __builtin_unreachable: (_args, node, context) => gap('__builtin_unreachable() reached', node, VOID, context),
  __builtin_trap: (_args, node, context) => gap('__builtin_trap() reached', node, VOID, context),
  __builtin_clz: unaryBits(32, leadingZeros),
  __builtin_clzl: unaryBits(64, leadingZeros),
  __builtin_clzll: unaryBits(64, leadingZeros),
  __builtin_ctz: unaryBits(32, trailingZeros),
  __builtin_ctzl: unaryBits(64, trailingZeros),
  __builtin_ctzll: unaryBits(64, trailingZeros),
  __builtin_popcount: unaryBits(32, population),
  __builtin_popcountl: unaryBits(64, population),
  __builtin_popcountll: unaryBits(64, population),
  __builtin_parity: unaryBits(32, (b) => population(b) & 1),
  __builtin_parityl: unaryBits(64, (b) => population(b) & 1),
  __builtin_parityll: unaryBits(64, (b) => population(b) & 1),
  __builtin_clrsb: unaryBits(32, redundantSignBits),
  __builtin_clrsbl: unaryBits(64, redundantSignBits),
  __builtin_clrsbll: unaryBits(64, redundantSignBits),
  __builtin_abs: absolute(INT),
  __builtin_labs: absolute(LONG),
  __builtin_llabs: absolute(LLONG),
  __builtin_isnan: (args, _node, context) => applied(context.fn, INT, isNaN_, converted(args[0]!, DOUBLE, context)),
  __builtin_ffs: unaryBits(32, (b) => (b === 0n ? 0 : trailingZeros(b, 32) + 1)),
  __builtin_ffsl: unaryBits(64, (b) => (b === 0n ? 0 : trailingZeros(b, 64) + 1)),
  __builtin_ffsll: unaryBits(64, (b) => (b === 0n ? 0 : trailingZeros(b, 64) + 1)),
  __builtin_bswap16: byteSwap(USHORT),
  __builtin_bswap32: byteSwap(UINT),
  __builtin_bswap64: byteSwap(ULONG),
  __builtin_add_overflow: overflow('+'),
  __builtin_sub_overflow: overflow('-'),
  __builtin_mul_overflow: overflow('*'),
  __builtin_prefetch: nothing,
  __builtin_assume_aligned: (args, _node, context) => operand(args[0]!, context),
  __builtin_object_size: (_args, _node, { fn }) => constant(0xffff_ffff_ffff_ffffn, ULONG, fn),
  __builtin_return_address: (_args, _node, { fn }) => constant(0, VOID_POINTER, fn),
  __builtin_frame_address: (_args, _node, { fn }) => constant(0, VOID_POINTER, fn),
  __builtin_extract_return_addr: (args, _node, context) => operand(args[0]!, context),
  // inline assembly: barriers and hints, where code that builds CPUs has any
  asm: nothing,
  __asm: nothing,
  __asm__: nothing,
  __builtin_va_start: (args, node, context) => {
    const { fn } = context;
    const list = expression(args[0]!, context);
    return { ...assign(fn, list, computed(list.type, `${fn.helper('P')}.vaStart(va)`, { known: true }), node), type: VOID };
  },
  __builtin_va_end: nothing,
  __builtin_va_copy: (args, node, context) => {
    const { fn } = context;
    const [list, source] = fn.inOrder(() => expression(args[0]!, context), () => operand(args[1]!, context)) as [Code, Code];
    return { ...assign(fn, list, computed(list.type, `${fn.helper('P')}.vaCopy(${source.js})`, { known: true }), node), type: VOID };
  },
  __builtin_va_arg: (args, node, context) => {
    const { fn, runtime } = context;
    const list = operand(args[0]!, context);
    const type = decay(typeArgument(args[1]!, context));
    const next = (of: Value): Value => {
      const v = runtime.vaArgument(of);
      if (v === undefined) return runtime.gap('va_arg past the last argument', node);
      // the argument's own type is gone: a number of the same width stands for it
      return v instanceof Unknown ? v : convert(v, typeof v === 'bigint' ? ULONG : INT, type);
    };
    const code = computed(type, `${fn.constant(next)}(${list.js})`, { effects: true });
    return type.kind === 'record' ? { ...code, place: placeAt(code) } : code;
  },
};
