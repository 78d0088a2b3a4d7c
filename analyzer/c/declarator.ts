import { declaratorAttributes, specifierAttributes, type Attribute } from './attributes.js';
import type { Context } from './context.js';
import { constantValue, expressionType, isConstant } from './codegen/static-value.js';
import { CompileError } from './frame.js';
import { UNNAMED, type SyntaxNode } from './syntax.js';
import type { Token } from './token.js';
import {
  BOOL, CHAR, DOUBLE, FLOAT, INT, LLONG, LONG, LONG_DOUBLE, RecordType, SCHAR, SHORT, UCHAR, UINT, ULLONG, ULONG, USHORT, VOID, VOID_POINTER,
  alignOf, decay, layOut, pointerTo, withAlignment, type CType, type FieldSpecifier, type IntegerType, type LayoutAttributes, type Parameter,
} from './types.js';
import type { Value } from './unknown.js';

/** Declaration specifiers and declarators (C11 6.7.2 to 6.7.7) to types. */

/** gcc's 128-bit integers: laid out, but nothing is computed with them. */
const INT128 = new RecordType(false, '__int128', () => ({ size: 16, alignment: 16, members: [] }));

const STANDARD: Readonly<Record<string, CType>> = {
  void: VOID, char: CHAR, int: INT, float: FLOAT, double: DOUBLE, bool: BOOL,
  size_t: ULONG, ssize_t: LONG, ptrdiff_t: LONG, intptr_t: LONG, uintptr_t: ULONG,
  __builtin_va_list: VOID_POINTER, __int128: INT128, __int128_t: INT128, __uint128_t: INT128,
  int8_t: SCHAR, uint8_t: UCHAR, int16_t: SHORT, uint16_t: USHORT, int32_t: INT, uint32_t: UINT, int64_t: LONG, uint64_t: ULONG,
};

/** Stands for a member whose type no header declares. */
const MISSING = new RecordType(false, '<missing>', () => ({ size: 8, alignment: 8, members: [] }));

/** Marks `__auto_type`: the initializer's type. */
export const AUTO: CType = { kind: 'void' };

function sizedType(words: readonly string[]): CType {
  const unsigned = words.includes('unsigned');
  const longs = words.filter((w) => w === 'long').length;
  if (words.includes('double')) return LONG_DOUBLE;
  if (words.includes('char')) return unsigned ? UCHAR : words.includes('signed') ? SCHAR : CHAR;
  if (words.includes('short')) return unsigned ? USHORT : SHORT;
  if (longs > 1) return unsigned ? ULLONG : LLONG;
  if (longs > 0) return unsigned ? ULONG : LONG;
  return unsigned ? UINT : INT;
}

const anonymous = new WeakMap<SyntaxNode, CType>();

/** The type that a specifier node (field "type" of a declaration, parameter or type descriptor) names. */
export function specifierType(node: SyntaxNode, context: Context): CType {
  switch (node.type) {
    case 'primitive_type': case 'type_identifier': return namedType(node, context);
    case 'sized_type_specifier': return sizedType(node.text.split(/\s+/));
    case 'struct_specifier': case 'union_specifier': return recordType(node, context);
    case 'enum_specifier': return enumType(node, context);
    default: throw new CompileError(node, `type specifier '${node.type}'`);
  }
}

function namedType(node: SyntaxNode, context: Context): CType {
  const typeOf = node.parse.typeofAt(node.start);
  if (typeOf !== undefined) {
    const operand = context.file.parseTypeof(typeOf.tokens, context.block);
    const type = operand.child('type');
    return type !== undefined ? descriptorType(type, context) : expressionType(operand.child('value')!, context);
  }
  const name = node.name;
  if (name === '__auto_type') return AUTO;
  const local = context.block?.find(name);
  if (local?.kind === 'typedef') return local.type;
  const type = context.file.typedef(name) ?? STANDARD[name === '_Bool' ? 'bool' : name];
  if (type !== undefined) return type;
  if (name === 'signed' || name === '__signed__' || name === 'const') return INT;
  if (name === 'unsigned') return UINT;
  context.runtime.missingType(name, node);
  return new RecordType(false, name, undefined);
}

