import type { Environment } from './environment.js';
import { type Identifier, type IdentifierTable, Keyword } from './identifier.js';
import { Code, lex, type TokenTable } from './lexer.js';
import type { Element, Macro } from './macro.js';
import { SourceFile } from './source-file.js';
import { PreprocessingToken, type Token } from './token.js';

/** A run of tokens of a file, and the place of the unit's macro log that it stands at. */
export interface Piece {
  readonly table: TokenTable;
  readonly from: number;
  readonly to: number;
  readonly sequence: number;
}

/** Receives what is wrong with a macro invocation. */
export type Complain = (message: string, at: Token) => void;

/** What #if adds to macro replacement: `defined` and its like are answered before their operand is replaced. */
export interface Operators {
  /** Is this identifier an operator of #if? */
  isOperator(identifier: Identifier): boolean;
  /** Answer it; `next` reads tokens without replacing them. */
  answer(operator: PreprocessingToken, next: () => PreprocessingToken | undefined): PreprocessingToken[];
}

interface Context {
  readonly tokens: readonly PreprocessingToken[];
  position: number;
  /** Available again when the context is used up. */
  readonly macro: Macro | undefined;
}

const enum Entered {
  No,
  Yes,
  /** The input ends inside of the invocation. */
  Incomplete,
}

/** The counter behind __COUNTER__. */
export class Counter {
  value = 0;
}

/**
 * Macro replacement (C11 6.10.3). Replacement lists are read through a stack of contexts; a macro is disabled while
 * its context is on the stack, and a name that is read while its macro is disabled is painted, for good. That is the
 * nesting rule of 6.10.3.4, and in what it leaves open the behaviour of GCC.
 */
export class Expander {
  private readonly contexts: Context[] = [];
  /** Contexts below it belong to an outer expansion: an argument is replaced as if it were the rest of the file. */
  private floor = 0;
  /** So many arguments are being replaced: their end is the end of the input. */
  private nesting = 0;
  private pieces: readonly Piece[] = [];
  private piece = 0;
  private index = 0;
  private sequence = 0;
  private final = true;
  private refused: readonly PreprocessingToken[] = [];
  /** Identifiers that ## has made, if someone wants to know. */
  pasted: Set<Identifier> | undefined;
  operators: Operators | undefined;

  constructor(
    private readonly names: IdentifierTable,
    private readonly environment: Environment,
    private readonly counter: Counter,
    private readonly complain: Complain,
  ) {}

  /** Everything in these pieces, replaced. */
  expandAll(pieces: readonly Piece[]): PreprocessingToken[] {
    const out: PreprocessingToken[] = [];
    this.start(pieces, 0, pieces[0]?.from ?? 0, true);
    for (;;) {
      const token = this.read();
      if (token === undefined) return out;
      if (this.enterIfMacro(token) !== Entered.Yes) out.push(token);
    }
  }

  /**
   * Replace the macro whose name stands at a place, with rescanning, until the input stands in the file again.
   * @returns undefined if the pieces end inside of the invocation and more may come (not `final`)
   */
  expandAt(pieces: readonly Piece[], piece: number, index: number, final: boolean): PreprocessingToken[] | undefined {
    const out: PreprocessingToken[] = [];
    this.start(pieces, piece, index, final);
    do {
      const token = this.read();
      if (token === undefined) break;
      const entered = this.enterIfMacro(token);
      if (entered === Entered.Incomplete) {
        this.abandon();
        return undefined;
      }
      if (entered === Entered.No) out.push(token);
      this.dropFinished();
    } while (this.contexts.length > 0);
    return out;
  }

  /** Where {@link expandAt} stopped. */
  get position(): { piece: number; index: number } {
    return { piece: this.piece, index: this.index };
  }

  private start(pieces: readonly Piece[], piece: number, index: number, final: boolean): void {
    this.pieces = pieces;
    this.piece = piece;
    this.index = index;
    this.final = final;
    this.sequence = pieces[piece]?.sequence ?? 0;
    this.abandon();
    this.floor = 0;
    this.nesting = 0;
  }

  private abandon(): void {
    for (const { macro } of this.contexts) if (macro !== undefined) macro.disabled = false;
    this.contexts.length = 0;
  }

  // ---- reading

  private dropFinished(): void {
    const { contexts } = this;
    while (contexts.length > this.floor) {
      const top = contexts[contexts.length - 1]!;
      if (top.position < top.tokens.length) return;
      if (top.macro !== undefined) top.macro.disabled = false;
      contexts.pop();
    }
  }

