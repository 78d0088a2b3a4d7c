import type { Shell, Streams } from './shell.js';
import { globPattern } from './shell.js';

/** The text tools that scripts use in pipelines and tests. Each returns its exit status. */
type Tool = (args: readonly string[], streams: Streams, shell: Shell) => number;

const WRITES_NOTHING = ['mkdir', 'rm', 'rmdir', 'chmod', 'ln', 'touch', 'sleep', 'kill', 'sync', 'stty', 'install', 'date', 'id', 'hostname', 'tput', 'xargs', 'awk', 'gawk', 'find', 'tar'];

/** What the tool reads: the files named, or the standard input. */
function inputOf(files: readonly string[], { input }: Streams, shell: Shell): string {
  if (files.length === 0 || (files.length === 1 && files[0] === '-')) {
    const text = input.text.slice(input.at);
    input.at = input.text.length;
    return text;
  }
  return files.map((file) => shell.readFile(file) ?? '').join('');
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Basic regular expressions (IEEE 1003.1, 9.3) with GNU's additions, as JavaScript's. */
function basicPattern(text: string, extended: boolean): string {
  let source = '';
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '[') {
      let end = text.indexOf(']', text.startsWith('[^]', at) ? at + 3 : at + 2);
      while (end >= 0 && text.lastIndexOf('[:', end) > at && text.charAt(end - 1) === ':') end = text.indexOf(']', end + 1);
      if (end < 0) { source += '\\['; continue; }
      source += '[' + text.slice(at + 1, end).replace(/\\/g, '\\\\').replace(/\[:(\w+):\]/g, (_, name: string) => CLASSES[name] ?? '') + ']';
      at = end;
    } else if (char === '\\') {
      const next = text.charAt(++at);
      if (next === '<' || next === '>') source += '\\b';
      else if (!extended && '(){}|+?'.includes(next)) source += next;
      else source += /[\w]/.test(next) && !/[\dsSwWbBnt]/.test(next) ? next : '\\' + next;
    } else if (!extended && '(){}|+?'.includes(char)) source += '\\' + char;
    else if (char === '*' && (source === '' || source.endsWith('('))) source += '\\*';
    else source += char;
  }
  return source;
}

const CLASSES: Readonly<Record<string, string>> = { space: '\\s', alpha: 'A-Za-z', digit: '0-9', alnum: 'A-Za-z0-9', upper: 'A-Z', lower: 'a-z', blank: ' \\t', xdigit: '0-9A-Fa-f', punct: '!-/:-@[-`{-~' };

const compiled = new Map<string, RegExp>();

function regularExpression(text: string, extended: boolean, flags = ''): RegExp {
  const key = `${flags}${extended ? 'E' : 'B'}${text}`;
  let expression = compiled.get(key);
  if (expression === undefined) {
    try {
      expression = new RegExp(basicPattern(text, extended), flags);
    } catch {
      expression = /$^/;
    }
    compiled.set(key, expression);
  }
  return expression;
}

/** sed scripts of substitutions, deletions by pattern, and -n with p. */
const sed: Tool = (args, streams, shell) => {
  const scripts: string[] = [];
  const files: string[] = [];
  let quiet = false;
  let extended = false;
  for (let at = 0; at < args.length; at++) {
    const argument = args[at] ?? '';
    if (argument === '-e') scripts.push(args[++at] ?? '');
    else if (argument === '-n' || argument === '-ne') { quiet = true; if (argument === '-ne') scripts.push(args[++at] ?? ''); }
    else if (argument === '-E' || argument === '-r') extended = true;
    else if (argument.startsWith('-') && argument.length > 1) continue;
    else if (scripts.length === 0) scripts.push(argument);
    else files.push(argument);
  }
  const commands = scripts.flatMap((script) => parseSed(script, extended));
  const output: string[] = [];
  for (let line of linesOf(inputOf(files, streams, shell))) {
    let deleted = false;
    for (const command of commands) {
      if (command.address !== undefined && !command.address.test(line)) continue;
      if (command.kind === 'd') deleted = true;
      else if (command.kind === 'p') output.push(line);
      else if (command.pattern !== undefined) {
        const changed = line.replace(command.pattern, command.replacement);
        if (changed !== line && command.print) output.push(changed);
        line = changed;
      }
    }
    if (!deleted && !quiet) output.push(line);
  }
  if (output.length > 0) streams.out.write(output.join('\n') + '\n');
  return 0;
};

interface SedCommand { kind: 's' | 'd' | 'p'; address: RegExp | undefined; pattern?: RegExp; replacement: string; print?: boolean }

