import { CompileError } from '../frame.js';
import type { SyntaxNode } from '../syntax.js';
import { VOID } from '../types.js';
import { Unknown, type Value } from '../unknown.js';
import type { Context } from '../context.js';
import type { Code, CodeContext } from './code.js';
import { Frame } from '../frame.js';
import { explorer } from './explore.js';
import { expression, typeOf } from './expression.js';
import { FunctionCode } from './function-code.js';
import type { Statement } from './ir.js';
import type { CType } from '../types.js';

/** Values that are needed while no function runs: constant expressions (C11 6.6), initializers of static objects (6.7.9p4). */

const NAMELESS: ReadonlySet<string> = new Set();

/** A context for code outside functions. */
export function staticContext(context: Context): CodeContext {
  return { ...context, fn: new FunctionCode('', VOID, NAMELESS, true) };
}

/** Evaluate code that was made in a {@link staticContext}. */
export function staticValue(code: Code, statements: readonly Statement[], { fn, runtime }: CodeContext): Value {
  if (statements.length === 0) {
    if (code.constant !== undefined) return code.constant;
    if (code.fixed !== undefined) return code.fixed();
  }
  const execute = explorer([...statements, { kind: 'return', js: code.js }], fn, runtime);
  const frame = new Frame(new Array<Value>(fn.slots).fill(0), 0, []);
  execute(frame);
  return frame.result;
}

/** The value of an integer constant expression. @throws CompileError if it is not constant. */
export function constantValue(node: SyntaxNode, context: Context): number | bigint {
  const inner = staticContext(context);
  let code: Code | undefined;
  const statements = inner.fn.collect(() => { code = expression(node, inner); });
  const value = code!.constant ?? (usesVariables(code!, statements) ? undefined : staticValue(code!, statements, inner));
  if (value === undefined || value instanceof Unknown) throw new CompileError(node, 'something that is not constant where a constant belongs');
  return value;
}

/** A variable of the function around it is no constant. */
function usesVariables(code: Code, statements: readonly Statement[]): boolean {
  return statements.length > 0 || /\$|\bb\b/.test(code.js);
}

/** The type of an expression, wherever it stands. */
export function expressionType(node: SyntaxNode, context: Context): CType {
  return typeOf(node, context.fn === undefined ? staticContext(context) : { ...context, fn: context.fn });
}

/** Is it an expression with a value known while compiling? */
export function isConstant(node: SyntaxNode, context: Context): boolean {
  const inner: CodeContext = context.fn === undefined ? staticContext(context) : { ...context, fn: context.fn };
  return inner.fn.discarding(() => expression(node, inner)).constant !== undefined;
}
