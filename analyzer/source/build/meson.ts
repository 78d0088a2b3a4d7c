import type { SourceTree } from '../tree.js';
import type { Host } from './host.js';
import { callFunction } from './meson-functions.js';
import { callMethod } from './meson-methods.js';
import type { Arguments, Expression, Statement } from './meson-syntax.js';
import { MesonSyntaxError, parseMeson } from './meson-syntax.js';
import type { ConfigurationData, MesonValue } from './meson-values.js';
import { describe, Feature, isArray, isDict, MesonError, Plain, Target, text } from './meson-values.js';

/** The arguments of a call, evaluated. */
export interface Call {
  readonly positional: readonly MesonValue[];
  readonly named: ReadonlyMap<string, MesonValue>;
  readonly line: number;
}

/** What a build needs from outside: the host, the options that configure passed, and Kconfig. */
export interface MesonInputs {
  readonly host: Host;
  /** -Dname=value */
  readonly options: ReadonlyMap<string, string>;
  /** [properties] of the machine files that configure passed, in meson's syntax. */
  readonly machineProperties: ReadonlyMap<string, string>;
  /** Files of the build directory that configure wrote, by name. */
  readonly built: ReadonlyMap<string, string>;
  /** The name of the executable that ends the evaluation. */
  readonly executable: string;
  /** Runs scripts/minikconf.py: its arguments after the mode -> the text of config-devices.mak. */
  readonly minikconf: (mode: string, inputs: readonly string[], assignments: readonly string[]) => string;
}

/** The wanted executable is complete. */
class Finished extends Error {
  constructor(readonly target: Target) { super('finished'); }
}

class LoopControl extends Error {
  constructor(readonly kind: 'break' | 'continue' | 'return') { super(kind); }
}

const NO_NAMED: ReadonlyMap<string, MesonValue> = new Map();

/** Evaluates a tree's meson.build files up to one executable. Statements that are not understood are noted and skipped. */
export class Meson {
  /** Directory of the meson.build at work, "" for the root. */
  directory = '';
  /** Directory of the (sub)project at work. */
  project = '';
  file = 'meson.build';
  version = '';
  variables = new Map<string, MesonValue>();
  readonly notes: string[] = [];
  /** Files made of configuration data, by name. */
  readonly headers = new Map<string, ConfigurationData>();
  readonly generated = new Map<string, string>();
  /** add_project_arguments('-D...') of the C language. */
  readonly projectArguments: string[] = [];
  private declared: Map<string, MesonValue> | undefined;

  constructor(readonly tree: SourceTree, readonly inputs: MesonInputs) {}

  /** Runs the root meson.build. @returns the executable, or undefined if the evaluation did not reach it. */
  run(): Target | undefined {
    try {
      this.runFile('meson.build');
    } catch (error) {
      if (error instanceof Finished) return error.target;
      throw error;
    }
    return undefined;
  }

  finish(target: Target): never { throw new Finished(target); }

  note(line: number, message: string): void { this.notes.push(`${this.file}:${line}: ${message}`); }

  runFile(path: string): void {
    const source = this.tree.read(path);
    if (source === undefined) { this.notes.push(`${path}: there is no such file`); return; }
    const saved = this.file;
    this.file = path;
    try {
      this.runBlock(parseMeson(source));
    } catch (error) {
      if (error instanceof MesonSyntaxError) this.note(error.line, error.message);
      else if (!(error instanceof LoopControl) || error.kind !== 'return') throw error;
    } finally {
      this.file = saved;
    }
  }

  subdirectory(name: string): void {
    const saved = this.directory;
    this.directory = saved === '' ? name : `${saved}/${name}`;
    try {
      this.runFile(`${this.directory}/meson.build`);
    } finally {
      this.directory = saved;
    }
  }

  leaveFile(): never { throw new LoopControl('return'); }

  /** The value of get_option(). */
  option(name: string): MesonValue {
    this.declared ??= this.readOptions();
    const given = this.inputs.options.get(name);
    const declared = this.declared.get(name);
    if (declared === undefined) {
      if (given !== undefined) return given === 'true' ? true : given === 'false' ? false : given;
      const builtin = BUILTIN_OPTIONS[name];
      if (builtin === undefined) throw new MesonError(`there is no option '${name}'`);
      return builtin;
    }
    if (declared instanceof Feature) return new Feature(name, this.featureValue(given ?? declared.value));
    if (given === undefined) return declared;
    if (typeof declared === 'boolean') return given === 'true';
    if (typeof declared === 'number') return Number(given);
    if (isArray(declared)) return given === '' ? [] : given.split(',');
    return given;
  }

  /** What a feature is that is left to meson, --auto-features says. */
  private featureValue(value: string): Feature['value'] {
    const left = value === 'enabled' || value === 'disabled' ? value : this.inputs.options.get('auto_features') ?? 'auto';
    return left === 'enabled' || left === 'disabled' ? left : 'auto';
  }

