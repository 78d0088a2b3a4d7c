import type { IdentifierTable, Identifier } from './identifier.js';
import type { SourceFile } from './source-file.js';
import type { TokenKind } from './token.js';
import { PreprocessingToken } from './token.js';

/** Token codes: classes, then punctuators, then, from FirstIdentifier on, identifiers by their id. */
export const enum Code {
  Number = 1,
  String,
  Char,
  /** A character that is no other token. */
  Other,
  /** The <...> of an #include. */
  HeaderName,
  LeftParen = 16,
  RightParen,
  LeftBracket,
  RightBracket,
  LeftBrace,
  RightBrace,
  Semicolon,
  Comma,
  Colon,
  Question,
  Tilde,
  Dot,
  Ellipsis,
  Arrow,
  Plus,
  PlusPlus,
  PlusAssign,
  Minus,
  MinusMinus,
  MinusAssign,
  Star,
  StarAssign,
  Slash,
  SlashAssign,
  Percent,
  PercentAssign,
  Less,
  LessEqual,
  ShiftLeft,
  ShiftLeftAssign,
  Greater,
  GreaterEqual,
  ShiftRight,
  ShiftRightAssign,
  Assign,
  Equal,
  Not,
  NotEqual,
  And,
  AndAnd,
  AndAssign,
  Or,
  OrOr,
  OrAssign,
  Xor,
  XorAssign,
  Hash,
  HashHash,
  FirstIdentifier = 256,
}

const SPELLING: readonly string[] = (() => {
  const table: string[] = [];
  const texts =
    '( ) [ ] { } ; , : ? ~ . ... -> + ++ += - -- -= * *= / /= % %= < <= << <<= > >= >> >>= = == ! != & && &= | || |= ^ ^= # ##';
  texts.split(' ').forEach((text, index) => (table[Code.LeftParen + index] = text));
  return table;
})();

/** Token flags. */
export const enum Flag {
  /** White space (or a line's beginning) before the token. */
  Space = 1,
  /** First token of its line. */
  LineStart = 2,
}

const enum Class {
  Other,
  Space,
  Newline,
  Identifier,
  Digit,
  Single,
  Punctuator,
  Dot,
  Slash,
  Quote,
  Backslash,
}

const CLASS = (() => {
  const table = new Uint8Array(128);
  for (const c of ' \t\v\f\r') table[c.charCodeAt(0)] = Class.Space;
  table[10] = Class.Newline;
  for (let c = 0; c < 128; c++) {
    const s = String.fromCharCode(c);
    if (/[A-Za-z_$]/.test(s)) table[c] = Class.Identifier;
    else if (/[0-9]/.test(s)) table[c] = Class.Digit;
  }
  for (const c of '()[]{};,?~') table[c.charCodeAt(0)] = Class.Single;
  for (const c of '+-*%<>=!&|^:#') table[c.charCodeAt(0)] = Class.Punctuator;
  table[0x2e] = Class.Dot;
  table[0x2f] = Class.Slash;
  table[0x22] = Class.Quote;
  table[0x27] = Class.Quote;
  table[0x5c] = Class.Backslash;
  return table;
})();

/** 1 for characters of an identifier. */
const WORD = (() => {
  const table = new Uint8Array(128);
  for (let c = 0; c < 128; c++) if (CLASS[c] === Class.Identifier || CLASS[c] === Class.Digit) table[c] = 1;
  return table;
})();

const SINGLE = (() => {
  const table = new Uint8Array(128);
  SPELLING.forEach((text, code) => {
    if (text.length === 1) table[text.charCodeAt(0)] = code;
  });
  return table;
})();

// Regular expressions are compiled at once; loops over characters run for long before the engine optimises them.
const REST_OF_WORD = /[\w$\x80-\uffff]*/y;
const NUMBER = /(?:[eEpP][+-]|[\w.$\x80-\uffff])*/y;
const INDENTATION = /\s*/y;
const PLAIN_STRING = /"(?:[^"\\\n]|\\[^\s])*"/y;
const PLAIN_CHARACTER = /'(?:[^'\\\n]|\\[^\s])*'/y;

