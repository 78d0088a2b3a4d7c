import type { Machine } from '../c/runtime.js';
import { Unknown, unknownBlock, unknownContent, type Value } from '../c/unknown.js';
import { allocateText, asciiLower, compareStrings, isCharacter, readString, readText, readTextUpTo, scan, type Char } from './cstring.js';
import { defineAll, num, undecided } from './intrinsic.js';

/** <string.h> and <strings.h>. Unknown bytes are moved as they are; what would depend on them is unknown. */
export function defineStringFunctions(machine: Machine): void {
  defineMemory(machine);
  defineCopies(machine);
  defineComparisons(machine);
  defineSearches(machine);
  defineTokens(machine);
}

function defineMemory(machine: Machine): void {
  const copy = (m: Machine, args: Value[]): void => {
    const [to, from, size] = args as [number, number, bigint];
    m.memory.copy(to, from, Number(size));
  };
  const set = (m: Machine, to: number, byte: Value, size: number): void => {
    if (byte instanceof Unknown) {
      const fill = new Unknown(byte.origin, byte.bits & 0xffn, byte.value & 0xffn);
      for (let i = 0; i < size; i++) m.memory.store(to + i, 1, fill);
    } else {
      m.memory.fill(to, Number(byte) & 0xff, size);
    }
  };
  for (const name of ['memcpy', 'memmove', '__builtin_memcpy', '__builtin_memmove', 'mempcpy']) {
    const atEnd = name === 'mempcpy';
    machine.define(name, (m, args, call) => {
      const [to, from, size] = args as [Value, Value, Value];
      // nothing known stands in a block of unknown size
      if (to instanceof Unknown && to.origin.block !== undefined) return to;
      if (from instanceof Unknown && !(to instanceof Unknown) && !(size instanceof Unknown)) {
        set(m, num(to), new Unknown(unknownContent(from).origin, 0xffn), num(size));
        return atEnd ? num(to) + num(size) : to;
      }
      for (const a of args) if (a instanceof Unknown) return undecided(m, a, `${name}()`, call);
      copy(m, args);
      return atEnd ? num(args[0] as number) + Number(args[2]) : args[0]!;
    });
  }
  for (const name of ['memset', '__builtin_memset']) {
    machine.define(name, (m, args, call) => {
      const [to, byte, size] = args as [Value, Value, Value];
      if (to instanceof Unknown && to.origin.block !== undefined) return to;
      if (to instanceof Unknown || size instanceof Unknown) return undecided(m, (to instanceof Unknown ? to : size) as Unknown, 'memset()', call);
      set(m, num(to), byte, num(size));
      return to;
    });
  }
  defineAll(machine, {
    bzero: (m, [to, size]) => { m.memory.fill(num(to), 0, num(size)); },
    memcmp: (m, [a, b, size]) => compareBytes(m, num(a), num(b), num(size)),
    memchr: (m, [s, c, size]) => findByte(m, num(s), num(c) & 0xff, num(size)),
    rawmemchr: (m, [s, c]) => findByte(m, num(s), num(c) & 0xff, Infinity),
    memrchr: (m, [s, c, size]) => {
      for (let i = num(size) - 1; i >= 0; i--) {
        const byte = m.memory.load(num(s) + i, 1);
        if (byte instanceof Unknown) return byte.blurred();
        if (byte === (num(c) & 0xff)) return num(s) + i;
      }
      return 0;
    },
    memmem: (m, [h, hn, n, nn]) => {
      const haystack = Buffer.from(m.memory.readBytes(num(h), num(hn)));
      const at = haystack.indexOf(m.memory.readBytes(num(n), num(nn)));
      return at < 0 ? 0 : num(h) + at;
    },
  });
}

/** memcmp(); unknown if an unknown byte decides. */
export function compareBytes(m: Machine, a: number, b: number, size: number): number | Unknown {
  let unknown: Unknown | undefined;
  for (let i = 0; i < size; i++) {
    const x = m.memory.load(a + i, 1) as Char, y = m.memory.load(b + i, 1) as Char;
    if (x instanceof Unknown) unknown ??= x;
    else if (y instanceof Unknown) unknown ??= y;
    else if (x !== y) return unknown === undefined ? x - y : new Unknown(unknown.origin, undefined, 0n, true);
  }
  return unknown === undefined ? 0 : unknown.blurred();
}

function findByte(m: Machine, s: number, byte: number, size: number): number | Unknown {
  for (let i = 0; i < size; i++) {
    const c = m.memory.load(s + i, 1);
    if (c instanceof Unknown) return c.blurred();
    if (c === byte) return s + i;
  }
  return 0;
}

