import { CHAR, DOUBLE, FLOAT, INT, LLONG, LONG, UINT, ULLONG, ULONG, type CType } from './types.js';
import type { Value } from './unknown.js';

/** Literals of C11 6.4.4 and 6.4.5. */

/** A number literal's value and type (C11 6.4.4.1p5: the first type of the list in which it fits). */
export function numberLiteral(text: string): { value: Value; type: CType } {
  const isHex = /^0[xX]/.test(text);
  if (isHex ? /[.pP]/.test(text) : /[.eE]/.test(text)) {
    const [, digits, suffix] = /^(.*?)([fFlL]?)$/.exec(text)! as unknown as [string, string, string];
    const value = isHex ? hexadecimalFloat(digits) : Number(digits);
    return /[fF]/.test(suffix) ? { value: Math.fround(value), type: FLOAT } : { value, type: DOUBLE };
  }
  const match = /^(.*?)([uUlL]*)$/.exec(text)!;
  const digits = match[1]!;
  const suffix = match[2]!.toLowerCase();
  const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const unsigned = suffix.includes('u');
  const long = suffix.includes('l');
  const [signedLong, unsignedLong] = suffix.includes('ll') ? [LLONG, ULLONG] : [LONG, ULONG];
  const decimal = !/^0/.test(digits);
  if (!long && !unsigned && value <= 0x7fffffffn) return { value: Number(value), type: INT };
  if (!long && (unsigned || !decimal) && value <= 0xffffffffn) return { value: Number(value), type: UINT };
  if (!unsigned && value <= 0x7fffffffffffffffn) return { value, type: signedLong };
  return { value: BigInt.asUintN(64, value), type: unsignedLong };
}

/** 0x1.8p-3 */
function hexadecimalFloat(text: string): number {
  const [, whole, fraction, exponent] = /^0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([-+]?\d+)$/.exec(text) ?? [];
  if (exponent === undefined) return NaN;
  return parseInt(`0${whole!}${fraction!}`, 16) * 2 ** (Number(exponent) - 4 * fraction!.length);
}

const SIMPLE: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, a: 7, b: 8, f: 12, v: 11, e: 27, '0': 0, '\\': 92, "'": 39, '"': 34, '?': 63 };

/** The characters between the quotes of one string or character literal, escapes resolved; one char per byte (UTF-8). */
export function unescape(body: string): string {
  let out = '';
  for (let i = 0; i < body.length; i++) {
    const c = body[i]!;
    if (c !== '\\') {
      if (c.charCodeAt(0) < 0x80) out += c;
      else {
        const point = body.codePointAt(i)!;
        if (point > 0xffff) i++;
        for (const byte of Buffer.from(String.fromCodePoint(point), 'utf8')) out += String.fromCharCode(byte);
      }
      continue;
    }
    const e = body[++i]!;
    if (e === 'x') {
      let n = 0;
      while (/[0-9a-fA-F]/.test(body[i + 1] ?? '')) n = (n * 16 + parseInt(body[++i]!, 16)) & 0xff;
      out += String.fromCharCode(n);
    } else if (/[0-7]/.test(e)) {
      let n = Number(e);
      for (let k = 0; k < 2 && /[0-7]/.test(body[i + 1] ?? ''); k++) n = n * 8 + Number(body[++i]!);
      out += String.fromCharCode(n & 0xff);
    } else if (e === 'u' || e === 'U') {
      const length = e === 'u' ? 4 : 8;
      const point = parseInt(body.slice(i + 1, i + 1 + length), 16);
      i += length;
      for (const byte of Buffer.from(String.fromCodePoint(point), 'utf8')) out += String.fromCharCode(byte);
    } else {
      out += String.fromCharCode(SIMPLE[e] ?? e.charCodeAt(0));
    }
  }
  return out;
}

/** A string literal's bytes, prefix and quotes removed. */
export function stringLiteral(text: string): string {
  const open = text.indexOf('"');
  return unescape(text.slice(open + 1, -1));
}

/** A character literal: an int; several characters as gcc packs them. */
export function charLiteral(text: string): { value: Value; type: CType } {
  const open = text.indexOf("'");
  const bytes = unescape(text.slice(open + 1, -1));
  if (bytes.length === 1) return { value: open > 0 ? bytes.charCodeAt(0) : (bytes.charCodeAt(0) << 24) >> 24, type: INT };
  let value = 0;
  for (const b of bytes) value = (value << 8) | b.charCodeAt(0);
  return { value: value | 0, type: INT };
}

/** Element type of ordinary string literals. */
export const STRING_ELEMENT = CHAR;
