import { check, checkExpressions } from './run.js';

describe('c/evaluate: initializers (C11 6.7.9)', () => {
  describe('of objects with static storage', () => {
    checkExpressions(`
      typedef struct { int x, y; } P; typedef struct { P a, b; int n; } Q; typedef struct { char name[8]; int v[3]; P p; } R;
      static int zero[3]; static int some[5] = { 1, 2 }; static int counted[] = { 1, 2, 3, }; static int designated[] = { [5] = 6, 7, [1] = 2, 3 };
      static int ranges[8] = { [0 ... 3] = 4, [2] = 9, [5 ... 6] = 1 }; static int far_range[] = { [2 ... 10] = -1 };
      static int matrix[2][3] = { { 1 }, { 2, 3 } }; static int flat[2][3] = { 1, 2, 3, 4 }; static int element[][2] = { [1][1] = 5, [2] = { 8 }, 9 }; static int cube[2][2][2] = { 1, 2, { 3 }, { { 4, 5 }, 6 } };
      static P pair = { 1, 2 }, swapped = { .y = 1, .x = 2 }, half = { 5 }; static Q elided = { 1, 2, 3, 4, 5 }; static Q mixed = { { 1 }, 2, 3, 4 }; static Q dotted = { .a.y = 7, .b = { 8, 9 }, .n = 1 };
      static Q onward = { .a.x = 1, 2, 3, 4, 5 }; static P list[] = { 1, 2, 3, 4, { 5 } }; static P listed[] = { [1] = { 3, 4 }, { 5, 6 }, [0].y = 9 }; static P inner[3] = { [1].x = 5, 6, 7, 8 };
      static Q overridden = { .a = { 1, 2 }, .a.y = 9, .n = 3, .n = 4 }; static Q replaced = { .a.x = 5, .a = { .y = 6 } }; static P reset[4] = { [0 ... 3] = { 1, 2 }, [2] = { .y = 7 } };
      static R r = { "abc", { 1, [2] = 3 }, .p = { 4 } }; static R s = { .name = "0123456789", .v[1] = 2, 3, 4 }; static R array_of_r[] = { { "x" }, { .name = { 'a', 'b' } } };
      static char text[] = "hello", braced[] = { "hey" }, cut[3] = "wxyz", padded[6] = "ab", chars[] = { 'a', 0, 'b' }, joined[] = "ab" "cd", empty[] = ""; static const char *strings[] = { "one", "two", [3] = "four" }; static char rows[][4] = { "ab", "cde" }; static unsigned char bytes[] = "\\xff\\1";
      static union { int i; char c[8]; } u = { 7 }, v = { .c = "zy" }, w = { .c[2] = 1 }; static struct { int k; union { int i; char c; }; int z; } anon = { 1, 2, 3 }, anon_named = { .i = 4, .z = 5, .k = 6 }, anon_next = { .c = 8, 9 };
      static struct { int k; struct { int l, m; }; int n; } inside = { .l = 1, 2, 3 }, inside_braced = { 1, { 2, 3 }, 4 }, inside_flat = { 1, 2, 3, 4 };
      static struct { int n; short items[]; } flexible = { 2, { 5, 6, 7 } }; static int behind = 99; static struct { int n; struct { const char *name; long v; } rows[]; } ended = { 1, { { "a" }, { } } }; static long after_ended[] = { 7, 7, 7, 7 }; static struct { unsigned a : 3, : 5, b : 4; int c; } bits = { 9, 5, 6 }, some_bits = { .b = 3, 4 };
      static int *address = &some[1], *decayed = counted, *arithmetic = counted + 2; static int **twice = &address; static P *to_literal = &(P) { 3, 4 }; static P *literal_array = (P[]) { { 1, 2 }, { 3, 4 }, { } }; static int *ints = (int[]) { 7, 8, 9 }; static const char *where = &"hello"[1];
      static P copied = (P) { 5, 6 }; static long computed = sizeof(Q) * 2 + (1 ? 3 : 4), cast = (unsigned char) -1, negative = -5u; static _Bool truth = 5; static float real = 1 / 2.0; static signed char narrow = 200; static int braces = { 42 };
      static int function(int x) { return x + 1; } static int (*fp)(int) = function, (*table[])(int) = { function, &function, 0 }; static struct { int (*op)(int); const char *name; } ops[] = { { function, "f" }, { .name = "g" }, { } };
      enum { RED, GREEN, BLUE, COUNT }; static const char *names[COUNT] = { [RED] = "red", [BLUE] = "blue" }; static int by_enum[COUNT] = { [BLUE] = 1, [RED] = 2 }; static P *self_pointer[1]; static struct node { struct node *next; int v; } first; static struct node second = { &first, 2 }; static struct node first = { &second, 1 };
      static Q of_macro = { .a = {
      #define XY 1, 2
      XY }, .b = { XY } }; static void *tagged = (void *) 0x1000; static int a1[] = { 1 }, a2[] = { 1, 2 }, *many[] = { a1, a2 }; static P from_expr[2] = { { .x = 1 + 1, .y = sizeof(int) }, { GREEN, BLUE } };
    `, [
      ['zero[2]', 0], ['some[1] * 10 + some[2]', 20], ['sizeof counted', 12], ['sizeof designated / 4', 7], ['designated[5] * 1000 + designated[6] * 100 + designated[1] * 10 + designated[2]', 6723], ['ranges[0] * 1000 + ranges[2] * 100 + ranges[3] * 10 + ranges[4]', 4940], ['ranges[5] + ranges[6] + ranges[7]', 2], ['sizeof far_range / 4', 11], ['far_range[1] + far_range[10] * 5', -5],
      ['matrix[0][0] * 100 + matrix[1][0] * 10 + matrix[1][1]', 123], ['matrix[0][1]', 0], ['flat[0][2] * 10 + flat[1][0]', 34], ['sizeof element / 8', 4], ['element[1][1] * 100 + element[2][0] * 10 + element[3][0]', 589], ['cube[0][0][1] * 1000 + cube[0][1][0] * 100 + cube[1][0][1] * 10 + cube[1][1][0]', 2356], ['cube[0][1][1]', 0],
      ['pair.x * 10 + pair.y', 12], ['swapped.x * 10 + swapped.y', 21], ['half.x * 10 + half.y', 50], ['elided.b.y * 10 + elided.n', 45], ['mixed.a.x * 1000 + mixed.b.x * 100 + mixed.b.y * 10 + mixed.n', 1234], ['mixed.a.y', 0], ['dotted.a.x * 10000 + dotted.a.y * 1000 + dotted.b.y * 10 + dotted.n', 7091],
      ['onward.a.y * 1000 + onward.b.x * 100 + onward.b.y * 10 + onward.n', 2345], ['sizeof list / sizeof(P)', 3], ['list[1].y * 10 + list[2].x', 45], ['sizeof listed / sizeof(P)', 3], ['listed[0].y * 100 + listed[1].x * 10 + listed[2].y', 936], ['inner[1].x * 1000 + inner[1].y * 100 + inner[2].x * 10 + inner[2].y', 5678],
      ['overridden.a.x * 100 + overridden.a.y * 10 + overridden.n', 194], ['replaced.a.x * 10 + replaced.a.y', 6], ['reset[1].x * 1000 + reset[2].x * 100 + reset[2].y * 10 + reset[3].x', 1071],
      ['r.name[2] * 1000 + r.name[3] * 100 + r.v[0] * 10 + r.v[2]', 99013], ['r.v[1] + r.p.x * 10 + r.p.y', 40], ['s.name[7] * 1000 + s.v[1] * 100 + s.v[2] * 10 + s.p.x', 55234], ['array_of_r[1].name[1] + array_of_r[1].name[2] + sizeof array_of_r / sizeof(R)', 100],
      ['sizeof text * 1000 + sizeof braced * 100 + sizeof cut * 10 + sizeof padded', 6436], ['cut[2] + padded[5]', 121], ['sizeof chars * 10 + sizeof empty', 31], ['sizeof joined', 5], ['joined[3]', 100], ['sizeof strings / 8', 4], ['strings[3][1] + (strings[2] == 0)', 112], ['sizeof rows', 8], ['rows[1][2] * 10 + rows[0][2]', 1010], ['bytes[0] * 10 + bytes[1] + sizeof bytes', 2554],
      ['u.i', 7], ['v.c[1]', 121], ['w.c[2] * 10 + w.c[0]', 10], ['anon.i * 10 + anon.z', 23], ['anon_named.k * 100 + anon_named.i * 10 + anon_named.z', 645], ['anon_next.c * 10 + anon_next.z', 89], ['inside.l * 100 + inside.m * 10 + inside.n', 123], ['inside_braced.m * 10 + inside_braced.n', 34], ['inside_flat.l * 100 + inside_flat.m * 10 + inside_flat.n', 234],
      ['flexible.n * 1000 + flexible.items[0] * 100 + flexible.items[1] * 10 + flexible.items[2]', 2567], ['behind', 99], ['sizeof flexible', 4], ['(ended.rows[0].name[0] == 97) * 1000 + after_ended[0] * 100 + (ended.rows[0].v == 0) * 10 + (ended.rows[1].name == 0)', 1711], ['bits.a * 100 + bits.b * 10 + bits.c', 156], ['some_bits.a * 100 + some_bits.b * 10 + some_bits.c', 34],
      ['*address * 10 + *decayed', 21], ['*arithmetic', 3], ['**twice', 2], ['to_literal->x * 10 + to_literal->y', 34], ['literal_array[1].y * 10 + literal_array[2].x', 40], ['ints[2]', 9], ['where[0]', 101], ['copied.y', 6], ['computed', 43], ['cast', 255], ['negative', 4294967291], ['truth', 1], ['real * 2', 1], ['narrow', -56], ['braces', 42],
      ['fp(1) * 100 + table[0](2) * 10 + table[1](3)', 234], ['sizeof table / 8', 3], ['table[2] == 0', 1], ['ops[0].op(5) * 1000 + ops[1].name[0] + (ops[1].op == 0)', 6104], ['sizeof ops / sizeof ops[0]', 3], ['names[BLUE][0] + (names[GREEN] == 0)', 99], ['by_enum[RED] * 10 + by_enum[BLUE]', 21], ['first.next->next->next->v * 10 + second.v', 22], ['of_macro.a.y * 10 + of_macro.b.x', 21], ['(long) tagged', 0x1000], ['many[1][1]', 2], ['from_expr[0].y * 100 + from_expr[1].x * 10 + from_expr[1].y', 412],
    ]);
  });

  describe('of local objects', () => {
    check([
      ['what is not named is zero, whatever was there before', 'static int dirty(void) { int a[8]; for (int i = 0; i < 8; i++) a[i] = 77; return a[3]; } static int g(void) { int a[8] = { 1 }; return a[0] + a[3] + a[7]; } int f(void) { dirty(); return g(); }', 1],
      ['again at each entry of the block', 'int f(void) { int sum = 0; for (int i = 0; i < 3; i++) { int a[3] = { i }; struct { int x, y; } s = { .y = 1 }; a[0] += s.x + s.y; s.x = 100; a[1]++; sum = sum * 10 + a[0] + a[1]; } return sum; }', 234],
      ['with values that are computed', 'static int n; static int next(void) { return ++n; } int f(void) { int a[] = { next(), next(), [4] = next() }; struct { int x, y; } s = { a[1] * 2, .y = a[4] }; return sizeof a / 4 * 1000 + a[0] * 100 + s.x * 10 + s.y; }', 5143],
      ['from another structure', 'struct p { int x, y; }; struct q { struct p a, b; }; int f(void) { struct p p = { 1, 2 }; struct q q = { p, .b = p }; struct q r = { .a = q.b, { 8 } }; struct p v[] = { p, { 5, 6 }, q.a }; return q.b.y * 1000 + r.a.x * 100 + r.b.x * 10 + v[2].y + sizeof v; }', 2000 + 100 + 80 + 2 + 24],
      ['from a function\'s result', 'struct p { int x, y; }; static struct p make(int x) { return (struct p) { x, x + 1 }; } int f(void) { struct p p = make(3); struct { struct p a; int n; } s = { make(5), 7 }; return p.y * 100 + s.a.y * 10 + s.n; }', 467],
      ['strings', 'int f(void) { char a[] = "abc", b[8] = "xy", c[2] = { \'p\', \'q\' }; const char *d = "lit"; a[0]++; return sizeof a * 10000 + a[0] * 10 + b[1] + b[5] + c[1] + d[2]; }', 40000 + 980 + 121 + 113 + 116],
      ['a string literal is not changed by what is made from it', 'int f(void) { int sum = 0; for (int i = 0; i < 2; i++) { char a[] = "A"; a[0]++; sum += a[0]; } return sum; }', 132],
      ['the name is in scope in its own initializer', 'struct n { struct n *self; int v; }; int f(void) { struct n a = { &a, 5 }; void *p = &p; return a.self->self->v + (p == &p); }', 6],
      ['scalars in braces', 'int f(void) { int x = { 5 }; char *p = { 0 }; _Bool b = { 7 }; return x * 10 + b + (p == 0); }', 52],
      ['an empty list', 'int f(void) { struct { int a, b[3]; } s = { }; int v[2] = { }; return s.a + s.b[2] + v[1]; }', 0],
      ['static locals keep their values', 'static int g(void) { static int n = 5, a[2] = { 1 }; n++; a[1] += n; return n * 100 + a[1]; } int f(void) { g(); g(); return g(); }', 821],
      ['static locals of the same name are different objects', 'static int g(void) { static int n = 1; return n++; } static int h(void) { static int n = 10; { static int n = 100; n++; } return n++; } int f(void) { g(); h(); return g() * 100 + h(); }', 211],
      ['__auto_type', 'int f(void) { __auto_type x = 1ul << 40; __auto_type s = "abc"; __auto_type c = (char) 3; return (x >> 40) + sizeof x * 10 + s[1] + sizeof c; }', 1 + 80 + 98 + 1],
    ]);
  });

  describe('compound literals (6.5.2.5)', () => {
    check([
      ['of a structure, an array and a scalar', 'struct p { int x, y; }; int f(void) { struct p *p = &(struct p) { .y = 2 }; int *a = (int[]) { 1, 2, 3 }; int n = (int) { 7 }; p->x = 5; a[1] = 9; return p->x * 1000 + p->y * 100 + a[1] * 10 + n; }', 5297],
      ['as an argument', 'struct p { int x, y; }; static int g(struct p p, const int *a, int n) { int s = p.x * p.y; while (n--) s += a[n]; return s; } int f(void) { return g((struct p) { 3, 4 }, (int[]) { 1, 2, 3 }, 3); }', 18],
      ['a new object at each evaluation in a loop', 'struct p { int x; }; int f(void) { int s = 0; for (int i = 0; i < 3; i++) { struct p *p = &(struct p) { i }; s = s * 10 + p->x++; } return s; }', 12],
      ['assigned to a structure that it mentions', 'struct p { int x, y; }; int f(void) { struct p p = { 1, 2 }; p = (struct p) { p.y, p.x }; return p.x * 10 + p.y; }', 21],
      ['a list of strings ended by null', 'static const char **list = (const char *[]) { "a", "bc", 0 }; int f(void) { int n = 0; for (const char **p = list; *p; p++) n += **p; return n; }', 97 + 98],
      ['sizeof one', 'int f(void) { return sizeof (int[]) { 1, 2, 3 } + sizeof((struct { char c[5]; }) { }); }', 17],
    ]);
  });
});
