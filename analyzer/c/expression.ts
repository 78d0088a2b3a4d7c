import { complementUnknown, convert, toBitField, truth } from './arithmetic.js';
import { compileBuiltin, libraryFunction } from './builtins.js';
import type { Context } from './context.js';
import { AUTO, descriptorType } from './declarator.js';
import { CompileError, Completion, EscapingStatement, type Evaluate, type Frame } from './frame.js';
import { initializeObject } from './initializer.js';
import { charLiteral, numberLiteral, stringLiteral } from './literals.js';
import { loader, storer, storerAt } from './lvalue.js';
import { binaryOperation, comparison } from './operators.js';
import { compileBlock } from './statement.js';
import type { Expression, FunctionSymbol } from './symbols.js';
import type { SyntaxNode } from './syntax.js';
import {
  CHAR, CHAR_POINTER, DOUBLE, INT, LONG, ULONG, VOID, VOID_POINTER,
  alignOf, compatible, decay, pointerTo, promote, promoteBitField, sizeOf, typeName, usualArithmetic, type CType, type FunctionType, type RecordType,
} from './types.js';
import { Unknown, unknownContent, type Value } from './unknown.js';

/** Compile an expression (C11 6.5) to a closure. @throws CompileError at what is not understood. */
export function compileExpression(node: SyntaxNode, context: Context): Expression {
  switch (node.type) {
    case 'identifier': case 'true': case 'false': case 'null': return identifier(node, context);
    case 'number_literal': { const { value, type } = numberLiteral(node.text); return constant(value, type); }
    case 'char_literal': { const { value, type } = charLiteral(node.text); return constant(value, type); }
    case 'string_literal': case 'concatenated_string': return string(node, context);
    case 'parenthesized_expression': return parenthesized(node, context);
    case 'binary_expression': return binary(node, context);
    case 'unary_expression': return unary(node, context);
    case 'pointer_expression': return node.children[0]!.type === '&' ? addressOf(node, context) : dereference(compileRvalue(node.child('argument')!, context), node, context);
    case 'update_expression': return update(node, context);
    case 'assignment_expression': return assignment(node, context);
    case 'conditional_expression': return conditional(node, context);
    case 'call_expression': return call(node, context);
    case 'cast_expression': return cast(node, context);
    case 'sizeof_expression': return constant(BigInt(sizeOfOperand(node, context)), ULONG);
    case 'alignof_expression': return constant(BigInt(alignOf(descriptorType(node.child('type')!, context))), ULONG);
    case 'subscript_expression': return subscript(node, context);
    case 'field_expression': return member(node, context);
    case 'compound_literal_expression': return compoundLiteral(node, context);
    case 'comma_expression': return comma(node, context);
    case 'generic_expression': return generic(node, context);
    case 'extension_expression': return compileExpression(node.namedChildren[0]!, context);
    default: throw new CompileError(node, `expression '${node.type}'`);
  }
}

/** An expression as an operand: arrays and functions decay to pointers. */
export function compileRvalue(node: SyntaxNode, context: Context): Expression {
  return rvalue(compileExpression(node, context));
}

function rvalue(e: Expression): Expression {
  if (e.bits !== undefined) {
    const promoted = promoteBitField(e.type, e.bits);
    return { type: promoted, evaluate: converted(e, promoted) };
  }
  const type = decay(e.type);
  return type === e.type ? e : { type, evaluate: e.evaluate, ...(e.constant === undefined ? {} : { constant: e.constant }) };
}

/** Compile and convert to a type. */
export function compileConverted(node: SyntaxNode, type: CType, context: Context): Evaluate {
  return converted(compileRvalue(node, context), type);
}

export function constant(value: Value, type: CType): Expression {
  return { type, evaluate: () => value, constant: value };
}

/** The expression's value, converted to a type. */
export function converted(e: Expression, to: CType): Evaluate {
  if (e.constant !== undefined) {
    const value = convert(e.constant, e.type, to);
    return () => value;
  }
  const from = e.type;
  const evaluate = e.evaluate;
  if (sameRepresentation(from, to)) return evaluate;
  return (f) => convert(evaluate(f), from, to);
}

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