function recordType(node: SyntaxNode, context: Context): CType {
  const isUnion = node.type === 'union_specifier';
  const name = node.child('name');
  const body = node.child('body');
  if (body === undefined) {
    const tag = name!.name;
    const local = context.block?.findTag(`${isUnion ? 'union' : 'struct'} ${tag}`);
    return local ?? context.file.record(isUnion, tag);
  }
  if (name !== undefined && context.block === undefined) return context.file.record(isUnion, name.name);
  return recordFromBody(node, context);
}

/** The type that a struct or union specifier with a body defines; the same object each time. */
export function recordFromBody(node: SyntaxNode, context: Context): RecordType {
  const isUnion = node.type === 'union_specifier';
  const tag = node.child('name')?.name;
  let type = anonymous.get(node) as RecordType | undefined;
  if (type === undefined) {
    type = new RecordType(isUnion, tag, () => layOut(fields(node.child('body')!, context), isUnion, layoutAttributes(specifierAttributes(node), context)));
    anonymous.set(node, type);
  }
  if (tag !== undefined) context.block?.declareTag(`${isUnion ? 'union' : 'struct'} ${tag}`, type);
  return type;
}

function fields(body: SyntaxNode, context: Context): FieldSpecifier[] {
  const result: FieldSpecifier[] = [];
  for (const declaration of body.namedChildren) {
    if (declaration.type !== 'field_declaration') continue;
    const base = specifierType(declaration.child('type')!, context);
    const attributes = (declarator: SyntaxNode | undefined): LayoutAttributes => layoutAttributes(declaratorAttributes(declaration, declarator), context);
    let any = false;
    let last = -1;
    for (const child of declaration.children) {
      if (child.field === 'declarator') {
        any = true;
        const { name, type: declared } = declare(base, child, context);
        const type = whole(declared, child, context);
        last = result.push({ name: child.text === UNNAMED ? undefined : name, type, width: undefined, attributes: attributes(child) }) - 1;
      } else if (child.type === 'bitfield_clause') {
        const width = integerConstant(child.namedChildren[0]!, context);
        if (last >= 0) result[last] = { ...result[last]!, width };
        else result.push({ name: undefined, type: base, width, attributes: attributes(undefined) });
        any = true;
        last = -1;
      } else if (child.type === ',') last = -1;
    }
    if (!any && base.kind === 'record') result.push({ name: undefined, type: base, width: undefined, attributes: attributes(undefined) });
  }
  return result;
}

const NO_ATTRIBUTES: LayoutAttributes = { packed: false, aligned: 0 };
/** aligned without a number: the largest alignment that the ABI has. */
const LARGEST_ALIGNMENT = 16;

function layoutAttributes(attributes: readonly Attribute[], context: Context): LayoutAttributes {
  if (attributes.length === 0) return NO_ATTRIBUTES;
  let packed = false;
  let aligned = 0;
  for (const { name, operand } of attributes) {
    if (name === 'packed') packed = true;
    else if (name === 'aligned') aligned = Math.max(aligned, operand.length === 0 ? LARGEST_ALIGNMENT : alignmentOperand(operand, context));
  }
  return { packed, aligned };
}

function alignmentOperand(tokens: readonly Token[], context: Context): number {
  const operand = context.file.parseTypeof(tokens, context.block);
  const type = operand.child('type');
  return type !== undefined ? alignOf(descriptorType(type, context)) : integerConstant(operand.child('value')!, context);
}

/** The alignment that the attributes of one declarator ask for, 0 if none. */
export function requestedAlignment(declaration: SyntaxNode, declarator: SyntaxNode, context: Context): number {
  return layoutAttributes(declaratorAttributes(declaration, declarator), context).aligned;
}

