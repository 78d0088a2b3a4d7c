import type { SourceTree } from '../tree.js';
import { integerExpression } from './integer-expression.js';
import type { AndOr, Command, Part, Pipeline, Redirection, Script, Word } from './shell-syntax.js';
import { parseShell, ShellSyntaxError } from './shell-syntax.js';
import { TOOLS } from './shell-tools.js';

/** Where a command writes to. */
export interface Sink { write(text: string): void }
/** Where a command reads from. */
export interface Input { text: string; at: number }
export interface Streams { readonly input: Input; readonly out: Sink; readonly error: Sink }

export const DISCARD: Sink = { write: () => undefined };

export class Collector implements Sink {
  text = '';
  write(text: string): void { this.text += text; }
}

/** A program outside the script. @returns its exit status, or undefined if there is none of that name. */
export type Program = (name: string, args: readonly string[], streams: Streams, shell: Shell) => number | undefined;

/** A file that the script wrote, and the line of the script behind each line of it. */
export interface WrittenFile { text: string; readonly origins: Map<string, { file: string; line: number }> }

// Control flow, thrown: not Errors, as those would record a stack each time.
class Exit { constructor(readonly status: number) {} }
class Return { constructor(readonly status: number) {} }
class Loop { constructor(readonly kind: 'break' | 'continue', public depth: number) {} }

const SETTING = /^[A-Z]\w*=/;

/** Directory of the source tree and working directory as the script sees them. */
export const SOURCE_ROOT = '/qemu';
export const BUILD_ROOT = '/build';

/**
 * Runs shell scripts of the source tree: variables, functions, control flow and text tools work, files are written
 * to memory, and every other program is answered by `program`. Nothing is executed on this machine.
 */
export class Shell {
  readonly files = new Map<string, WrittenFile>();
  readonly functions = new Map<string, Command>();
  readonly notes: string[] = [];
  directory = BUILD_ROOT;
  status = 0;
  args: string[] = [];
  scriptName: string;
  /** How many loops are running in this environment. */
  private loops = 0;
  /** Line of the command at work. */
  line = 0;
  private readonly variables = new Map<string, string>([['PWD', BUILD_ROOT], ['HOME', '/root'], ['PATH', '/usr/bin'], ['OPTIND', '1']]);
  /** Old values of variables set since the innermost subshell began, to restore them at its end. */
  private journal: Map<string, string | undefined> | undefined;
  private readonly parsed = new Map<string, Script>();
  private readonly patterns = new Map<string, (value: string) => boolean>();

  constructor(readonly tree: SourceTree, private readonly program: Program, script: string) { this.scriptName = `${SOURCE_ROOT}/${script}`; }

  /** Runs a script of the tree to its end. @returns its exit status. */
  runFile(path: string, args: readonly string[], streams: Streams = { input: { text: '', at: 0 }, out: DISCARD, error: DISCARD }): number {
    const text = this.tree.read(path);
    if (text === undefined) return 127;
    this.args = [...args];
    this.scriptName = `${SOURCE_ROOT}/${path}`;
    try {
      this.status = this.runScript(this.parse(text), streams);
    } catch (error) {
      if (error instanceof Exit) this.status = error.status;
      else if (error instanceof Return) this.status = error.status;
      else if (error instanceof ShellSyntaxError) { this.notes.push(`${path}:${error.line}: ${error.message}`); this.status = 2; }
      else throw error;
    }
    return this.status;
  }

  get scriptPath(): string { return this.scriptName.slice(SOURCE_ROOT.length + 1); }

  private parse(text: string): Script {
    let script = this.parsed.get(text);
    if (script === undefined) this.parsed.set(text, script = parseShell(text));
    return script;
  }

  get(name: string): string | undefined { return this.variables.get(name); }

  set(name: string, value: string | undefined): void {
    if (this.journal !== undefined && !this.journal.has(name)) this.journal.set(name, this.variables.get(name));
    if (value === undefined) this.variables.delete(name);
    else this.variables.set(name, value);
  }

  /** Runs in a copy of the environment, as ( ) and $( ) do. */
  private subshell(action: () => number): number {
    const saved = { journal: this.journal, args: this.args, directory: this.directory, loops: this.loops };
    this.loops = 0;
    const journal = this.journal = new Map<string, string | undefined>();
    try {
      return action();
    } catch (error) {
      if (error instanceof Exit || error instanceof Return) return error.status;
      throw error;
    } finally {
      Object.assign(this, saved);
      for (const [name, value] of journal) {
        if (value === undefined) this.variables.delete(name);
        else this.variables.set(name, value);
      }
    }
  }

