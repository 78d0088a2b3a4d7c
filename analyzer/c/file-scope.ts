import type { Context, FileScope } from './context.js';
import { declare, declareTypedef, enumeration, recordFromBody, specifierType } from './declarator.js';
import { initialization, initializeStatic } from './codegen/initializer.js';
import { staticContext } from './codegen/static-value.js';
import { CompileError } from './frame.js';
import type { Program } from './program.js';
import type { BlockScope } from './scope.js';
import type { ConstantSymbol, FunctionSymbol, ObjectSymbol, Symbol_ } from './symbols.js';
import { parseTokens, type SyntaxNode } from './syntax.js';
import type { Token } from './token.js';
import type { Declaration, TranslationUnit } from './translation-unit.js';
import { RecordType, UINT, alignOf, sizeOf, type CType } from './types.js';

/** Syntax trees by declaration: headers are shared between units, and so are their trees and types. */
const trees = new WeakMap<Declaration, SyntaxNode>();
const heads = new WeakMap<Declaration, SyntaxNode>();
const typedefs = new WeakMap<Declaration, Map<string, CType>>();

/** One translation unit: resolves the names of file scope, parsing a declaration only when one of its names is needed. */
export class UnitScope implements FileScope {
  private readonly symbols = new Map<string, Symbol_ | undefined>();
  private readonly records = new Map<string, RecordType>();
  private readonly isTypedefCached = (name: string): boolean => this.unit.typedefs.has(name);

  constructor(readonly program: Program, readonly unit: TranslationUnit) {}

  /** The context of file-scope declarations. */
  get context(): Context {
    return { file: this, block: undefined, fn: undefined, runtime: this.program };
  }

  isTypedef(name: string): boolean {
    return this.unit.typedefs.has(name);
  }

  /** The syntax tree of a declaration. @throws SyntaxError_ */
  tree(declaration: Declaration): SyntaxNode {
    let tree = trees.get(declaration);
    if (tree === undefined) {
      tree = parseTokens(declaration.tokensWithAttributes(), this.isTypedefCached, declaration.kind === 'typedef' ? declaration.names : []);
      trees.set(declaration, tree);
    }
    return tree;
  }

  /** A function definition's head, parsed as a declaration: enough to know its type. */
  head(declaration: Declaration): SyntaxNode {
    let tree = heads.get(declaration);
    if (tree === undefined) {
      const tokens = declaration.tokens();
      const brace = tokens.findIndex((t) => t.text === '{');
      const end = tokens[brace]!;
      tree = parseTokens([...tokens.slice(0, brace), { ...end, text: ';' }], this.isTypedefCached, []);
      heads.set(declaration, tree);
    }
    return tree.namedChildren[0]!;
  }

  /** The declaration, definition or type node within a declaration's tree. */
  private node(declaration: Declaration): SyntaxNode {
    const tree = this.tree(declaration);
    return tree.namedChildren[0]!;
  }

  typedef(name: string): CType | undefined {
    const declaration = this.unit.typedefs.get(name);
    if (declaration === undefined) return undefined;
    let types = typedefs.get(declaration);
    if (types?.has(name)) return types.get(name);
    if (types === undefined) typedefs.set(declaration, (types = new Map()));
    const owner = this.program.unitScope(declaration.unit);
    const node = owner.node(declaration);
    const base = specifierType(node.child('type')!, owner.context);
    for (const declarator of node.childrenOf('declarator')) {
      const declared = declareTypedef(base, node, declarator, owner.context);
      if (declared.name !== undefined) types.set(declared.name, declared.type);
    }
    return types.get(name);
  }

  record(isUnion: boolean, tag: string): RecordType {
    const key = `${isUnion ? 'union' : 'struct'} ${tag}`;
    const known = this.records.get(key);
    if (known !== undefined) return known;
    const declaration = this.unit.tags.get(key);
    let type: RecordType | undefined;
    if (declaration !== undefined) {
      const owner = this.program.unitScope(declaration.unit);
      const node = findTagged(owner.tree(declaration), isUnion ? 'union_specifier' : 'struct_specifier', tag);
      if (node !== undefined) type = recordFromBody(node, owner.context);
    }
    // headers are shared between units: the body may be in a unit that has not been looked at yet
    type ??= new RecordType(isUnion, tag, undefined, () => this.program.findRecord(isUnion, tag));
    this.records.set(key, type);
    return type;
  }

  enumeration(tag: string): CType {
    const declaration = this.unit.tags.get(`enum ${tag}`);
    if (declaration === undefined) return UINT;
    const owner = this.program.unitScope(declaration.unit);
    const node = findTagged(owner.tree(declaration), 'enum_specifier', tag);
    return node === undefined ? UINT : enumeration(node, owner.context).type;
  }

  find(name: string): Symbol_ | undefined {
    if (this.symbols.has(name)) return this.symbols.get(name);
    const symbol = this.resolve(name);
    this.symbols.set(name, symbol);
    return symbol;
  }

  private resolve(name: string): Symbol_ | undefined {
    const native = this.program.nativeFunction(name, this);
    if (native !== undefined) return native;
    const constant = this.unit.enumConstants.get(name);
    if (constant !== undefined) return this.enumConstant(name, constant);
    const fn = this.unit.functions.get(name);
    if (fn !== undefined) return this.program.definedFunction(name, fn, this);
    const objects = this.unit.objects.get(name);
    if (objects !== undefined) return this.object(name, objects);
    const prototype = this.unit.prototypes.get(name);
    if (prototype !== undefined) return this.program.externalFunction(name, this);
    return undefined;
  }

