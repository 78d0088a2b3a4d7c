import type { SyntaxNode } from '../syntax.js';

/**
 * A function's body between C and JavaScript: control flow is a tree, everything else is JavaScript text. Expressions
 * whose course a value steers (&&, ||, ?:) have become branches, so that every place where an unknown may decide is a
 * statement of its own.
 *
 * In the texts `$0`, `$1`, ... are the function's variables, the parameters first, `b` is the address of its locals in
 * memory, `va` are the arguments behind "...", `k0`, `k1`, ... are constants, `x0`, `x1`, ... hold something within one text.
 */
export type Statement = Do | List | Branch | Loop | Switch | Label | Goto | Leave | Return;

/** Straight-line code. */
export interface Do { readonly kind: 'do'; js: string }

/** Statements one after another. */
export interface List {
  readonly kind: 'list';
  readonly body: readonly Statement[];
  /** The elements are C statements: where calls are skipped, one that stumbles is skipped too. */
  readonly tolerant: boolean;
  /** What is called when the list is left, however that happens: the cleanup attribute. */
  readonly cleanups: readonly string[];
}

/** What decides a branch or a loop. */
export interface Test {
  readonly js: string;
  /** It is the name of a variable. */
  readonly atom: boolean;
  /** Never an unknown. */
  readonly known: boolean;
  readonly floating: boolean;
}

export interface Branch {
  readonly kind: 'if';
  /** Its name as a place to go on at. */
  readonly label: string;
  readonly test: Test;
  readonly place: SyntaxNode;
  readonly yes: Statement;
  readonly no: Statement;
}

export interface Loop {
  readonly kind: 'loop';
  /** do ... while */
  readonly bodyFirst: boolean;
  /** Done before each test. */
  readonly condition: Statement;
  /** undefined: for ever. */
  readonly test: Test | undefined;
  readonly place: SyntaxNode;
  /** The place as a constant of the texts. */
  readonly placeName: string;
  readonly body: Statement;
  readonly update: Statement;
}

/** Where a switch goes on: an element of its body, and the label within that element if it is not at its beginning. */
export interface Entry { readonly index: number; readonly label: string | undefined }

export interface Switch {
  readonly kind: 'switch';
  readonly label: string;
  readonly value: Test;
  /** What is switched on is a bigint. */
  readonly wide: boolean;
  readonly place: SyntaxNode;
  readonly body: readonly Statement[];
  readonly single: ReadonlyMap<bigint, Entry>;
  readonly ranges: readonly { readonly low: bigint; readonly high: bigint; readonly entry: Entry }[];
  readonly otherwise: Entry | undefined;
}

/** A place that a goto leads to. */
export interface Label { readonly kind: 'label'; readonly name: string }

export interface Goto { readonly kind: 'goto'; readonly name: string }

export interface Leave { readonly kind: 'break' | 'continue' }

export interface Return { readonly kind: 'return'; readonly js: string | undefined }

export const NOTHING: List = { kind: 'list', body: [], tolerant: false, cleanups: [] };

/** Statements as one. */
export function group(body: readonly Statement[]): Statement {
  return body.length === 1 ? body[0]! : body.length === 0 ? NOTHING : { kind: 'list', body, tolerant: false, cleanups: [] };
}

const labels = new WeakMap<Statement, ReadonlySet<string>>();

/** The labels within a statement, at any depth: what one can jump to, and where one can go on. */
export function labelsIn(statement: Statement): ReadonlySet<string> {
  let found = labels.get(statement);
  if (found === undefined) {
    found = new Set(ownLabel(statement) === undefined ? parts(statement).flatMap((s) => [...labelsIn(s)]) : [ownLabel(statement)!, ...parts(statement).flatMap((s) => [...labelsIn(s)])]);
    labels.set(statement, found);
  }
  return found;
}

function ownLabel(statement: Statement): string | undefined {
  return statement.kind === 'label' ? statement.name : statement.kind === 'if' || statement.kind === 'switch' ? statement.label : undefined;
}

/** The statements directly within a statement. */
export function parts(statement: Statement): readonly Statement[] {
  switch (statement.kind) {
    case 'list': case 'switch': return statement.body;
    case 'if': return [statement.yes, statement.no];
    case 'loop': return [statement.condition, statement.body, statement.update];
    default: return [];
  }
}