/** What one declarator of a typedef declares. */
export function declareTypedef(base: CType, declaration: SyntaxNode, declarator: SyntaxNode, context: Context): { name: string | undefined; type: CType } {
  const { name, type } = declare(base, declarator, context);
  const alignment = requestedAlignment(declaration, declarator, context);
  return { name, type: alignment > 0 ? withAlignment(type, alignment) : type };
}

/** A member's type must be complete; where the tree does not have it, something stands in for it. */
function whole(type: CType, node: SyntaxNode, context: Context): CType {
  if (type.kind === 'array') return { ...type, element: whole(type.element, node, context) };
  if (type.kind !== 'record' || type.isComplete) return type;
  context.runtime.missingType(type.toString(), node);
  return MISSING;
}

function enumType(node: SyntaxNode, context: Context): CType {
  const body = node.child('body');
  if (body === undefined) {
    const tag = node.child('name')!.name;
    return context.block?.findTag(`enum ${tag}`) ?? context.file.enumeration(tag);
  }
  const { constants, type } = enumeration(node, context);
  const tag = node.child('name')?.name;
  if (context.block !== undefined) {
    for (const [name, c] of constants) context.block.declare(name, { kind: 'constant', ...c });
    if (tag !== undefined) context.block.declareTag(`enum ${tag}`, type);
  }
  return type;
}

type EnumConstants = Map<string, { value: Value; type: CType }>;
interface Enumeration { readonly type: IntegerType; readonly constants: EnumConstants }

const enumerations = new WeakMap<SyntaxNode, Enumeration>();

/** The constants of an enum specifier with a body, and the integer type that gcc chooses for it. */
export function enumeration(node: SyntaxNode, context: Context): Enumeration {
  const known = enumerations.get(node);
  if (known !== undefined) return known;
  const values = new Map<string, bigint>();
  const constants: EnumConstants = new Map();
  const scope = { ...context, file: enumScope(context, constants) };
  let next = 0n;
  for (const enumerator of node.child('body')!.namedChildren) {
    if (enumerator.type !== 'enumerator') continue;
    const valueNode = enumerator.child('value');
    if (valueNode !== undefined) next = BigInt(constantValue(valueNode, scope));
    const name = enumerator.child('name')!.name;
    values.set(name, next);
    constants.set(name, enumConstant(next, underlyingType([next], false)));
    next += 1n;
  }
  const packed = layoutAttributes(specifierAttributes(node), context).packed;
  const type = underlyingType([...values.values()], packed);
  // a constant that no int holds has the type of the enumeration
  for (const [name, value] of values) constants.set(name, enumConstant(value, type));
  const result = { type, constants };
  enumerations.set(node, result);
  return result;
}

function underlyingType(values: readonly bigint[], packed: boolean): IntegerType {
  const negative = values.some((v) => v < 0n);
  const candidates = negative ? [SCHAR, SHORT, INT, LONG] : [UCHAR, USHORT, UINT, ULONG];
  const fits = (type: IntegerType): boolean => values.every((v) => (type.signed ? BigInt.asIntN : BigInt.asUintN)(type.size * 8, v) === v);
  return candidates.slice(packed ? 0 : 2).find(fits) ?? candidates[3]!;
}

function enumConstant(value: bigint, type: IntegerType): { value: Value; type: CType } {
  if (BigInt.asIntN(32, value) === value) return { value: Number(value), type: INT };
  return { value: type.size === 8 ? value : Number(value), type };
}

/** Constants of the enum being defined are in scope from their own enumerator on (C11 6.2.1p7). */
function enumScope(context: Context, constants: ReadonlyMap<string, { value: Value; type: CType }>): Context['file'] {
  const file = context.file;
  return Object.assign(Object.create(file) as Context['file'], {
    find: (name: string) => {
      const c = constants.get(name);
      return c !== undefined ? { kind: 'constant' as const, ...c } : file.find(name);
    },
  });
}

/**
 * Name and type of one declarator, given the type of its specifiers.
 * @param isParameter an array is a pointer, and its length does not matter (6.7.6.3p7)
 */
