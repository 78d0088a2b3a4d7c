import { check, checkExpressions } from './run.js';

const LAYOUTS = `
typedef unsigned char u8; typedef unsigned short u16; typedef unsigned int u32; typedef unsigned long u64;
#define PACKED __attribute__((packed))
#define ALIGNED(n) __attribute__((aligned(n)))
#define offsetof(t, m) __builtin_offsetof(t, m)
struct plain { char a; int b; char c; long d; short e; };
struct nested { char a; struct { short x; struct plain p[3]; } in; union { char c; double d; } u; u8 tail; };
struct anonymous { int kind; union { int i; struct { u8 low, high; }; char text[6]; }; int after; };
union mixed { char c; long l; char text[12]; };
struct flexible { u16 count; u32 items[]; };
struct zero { int n; char data[0]; };
struct empty { };
struct bits { unsigned a : 3, b : 5; u8 c; unsigned d : 30, e : 4; u64 f : 40; u16 g : 9, : 4, h : 5; int : 0; u8 i : 1; };
struct bool_bits { _Bool a : 1, b : 1; signed int c : 4; };
struct wide { u64 a : 63, b : 2; };
struct unnamed { u8 a; int : 5; u8 b; };
struct zero_width { u8 a : 4; int : 0; u8 b : 4; };
union bit_union { u32 all; struct { u32 low : 4, mid : 8, high : 20; }; };
struct PACKED packed_front { u8 a; u32 b; u64 c; };
struct packed_back { u8 a; u32 b; u16 c; } PACKED;
typedef struct { u8 a; struct plain p; } PACKED PackedTypedef;
typedef struct PackedTagged { u16 a; void *p; } PACKED PackedTagged;
struct packed_bits { u8 a : 3; u32 b : 20; u16 c : 9; u64 d : 33; u8 e; } PACKED;
struct packed_member { u8 a; u32 b PACKED; u32 c; };
struct packed_inside { u8 a; struct { u8 x; u32 y; } PACKED in; u32 b; };
struct packed_outside { u8 a; struct { u8 x; u32 y; } in; } PACKED;
struct aligned_type { u8 a; } ALIGNED(32);
struct aligned_member { u8 a; u8 b ALIGNED(16); u8 c; };
struct aligned_first { ALIGNED(8) u8 a; u8 b, c ALIGNED(4); u8 d; };
struct aligned_packed { u8 a; u32 b ALIGNED(2); u32 c; } PACKED;
struct ALIGNED(8) PACKED both { u8 a; u32 b; };
struct aligned_largest { u8 a; u8 b __attribute__((__aligned__)); };
struct alignas_member { u8 a; _Alignas(8) u8 b; _Alignas(u64) u8 c; };
typedef u32 u32_aligned16 ALIGNED(16);
typedef u64 u64_aligned4 ALIGNED(4);
struct aligned_typedefs { u8 a; u32_aligned16 b; u8 c; u64_aligned4 d; };
struct around { u8 a; struct aligned_type t; u8 b; };
struct with_function { int (*f)(int); char c; };
enum PACKED small { SMALL_A, SMALL_B = 255 };
enum PACKED small_signed { SS_A = -1, SS_B = 200 };
struct enums { u8 a; enum small s; enum { E_A } e; };
enum wide_enum { WIDE_A = 1, WIDE_B = 1ull << 40 };
enum wide_negative { WN_A = -1, WN_B = 0x80000000 };
static struct nested n;
`;

