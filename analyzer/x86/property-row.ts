import { createHash } from 'node:crypto';
import { Unknown } from '../c/unknown.js';
import type { Visited } from '../qom/visitor.js';
import { FixedMap, type KeyList } from './fixed-map.js';

/** The properties of a CPU as they were read. */
export class PropertyRow extends FixedMap<Visited> {
  /** @param marks of each property the two words of its {@link propertyMark} */
  constructor(list: KeyList, readonly cells: readonly Visited[], readonly marks: Uint32Array) {
    super(list);
  }

  override at(number: number): Visited {
    return this.cells[number]!;
  }
}

/** Two words that stand for a property with its value: the same for equal ones, on every machine. */
export type Mark = readonly [number, number];

const UNKNOWN: Mark = [0, 0];
/** A CPU has hundreds of properties, and most have one of two values on all CPUs. */
const known = new Map<string, Mark>();

/** The mark of a property and its value; zero where that is not known. */
export function propertyMark(name: string, value: Visited): Mark {
  if (value instanceof Unknown) return UNKNOWN;
  const text = `[${JSON.stringify(name)},${jsonText(value)}]`;
  let mark = known.get(text);
  if (mark === undefined) {
    const digest = createHash('sha256').update(text).digest();
    mark = [digest.readUInt32LE(0), digest.readUInt32LE(4)];
    if (known.size < 100_000) known.set(text, mark);
  }
  return mark;
}

/** Integers of 64 bits as strings, so that JSON can hold them. */
function jsonText(value: Visited): string {
  switch (typeof value) {
    case 'number': case 'boolean': return String(value);
    case 'bigint': return `"n${value}"`;
    case 'string': return JSON.stringify(value);
    default: return JSON.stringify(value, (_key, v: unknown) => (typeof v === 'bigint' ? `n${v}` : v));
  }
}