export function declare(base: CType, node: SyntaxNode, context: Context, isParameter = false): { name: string | undefined; type: CType; node: SyntaxNode } {
  switch (node.type) {
    case 'identifier': case 'field_identifier': case 'type_identifier': case 'primitive_type': return { name: node.name, type: base, node };
    case 'init_declarator': case 'attributed_declarator':
      return declare(base, node.child('declarator') ?? node.namedChildren[0]!, context, isParameter);
    case 'parenthesized_declarator': case 'abstract_parenthesized_declarator': {
      const inner = node.namedChildren.find((c) => c.type.endsWith('declarator') || c.type.endsWith('identifier'));
      return inner === undefined ? { name: undefined, type: base, node } : declare(base, inner, context, isParameter);
    }
    case 'pointer_declarator': case 'abstract_pointer_declarator': {
      const inner = node.child('declarator');
      const type = pointerTo(base);
      return inner === undefined ? { name: undefined, type, node } : declare(type, inner, context, isParameter);
    }
    case 'array_declarator': case 'abstract_array_declarator': {
      const size = node.child('size');
      const inner = node.child('declarator');
      const decays = isParameter && (inner === undefined || inner.type === 'identifier');
      const type: CType = { kind: 'array', element: base, ...(decays ? { length: undefined } : arrayLength(size, context)) };
      return inner === undefined ? { name: undefined, type, node } : declare(type, inner, context, isParameter);
    }
    case 'function_declarator': case 'abstract_function_declarator': {
      const { parameters, variadic } = parameterList(node.child('parameters')!, context);
      const type: CType = { kind: 'function', result: base, parameters, variadic };
      const inner = node.child('declarator');
      return inner === undefined ? { name: undefined, type, node } : declare(type, inner, context, isParameter);
    }
    default: throw new CompileError(node, `declarator '${node.type}'`);
  }
}

/** The length of an array; worked out when the program runs if it depends on variables (C11 6.7.6.2p4). */
function arrayLength(size: SyntaxNode | undefined, context: Context): { length: number | undefined; variable?: SyntaxNode } {
  if (size === undefined || size.type === '*') return { length: undefined };
  if (context.fn !== undefined && isVariable(size, context)) return { length: undefined, variable: size };
  return { length: integerConstant(size, context) };
}

function isVariable(node: SyntaxNode, context: Context): boolean {
  switch (node.type) {
    case 'sizeof_expression': case 'alignof_expression': case 'type_descriptor': return false;
    case 'call_expression': return !isConstant(node, context);
    case 'identifier': {
      const symbol = context.block?.find(node.name) ?? context.file.find(node.name);
      return symbol?.kind === 'local' || symbol?.kind === 'object';
    }
    default: return node.children.some((c) => isVariable(c, context));
  }
}

function parameterList(node: SyntaxNode, context: Context): { parameters: Parameter[]; variadic: boolean } {
  const parameters: Parameter[] = [];
  let variadic = false;
  for (const child of node.namedChildren) {
    if (child.type === 'variadic_parameter') variadic = true;
    else if (child.type === 'parameter_declaration') {
      const base = specifierType(child.child('type')!, context);
      const declarator = child.child('declarator');
      if (declarator === undefined) {
        if (base.kind !== 'void') parameters.push({ name: undefined, type: decay(base) });
        continue;
      }
      const { name, type } = declare(base, declarator, context, true);
      parameters.push({ name, type: decay(type) });
    }
  }
  // f() declares nothing about its parameters
  if (parameters.length === 0 && node.namedChildren.length === 0) variadic = true;
  return { parameters, variadic };
}

/** The type of a type descriptor (in a cast, sizeof or compound literal). */
export function descriptorType(node: SyntaxNode, context: Context): CType {
  const base = specifierType(node.child('type')!, context);
  const declarator = node.child('declarator');
  return declarator === undefined ? base : declare(base, declarator, context).type;
}

/** The value of an integer constant expression as a number. @throws CompileError if it is not constant. */
export function integerConstant(node: SyntaxNode, context: Context): number {
  return Number(constantValue(node, context));
}
