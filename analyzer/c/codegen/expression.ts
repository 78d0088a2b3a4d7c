import { convert, truth } from '../arithmetic.js';
import { descriptorType } from '../declarator.js';
import { CompileError } from '../frame.js';
import { charLiteral, numberLiteral, stringLiteral } from '../literals.js';
import type { SyntaxNode } from '../syntax.js';
import { CHAR, INT, LONG, ULONG, VOID, VOID_POINTER, alignOf, compatible, pointerTo, promote, sizeOf, typeName, usualArithmetic, type CType } from '../types.js';
import { Unknown } from '../unknown.js';
import { assignment, update } from './assignment.js';
import { call } from './call.js';
import { computed, constant, type Code, type CodeContext } from './code.js';
import { conditional, logical } from './conditional.js';
import { convertCode } from './conversion.js';
import { compoundLiteral } from './initializer.js';
import { addressOf, objectAt, offsetPointer, placeAt, placeWithin, rvalue } from './lvalue.js';
import { guarded, hasOperator, isComparison, operation, withConstant } from './operators.js';
import { blockCode } from './statement.js';

/** Code of an expression (C11 6.5). @throws CompileError at what is not understood. */
export function expression(node: SyntaxNode, context: CodeContext): Code {
  const { fn } = context;
  switch (node.type) {
    case 'identifier': case 'true': case 'false': case 'null': return identifier(node, context);
    case 'number_literal': { const { value, type } = numberLiteral(node.text); return constant(value, type, fn); }
    case 'char_literal': { const { value, type } = charLiteral(node.text); return constant(value, type, fn); }
    case 'string_literal': case 'concatenated_string': return string(node, context);
    case 'parenthesized_expression': return parenthesized(node, context);
    case 'binary_expression': return binary(node, context);
    case 'unary_expression': return unary(node, context);
    case 'pointer_expression': return node.children[0]!.type === '&' ? addressOperator(node, context) : dereference(operand(node.child('argument')!, context), node, context);
    case 'update_expression': return update(node, context);
    case 'assignment_expression': return assignment(node, context);
    case 'conditional_expression': return conditional(node, context);
    case 'call_expression': return call(node, context);
    case 'cast_expression': return cast(node, context);
    case 'sizeof_expression': return constant(BigInt(sizeOfOperand(node, context)), ULONG, fn);
    case 'alignof_expression': return constant(BigInt(alignOf(descriptorType(node.child('type')!, context))), ULONG, fn);
    case 'subscript_expression': return subscript(node, context);
    case 'field_expression': return member(node, context);
    case 'compound_literal_expression': return compoundLiteral(node, context);
    case 'comma_expression': return comma(node, context);
    case 'generic_expression': return generic(node, context);
    case 'extension_expression': return expression(node.namedChildren[0]!, context);
    default: throw new CompileError(node, `expression '${node.type}'`);
  }
}

/** An expression as an operand: arrays and functions decay to pointers. */
export function operand(node: SyntaxNode, context: CodeContext): Code {
  return rvalue(context.fn, expression(node, context));
}

/** An expression's value, converted to a type. */
export function converted(node: SyntaxNode, type: CType, context: CodeContext): Code {
  return convertCode(context.fn, operand(node, context), type);
}

/** Only the type of an expression. */
export function typeOf(node: SyntaxNode, context: CodeContext): CType {
  return context.fn.discarding(() => expression(node, context).type);
}

/** Something that is reported when it is reached, and then unknown. */
export function gap(what: string, node: SyntaxNode, type: CType, { fn }: CodeContext): Code {
  return computed(type, `${fn.helper('P')}.gap(${fn.constant(what)},${fn.constant(node)})`, { effects: true });
}

/** As {@link gap}, where an lvalue is wanted. */
function lostObject(what: string, node: SyntaxNode, context: CodeContext): Code {
  const code = gap(what, node, INT, context);
  return { ...code, place: placeAt(code) };
}

