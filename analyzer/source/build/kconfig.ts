import type { SourceTree } from '../tree.js';

/**
 * QEMU's device configuration language, by the rules of scripts/minikconf.py: `config`, `default`, `depends on`,
 * `select`, `imply`, `bool`, `source`/`include`, and assignments `CONFIG_X=y`. Each clause sets one variable;
 * clauses are processed in topological order of the dependencies, assignments and dependencies before defaults.
 */

/** Where a clause stands: a file of the tree, or text without line for what the command line set. */
export interface ClausePlace { readonly file: string; readonly line: number }

/** The value of a variable and the clause that gave it. */
export interface Decision { readonly value: boolean; readonly why: string; readonly at: ClausePlace | undefined }

type Expression =
  | { readonly kind: 'variable'; readonly variable: Variable }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression };

class Variable {
  value: boolean | undefined;
  decision: Decision | undefined;
  declared = false;
  readonly outgoing = new Set<Variable>();
  order = -1;
  constructor(readonly name: string) {}
}

interface Clause {
  readonly kind: 'assign' | 'default' | 'depends' | 'select';
  readonly target: Variable;
  readonly value: boolean;
  readonly condition: Expression | undefined;
  readonly why: string;
  readonly at: ClausePlace | undefined;
}

function evaluate(expression: Expression, cyclic: (variable: Variable) => void): boolean {
  switch (expression.kind) {
    case 'variable':
      if (expression.variable.value === undefined) cyclic(expression.variable);
      return expression.variable.value ?? false;
    case 'not': return !evaluate(expression.operand, cyclic);
    case 'and': return evaluate(expression.left, cyclic) && evaluate(expression.right, cyclic);
    case 'or': return evaluate(expression.left, cyclic) || evaluate(expression.right, cyclic);
  }
}

function show(expression: Expression): string {
  switch (expression.kind) {
    case 'variable': return expression.variable.name;
    case 'not': return `!${show(expression.operand)}`;
    case 'and': return `(${show(expression.left)} && ${show(expression.right)})`;
    case 'or': return `(${show(expression.left)} || ${show(expression.right)})`;
  }
}

/** One run of the configuration tool: feed it assignments and files, then compute. */
export class Kconfig {
  private readonly variables = new Map<string, Variable>();
  private readonly clauses: Clause[] = [];
  private readonly read = new Set<string>();
  /** What was not understood or contradictory, one line each. */
  readonly notes: string[] = [];

  /**
   * @param defaults false for --without-default-devices (minikconf's --allnoconfig): `default y` and `imply` count as n.
   * @param ignored assignments in files to skip, as the user gave the variable a value; names with CONFIG_.
   */
  constructor(private readonly tree: SourceTree, private readonly defaults: boolean, private readonly ignored: ReadonlySet<string> = new Set()) {}

  /** `CONFIG_X=y` from the command line. */
  assign(name: string, value: boolean, why: string): void {
    this.add('assign', this.variable(name.replace(/^CONFIG_/, '')), value, undefined, why, undefined);
  }

  /** Is there a `config X` for this CONFIG_X? */
  declares(name: string): boolean { return this.variables.get(name.replace(/^CONFIG_/, ''))?.declared === true; }

  private variable(name: string): Variable {
    let variable = this.variables.get(name);
    if (variable === undefined) this.variables.set(name, variable = new Variable(name));
    return variable;
  }

  private add(kind: Clause['kind'], target: Variable, value: boolean, condition: Expression | undefined, why: string, at: ClausePlace | undefined): void {
    this.clauses.push({ kind, target, value, condition, why, at });
    if (condition !== undefined) this.addEdges(condition, target);
  }

  private addEdges(expression: Expression, target: Variable): void {
    if (expression.kind === 'variable') expression.variable.outgoing.add(target);
    else if (expression.kind === 'not') this.addEdges(expression.operand, target);
    else { this.addEdges(expression.left, target); this.addEdges(expression.right, target); }
  }

