import type { CallSite, Machine } from '../c/runtime.js';
import { Unknown, type Value } from '../c/unknown.js';
import { GuestAbort } from './abort.js';
import { readString } from './cstring.js';
import { errnoLocation, EINVAL, ENOENT, ERANGE, setErrno } from './errno.js';
import { defineAll, defineAllocators, num, strict } from './intrinsic.js';
import { floatPrefix, integerPrefix } from './number-text.js';
import { comparison, sortArray } from './sort.js';

/** <stdlib.h>, <ctype.h>, <assert.h>, <errno.h>, <math.h> and what glibc puts beside them. */
export function defineStdlib(machine: Machine): void {
  machine.define('__errno_location', (m) => errnoLocation(m));
  defineAllocation(machine);
  defineConversions(machine);
  defineCharacters(machine);
  defineSorting(machine);
  defineEnds(machine);
  defineMath(machine);
}

function defineAllocation(machine: Machine): void {
  defineAllocators(machine, {
    malloc: (m, [n]) => m.memory.allocate(num(n)),
    calloc: (m, [n, size]) => m.memory.allocate(num(n) * num(size)),
    realloc: (m, [p, n]) => reallocate(m, num(p), num(n)),
    valloc: (m, [n]) => aligned(m, 4096, num(n)),
    alloca: (m, [n]) => m.memory.allocate(num(n)),
    __builtin_alloca: (m, [n]) => m.memory.allocate(num(n)),
    aligned_alloc: (m, [a, n]) => aligned(m, num(a), num(n)),
    memalign: (m, [a, n]) => aligned(m, num(a), num(n)),
    // util/oslib-posix.c, util/memalign.c
    qemu_memalign: (m, [a, n]) => aligned(m, num(a), num(n)),
    qemu_try_memalign: (m, [a, n]) => aligned(m, num(a), num(n)),
  });
  defineAll(machine, {
    posix_memalign: (m, [p, a, n]) => { m.memory.store(num(p), 8, aligned(m, num(a), num(n))); return 0; },
  });
  // Memory is never reused, so that a pointer to something freed stays different from all others.
  for (const name of ['free', 'qemu_vfree']) machine.define(name, () => 0);
}

/** Storage at a multiple of `alignment`. */
export function aligned(m: Machine, alignment: number, size: number): number {
  if (alignment <= 16) return m.memory.allocate(size);
  const address = m.memory.allocate(size + alignment);
  return Math.ceil(address / alignment) * alignment;
}

/** realloc(): the old block's size is not kept; what lies behind it is copied too, which no program may look at. */
export function reallocate(m: Machine, p: number, size: number): number {
  const fresh = m.memory.allocate(size);
  if (p !== 0) m.memory.copy(fresh, p, Math.min(size, fresh - p));
  return fresh;
}

function defineConversions(machine: Machine): void {
  const integer = (low: bigint, high: bigint, isSigned: boolean) => (m: Machine, s: number, end: number, base: number): Value => {
    const text = readString(m.memory, s);
    if (text instanceof Unknown) {
      if (end !== 0) m.memory.store(end, 8, text.blurred());
      return text.blurred();
    }
    if (base < 0 || base === 1 || base > 36) { setErrno(m, EINVAL); return 0n; }
    const { value, negative, length } = integerPrefix(text, base);
    if (end !== 0) m.memory.store(end, 8, s + length);
    const result = negative ? -value : value;
    if (isSigned ? result < low || result > high : value > high) {
      setErrno(m, ERANGE);
      return isSigned && negative ? low : high;
    }
    return isSigned ? result : BigInt.asUintN(64, result);
  };
  const toSigned = integer(-(1n << 63n), (1n << 63n) - 1n, true);
  const toUnsigned = integer(0n, (1n << 64n) - 1n, false);
  for (const name of ['strtol', 'strtoll', 'strtoimax', 'g_ascii_strtoll']) machine.define(name, strict((m, [s, e, b]) => toSigned(m, num(s), num(e), num(b))));
  for (const name of ['strtoul', 'strtoull', 'strtoumax', 'g_ascii_strtoull']) machine.define(name, strict((m, [s, e, b]) => toUnsigned(m, num(s), num(e), num(b))));
  for (const name of ['atoi', 'atol', 'atoll']) machine.define(name, strict((m, [s]) => toSigned(m, num(s), 0, 10)));

  const float = (m: Machine, s: number, end: number): Value => {
    const text = readString(m.memory, s);
    if (text instanceof Unknown) {
      if (end !== 0) m.memory.store(end, 8, text.blurred());
      return text.blurred();
    }
    const { value, length } = floatPrefix(text);
    if (end !== 0) m.memory.store(end, 8, s + length);
    if (!Number.isFinite(value) && /\d/.test(text.slice(0, length))) setErrno(m, ERANGE);
    return value;
  };
  for (const name of ['strtod', 'strtof', 'g_strtod', 'g_ascii_strtod']) machine.define(name, strict((m, [s, e]) => float(m, num(s), num(e))));
  machine.define('atof', strict((m, [s]) => float(m, num(s), 0)));
  defineAll(machine, {
    abs: (_m, [i]) => Math.abs(num(i)) | 0,
    labs: (_m, [i]) => absolute(BigInt(i!)),
    llabs: (_m, [i]) => absolute(BigInt(i!)),
  });
}

