import { truth } from '../arithmetic.js';
import { declareTypedef, specifierType } from '../declarator.js';
import { CompileError } from '../frame.js';
import { BlockScope } from '../scope.js';
import type { SyntaxNode } from '../syntax.js';
import { sizeOf } from '../types.js';
import type { Code, CodeContext } from './code.js';
import { testOf } from './conditional.js';
import { declaration } from './local.js';
import { converted, expression, operand } from './expression.js';
import { group, labelsIn, NOTHING, type Statement, type Test } from './ir.js';
import { switchStatement } from './switch.js';

/** Statements (C11 6.8). */

/** The statements of a list; those behind a case label are children of the label in the tree. */
export function statementsIn(nodes: readonly SyntaxNode[]): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (const node of nodes) {
    if (node.type === '{' || node.type === '}' || node.type === 'comment') continue;
    found.push(node);
    if (node.type === 'case_statement') found.push(...statementsIn(node.children.slice(node.children.findIndex((c) => c.type === ':') + 1)));
  }
  return found;
}

/** A case label deep within a switch is a goto label to the statements around it. No identifier looks like this. */
export function caseLabel(node: SyntaxNode): string {
  return `case ${node.start}`;
}

/** Code of one statement. What is not understood is reported when it is reached, not before. */
export function statementCode(node: SyntaxNode, context: CodeContext): Statement {
  const { fn } = context;
  fn.releaseScratch();
  try {
    return fn.collected(() => statement(node, context));
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return fn.collected(() => fn.emit(`${fn.helper('P')}.gap(${fn.constant(error.construct)},${fn.constant(error.node ?? node)})`));
  }
}

/** Note where the program is, for diagnostics and provenance. */
export function site(node: SyntaxNode, { fn }: CodeContext): void {
  fn.emit(`${fn.helper('P')}.site=${fn.constant(node)}`);
}

function statement(node: SyntaxNode, context: CodeContext): void {
  const { fn } = context;
  switch (node.type) {
    case 'compound_statement': fn.add(blockCode(node, context, false).statement); return;
    case 'expression_statement': {
      const inner = node.namedChildren[0];
      if (inner === undefined) return;
      site(node, context);
      evaluate(expression(inner, context), context);
      return;
    }
    case 'declaration': declaration(node, context); return;
    case 'type_definition': typeDefinition(node, context); return;
    case 'struct_specifier': case 'union_specifier': case 'enum_specifier': specifierType(node, context); return;
    case 'if_statement': ifStatement(node, context); return;
    case 'while_statement': case 'do_statement': whileStatement(node, context); return;
    case 'for_statement': forStatement(node, context); return;
    case 'switch_statement': switchStatement(node, context); return;
    case 'return_statement': returnStatement(node, context); return;
    case 'break_statement': fn.add({ kind: 'break' }); return;
    case 'continue_statement': fn.add({ kind: 'continue' }); return;
    case 'goto_statement': fn.add({ kind: 'goto', name: node.child('label')!.name }); return;
    case 'labeled_statement': {
      const inner = node.namedChildren.at(-1)!;
      fn.add({ kind: 'label', name: node.child('label')!.name });
      if (inner.field !== 'label') fn.add(statementCode(inner, context));
      return;
    }
    // a case label that is itself the body of a loop or a branch
    case 'case_statement':
      for (const n of statementsIn([node])) fn.add(n.type === 'case_statement' ? { kind: 'label', name: caseLabel(n) } : statementCode(n, context));
      return;
    case 'attributed_statement': fn.add(statementCode(node.namedChildren.at(-1)!, context)); return;
    case ';': return;
    default: throw new CompileError(node, `statement '${node.type}'`);
  }
}

/** Evaluate for the effects. */
export function evaluate(code: Code, { fn }: CodeContext): void {
  if (!code.atom) fn.emit(code.js);
}

function typeDefinition(node: SyntaxNode, context: CodeContext): void {
  const base = specifierType(node.child('type')!, context);
  for (const declarator of node.childrenOf('declarator')) {
    const { name, type } = declareTypedef(base, node, declarator, context);
    if (name !== undefined) context.block!.declare(name, { kind: 'typedef', type });
  }
}

/**
 * A sequence of statements with a scope of its own.
 * @param wantsValue the last expression statement is the value of a statement expression
 */
export function blockCode(node: SyntaxNode, context: CodeContext, wantsValue: boolean): { statement: Statement; value: Code | undefined } {
  const { fn } = context;
  const scope = new BlockScope(context.block);
  const inner: CodeContext = { ...context, block: scope };
  const nodes = statementsIn(node.children);
  const last = nodes.at(-1);
  let value: Code | undefined;
  let count = 0;
  const body: Statement[] = [];
  for (const child of nodes) {
    if (wantsValue && child === last && child.type === 'expression_statement' && child.namedChildren.length > 0) {
      // the value is worked out before the scope is left
      body.push(fn.collected(() => { value = fn.spill(operand(child.namedChildren[0]!, inner)); }));
      continue;
    }
    count++;
    const made: Statement = child.type === 'case_statement' ? { kind: 'label', name: caseLabel(child) } : statementCode(child, inner);
    if (made !== NOTHING) body.push(made);
  }
  const list: Statement[] = flatLabels(body);
  const tolerant = count !== 1 || body.some((s) => [...labelsIn(s)].some((label) => !label.startsWith('#')));
  if (!tolerant && scope.cleanups.length === 0) return { statement: group(list), value };
  return { statement: { kind: 'list', body: list, tolerant, cleanups: scope.cleanups.reverse() }, value };
}