function defineCopies(machine: Machine): void {
  // A copy goes to the first certain NUL: what lies behind a byte that may be one does no harm.
  const length = (m: Machine, s: number, limit = Infinity): number => {
    const known = readText(m.memory, s);
    if (!(known instanceof Unknown)) return Math.min(known.length, limit);
    let i = 0;
    while (i < limit && m.memory.load(s + i, 1) !== 0) i++;
    return i;
  };
  const bounded = (m: Machine, s: number, limit: number): number => {
    let i = 0;
    while (i < limit && m.memory.load(s + i, 1) !== 0) i++;
    return i;
  };
  const copyString = (m: Machine, to: number, from: number): number => {
    const n = length(m, from);
    m.memory.copy(to, from, n + 1);
    return to + n;
  };
  defineAll(machine, {
    strlen: (m, [s]) => textLength(m, num(s), Infinity),
    strnlen: (m, [s, n]) => textLength(m, num(s), num(n)),
    strcpy: (m, [to, from]) => { copyString(m, num(to), num(from)); return to!; },
    stpcpy: (m, [to, from]) => copyString(m, num(to), num(from)),
    strncpy: (m, [to, from, size]) => {
      const n = bounded(m, num(from), num(size));
      m.memory.copy(num(to), num(from), n);
      m.memory.fill(num(to) + n, 0, num(size) - n);
      return to!;
    },
    strcat: (m, [to, from]) => { copyString(m, num(to) + length(m, num(to)), num(from)); return to!; },
    strncat: (m, [to, from, size]) => {
      const end = num(to) + length(m, num(to));
      const n = bounded(m, num(from), num(size));
      m.memory.copy(end, num(from), n);
      m.memory.store(end + n, 1, 0);
      return to!;
    },
    strdup: (m, [s]) => {
      const text = readText(m.memory, num(s));
      return text instanceof Unknown ? unknownBlock(text) : allocateText(m.memory, text);
    },
    strndup: (m, [s, size]) => {
      const text = readTextUpTo(m.memory, num(s), num(size));
      return text instanceof Unknown ? unknownBlock(text) : allocateText(m.memory, text);
    },
    // util/cutils.c: strncpy() with a certain NUL
    pstrcpy: (m, [to, size, from]) => {
      if (num(size) <= 0) return 0;
      const n = bounded(m, num(from), num(size) - 1);
      m.memory.copy(num(to), num(from), n);
      m.memory.store(num(to) + n, 1, 0);
      return 0;
    },
  });
}

/** strnlen(); bytes that are unknown but certainly not NUL count. */
function textLength(m: Machine, s: number, limit: number): number | Unknown {
  if (limit === Infinity) {
    const text = readText(m.memory, s);
    return text instanceof Unknown ? text.blurred() : text.length;
  }
  const { chars, open } = scan(m.memory, s, limit);
  return open === undefined ? chars.length : open.blurred();
}

function defineComparisons(machine: Machine): void {
  defineAll(machine, {
    strcmp: (m, [a, b]) => (a === b && typeof a === 'number' && a !== 0 ? 0 : compareStrings(m.memory, num(a), num(b), Infinity, false)),
    strcoll: (m, [a, b]) => compareStrings(m.memory, num(a), num(b), Infinity, false),
    strncmp: (m, [a, b, n]) => compareStrings(m.memory, num(a), num(b), num(n), false),
    strcasecmp: (m, [a, b]) => compareStrings(m.memory, num(a), num(b), Infinity, true),
    strncasecmp: (m, [a, b, n]) => compareStrings(m.memory, num(a), num(b), num(n), true),
    strverscmp: (m, [a, b]) => {
      const x = readString(m.memory, num(a)), y = readString(m.memory, num(b));
      if (x instanceof Unknown) return x.blurred();
      if (y instanceof Unknown) return y.blurred();
      return versionOrder(x, y);
    },
    ffs: (_m, [i]) => lowest(BigInt.asUintN(32, BigInt(i!))),
    ffsl: (_m, [i]) => lowest(BigInt.asUintN(64, BigInt(i!))),
    ffsll: (_m, [i]) => lowest(BigInt.asUintN(64, BigInt(i!))),
  });
}

function lowest(bits: bigint): number {
  return bits === 0n ? 0 : (bits & -bits).toString(2).length;
}

/** strverscmp(): runs of digits compare as numbers, those with leading zeros as fractions. */
function versionOrder(a: string, b: string): number {
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at++;
  if (at === a.length && at === b.length) return 0;
  let start = at;
  while (start > 0 && /\d/.test(a[start - 1]!)) start--;
  const x = /^\d*/.exec(a.slice(start))![0], y = /^\d*/.exec(b.slice(start))![0];
  const plain = a < b ? -1 : 1;
  if (x === '' || y === '') return plain;
  if (x[0] === '0' || y[0] === '0') {
    const zx = /^0*/.exec(x)![0].length, zy = /^0*/.exec(y)![0].length;
    if (zx !== zy) return x.length === zx && zx < zy ? 1 : y.length === zy && zy < zx ? -1 : zx > zy ? -1 : 1;
    return plain;
  }
  return x.length !== y.length ? x.length - y.length : plain;
}

