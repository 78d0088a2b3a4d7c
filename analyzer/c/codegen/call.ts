import type { FunctionSymbol } from '../symbols.js';
import type { SyntaxNode } from '../syntax.js';
import { DOUBLE, INT, promote, type CType, type FunctionType } from '../types.js';
import { builtin, libraryFunction } from './builtins.js';
import { computed, type Code, type CodeContext } from './code.js';
import { convertCode } from './conversion.js';
import { operand } from './expression.js';
import { placeAt } from './lvalue.js';

/** Function calls (C11 6.5.2.2). */

export function call(node: SyntaxNode, context: CodeContext): Code {
  const { fn } = context;
  const callee = node.child('function')!;
  const argumentNodes = node.child('arguments')!.namedChildren;
  const local = callee.type === 'identifier' ? context.block?.find(callee.name) : undefined;
  if (local?.kind === 'function') return directCall(local, argumentNodes, node, context);
  if (callee.type === 'identifier' && local === undefined) {
    const known = builtin(callee.name, argumentNodes, node, context);
    if (known !== undefined) return known;
    const found = context.file.find(callee.name) ?? libraryFunction(callee.name, context);
    if (found === undefined || found.kind === 'function') return directCall(found ?? context.file.implicitFunction(callee.name), argumentNodes, node, context);
  }
  let type: FunctionType | undefined;
  const [target, ...args] = fn.inOrder(
    () => {
      const pointer = operand(callee, context);
      type = pointer.type.kind === 'pointer' && pointer.type.target.kind === 'function' ? pointer.type.target : undefined;
      return pointer;
    },
    ...argumentNodes.map((argument, i) => () => passed(argument, type?.parameters[i]?.type, context)),
  ) as [Code, ...Code[]];
  return called(type?.result ?? INT, `${fn.helper('P')}.callAddress(${target.js},[${args.map((a) => a.js).join(',')}],${fn.constant(node)})`);
}

function directCall(symbol: FunctionSymbol, argumentNodes: readonly SyntaxNode[], node: SyntaxNode, context: CodeContext): Code {
  const { fn } = context;
  const { parameters, result } = symbol.type;
  const passing = fn.inOrder(...argumentNodes.map((argument, i) => () => passed(argument, parameters[i]?.type, context)));
  const args = passing.map((a) => a.js);
  if (symbol.run === undefined) {
    const callee = fn.constant(symbol);
    const place = fn.constant(node);
    const js = `${callee}.invoke([${args.join(',')}],${place})`;
    // what only such an argument mentions is not looked for
    return called(result, symbol.aside === undefined || passing.some((a) => a.effects) ? js : `(${callee}.aside(${place})??${js})`);
  }
  while (args.length < parameters.length) args.push('0');
  return called(result, fn.call(symbol, node, args));
}

/** A record that a function returns is an object of its own; members of it can be read. */
function called(type: CType, js: string): Code {
  const code = computed(type, js, { effects: true });
  return type.kind === 'record' ? { ...code, place: placeAt(code) } : code;
}

/** An argument converted to the parameter's type, or with the default argument promotions (C11 6.5.2.2p6). */
function passed(node: SyntaxNode, parameter: CType | undefined, context: CodeContext): Code {
  const value = operand(node, context);
  return convertCode(context.fn, value, parameter ?? (value.type.kind === 'floating' ? DOUBLE : promote(value.type)));
}