  private read(): PreprocessingToken | undefined {
    this.dropFinished();
    let token: PreprocessingToken;
    if (this.contexts.length > this.floor) {
      const top = this.contexts[this.contexts.length - 1]!;
      token = top.tokens[top.position++]!;
    } else {
      if (this.nesting > 0 || !this.advance()) return undefined;
      token = this.pieces[this.piece]!.table.token(this.index++);
    }
    const { identifier } = token;
    if (identifier !== undefined && !token.painted && this.environment.macroAt(identifier, this.sequence)?.disabled) {
      return token.paint();
    }
    return token;
  }

  /** Go to the next piece where one is used up. */
  private advance(): boolean {
    while (this.piece < this.pieces.length) {
      if (this.index < this.pieces[this.piece]!.to) return true;
      if (this.piece + 1 >= this.pieces.length) return false;
      const next = this.pieces[++this.piece]!;
      this.index = next.from;
      this.sequence = next.sequence;
    }
    return false;
  }

  /** The code of the next token, 0 at the end. */
  private peek(): number {
    this.dropFinished();
    if (this.contexts.length > this.floor) {
      const top = this.contexts[this.contexts.length - 1]!;
      return top.tokens[top.position]!.code;
    }
    if (this.nesting > 0 || !this.advance()) return 0;
    return this.pieces[this.piece]!.table.codes[this.index]!;
  }

  // ---- invocations

  private enterIfMacro(token: PreprocessingToken): Entered {
    const { identifier } = token;
    if (identifier === undefined || token.painted) return Entered.No;
    if (this.operators?.isOperator(identifier)) {
      const answer = this.operators.answer(token, () => this.read());
      this.push(answer, undefined);
      return Entered.Yes;
    }
    const macro = this.environment.macroAt(identifier, this.sequence);
    return macro === undefined ? Entered.No : this.enter(macro, token);
  }

  private enter(macro: Macro, name: PreprocessingToken): Entered {
    const root = name.expansion ?? name;
    if (macro.builtin !== undefined) {
      const value = this.builtin(macro, name, root);
      if (value === undefined) return Entered.No;
      this.push([value], undefined);
      return Entered.Yes;
    }
    let result: PreprocessingToken[];
    const { parameters } = macro;
    if (parameters === undefined) {
      result = this.substitute(macro.elements, [], [], macro, root);
    } else {
      const next = this.peek();
      if (next !== Code.LeftParen) {
        return next === 0 && this.nesting === 0 && !this.final ? Entered.Incomplete : Entered.No;
      }
      const args = this.collect(macro, name);
      if (args === undefined) return this.nesting === 0 && !this.final ? Entered.Incomplete : Entered.No;
      if (this.refused.length > 0) {
        this.push([name.paint(), ...this.refused], undefined);
        return Entered.Yes;
      }
      result = this.substitute(macro.elements, args, new Array<undefined>(args.length).fill(undefined), macro, root);
    }
    if (result.length > 0) result[0] = result[0]!.spaced(name.space);
    else if (name.space) this.spaceNext();
    macro.disabled = true;
    this.push(result, macro);
    return Entered.Yes;
  }

  /** A macro that leaves nothing still separates its neighbours by the white space before it. */
  private spaceNext(): void {
    const top = this.contexts[this.contexts.length - 1];
    if (top === undefined || this.contexts.length <= this.floor || top.position >= top.tokens.length) return;
    const next = top.tokens[top.position]!;
    if (!next.space) {
      const rest = [next.spaced(true), ...top.tokens.slice(top.position + 1)];
      this.contexts[this.contexts.length - 1] = { tokens: rest, position: 0, macro: top.macro };
    }
  }

  private push(tokens: readonly PreprocessingToken[], macro: Macro | undefined): void {
    this.contexts.push({ tokens, position: 0, macro });
  }

