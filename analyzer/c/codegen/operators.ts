import { ArithmeticError, binaryUnknown } from '../arithmetic.js';
import type { CType } from '../types.js';
import { Unknown, type Value } from '../unknown.js';
import { computed, constant, representation, type Code } from './code.js';
import { convertCode } from './conversion.js';
import type { FunctionCode } from './function-code.js';
import { INT } from '../types.js';

/** Arithmetic, bitwise and relational operators (C11 6.5.5 to 6.5.12) on known values, as JavaScript. */

type Template = (a: string, b: string) => string;
type Templates = Readonly<Record<string, Template>>;

// Counts of shifts are taken modulo the width, as x86 and JavaScript do.
const INT32: Templates = {
  '+': (a, b) => `(${a}+${b}|0)`,
  '-': (a, b) => `(${a}-${b}|0)`,
  '*': (a, b) => `Math.imul(${a},${b})`,
  '/': (a, b) => `(divide(${a},${b})|0)`,
  '%': (a, b) => `(remainder(${a},${b})|0)`,
  '&': (a, b) => `(${a}&${b})`,
  '|': (a, b) => `(${a}|${b})`,
  '^': (a, b) => `(${a}^${b})`,
  '<<': (a, b) => `(${a}<<${b})`,
  '>>': (a, b) => `(${a}>>${b})`,
};

const UINT32: Templates = {
  '+': (a, b) => `(${a}+${b}>>>0)`,
  '-': (a, b) => `(${a}-${b}>>>0)`,
  '*': (a, b) => `(Math.imul(${a},${b})>>>0)`,
  '/': (a, b) => `(divide(${a},${b})>>>0)`,
  '%': (a, b) => `remainder(${a},${b})`,
  '&': (a, b) => `((${a}&${b})>>>0)`,
  '|': (a, b) => `((${a}|${b})>>>0)`,
  '^': (a, b) => `((${a}^${b})>>>0)`,
  '<<': (a, b) => `(${a}<<${b}>>>0)`,
  '>>': (a, b) => `(${a}>>>${b})`,
};

const in64 = (wrap: string): Templates => ({
  '+': (a, b) => `${wrap}(64,${a}+${b})`,
  '-': (a, b) => `${wrap}(64,${a}-${b})`,
  '*': (a, b) => `${wrap}(64,${a}*${b})`,
  '/': (a, b) => `${wrap}(64,divide(${a},${b}))`,
  '%': (a, b) => `remainder(${a},${b})`,
  '&': (a, b) => `(${a}&${b})`,
  '|': (a, b) => `(${a}|${b})`,
  '^': (a, b) => `(${a}^${b})`,
  '<<': (a, b) => (a === '1n' && wrap === 'BigInt.asUintN' ? `powers[${b}&63]` : `${wrap}(64,${a}<<counts[${b}&63])`),
  '>>': (a, b) => `(${a}>>counts[${b}&63])`,
});

/** The counts of shifts, and what 1 is when it is shifted: ready made. */
export const counts: readonly bigint[] = Array.from({ length: 64 }, (_, i) => BigInt(i));
export const powers: readonly bigint[] = counts.map((n) => 1n << n);

const INT64 = in64('BigInt.asIntN');
const UINT64 = in64('BigInt.asUintN');

const FLOATING: Templates = {
  '+': (a, b) => `(${a}+${b})`,
  '-': (a, b) => `(${a}-${b})`,
  '*': (a, b) => `(${a}*${b})`,
  '/': (a, b) => `(${a}/${b})`,
};

const FLOAT: Templates = Object.fromEntries(Object.entries(FLOATING).map(([operator, make]) => [operator, (a: string, b: string) => `Math.fround(${make(a, b)})`]));

const COMPARE: Templates = Object.fromEntries(Object.entries({ '==': '===', '!=': '!==', '<': '<', '>': '>', '<=': '<=', '>=': '>=' })
  .map(([operator, js]) => [operator, (a: string, b: string) => `(${a}${js}${b}?1:0)`]));

export function isComparison(operator: string): boolean {
  return operator in COMPARE;
}

