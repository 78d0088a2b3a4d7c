import type { DeclarationShape, Part } from './declarations.js';
import type { Environment } from './environment.js';
import { Counter, Expander, type Complain, type Piece, withoutAnnotations } from './expansion.js';
import type { IdentifierTable } from './identifier.js';
import { lex } from './lexer.js';
import type { Macro } from './macro.js';
import { type NameIndex, type NameKind, NameTable, UnitChunks } from './name-index.js';
import { SourceFile } from './source-file.js';
import type { PreprocessingToken, Token } from './token.js';
import type { Declaration, DeclarationKind, TranslationUnit } from './translation-unit.js';

/** A unit's declaration. */
export class UnitDeclaration implements Declaration {
  private memo: readonly Token[] | undefined;
  /** Somebody asked for its tokens. */
  used = false;

  constructor(
    readonly unit: Unit,
    private readonly shape: DeclarationShape,
  ) {}

  get kind(): DeclarationKind {
    return this.shape.kind;
  }

  get names(): readonly string[] {
    const { functions, objects, typedefs } = this.shape;
    if (functions.length === 0) return objects.length === 0 ? typedefs : objects;
    return objects.length === 0 ? functions : [...functions, ...objects];
  }

  get functionNames(): readonly string[] {
    return this.shape.functions;
  }

  get objectNames(): readonly string[] {
    return this.shape.objects;
  }

  get tags(): readonly string[] {
    return this.shape.tags;
  }

  get enumConstants(): readonly string[] {
    return this.shape.enumConstants;
  }

  get isStatic(): boolean {
    return this.shape.isStatic;
  }

  get isExtern(): boolean {
    return this.shape.isExtern;
  }

  get hasInitializer(): boolean {
    return this.shape.hasInitializer;
  }

  get isConstructor(): boolean {
    return this.shape.isConstructor;
  }

  get start(): Token {
    const part = this.shape.parts[0]!;
    return isPiece(part) ? part.table.token(part.from) : part[0]!;
  }

  tokens(): readonly Token[] {
    return (this.memo ??= withoutAnnotations(this.expanded(), false));
  }

  tokensWithAttributes(): readonly Token[] {
    return withoutAnnotations(this.expanded(), true);
  }

  /** As {@link tokensWithAttributes}, as if nothing had been expanded before, and without a trace of it. */
  tokensAfresh(): readonly Token[] {
    const expander = this.unit.newExpander();
    return withoutAnnotations(this.expandedBy((pieces) => expander.expandAll(pieces)), true);
  }

  private expanded(): readonly PreprocessingToken[] {
    this.used = true;
    return this.expandedBy((pieces) => this.unit.expandPieces(pieces));
  }

  private expandedBy(expand: (pieces: readonly Piece[]) => readonly PreprocessingToken[]): readonly PreprocessingToken[] {
    const out: PreprocessingToken[] = [];
    let pieces: Piece[] = [];
    const flush = (): void => {
      if (pieces.length > 0) for (const token of expand(pieces)) out.push(token);
      pieces = [];
    };
    for (const part of this.shape.parts) {
      if (isPiece(part)) pieces.push(part);
      else {
        flush();
        for (const token of part) out.push(token);
      }
    }
    flush();
    return out;
  }
}

function isPiece(part: Part): part is Piece {
  return 'table' in part;
}

type Tables = Pick<TranslationUnit, NameKind>;

/** What was asked of a unit, if somebody wants to know. */
export class Asked {
  readonly names: Readonly<Record<NameKind, Set<string>>> = { functions: new Set(), prototypes: new Set(), objects: new Set(), typedefs: new Set(), tags: new Set(), enumConstants: new Set() };
  readonly expanded = new Set<string>();
  readonly macros = new Set<string>();
}

/** A translation unit. It is filled by the preprocessor; the tables by name are made when something first asks. */
export class Unit implements TranslationUnit {
  readonly declarations: Declaration[] = [];
  readonly chunks: (readonly UnitDeclaration[])[] = [];
  private memo: Tables | undefined;
  private readonly expander: Expander;

  constructor(
    readonly path: string,
    readonly environment: Environment,
    private readonly names: IdentifierTable,
    private readonly nameIndex: NameIndex,
    counter: Counter,
    complain: Complain,
    readonly asked?: Asked,
  ) {
    this.expander = new Expander(names, environment, counter, complain);
  }

  /** One that counts from 0, and whose complaints nobody hears. */
  newExpander(): Expander {
    return new Expander(this.names, this.environment, new Counter(), () => undefined);
  }

  /** Take in declarations, in order; `own`: they stand in the file itself. */
  add(declarations: readonly UnitDeclaration[], own: boolean): void {
    this.chunks.push(declarations);
    if (own) for (const declaration of declarations) this.declarations.push(declaration);
  }

  expandPieces(pieces: readonly Piece[]): PreprocessingToken[] {
    return this.expander.expandAll(pieces);
  }

  get functions(): ReadonlyMap<string, Declaration> {
    return this.index.functions;
  }

  get prototypes(): ReadonlyMap<string, Declaration> {
    return this.index.prototypes;
  }

  get objects(): ReadonlyMap<string, readonly Declaration[]> {
    return this.index.objects;
  }

  get typedefs(): ReadonlyMap<string, Declaration> {
    return this.index.typedefs;
  }

  get tags(): ReadonlyMap<string, Declaration> {
    return this.index.tags;
  }

  get enumConstants(): ReadonlyMap<string, Declaration> {
    return this.index.enumConstants;
  }

  expand(text: string): readonly Token[] {
    this.asked?.expanded.add(text);
    const table = lex(new SourceFile('<expand>', text), this.names);
    return this.expandPieces([{ table, from: 0, to: table.count, sequence: this.environment.sequence }]);
  }

  macro(name: string): Macro | undefined {
    this.asked?.macros.add(name);
    return this.environment.macroAt(this.names.of(name), this.environment.sequence);
  }

  private get index(): Tables {
    return (this.memo ??= this.tables());
  }

  private tables(): Tables {
    const chunks = new UnitChunks(this.nameIndex, this.chunks);
    const asked = this.asked?.names;
    const first = (kind: NameKind): NameTable<Declaration> => new NameTable(chunks, kind, (name) => chunks.first(kind, name), asked?.[kind]);
    return {
      functions: first('functions'), prototypes: first('prototypes'), typedefs: first('typedefs'), tags: first('tags'), enumConstants: first('enumConstants'),
      objects: new NameTable(chunks, 'objects', (name) => chunks.every('objects', name), asked?.objects),
    };
  }
}
