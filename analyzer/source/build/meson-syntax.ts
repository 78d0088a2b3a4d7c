/** The meson language (mesonbuild.com/Syntax): a scanner and a recursive descent parser. */

export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean }
  | { readonly kind: 'format'; readonly text: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'array'; readonly items: readonly Expression[] }
  | { readonly kind: 'dict'; readonly entries: readonly (readonly [Expression, Expression])[] }
  | { readonly kind: 'not' | 'negate'; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'choice'; readonly test: Expression; readonly yes: Expression; readonly no: Expression }
  | { readonly kind: 'index'; readonly object: Expression; readonly index: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly args: Arguments; readonly line: number }
  | { readonly kind: 'method'; readonly object: Expression; readonly name: string; readonly args: Arguments; readonly line: number };

export interface Arguments {
  readonly positional: readonly Expression[];
  readonly named: readonly (readonly [string, Expression])[];
}

export type Statement =
  | { readonly kind: 'assign'; readonly name: string; readonly add: boolean; readonly value: Expression; readonly line: number }
  | { readonly kind: 'if'; readonly branches: readonly { readonly test: Expression; readonly body: readonly Statement[] }[]; readonly otherwise: readonly Statement[]; readonly line: number }
  | { readonly kind: 'foreach'; readonly names: readonly string[]; readonly over: Expression; readonly body: readonly Statement[]; readonly line: number }
  | { readonly kind: 'expression'; readonly value: Expression; readonly line: number }
  | { readonly kind: 'break' | 'continue'; readonly line: number };

export class MesonSyntaxError extends Error {
  override readonly name = 'MesonSyntaxError';
  constructor(readonly line: number, message: string) { super(message); }
}

const enum Token { End, Newline, Name, String, Format, Number, Operator }

const WORD = /\w+/y;

function endOfWord(source: string, at: number): number {
  WORD.lastIndex = at;
  return WORD.test(source) ? WORD.lastIndex : at;
}

const BLANKS = / +/y;
const STRING = /'(?:[^'\\\n]|\\.)*'/y;

function afterBlanks(source: string, at: number): number {
  if (source.charCodeAt(at + 1) !== 0x20) return at + 1;
  BLANKS.lastIndex = at;
  BLANKS.test(source);
  return BLANKS.lastIndex;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v', '\\': '\\', "'": "'" };

function unescape(text: string): string {
  return text.includes('\\') ? text.replace(/\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|([\s\S]))/g, (all, hex: string | undefined, unicode: string | undefined, plain: string | undefined) =>
    hex !== undefined ? String.fromCharCode(parseInt(hex, 16)) : unicode !== undefined ? String.fromCharCode(parseInt(unicode, 16)) : ESCAPES[plain ?? ''] ?? all) : text;
}

/** Binding strength of the binary operators; "not" is the start of "not in". */
const PRECEDENCE: Readonly<Record<string, number>> = Object.assign(Object.create(null) as Record<string, number>, {
  or: 1, and: 2, '==': 3, '!=': 3, '<': 3, '<=': 3, '>': 3, '>=': 3, in: 3, not: 3, '+': 4, '-': 4, '*': 5, '/': 5, '%': 5,
});

/** Parses the text of a meson.build or meson_options.txt. @throws MesonSyntaxError */
export function parseMeson(text: string): readonly Statement[] {
  return new Parser(text).file();
}

const NOTHING: Arguments = { positional: [], named: [] };

class Parser {
  private position = 0;
  private line = 1;
  /** Newlines inside brackets do not end a statement. */
  private depth = 0;
  private token: Token = Token.Newline;
  private text = '';
  private tokenLine = 1;

  constructor(private readonly source: string) { this.next(); }

  file(): readonly Statement[] {
    const body = this.block();
    if (!this.is(Token.End)) throw this.unexpected();
    return body;
  }

  private unexpected(): MesonSyntaxError {
    return new MesonSyntaxError(this.tokenLine, this.token === Token.End ? 'unexpected end of file' : `unexpected '${this.text}'`);
  }

