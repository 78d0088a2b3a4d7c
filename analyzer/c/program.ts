import { ArithmeticError, truth } from './arithmetic.js';
import { library } from './codegen/library.js';
import { constantValue } from './codegen/static-value.js';
import type { Runtime } from './context.js';
import { UnitScope, StaticObject } from './file-scope.js';
import { forkStatement, resume } from './fork.js';
import type { Completion, Frame } from './frame.js';
import { TreeFunction, functionType } from './function.js';
import { formatLocation, type Location } from './location.js';
import { Memory, MemoryError } from './memory.js';
import { DistantObject } from './distant-object.js';
import { DistantFunction, NativeFunction, UndefinedFunction } from './native.js';
import { Preprocessor, type PreprocessorHost } from './preprocessor.js';
import type { CallSite, Diagnostic, Intrinsic, Machine } from './runtime.js';
import type { CallPlace, FunctionSymbol, ObjectSymbol } from './symbols.js';
import { parseTokens, SyntaxError_, type SyntaxNode } from './syntax.js';
import { locationOf } from './token.js';
import type { Declaration, TranslationUnit } from './translation-unit.js';
import { loadTyped, storeTyped } from './typed-access.js';
import { unitQuestions, type UnitQuestions } from './unit-questions.js';
import { CTypeError, RecordType, sizeOf, type CType, type FunctionType, type Member } from './types.js';
import { Unknown, type Origin, type Value } from './unknown.js';

const FUNCTION_BASE = 0x10000;
const FUNCTION_STEP = 16;

/** The program refers to something that does not exist, or did something that no correct program does. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
  constructor(message: string, readonly at: Location | undefined) {
    super(message);
  }
}

/** No unknown ends a loop. */
export class EndlessError extends ProgramError {}

export interface ProgramHost extends PreprocessorHost {
  /** The file that defines a function or object with external linkage, if the program is to have it. */
  definedIn(name: string): string | undefined;
  /** Text of a generated source file. */
  generatedSource?(path: string): string | undefined;
}

/** The frames of the functions that run at some moment. */
export interface Position {
  readonly stackTop: number;
  readonly callStack: readonly TreeFunction[];
}

/** The place of a static object. */
export interface StaticRange {
  readonly address: number;
  readonly size: number;
  readonly name: string;
  /** Of an array. */
  readonly element: CType | undefined;
}

/** Which calls are followed: see {@link Program.follows}. */
export interface Follows {
  (fn: TreeFunction, args: readonly Value[]): 'yes' | 'no' | 'tentatively';
  /** Asked before the file of a function is loaded: false if the answer is "no" whatever is in there. */
  considers?(name: string, path: string): boolean;
}

/** A whole program: translation units, the symbols with external linkage, and the machine that runs it. */
export class Program implements Runtime, Machine {
  readonly memory = new Memory();
  site: SyntaxNode | undefined;
  readonly diagnostics: Diagnostic[] = [];
  private readonly preprocessor: Preprocessor;
  private readonly scopes = new Map<TranslationUnit, UnitScope>();
  private readonly byPath = new Map<string, UnitScope>();
  private readonly intrinsics = new Map<string, Intrinsic>();
  private readonly patterns: { pattern: RegExp; make: (name: string) => Intrinsic }[] = [];
  private readonly externals = new Map<string, FunctionSymbol>();
  private readonly externalObjects = new Map<string, ObjectSymbol>();
  private readonly statics = new WeakMap<Declaration, Map<string, ObjectSymbol>>();
  private readonly treeFunctions = new WeakMap<Declaration, TreeFunction>();
  private readonly functionTable: FunctionSymbol[] = [];
  private readonly strings = new Map<string, number>();
  private readonly vaLists: { args: readonly Value[]; next: number }[] = [{ args: [], next: 0 }];
  private readonly reported = new Map<string, Diagnostic>();
  private readonly dataNodes = new Map<number, { node: SyntaxNode; place: SyntaxNode }>();
  private readonly objectRanges: StaticRange[] = [];
  private stackTop: number;
  /** What the generated code calls. */
  readonly library = library(this);
  /** Functions that are running, outermost first. */
  readonly callStack: TreeFunction[] = [];

  constructor(private readonly host: ProgramHost) {
    this.preprocessor = new Preprocessor(host);
    this.stackTop = this.memory.stackBase;
  }

  // ---- units and linkage

  /** Load a translation unit of the tree (once). */
  load(path: string): UnitScope {
    let scope = this.byPath.get(path);
    if (scope === undefined) {
      scope = this.unitScope(this.preprocessor.translationUnit(path, this.host.generatedSource?.(path)));
      this.byPath.set(path, scope);
      this.onLoad?.(scope);
    }
    return scope;
  }

