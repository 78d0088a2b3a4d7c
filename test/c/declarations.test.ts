import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { locationOf } from '../../analyzer/c/token.js';
import { Preprocessor, type PreprocessorProblem } from '../../analyzer/c/preprocessor.js';
import type { Declaration, TranslationUnit } from '../../analyzer/c/translation-unit.js';

function preprocessor(files: Record<string, string>, prelude = ''): Preprocessor {
  return new Preprocessor({
    read: (path) => files[path],
    has: (path) => path in files,
    includePath: [''],
    generated: () => undefined,
    prelude: { path: '<prelude>', text: prelude },
  });
}

function unit(text: string, files: Record<string, string> = {}): TranslationUnit {
  return preprocessor(files).translationUnit('main.c', text);
}

function spelled(declaration: Declaration): string {
  return declaration
    .tokens()
    .map((token, index) => (token.space && index > 0 ? ' ' : '') + token.text)
    .join('');
}

/** "kind names" of each declaration. */
function outline(text: string, files: Record<string, string> = {}): string[] {
  return unit(text, files).declarations.map(({ kind, names }) => [kind, ...names].join(' '));
}

function problemsOf(text: string): readonly PreprocessorProblem[] {
  const made = preprocessor({});
  made.translationUnit('main.c', text);
  return made.problems;
}