  private enumConstant(name: string, declaration: Declaration): ConstantSymbol | undefined {
    const owner = this.program.unitScope(declaration.unit);
    let found: ConstantSymbol | undefined;
    const visit = (node: SyntaxNode): void => {
      if (found !== undefined) return;
      if (node.type === 'enum_specifier' && node.child('body') !== undefined) {
        const c = enumeration(node, owner.context).constants.get(name);
        if (c !== undefined) found = { kind: 'constant', ...c };
      }
      for (const child of node.children) if (child.children.length > 0) visit(child);
    };
    visit(owner.tree(declaration));
    return found;
  }

  private object(name: string, declarations: readonly Declaration[]): ObjectSymbol | undefined {
    const isStatic = declarations.some((d) => d.isStatic);
    const defining = declarations.find((d) => d.hasInitializer) ?? declarations.find((d) => !d.isExtern);
    if (isStatic) return this.program.staticObject(name, defining ?? declarations[0]!, this);
    return this.program.externalObject(name, defining, declarations[0]!, this);
  }

  /** The declared type of a name, and its initializer. */
  declared(name: string, declaration: Declaration): { type: CType; initializer: SyntaxNode | undefined; node: SyntaxNode } | undefined {
    const owner = this.program.unitScope(declaration.unit);
    const node = owner.node(declaration);
    const typeNode = node.child('type');
    if (typeNode === undefined) return undefined;
    const base = specifierType(typeNode, owner.context);
    for (const declarator of node.childrenOf('declarator')) {
      const result = declare(base, declarator, owner.context);
      if (result.name !== name) continue;
      return { type: result.type, initializer: declarator.type === 'init_declarator' ? declarator.child('value') : undefined, node: declarator };
    }
    return undefined;
  }

  staticObject(name: string, type: CType, initializer: SyntaxNode | undefined, context: Context): ObjectSymbol {
    return new StaticObject(name, type, initializer, { ...context, fn: undefined }, this.program);
  }

  external(name: string, type: CType, node: SyntaxNode): FunctionSymbol | ObjectSymbol {
    const known = this.find(name);
    if (known?.kind === 'function' || known?.kind === 'object') return known;
    if (type.kind === 'function') {
      const symbol = this.program.externalFunction(name, this);
      return { kind: 'function', name, address: symbol.address, type, location: symbol.location, invoke: (args, site) => symbol.invoke(args, site) };
    }
    return this.program.externalObjectOf(name, type, node);
  }

  implicitFunction(name: string): FunctionSymbol {
    return this.program.externalFunction(name, this);
  }

  parseTypeof(tokens: readonly Token[], block: BlockScope | undefined): SyntaxNode {
    const first = tokens[0]!;
    const word = (text: string, kind: Token['kind']): Token => ({ ...first, kind, text });
    const punctuator = (text: string): Token => word(text, 'punctuator');
    const wrapped = [word('int', 'identifier'), word('typeof_operand', 'identifier'), punctuator('='), word('sizeof', 'identifier'), punctuator('('), ...tokens, punctuator(')'), punctuator(';')];
    const isType = (name: string): boolean => {
      const local = block?.find(name);
      return local === undefined ? this.isTypedef(name) : local.kind === 'typedef';
    };
    const tree = parseTokens(wrapped, isType, []);
    return tree.namedChildren[0]!.child('declarator')!.child('value')!;
  }
}

function findTagged(node: SyntaxNode, type: string, tag: string): SyntaxNode | undefined {
  if (node.type === type && node.child('body') !== undefined && node.child('name')?.name === tag) return node;
  for (const c of node.children) {
    if (c.children.length === 0) continue;
    const found = findTagged(c, type, tag);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Does it end in an array whose length an initializer decides? */
function isFlexible(type: CType): boolean {
  const last = type.kind === 'record' && !type.isUnion ? type.layout.members.at(-1)?.type : undefined;
  return last?.kind === 'array' && !last.length;
}

/** An object with static storage, initialised when its address is first needed. */
export class StaticObject implements ObjectSymbol {
  readonly kind = 'object';
  private at = 0;
  private completed: CType;
  private extent = 0;
  private initialize: (() => void) | undefined;
  private prepared = false;

  constructor(
    readonly name: string,
    declaredType: CType,
    private readonly initializer: SyntaxNode | undefined,
    private readonly context: Context | undefined,
    private readonly program: Program,
  ) {
    this.completed = declaredType;
  }

  get type(): CType {
    // only the initializer knows the length of T a[] = { ... }
    if (this.completed.kind === 'array' && this.completed.length === undefined) this.prepare();
    return this.completed;
  }

  private prepare(): void {
    if (this.prepared) return;
    this.prepared = true;
    if (this.initializer === undefined) return;
    const context = staticContext({ ...this.context!, fn: undefined });
    const initial = initialization(this.completed, this.initializer, context);
    this.completed = initial.type;
    this.extent = initial.size;
    this.initialize = () => initializeStatic(initial, this.at, context);
  }

  private prepareOrReport(): void {
    try {
      this.prepare();
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      this.program.forAll(() => this.program.gapAt(`cannot initialize '${this.name}': ${error.construct}`, error.node?.location));
    }
  }

  private fill(): void {
    this.prepareOrReport();
    this.initialize?.();
  }

  get address(): number {
    if (this.at !== 0) return this.at;
    // an array of unknown length gets its size from the initializer; everything else can wait
    const type = this.type;
    if (this.initializer !== undefined && isFlexible(type)) this.prepareOrReport();
    const size = type.kind === 'array' && type.length === undefined ? 8 : Math.max(sizeOf(type), this.extent);
    const { memory } = this.program;
    this.at = memory.allocateStatic(size, Math.max(16, alignOf(type)));
    this.program.noteObject(this.at, size, this.name, type.kind === 'array' ? type.element : undefined);
    if (this.initializer !== undefined) memory.defer(this.at, size, () => this.fill());
    return this.at;
  }
}
