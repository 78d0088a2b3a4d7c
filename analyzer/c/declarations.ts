import type { Counter, Expander, Piece } from './expansion.js';
import { type Identifier, type IdentifierTable, Keyword } from './identifier.js';
import { Code } from './lexer.js';
import type { Environment } from './environment.js';
import type { PreprocessingToken, Token } from './token.js';
import type { DeclarationKind } from './translation-unit.js';

/** Consecutive tokens of a declaration: either as they stand in a file, or what a macro left of itself. */
export type Part = Piece | readonly PreprocessingToken[];

/** What the splitter finds out about a declaration. */
export interface DeclarationShape {
  readonly kind: DeclarationKind;
  readonly functions: readonly string[];
  readonly objects: readonly string[];
  readonly typedefs: readonly string[];
  readonly tags: readonly string[];
  readonly enumConstants: readonly string[];
  readonly isStatic: boolean;
  readonly isExtern: boolean;
  readonly hasInitializer: boolean;
  readonly isConstructor: boolean;
  readonly parts: readonly Part[];
}

/** A piece to be split. */
export interface SplitPiece extends Piece {
  /** Macros with unpaired braces occur: bodies must be expanded to find their end. */
  readonly unbalanced: boolean;
}

/** How far {@link Splitter.run} came. */
export interface SplitResult {
  readonly declarations: readonly DeclarationShape[];
  /** The declaration that is still open: where it begins. */
  readonly open: OpenDeclaration | undefined;
}

/** The beginning of an open declaration. */
export interface OpenDeclaration {
  /** Index into the pieces. */
  readonly piece: number;
  readonly index: number;
  /** It begins inside of a macro's expansion, behind so many complete declarations. */
  readonly skip: number;
  /** If the pieces end inside of a body whose content does not matter: how many braces are open; otherwise 0. */
  readonly depth: number;
}

/** A body in the list of a declaration's tokens outside of braces. */
const BODY = -1;

const enum Mode {
  /** Outside of braces. */
  Head,
  /** In the body of a struct, union or enum. */
  Tag,
  /** In a function body or an initializer: only the braces count. */
  Skip,
}

const enum Fed {
  More,
  /** The declaration ends with this token. */
  Done,
  /** The declaration ended before this token. */
  DoneBefore,
}

const enum Level {
  Enum,
  Struct,
  Other,
}

/**
 * Splits text into external declarations (C11 6.9). Macros outside of braces and in the bodies of structs, unions and
 * enums are replaced on the way; function bodies and initializers are only skipped.
 */
export class Splitter {
  private results: DeclarationShape[] = [];
  private skip = 0;

  // the current declaration
  private parts: Part[] = [];
  private rawPiece = 0;
  /** First token of the open run of file tokens, -1 if none is open. */
  private rawFrom = -1;
  private startPiece = 0;
  private startIndex = 0;
  private startSkip = 0;
  private readonly head: number[] = [];
  private parens = 0;
  private inInitializer = false;
  private invocationEnd = -1;
  private mode: Mode = Mode.Head;
  private depth = 0;
  private inFunction = false;
  private tags: string[] = [];
  private constants: string[] = [];
  private constructing = false;
  /** A keyword whose parenthesis is being skipped. */
  private group: Keyword = Keyword.None;
  private groupDepth = 0;
  /** extern "C" braces that are open. */
  private linkages = 0;

  // in Mode.Tag
  private readonly levels: Level[] = [];
  private readonly outerParens: number[] = [];
  private tagParens = 0;
  private expectConstant = false;
  private previous = 0;
  private beforePrevious = 0;

  constructor(
    private readonly names: IdentifierTable,
    private readonly environment: Environment,
    private readonly expander: Expander,
    private readonly counter: Counter,
    private readonly complain: (message: string, at: Token) => void,
  ) {}

