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
    readonly hash: number,
    /** Where its characters begin in the table's pool. */
    readonly pooled: number,
  ) {}
}

/** Names that differ in their last character have neighbouring hashes: keep them apart. */
function spread(hash: number): number {
  const mixed = Math.imul(hash, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

/**
 * All identifiers that one preprocessor has seen. Open addressing over hashes that the lexer computes on its way, so
 * that no string is made for an identifier that is already known.
 */
export class IdentifierTable {
  readonly all: Identifier[] = [];
  private slots = new Int32Array(1 << 16);
  private pool = new Uint16Array(1 << 18);
  private pooled = 0;
  private lastStamp = 0;

  constructor() {
    for (const [keyword, names] of KEYWORDS) {
      for (const name of names.split(' ')) this.of(name).keyword = keyword;
    }
  }

  /** The identifier with this name. */
  of(name: string): Identifier {
    let hash = 0;
    for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 31) + name.charCodeAt(i)) | 0;
    return this.intern(name, 0, name.length, hash);
  }

  /** The identifier spelled in `text` from `start` to `end`; `hash` is h = h * 31 + character, from 0, in 32 bits. */
  intern(text: string, start: number, end: number, hash: number): Identifier {
    const { slots, pool, all } = this;
    const mask = slots.length - 1;
    const length = end - start;
    let slot = spread(hash) & mask;
    for (let found = slots[slot]!; found !== 0; found = slots[slot]!) {
      const candidate = all[found - 1]!;
      if (candidate.hash === hash && candidate.name.length === length) {
        const at = candidate.pooled;
        let i = 0;
        while (i < length && pool[at + i] === text.charCodeAt(start + i)) i++;
        if (i === length) return candidate;
      }
      slot = (slot + 1) & mask;
    }
    return this.add(text.slice(start, end), hash, slot);
  }

  /** A new mark for {@link Identifier.stamp}. */
  stamp(): number {
    return ++this.lastStamp;
  }

  private add(name: string, hash: number, slot: number): Identifier {
    if (this.pooled + name.length > this.pool.length) {
      const larger = new Uint16Array(Math.max(this.pool.length * 2, this.pooled + name.length));
      larger.set(this.pool);
      this.pool = larger;
    }
    for (let i = 0; i < name.length; i++) this.pool[this.pooled + i] = name.charCodeAt(i);
    const identifier = new Identifier(this.all.length, name, hash, this.pooled);
    this.pooled += name.length;
    this.all.push(identifier);
    this.slots[slot] = this.all.length;
    if (this.all.length * 2 > this.slots.length) this.grow();
    return identifier;
  }

  private grow(): void {
    const slots = new Int32Array(this.slots.length * 2);
    const mask = slots.length - 1;
    for (const identifier of this.all) {
      let slot = spread(identifier.hash) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = identifier.id + 1;
    }
    this.slots = slots;
  }
}
