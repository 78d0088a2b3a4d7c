import { IdentifierTable } from '../c/identifier.js';
import { Flag, lex } from '../c/lexer.js';
import { numberLiteral, stringLiteral } from '../c/literals.js';
import { SourceFile } from '../c/source-file.js';
import { locationOf, type PreprocessingToken } from '../c/token.js';
import type { Asked, Expectation, ReadTest, Unread } from './expectations.js';
import { sameValue } from './json.js';

/**
 * Reads tests/qtest/test-x86-cpuid-compat.c: calls of its add_..._test() functions or, later, rows of its tables, and the assertions on a
 * QEMU that it starts itself. What an argument means is told by the parameter's (the field's) name in the file itself.
 */
export function readCTest(path: string, text: string): ReadTest {
  const table = lex(new SourceFile(path, text), new IdentifierTable());
  const tokens: PreprocessingToken[] = [];
  for (let i = 0; i < table.count; i++) {
    if (table.text(i) !== '#' || (table.flags[i]! & Flag.LineStart) === 0) tokens.push(table.token(i));
    else while (i + 1 < table.count && (table.flags[i + 1]! & Flag.LineStart) === 0) i++;
  }
  return new Reader(tokens).read();
}

type Tokens = readonly PreprocessingToken[];

interface Command {
  readonly machine: string | undefined;
  readonly cpu: string | undefined;
}

class NotUnderstood extends Error {}

class Reader {
  private readonly expectations: Expectation[] = [];
  private readonly unread: Unread[] = [];
  /** Parameters of functions and fields of structures that say what a test expects. */
  private readonly roles = new Map<string, readonly string[]>();
  /** The test asks whether there is such a model (machine type) before it uses one. */
  private readonly guardsModels: boolean;
  private readonly guardsMachines: boolean;

  constructor(private readonly tokens: Tokens) {
    const asks = (name: string): boolean => tokens.some((token, i) => token.text === name && tokens[i + 2]?.kind === 'identifier');
    this.guardsModels = asks('qtest_has_cpu_model');
    this.guardsMachines = asks('qtest_has_machine');
  }

  read(): ReadTest {
    const { tokens } = this;
    for (let i = 0, start = 0; i < tokens.length; i++) {
      const { text } = tokens[i]!;
      if (text === ';') start = i + 1;
      else if (text === '(') i = closing(tokens, i);
      else if (text === '{') {
        const end = closing(tokens, i);
        this.definition(tokens.slice(start, i), tokens.slice(i + 1, end), tokens[end + 1]);
        i = end;
        if (tokens[end + 1]?.text !== ';') start = end + 1;
      }
    }
    return { expectations: this.expectations, unread: this.unread };
  }

  /** Something with a body in braces at the file's level. */
  private definition(head: Tokens, body: Tokens, after: PreprocessingToken | undefined): void {
    if (head.at(-1)?.text === ')') {
      const open = head.findIndex(({ text }) => text === '(');
      const parameters = split(head.slice(open + 1, -1), ',').map(lastName);
      if (parameters.includes('expected_value')) this.roles.set(head[open - 1]!.text, parameters);
      this.statements(body, [], { command: undefined, path: head[open - 1]!.text });
    } else if (head[0]?.text === 'typedef' && after?.kind === 'identifier') {
      const fields = split(body, ';').flatMap((declaration) => split(declaration, ',').map(lastName));
      if (fields.includes('expected_value')) this.roles.set(after.text, fields);
    } else if (head.at(-1)?.text === '=') {
      const roles = head.map(({ text }) => this.roles.get(text)).find((fields) => fields !== undefined);
      if (roles !== undefined) for (const row of split(body, ',')) this.expect(row[0]!, roles, split(row.slice(1, -1), ','), []);
    }
  }