  /** Scans by character codes: a build evaluates half a megabyte of this before the engine is warm. */
  private next(): void {
    const { source } = this;
    let at = this.position;
    for (;;) {
      const code = source.charCodeAt(at);
      switch (code) {
        case 0x20:
          at = afterBlanks(source, at);
          continue;
        case 0x09: case 0x0d: at++; continue;
        case 0x23: // # comment
          at = source.indexOf('\n', at);
          if (at < 0) at = source.length;
          continue;
        case 0x5c: // \ at the end of a line
          at = source.indexOf('\n', at) + 1;
          if (at === 0) at = source.length;
          this.line++;
          continue;
        case 0x0a:
          this.line++;
          at++;
          if (this.depth > 0) continue;
          return this.found(Token.Newline, '\n', at, this.line - 1);
        case 0x27: // '
          return this.string(at, Token.String);
        case 0x28: case 0x5b: case 0x7b:
          this.depth++;
          return this.found(Token.Operator, source.charAt(at), at + 1, this.line);
        case 0x29: case 0x5d: case 0x7d:
          this.depth--;
          return this.found(Token.Operator, source.charAt(at), at + 1, this.line);
        case 0x2c: case 0x2e: case 0x3a: case 0x3f:
          return this.found(Token.Operator, source.charAt(at), at + 1, this.line);
        case 0x21: case 0x25: case 0x2a: case 0x2b: case 0x2d: case 0x2f: case 0x3c: case 0x3d: case 0x3e: {
          const length = source.charCodeAt(at + 1) === 0x3d ? 2 : 1;
          return this.found(Token.Operator, source.substr(at, length), at + length, this.line);
        }
      }
      if (code !== code) return this.found(Token.End, '', at, this.line);
      if (code === 0x66 && source.charCodeAt(at + 1) === 0x27) return this.string(at + 1, Token.Format);
      if (code >= 0x30 && code <= 0x39) {
        const start = at;
        at = endOfWord(source, at);
        return this.found(Token.Number, source.slice(start, at), at, this.line);
      }
      const start = at;
      at = endOfWord(source, at);
      if (at === start) throw new MesonSyntaxError(this.line, `invalid character '${source.charAt(at)}'`);
      return this.found(Token.Name, source.slice(start, at), at, this.line);
    }
  }

  private found(token: Token, text: string, position: number, line: number): void {
    this.token = token;
    this.text = text;
    this.position = position;
    this.tokenLine = line;
  }

  /** A string whose opening quote is at `start`. */
  private string(start: number, token: Token): void {
    const { source, line } = this;
    if (source.startsWith("'''", start)) {
      const end = source.indexOf("'''", start + 3);
      if (end < 0) throw new MesonSyntaxError(line, 'a string does not end');
      const text = source.slice(start + 3, end);
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.line++;
      return this.found(token, text, end + 3, line);
    }
    STRING.lastIndex = start;
    if (!STRING.test(source)) throw new MesonSyntaxError(line, 'a string does not end');
    const end = STRING.lastIndex;
    this.found(token, unescape(source.slice(start + 1, end - 1)), end, line);
  }

  private is(token: Token): boolean { return this.token === token; }
  private isOperator(text: string): boolean { return this.token === Token.Operator && this.text === text; }
  private isName(text: string): boolean { return this.token === Token.Name && this.text === text; }

  private expect(text: string): void {
    if (!this.isOperator(text)) throw this.unexpected();
    this.next();
  }

  private block(): Statement[] {
    const statements: Statement[] = [];
    for (;;) {
      while (this.is(Token.Newline)) this.next();
      if (this.is(Token.End)) return statements;
      if (this.token === Token.Name) {
        switch (this.text) {
          case 'elif': case 'else': case 'endif': case 'endforeach': return statements;
          case 'if': statements.push(this.conditional()); continue;
          case 'foreach': statements.push(this.loop()); continue;
          case 'break': case 'continue':
            statements.push({ kind: this.text, line: this.tokenLine });
            this.next();
            continue;
        }
      }
      statements.push(this.simple());
      if (!this.is(Token.Newline) && !this.is(Token.End)) throw this.unexpected();
    }
  }

  private simple(): Statement {
    const line = this.tokenLine;
    const value = this.expression();
    if (value.kind === 'name' && (this.isOperator('=') || this.isOperator('+='))) {
      const add = this.text === '+=';
      this.next();
      return { kind: 'assign', name: value.name, add, value: this.expression(), line };
    }
    return { kind: 'expression', value, line };
  }

