import { Unknown } from '../c/unknown.js';
import type { Visited } from '../qom/visitor.js';
import { FixedMap, type KeyList } from './fixed-map.js';

/** The properties of a CPU as they were read. */
export class PropertyRow extends FixedMap<Visited> {
  /** @param texts of each property what {@link propertyText} gives */
  constructor(list: KeyList, readonly cells: readonly Visited[], readonly texts: readonly string[]) {
    super(list);
  }

  override at(number: number): Visited {
    return this.cells[number]!;
  }
}

/** A property and its value in a form that only an equal one has; empty if it is not known. Integers of 64 bits are strings, so that JSON can hold them. */
export function propertyText(name: string, value: Visited): string {
  return value instanceof Unknown ? '' : `[${JSON.stringify(name)},${jsonText(value)}]`;
}

function jsonText(value: Visited): string {
  switch (typeof value) {
    case 'number': case 'boolean': return String(value);
    case 'bigint': return `"n${value}"`;
    case 'string': return JSON.stringify(value);
    default: return JSON.stringify(value, (_key, v: unknown) => (typeof v === 'bigint' ? `n${v}` : v));
  }
}
