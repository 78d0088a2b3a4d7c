import { expect } from 'chai';
import { diagnosticsOf, program } from './run.js';

/** A text that defines a(), b() and c(), and what they return. */
type Case = readonly [title: string, source: string, expected: readonly [number, number, number]];

const CASES: readonly Case[] = [
  ['in functions', `
#define X 1
int a(void) { return X; }
#undef X
#define X 2
int b(void) { return X; }
#undef X
int c(void) { enum { X = 3 }; return X; }
`, [1, 2, 3]],
  ['in tables, with arguments', `
#define ROW(n) n + 1
static int t[] = { ROW(1), ROW(2) };
int a(void) { return t[1]; }
#undef ROW
static int u[] = {
#define ROW(n) n * 10
  ROW(1), ROW(2),
#undef ROW
#define ROW(n) n * 100
  ROW(3),
#undef ROW
};
int b(void) { return u[1] + u[2]; }
int ROW(int n) { return n + 5; }
int c(void) { return ROW(1); }
`, [3, 320, 6]],
  ['that others mention', `
#define INNER 1
#define OUTER(n) n + INNER
int a(void) { return OUTER(10); }
#undef INNER
#define INNER 2
int b(void) { return OUTER(10); }
#undef OUTER
static int INNER_(int n) { return n; }
#undef INNER
#define INNER INNER_
int c(void) { return INNER(7); }
`, [11, 12, 7]],
  ['that make functions', `
#define MAKE(n, v) int n(void) { return v; }
MAKE(a, 1)
#undef MAKE
#define MAKE(n, v) int n(void) { return v + 1; }
MAKE(b, 1)
#undef MAKE
int MAKE(int n, int v) { return n + v; }
int c(void) { return MAKE(1, 2); }
`, [1, 2, 3]],
  ['within functions and types', `
int a(void) {
#define X 1
  int r = X;
#undef X
#define X 2
  r = r * 10 + X;
#undef X
  int X = 3;
  return r * 10 + X;
}
struct s {
#define F(n) int n;
  F(x) F(y)
#undef F
#define F(n) char n[3];
  F(z)
#undef F
};
int b(void) { return sizeof(struct s); }
int F(int x) { return x; }
int c(void) { return F(4); }
`, [123, 12, 4]],
  ['of the same name as a function, and only later', `
static int foo(int x) { return x + 1; }
#define foo(x) foo((x) * 10)
int a(void) { return foo(2); }
#undef foo
int b(void) { return foo(2); }
#define foo 5
int c(void) { return foo; }
`, [21, 3, 5]],
];

describe('c/evaluate: macros that are defined, and no more, in the middle of a file', () => {
  for (const [title, source, expected] of CASES) {
    for (const order of [['a', 'b', 'c'], ['c', 'b', 'a']]) {
      it(`${title}: first ${order[0]}()`, () => {
        const made = program(source);
        const found = Object.fromEntries(order.map((name) => [name, made.call(name)]));
        expect(['a', 'b', 'c'].map((name) => found[name])).to.deep.equal(expected);
        expect(diagnosticsOf(made)).to.deep.equal([]);
      });
    }
  }
});
