import type { Macro } from './macro.js';

/** What an identifier means to the splitter of declarations, if it is a keyword. */
export const enum Keyword {
  None,
  Typedef,
  Extern,
  Static,
  /** Other specifiers and qualifiers: they say nothing about names. */
  Specifier,
  /** A keyword that is a complete type specifier. */
  Type,
  /** typeof(...), _Atomic(...): a type specifier if a parenthesis follows. */
  TypeOf,
  /** _Alignas(...): a specifier with a parenthesis. */
  Alignas,
  StructOrUnion,
  Enum,
  /** __attribute__((...)) */
  Attribute,
  /** asm(...) */
  Asm,
  /** _Static_assert(...) */
  StaticAssert,
  /** _Pragma(...) */
  Pragma,
  /** __extension__ */
  Extension,
  /** The attribute that makes a function run before main. */
  Constructor,
}

const KEYWORDS: readonly (readonly [Keyword, string])[] = [
  [Keyword.Typedef, 'typedef'],
  [Keyword.Extern, 'extern'],
  [Keyword.Static, 'static'],
  [Keyword.Specifier,
    'inline __inline __inline__ _Noreturn _Thread_local __thread auto register const __const __const__ volatile ' +
    '__volatile __volatile__ restrict __restrict __restrict__ constexpr'],
  [Keyword.Type,
    'void char short int long float double signed unsigned __signed __signed__ _Bool _Complex __complex__ ' +
    '__int128 _Float16 _Float32 _Float64 _Float128 __float128 __auto_type'],
  [Keyword.TypeOf, 'typeof __typeof __typeof__ typeof_unqual _Atomic'],
  [Keyword.Alignas, '_Alignas alignas __declspec'],
  [Keyword.StructOrUnion, 'struct union'],
  [Keyword.Enum, 'enum'],
  [Keyword.Attribute, '__attribute__ __attribute'],
  [Keyword.Asm, 'asm __asm __asm__'],
  [Keyword.StaticAssert, '_Static_assert static_assert'],
  [Keyword.Pragma, '_Pragma'],
  [Keyword.Extension, '__extension__'],
  [Keyword.Constructor, 'constructor __constructor__'],
];

/** An interned identifier, and what it means as a macro in the unit that is being preprocessed. */
export class Identifier {
  /** Its macro at the current place of the current unit. */
  macro: Macro | undefined = undefined;
  /** The number of macro changes in the current unit up to the one that made {@link macro}; 0 if there was none. */
  since = 0;
  keyword: Keyword = Keyword.None;
  /** Mark of the last set that it was put into. */
  stamp = 0;

  constructor(
    readonly id: number,
    readonly name: string,
  ) {}
}

/** All identifiers that one preprocessor has seen. */
export class IdentifierTable {
  readonly all: Identifier[] = [];
  private readonly byName = new Map<string, Identifier>();
  private lastStamp = 0;

  constructor() {
    for (const [keyword, names] of KEYWORDS) {
      for (const name of names.split(' ')) this.of(name).keyword = keyword;
    }
  }

  /** The identifier with this name. */
  of(name: string): Identifier {
    const known = this.byName.get(name);
    if (known !== undefined) return known;
    const identifier = new Identifier(this.all.length, name);
    this.all.push(identifier);
    this.byName.set(name, identifier);
    return identifier;
  }

  /** A new mark for {@link Identifier.stamp}. */
  stamp(): number {
    return ++this.lastStamp;
  }
}