function template(operator: string, type: CType): Template | undefined {
  const comparison = COMPARE[operator];
  if (comparison !== undefined) return comparison;
  if (type.kind === 'floating') return (type.size === 4 ? FLOAT : FLOATING)[operator];
  if (type.kind !== 'integer' || !type.signed) return (type.kind === 'integer' && type.size === 8 ? UINT64 : UINT32)[operator];
  return (type.size === 8 ? INT64 : INT32)[operator];
}

/** Is there this operator for operands of this type? */
export function hasOperator(operator: string, type: CType): boolean {
  return template(operator, type) !== undefined;
}

/** a / b, towards zero. @throws ArithmeticError */
export function divide<T extends number | bigint>(a: T, b: T): T {
  if (b == 0) throw new ArithmeticError('division by zero');
  return (a as number) / (b as number) as T;
}

/** a % b. @throws ArithmeticError */
export function remainder<T extends number | bigint>(a: T, b: T): T {
  if (b == 0) throw new ArithmeticError('division by zero');
  return (a as number) % (b as number) as T;
}

const functions = new Map<Template, (a: Value, b: Value) => Value>();

/** An operator on two values of the type (of a shift, the right one is an int), known or not. */
export function operate(operator: string, a: Value, b: Value, type: CType): Value {
  if (a instanceof Unknown || b instanceof Unknown) {
    const isShift = operator === '<<' || operator === '>>';
    return binaryUnknown(operator, a, isShift && type.kind === 'integer' && type.size === 8 && !(b instanceof Unknown) ? BigInt(b) & 63n : b, type);
  }
  const make = template(operator, type)!;
  let apply = functions.get(make);
  if (apply === undefined) {
    apply = (new Function('divide', 'remainder', 'counts', `return (a,b)=>${make('a', 'b')}`) as (...of: unknown[]) => (a: Value, b: Value) => Value)(divide, remainder, counts);
    functions.set(make, apply);
  }
  return apply(a, b);
}

/** Text with operands that must not be unknown for it, and the text that is evaluated where one is. */
export function guarded(fn: FunctionCode, operands: readonly Code[], fast: (...names: string[]) => string, slow: (...names: string[]) => string): string {
  if (operands.every((o) => o.known)) return fast(...operands.map((o) => o.js));
  const before: string[] = [];
  const names = operands.map((operand, i) => {
    // a variable that a later operand may change is read now
    if (operand.atom && (operand.constant !== undefined || !operands.slice(i + 1).some((later) => later.effects))) return operand.js;
    const name = fn.scratch();
    before.push(`${name}=${operand.js},`);
    return name;
  });
  const tests = operands.flatMap((o, i) => (o.known ? [] : [`typeof ${names[i]!}==='${representation(o.type)}'`]));
  return `(${before.join('')}${tests.join('&&')}?${fast(...names)}:${slow(...names)})`;
}

/** An operator on operands that already have its type (of a shift, the right one is an int). */
export function operation(fn: FunctionCode, operator: string, type: CType, a: Code, b: Code): Code {
  const make = template(operator, type)!;
  for (const name of ['divide', 'remainder', 'counts', 'powers']) if (make(a.js, '').includes(name)) fn.helper(name);
  const result = isComparison(operator) ? INT : type;
  if (a.constant !== undefined && b.constant !== undefined && !(a.constant instanceof Unknown) && !(b.constant instanceof Unknown)) {
    const divides = (operator === '/' || operator === '%') && Number(b.constant) === 0;
    if (!divides) return constant(operate(operator, a.constant, b.constant, type), result, fn);
  }
  const js = guarded(fn, [a, b], make, (x, y) => `${fn.helper('operate')}('${operator}',${x},${y},${fn.constant(type)})`);
  return computed(result, js, { known: a.known && b.known, effects: a.effects || b.effects });
}

/** Evaluate in the type: for unary operators, which are binary ones with a constant. */
export function withConstant(fn: FunctionCode, operator: string, value: number, type: CType, b: Code, first: boolean): Code {
  const c = convertCode(fn, constant(value, INT, fn), type);
  return first ? operation(fn, operator, type, c, b) : operation(fn, operator, type, b, c);
}