  /* Files: the tree under SOURCE_ROOT, what was written in memory elsewhere. */

  absolute(path: string): string {
    const parts: string[] = [];
    for (const part of (path.startsWith('/') ? path : `${this.directory}/${path}`).split('/')) {
      if (part === '..') parts.pop();
      else if (part !== '' && part !== '.') parts.push(part);
    }
    return '/' + parts.join('/');
  }

  private inTree(path: string): string | undefined {
    return path === SOURCE_ROOT ? '' : path.startsWith(SOURCE_ROOT + '/') ? path.slice(SOURCE_ROOT.length + 1) : undefined;
  }

  readFile(path: string): string | undefined {
    const full = this.absolute(path);
    const inside = this.inTree(full);
    return this.files.get(full)?.text ?? (inside === undefined ? (full === '/dev/null' ? '' : undefined) : this.tree.read(inside));
  }

  isDirectory(path: string): boolean {
    const full = this.absolute(path);
    const inside = this.inTree(full);
    // user-mode emulation may be left out of a packed tree, but configure insists on it
    if (inside !== undefined) return inside === '' || inside.startsWith('linux-user/') || this.tree.list(inside).length > 0;
    return full === BUILD_ROOT || full === '/' || full === '/usr/bin' || this.files.get(full + '/') !== undefined;
  }

  isFile(path: string): boolean {
    const full = this.absolute(path);
    const inside = this.inTree(full);
    return this.files.has(full) || (inside !== undefined && this.tree.has(inside));
  }

  exists(path: string): boolean {
    const full = this.absolute(path);
    // A tree is taken as a git checkout: configure then expects submodules to be fetched, not to be there.
    return this.isFile(full) || full === `${SOURCE_ROOT}/.git` || full === '/dev/null' || full === '/usr/bin/python3' || full === '/bin/sh' || this.isDirectory(full);
  }

  list(directory: string): readonly string[] {
    const inside = this.inTree(this.absolute(directory));
    return inside === undefined ? [] : this.tree.list(inside);
  }

  openFile(path: string, append: boolean): Sink {
    const full = this.absolute(path);
    // nothing reads the log
    if (full === '/dev/null' || full.endsWith('.log')) return DISCARD;
    let file = this.files.get(full);
    if (file === undefined || !append) this.files.set(full, file = { text: '', origins: new Map() });
    const written = file;
    return {
      write: (text) => {
        written.text += text;
        // only settings are asked for; most of what scripts write is their log
        if (SETTING.test(text)) for (const line of text.split('\n')) written.origins.set(line, { file: this.scriptPath, line: this.line });
      },
    };
  }

  /* Execution */

  private runScript(script: Script, streams: Streams): number {
    for (const item of script) this.runAndOr(item, streams);
    return this.status;
  }

  private runAndOr(item: AndOr, streams: Streams): void {
    this.status = this.runPipeline(item.first, streams);
    for (const { and, pipeline } of item.rest) {
      if ((this.status === 0) === and) this.status = this.runPipeline(pipeline, streams);
    }
  }

  private runPipeline(pipeline: Pipeline, streams: Streams): number {
    const { commands } = pipeline;
    let status = 0;
    if (commands.length === 1) {
      status = this.runCommand(commands[0] as Command, streams);
    } else {
      let input = streams.input;
      for (const [index, command] of commands.entries()) {
        const last = index === commands.length - 1;
        const collector = new Collector();
        const inner: Streams = { input, out: last ? streams.out : collector, error: streams.error };
        status = this.subshell(() => this.runCommand(command, inner));
        input = { text: collector.text, at: 0 };
      }
    }
    return pipeline.negated ? (status === 0 ? 1 : 0) : status;
  }

  private redirect(redirections: readonly Redirection[], streams: Streams): Streams {
    let { input, out, error } = streams;
    for (const { descriptor, operator, word } of redirections) {
      switch (operator) {
        case '<<': input = { text: this.expandText(word), at: 0 }; break;
        case '<': {
          const path = this.expandText(word);
          const text = this.readFile(path);
          input = { text: text ?? '', at: 0 };
          break;
        }
        case '<&': break;
        case '>&': {
          const from = this.expandText(word);
          const sink = from === '1' ? out : from === '2' ? error : DISCARD;
          if (descriptor === 2) error = sink;
          else if (descriptor === 1) out = sink;
          break;
        }
        default: {
          const sink = this.openFile(this.expandText(word), operator === '>>');
          if (descriptor === 2) error = sink;
          else if (descriptor === 1) out = sink;
        }
      }
    }
    return { input, out, error };
  }

