import type { Identifier } from './identifier.js';
import { Code, Flag, type TokenTable } from './lexer.js';
import type { Location } from './location.js';
import type { SourceFile } from './source-file.js';
import type { PreprocessingToken, Token } from './token.js';

/** Macros that no #define makes. */
export type Builtin = 'file' | 'line' | 'counter' | 'operator';

/** One element of a replacement list, with the operators # and ## resolved. */
export interface Element {
  /** The token itself, the parameter's token, or the # operator. */
  readonly token: PreprocessingToken;
  /** Index of the parameter that stands here, or -1. */
  readonly parameter: number;
  /** # applies to the parameter or the __VA_OPT__ group. */
  readonly stringify: boolean;
  /** ## stands before it. */
  readonly paste: boolean;
  /** ## stands behind it. */
  readonly pasted: boolean;
  /** The content of __VA_OPT__( ... ). */
  readonly optional: readonly Element[] | undefined;
}

interface Definition {
  readonly parameters: readonly string[] | undefined;
  readonly variadic: boolean;
  readonly elements: readonly Element[];
  readonly tokens: readonly PreprocessingToken[];
  readonly uses: readonly Identifier[];
  readonly balanced: boolean;
  readonly pastes: boolean;
  readonly fault: string | undefined;
}

/** A macro definition (C11 6.10.3). The directive is taken apart when something first asks. */
export class Macro {
  /** It is being replaced right now, hence not available for further replacement. */
  disabled = false;
  private definition: Definition | undefined;

  constructor(
    readonly identifier: Identifier,
    private readonly table: TokenTable | undefined,
    /** The token of the name in the directive. */
    private readonly at: number,
    /** The end of the directive. */
    private readonly end: number,
    readonly builtin: Builtin | undefined = undefined,
  ) {}

  get name(): string {
    return this.identifier.name;
  }

  /** The parameters' names, a variable one as the last; undefined for an object-like macro. */
  get parameters(): readonly string[] | undefined {
    return this.parts.parameters;
  }

  /** Takes variable arguments as its last parameter. */
  get isVariadic(): boolean {
    return this.parts.variadic;
  }

  get isFunctionLike(): boolean {
    return this.parts.parameters !== undefined;
  }

  /** The replacement list as it is spelled. */
  get body(): readonly Token[] {
    return this.parts.tokens;
  }

  /** The replacement list with its operators resolved. */
  get elements(): readonly Element[] {
    return this.parts.elements;
  }

  /** The distinct identifiers of the replacement list that are not parameters. */
  get uses(): readonly Identifier[] {
    return this.parts.uses;
  }

  /** Every brace of the replacement list has its counterpart there. */
  get isBalanced(): boolean {
    return this.parts.balanced;
  }

  /** The replacement list joins tokens with ##, and so can make identifiers that stand nowhere. */
  get pastes(): boolean {
    return this.parts.pastes;
  }

  /** What is wrong with the directive. */
  get fault(): string | undefined {
    return this.parts.fault;
  }

  /** The file of the directive; undefined for a builtin. */
  get file(): SourceFile | undefined {
    return this.table?.source;
  }

  get location(): Location | undefined {
    if (this.table === undefined) return undefined;
    const { source, starts } = this.table;
    return { file: source.path, line: source.lineAt(starts[this.at]!) };
  }

  private get parts(): Definition {
    return (this.definition ??= this.table === undefined ? NO_DEFINITION : parse(this.table, this.at, this.end));
  }
}

const NO_DEFINITION: Definition = {
  parameters: undefined, variadic: false, elements: [], tokens: [], uses: [], balanced: true, pastes: false,
  fault: undefined,
};

function parse(table: TokenTable, at: number, end: number): Definition {
  const { codes, flags } = table;
  let fault: string | undefined;
  let parameters: string[] | undefined;
  let variadic = false;
  let i = at + 1;
  if (i < end && codes[i] === Code.LeftParen && (flags[i]! & Flag.Space) === 0) {
    parameters = [];
    i++;
    for (; i < end && codes[i] !== Code.RightParen; i++) {
      const code = codes[i]!;
      if (code >= Code.FirstIdentifier) parameters.push(table.text(i));
      else if (code === Code.Ellipsis) {
        variadic = true;
        // GNU: "name..." gives the variable arguments a name
        const named = codes[i - 1]! >= Code.FirstIdentifier;
        if (!named) parameters.push('__VA_ARGS__');
      } else if (code !== Code.Comma) fault ??= `bad parameter list of macro "${table.text(at)}"`;
    }
    if (i >= end) fault ??= `missing ")" in the parameter list of macro "${table.text(at)}"`;
    i++;
  }
  const tokens: PreprocessingToken[] = [];
  const uses = new Set<Identifier>();
  let depth = 0;
  let balanced = true;
  for (; i < end; i++) {
    const token = table.token(i);
    tokens.push(token);
    if (token.identifier !== undefined) {
      if (!parameters?.includes(token.text)) uses.add(token.identifier);
    } else if (token.code === Code.LeftBrace) depth++;
    else if (token.code === Code.RightBrace && --depth < 0) balanced = false;
  }
  if (depth !== 0) balanced = false;
  const resolved = resolve(tokens, parameters, variadic);
  fault ??= resolved.fault;
  return {
    parameters, variadic, elements: resolved.elements, tokens, uses: [...uses], balanced, fault,
    pastes: tokens.some((token) => token.code === Code.HashHash),
  };
}

/** Resolve the operators #, ## and __VA_OPT__ in a replacement list. */
function resolve(
  tokens: readonly PreprocessingToken[],
  parameters: readonly string[] | undefined,
  variadic: boolean,
): { elements: Element[]; fault: string | undefined } {
  const elements: Element[] = [];
  let fault: string | undefined;
  let paste = false;
  const parameterOf = (token: PreprocessingToken | undefined): number =>
    token?.identifier === undefined || parameters === undefined ? -1 : parameters.indexOf(token.text);
  /** The end of a __VA_OPT__( ... ) group whose name stands at `i`, or -1. */
  const optionalEnd = (i: number): number => {
    if (!variadic || tokens[i]?.text !== '__VA_OPT__' || tokens[i + 1]?.code !== Code.LeftParen) return -1;
    let depth = 0;
    for (let k = i + 1; k < tokens.length; k++) {
      if (tokens[k]!.code === Code.LeftParen) depth++;
      else if (tokens[k]!.code === Code.RightParen && --depth === 0) return k;
    }
    return -1;
  };
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (token.code === Code.HashHash && i > 0 && i + 1 < tokens.length) {
      paste = true;
      continue;
    }
    if (token.code === Code.HashHash) fault ??= '"##" at an end of a replacement list';
    let at = i;
    let stringify = false;
    if (token.code === Code.Hash && parameters !== undefined) {
      if (parameterOf(tokens[i + 1]) >= 0 || optionalEnd(i + 1) >= 0) {
        stringify = true;
        at = ++i;
      } else fault ??= '"#" is not followed by a macro parameter';
    }
    const close = optionalEnd(at);
    let optional: readonly Element[] | undefined;
    if (close >= 0) {
      const inner = resolve(tokens.slice(at + 2, close), parameters, variadic);
      optional = inner.elements;
      fault ??= inner.fault;
      i = close;
    }
    elements.push({
      token, parameter: parameterOf(tokens[at]), stringify, paste, optional,
      pasted: tokens[i + 1]?.code === Code.HashHash && i + 2 < tokens.length,
    });
    paste = false;
  }
  return { elements, fault };
}
