import { check } from './run.js';

describe('c/evaluate: statements (C11 6.8)', () => {
  describe('loops', () => {
    check([
      ['for, while, do', 'int f(void) { int r = 0; for (int i = 0; i < 4; i++) r += i; int n = 3; while (n) r = r * 10 + n--; do r++; while (0); return r; }', 6322],
      ['for with parts left out', 'int f(void) { int i = 0, r = 0; for (;;) { if (i > 3) break; r += i++; } for (; i; ) i--; return r * 10 + i; }', 60],
      ['for with several variables and commas', 'int f(void) { int r = 0; for (int i = 0, j = 10; i < j; i++, j -= 2) r = r * 100 + j - i; return r; }', 10070401],
      ['the variable of a for hides the one outside', 'int f(void) { int i = 7, r = 0; for (int i = 0; i < 3; i++) { int r = i; (void) r; } return i * 10 + r; }', 70],
      ['break and continue in nested loops', 'int f(void) { int r = 0; for (int i = 0; i < 5; i++) { if (i == 1) continue; for (int j = 0; ; j++) { if (j == 2) continue; if (j > i) break; r = r * 10 + j; } if (i == 3) break; } return r; }', 1013],
      ['continue in a do goes to the condition', 'int f(void) { int i = 0, r = 0; do { i++; if (i == 2) continue; r = r * 10 + i; } while (i < 4); return r; }', 134],
      ['continue in a for goes to its last part', 'int f(void) { int r = 0; for (int i = 0; i < 5; i++) { if (i & 1) continue; r = r * 10 + i; } return r; }', 24],
      ['break leaves the switch, continue the loop around it', 'int f(void) { int r = 0; for (int i = 0; i < 5; i++) { switch (i) { case 1: continue; case 3: break; default: r = r * 10 + i; } r++; } return r; }', 145],
      ['do { } while (0) as a macro, in if and else', '#define SET(x, v) do { int t = (v); if (t < 0) break; (x) = t; } while (0)\nint f(void) { int a = 1, b = 2; if (a) SET(a, 5); else SET(a, 6); if (b > 5) SET(b, 1); else SET(b, -1); return a * 10 + b; }', 52],
      ['a loop that never runs', 'int f(void) { int r = 5; while (0) r++; for (int i = 9; i < 9; i++) r++; return r; }', 5],
      ['counting down with an unsigned', 'int f(void) { int r = 0; for (unsigned i = 5; i-- > 0; ) r = r * 10 + i; return r; }', 43210],
      ['return from the inside', 'int f(void) { for (int i = 0; ; i++) for (int j = 0; j < 10; j++) while (1) { if (i * j == 42) return i * 10 + j; break; } }', 67],
      ['conditions with assignments and commas', 'static int v[] = { 3, 2, 1, 0, 9 }; int f(void) { int x, r = 0, i = 0; while ((x = v[i++])) r = r * 10 + x; while (r++, r < 330) ; return r; }', 330],
      ['a body that is one statement', 'int f(void) { int r = 0; for (int i = 0; i < 3; i++) if (i) for (int j = 0; j < i; j++) r += 10; else r++; return r; }', 31],
    ]);
  });

  describe('if', () => {
    check([
      ['else belongs to the nearest if', 'int f(void) { int r = 0; if (1) if (0) r = 1; else r = 2; return r; }', 2],
      ['chains', 'static int g(int x) { if (x < 0) return 1; else if (x == 0) return 2; else if (x < 10) { return 3; } else return 4; } int f(void) { return g(-5) * 1000 + g(0) * 100 + g(5) * 10 + g(50); }', 1234],
      ['conditions of every type', 'int f(void) { int r = 0; char *p = "x"; double d = 0.1; unsigned long u = 1ul << 63; _Bool b = 0; if (p) r++; if (d) r++; if (u) r++; if (b) r += 100; if (!b) r++; if (f) r++; return r; }', 5],
      ['empty statements', 'int f(void) { int r = 1; if (r) ; else r = 2; ; { } { ; } return r; }', 1],
      ['a dead branch may use what does not exist', 'enum { OFF = 0 }; int missing(int); int f(void) { if (OFF) return missing(3); if (!OFF || missing(2)) return 7; return missing(1); }', 7],
    ].map(([title, source, value]) => [title, (source as string).replace(/int missing\(int\);/, 'static int missing(int x) { return x; }'), value] as const) as never);
  });

  describe('switch (6.8.4.2)', () => {
    check([
      ['falls through', 'static int g(int x) { int r = 0; switch (x) { case 1: r += 1; case 2: r += 20; break; case 3: r += 300; default: r += 4000; } return r; } int f(void) { return g(1) + g(2) * 10 + g(3) * 10 + g(4); }', 21 + 200 + 43000 + 4000],
      ['the default may stand anywhere', 'static int g(int x) { switch (x) { case 1: return 1; default: x = 5; case 2: return x * 10; case 3: return 3; } } int f(void) { return g(1) * 1000 + g(2) * 100 + g(3) * 10 + g(9); }', 1000 + 2000 + 30 + 50],
      ['no label matches', 'int f(void) { int r = 7; switch (5) { case 1: r = 1; break; case 2: r = 2; } switch (r) { } return r; }', 7],
      ['several labels for one statement', 'static int g(int x) { switch (x) { case 1: case 2: default: case 3: return 1; case 4: ; } return 2; } int f(void) { return g(2) * 100 + g(9) * 10 + g(4); }', 112],
      ['ranges', 'static int g(int c) { switch (c) { case \'0\' ... \'9\': return c - 48; case \'a\' ... \'f\': return c - 97 + 10; case -5 ... -1: return 99; default: return -1; } } int f(void) { return g(55) * 10000 + g(99) * 100 + g(-3) + g(58); }', 70000 + 1200 + 99 - 1],
      ['negative and large labels', 'static int g(long x) { switch (x) { case -1: return 1; case 0x7fffffffffffffff: return 2; case 1ul << 63: return 3; case 0xffffffff: return 4; } return 0; } int f(void) { return g(-1) * 1000 + g(0x7fffffffffffffff) * 100 + g(1ul << 63) * 10 + g(0xffffffff); }', 1234],
      ['labels are converted to the type of what is switched on', 'static int g(int x) { switch (x) { case 0xffffffffu: return 1; case 0x100000005: return 5; } return 0; } static int h(unsigned x) { switch (x) { case -1: return 1; } return 0; } int f(void) { return g(-1) * 100 + g(5) * 10 + h(0xffffffff); }', 151],
      ['on a char, an enumeration, a bit-field, an expression', 'enum e { A, B, C }; static struct { unsigned x : 3; } s = { 5 }; int f(void) { char c = -2; enum e e = C; int r = 0; switch (c) { case -2: r++; } switch (e) { case C: r += 10; break; case A: case B: r += 500; } switch (s.x) { case 5: r += 100; } switch (c + 2L) { case 0: r += 1000; } return r; }', 1111],
      ['labels that are constant expressions', 'enum { BASE = 10 }; \n#define BIT(n) (1u << (n))\nint f(void) { int r = 0; for (unsigned x = 0; x < 40; x++) switch (x) { case BASE: r += 1; break; case BASE + 1 ... BASE * 2 - 1: r += 10; break; case BIT(5): r += 1000; break; case sizeof(int) - 1: r += 5000; } return r; }', 6091],
      ['declarations inside', 'int f(void) { int r = 0; switch (2) { case 1: { int x = 1; r = x; break; } case 2: { int x = 5, y[2] = { 1, 2 }; r = x + y[1]; break; } default: ; int z = 3; r += z; } return r; }', 7],
      ['nested', 'static int g(int a, int b) { switch (a) { case 1: switch (b) { case 1: return 11; case 2: break; default: return 19; } return 12; case 2: return 2; } return 0; } int f(void) { return g(1, 1) + g(1, 2) * 100 + g(1, 3) * 10000 + g(2, 1) * 1000000; }', 2191211],
      ['a loop inside, left by break, and a return', 'static int g(int x) { switch (x) { case 1: for (;;) { break; } x = 50; break; case 2: while (1) { if (x++ > 5) return x; } } return x; } int f(void) { return g(1) * 10 + g(2); }', 507],
      ['labels within nested blocks', 'static int g(int n) { int r = 0; switch (n) { case 0: { r += 1; case 1: r += 10; } if (r > 5) { case 2: r += 100; } else { case 3: r += 1000; } r++; } return r; } int f(void) { return g(0) + g(1) * 10 + g(2) * 100 + g(3) * 1000; }', 112 + 1110 + 10100 + 1001000],
      ['labels within a loop', 'static int copy(char *to, const char *from, int n) { int k = (n + 3) / 4, steps = 0; switch (n % 4) { case 0: do { steps++; *to++ = *from++; case 3: *to++ = *from++; case 2: *to++ = *from++; case 1: *to++ = *from++; } while (--k > 0); } return steps; } int f(void) { char b[12] = { 0 }; int s = copy(b, "0123456789", 10); return s * 1000 + b[9] * 10 + b[10]; }', 2570],
    ]);
  });

  describe('goto', () => {
    check([
      ['forward, to an exit', 'static int g(int x) { int r = 1; if (x < 0) goto fail; r = 2; if (x > 10) goto out; r = 3; out: r *= 10; return r; fail: return -r; } int f(void) { return g(-1) * 100 + g(20) + g(5); }', -50],
      ['backward', 'int f(void) { int i = 0, r = 0; again: r = r * 10 + i; if (++i < 4) goto again; return r; }', 123],
      ['out of nested loops', 'int f(void) { int i, j; for (i = 0; i < 10; i++) for (j = 0; j < 10; j++) { while (1) { if (i * j == 12) goto found; break; } } return -1; found: return i * 10 + j; }', 26],
      ['into a block', 'int f(void) { int r = 0; goto inside; { r = 100; inside: r += 5; } return r; }', 5],
      ['into a loop, which goes on', 'int f(void) { int i = 3, r = 0; goto middle; while (i > 0) { r += 100; middle: r += i; i--; } return r; }', 3 + 102 + 101],
      ['into a for, whose first part is left out', 'int f(void) { int i = 2, r = 0; goto in; for (i = 0; i < 4; i++) { r += 10; in: r += 1; } return r; }', 12],
      ['into the branches of an if', 'static int g(int x) { int r = 0; if (x == 1) goto yes; if (x == 2) goto no; if (r) { yes: r += 1; } else { no: r += 20; } return r; } int f(void) { return g(1) * 10000 + g(2) * 100 + g(3); }', 12020],
      ['from one branch to the other', 'int f(void) { int r = 0; if (1) { r = 1; goto other; } else { other: r += 10; } return r; }', 11],
      ['out of a switch, and into one', 'static int g(int x) { int r = 0; switch (x) { case 1: goto out; case 2: r = 2; goto three; default: r = 9; three: r += 3; break; } r += 100; out: return r; } int f(void) { return g(1) + g(2) * 10 + g(3) * 10000; }', 1050 + 1120000],
      ['labels one after another, at the end of a block', 'static int g(int x) { if (x) goto b; goto a; { x = 9; a: b: ; } c: __attribute__((unused)); return x; } int f(void) { return g(1) * 10 + g(0); }', 10],
      ['over a declaration', 'int f(void) { int r = 1; goto over; int x = 5; r = x; over: return r; }', 1],
      ['a retry that frees in reverse order', 'static int log_; static int g(int fail) { int tries = 0; retry: tries++; if (fail == 1) goto e1; if (fail == 2 && tries < 3) goto retry; if (fail == 3) goto e2; return tries; e2: log_ = log_ * 10 + 2; e1: log_ = log_ * 10 + 1; return -1; } int f(void) { g(1); g(3); return log_ * 10 + g(2); }', 1213],
      ['a label and a variable of the same name', 'int f(void) { int out = 5; if (out) goto out; out = 1; out: return out; }', 5],
      ['a state machine', 'static int g(const char *s) { int n = 0; start: switch (*s++) { case 0: goto done; case 32: goto start; default: n++; } word: switch (*s++) { case 0: goto done; case 32: goto start; default: goto word; } done: return n; } int f(void) { return g("  ab  c def ") * 10 + g(""); }', 30],
    ]);
  });

  describe('order of evaluation and scope', () => {
    check([
      ['comma, && and || evaluate from the left', 'static int log_; static int t(int x) { log_ = log_ * 10 + x; return x % 2; } int f(void) { int r = (t(1), t(2), t(3)); r = t(4) && t(5); r = t(5) || t(6); r = t(6) || t(7); return log_; }', 1234567],
      ['&& and || in conditions', 'static int n; static int t(int x) { n++; return x; } int f(void) { if (t(0) && t(1)) n += 100; if (t(1) || t(0)) n += 10; if (!(t(0) || t(0)) && t(5)) n += 1000; return n; }', 1015],
      ['only one side of ?: is evaluated', 'static int a, b; int f(void) { int x = 1; x ? a++ : b++; !x ? a++ : (b += 5); return a * 10 + b; }', 15],
      ['inner names hide outer ones', 'static int x = 1; static int g(int x) { { int x = 3; { x++; } if (x) { extern int puts(const char *); int x = 9; (void) x; } return x; } } int f(void) { int r = x; int x = 5; return r * 100 + g(2) * 10 + x; }', 145],
      ['declarations after statements', 'int f(void) { int a = 1; a++; int b = a; { b++; int a = b; b = a * 2; } int c = a + b; return c; }', 8],
      ['types declared in blocks', 'struct s { int a; }; int f(void) { struct s outer = { 1 }; { struct s { char a, b, c; } inner = { 1, 2, 3 }; outer.a = sizeof(struct s) + inner.c; } return outer.a * 10 + sizeof(struct s); }', 64],
    ]);
  });
});