function identifier(node: SyntaxNode, context: CodeContext): Code {
  const { fn } = context;
  const name = node.name;
  const symbol = context.block?.find(name) ?? context.file.find(name);
  if (symbol === undefined) {
    if (name === '__func__' || name === '__FUNCTION__' || name === '__PRETTY_FUNCTION__') return stringAt(context.runtime.stringLiteral(fn.name), fn.name.length, context);
    if (node.type === 'true') return constant(1, INT, fn);
    if (node.type === 'false') return constant(0, INT, fn);
    if (node.type === 'null') return constant(0, VOID_POINTER, fn);
    return gap(`identifier '${name}' is not declared`, node, INT, context);
  }
  switch (symbol.kind) {
    case 'constant': return constant(symbol.value, symbol.type, fn);
    case 'function': {
      const { address } = symbol;
      const fixed = (): number => address;
      return { ...computed(symbol.type, String(address), { atom: true, known: true }), fixed, place: { base: String(address), offset: 0, atom: true, known: true, effects: false, fixed } };
    }
    case 'object': return objectAt(fn, symbol.type, { base: fn.address(symbol), offset: 0, atom: false, known: true, effects: false, fixed: () => symbol.address }, node);
    case 'local': {
      const { type } = symbol;
      if (symbol.slot === undefined) return objectAt(fn, type, { base: 'b', offset: symbol.offset, atom: true, known: true, effects: false }, node);
      // a variable-length array: the variable has its address
      if (type.kind === 'array') return objectAt(fn, type, { base: symbol.slot, offset: 0, atom: true, known: false, effects: false }, node);
      return { ...computed(type, symbol.slot, { atom: true }), slot: symbol.slot };
    }
    case 'typedef': throw new CompileError(node, `type '${name}' where an expression belongs`);
  }
}

