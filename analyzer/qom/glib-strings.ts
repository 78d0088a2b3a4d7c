import type { CallSite, Machine } from '../c/runtime.js';
import { Unknown, unknownBlock, type Value } from '../c/unknown.js';
import { allocateText, asciiLower, asciiUpper, compareStrings, joinText, readString, readText, readTextUpTo, sliceText, writeText, type Text } from './cstring.js';
import { defineAll, needed, num, signed, strict, undecided } from './intrinsic.js';
import { formatted, formattedList } from './libc-stdio.js';
import { CHARACTER_CLASSES, lowerOf, upperOf } from './libc-stdlib.js';

/** glib's string utilities (gstrfuncs.h), string vectors and Base64. */
export function defineStringUtilities(machine: Machine): void {
  defineDuplicates(machine);
  defineVectors(machine);
  defineAscii(machine);
  defineEdits(machine);
  defineUtf8(machine);
  defineBase64(machine);
}

/** The value of an allocation, or why there is none. */
function fresh(m: Machine, text: Text | Unknown): Value {
  return text instanceof Unknown ? unknownBlock(text) : allocateText(m.memory, text);
}

function textOf(m: Machine, v: Value | undefined): Text | Unknown {
  return v instanceof Unknown ? v : readText(m.memory, num(v));
}

/** Strings up to a null pointer. */
function textsUpToNull(m: Machine, args: readonly Value[]): Text[] | Unknown {
  const texts: Text[] = [];
  for (const a of args) {
    if (a === 0 || a === 0n) break;
    const t = textOf(m, a);
    if (t instanceof Unknown) return t;
    texts.push(t);
  }
  return texts;
}

function joinWith(m: Machine, separator: Text | Unknown, texts: readonly Text[] | Unknown): Value {
  if (separator instanceof Unknown) return separator.blurred();
  if (texts instanceof Unknown) return texts.blurred();
  return fresh(m, joinText(texts.flatMap((t, i) => (i === 0 ? [t] : [separator, t]))));
}

function defineDuplicates(machine: Machine): void {
  machine.define('g_strdup', (m, [s]) => (s === 0 || s === 0n ? 0 : fresh(m, textOf(m, s))));
  machine.define('g_strdup_printf', (m, args) => fresh(m, formatted(m, args, 0)));
  machine.define('g_strdup_vprintf', (m, args) => fresh(m, formattedList(m, args, 0)));
  machine.define('g_strconcat', (m, args) => (args[0] === 0 ? 0 : joinWith(m, '', textsUpToNull(m, args))));
  machine.define('g_strjoin', (m, args) => joinWith(m, args[0] === 0 ? '' : textOf(m, args[0]), textsUpToNull(m, args.slice(1))));
  defineAll(machine, {
    g_strndup: (m, [s, size]) => (num(s) === 0 ? 0 : fresh(m, readTextUpTo(m.memory, num(s), num(size)))),
    g_strnfill: (m, [size, c]) => m.memory.allocateCString(String.fromCharCode(num(c) & 0xff).repeat(num(size))),
    g_stpcpy: (m, [to, from]) => {
      const text = readText(m.memory, num(from));
      if (text instanceof Unknown) return text.blurred();
      writeText(m.memory, num(to), text);
      return num(to) + text.length;
    },
    g_strlcpy: (m, [to, from, size]) => limitedCopy(m, num(to), 0, num(from), num(size)),
    g_strlcat: (m, [to, from, size]) => {
      const old = readTextUpTo(m.memory, num(to), num(size));
      return old instanceof Unknown ? old.blurred() : limitedCopy(m, num(to), old.length, num(from), num(size));
    },
  });
}

function limitedCopy(m: Machine, to: number, at: number, from: number, size: number): Value {
  const text = readText(m.memory, from);
  if (text instanceof Unknown) return text.blurred();
  if (size > at) writeText(m.memory, to + at, sliceText(text, 0, size - at - 1));
  return at + text.length;
}

/** The pointers of a NULL-terminated vector. */
function vector(m: Machine, v: number): number[] {
  const found: number[] = [];
  for (let at = v; ; at += 8) {
    const p = needed(m.memory.loadPointer(at));
    if (p === 0) return found;
    found.push(p);
  }
}