  /** Hears of each unit when it is loaded: before anything else of it runs, its constructors must. */
  onLoad: ((scope: UnitScope) => void) | undefined;

  /** Run something as if it had run before everything else: nothing is skipped, and no rollback undoes it. */
  beforehand(run: () => void): void {
    const { follows, indirect, site } = this;
    this.follows = undefined;
    this.indirect = false;
    try {
      this.memory.unjournaled(run);
    } finally {
      this.follows = follows;
      this.indirect = indirect;
      this.site = site;
    }
  }

  isLoaded(path: string): boolean {
    return this.byPath.has(path);
  }

  unitScope(unit: TranslationUnit): UnitScope {
    let scope = this.scopes.get(unit);
    if (scope === undefined) this.scopes.set(unit, (scope = new UnitScope(this, unit)));
    return scope;
  }

  /** Headers that neither the tree nor the host has, and where they are included: what they would declare is missing. */
  get missingIncludes(): ReadonlyMap<string, readonly Location[]> {
    return this.preprocessor.missingIncludes;
  }

  /** What was asked of the units, if the host has that noted. */
  get unitQuestions(): UnitQuestions {
    return unitQuestions(this.preprocessor.processed);
  }

  /** The units loaded so far. */
  get units(): Iterable<UnitScope> {
    return this.byPath.values();
  }

  define(name: string, intrinsic: Intrinsic): void {
    this.intrinsics.set(name, intrinsic);
  }

  definePattern(pattern: RegExp, make: (name: string) => Intrinsic): void {
    this.patterns.push({ pattern, make });
  }

  private register<T extends FunctionSymbol>(make: (address: number) => T): T {
    const symbol = make(FUNCTION_BASE + this.functionTable.length * FUNCTION_STEP);
    this.functionTable.push(symbol);
    return symbol;
  }

  /** The intrinsic of this name, typed by whatever prototype the unit has for it. */
  nativeFunction(name: string, scope: UnitScope): FunctionSymbol | undefined {
    const intrinsic = this.intrinsics.get(name);
    if (intrinsic === undefined) return undefined;
    return this.native(name, intrinsic, scope);
  }

  private native(name: string, intrinsic: Intrinsic, scope: UnitScope): FunctionSymbol {
    const known = this.externals.get(name);
    if (known !== undefined) return known;
    const symbol = this.register((address) => new NativeFunction(name, address, this.prototype(name, scope), intrinsic, this));
    this.externals.set(name, symbol);
    return symbol;
  }

  private prototype(name: string, scope: UnitScope): FunctionType | undefined {
    const declaration = scope.unit.prototypes.get(name) ?? scope.unit.functions.get(name);
    if (declaration === undefined) return undefined;
    const owner = this.unitScope(declaration.unit);
    try {
      return functionType(owner.tree(declaration).namedChildren[0]!, owner.context) ?? (owner.declared(name, declaration)?.type as FunctionType | undefined);
    } catch (error) {
      if (error instanceof SyntaxError_) return undefined;
      throw error;
    }
  }

  definedFunction(name: string, declaration: Declaration, scope: UnitScope): FunctionSymbol {
    if (!declaration.isStatic) {
      const known = this.externals.get(name);
      if (known !== undefined) return known;
    }
    const fn = this.treeFunction(name, declaration, this.unitScope(declaration.unit));
    if (!declaration.isStatic) this.externals.set(name, fn);
    void scope;
    return fn;
  }

  /** A function declared here and defined elsewhere: in a loaded unit, in a file that the host names, natively by pattern, or nowhere. */
  externalFunction(name: string, scope: UnitScope): FunctionSymbol {
    const known = this.externals.get(name);
    if (known !== undefined) return known;
    const intrinsic = this.intrinsics.get(name);
    if (intrinsic !== undefined) return this.native(name, intrinsic, scope);
    for (const loaded of this.byPath.values()) {
      const d = loaded.unit.functions.get(name);
      if (d !== undefined && !d.isStatic) return this.definedFunction(name, d, loaded);
    }
    const path = this.host.definedIn(name);
    if (path !== undefined) {
      if (!this.byPath.has(path) && this.follows?.considers?.(name, path) === false) return this.distantFunction(name, path, scope);
      const loaded = this.load(path);
      const d = loaded.unit.functions.get(name);
      if (d !== undefined) return this.definedFunction(name, d, loaded);
    }
    for (const { pattern, make } of this.patterns) {
      if (pattern.test(name)) return this.native(name, make(name), scope);
    }
    const symbol = this.register((address) => new UndefinedFunction(name, address, this.prototype(name, scope), this));
    this.externals.set(name, symbol);
    return symbol;
  }