/** A file's preprocessing tokens in arrays, in the order of the text. Comments are gone. */
export class TokenTable {
  constructor(
    readonly source: SourceFile,
    readonly count: number,
    readonly codes: Int32Array,
    readonly starts: Int32Array,
    readonly ends: Int32Array,
    readonly flags: Uint8Array,
    private readonly identifiers: readonly Identifier[],
    /** Spellings of tokens with line splices inside. */
    private readonly spliced: ReadonlyMap<number, string> | undefined,
  ) {}

  /** The spelling of a token. */
  text(index: number): string {
    const code = this.codes[index]!;
    if (code >= Code.FirstIdentifier) return this.identifiers[code - Code.FirstIdentifier]!.name;
    if (code >= Code.LeftParen) return SPELLING[code]!;
    return this.spliced?.get(index) ?? this.source.text.slice(this.starts[index]!, this.ends[index]!);
  }

  /** The identifier of a token, if it is one. */
  identifier(index: number): Identifier | undefined {
    const code = this.codes[index]!;
    return code >= Code.FirstIdentifier ? this.identifiers[code - Code.FirstIdentifier] : undefined;
  }

  /** A token as an object. */
  token(index: number): PreprocessingToken {
    const code = this.codes[index]!;
    return new PreprocessingToken(
      kindOf(code), this.text(index), this.source, this.starts[index]!, (this.flags[index]! & Flag.Space) !== 0,
      undefined, code, this.identifier(index), false,
    );
  }
}

/** The category of a token code. */
export function kindOf(code: number): TokenKind {
  if (code >= Code.FirstIdentifier) return 'identifier';
  if (code >= Code.LeftParen) return 'punctuator';
  switch (code) {
    case Code.Number:
      return 'number';
    case Code.String:
      return 'string';
    case Code.Char:
      return 'char';
    default:
      return 'other';
  }
}

// The arrays grow with the largest file and are used for every file: lexing is not re-entrant.
let codes = new Int32Array(1 << 16);
let starts = new Int32Array(1 << 16);
let ends = new Int32Array(1 << 16);
let flags = new Uint8Array(1 << 16);

function grow(): void {
  const larger = <T extends Int32Array | Uint8Array>(from: T, to: T): T => {
    to.set(from);
    return to;
  };
  codes = larger(codes, new Int32Array(codes.length * 2));
  starts = larger(starts, new Int32Array(starts.length * 2));
  ends = larger(ends, new Int32Array(ends.length * 2));
  flags = larger(flags, new Uint8Array(flags.length * 2));
}

/**
 * Split a text into preprocessing tokens (C11 5.1.1.2 phases 2 and 3; no trigraphs). Nothing is an error here: a
 * stray quote is a token of kind "other".
 */
