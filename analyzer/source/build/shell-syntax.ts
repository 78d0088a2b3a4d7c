/** The POSIX shell language (IEEE 1003.1, chapter 2) as far as configure scripts use it: text to syntax tree. */

export type Part =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | { readonly kind: 'parameter'; readonly name: string; readonly operator: string; readonly word: Word | undefined; readonly quoted: boolean }
  | { readonly kind: 'command'; readonly script: Script; readonly quoted: boolean }
  | { readonly kind: 'arithmetic'; readonly word: Word; readonly quoted: boolean };

/** A word; a plain one without anything to expand is a string. */
export type Word = string | readonly Part[];

export interface Redirection {
  readonly descriptor: number;
  readonly operator: '<' | '>' | '>>' | '<<' | '>&' | '<&';
  readonly word: Word;
}

export type Command = { readonly line: number; readonly redirections: readonly Redirection[] } & (
  | { readonly kind: 'simple'; readonly assignments: readonly (readonly [string, Word])[]; readonly words: readonly Word[] }
  | { readonly kind: 'if'; readonly branches: readonly { readonly test: Script; readonly body: Script }[]; readonly otherwise: Script | undefined }
  | { readonly kind: 'while'; readonly until: boolean; readonly test: Script; readonly body: Script }
  | { readonly kind: 'for'; readonly name: string; readonly words: readonly Word[] | undefined; readonly body: Script }
  | { readonly kind: 'case'; readonly word: Word; readonly items: readonly { readonly patterns: readonly Word[]; readonly body: Script }[] }
  | { readonly kind: 'function'; readonly name: string; readonly body: Command }
  | { readonly kind: 'group' | 'subshell'; readonly body: Script });

export interface Pipeline { readonly negated: boolean; readonly commands: readonly Command[] }
export interface AndOr { readonly first: Pipeline; readonly rest: readonly { readonly and: boolean; readonly pipeline: Pipeline }[] }
export type Script = readonly AndOr[];

export class ShellSyntaxError extends Error {
  override readonly name = 'ShellSyntaxError';
  constructor(readonly line: number, message: string) { super(message); }
}

/** Parses a script. @throws ShellSyntaxError */
export function parseShell(text: string, firstLine = 1): Script {
  return new Parser(text, firstLine).whole();
}

const RESERVED = new Set(['then', 'elif', 'else', 'fi', 'do', 'done', 'esac', '}']);
const enum Char { Newline = 10, Tab = 9, Space = 32, Quote = 34, Hash = 35, Dollar = 36, Amp = 38, Apostrophe = 39, Open = 40, Close = 41, Semicolon = 59, Less = 60, Greater = 62, Backslash = 92, Backtick = 96, OpenBrace = 123, Bar = 124, CloseBrace = 125 }

function isMeta(code: number): boolean {
  switch (code) {
    case Char.Newline: case Char.Tab: case Char.Space: case Char.Amp: case Char.Open: case Char.Close:
    case Char.Semicolon: case Char.Less: case Char.Greater: case Char.Bar: return true;
    default: return code !== code;
  }
}

function isSpecial(code: number): boolean {
  return code === Char.Quote || code === Char.Apostrophe || code === Char.Dollar || code === Char.Backslash || code === Char.Backtick;
}

