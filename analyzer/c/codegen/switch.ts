import { convert } from '../arithmetic.js';
import { CompileError } from '../frame.js';
import { BlockScope } from '../scope.js';
import type { SyntaxNode } from '../syntax.js';
import { promote, type CType } from '../types.js';
import { Unknown } from '../unknown.js';
import { representation, type CodeContext } from './code.js';
import { testOf } from './conditional.js';
import { convertCode } from './conversion.js';
import { expression, operand } from './expression.js';
import type { Entry, Statement } from './ir.js';
import { caseLabel, site, statementCode, statementsIn } from './statement.js';

/** switch (C11 6.8.4.2). */

/** The case labels of a switch that stand deep within a statement of its body. */
function casesIn(node: SyntaxNode, found: SyntaxNode[] = []): SyntaxNode[] {
  if (node.type === 'switch_statement') return found;
  if (node.type === 'case_statement') found.push(node);
  for (const c of node.children) if (c.children.length > 0 && !c.type.endsWith('expression')) casesIn(c, found);
  return found;
}

/** case bounds: a constant, or GNU's low ... high (which the parser sees as low || __case_range || high). */
function caseRange(node: SyntaxNode, type: CType, context: CodeContext): { low: bigint; high: bigint } {
  // labels are converted to the promoted type of what is switched on (6.8.4.2p5)
  const bound = (n: SyntaxNode): bigint => {
    const e = context.fn.discarding(() => expression(n, context));
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

export function switchStatement(node: SyntaxNode, context: CodeContext): void {
  const { fn } = context;
  const place = node.child('condition')!;
  site(place, context);
  const operand_ = operand(place, context);
  const type = promote(operand_.type);
  const value = testOf(convertCode(fn, operand_, type));
  const inner: CodeContext = { ...context, block: new BlockScope(context.block) };
  const body: Statement[] = [];
  const single = new Map<bigint, Entry>();
  const ranges: { low: bigint; high: bigint; entry: Entry }[] = [];
  let otherwise: Entry | undefined;
  const enter = (label: SyntaxNode, entry: Entry): void => {
    const bounds = label.child('value');
    if (bounds === undefined) { otherwise = entry; return; }
    const { low, high } = caseRange(bounds, type, inner);
    if (low === high) single.set(low, entry);
    else ranges.push({ low, high, entry });
  };
  for (const child of statementsIn(node.child('body')!.children)) {
    const index = body.length;
    if (child.type === 'case_statement') enter(child, { index, label: undefined });
    else {
      body.push(statementCode(child, inner));
      for (const label of casesIn(child)) enter(label, { index, label: caseLabel(label) });
    }
  }
  fn.add({ kind: 'switch', label: fn.label(), value, wide: representation(type) === 'bigint', place, body, single, ranges, otherwise });
}