function identifier(node: SyntaxNode, context: Context): Expression {
  const name = node.name;
  const symbol = context.block?.find(name) ?? context.file.find(name);
  if (symbol === undefined) {
    if (name === '__func__' || name === '__FUNCTION__' || name === '__PRETTY_FUNCTION__') {
      const text = context.fn?.name ?? '';
      const runtime = context.runtime;
      return { type: { kind: 'array', element: CHAR, length: text.length + 1 }, evaluate: () => runtime.stringLiteral(text), address: () => runtime.stringLiteral(text) };
    }
    if (node.type === 'true') return constant(1, INT);
    if (node.type === 'false') return constant(0, INT);
    if (node.type === 'null') return constant(0, VOID_POINTER);
    const runtime = context.runtime;
    let reported: Unknown | undefined;
    return { type: INT, evaluate: () => (reported ??= runtime.gap(`identifier '${name}' is not declared`, node)) };
  }
  switch (symbol.kind) {
    case 'constant': return constant(symbol.value, symbol.type);
    case 'function': return { type: symbol.type, evaluate: () => symbol.address, address: () => symbol.address };
    case 'object': {
      const address: Evaluate = () => symbol.address;
      return { type: symbol.type, evaluate: loader(symbol.type, address, context.runtime, node), address };
    }
    case 'local': {
      if (symbol.slot !== undefined) {
        const slot = symbol.slot;
        const evaluate: Evaluate = (f) => f.slots[slot]!;
        // a variable-length array: the slot has its address
        if (symbol.type.kind === 'array') return { type: symbol.type, evaluate, address: evaluate };
        return { type: symbol.type, evaluate, slot };
      }
      const offset = symbol.offset;
      const address: Evaluate = (f) => f.base + offset;
      return { type: symbol.type, evaluate: loader(symbol.type, address, context.runtime, node), address };
    }
    case 'typedef': throw new CompileError(node, `type '${name}' where an expression belongs`);
  }
}

