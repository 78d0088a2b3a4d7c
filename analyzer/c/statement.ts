import { convert, truth } from './arithmetic.js';
import type { Context } from './context.js';
import { declaratorAttributes } from './attributes.js';
import { declare, declareTypedef, specifierType } from './declarator.js';
import { autoType, compileConverted, compileExpression, compileRvalue } from './expression.js';
import { CompileError, Completion, EscapingStatement, type Execute, type Frame } from './frame.js';
import { initializeObject } from './initializer.js';
import { storerAt } from './lvalue.js';
import { BlockScope } from './scope.js';
import type { Expression } from './symbols.js';
import type { SyntaxNode } from './syntax.js';
import { alignOf, isScalar, promote, sizeOf, type ArrayType, type CType } from './types.js';
import { Unknown, type Value } from './unknown.js';

/** Statements (C11 6.8) to closures. */

/** The labels that stand in a statement, at any depth: goto looks for them. */
function labelsIn(node: SyntaxNode, found: Set<string> = new Set(), ownCases = true): Set<string> {
  if (node.type === 'labeled_statement') found.add(node.child('label')!.name);
  else if (node.type === 'case_statement' && ownCases) found.add(caseLabel(node));
  const inside = ownCases && node.type !== 'switch_statement';
  for (const c of node.children) if (c.children.length > 0 && !c.type.endsWith('expression')) labelsIn(c, found, inside);
  return found;
}

/** A case label deep within a switch is a goto label to the statements around it. No identifier looks like this. */
function caseLabel(node: SyntaxNode): string {
  return `case ${node.start}`;
}

/** The statements of a list; those behind a case label are children of the label in the tree. */
function statementsIn(nodes: readonly SyntaxNode[]): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (const node of nodes) {
    if (node.type === '{' || node.type === '}' || node.type === 'comment') continue;
    found.push(node);
    if (node.type === 'case_statement') found.push(...statementsIn(behindLabel(node)));
  }
  return found;
}

function behindLabel(node: SyntaxNode): SyntaxNode[] {
  return node.children.slice(node.children.findIndex((c) => c.type === ':') + 1);
}

/** What can be jumped to in an element of {@link statementsIn}. */
function labelsOf(node: SyntaxNode): Set<string> {
  return node.type === 'case_statement' ? new Set([caseLabel(node)]) : labelsIn(node);
}

/** Compile one statement; several for a declaration of a list. A node in the wrong place is reported when it is reached, not before. */
export function compileStatement(node: SyntaxNode, context: Context): Execute {
  const { fn } = context;
  const outer = fn?.escapes ?? false;
  try {
    if (fn !== undefined) fn.escapes = false;
    const execute = statement(node, context);
    return fn?.escapes === true ? catching(execute) : execute;
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    const at = error.node ?? node;
    const { runtime } = context;
    return () => { runtime.gap(error.construct, at); return Completion.Normal; };
  } finally {
    if (fn !== undefined) fn.escapes = outer;
  }
}

/** A statement in which a statement expression may return, break, continue or jump. */
function catching(execute: Execute): Execute {
  return (f) => {
    try {
      return execute(f);
    } catch (error) {
      if (error instanceof EscapingStatement) return error.completion;
      throw error;
    }
  };
}

function statement(node: SyntaxNode, context: Context): Execute {
  switch (node.type) {
    case 'compound_statement': return compileBlock(node, context, false).execute;
    case 'expression_statement': return expressionStatement(node, context);
    case 'declaration': return declaration(node, context);
    case 'type_definition': return typeDefinition(node, context);
    case 'struct_specifier': case 'union_specifier': case 'enum_specifier': specifierType(node, context); return () => Completion.Normal;
    case 'if_statement': return ifStatement(node, context);
    case 'while_statement': return whileStatement(node, context);
    case 'do_statement': return doStatement(node, context);
    case 'for_statement': return forStatement(node, context);
    case 'switch_statement': return switchStatement(node, context);
    case 'return_statement': return returnStatement(node, context);
    case 'break_statement': return () => Completion.Break;
    case 'continue_statement': return () => Completion.Continue;
    case 'goto_statement': {
      const label = node.child('label')!.name;
      return (f) => { f.label = label; return Completion.Goto; };
    }
    case 'labeled_statement': return labeledStatement(node, context);
    case 'case_statement': return caseStatement(node, context);
    case 'attributed_statement': return compileStatement(node.namedChildren.at(-1)!, context);
    case ';': return () => Completion.Normal;
    default: throw new CompileError(node, `statement '${node.type}'`);
  }
}

