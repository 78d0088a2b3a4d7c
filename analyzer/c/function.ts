import type { Context } from './context.js';
import { declare, specifierType } from './declarator.js';
import type { UnitScope } from './file-scope.js';
import type { Body, Made } from './codegen/body.js';
import type { CodeContext } from './codegen/code.js';
import { emit } from './codegen/emit.js';
import { explorer } from './codegen/explore.js';
import { FunctionCode } from './codegen/function-code.js';
import { storeText } from './codegen/lvalue.js';
import { blockCode } from './codegen/statement.js';
import { CompileError, Completion, Frame, type Execute } from './frame.js';
import type { Location } from './location.js';
import type { Program } from './program.js';
import { BlockScope } from './scope.js';
import type { CallPlace, FunctionSymbol } from './symbols.js';
import { SyntaxError_, type SyntaxNode } from './syntax.js';
import { locationOf } from './token.js';
import type { Declaration } from './translation-unit.js';
import { INT, VOID, alignOf, isScalar, sizeOf, type CType, type FunctionType } from './types.js';
import type { Value } from './unknown.js';

/** A function of the tree. Compiled at its first call. */
export class TreeFunction implements FunctionSymbol, Made {
  readonly kind = 'function';
  private body: Body | undefined;
  private execute: Execute | undefined;
  private failed = false;
  private typed: FunctionType | undefined;

  constructor(
    readonly name: string,
    readonly address: number,
    readonly declaration: Declaration,
    private readonly scope: UnitScope,
    private readonly program: Program,
  ) {}

  get location(): Location {
    return locationOf(this.declaration.start);
  }

  private definition(): SyntaxNode {
    return this.scope.tree(this.declaration).namedChildren[0]!;
  }

  get type(): FunctionType {
    if (this.typed === undefined) {
      try {
        this.typed = functionType(this.scope.head(this.declaration), this.scope.context) ?? { kind: 'function', result: INT, parameters: [], variadic: true };
      } catch (error) {
        this.fail(error);
        this.typed = { kind: 'function', result: INT, parameters: [], variadic: true };
      }
    }
    return this.typed;
  }

  private fail(error: unknown): void {
    if (error instanceof SyntaxError_) this.program.gapAt(`cannot parse ${this.name}(): near '${error.construct}'`, error.location);
    else if (error instanceof CompileError) this.program.gapAt(`cannot compile ${this.name}(): ${error.construct}`, error.node?.location ?? this.location);
    else if (error instanceof Error && error.name === 'CTypeError') this.program.gapAt(`cannot compile ${this.name}(): ${error.message}`, this.location);
    else throw error;
    this.failed = true;
  }

  /** Make its code, once; false: that cannot be done. */
  private compile(): boolean {
    if (this.body !== undefined || this.failed) return !this.failed;
    try {
      const node = this.definition();
      const bodyNode = node.child('body')!;
      const { parameters, result, variadic } = this.type;
      const fn = new FunctionCode(this.name, result, addressedNames(bodyNode), false);
      const context: CodeContext = { ...this.scope.context, block: new BlockScope(undefined), fn };
      const body = fn.collect(() => {
        for (const { name, type } of parameters) this.parameter(name, type, fn.variable(), bodyNode, context);
        fn.add(blockCode(bodyNode, context, false).statement);
      });
      this.body = { fn, body, parameters: parameters.length, variadic };
    } catch (error) {
      this.fail(error);
    }
    return !this.failed;
  }

  private cannotRun(at: Location | undefined): Value {
    return this.program.unexecuted(`${this.name}() cannot be executed`, at);
  }

  private parameter(name: string | undefined, type: CType, variable: string, node: SyntaxNode, { block, fn }: CodeContext): void {
    if (name === undefined) return;
    const inMemory = !isScalar(type) || fn.addressed.has(name);
    const offset = inMemory ? fn.allocate(sizeOf(type), alignOf(type)) : 0;
    block!.declare(name, { kind: 'local', name, type, slot: inMemory ? undefined : variable, offset });
    if (inMemory) fn.emit(storeText(fn, type, { base: 'b', offset, atom: true, known: true, effects: false }, variable, node));
  }

