import { declaratorAttributes } from '../attributes.js';
import { AUTO, declare, specifierType } from '../declarator.js';
import { CompileError } from '../frame.js';
import type { SyntaxNode } from '../syntax.js';
import { alignOf, isScalar, sizeOf, type ArrayType, type CType } from '../types.js';
import type { CodeContext } from './code.js';
import { converted, expression, operand } from './expression.js';
import { initialization, initializeLocal } from './initializer.js';
import { storeText } from './lvalue.js';
import { site } from './statement.js';

/** Declarations inside functions (C11 6.7). */

function storageClass(node: SyntaxNode): 'static' | 'extern' | undefined {
  for (const c of node.children) if (c.type === 'storage_class_specifier' && (c.text === 'static' || c.text === 'extern')) return c.text;
  return undefined;
}

export function declaration(node: SyntaxNode, context: CodeContext): void {
  const storage = storageClass(node);
  const base = specifierType(node.child('type')!, context);
  for (const declarator of node.childrenOf('declarator')) {
    const initializer = declarator.type === 'init_declarator' ? declarator.child('value') : undefined;
    const actualBase = base === AUTO && initializer !== undefined ? context.fn.discarding(() => operand(initializer, context).type) : base;
    const declared = declare(actualBase, declarator, context);
    const name = declared.name!;
    if (declared.type.kind === 'function' || storage === 'extern') {
      context.block!.declare(name, context.file.external(name, declared.type, declarator));
      continue;
    }
    if (storage === 'static') {
      context.block!.declare(name, context.file.staticObject(name, declared.type, initializer, context));
      continue;
    }
    const cleanup = declaratorAttributes(node, declarator).find((x) => x.name === 'cleanup');
    localVariable(name, declared.type, initializer, declarator, cleanup !== undefined, context);
    if (cleanup !== undefined) addCleanup(name, cleanup.operand[0]!.text, declarator, context);
  }
}

function localVariable(name: string, type: CType, initializer: SyntaxNode | undefined, node: SyntaxNode, inMemory: boolean, context: CodeContext): void {
  const { fn } = context;
  const block = context.block!;
  if (type.kind === 'array' && type.variable !== undefined) { variableLengthArray(name, type, node, context); return; }
  if (isScalar(type) && !inMemory && !fn.addressed.has(name)) {
    const slot = fn.variable();
    // the scope of a name starts before its own initializer (C11 6.2.1p7)
    block.declare(name, { kind: 'local', name, type, slot, offset: 0 });
    const scalar = initializer?.type === 'initializer_list' ? initializer.namedChildren[0] : initializer;
    if (scalar === undefined) return;
    site(node, context);
    fn.emit(`${slot}=${converted(scalar, type, context).js}`);
    return;
  }
  if (type.kind === 'array' && type.length === undefined && initializer === undefined) throw new CompileError(node, 'variable-length array');
  let offset: number | undefined;
  const place = (complete: CType): number => {
    const at = fn.allocate(sizeOf(complete), Math.max(alignOf(complete), 1));
    block.declare(name, { kind: 'local', name, type: complete, slot: undefined, offset: at });
    return at;
  };
  if (type.kind !== 'array' || type.length !== undefined) offset = place(type);
  if (initializer === undefined) return;
  site(node, context);
  if (type.kind === 'record' && initializer.type !== 'initializer_list') {
    const value = expression(initializer, context);
    fn.emit(`${fn.helper('clear')}(b+${offset!},${sizeOf(type)})`);
    fn.emit(storeText(fn, type, { base: 'b', offset: offset!, atom: true, known: true, effects: false }, value.js, initializer));
    return;
  }
  const initial = initialization(type, initializer, context);
  initializeLocal(initial, offset ?? place(initial.type), context);
}

/** Its storage lives longer than it should, but no program can tell. */
function variableLengthArray(name: string, type: ArrayType, node: SyntaxNode, context: CodeContext): void {
  const { fn } = context;
  const slot = fn.variable();
  context.block!.declare(name, { kind: 'local', name, type, slot, offset: 0 });
  site(node, context);
  const length = operand(type.variable!, context);
  fn.emit(`${slot}=${fn.helper('variableLengthArray')}(${length.js},${sizeOf(type.element)},${fn.constant(node)})`);
}

/** A variable with the attribute cleanup(function): the function gets its address when its block is left, if it was reached. */
function addCleanup(name: string, functionName: string, node: SyntaxNode, context: CodeContext): void {
  const { fn } = context;
  const block = context.block!;
  const variable = block.find(name);
  const cleaner = block.find(functionName) ?? context.file.find(functionName);
  if (variable?.kind !== 'local' || cleaner?.kind !== 'function') throw new CompileError(node, `cleanup by ${functionName}(), which is not declared`);
  const reached = fn.variable();
  fn.emit(`${reached}=1`);
  block.cleanups.push(`if(${reached}===1){${reached}=0;${fn.constant(cleaner)}.invoke([b+${variable.offset}],${fn.constant(node)});}`);
}
