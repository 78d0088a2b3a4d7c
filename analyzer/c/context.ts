import type { BlockScope } from './scope.js';
import type { SyntaxNode } from './syntax.js';
import type { Library } from './codegen/library.js';
import type { FunctionCode } from './codegen/function-code.js';
import type { FunctionSymbol, ObjectSymbol, Symbol_ } from './symbols.js';
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
  /** What generated code calls. */
  readonly library: Library;
  /** The statement that is being executed. */
  site: SyntaxNode | undefined;
  stringLiteral(bytes: string): number;
  callAddress(address: Value, args: Value[], place: SyntaxNode): Value;
  /** Report and produce an unknown. */
  gap(what: string, at: SyntaxNode | undefined): Unknown;
  vaStart(args: readonly Value[]): number;
  vaArgument(list: Value): Value | undefined;
  vaCopy(list: Value): number;
  /** How many branches on unknowns are being explored, one within the other. */
  readonly alternatives: number;
  /** Run code whose course an unknown decides: all alternatives, joined. See fork.ts. */
  forkStatement(origin: Origin, frame: Frame, place: SyntaxNode, alternatives: readonly (() => Completion)[]): Completion;
  /** Go on after a statement; if it diverged, with each of its alternatives. */
  resume(frame: Frame, completion: Completion, goOn: (completion: Completion) => Completion): Completion;
  /** Truth of a loop's condition; where an unknown decides, that is reported, and the loop ends. */
  loopCondition(condition: Value, place: SyntaxNode): boolean;
  /** A loop that may be over for long, and may never be: report it, and leave out that it goes on. */
  endless(place: SyntaxNode): never;
  /** May the program go on with the next statement after this fault? */
  tolerates(error: unknown): boolean;
  /** Record where an initializer put data, for provenance. */
  noteData(address: number, node: SyntaxNode, place: SyntaxNode): void;
  /** A type that was needed but not found: reported once. */
  missingType(name: string, node: SyntaxNode): void;
}

/** Everything that compiling an expression or a declaration depends on. */
export interface Context {
  readonly file: FileScope;
  readonly block: BlockScope | undefined;
  readonly fn: FunctionCode | undefined;
  readonly runtime: Runtime;
}
