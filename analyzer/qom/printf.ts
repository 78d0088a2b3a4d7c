import type { Machine } from '../c/runtime.js';
import { Unknown, type Value } from '../c/unknown.js';
import { joinText, readText, readTextUpTo, sliceText, type Text } from './cstring.js';
import { formatFloat } from './printf-float.js';

const DIRECTIVE = /%([-+ #0']*)(\*|\d+)?(?:\.(\*|-?\d+)?)?(hh|h|ll|l|z|j|t|L|q)?([diouxXcspnmeEfFgGaA%])/g;

const WIDTHS: Readonly<Record<string, number>> = { hh: 8, h: 16, l: 64, ll: 64, z: 64, j: 64, t: 64, q: 64 };

/**
 * printf()'s formatting (C11 7.21.6.1). `args` are the arguments behind the format, with C's default promotions.
 * Unknown if the length of what an argument prints is; a string's unknown characters are kept as such.
 */
export function formatPrintf(machine: Machine, format: string, args: readonly Value[]): Text | Unknown {
  if (!format.includes('%')) return format;
  const parts: Text[] = [];
  let next = 0;
  let at = 0;
  let unknown: Unknown | undefined;
  const take = (): Value => args[next++] ?? 0;
  const count = (given: string | undefined): number | undefined => {
    if (given !== '*') return given === undefined ? undefined : Number(given);
    const v = take();
    if (v instanceof Unknown) { unknown ??= v; return 0; }
    return Number(BigInt.asIntN(32, BigInt(v)));
  };
  DIRECTIVE.lastIndex = 0;
  for (let m = DIRECTIVE.exec(format); m !== null; m = DIRECTIVE.exec(format)) {
    if (m.index > at) parts.push(format.slice(at, m.index));
    at = DIRECTIVE.lastIndex;
    const conversion = m[5]!;
    if (conversion === '%') { parts.push('%'); continue; }
    let flags = m[1]!;
    let width = count(m[2]) ?? 0;
    if (width < 0) { flags += '-'; width = -width; }
    const hasPrecision = m[0].includes('.');
    let precision = hasPrecision ? count(m[3]) ?? 0 : undefined;
    if (precision !== undefined && precision < 0) precision = undefined;
    const text = convertOne(machine, conversion, flags, precision, m[4], take);
    if (text instanceof Unknown) { unknown ??= text; continue; }
    parts.push(pad(text, width, flags, precision, conversion));
  }
  if (unknown !== undefined) return unknown.blurred();
  if (at < format.length) parts.push(format.slice(at));
  return parts.length === 1 ? parts[0]! : joinText(parts);
}

function convertOne(machine: Machine, conversion: string, flags: string, precision: number | undefined, length: string | undefined, take: () => Value): Text | Unknown {
  if (conversion === 'm') return 'Success';
  const value = take();
  if (conversion === 'c') return value instanceof Unknown ? [value] : String.fromCharCode(Number(BigInt.asUintN(8, BigInt(value))));
  if (value instanceof Unknown) return value;
  switch (conversion) {
    case 's': {
      if (value === 0 || value === 0n) return precision !== undefined && precision < 6 ? '' : '(null)';
      const address = Number(value);
      if (precision !== undefined) return readTextUpTo(machine.memory, address, precision);
      const text = readText(machine.memory, address);
      return text instanceof Unknown ? text : sliceText(text, 0, precision);
    }
    case 'p':
      return value === 0 || value === 0n ? '(nil)' : `0x${value.toString(16)}`;
    case 'n':
      return '';
    case 'e': case 'E': case 'f': case 'F': case 'g': case 'G': case 'a': case 'A':
      return formatFloat(Number(value), conversion, flags, precision);
    default:
      return formatInteger(value, conversion, flags, precision, length === undefined ? 32 : WIDTHS[length] ?? 32);
  }
}

function formatInteger(value: number | bigint, conversion: string, flags: string, precision: number | undefined, bits: number): string {
  const isSigned = conversion === 'd' || conversion === 'i';
  let magnitude: number | bigint;
  let sign = '';
  if (typeof value === 'number' && bits === 32 && Number.isInteger(value)) {
    magnitude = isSigned ? value | 0 : value >>> 0;
  } else {
    const wide = BigInt(value);
    magnitude = isSigned ? BigInt.asIntN(bits, wide) : BigInt.asUintN(bits, wide);
  }
  if (magnitude < 0) { sign = '-'; magnitude = -magnitude; } else if (isSigned) sign = flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const radix = conversion === 'x' || conversion === 'X' ? 16 : conversion === 'o' ? 8 : 10;
  let digits = magnitude.toString(radix);
  if (precision !== undefined) {
    if (precision === 0 && digits === '0') digits = '';
    digits = digits.padStart(precision, '0');
  }
  if (flags.includes('#')) {
    if (radix === 16 && magnitude != 0) sign = '0x';
    else if (radix === 8 && !digits.startsWith('0')) digits = `0${digits}`;
  }
  const text = sign + digits;
  return conversion === 'X' ? text.toUpperCase() : text;
}

function pad(text: Text, width: number, flags: string, precision: number | undefined, conversion: string): Text {
  const missing = width - text.length;
  if (missing <= 0) return text;
  if (flags.includes('-')) return joinText([text, ' '.repeat(missing)]);
  const numeric = !'csp'.includes(conversion);
  const integer = 'diouxX'.includes(conversion);
  if (numeric && typeof text === 'string' && flags.includes('0') && !(integer && precision !== undefined) && !/[in]/i.test(text)) {
    const prefix = /^[-+ ]?(?:0[xX])?/.exec(text)![0];
    return prefix + '0'.repeat(missing) + text.slice(prefix.length);
  }
  return joinText([' '.repeat(missing), text]);
}