describe('c/declarations', () => {
  describe('kinds and names', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['int a;', 'object a'],
      ['static const unsigned long int *const a[3] = { 1, 2 }, b, **c = &d;', 'object a b c'],
      ['extern struct Foo foo;', 'object foo'],
      ['int f(void);', 'prototype f'],
      ['void f(int (*cb)(void *), char s[]), *g(void);', 'prototype f g'],
      ['extern int f(int), x;', 'object f x'],
      ['Foo *f(Foo *foo) { return foo; }', 'function f'],
      ['static inline Foo *const *f(void) { ; }', 'function f'],
      ['int (f)(int x) { return x; }', 'function f'],
      ['int ((f))(int);', 'prototype f'],
      ['int (*f(int x))(char) { return 0; }', 'function f'],
      ['void (*signal(int sig, void (*func)(int)))(int);', 'prototype signal'],
      ['int (*table[])(int) = { a, b };', 'object table'],
      ['int (*fp)(int) = f;', 'object fp'],
      ['int (*array)[4];', 'object array'],
      ['int matrix[2][3] = { { 1 }, { 2, 3 } };', 'object matrix'],
      ['typedef unsigned char byte;', 'typedef byte'],
      ['typedef struct Foo Foo, *FooPtr;', 'typedef Foo FooPtr'],
      ['typedef struct Foo { int x; } Foo;', 'typedef Foo'],
      ['typedef int (*Handler)(void *opaque, int);', 'typedef Handler'],
      ['typedef void (Handler)(Foo *);', 'typedef Handler'],
      ['typedef void Handler(Foo *);', 'typedef Handler'],
      ['typedef int Vector[4];', 'typedef Vector'],
      ['int typedef late;', 'typedef late'],
      ['struct Foo;', 'tag'],
      ['struct Foo { int x; };', 'tag'],
      ['enum { A, B };', 'tag'],
      ['struct Foo { int x; } foo, *bar;', 'object foo bar'],
      ['struct { int x; } anonymous = { .x = 1 };', 'object anonymous'],
      ['struct Foo *f(struct Foo *a) { return a; }', 'function f'],
      ['enum Color pick(void) { return 0; }', 'function pick'],
      ['typeof(int) x;', 'object x'],
      ['_Atomic(int) x; ', 'object x'],
      ['_Atomic int x; ', 'object x'],
      ['_Alignas(16) static char buffer[16];', 'object buffer'],
      ['__thread int t;', 'object t'],
      ['int x = sizeof(struct Foo { int a; });', 'object x'],
      ['int x = ({ int y = 1; y; }), z;', 'object x z'],
      ['Foo foo = (Foo) { 1, 2 };', 'object foo'],
      [';', 'empty'],
      ['_Static_assert(sizeof(int) == 4, "int");', 'empty'],
      ['asm(".globl x");', 'empty'],
      ['__asm__ volatile("nop");', 'empty'],
    ];
    for (const [text, expected] of cases) {
      it(text, () => {
        expect(outline(text)).to.deep.equal([expected]);
        expect(problemsOf(text)).to.deep.equal([]);
      });
    }

    it('tells static, extern, initialised', () => {
      const facts = unit('static int a = 1; extern int b; int c, d = 2; static int f(void) { return 0; }').declarations.map(
        ({ isStatic, isExtern, hasInitializer }) => [isStatic, isExtern, hasInitializer],
      );
      expect(facts).to.deep.equal([
        [true, false, true], [false, true, false], [false, false, true], [true, false, false],
      ]);
    });

    it('puts declarations into tables by name', () => {
      const made = unit('extern int v; int v; int v = 1; int f(int); int f(int a); int f(int a) { return a; } typedef int T;');
      expect(made.objects.get('v')!.map(spelled)).to.deep.equal(['extern int v;', 'int v;', 'int v = 1;']);
      expect(spelled(made.prototypes.get('f')!)).to.equal('int f(int);');
      expect(spelled(made.functions.get('f')!)).to.equal('int f(int a) { return a; }');
      expect(made.typedefs.get('T')!.unit).to.equal(made);
      expect(made.declarations).to.have.length(7);
    });

    it('finds tags and constants in nested bodies', () => {
      const text = [
        'typedef struct Outer {', '  struct Inner { enum Mode { FAST = sizeof(int[2]), SLOW, } mode; } inner;',
        '  union { int a; struct { enum { HIDDEN } h; }; } u;', '  struct Other *pointer;', '} Outer;',
        'enum Plain { P0, P1 = (1, 2), P2 = F(3, 4), P3 __attribute__((unused)) = 5 };',
        'union U { int x; } u = { 1 };',
      ].join('\n');
      const made = unit(text);
      expect([...made.tags.keys()]).to.deep.equal(['struct Outer', 'struct Inner', 'enum Mode', 'enum Plain', 'union U']);
      expect([...made.enumConstants.keys()]).to.deep.equal(['FAST', 'SLOW', 'HIDDEN', 'P0', 'P1', 'P2', 'P3']);
      expect(made.tags.get('enum Mode')).to.equal(made.typedefs.get('Outer'));
      expect(made.enumConstants.get('HIDDEN')).to.equal(made.typedefs.get('Outer'));
      expect(made.tags.get('union U')).to.equal(made.objects.get('u')![0]);
    });

    it('leaves the tags of function bodies alone', () => {
      expect([...unit('int f(void) { struct Local { int x; } l; enum { LOCAL }; return 0; }').tags.keys()]).to.deep.equal([]);
    });
  });

  describe('annotations', () => {
    it('takes away attributes, labels, __extension__ and static assertions, and can keep attributes', () => {
      const text = [
        '__extension__ typedef struct __attribute__((packed)) S { int x __attribute__((aligned(8))); _Static_assert(1, "x"); } S;',
        'extern int f(const char *s, ...) __asm__("f_v2") __attribute__((format(printf, 1, 2)));',
        '__attribute__((noreturn)) static void g(void) { __asm__ volatile("hlt"); _Static_assert(1); for (;;) ; }',
      ].join('\n');
      const { declarations } = unit(text);
      expect(declarations.map(spelled)).to.deep.equal([
        'typedef struct S { int x; } S;',
        'extern int f(const char *s, ...);',
        'static void g(void) { __asm__ volatile("hlt"); for (;;) ; }',
      ]);
      expect(declarations[0]!.tokensWithAttributes().map((token) => token.text).join(' ')).to.equal(
        'typedef struct __attribute__ ( ( packed ) ) S { int x __attribute__ ( ( aligned ( 8 ) ) ) ; } S ;',
      );
      expect(declarations.map(({ kind, names }) => `${kind} ${names}`)).to.deep.equal(['typedef S', 'prototype f', 'function g']);
    });

    it('tells constructors, also those made by a macro', () => {
      const text = [
        '#define module_init(function, type) \\',
        'static void __attribute__((constructor)) do_init_ ## function(void) { \\',
        '    register_module_init(function, type); \\', '}',
        '#define type_init(function) module_init(function, MODULE_INIT_QOM)',
        'static void register_types(void) { int constructor = 1; }', 'type_init(register_types)', 'int after;',
      ].join('\n');
      const { declarations } = unit(text);
      expect(declarations.map(({ names, isConstructor }) => `${names} ${isConstructor}`)).to.deep.equal([
        'register_types false', 'do_init_register_types true', 'after false',
      ]);
      expect(spelled(declarations[1]!)).to.equal(
        'static void do_init_register_types(void) { register_module_init(register_types, MODULE_INIT_QOM); }',
      );
      expect(locationOf(declarations[1]!.start)).to.deep.equal({ file: 'main.c', line: 7 });
    });
  });

  describe('macros', () => {
    it('splits what one invocation makes into several declarations', () => {
      const text = [
        '#define DECLARE(T, N) typedef struct T T; typedef struct T##Class T##Class; \\',
        '  static inline T *N(void *o) { return check(o, #T); } \\', '  static inline T##Class *N##_CLASS(void *o) { return o; }',
        'DECLARE(Device, DEVICE)', 'struct Device { int x; };', 'DECLARE(Bus, BUS);', 'int end;',
      ].join('\n');
      expect(outline(text)).to.deep.equal([
        'typedef Device', 'typedef DeviceClass', 'function DEVICE', 'function DEVICE_CLASS', 'tag', 'typedef Bus',
        'typedef BusClass', 'function BUS', 'function BUS_CLASS', 'empty', 'object end',
      ]);
      expect(spelled(unit(text).functions.get('BUS')!)).to.equal('static inline Bus *BUS(void *o) { return check(o, "Bus"); }');
    });

    it('lets a declaration begin or end within an expansion', () => {
      const text = '#define TWO int a; int\n#define END ; int c\nTWO b END = 3;\nint d;';
      expect(outline(text)).to.deep.equal(['object a', 'object b', 'object c', 'object d']);
      expect(unit(text).declarations.slice(0, 3).map(spelled)).to.deep.equal(['int a;', 'int b ;', 'int c = 3;']);
    });

    it('makes machine types by joining, with arguments across lines', () => {
      const text = [
        '#define DEFINE_MACHINE(suffix, name, compat, options) \\',
        '  static void machine_init_##suffix(Machine *m) { void (*c)(Machine *) = (compat); if (c) { c(m); } } \\',
        '  static void class_init_##suffix(Class *k) { options(k); k->name = name; } \\',
        '  static const TypeInfo info_##suffix = { .name = name "-machine" };',
        'DEFINE_MACHINE(v1_2, "pc-1.2",', '               NULL, options_1_2)', 'int next;',
      ].join('\n');
      expect(outline(text)).to.deep.equal([
        'function machine_init_v1_2', 'function class_init_v1_2', 'object info_v1_2', 'object next',
      ]);
    });

    it('finds the end of bodies in spite of macros with unpaired braces', () => {
      const text = [
        '#define BEGIN do {', '#define FINISH } while (0)', '#define OPEN_FUNCTION(n) int n(void) {', '#define CLOSE }',
        'int f(void) { BEGIN g(); FINISH; return 1; }', 'OPEN_FUNCTION(h) return 2; CLOSE', 'int k(void) { if (1) BEGIN } while (0); return 0; }',
        'int after;',
      ].join('\n');
      expect(outline(text)).to.deep.equal(['function f', 'function h', 'function k', 'object after']);
    });

    it('replaces macros in the bodies of enums and structs to find names', () => {
      const text = [
        '#define LIST(X) X(ONE) X(TWO)', '#define ITEM(n) ITEM_##n,', 'enum E { LIST(ITEM) ITEM_LAST };',
        '#define HEAD(name, type) struct name { type *first; }', 'struct S { HEAD(list, struct S) all; };',
      ].join('\n');
      expect([...unit(text).enumConstants.keys()]).to.deep.equal(['ITEM_ONE', 'ITEM_TWO', 'ITEM_LAST']);
      expect([...unit(text).tags.keys()]).to.deep.equal(['enum E', 'struct S', 'struct list']);
    });

    it('expands a body with the macros of its place, whatever comes later', () => {
      const text = 'int f(void) { return V; }\n#define V 1\nint g(void) { return V; }\n#undef V\n#define V 2\nint h(void) { return V; }\nint t[] = {\n#define W 1\n  W,\n#undef W\n#define W 2\n  W };\n';
      expect(unit(text).declarations.map(spelled)).to.deep.equal([
        'int f(void) { return V; }', 'int g(void) { return 1; }', 'int h(void) { return 2; }', 'int t[] = { 1, 2 };',
      ]);
    });

    it('goes on behind an invocation of a macro that is not known, and says so', () => {
      const text = 'UNKNOWN_MACRO(a, b)\nstatic int x;\nOTHER(c);\nint y;';
      expect(outline(text)).to.deep.equal(['empty', 'object x', 'empty', 'object y']);
      expect(problemsOf(text).map(({ at, message }) => `${at.line}: ${message}`)).to.deep.equal([
        '1: not a declaration: UNKNOWN_MACRO ( a , b )', '3: not a declaration: OTHER ( c )',
      ]);
    });
  });

  describe('directives within declarations', () => {
    const text = (defines: string): string =>
      `${defines}\nstruct S {\n  int a;\n#ifdef B\n  int b;\n#else\n  int c;\n#endif\n#define IN_STRUCT 1\n} s;\nint f(int x\n#ifdef B\n  , int y\n#endif\n) {\n#ifdef B\n  if (x) {\n#else\n  while (x) {\n#endif\n  }\n}\nenum E {\n  E1,\n#define E1 E1\n  E2\n#define E2 E2\n};\nint last = IN_STRUCT;\n`;

    it('sees the active lines only', () => {
      expect(unit(text('')).declarations.map(spelled)).to.deep.equal([
        'struct S { int a; int c; } s;', 'int f(int x ) { while (x) { } }', 'enum E { E1, E2 };', 'int last = 1;',
      ]);
      expect(unit(text('#define B')).declarations.map(spelled)).to.deep.equal([
        'struct S { int a; int b; } s;', 'int f(int x , int y ) { if (x) { } }', 'enum E { E1, E2 };', 'int last = 1;',
      ]);
    });

    it('names the constants of an enum with directives', () => {
      expect([...unit(text('')).enumConstants.keys()]).to.deep.equal(['E1', 'E2']);
    });

    it('reads arguments of a macro across directives', () => {
      const source = '#define DECL(t, n, v) t n = v\nDECL(int,\n#ifdef X\n  x,\n#else\n  y,\n#endif\n  1);\nint f(void) { return SUM(1,\n#if 1\n 2\n#endif\n ); }\n';
      expect(unit(`#define SUM(a, b) a + b\n${source}`).declarations.map(spelled)).to.deep.equal([
        'int y = 1;', 'int f(void) { return 1 + 2; }',
      ]);
    });

    it('takes the name of a function-like macro at the end of a piece for one when the parenthesis comes later', () => {
      const source = '#define ID(n) n\nint ID\n#define X\n(a);\nint ID\n#undef X\n;\n';
      expect(outline(source)).to.deep.equal(['object a', 'object ID']);
    });

    it('includes files in the middle of initializers, structs and functions', () => {
      const files = {
        'table.inc': '{ 1, 2 },\n#ifdef MORE\n{ 3, 4 },\n#endif\n', 'members.h': 'int a;\nint b;\n', 'body.c.inc': 'if (x) { x++; }\n',
        'tail.h': '}; int from_tail;\n',
      };
      const source = '#define MORE\nint t[][2] = {\n#include "table.inc"\n};\nstruct S {\n#include "members.h"\n};\nint f(int x) {\n#include "body.c.inc"\nreturn x; }\nstruct T { int q;\n#include "tail.h"\nint end;\n';
      expect(unit(source, files).declarations.map(spelled)).to.deep.equal([
        'int t[][2] = { { 1, 2 }, { 3, 4 }, };', 'struct S { int a; int b; };', 'int f(int x) { if (x) { x++; } return x; }',
        'int end;',
      ]);
      expect(unit(source, files).objects.has('from_tail')).to.equal(true);
      expect(unit(source, files).tags.has('struct T')).to.equal(true);
    });

    it('lists the declarations of included sources, not of headers, as the unit\'s own', () => {
      const files = { 'part.c.inc': 'int part;', 'head.h': 'int head;' };
      expect(outline('#include "head.h"\n#include "part.c.inc"\nint own;', files)).to.deep.equal(['object part', 'object own']);
    });

    it('does not see extern "C" of C++, and lets its braces pass if it does', () => {
      const source = '#ifdef __cplusplus\nextern "C" {\n#endif\nint a;\n#ifdef __cplusplus\n}\n#endif\n';
      expect(outline(source)).to.deep.equal(['object a']);
      expect(unit(`#define __cplusplus 1\n${source}`).objects.has('a')).to.equal(true);
    });

    it('says where a declaration stays open', () => {
      expect(problemsOf('int a;\nint f(void) {\n if (1) {\n}\n')[0]).to.deep.equal({
        message: 'the file ends inside of a declaration', at: { file: 'main.c', line: 2 },
      });
    });
  });

  describe('sharing between units', () => {
    const files = {
      'base.h': '#ifndef BASE_H\n#define BASE_H\ntypedef struct Base { int x; } Base;\nstatic inline int twice(int x) { return SUM(x, x); }\n#endif\n',
      'width.h': 'struct Wide { WIDTH w; };\nenum { LAST = COUNT };\n',
      'split.h': 'struct Split {\n  int a;\n#ifdef EXTRA\n  int b;\n#endif\n};\nint after_split;\n',
      'paste.h': '#define CAT(a, b) a##b\nstatic inline int pasted(void) { return CAT(pre, fix); }\n',
    };

    it('gives the same declarations where nothing differs', () => {
      const shared = preprocessor(files, '#define SUM(a, b) ((a) + (b))\n');
      const a = shared.translationUnit('a.c', '#include "base.h"\nint a;\n');
      const b = shared.translationUnit('b.c', '#define UNRELATED\n#include "base.h"\nint b;\n');
      expect(b.typedefs.get('Base')).to.equal(a.typedefs.get('Base'));
      expect(b.functions.get('twice')).to.equal(a.functions.get('twice'));
      expect(b.functions.get('twice')!.unit).to.equal(a);
      expect(b.objects.has('a')).to.equal(false);
    });

    it('makes others where a macro differs, directly or behind another macro', () => {
      const shared = preprocessor(files);
      const one = shared.translationUnit('a.c', '#define WIDTH INNER\n#define INNER int\n#define COUNT 1\n#include "width.h"\n');
      const two = shared.translationUnit('b.c', '#define WIDTH INNER\n#define INNER long\n#define COUNT 1\n#include "width.h"\n');
      expect(spelled(one.tags.get('struct Wide')!)).to.equal('struct Wide { int w; };');
      expect(spelled(two.tags.get('struct Wide')!)).to.equal('struct Wide { long w; };');
    });

    it('shares declarations with directives inside if the same lines are active', () => {
      const shared = preprocessor(files);
      const [a, b, c, d] = ['', '', '#define EXTRA\n', '#define EXTRA\n'].map((define, i) =>
        shared.translationUnit(`${i}.c`, `${define}#include "split.h"\n`).tags.get('struct Split')!,
      );
      expect(b).to.equal(a);
      expect(d).to.equal(c);
      expect(c).to.not.equal(a);
      expect(spelled(c!)).to.equal('struct Split { int a; int b; };');
      expect(spelled(a!)).to.equal('struct Split { int a; };');
    });

    it('does not share where ## makes a name that is a macro in one unit only', () => {
      const shared = preprocessor(files);
      const plain = shared.translationUnit('a.c', '#include "paste.h"\n');
      const other = shared.translationUnit('b.c', '#define prefix 42\n#include "paste.h"\n');
      expect(spelled(plain.functions.get('pasted')!)).to.match(/return prefix;/);
      expect(spelled(other.functions.get('pasted')!)).to.match(/return 42;/);
    });

    it('expands with the first unit\'s macros whenever it is asked', () => {
      const shared = preprocessor({ 'h.h': 'static inline int f(void) { return K; }\n' });
      const a = shared.translationUnit('a.c', '#define K 1\n#include "h.h"\n');
      const b = shared.translationUnit('b.c', '#define K 2\n#include "h.h"\n#undef K\n#define K 3\n');
      expect(spelled(b.functions.get('f')!)).to.match(/return 2;/);
      expect(spelled(a.functions.get('f')!)).to.match(/return 1;/);
      expect(b.expand('K').map((token) => token.text)).to.deep.equal(['3']);
    });

    it('remembers units', () => {
      const shared = preprocessor({ 'x.c': 'int x;' });
      expect(shared.translationUnit('x.c')).to.equal(shared.translationUnit('x.c'));
    });
  });

  describe('real trees', () => {
    const PRELUDE = [
      '#define bool _Bool', '#define __linux__ 1', '#define __x86_64__ 1', '#define NEED_CPU_H 1',
      '#define TARGET_X86_64 1', '#define CONFIG_SOFTMMU 1', '#define CONFIG_KVM 1', '#define CONFIG_TCG 1',
      '#define G_DEFINE_AUTOPTR_CLEANUP_FUNC(T, f) typedef T *T##_autoptr;', '#define G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(T, f)',
      '#define G_GNUC_UNUSED', '#define G_NORETURN __attribute__((noreturn))', '#define G_GNUC_PRINTF(a, b)',
      '#define GLIB_CHECK_VERSION(a, b, c) 1', '#define G_STATIC_ASSERT(x) _Static_assert(x, "")', '#define G_BEGIN_DECLS',
      '#define G_END_DECLS', '',
    ].join('\n');

    it('splits every unit of the target and its machines into whole declarations', function () {
      const trees = process.env['QEMU_TREES'];
      if (trees === undefined) {
        console.log('      skipped: QEMU_TREES names no directory with QEMU source trees');
        this.skip();
      }
      for (const name of readdirSync(trees)) {
        const root = join(trees, name);
        const target = ['target/i386', 'target-i386'].find((path) => existsSync(join(root, path)));
        if (target === undefined) continue;
        const made = new Preprocessor({
          read: (path) => readFileSync(join(root, path), 'utf8'),
          has: (path) => statSync(join(root, path), { throwIfNoEntry: false })?.isFile() ?? false,
          includePath: ['include', 'linux-headers', 'linux-headers/asm-x86', target, ''],
          generated: () => undefined,
          prelude: { path: '<prelude>', text: PRELUDE },
        });
        const seen = new Set<Declaration>();
        for (const directory of [target, 'hw/i386', 'hw/core', 'qom']) {
          for (const file of readdirSync(join(root, directory))) {
            if (!file.endsWith('.c')) continue;
            const translated = made.translationUnit(`${directory}/${file}`);
            for (const declaration of [...translated.declarations, ...translated.typedefs.values()]) {
              if (seen.has(declaration)) continue;
              seen.add(declaration);
              const tokens = declaration.tokens();
              if (tokens.length === 0) continue;
              const { file: at, line } = locationOf(declaration.start);
              let depth = 0;
              for (const { kind, text } of tokens) {
                if (kind !== 'punctuator') continue;
                if (text === '(' || text === '[' || text === '{') depth++;
                else if (text === ')' || text === ']' || text === '}') depth--;
              }
              expect(depth, `${name}: ${at}:${line}`).to.equal(0);
              expect(tokens.at(-1)!.text, `${name}: ${at}:${line}`).to.match(/^[;}]$/);
            }
          }
        }
      }
    });
  });
});