  private distantFunction(name: string, path: string, scope: UnitScope): FunctionSymbol {
    const symbol = this.register((address) => new DistantFunction(name, address, this.prototype(name, scope), path, this));
    this.externals.set(name, symbol);
    return symbol;
  }

  /** Used by {@link DistantFunction}. */
  loadFunction(name: string, path: string): FunctionSymbol {
    const scope = this.load(path);
    const declaration = scope.unit.functions.get(name);
    // the index of names is a guess
    if (declaration === undefined) return this.register((address) => new UndefinedFunction(name, address, this.prototype(name, scope), this));
    return this.treeFunction(name, declaration, scope);
  }

  private treeFunction(name: string, declaration: Declaration, scope: UnitScope): TreeFunction {
    let fn = this.treeFunctions.get(declaration);
    if (fn === undefined) {
      fn = this.register((address) => new TreeFunction(name, address, declaration, scope, this));
      this.treeFunctions.set(declaration, fn);
    }
    return fn;
  }

  staticObject(name: string, declaration: Declaration, scope: UnitScope): ObjectSymbol | undefined {
    let known = this.statics.get(declaration);
    if (known === undefined) this.statics.set(declaration, (known = new Map()));
    let object = known.get(name);
    if (object === undefined) {
      const declared = scope.declared(name, declaration);
      if (declared === undefined) return undefined;
      object = new StaticObject(name, declared.type, declared.initializer, this.unitScope(declaration.unit).context, this);
      known.set(name, object);
    }
    return object;
  }

  externalObject(name: string, defining: Declaration | undefined, seen: Declaration, scope: UnitScope): ObjectSymbol | undefined {
    const known = this.externalObjects.get(name);
    if (known !== undefined) return known;
    if (defining === undefined && this.isDistant(name)) {
      const type = scope.declared(name, seen)?.type;
      if (type !== undefined && !(type.kind === 'array' && type.length === undefined)) {
        const object = new DistantObject(name, type, () => this.nearObject(name, undefined, seen, scope)!);
        this.externalObjects.set(name, object);
        return object;
      }
    }
    const object = this.nearObject(name, defining, seen, scope);
    // a constructor of a unit loaded for it may have asked for it already
    const meanwhile = this.externalObjects.get(name);
    if (meanwhile !== undefined) return meanwhile;
    if (object !== undefined) this.externalObjects.set(name, object);
    return object;
  }

  /** The object itself, from the file that defines it. */
  private nearObject(name: string, defining: Declaration | undefined, seen: Declaration, scope: UnitScope): StaticObject | undefined {
    let declaration = defining;
    let owner = scope;
    if (declaration === undefined || (!declaration.hasInitializer && !this.isOwn(declaration, scope))) {
      const elsewhere = this.findObject(name);
      if (elsewhere !== undefined) ({ declaration, owner } = elsewhere);
    }
    const declared = owner.declared(name, declaration ?? seen);
    if (declared === undefined) return undefined;
    const object = new StaticObject(name, declared.type, declaration === undefined ? undefined : declared.initializer, this.unitScope((declaration ?? seen).unit).context, this);
    if (declaration === undefined) this.undefinedObject(object, locationOf(seen.start));
    return object;
  }

  private isOwn(declaration: Declaration, scope: UnitScope): boolean {
    return declaration.unit === scope.unit;
  }

  private findObject(name: string): DefinedObject | undefined {
    const found = this.findLoadedObject(name);
    if (found !== undefined) return found;
    const path = this.host.definedIn(name);
    return path === undefined ? undefined : objectDefinedIn(this.load(path), name);
  }