function expressionStatement(node: SyntaxNode, context: Context): Execute {
  const inner = node.namedChildren[0];
  if (inner === undefined) return () => Completion.Normal;
  const evaluate = compileExpression(inner, context).evaluate;
  const { runtime } = context;
  return (f) => {
    runtime.site = node;
    evaluate(f);
    return Completion.Normal;
  };
}

function isStatic(node: SyntaxNode): 'static' | 'extern' | undefined {
  for (const c of node.children) {
    if (c.type === 'storage_class_specifier') {
      if (c.text === 'static') return 'static';
      if (c.text === 'extern') return 'extern';
    }
  }
  return undefined;
}

function declaration(node: SyntaxNode, context: Context): Execute {
  const storage = isStatic(node);
  const base = specifierType(node.child('type')!, context);
  const executes: Execute[] = [];
  for (const declarator of node.childrenOf('declarator')) {
    const initializer = declarator.type === 'init_declarator' ? declarator.child('value') : undefined;
    const declared = declare(autoType(base, initializer, context), declarator, context);
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
    const execute = localVariable(name, declared.type, initializer, declarator, cleanup !== undefined, context);
    executes.push(cleanup === undefined ? execute : withCleanup(execute, name, cleanup.operand[0]!.text, declarator, context));
  }
  if (executes.length === 1) return executes[0]!;
  return (f) => {
    for (const e of executes) e(f);
    return Completion.Normal;
  };
}

function localVariable(name: string, type: CType, initializer: SyntaxNode | undefined, node: SyntaxNode, inMemory: boolean, context: Context): Execute {
  const { runtime } = context;
  const fn = context.fn!;
  if (type.kind === 'array' && type.variable !== undefined) return variableLengthArray(name, type, node, context);
  if (isScalar(type) && !inMemory && !fn.addressed.has(name)) {
    const slot = fn.slots++;
    // the scope of a name starts before its own initializer (C11 6.2.1p7)
    context.block!.declare(name, { kind: 'local', name, type, slot, offset: 0 });
    if (initializer === undefined) return () => Completion.Normal;
    const scalar = initializer.type === 'initializer_list' ? initializer.namedChildren[0] : initializer;
    if (scalar === undefined) return () => Completion.Normal;
    const value = compileConverted(scalar, type, context);
    return (f) => {
      runtime.site = node;
      f.slots[slot] = value(f);
      return Completion.Normal;
    };
  }
  if (type.kind === 'array' && type.length === undefined && initializer === undefined) throw new CompileError(node, 'variable-length array');
  const initialization = initializer === undefined ? undefined : aggregate(name, type, initializer, context);
  const completed = initialization?.type ?? type;
  const size = sizeOf(completed);
  const offset = initialization?.offset ?? fn.allocate(size, Math.max(alignOf(completed), 1));
  context.block!.declare(name, { kind: 'local', name, type: completed, slot: undefined, offset });
  if (initialization === undefined) return () => Completion.Normal;
  const { memory } = runtime;
  return (f) => {
    runtime.site = node;
    const address = f.base + offset;
    memory.fill(address, 0, size);
    initialization.initialize(f, address);
    return Completion.Normal;
  };
}

/** Its storage lives longer than it should, but no program can tell. */
function variableLengthArray(name: string, type: ArrayType, node: SyntaxNode, context: Context): Execute {
  const { runtime } = context;
  const slot = context.fn!.slots++;
  const size = sizeOf(type.element);
  const length = type.variable!;
  context.block!.declare(name, { kind: 'local', name, type, slot, offset: 0 });
  return (f) => {
    runtime.site = node;
    const n = length(f);
    if (n instanceof Unknown) runtime.gap(`an array whose length ${n.origin.what} decides`, node);
    f.slots[slot] = runtime.memory.allocate(n instanceof Unknown ? 1 : Number(n) * size);
    return Completion.Normal;
  };
}

/** A variable with the attribute cleanup(function): the function gets its address when its block is left. */
function withCleanup(execute: Execute, name: string, functionName: string, node: SyntaxNode, context: Context): Execute {
  const variable = context.block!.find(name);
  const fn = context.block!.find(functionName) ?? context.file.find(functionName);
  if (variable?.kind !== 'local' || fn?.kind !== 'function') throw new CompileError(node, `cleanup by ${functionName}(), which is not declared`);
  const reached = context.fn!.slots++;
  const { offset } = variable;
  context.block!.cleanups.push((f) => {
    if (f.slots[reached] !== 1) return;
    f.slots[reached] = 0;
    fn.invoke([f.base + offset], node);
  });
  return (f) => {
    const completion = execute(f);
    f.slots[reached] = 1;
    return completion;
  };
}

