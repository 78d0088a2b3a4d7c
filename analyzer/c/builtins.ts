import { convert, toBits, truth } from './arithmetic.js';
import type { Context } from './context.js';
import { descriptorType, integerConstant } from './declarator.js';
import { compileConverted, compileExpression, compileRvalue, constant, converted } from './expression.js';
import { CompileError, type Evaluate, type Frame } from './frame.js';
import { loader, storer, storerAt } from './lvalue.js';
import { binaryOperation } from './operators.js';
import type { Expression, FunctionSymbol } from './symbols.js';
import type { SyntaxNode } from './syntax.js';
import { BOOL, DOUBLE, INT, LLONG, LONG, UINT, ULLONG, ULONG, USHORT, VOID, VOID_POINTER, compatible, decay, typeName, type CType, type IntegerType } from './types.js';
import { Unknown, type Value } from './unknown.js';

/** gcc's built-in functions that the compiler itself must know, because of types or of unevaluated operands. */

type Builtin = (args: readonly SyntaxNode[], node: SyntaxNode, context: Context) => Expression;

/** Compile a call of a built-in; undefined if the name is not one. */
export function compileBuiltin(name: string, args: readonly SyntaxNode[], node: SyntaxNode, context: Context): Expression | undefined {
  if (!name.startsWith('__') && name !== 'asm') return undefined;
  const builtin = BUILTINS[name];
  if (builtin !== undefined) return builtin(args, node, context);
  if (name.startsWith('__sync_') || name.startsWith('__atomic_')) return atomic(name, args, node, context);
  const typed = /^__builtin_([us])(add|sub|mul)(l|ll)?_overflow$/.exec(name);
  if (typed !== null) {
    const [, sign, operation, long] = typed;
    const operand: IntegerType = sign === 'u' ? (long === undefined ? UINT : long === 'l' ? ULONG : ULLONG) : long === undefined ? INT : long === 'l' ? LONG : LLONG;
    return overflow(({ add: '+', sub: '-', mul: '*' } as const)[operation as 'add' | 'sub' | 'mul'], operand)(args, node, context);
  }
  return undefined;
}

/** What __builtin_NAME stands for if it is none of the above: the library function of that name, if the program has it. */
export function libraryFunction(name: string, context: Context): FunctionSymbol | undefined {
  if (!name.startsWith('__builtin_')) return undefined;
  const symbol = context.file.find(name.slice('__builtin_'.length));
  return symbol?.kind === 'function' ? symbol : undefined;
}

/** The type argument of a built-in: written as sizeof(T) by the parser's front end, or an expression whose type counts. */
function typeArgument(node: SyntaxNode, context: Context): CType {
  if (node.type !== 'sizeof_expression') return compileExpression(node, context).type;
  const type = node.child('type');
  if (type !== undefined) return descriptorType(type, context);
  return compileExpression(node.child('value')!, context).type;
}

/** offsetof's member designator, parsed as 0->a.b[i]. */
function designatorOffset(node: SyntaxNode, type: CType, context: Context): { offset: number; type: CType } {
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
    const size = sizeofElement(element);
    return { offset: base.offset + integerConstant(node.child('index')!, context) * size, type: element };
  }
  throw new CompileError(node, 'offsetof');
}

function sizeofElement(type: CType): number {
  return type.kind === 'record' ? type.layout.size : type.kind === 'array' ? (type.length ?? 0) * sizeofElement(type.element) : type.kind === 'pointer' ? 8 : type.kind === 'void' || type.kind === 'function' ? 1 : type.size;
}

const unaryBits = (width: 32 | 64, compute: (bits: bigint, width: number) => number): Builtin => (args, _node, context) => {
  const operand = compileConverted(args[0]!, width === 64 ? ULONG : UINT, context);
  return {
    type: INT,
    evaluate: (f) => {
      const v = operand(f);
      return v instanceof Unknown ? v.blurred() : compute(toBits(v), width);
    },
  };
};

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

const absolute = (type: IntegerType): Builtin => (args, _node, context) => {
  const operand = compileConverted(args[0]!, type, context);
  return {
    type,
    evaluate: (f) => {
      const v = operand(f);
      if (v instanceof Unknown) return v.blurred();
      return convert(v < 0 ? -v : v, type, type);
    },
  };
};

const byteSwap = (type: IntegerType): Builtin => (args, _node, context) => {
  const operand = compileConverted(args[0]!, type, context);
  return {
    type,
    evaluate: (f) => {
      const v = operand(f);
      if (v instanceof Unknown) return v.blurred();
      let bits = toBits(v);
      let out = 0n;
      for (let i = 0; i < type.size; i++) {
        out = (out << 8n) | (bits & 0xffn);
        bits >>= 8n;
      }
      return type.size === 8 ? out : Number(out);
    },
  };
};