  /** Parses a file of the tree and what it sources; a file that was read already is skipped. */
  parse(path: string): void {
    if (this.read.has(path)) return;
    this.read.add(path);
    const text = this.tree.read(path);
    if (text === undefined) { this.notes.push(`${path}: there is no such file`); return; }
    new Parser(text, path, this.notes, {
      variable: (name) => this.variable(name),
      declare: (variable) => { variable.declared = true; },
      include: (target) => this.parse(normalize(path.replace(/[^/]*$/, '') + target)),
      add: (kind, target, value, condition, why, line) => {
        if (kind === 'assign' && this.ignored.has(`CONFIG_${target.name}`)) return;
        // minikconf mangles explicit defaults and implications in the no-defaults mode
        this.add(kind, target, kind === 'default' ? value && this.defaults : value, condition, why, { file: path, line });
      },
    }).parse();
  }

  /** Every variable's value (names with CONFIG_). Contradictions and undefined symbols are noted; the first value stays. */
  compute(): Map<string, Decision> {
    const names = [...this.variables.values()];
    for (const variable of names) {
      if (!variable.declared) this.notes.push(`undefined Kconfig symbol ${variable.name}`);
      this.add('default', variable, false, undefined, 'no clause turns it on', undefined);
    }
    let order = 0;
    const visited = new Set<Variable>();
    const visit = (variable: Variable): void => {
      if (visited.has(variable)) return;
      visited.add(variable);
      for (const next of variable.outgoing) visit(next);
      variable.order = order++;
    };
    for (const variable of names) visit(variable);
    const sorted = this.clauses.map((clause, index) => ({ clause, index, key: -clause.target.order * 2 + (clause.kind === 'default' ? 1 : 0) }))
      .sort((a, b) => a.key - b.key || a.index - b.index);
    for (const { clause } of sorted) this.process(clause);
    const result = new Map<string, Decision>();
    for (const variable of names) {
      result.set(`CONFIG_${variable.name}`, variable.decision ?? { value: false, why: 'in a dependency cycle', at: undefined });
    }
    return result;
  }

  private process(clause: Clause): void {
    const { target, condition } = clause;
    const cyclic = (variable: Variable): void => { this.notes.push(`Kconfig: cycle found including ${variable.name}`); };
    const holds = (): boolean => condition === undefined || evaluate(condition, cyclic);
    switch (clause.kind) {
      case 'assign': this.set(target, clause.value, clause); break;
      case 'default': if (target.value === undefined && holds()) this.set(target, clause.value, clause); break;
      case 'depends': if (!holds()) this.set(target, false, clause); break;
      case 'select': if (holds()) this.set(target, true, clause); break;
    }
  }

  private set(variable: Variable, value: boolean, clause: Clause): void {
    if (variable.value === undefined) {
      variable.value = value;
      variable.decision = { value, why: clause.why, at: clause.at };
    } else if (variable.value !== value) {
      this.notes.push(`${clause.at === undefined ? '' : `${clause.at.file}:${clause.at.line}: `}Kconfig: '${clause.why}' contradicts '${variable.decision?.why ?? ''}' for ${variable.name}`);
    }
  }
}