  private conditional(): Statement {
    const line = this.tokenLine;
    const branches: { test: Expression; body: readonly Statement[] }[] = [];
    let otherwise: readonly Statement[] = [];
    do {
      this.next();
      const test = this.expression();
      branches.push({ test, body: this.block() });
    } while (this.isName('elif'));
    if (this.isName('else')) { this.next(); otherwise = this.block(); }
    if (!this.isName('endif')) throw this.unexpected();
    this.next();
    return { kind: 'if', branches, otherwise, line };
  }

  private loop(): Statement {
    const line = this.tokenLine;
    const names: string[] = [];
    do {
      this.next();
      if (this.token !== Token.Name) throw this.unexpected();
      names.push(this.text);
      this.next();
    } while (this.isOperator(','));
    this.expect(':');
    const over = this.expression();
    const body = this.block();
    if (!this.isName('endforeach')) throw this.unexpected();
    this.next();
    return { kind: 'foreach', names, over, body, line };
  }

  private expression(): Expression {
    const test = this.binary(0);
    if (!this.isOperator('?')) return test;
    this.next();
    const yes = this.expression();
    this.expect(':');
    return { kind: 'choice', test, yes, no: this.expression() };
  }

  /** Precedence climbing: most expressions are one operand, and should cost one call. */
  private binary(level: number): Expression {
    let left = this.unary();
    for (;;) {
      if (this.token !== Token.Operator && this.token !== Token.Name) return left;
      const operator = this.text;
      const precedence = PRECEDENCE[operator];
      if (precedence === undefined || precedence <= level) return left;
      this.next();
      if (operator === 'not') {
        if (!this.isName('in')) throw this.unexpected();
        this.next();
        left = { kind: 'binary', operator: 'not in', left, right: this.binary(precedence) };
      } else {
        left = { kind: 'binary', operator, left, right: this.binary(precedence) };
      }
    }
  }

  private unary(): Expression {
    if (this.isName('not')) { this.next(); return { kind: 'not', operand: this.unary() }; }
    if (this.isOperator('-')) { this.next(); return { kind: 'negate', operand: this.unary() }; }
    let value = this.primary();
    for (;;) {
      if (this.isOperator('.')) {
        this.next();
        const name = this.text;
        const line = this.tokenLine;
        this.next();
        value = { kind: 'method', object: value, name, args: this.arguments(), line };
      } else if (this.isOperator('[')) {
        this.next();
        const index = this.expression();
        this.expect(']');
        value = { kind: 'index', object: value, index };
      } else {
        return value;
      }
    }
  }

  private arguments(): Arguments {
    this.expect('(');
    if (this.isOperator(')')) { this.next(); return NOTHING; }
    const positional: Expression[] = [];
    const named: (readonly [string, Expression])[] = [];
    while (!this.isOperator(')')) {
      const value = this.expression();
      if (this.isOperator(':')) {
        if (value.kind !== 'name') throw this.unexpected();
        this.next();
        named.push([value.name, this.expression()]);
      } else {
        positional.push(value);
      }
      if (!this.isOperator(',')) break;
      this.next();
    }
    this.expect(')');
    return { positional, named };
  }

  private primary(): Expression {
    const { text, tokenLine: line } = this;
    switch (this.token) {
      case Token.String: this.next(); return { kind: 'literal', value: text };
      case Token.Format: this.next(); return { kind: 'format', text };
      case Token.Number: this.next(); return { kind: 'literal', value: Number(text) };
      case Token.Name:
        this.next();
        if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true' };
        return this.isOperator('(') ? { kind: 'call', name: text, args: this.arguments(), line } : { kind: 'name', name: text };
      case Token.Operator:
        if (text === '(') {
          this.next();
          const value = this.expression();
          this.expect(')');
          return value;
        }
        if (text === '[') {
          this.next();
          const items: Expression[] = [];
          while (!this.isOperator(']')) {
            items.push(this.expression());
            if (!this.isOperator(',')) break;
            this.next();
          }
          this.expect(']');
          return { kind: 'array', items };
        }
        if (text === '{') {
          this.next();
          const entries: [Expression, Expression][] = [];
          while (!this.isOperator('}')) {
            const key = this.expression();
            this.expect(':');
            entries.push([key, this.expression()]);
            if (!this.isOperator(',')) break;
            this.next();
          }
          this.expect('}');
          return { kind: 'dict', entries };
        }
    }
    throw this.unexpected();
  }
}