export function lex(source: SourceFile, names: IdentifierTable): TokenTable {
  const text = withWholeCommentEnds(source.text);
  const length = text.length;
  let count = 0;
  let spliced: Map<number, string> | undefined;
  let flag: number = Flag.Space | Flag.LineStart;
  let i = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  /** 1: the line is a directive, its name comes next; 2: an include's argument comes next. */
  let directive = 0;

  while (i < length) {
    const c = text.charCodeAt(i);
    const start = i;
    let code: number;
    switch (c < 128 ? CLASS[c]! : Class.Identifier) {
      case Class.Space:
        i++;
        flag |= Flag.Space;
        continue;

      case Class.Newline:
        INDENTATION.lastIndex = i + 1;
        INDENTATION.test(text);
        i = INDENTATION.lastIndex;
        flag = Flag.Space | Flag.LineStart;
        directive = 0;
        continue;

      case Class.Backslash: {
        const end = spliceEnd(text, i);
        if (end > 0) {
          i = end;
          continue;
        }
        code = Code.Other;
        i++;
        break;
      }

      case Class.Slash: {
        let second = i + 1;
        let d = text.charCodeAt(second);
        while (d === 0x5c) {
          const end = spliceEnd(text, second);
          if (end < 0) break;
          second = end;
          d = text.charCodeAt(second);
        }
        if (d === 0x2a) {
          const end = text.indexOf('*/', second + 1);
          i = end < 0 ? length : end + 2;
          flag |= Flag.Space;
          continue;
        }
        if (d === 0x2f) {
          i = lineCommentEnd(text, second + 1);
          flag |= Flag.Space;
          continue;
        }
        if (d === 0x3d) {
          code = Code.SlashAssign;
          i = second + 1;
        } else {
          code = Code.Slash;
          i++;
        }
        break;
      }

      case Class.Identifier: {
        REST_OF_WORD.lastIndex = i + 1;
        REST_OF_WORD.test(text);
        i = REST_OF_WORD.lastIndex;
        const d = text.charCodeAt(i);
        if (d === 0x5c && continuesWord(text, i)) {
          const word = splicedRun(text, start, isWord);
          i = word.end;
          code = Code.FirstIdentifier + names.of(word.text).id;
          break;
        }
        if ((d === 0x22 || d === 0x27) && i - start <= 2 && isEncodingPrefix(text, start, i)) {
          const quoted = scanQuoted(text, i, d);
          if (quoted > 0) {
            i = quoted;
            code = d === 0x22 ? Code.String : Code.Char;
            const spelling = text.slice(start, i);
            if (spelling.includes('\n')) (spliced ??= new Map()).set(count, withoutSplices(spelling));
            break;
          }
        }
        const name = text.slice(start, i);
        code = Code.FirstIdentifier + names.of(name).id;
        if (directive === 1) directive = name === 'include' || name === 'include_next' || name === 'import' ? 2 : 3;
        break;
      }

      case Class.Digit:
        i = scanNumber(text, i);
        code = Code.Number;
        if (text.charCodeAt(i) === 0x5c && continuesWord(text, i)) {
          const number = splicedRun(text, start, isNumberPart);
          i = number.end;
          (spliced ??= new Map()).set(count, number.text);
        }
        break;

      case Class.Dot: {
        const d = text.charCodeAt(i + 1);
        if (d >= 0x30 && d <= 0x39) {
          i = scanNumber(text, i);
          code = Code.Number;
        } else if (d === 0x2e && text.charCodeAt(i + 2) === 0x2e) {
          i += 3;
          code = Code.Ellipsis;
        } else {
          i++;
          code = Code.Dot;
        }
        break;
      }

      case Class.Quote: {
        const end = scanQuoted(text, i, c);
        if (end > 0) {
          i = end;
          code = c === 0x22 ? Code.String : Code.Char;
          const spelling = text.slice(start, i);
          if (spelling.includes('\n')) (spliced ??= new Map()).set(count, withoutSplices(spelling));
        } else {
          i++;
          code = Code.Other;
        }
        break;
      }

      case Class.Single:
        code = SINGLE[c]!;
        i++;
        break;

      case Class.Punctuator: {
        if (directive === 2 && c === 0x3c) {
          const end = headerNameEnd(text, i);
          if (end > 0) {
            code = Code.HeaderName;
            i = end;
            break;
          }
        }
        let d = text.charCodeAt(i + 1);
        if (d === 0x5c && spliceEnd(text, i + 1) > 0) {
          const joined = splicedAhead(text, i);
          const found = punctuator(c, joined.chars[1]!, joined.chars[2]!, joined.chars[3]!);
          code = found >> 3;
          i = joined.ends[(found & 7) - 1]!;
        } else {
          d = punctuator(c, d, text.charCodeAt(i + 2), text.charCodeAt(i + 3));
          code = d >> 3;
          i += d & 7;
        }
        if (code === Code.Hash && (flag & Flag.LineStart) !== 0) directive = 1;
        break;
      }

      default:
        code = Code.Other;
        i++;
    }
    if (directive === 2 && code < Code.FirstIdentifier) directive = 3;
    if (count === codes.length) grow();
    codes[count] = code;
    starts[count] = start;
    ends[count] = i;
    flags[count] = flag;
    count++;
    flag = 0;
  }
  return new TokenTable(
    source, count, codes.slice(0, count), starts.slice(0, count), ends.slice(0, count), flags.slice(0, count),
    names.all, spliced,
  );
}

