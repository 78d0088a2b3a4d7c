import { expect } from 'chai';
import { check, program, run, diagnosticsOf } from './run.js';

describe('c/evaluate: functions and linkage', () => {
  describe('calls', () => {
    check([
      ['recursion', 'static int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); } int f(void) { return fib(15); }', 610],
      ['mutual recursion through prototypes', 'static int odd(unsigned n); static int even(unsigned n) { return n == 0 ? 1 : odd(n - 1); } static int odd(unsigned n) { return n == 0 ? 0 : even(n - 1); } int f(void) { return even(100) * 10 + odd(7); }', 11],
      ['recursion with arrays and addresses of locals', 'static int g(int n, int *up) { int here[3] = { n, n * 2, 0 }; here[2] = up ? *up : 100; return n == 0 ? here[2] : g(n - 1, &here[1]) + here[0]; } int f(void) { return g(4, 0); }', 12],
      ['no parameters, unnamed and unused parameters', 'static int a() { return 1; } static int b(void) { return 2; } static int c(int, char *x) { return 3; } int f(void) { return a() * 100 + b() * 10 + c(9, 0); }', 123],
      ['void functions and returns without a value', 'static int n; static void g(int x) { if (x > 5) return; n += x; } static void h(void) { return g(3); } int f(void) { g(9); g(2); h(); (void) g(1); return n; }', 6],
      ['a parameter can be changed', 'static int g(int n) { int r = 0; while (n > 0) r += n--; return r; } int f(void) { int x = 4; return g(x) * 10 + x; }', 104],
      ['results are converted', 'static unsigned char g(int x) { return x; } static _Bool h(int x) { return x; } static long k(unsigned x) { return x; } static int l(long x) { return x; } static double d(int x) { return x; } int f(void) { return g(300) * 1000000 + h(8) * 100000 + (k(-1) > 0) * 10000 + l(0x100000002) * 1000 + d(3) / 2 * 10; }', 44112015],
      ['more arguments than registers', 'static long g(long a, int b, char c, long d, unsigned char e, short h, long i, int j, long k) { return a + b * 2 + c * 3 + d * 4 + e * 5 + h * 6 + i * 7 + j * 8 + k * 9; } long f(void) { return g(1, 2, 3, 4, 5, 6, 7, 8, 9); }', 285],
      ['nested calls as arguments', 'static int add(int a, int b) { return a + b; } int f(void) { return add(add(1, add(2, 3)), add(add(4, 5), 6)); }', 21],
      ['attributes, qualifiers and storage classes everywhere', 'extern inline __attribute__((always_inline)) int unused(void); static __inline__ __attribute__((noinline, unused)) const int g(register const int x, volatile int *restrict y) { return x + *y; } int f(void) { volatile int v = 4; const register int c = 3; return g(c, &v); }', 7],
      ['a long result of a computation in int', 'long f(void) { int x = 100000; return x * x; }', BigInt.asIntN(32, 10000000000n)],
      ['__func__', 'static const char *name(void) { return __func__; } int f(void) { return name()[0] * 100 + sizeof __func__ + __FUNCTION__[0]; }', 110 * 100 + 2 + 102],
    ]);
  });

  describe('variable arguments (7.16)', () => {
    const HEAD = 'typedef __builtin_va_list va_list;\n#define va_start(l, p) __builtin_va_start(l, p)\n#define va_arg(l, t) __builtin_va_arg(l, t)\n#define va_end(l) __builtin_va_end(l)\n#define va_copy(d, s) __builtin_va_copy(d, s)\n';
    check(([
      ['integers of all widths', 'static long sum(int n, ...) { va_list ap; long s = 0; va_start(ap, n); for (int i = 0; i < n; i++) s += i % 2 ? va_arg(ap, long) : va_arg(ap, int); va_end(ap); return s; } long f(void) { char c = -1; return sum(4, c, 1L << 40, 5, -2L); }', (1n << 40n) + 2n],
      ['unsigned, signed, 64-bit: what was passed comes out', 'static int g(int n, ...) { va_list ap; va_start(ap, n); unsigned a = va_arg(ap, unsigned); int b = va_arg(ap, int); unsigned long c = va_arg(ap, unsigned long); long d = va_arg(ap, long); long long e = va_arg(ap, long long); va_end(ap); return a == 4000000000u && b == -7 && c == ~0ul && d == -1 && e == 1ll << 62; } int f(void) { return g(0, 4000000000u, -7, ~0ul, -1L, 1ll << 62); }', 1],
      ['pointers, strings and floating numbers', 'static int g(const char *s, ...) { va_list ap; va_start(ap, s); const char *t = va_arg(ap, const char *); int *p = va_arg(ap, int *); double d = va_arg(ap, double); void *null = va_arg(ap, void *); return t[1] + *p + d * 2 + (null == 0); } int f(void) { int x = 100; float y = 1.5f; return g("a", "xyz", &x, y, (void *) 0); }', 121 + 100 + 3 + 1],
      ['a list ended by null', 'static int count(const char *first, ...) { int n = 0; va_list ap; va_start(ap, first); for (const char *s = first; s; s = va_arg(ap, const char *)) n += s[0] - 48; va_end(ap); return n; } int f(void) { return count("1", "2", "3", (char *) 0) * 10 + count((char *) 0); }', 60],
      ['a list handed on', 'static int vsum(int n, va_list ap) { int s = 0; while (n--) s += va_arg(ap, int); return s; } static int sum(int n, ...) { va_list ap; va_start(ap, n); int r = vsum(n, ap); va_end(ap); return r; } int f(void) { return sum(3, 10, 20, 30); }', 60],
      ['a copy starts where the original is', 'static int g(int n, ...) { va_list a, b; va_start(a, n); int x = va_arg(a, int); va_copy(b, a); int y = va_arg(a, int); int z = va_arg(b, int); z = z * 10 + va_arg(b, int); va_end(b); y = y * 10 + va_arg(a, int); va_end(a); return x * 10000 + y * 100 + z; } int f(void) { return g(0, 1, 2, 3); }', 12323],
      ['started twice', 'static int g(int n, ...) { va_list ap; va_start(ap, n); int x = va_arg(ap, int); va_end(ap); va_start(ap, n); x = x * 10 + va_arg(ap, int); va_end(ap); return x; } int f(void) { return g(0, 7); }', 77],
      ['a structure', 'struct s { int a, b; }; static int g(int n, ...) { va_list ap; va_start(ap, n); struct s s = va_arg(ap, struct s); int x = va_arg(ap, int); return s.a * 100 + s.b * 10 + x; } int f(void) { struct s s = { 1, 2 }; return g(0, s, 3); }', 123],
      ['a va_list in a structure, by pointer', 'struct w { va_list *ap; }; static int next(struct w *w) { return va_arg(*w->ap, int); } static int g(int n, ...) { va_list ap; va_start(ap, n); struct w w = { &ap }; int a = next(&w), b = next(&w); return a * 10 + b; } int f(void) { return g(0, 4, 5); }', 45],
    ] as const).map(([title, source, value]) => [title, HEAD + source, value] as const));
  });

  describe('storage and linkage (6.2.2, 6.9.2)', () => {
    it('statics of the same name in two units are two objects, and two functions', () => {
      const files = {
        'a.c': 'static int n = 1; static int step(void) { return 1; } int b(void); int f(void) { n += step(); return n * 1000 + b(); }',
        'b.c': 'static int n = 10; static int step(void) { return 5; } int b(void) { n += step(); return n; }',
      };
      expect(run(files)).to.equal(2015);
    });

    it('an object with external linkage is one object', () => {
      const files = {
        'a.c': 'extern int shared; int shared; int *address(void); void set(int); int f(void) { set(5); int x = shared; shared = 7; return x * 100 + *address() * 10 + (address() == &shared); }',
        'b.c': 'extern int shared; void set(int x) { shared = x; } int *address(void) { return &shared; }',
      };
      expect(run(files)).to.equal(571);
    });

    it('a tentative definition gives way to one with an initializer, in any order', () => {
      expect(run('int a; static int b; int g(void) { return a * 10 + b; } int a = 4; static int b = 2; int a; int f(void) { return g(); }')).to.equal(42);
    });

    it('an initializer elsewhere counts', () => {
      expect(run({ 'a.c': 'extern const int table[]; extern const char *name; int f(void) { return table[1] * 1000 + name[0]; }', 'b.c': 'const int table[] = { 1, 2, 3 }; const char *name = "x";' })).to.equal(2120);
    });

    it('a declaration in a block refers to the object outside', () => {
      expect(run({ 'a.c': 'int f(void) { extern int far; int g(int); int x = far; { extern int here; x += here; } return g(x); }\nint here = 5;', 'b.c': 'int far = 30; int g(int x) { return x * 2; }' })).to.equal(70);
    });

    it('units that share a header share its types, objects and functions', () => {
      const header = '#ifndef H\n#define H\nstruct point { int x, y; };\nenum { SCALE = 10 };\ntypedef int (*reader)(struct point *);\nstatic inline int scaled(const struct point *p) { return p->x * SCALE + p->y; }\nextern struct point origin;\nint other(struct point *p, reader r);\n#endif\n';
      const files = {
        'point.h': header,
        'a.c': '#include "point.h"\n#include "point.h"\nstruct point origin = { 1, 2 };\nstatic int read(struct point *p) { return scaled(p) + 1; }\nint f(void) { return other(&origin, read); }',
        'b.c': '#include "point.h"\nint other(struct point *p, reader r) { p->y++; return r(p) * 100 + scaled(&origin); }',
      };
      expect(run(files)).to.equal(1413);
    });

    it('a structure whose body only another unit has', () => {
      expect(run({ 'a.c': 'struct opaque; struct opaque *make(void); int get(struct opaque *); int f(void) { struct opaque *o = make(); return get(o); }', 'b.c': 'struct opaque { int v; }; static struct opaque one = { 77 }; struct opaque *make(void) { return &one; } int get(struct opaque *o) { return o->v; }' })).to.equal(77);
    });

    it('the same tag may mean different structures in two units', () => {
      expect(run({ 'a.c': 'struct s { char a; char b; }; int b(void); int f(void) { return sizeof(struct s) * 100 + b(); }', 'b.c': 'struct s { long a; int b; }; int b(void) { return sizeof(struct s); }' })).to.equal(216);
    });

    it('functions are called by name from outside, static ones with their file', () => {
      const made = program({ 'a.c': 'static int hidden(int x) { return x * 2; } int shown(int x) { return hidden(x) + 1; }' });
      expect(made.call('shown', 4)).to.equal(9);
      expect(made.call('a.c:hidden', 4)).to.equal(8);
      expect(made.has('shown')).to.equal(true);
      expect(made.has('hidden')).to.equal(false);
      expect(made.functionName(made.addressOf('shown'))).to.equal('shown');
      expect(made.call(made.addressOf('shown'), 1)).to.equal(3);
    });

    it('an intrinsic stands in front of the tree\'s own definition', () => {
      const made = program('int host(int x) { return x; } int twice(int x) { return host(x) + host(x); }');
      made.define('host', (_machine, [x]) => (x as number) + 100);
      expect(made.call('twice', 1)).to.equal(202);
      expect(made.original('host').invoke([5], { location: { file: '<test>', line: 1 } })).to.equal(5);
    });

    it('the arguments and the result of an intrinsic are converted by its prototype', () => {
      const made = program('unsigned char host(unsigned char a, long b, const char *s, ...); int f(void) { char c = -1; return host(0x1ff, -1, "x", c, 1L, 2.5f); }');
      let seen: unknown;
      made.define('host', (machine, args) => {
        seen = [args[0], args[1], machine.memory.cstring(args[2] as number), ...args.slice(3)];
        return 0x1234;
      });
      expect(made.call('f')).to.equal(0x34);
      expect(seen).to.deep.equal([255, -1n, 'x', -1, 1n, 2.5]);
    });

    it('a program can be looked at from outside', () => {
      const made = program('typedef struct { int a; struct { unsigned char c; long d; } in; _Bool b; unsigned f : 3; } T; struct S { T t[2]; }; T object = { 7, { 200, -5 }, 1, 6 }; enum { LIMIT = 40 }; \n#define TWICE (LIMIT * 2ul)\n#define TEXT "x"\n');
      expect(made.sizeOf('T')).to.equal(32);
      expect(made.sizeOf('struct S')).to.equal(64);
      expect(made.offsetOf('T', 'in.d')).to.equal(16);
      expect(made.hasMember('T', 'in.e')).to.equal(false);
      const at = made.addressOf('object');
      expect(['a', 'in.c', 'in.d', 'b', 'f'].map((path) => made.readMember(at, 'T', path))).to.deep.equal([7, 200, -5n, 1, 6]);
      made.writeMember(at, 'T', 'in.d', 9n);
      expect(made.readMember(at, 'T', 'in.d')).to.equal(9n);
      expect(made.constant('LIMIT')).to.equal(40);
      expect(made.constant('TWICE')).to.equal(80n);
      expect(made.constant('NOTHING')).to.equal(undefined);
      expect(diagnosticsOf(made)).to.deep.equal([]);
    });
  });
});