function absolute(v: bigint): bigint {
  const s = BigInt.asIntN(64, v);
  return s < 0n ? -s : s;
}

/** The character classes of the "C" locale. */
export const CHARACTER_CLASSES: Readonly<Record<string, (c: number) => boolean>> = {
  alnum: (c) => (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122),
  alpha: (c) => (c >= 65 && c <= 90) || (c >= 97 && c <= 122),
  blank: (c) => c === 32 || c === 9,
  cntrl: (c) => (c >= 0 && c < 32) || c === 127,
  digit: (c) => c >= 48 && c <= 57,
  graph: (c) => c > 32 && c < 127,
  lower: (c) => c >= 97 && c <= 122,
  print: (c) => c >= 32 && c < 127,
  punct: (c) => (c > 32 && c < 48) || (c > 57 && c < 65) || (c > 90 && c < 97) || (c > 122 && c < 127),
  space: (c) => c === 32 || (c >= 9 && c <= 13),
  upper: (c) => c >= 65 && c <= 90,
  xdigit: (c) => (c >= 48 && c <= 57) || (c >= 65 && c <= 70) || (c >= 97 && c <= 102),
};

export function lowerOf(c: number): number {
  return c >= 65 && c <= 90 ? c + 32 : c;
}

export function upperOf(c: number): number {
  return c >= 97 && c <= 122 ? c - 32 : c;
}

function defineCharacters(machine: Machine): void {
  for (const [name, test] of Object.entries(CHARACTER_CLASSES)) machine.define(`is${name}`, strict((_m, [c]) => (test(num(c)) ? 1 : 0)));
  defineAll(machine, {
    isascii: (_m, [c]) => (num(c) >= 0 && num(c) < 128 ? 1 : 0),
    toascii: (_m, [c]) => num(c) & 0x7f,
    tolower: (_m, [c]) => lowerOf(num(c)),
    toupper: (_m, [c]) => upperOf(num(c)),
  });
}

function defineSorting(machine: Machine): void {
  const search = (m: Machine, key: number, base: number, count: number, size: number, f: number, call: CallSite): Value => {
    let low = 0, high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const result = m.call(f, key, base + middle * size);
      if (result instanceof Unknown) { comparison(m, result, call); return result.blurred(); }
      const order = comparison(m, result, call);
      if (order === 0) return base + middle * size;
      if (order < 0) high = middle;
      else low = middle + 1;
    }
    return 0;
  };
  defineAll(machine, {
    qsort: (m, [base, n, size, f], call) => { sortArray(m, num(base), num(n), num(size), (a, b) => comparison(m, m.call(num(f), a, b), call)); },
    qsort_r: (m, [base, n, size, f, arg], call) => { sortArray(m, num(base), num(n), num(size), (a, b) => comparison(m, m.call(num(f), a, b, arg!), call)); },
    g_qsort_with_data: (m, [base, n, size, f, arg], call) => { sortArray(m, num(base), num(n), num(size), (a, b) => comparison(m, m.call(num(f), a, b, arg!), call)); },
    bsearch: (m, [key, base, n, size, f], call) => search(m, num(key), num(base), num(n), num(size), num(f), call),
  });
}

