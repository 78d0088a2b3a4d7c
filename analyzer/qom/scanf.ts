import type { Machine } from '../c/runtime.js';
import type { Value } from '../c/unknown.js';
import { num } from './intrinsic.js';
import { floatPrefix, integerPrefix } from './number-text.js';

const SIZES: Readonly<Record<string, number>> = { hh: 1, h: 2, l: 8, ll: 8, j: 8, z: 8, t: 8 };

/** sscanf() (C11 7.21.6.2): the number of items stored, -1 if the text ended before the first. */
export function scanText(machine: Machine, text: string, format: string, args: readonly Value[]): number {
  const { memory } = machine;
  let at = 0, next = 0, stored = 0;
  const skipSpace = (): void => { while (at < text.length && /\s/.test(text[at]!)) at++; };
  for (let i = 0; i < format.length; i++) {
    const f = format[i]!;
    if (/\s/.test(f)) { skipSpace(); continue; }
    if (f !== '%') {
      if (at >= text.length && stored === 0) return -1;
      if (text[at] !== f) return stored;
      at++;
      continue;
    }
    const spec = /^%(\*)?(\d+)?(hh|h|ll|l|j|z|t|L)?(?:\[(\^?\]?[^\]]*)\]|(.))/s.exec(format.slice(i));
    if (spec === null) return stored;
    i += spec[0].length - 1;
    const [, suppress, widthText, length, set, conversion] = spec;
    const width = widthText === undefined ? Infinity : Number(widthText);
    const target = (): number => num(args[next++] as number);
    if (conversion === '%') { skipSpace(); if (text[at] !== '%') return stored; at++; continue; }
    if (conversion === 'n') { memory.store(target(), SIZES[length ?? ''] ?? 4, at); continue; }
    if (conversion !== 'c' && set === undefined) skipSpace();
    if (at >= text.length) return stored === 0 ? -1 : stored;
    if (conversion === 'c' || conversion === 's' || set !== undefined) {
      const limit = conversion === 'c' ? (width === Infinity ? 1 : width) : width;
      const accepts = conversion === 'c' ? () => true : conversion === 's' ? (c: string) => !/\s/.test(c) : inSet(set!);
      const start = at;
      while (at < text.length && at - start < limit && accepts(text[at]!)) at++;
      if (at === start) return stored;
      if (suppress === undefined) {
        const to = target();
        for (let k = start; k < at; k++) memory.store(to + k - start, 1, text.charCodeAt(k));
        if (conversion !== 'c') memory.store(to + at - start, 1, 0);
        stored++;
      }
      continue;
    }
    const window = text.slice(at, width === Infinity ? undefined : at + width);
    if ('eEfFgGaA'.includes(conversion!)) {
      const { value, length: used } = floatPrefix(window);
      if (used === 0) return stored;
      at += used;
      if (suppress === undefined) { memory.storeFloat(target(), length === 'l' ? 8 : 4, value); stored++; }
      continue;
    }
    const base = conversion === 'x' || conversion === 'X' || conversion === 'p' ? 16 : conversion === 'o' ? 8 : conversion === 'i' ? 0 : 10;
    const { value, negative, length: used } = integerPrefix(window, base);
    if (used === 0) return stored;
    at += used;
    if (suppress === undefined) {
      memory.store(target(), conversion === 'p' ? 8 : SIZES[length ?? ''] ?? 4, BigInt.asUintN(64, negative ? -value : value));
      stored++;
    }
  }
  return stored;
}

function inSet(set: string): (c: string) => boolean {
  const negated = set.startsWith('^');
  const members = new Set<string>();
  const body = negated ? set.slice(1) : set;
  for (let i = 0; i < body.length; i++) {
    if (body[i + 1] === '-' && i + 2 < body.length) {
      for (let c = body.charCodeAt(i); c <= body.charCodeAt(i + 2); c++) members.add(String.fromCharCode(c));
      i += 2;
    } else {
      members.add(body[i]!);
    }
  }
  return (c) => members.has(c) !== negated;
}