  /**
   * Split pieces, beginning at a token of the first one.
   * @param skip leave out so many declarations of the macro that stands there
   * @param final no text follows
   */
  run(pieces: readonly SplitPiece[], index: number, skip: number, final: boolean): SplitResult {
    this.results = [];
    this.skip = skip;
    this.reset();
    const { all } = this.names;
    let p = 0;
    let i = index;
    while (p < pieces.length) {
      const piece = pieces[p]!;
      const { table, to, sequence } = piece;
      const { codes } = table;
      let changed = false;
      while (i < to) {
        if (this.mode === Mode.Skip && !piece.unbalanced) {
          let { depth } = this;
          for (; i < to; i++) {
            const code = codes[i]!;
            if (code === Code.LeftBrace) depth++;
            else if (code === Code.RightBrace && --depth === 0) break;
          }
          this.depth = depth;
          if (i < to) {
            i++;
            if (this.closeBody() === Fed.Done) this.finishRaw(pieces, p, i);
          }
          continue;
        }
        const code = codes[i]!;
        let identifier: Identifier | undefined;
        if (code >= Code.FirstIdentifier) {
          identifier = all[code - Code.FirstIdentifier]!;
          if (
            (identifier.macro !== undefined || identifier.since > sequence) &&
            this.environment.macroAt(identifier, sequence) !== undefined
          ) {
            const at = this.expansion(pieces, p, i, final);
            if (at === undefined) return this.result(p, i, true);
            i = at.index;
            if (at.piece !== p) {
              p = at.piece;
              changed = true;
              break;
            }
            continue;
          }
        }
        this.open(p, i, 0);
        const fed = this.feed(code, identifier);
        if (fed === Fed.DoneBefore) this.finishRaw(pieces, p, i);
        else {
          i++;
          if (fed === Fed.Done) this.finishRaw(pieces, p, i);
        }
      }
      if (!changed) {
        p++;
        i = pieces[p]?.from ?? 0;
      }
    }
    return this.result(p, 0, false);
  }

  private result(piece: number, index: number, incomplete: boolean): SplitResult {
    const declarations = this.results;
    if (this.rawFrom < 0 && this.parts.length === 0) {
      return { declarations, open: incomplete ? { piece, index, skip: 0, depth: 0 } : undefined };
    }
    return {
      declarations,
      open: {
        piece: this.startPiece, index: this.startIndex, skip: this.startSkip,
        depth: this.mode === Mode.Skip ? this.depth : 0,
      },
    };
  }

  // ---- the parts of a declaration

  private open(piece: number, index: number, skip: number): void {
    if (this.rawFrom >= 0) return;
    if (this.parts.length === 0) {
      this.startPiece = piece;
      this.startIndex = index;
      this.startSkip = skip;
    }
    this.rawPiece = piece;
    this.rawFrom = index;
  }

  private closeRaw(pieces: readonly SplitPiece[], piece: number, index: number): void {
    if (this.rawFrom < 0) return;
    let from = this.rawFrom;
    for (let p = this.rawPiece; p <= piece && p < pieces.length; p++) {
      const { table, sequence, to } = pieces[p]!;
      const end = p === piece ? index : to;
      if (from < end) this.parts.push({ table, from, to: end, sequence });
      from = pieces[p + 1]?.from ?? 0;
    }
    this.rawFrom = -1;
  }

  private finishRaw(pieces: readonly SplitPiece[], piece: number, index: number): void {
    this.closeRaw(pieces, piece, index);
    this.finish();
  }

  private finish(): void {
    if (this.skip > 0) this.skip--;
    else this.results.push(this.classify());
    this.reset();
  }

  private reset(): void {
    this.parts = [];
    this.rawFrom = -1;
    this.head.length = 0;
    this.parens = 0;
    this.inInitializer = false;
    this.invocationEnd = -1;
    this.mode = Mode.Head;
    this.depth = 0;
    this.inFunction = false;
    if (this.tags.length > 0) this.tags = [];
    if (this.constants.length > 0) this.constants = [];
    this.constructing = false;
    this.group = Keyword.None;
    this.groupDepth = 0;
    this.levels.length = 0;
  }