function defineEnds(machine: Machine): void {
  for (const name of ['exit', '_exit', '_Exit']) {
    machine.define(name, (_m, [status], call) => {
      throw new GuestAbort('exit', `${name}(${String(status)})`, call.location, status instanceof Unknown ? 1 : num(status));
    });
  }
  for (const name of ['abort', 'g_abort', '__builtin_abort']) {
    machine.define(name, (_m, _args, call) => { throw new GuestAbort('abort', 'abort()', call.location); });
  }
  machine.define('__assert_fail', (m, [assertion, file, line, func], call) => {
    const text = (v: Value | undefined): string => (typeof v === 'number' && v !== 0 ? String(readString(m.memory, v)) : '?');
    throw new GuestAbort('assertion', `${text(file)}:${String(line)}: ${text(func)}: Assertion '${text(assertion)}' failed`, call.location);
  });
  // What is registered for the end never runs, as nothing that we ask for happens there.
  for (const name of ['atexit', 'on_exit', 'setenv', 'unsetenv', 'putenv']) machine.define(name, () => 0);
  // The environment is empty.
  for (const name of ['getenv', 'secure_getenv']) machine.define(name, () => 0);
  machine.define('realpath', (m) => { setErrno(m, ENOENT); return 0; });
  for (const name of ['rand', 'random', 'drand48']) machine.define(name, (_m, _args, call) => new Unknown({ kind: 'host', what: `${name}()`, at: call.location }));
  for (const name of ['srand', 'srandom']) machine.define(name, () => 0);
}

function defineMath(machine: Machine): void {
  const one: Readonly<Record<string, (x: number) => number>> = {
    fabs: Math.abs, floor: Math.floor, ceil: Math.ceil, trunc: Math.trunc, sqrt: Math.sqrt, cbrt: Math.cbrt, exp: Math.exp, exp2: (x) => 2 ** x,
    log: Math.log, log2: Math.log2, log10: Math.log10, sin: Math.sin, cos: Math.cos, tan: Math.tan, atan: Math.atan,
    round: (x) => (x < 0 ? -Math.floor(-x + 0.5) : Math.floor(x + 0.5)), rint: roundEven, nearbyint: roundEven,
  };
  const two: Readonly<Record<string, (x: number, y: number) => number>> = {
    fmod: (x, y) => x % y, pow: Math.pow, atan2: Math.atan2, hypot: Math.hypot, fmin: Math.min, fmax: Math.max,
    copysign: (x, y) => (y < 0 || Object.is(y, -0) ? -Math.abs(x) : Math.abs(x)), ldexp: (x, y) => x * 2 ** y, scalbn: (x, y) => x * 2 ** y,
  };
  for (const [name, f] of Object.entries(one)) for (const n of [name, `${name}f`]) machine.define(n, strict((_m, [x]) => f(num(x))));
  for (const [name, f] of Object.entries(two)) for (const n of [name, `${name}f`]) machine.define(n, strict((_m, [x, y]) => f(num(x), num(y))));
  for (const name of ['lround', 'llround', 'lroundf']) machine.define(name, strict((_m, [x]) => BigInt(one['round']!(num(x)))));
  for (const name of ['lrint', 'llrint', 'lrintf']) machine.define(name, strict((_m, [x]) => BigInt(roundEven(num(x)))));
  defineAll(machine, {
    __isnan: (_m, [x]) => (Number.isNaN(num(x)) ? 1 : 0),
    __isinf: (_m, [x]) => (num(x) === Infinity ? 1 : num(x) === -Infinity ? -1 : 0),
    __finite: (_m, [x]) => (Number.isFinite(num(x)) ? 1 : 0),
    __signbit: (_m, [x]) => (num(x) < 0 || Object.is(num(x), -0) ? 1 : 0),
    modf: (m, [x, p]) => {
      const whole = Math.trunc(num(x));
      m.memory.storeFloat(num(p), 8, whole);
      return Number.isFinite(num(x)) ? num(x) - whole : 0;
    },
    frexp: (m, [x, p]) => {
      let f = num(x), e = 0;
      if (f !== 0 && Number.isFinite(f)) {
        while (Math.abs(f) >= 1) { f /= 2; e++; }
        while (Math.abs(f) < 0.5) { f *= 2; e--; }
      }
      m.memory.store(num(p), 4, e);
      return f;
    },
  });
}

function roundEven(x: number): number {
  const low = Math.floor(x);
  const rest = x - low;
  return rest > 0.5 || (rest === 0.5 && low % 2 !== 0) ? low + 1 : low;
}
