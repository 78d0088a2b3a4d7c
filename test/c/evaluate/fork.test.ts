import { expect } from 'chai';
import type { Program } from '../../../analyzer/c/program.js';
import { Unknown, type Origin, type Value } from '../../../analyzer/c/unknown.js';
import { diagnosticsOf, program } from './run.js';

const HOST: Origin = { kind: 'host', what: 'the host', at: undefined };

class GuestAbort extends Error {
  override readonly name = 'GuestAbort';
}

function withHost(source: string): Program {
  const made = program(`int host(void); int other(void); void die(void); void *state(int); ${source}`);
  made.define('host', () => new Unknown(HOST, 0xffff_ffffn));
  made.define('other', () => new Unknown({ kind: 'host', what: 'another question', at: undefined }, 0xffff_ffffn));
  made.define('die', () => { throw new GuestAbort('died'); });
  return made;
}

/** The result of f(), "?" if it is unknown because of the host. */
function run(source: string): Value | string {
  const made = withHost(source);
  const value = made.call('f');
  expect(diagnosticsOf(made)).to.deep.equal([]);
  if (!(value instanceof Unknown)) return value;
  expect(value.origin.kind).to.equal('host');
  return '?';
}

function check(cases: readonly (readonly [title: string, source: string, expected: number | bigint | string])[]): void {
  for (const [title, source, expected] of cases) it(title, () => expect(run(source)).to.equal(expected));
}