  /**
   * The arguments of an invocation; the next token is its "(". Undefined if the input ends before the ")". If there
   * are too few or too many, it is none after all, and {@link refused} holds its tokens.
   */
  private collect(macro: Macro, name: PreprocessingToken): PreprocessingToken[][] | undefined {
    const parameters = macro.parameters!;
    const args: PreprocessingToken[][] = [[]];
    let depth = 0;
    const tokens = [this.read()!];
    this.refused = [];
    for (;;) {
      const token = this.read();
      if (token === undefined) {
        if (this.nesting > 0 || this.final) {
          this.complain(`unterminated argument list of macro "${macro.name}"`, name.expansion ?? name);
        }
        return undefined;
      }
      tokens.push(token);
      if (token.code === Code.LeftParen) depth++;
      else if (token.code === Code.RightParen) {
        if (depth-- === 0) break;
      } else if (token.code === Code.Comma && depth === 0 && !(macro.isVariadic && args.length === parameters.length)) {
        args.push([]);
        continue;
      }
      args[args.length - 1]!.push(token);
    }
    if (parameters.length === 0 && args.length === 1 && args[0]!.length === 0) return [];
    // variable arguments may be left out together with their comma
    const required = macro.isVariadic ? parameters.length - 1 : parameters.length;
    if (args.length < required || args.length > parameters.length) {
      this.complain(
        `macro "${macro.name}" takes ${parameters.length} arguments, but ${args.length} are given`,
        name.expansion ?? name,
      );
      this.refused = tokens;
      return args;
    }
    while (args.length < parameters.length) args.push([]);
    return args;
  }

  /** An argument completely replaced, as if it were the rest of the file. */
  private expandArgument(tokens: readonly PreprocessingToken[]): PreprocessingToken[] {
    let plain = true;
    for (const { identifier, painted } of tokens) {
      if (identifier === undefined || painted) continue;
      if (this.operators !== undefined || this.environment.macroAt(identifier, this.sequence) !== undefined) {
        plain = false;
        break;
      }
    }
    if (plain) return tokens as PreprocessingToken[];
    const floor = this.floor;
    this.floor = this.contexts.length;
    this.nesting++;
    this.push(tokens, undefined);
    const out: PreprocessingToken[] = [];
    for (;;) {
      const token = this.read();
      if (token === undefined) break;
      if (this.enterIfMacro(token) !== Entered.Yes) out.push(token);
    }
    this.floor = floor;
    this.nesting--;
    return out;
  }

  // ---- replacement lists

  private substitute(
    elements: readonly Element[],
    args: readonly PreprocessingToken[][],
    expanded: (PreprocessingToken[] | undefined)[],
    macro: Macro,
    root: Token,
  ): PreprocessingToken[] {
    const out: PreprocessingToken[] = [];
    const expandedArgument = (index: number): PreprocessingToken[] =>
      (expanded[index] ??= this.expandArgument(args[index]!));
    /** The left operand of a ## is a placemarker. */
    let placemarker = true;
    for (let k = 0; k < elements.length; k++) {
      const element = elements[k]!;
      const { token, parameter } = element;
      let tokens: readonly PreprocessingToken[];
      let paste = element.paste;
      if (element.optional !== undefined) {
        const last = args.length - 1;
        const present = expandedArgument(last).length > 0;
        tokens = present ? this.substitute(element.optional, args, expanded, macro, root) : [];
        if (element.stringify) tokens = [this.stringify(tokens, token, root)];
      } else if (parameter < 0) {
        tokens = [token];
      } else if (element.stringify) {
        tokens = [this.stringify(args[parameter]!, token, root)];
      } else if (paste || element.pasted) {
        tokens = args[parameter]!;
        // GNU: ", ## __VA_ARGS__" loses its comma where there are no variable arguments, and joins nothing otherwise
        if (paste && macro.isVariadic && parameter === args.length - 1 && isComma(elements[k - 1]!)) {
          paste = false;
          if (tokens.length === 0) {
            out.pop();
            placemarker = true;
            continue;
          }
        }
      } else tokens = expandedArgument(parameter);

      if (paste && (placemarker || tokens.length === 0)) {
        if (tokens.length === 0) continue;
        paste = false;
      }
      let from = 0;
      if (paste) {
        const left = out.pop()!;
        const joined = this.paste(left, tokens[0]!, root);
        if (joined === undefined) out.push(left);
        else {
          out.push(joined);
          from = 1;
        }
      }
      for (let t = from; t < tokens.length; t++) {
        out.push(tokens[t]!.within(root, t === 0 ? token.space : tokens[t]!.space));
      }
      placemarker = tokens.length === 0;
    }
    return out;
  }