  /**
   * Replace the macro at a place and go through the result. A declaration that lies in it completely, or that has it
   * completely inside, keeps the invocation; otherwise it keeps the expanded tokens.
   */
  private expansion(
    pieces: readonly SplitPiece[],
    piece: number,
    index: number,
    final: boolean,
  ): { piece: number; index: number } | undefined {
    const count = this.counter.value;
    const tokens = this.expander.expandAt(pieces, piece, index, final);
    if (tokens === undefined) return undefined;
    const end = this.expander.position;
    // an expansion that depends on a counter must not be made twice
    const opaque = this.counter.value !== count;
    if (tokens.length === 0) return end;
    this.open(piece, index, 0);
    let finished = 0;
    let from = 0;
    const take = (to: number): void => {
      if (finished === 0) this.closeRaw(pieces, piece, index);
      this.rawFrom = -1;
      if (to > from) this.parts.push(tokens.slice(from, to));
      from = to;
    };
    for (let k = 0; k < tokens.length; k++) {
      const token = tokens[k]!;
      if (k === from && finished > 0) {
        this.startPiece = piece;
        this.startIndex = index;
        this.startSkip = finished;
      }
      let fed = this.feed(token.code, token.identifier);
      if (fed === Fed.DoneBefore) {
        take(k);
        this.finish();
        finished++;
        this.startPiece = piece;
        this.startIndex = index;
        this.startSkip = finished;
        fed = this.feed(token.code, token.identifier);
      }
      if (fed === Fed.Done) {
        if (finished === 0 && k + 1 === tokens.length && !opaque) {
          this.finishRaw(pieces, end.piece, end.index);
          from = k + 1;
        } else {
          take(k + 1);
          this.finish();
        }
        finished++;
      }
    }
    if (from < tokens.length && (finished > 0 || opaque)) take(tokens.length);
    return end;
  }

  // ---- the grammar, as far as it matters

  private feed(code: number, identifier: Identifier | undefined): Fed {
    if (this.group !== Keyword.None && this.inGroup(code, identifier)) return Fed.More;
    if (this.mode === Mode.Skip) {
      if (code === Code.LeftBrace) this.depth++;
      else if (code === Code.RightBrace && --this.depth === 0) return this.closeBody();
      return Fed.More;
    }
    if (identifier !== undefined && identifier.keyword >= Keyword.Attribute) {
      const { keyword } = identifier;
      if (keyword === Keyword.Extension) return Fed.More;
      if (keyword !== Keyword.Constructor) {
        this.group = keyword;
        this.groupDepth = 0;
        return Fed.More;
      }
    }
    return this.mode === Mode.Head ? this.inHead(code, identifier) : this.inTag(code, identifier);
  }

  /** In the parenthesis of __attribute__ and the like. Not so if there is none. */
  private inGroup(code: number, identifier: Identifier | undefined): boolean {
    if (this.groupDepth === 0) {
      if (code === Code.LeftParen) {
        this.groupDepth = 1;
        return true;
      }
      if (this.group === Keyword.Asm && identifier?.keyword === Keyword.Specifier) return true;
      this.group = Keyword.None;
      return false;
    }
    if (code === Code.LeftParen) this.groupDepth++;
    else if (code === Code.RightParen) {
      if (--this.groupDepth === 0) this.group = Keyword.None;
    } else if (this.group === Keyword.Attribute && identifier?.keyword === Keyword.Constructor) this.constructing = true;
    return true;
  }

  private inHead(code: number, identifier: Identifier | undefined): Fed {
    const { head } = this;
    if (head.length === this.invocationEnd && identifier !== undefined) return Fed.DoneBefore;
    switch (code) {
      case Code.LeftParen:
      case Code.LeftBracket:
        this.parens++;
        break;
      case Code.RightParen:
      case Code.RightBracket:
        if (--this.parens === 0 && this.isInvocation()) this.invocationEnd = head.length + 1;
        break;
      case Code.LeftBrace:
        return this.openBody();
      case Code.RightBrace:
        if (this.linkages > 0) {
          this.linkages--;
          return Fed.Done;
        }
        break;
      case Code.Semicolon:
        return Fed.Done;
      case Code.Assign:
        if (this.parens === 0) this.inInitializer = true;
        break;
      case Code.Comma:
        if (this.parens === 0) this.inInitializer = false;
        break;
    }
    head.push(code);
    return Fed.More;
  }

  /** The head is NAME(...: a macro that is not known, if a declaration follows without a semicolon. */
  private isInvocation(): boolean {
    const { head } = this;
    if (head.length < 2 || head[1] !== Code.LeftParen || this.invocationEnd >= 0) return false;
    return this.identifierOf(head[0]!)?.keyword === Keyword.None;
  }

  private openBody(): Fed {
    const { head } = this;
    if (this.parens === 0 && !this.inInitializer) {
      const last = head.length - 1;
      if (last === 1 && head[1] === Code.String && this.identifierOf(head[0]!)?.keyword === Keyword.Extern) {
        this.linkages++;
        head.length = 0;
        return Fed.Done;
      }
      const level = this.tagLevel(head[last] ?? 0, head[last - 1] ?? 0);
      if (level !== Level.Other) {
        this.mode = Mode.Tag;
        this.levels.push(level);
        this.outerParens.length = 0;
        this.tagParens = 0;
        this.expectConstant = level === Level.Enum;
        this.previous = this.beforePrevious = 0;
        return Fed.More;
      }
      this.inFunction = true;
    }
    this.mode = Mode.Skip;
    this.depth = 1;
    return Fed.More;
  }

