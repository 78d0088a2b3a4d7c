import { CannotResolveError, type QmpValue } from '../x86/api.js';
import type { Asked, Expectation, ReadTest, Unread } from './expectations.js';
import { isObject, sameValue } from './json.js';
import { PythonError, pythonStatements, splitTokens, textOf, type PythonStatement, type PythonToken } from './python-text.js';

/**
 * Reads QEMU's functional test of CPU model versions: a test method names a machine type and perhaps a -cpu, then asserts things of
 * query-cpu-definitions or of the CPU's properties, by itself or in a method that it calls, for one model or in a loop over all.
 */
export function readPythonTest(path: string, text: string): ReadTest {
  const expectations: Expectation[] = [];
  const unread: Unread[] = [];
  const told = (line: number, why: string): void => void unread.push({ at: { file: path, line }, why });
  let statements: readonly PythonStatement[];
  try {
    statements = pythonStatements(text);
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    told(error.line, error.message);
    return { expectations, unread };
  }
  for (const { tokens, body } of statements) {
    if (tokens[0]?.text !== 'class') continue;
    const methods = new Map([...statements, ...body].filter(isFunction).map((method) => [method.tokens[1]!.text, method]));
    body.forEach((method, i) => {
      const name = method.tokens[1]?.text ?? '';
      if (!isFunction(method) || !name.startsWith('test')) return;
      if (body[i - 1]?.tokens[0]?.text === '@') return told(method.line, `${tokens[1]!.text}.${name} has a decorator`);
      new Method(path, `${tokens[1]!.text}.${name}`, methods, expectations, told).read(method);
    });
  }
  return { expectations, unread };
}

function isFunction({ tokens }: PythonStatement): boolean {
  return tokens[0]?.text === 'def';
}

/** Without the first, which is the test or its VM. */
function parameters({ tokens }: PythonStatement): string[] {
  return splitTokens(tokens.slice(3, tokens.findIndex(({ text }) => text === ')'))).map((parameter) => parameter[0]!.text).slice(1);
}

type Value = QmpValue | undefined;
type Scope = ReadonlyMap<string, Value>;
/** What stands around an assertion: calls `inner` in every scope that it makes. */
type Around = (scope: Scope, asked: Asked, inner: (scope: Scope) => string | undefined) => string | undefined;
type Say = (scope: Scope, asked: Asked) => string | undefined;

class NotUnderstood extends Error {}

/** One test method. */
class Method {
  private machine: string | undefined;
  private cpu: string | undefined;
  private guarded = false;
  private lost = false;
  /** Variables that hold the definitions. */
  private readonly bound = new Set<string>();

  constructor(
    private readonly path: string,
    private readonly name: string,
    private readonly methods: ReadonlyMap<string, PythonStatement>,
    private readonly expectations: Expectation[],
    private readonly told: (line: number, why: string) => void,
  ) {}

  read({ body }: PythonStatement): void {
    this.block(body, []);
  }

  /** What stands behind a statement that is not understood may rest on it, and is not read either. */
  private block(statements: readonly PythonStatement[], around: readonly Around[]): void {
    for (const statement of statements) {
      if (this.lost) return;
      try {
        this.statement(statement, around);
      } catch (error) {
        if (!(error instanceof NotUnderstood)) throw error;
        this.told(statement.line, error.message);
        this.lost = true;
      }
    }
  }

  private statement({ tokens, body, line }: PythonStatement, around: readonly Around[]): void {
    const text = textOf(tokens);
    const [first] = tokens;
    if (first === undefined || text === 'return' || text === 'pass') return;
    if (tokens.length === 1 && first.kind === 'string') {
      // A test's tags stand in its description.
      this.machine = /:avocado:\s+tags=machine:(\S+)/.exec(first.text)?.[1] ?? this.machine;
    } else if (first.text === 'for') {
      const at = tokens.findIndex((token) => token.text === 'in');
      const names = tokens.slice(1, at).filter(({ text: comma }) => comma !== ',').map((token) => token.text);
      const list = this.expression(tokens.slice(at + 1, -1));
      this.block(body, [...around, (scope, asked, inner) => {
        const all = list(scope, asked);
        if (!Array.isArray(all)) throw new CannotResolveError(`${line}: no list to go through`);
        for (const item of all) {
          const said = inner(new Map([...scope, ...names.map((name, i) => [name, names.length > 1 && Array.isArray(item) ? item[i] : item] as const)]));
          if (said !== undefined) return said;
        }
        return undefined;
      }]);
    } else if (first.text === 'if') {
      const condition = this.condition(tokens.slice(1, -1));
      this.block(body, [...around, (scope, asked, inner) => (condition(scope, asked) ? inner(scope) : undefined)]);
    } else if (/^\w+ = /.test(text) && /'query-cpu-definitions'/.test(text)) {
      // { name: definition }, in each of the two spellings.
      if (!/^\w+ = dict \( \( m \[ 'name' \] , m \) for m in self \. vm \. (command|cmd) \( 'query-cpu-definitions' \) \)$/.test(text)) throw new NotUnderstood(text);
      this.bound.add(first.text);
    } else if (text === 'vm = self . get_vm ( )') {
      this.machine = this.cpu = undefined;
    } else if (tokens.at(-1)!.text === ')' && /^(self|vm)$/.test(first.text) && tokens[1]?.text === '.') {
      this.call(tokens, text, around, line);
    } else {
      throw new NotUnderstood(`${this.name}: ${text}`);
    }
  }

