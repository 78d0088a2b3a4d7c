import type { Macro } from './macro.js';
import type { Token } from './token.js';

/**
 * What an external declaration is. `tag`: a struct, union or enum without declarator; `object` also when a tag is
 * defined on the way; `empty`: a stray semicolon, a static assertion, file-scope assembler.
 */
export type DeclarationKind = 'function' | 'typedef' | 'tag' | 'object' | 'prototype' | 'empty';

/** One external declaration (C11 6.9), its macros expanded when something first asks. */
export interface Declaration {
  readonly kind: DeclarationKind;
  /** The declared names: function, typedef names, objects; none for a pure tag. */
  readonly names: readonly string[];
  /** Those of them that are functions without a body here, and those that are objects. */
  readonly functionNames: readonly string[];
  readonly objectNames: readonly string[];
  /** "struct Foo", "enum Bar": the tags that are defined, with a body, anywhere in it. */
  readonly tags: readonly string[];
  /** The enumeration constants that its bodies list. */
  readonly enumConstants: readonly string[];
  readonly isStatic: boolean;
  readonly isExtern: boolean;
  readonly hasInitializer: boolean;
  /** It has the attribute that makes a function run before main. */
  readonly isConstructor: boolean;
  /** The unit in whose scope it was first seen: units share the declarations of headers. */
  readonly unit: TranslationUnit;
  /** The first token: its place. */
  readonly start: Token;
  /**
   * All its tokens with all macros replaced. Adjacent string literals stay apart; attributes, __extension__,
   * assembler labels, _Pragma and static assertions are gone.
   */
  tokens(): readonly Token[];
  /** As {@link tokens}, with the attributes. */
  tokensWithAttributes(): readonly Token[];
}

/** A preprocessed file with all that it includes, split into external declarations. */
export interface TranslationUnit {
  readonly path: string;
  /** Functions with a body. */
  readonly functions: ReadonlyMap<string, Declaration>;
  /** Function declarations, the first one of each. */
  readonly prototypes: ReadonlyMap<string, Declaration>;
  /** File-scope variables: extern, tentative, initialised, in order. */
  readonly objects: ReadonlyMap<string, readonly Declaration[]>;
  readonly typedefs: ReadonlyMap<string, Declaration>;
  /** "struct Foo": the declaration that has its body. */
  readonly tags: ReadonlyMap<string, Declaration>;
  /** Enumeration constant: the declaration whose body lists it. */
  readonly enumConstants: ReadonlyMap<string, Declaration>;
  /** The declarations of the file itself and of what it includes that is no header (*.h), in order. */
  readonly declarations: readonly Declaration[];
  /** Replace the macros in a text as at the end of the unit. */
  expand(text: string): readonly Token[];
  /** A macro as it is at the end of the unit. */
  macro(name: string): Macro | undefined;
}
