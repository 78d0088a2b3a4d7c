import type { BlockScope } from './scope.js';
import type { SyntaxNode } from './syntax.js';
import type { Expression, FunctionSymbol, ObjectSymbol, Symbol_ } from './symbols.js';
import type { Token } from './token.js';
import type { CType, RecordType } from './types.js';
import type { Memory } from './memory.js';
import type { Origin, Unknown, Value } from './unknown.js';
import type { Completion, Frame } from './frame.js';

/** File scope as the compiler sees it: one translation unit within the program. */
export interface FileScope {
  /** Object, function or enumeration constant of this name. */
  find(name: string): Symbol_ | undefined;
  typedef(name: string): CType | undefined;
  isTypedef(name: string): boolean;
  record(isUnion: boolean, tag: string): RecordType;
  enumeration(tag: string): CType;
  /** A static object inside a function. */
  staticObject(name: string, type: CType, initializer: SyntaxNode | undefined, context: Context): ObjectSymbol;
  /** A function that is called without any declaration in sight. */
  implicitFunction(name: string): FunctionSymbol;
  /** What a declaration with linkage inside a function refers to. */
  external(name: string, type: CType, node: SyntaxNode): FunctionSymbol | ObjectSymbol;
  parseTypeof(tokens: readonly Token[], block: BlockScope | undefined): SyntaxNode;
}

/** What compiled code needs of the running machine. */
export interface Runtime {
  readonly memory: Memory;
  /** The statement that is being executed. */
  site: SyntaxNode | undefined;
  stringLiteral(bytes: string): number;
  callAddress(address: Value, args: Value[], place: SyntaxNode): Value;
  /** Report and produce an unknown. */
  gap(what: string, at: SyntaxNode | undefined): Unknown;
  vaStart(args: readonly Value[]): number;
  vaArgument(list: Value): Value | undefined;
  vaCopy(list: Value): number;
  /** Run code whose course an unknown decides: all alternatives, joined. See fork.ts. */
  fork(origin: Origin, frame: Frame, place: SyntaxNode, alternatives: readonly (() => Value)[]): Value;
  forkStatement(origin: Origin, frame: Frame, place: SyntaxNode, alternatives: readonly (() => Completion)[]): Completion;
  /** Go on after a statement; if it diverged, with each of its alternatives. */
  resume(frame: Frame, completion: Completion, goOn: (completion: Completion) => Completion): Completion;
  /** May the program go on with the next statement after this fault? */
  tolerates(error: unknown): boolean;
  /** Record where an initializer put data, for provenance. */
  noteData(address: number, node: SyntaxNode, place: SyntaxNode): void;
  /** A type that was needed but not found: reported once. */
  missingType(name: string, node: SyntaxNode): void;
}

/** State of the function being compiled. */
export class FunctionState {
  slots = 0;
  /** Bytes of locals in memory. */
  frameSize = 0;
  /** The statement being compiled contains a statement expression that may leave it. */
  escapes = false;
  constructor(readonly name: string, readonly result: CType, /** Names whose address is taken somewhere. */ readonly addressed: ReadonlySet<string>) {}

  allocate(size: number, alignment: number): number {
    const offset = Math.ceil(this.frameSize / alignment) * alignment;
    this.frameSize = offset + Math.max(size, 1);
    return offset;
  }
}

/** Everything that compiling an expression or a declaration depends on. */
export interface Context {
  readonly file: FileScope;
  readonly block: BlockScope | undefined;
  readonly fn: FunctionState | undefined;
  readonly runtime: Runtime;
}

export type CompileExpression = (node: SyntaxNode, context: Context) => Expression;
