import type { CallSite, Machine } from '../c/runtime.js';
import { Unknown, type Value } from '../c/unknown.js';
import { asciiLower, asciiUpper, readString, readText, type Text } from './cstring.js';
import { needed, num, signed, undecided, type Known } from './intrinsic.js';
import { formatted, formattedList } from './libc-stdio.js';

// struct GString: str, len, allocated_len
const STR = 0, LEN = 8, ALLOCATED = 16, STRUCT_SIZE = 24;

/** GString. Where a text that goes in is unknown, the whole string is from then on. */
export function defineGString(machine: Machine): void {
  const define = (name: string, body: (m: Machine, s: number, args: Value[], call: CallSite) => Value | void): void => {
    machine.define(`g_string_${name}`, (m, args, call) => {
      const s = args[0]!;
      if (s instanceof Unknown) return undecided(m, s, `g_string_${name}()`, call);
      return body(m, num(s), args, call);
    });
  };
  const k = (v: Value | undefined): Known => (v === undefined || v instanceof Unknown ? 0 : v);
  const text = (m: Machine, v: Value | undefined): Text | Unknown => (v instanceof Unknown ? v : num(v) === 0 ? '' : readText(m.memory, num(v)));
  const counted = (m: Machine, v: Value | undefined, length: Value | undefined): Text | Unknown => {
    if (v instanceof Unknown) return v;
    if (length instanceof Unknown) return length;
    if (signed(length) < 0) return text(m, v);
    return bytes(m, num(v), num(length));
  };

  machine.define('g_string_new', (m, [v]) => create(m, text(m, v)));
  machine.define('g_string_new_len', (m, [v, length]) => create(m, counted(m, v, length)));
  machine.define('g_string_sized_new', (m) => create(m, ''));
  machine.define('g_string_free', (m, [s, free]) => (s instanceof Unknown ? s : num(k(free)) !== 0 ? 0 : m.memory.loadPointer(num(s) + STR)));
  define('free_and_steal', (m, s) => m.memory.loadPointer(s + STR));
  define('equal', (m, s, [, other]) => {
    const a = readString(m.memory, data(m, s)), b = readString(m.memory, data(m, num(k(other))));
    return a instanceof Unknown ? a : b instanceof Unknown ? b : a === b ? 1 : 0;
  });
  define('assign', (m, s, [, v]) => { const t = text(m, v); setLength(m, s, 0); return insert(m, s, 0, t); });
  define('truncate', (m, s, [, length]) => { setLength(m, s, Math.min(num(k(length)), lengthOf(m, s))); return s; });
  define('set_size', (m, s, [, length]) => { reserve(m, s, num(k(length))); setLength(m, s, num(k(length))); return s; });
  define('append', (m, s, [, v]) => insert(m, s, lengthOf(m, s), text(m, v)));
  define('append_len', (m, s, [, v, length]) => insert(m, s, lengthOf(m, s), counted(m, v, length)));
  define('append_c', (m, s, [, c]) => insert(m, s, lengthOf(m, s), character(c)));
  define('append_unichar', (m, s, [, c]) => insert(m, s, lengthOf(m, s), c instanceof Unknown ? c : Buffer.from(String.fromCodePoint(num(c)), 'utf8').toString('latin1')));
  define('prepend', (m, s, [, v]) => insert(m, s, 0, text(m, v)));
  define('prepend_c', (m, s, [, c]) => insert(m, s, 0, character(c)));
  define('prepend_len', (m, s, [, v, length]) => insert(m, s, 0, counted(m, v, length)));
  const position = (m: Machine, s: number, at: Value | undefined): number => (signed(k(at)) < 0 ? lengthOf(m, s) : num(k(at)));
  define('insert', (m, s, [, at, v]) => insert(m, s, position(m, s, at), text(m, v)));
  define('insert_len', (m, s, [, at, v, length]) => insert(m, s, position(m, s, at), counted(m, v, length)));
  define('insert_c', (m, s, [, at, c]) => insert(m, s, position(m, s, at), character(c)));
  define('overwrite', (m, s, [, at, v]) => {
    const t = text(m, v);
    if (t instanceof Unknown) return insert(m, s, 0, t);
    erase(m, s, num(k(at)), Math.min(t.length, lengthOf(m, s) - num(k(at))));
    return insert(m, s, num(k(at)), t);
  });
  define('erase', (m, s, [, at, count]) => {
    const from = num(k(at)), rest = lengthOf(m, s) - from;
    erase(m, s, from, signed(k(count)) < 0 ? rest : Math.min(num(k(count)), rest));
    return s;
  });
  for (const [name, change] of [['ascii_down', asciiLower], ['ascii_up', asciiUpper]] as const) {
    define(name, (m, s) => {
      const t = readString(m.memory, data(m, s));
      if (!(t instanceof Unknown)) m.memory.writeCString(data(m, s), change(t));
      return s;
    });
  }
  define('printf', (m, s, args) => { const t = formatted(m, args, 1); setLength(m, s, 0); insert(m, s, 0, t); });
  define('vprintf', (m, s, args) => { const t = formattedList(m, args, 1); setLength(m, s, 0); insert(m, s, 0, t); });
  define('append_printf', (m, s, args) => { insert(m, s, lengthOf(m, s), formatted(m, args, 1)); });
  define('append_vprintf', (m, s, args) => { insert(m, s, lengthOf(m, s), formattedList(m, args, 1)); });
  define('replace', (m, s, [, find, replacement, limit]) => {
    const t = readString(m.memory, data(m, s)), wanted = text(m, find), by = text(m, replacement);
    if (typeof t !== 'string' || typeof wanted !== 'string' || typeof by !== 'string' || wanted === '') return 0;
    const parts = t.split(wanted);
    const most = num(k(limit)) === 0 ? Infinity : num(k(limit));
    let out = parts[0]!, count = 0;
    for (const part of parts.slice(1)) out += count < most ? (count++, by + part) : wanted + part;
    setLength(m, s, 0);
    insert(m, s, 0, out);
    return count;
  });
}