  private call(tokens: readonly PythonToken[], text: string, around: readonly Around[], line: number): void {
    const open = tokens.findIndex((token) => token.text === '(');
    const callee = textOf(tokens.slice(0, open)).replaceAll(' ', '').replace(/^self\./, '');
    const args = splitTokens(tokens.slice(open + 1, -1));
    const strings = args.map((arg) => (arg.every(({ kind }) => kind === 'string') ? arg.map((token) => token.text).join('') : undefined));
    const called = this.methods.get(callee);
    if (callee === 'vm.launch' || (callee === 'vm.add_args' && strings.join() === '-S')) return;
    if (/^(vm\.)?set_machine$/.test(callee) && strings[0] !== undefined) {
      // The test's framework leaves the test out where the machine type is not built in; a VM does not.
      this.machine = strings[0];
      this.guarded = callee === 'set_machine';
    } else if ((callee === 'vm.add_args' || callee === 'set_vm_arg') && args.length === 2 && strings[0] === '-cpu' && strings[1] !== undefined) {
      this.cpu = strings[1];
    } else if (callee.startsWith('assert')) {
      const assertion = this.assertion(callee, args, text);
      const met = [...around].reverse().reduce<Say>((inner, outer) => (scope, asked) => outer(scope, asked, (made) => inner(made, asked)), assertion);
      const { bound } = this;
      this.expectations.push({
        name: this.name, at: { file: this.path, line }, machine: this.machine, cpu: this.cpu,
        needs: { machines: this.guarded && this.machine !== undefined ? [this.machine] : [], models: [] },
        met: (asked) => met(new Map([...bound].map((name) => [name, asked.definitions()])), asked),
      });
    } else if (called !== undefined) {
      const names = parameters(called);
      const values = args.map((arg) => this.expression(arg));
      this.block(called.body, [...around, (scope, asked, inner) => inner(new Map([...scope, ...names.map((name, i) => [name, values[i]?.(scope, asked)] as const)]))]);
    } else {
      throw new NotUnderstood(`${this.name}: ${text}`);
    }
  }

  private assertion(kind: string, args: readonly (readonly PythonToken[])[], text: string): Say {
    const [a, b] = args.slice(0, /^assert(True|False)$/.test(kind) ? 1 : 2).map((arg) => this.expression(arg));
    const holds = ((): ((scope: Scope, asked: Asked) => boolean) => {
      switch (kind) {
        case 'assertTrue': return (scope, asked) => truth(a!(scope, asked));
        case 'assertFalse': return (scope, asked) => !truth(a!(scope, asked));
        case 'assertEqual': case 'assertEquals': return (scope, asked) => sameValue(a!(scope, asked), b!(scope, asked));
        case 'assertIn': return (scope, asked) => contains(b!(scope, asked), a!(scope, asked));
        case 'assertNotIn': return (scope, asked) => !contains(b!(scope, asked), a!(scope, asked));
        default: throw new NotUnderstood(`${this.name}: ${text}`);
      }
    })();
    return (scope, asked) => (holds(scope, asked) ? undefined : `${kind}(${args.slice(0, b === undefined ? 1 : 2).map(textOf).join(', ')}) does not hold`);
  }