  invoke(args: Value[], site: CallPlace): Value {
    const { program } = this;
    if (program.follows !== undefined) {
      const direct = !program.indirect;
      program.indirect = false;
      // a call through a pointer is a callback to code that was chosen for this machine
      const follow = direct ? program.follows(this, args) : program.followsPointers?.(this, args) ?? (program.callStack.length === 0 ? 'yes' : 'tentatively');
      if (follow === 'no') return program.skipped(this.name, site);
      if (!this.compile()) return this.cannotRun(site.location);
      if (follow === 'tentatively') return program.tentatively(() => this.explore(args), this.name, site, direct);
      return program.whole ? program.inParts(() => this.explore(args)) : this.explore(args);
    }
    program.indirect = false;
    if (this.body === undefined && !this.compile()) return this.cannotRun(site.location);
    for (let i = args.length; i < this.body!.parameters; i++) args.push(0);
    switch (args.length) {
      case 0: return this.run();
      case 1: return this.run(args[0]!);
      case 2: return this.run(args[0]!, args[1]!);
      case 3: return this.run(args[0]!, args[1]!, args[2]!);
      default: return this.run(...args);
    }
  }

  /** The function's code; until the first call what makes it. */
  run = (...args: Value[]): Value => {
    this.compile();
    const { program } = this;
    if (this.body === undefined) return this.cannotRun(undefined);
    this.run = (emit(this.body!, program.library, this) as typeof this.run | undefined) ?? ((...all) => this.explore(all));
    return this.run(...args);
  };

  private get size(): number {
    return (this.body!.fn.frameSize + 15) & ~15;
  }

  /** Run it where calls are skipped, or where its control flow is beyond {@link emit}. */
  private explore(args: readonly Value[]): Value {
    const { program, size } = this;
    const { fn, parameters } = this.body!;
    const base = program.enter(this, size);
    const { site } = program;
    const slots = new Array<Value>(fn.slots).fill(0);
    for (let i = 0; i < parameters; i++) slots[i] = args[i] ?? 0;
    let result: Value;
    try {
      const frame = new Frame(slots, base, args.slice(parameters));
      frame.judge = program.judges?.(this, args);
      result = this.finish(frame);
    } catch (error) {
      throw program.failed(error, size);
    }
    program.leave(size);
    program.site = site;
    return result;
  }

  goOn(label: string, decisive: Value, base: number, variadic: readonly Value[], slots: Value[]): Value {
    const frame = new Frame(slots, base, variadic);
    frame.label = label;
    frame.decisive = decisive;
    return this.finish(frame);
  }

  private finish(frame: Frame): Value {
    const { program } = this;
    const { fn, body } = this.body!;
    this.execute ??= explorer(body, fn, program);
    const completion = this.execute(frame);
    // all alternatives meet again at the end of the function
    program.resume(frame, completion, (end) => {
      if (end === Completion.Normal && program.alternatives > 0) frame.judge?.();
      return Completion.Return;
    });
    return frame.result;
  }
}

/** The type in a function definition or declaration node. */
export function functionType(node: SyntaxNode, context: Context): FunctionType | undefined {
  const typeNode = node.child('type');
  const base = typeNode === undefined ? VOID : specifierType(typeNode, context);
  const declarator = node.child('declarator');
  if (declarator === undefined) return undefined;
  const { type } = declare(base, declarator, context);
  return type.kind === 'function' ? type : undefined;
}

/** Names of variables whose address is taken somewhere in the body: those live in memory. */
function addressedNames(node: SyntaxNode, found: Set<string> = new Set()): Set<string> {
  if (node.type === 'pointer_expression' && node.children[0]!.type === '&') {
    let operand = node.child('argument')!;
    while (operand.type === 'parenthesized_expression') operand = operand.namedChildren[0]!;
    if (operand.type === 'identifier') found.add(operand.name);
  }
  for (const c of node.children) if (c.children.length > 0) addressedNames(c, found);
  return found;
}