function parseSed(script: string, extended: boolean): SedCommand[] {
  const commands: SedCommand[] = [];
  let rest = script.trim();
  while (rest !== '') {
    let address: RegExp | undefined;
    const match = /^\/((?:[^/\\]|\\.)*)\/\s*/.exec(rest);
    if (match !== null) { address = regularExpression(match[1] ?? '', extended); rest = rest.slice(match[0].length); }
    const kind = rest.charAt(0);
    if (kind === 's') {
      const delimiter = rest.charAt(1);
      const fields: string[] = [];
      let at = 2;
      for (let field = 0; field < 2; field++) {
        let text = '';
        while (at < rest.length && rest.charAt(at) !== delimiter) {
          if (rest.charAt(at) === '\\' && rest.charAt(at + 1) === delimiter) at++;
          else if (rest.charAt(at) === '\\') text += rest.charAt(at++);
          text += rest.charAt(at++);
        }
        fields.push(text);
        at++;
      }
      const flags = /^[gpIi0-9]*/.exec(rest.slice(at))?.[0] ?? '';
      const replacement = (fields[1] ?? '').replace(/\$/g, '$$$$').replace(/\\(\d)|\\n|\\(.)|&/g, (all, digit: string | undefined, plain: string | undefined) =>
        digit !== undefined ? `$${digit}` : plain ?? (all === '&' ? '$&' : '\n'));
      commands.push({ kind: 's', address, pattern: regularExpression(fields[0] ?? '', extended, flags.includes('g') ? 'g' : ''), replacement, print: flags.includes('p') });
      rest = rest.slice(at + flags.length);
    } else if (kind === 'd' || kind === 'p') {
      commands.push({ kind, address, replacement: '' });
      rest = rest.slice(1);
    } else {
      return commands;
    }
    rest = rest.replace(/^[\s;]+/, '');
  }
  return commands;
}

const grep: Tool = (args, streams, shell) => {
  let options = '';
  const patterns: string[] = [];
  const rest: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const argument = args[at] ?? '';
    if (argument === '--') { rest.push(...args.slice(at + 1)); break; }
    if (/^-\w+$/.test(argument)) { options += argument.slice(1); if (argument.endsWith('e')) patterns.push(args[++at] ?? ''); }
    else if (!argument.startsWith('--')) rest.push(argument);
  }
  if (patterns.length === 0) patterns.push(rest.shift() ?? '');
  const flags = options.includes('i') ? 'i' : '';
  const tests = patterns.map((pattern) => {
    if (options.includes('F')) return new RegExp(pattern.replace(/[^\w]/g, '\\$&'), flags);
    const test = regularExpression(pattern, options.includes('E'), flags);
    return options.includes('w') ? new RegExp(`\\b(?:${test.source})\\b`, flags) : test;
  });
  const matches = (line: string): boolean => tests.some((test) => test.test(line)) !== options.includes('v');
  if (options.includes('l')) {
    const found = rest.filter((file) => linesOf(shell.readFile(file) ?? '').some(matches));
    if (found.length > 0) streams.out.write(found.join('\n') + '\n');
    return found.length > 0 ? 0 : 1;
  }
  const found = linesOf(inputOf(rest, streams, shell)).filter(matches);
  if (options.includes('c')) streams.out.write(`${found.length}\n`);
  else if (!options.includes('q') && found.length > 0) streams.out.write(found.join('\n') + '\n');
  return found.length > 0 ? 0 : 1;
};

function characterSet(text: string): string[] {
  const plain = text.replace(/\\([ntr\\])/g, (_, char: string) => ({ n: '\n', t: '\t', r: '\r' })[char] ?? char)
    .replace(/\[:(upper|lower):\]/g, (_, name: string) => (name === 'upper' ? 'A-Z' : 'a-z'))
    .replace(/(.)-(.)/g, (_, from: string, to: string) => {
      let range = '';
      for (let code = from.charCodeAt(0); code <= to.charCodeAt(0); code++) range += String.fromCharCode(code);
      return range;
    });
  return [...plain];
}

const tr: Tool = (args, streams, shell) => {
  const remove = args[0] === '-d';
  const [from = '', to = ''] = args.filter((argument) => !/^-[dsc]+$/.test(argument));
  const source = characterSet(from);
  const target = characterSet(to);
  const table = new Map(source.map((char, index) => [char, remove ? '' : target[index] ?? target.at(-1) ?? '']));
  streams.out.write([...inputOf([], streams, shell)].map((char) => table.get(char) ?? char).join(''));
  return 0;
};