  runCommand(command: Command, outer: Streams): number {
    this.line = command.line;
    const streams = command.redirections.length === 0 ? outer : this.redirect(command.redirections, outer);
    switch (command.kind) {
      case 'simple': return this.runSimple(command.assignments, command.words, streams);
      case 'group': return this.runScript(command.body, streams);
      case 'subshell': return this.subshell(() => this.runScript(command.body, streams));
      case 'function': this.functions.set(command.name, command.body); return 0;
      case 'if':
        // a test may ask for the status of what stood before
        for (const branch of command.branches) if (this.runScript(branch.test, streams) === 0) return this.runScript(branch.body, streams);
        return command.otherwise === undefined ? 0 : this.runScript(command.otherwise, streams);
      case 'while': {
        let status = 0;
        for (let rounds = 0; rounds < 100_000; rounds++) {
          if ((this.runScript(command.test, streams) === 0) === command.until) break;
          const outcome = this.loopBody(command.body, streams);
          if (outcome === 'break') break;
          status = this.status;
        }
        return status;
      }
      case 'for': {
        const words = command.words === undefined ? this.args : command.words.flatMap((word) => this.expandWord(word));
        this.status = 0;
        for (const word of words) {
          this.set(command.name, word);
          if (this.loopBody(command.body, streams) === 'break') break;
        }
        return this.status;
      }
      case 'case': {
        const value = this.expandText(command.word);
        for (const { patterns, body } of command.items) {
          if (patterns.some((pattern) => this.pattern(pattern)(value))) { this.status = 0; return this.runScript(body, streams); }
        }
        return 0;
      }
    }
  }

  private loopBody(body: Script, streams: Streams): 'next' | 'break' {
    this.loops++;
    try {
      this.runScript(body, streams);
    } catch (error) {
      if (!(error instanceof Loop)) throw error;
      if (--error.depth > 0) throw error;
      return error.kind === 'break' ? 'break' : 'next';
    } finally {
      this.loops--;
    }
    return 'next';
  }

