import { isInteger, parse } from 'lossless-json';
import type { QmpValue } from '../x86/api.js';

/**
 * JSON text as a QMP value: integers outside the range in which doubles are exact become bigint.
 *
 * Text without a long run of digits goes to the engine's own parser, which is much faster.
 * @throws SyntaxError
 */
export function parseExact(text: string): QmpValue {
  return (/[0-9]{16}/.test(text) ? parse(text, undefined, exactNumber) : JSON.parse(text)) as QmpValue;
}

function exactNumber(text: string): number | bigint {
  const number = Number(text);
  return !Number.isSafeInteger(number) && isInteger(text) ? BigInt(text) : number;
}

/** Equality of QMP values: by value, numbers and bigint alike, members of objects in any order. */
export function sameValue(a: QmpValue | undefined, b: QmpValue | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a === null || b === null) return false;
  if (typeof a !== 'object' || typeof b !== 'object') {
    return (typeof a === 'bigint' || typeof b === 'bigint') && isWhole(a) && isWhole(b) && BigInt(a) === BigInt(b);
  }
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => sameValue(item, b[i]));
  }
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key], b[key]));
}

function isWhole(value: QmpValue): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
}

export type QmpObject = { [key: string]: QmpValue };

export function isObject(value: QmpValue | undefined): value is QmpObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
