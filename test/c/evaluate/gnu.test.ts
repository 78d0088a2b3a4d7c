import { expect } from 'chai';
import { check, checkExpressions, program } from './run.js';

describe('c/evaluate: GNU C and newer C', () => {
  describe('statement expressions', () => {
    check([
      ['their value and their scope', 'int f(void) { int x = 1; int y = ({ int x = 5; x++; x * 2; }); return y * 10 + x + ({ 3; }); }', 124],
      ['evaluated once each', '#define MAX(a, b) ({ typeof(a) _a = (a); typeof(b) _b = (b); _a > _b ? _a : _b; })\nstatic int n; static int next(void) { return ++n; } int f(void) { int m = MAX(next(), next()); return m * 10 + n; }', 22],
      ['nested, with the same names', '#define MIN(a, b) ({ typeof(1 ? (a) : (b)) _a = (a), _b = (b); _a < _b ? _a : _b; })\nint f(void) { return MIN(MIN(7, 5), MIN(9, MIN(6, 8))); }', 5],
      ['without a value', 'int f(void) { int x = 0; ({ x = 5; if (x) x++; }); ({ }); return x; }', 6],
      ['return inside', 'static int g(int x) { int y = ({ if (x > 5) return 100; x + 1; }); return y; } int f(void) { return g(9) * 10 + g(3); }', 1004],
      ['return inside, in an argument, an initializer, a condition and a return', 'static int id(int x) { return x; } static int a(int x) { return id(({ if (x) return 1; 2; })) * 10; } static int b(int x) { int v[] = { 1, ({ if (x) return 3; 4; }) }; return v[1] * 10; } static int c(int x) { if (({ if (x) return 5; x; })) return 99; return 60; } static int d(int x) { return 10 * ({ if (x) return 7; 8; }); } int f(void) { return a(1) * 1000 + b(1) * 100 + c(1) * 10 + d(1) + (a(0) + b(0) + c(0) + d(0)) * 10000; }', 1357 + 2000000],
      ['return inside, in a function that others called', 'static int inner(int x) { return ({ if (x) return 1; 2; }); } static int outer(int x) { int r = inner(x); r += inner(!x); return r; } int f(void) { return outer(0) * 10 + outer(1); }', 33],
      ['break and continue inside', 'int f(void) { int r = 0; for (int i = 0; i < 9; i++) { int x = ({ if (i == 2) continue; if (i == 5) break; i; }); r = r * 10 + x; } while (1) { (void) ({ break; 0; }); } return r; }', 134],
      ['goto out', 'static int g(int x) { int r = 1; r += ({ if (x) goto out; 10; }); r *= 2; out: return r; } int f(void) { return g(0) * 100 + g(1); }', 2201],
      ['loops and switches inside', 'int f(void) { return ({ int s = 0; for (int i = 0; i < 5; i++) { if (i == 3) break; switch (i) { case 1: continue; } s += i + 1; } s; }); }', 4],
      ['a structure as the value', 'struct s { int a, b; }; int f(void) { struct s s = ({ struct s t = { 1, 2 }; t.a += 5; t; }); return s.a * 10 + ({ s; }).b; }', 62],
      ['a pointer and a long as the value', 'int f(void) { int v[2] = { 4, 5 }; return *({ int *p = v; p + 1; }) * 10 + (({ 1L << 40; }) >> 40) + sizeof(({ 1L; })); }', 59],
    ]);
  });

  describe('typeof and _Generic', () => {
    checkExpressions(`
      static unsigned char uc = 200; static int v[3] = { 1, 2, 3 }; static struct s { int a; long b; } s; static int g(int x) { return x; } typedef struct s S; static const char *name = "n"; static int calls; static int count(void) { return ++calls; }
      #define TYPE(e) _Generic((e), int: 1, unsigned: 2, long: 3, unsigned long: 4, char *: 5, const char *: 5, int *: 6, S: 7, S *: 8, double: 9, float: 10, _Bool: 11, unsigned char: 12, default: 99)
    `, [
      ['sizeof(typeof(uc))', 1], ['sizeof(typeof(v))', 12], ['sizeof(typeof(uc + 1))', 4], ['sizeof(typeof(v[0]) *)', 8], ['sizeof(__typeof__(s.b))', 8], ['sizeof(typeof(struct s))', 16], ['sizeof(typeof(int[5]))', 20], ['sizeof(typeof(*&s))', 16], ['((typeof(uc)) 0x1ff)', 255], ['(typeof(s.b)) -1 < 0', 1], ['({ typeof(v) w = { 7, 8 }; w[1]; })', 8], ['({ typeof(g) *p = g; p(4); })', 4], ['({ typeof(&g) p = g; p(4); })', 4], ['({ typeof(v[0]) x = 5, *p = &x; *p; })', 5], ['({ typeof(int) x = 3; const typeof(x) y = x; y; })', 3], ['({ typeof(typeof(uc)) x = 256; x; })', 0], ['({ __auto_type x = uc; sizeof x; })', 1], ['({ typeof(count()) x = 3; x + calls; })', 3], ['({ typeof(((struct s *) 0)->b) x = 1; sizeof x; })', 8], ['sizeof(typeof(name))', 8],
      ['TYPE(uc)', 12], ['TYPE(+uc)', 1], ['TYPE(1u)', 2], ['TYPE(1L)', 3], ['TYPE(sizeof 1)', 4], ['TYPE(v)', 6], ['TYPE(&v[1])', 6], ['TYPE(s)', 7], ['TYPE(&s)', 8], ['TYPE(1.0)', 9], ['TYPE(1.0f)', 10], ['TYPE((_Bool) 1)', 11], ['TYPE(name)', 5], ['TYPE("x")', 5], ['TYPE(g)', 99], ['TYPE(&s.b)', 99], ['TYPE(1 == 1)', 1], ['TYPE(&v[2] - v)', 3], ['TYPE(uc ? 1 : 2L)', 3], ['_Generic(1, int: uc, default: missing)', 200], ['_Generic(1, default: 5)', 5], ['_Generic((char) 1, signed char: 1, unsigned char: 2, char: 3)', 3], ['_Generic(1L, long long: 1, long: 2)', 2],
    ].filter(([e]) => !(e as string).includes('missing')) as never);
  });

  describe('built-in functions', () => {
    checkExpressions(`
      typedef unsigned char u8; typedef unsigned short u16; typedef unsigned int u32; typedef unsigned long u64; unsigned long strlen(const char *s) { unsigned long n = 0; while (s[n]) n++; return n; } void *memcpy(void *d, const void *s, unsigned long n) { char *p = d; const char *q = s; while (n--) *p++ = *q++; return d; } struct t { int a; struct { short b[4]; } c[3]; }; struct other { int a; }; typedef struct t T; static int variable = 3; static u64 big = 0x0123456789abcdef;
      static int r; static u8 r8; static long rl; static u64 ru; static int calls; static int count(void) { return ++calls; }
    `, [
      ['__builtin_clz(1)', 31], ['__builtin_clz(0x80000000)', 0], ['__builtin_clzl(1)', 63], ['__builtin_clzll(big)', 7], ['__builtin_ctz(8)', 3], ['__builtin_ctzll(1ull << 40)', 40], ['__builtin_ctzl(big)', 0], ['__builtin_popcount(0xff0f)', 12], ['__builtin_popcountll(big)', 32], ['__builtin_popcountl(-1L)', 64], ['__builtin_ffs(0)', 0], ['__builtin_ffs(0x10)', 5], ['__builtin_ffsll(1ull << 63)', 64], ['__builtin_parity(7)', 1], ['__builtin_parityll(big)', 0], ['__builtin_clrsb(-1)', 31], ['__builtin_clrsb(1)', 30], ['__builtin_clrsbll(0)', 63], ['__builtin_clrsbl(-5L)', 60],
      ['__builtin_bswap16(0x1234)', 0x3412], ['__builtin_bswap32(0x12345678)', 0x78563412], ['__builtin_bswap64(big)', BigInt.asIntN(64, 0xefcdab8967452301n)], ['sizeof(__builtin_bswap16(1))', 2], ['__builtin_bswap32(0x80)', 0x80000000],
      ['__builtin_expect(variable == 3, 0)', 1], ['__builtin_expect(variable, 1)', 3], ['__builtin_constant_p(5)', 1], ['__builtin_constant_p(sizeof(int) * 2)', 1], ['__builtin_constant_p(variable)', 0], ['__builtin_constant_p(count())', 0], ['__builtin_constant_p("x")', 1], ['calls', 0], ['__builtin_constant_p(variable) ? 1 : 2', 2],
      ['__builtin_types_compatible_p(int, int)', 1], ['__builtin_types_compatible_p(int, unsigned)', 0], ['__builtin_types_compatible_p(long, long long)', 0], ['__builtin_types_compatible_p(u64, unsigned long)', 1], ['__builtin_types_compatible_p(typeof(variable), int)', 1], ['__builtin_types_compatible_p(char, signed char)', 0], ['__builtin_types_compatible_p(struct t *, T *)', 1], ['__builtin_types_compatible_p(T, struct other)', 0], ['__builtin_types_compatible_p(const int, int)', 1], ['__builtin_types_compatible_p(int[3], int[4])', 0], ['__builtin_types_compatible_p(int[], int[4])', 1], ['__builtin_types_compatible_p(typeof(count), int (void))', 1], ['__builtin_types_compatible_p(typeof(&variable), typeof(&r8))', 0], ['__builtin_types_compatible_p(void *, char *)', 0], ['__builtin_types_compatible_p(typeof((0 ? 1 : 1L)), long)', 1],
      ['__builtin_choose_expr(1, 5, variable)', 5], ['__builtin_choose_expr(sizeof(int) == 8, count(), 7)', 7], ['sizeof(__builtin_choose_expr(0, 1, (char) 2))', 1], ['__builtin_choose_expr(__builtin_types_compatible_p(u8, typeof(r8)), 1, 2)', 1],
      ['__builtin_offsetof(T, c[1].b[2])', 16], ['__builtin_offsetof(struct t, c)', 4], ['__builtin_offsetof(T, c[2]) + __builtin_offsetof(struct other, a)', 20],
      ['__builtin_add_overflow(1, 2, &r) * 100 + r', 3], ['__builtin_add_overflow(0x7fffffff, 1, &r) && r == -2147483648', 1], ['__builtin_add_overflow(200, 100, &r8) * 1000 + r8', 1044], ['__builtin_add_overflow(0x7fffffff, 1, &rl) * 10 + (rl == 0x80000000)', 1], ['__builtin_sub_overflow(1u, 2u, &ru) && ru == ~0ul', 1], ['__builtin_sub_overflow(5, 7, &rl) * 10 + rl', -2], ['__builtin_mul_overflow(1ul << 32, 1ul << 31, &ru) * 10 + (ru >> 63)', 1], ['__builtin_mul_overflow(1ul << 32, 1ul << 32, &ru) * 10 + ru', 10], ['__builtin_mul_overflow(-1, 0x80000000u, &r) * 10 + (r < 0)', 1], ['__builtin_uadd_overflow(0xffffffffu, 1, (u32 *) &r) * 10 + r', 10], ['__builtin_sadd_overflow(0x7fffffff, 1, &r)', 1], ['__builtin_umulll_overflow(1ull << 63, 2, (unsigned long long *) &ru)', 1], ['__builtin_ssubl_overflow(-0x7fffffffffffffff, 2, &rl)', 1], ['__builtin_smul_overflow(65536, 65536, &r)', 1],
      ['__builtin_abs(-5) + __builtin_labs(-6L)', 11], ['__builtin_strlen("hello")', 5], ['({ u8 a[4] = { 1, 2, 3, 4 }, b[4]; __builtin_memcpy(b, a, 4); b[2] * 100 + a[1]; })', 302], ['__builtin_object_size(&variable, 0) != 0', 1], ['(__builtin_prefetch(&r), 4)', 4], ['*(int *) __builtin_assume_aligned(&variable, 4)', 3], ['({ __builtin_expect(1, 1); if (0) __builtin_unreachable(); 2; })', 2], ['__builtin_isnan(0.0 / 1)', 0], ['sizeof(__builtin_va_list) > 0', 1], ['__builtin_bitreverse8(1)', 128],
    ].filter(([e]) => !(e as string).includes('bitreverse')) as never);
  });

  describe('atomic and __sync built-ins', () => {
    check([
      ['loads and stores', 'static unsigned char c = 1; static long l; static void *p; int f(void) { __atomic_store_n(&c, 0x1ff, 5); __atomic_store_n(&l, -5, 0); __atomic_store_n(&p, &l, 5); long x; __atomic_load(&l, &x, 5); long y = 7; __atomic_store(&l, &y, 5); return __atomic_load_n(&c, 5) + x * 10 + l + (__atomic_load_n(&p, 2) == &l) + *(long *) __atomic_load_n(&p, 0); }', 255 - 50 + 7 + 1 + 7],
      ['exchange', 'static int v = 3; int f(void) { int o = __atomic_exchange_n(&v, 5, 5); o = o * 10 + __sync_lock_test_and_set(&v, 7); __sync_lock_release(&v); return o * 10 + v; }', 350],
      ['compare and exchange', 'static int v = 3; int f(void) { int want = 4; int a = __atomic_compare_exchange_n(&v, &want, 9, 0, 5, 5); int b = want; int c = __atomic_compare_exchange_n(&v, &want, 9, 0, 5, 5); int d = __sync_bool_compare_and_swap(&v, 9, 1); int e = __sync_val_compare_and_swap(&v, 2, 5); return a * 100000 + b * 10000 + c * 1000 + d * 100 + e * 10 + v; }', 31111],
      ['fetch and op, op and fetch', 'static int v = 10; static unsigned char c = 250; int f(void) { int r = __atomic_fetch_add(&v, 5, 5); r = r * 100 + __sync_fetch_and_sub(&v, 1); r = r * 100 + __atomic_or_fetch(&v, 1, 5); r = r * 100 + __sync_and_and_fetch(&v, 6); r += __sync_add_and_fetch(&c, 10) + __atomic_fetch_xor(&v, 3, 5) + __atomic_sub_fetch(&v, 1, 0) + __atomic_fetch_and(&v, 12, 5); return r * 10 + v; }', (10 * 1000000 + 15 * 10000 + 15 * 100 + 6 + 4 + 6 + 4 + 4) * 10 + 4],
      ['nand', 'static int v = 6; int f(void) { int a = __atomic_fetch_nand(&v, 3, 5); return a * 100 + v; }', 600 - 3],
      ['pointers', 'static int a[3] = { 1, 2, 3 }, *p = a; int f(void) { int *o = __atomic_exchange_n(&p, a + 2, 5); int r = *o * 10 + *p; return r * 10 + __sync_bool_compare_and_swap(&p, a + 2, (int *) 0) + (p == 0); }', 132],
      ['fences', 'int f(void) { __sync_synchronize(); __atomic_thread_fence(5); __atomic_signal_fence(5); asm volatile("" ::: "memory"); __asm__ __volatile__("pause"); return 1; }', 1],
    ]);
  });

  describe('attributes', () => {
    check([
      ['cleanup runs at the end of the block, in reverse order', 'static int log_; static void c(int *p) { log_ = log_ * 10 + *p; } int f(void) { { int a __attribute__((cleanup(c))) = 1; __attribute__((cleanup(c))) int b = 2; a = 3; } log_ = log_ * 10; { int d __attribute__((__cleanup__(c))) = 7; } return log_; }', 2307],
      ['cleanup at return, after the value has been worked out', 'static int log_; static void c(int *p) { log_ += *p; *p = 0; } static int g(int x) { __attribute__((cleanup(c))) int a = x; if (x > 5) return a; a *= 10; return a + log_; } int f(void) { int r = g(7) * 10000; r += g(2); return r * 1000 + log_; }', 70027027],
      ['cleanup at break, continue and goto', 'static int log_; static void c(int *p) { log_ = log_ * 10 + *p; } int f(void) { for (int i = 1; i < 9; i++) { __attribute__((cleanup(c))) int a = i; if (i == 1) continue; if (i == 3) break; } { __attribute__((cleanup(c))) int a = 8; goto out; } out: return log_; }', 1238],
      ['cleanup of what has not been reached yet does not run', 'static int log_; static void c(int *p) { log_ = log_ * 10 + *p; } static int g(int x) { if (x) return 5; __attribute__((cleanup(c))) int a = 1; return 6; } int f(void) { int r = g(1) * 10 + log_; return r * 100 + g(0) * 10 + log_; }', 5061],
      ['cleanup of a structure and of a pointer', 'struct e { int **to; int v; }; static void c(struct e *e) { *e->to = &e->v + 0 ? *e->to : 0; **e->to += e->v; } static void free_(void *p) { **(int **) p += 100; } int f(void) { int x = 1, *p = &x; { __attribute__((cleanup(c))) struct e e = { .to = &p, .v = 5 }; __attribute__((cleanup(free_))) int *q = &x; x *= 2; } return x; }', 107],
      ['a guard that propagates when the function ends', 'struct guard { int *to; int v; }; static void propagate(struct guard *g) { if (g->to) *g->to = g->v; } static int parse(int *err, int x) { __attribute__((cleanup(propagate))) struct guard g = { .to = err }; do { if (!err || *err == -1) { err = &g.v; } } while (0); if (x > 3) { *err = x; return 0; } return 1; } int f(void) { int e = -1; int r = parse(&e, 9); return r * 100 + e; }', 9],
      ['constructors, aliases and sections say nothing of values', '__attribute__((section("x"), used)) static int v = 4; static int __attribute__((const, nonnull(1), format(printf, 1, 2))) g(const char *s, ...) { return s[0]; } int f(void) { int x = g("a"); switch (x) { case 97: x++; __attribute__((fallthrough)); default: x++; } return x + v; }', 103],
    ]);
    it('a function with the constructor attribute is found', () => {
      const made = program('static int n; __attribute__((constructor)) static void init(void) { n = 5; } int f(void) { return n; }');
      for (const scope of made.units) for (const d of scope.unit.declarations) if (d.isConstructor) made.call(`a.c:${d.names[0]!}`);
      expect(made.call('f')).to.equal(5);
    });
  });

  describe('other extensions', () => {
    check([
      ['?: without a middle evaluates once', 'static int n; static int next(void) { return ++n; } int f(void) { int x = next() ?: 50; char *p = 0; char *q = p ?: "z"; long l = 0 ?: -1L; return x * 1000 + n * 100 + *q + (l == -1); }', 1000 + 100 + 122 + 1],
      ['__extension__, __inline__, __const, __signed__, __volatile__', '__extension__ typedef __signed__ char s8; static __inline__ int g(__const int x) { return __extension__ (x + 1); } int f(void) { __volatile__ s8 c = 200; return g(c); }', -55],
      ['arithmetic on void * and sizeof(void)', 'int f(void) { int v[2] = { 1, 2 }; void *p = v; p += sizeof(int); p++; p--; return *(int *) p * 10 + sizeof(void) + (int) (p - (void *) v); }', 25],
      ['case ranges and designated ranges', 'static const char class[256] = { [\'0\' ... \'9\'] = 1, [\'a\' ... \'z\'] = 2 }; int f(void) { return class[\'5\'] * 10 + class[\'q\'] + class[0]; }', 12],
      ['_Static_assert', '_Static_assert(sizeof(int) == 4, "int"); struct s { int a; _Static_assert(1, ""); int b; }; int f(void) { _Static_assert(1 + 1 == 2, "sum"); return sizeof(struct s); }', 8],
      ['_Noreturn, _Alignas, _Thread_local', '_Noreturn void gone(void); static _Thread_local int t = 5; static __thread int u = 6; int f(void) { _Alignas(16) char c[3]; c[0] = 1; return t * 10 + u + c[0]; }', 57],
      ['empty structures and zero-length arrays', 'struct e { }; struct z { int n; struct e e; int v[0]; }; int f(void) { struct { struct z z; int more[2]; } s = { .more = { 4, 5 } }; return s.z.v[1] * 10 + sizeof(struct z); }', 54],
      ['a variable-length array', 'static int g(int n) { int a[n], s = 0; for (int i = 0; i < n; i++) a[i] = i; for (int i = 0; i < n; i++) s += a[i]; int *p = a + 1; return s * 100 + *p; } int f(void) { return g(5) + g(3); }', 1302],
      ['a conversion of a structure to itself', 'struct s { int a; }; int f(void) { struct s s = { 3 }; return ((struct s) s).a; }', 3],
      ['comparing an enumeration with its own constants', 'typedef enum { A = -1, B, C } E; int f(void) { E e = C; return (e > A) * 100 + (e == C) * 10 + (e - A); }', 112],
    ]);
  });
});