  private findLoadedObject(name: string): DefinedObject | undefined {
    for (const loaded of this.byPath.values()) {
      const found = objectDefinedIn(loaded, name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Is an object defined in a file that is not loaded? */
  private isDistant(name: string): boolean {
    if (this.findLoadedObject(name) !== undefined) return false;
    const path = this.host.definedIn(name);
    return path !== undefined && !this.byPath.has(path);
  }

  /** An object that is declared inside a function only. */
  externalObjectOf(name: string, type: CType, node: SyntaxNode): ObjectSymbol {
    const known = this.externalObjects.get(name) ?? this.objectIn(name);
    if (known !== undefined) return known;
    const object = new StaticObject(name, type, undefined, undefined, this);
    this.externalObjects.set(name, object);
    this.undefinedObject(object, node.location);
    return object;
  }

  /** Nobody defines it: what it holds is not known. */
  private undefinedObject(object: ObjectSymbol, at: Location): void {
    let size: number;
    try { size = sizeOf(object.type); } catch { return; }
    const origin: Origin = { kind: 'gap', what: `object '${object.name}', which no file of the build defines`, at };
    this.memory.unjournaled(() => {
      for (let i = 0; i < size; i++) this.memory.store(object.address + i, 1, new Unknown(origin, 0xffn));
    });
  }

  private readonly foundRecords = new Map<string, RecordType>();

  /** The record of this tag in any loaded unit that has its body. */
  findRecord(isUnion: boolean, tag: string): RecordType | undefined {
    const key = `${isUnion ? 'union' : 'struct'} ${tag}`;
    const known = this.foundRecords.get(key);
    if (known !== undefined) return known;
    for (const scope of this.byPath.values()) {
      if (!scope.unit.tags.has(key)) continue;
      const record = scope.record(isUnion, tag);
      this.foundRecords.set(key, record);
      return record;
    }
    return undefined;
  }

  // ---- running

  /** Push a frame; returns the address of its locals, zeroed. */
  enter(fn: TreeFunction, frameSize: number): number {
    const base = this.stackTop;
    if (this.callStack.length > 400) throw new ProgramError(`recursion too deep in ${fn.name}()`, this.site?.location);
    this.callStack.push(fn);
    this.executed?.add(fn);
    if (frameSize > 0) {
      if (base + frameSize > this.memory.stackLimit) throw new ProgramError('stack overflow', this.site?.location);
      this.stackTop = base + frameSize;
      this.memory.clear(base, frameSize);
    }
    return base;
  }

  leave(frameSize: number): void {
    this.callStack.pop();
    this.stackTop -= frameSize;
  }

  /** Where the frame of the innermost function that is running ends. */
  get frameTop(): number {
    return this.stackTop;
  }

  /** Where the functions that are running stand. */
  get position(): Position {
    return { stackTop: this.stackTop, callStack: [...this.callStack] };
  }

  /** Run something as if the functions of a former position called it: their frames, though left since, still hold what they held. Nothing else may be running. */
  resumeFrom<T>(position: Position, run: () => T): T {
    this.stackTop = position.stackTop;
    this.callStack.push(...position.callStack);
    try {
      return run();
    } finally {
      this.callStack.length = 0;
      this.stackTop = this.memory.stackBase;
    }
  }

  /** After an exception thrown through running functions: nothing runs any more. */
  unwind(): void {
    this.callStack.length = 0;
    this.stackTop = this.memory.stackBase;
    this.follows = undefined;
    this.followsPointers = undefined;
    this.judges = undefined;
    this.indirect = false;
    this.whole = false;
  }

  call(callee: string | number, ...args: Value[]): Value {
    if (typeof callee === 'number') return this.callAddress(callee, args, undefined);
    const symbol = this.symbol(callee);
    if (symbol === undefined) throw new ProgramError(`the program has no function ${callee}()`, undefined);
    return symbol.invoke(args, NOWHERE);
  }

  /** A function by external name, or by "path:name" for a static one. */
  symbol(name: string): FunctionSymbol | undefined {
    const colon = name.lastIndexOf(':');
    if (colon > 0) {
      const found = this.load(name.slice(0, colon)).find(name.slice(colon + 1));
      return found?.kind === 'function' ? found : undefined;
    }
    const known = this.externals.get(name);
    if (known !== undefined) {
      if (known instanceof DistantFunction) known.approach();
      return known;
    }
    for (const scope of this.byPath.values()) {
      const d = scope.unit.functions.get(name);
      if (d !== undefined && !d.isStatic) return scope.find(name) as FunctionSymbol;
    }
    const path = this.host.definedIn(name);
    if (path !== undefined) {
      const found = this.load(path).find(name);
      if (found?.kind === 'function') return found;
    }
    const first = this.byPath.values().next().value;
    if (this.intrinsics.has(name) && first !== undefined) return this.nativeFunction(name, first);
    return undefined;
  }

  /** The tree's own definition of a function that an intrinsic stands in front of. @throws ProgramError if it has none */
  original(name: string): FunctionSymbol {
    const found = this.findOriginal(name);
    if (found === undefined) throw new ProgramError(`the program has no function ${name}()`, undefined);
    return found;
  }

  private readonly originals = new Map<string, FunctionSymbol>();

  /** {@link original}, or undefined. */
  findOriginal(name: string): FunctionSymbol | undefined {
    const known = this.originals.get(name);
    if (known !== undefined) return known;
    const found = this.searchOriginal(name);
    if (found !== undefined) this.originals.set(name, found);
    return found;
  }

  private searchOriginal(name: string): FunctionSymbol | undefined {
    const find = (scope: UnitScope, isStatic: boolean): FunctionSymbol | undefined => {
      const d = scope.unit.functions.get(name);
      if (d === undefined || d.isStatic !== isStatic) return undefined;
      return this.treeFunction(name, d, scope);
    };
    for (const loaded of this.byPath.values()) {
      const found = find(loaded, false);
      if (found !== undefined) return found;
    }
    const path = this.host.definedIn(name);
    if (path !== undefined) return find(this.load(path), false);
    // an intrinsic stands in front of static functions, too
    for (const loaded of this.byPath.values()) {
      const found = find(loaded, true);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Load a value of a type from an address. */
  loadTyped(type: CType, address: number): Value {
    return loadTyped(this.memory, type, address);
  }

  /** A fault of the running program, with the place where it happened and how it got there. */
  located(error: unknown): unknown {
    if (error instanceof Error) (error as { backtrace?: readonly string[] }).backtrace ??= this.backtrace();
    if (!(error instanceof MemoryError) && !(error instanceof ArithmeticError) && !(error instanceof CTypeError)) return error;
    return new ProgramError(`${error.message}, in ${this.backtrace().slice(0, 8).map((f) => `${f}()`).join(' < ')}`, this.site?.location);
  }

  /** A fault passes through a running function. */
  failed(error: unknown, frameSize: number): unknown {
    const located = this.located(error);
    this.leave(frameSize);
    return located;
  }

  loopCondition(condition: Value, place: SyntaxNode): boolean {
    const known = truth(condition);
    if (known !== undefined) return known;
    this.gap(`a loop that ${(condition as Unknown).origin.what} decides`, place);
    return false;
  }

  endless(place: SyntaxNode): never {
    this.gap('a loop that may go on for ever', place);
    throw new EndlessError('the loop goes on for ever', place.location);
  }

  callAddress(address: Value, args: Value[], place: SyntaxNode | undefined): Value {
    if (typeof address !== 'number') {
      return this.unexecuted(`call through an unknown pointer (${(address as Unknown).origin.what})`, place?.location);
    }
    const symbol = this.functionTable[(address - FUNCTION_BASE) / FUNCTION_STEP];
    if (symbol === undefined) throw new ProgramError(address === 0 ? 'call through a null pointer' : 'call through something that is not a function pointer', place?.location ?? this.site?.location);
    this.indirect = true;
    return symbol.invoke(args, place ?? NOWHERE);
  }

  stringLiteral(bytes: string): number {
    let address = this.strings.get(bytes);
    if (address === undefined) {
      address = this.memory.allocateLiteral(bytes);
      this.strings.set(bytes, address);
    }
    return address;
  }

  vaStart(args: readonly Value[]): number {
    this.vaLists.push({ args, next: 0 });
    return this.vaLists.length - 1;
  }

  vaCopy(list: Value): number {
    const original = this.vaLists[Number(list)]!;
    this.vaLists.push({ ...original });
    return this.vaLists.length - 1;
  }

  vaArgument(list: Value): Value | undefined {
    const l = this.vaLists[Number(list)];
    return l?.args[l.next++];
  }

  varargs(list: Value): Value[] {
    const l = this.vaLists[Number(list)];
    return l === undefined ? [] : l.args.slice(l.next);
  }

  forkStatement(origin: Origin, frame: Frame, place: SyntaxNode, alternatives: readonly (() => Completion)[]): Completion {
    return forkStatement(this, origin, frame, place, alternatives);
  }

  resume(frame: Frame, completion: Completion, goOn: (completion: Completion) => Completion): Completion {
    return resume(this, frame, completion, goOn);
  }

  // ---- diagnostics

  diagnose(diagnostic: Diagnostic): void {
    if (this.unheard !== undefined && diagnostic.severity !== 'warning') {
      this.unheard.push(diagnostic);
      return;
    }
    const key = `${formatLocation(diagnostic.at)}:${diagnostic.what}`;
    let known = this.reported.get(key);
    if (known === undefined) {
      this.reported.set(key, (known = diagnostic));
      this.diagnostics.push(diagnostic);
    }
    (this.met ?? this.common).add(known);
  }

  /** Those of {@link diagnostics} that were not met by a {@link meeting} alone. */
  readonly common = new Set<Diagnostic>();
  private met: Set<Diagnostic> | undefined;

  /** Run something whose diagnostics, those that are known already included, are nobody else's affair. */
  meeting<T>(met: Set<Diagnostic>, run: () => T): T {
    const outer = this.met;
    this.met = met;
    try {
      return run();
    } finally {
      this.met = outer;
    }
  }

  /** What was met when something was done that is now repeated without being executed. */
  meetAgain(met: Iterable<Diagnostic>): void {
    for (const diagnostic of met) (this.met ?? this.common).add(diagnostic);
  }

  /** Run something that is done once, and which others will find done. */
  forAll<T>(run: () => T): T {
    const { met } = this;
    this.met = undefined;
    try {
      return run();
    } finally {
      this.met = met;
    }
  }

  /** How many branches on unknowns are being explored, one within the other. */
  alternatives = 0;

  get skipping(): boolean { return this.follows !== undefined; }

  private unheard: Diagnostic[] | undefined;

  /** Run something of which the caller decides whether what it does not understand matters. */
  silently<T>(run: () => T): { readonly result: T; readonly diagnostics: readonly Diagnostic[] } {
    const { unheard } = this;
    const diagnostics: Diagnostic[] = (this.unheard = []);
    try {
      return { result: run(), diagnostics };
    } finally {
      this.unheard = unheard;
    }
  }

  gap(what: string, at: SyntaxNode | Location | undefined): Unknown {
    return this.gapAt(what, at !== undefined && 'file' in at ? at : at?.location);
  }

  gapAt(what: string, at: Location | undefined): Unknown {
    const where = at ?? this.site?.location;
    // while calls are skipped, what they would have returned is missing everywhere: it matters only where it reaches a result
    if (this.follows === undefined) this.diagnose({ severity: 'error', at: where, what, affects: this.callStack.length === 0 ? 'what depends on it' : `what ${this.callStack.slice(-3).map((f) => `${f.name}()`).join(' > ')} does` });
    return new Unknown({ kind: 'gap', what, at: where });
  }

  /** The result of a call that cannot be executed. */
  unexecuted(what: string, at: Location | undefined): Unknown {
    const gap = this.gapAt(what, at);
    return this.follows === undefined ? gap : new Unknown({ ...gap.origin, unexecuted: true });
  }

  missingType(name: string, node: SyntaxNode): void {
    this.diagnose({ severity: 'note', at: node.location, what: `type '${name}' is not declared in any header of the tree`, affects: 'objects that contain it' });
  }

  /** The functions that are running, innermost first. */
  backtrace(): string[] {
    return this.callStack.map((f) => f.name).reverse();
  }

  /** If set: the functions that have run since. */
  executed: Set<TreeFunction> | undefined;

  /** The call under way goes through a pointer. */
  indirect = false;

  /** If set, it is asked at every call through a pointer instead of the rule that callbacks are followed tentatively. */
  followsPointers: ((fn: TreeFunction, args: readonly Value[]) => 'yes' | 'no' | 'tentatively') | undefined;

  /** If set, it is asked at every direct call. A call that is not followed is skipped, with an unknown result and without a diagnostic; one that is followed tentatively counts as skipped if it aborts. */
  follows: Follows | undefined;

  /**
   * If set, it is asked at every call that is followed, and may give something to be asked before the function returns from an alternative
   * of a branch: that throws if the program would have ended for what the alternative did.
   */
  judges: ((fn: TreeFunction, args: readonly Value[]) => (() => void) | undefined) | undefined;

  /** Where calls are skipped, objects are missing: a statement that stumbles over one is skipped too. */
  tolerates(error: unknown): boolean {
    return this.follows !== undefined && !this.whole && (error instanceof MemoryError || error instanceof ArithmeticError || error instanceof ProgramError);
  }

  /** Run something that has nothing to do with the calls under way, and follow all of its own. */
  aside<T>(run: () => T): T {
    const { follows, followsPointers, judges, indirect, whole } = this;
    this.follows = this.followsPointers = this.judges = undefined;
    this.indirect = this.whole = false;
    try {
      return run();
    } finally {
      Object.assign(this, { follows, followsPointers, judges, indirect, whole });
    }
  }

  /** A call is under way that is done as a whole or not at all: half of what code for everybody does, a loop over a list for instance, may not end. */
  whole = false;

  /** Run something of which single statements may be skipped. */
  inParts(run: () => Value): Value {
    const { whole } = this;
    this.whole = false;
    try {
      return run();
    } finally {
      this.whole = whole;
    }
  }

  /** Follow a call that counts as skipped if it aborts; or, as a `whole`, if it stumbles over something that is missing. */
  tentatively(run: () => Value, name: string, site: CallPlace, whole: boolean): Value {
    const { stackTop } = this;
    const outer = this.whole;
    this.whole = whole;
    const depth = this.callStack.length;
    try {
      return run();
    } catch (error) {
      const stumbled = whole && (error instanceof MemoryError || error instanceof ArithmeticError);
      if (!(stumbled || (error instanceof Error && (error.name === 'GuestAbort' || error instanceof ProgramError)))) throw error;
      this.stackTop = stackTop;
      this.callStack.length = depth;
      return this.skipped(name, site);
    } finally {
      this.whole = outer;
    }
  }

  /** The result of a call that was skipped. */
  skipped(name: string, site: CallPlace): Unknown {
    return new Unknown({ kind: 'gap', what: `call of ${name}(), which was not followed`, at: site.location, unexecuted: true });
  }

  // ---- provenance of static data

  noteData(address: number, node: SyntaxNode, place: SyntaxNode): void {
    if (this.memory.isStatic(address)) this.dataNodes.set(address, { node, place });
  }

  noteObject(address: number, size: number, name: string, element: CType | undefined): void {
    this.objectRanges.push({ address, size, name, element });
  }

  /** Where the initial value at this address of a static object is spelled. */
  dataLocation(address: number): Location | undefined {
    return this.dataNodes.get(address)?.place.spelling;
  }

  /** As {@link dataLocation}, but where the macro was called if the value came out of one. */
  dataCall(address: number): Location | undefined {
    return this.dataNodes.get(address)?.place.location;
  }

  /** The macros through which the initial value at this address was written, if it was: the one in the file, and the one in whose #define it stands. */
  dataMacros(address: number): readonly string[] {
    const token = this.dataNodes.get(address)?.node.token;
    if (token?.expansion === undefined) return [];
    const { text } = token.file;
    let line = text.lastIndexOf('\n', token.offset) + 1;
    while (line > 1 && text[line - 2] === '\\') line = text.lastIndexOf('\n', line - 2) + 1;
    const definition = /^[ \t]*#[ \t]*define[ \t]+(\w+)/.exec(text.slice(line, token.offset));
    return definition === null ? [token.expansion.text] : [token.expansion.text, definition[1]!];
  }

  /** The static object that an address is in. */
  objectAt(address: number): StaticRange | undefined {
    // their addresses ascend: static memory is given out from one end
    let from = 0;
    let to = this.objectRanges.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.objectRanges[middle]!.address <= address) from = middle + 1;
      else to = middle;
    }
    const last = this.objectRanges[from - 1];
    return last !== undefined && address < last.address + last.size ? last : undefined;
  }

  // ---- looking at the program from outside

  /** A file-scope variable: by name if it has external linkage, or as "path:name". */
  variable(name: string): ObjectSymbol | undefined {
    return this.externalObjects.get(name) ?? this.objectIn(name);
  }

  addressOf(name: string): number {
    const fn = this.symbol(name);
    if (fn !== undefined) return fn.address;
    const known = this.externalObjects.get(name) ?? this.objectIn(name);
    if (known === undefined) throw new ProgramError(`the program has no '${name}'`, undefined);
    return known.address;
  }

  private objectIn(name: string): ObjectSymbol | undefined {
    const colon = name.lastIndexOf(':');
    if (colon > 0) {
      const found = this.load(name.slice(0, colon)).find(name.slice(colon + 1));
      return found?.kind === 'object' ? found : undefined;
    }
    const elsewhere = this.findObject(name);
    const found = elsewhere?.owner.find(name);
    return found?.kind === 'object' ? found : undefined;
  }

  has(name: string): boolean {
    let known = this.existing.get(name);
    if (known === undefined) {
      known = this.symbol(name) !== undefined || this.externalObjects.has(name) || this.objectIn(name) !== undefined;
      this.existing.set(name, known);
    }
    return known;
  }

  private readonly existing = new Map<string, boolean>();

  functionName(address: number): string | undefined {
    return this.functionTable[(address - FUNCTION_BASE) / FUNCTION_STEP]?.name;
  }

  functionAt(address: number): FunctionSymbol | undefined {
    return this.functionTable[(address - FUNCTION_BASE) / FUNCTION_STEP];
  }

  private readonly namedTypes = new Map<string, CType>();

  /** A type by name as some loaded unit sees it: "struct Foo", "union Bar" or a typedef. */
  typeNamed(name: string): CType {
    const known = this.namedTypes.get(name);
    if (known !== undefined) return known;
    const match = /^(struct|union) (.*)$/.exec(name);
    for (const scope of this.byPath.values()) {
      let type: CType | undefined;
      if (match !== null) {
        if (scope.unit.tags.has(name)) type = scope.record(match[1] === 'union', match[2]!);
      } else type = scope.typedef(name);
      if (type !== undefined && !(type instanceof RecordType && !type.isComplete)) {
        this.namedTypes.set(name, type);
        return type;
      }
    }
    throw new ProgramError(`the program has no type '${name}'`, undefined);
  }

  sizeOf(type: string): number {
    return sizeOf(this.typeNamed(type));
  }

  private readonly memberCache = new Map<string, Map<string, { offset: number; type: CType; bits: Member['bits'] } | undefined>>();

  private memberPath(type: string, path: string): { offset: number; type: CType; bits: Member['bits'] } | undefined {
    let ofType = this.memberCache.get(type);
    if (ofType === undefined) this.memberCache.set(type, (ofType = new Map()));
    if (ofType.has(path)) return ofType.get(path);
    let current: CType = this.typeNamed(type);
    let offset = 0;
    let bits: Member['bits'];
    let found = true;
    for (const name of path.split('.')) {
      const member: Member | undefined = current.kind === 'record' ? current.member(name) : undefined;
      if (member === undefined) { found = false; break; }
      offset += member.offset;
      current = member.type;
      bits = member.bits;
    }
    const result = found ? { offset, type: current, bits } : undefined;
    ofType.set(path, result);
    return result;
  }

  offsetOf(type: string, path: string): number {
    const member = this.memberPath(type, path);
    if (member === undefined) throw new ProgramError(`${type} has no member '${path}'`, undefined);
    return member.offset;
  }

  hasMember(type: string, path: string): boolean {
    return this.memberPath(type, path) !== undefined;
  }

  memberType(type: string, path: string): CType | undefined {
    return this.memberPath(type, path)?.type;
  }

  readMember(address: number, type: string, path: string): Value {
    const member = this.memberPath(type, path);
    if (member === undefined) throw new ProgramError(`${type} has no member '${path}'`, undefined);
    return loadTyped(this.memory, member.type, address + member.offset, member.bits);
  }

  writeMember(address: number, type: string, path: string, value: Value): void {
    const member = this.memberPath(type, path);
    if (member === undefined) throw new ProgramError(`${type} has no member '${path}'`, undefined);
    storeTyped(this.memory, member.type, address + member.offset, value, member.bits);
  }

  /** The names of an enum's constants by value: the enum that a typedef or tag of this name stands for. The first name of a value counts. */
  enumerators(name: string): ReadonlyMap<number, string> {
    for (const scope of this.byPath.values()) {
      const declaration = scope.unit.typedefs.get(name) ?? scope.unit.tags.get(`enum ${name}`);
      if (declaration === undefined || declaration.enumConstants.length === 0) continue;
      const found = new Map<number, string>();
      for (const constant of declaration.enumConstants) {
        const symbol = scope.find(constant);
        if (symbol?.kind === 'constant' && !found.has(Number(symbol.value))) found.set(Number(symbol.value), constant);
      }
      return found;
    }
    return new Map();
  }

  constant(name: string): Value | undefined {
    for (const scope of this.byPath.values()) {
      if (scope.unit.macro(name) !== undefined) {
        const value = this.evaluateTokens(scope, name);
        if (value !== undefined) return value;
      }
      const symbol = scope.unit.enumConstants.has(name) ? scope.find(name) : undefined;
      if (symbol?.kind === 'constant') return symbol.value;
    }
    return undefined;
  }

  private evaluateTokens(scope: UnitScope, text: string): Value | undefined {
    const tokens = scope.unit.expand(text);
    if (tokens.length === 0) return undefined;
    const first = tokens[0]!;
    const wrapped = [{ ...first, kind: 'identifier' as const, text: 'int' }, { ...first, kind: 'identifier' as const, text: 'x' }, { ...first, kind: 'punctuator' as const, text: '=' }, ...tokens, { ...first, kind: 'punctuator' as const, text: ';' }];
    try {
      const tree = parseTokens(wrapped, (n) => scope.isTypedef(n), []);
      return constantValue(tree.namedChildren[0]!.child('declarator')!.child('value')!, scope.context);
    } catch {
      return undefined;
    }
  }
}

interface DefinedObject {
  readonly declaration: Declaration;
  readonly owner: UnitScope;
}

function objectDefinedIn(owner: UnitScope, name: string): DefinedObject | undefined {
  const all = owner.unit.objects.get(name);
  const declaration = all?.find((d) => d.hasInitializer && !d.isStatic) ?? all?.find((d) => !d.isExtern && !d.isStatic);
  return declaration === undefined ? undefined : { declaration, owner };
}

const NOWHERE: CallPlace = { location: { file: '<start>', line: 0 } };

export type { CallSite };