const cut: Tool = (args, streams, shell) => {
  let delimiter = '\t';
  let fields = '';
  const files: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const argument = args[at] ?? '';
    if (argument.startsWith('-d')) delimiter = argument.length > 2 ? argument.slice(2) : args[++at] ?? '';
    else if (argument.startsWith('-f')) fields = argument.length > 2 ? argument.slice(2) : args[++at] ?? '';
    else if (!argument.startsWith('-')) files.push(argument);
  }
  const [from = 1, to] = fields.split('-').map((field) => (field === '' ? undefined : Number(field)));
  for (const line of linesOf(inputOf(files, streams, shell))) {
    const parts = line.split(delimiter);
    streams.out.write(parts.slice(from - 1, fields.includes('-') ? to : from).join(delimiter) + '\n');
  }
  return 0;
};

/** expr: string match with ":", comparison and arithmetic of two operands. */
const expr: Tool = (args, streams) => {
  const [left = '', operator, right = ''] = args;
  let result = left;
  if (operator === ':') {
    const match = new RegExp('^(?:' + basicPattern(right, false) + ')').exec(left);
    result = match === null ? '' : match[1] ?? (right.includes('\\(') ? '' : String(match[0].length));
  } else if (operator !== undefined) {
    const numbers: Readonly<Record<string, number>> = { '+': Number(left) + Number(right), '-': Number(left) - Number(right), '*': Number(left) * Number(right) };
    result = operator in numbers ? String(numbers[operator]) : String(Number(compare(left, operator === '=' ? '=' : operator, right)));
  }
  streams.out.write(result + '\n');
  return result === '' || result === '0' ? 1 : 0;
};

function compare(left: string, operator: string, right: string): boolean {
  switch (operator) {
    case '=': case '==': return left === right;
    case '!=': return left !== right;
    case '-eq': return Number(left) === Number(right);
    case '-ne': return Number(left) !== Number(right);
    case '-lt': case '<': return Number(left) < Number(right);
    case '-le': case '<=': return Number(left) <= Number(right);
    case '-gt': case '>': return Number(left) > Number(right);
    case '-ge': case '>=': return Number(left) >= Number(right);
    default: return false;
  }
}

const BINARY = /^(==?|!=|-eq|-ne|-lt|-le|-gt|-ge|-nt|-ot|-ef)$/;

const test: Tool = (given, _streams, shell) => {
  const args = given;
  let at = 0;
  const or = (): boolean => { let value = and(); while (args[at] === '-o') { at++; value = and() || value; } return value; };
  const and = (): boolean => { let value = not(); while (args[at] === '-a') { at++; value = not() && value; } return value; };
  const not = (): boolean => (args[at] === '!' && at + 1 < args.length && !BINARY.test(args[at + 1] ?? '') ? (at++, !not()) : primary());
  const primary = (): boolean => {
    const first = args[at] ?? '';
    const second = args[at + 1];
    if (second !== undefined && BINARY.test(second) && at + 2 < args.length + (second === '' ? 1 : 0)) {
      at += 3;
      const right = args[at - 1] ?? '';
      return second === '-ef' ? shell.absolute(first) === shell.absolute(right) : compare(first, second, right);
    }
    if (first === '(') { at++; const value = or(); at++; return value; }
    if (/^-[a-zA-Z]$/.test(first) && second !== undefined) {
      at += 2;
      switch (first) {
        case '-n': return second !== '';
        case '-z': return second === '';
        case '-d': return shell.isDirectory(second);
        case '-f': return shell.isFile(second);
        case '-e': case '-r': case '-x': case '-w': case '-s': return shell.exists(second);
        default: return false;
      }
    }
    at++;
    return first !== '';
  };
  return args.length > 0 && or() ? 0 : 1;
};