function allocateVector(m: Machine, texts: readonly Text[]): number {
  const v = m.memory.allocate(8 * (texts.length + 1));
  texts.forEach((t, i) => { m.memory.store(v + 8 * i, 8, allocateText(m.memory, t)); });
  return v;
}

function defineVectors(machine: Machine): void {
  const split = (isSet: boolean) => (m: Machine, s: number, d: number, max: number): Value => {
    const text = readString(m.memory, s), delimiter = readString(m.memory, d);
    if (text instanceof Unknown) return text.blurred();
    if (delimiter instanceof Unknown) return delimiter.blurred();
    const limit = max < 1 ? Infinity : max;
    const parts: string[] = [];
    let from = 0;
    if (text !== '') {
      for (let at = 0; parts.length + 1 < limit && at < text.length;) {
        if (isSet ? delimiter.includes(text[at]!) : text.startsWith(delimiter, at)) {
          parts.push(text.slice(from, at));
          at += isSet ? 1 : delimiter.length;
          from = at;
        } else {
          at++;
        }
      }
      parts.push(text.slice(from));
    }
    return allocateVector(m, parts);
  };
  const bySeparator = split(false), bySet = split(true);
  defineAll(machine, {
    g_strsplit: (m, [s, d, max]) => bySeparator(m, num(s), num(d), num(max) | 0),
    g_strsplit_set: (m, [s, d, max]) => bySet(m, num(s), num(d), num(max) | 0),
    g_strjoinv: (m, [d, v]) => joinWith(m, num(d) === 0 ? '' : readText(m.memory, num(d)), textsUpToNull(m, vector(m, num(v)))),
    g_strfreev: () => 0,
    g_strdupv: (m, [v]) => {
      if (num(v) === 0) return 0;
      const texts = textsUpToNull(m, vector(m, num(v)));
      return texts instanceof Unknown ? texts.blurred() : allocateVector(m, texts);
    },
    g_strv_length: (m, [v]) => vector(m, num(v)).length,
    g_strv_contains: (m, [v, s]) => {
      for (const p of vector(m, num(v))) {
        const order = compareStrings(m.memory, p, num(s), Infinity, false);
        if (order instanceof Unknown) return order.blurred();
        if (order === 0) return 1;
      }
      return 0;
    },
    g_strv_equal: (m, [a, b]) => {
      const x = vector(m, num(a)), y = vector(m, num(b));
      if (x.length !== y.length) return 0;
      for (let i = 0; i < x.length; i++) {
        const order = compareStrings(m.memory, x[i]!, y[i]!, Infinity, false);
        if (order instanceof Unknown) return order.blurred();
        if (order !== 0) return 0;
      }
      return 1;
    },
  });
}