  /** The # operator (C11 6.10.3.2). */
  private stringify(tokens: readonly PreprocessingToken[], at: PreprocessingToken, root: Token): PreprocessingToken {
    let text = '';
    for (const token of tokens) {
      if (token.space && text !== '') text += ' ';
      text += token.kind === 'string' || token.kind === 'char' ? token.text.replace(/[\\"]/g, '\\$&') : token.text;
    }
    return new PreprocessingToken(
      'string', `"${text}"`, at.file, at.offset, at.space, root, Code.String, undefined, false,
    );
  }

  /** The ## operator (C11 6.10.3.3); undefined if the result is no token. */
  private paste(left: PreprocessingToken, right: PreprocessingToken, root: Token): PreprocessingToken | undefined {
    const text = left.text + right.text;
    let code: number;
    let identifier: Identifier | undefined;
    if (left.code >= Code.FirstIdentifier && right.code >= Code.FirstIdentifier) {
      identifier = this.names.of(text);
      code = Code.FirstIdentifier + identifier.id;
      this.pasted?.add(identifier);
      return new PreprocessingToken(
        'identifier', text, left.file, left.offset, left.space, root, code, identifier, false,
      );
    }
    const table = lex(new SourceFile(left.file.path, text), this.names);
    if (table.count !== 1) {
      this.complain(`"${left.text}" and "${right.text}" do not make a token`, root);
      return undefined;
    }
    const token = table.token(0);
    if (token.identifier !== undefined) this.pasted?.add(token.identifier);
    return new PreprocessingToken(
      token.kind, text, left.file, left.offset, left.space, root, token.code, token.identifier, false,
    );
  }

  private builtin(macro: Macro, name: PreprocessingToken, root: Token): PreprocessingToken | undefined {
    switch (macro.builtin) {
      case 'file':
        return made('string', `"${root.file.path.replace(/[\\"]/g, '\\$&')}"`, Code.String, name, root);
      case 'line':
        return made('number', String(root.file.lineAt(root.offset)), Code.Number, name, root);
      case 'counter':
        return made('number', String(this.counter.value++), Code.Number, name, root);
      default:
        return undefined;
    }
  }
}

function made(
  kind: 'string' | 'number',
  text: string,
  code: number,
  name: PreprocessingToken,
  root: Token,
): PreprocessingToken {
  return new PreprocessingToken(kind, text, name.file, name.offset, name.space, root, code, undefined, false);
}

function isComma(element: Element): boolean {
  return element.parameter < 0 && element.token.code === Code.Comma;
}

/**
 * Take out what says nothing about the program's meaning here: __extension__, _Pragma(...), _Static_assert(...) with
 * its semicolon, assembler labels of declarators, and, unless asked otherwise, __attribute__((...)).
 */
export function withoutAnnotations(
  tokens: readonly PreprocessingToken[],
  keepAttributes: boolean,
): readonly PreprocessingToken[] {
  let out: PreprocessingToken[] | undefined;
  let depth = 0;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    const keyword = token.identifier?.keyword ?? Keyword.None;
    let end = i;
    switch (keyword) {
      case Keyword.Extension:
        end = i + 1;
        break;
      case Keyword.Attribute:
        if (!keepAttributes) end = groupEnd(tokens, i + 1);
        break;
      case Keyword.Pragma:
        end = groupEnd(tokens, i + 1);
        break;
      case Keyword.StaticAssert:
        end = groupEnd(tokens, i + 1);
        if (end > i && tokens[end]?.code === Code.Semicolon) end++;
        break;
      case Keyword.Asm:
        if (depth === 0) end = groupEnd(tokens, i + 1);
        break;
    }
    if (end > i) {
      out ??= tokens.slice(0, i);
      i = end - 1;
      continue;
    }
    if (token.code === Code.LeftBrace) depth++;
    else if (token.code === Code.RightBrace) depth--;
    out?.push(token);
  }
  return out ?? tokens;
}

/** The end of the parenthesis that opens at `at` (asm's qualifiers may stand before it), or 0 if there is none. */
function groupEnd(tokens: readonly PreprocessingToken[], at: number): number {
  let i = at;
  while (tokens[i]?.identifier?.keyword === Keyword.Specifier) i++;
  if (tokens[i]?.code !== Code.LeftParen) return 0;
  let depth = 0;
  for (; i < tokens.length; i++) {
    if (tokens[i]!.code === Code.LeftParen) depth++;
    else if (tokens[i]!.code === Code.RightParen && --depth === 0) return i + 1;
  }
  return tokens.length;
}