const overflow = (operator: '+' | '-' | '*', operand?: IntegerType): Builtin => (args, node, context) => {
  const compile = (arg: SyntaxNode): { evaluate: Evaluate } => (operand === undefined ? compileRvalue(arg, context) : { evaluate: compileConverted(arg, operand, context) });
  const a = compile(args[0]!);
  const b = compile(args[1]!);
  const pointer = compileRvalue(args[2]!, context);
  if (pointer.type.kind !== 'pointer' || pointer.type.target.kind !== 'integer') throw new CompileError(node, '__builtin_*_overflow');
  const type = pointer.type.target;
  const store = storerAt(type, context.runtime, node);
  return {
    type: BOOL,
    evaluate: (f) => {
      const x = a.evaluate(f), y = b.evaluate(f), p = pointer.evaluate(f);
      if (x instanceof Unknown || y instanceof Unknown) {
        const u = (x instanceof Unknown ? x : y) as Unknown;
        store(p, u.blurred());
        return new Unknown(u.origin, 1n, 0n);
      }
      const i = BigInt(x), j = BigInt(y);
      const exact = operator === '+' ? i + j : operator === '-' ? i - j : i * j;
      const wrapped = type.signed ? BigInt.asIntN(type.size * 8, exact) : BigInt.asUintN(type.size * 8, exact);
      store(p, type.size === 8 ? wrapped : Number(wrapped));
      return wrapped === exact ? 0 : 1;
    },
  };
};

const BUILTINS: Readonly<Record<string, Builtin>> = {
  __builtin_expect: (args, _node, context) => compileRvalue(args[0]!, context),
  __builtin_constant_p: (args, _node, context) => constant(compileRvalue(args[0]!, context).constant === undefined ? 0 : 1, INT),
  __builtin_types_compatible_p: (args, _node, context) => constant(compatible(typeArgument(args[0]!, context), typeArgument(args[1]!, context)) ? 1 : 0, INT),
  __builtin_choose_expr: (args, node, context) => {
    const condition = compileRvalue(args[0]!, context).constant;
    const known = condition === undefined ? undefined : truth(condition);
    if (known === undefined) throw new CompileError(node, '__builtin_choose_expr');
    return compileExpression(args[known ? 1 : 2]!, context);
  },
  __builtin_offsetof: (args, _node, context) => constant(BigInt(designatorOffset(args[1]!, typeArgument(args[0]!, context), context).offset), ULONG),
  __builtin_unreachable: (_args, node, context) => ({ type: VOID, evaluate: () => context.runtime.gap('__builtin_unreachable() reached', node) }),
  __builtin_trap: (_args, node, context) => ({ type: VOID, evaluate: () => context.runtime.gap('__builtin_trap() reached', node) }),
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
  __builtin_isnan: (args, _node, context) => {
    const operand = compileConverted(args[0]!, DOUBLE, context);
    return { type: INT, evaluate: (f) => { const v = operand(f); return v instanceof Unknown ? v.blurred() : Number.isNaN(v) ? 1 : 0; } };
  },
  __builtin_ffs: unaryBits(32, (b) => (b === 0n ? 0 : trailingZeros(b, 32) + 1)),
  __builtin_ffsl: unaryBits(64, (b) => (b === 0n ? 0 : trailingZeros(b, 64) + 1)),
  __builtin_ffsll: unaryBits(64, (b) => (b === 0n ? 0 : trailingZeros(b, 64) + 1)),
  __builtin_bswap16: byteSwap(USHORT),
  __builtin_bswap32: byteSwap(UINT),
  __builtin_bswap64: byteSwap(ULONG),
  __builtin_add_overflow: overflow('+'),
  __builtin_sub_overflow: overflow('-'),
  __builtin_mul_overflow: overflow('*'),
  __builtin_prefetch: () => constant(0, INT),
  __builtin_assume_aligned: (args, _node, context) => compileRvalue(args[0]!, context),
  __builtin_object_size: () => constant(0xffff_ffff_ffff_ffffn, ULONG),
  __builtin_return_address: () => constant(0, VOID_POINTER),
  __builtin_frame_address: () => constant(0, VOID_POINTER),
  // inline assembly: barriers and hints, where code that builds CPUs has any
  asm: () => constant(0, INT),
  __asm: () => constant(0, INT),
  __asm__: () => constant(0, INT),
  __builtin_va_start: (args, node, context) => {
    const store = storer(compileExpression(args[0]!, context), context.runtime, node);
    return { type: VOID, evaluate: (f) => { store(f, context.runtime.vaStart(f.variadic)); return 0; } };
  },
  __builtin_va_end: () => constant(0, INT),
  __builtin_va_copy: (args, node, context) => {
    const store = storer(compileExpression(args[0]!, context), context.runtime, node);
    const source = compileRvalue(args[1]!, context).evaluate;
    return { type: VOID, evaluate: (f) => { store(f, context.runtime.vaCopy(source(f))); return 0; } };
  },
  __builtin_va_arg: (args, node, context) => {
    const list = compileRvalue(args[0]!, context).evaluate;
    const type = decay(typeArgument(args[1]!, context));
    return {
      type,
      evaluate: (f) => {
        const v = context.runtime.vaArgument(list(f));
        if (v === undefined) return context.runtime.gap('va_arg past the last argument', node);
        // the argument's own type is gone: a number of the same width stands for it
        return v instanceof Unknown ? v : convert(v, typeof v === 'bigint' ? ULONG : INT_LIKE, type);
      },
    };
  },
};

