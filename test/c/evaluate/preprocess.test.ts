import { expect } from 'chai';
import { check, run } from './run.js';

/** What the preprocessor makes of a text, seen by the values that the program computes. */
describe('c/evaluate: from macros to values', () => {
  check([
    ['constants made of constants', '#define A 3\n#define B (A + 1)\n#define C B * A\nint f(void) { return C + B; }', 16],
    ['without parentheses, precedence is that of the text', '#define SUM 1 + 2\n#define SQUARE(x) x * x\nint f(void) { return SUM * 2 * 100 + SQUARE(1 + 2); }', 1 + 400 + 5],
    ['bits, masks and widths', '#define BIT(n) (1ULL << (n))\n#define MASK(w) (~0ULL >> (64 - (w)))\n#define FIELD(v, s, w) (((v) >> (s)) & MASK(w))\n#define DEPOSIT(v, s, w, x) (((v) & ~(MASK(w) << (s))) | (((x) & MASK(w)) << (s)))\nlong f(void) { return FIELD(0x12345678, 8, 12) + DEPOSIT(0xffffL, 4, 8, 0) + BIT(40) + MASK(64) + (BIT(63) != 0); }', 0x456n + 0xf00fn + (1n << 40n) - 1n + 1n],
    ['a table from a list of names', '#define LIST(X) X(red, 4) X(green, 5) X(blue, 6)\n#define AS_ENUM(n, v) E_##n = v * 10,\n#define AS_ENTRY(n, v) { #n, E_##n, v },\nenum { LIST(AS_ENUM) LAST };\nstatic const struct { const char *name; int e, v; } table[] = { LIST(AS_ENTRY) };\nint f(void) { int r = LAST * 1000; for (unsigned i = 0; i < sizeof table / sizeof table[0]; i++) r += table[i].name[0] * (int) (i + 1) + table[i].e + table[i].v; return r; }', 61000 + 114 + 206 + 294 + 150 + 15],
    ['pasting and strings', '#define CAT(a, b) a##b\n#define XCAT(a, b) CAT(a, b)\n#define STR(x) #x\n#define XSTR(x) STR(x)\n#define N 7\nstatic int var7 = 70, varN = 1; int f(void) { return XCAT(var, N) + CAT(var, N) + sizeof(XSTR(N) "x" STR(N N)) + CAT(0x, ff) + CAT(1, 2L); }', 70 + 1 + 6 + 255 + 12],
    ['variadic macros', 'static int sum(int n, ...) { __builtin_va_list ap; __builtin_va_start(ap, n); int s = 0; while (n--) s += __builtin_va_arg(ap, int); return s; }\n#define COUNT(...) (sizeof((int[]) { __VA_ARGS__ }) / sizeof(int))\n#define SUM(...) sum(COUNT(__VA_ARGS__), __VA_ARGS__)\n#define PLUS(first, ...) sum(1 + COUNT(0, ##__VA_ARGS__) - 1, first, ##__VA_ARGS__)\nint f(void) { return SUM(1, 2, 3) * 100 + SUM(4) * 10 + PLUS(5); }', 645],
    ['conditionals choose code', '#define LEVEL 3\n#if LEVEL > 2 && defined(LEVEL) && !defined(OTHER)\nstatic int g(void) { return 1; }\n#elif LEVEL\nstatic int g(void) { return 2; }\n#else\n#error no\n#endif\nint f(void) {\n  int x = g();\n#ifdef OTHER\n  x += 100;\n#endif\n#undef LEVEL\n#ifndef LEVEL\n  x += 20;\n#endif\n  return x; }', 21],
    ['a macro in the middle of an expression, a declaration, an initializer', '#define BEGIN {\n#define END }\n#define COMMA ,\n#define FIELDS int a; int b;\n#define INIT(x) .a = x, .b = (x) + 1\nstruct s BEGIN FIELDS END; static struct s s = BEGIN INIT(4) END; int f(void) BEGIN int x = 1 COMMA y = 2; return s.a * 1000 + s.b * 100 + x * 10 + y; END', 4512],
    ['a function and a macro of the same name', 'static int abs_(int x) { return x < 0 ? -x : x; }\n#define abs_(x) (abs_)(x)\nint f(void) { int (*p)(int) = abs_; return abs_(-3) * 10 + p(-4); }', 34],
    ['a macro that names itself', '#define x (x + 1)\n#undef x\nstatic int v = 5;\n#define v (v * 2)\nint f(void) { return v; }', 10],
    ['__LINE__, __FILE__, __COUNTER__', 'int f(void) {\n  int l = __LINE__; int c = __COUNTER__; c = __COUNTER__ - c;\n  return l * 100 + c * 10 + (sizeof __FILE__ > 1); }', 211],
    ['type-generic minimum as real code has it', '#define MIN(a, b) ({ typeof(1 ? (a) : (b)) _a = (a), _b = (b); _a < _b ? _a : _b; })\n#define ROUND_UP(n, d) (((n) + (d) - 1) & -(0 ? (n) : (d)))\n#define ARRAY_SIZE(x) ((sizeof(x) / sizeof((x)[0])) + sizeof(struct { int : __builtin_types_compatible_p(typeof(x), typeof(&(x)[0])) ? -1 : 1; }) - sizeof(struct { int : 1; }))\nint f(void) { unsigned char a[5]; return MIN(ARRAY_SIZE(a), 7u) * 10000 + ROUND_UP(13, 8) * 100 + MIN(-1, 1L) + ROUND_UP(5u, 4u); }', 50000 + 1600 - 1 + 8],
  ]);

  it('headers with guards, macros across files, values defined before the include', () => {
    const files = {
      'include.h': '#ifndef WIDTH\n#define WIDTH 1\n#endif\n#define TWICE (WIDTH * 2)\n',
      'dir/local.h': '#pragma once\n#include "../include.h"\nstatic const int local = TWICE;\n',
      'a.c': '#define WIDTH 21\n#include "dir/local.h"\n#include "dir/local.h"\nint b(void); int f(void) { return local + b(); }',
      'b.c': '#include "include.h"\nint b(void) { return TWICE * 100; }',
    };
    expect(run(files)).to.equal(242);
  });

  it('a file of entries that is included twice, each time with another macro', () => {
    const files = {
      'entries.inc': 'ENTRY(one, 1)\nENTRY(two, 2)\n#undef ENTRY\n',
      'a.c': 'enum {\n#define ENTRY(n, v) n = v,\n#include "entries.inc"\n};\nstatic const char *names[] = {\n#define ENTRY(n, v) [v] = #n,\n#include "entries.inc"\n};\nint f(void) { return names[two][1] * 10 + one; }',
    };
    expect(run(files)).to.equal(1191);
  });
});