  /** Statements under conditions; `test`: the QEMU that the function has started. */
  private statements(tokens: Tokens, conditions: readonly Tokens[], test: { command: Command | undefined; readonly path: string }): void {
    for (let i = 0; i < tokens.length; i++) {
      const { text, kind } = tokens[i]!;
      if (text === 'if' || text === 'else') {
        const negated = text === 'else' && tokens[i + 1]?.text !== 'if';
        const open = negated ? i : i + (text === 'else' ? 2 : 1);
        const close = negated ? i : closing(tokens, open);
        const braced = tokens[close + 1]?.text === '{';
        const end = braced ? closing(tokens, close + 1) : tokens.findIndex((token, at) => at > close && token.text === ';');
        // What stands behind an `else` is under a condition that is not read.
        const condition = text === 'else' ? [tokens[i]!] : tokens.slice(open + 1, close);
        this.statements(tokens.slice(close + (braced ? 2 : 1), braced ? end : end + 1), [...conditions, condition], test);
        i = end;
      } else if (kind === 'identifier' && tokens[i + 1]?.text === '(') {
        const close = closing(tokens, i + 1);
        this.call(tokens[i]!, split(tokens.slice(i + 2, close), ','), conditions, test);
        i = close;
      }
    }
  }

  private call(name: PreprocessingToken, args: readonly Tokens[], conditions: readonly Tokens[], test: { command: Command | undefined; readonly path: string }): void {
    const roles = this.roles.get(name.text);
    if (roles !== undefined) return this.expect(name, roles, args, conditions);
    if (/^qtest_(start|init|end|quit)/.test(name.text)) {
      // A command line that is not written out belongs to the functions that take it as an argument.
      test.command = args[0]?.every(({ kind }) => kind === 'string') === true && args[0].length > 0 ? this.understood(name, () => command(string(args[0]!))) : undefined;
    } else if (/^g_assert/.test(name.text) && test.command !== undefined) {
      const { machine, cpu } = test.command;
      const [bool] = args;
      const wanted = ({ g_assert_true: true, g_assert_false: false } as Readonly<Record<string, boolean>>)[name.text];
      if (wanted === undefined || bool?.[0]?.text !== 'qom_get_bool') {
        this.unread.push({ at: locationOf(name), why: `${name.text}() of something that is not read` });
        return;
      }
      this.understood(name, () => {
        const property = string(split(bool.slice(2, -1), ',')[1] ?? []);
        this.expectations.push({
          name: `${test.path}: ${property}`, at: locationOf(name), machine, cpu, needs: this.needs({ machine, cpu }, conditions), met: propertyIs(property, wanted),
        });
      });
    }
  }

  /** A call or a row that states an expectation. */
  private expect(at: PreprocessingToken, names: readonly string[], args: readonly Tokens[], conditions: readonly Tokens[]): void {
    this.understood(at, () => {
      if (args.length !== names.length) throw new NotUnderstood(`${args.length} values for ${names.length} fields`);
      const given = new Map(names.map((name, i) => [name.replace(/^in_/, ''), args[i]!]));
      const of = (role: string): Tokens => {
        const tokens = given.get(role);
        if (tokens === undefined) throw new NotUnderstood(`no ${role} among ${names.join(', ')}`);
        return tokens;
      };
      const optional = (role: string): string | undefined => (given.has(role) && of(role)[0]?.text !== 'NULL' ? string(of(role)) : undefined);
      const line = optional('cmdline');
      const cpu = optional('cpu');
      const features = optional('cpufeat');
      const asked = line !== undefined ? command(line) : { machine: optional('machine'), cpu: features === undefined ? cpu : `${cpu},${features}` };
      const met = given.has('property') ? propertyIs(string(of('property')), scalar(of('expected_value')))
        : featureIs(scalar(of('eax')), scalar(of('ecx')), string(of('reg')), scalar(of('bitnr')), scalar(of('expected_value')));
      this.expectations.push({ name: string(of('name')), at: locationOf(at), ...asked, needs: this.needs(asked, conditions), met });
    });
  }