function formatted(format: string, args: readonly string[]): string {
  const specification = /%(-?\d*)([sdixuc%b])/g;
  const escaped = format.replace(/\\([nt\\"])/g, (_, char: string) => ({ n: '\n', t: '\t' })[char] ?? char);
  const wanted = [...escaped.matchAll(specification)].filter((match) => match[2] !== '%').length;
  let result = '';
  let next = 0;
  do {
    result += escaped.replace(specification, (_, width: string, kind: string) => {
      if (kind === '%') return '%';
      const value = args[next++] ?? (kind === 's' ? '' : '0');
      const text = kind === 's' || kind === 'b' ? value : String(Number(value));
      return width.startsWith('0') ? text.padStart(Number(width), '0') : text.padStart(Math.abs(Number(width)));
    });
  } while (wanted > 0 && next < args.length);
  return result;
}

export const TOOLS: ReadonlyMap<string, Tool> = new Map<string, Tool>([
  ...WRITES_NOTHING.map((name): [string, Tool] => [name, () => 0]),
  ['echo', (args, streams) => {
    const noNewline = args[0] === '-n';
    streams.out.write((noNewline ? args.slice(1) : args).join(' ') + (noNewline ? '' : '\n'));
    return 0;
  }],
  ['printf', (args, streams) => { streams.out.write(formatted(args[0] ?? '', args.slice(1))); return 0; }],
  ['test', test],
  ['[', (args, streams, shell) => test(args.slice(0, -1), streams, shell)],
  ['cat', (args, streams, shell) => { streams.out.write(inputOf(args, streams, shell)); return 0; }],
  ['strings', (args, streams, shell) => { streams.out.write(inputOf(args.filter((argument) => argument !== '-a'), streams, shell)); return 0; }],
  ['tee', (args, streams, shell) => { const text = inputOf([], streams, shell); streams.out.write(text); for (const file of args) shell.openFile(file, false).write(text); return 0; }],
  ['sed', sed], ['grep', grep], ['egrep', (args, streams, shell) => grep(['-E', ...args], streams, shell)], ['fgrep', (args, streams, shell) => grep(['-F', ...args], streams, shell)],
  ['tr', tr], ['cut', cut], ['expr', expr],
  ['head', (args, streams, shell) => {
    const count = Number(args.find((argument) => /^-n?\d+$/.test(argument))?.replace(/^-n?/, '') ?? (args[0] === '-n' ? args[1] : 10));
    const files = args.filter((argument, index) => !argument.startsWith('-') && args[index - 1] !== '-n');
    streams.out.write(linesOf(inputOf(files, streams, shell)).slice(0, count).map((line) => line + '\n').join(''));
    return 0;
  }],
  ['tail', (args, streams, shell) => {
    const count = Number(args.find((argument) => /^-\d+$/.test(argument))?.slice(1) ?? 10);
    streams.out.write(linesOf(inputOf(args.filter((argument) => !argument.startsWith('-')), streams, shell)).slice(-count).map((line) => line + '\n').join(''));
    return 0;
  }],
  ['sort', (args, streams, shell) => {
    const lines = linesOf(inputOf(args.filter((argument) => !argument.startsWith('-')), streams, shell)).sort();
    streams.out.write((args.includes('-u') ? [...new Set(lines)] : lines).map((line) => line + '\n').join(''));
    return 0;
  }],
  ['uniq', (_args, streams, shell) => { streams.out.write(linesOf(inputOf([], streams, shell)).filter((line, index, all) => line !== all[index - 1]).map((line) => line + '\n').join('')); return 0; }],
  ['fold', (_args, streams, shell) => { streams.out.write(inputOf([], streams, shell)); return 0; }],
  ['wc', (_args, streams, shell) => { streams.out.write(`${linesOf(inputOf([], streams, shell)).length}\n`); return 0; }],
  ['basename', (args, streams) => {
    const name = (args[0] ?? '').replace(/\/+$/, '').replace(/.*\//, '');
    const suffix = args[1] ?? '';
    streams.out.write((suffix !== '' && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name) + '\n');
    return 0;
  }],
  ['dirname', (args, streams) => {
    const path = args.filter((argument) => argument !== '--')[0] ?? '';
    streams.out.write((path.includes('/') ? path.replace(/\/[^/]*$/, '') || '/' : '.') + '\n');
    return 0;
  }],
  ['realpath', (args, streams, shell) => { streams.out.write(shell.absolute(args[0] ?? '') + '\n'); return 0; }],
  ['readlink', (args, streams, shell) => { streams.out.write(shell.absolute(args.at(-1) ?? '') + '\n'); return 0; }],
  ['mktemp', (_args, streams) => { streams.out.write('/tmp/file\n'); return 0; }],
  ['ls', (args, streams, shell) => {
    const pattern = args.find((argument) => !argument.startsWith('-')) ?? '.';
    const names = shell.list(pattern).filter((name) => globPattern('*').test(name));
    if (names.length > 0) streams.out.write(names.join('\n') + '\n');
    return 0;
  }],
  ['cp', copy], ['mv', copy], ['cmp', (args, _streams, shell) => (shell.readFile(args[0] ?? '') === shell.readFile(args[1] ?? '') ? 0 : 1)],
]);

function copy(args: readonly string[], _streams: Streams, shell: Shell): number {
  const files = args.filter((argument) => !argument.startsWith('-'));
  const target = files.pop() ?? '';
  const source = shell.files.get(shell.absolute(files[0] ?? ''));
  if (source !== undefined) shell.files.set(shell.absolute(target), source);
  return 0;
}