// Runs of ordinary characters are found by regular expressions: one call instead of one for each character.
const PLAIN = /[^\n\t &();<>|"'$\\`]+/y;
const IN_QUOTES = /[^"$`\\]+/y;
const IN_DOCUMENT = /[^$`\\]+/y;
const NAME = /\w+/y;
const BLANKS = /[ \t\r]+/y;

/** Where the run that starts at a position ends. */
function endOfRun(run: RegExp, source: string, at: number): number {
  run.lastIndex = at;
  return run.test(source) ? run.lastIndex : at;
}

const NOTHING: readonly never[] = [];

function isNameCode(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || (code >= 48 && code <= 57);
}

class Parser {
  private at = 0;
  private line: number;
  private readonly pending: { delimiter: string; quoted: boolean; tabs: boolean; set: (word: Word) => void }[] = [];

  constructor(private readonly source: string, firstLine: number) { this.line = firstLine; }

  whole(): Script {
    const script = this.script();
    if (this.at < this.source.length) throw this.error(`unexpected '${this.source.slice(this.at, this.at + 10)}'`);
    return script;
  }

  private error(message: string): ShellSyntaxError { return new ShellSyntaxError(this.line, message); }

  private blanks(): void {
    const { source } = this;
    for (;;) {
      const code = source.charCodeAt(this.at);
      if (code === Char.Space || code === Char.Tab || code === 13) this.at = endOfRun(BLANKS, source, this.at);
      else if (code === Char.Backslash && source.charCodeAt(this.at + 1) === Char.Newline) { this.at += 2; this.line++; }
      else if (code === Char.Hash) { const end = source.indexOf('\n', this.at); this.at = end < 0 ? source.length : end; }
      else return;
    }
  }

  private newlines(): void {
    for (;;) {
      this.blanks();
      if (this.source.charCodeAt(this.at) !== Char.Newline) return;
      this.newline();
    }
  }

  /** Passes a newline and the here-documents that start after it. */
  private newline(): void {
    this.at++;
    this.line++;
    for (const document of this.pending.splice(0)) {
      const start = this.at;
      let text = '';
      const firstLine = this.line;
      for (;;) {
        if (this.at >= this.source.length) break;
        const end = this.source.indexOf('\n', this.at);
        const raw = this.source.slice(this.at, end < 0 ? this.source.length : end);
        this.at = end < 0 ? this.source.length : end + 1;
        this.line++;
        const content = document.tabs ? raw.replace(/^\t+/, '') : raw;
        if (content === document.delimiter) { text = document.tabs ? text : this.source.slice(start, this.at - raw.length - (end < 0 ? 0 : 1)); break; }
        if (document.tabs) text += content + '\n';
      }
      document.set(document.quoted ? [{ kind: 'text', text, quoted: true }] : new Parser(text, firstLine).hereDocument());
    }
  }

  private hereDocument(): Word { return this.quotedParts(-1); }

  private script(): Script {
    const list: AndOr[] = [];
    for (;;) {
      this.newlines();
      const code = this.source.charCodeAt(this.at);
      if (code !== code || code === Char.Close || (code === Char.Semicolon && this.source.charCodeAt(this.at + 1) === Char.Semicolon)) return list;
      if (this.peekReserved()) return list;
      list.push(this.andOr());
      this.blanks();
      const next = this.source.charCodeAt(this.at);
      if (next === Char.Semicolon && this.source.charCodeAt(this.at + 1) !== Char.Semicolon) this.at++;
      else if (next === Char.Amp && this.source.charCodeAt(this.at + 1) !== Char.Amp) this.at++;
      else if (next !== Char.Newline && next === next && next !== Char.Close && next !== Char.Semicolon && !this.peekReserved()) throw this.error(`unexpected '${this.source.slice(this.at, this.at + 10)}'`);
    }
  }

  private peekWord(): string {
    const end = endOfRun(PLAIN, this.source, this.at);
    return isMeta(this.source.charCodeAt(end)) ? this.source.slice(this.at, end) : '';
  }

  private peekReserved(): boolean {
    const code = this.source.charCodeAt(this.at);
    // t e f d }
    return (code === 116 || code === 101 || code === 102 || code === 100 || code === Char.CloseBrace) && RESERVED.has(this.peekWord());
  }

  private expect(word: string): void {
    this.newlines();
    if (this.peekWord() !== word) throw this.error(`expected '${word}'`);
    this.at += word.length;
  }

  private andOr(): AndOr {
    const first = this.pipeline();
    let rest: { and: boolean; pipeline: Pipeline }[] | undefined;
    for (;;) {
      this.blanks();
      const and = this.source.startsWith('&&', this.at);
      if (!and && !this.source.startsWith('||', this.at)) return { first, rest: rest ?? NOTHING };
      this.at += 2;
      this.newlines();
      (rest ??= []).push({ and, pipeline: this.pipeline() });
    }
  }

  private pipeline(): Pipeline {
    let negated = false;
    this.blanks();
    while (this.source.charCodeAt(this.at) === 33 && this.peekWord() === '!') { this.at++; negated = !negated; this.blanks(); }
    const commands = [this.command()];
    for (;;) {
      this.blanks();
      if (this.source.charCodeAt(this.at) !== Char.Bar || this.source.charCodeAt(this.at + 1) === Char.Bar) return { negated, commands };
      this.at++;
      this.newlines();
      commands.push(this.command());
    }
  }

  private command(): Command {
    const { line } = this;
    const code = this.source.charCodeAt(this.at);
    if (code === Char.Open) {
      this.at++;
      const body = this.script();
      this.close();
      return { kind: 'subshell', body, line, redirections: this.redirections() };
    }
    const word = this.peekWord();
    switch (word) {
      case '{': {
        this.at++;
        const body = this.script();
        this.expect('}');
        return { kind: 'group', body, line, redirections: this.redirections() };
      }
      case 'if': return this.conditional(line);
      case 'while': case 'until': {
        this.at += 5;
        const test = this.script();
        const body = this.doGroup();
        return { kind: 'while', until: word === 'until', test, body, line, redirections: this.redirections() };
      }
      case 'for': return this.forLoop(line);
      case 'case': return this.caseCommand(line);
    }
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(word)) {
      const open = /^[ \t]*\([ \t]*\)/.exec(this.source.slice(this.at + word.length, this.at + word.length + 20));
      if (open !== null) {
        this.at += word.length + open[0].length;
        this.newlines();
        return { kind: 'function', name: word, body: this.command(), line, redirections: NOTHING };
      }
    }
    return this.simple(line);
  }

  private close(): void {
    this.newlines();
    if (this.source.charCodeAt(this.at) !== Char.Close) throw this.error("expected ')'");
    this.at++;
  }

  private conditional(line: number): Command {
    const branches: { test: Script; body: Script }[] = [];
    let otherwise: Script | undefined;
    this.at += 2;
    for (;;) {
      const test = this.script();
      this.expect('then');
      branches.push({ test, body: this.script() });
      this.newlines();
      const word = this.peekWord();
      this.at += word.length;
      if (word === 'elif') continue;
      if (word === 'else') { otherwise = this.script(); this.expect('fi'); } else if (word !== 'fi') throw this.error("expected 'fi'");
      return { kind: 'if', branches, otherwise, line, redirections: this.redirections() };
    }
  }

  private doGroup(): Script {
    this.expect('do');
    const body = this.script();
    this.expect('done');
    return body;
  }

  private forLoop(line: number): Command {
    this.at += 3;
    this.blanks();
    const name = this.peekWord();
    this.at += name.length;
    this.newlines();
    let words: Word[] | undefined;
    if (this.peekWord() === 'in') {
      this.at += 2;
      words = [];
      for (;;) {
        this.blanks();
        if (isMeta(this.source.charCodeAt(this.at))) break;
        words.push(this.word());
      }
    }
    this.blanks();
    if (this.source.charCodeAt(this.at) === Char.Semicolon) this.at++;
    return { kind: 'for', name, words, body: this.doGroup(), line, redirections: this.redirections() };
  }

  private caseCommand(line: number): Command {
    this.at += 4;
    this.blanks();
    const word = this.word();
    this.expect('in');
    const items: { patterns: Word[]; body: Script }[] = [];
    for (;;) {
      this.newlines();
      if (this.peekWord() === 'esac') break;
      if (this.source.charCodeAt(this.at) === Char.Open) this.at++;
      const patterns: Word[] = [];
      for (;;) {
        this.blanks();
        patterns.push(this.word());
        this.blanks();
        if (this.source.charCodeAt(this.at) !== Char.Bar) break;
        this.at++;
      }
      this.close();
      const body = this.script();
      items.push({ patterns, body });
      this.newlines();
      if (this.source.startsWith(';;', this.at)) this.at += 2;
    }
    this.at += 4;
    return { kind: 'case', word, items, line, redirections: this.redirections() };
  }

  private redirections(): readonly Redirection[] {
    let list: Redirection[] | undefined;
    for (;;) {
      this.blanks();
      const redirection = this.redirection();
      if (redirection === undefined) return list ?? NOTHING;
      (list ??= []).push(redirection);
    }
  }

  private redirection(): Redirection | undefined {
    let end = this.at;
    let code = this.source.charCodeAt(end);
    while (code >= 48 && code <= 57) code = this.source.charCodeAt(++end);
    if (code !== Char.Less && code !== Char.Greater) return undefined;
    const output = code === Char.Greater;
    const descriptor = end > this.at ? Number(this.source.slice(this.at, end)) : output ? 1 : 0;
    this.at = end + 1;
    const next = this.source.charCodeAt(this.at);
    let operator: Redirection['operator'] = output ? '>' : '<';
    if (output && next === Char.Greater) { this.at++; operator = '>>'; }
    else if (!output && next === Char.Less) {
      this.at++;
      const tabs = this.source.charCodeAt(this.at) === 45;
      if (tabs) this.at++;
      this.blanks();
      const word = this.word();
      const quoted = typeof word !== 'string';
      const delimiter = typeof word === 'string' ? word : word.map((part) => (part.kind === 'text' ? part.text : '')).join('');
      const made: { descriptor: number; operator: '<<'; word: Word } = { descriptor, operator: '<<', word: '' };
      this.pending.push({ delimiter, quoted, tabs, set: (content) => { made.word = content; } });
      return made;
    } else if (next === Char.Amp) { this.at++; operator = output ? '>&' : '<&'; }
    else if (output && next === Char.Bar) this.at++;
    this.blanks();
    return { descriptor, operator, word: this.word() };
  }

  private simple(line: number): Command {
    const assignments: [string, Word][] = [];
    const words: Word[] = [];
    const redirections: Redirection[] = [];
    for (;;) {
      this.blanks();
      const code = this.source.charCodeAt(this.at);
      if (code === Char.Less || code === Char.Greater || (code >= 48 && code <= 57)) {
        const redirection = this.redirection();
        if (redirection !== undefined) { redirections.push(redirection); continue; }
      }
      if (isMeta(code)) break;
      if (words.length === 0) {
        const end = endOfRun(NAME, this.source, this.at);
        if (end > this.at && this.source.charCodeAt(end) === 61 && !(code >= 48 && code <= 57)) {
          const name = this.source.slice(this.at, end);
          this.at = end + 1;
          assignments.push([name, isMeta(this.source.charCodeAt(this.at)) ? '' : this.word()]);
          continue;
        }
      }
      words.push(this.word());
    }
    if (words.length === 0 && assignments.length === 0 && redirections.length === 0) throw this.error(`unexpected '${this.source.slice(this.at, this.at + 10)}'`);
    return { kind: 'simple', assignments: assignments.length === 0 ? NOTHING : assignments, words, line, redirections: redirections.length === 0 ? NOTHING : redirections };
  }

  private word(): Word {
    const { source } = this;
    const start = this.at;
    let end = endOfRun(PLAIN, source, start);
    let code = source.charCodeAt(end);
    if (isMeta(code)) {
      if (end === start) throw this.error(`unexpected '${source.slice(start, start + 10)}'`);
      this.at = end;
      return source.slice(start, end);
    }
    const parts: Part[] = [];
    if (end > start) parts.push({ kind: 'text', text: source.slice(start, end), quoted: false });
    this.at = end;
    for (;;) {
      code = source.charCodeAt(this.at);
      if (isMeta(code)) return parts;
      if (isSpecial(code)) { this.special(code, parts); continue; }
      end = endOfRun(PLAIN, source, this.at);
      parts.push({ kind: 'text', text: source.slice(this.at, end), quoted: false });
      this.at = end;
    }
  }

  private special(code: number, parts: Part[]): void {
    const { source } = this;
    switch (code) {
      case Char.Apostrophe: {
        const end = source.indexOf("'", this.at + 1);
        if (end < 0) throw this.error('a quote does not end');
        const text = source.slice(this.at + 1, end);
        this.countLines(text);
        parts.push({ kind: 'text', text, quoted: true });
        this.at = end + 1;
        return;
      }
      case Char.Quote: {
        this.at++;
        const inner = this.quotedParts(Char.Quote);
        if (inner.length === 0) parts.push({ kind: 'text', text: '', quoted: true });
        else parts.push(...inner);
        this.at++;
        return;
      }
      case Char.Backslash:
        if (source.charCodeAt(this.at + 1) === Char.Newline) this.line++;
        else parts.push({ kind: 'text', text: source.charAt(this.at + 1), quoted: true });
        this.at += 2;
        return;
      case Char.Backtick: parts.push(this.backticks(false)); return;
      default: parts.push(this.dollar(false)); return;
    }
  }

  private countLines(text: string): void {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.line++;
  }

  /** Up to the closing character (not consumed), or the end for -1: only $, ` and some backslashes are special. */
  private quotedParts(closing: number): Part[] {
    const { source } = this;
    const parts: Part[] = [];
    let text = '';
    let start = this.at;
    const flush = (): void => {
      text += source.slice(start, this.at);
      if (text !== '') parts.push({ kind: 'text', text, quoted: true });
      text = '';
    };
    for (;;) {
      const code = source.charCodeAt(this.at);
      if (code === closing || code !== code) {
        if (code !== code && closing !== -1) throw this.error('a quote does not end');
        flush();
        return parts;
      }
      if (code === Char.Dollar) { flush(); parts.push(this.dollar(true)); start = this.at; }
      else if (code === Char.Backtick) { flush(); parts.push(this.backticks(true)); start = this.at; }
      else if (code === Char.Backslash) {
        const next = source.charCodeAt(this.at + 1);
        if (next === Char.Dollar || next === Char.Backtick || next === Char.Backslash || (next === Char.Quote && closing !== -1)) {
          text += source.slice(start, this.at) + source.charAt(this.at + 1);
          this.at += 2;
          start = this.at;
        } else if (next === Char.Newline) {
          text += source.slice(start, this.at);
          this.line++;
          this.at += 2;
          start = this.at;
        } else {
          this.at++;
        }
      } else {
        const end = endOfRun(closing === Char.Quote ? IN_QUOTES : IN_DOCUMENT, source, this.at);
        for (let newline = source.indexOf('\n', this.at); newline >= 0 && newline < end; newline = source.indexOf('\n', newline + 1)) this.line++;
        this.at = end;
      }
    }
  }

  private backticks(quoted: boolean): Part {
    const { source } = this;
    let end = this.at + 1;
    while (source.charCodeAt(end) !== Char.Backtick) {
      if (end >= source.length) throw this.error('a backtick does not end');
      end += source.charCodeAt(end) === Char.Backslash ? 2 : 1;
    }
    const raw = source.slice(this.at + 1, end);
    const script = new Parser(raw.replace(quoted ? /\\([$`\\"])/g : /\\([$`\\])/g, '$1'), this.line).whole();
    this.countLines(raw);
    this.at = end + 1;
    return { kind: 'command', script, quoted };
  }

  private dollar(quoted: boolean): Part {
    const { source } = this;
    const code = source.charCodeAt(this.at + 1);
    if (code === Char.Open) {
      if (source.charCodeAt(this.at + 2) === Char.Open) {
        const end = source.indexOf('))', this.at);
        const word = new Parser(source.slice(this.at + 3, end), this.line).quotedParts(-1);
        this.at = end + 2;
        return { kind: 'arithmetic', word, quoted };
      }
      this.at += 2;
      const script = this.script();
      this.close();
      return { kind: 'command', script, quoted };
    }
    if (code === Char.OpenBrace) return this.braces(quoted);
    let end = this.at + 1;
    if (isNameCode(code) && !(code >= 48 && code <= 57)) end = endOfRun(NAME, source, end);
    else if ((code >= 48 && code <= 57) || '@*#?!-$'.includes(source.charAt(end) || ' ')) end++;
    if (end === this.at + 1) { this.at++; return { kind: 'text', text: '$', quoted: true }; }
    const name = source.slice(this.at + 1, end);
    this.at = end;
    return { kind: 'parameter', name, operator: '', word: undefined, quoted };
  }

  private braces(quoted: boolean): Part {
    const { source } = this;
    this.at += 2;
    const match = /^(#?[A-Za-z_][A-Za-z0-9_]*|#?[0-9]+|[@*#?!$-])(\[[@*]\])?(:?[-=+?]|##?|%%?)?/.exec(source.slice(this.at, this.at + 80));
    if (match === null) throw this.error('a parameter expansion is not understood');
    this.at += match[0].length;
    let name = match[1] ?? '';
    let operator = match[3] ?? '';
    if (name.length > 1 && name.startsWith('#')) { name = name.slice(1); operator = 'length'; }
    let word: Word | undefined;
    if (source.charCodeAt(this.at) !== Char.CloseBrace) word = this.bracedWord(quoted);
    if (source.charCodeAt(this.at) !== Char.CloseBrace) throw this.error("expected '}'");
    this.at++;
    return { kind: 'parameter', name, operator, word: word ?? (operator === '' || operator === 'length' ? undefined : ''), quoted };
  }

  /** The word of ${name-word}: up to the closing brace, blanks included. */
  private bracedWord(quoted: boolean): Word {
    const parts: Part[] = [];
    const { source } = this;
    let start = this.at;
    const flush = (): void => { if (this.at > start) parts.push({ kind: 'text', text: source.slice(start, this.at), quoted: false }); };
    for (;;) {
      const code = source.charCodeAt(this.at);
      if (code !== code) throw this.error("expected '}'");
      if (code === Char.CloseBrace) { flush(); return parts; }
      if (isSpecial(code) && !(quoted && code === Char.Apostrophe)) { flush(); this.special(code, parts); start = this.at; }
      else { if (code === Char.Newline) this.line++; this.at++; }
    }
  }
}
