import { FixedMap, KeyList } from '../x86/fixed-map.js';
import { byCodeUnit } from './order.js';

/** What this program writes as JSON: QMP's types, with undefined members left out and maps as objects. */
export type Json =
  | null | boolean | number | bigint | string | JsonText
  | readonly Json[] | { readonly [key: string]: Json | undefined } | ReadonlyMap<string, Json>;

/** JSON that is text already. */
export class JsonText {
  constructor(readonly text: string) {}
}

/** Writes many objects, each on one line with its members in {@link byCodeUnit} order: most have the same members, and those are sorted once. */
export class SortedObjects {
  private known: { readonly list: KeyList; readonly order: readonly number[]; readonly heads: readonly string[] } | undefined;

  text(map: ReadonlyMap<string, Json>): JsonText {
    const { order, heads } = this.layout(map);
    const cells = map instanceof FixedMap ? undefined : [...map.values()];
    const parts: string[] = [];
    for (let i = 0; i < order.length; i++) {
      const at = order[i]!;
      const value = cells === undefined ? (map as FixedMap<Json>).at(at) : cells[at]!;
      parts.push(heads[i]!, typeof value === 'string' ? quoted(value) : write(value, 0, ''));
    }
    return new JsonText(`{${parts.join('')}}`);
  }

  private layout(map: ReadonlyMap<string, Json>): NonNullable<typeof this.known> {
    if (this.known !== undefined && hasKeys(map, this.known.list)) return this.known;
    const list = map instanceof FixedMap ? map.list : new KeyList([...map.keys()]);
    const order = list.names.map((_name, i) => i).sort((a, b) => byCodeUnit(list.names[a]!, list.names[b]!));
    return (this.known = { list, order, heads: order.map((at, i) => `${i === 0 ? '' : ','}${quoted(list.names[at]!)}:`) });
  }
}

/** Are these its keys, in this order? */
function hasKeys(map: ReadonlyMap<string, unknown>, { names }: KeyList): boolean {
  if (map instanceof FixedMap && map.list.names === names) return true;
  let i = 0;
  if (map.size === names.length) for (const key of map.keys()) if (key !== names[i++]) return false;
  return map.size === names.length;
}

/**
 * JSON text. Integers of any size are exact JSON numbers (bigint as plain digits, RFC 8259 section 6).
 *
 * The first `levels` levels are laid out one member per line, deeper ones stand on one line,
 * so that large outputs can be compared line by line. No newline at the end.
 * @throws RangeError for a number that JSON cannot hold
 */
export function toJson(value: Json, levels = Infinity): string {
  return write(value, levels, '');
}

function write(value: Json, levels: number, indent: string): string {
  switch (typeof value) {
    case 'string': return JSON.stringify(value);
    case 'bigint': case 'boolean': return String(value);
    case 'number':
      if (!Number.isFinite(value)) throw new RangeError(`JSON has no number ${value}`);
      return String(value);
  }
  if (value === null) return 'null';
  if (value instanceof JsonText) return value.text;
  if (isArray(value)) return enclose('[', value.map((item) => write(item, levels - 1, indent + '  ')), ']', levels, indent);
  const members: string[] = [];
  const separator = levels > 0 ? ': ' : ':';
  for (const [key, member] of entries(value)) {
    if (member !== undefined) members.push(quoted(key) + separator + write(member, levels - 1, indent + '  '));
  }
  return enclose('{', members, '}', levels, indent);
}

/** The same few names stand in thousands of objects. */
const names = new Map<string, string>();

function quoted(name: string): string {
  let text = names.get(name);
  if (text === undefined) {
    text = JSON.stringify(name);
    if (names.size < 10_000) names.set(name, text);
  }
  return text;
}

function entries(value: { readonly [key: string]: Json | undefined } | ReadonlyMap<string, Json>): Iterable<[string, Json | undefined]> {
  return value instanceof Map ? value.entries() : Object.entries(value);
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function enclose(open: string, items: readonly string[], close: string, levels: number, indent: string): string {
  if (items.length === 0) return open + close;
  if (levels <= 0) return open + items.join(',') + close;
  return `${open}\n${indent}  ${items.join(`,\n${indent}  `)}\n${indent}${close}`;
}
