import { convert, truth } from '../arithmetic.js';
import type { SyntaxNode } from '../syntax.js';
import { INT, VOID, usualArithmetic, type CType } from '../types.js';
import { computed, constant, type Code, type CodeContext } from './code.js';
import { convertCode } from './conversion.js';
import { operand } from './expression.js';
import type { FunctionCode } from './function-code.js';
import { group, type Statement, type Test } from './ir.js';
import { guarded } from './operators.js';

/** Expressions of which only a part is evaluated: branches (see ir.ts). */

/** What decides a branch or a loop. */
export function testOf(code: Code): Test {
  return { js: code.js, atom: code.atom, known: code.known, floating: code.type.kind === 'floating' };
}

/** Its truth as an int: 0, 1, or an unknown bit. */
function truthValue(fn: FunctionCode, code: Code): string {
  if (code.constant !== undefined && truth(code.constant) !== undefined) return truth(code.constant) ? '1' : '0';
  if (code.type.kind === 'floating') return `${fn.helper('truthValue')}(${code.js})`;
  return guarded(fn, [code], (v) => `(${v}?1:0)`, (v) => `${fn.helper('truthValue')}(${v})`);
}

/** && and || (C11 6.5.13, 6.5.14). */
export function logical(operator: '&&' | '||', left: SyntaxNode, right: SyntaxNode, node: SyntaxNode, context: CodeContext): Code {
  const { fn } = context;
  const and = operator === '&&';
  const a = operand(left, context);
  const known = a.constant === undefined ? undefined : truth(a.constant);
  if (known === !and) return constant(and ? 0 : 1, INT, fn);
  let b: Code | undefined;
  const result = fn.variable();
  const further = fn.collect(() => {
    b = operand(right, context);
    fn.emit(`${result}=${truthValue(fn, b)}`);
  });
  const { constant: bValue } = b!;
  if (known === and) {
    if (bValue !== undefined) return constant(truth(bValue) ? 1 : 0, INT, fn);
    for (const statement of further) fn.add(statement);
  } else {
    const decided: Statement = { kind: 'do', js: `${result}=${and ? 0 : 1};` };
    const rest = group(further);
    fn.add({ kind: 'if', label: fn.label(), test: testOf(a), place: node, yes: and ? rest : decided, no: and ? decided : rest });
  }
  return computed(INT, result, { atom: true });
}

/** c ? a : b (C11 6.5.15), and c ?: b, which evaluates c once (GNU C). */
export function conditional(node: SyntaxNode, context: CodeContext): Code {
  const { fn } = context;
  const consequence = node.child('consequence');
  let condition = operand(node.child('condition')!, context);
  const known = condition.constant === undefined ? undefined : truth(condition.constant);
  if (consequence === undefined && condition.constant === undefined) condition = fn.spill(condition);
  const alternatives: { code: Code; statements: Statement[] }[] = [];
  for (const alternative of [consequence, node.child('alternative')!]) {
    let code: Code | undefined;
    const statements = fn.collect(() => { code = alternative === undefined ? condition : operand(alternative, context); });
    alternatives.push({ code: code!, statements });
  }
  const [yes, no] = alternatives as [typeof alternatives[0], typeof alternatives[0]];
  const type = conditionalType(yes.code, no.code);
  if (known !== undefined) {
    const { code, statements } = known ? yes : no;
    for (const statement of statements) fn.add(statement);
    return code.constant !== undefined ? constant(convert(code.constant, code.type, type), type, fn) : { ...convertCode(fn, code, type), slot: undefined };
  }
  const result = fn.variable();
  const finish = ({ code, statements }: typeof yes): Statement => group([...statements, ...fn.collect(() => {
    const value = convertCode(fn, code, type);
    if (type.kind !== 'void') fn.emit(`${result}=${value.js}`);
    else if (!value.atom) fn.emit(value.js);
  })]);
  fn.add({ kind: 'if', label: fn.label(), test: testOf(condition), place: node, yes: finish(yes), no: finish(no) });
  return type.kind === 'void' ? computed(type, '0', { atom: true, known: true }) : computed(type, result, { atom: true });
}

function conditionalType(a: Code, b: Code): CType {
  if (a.type.kind === 'void' || b.type.kind === 'void') return VOID;
  if (a.type.kind === 'pointer' && b.type.kind === 'pointer') {
    if (a.constant === 0 && a.type.target.kind === 'void') return b.type;
    if (b.constant === 0 && b.type.target.kind === 'void') return a.type;
    return a.type.target.kind === 'void' ? a.type : b.type.target.kind === 'void' ? b.type : a.type;
  }
  if (a.type.kind === 'pointer') return a.type;
  if (b.type.kind === 'pointer') return b.type;
  if (a.type.kind === 'record') return a.type;
  return usualArithmetic(a.type, b.type);
}
