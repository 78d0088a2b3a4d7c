import type { Context } from './context.js';
import { declare, specifierType } from './declarator.js';
import type { UnitScope } from './file-scope.js';
import { CompileError, Completion, Frame, type Execute } from './frame.js';
import { FunctionState } from './context.js';
import type { Location } from './location.js';
import type { Program } from './program.js';
import { BlockScope } from './scope.js';
import { compileBlock } from './statement.js';
import type { CallPlace, FunctionSymbol } from './symbols.js';
import { SyntaxError_, type SyntaxNode } from './syntax.js';
import { locationOf } from './token.js';
import type { Declaration } from './translation-unit.js';
import { INT, VOID, alignOf, isScalar, sizeOf, type CType, type FunctionType } from './types.js';
import type { Value } from './unknown.js';

interface CompiledBody {
  readonly execute: Execute;
  readonly slots: number;
  readonly frameSize: number;
  /** Where each parameter goes: a slot, or a store into the frame's memory. */
  readonly parameters: readonly (number | ((frame: Frame, value: Value) => void))[];
  /** Frames that are not in use. */
  readonly pool: Frame[];
}

const NONE: readonly Value[] = [];

/** A function of the tree. Compiled at its first call. */
export class TreeFunction implements FunctionSymbol {
  readonly kind = 'function';
  private body: CompiledBody | undefined;
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

  private compile(): CompiledBody | undefined {
    if (this.failed) return undefined;
    try {
      const node = this.definition();
      const bodyNode = node.child('body')!;
      const fn = new FunctionState(this.name, this.type.result, addressedNames(bodyNode));
      const block = new BlockScope(undefined);
      const context: Context = { ...this.scope.context, block, fn };
      const parameters = this.type.parameters.map((p) => this.parameter(p.name, p.type, block, fn));
      const { execute } = compileBlock(bodyNode, context, false);
      this.body = { execute, slots: fn.slots, frameSize: (fn.frameSize + 15) & ~15, parameters, pool: [] };
    } catch (error) {
      this.fail(error);
    }
    return this.body;
  }

  private parameter(name: string | undefined, type: CType, block: BlockScope, fn: FunctionState): number | ((frame: Frame, value: Value) => void) {
    if (name === undefined) return () => undefined;
    if (isScalar(type) && !fn.addressed.has(name)) {
      const slot = fn.slots++;
      block.declare(name, { kind: 'local', name, type, slot, offset: 0 });
      return slot;
    }
    const size = sizeOf(type);
    const offset = fn.allocate(size, alignOf(type));
    block.declare(name, { kind: 'local', name, type, slot: undefined, offset });
    const { memory } = this.program;
    if (type.kind === 'record') return (f, v) => memory.copy(f.base + offset, v as number, size);
    if (type.kind === 'floating') return (f, v) => memory.storeFloat(f.base + offset, type.size === 4 ? 4 : 8, v as number);
    const width = type.kind === 'pointer' ? 8 : (type as { size: number }).size;
    return (f, v) => memory.store(f.base + offset, width, v);
  }

  invoke(args: Value[], site: CallPlace): Value {
    const { program } = this;
    const direct = !program.indirect;
    program.indirect = false;
    if (program.follows !== undefined) {
      // a call through a pointer is a callback to code that was chosen for this machine
      const follow = direct ? program.follows(this, args) : program.callStack.length === 0 ? 'yes' : 'tentatively';
      if (follow === 'no') return program.skipped(this.name, site);
      if (follow === 'tentatively') return program.tentatively(() => this.run(args, site), this.name, site);
    }
    return this.run(args, site);
  }

  private run(args: Value[], site: CallPlace): Value {
    const { program } = this;
    const body = this.body ?? this.compile();
    if (body === undefined) return program.gapAt(`${this.name}() cannot be executed`, site.location);
    program.executed?.add(this);
    const base = program.enter(this, body.frameSize);
    const { parameters } = body;
    const frame = body.pool.pop() ?? new Frame(body.slots);
    frame.enter(base, args.length > parameters.length ? args.slice(parameters.length) : NONE);
    const callerSite = program.site;
    for (let i = 0; i < parameters.length; i++) {
      const parameter = parameters[i]!;
      const value = args[i] ?? 0;
      if (typeof parameter === 'number') frame.slots[parameter] = value;
      else parameter(frame, value);
    }
    try {
      const completion = body.execute(frame);
      // all alternatives meet again at the end of the function
      if (completion === Completion.Diverged) program.resume(frame, completion, () => Completion.Return);
    } catch (error) {
      throw program.located(error);
    } finally {
      program.leave(body.frameSize);
    }
    program.site = callerSite;
    body.pool.push(frame);
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