describe('c/evaluate: structures and unions (C11 6.7.2.1)', () => {
  describe('layout', () => {
    checkExpressions(LAYOUTS, [
      ['sizeof(struct plain)', 32], ['_Alignof(struct plain)', 8], ['offsetof(struct plain, b)', 4], ['offsetof(struct plain, d)', 16], ['offsetof(struct plain, e)', 24],
      ['sizeof(struct nested)', 128], ['offsetof(struct nested, in.x)', 8], ['offsetof(struct nested, in.p[1].d)', 64], ['offsetof(struct nested, in.p[2])', 80], ['offsetof(struct nested, u.d)', 112], ['offsetof(struct nested, tail)', 120], ['sizeof(n.in.p)', 96], ['sizeof n.in.p / sizeof n.in.p[0]', 3], ['sizeof(((struct nested *) 0)->u)', 8],
      ['sizeof(struct anonymous)', 16], ['offsetof(struct anonymous, high)', 5], ['offsetof(struct anonymous, text[3])', 7], ['offsetof(struct anonymous, after)', 12],
      ['sizeof(union mixed)', 16], ['_Alignof(union mixed)', 8], ['offsetof(union mixed, text)', 0],
      ['sizeof(struct flexible)', 4], ['offsetof(struct flexible, items)', 4], ['offsetof(struct flexible, items[5])', 24], ['sizeof(struct zero)', 4], ['offsetof(struct zero, data)', 4], ['sizeof(struct empty)', 0], ['sizeof(struct with_function)', 16],
      ['sizeof(int[3][4])', 48], ['sizeof(int *[3])', 24], ['sizeof(int (*)[3])', 8], ['sizeof(struct plain[2])', 64], ['sizeof(void *)', 8], ['sizeof(void)', 1], ['sizeof(long long)', 8], ['_Alignof(char)', 1], ['__alignof__(u64)', 8], ['_Alignof(int[3])', 4], ['_Alignof(long double)', 16],
    ]);
  });

  describe('layout of bit-fields', () => {
    checkExpressions(LAYOUTS, [
      ['sizeof(struct bits)', 24], ['offsetof(struct bits, c)', 1], ['_Alignof(struct bits)', 8], ['sizeof(struct bool_bits)', 4], ['sizeof(struct wide)', 16], ['sizeof(struct unnamed)', 3], ['_Alignof(struct unnamed)', 1], ['offsetof(struct unnamed, b)', 2], ['sizeof(struct zero_width)', 5], ['sizeof(union bit_union)', 4],
    ]);
    // where each bit-field is: write one, look at the bytes
    const where = (type: string, member: string): string => `({ struct ${type} x; u8 *p = (u8 *) &x; u64 at = 0; for (unsigned k = 0; k < sizeof x; k++) p[k] = 0; x.${member} = -1; for (unsigned k = 0; k < sizeof x; k++) for (int j = 0; j < 8; j++) if (p[k] >> j & 1) { at = at * 7 + k * 8 + j; } at; })`;
    const positions = (from: number, count: number): bigint => { let at = 0n; for (let k = 0; k < count; k++) at = BigInt.asUintN(64, at * 7n + BigInt(from + k)); return at; };
    checkExpressions(LAYOUTS, [
      [where('bits', 'a'), positions(0, 3)], [where('bits', 'b'), positions(3, 5)], [where('bits', 'd'), positions(32, 30)], [where('bits', 'e'), positions(64, 4)], [where('bits', 'f'), positions(68, 40)], [where('bits', 'g'), positions(112, 9)], [where('bits', 'h'), positions(128, 5)], [where('bits', 'i'), positions(160, 1)],
      [where('bool_bits', 'b'), positions(1, 1)], [where('bool_bits', 'c'), positions(2, 4)], [where('wide', 'a'), positions(0, 63)], [where('wide', 'b'), positions(64, 2)], [where('zero_width', 'b'), positions(32, 4)],
      [where('packed_bits', 'a'), positions(0, 3)], [where('packed_bits', 'b'), positions(3, 20)], [where('packed_bits', 'c'), positions(23, 9)], [where('packed_bits', 'd'), positions(32, 33)],
    ]);
  });

  describe('packed and aligned', () => {
    checkExpressions(LAYOUTS, [
      ['sizeof(struct packed_front)', 13], ['offsetof(struct packed_front, c)', 5], ['_Alignof(struct packed_front)', 1], ['sizeof(struct packed_back)', 7], ['sizeof(PackedTypedef)', 33], ['offsetof(PackedTypedef, p.b)', 5], ['sizeof(struct PackedTagged)', 10], ['sizeof(PackedTagged[3])', 30], ['sizeof(struct packed_bits)', 10], ['offsetof(struct packed_bits, e)', 9],
      ['sizeof(struct packed_member)', 12], ['offsetof(struct packed_member, b)', 1], ['offsetof(struct packed_member, c)', 8], ['sizeof(struct packed_inside)', 12], ['offsetof(struct packed_inside, in)', 1], ['offsetof(struct packed_inside, b)', 8], ['sizeof(struct packed_outside)', 9], ['offsetof(struct packed_outside, in.y)', 5],
      ['sizeof(struct aligned_type)', 32], ['_Alignof(struct aligned_type)', 32], ['sizeof(struct aligned_member)', 32], ['offsetof(struct aligned_member, b)', 16], ['offsetof(struct aligned_member, c)', 17], ['sizeof(struct aligned_first)', 8], ['offsetof(struct aligned_first, b)', 1], ['offsetof(struct aligned_first, c)', 4], ['offsetof(struct aligned_first, d)', 5],
      ['sizeof(struct aligned_packed)', 10], ['offsetof(struct aligned_packed, b)', 2], ['offsetof(struct aligned_packed, c)', 6], ['_Alignof(struct aligned_packed)', 2], ['sizeof(struct both)', 8], ['offsetof(struct both, b)', 1], ['_Alignof(struct both)', 8], ['offsetof(struct aligned_largest, b)', 16], ['sizeof(struct alignas_member)', 24], ['offsetof(struct alignas_member, b)', 8], ['offsetof(struct alignas_member, c)', 16],
      ['_Alignof(u32_aligned16)', 16], ['sizeof(u32_aligned16)', 4], ['sizeof(struct aligned_typedefs)', 32], ['offsetof(struct aligned_typedefs, b)', 16], ['offsetof(struct aligned_typedefs, d)', 24], ['sizeof(struct around)', 96], ['offsetof(struct around, b)', 64],
    ]);
    check([
      ['a packed local structure', 'int f(void) { struct { char a; int b; } __attribute__((packed)) x = { 1, 0x01020304 }; return sizeof x * 100 + ((unsigned char *) &x)[1]; }', 504],
      ['a packed structure in a function\'s typedef', 'int f(void) { typedef struct { char a; long b; } __attribute__((packed)) T; T t[2]; return sizeof t; }', 18],
      ['attributes that say nothing of layout are no hindrance', 'struct __attribute__((deprecated)) s { int a __attribute__((unused)); } __attribute__((may_alias)); static int __attribute__((noinline)) g(struct s *x __attribute__((unused))) { return sizeof *x; } __attribute__((cold)) int f(void) { __attribute__((unused)) int y = 1; struct s z; return g(&z) + y; }', 5],
      ['values pass through unaligned members', 'struct { char a; long b; short c; } __attribute__((packed)) s = { 1, 0x1122334455667788, -2 }; long f(void) { s.b++; s.c--; return s.b + s.c + sizeof s; }', 0x1122334455667789n - 3n + 11n],
      ['a static object of an aligned type is aligned', 'static char c; static struct { char x; } __attribute__((aligned(64))) s; int f(void) { return (unsigned long) &s % 64 + (&c == 0); }', 0],
      ['members of the same name elsewhere', 'struct a { int x; char y; }; struct b { char y; int x; }; int f(void) { return __builtin_offsetof(struct a, y) * 10 + __builtin_offsetof(struct b, x); }', 44],
    ]);
  });

  describe('enumerations (6.7.2.2)', () => {
    checkExpressions(`${LAYOUTS}
      enum list { A, B, C = 10, D, E = C * 2 + B, F = -1, G, H = sizeof(int), I = 'x', J = (D << 4) | A, };
      enum { FIRST = E, SECOND }; typedef enum { T_A = 3 } T; enum forward; enum unsigned_enum { UE = 0xffffffff }; struct s { enum { IN_STRUCT = 42 } e; };
    `, [
      ['A', 0], ['D', 11], ['E', 21], ['F', -1], ['G', 0], ['H', 4], ['I', 120], ['J', 0xb0], ['SECOND', 22], ['T_A', 3], ['IN_STRUCT', 42], ['UE', 4294967295], ['sizeof(UE)', 4], ['sizeof(A)', 4],
      ['sizeof(enum list)', 4], ['sizeof(enum wide_enum)', 8], ['WIDE_B', 1n << 40n], ['sizeof(WIDE_A)', 4], ['sizeof(WIDE_B)', 8], ['sizeof(enum wide_negative)', 8], ['WN_B', 0x80000000], ['WN_A < 0', 1], ['(enum wide_negative) -1 < 0', 1], ['(enum wide_enum) -1 < 0', 0], ['(enum list) -1 < 0', 1], ['(T) -1 < 0', 0],
      ['sizeof(enum small)', 1], ['sizeof(enum small_signed)', 2], ['sizeof(struct enums)', 8], ['offsetof(struct enums, s)', 1], ['(enum small) 257', 1],
    ]);
    check([
      ['constants in a function hide those outside', 'enum { A = 1 }; int f(void) { int x = A; { enum { A = 7, B = A + 1 }; x = x * 100 + A * 10 + B; } return x * 10 + A; }', 1781],
      ['a tag in a function', 'enum e { A }; int f(void) { enum e { X = 1ul << 40 }; enum e v; return sizeof v; }', 8],
      ['an enumeration as a parameter, a switch and an index', 'enum e { A, B, C }; static int names[] = { [A] = 5, [B] = 6, [C] = 7 }; static int g(enum e x) { switch (x) { case A: return 1; case C: return names[x]; default: return names[B] * 10; } } int f(void) { return g(A) * 10000 + g(B) * 100 + g(C); }', 16007],
    ]);
  });

  describe('members', () => {
    check([
      ['nested members, arrays of structures', 'struct p { int x, y; }; struct q { struct p p[3]; int n; } q; int f(void) { q.p[1].y = 5; struct p *p = q.p; p++; p->x = 7; (p + 1)->x = 9; return q.p[1].x * 100 + q.p[1].y * 10 + (*(q.p + 2)).x; }', 759],
      ['members of anonymous structures and unions', 'struct s { int k; union { int i; struct { unsigned char lo, hi; }; }; struct { union { char c; }; }; } s; int f(void) { s.i = 0x1234; s.c = 7; struct s *p = &s; return p->hi * 1000 + p->lo + p->c; }', 0x12 * 1000 + 0x34 + 7],
      ['a union reads what another member wrote', 'union { unsigned char b[8]; unsigned long l; float f; struct { unsigned short lo, hi; }; } u; long f(void) { u.l = 0; u.f = 1.0f; unsigned x = u.l; u.b[0] = 0xff; return x + u.lo + ((long) u.hi << 32); }', 0x3f800000n + 0xffn + (0x3f80n << 32n)],
      ['bit-fields: neighbours are left alone', 'struct { unsigned a : 3, b : 5; int c : 4; unsigned long d : 40; _Bool e : 1; } s; long f(void) { s.a = 7; s.b = 21; s.c = -3; s.d = 0x123456789aul; s.e = 2; s.b++; s.a = 0; s.d -= 1; return s.a + s.b * 100 + s.c * 10000 + (long) s.d * 100000 + s.e; }', 22n * 100n - 30000n + 1n + 0x1234567899n * 100000n],
      ['bit-fields: signed ones keep their sign, values are cut', 'struct { int a : 3; signed char b : 4; unsigned c : 4; short d : 9; } s; int f(void) { s.a = 5; s.b = 9; s.c = 20; s.d = 300; return s.a * 1000000 + s.b * 10000 + s.c * 1000 + s.d; }', -3 * 1000000 - 7 * 10000 + 4 * 1000 + (300 - 512)],
      ['bit-fields: the value of an assignment is what fits', 'struct { unsigned a : 3; int b : 3; _Bool c : 1; } s; int f(void) { int x = (s.a = 13); int y = (s.b = 7); int z = (s.c = 8); int w = ++s.a; int v = s.a++; int u = (s.a += 9); return x * 100000 + y * 10000 + z * 1000 + w * 100 + v * 10 + u; }', 500000 - 10000 + 1000 + 600 + 60 + 0],
      ['bit-fields: promoted to int', 'struct { unsigned a : 3; unsigned long b : 5; unsigned c : 32; unsigned char d : 8; } s = { 1, 1, 1, 1 }; int f(void) { return (s.a - 2 < 0) * 1000 + (s.b - 2 < 0) * 100 + (s.c - 2 < 0) * 10 + (s.d - 2 < 0); }', 1101],
      ['bit-fields of a union with the whole', 'union { unsigned all; struct { unsigned low : 4, mid : 8, high : 20; }; } u; int f(void) { u.all = 0x12345678; u.mid = 0xab; return u.all == 0x12345ab8 && u.low == 8 && u.high == 0x12345; }', 1],
      ['bit-fields through a pointer and in arrays', 'struct s { unsigned a : 4, b : 4; } s[3]; int f(void) { struct s *p = s; for (int i = 0; i < 3; i++, p++) { p->a = i + 1; p->b = p->a * 2; } return *(unsigned char *) &s[2] * 100 + sizeof s; }', 0x63 * 100 + 12],
      ['a structure that points to itself', 'struct node { int v; struct node *next; }; int f(void) { struct node c = { 3, 0 }, b = { 2, &c }, a = { 1, &b }; int sum = 0; for (struct node *n = &a; n; n = n->next) sum = sum * 10 + n->v; return sum; }', 123],
      ['structures that refer to each other', 'struct b; struct a { struct b *b; int x; }; struct b { struct a a; int y; }; int f(void) { struct b b; b.a.b = &b; b.a.x = 3; b.y = 4; return b.a.b->a.b->y * 10 + b.a.b->a.x + sizeof(struct b); }', 67],
    ]);
  });

  describe('by value', () => {
    check([
      ['assignment copies', 'struct s { int a[4]; char c; }; int f(void) { struct s x = { { 1, 2, 3, 4 }, 5 }, y; y = x; x.a[2] = 9; x.c = 7; return y.a[2] * 100 + y.c * 10 + x.c; }', 357],
      ['an argument is a copy', 'struct s { int x, y; }; static int g(struct s s) { s.x *= 10; return s.x + s.y; } int f(void) { struct s s = { 1, 2 }; int r = g(s); return r * 100 + s.x; }', 1201],
      ['a result is an object of its own', 'struct s { int x, y; }; static struct s make(int x) { struct s s = { x, x * 2 }; return s; } int f(void) { struct s a = make(1), b = make(2); a = make(3); return a.x * 1000 + a.y * 100 + b.x * 10 + make(4).y; }', 3628],
      ['a result\'s array member can be indexed', 'struct s { int v[3]; }; static struct s make(void) { return (struct s) { { 4, 5, 6 } }; } int f(void) { return make().v[2]; }', 6],
      ['a large one through several calls', 'struct s { long v[20]; }; static struct s twice(struct s s) { for (int i = 0; i < 20; i++) s.v[i] *= 2; return s; } int f(void) { struct s s = { { 1, 2, [19] = 5 } }; s = twice(twice(s)); return s.v[1] * 100 + s.v[19]; }', 820],
      ['chosen by ?:', 'struct s { int x; }; int f(void) { struct s a = { 1 }, b = { 2 }; struct s c = a.x ? b : a; return (a.x > 5 ? a : c).x; }', 2],
      ['the value of an assignment', 'struct s { int x, y; }; int f(void) { struct s a = { 1, 2 }, b, c; c = b = a; return (b = c).y * 10 + c.x; }', 21],
      ['through pointers, and array elements', 'struct s { int x; }; int f(void) { struct s v[3] = { { 1 }, { 2 }, { 3 } }; struct s *p = &v[1]; *p = v[2]; v[0] = *p; return v[0].x * 100 + v[1].x * 10 + v[2].x; }', 333],
      ['swapped through a temporary', 'struct s { int x, y; }; int f(void) { struct s a = { 1, 2 }, b = { 3, 4 }, t = a; a = b; b = t; return a.x * 1000 + a.y * 100 + b.x * 10 + b.y; }', 3412],
      ['recursion keeps the copies apart', 'struct s { int n, sum; }; static struct s g(struct s s) { if (s.n == 0) return s; struct s t = s; t.n--; t.sum += s.n; t = g(t); t.n = s.n; return t; } int f(void) { struct s s = g((struct s) { 5, 0 }); return s.n * 100 + s.sum; }', 515],
      ['unions', 'union u { int i; char c[4]; }; static union u g(union u u) { u.c[0]++; return u; } int f(void) { union u u = { 0x01020304 }; return g(u).i == 0x01020305 && u.i == 0x01020304; }', 1],
    ]);
  });

  describe('container_of', () => {
    check([
      ['from a member to the object', '#define container_of(p, t, m) ({ const typeof(((t *) 0)->m) *__p = (p); (t *) ((char *) __p - __builtin_offsetof(t, m)); })\nstruct base { int id; }; struct derived { long x; struct base base; int y; }; int f(void) { struct derived d = { .y = 77 }; struct base *b = &d.base; return container_of(b, struct derived, base)->y; }', 77],
      ['up a chain of parents', 'typedef struct { int a; } A; typedef struct { A parent; int b; } B; typedef struct { B parent; int c; } C; int f(void) { C c = { .c = 3, .parent.b = 2, .parent.parent.a = 1 }; A *a = (A *) &c; return ((C *) a)->c * 100 + ((B *) a)->b * 10 + a->a; }', 321],
    ]);
  });
});