function normalize(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

interface Actions {
  variable(name: string): Variable;
  declare(variable: Variable): void;
  include(path: string): void;
  add(kind: Clause['kind'], target: Variable, value: boolean, condition: Expression | undefined, why: string, line: number): void;
}

const TOKEN = /(\n)|[ \t\r]+|#.*|(source|include)\b[ \t]*(.*)|([A-Za-z0-9][A-Za-z0-9_]*)|(&&|\|\||[=()!])/y;

/** minikconf's recursive descent parser. `||` binds tighter than `&&` there. */
class Parser {
  private position = 0;
  private line = 1;
  private token = '';
  private file = '';

  constructor(private readonly text: string, private readonly path: string, private readonly notes: string[], private readonly actions: Actions) {}

  parse(): void {
    this.next();
    while (this.token !== '') {
      if (this.token === 'source') {
        const file = this.file;
        this.next();
        this.actions.include(file);
      } else if (this.token === 'config') {
        this.next();
        const variable = this.actions.variable(this.identifier());
        this.actions.declare(variable);
        this.properties(variable);
      } else if (this.token.startsWith('CONFIG_')) {
        this.assignment();
      } else {
        this.notes.push(`${this.path}:${this.line}: Kconfig: '${this.token}' is not understood`);
        const line = this.line;
        while (this.token !== '' && this.line === line) this.next();
      }
    }
  }

  private assignment(): void {
    const name = this.token;
    const { line } = this;
    this.next();
    if (this.token === '=') this.next();
    const value = this.token;
    this.next();
    if (value !== 'y' && value !== 'n') this.notes.push(`${this.path}:${line}: Kconfig: the value of ${name} is neither y nor n`);
    else this.actions.add('assign', this.actions.variable(name.slice(7)), value === 'y', undefined, `${name}=${value}`, line);
  }

  private properties(variable: Variable): void {
    for (;;) {
      const { line } = this;
      switch (this.token) {
        case 'bool': this.next(); break;
        case 'default': {
          this.next();
          const value = this.is('y');
          this.next();
          const condition = this.condition();
          this.actions.add('default', variable, value, condition, `config ${variable.name}: default ${value ? 'y' : 'n'}${condition === undefined ? '' : ` if ${show(condition)}`}`, line);
          break;
        }
        case 'depends': {
          this.next();
          this.next(); // "on"
          const condition = this.expression();
          this.actions.add('depends', variable, false, condition, `config ${variable.name}: depends on ${show(condition)}`, line);
          break;
        }
        case 'select': case 'imply': {
          const kind = this.token;
          this.next();
          const symbol = this.actions.variable(this.identifier());
          const extra = this.condition();
          const self: Expression = { kind: 'variable', variable };
          const condition: Expression = extra === undefined ? self : { kind: 'and', left: extra, right: self };
          this.actions.add(kind === 'select' ? 'select' : 'default', symbol, true, condition,
            `config ${variable.name}: ${kind} ${symbol.name}${extra === undefined ? '' : ` if ${show(extra)}`}`, line);
          break;
        }
        default: return;
      }
    }
  }

  private condition(): Expression | undefined {
    if (this.token !== 'if') return undefined;
    this.next();
    return this.expression();
  }

  private expression(): Expression {
    let left = this.disjunction();
    while (this.token === '&&') { this.next(); left = { kind: 'and', left, right: this.disjunction() }; }
    return left;
  }

  private disjunction(): Expression {
    let left = this.primary();
    while (this.token === '||') { this.next(); left = { kind: 'or', left, right: this.primary() }; }
    return left;
  }

  private primary(): Expression {
    if (this.token === '!') { this.next(); return { kind: 'not', operand: this.primary() }; }
    if (this.token === '(') {
      this.next();
      const inner = this.expression();
      if (this.is(')')) this.next();
      return inner;
    }
    return { kind: 'variable', variable: this.actions.variable(this.identifier()) };
  }

  private is(token: string): boolean { return this.token === token; }

  private identifier(): string {
    const name = this.token;
    this.next();
    return name;
  }

  private next(): void {
    for (;;) {
      if (this.position >= this.text.length) { this.token = ''; return; }
      TOKEN.lastIndex = this.position;
      const match = TOKEN.exec(this.text);
      if (match === null) {
        this.notes.push(`${this.path}:${this.line}: Kconfig: invalid input '${this.text[this.position] ?? ''}'`);
        this.position++;
        continue;
      }
      this.position = TOKEN.lastIndex;
      if (match[1] !== undefined) this.line++;
      else if (match[2] !== undefined) { this.token = 'source'; this.file = (match[3] ?? '').trim(); return; }
      else if (match[4] !== undefined) { this.token = match[4]; return; }
      else if (match[5] !== undefined) { this.token = match[5]; return; }
    }
  }
}
