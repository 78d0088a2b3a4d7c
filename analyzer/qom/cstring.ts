import { MemoryError, type Memory } from '../c/memory.js';
import { Unknown } from '../c/unknown.js';

/** One byte of a string. */
export type Char = number | Unknown;

/** A string as far as it is known: text where every byte is, else its bytes. */
export type Text = string | Char[];

/** Is this byte certainly not the end of a string? */
export function isCharacter(c: Char): boolean {
  return typeof c === 'number' ? c !== 0 : c.nonzero || c.text || (c.value & 0xffn) !== 0n;
}

/**
 * The bytes of a string up to its NUL, at most `limit`. `open`: the byte that may or may not be its end; the string
 * is not known from there on.
 */
export function scan(memory: Memory, address: number, limit = Infinity): { readonly chars: Char[]; readonly open: Unknown | undefined } {
  const chars: Char[] = [];
  for (let i = 0; i < limit; i++) {
    const c = memory.load(address + i, 1) as Char;
    if (c === 0) break;
    if (!isCharacter(c)) return { chars, open: c as Unknown };
    chars.push(c);
  }
  return { chars, open: undefined };
}

function normal(chars: Char[]): Text {
  return chars.every((c) => typeof c === 'number') ? String.fromCharCode(...chars) : chars;
}

/**
 * The string at an address; unknown where its length is.
 * @throws MemoryError if there can be no string.
 */
export function readText(memory: Memory, address: number): Text | Unknown {
  const known = memory.tryCString(address);
  if (known !== undefined) return known;
  const { chars, open } = scan(memory, address);
  return open ?? normal(chars);
}

/** At most `limit` bytes of the string at an address. */
export function readTextUpTo(memory: Memory, address: number, limit: number): Text | Unknown {
  if (limit === 0) return '';
  const { chars, open } = scan(memory, address, limit);
  return open ?? normal(chars);
}

/** The string at an address; unknown if any of it is. @throws MemoryError if there can be no string. */
export function readString(memory: Memory, address: number): string | Unknown {
  const text = readText(memory, address);
  return Array.isArray(text) ? (text.find((c) => c instanceof Unknown) as Unknown) : text;
}

/** Store the bytes and a NUL. */
export function writeText(memory: Memory, address: number, text: Text): void {
  if (typeof text === 'string') { memory.writeCString(address, text); return; }
  for (let i = 0; i < text.length; i++) memory.store(address + i, 1, text[i]!);
  memory.store(address + text.length, 1, 0);
}

/** A fresh heap copy. */
export function allocateText(memory: Memory, text: Text): number {
  if (typeof text === 'string') return memory.allocateCString(text);
  const address = memory.allocate(text.length + 1);
  writeText(memory, address, text);
  return address;
}

/** The bytes of a string. */
export function charsOf(text: Text): Char[] {
  if (typeof text !== 'string') return text;
  const chars: Char[] = new Array<Char>(text.length);
  for (let i = 0; i < text.length; i++) chars[i] = text.charCodeAt(i);
  return chars;
}

/** One after the other. */
export function joinText(parts: readonly Text[]): Text {
  if (parts.every((p) => typeof p === 'string')) return parts.join('');
  return parts.flatMap(charsOf);
}

/** A part of a string. */
export function sliceText(text: Text, from: number, to?: number): Text {
  return typeof text === 'string' ? text.slice(from, to) : normal(text.slice(from, to));
}

/** ASCII lower case, byte by byte ("C" locale). */
export function asciiLower(text: string): string {
  return text.replace(/[A-Z]+/g, (s) => s.toLowerCase());
}

/** ASCII upper case, byte by byte ("C" locale). */
export function asciiUpper(text: string): string {
  return text.replace(/[a-z]+/g, (s) => s.toUpperCase());
}

/**
 * strcmp() and relatives on `limit` bytes at most: negative, zero, positive; unknown if an unknown byte decides (then
 * known to be nonzero if the strings differ for certain).
 */
export function compareStrings(memory: Memory, a: number, b: number, limit: number, fold: boolean): number | Unknown {
  if (limit === Infinity) {
    try {
      let x = memory.cstring(a), y = memory.cstring(b);
      if (fold) { x = asciiLower(x); y = asciiLower(y); }
      return x === y ? 0 : x < y ? -1 : 1;
    } catch (error) {
      if (!(error instanceof MemoryError)) throw error;
    }
  }
  let undecided: Unknown | undefined;
  for (let i = 0; i < limit; i++) {
    let x = memory.load(a + i, 1) as Char, y = memory.load(b + i, 1) as Char;
    if (typeof x === 'number' && typeof y === 'number') {
      if (fold) { x = lowerByte(x); y = lowerByte(y); }
      if (x !== y) return undecided === undefined ? x - y : differs(undecided);
      if (x === 0) break;
      continue;
    }
    const unknown = (x instanceof Unknown ? x : y) as Unknown;
    undecided ??= unknown;
    if (x === 0 || y === 0) return isCharacter(x) || isCharacter(y) ? differs(undecided) : undecided.blurred();
    if (!isCharacter(x) && !isCharacter(y)) return undecided.blurred();
  }
  return undecided === undefined ? 0 : undecided.blurred();
}

function differs(why: Unknown): Unknown {
  return new Unknown(why.origin, undefined, 0n, true);
}

function lowerByte(c: number): number {
  return c >= 65 && c <= 90 ? c + 32 : c;
}