  /** A property of the machine files that configure passed. */
  machineProperty(name: string): MesonValue | undefined {
    const text = this.inputs.machineProperties.get(name);
    const statement = text === undefined ? undefined : parseMeson(`${text}\n`)[0];
    return statement?.kind === 'expression' ? this.evaluate(statement.value) : undefined;
  }

  private readOptions(): Map<string, MesonValue> {
    const options = new Map<string, MesonValue>();
    const path = ['meson.options', 'meson_options.txt'].find((name) => this.tree.has(name));
    if (path === undefined) return options;
    for (const statement of parseMeson(this.tree.read(path) ?? '')) {
      if (statement.kind !== 'expression' || statement.value.kind !== 'call' || statement.value.name !== 'option') continue;
      const call = this.arguments(statement.value.args, statement.line);
      const name = text(call.positional[0]);
      const value = call.named.get('value');
      const choices = call.named.get('choices');
      switch (call.named.get('type')) {
        case 'feature': options.set(name, new Feature(name, value === 'enabled' || value === 'disabled' ? value : 'auto')); break;
        case 'boolean': options.set(name, value === undefined ? true : value === true || value === 'true'); break;
        case 'integer': options.set(name, Number(value ?? 0)); break;
        case 'array': options.set(name, value ?? choices ?? []); break;
        case 'combo': options.set(name, value ?? (isArray(choices) ? choices[0] : '')); break;
        default: options.set(name, value ?? ''); break;
      }
    }
    return options;
  }

  private runBlock(statements: readonly Statement[]): void {
    for (const statement of statements) {
      try {
        this.runStatement(statement);
      } catch (error) {
        // A failing `if` or `foreach` reports the statement inside that failed.
        if (!(error instanceof MesonError)) throw error;
        this.note(statement.line, error.message);
      }
    }
  }

  private runStatement(statement: Statement): void {
    switch (statement.kind) {
      case 'expression': this.evaluate(statement.value); break;
      case 'assign': {
        const value = this.evaluate(statement.value);
        this.variables.set(statement.name, statement.add ? this.add(this.variable(statement.name), value) : value);
        break;
      }
      case 'if':
        for (const branch of statement.branches) {
          if (this.truth(this.evaluate(branch.test))) { this.runBlock(branch.body); return; }
        }
        this.runBlock(statement.otherwise);
        break;
      case 'foreach': this.runLoop(statement.names, this.evaluate(statement.over), statement.body); break;
      case 'break': case 'continue': throw new LoopControl(statement.kind);
    }
  }

  private runLoop(names: readonly string[], over: MesonValue, body: readonly Statement[]): void {
    const [first = '', second = ''] = names;
    const once = (): boolean => {
      try {
        this.runBlock(body);
      } catch (error) {
        if (!(error instanceof LoopControl) || error.kind === 'return') throw error;
        return error.kind === 'continue';
      }
      return true;
    };
    if (isDict(over)) {
      for (const [key, value] of over) {
        this.variables.set(first, key);
        this.variables.set(second, value);
        if (!once()) return;
      }
    } else if (isArray(over)) {
      for (const value of over) {
        this.variables.set(first, value);
        if (!once()) return;
      }
    } else {
      throw new MesonError(`foreach over ${describe(over)}`);
    }
  }

  variable(name: string): MesonValue {
    if (!this.variables.has(name)) {
      const builtin = BUILTIN_OBJECTS.get(name);
      if (builtin !== undefined) return builtin;
      throw new MesonError(`unknown variable '${name}'`);
    }
    return this.variables.get(name);
  }

  truth(value: MesonValue): boolean {
    if (typeof value === 'boolean') return value;
    throw new MesonError(`${describe(value)} as a condition`);
  }

  evaluate(expression: Expression): MesonValue {
    switch (expression.kind) {
      case 'literal': return expression.value;
      case 'format': return expression.text.replace(/@(\w+)@/g, (_, name: string) => text(this.variable(name)));
      case 'name': return this.variable(expression.name);
      case 'array': return expression.items.map((item) => this.evaluate(item));
      case 'dict': return new Map(expression.entries.map(([key, value]) => [text(this.evaluate(key)), this.evaluate(value)]));
      case 'not': return !this.truth(this.evaluate(expression.operand));
      case 'negate': return -Number(this.evaluate(expression.operand));
      case 'choice': return this.evaluate(this.truth(this.evaluate(expression.test)) ? expression.yes : expression.no);
      case 'index': return this.index(this.evaluate(expression.object), this.evaluate(expression.index));
      case 'binary': return this.binary(expression.operator, expression.left, expression.right);
      case 'call': return callFunction(this, expression.name, expression.args, expression.line);
      case 'method': return callMethod(this, this.evaluate(expression.object), expression.name, this.arguments(expression.args, expression.line));
    }
  }