  /** What the brace opens whose last two tokens before it are these; notes a tag. */
  private tagLevel(last: number, beforeLast: number): Level {
    const keyword = this.identifierOf(last)?.keyword ?? Keyword.None;
    if (keyword === Keyword.StructOrUnion) return Level.Struct;
    if (keyword === Keyword.Enum) return Level.Enum;
    const before = this.identifierOf(beforeLast);
    if (last < Code.FirstIdentifier || before === undefined) return Level.Other;
    if (before.keyword !== Keyword.StructOrUnion && before.keyword !== Keyword.Enum) return Level.Other;
    this.tags.push(`${before.name} ${this.identifierOf(last)!.name}`);
    return before.keyword === Keyword.Enum ? Level.Enum : Level.Struct;
  }

  private closeBody(): Fed {
    this.mode = Mode.Head;
    this.head.push(BODY);
    return this.inFunction ? Fed.Done : Fed.More;
  }

  private inTag(code: number, identifier: Identifier | undefined): Fed {
    const { levels } = this;
    const level = levels[levels.length - 1]!;
    if (code === Code.LeftBrace) {
      const inner = this.tagLevel(this.previous, this.beforePrevious);
      levels.push(inner);
      this.outerParens.push(this.tagParens);
      this.tagParens = 0;
      this.expectConstant = inner === Level.Enum;
    } else if (code === Code.RightBrace) {
      levels.pop();
      if (levels.length === 0) return this.closeBody();
      this.tagParens = this.outerParens.pop()!;
      this.expectConstant = false;
    } else if (level === Level.Enum) {
      if (code === Code.LeftParen || code === Code.LeftBracket) this.tagParens++;
      else if (code === Code.RightParen || code === Code.RightBracket) this.tagParens--;
      else if (code === Code.Comma) {
        if (this.tagParens === 0) this.expectConstant = true;
      } else if (this.expectConstant && identifier !== undefined) {
        this.constants.push(identifier.name);
        this.expectConstant = false;
      }
    }
    this.beforePrevious = this.previous;
    this.previous = code;
    return Fed.More;
  }

  private identifierOf(code: number): Identifier | undefined {
    return code >= Code.FirstIdentifier ? this.names.all[code - Code.FirstIdentifier] : undefined;
  }

  // ---- classification

  private classify(): DeclarationShape {
    const { head, parts } = this;
    const length = head.length;
    const functions: string[] = [];
    const objects: string[] = [];
    const typedefs: string[] = [];
    let isTypedef = false;
    let isStatic = false;
    let isExtern = false;
    let hasInitializer = false;
    let hasType = false;
    let hasTag = false;
    let i = 0;
    specifiers: for (; i < length; i++) {
      const identifier = this.identifierOf(head[i]!);
      if (identifier === undefined) break;
      switch (identifier.keyword) {
        case Keyword.Typedef:
          isTypedef = true;
          break;
        case Keyword.Extern:
          isExtern = true;
          break;
        case Keyword.Static:
          isStatic = true;
          break;
        case Keyword.Specifier:
          break;
        case Keyword.Type:
          hasType = true;
          break;
        case Keyword.TypeOf:
          if (head[i + 1] === Code.LeftParen) {
            hasType = true;
            i = this.groupEnd(i + 1) - 1;
          }
          break;
        case Keyword.Alignas:
          if (head[i + 1] === Code.LeftParen) i = this.groupEnd(i + 1) - 1;
          break;
        case Keyword.StructOrUnion:
        case Keyword.Enum:
          hasType = hasTag = true;
          if (this.identifierOf(head[i + 1] ?? 0) !== undefined) i++;
          if (head[i + 1] === BODY) i++;
          break;
        default:
          // `name (` declares name, `T (*name` does not
          if (hasType || (head[i + 1] === Code.LeftParen && head[i + 2] !== Code.Star)) break specifiers;
          hasType = true;
      }
    }
    const begin = i;
    while (i < length) {
      const declarator = this.declarator(i);
      if (declarator === undefined) break;
      const { name, derived } = declarator;
      i = declarator.end;
      if (isTypedef) typedefs.push(name);
      else if (derived === 'function') functions.push(name);
      else objects.push(name);
      if (head[i] === Code.Assign) {
        hasInitializer = true;
        i = this.initializerEnd(i + 1);
      }
      if (head[i] !== Code.Comma) break;
      i++;
    }
    let kind: DeclarationKind;
    if (this.inFunction) {
      kind = 'function';
      if (functions.length !== 1) this.complainHere('a function definition without a name');
    } else if (isTypedef) kind = 'typedef';
    else if (objects.length > 0) kind = 'object';
    else if (functions.length > 0 && hasType) kind = 'prototype';
    else if (hasTag && length === begin) kind = 'tag';
    else {
      kind = 'empty';
      if (length > 0) this.complainHere('not a declaration');
    }
    if (kind === 'empty') functions.length = 0;
    else if (!this.inFunction && i < length) this.complainHere('a declaration that is not understood completely');
    return {
      kind, functions: kept(functions), objects: kept(objects), typedefs: kept(typedefs), tags: kept(this.tags),
      enumConstants: kept(this.constants), isStatic, isExtern, hasInitializer, isConstructor: this.constructing, parts,
    };
  }