  private condition(tokens: readonly PythonToken[]): (scope: Scope, asked: Asked) => boolean {
    const at = tokens.findIndex(({ text, kind }) => kind !== 'string' && text === 'in');
    if (at < 0 || tokens[at - 1]?.text === 'not') throw new NotUnderstood(`${this.name}: if ${textOf(tokens)}`);
    const key = this.expression(tokens.slice(0, at));
    const where = this.expression(tokens.slice(at + 1));
    return (scope, asked) => contains(where(scope, asked), key(scope, asked));
  }

  /** Strings, variables, subscripts, get(), values(), items(), re.match(), and a method that reads a property of the CPU. */
  private expression(tokens: readonly PythonToken[]): (scope: Scope, asked: Asked) => Value {
    const fail = (): never => {
      throw new NotUnderstood(`${this.name}: ${textOf(tokens)}`);
    };
    const text = textOf(tokens);
    const last = tokens.at(-1);
    if (last === undefined) return fail();
    if (tokens.every(({ kind }) => kind === 'string')) {
      const value = tokens.map((token) => token.text).join('');
      return () => value;
    }
    if (tokens.length === 1 && /^(True|False)$/.test(text)) return () => text === 'True';
    if (tokens.length === 1 && last.kind === 'name') {
      return (scope) => {
        if (!scope.has(text)) throw new CannotResolveError(`${this.path}:${last.line}: ${text} is not known`);
        return scope.get(text);
      };
    }
    const open = lastOpening(tokens);
    const inside = tokens.slice(open + 1, -1);
    if (last.text === ']' && open > 0) {
      const object = this.expression(tokens.slice(0, open));
      const key = this.expression(inside);
      return (scope, asked) => member(object(scope, asked), key(scope, asked));
    }
    if (last.text !== ')' || open < 1) return fail();
    const called = tokens[open - 1]!.text;
    const object = tokens.slice(0, Math.max(open - 2, 0));
    const args = splitTokens(inside);
    const property = textOf(object) === 'self' && args.length === 1 ? args[0] : open === 1 && args.length === 2 && textOf(args[0]!) === 'vm' ? args[1] : undefined;
    if (textOf(object) === 're' && called === 'match' && args.length === 2) {
      const [pattern, subject] = args.map((arg) => this.expression(arg)) as [ReturnType<Method['expression']>, ReturnType<Method['expression']>];
      return (scope, asked) => new RegExp(`^(?:${String(pattern(scope, asked))})`).test(String(subject(scope, asked)));
    }
    if (property !== undefined) {
      const method = this.methods.get(called);
      const [parameter] = method === undefined ? [] : parameters(method);
      // It asks query-cpus for the first CPU's path, then qom-get for the property.
      const gets = method?.body.some((statement) => /^return (self \. )?vm \. (command|cmd) \( 'qom-get' /.test(textOf(statement.tokens))
        && textOf(statement.tokens).endsWith(`, property = ${parameter} )`));
      if (gets !== true) return fail();
      const wanted = this.expression(property);
      return (scope, asked) => asked.property(String(wanted(scope, asked)));
    }
    const whole = this.expression(object);
    if (called === 'get' && args.length === 1) {
      const key = this.expression(args[0]!);
      return (scope, asked) => {
        const from = whole(scope, asked);
        return isObject(from) ? from[String(key(scope, asked))] : undefined;
      };
    }
    if (called === 'values' && args.length === 0) return (scope, asked) => Object.values(whole(scope, asked) ?? {});
    if (called === 'items' && args.length === 0) return (scope, asked) => Object.entries(whole(scope, asked) ?? {}).map(([key, value]) => [key, value as QmpValue]);
    return fail();
  }
}

function lastOpening(tokens: readonly PythonToken[]): number {
  let depth = 0;
  for (let i = tokens.length - 1; i >= 0; i--) {
    const { text, kind } = tokens[i]!;
    if (kind !== 'punctuator') continue;
    if (/^[)\]}]$/.test(text)) depth++;
    else if (/^[([{]$/.test(text) && --depth === 0) return i;
  }
  return -1;
}

function member(object: Value, key: Value): Value {
  if (!isObject(object) || !Object.hasOwn(object, String(key))) throw new CannotResolveError(`there is no '${String(key)}'`);
  return object[String(key)];
}

function contains(where: Value, key: Value): boolean {
  if (!isObject(where)) throw new CannotResolveError(`nothing to look for '${String(key)}' in`);
  return Object.hasOwn(where, String(key));
}

/** As Python takes a value for a condition. */
function truth(value: Value): boolean {
  return value !== undefined && value !== null && value !== false && value !== 0 && value !== 0n && value !== '';
}