  private runSimple(assignments: readonly (readonly [string, Word])[], words: readonly Word[], streams: Streams): number {
    const fields: string[] = [];
    for (const word of words) {
      if (typeof word === 'string' && !/[*?[~]/.test(word)) fields.push(word);
      else fields.push(...this.expandWord(word));
    }
    const name = fields[0];
    if (name === undefined) {
      const before = this.status;
      this.status = 0;
      for (const [variable, word] of assignments) this.set(variable, this.expandText(word));
      // the status of a command substitution in an assignment is the command's
      const status = this.status;
      if (assignments.length === 0) this.status = before;
      return status;
    }
    for (const [variable, word] of assignments) if (BUILTINS.has(name)) this.set(variable, this.expandText(word)); else this.expandText(word);
    return this.call(name, fields.slice(1), streams);
  }

  /** Runs a command by name: function, builtin, text tool, or a program outside. */
  call(name: string, args: string[], streams: Streams): number {
    const body = this.functions.get(name);
    if (body !== undefined) return this.callFunction(body, args, streams);
    const builtin = BUILTINS.get(name);
    if (builtin !== undefined) return builtin(this, args, streams);
    const { line } = this;
    const given = this.program(name, args, streams, this);
    this.line = line;
    if (given !== undefined) return given;
    const tool = TOOLS.get(name);
    return tool === undefined ? 127 : tool(args, streams, this);
  }

  private callFunction(body: Command, args: string[], streams: Streams): number {
    const saved = this.args;
    this.args = args;
    try {
      return this.runCommand(body, streams);
    } catch (error) {
      if (error instanceof Return) return error.status;
      throw error;
    } finally {
      this.args = saved;
    }
  }

  /** Parses and runs text, as eval does. */
  evaluate(text: string, streams: Streams): number {
    try {
      this.status = 0;
      return this.runScript(this.parse(text), streams);
    } catch (error) {
      if (!(error instanceof ShellSyntaxError)) throw error;
      this.notes.push(`${this.scriptPath}:${this.line}: eval: ${error.message}`);
      return 2;
    }
  }

  source(path: string, streams: Streams): number {
    const text = this.readFile(path);
    return text === undefined ? 1 : this.runScript(this.parse(text), streams);
  }

  exit(status: number): never { throw new Exit(status); }
  return(status: number): never { throw new Return(status); }
  /** break and continue; outside a loop they do nothing. */
  leaveLoop(kind: 'break' | 'continue', depth: number): number {
    if (this.loops === 0) return 0;
    throw new Loop(kind, Math.min(depth, this.loops));
  }

  /* Expansion */

  private parameter(name: string): string | undefined {
    switch (name) {
      case '?': return String(this.status);
      case '#': return String(this.args.length);
      case '$': return '4711';
      case '!': case '-': return '';
      case '@': case '*': return this.args.length === 0 ? undefined : this.args.join(' ');
    }
    const code = name.charCodeAt(0);
    if (code >= 48 && code <= 57) return name === '0' ? this.scriptName : this.args[Number(name) - 1];
    return this.variables.get(name);
  }

  private partText(part: Part): string {
    switch (part.kind) {
      case 'text': return part.text;
      case 'command': return this.substitute(part.script);
      case 'arithmetic':
        return String(integerExpression(this.expandText(part.word).replace(/[A-Za-z_]\w*/g, (name) => this.variables.get(name) ?? '0')) ?? 0);
      case 'parameter': break;
    }
    const value = this.parameter(part.name);
    const { operator, word } = part;
    if (operator === '') return value ?? '';
    const unset = value === undefined || (operator.startsWith(':') && value === '');
    switch (operator) {
      case 'length': return String((value ?? '').length);
      case '-': case ':-': return unset ? this.expandText(word ?? '') : value;
      case '+': case ':+': return unset ? '' : this.expandText(word ?? '');
      case '=': case ':=': {
        if (!unset) return value;
        const assigned = this.expandText(word ?? '');
        this.set(part.name, assigned);
        return assigned;
      }
      case '?': case ':?': if (unset) this.exit(1); return value;
      default: return this.trim(value ?? '', operator, word ?? '');
    }
  }

  /** ${name#pattern} and its kin. */
  private trim(value: string, operator: string, word: Word): string {
    const pattern = this.pattern(word);
    const lengths = Array.from({ length: value.length + 1 }, (_, index) => index);
    if (operator === '##' || operator === '%') lengths.reverse();
    for (const length of lengths) {
      if (operator.startsWith('#')) { if (pattern(value.slice(0, length))) return value.slice(length); }
      else if (pattern(value.slice(length))) return value.slice(0, length);
    }
    return value;
  }

  /** Output of a command substitution, without trailing newlines. */
  private substitute(script: Script): string {
    const collector = new Collector();
    const { line } = this;
    this.status = this.subshell(() => this.runScript(script, { input: { text: '', at: 0 }, out: collector, error: DISCARD }));
    this.line = line;
    return collector.text.replace(/\n+$/, '');
  }

  /** A word as one string, without field splitting. */
  expandText(word: Word): string {
    if (typeof word === 'string') return word;
    let text = '';
    for (const part of word) text += this.partText(part);
    return text;
  }

  /** A word as fields: split at blanks outside quotes, then file name patterns. */
  private expandWord(word: Word): string[] {
    if (typeof word === 'string') return this.glob(word);
    const fields: string[] = [];
    let current: string | undefined;
    let pattern = false;
    const end = (): void => {
      if (current !== undefined) fields.push(...(pattern ? this.glob(current) : [current]));
      current = undefined;
      pattern = false;
    };
    for (const part of word) {
      if (part.kind === 'parameter' && part.name === '@' && part.operator === '') {
        this.args.forEach((argument, index) => { if (index > 0) end(); current = (current ?? '') + argument; });
        continue;
      }
      const text = this.partText(part);
      if (part.quoted || part.kind === 'text') {
        current = (current ?? '') + text;
        if (!part.quoted && /[*?[]/.test(text)) pattern = true;
        continue;
      }
      const pieces = text.split(this.separators());
      pieces.forEach((piece, index) => {
        if (index > 0) end();
        if (piece !== '') { current = (current ?? '') + piece; if (/[*?[]/.test(piece)) pattern = true; }
      });
    }
    end();
    return fields;
  }

  private separators(): RegExp {
    const separators = this.variables.get('IFS');
    return separators === undefined || separators === '' ? /[ \t\n]+/ : new RegExp(`[${separators.replace(/[\\\]^-]/g, '\\$&')}]`);
  }

  /** Pathname expansion in the source tree; elsewhere nothing matches, and the pattern stays as it is. */
  private glob(text: string): string[] {
    if (!/[*?[]/.test(text) || !text.startsWith(SOURCE_ROOT)) return [text];
    let found = [''];
    for (const part of text.slice(1).split('/')) {
      if (!/[*?[]/.test(part)) { found = found.map((path) => `${path}/${part}`); continue; }
      const pattern = globPattern(part);
      found = found.flatMap((path) => this.list(path).map((name) => name.replace(/\/$/, '')).filter((name) => pattern.test(name)).map((name) => `${path}/${name}`));
    }
    return found.length === 0 ? [text] : found;
  }

  /** A `case` pattern as a test: quoted parts stand for themselves. */
  private pattern(word: Word): (value: string) => boolean {
    let source = '';
    if (typeof word === 'string') source = word;
    else for (const part of word) {
      const text = this.partText(part);
      source += part.quoted ? text.replace(/[\\*?[\]]/g, '\\$&') : text;
    }
    let pattern = this.patterns.get(source);
    if (pattern === undefined) this.patterns.set(source, pattern = globTest(source));
    return pattern;
  }
}

/** Most patterns are plain words or beginnings of words: those need no regular expression. */
function globTest(text: string): (value: string) => boolean {
  const special = text.search(/[\\*?[]/);
  if (special < 0) return (value) => value === text;
  if (special === text.length - 1 && text.endsWith('*')) {
    const start = text.slice(0, -1);
    return (value) => value.startsWith(start);
  }
  const expression = globPattern(text);
  return (value) => expression.test(value);
}

/** Shell pattern to regular expression. */
export function globPattern(text: string): RegExp {
  let source = '';
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '\\') { at++; source += text.charAt(at).replace(/[^\w]/g, '\\$&'); }
    else if (char === '*') source += '[^]*';
    else if (char === '?') source += '[^]';
    else if (char === '[') {
      const end = text.indexOf(']', at + 2);
      if (end < 0) { source += '\\['; continue; }
      source += '[' + text.slice(at + 1, end).replace(/^!/, '^').replace(/\\/g, '\\\\') + ']';
      at = end;
    } else source += char.replace(/[^\w]/g, '\\$&');
  }
  return new RegExp(`^${source}$`);
}

type Builtin = (shell: Shell, args: string[], streams: Streams) => number;

const BUILTINS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  [':', () => 0], ['true', () => 0], ['false', () => 1],
  ['cd', (shell, args) => { shell.directory = shell.absolute(args.filter((argument) => argument !== '--')[0] ?? BUILD_ROOT); return 0; }],
  ['pwd', (shell, _args, streams) => { streams.out.write(shell.directory + '\n'); return 0; }],
  ['exit', (shell, args) => shell.exit(Number(args[0] ?? shell.status))],
  ['return', (shell, args) => shell.return(Number(args[0] ?? shell.status))],
  ['break', (shell, args) => shell.leaveLoop('break', Number(args[0] ?? 1))],
  ['continue', (shell, args) => shell.leaveLoop('continue', Number(args[0] ?? 1))],
  ['shift', (shell, args) => { shell.args = shell.args.slice(Number(args[0] ?? 1)); return 0; }],
  ['set', (shell, args) => {
    if (args.length > 0 && !/^[-+][a-z]/.test(args[0] ?? '')) shell.args = args[0] === '--' ? args.slice(1) : args;
    return 0;
  }],
  ['unset', (shell, args) => { for (const name of args) if (!name.startsWith('-')) shell.set(name, undefined); return 0; }],
  ['export', assignAll], ['readonly', assignAll], ['local', assignAll], ['declare', assignAll],
  ['eval', (shell, args, streams) => shell.evaluate(args.join(' '), streams)],
  ['.', (shell, args, streams) => shell.source(args[0] ?? '', streams)], ['source', (shell, args, streams) => shell.source(args[0] ?? '', streams)],
  ['exec', (shell, args, streams) => (args.length === 0 ? 0 : shell.exit(shell.call(args[0] ?? '', args.slice(1), streams)))],
  ['trap', () => 0], ['umask', () => 0], ['ulimit', () => 0], ['wait', () => 0], ['hash', () => 0],
  ['read', (shell, args, { input }) => {
    if (input.at >= input.text.length) return 1;
    const end = input.text.indexOf('\n', input.at);
    const line = input.text.slice(input.at, end < 0 ? input.text.length : end);
    input.at = end < 0 ? input.text.length : end + 1;
    const names = args.filter((name) => !name.startsWith('-'));
    let rest = line.trim();
    names.forEach((name, index) => {
      const cut = index < names.length - 1 ? /\s+/.exec(rest) : null;
      shell.set(name, cut === null ? rest : rest.slice(0, cut.index));
      rest = cut === null ? '' : rest.slice(cut.index + cut[0].length);
    });
    return 0;
  }],
]);

function assignAll(shell: Shell, args: string[]): number {
  for (const argument of args) {
    const at = argument.indexOf('=');
    if (at > 0) shell.set(argument.slice(0, at), argument.slice(at + 1));
  }
  return 0;
}