function defineSearches(machine: Machine): void {
  /** Search in a string; unknown if it (or the other one) is not known. */
  const search = (find: (text: string, other: string) => number) => (m: Machine, s: number, other: number): Value => {
    const text = readString(m.memory, s), wanted = readString(m.memory, other);
    if (text instanceof Unknown) return text.blurred();
    if (wanted instanceof Unknown) return wanted.blurred();
    const at = find(text, wanted);
    return at < 0 ? 0 : s + at;
  };
  const strstr = search((t, w) => t.indexOf(w));
  const strcasestr = search((t, w) => asciiLower(t).indexOf(asciiLower(w)));
  const strpbrk = search((t, set) => { for (let i = 0; i < t.length; i++) if (set.includes(t[i]!)) return i; return -1; });
  const chr = (m: Machine, s: number, c: number, atEnd: boolean): Value => {
    for (let i = 0; ; i++) {
      const byte = m.memory.load(s + i, 1) as Char;
      if (byte instanceof Unknown) { if (c === 0 && isCharacter(byte)) continue; return byte.blurred(); }
      if (byte === c) return s + i;
      if (byte === 0) return atEnd ? s + i : 0;
    }
  };
  const rchr = (m: Machine, s: number, c: number): Value => {
    const text = readString(m.memory, s);
    if (text instanceof Unknown) return text.blurred();
    const at = c === 0 ? text.length : text.lastIndexOf(String.fromCharCode(c));
    return at < 0 ? 0 : s + at;
  };
  const span = (m: Machine, s: number, set: number, inside: boolean): Value => {
    const text = readString(m.memory, s), chars = readString(m.memory, set);
    if (text instanceof Unknown) return text.blurred();
    if (chars instanceof Unknown) return chars.blurred();
    return spanOf(text, chars, inside);
  };
  defineAll(machine, {
    strchr: (m, [s, c]) => chr(m, num(s), num(c) & 0xff, false),
    index: (m, [s, c]) => chr(m, num(s), num(c) & 0xff, false),
    strchrnul: (m, [s, c]) => chr(m, num(s), num(c) & 0xff, true),
    strrchr: (m, [s, c]) => rchr(m, num(s), num(c) & 0xff),
    rindex: (m, [s, c]) => rchr(m, num(s), num(c) & 0xff),
    strstr: (m, [h, n]) => strstr(m, num(h), num(n)),
    strcasestr: (m, [h, n]) => strcasestr(m, num(h), num(n)),
    strpbrk: (m, [s, set]) => strpbrk(m, num(s), num(set)),
    strspn: (m, [s, set]) => span(m, num(s), num(set), true),
    strcspn: (m, [s, set]) => span(m, num(s), num(set), false),
  });
}

function spanOf(text: string, set: string, inside: boolean): number {
  let i = 0;
  while (i < text.length && set.includes(text[i]!) === inside) i++;
  return i;
}

function defineTokens(machine: Machine): void {
  const tokenize = (m: Machine, s: number, delimiters: number, save: number): Value => {
    const from = s !== 0 ? s : (m.memory.loadPointer(save) as number);
    if (from === 0) return 0;
    const text = readString(m.memory, from), set = readString(m.memory, delimiters);
    if (text instanceof Unknown) return text.blurred();
    if (set instanceof Unknown) return set.blurred();
    const start = spanOf(text, set, true);
    if (start === text.length) { m.memory.store(save, 8, from + start); return 0; }
    const end = start + spanOf(text.slice(start), set, false);
    if (end < text.length) m.memory.store(from + end, 1, 0);
    m.memory.store(save, 8, end < text.length ? from + end + 1 : from + end);
    return from + start;
  };
  let held: number | undefined;
  defineAll(machine, {
    strtok_r: (m, [s, d, save]) => tokenize(m, num(s), num(d), num(save)),
    strtok: (m, [s, d]) => tokenize(m, num(s), num(d), (held ??= m.memory.allocateStatic(8))),
    strsep: (m, [sp, d]) => {
      const from = m.memory.loadPointer(num(sp));
      if (from instanceof Unknown) return from;
      if (from === 0) return 0;
      const text = readString(m.memory, from), set = readString(m.memory, num(d));
      if (text instanceof Unknown) return text.blurred();
      if (set instanceof Unknown) return set.blurred();
      const end = spanOf(text, set, false);
      if (end < text.length) m.memory.store(from + end, 1, 0);
      m.memory.store(num(sp), 8, end < text.length ? from + end + 1 : 0);
      return from;
    },
  });
}

