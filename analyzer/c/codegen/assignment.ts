import { CompileError } from '../frame.js';
import type { SyntaxNode } from '../syntax.js';
import { INT, type BitField, type CType } from '../types.js';
import { computed, constant, type Code, type CodeContext } from './code.js';
import { convertCode } from './conversion.js';
import { binaryOf, converted, expression, operand, operatorOf } from './expression.js';
import { assign, fitting, objectAt, rvalue } from './lvalue.js';

/** Assignments (C11 6.5.16), ++ and -- (6.5.2.4, 6.5.3.1). */

export function assignment(node: SyntaxNode, context: CodeContext): Code {
  const { fn } = context;
  const operator = operatorOf(node);
  const left = node.child('left')!;
  const right = node.child('right')!;
  if (operator !== '=') return readModifyWrite(operator.slice(0, -1), left, () => operand(right, context), node, context, true);
  let type: CType | undefined;
  let bits: BitField | undefined;
  const [target, value] = fn.inOrder(
    () => { const code = expression(left, context); ({ type, bits } = code); return code; },
    () => fitting(fn, converted(right, type!, context), type!, bits),
  ) as [Code, Code];
  return assign(fn, target, value, node);
}

export function update(node: SyntaxNode, context: CodeContext): Code {
  const operator = operatorOf(node) === '++' ? '+' : '-';
  const prefix = node.children[0]!.field === 'operator';
  return readModifyWrite(operator, node.child('argument')!, () => constant(1, INT, context.fn), node, context, prefix);
}

/** `a op= b` with a evaluated once; yields the new value, or the old one for postfix operators. */
function readModifyWrite(operator: string, left: SyntaxNode, right: () => Code, node: SyntaxNode, context: CodeContext, yieldsNew: boolean): Code {
  const { fn } = context;
  const target = expression(left, context);
  const { type, slot, place, bits } = target;
  if (slot === undefined && place === undefined) throw new CompileError(node, 'assignment to something that is not an lvalue');
  if (fn.isStatic) throw new CompileError(node, 'assignment outside a function');
  // the address and the old value, each in a name; where the other operand needs statements of its own, they outlive the text
  let other: Code | undefined;
  const own = fn.collect(() => { other = right(); });
  const name = (): string => (own.length > 0 ? fn.variable() : fn.scratch());
  const before: string[] = [];
  const hold = (js: string): string => {
    const held = name();
    before.push(`${held}=${js}`);
    return held;
  };
  const where = place === undefined || place.atom ? place : { ...place, base: hold(place.base), atom: true, effects: false };
  const object: Code = where === undefined ? target : objectAt(fn, type, where, node, bits);
  const mustHold = slot === undefined || !yieldsNew || other!.effects || own.length > 0;
  const old: Code = mustHold ? { ...object, js: hold(object.js), atom: true, effects: false, place: undefined, slot: undefined } : target;
  if (own.length > 0) {
    fn.emit(before.splice(0).join(','));
    for (const statement of own) fn.add(statement);
  }
  const result = fitting(fn, convertCode(fn, binaryOf(operator, rvalue(fn, old), other!, node, context), type), type, bits);
  const stored = assign(fn, where === undefined ? target : object, result, node);
  const parts = [...before, stored.js, ...(yieldsNew ? [] : [old.js])];
  return computed(type, parts.length === 1 ? parts[0]! : `(${parts.join(',')})`, { effects: true });
}