const INT_LIKE: CType = { kind: 'integer', size: 4, signed: true, bool: false, name: 'int' };

/** __sync_* and __atomic_*: there is one thread, so they are plain reads and writes. */
function atomic(name: string, args: readonly SyntaxNode[], node: SyntaxNode, context: Context): Expression | undefined {
  if (name === '__sync_synchronize' || name.endsWith('_fence')) return constant(0, INT);
  const pointer = compileRvalue(args[0]!, context);
  if (pointer.type.kind !== 'pointer') throw new CompileError(node, name);
  const type = pointer.type.target.kind === 'void' ? ULONG : pointer.type.target;
  const { runtime } = context;
  if (context.fn === undefined) throw new CompileError(node, name);
  const held = context.fn.slots++;
  const load = loader(type, (f: Frame) => f.slots[held]!, runtime, node);
  const store = storerAt(type, runtime, node);
  const operand = args[1] === undefined ? undefined : compileRvalue(args[1], context);
  const operandValue = operand === undefined ? undefined : converted(operand, type.kind === 'pointer' ? { ...ULONG } : type);
  const at = (f: Frame): Value => (f.slots[held] = pointer.evaluate(f));
  const through = (i: number): ((f: Frame) => Value) => {
    const p = compileRvalue(args[i]!, context);
    const slot = context.fn!.slots++;
    const read = loader(type, (f: Frame) => f.slots[slot]!, runtime, node);
    return (f) => { f.slots[slot] = p.evaluate(f); return read(f); };
  };
  if (name === '__sync_lock_release') return { type: VOID, evaluate: (f) => { store(at(f), type.kind === 'integer' && type.size === 8 ? 0n : 0); return 0; } };
  const rmw = /^__(?:sync|atomic)_(?:fetch_and_|fetch_)(\w+)$/.exec(name) ?? undefined;
  const rmwNew = /^__(?:sync|atomic)_(\w+?)_(?:and_)?fetch$/.exec(name) ?? undefined;
  if (name === '__atomic_load_n') return { type, evaluate: (f) => { at(f); return load(f); } };
  if (name === '__atomic_store_n') return { type: VOID, evaluate: (f) => { const a = at(f); store(a, operandOf(operand!, type)(f)); return 0; } };
  if (name === '__atomic_exchange_n' || name === '__sync_lock_test_and_set') return { type, evaluate: (f) => { const a = at(f); const old = load(f); store(a, operandOf(operand!, type)(f)); return old; } };
  if (name === '__atomic_load') {
    const target = compileRvalue(args[1]!, context);
    return { type: VOID, evaluate: (f) => { at(f); store(target.evaluate(f), load(f)); return 0; } };
  }
  if (name === '__atomic_store') {
    const value = through(1);
    return { type: VOID, evaluate: (f) => { const a = at(f); store(a, value(f)); return 0; } };
  }
  if (name === '__sync_bool_compare_and_swap' || name === '__sync_val_compare_and_swap') {
    const wanted = operandOf(operand!, type);
    const replacement = operandOf(compileRvalue(args[2]!, context), type);
    const wantsOld = name === '__sync_val_compare_and_swap';
    return { type: wantsOld ? type : BOOL, evaluate: (f) => { const a = at(f); const old = load(f); const equal = old === wanted(f); if (equal) store(a, replacement(f)); return wantsOld ? old : equal ? 1 : 0; } };
  }
  if (name === '__atomic_compare_exchange_n') {
    const expected = compileRvalue(args[1]!, context);
    const read = through(1);
    const replacement = operandOf(compileRvalue(args[2]!, context), type);
    return { type: BOOL, evaluate: (f) => { const a = at(f); const old = load(f); if (old === read(f)) { store(a, replacement(f)); return 1; } store(expected.evaluate(f), old); return 0; } };
  }
  const match = rmwNew ?? rmw;
  const operator = match === undefined ? undefined : ({ add: '+', sub: '-', and: '&', nand: '&', or: '|', xor: '^' } as Readonly<Record<string, string>>)[match[1]!];
  if (operator !== undefined && operandValue !== undefined && type.kind === 'integer') {
    const basic = binaryOperation(operator, type)!;
    const exclusive = binaryOperation('^', type)!;
    const ones = convert(-1, INT, type);
    const operation: typeof basic = match![1] === 'nand' ? (x, y) => exclusive(basic(x, y), ones) : basic;
    return { type, evaluate: (f) => { const a = at(f); const old = load(f); const value = convert(operation(old, operandValue(f)), type, type); store(a, value); return rmwNew !== undefined ? value : old; } };
  }
  return undefined;
}

function operandOf(e: Expression, type: CType): Evaluate {
  return converted(e, type);
}
