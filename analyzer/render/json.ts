/** What this program writes as JSON: QMP's types, with undefined members left out and maps as objects. */
export type Json =
  | null | boolean | number | bigint | string | JsonText
  | readonly Json[] | { readonly [key: string]: Json | undefined } | ReadonlyMap<string, Json>;

/** JSON that is text already. */
export class JsonText {
  constructor(readonly text: string) {}
}

/** An object with these members, in this order, on one line. */
export function jsonObject(names: readonly string[], member: (name: string) => Json): JsonText {
  let text = '';
  for (const name of names) text += `${text === '' ? '' : ','}${quoted(name)}:${write(member(name), 0, '')}`;
  return new JsonText(`{${text}}`);
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
