import { check, checkExpressions } from './run.js';

describe('c/evaluate: pointers and arrays', () => {
  describe('arithmetic (C11 6.5.6)', () => {
    checkExpressions(`
      struct s { int a; char b[5]; long c; }; static struct s v[4]; static int n[5] = { 10, 20, 30, 40, 50 }; static int m[3][4] = { { 0, 1, 2, 3 }, { 10, 11, 12, 13 }, { 20, 21, 22, 23 } };
      static char text[] = "hello"; static int *p = n + 2; static int (*row)[4] = m; static char *end = text + 5; static unsigned long big = 2; static short minus = -1; static void *vp = n; static char **none; static int *list[] = { n, n + 1, 0 };
    `, [
      ['*p', 30], ['p[-1]', 20], ['*(p + 1)', 40], ['*(1 + p)', 40], ['2[n]', 30], ['*(p - 2)', 10], ['p - n', 2], ['n - p', -2], ['&n[5] - n', 5], ['sizeof(p - n)', 8], ['end - text', 5], ['&v[3] - &v[1]', 2], ['(char *) &v[1] - (char *) v', 24], ['&v[1].c - &v[0].c', 3], ['p[minus]', 20], ['p[big]', 50], ['*(p + minus)', 20], ['*(p - big)', 10], ['n[big + 1]', 40], ['p[(char) -2]', 10],
      ['m[1][2]', 12], ['*(*(m + 1) + 2)', 12], ['*m[2]', 20], ['row[2][1]', 21], ['(*row)[3]', 3], ['(*(row + 1))[1]', 11], ['(int *) (row + 1) - (int *) row', 4], ['m[0][5]', 11], ['&m[1][0] - &m[0][0]', 4], ['sizeof m[0]', 16], ['sizeof *row', 16], ['sizeof m / sizeof m[0]', 3], ['**m', 0], ['&m[1] - m', 1], ['(*&n)[1]', 20], ['sizeof &n', 8], ['sizeof *&n', 20], ['(int *) (&n + 1) - n', 5], ['&*p == p', 1], ['&p[1] == p + 1', 1], ['*&p[1]', 40], ['**list', 10], ['*list[1]', 20], ['list[2] == 0', 1],
      ['vp + 4 == (void *) &n[1]', 1], ['*(int *) (vp + 8)', 30], ['p > n', 1], ['n >= p', 0], ['p == &n[2]', 1], ['p != n + 2', 0], ['p && *p', 1], ['!p', 0], ['none == 0', 1], ['none ? 1 : 2', 2], ['text[4] == *(end - 1)', 1], ['"abc" + 1 != 0', 1], ['("abc" + 1)[1]', 99], ['*("xyz" + 2)', 122], ['"0123456789abcdef"[11]', 98], ['sizeof text', 6], ['sizeof(text + 0)', 8],
      ['v[1].b - (char *) v', 28], ['&v[2].b[3] - (char *) &v[2]', 7], ['(unsigned long) &((struct s *) 0)->c', 16], ['(long) ((struct s *) 0 + 1)', 24], ['(char *) 16 - (char *) 6', 10],
    ]);
  });

  describe('objects through pointers', () => {
    check([
      ['a local variable', 'static void set(int *p, int v) { *p = v; } int f(void) { int x = 1; set(&x, 42); int *p = &x; (*p)++; return x; }', 43],
      ['a parameter', 'static int g(int x, int *p) { int *q = &x; *q += *p; return x; } int f(void) { int y = 5; return g(10, &y); }', 15],
      ['pointers to pointers', 'static void first(int **pp, int *p) { *pp = p; } int f(void) { int a = 1, b = 2, *p = &a, **pp = &p; first(pp, &b); **pp = 7; return a * 10 + b; }', 17],
      ['of every width', 'int f(void) { unsigned char a = 0; short b = 0; int c = 0; long d = 0; _Bool e = 0; unsigned char *pa = &a; short *pb = &b; int *pc = &c; long *pd = &d; _Bool *pe = &e; *pa = 0x1ff; *pb = 0x18000; *pc = 0x180000000; *pd = -1; *pe = 256; return a == 255 && b == -32768 && c == -2147483648 && d == -1 && e == 1; }', 1],
      ['bytes of an integer', 'int f(void) { unsigned long x = 0x1122334455667788; unsigned char *p = (unsigned char *) &x; p[7] = 0xff; return p[0] * 1000 + p[1] + (x >> 56); }', 0x88 * 1000 + 0x77 + 255],
      ['half of a 64-bit integer, at any address', 'int f(void) { char b[16] = { 0 }; *(unsigned long *) (b + 3) = 0x0102030405060708; return *(unsigned *) (b + 5) == 0x03040506 && b[2] == 0 && b[11] == 0 && *(short *) (b + 9) == 0x0102; }', 1],
      ['a floating number in memory', 'int f(void) { double d = 1.5, *p = &d; *p *= 3; float x = 2.25f, *q = &x; *q += 0.5; unsigned bits = *(unsigned *) q; return d * 10 + (bits == 0x40300000); }', 46],
      ['two names of one object', 'int f(void) { int x = 1, *p = &x, *q = p; *p = 5; *q += x; return x + *p; }', 20],
      ['locals in a loop', 'int f(void) { int sum = 0; for (int i = 0; i < 3; i++) { int x = i; int *p = &x; *p += 10; sum += x; } return sum; }', 33],
      ['an array changed through a parameter', 'static void fill(int a[], int n) { while (n--) a[n] = n * n; } static int sum(const int a[static 3]) { return a[0] + a[1] + a[2]; } int f(void) { int a[5]; fill(a, 5); return sum(a + 2); }', 29],
      ['a parameter array whose length is another parameter', 'static int last(int n, int a[n]); static int last(int n, int a[n]) { return a[n - 1]; } int f(void) { int a[3] = { 1, 2, 3 }; return last(3, a) * 10 + last(2, a); }', 32],
      ['sizeof a parameter array is that of a pointer', 'static int g(int a[100]) { return sizeof a; } int f(void) { int a[100]; return g(a); }', 8],
      ['a string walked and written', 'static int length(const char *s) { const char *p = s; while (*p) p++; return p - s; } int f(void) { char b[8], *p = b; const char *s = "hello"; while ((*p++ = *s++)) ; b[0] = 0x4a; return length(b) * 1000 + b[0] + p[-1]; }', 5074],
      ['a pointer in a structure through another', 'struct l { struct l *next; int v; }; static int sum(struct l *l) { return l ? l->v + sum(l->next) : 0; } int f(void) { struct l a[3] = { { &a[1], 1 }, { &a[2], 20 }, { 0, 300 } }; struct l **pp = &a[0].next; (*pp)->v++; *pp = (*pp)->next; return sum(a); }', 301],
      ['deleting from a list by the address of its link', 'struct l { int v; struct l *next; }; int f(void) { struct l c = { 3 }, b = { 2, &c }, a = { 1, &b }, *head = &a; for (struct l **p = &head; *p; ) if ((*p)->v == 2) *p = (*p)->next; else p = &(*p)->next; int r = 0; for (struct l *l = head; l; l = l->next) r = r * 10 + l->v; return r; }', 13],
      ['pointers stored as integers, and back', 'int f(void) { int x = 7; unsigned long u = (unsigned long) &x; long d[2] = { (long) &x, 0 }; *(int *) u += 1; return *(int *) d[0] * 10 + (u == (unsigned long) (void *) d[0]); }', 81],
      ['flags in the low bits of a pointer', 'int f(void) { long x[2] = { 5, 6 }; unsigned long tagged = (unsigned long) &x[1] | 3; return *(long *) (tagged & ~3ul) * 10 + (tagged & 3); }', 63],
      ['a small integer as a pointer', 'int f(void) { void *p = (void *) (long) -22; void *q = (void *) 5ul; return (int) (long) p + (int) (unsigned long) q + (p > q); }', -16],
    ]);
  });

  describe('to functions', () => {
    check([
      ['called in every way', 'static int g(int x) { return x + 1; } int f(void) { int (*p)(int) = g, (*q)(int) = &g; return p(1) + (*q)(2) + (**p)(3) + (&g)(4) + (g)(5); }', 20],
      ['in tables', 'static int add(int a, int b) { return a + b; } static int sub(int a, int b) { return a - b; } typedef int (*op)(int, int); static op table[] = { add, sub, 0 }; int f(void) { int r = 0; for (op *p = table; *p; p++) r = r * 10 + (*p)(5, 3); return r; }', 82],
      ['in structures, with inheritance', 'struct ops { int (*get)(void *); void (*set)(void *, int); }; struct o { const struct ops *ops; int v; }; static int get(void *o) { return ((struct o *) o)->v; } static void set(void *o, int v) { ((struct o *) o)->v = v * 2; } static const struct ops ops = { .set = set, .get = get }; int f(void) { struct o o = { &ops }; o.ops->set(&o, 21); return o.ops->get(&o) + (ops.get == get); }', 43],
      ['as parameters and results', 'static int twice(int (*g)(int), int x) { return g(g(x)); } static int inc(int x) { return x + 1; } static int dbl(int x) { return 2 * x; } static int (*pick(int which))(int) { return which ? inc : dbl; } int f(void) { return twice(pick(0), 3) * 10 + twice(pick(1), 3); }', 125],
      ['a parameter of function type', 'static int apply(int g(int), int x) { return g(x); } static int neg(int x) { return -x; } int f(void) { return apply(neg, 5); }', -5],
      ['compared', 'static void a(void) { } static void b(void) { } int f(void) { void (*p)(void) = a; return (p == a) * 100 + (p != b) * 10 + (p && a != 0); }', 111],
      ['through void *', 'static int g(int x) { return x * 3; } int f(void) { void *p = g; unsigned long u = (unsigned long) p; return ((int (*)(int)) u)(4) + ((int (*)(int)) p)(1); }', 15],
      ['arguments are converted to the pointer\'s prototype', 'static int g(unsigned char x, long y) { return x + (y < 0); } int f(void) { int (*p)(unsigned char, long) = g; return p(0x1ff, -1); }', 256],
      ['typedefs of functions', 'typedef int fn(int); static fn g; typedef fn *fnp; static int g(int x) { return x + 7; } int f(void) { fn *p = g; fnp q = p; return q(3); }', 10],
    ]);
  });
});
