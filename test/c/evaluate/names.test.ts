import { check } from './run.js';

describe('c/evaluate: names that are types and names that are not', () => {
  describe('typedef names used for something else', () => {
    check([
      ['a parameter of the name of its type', 'typedef unsigned long vaddr; static int g(vaddr vaddr) { return vaddr + 1; } int f(void) { return g(41) + sizeof(vaddr); }', 50],
      ['a parameter of the name of its type, as an operand everywhere', 'typedef unsigned long vaddr; static unsigned long g(vaddr vaddr, int n) { vaddr++; vaddr = vaddr * 2; n = (vaddr) + n; n += (vaddr) * 2; n += -vaddr & (vaddr); return n + (int) (vaddr) - (vaddr) + vaddr[(char *) 0 == 0 ? "\\1\\1\\1\\1\\1\\1\\1\\1\\1" : 0]; } int f(void) { return g(3, 100); }', 100 + 8 + 16 + 8 + 8 - 8 + 1],
      ['a pointer parameter of the name of its type', 'typedef struct { int v; } Dev; static int g(Dev *Dev, int k) { return Dev->v * k + (*Dev).v; } int f(void) { Dev d = { 4 }; return g(&d, 10); }', 44],
      ['a local variable', 'typedef int word; int f(void) { word word = 3; word *= 2; word += (word) + 1; { int x = word * word; return x + (word); } }', 182],
      ['a local variable, the type being used before and after', 'typedef int T; int f(void) { T a = 1; { T T = 5; a += T; T = a * 2; a = (T) - 3; } T b = (T) 2.5; return a * 10 + b; }', 92],
      ['a member', 'typedef int size; struct s { size size; int (*T)(int); size v[2]; }; typedef struct s T; static int g(int x) { return x; } int f(void) { T t = { .size = 5, .T = g, .v = { [1] = 2 } }; T *p = &t; p->size++; return t.size * 100 + p->T(3) * 10 + t.v[1] + (p->size) * 1000; }', 6632],
      ['a label', 'typedef int out; int f(void) { out x = 5; if (x) goto out; x = 1; out: return x; }', 5],
      ['an enumeration constant in a block', 'typedef int A; int f(void) { A x = 1; { enum { A = 7 }; x += A; } return x; }', 8],
      ['a tag', 'typedef struct node node; struct node { node *next; int v; }; enum T { X = 4 }; typedef enum T T; union U { int a; }; typedef union U U; int f(void) { struct node a = { 0, 1 }; node b = { &a, 2 }; enum T t = X; T u = t; union U w = { u }; U z = w; return b.next->v * 100 + z.a * 10 + b.v; }', 142],
      ['a function\'s own local typedef', 'int f(void) { typedef unsigned char byte; typedef struct { byte b[2]; } pair; byte x = 300; pair p = { { (byte) 511, x } }, *q = &p; return (byte) (x + 250) * 1000 + q->b[0] + sizeof(pair) + (byte) -1 * 0; }', (300 - 256 + 250 - 256) * 1000 + 255 + 2],
      ['a type name as a macro argument and a string', '#define NAME(t) #t\n#define ZERO(t) ((t) 0)\n#define NEW(t, v) (&(t) { v })\ntypedef struct { int a; } Foo; typedef long L; int f(void) { return NAME(Foo)[0] + ZERO(L) + NEW(Foo, 5)->a + sizeof(ZERO(L)); }', 70 + 5 + 8],
    ]);
  });

  describe('casts, calls and operands in parentheses', () => {
    check([
      ['(x) op y', 'int f(void) { int x = 6, y = 3, v[] = { 4, 5 }, *p = v; int a = (x) & y, b = (x) - y, c = (x) + y, d = (x) * y, e = (x) ? (y) : (x), g = (x) && (y), h = (y) << (x) - 5; return a * 1000000 + b * 100000 + c * 10000 + d * 1000 + e * 100 + g * 10 + h + (*p) * 0 + (p)[1] * 0; }', 2000000 + 300000 + 90000 + 18000 + 300 + 10 + 6],
      ['(f)(x), (T)(x), (T) (f)(x), (T) f (x)', 'typedef unsigned char T; static int g(int x) { return x + 255; } int f(void) { int x = 2; return (g)(x) * 10000 + (T)(g(x)) * 1000 + (T) (g)(x) * 100 + (T) g (x) * 10 + (T)(x) - (T)-1 + 254; }', 2570000 + 1000 + 100 + 10 + 1],
      ['(f(x)) op y', 'static int g(int x) { return x * 2; } static int v[4] = { 1, 2, 3, 4 }; struct s { int a; int v[2]; } s = { 5, { 6, 7 } }; int f(void) { int x = 3, *p = v; return (g(x)) - 1 + (g(x)) + 1 + (v[1]) - x + (v[2]) * x + (s.a) & 0xff + (s.v[1]) - (p[0]) * (x); }', ((6 - 1 + 6 + 1 + 2 - 3 + 9 + 5) & (0xff + 7 - 3))],
      ['products in parentheses', 'static int a = 3, b = 4; static int g(int x) { return x; } int f(void) { int c = 2; return (a * b) + (a * (b * c)) - g((a * b)) + (g(a * c)) - (a * (b)) && (c * (a)) ? (a * (b + c)) - (a) : 0; }', 15],
      ['negation and address behind parentheses', 'static int v[3] = { 1, 2, 3 }; int f(void) { int x = 5, m = 7; return (x) - -m + (x) & ~-m | (x) & *&m; }', ((5 + 7 + 5) & ~-7) | (5 & 7)],
      ['casts to structures, functions and arrays of pointers', 'struct s { int a; }; typedef int (*fn)(int); static int g(int x) { return x + 1; } static struct s s = { 5 }; static void *raw[] = { &s, g }; int f(void) { return ((struct s *) raw[0])->a * 100 + ((int (*)(int)) raw[1])(1) * 10 + ((fn) raw[1])(2) + (*(fn *) &raw[1])(0) * 1000 + (*(struct s (*)[1]) raw[0])[0].a * 10000; }', 51523],
      ['casts in a row', 'typedef unsigned char u8; typedef unsigned short u16; int f(void) { int x = -1; return (u16)(u8)x + (int)(u8)(x) + (u8)+x + (u8)~0 + (u8)(u16)-x + (int)*&x + (u8)!x; }', 255 * 4 + 1 - 1],
      ['sizeof in all its forms', 'typedef struct { char c[6]; } T; static T t; static char g(void) { return 0; } int f(void) { T *p = &t; int n = 3; return sizeof(T) * 1000000 + sizeof t * 100000 + sizeof(t) * 10000 + sizeof(*p) * 1000 + sizeof p->c * 100 + sizeof g() * 10 + sizeof(g()) + sizeof(n) * 0 + sizeof (n) - sizeof n + sizeof(T *) - 8; }', 6000000 + 600000 + 60000 + 6000 + 600 + 10 + 1],
      ['sizeof (x) op y', 'int f(void) { int x = 2; char c = 1; return sizeof (x) * x + sizeof (c) - 1 + sizeof(x) + x + sizeof (int) * x + sizeof(x) / sizeof(c); }', 8 + 0 + 4 + 2 + 8 + 4],
      ['a call\'s arguments in parentheses', 'static int add(int a, int b) { return a * 10 + b; } static int one(int a) { return a; } int f(void) { int x = 1, y = 2; return add((x), (y)) + one((x, y)) + (add)((x) + 1, (y) - 1) + one(((x))) + add((one(x)) + 1, -(y)); }', 12 + 2 + 21 + 1 + 18],
      ['multiplication as a statement', 'static int a = 3; int f(void) { int b = 4, c; c = a * b; (void) (a * b); { c++; (a) * b; } return c; }', 13],
      ['function-like macros around everything', '#define PAREN(x) (x)\n#define DEREF(p) (*(p))\n#define FIELD(s, m) ((s).m)\n#define CALL(f, ...) (f)(__VA_ARGS__)\nstruct s { int a, b; }; static int add(int a, int b) { return a + b; } int f(void) { struct s s = { 3, 4 }, *p = &s; return PAREN(s.a) + PAREN(s.b) - PAREN(1) + DEREF(&s.a) * FIELD(*p, b) - FIELD(s, a) + CALL(add, PAREN(s.a), -s.b); }', 3 + 4 - 1 + 12 - 3 - 1],
    ]);
  });

  describe('declarators', () => {
    check([
      ['arrays of pointers to functions that return pointers', 'static int x = 5; static int *g(int n) { x += n; return &x; } static int *(*table[2])(int) = { g, g }; typedef int *(*fn)(int); static fn pick(int n) { return table[n]; } static int *(*pick2(int n))(int) { return table[n]; } int f(void) { int a = *table[0](1), b = *pick(1)(1); return a + b * 10 + *(*pick2(0))(1) * 100; }', 876],
      ['pointers to arrays, arrays of arrays', 'static int m[2][3] = { { 1, 2, 3 }, { 4, 5, 6 } }; static int (*rows(void))[3] { return m; } int f(void) { int (*p)[3] = m + 1; int (*all)[2][3] = &m; int *list[2] = { m[0], m[1] }; return (*p)[2] * 1000 + rows()[1][0] * 100 + (*all)[0][1] * 10 + list[1][1]; }', 6425],
      ['several declarators, each with its own', 'int f(void) { int a = 1, *p = &a, **q = &p, v[2] = { 2, 3 }, (*r)[2] = &v, g = (*r)[1]; return **q * 100 + v[0] * 10 + g; }', 123],
      ['qualifiers everywhere', 'static const int *const volatile a[] = { 0 }; static int const b = 3; static const char *const names[] = { "x", "y" }; int f(void) { const int *const restrict p = &b; const int c = *p; int *const *q = 0; return c * 10 + (a[0] == 0) + (q == 0) + names[1][0]; }', 30 + 2 + 121],
      ['specifiers in any order', 'static unsigned const long int a = ~0ul; int long unsigned static b = 5; static short unsigned c = 65535; typedef long long int unsigned ull; char signed d = -1; int f(void) { ull x = 1; return (a >> 63) + b + (c == 65535) + sizeof(ull) + x + d; }', 1 + 5 + 1 + 8 + 1 - 1],
      ['parentheses around a name', 'static int (a) = 1, (*(b)) = &(a), ((c)[2]) = { 3, 4 }; static int (g)(int x) { return (x) + 1; } int f(void) { int (z) = (g)(*b); return z * 10 + c[1]; }', 24],
      ['a structure, a typedef and an object in one declaration', 'typedef struct S { int a; } S, *SP; struct T { S s; SP p; } t = { { 1 }, &t.s }, *tp = &t; enum E { X = 3, Y } e = Y; union { int i; char c; } u = { 65 }; int f(void) { return tp->p->a * 1000 + e * 100 + u.c; }', 1465],
      ['const members, a typedef of an array, a typedef of a function', 'typedef int vec[3]; typedef int op(int); struct s { const vec v; op *o; }; static int inc(int x) { return x + 1; } static op inc; int f(void) { struct s s = { { 1, 2, 3 }, inc }; vec w = { 4 }; vec *p = &w; return s.o(s.v[2]) * 100 + (*p)[0] * 10 + sizeof(vec) / 4; }', 443],
    ]);
  });
});