  private needs(asked: Command, conditions: readonly Tokens[]): Expectation['needs'] {
    const needs = {
      machines: this.guardsMachines && asked.machine !== undefined ? [asked.machine] : [],
      models: this.guardsModels && asked.cpu !== undefined ? [asked.cpu.split(',')[0]!] : [],
    };
    for (const condition of conditions) {
      const list = condition[0]?.text === 'qtest_has_machine' ? needs.machines : condition[0]?.text === 'qtest_has_cpu_model' ? needs.models : undefined;
      if (list === undefined || condition.length !== 4 || condition[2]!.kind !== 'string') {
        throw new NotUnderstood(`under the condition ${condition.map(({ text }) => text).join(' ')}`);
      }
      list.push(stringLiteral(condition[2]!.text));
    }
    return needs;
  }

  private understood<T>(at: PreprocessingToken, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof NotUnderstood)) throw error;
      this.unread.push({ at: locationOf(at), why: error.message });
      return undefined;
    }
  }
}

function propertyIs(property: string, wanted: bigint | boolean): Expectation['met'] {
  return (asked: Asked) => {
    const value = asked.property(property);
    return sameValue(value, wanted) ? undefined : `${property} is ${String(value)}, not ${wanted}`;
  };
}

function featureIs(leaf: bigint | boolean, subleaf: bigint | boolean, register: string, bit: bigint | boolean, wanted: bigint | boolean): Expectation['met'] {
  return (asked: Asked) => {
    const value = asked.feature(BigInt(leaf), BigInt(subleaf), register, BigInt(bit));
    return value === Boolean(wanted) ? undefined : `bit ${bit} of ${register} of leaf ${leaf}/${subleaf} is ${value}`;
  };
}

/** The options that a test starts QEMU with. */
function command(line: string): Command {
  let machine: string | undefined;
  let cpu: string | undefined;
  const words = line.split(/\s+/).filter((word) => word !== '');
  for (let i = 0; i < words.length; i += 2) {
    const value = words[i + 1];
    if (words[i] === '-cpu' && value !== undefined) cpu = value;
    else if ((words[i] === '-machine' || words[i] === '-M') && value !== undefined && !/[,=]/.test(value)) machine = value;
    else throw new NotUnderstood(`QEMU's options ${line}`);
  }
  return { machine, cpu };
}

function string(tokens: Tokens): string {
  if (tokens.length === 0 || tokens.some(({ kind }) => kind !== 'string')) throw new NotUnderstood(`'${tokens.map(({ text }) => text).join(' ')}' is no string`);
  return tokens.map(({ text }) => stringLiteral(text)).join('');
}

function scalar(tokens: Tokens): bigint | boolean {
  const { text, kind } = tokens.at(-1)!;
  if (tokens.length === 1 && (text === 'true' || text === 'false')) return text === 'true';
  const negative = tokens.length === 2 && tokens[0]!.text === '-';
  const value = kind === 'number' && (tokens.length === 1 || negative) ? numberLiteral(text).value : undefined;
  if (typeof value !== 'number' && typeof value !== 'bigint') throw new NotUnderstood(`'${tokens.map((token) => token.text).join(' ')}' is no number`);
  return negative ? -BigInt(value) : BigInt(value);
}

const PAIRS: ReadonlyMap<string, string> = new Map([['(', ')'], ['[', ']'], ['{', '}']]);

/** Where the bracket at `open` closes. */
function closing(tokens: Tokens, open: number): number {
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    const { text } = tokens[i]!;
    if (PAIRS.has(text)) depth++;
    else if (text === ')' || text === ']' || text === '}') depth--;
    if (depth === 0) return i;
  }
  return tokens.length - 1;
}

/** What stands between separators outside of brackets; nothing behind the last one. */
function split(tokens: Tokens, separator: string): Tokens[] {
  const parts: Tokens[] = [];
  let start = 0;
  for (let i = 0; i < tokens.length; i++) {
    const { text } = tokens[i]!;
    if (PAIRS.has(text)) i = closing(tokens, i);
    else if (text === separator) {
      parts.push(tokens.slice(start, i));
      start = i + 1;
    }
  }
  if (start < tokens.length) parts.push(tokens.slice(start));
  return parts;
}

function lastName(tokens: Tokens): string {
  return tokens.filter(({ kind }) => kind === 'identifier').at(-1)?.text ?? '';
}
