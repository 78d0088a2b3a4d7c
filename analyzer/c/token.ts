import type { Identifier } from './identifier.js';
import type { Location } from './location.js';
import type { SourceFile } from './source-file.js';

/** Preprocessing token categories (C11 6.4). Strings and characters keep their prefix and quotes in the text. */
export type TokenKind = 'identifier' | 'number' | 'string' | 'char' | 'punctuator' | 'other';

/** A token with the place that it was spelled at. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly file: SourceFile;
  readonly offset: number;
  /** White space stands before it. */
  readonly space: boolean;
  /**
   * The outermost macro name in a file whose expansion this token came out of, either from a replacement list or as
   * a macro argument; undefined if the token stands in the file itself.
   */
  readonly expansion: Token | undefined;
}

/** Where a token is spelled: for one from a replacement list, the place in the #define. */
export function locationOf(token: Token): Location {
  return { file: token.file.path, line: token.file.lineAt(token.offset) };
}

/** A token while it is preprocessed. */
export class PreprocessingToken implements Token {
  constructor(
    readonly kind: TokenKind,
    readonly text: string,
    readonly file: SourceFile,
    readonly offset: number,
    readonly space: boolean,
    readonly expansion: Token | undefined,
    /** The lexer's code of the token. */
    readonly code: number,
    readonly identifier: Identifier | undefined,
    /** "Painted blue": not available for further replacement (C11 6.10.3.4p2). */
    readonly painted: boolean,
  ) {}

  /** The same token as it comes out of the expansion of `root`. */
  within(root: Token, space: boolean): PreprocessingToken {
    if (this.expansion === root && this.space === space) return this;
    return new PreprocessingToken(
      this.kind, this.text, this.file, this.offset, space, root, this.code, this.identifier, this.painted,
    );
  }

  /** The same token with or without white space before it. */
  spaced(space: boolean): PreprocessingToken {
    if (this.space === space) return this;
    return new PreprocessingToken(
      this.kind, this.text, this.file, this.offset, space, this.expansion, this.code, this.identifier, this.painted,
    );
  }

  /** The same token, never to be replaced again. */
  paint(): PreprocessingToken {
    return new PreprocessingToken(
      this.kind, this.text, this.file, this.offset, this.space, this.expansion, this.code, this.identifier, true,
    );
  }
}