  private complainHere(message: string): void {
    const { head } = this;
    const words: string[] = [];
    for (const code of head.slice(0, 6)) {
      words.push(this.identifierOf(code)?.name ?? (code === BODY ? '{...}' : (PUNCTUATION[code] ?? '...')));
    }
    const first = this.parts[0];
    if (first === undefined) return;
    const at = 'table' in first ? first.table.token(first.from) : first[0]!;
    this.complain(`${message}: ${words.join(' ')}${head.length > 6 ? ' ...' : ''}`, at);
  }

  /** A declarator (C11 6.7.6): its name, the derivation next to it, and where it ends. */
  private declarator(
    at: number,
  ): { name: string; derived: 'function' | 'other' | undefined; end: number } | undefined {
    const { head } = this;
    let i = at;
    let pointer = false;
    for (; i < head.length; i++) {
      const code = head[i]!;
      if (code === Code.Star || code === Code.Xor) pointer = true;
      else {
        const keyword = this.identifierOf(code)?.keyword;
        // _Atomic without a parenthesis is a qualifier
        if (keyword !== Keyword.Specifier && keyword !== Keyword.TypeOf) break;
      }
    }
    let name: string;
    let derived: 'function' | 'other' | undefined;
    const code = head[i] ?? 0;
    if (code === Code.LeftParen) {
      const inner = this.declarator(i + 1);
      if (inner === undefined || head[inner.end] !== Code.RightParen) return undefined;
      ({ name, derived } = inner);
      i = inner.end + 1;
    } else {
      const identifier = this.identifierOf(code);
      if (identifier === undefined) return undefined;
      ({ name } = identifier);
      i++;
    }
    for (; head[i] === Code.LeftParen || head[i] === Code.LeftBracket; i = this.groupEnd(i)) {
      derived ??= head[i] === Code.LeftParen ? 'function' : 'other';
    }
    if (derived === undefined && pointer) derived = 'other';
    return { name, derived, end: i };
  }

  /** Behind the parenthesis or bracket that opens at `at`. */
  private groupEnd(at: number): number {
    const { head } = this;
    let depth = 0;
    for (let i = at; i < head.length; i++) {
      const code = head[i]!;
      if (code === Code.LeftParen || code === Code.LeftBracket) depth++;
      else if ((code === Code.RightParen || code === Code.RightBracket) && --depth === 0) return i + 1;
    }
    return head.length;
  }

  private initializerEnd(at: number): number {
    const { head } = this;
    let i = at;
    while (i < head.length && head[i] !== Code.Comma) {
      i = head[i] === Code.LeftParen || head[i] === Code.LeftBracket ? this.groupEnd(i) : i + 1;
    }
    return i;
  }
}

const NONE: readonly string[] = [];

/** Thousands of declarations share the one empty list. */
function kept(names: readonly string[]): readonly string[] {
  return names.length === 0 ? NONE : names;
}

const PUNCTUATION: Readonly<Record<number, string>> = {
  [Code.LeftParen]: '(', [Code.RightParen]: ')', [Code.Star]: '*', [Code.Comma]: ',', [Code.Assign]: '=',
  [Code.RightBrace]: '}',
};