function bytes(m: Machine, from: number, length: number): Text | Unknown {
  const chars: (number | Unknown)[] = [];
  for (let i = 0; i < length; i++) chars.push(m.memory.load(from + i, 1) as number | Unknown);
  return chars.every((c) => typeof c === 'number') ? String.fromCharCode(...chars) : chars;
}

function character(c: Value | undefined): Text {
  return c instanceof Unknown ? [c] : String.fromCharCode(num(c) & 0xff);
}

function data(m: Machine, s: number): number {
  return needed(m.memory.loadPointer(s + STR));
}

function lengthOf(m: Machine, s: number): number {
  return Number(m.memory.load(s + LEN, 8) as bigint);
}

function create(m: Machine, text: Text | Unknown): number {
  const s = m.memory.allocate(STRUCT_SIZE);
  reserve(m, s, text instanceof Unknown ? 1 : text.length);
  insert(m, s, 0, text);
  return s;
}

/** Make room for a length and its NUL. */
function reserve(m: Machine, s: number, length: number): void {
  const allocated = Number(m.memory.load(s + ALLOCATED, 8) as bigint);
  if (length + 1 <= allocated) return;
  let size = Math.max(16, allocated);
  while (size < length + 1) size *= 2;
  const fresh = m.memory.allocate(size);
  const old = data(m, s);
  if (old !== 0) m.memory.copy(fresh, old, allocated);
  m.memory.store(s + STR, 8, fresh);
  m.memory.store(s + ALLOCATED, 8, size);
}

function setLength(m: Machine, s: number, length: number): void {
  m.memory.store(s + LEN, 8, length);
  m.memory.store(data(m, s) + length, 1, 0);
}

function insert(m: Machine, s: number, at: number, text: Text | Unknown): number {
  if (text instanceof Unknown) {
    m.memory.store(data(m, s), 1, new Unknown(text.origin, 0xffn));
    return s;
  }
  const old = lengthOf(m, s);
  reserve(m, s, old + text.length);
  const to = data(m, s) + at;
  m.memory.copy(to + text.length, to, old - at);
  if (typeof text === 'string') m.memory.writeBytes(to, Buffer.from(text, 'latin1'));
  else text.forEach((c, i) => { m.memory.store(to + i, 1, c); });
  setLength(m, s, old + text.length);
  return s;
}

function erase(m: Machine, s: number, at: number, count: number): void {
  const old = lengthOf(m, s);
  const to = data(m, s) + at;
  m.memory.copy(to, to + count, old - at - count);
  setLength(m, s, old - count);
}