function defineAscii(machine: Machine): void {
  for (const [name, test] of Object.entries(CHARACTER_CLASSES)) machine.define(`g_ascii_is${name}`, strict((_m, [c]) => (test(num(c) & 0xff) ? 1 : 0)));
  const digit = (c: number): number => (c >= 48 && c <= 57 ? c - 48 : -1);
  const fold = (change: (s: string) => string) => (m: Machine, s: number, length: number): Value => {
    const text = length < 0 ? readString(m.memory, s) : readTextUpTo(m.memory, s, length);
    if (text instanceof Unknown) return text.blurred();
    return typeof text === 'string' ? m.memory.allocateCString(change(text)) : allocateText(m.memory, text);
  };
  const inPlace = (change: (s: string) => string) => (m: Machine, s: number): Value => {
    const text = readString(m.memory, s);
    if (text instanceof Unknown) return text.blurred();
    m.memory.writeCString(s, change(text));
    return s;
  };
  const down = fold(asciiLower), up = fold(asciiUpper), downIn = inPlace(asciiLower), upIn = inPlace(asciiUpper);
  const insensitive = (m: Machine, a: number, b: number, limit: number): Value => compareStrings(m.memory, a, b, limit, true);
  defineAll(machine, {
    g_ascii_tolower: (_m, [c]) => lowerOf(num(c)),
    g_ascii_toupper: (_m, [c]) => upperOf(num(c)),
    g_ascii_digit_value: (_m, [c]) => digit(num(c)),
    g_ascii_xdigit_value: (_m, [c]) => {
      const low = num(c) | 32;
      return digit(num(c)) >= 0 ? digit(num(c)) : low >= 97 && low <= 102 ? low - 87 : -1;
    },
    g_ascii_strcasecmp: (m, [a, b]) => insensitive(m, num(a), num(b), Infinity),
    g_ascii_strncasecmp: (m, [a, b, n]) => insensitive(m, num(a), num(b), num(n)),
    g_strcasecmp: (m, [a, b]) => insensitive(m, num(a), num(b), Infinity),
    g_strncasecmp: (m, [a, b, n]) => insensitive(m, num(a), num(b), num(n)),
    g_strcmp0: (m, [a, b]) => (num(a) === 0 || num(b) === 0 ? (num(a) === num(b) ? 0 : num(a) === 0 ? -1 : 1) : compareStrings(m.memory, num(a), num(b), Infinity, false)),
    g_ascii_strdown: (m, [s, n]) => down(m, num(s), signed(n)),
    g_ascii_strup: (m, [s, n]) => up(m, num(s), signed(n)),
    g_strdown: (m, [s]) => downIn(m, num(s)),
    g_strup: (m, [s]) => upIn(m, num(s)),
    g_str_has_prefix: (m, [s, p]) => {
      const prefix = readString(m.memory, num(p));
      if (prefix instanceof Unknown) return prefix.blurred();
      const order = compareStrings(m.memory, num(s), num(p), prefix.length, false);
      return order instanceof Unknown ? (order.nonzero ? 0 : order.blurred()) : order === 0 ? 1 : 0;
    },
    g_str_has_suffix: (m, [s, p]) => {
      const text = readText(m.memory, num(s)), suffix = readText(m.memory, num(p));
      if (text instanceof Unknown) return text.blurred();
      if (suffix instanceof Unknown) return suffix.blurred();
      if (suffix.length > text.length) return 0;
      const order = compareStrings(m.memory, num(s) + text.length - suffix.length, num(p), Infinity, false);
      return order instanceof Unknown ? (order.nonzero ? 0 : order.blurred()) : order === 0 ? 1 : 0;
    },
  });
}

function defineEdits(machine: Machine): void {
  /** Change a string in its place. */
  const edit = (change: (text: string, m: Machine, args: readonly (number | bigint)[]) => string | Unknown) => strict((m, args) => {
    const s = num(args[0]);
    const text = readString(m.memory, s);
    if (text instanceof Unknown) return text.blurred();
    const changed = change(text, m, args);
    if (changed instanceof Unknown) return changed.blurred();
    m.memory.writeCString(s, changed);
    return s;
  });
  machine.define('g_strchug', edit((t) => t.replace(/^[ \t\n\v\f\r]+/, '')));
  machine.define('g_strchomp', edit((t) => t.replace(/[ \t\n\v\f\r]+$/, '')));
  machine.define('g_strreverse', edit((t) => [...t].reverse().join('')));
  machine.define('g_strdelimit', edit((t, m, [, d, c]) => {
    const set = num(d) === 0 ? '_-|> <.' : readString(m.memory, num(d));
    return set instanceof Unknown ? set : [...t].map((x) => (set.includes(x) ? String.fromCharCode(num(c) & 0xff) : x)).join('');
  }));
  machine.define('g_strcanon', edit((t, m, [, valid, c]) => {
    const set = readString(m.memory, num(valid));
    return set instanceof Unknown ? set : [...t].map((x) => (set.includes(x) ? x : String.fromCharCode(num(c) & 0xff))).join('');
  }));
  const find = (last: boolean) => (m: Machine, h: number, limit: number, n: number): Value => {
    const text = limit < 0 ? readString(m.memory, h) : readTextUpTo(m.memory, h, limit);
    const wanted = readString(m.memory, n);
    if (text instanceof Unknown) return text.blurred();
    if (wanted instanceof Unknown) return wanted.blurred();
    if (typeof text !== 'string') return (text.find((c) => c instanceof Unknown) as Unknown).blurred();
    const at = last ? text.lastIndexOf(wanted) : text.indexOf(wanted);
    return at < 0 ? 0 : h + at;
  };
  const first = find(false), last = find(true);
  defineAll(machine, {
    g_strstr_len: (m, [h, size, n]) => first(m, num(h), signed(size), num(n)),
    g_strrstr: (m, [h, n]) => last(m, num(h), -1, num(n)),
    g_strrstr_len: (m, [h, size, n]) => last(m, num(h), signed(size), num(n)),
    g_strescape: (m, [s, exceptions]) => {
      const text = readString(m.memory, num(s)), keep = num(exceptions) === 0 ? '' : readString(m.memory, num(exceptions));
      if (text instanceof Unknown) return text.blurred();
      if (keep instanceof Unknown) return keep.blurred();
      return m.memory.allocateCString([...text].map((c) => (keep.includes(c) ? c : escaped(c))).join(''));
    },
    g_strcompress: (m, [s]) => {
      const text = readString(m.memory, num(s));
      if (text instanceof Unknown) return text.blurred();
      return m.memory.allocateCString(text.replace(/\\([0-7]{1,3}|.)/gs, (_, e: string) => (/^[0-7]/.test(e) ? String.fromCharCode(parseInt(e, 8) & 0xff) : UNESCAPES[e] ?? e)));
    },
    g_pattern_match_simple: (m, [p, s]) => {
      const pattern = readString(m.memory, num(p)), text = readString(m.memory, num(s));
      if (pattern instanceof Unknown) return pattern.blurred();
      if (text instanceof Unknown) return text.blurred();
      const expression = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.');
      return new RegExp(`^${expression}$`, 's').test(text) ? 1 : 0;
    },
  });
}

