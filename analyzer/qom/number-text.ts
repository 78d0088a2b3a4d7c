/** Numbers read from text, as the C library's strto*() functions do (C11 7.22.1). */

const SPACE = /^[ \t\n\v\f\r]*/;

/** What strtol() and relatives found: the value before any limit, and how many bytes were used (0: no number). */
export interface IntegerText { readonly value: bigint; readonly negative: boolean; readonly length: number }

function digitValue(c: number): number {
  if (c >= 48 && c <= 57) return c - 48;
  if (c >= 97 && c <= 122) return c - 87;
  if (c >= 65 && c <= 90) return c - 55;
  return 99;
}

/** The magnitude of the integer at the start of a text. */
export function integerPrefix(text: string, base: number): IntegerText {
  let at = SPACE.exec(text)![0].length;
  const negative = text[at] === '-';
  if (negative || text[at] === '+') at++;
  let radix = base;
  const prefixed = text[at] === '0' && (text[at + 1] === 'x' || text[at + 1] === 'X') && digitValue(text.charCodeAt(at + 2)) < 16;
  if ((radix === 0 || radix === 16) && prefixed) { at += 2; radix = 16; } else if (radix === 0) radix = text[at] === '0' ? 8 : 10;
  const start = at;
  while (at < text.length && digitValue(text.charCodeAt(at)) < radix) at++;
  if (at === start) return { value: 0n, negative: false, length: 0 };
  const digits = text.slice(start, at);
  let value = 0n;
  if (radix === 10) value = BigInt(digits);
  else if (digits.length <= 8) value = BigInt(parseInt(digits, radix));
  else for (let i = 0; i < digits.length; i++) value = value * BigInt(radix) + BigInt(digitValue(digits.charCodeAt(i)));
  return { value, negative, length: at };
}

/** The number at the start of a text, as strtod() reads it, and how many bytes it has (0: none). */
export function floatPrefix(text: string): { readonly value: number; readonly length: number } {
  const space = SPACE.exec(text)![0].length;
  const rest = text.slice(space);
  const hex = /^([-+]?)0x([0-9a-f]*)(?:\.([0-9a-f]*))?(?:p([-+]?\d+))?/i.exec(rest);
  if (hex !== null && `${hex[2]}${hex[3] ?? ''}` !== '') {
    const fractionDigits = hex[3] ?? '';
    let mantissa = 0;
    for (const d of `${hex[2]}${fractionDigits}`) mantissa = mantissa * 16 + parseInt(d, 16);
    const value = mantissa * 2 ** (Number(hex[4] ?? 0) - 4 * fractionDigits.length);
    return { value: hex[1] === '-' ? -value : value, length: space + hex[0].length };
  }
  const decimal = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/i.exec(rest);
  if (decimal !== null) return { value: Number(decimal[0]), length: space + decimal[0].length };
  const special = /^([-+]?)(?:(inf(?:inity)?)|nan(?:\(\w*\))?)/i.exec(rest);
  if (special !== null) {
    const value = special[2] !== undefined ? Infinity : NaN;
    return { value: special[1] === '-' ? -value : value, length: space + special[0].length };
  }
  return { value: 0, length: 0 };
}