/** A label belongs to the list that its statement is an element of. */
function flatLabels(body: readonly Statement[]): Statement[] {
  return body.flatMap((s) => (s.kind === 'list' && !s.tolerant && s.cleanups.length === 0 && s.body[0]?.kind === 'label' ? [s.body[0], group(flatLabels(s.body.slice(1)))].filter((x) => x !== NOTHING) : [s]));
}

function ifStatement(node: SyntaxNode, context: CodeContext): void {
  const { fn } = context;
  const place = node.child('condition')!;
  const consequence = node.child('consequence')!;
  const elseClause = node.child('alternative');
  const alternative = elseClause === undefined ? undefined : elseClause.type === 'else_clause' ? elseClause.namedChildren[0] ?? elseClause.children.at(-1)! : elseClause;
  let condition: Code | undefined;
  const before = fn.collect(() => {
    site(place, context);
    condition = operand(place, context);
  });
  const known = condition!.constant === undefined ? undefined : truth(condition!.constant);
  if (known !== undefined && !mayBeJumpedInto(consequence) && !(alternative !== undefined && mayBeJumpedInto(alternative))) {
    // a dead branch is not even looked at: it may use what this configuration does not have
    const live = known ? consequence : alternative;
    if (live !== undefined) fn.add(statementCode(live, context));
    return;
  }
  for (const s of before) fn.add(s);
  const test = testOf(condition!);
  const yes = statementCode(consequence, context);
  const no = alternative === undefined ? NOTHING : statementCode(alternative, context);
  fn.add({ kind: 'if', label: fn.label(), test, place, yes, no });
}

/** Is there a label in it that a goto or a switch around it could lead to? */
function mayBeJumpedInto(node: SyntaxNode, ownCases = true): boolean {
  if (node.type === 'labeled_statement' || (node.type === 'case_statement' && ownCases)) return true;
  const inside = ownCases && node.type !== 'switch_statement';
  return node.children.some((c) => c.children.length > 0 && !c.type.endsWith('expression') && mayBeJumpedInto(c, inside));
}

function whileStatement(node: SyntaxNode, context: CodeContext): void {
  const { fn } = context;
  const place = node.child('condition')!;
  const bodyFirst = node.type === 'do_statement';
  let test: Test | undefined;
  const condition = fn.collected(() => {
    if (!bodyFirst) site(place, context);
    test = testOf(operand(place, context));
  });
  const body = statementCode(node.child('body')!, context);
  fn.add({ kind: 'loop', bodyFirst, condition, test, place, placeName: fn.constant(place), body, update: NOTHING });
}

function forStatement(node: SyntaxNode, context: CodeContext): void {
  const { fn } = context;
  const scope = new BlockScope(context.block);
  const inner: CodeContext = { ...context, block: scope };
  const statements = fn.collect(() => {
    site(node, context);
    const initializer = node.child('initializer');
    if (initializer?.type === 'declaration') fn.add(statementCode(initializer, inner));
    else if (initializer !== undefined) evaluate(expression(initializer, inner), inner);
    const place = node.child('condition');
    let test: Test | undefined;
    const condition = fn.collected(() => {
      if (place !== undefined) test = testOf(operand(place, inner));
    });
    const updateNode = node.child('update');
    const update = fn.collected(() => {
      site(node, context);
      if (updateNode !== undefined) evaluate(expression(updateNode, inner), inner);
    });
    const body = statementCode(node.child('body')!, inner);
    fn.add({ kind: 'loop', bodyFirst: false, condition, test, place: place ?? node, placeName: fn.constant(place ?? node), body, update });
  });
  if (scope.cleanups.length === 0) for (const s of statements) fn.add(s);
  else fn.add({ kind: 'list', body: statements, tolerant: false, cleanups: scope.cleanups.reverse() });
}

function returnStatement(node: SyntaxNode, context: CodeContext): void {
  const { fn } = context;
  const inner = node.namedChildren[0];
  if (inner === undefined) { fn.add({ kind: 'return', js: undefined }); return; }
  site(node, context);
  const { result } = fn;
  if (result.kind === 'void') {
    evaluate(expression(inner, context), context);
    fn.add({ kind: 'return', js: undefined });
    return;
  }
  const value = converted(inner, result, context);
  // the callee's frame is gone after the return
  fn.add({ kind: 'return', js: result.kind === 'record' ? `${fn.helper('returnedRecord')}(${value.js},${sizeOf(result)})` : value.js });
}