/** Run the cleanups of a scope when it is left, however that happens. */
function leaving(execute: Execute, scope: BlockScope, context: Context): Execute {
  if (scope.cleanups.length === 0) return execute;
  const cleanups = scope.cleanups.reverse();
  const { runtime } = context;
  return (f) => {
    return runtime.resume(f, execute(f), (completion) => {
      for (const cleanup of cleanups) cleanup(f);
      return completion;
    });
  };
}

function aggregate(name: string, type: CType, initializer: SyntaxNode, context: Context): { type: CType; offset: number | undefined; initialize: (f: Frame, address: number) => void } {
  const complete = !(type.kind === 'array' && type.length === undefined);
  let offset: number | undefined;
  if (complete) {
    offset = context.fn!.allocate(sizeOf(type), Math.max(alignOf(type), 1));
    context.block!.declare(name, { kind: 'local', name, type, slot: undefined, offset });
  }
  if (type.kind === 'record' && initializer.type !== 'initializer_list') {
    const value = compileExpression(initializer, context).evaluate;
    const store = storerAt(type, context.runtime, initializer);
    return { type, offset, initialize: (f, address) => store(address, value(f)) };
  }
  const initialization = initializeObject(type, initializer, context);
  return { type: initialization.type, offset, initialize: (f, address) => initialization.initialize(f, address) };
}

function typeDefinition(node: SyntaxNode, context: Context): Execute {
  const base = specifierType(node.child('type')!, context);
  for (const declarator of node.childrenOf('declarator')) {
    const { name, type } = declareTypedef(base, node, declarator, context);
    if (name !== undefined) context.block!.declare(name, { kind: 'typedef', type });
  }
  return () => Completion.Normal;
}

/**
 * A sequence of statements with a scope of its own.
 * @param wantsValue keep the last expression statement apart: it is the value of a statement expression
 */
export function compileBlock(node: SyntaxNode, context: Context, wantsValue: boolean): { execute: Execute; value: Expression | undefined } {
  const inner: Context = { ...context, block: new BlockScope(context.block) };
  const nodes = statementsIn(node.children);
  let value: Expression | undefined;
  const statements: Execute[] = [];
  const labels: Set<string>[] = [];
  const last = nodes.at(-1);
  for (const child of nodes) {
    if (wantsValue && child === last && child.type === 'expression_statement' && child.namedChildren.length > 0) {
      value = compileRvalue(child.namedChildren[0]!, inner);
    } else {
      statements.push(child.type === 'case_statement' ? arrival(caseLabel(child)) : compileStatement(child, inner));
      labels.push(labelsOf(child));
    }
  }
  const scope = inner.block!;
  const execute = sequence(statements, labels, context);
  if (value === undefined || scope.cleanups.length === 0) return { execute: leaving(execute, scope, context), value };
  // the value is worked out before the scope is left
  const slot = context.fn!.slots++;
  const { evaluate } = value;
  const withValue: Execute = (f) => {
    const completion = execute(f);
    if (completion === Completion.Normal) f.slots[slot] = evaluate(f);
    return completion;
  };
  return { execute: leaving(withValue, scope, context), value: { type: value.type, evaluate: (f) => f.slots[slot]! } };
}

/** Run statements one after another; a goto to a label in one of them goes on there. */
function sequence(statements: readonly Execute[], labels: readonly ReadonlySet<string>[], context: Context): Execute {
  const hasLabels = labels.some((l) => l.size > 0);
  const { runtime } = context;
  const count = statements.length;
  const indexOf = (label: string): number => labels.findIndex((l) => l.has(label));
  const runFrom = (f: Frame, start: number): Completion => {
    for (let i = start; i < count; i++) {
      let c: Completion;
      try {
        c = statements[i]!(f);
      } catch (error) {
        if (!runtime.tolerates(error)) throw error;
        continue;
      }
      if (c === Completion.Normal) continue;
      if (c === Completion.Diverged) return goOn(f, i + 1);
      if (c === Completion.Goto && hasLabels) {
        const target = indexOf(f.label!);
        if (target < 0) return c;
        i = target - 1;
        continue;
      }
      return c;
    }
    return Completion.Normal;
  };
  /** Each alternative of a diverged statement runs the rest of the sequence, if it gets there. */
  const goOn = (f: Frame, next: number): Completion => runtime.resume(f, Completion.Diverged, (c) => {
    if (c === Completion.Normal) return runFrom(f, next);
    if (c === Completion.Goto && hasLabels) {
      const target = indexOf(f.label!);
      if (target >= 0) return runFrom(f, target);
    }
    return c;
  });
  if (!hasLabels) return count === 1 ? statements[0]! : (f) => runFrom(f, 0);
  // entered by a goto from outside: start where the label is
  return (f) => runFrom(f, f.label === undefined ? 0 : Math.max(0, indexOf(f.label)));
}