function string(node: SyntaxNode, context: Context): Expression {
  if (/^(?:L|[uU]8?)"/.test(node.token.text) && !node.token.text.startsWith('u8')) throw new CompileError(node, 'wide string literal');
  let bytes = '';
  if (node.type === 'string_literal') bytes = stringLiteral(node.token.text);
  else for (const part of node.namedChildren) bytes += part.type === 'string_literal' ? stringLiteral(part.token.text) : stringConstant(part, context);
  const runtime = context.runtime;
  const address = runtime.stringLiteral(bytes);
  return { type: { kind: 'array', element: CHAR, length: bytes.length + 1 }, evaluate: () => address, address: () => address, constant: address };
}

function stringConstant(node: SyntaxNode, context: Context): string {
  const e = compileExpression(node, context);
  if (typeof e.constant !== 'number') throw new CompileError(node, 'string');
  return context.runtime.memory.cstring(e.constant);
}

/** The bytes of a (possibly concatenated) string literal, if the node is one. */
export function literalBytes(node: SyntaxNode, context: Context): string | undefined {
  if (node.type === 'parenthesized_expression') return literalBytes(node.namedChildren[0]!, context);
  if (node.type === 'string_literal') return stringLiteral(node.token.text);
  if (node.type !== 'concatenated_string') return undefined;
  return node.namedChildren.map((p) => literalBytes(p, context) ?? '').join('');
}

function parenthesized(node: SyntaxNode, context: Context): Expression {
  const inner = node.namedChildren[0]!;
  return inner.type === 'compound_statement' ? statementExpression(inner, context) : compileExpression(inner, context);
}

/** ({ ... }): the value of the last expression statement (GNU C). */
function statementExpression(node: SyntaxNode, context: Context): Expression {
  if (context.fn === undefined) throw new CompileError(node, 'statement expression outside a function');
  const { execute, value } = compileBlock(node, context, true);
  if (mayLeave(node)) context.fn.escapes = true;
  const slot = context.fn.slots++;
  const type = value === undefined ? VOID : decay(value.type);
  const { runtime } = context;
  return {
    type,
    evaluate: (f) => {
      const completion = execute(f);
      if (completion === Completion.Diverged) return runtime.gap(`a statement expression that ${f.divergence!.origin.what} may leave`, node);
      if (completion !== Completion.Normal) throw new EscapingStatement(completion);
      const result = value === undefined ? 0 : value.evaluate(f);
      f.slots[slot] = result;
      return result;
    },
  };
}

function mayLeave(node: SyntaxNode): boolean {
  return /^(?:return|break|continue|goto)_statement$/.test(node.type) || node.children.some((c) => c.children.length > 0 && mayLeave(c));
}

function operatorOf(node: SyntaxNode): string {
  return node.child('operator')!.type;
}

function binary(node: SyntaxNode, context: Context): Expression {
  const operator = operatorOf(node);
  const left = node.child('left')!;
  const right = node.child('right')!;
  if (operator === '&&' || operator === '||') return logical(operator, left, right, node, context);
  return binaryOf(operator, compileRvalue(left, context), compileRvalue(right, context), node, context);
}

function binaryOf(operator: string, a: Expression, b: Expression, node: SyntaxNode, context: Context): Expression {
  if (a.type.kind === 'pointer' || b.type.kind === 'pointer') return pointerBinary(operator, a, b, node, context);
  if (a.type.kind === 'record' || b.type.kind === 'record' || a.type.kind === 'void' || b.type.kind === 'void') {
    const runtime = context.runtime;
    return { type: INT, evaluate: () => runtime.gap(`operator ${operator} on ${typeName(a.type)} and ${typeName(b.type)}`, node) };
  }
  const isShift = operator === '<<' || operator === '>>';
  const type = isShift ? promote(a.type) : usualArithmetic(a.type, b.type);
  const left = converted(a, type);
  const right = converted(b, isShift ? INT : type);
  const compare = comparison(operator, type);
  const operation = compare ?? binaryOperation(operator, type);
  if (operation === undefined) throw new CompileError(node, `operator ${operator} on ${typeName(type)}`);
  const result = compare !== undefined ? INT : type;
  if (a.constant !== undefined && b.constant !== undefined) {
    const x = a.constant, y = b.constant;
    if (!(x instanceof Unknown) && !(y instanceof Unknown)) {
      const divides = (operator === '/' || operator === '%') && Number(y) === 0;
      if (!divides) return constant(operation(left(noFrame), right(noFrame)), result);
    }
  }
  return { type: result, evaluate: (f) => operation(left(f), right(f)) };
}

const noFrame = undefined as unknown as Frame;

function pointerBinary(operator: string, a: Expression, b: Expression, node: SyntaxNode, context: Context): Expression {
  const compare = comparison(operator, VOID_POINTER);
  if (compare !== undefined) {
    const unsigned = operator === '==' || operator === '!=' ? (e: Evaluate) => e : upperHalfLast;
    const left = unsigned(converted(a, VOID_POINTER));
    const right = unsigned(converted(b, VOID_POINTER));
    return { type: INT, evaluate: (f) => compare(left(f), right(f)) };
  }
  if (operator === '-' && a.type.kind === 'pointer' && b.type.kind === 'pointer') {
    const size = sizeOf(a.type.target);
    const left = a.evaluate, right = b.evaluate;
    return {
      type: LONG,
      evaluate: (f) => {
        const x = left(f), y = right(f);
        if (x instanceof Unknown) return unknownContent(x);
        if (y instanceof Unknown) return unknownContent(y);
        return BigInt(Math.trunc((Number(x) - Number(y)) / size));
      },
    };
  }
  if (operator !== '+' && operator !== '-') throw new CompileError(node, `operator ${operator} on a pointer`);
  const [pointer, index] = a.type.kind === 'pointer' ? [a, b] : [b, a];
  const evaluate = offsetPointer(pointer, index, operator === '-' ? -1 : 1);
  return pointer.constant !== undefined && index.constant !== undefined ? constant(evaluate(noFrame), pointer.type) : { type: pointer.type, evaluate };
}

/** Addresses in the upper half, which are negative numbers, are greater than all others. */
function upperHalfLast(pointer: Evaluate): Evaluate {
  return (f) => {
    const p = pointer(f);
    return typeof p === 'number' && p < 0 ? p + 2 ** 64 : p;
  };
}

function offsetPointer(pointer: Expression, index: Expression, sign: 1 | -1): Evaluate {
  const size = pointer.type.kind === 'pointer' ? sizeOf(pointer.type.target) * sign : sign;
  const left = pointer.evaluate;
  const right = index.evaluate;
  if (typeof index.constant === 'number' || typeof index.constant === 'bigint') {
    const offset = Number(index.constant) * size;
    return (f) => { const p = left(f); return typeof p === 'number' ? p + offset : p; };
  }
  return (f) => {
    const p = left(f);
    const i = right(f);
    if (typeof p === 'number') {
      if (typeof i === 'number') return p + i * size;
      if (typeof i === 'bigint') return p + Number(BigInt.asIntN(64, i)) * size;
      return unknownContent(i as Unknown);
    }
    return (p as Unknown).blurred();
  };
}

function logical(operator: string, leftNode: SyntaxNode, rightNode: SyntaxNode, node: SyntaxNode, context: Context): Expression {
  const a = compileRvalue(leftNode, context);
  const and = operator === '&&';
  if (a.constant !== undefined && truth(a.constant) === !and) return constant(and ? 0 : 1, INT);
  const b = compileRvalue(rightNode, context);
  if (a.constant !== undefined && b.constant !== undefined) return constant(truth(b.constant) ? 1 : 0, INT);
  const left = a.evaluate;
  const right = b.evaluate;
  const toInt = (v: Value): Value => {
    const t = truth(v);
    return t === undefined ? new Unknown((v as Unknown).origin, 1n, 0n) : t ? 1 : 0;
  };
  const runtime = context.runtime;
  return {
    type: INT,
    evaluate: (f) => {
      const l = left(f);
      const known = truth(l);
      if (known === !and) return and ? 0 : 1;
      if (known === and) return toInt(right(f));
      return runtime.fork((l as Unknown).origin, f, node, [() => (and ? 0 : 1), () => toInt(right(f))]);
    },
  };
}

function unary(node: SyntaxNode, context: Context): Expression {
  const operator = operatorOf(node);
  const operand = compileRvalue(node.child('argument')!, context);
  if (operator === '!') {
    if (operand.constant !== undefined && truth(operand.constant) !== undefined) return constant(truth(operand.constant) ? 0 : 1, INT);
    const evaluate = operand.evaluate;
    return {
      type: INT,
      evaluate: (f) => {
        const v = evaluate(f);
        const t = truth(v);
        return t === undefined ? new Unknown((v as Unknown).origin, 1n, 0n) : t ? 0 : 1;
      },
    };
  }
  const type = promote(operand.type);
  const value = converted(operand, type);
  let evaluate: Evaluate;
  if (operator === '+') evaluate = value;
  else if (operator === '-') {
    if (type.kind === 'floating') evaluate = (f) => { const v = value(f); return typeof v === 'number' ? -v : v; };
    else {
      const subtract = binaryOperation('-', type)!;
      const zero = type.kind === 'integer' && type.size === 8 ? 0n : 0;
      evaluate = (f) => subtract(zero, value(f));
    }
  } else {
    const exclusive = binaryOperation('^', type)!;
    const ones = convert(-1, INT, type);
    evaluate = (f) => {
      const v = value(f);
      return v instanceof Unknown ? complementUnknown(v, type) : exclusive(v, ones);
    };
  }
  return operand.constant !== undefined ? constant(evaluate(noFrame), type) : { type, evaluate };
}

function addressOf(node: SyntaxNode, context: Context): Expression {
  const operand = compileExpression(node.child('argument')!, context);
  if (operand.type.kind === 'function') return { type: pointerTo(operand.type), evaluate: operand.evaluate };
  if (operand.address === undefined) {
    if (operand.type.kind === 'record') return { type: pointerTo(operand.type), evaluate: operand.evaluate };
    throw new CompileError(node, 'address of something that is not an lvalue');
  }
  return { type: pointerTo(operand.type), evaluate: operand.address };
}

function dereference(pointer: Expression, node: SyntaxNode, context: Context): Expression {
  if (pointer.type.kind !== 'pointer') {
    const runtime = context.runtime;
    const evaluate: Evaluate = () => runtime.gap('dereference of something that is not a pointer', node);
    return { type: INT, evaluate, address: evaluate };
  }
  const type = pointer.type.target;
  if (type.kind === 'function') return { type, evaluate: pointer.evaluate, address: pointer.evaluate };
  return { type, evaluate: loader(type, pointer.evaluate, context.runtime, node), address: pointer.evaluate };
}

function subscript(node: SyntaxNode, context: Context): Expression {
  const a = compileRvalue(node.child('argument')!, context);
  const b = compileRvalue(node.child('index')!, context);
  const [pointer, index] = a.type.kind === 'pointer' ? [a, b] : [b, a];
  return dereference({ type: pointer.type, evaluate: offsetPointer(pointer, index, 1) }, node, context);
}

function member(node: SyntaxNode, context: Context): Expression {
  const argument = node.child('argument')!;
  const arrow = node.child('operator')!.type === '->';
  const fieldName = node.child('field')!.name;
  const runtime = context.runtime;
  let record: CType;
  let base: Evaluate;
  if (arrow) {
    const pointer = compileRvalue(argument, context);
    record = pointer.type.kind === 'pointer' ? pointer.type.target : pointer.type;
    base = pointer.evaluate;
  } else {
    const object = compileExpression(argument, context);
    record = object.type;
    base = object.address ?? object.evaluate;
  }
  const found = record.kind === 'record' && record.isComplete ? record.member(fieldName) : undefined;
  if (found === undefined) {
    const evaluate: Evaluate = () => runtime.gap(`${typeName(record)} has no known member '${fieldName}'`, node);
    return { type: INT, evaluate, address: evaluate };
  }
  const { offset, type, bits } = found;
  const address: Evaluate = offset === 0 ? base : (f) => {
    const a = base(f);
    return typeof a === 'number' ? a + offset : a;
  };
  return { type, evaluate: loader(type, address, runtime, node, bits), address, ...(bits === undefined ? {} : { bits }) };
}

function update(node: SyntaxNode, context: Context): Expression {
  const target = compileExpression(node.child('argument')!, context);
  const operator = operatorOf(node) === '++' ? '+' : '-';
  const prefix = node.children[0]!.field === 'operator';
  const one = constant(1, INT);
  return readModifyWrite(operator, target, one, node, context, prefix);
}

/** `a op= b` with a evaluated once; yields the new value, or the old one for postfix operators. */
function readModifyWrite(operator: string, target: Expression, operand: Expression, node: SyntaxNode, context: Context, yieldsNew: boolean): Expression {
  if (target.slot !== undefined) {
    const slot = target.slot;
    const result = converted(binaryOf(operator, target, operand, node, context), target.type);
    if (yieldsNew) return { type: target.type, evaluate: (f) => (f.slots[slot] = result(f)) };
    return { type: target.type, evaluate: (f) => { const old = f.slots[slot]!; f.slots[slot] = result(f); return old; } };
  }
  if (target.address === undefined) throw new CompileError(node, 'assignment to something that is not an lvalue');
  if (context.fn === undefined) throw new CompileError(node, 'assignment outside a function');
  const address = target.address;
  const held = context.fn.slots++;
  const oldSlot = context.fn.slots++;
  const load = loader(target.type, (f) => f.slots[held]!, context.runtime, node, target.bits);
  const before = rvalue({ type: target.type, evaluate: (f) => f.slots[oldSlot]!, ...(target.bits === undefined ? {} : { bits: target.bits }) });
  const result = fitting(converted(binaryOf(operator, before, operand, node, context), target.type), target);
  const store = storerAt(target.type, context.runtime, node, target.bits);
  return {
    type: target.type,
    evaluate: (f) => {
      const a = address(f);
      f.slots[held] = a;
      const old = load(f);
      f.slots[oldSlot] = old;
      const value = result(f);
      store(a, value);
      return yieldsNew ? value : old;
    },
  };
}

/** The value of an assignment is that of the left operand afterwards (6.5.16p3): of a bit-field, what fits in it. */
function fitting(value: Evaluate, target: Expression): Evaluate {
  const { bits, type } = target;
  return bits === undefined || type.kind !== 'integer' ? value : (f) => toBitField(value(f), type, bits.width);
}

function assignment(node: SyntaxNode, context: Context): Expression {
  const operator = operatorOf(node);
  const target = compileExpression(node.child('left')!, context);
  const rightNode = node.child('right')!;
  if (operator !== '=') return readModifyWrite(operator.slice(0, -1), target, compileRvalue(rightNode, context), node, context, true);
  const value = fitting(compileConverted(rightNode, target.type, context), target);
  const type = target.type;
  if (target.slot !== undefined) {
    const slot = target.slot;
    return { type, evaluate: (f) => (f.slots[slot] = value(f)) };
  }
  if (type.kind === 'integer' && target.bits === undefined && target.address !== undefined) {
    const { memory } = context.runtime;
    const address = target.address;
    const size = type.size;
    const slow = storerAt(type, context.runtime, node);
    return { type, evaluate: (f) => { const a = address(f); const v = value(f); if (typeof a === 'number') memory.store(a, size, v); else slow(a, v); return v; } };
  }
  const store = storer(target, context.runtime, node);
  return { type, evaluate: (f) => { const v = value(f); store(f, v); return v; } };
}

function conditional(node: SyntaxNode, context: Context): Expression {
  const condition = compileRvalue(node.child('condition')!, context);
  const consequence = node.child('consequence');
  const yes = consequence === undefined ? condition : compileRvalue(consequence, context);
  const no = compileRvalue(node.child('alternative')!, context);
  const type = conditionalType(yes, no);
  const yesValue = converted(yes, type);
  const noValue = converted(no, type);
  if (condition.constant !== undefined && truth(condition.constant) !== undefined) {
    const chosen = truth(condition.constant) ? yes : no;
    return chosen.constant !== undefined ? constant(convert(chosen.constant, chosen.type, type), type) : { type, evaluate: truth(condition.constant) ? yesValue : noValue };
  }
  const test = condition.evaluate;
  const runtime = context.runtime;
  return {
    type,
    evaluate: (f) => {
      const c = test(f);
      const t = truth(c);
      if (t === undefined) return runtime.fork((c as Unknown).origin, f, node, [() => (consequence === undefined ? convert(c, condition.type, type) : yesValue(f)), () => noValue(f)]);
      if (consequence === undefined) return t ? convert(c, condition.type, type) : noValue(f);
      return t ? yesValue(f) : noValue(f);
    },
  };
}

/** C11 6.5.15. */
function conditionalType(a: Expression, b: Expression): CType {
  if (a.type.kind === 'void' || b.type.kind === 'void') return VOID;
  if (a.type.kind === 'pointer' && b.type.kind === 'pointer') {
    if (a.constant === 0 && a.type.target.kind === 'void') return b.type;
    if (b.constant === 0 && b.type.target.kind === 'void') return a.type;
    return a.type.target.kind === 'void' ? a.type : b.type.target.kind === 'void' ? b.type : a.type;
  }
  if (a.type.kind === 'pointer') return a.type;
  if (b.type.kind === 'pointer') return b.type;
  if (a.type.kind === 'record') return a.type;
  return usualArithmetic(a.type, b.type);
}

function cast(node: SyntaxNode, context: Context): Expression {
  const type = descriptorType(node.child('type')!, context);
  const operand = compileRvalue(node.child('value')!, context);
  if (type.kind === 'void') return { type, evaluate: operand.evaluate };
  if (type.kind === 'record') return { ...operand, type };
  const evaluate = converted(operand, type);
  return operand.constant !== undefined ? constant(evaluate(noFrame), type) : { type, evaluate };
}

function sizeOfOperand(node: SyntaxNode, context: Context): number {
  const type = node.child('type');
  if (type !== undefined) return sizeOf(descriptorType(type, context));
  return sizeOf(compileExpression(node.child('value')!, context).type);
}

function compoundLiteral(node: SyntaxNode, context: Context): Expression {
  const declared = descriptorType(node.child('type')!, context);
  const valueNode = node.child('value')!;
  const { type, initialize } = initializeObject(declared, valueNode, context);
  const size = sizeOf(type);
  const runtime = context.runtime;
  if (context.fn === undefined) {
    let address = 0;
    const evaluate: Evaluate = (f) => {
      if (address === 0) {
        address = runtime.memory.allocateStatic(size);
        initialize(f, address);
      }
      return address;
    };
    return { type, evaluate: loader(type, evaluate, runtime, node), address: evaluate };
  }
  const offset = context.fn.allocate(size, 16);
  const evaluate: Evaluate = (f) => {
    const address = f.base + offset;
    runtime.memory.fill(address, 0, size);
    initialize(f, address);
    return address;
  };
  return { type, evaluate: loader(type, evaluate, runtime, node), address: evaluate };
}

/** _Generic (C11 6.5.1.1): the association whose type is compatible with the controlling expression's. */
function generic(node: SyntaxNode, context: Context): Expression {
  const parts = node.namedChildren;
  const control = compileRvalue(parts[0]!, context).type;
  let otherwise: SyntaxNode | undefined;
  for (let i = 1; i + 1 < parts.length; i += 2) {
    const association = parts[i]!;
    if (association.name === 'default') otherwise = parts[i + 1];
    else if (compatible(descriptorType(association, context), control)) return compileExpression(parts[i + 1]!, context);
  }
  if (otherwise === undefined) throw new CompileError(node, `_Generic without an association for ${typeName(control)}`);
  return compileExpression(otherwise, context);
}

function comma(node: SyntaxNode, context: Context): Expression {
  const left = compileExpression(node.child('left')!, context).evaluate;
  const right = compileRvalue(node.child('right')!, context);
  const evaluate = right.evaluate;
  return { type: right.type, evaluate: (f) => { left(f); return evaluate(f); } };
}

function call(node: SyntaxNode, context: Context): Expression {
  const callee = node.child('function')!;
  const argumentNodes = node.child('arguments')!.namedChildren;
  const local = callee.type === 'identifier' ? context.block?.find(callee.name) : undefined;
  if (local?.kind === 'function') return directCall(local, argumentNodes, node, context);
  if (callee.type === 'identifier' && local === undefined) {
    const builtin = compileBuiltin(callee.name, argumentNodes, node, context);
    if (builtin !== undefined) return builtin;
    const found = context.file.find(callee.name) ?? libraryFunction(callee.name, context);
    if (found === undefined || found.kind === 'function') return directCall(found ?? context.file.implicitFunction(callee.name), argumentNodes, node, context);
  }
  const pointer = compileRvalue(callee, context);
  const type = pointer.type.kind === 'pointer' && pointer.type.target.kind === 'function' ? pointer.type.target : undefined;
  const args = compileArguments(type, argumentNodes, context);
  const target = pointer.evaluate;
  const runtime = context.runtime;
  return callResult(type?.result ?? INT, (f) => {
    const address = target(f);
    const values = evaluateAll(args, f);
    return runtime.callAddress(address, values, node);
  }, node, context);
}

function directCall(symbol: FunctionSymbol, argumentNodes: readonly SyntaxNode[], node: SyntaxNode, context: Context): Expression {
  const args = compileArguments(symbol.type, argumentNodes, context);
  const [a, b, c] = args;
  let evaluate: Evaluate;
  switch (args.length) {
    case 0: evaluate = () => symbol.invoke([], node); break;
    case 1: evaluate = (f) => symbol.invoke([a!(f)], node); break;
    case 2: evaluate = (f) => symbol.invoke([a!(f), b!(f)], node); break;
    case 3: evaluate = (f) => symbol.invoke([a!(f), b!(f), c!(f)], node); break;
    default: evaluate = (f) => symbol.invoke(evaluateAll(args, f), node);
  }
  return callResult(symbol.type.result, evaluate, node, context);
}

function evaluateAll(args: readonly Evaluate[], f: Frame): Value[] {
  const values = new Array<Value>(args.length);
  for (let i = 0; i < args.length; i++) values[i] = args[i]!(f);
  return values;
}

/** A record that a function returns is an object of its own; members of it can be read. */
function callResult(type: CType, evaluate: Evaluate, node: SyntaxNode, context: Context): Expression {
  void node; void context;
  return type.kind === 'record' ? { type, evaluate, address: evaluate } : { type, evaluate };
}

/** Arguments converted to the parameter types; the rest with the default argument promotions (C11 6.5.2.2). */
function compileArguments(type: FunctionType | undefined, nodes: readonly SyntaxNode[], context: Context): Evaluate[] {
  return nodes.map((node, i) => {
    const e = compileRvalue(node, context);
    const parameter = type?.parameters[i];
    if (parameter !== undefined) return converted(e, parameter.type);
    if (e.type.kind === 'floating') return converted(e, DOUBLE);
    return converted(e, promote(e.type));
  });
}

/** The type of a declaration whose specifier is __auto_type. */
export function autoType(type: CType, initializer: SyntaxNode | undefined, context: Context): CType {
  return type === AUTO && initializer !== undefined ? compileRvalue(initializer, context).type : type;
}

/** A record type reached through a pointer-typed expression, for offsetof chains. */
export function recordOf(type: CType): RecordType | undefined {
  return type.kind === 'record' ? type : undefined;
}

export { CHAR_POINTER };
