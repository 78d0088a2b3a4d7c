import type { QmpValue } from '../x86/api.js';

/** What a property can be besides a value: not there at all, or up to the host. */
export const ABSENT = Symbol('absent');
export const HOST = Symbol('host');
export type Value = QmpValue | typeof ABSENT | typeof HOST;

/** A text that two values share exactly if they are equal: 1 and 1n are, "1" is another. */
export function valueKey(value: Value): string {
  switch (typeof value) {
    case 'boolean': return value ? 't' : 'f';
    case 'number': case 'bigint': return `n${value}`;
    case 'string': return `"${value}`;
    case 'symbol': return value === ABSENT ? '-' : '?';
  }
  return JSON.stringify(value, (_key, member: unknown) => (typeof member === 'bigint' ? `${member}n` : member));
}

export function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a === 'boolean' || typeof b === 'boolean' || typeof a === 'symbol' || typeof b === 'symbol') return false;
  return valueKey(a) === valueKey(b);
}

export { hyphenated } from '../x86/spelling.js';