describe('c/evaluate: branches on unknowns', () => {
  describe('both alternatives run from the same state and are joined', () => {
    check([
      ['what both leave different is unknown', 'int f(void) { int x = 1; if (host()) x = 2; return x; }', '?'],
      ['what they leave equal is known', 'int f(void) { int x = 1, y; if (host()) { x++; y = 5; } else { x = 2; y = 5; } return x * 10 + y; }', 25],
      ['each starts from the state before', 'int f(void) { int x = 1; if (host()) x += 5; else x += 5; return x; }', 6],
      ['memory: globals, members, elements, bytes', 'struct { int a, b; char c[4]; } s = { 1, 2, "abc" }; int f(void) { if (host()) { s.b = 9; s.c[1] = 7; } else s.c[0] = 97; return s.a * 1000 + s.c[0] + s.c[2]; }', 1000 + 97 + 99],
      ['memory that one alternative changes is unknown after it', 'static int g = 3; int f(void) { if (host()) g = 4; return g; }', '?'],
      ['memory that is changed and put back is known', 'static int g = 3; int f(void) { if (host()) { g = 4; g = 3; } return g; }', 3],
      ['through pointers and calls', 'static int g; static void set(int *p, int v) { *p = v; } int f(void) { int x, y; if (host()) { set(&x, 1); set(&y, 7); } else { set(&x, 2); set(&y, 7); } g = y; return g; }', 7],
      ['local arrays and structures', 'int f(void) { int a[3] = { 1, 2, 3 }; struct { int x; } s = { 4 }; if (host()) { a[1] = 9; s.x = 5; } return a[0] + a[2]; }', 4],
      ['bit-fields: the neighbours stay known', 'struct { unsigned a : 4, b : 4; unsigned c : 8; } s = { 5, 6, 7 }; int f(void) { if (host()) s.c = 9; return s.a * 10 + s.b; }', 56],
      ['?: is a branch, too', 'static int n; static int count(void) { return ++n; } int f(void) { int x = host() ? count() : count() + 0; return n * 10 + x; }', 11],
      ['&& and || are', 'static int n; static int yes(void) { n = 5; return 1; } static int no(void) { n = 6; return 0; } int f(void) { int x = host() && yes(); if (n == 5) return 1; return 0; }', '?'],
      ['bits in which both agree stay known', 'unsigned f(void) { unsigned x = 0x51; if (host()) x |= 8; return x & 0xf7; }', 0x51],
      ['in memory and of 64 bits, too', 'static unsigned long long g = 0xf000000000000001; unsigned long long f(void) { if (host()) g |= 1ull << 40; return g >> 60; }', 15n],
      ['negative numbers and fractions have no bits in common', 'static double d; int f(void) { int x = -1; d = 0.5; if (host()) { x = -3; d = 2; } return (x & 1) + (d > 0); }', '?'],
      ['a switch', 'int f(void) { int x = 0, y = 7; switch (host()) { case 1: x = 1; break; case 2: x = 2; y = 7; break; case 3: y = 3; y = 7; default: x = 5; } return y; }', 7],
      ['a switch that falls through', 'int f(void) { int r = 0; switch (host() & 1) { case 0: r += 1; case 1: r += 10; } return r >= 10; }', '?'],
      ['nested branches', 'int f(void) { int x = 0, y = 0; if (host()) { if (other()) x = 1; else x = 2; y = 3; } else { y = 3; if (other()) { x = 4; } } return y; }', 3],
      ['a branch in a function that a branch calls', 'static int g(int *p) { if (other()) *p = 1; else *p = 1; return *p + 1; } int f(void) { int a = 0, b; if (host()) b = g(&a); else { a = 1; b = 2; } return a * 10 + b; }', 12],
      ['the value decides where it is known', 'int f(void) { int x = host() | 4; if (x) return 1; return 0; }', 1],
      ['static locals and strings made in an alternative', 'static const char *g(void) { static const char *names[] = { "x", "y" }; return names[1]; } int f(void) { int c; if (host()) c = g()[0]; else c = *g(); return c; }', 121],
    ]);
  });

  describe('alternatives that end differently', () => {
    check([
      ['a return in one of them', 'int f(void) { if (host()) return 1; return 2; }', '?'],
      ['the same value from both', 'int f(void) { if (host()) return 5; return 5; }', 5],
      ['what comes after runs for the other one only', 'static int g; static int h(void) { if (host()) return 1; g = 7; return 1; } int f(void) { g = 7; int r = h(); return g * 10 + r; }', 71],
      ['what one of them does after is unknown', 'static int g = 1; static void h(void) { if (host()) return; g = 7; } int f(void) { h(); return g; }', '?'],
      ['returns deep inside', 'static int g(void) { for (int i = 0; i < 3; i++) { if (i == 1) { { if (host()) return 9; } } } return 9; } int f(void) { return g(); }', 9],
      ['break in a loop', 'int f(void) { int n = 0; for (int i = 0; i < 5; i++) { if (host()) break; n = n; } return n; }', 0],
      ['break in a loop: what later rounds do is unknown', 'int f(void) { int n = 0; for (int i = 0; i < 3; i++) { if (i == 1 && host()) break; n++; } return n; }', '?'],
      ['continue in a loop', 'int f(void) { int n = 0, m = 0; for (int i = 0; i < 3; i++) { m++; if (host()) continue; n++; } return m; }', 3],
      ['continue and break and return together', 'static int g(int *m) { for (int i = 0; i < 4; i++) { ++*m; if (i == 0) { if (host()) continue; } else if (i == 2) break; else if (host()) return 4; } return 4; } int f(void) { int m = 0; return g(&m); }', 4],
      ['while and do', 'int f(void) { int i = 0, n = 0; while (i < 3) { i++; if (host()) continue; n++; } do { i--; if (host()) continue; n++; } while (i > 0); return i; }', 0],
      ['goto an exit', 'static int g(int *state) { int r = 1; if (host()) goto out; *state = 5; r = 1; out: return r; } int f(void) { int s = 5; int r = g(&s); return s * 10 + r; }', 51],
      ['goto out of a loop', 'int f(void) { int n = 3; for (int i = 0; i < 2; i++) { if (host()) goto out; } n = 3; out: return n; }', 3],
      ['break in a switch, return in a case', 'static int g(int x) { switch (x) { case 1: if (host()) break; return 8; case 2: return 1; } return 8; } int f(void) { return g(1) * 10 + g(2); }', 81],
      ['a nested divergence', 'static int g(void) { if (host()) { if (other()) return 1; } else { if (other()) return 1; } return 1; } int f(void) { return g(); }', 1],
      ['in an argument\'s function', 'static int g(int x) { if (host()) return x; return x; } int f(void) { return g(1) + g(g(2)) * 10; }', 21],
      ['out of a statement expression', 'int f(void) { int x = ({ if (host()) return 1; 1; }); return x; }', 1],
      ['out of a statement expression, differently', 'int f(void) { int x = ({ if (host()) return 1; 5; }); return x; }', '?'],
      ['out of one within && or ?:', 'static int g(void) { int x = host() && ({ return 1; 5; }); return x + 1; } static int h(void) { return host() ? ({ return 3; 1; }) : 3; } int f(void) { return g() * 10 + h(); }', 13],
      ['with a cleanup', 'static int n; static void c(int *p) { n += *p; } static int g(void) { __attribute__((cleanup(c))) int x = 3; if (host()) return 1; return 1; } int f(void) { int r = g(); return n * 10 + r; }', 31],
      ['a structure as the result', 'struct s { int a, b; }; static struct s g(void) { struct s s = { 1, 2 }; if (host()) s.b = 3; return s; } int f(void) { return g().a; }', 1],
    ]);
  });

  describe('wherever the unknown turns up', () => {
    check([
      ['behind operands that were evaluated before', 'static int n; static int next(void) { return ++n; } static int sum(int a, int b, int c, int d) { return a * 1000 + b * 100 + c * 10 + d; } int f(void) { int x = 7; return sum(next(), x, host() ? 2 : 2, next()); }', 1722],
      ['behind an address and an index', 'int f(void) { int a[4] = { 1, 2, 3, 4 }, i = 1; a[i++] += host() ? 5 : 5; return a[0] * 1000 + a[1] * 100 + a[2] * 10 + i; }', 1732],
      ['in the condition of a loop, beside what decides', 'int f(void) { int n = 0; while (n < 3 && (host() || 1)) n++; return n; }', 3],
      ['in the step of a loop', 'int f(void) { int n = 0, m = 0; for (int i = 0; i < 3; i += host() ? 1 : 1) { n += i; m++; } return n * 10 + m; }', 33],
      ['in a do loop within a switch within a for loop', 'int f(void) { int r = 0; for (int i = 0; i < 3; i++) { switch (i) { case 1: do { r += 10; if (host()) r += 0; } while (r < 25); break; case 2: r += host() ? 3 : 3; break; default: r++; } } return r; }', 34],
      ['before a goto back', 'int f(void) { int n = 0; again: n++; if (host()) n = n; if (n < 4) goto again; return n; }', 4],
      ['after a goto into a branch', 'int f(void) { int n = 0; goto in; if (n) { n = 100; in: n += 1; if (host()) n += 0; n += 2; } return n; }', 3],
      ['in what a switch depends on, in a loop', 'int f(void) { int n = 0; for (int i = 0; i < 2; i++) switch (host()) { case 1: n += 2; break; default: n += 2; } return n; }', 4],
      ['with parameters, wide and in memory', 'static long g(long a, short b, int c) { int *p = &c; if (host()) *p += 1; else c += 1; return a + b + c; } int f(void) { return g(0x100000000, -1, 2) == 0x100000002; }', 1],
      ['with variable arguments', 'static int g(int n, ...) { __builtin_va_list l; int r = 0; __builtin_va_start(l, n); if (host()) r = 0; while (n--) r = r * 10 + __builtin_va_arg(l, int); return r; } int f(void) { return g(3, 1, 2, 3); }', 123],
    ]);
  });

  describe('alternatives that abort', () => {
    check([
      ['an alternative that aborts is left out', 'int f(void) { int x = 1; if (host()) { x = 5; die(); } return x; }', 1],
      ['in either order', 'int f(void) { int x = 1; if (host()) x = 2; else die(); return x; }', 2],
      ['deep inside, after changes to memory', 'static int g = 1; static void check(int ok) { g = 9; if (!ok) die(); g = 1; } int f(void) { check(host()); return g; }', 1],
      ['in a nested branch', 'int f(void) { int x = 0; if (host()) { if (other()) { x = 3; } else die(); } else { x = 3; } return x; }', 3],
      ['in ?: and &&', 'static int dead(void) { die(); return 5; } int f(void) { int x = host() ? dead() : 4; int y = host() && dead(); return x * 10 + y; }', 40],
    ]);

    it('one that leaves a function with what the program would have ended for is left out, too', () => {
      const made = withHost('static int g; int make(int *error) { if (host() > 3) { *error = 5; return 0; } g = 2; return 1; } int f(void) { int error = 0; int made = make(&error); return made * 100 + error * 10 + g; }');
      made.follows = () => 'yes';
      made.judges = (fn, [error]) => (fn.name !== 'make' ? undefined : () => {
        if (made.memory.load(error as number, 4) !== 0) throw new GuestAbort('failed');
      });
      expect(made.call('f')).to.equal(102);
      made.judges = undefined;
      expect(made.call('f')).to.be.instanceOf(Unknown);
    });
    it('if all of them abort, so does the program', () => {
      expect(() => withHost('int f(void) { if (host()) die(); else die(); return 1; }').call('f')).to.throw(GuestAbort);
    });

    it('the program is as it was, and can be called again', () => {
      const made = withHost('static int g = 1; static int deep(int n) { if (n) return deep(n - 1); g = 2; die(); return 0; } int f(void) { if (host()) deep(5); return g; }');
      expect(made.call('f')).to.equal(1);
      expect(made.call('f')).to.equal(1);
      expect(made.backtrace()).to.deep.equal([]);
    });
  });

  describe('origin', () => {
    it('state that a branch may have touched is unknown with the branch\'s origin', () => {
      const made = withHost('static int g; static int h; int f(void) { if (host()) { g = 1; h = 2; } else if (other()) h = 3; return 0; } int g_(void) { return g; } int h_(void) { return h; }');
      made.call('f');
      expect((made.call('g_') as Unknown).origin).to.equal(HOST);
      expect((made.call('h_') as Unknown).origin).to.equal(HOST);
    });

    it('a branch on what was not modelled is a gap', () => {
      const made = withHost('int missing(void); static int g; int f(void) { if (missing()) g = 1; return g; }');
      const value = made.call('f') as Unknown;
      expect(value.origin.kind).to.equal('gap');
      expect(diagnosticsOf(made)).to.deep.equal(['error a.c:1 call of missing(), which the analyzer does not model']);
    });
  });

  describe('what cannot be joined', () => {
    it('a loop that only an unknown may end is a diagnostic, and what it leaves as it is stays known', () => {
      const made = withHost('int f(void) { int n = 7; for (int i = 0; ; i++) { if (host()) break; } return n; }');
      expect(made.call('f')).to.equal(7);
      expect(diagnosticsOf(made)).to.deep.equal(['error a.c:1 a loop that may go on for ever']);
    });

    it('state outside the memory is a diagnostic', () => {
      const made = withHost('void note(void);\nint f(void) {\nif (host())\nnote(); return 1; }');
      made.define('note', (machine) => { machine.memory.onRollback(() => undefined); });
      expect(made.call('f')).to.equal(1);
      expect(diagnosticsOf(made)).to.deep.equal(['error a.c:3 a branch that the host decides changes state that cannot be joined']);
    });
  });
});