const ESCAPES: Readonly<Record<string, string>> = { '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v', '\\': '\\\\', '"': '\\"' };
const UNESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

function escaped(c: string): string {
  const code = c.charCodeAt(0);
  return ESCAPES[c] ?? (code < 32 || code > 126 ? `\\${code.toString(8).padStart(3, '0')}` : c);
}

function defineUtf8(machine: Machine): void {
  const decode = (text: string): string | undefined => {
    try { return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(text, 'latin1')); } catch { return undefined; }
  };
  defineAll(machine, {
    g_utf8_validate: (m, [s, size, end], call: CallSite) => {
      const text = signed(size) < 0 ? readString(m.memory, num(s)) : Buffer.from(m.memory.readBytes(num(s), num(size))).toString('latin1');
      if (text instanceof Unknown) return undecided(m, text, 'g_utf8_validate()', call);
      let valid = text.length;
      if (decode(text) === undefined) while (valid > 0 && decode(text.slice(0, valid)) === undefined) valid--;
      if (num(end) !== 0) m.memory.store(num(end), 8, num(s) + valid);
      return valid === text.length ? 1 : 0;
    },
    g_utf8_strlen: (m, [s, size]) => {
      const text = signed(size) < 0 ? readString(m.memory, num(s)) : readTextUpTo(m.memory, num(s), num(size));
      if (text instanceof Unknown) return text.blurred();
      return typeof text === 'string' ? [...text].filter((c) => (c.charCodeAt(0) & 0xc0) !== 0x80).length : text.length;
    },
    g_unichar_to_utf8: (m, [c, b]) => {
      const bytes = Buffer.from(String.fromCodePoint(num(c)), 'utf8');
      if (num(b) !== 0) m.memory.writeBytes(num(b), bytes);
      return bytes.length;
    },
    g_unichar_isprint: (_m, [c]) => (/\p{C}/u.test(String.fromCodePoint(num(c))) ? 0 : 1),
  });
}

function defineBase64(machine: Machine): void {
  const decode = (m: Machine, s: number, lengthTo: number, into: number): Value => {
    const text = readString(m.memory, s);
    if (text instanceof Unknown) return text.blurred();
    const bytes = Buffer.from(text, 'base64');
    const to = into !== 0 ? into : m.memory.allocate(bytes.length + 1);
    m.memory.writeBytes(to, bytes);
    m.memory.store(lengthTo, 8, bytes.length);
    return to;
  };
  defineAll(machine, {
    g_base64_encode: (m, [d, size]) => m.memory.allocateCString(Buffer.from(m.memory.readBytes(num(d), num(size))).toString('base64')),
    g_base64_decode: (m, [s, to]) => decode(m, num(s), num(to), 0),
    g_base64_decode_inplace: (m, [s, to]) => decode(m, num(s), num(to), num(s)),
  });
}