function labeledStatement(node: SyntaxNode, context: Context): Execute {
  const label = node.child('label')!.name;
  const inner = node.namedChildren.at(-1)!;
  const body = inner.field === 'label' ? () => Completion.Normal : compileStatement(inner, context);
  return (f) => {
    if (f.label === label) f.label = undefined;
    return body(f);
  };
}

/** Where a jump to a label ends. */
function arrival(label: string): Execute {
  return (f) => {
    if (f.label === label) f.label = undefined;
    return Completion.Normal;
  };
}

/** A case label that is itself the body of a loop or a branch. */
function caseStatement(node: SyntaxNode, context: Context): Execute {
  const nodes = statementsIn([node]);
  const statements = nodes.map((n) => (n.type === 'case_statement' ? arrival(caseLabel(n)) : compileStatement(n, context)));
  return sequence(statements, nodes.map(labelsOf), context);
}

/** Truth of a condition; where an unknown decides, `undefined`. */
function compileCondition(node: SyntaxNode, context: Context): { test: (f: Frame) => Value; constant: boolean | undefined } {
  const e = compileRvalue(node, context);
  return { test: e.evaluate, constant: e.constant === undefined ? undefined : truth(e.constant) };
}

function ifStatement(node: SyntaxNode, context: Context): Execute {
  const condition = compileCondition(node.child('condition')!, context);
  const consequenceNode = node.child('consequence')!;
  const elseClause = node.child('alternative');
  const alternativeNode = elseClause === undefined ? undefined : elseClause.type === 'else_clause' ? elseClause.namedChildren[0] ?? elseClause.children.at(-1)! : elseClause;
  const yesLabels = labelsIn(consequenceNode);
  const noLabels = alternativeNode === undefined ? new Set<string>() : labelsIn(alternativeNode);
  if (condition.constant !== undefined && yesLabels.size === 0 && noLabels.size === 0) {
    // a dead branch is not even compiled: it may use what this configuration does not have
    const live = condition.constant ? consequenceNode : alternativeNode;
    return live === undefined ? () => Completion.Normal : compileStatement(live, context);
  }
  const yes = compileStatement(consequenceNode, context);
  const no = alternativeNode === undefined ? undefined : compileStatement(alternativeNode, context);
  const { runtime } = context;
  const test = condition.test;
  const place = node.child('condition')!;
  const execute: Execute = (f) => {
    runtime.site = place;
    const c = test(f);
    const t = truth(c);
    if (t === true) return yes(f);
    if (t === false) return no === undefined ? Completion.Normal : no(f);
    return runtime.forkStatement((c as Unknown).origin, f, place, [() => yes(f), () => (no === undefined ? Completion.Normal : no(f))]);
  };
  if (yesLabels.size === 0 && noLabels.size === 0) return execute;
  return (f) => {
    if (f.label !== undefined) return yesLabels.has(f.label) ? yes(f) : no!(f);
    return execute(f);
  };
}

/**
 * Run a loop body; undefined: go on, otherwise the loop ends with this completion.
 * @param rest the rest of the loop, for alternatives of a branch on an unknown of which only some go on
 */
function runBody(body: Execute, f: Frame, labels: ReadonlySet<string>, rest: () => Completion, context: Context): Completion | undefined {
  const { runtime } = context;
  let c = body(f);
  while (c === Completion.Goto && labels.has(f.label!)) c = body(f);
  if (c === Completion.Diverged) {
    // do all alternatives meet at the end of this round?
    c = runtime.resume(f, c, (end) => {
      while (end === Completion.Goto && labels.has(f.label!)) end = body(f);
      return end === Completion.Continue ? Completion.Normal : end;
    });
    if (c === Completion.Diverged) {
      return runtime.resume(f, c, (end) => {
        if (end === Completion.Break) return Completion.Normal;
        return end === Completion.Normal ? rest() : end;
      });
    }
  }
  switch (c) {
    case Completion.Normal: case Completion.Continue: return undefined;
    case Completion.Break: return Completion.Normal;
    default: return c;
  }
}