  arguments(args: Arguments, line: number): Call {
    const positional: MesonValue[] = [];
    for (const argument of args.positional) positional.push(this.evaluate(argument));
    if (args.named.length === 0) return { positional, named: NO_NAMED, line };
    const named = new Map<string, MesonValue>();
    for (const [name, expression] of args.named) {
      const value = this.evaluate(expression);
      if (name === 'kwargs' && isDict(value)) for (const [key, item] of value) named.set(key, item);
      else named.set(name, value);
    }
    return { positional, named, line };
  }

  private index(object: MesonValue, index: MesonValue): MesonValue {
    if (isDict(object)) {
      const key = text(index);
      if (!object.has(key)) throw new MesonError(`the dictionary has no key '${key}'`);
      return object.get(key);
    }
    if ((isArray(object) || typeof object === 'string') && typeof index === 'number') return object.at(index);
    if (object instanceof Plain || object instanceof Target) return object;
    throw new MesonError(`index into ${describe(object)}`);
  }

  private add(left: MesonValue, right: MesonValue): MesonValue {
    if (isArray(left)) return isArray(right) ? left.concat(right) : left.concat([right]);
    if (isDict(left) && isDict(right)) return new Map([...left, ...right]);
    if (typeof left === 'string' && (typeof right === 'string' || typeof right === 'number')) return left + String(right);
    if (typeof left === 'number' && typeof right === 'number') return left + right;
    throw new MesonError(`cannot add ${describe(right)} to ${describe(left)}`);
  }

  private binary(operator: string, leftExpression: Expression, rightExpression: Expression): MesonValue {
    const left = this.evaluate(leftExpression);
    if (operator === 'and') return this.truth(left) && this.truth(this.evaluate(rightExpression));
    if (operator === 'or') return this.truth(left) || this.truth(this.evaluate(rightExpression));
    const right = this.evaluate(rightExpression);
    switch (operator) {
      case '==': return same(left, right);
      case '!=': return !same(left, right);
      case 'in': return this.contains(right, left);
      case 'not in': return !this.contains(right, left);
      case '+': return this.add(left, right);
      case '/':
        if (typeof left === 'string' && typeof right === 'string') return joinPath(left, right);
        return Math.trunc(Number(left) / Number(right));
      case '-': return Number(left) - Number(right);
      case '*': return Number(left) * Number(right);
      case '%': return Number(left) % Number(right);
    }
    if ((typeof left === 'number' && typeof right === 'number') || (typeof left === 'string' && typeof right === 'string')) {
      switch (operator) {
        case '<': return left < right;
        case '<=': return left <= right;
        case '>': return left > right;
        case '>=': return left >= right;
      }
    }
    throw new MesonError(`cannot compare ${describe(left)} with ${describe(right)}`);
  }

  private contains(container: MesonValue, value: MesonValue): boolean {
    if (isDict(container)) return container.has(text(value));
    if (isArray(container)) return container.some((item) => same(item, value));
    if (typeof container === 'string') return container.includes(text(value));
    throw new MesonError(`'in' ${describe(container)}`);
  }
}

/** Deep equality of plain values, identity of objects. */
export function same(left: MesonValue, right: MesonValue): boolean {
  if (isArray(left) && isArray(right)) return left.length === right.length && left.every((item, index) => same(item, right[index]));
  return left === right;
}

export function joinPath(left: string, right: string): string {
  if (right.startsWith('/') || left === '') return right;
  return left.endsWith('/') ? left + right : `${left}/${right}`;
}

/** Meson's own options, with the values that QEMU's project() and an ordinary build give. */
const BUILTIN_OPTIONS: Readonly<Record<string, MesonValue>> = {
  prefix: '/usr/local', bindir: 'bin', datadir: 'share', libdir: 'lib', libexecdir: 'libexec', sysconfdir: '/etc',
  localstatedir: '/var', mandir: 'share/man', includedir: 'include', localedir: 'share/locale', infodir: 'share/info',
  optimization: '2', debug: true, buildtype: 'debugoptimized', b_lto: false, b_pie: true, b_staticpic: false, b_sanitize: 'none',
  b_coverage: false, werror: false, warning_level: '1', default_library: 'shared', backend: 'ninja', prefer_static: false,
  wrap_mode: 'nodownload', auto_features: 'auto', unity: 'off', c_std: 'gnu11', cpp_std: 'gnu++11', strip: false,
};

const BUILTIN_OBJECTS = new Map<string, MesonValue>(
  ['meson', 'host_machine', 'build_machine', 'target_machine'].map((name) => [name, new Plain(name)]),
);
