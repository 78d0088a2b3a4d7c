import type { SyntaxNode } from '../syntax.js';
import type { FunctionSymbol, ObjectSymbol } from '../symbols.js';
import type { CType } from '../types.js';
import { computed, type Code, type Place } from './code.js';
import { group, type Statement } from './ir.js';

/** A constant of the generated code: the function that a call goes to, and the call's place. */
export class CallTarget {
  constructor(readonly symbol: FunctionSymbol, readonly node: SyntaxNode) {}
}

/** A constant of the generated code: an object whose address is asked for when it is first needed. */
export class StaticAddress {
  constructor(readonly object: ObjectSymbol) {}
}

/** The code of one function while it is made: its statements, variables and constants. */
export class FunctionCode {
  /** Bytes of locals in memory. */
  frameSize = 0;
  /** Variables that live as long as the function runs. */
  slots = 0;
  /** The constants of the texts: k0, k1, ... */
  readonly constants: unknown[] = [];
  /** Names of {@link library} functions in the texts. */
  readonly helpers = new Set<string>();
  private readonly names = new Map<unknown, string>();
  private statements: Statement[] = [];
  private held = 0;
  private labels = 0;

  constructor(
    readonly name: string,
    readonly result: CType,
    /** Names of variables whose address is taken somewhere: they live in memory. */
    readonly addressed: ReadonlySet<string>,
    /** No function: the initializer of an object with static storage, or a constant expression. */
    readonly isStatic: boolean,
  ) {}

  /** Room for a local in memory; returns its offset. */
  allocate(size: number, alignment: number): number {
    const offset = Math.ceil(this.frameSize / alignment) * alignment;
    this.frameSize = offset + Math.max(size, 1);
    return offset;
  }

  /** A new variable of the function. */
  variable(): string {
    return `$${this.slots++}`;
  }

  /** A name to hold something within the text of one statement. */
  scratch(): string {
    return `x${this.held++}`;
  }

  /** A new statement of C begins: what was held is not needed any more. */
  releaseScratch(): void {
    this.held = 0;
  }

  /** A name for a place in the control flow; no identifier of C looks like it. */
  label(): string {
    return `#${this.labels++}`;
  }

  /** The name of a constant. */
  constant(value: unknown): string {
    let name = this.names.get(value);
    if (name === undefined) {
      name = `k${this.constants.push(value) - 1}`;
      this.names.set(value, name);
    }
    return name;
  }

  private readonly addresses = new Map<ObjectSymbol, string>();

  /** Text that calls a function of the tree. */
  call(symbol: FunctionSymbol, node: SyntaxNode, args: readonly string[]): string {
    return `${this.constant(new CallTarget(symbol, node))}.run(${args.join(',')})`;
  }

  /** Text for the address of an object. */
  address(object: ObjectSymbol): string {
    let name = this.addresses.get(object);
    if (name === undefined) this.addresses.set(object, (name = this.constant(new StaticAddress(object))));
    const variable = `o${name.slice(1)}`;
    return `(${variable}||(${variable}=${name}.object.address))`;
  }

  /** The name of a library function, which the text then needs. */
  helper(name: string): string {
    this.helpers.add(name);
    return name;
  }

  /** Add a statement. */
  add(statement: Statement): void {
    this.statements.push(statement);
  }

  /** Add straight-line code. */
  emit(js: string): void {
    const last = this.statements.at(-1);
    if (last?.kind === 'do') last.js += `${js};`;
    else this.statements.push({ kind: 'do', js: `${js};` });
  }

  /** The statements that something adds, apart from the others. */
  collect(run: () => void): Statement[] {
    const outer = this.statements;
    const own: Statement[] = (this.statements = []);
    try { run(); } finally { this.statements = outer; }
    return own;
  }

  /** As {@link collect}, as one statement. */
  collected(run: () => void): Statement {
    return group(this.collect(run));
  }

  /** Do something whose code is not needed, only what it finds out. */
  discarding<T>(run: () => T): T {
    let result: T | undefined;
    this.collect(() => { result = run(); });
    return result as T;
  }

  /** Evaluate now; what remains is a name. */
  spill(code: Code): Code {
    const { place } = code;
    if (place !== undefined) return place.known && !place.effects ? code : { ...code, js: '', atom: false, effects: false, place: this.spillPlace(place) };
    if (code.constant !== undefined || (code.known && code.fixed !== undefined) || code.slot !== undefined) return code;
    const name = this.variable();
    this.emit(`${name}=${code.js}`);
    return computed(code.type, name, { atom: true, known: code.known });
  }

  private spillPlace(place: Place): Place {
    const name = this.variable();
    this.emit(`${name}=${place.base}`);
    return { base: name, offset: place.offset, atom: true, known: place.known, effects: false };
  }

  /** Make operands so that they are evaluated in this order, although one may need statements of its own: those before it are then evaluated first. */
  inOrder(...operands: (() => Code)[]): Code[] {
    const done: Code[] = [];
    for (const operand of operands) {
      let code: Code | undefined;
      const own = this.collect(() => { code = operand(); });
      if (own.length > 0) {
        for (let i = 0; i < done.length; i++) done[i] = this.spill(done[i]!);
        for (const statement of own) this.statements.push(statement);
      }
      done.push(code!);
    }
    return done;
  }
}