function loopCondition(value: Value, place: SyntaxNode, context: Context): boolean {
  const t = truth(value);
  if (t !== undefined) return t;
  context.runtime.gap(`a loop that ${(value as Unknown).origin.what} decides`, place);
  return false;
}

function whileStatement(node: SyntaxNode, context: Context): Execute {
  const conditionNode = node.child('condition')!;
  const condition = compileCondition(conditionNode, context);
  const bodyNode = node.child('body')!;
  const body = compileStatement(bodyNode, context);
  const labels = labelsIn(bodyNode);
  const { runtime } = context;
  const loop = (f: Frame, entered: boolean): Completion => {
    for (let skipTest = entered; ; skipTest = false) {
      runtime.site = conditionNode;
      if (!skipTest && !loopCondition(condition.test(f), conditionNode, context)) return Completion.Normal;
      const c = runBody(body, f, labels, () => loop(f, false), context);
      if (c !== undefined) return c;
    }
  };
  return (f) => loop(f, f.label !== undefined);
}

function doStatement(node: SyntaxNode, context: Context): Execute {
  const conditionNode = node.child('condition')!;
  const condition = compileCondition(conditionNode, context);
  const bodyNode = node.child('body')!;
  const body = compileStatement(bodyNode, context);
  const labels = labelsIn(bodyNode);
  const again = (f: Frame): Completion => (loopCondition(condition.test(f), conditionNode, context) ? loop(f) : Completion.Normal);
  const loop = (f: Frame): Completion => {
    for (;;) {
      const c = runBody(body, f, labels, () => again(f), context);
      if (c !== undefined) return c;
      if (!loopCondition(condition.test(f), conditionNode, context)) return Completion.Normal;
    }
  };
  return loop;
}

function forStatement(node: SyntaxNode, context: Context): Execute {
  const inner: Context = { ...context, block: new BlockScope(context.block) };
  const initializerNode = node.child('initializer');
  const initializer = initializerNode === undefined ? undefined
    : initializerNode.type === 'declaration' ? compileStatement(initializerNode, inner) : compileExpression(initializerNode, inner).evaluate;
  const conditionNode = node.child('condition');
  const condition = conditionNode === undefined ? undefined : compileCondition(conditionNode, inner);
  const updateNode = node.child('update');
  const update = updateNode === undefined ? undefined : compileExpression(updateNode, inner).evaluate;
  const bodyNode = node.child('body')!;
  const body = compileStatement(bodyNode, inner);
  const labels = labelsIn(bodyNode);
  const { runtime } = context;
  const loop = (f: Frame, entered: boolean): Completion => {
    for (let skipTest = entered; ; skipTest = false) {
      if (!skipTest && condition !== undefined && !loopCondition(condition.test(f), conditionNode!, context)) return Completion.Normal;
      const c = runBody(body, f, labels, () => { update?.(f); return loop(f, false); }, context);
      if (c !== undefined) return c;
      runtime.site = node;
      update?.(f);
    }
  };
  return leaving((f) => {
    runtime.site = node;
    const entered = f.label !== undefined;
    if (!entered) initializer?.(f);
    return loop(f, entered);
  }, inner.block!, context);
}

function returnStatement(node: SyntaxNode, context: Context): Execute {
  const inner = node.namedChildren[0];
  if (inner === undefined) return () => Completion.Return;
  const { runtime } = context;
  const type = context.fn!.result;
  if (type.kind === 'void') {
    const evaluate = compileExpression(inner, context).evaluate;
    return (f) => { runtime.site = node; evaluate(f); return Completion.Return; };
  }
  const value = compileConverted(inner, type, context);
  if (type.kind === 'record') {
    const size = sizeOf(type);
    return (f) => {
      runtime.site = node;
      const source = value(f);
      if (typeof source === 'number') {
        // the callee's frame is gone after the return
        const copy = runtime.memory.allocate(size);
        runtime.memory.copy(copy, source, size);
        f.result = copy;
      } else f.result = source;
      return Completion.Return;
    };
  }
  return (f) => {
    runtime.site = node;
    f.result = value(f);
    return Completion.Return;
  };
}