/** A comment's end may itself be spliced; moving the splice behind it keeps every other token's place. */
function withWholeCommentEnds(text: string): string {
  return text.includes('*\\\n/') ? text.replaceAll('*\\\n/', '*/\\\n') : text;
}

/** Where the next line begins if there is a line splice at `at`, otherwise -1. White space before the newline is let pass. */
function spliceEnd(text: string, at: number): number {
  if (text.charCodeAt(at) !== 0x5c) return -1;
  let i = at + 1;
  let c = text.charCodeAt(i);
  while (c === 0x20 || c === 0x09 || c === 0x0d) c = text.charCodeAt(++i);
  return c === 0x0a ? i + 1 : -1;
}

function isWord(c: number): boolean {
  return c < 128 ? WORD[c] === 1 : c >= 128;
}

function isNumberPart(c: number, previous: number): boolean {
  if (isWord(c) || c === 0x2e) return true;
  return (c === 0x2b || c === 0x2d) && isExponent(previous);
}

function isExponent(c: number): boolean {
  return c === 0x65 || c === 0x45 || c === 0x70 || c === 0x50;
}

/** Is there a splice at `at` with a character of a word right behind it? */
function continuesWord(text: string, at: number): boolean {
  const end = spliceEnd(text, at);
  return end > 0 && isWord(text.charCodeAt(end));
}

/** The longest run of characters that `accepts` takes, with line splices removed. */
function splicedRun(
  text: string,
  start: number,
  accepts: (c: number, previous: number) => boolean,
): { text: string; end: number } {
  let run = '';
  let previous = 0;
  let i = start;
  let end = start;
  while (i < text.length) {
    const c = text.charCodeAt(i);
    const splice = c === 0x5c ? spliceEnd(text, i) : -1;
    if (splice > 0) {
      i = splice;
      continue;
    }
    if (!accepts(c, previous)) break;
    run += text[i];
    previous = c;
    end = ++i;
  }
  return { text: run, end };
}

/** The next four characters without line splices, and where each ends. */
function splicedAhead(text: string, start: number): { chars: number[]; ends: number[] } {
  const chars: number[] = [];
  const ends: number[] = [];
  let i = start;
  while (chars.length < 4) {
    const splice = spliceEnd(text, i);
    if (splice > 0) {
      i = splice;
      continue;
    }
    chars.push(text.charCodeAt(i));
    ends.push(++i);
  }
  return { chars, ends };
}

function withoutSplices(spelling: string): string {
  return spelling.replace(/\\[ \t\r]*\n/g, '');
}

function scanNumber(text: string, at: number): number {
  NUMBER.lastIndex = at;
  NUMBER.test(text);
  return NUMBER.lastIndex;
}

/** The end of a character constant or string literal, or -1 if its line ends first. */
function scanQuoted(text: string, at: number, quote: number): number {
  const plain = quote === 0x22 ? PLAIN_STRING : PLAIN_CHARACTER;
  plain.lastIndex = at;
  if (plain.test(text)) return plain.lastIndex;
  for (let i = at + 1; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === quote) return i + 1;
    if (c === 0x0a) return -1;
    if (c === 0x5c) {
      const splice = spliceEnd(text, i);
      i = splice > 0 ? splice - 1 : i + 1;
    }
  }
  return -1;
}