function string(node: SyntaxNode, context: CodeContext): Code {
  if (/^(?:L|[uU]8?)"/.test(node.token.text) && !node.token.text.startsWith('u8')) throw new CompileError(node, 'wide string literal');
  let bytes = '';
  if (node.type === 'string_literal') bytes = stringLiteral(node.token.text);
  else for (const part of node.namedChildren) bytes += part.type === 'string_literal' ? stringLiteral(part.token.text) : stringConstant(part, context);
  return stringAt(context.runtime.stringLiteral(bytes), bytes.length, context);
}

function stringAt(address: number, length: number, { fn }: CodeContext): Code {
  const type: CType = { kind: 'array', element: CHAR, length: length + 1 };
  return { ...constant(address, type, fn), place: { base: String(address), offset: 0, atom: true, known: true, effects: false, fixed: () => address } };
}

function stringConstant(node: SyntaxNode, context: CodeContext): string {
  const { constant: address } = expression(node, context);
  if (typeof address !== 'number') throw new CompileError(node, 'string');
  return context.runtime.memory.cstring(address);
}

/** The bytes of a (possibly concatenated) string literal, if the node is one. */
export function literalBytes(node: SyntaxNode): string | undefined {
  if (node.type === 'parenthesized_expression') return literalBytes(node.namedChildren[0]!);
  if (node.type === 'string_literal') return stringLiteral(node.token.text);
  if (node.type !== 'concatenated_string') return undefined;
  return node.namedChildren.map((p) => literalBytes(p) ?? '').join('');
}

function parenthesized(node: SyntaxNode, context: CodeContext): Code {
  const inner = node.namedChildren[0]!;
  return inner.type === 'compound_statement' ? statementExpression(inner, context) : expression(inner, context);
}

/** ({ ... }): the value of the last expression statement (GNU C). */
function statementExpression(node: SyntaxNode, context: CodeContext): Code {
  const { fn } = context;
  if (fn.isStatic) throw new CompileError(node, 'statement expression outside a function');
  const { statement, value } = blockCode(node, context, true);
  fn.add(statement);
  return value ?? computed(VOID, '0', { known: true, atom: true });
}

/** The operator of a node. */
export function operatorOf(node: SyntaxNode): string {
  return node.child('operator')!.type;
}

function binary(node: SyntaxNode, context: CodeContext): Code {
  const operator = operatorOf(node);
  const left = node.child('left')!;
  const right = node.child('right')!;
  if (operator === '&&' || operator === '||') return logical(operator, left, right, node, context);
  const [a, b] = context.fn.inOrder(() => operand(left, context), () => operand(right, context)) as [Code, Code];
  return binaryOf(operator, a, b, node, context);
}

/** A binary operator on operands. */
export function binaryOf(operator: string, a: Code, b: Code, node: SyntaxNode, context: CodeContext): Code {
  const { fn } = context;
  if (a.type.kind === 'pointer' || b.type.kind === 'pointer') return pointerBinary(operator, a, b, node, context);
  if (a.type.kind === 'record' || b.type.kind === 'record' || a.type.kind === 'void' || b.type.kind === 'void') {
    return gap(`operator ${operator} on ${typeName(a.type)} and ${typeName(b.type)}`, node, INT, context);
  }
  const isShift = operator === '<<' || operator === '>>';
  const type = isShift ? promote(a.type) : usualArithmetic(a.type, b.type);
  if (!hasOperator(operator, type)) throw new CompileError(node, `operator ${operator} on ${typeName(type)}`);
  return operation(fn, operator, type, convertCode(fn, a, type), convertCode(fn, b, isShift ? INT : type));
}

function pointerBinary(operator: string, a: Code, b: Code, node: SyntaxNode, context: CodeContext): Code {
  const { fn } = context;
  if (isComparison(operator)) {
    const ordered = operator === '==' || operator === '!=' ? (code: Code) => code : (code: Code) => upperHalfLast(code, context);
    return operation(fn, operator, VOID_POINTER, ordered(convertCode(fn, a, VOID_POINTER)), ordered(convertCode(fn, b, VOID_POINTER)));
  }
  if (operator === '-' && a.type.kind === 'pointer' && b.type.kind === 'pointer') {
    const size = sizeOf(a.type.target);
    const js = guarded(fn, [a, b], (x, y) => `BigInt(Math.trunc((${x}-${y})/${size}))`, (x, y) => `${fn.helper('unknownDifference')}(${x},${y})`);
    return computed(LONG, js, { known: a.known && b.known, effects: a.effects || b.effects });
  }
  if (operator !== '+' && operator !== '-') throw new CompileError(node, `operator ${operator} on a pointer`);
  const [pointer, index] = a.type.kind === 'pointer' ? [a, b] : [b, a];
  return offsetPointer(fn, pointer, index, operator === '-' ? -1 : 1);
}

/** Addresses in the upper half, which are negative numbers, are greater than all others. */
function upperHalfLast(pointer: Code, { fn }: CodeContext): Code {
  if (typeof pointer.constant === 'number' && pointer.constant >= 0) return pointer;
  return computed(VOID_POINTER, `${fn.helper('unsignedAddress')}(${pointer.js})`, { known: pointer.known, effects: pointer.effects });
}

function unary(node: SyntaxNode, context: CodeContext): Code {
  const { fn } = context;
  const operator = operatorOf(node);
  const value = operand(node.child('argument')!, context);
  if (operator === '!') {
    const known = value.constant === undefined ? undefined : truth(value.constant);
    if (known !== undefined) return constant(known ? 0 : 1, INT, fn);
    if (value.type.kind === 'floating') return computed(INT, `${fn.helper('not')}(${value.js})`, { effects: value.effects });
    return computed(INT, guarded(fn, [value], (v) => `(${v}?0:1)`, (v) => `${fn.helper('not')}(${v})`), { known: value.known, effects: value.effects });
  }
  const type = promote(value.type);
  const promoted = convertCode(fn, value, type);
  if (operator === '+') return promoted;
  if (operator === '-') {
    if (type.kind !== 'floating') return withConstant(fn, '-', 0, type, promoted, true);
    if (typeof promoted.constant === 'number') return constant(-promoted.constant, type, fn);
    return computed(type, guarded(fn, [promoted], (v) => `(-${v})`, (v) => v), { known: promoted.known, effects: promoted.effects });
  }
  if (promoted.constant !== undefined && !(promoted.constant instanceof Unknown)) return withConstant(fn, '^', -1, type, promoted, false);
  const ones = fn.discarding(() => convertCode(fn, constant(-1, INT, fn), type));
  const js = guarded(fn, [promoted], (v) => operation(fn, '^', type, { ...promoted, js: v, known: true }, ones).js, (v) => `${fn.helper('complementUnknown')}(${v},${fn.constant(type)})`);
  return computed(type, js, { known: promoted.known, effects: promoted.effects });
}

function addressOperator(node: SyntaxNode, context: CodeContext): Code {
  const of = expression(node.child('argument')!, context);
  const type = pointerTo(of.type);
  if (of.type.kind === 'function') return { ...of, type, place: undefined };
  if (of.place !== undefined) return addressOf(context.fn, of.place, type);
  if (of.type.kind === 'record') return { ...of, type };
  throw new CompileError(node, 'address of something that is not an lvalue');
}

function dereference(pointer: Code, node: SyntaxNode, context: CodeContext): Code {
  if (pointer.type.kind !== 'pointer') return lostObject('dereference of something that is not a pointer', node, context);
  return objectAt(context.fn, pointer.type.target, placeAt(pointer), node);
}

function subscript(node: SyntaxNode, context: CodeContext): Code {
  const { fn } = context;
  const [a, b] = fn.inOrder(() => operand(node.child('argument')!, context), () => operand(node.child('index')!, context)) as [Code, Code];
  const [pointer, index] = a.type.kind === 'pointer' ? [a, b] : [b, a];
  if (pointer.type.kind !== 'pointer') return lostObject('dereference of something that is not a pointer', node, context);
  const { target } = pointer.type;
  // a place with the offset apart needs no text for it
  if (index.constant !== undefined && !(index.constant instanceof Unknown) && target.kind !== 'function') {
    return objectAt(fn, target, placeWithin(placeAt(pointer), Number(index.constant) * sizeOf(target)), node);
  }
  return dereference(offsetPointer(fn, pointer, index, 1), node, context);
}

function member(node: SyntaxNode, context: CodeContext): Code {
  const { fn } = context;
  const argument = node.child('argument')!;
  const fieldName = node.child('field')!.name;
  const arrow = operatorOf(node) === '->';
  const object = arrow ? operand(argument, context) : expression(argument, context);
  const record = arrow && object.type.kind === 'pointer' ? object.type.target : object.type;
  const found = record.kind === 'record' && record.isComplete ? record.member(fieldName) : undefined;
  if (found === undefined) return lostObject(`${typeName(record)} has no known member '${fieldName}'`, node, context);
  const place = !arrow && object.place !== undefined ? object.place : placeAt(object);
  return objectAt(fn, found.type, placeWithin(place, found.offset), node, found.bits);
}

function cast(node: SyntaxNode, context: CodeContext): Code {
  const type = descriptorType(node.child('type')!, context);
  const value = operand(node.child('value')!, context);
  if (type.kind === 'void') return { ...value, type, constant: undefined };
  if (type.kind === 'record') return { ...value, type };
  return value.constant !== undefined ? constant(convert(value.constant, value.type, type), type, context.fn) : convertCode(context.fn, value, type);
}

function sizeOfOperand(node: SyntaxNode, context: CodeContext): number {
  const type = node.child('type');
  return sizeOf(type !== undefined ? descriptorType(type, context) : typeOf(node.child('value')!, context));
}

/** _Generic (C11 6.5.1.1): the association whose type is compatible with the controlling expression's. */
function generic(node: SyntaxNode, context: CodeContext): Code {
  const parts = node.namedChildren;
  const control = context.fn.discarding(() => operand(parts[0]!, context).type);
  let otherwise: SyntaxNode | undefined;
  for (let i = 1; i + 1 < parts.length; i += 2) {
    const association = parts[i]!;
    if (association.name === 'default') otherwise = parts[i + 1];
    else if (compatible(descriptorType(association, context), control)) return expression(parts[i + 1]!, context);
  }
  if (otherwise === undefined) throw new CompileError(node, `_Generic without an association for ${typeName(control)}`);
  return expression(otherwise, context);
}

function comma(node: SyntaxNode, context: CodeContext): Code {
  const { fn } = context;
  const left = expression(node.child('left')!, context);
  if (!left.atom) fn.emit(left.js);
  return operand(node.child('right')!, context);
}