/** case bounds: a constant, or GNU's low ... high (which the parser sees as low || __case_range || high). */
function caseRange(node: SyntaxNode, type: CType, context: Context): { low: bigint; high: bigint } {
  // labels are converted to the promoted type of what is switched on (6.8.4.2p5)
  const bound = (n: SyntaxNode): bigint => {
    const e = compileExpression(n, context);
    const v = e.constant === undefined ? undefined : convert(e.constant, e.type, type);
    if (v === undefined || v instanceof Unknown) throw new CompileError(n, 'case label');
    return BigInt(v);
  };
  if (node.type === 'binary_expression' && node.child('operator')!.type === '||') {
    const left = node.child('left')!;
    if (left.type === 'binary_expression' && left.child('right')?.name === '...') return { low: bound(left.child('left')!), high: bound(node.child('right')!) };
  }
  const value = bound(node);
  return { low: value, high: value };
}

/** Where a switch goes on: a statement of its body, and the label within that statement if it is not at its beginning. */
interface Entry { readonly index: number; readonly label: string | undefined }

/** The case labels of a switch that stand deep within a statement of its body. */
function casesIn(node: SyntaxNode, found: SyntaxNode[] = []): SyntaxNode[] {
  if (node.type === 'switch_statement') return found;
  if (node.type === 'case_statement') found.push(node);
  for (const c of node.children) if (c.children.length > 0 && !c.type.endsWith('expression')) casesIn(c, found);
  return found;
}

function switchStatement(node: SyntaxNode, context: Context): Execute {
  const conditionNode = node.child('condition')!;
  const e = compileRvalue(conditionNode, context);
  const type = promote(e.type);
  const bodyNode = node.child('body')!;
  const inner: Context = { ...context, block: new BlockScope(context.block) };
  const statements: Execute[] = [];
  const labels: Set<string>[] = [];
  const single = new Map<bigint, Entry>();
  const ranges: { low: bigint; high: bigint; entry: Entry }[] = [];
  let otherwise: Entry | undefined;
  const enter = (label: SyntaxNode, entry: Entry): void => {
    const value = label.child('value');
    if (value === undefined) { otherwise = entry; return; }
    const { low, high } = caseRange(value, type, inner);
    if (low === high) single.set(low, entry);
    else ranges.push({ low, high, entry });
  };
  for (const child of statementsIn(bodyNode.children)) {
    const index = statements.length;
    if (child.type === 'case_statement') enter(child, { index, label: undefined });
    else {
      statements.push(compileStatement(child, inner));
      labels.push(labelsIn(child));
      for (const label of casesIn(child)) enter(label, { index, label: caseLabel(label) });
    }
  }
  const { runtime } = context;
  const evaluate = e.evaluate;
  const indexOf = (label: string): number => labels.findIndex((l) => l.has(label));
  const runFrom = (f: Frame, start: number): Completion => {
    let i = start;
    while (i < statements.length) {
      const c = statements[i]!(f);
      if (c === Completion.Diverged) {
        const next = i + 1;
        return runtime.resume(f, c, (end) => {
          if (end === Completion.Break) return Completion.Normal;
          if (end === Completion.Goto && indexOf(f.label!) >= 0) return runFrom(f, indexOf(f.label!));
          return end === Completion.Normal ? runFrom(f, next) : end;
        });
      }
      if (c === Completion.Break) return Completion.Normal;
      if (c === Completion.Goto) {
        const target = indexOf(f.label!);
        if (target < 0) return c;
        i = target;
        continue;
      }
      if (c !== Completion.Normal) return c;
      i++;
    }
    return Completion.Normal;
  };
  const nowhere: Entry = { index: statements.length, label: undefined };
  const start = (f: Frame, { index, label }: Entry): Completion => {
    f.label = label;
    return runFrom(f, index);
  };
  return (f) => {
    if (f.label !== undefined && indexOf(f.label) >= 0) return runFrom(f, indexOf(f.label));
    runtime.site = conditionNode;
    const v = evaluate(f);
    if (v instanceof Unknown) {
      const starts = new Map([...single.values(), ...ranges.map((r) => r.entry), otherwise ?? nowhere].map((entry) => [entry.label ?? entry.index, entry]));
      return runtime.forkStatement(v.origin, f, conditionNode, [...starts.values()].map((entry) => () => start(f, entry)));
    }
    const key = BigInt(v);
    return start(f, single.get(key) ?? ranges.find((r) => r.low <= key && key <= r.high)?.entry ?? otherwise ?? nowhere);
  };
}