function isEncodingPrefix(text: string, start: number, end: number): boolean {
  const c = text.charCodeAt(start);
  if (end - start === 1) return c === 0x4c || c === 0x75 || c === 0x55;
  return c === 0x75 && text.charCodeAt(start + 1) === 0x38;
}

function headerNameEnd(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x3e) return i + 1;
    if (c === 0x0a) return -1;
  }
  return -1;
}

function lineCommentEnd(text: string, at: number): number {
  for (let i = at; ; ) {
    const end = text.indexOf('\n', i);
    if (end < 0) return text.length;
    let last = end - 1;
    while (last >= at && (text.charCodeAt(last) === 0x0d || text.charCodeAt(last) === 0x20)) last--;
    if (last < at || text.charCodeAt(last) !== 0x5c) return end;
    i = end + 1;
  }
}

/** The longest punctuator at the beginning of four characters: its code times 8, plus its length. */
function punctuator(a: number, b: number, c: number, d: number): number {
  switch (a) {
    case 0x2b: // +
      return b === 0x2b ? (Code.PlusPlus << 3) | 2 : b === 0x3d ? (Code.PlusAssign << 3) | 2 : (Code.Plus << 3) | 1;
    case 0x2d: // -
      if (b === 0x2d) return (Code.MinusMinus << 3) | 2;
      if (b === 0x3d) return (Code.MinusAssign << 3) | 2;
      return b === 0x3e ? (Code.Arrow << 3) | 2 : (Code.Minus << 3) | 1;
    case 0x2a: // *
      return b === 0x3d ? (Code.StarAssign << 3) | 2 : (Code.Star << 3) | 1;
    case 0x25: // %
      if (b === 0x3d) return (Code.PercentAssign << 3) | 2;
      if (b === 0x3e) return (Code.RightBrace << 3) | 2;
      if (b === 0x3a) return c === 0x25 && d === 0x3a ? (Code.HashHash << 3) | 4 : (Code.Hash << 3) | 2;
      return (Code.Percent << 3) | 1;
    case 0x3c: // <
      if (b === 0x3c) return c === 0x3d ? (Code.ShiftLeftAssign << 3) | 3 : (Code.ShiftLeft << 3) | 2;
      if (b === 0x3d) return (Code.LessEqual << 3) | 2;
      if (b === 0x3a) return (Code.LeftBracket << 3) | 2;
      return b === 0x25 ? (Code.LeftBrace << 3) | 2 : (Code.Less << 3) | 1;
    case 0x3e: // >
      if (b === 0x3e) return c === 0x3d ? (Code.ShiftRightAssign << 3) | 3 : (Code.ShiftRight << 3) | 2;
      return b === 0x3d ? (Code.GreaterEqual << 3) | 2 : (Code.Greater << 3) | 1;
    case 0x3d: // =
      return b === 0x3d ? (Code.Equal << 3) | 2 : (Code.Assign << 3) | 1;
    case 0x21: // !
      return b === 0x3d ? (Code.NotEqual << 3) | 2 : (Code.Not << 3) | 1;
    case 0x26: // &
      return b === 0x26 ? (Code.AndAnd << 3) | 2 : b === 0x3d ? (Code.AndAssign << 3) | 2 : (Code.And << 3) | 1;
    case 0x7c: // |
      return b === 0x7c ? (Code.OrOr << 3) | 2 : b === 0x3d ? (Code.OrAssign << 3) | 2 : (Code.Or << 3) | 1;
    case 0x5e: // ^
      return b === 0x3d ? (Code.XorAssign << 3) | 2 : (Code.Xor << 3) | 1;
    case 0x3a: // :
      return b === 0x3e ? (Code.RightBracket << 3) | 2 : (Code.Colon << 3) | 1;
    default: // #
      return b === 0x23 ? (Code.HashHash << 3) | 2 : (Code.Hash << 3) | 1;
  }
}
