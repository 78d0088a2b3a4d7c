import type { QmpValue } from '../x86/api.js';

/**
 * A value as a property's setter parses it from text (QEMU's string input visitor, qapi/string-input-visitor.c,
 * and the keyval and qobject visitors agree): on/off, decimal digits, the string itself.
 * Undefined for what has no text form: null, lists, structures.
 */
export function settingText(value: QmpValue): string | undefined {
  switch (typeof value) {
    case 'boolean': return value ? 'on' : 'off';
    case 'number': case 'bigint': return String(value);
    case 'string': return value;
    default: return undefined;
  }
}

/** A value for people: as {@link settingText}, large round hexadecimal numbers also in hexadecimal, empty strings visible. */
export function displayValue(value: QmpValue | undefined): string {
  if (value === undefined) return 'the host decides';
  if (value === '') return '""';
  if (Array.isArray(value)) return `[${value.map(displayValue).join(', ')}]`;
  if (value === null) return 'null';
  if (typeof value === 'object') return `{${Object.entries(value).map(([key, member]) => `${key}: ${displayValue(member)}`).join(', ')}}`;
  const text = settingText(value)!;
  return (typeof value === 'number' || typeof value === 'bigint') && value >= 0x10000 ? `${text} (0x${value.toString(16)})` : text;
}
