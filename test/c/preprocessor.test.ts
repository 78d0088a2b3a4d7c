import { expect } from 'chai';
import { locationOf } from '../../analyzer/c/token.js';
import { Preprocessor, type PreprocessorHost } from '../../analyzer/c/preprocessor.js';
import type { TranslationUnit } from '../../analyzer/c/translation-unit.js';

interface Setup {
  files?: Record<string, string>;
  includePath?: readonly string[];
  generated?: Record<string, string>;
  override?: readonly string[];
  prelude?: string;
}

function preprocessor(setup: Setup = {}): Preprocessor {
  const files = setup.files ?? {};
  const host: PreprocessorHost = {
    read: (path) => files[path],
    has: (path) => path in files,
    includePath: setup.includePath ?? [''],
    generated: (name) => setup.generated?.[name],
    prelude: { path: '<prelude>', text: setup.prelude ?? '' },
    override: new Set(setup.override),
  };
  return new Preprocessor(host);
}

function unit(text: string, setup: Setup = {}): TranslationUnit {
  return preprocessor(setup).translationUnit('main.c', text);
}

/** The tokens of a text behind some directives, with one space where there is white space. */
function expand(directives: string, text: string): string {
  return unit(directives)
    .expand(text)
    .map((token, index) => (token.space && index > 0 ? ' ' : '') + token.text)
    .join('');
}

/** Does the #if hold? */
function holds(expression: string, before = ''): boolean {
  const made = unit(`${before}\n#if ${expression}\nint yes;\n#endif\n`);
  return made.objects.has('yes');
}

function problemsOf(text: string): string[] {
  const made = preprocessor();
  made.translationUnit('main.c', text);
  return made.problems.map(({ at, message }) => `${at.line}: ${message}`);
}

describe('c/preprocessor', () => {
  describe('macro replacement', () => {
    it('replaces names, and what that yields again', () => {
      expect(expand('#define A B\n#define B 1\n', 'A + A')).to.equal('1 + 1');
    });

    it('uses the definition at the place of use, not of the definition', () => {
      expect(expand('#define N 1\n#define M N\n#undef N\n#define N 2\n', 'M')).to.equal('2');
    });

    it('tells an object-like macro by the white space before the parenthesis', () => {
      expect(expand('#define f (x)\n', 'f(y)')).to.equal('(x)(y)');
    });

    it('leaves the name of a function-like macro alone without arguments', () => {
      expect(expand('#define f(x) x\n', 'f + f (2) (f)(3)')).to.equal('f + 2 (f)(3)');
    });

    it('does not replace a macro within its own expansion', () => {
      expect(expand('#define x (4 + x)\n', 'x')).to.equal('(4 + x)');
      expect(expand('#define a b\n#define b a\n', 'a b')).to.equal('a b');
      expect(expand('#define foo(n) bar(n) + foo(n)\n#define bar(n) [n]\n', 'foo(foo(1))')).to.equal(
        '[[1] + foo(1)] + foo([1] + foo(1))',
      );
    });

    it('paints a name for good that was found while its macro was in use', () => {
      // the f at the end is painted: it stays although an argument list follows in the text
      expect(expand('#define f(x) x f\n', 'f(1)(2)(3)')).to.equal('1 f(2)(3)');
      expect(expand('#define NIL(x) x\n#define G_0(x) NIL(G_1)(x)\n#define G_1(x) NIL(G_0)(x)\n', 'G_0(42)')).to.equal(
        'G_0(42)',
      );
    });

    it('takes arguments for a name at the end of an expansion from the text behind it', () => {
      expect(expand('#define call g\n#define g(x) <x>\n', 'call(1)')).to.equal('<1>');
      expect(expand('#define open g(\n#define g(x) <x>\n', 'open 1)')).to.equal('<1>');
    });

    it('follows the rescanning rules in the combinations of the standard\'s example 3', () => {
      const directives = [
        '#define n 3', '#define sq(a) sq(n * (a))', '#undef n', '#define n 2', '#define fn sq', '#define again n[0]',
        '#define comp fn(again', '#define apply(a) a(m)', '#define m 0,1', '#define kind char', '#define id(v) v',
        '#define join3(a) lead ## a', '#define pair(a, b) a ## b', '',
      ].join('\n');
      expect(expand(directives, 'sq(y+1) + sq(sq(again)) % id(id(fn)(0) + id)(1);')).to.equal(
        'sq(2 * (y+1)) + sq(2 * (sq(2 * (2[0])))) % sq(2 * (0)) + id(1);',
      );
      expect(expand(directives, 'fn(n+(3,4)-m) | comp 5) & apply(sq)^apply(apply);')).to.equal(
        'sq(2 * (2+(3,4)-0,1)) | sq(2 * (2[0] 5)) & sq(2 * (0,1))^apply(0,1);',
      );
      expect(expand(directives, 'id(kind)(id(2[pair(,7)]), { pair(i,)x = join3(n) }')).to.equal(
        'char(2[7], { ix = leadn }',
      );
    });

    it('takes arguments across lines', () => {
      expect(expand('#define f(a, b) a-b\n', 'f(1\n,\n2)')).to.equal('1-2');
    });

    it('keeps commas in parentheses within an argument, not in brackets', () => {
      expect(expand('#define f(a) <a>\n', 'f((1, 2))')).to.equal('<(1, 2)>');
      expect(expand('#define f(a, b) <a|b>\n', 'f([1, 2])')).to.equal('<[1|2]>');
    });

    it('replaces arguments before they are inserted, except at # and ##', () => {
      const directives = '#define V 7\n#define str(x) #x\n#define xstr(x) str(x)\n#define cat(a, b) a ## b\n#define xcat(a, b) cat(a, b)\n';
      expect(expand(directives, 'str(V) xstr(V) cat(V, V) xcat(V, V)')).to.equal('"V" "7" VV 77');
    });

    it('joins nested through a second macro', () => {
      const directives = '#define glue(x, y) x ## y\n#define xglue(x, y) glue(x, y)\n#define SUFFIX l\n#define LIST list_\n';
      expect(expand(directives, 'glue(ld, SUFFIX) xglue(ld, SUFFIX) xglue(xglue(LIST, 1), _end)')).to.equal(
        'ldSUFFIX ldl list_1_end',
      );
    });

    it('replaces what ## makes if that is a macro', () => {
      expect(expand('#define AB yes\n#define j(a, b) a ## b\n', 'j(A, B)')).to.equal('yes');
    });

    it('complains about a wrong number of arguments and leaves the text alone', () => {
      const made = preprocessor();
      const tokens = made.translationUnit('main.c', '#define f(a, b) a\n').expand('f(1)');
      expect(tokens.map((token) => token.text).join('')).to.equal('f(1)');
      expect(made.problems[0]?.message).to.match(/macro "f" takes 2 arguments, but 1 are given/);
    });

    it('passes nested lists of initializers through chained macros', () => {
      const directives = [
        '#define OLD_3 OLD_4 { .driver = "a", .property = "p3", },',
        '#define OLD_4 OLD_5 { .driver = "a", .property = "p4", },',
        '#define OLD_5 { .driver = "b", .property = "p5", },',
        '#define SET(m, COMPAT) static T props[] = { COMPAT { } }; m = props',
        '',
      ].join('\n');
      expect(expand(directives, 'SET(x, OLD_3)')).to.equal(
        'static T props[] = { { .driver = "b", .property = "p5", }, { .driver = "a", .property = "p4", }, ' +
          '{ .driver = "a", .property = "p3", }, { } }; x = props',
      );
    });
  });

  describe('# and ##', () => {
    it('spells an argument with single spaces and none at its ends', () => {
      expect(expand('#define s(x) #x\n', 's(  a   +\n b/**/c  )')).to.equal('"a + b c"');
      expect(expand('#define s(x) #x\n', 's()')).to.equal('""');
      expect(expand('#define s(x) # x\n', 's(a)')).to.equal('"a"');
    });

    it('escapes quotes and backslashes within literals only', () => {
      expect(expand('#define s(x) #x\n', String.raw`s("a\n" '\0' '"' \n @)`)).to.equal(
        String.raw`"\"a\\n\" '\\0' '\"' \n @"`,
      );
    });

    it('spells variable arguments with their commas', () => {
      expect(expand('#define show(...) #__VA_ARGS__\n', 'show(The first, second , and "third")')).to.equal(
        String.raw`"The first, second , and \"third\""`,
      );
    });

    it('takes an empty operand of ## for nothing, as in the standard\'s example 5', () => {
      expect(
        expand('#define t(x,y,z) x ## y ## z\n', '{ t(1,2,3), t(,4,5), t(6,,7), t(8,9,), t(10,,), t(,11,), t(,,12), t(,,) }'),
      ).to.equal('{ 123, 45, 67, 89, 10, 11, 12, }');
    });

    it('makes ## a token, not an operator, where it comes from an argument or from ##', () => {
      const directives = '#define hh # ## #\n#define mk(a) #a\n#define in(a) mk(a)\n#define j(c, d) in(c hh d)\n';
      expect(expand(directives, 'j(x, y)')).to.equal('"x ## y"');
    });

    it('makes numbers, strings and punctuators too', () => {
      expect(expand('#define j(a, b) a ## b\n', "j(1, e5) j(L, 'c') j(<, <=) j(u8, \"s\") j(0x, ff)")).to.equal(
        "1e5 L'c' <<= u8\"s\" 0xff",
      );
    });

    it('leaves both operands and complains if the result is no token', () => {
      const made = preprocessor();
      const tokens = made.translationUnit('main.c', '#define j(a, b) a ## b\n').expand('j(+, x)');
      expect(tokens.map((token) => token.text)).to.deep.equal(['+', 'x']);
      expect(made.problems[0]?.message).to.match(/do not make a token/);
    });

    it('does not stringify in an object-like macro', () => {
      expect(expand('#define h #x\n', 'h')).to.equal('#x');
    });

    it('combines # and ## as in the standard\'s example 4', () => {
      const directives = [
        '#define str(s) # s', '#define xstr(s) str(s)',
        '#define debug(s, t) printf("x" # s "= %d, x" # t "= %s", x ## s, x ## t)',
        '#define INCFILE(n) vers ## n', '#define glue(a, b) a ## b', '#define xglue(a, b) glue(a, b)',
        '#define HIGHLOW "hello"', '#define LOW LOW ", world"', '',
      ].join('\n');
      expect(expand(directives, 'debug(1, 2);')).to.equal('printf("x" "1" "= %d, x" "2" "= %s", x1, x2);');
      expect(expand(directives, 'xstr(INCFILE(2).h)')).to.equal('"vers2.h"');
      expect(expand(directives, 'glue(HIGH, LOW);')).to.equal('"hello";');
      expect(expand(directives, 'xglue(HIGH, LOW)')).to.equal('"hello" ", world"');
    });
  });

  describe('variable arguments', () => {
    it('passes them on, as in the standard\'s example 7', () => {
      const directives = '#define debug(...) fprintf(stderr, __VA_ARGS__)\n#define report(test, ...) ((test)?puts(#test): printf(__VA_ARGS__))\n';
      expect(expand(directives, 'debug("Flag"); debug("X = %d\\n", x);')).to.equal(
        'fprintf(stderr, "Flag"); fprintf(stderr, "X = %d\\n", x);',
      );
      expect(expand(directives, 'report(x>y, "x is %d", x);')).to.equal('((x>y)?puts("x>y"): printf("x is %d", x));');
    });

    it('drops the comma before ## and no arguments (GNU)', () => {
      const directives = '#define e(f, ...) p(f, ## __VA_ARGS__)\n#define N 1\n';
      expect(expand(directives, 'e("a") e("a", ) e("a", N, 2)')).to.equal('p("a") p("a") p("a", 1, 2)');
    });

    it('knows named variable arguments (GNU)', () => {
      const directives = '#define e(f, args...) p(f, ## args) #args\n#define all(args...) [args]\n';
      expect(expand(directives, 'e(1) e(1, 2, 3) all() all(4, 5)')).to.equal('p(1) "" p(1, 2, 3) "2, 3" [] [4, 5]');
    });

    it('knows __VA_OPT__', () => {
      const directives = '#define e(f, ...) p(f __VA_OPT__(, [) __VA_ARGS__ __VA_OPT__(]))\n#define NONE\n';
      expect(expand(directives, 'e(1)')).to.equal('p(1)');
      expect(expand(directives, 'e(1, 2)')).to.equal('p(1 , [ 2 ])');
      expect(expand(directives, 'e(1, NONE)')).to.equal('p(1)');
    });

    it('counts arguments', () => {
      const directives = '#define PICK(_1, _2, _3, N, ...) N\n#define COUNT(...) PICK(__VA_ARGS__, 3, 2, 1, 0)\n';
      expect(expand(directives, 'COUNT(a) COUNT(a, b) COUNT(a, b, c)')).to.equal('1 2 3');
    });
  });

  describe('predefined macros', () => {
    it('knows file and line of the outermost invocation', () => {
      const made = unit('#define WHERE __FILE__, __LINE__\n\nint x[] = { WHERE };\n', {});
      expect(made.declarations[0]!.tokens().map((token) => token.text).join('')).to.equal('intx[]={"main.c",3};');
    });

    it('counts with __COUNTER__, and keeps to the number once it is in a name', () => {
      const made = unit('#define j(a, b) a ## b\n#define x(a, b) j(a, b)\nint x(v, __COUNTER__);\nint x(v, __COUNTER__);\n');
      const names = made.declarations.map((declaration) => declaration.names[0]);
      expect(new Set(names).size).to.equal(2);
      for (const declaration of made.declarations) expect(declaration.tokens()[1]!.text).to.equal(declaration.names[0]);
    });

    it('leaves __func__ alone', () => {
      expect(expand('', '__func__')).to.equal('__func__');
    });

    it('processes the prelude before every unit', () => {
      const made = preprocessor({ prelude: '#define P 5\ntypedef int pre_t;\n' });
      for (const path of ['a.c', 'b.c']) {
        const translated = made.translationUnit(path, 'int x = P;\n#undef P\n#define P 6\n');
        expect(translated.declarations.map((declaration) => declaration.tokens().map((token) => token.text).join(' '))).to
          .deep.equal(['int x = 5 ;']);
        expect(translated.typedefs.has('pre_t')).to.equal(true);
      }
    });
  });

  describe('#if', () => {
    const cases: readonly (readonly [string, boolean])[] = [
      ['1', true], ['0', false], ['2 + 3 * 4 == 14', true], ['(2 + 3) * 4 == 20', true], ['10 - 4 - 3 == 3', true],
      ['7 / 2 == 3 && -7 / 2 == -3 && -7 % 3 == -1', true], ['1 << 62 > 0', true], ['~0 == -1', true],
      ['1 ? 2 : 0', true], ['0 ? 1 : 0 ? 1 : 1', true], ['!defined X && !X', true], ['1 || 1/0', true],
      ['0 && 1/0', false], ['0 ? 1/0 : 1', true], ['(1 || 1 % 0) && !(0 && (2/0))', true],
      ['-1 > 0u', true], ['-1 > 0', false], ['0u - 1 == 0xffffffffffffffff', true], ['-1 >> 63 == -1', true],
      ['0xffffffffffffffff >> 63 == 1', true], ['0x7fffffffffffffff + 1 < 0', true], ['18446744073709551615 == -1', true],
      ['(1 ? -1 : 0u) > 0', true], ['(0u < 1) - 2 < 0', true], ["'A' == 65", true], ["'\\n' == 10 && '\\0' == 0", true],
      ["'\\377' < 0", true], ["'\\x41' == 65", true], ["'ab' == 0x6162", true], ["L'\\xff' == 255", true],
      ['0b101 == 5 && 017 == 15 && 0x1FuLL == 31', true], ['1 | 2 ^ 3 & 4', true], ['(1 | 4) == 5 && (6 ^ 3) == 5', true],
      ['1 == 1 == 1', true], ['3 > 2 > 1', false], ['undefined_name', false], ['true', false], ['- -1 == 1', true],
      ['1 <= 1 && 2 >= 2 && 1 != 2', true], ['!!5 == 1', true], ['(0, 3)', true],
    ];
    for (const [expression, expected] of cases) {
      it(`${expression} is ${expected}`, () => {
        expect(holds(expression)).to.equal(expected);
      });
    }

    it('replaces macros, but not the operand of defined', () => {
      expect(holds('A == 3 && defined A && defined(B) && !defined C', '#define A 1 + 2\n#define B\n')).to.equal(true);
      expect(holds('F(2) == 4', '#define F(x) (x) * 2\n')).to.equal(true);
      expect(holds('HAS', '#define X\n#define HAS defined(X) && !defined Y\n')).to.equal(true);
      expect(holds('IS(X)', '#define X 1\n#define IS(m) defined(m)\n')).to.equal(false);
    });

    it('evaluates configuration tests made by joining', () => {
      const before = '#define CONFIG_A 1\n#define P_1 ~,\n#define SECOND(a, b, ...) b\n#define T(x) T_(P_ ## x)\n#define T_(x) SECOND(x 1, 0)\n#define ON(x) T(x)\n';
      expect(holds('ON(CONFIG_A)', before)).to.equal(true);
      expect(holds('ON(CONFIG_B)', before)).to.equal(false);
    });

    it('answers __has_attribute and __has_builtin with 0, and lets them be tested', () => {
      expect(holds('defined __has_attribute && !__has_attribute(error) && !__has_builtin(__builtin_x)')).to.equal(true);
      expect(holds('A(x)', '#ifdef __has_attribute\n#define A(x) !__has_attribute(x)\n#endif\n')).to.equal(true);
    });

    it('answers __has_include', () => {
      const setup = { files: { 'inc/here.h': '' }, includePath: ['inc'], generated: { 'made.h': '' } };
      const text = '#if __has_include(<here.h>) && __has_include("made.h") && !__has_include(<gone.h>)\nint yes;\n#endif\n';
      const made = preprocessor(setup);
      expect(made.translationUnit('main.c', text).objects.has('yes')).to.equal(true);
      expect(made.missingIncludes.size).to.equal(0);
    });

    it('takes the first branch that holds', () => {
      const text = (n: number): string =>
        `#define N ${n}\n#if N == 1\nint one;\n#elif N == 2\nint two;\n#elif 1/0\n#else\nint other;\n#endif\n`;
      expect([...unit(text(1)).objects.keys()]).to.deep.equal(['one']);
      expect([...unit(text(2)).objects.keys()]).to.deep.equal(['two']);
      expect([...unit(text(3)).objects.keys()]).to.deep.equal(['other']);
    });

    it('knows #elifdef and #elifndef', () => {
      const text = '#define Y\n#ifdef X\nint x;\n#elifdef Y\nint y;\n#else\nint z;\n#endif\n#ifdef X\n#elifndef X\nint w;\n#endif\n';
      expect([...unit(text).objects.keys()]).to.deep.equal(['y', 'w']);
    });

    it('skips nested groups and does not look at what is in them', () => {
      const text = "#if 0\n#if 1\nint a;\n#else\n#bogus don't\n#error \"x\n#endif\n#elif 1\nint b;\n#else\n#if (\n#endif\n#endif\nint c;\n";
      expect([...unit(text).objects.keys()]).to.deep.equal(['b', 'c']);
      expect(problemsOf(text)).to.deep.equal([]);
    });

    it('reports what it cannot evaluate, and takes it for false', () => {
      expect(problemsOf('#if 1/0\n#endif\n')).to.deep.equal(['1: division by zero in #if']);
      expect(problemsOf('#if\n#endif\n')[0]).to.match(/no expression/);
      expect(problemsOf('#if 1.0\n#endif\n')[0]).to.match(/not an integer/);
      expect(problemsOf('#if (1\n#endif\n')[0]).to.match(/missing "\)"/);
      expect(problemsOf('#if 1 2\n#endif\n')[0]).to.match(/unexpected "2"/);
      expect(problemsOf('#if "x"\n#endif\n')[0]).to.match(/not valid/);
      expect(problemsOf('#endif\n#else\n')).to.deep.equal(['1: #endif without #if', '2: #else without #if']);
      expect(problemsOf('\n#if 1\nint a;\n')).to.deep.equal(['2: unterminated conditional']);
    });
  });

  describe('other directives', () => {
    it('records an active #error and goes on', () => {
      expect(problemsOf('#error "no way"\n#if 0\n#error never\n#endif\nint a;\n')).to.deep.equal(['1: #error "no way"']);
    });

    it('ignores #line, #pragma, #warning, #ident and the null directive', () => {
      const text = '#\n#line 7 "x.c"\n#pragma GCC poison a\n#warning w\n#ident "i"\nint a;\n';
      expect(problemsOf(text)).to.deep.equal([]);
      const made = unit(text);
      expect(locationOf(made.declarations[0]!.start)).to.deep.equal({ file: 'main.c', line: 6 });
    });

    it('takes white space and comments around the #', () => {
      expect([...unit('  /* c */ #  /* d */ define A a\nint A;\n').objects.keys()]).to.deep.equal(['a']);
    });

    it('does not take the result of an expansion for a directive', () => {
      expect(expand('#define E #define X 1\n', 'E X')).to.equal('#define X 1 X');
    });

    it('takes away _Pragma', () => {
      const made = unit('#define OFF _Pragma("GCC diagnostic push")\nOFF int a; _Pragma("x") int b;\n');
      expect([...made.objects.keys()]).to.deep.equal(['a', 'b']);
      expect(made.declarations.map((declaration) => declaration.tokens().map((token) => token.text).join(' '))).to.deep
        .equal(['int a ;', 'int b ;']);
    });

    it('tells macros at the end of the unit', () => {
      const made = unit('#define A(x, ...) x\n#define B 1\n#undef B\n#define C\n\n');
      expect(made.macro('A')).to.include({ isFunctionLike: true, isVariadic: true });
      expect(made.macro('A')!.parameters).to.deep.equal(['x', '__VA_ARGS__']);
      expect(made.macro('A')!.location).to.deep.equal({ file: 'main.c', line: 1 });
      expect(made.macro('B')).to.equal(undefined);
      expect(made.macro('C')!.body).to.deep.equal([]);
    });
  });

  describe('#include', () => {
    it('looks beside the includer first for "...", on the path for <...>', () => {
      const files = { 'd/x.h': 'int beside;', 'inc/x.h': 'int onpath;', 'd/main.c': '#include "x.h"\n#include <x.h>\n' };
      const made = preprocessor({ files, includePath: ['inc'] }).translationUnit('d/main.c');
      expect([...made.objects.keys()]).to.deep.equal(['beside', 'onpath']);
    });

    it('goes through the path in order, also up and down directories', () => {
      const files = { 'b/s/x.h': 'int b;\n#include "../y.h"\n', 'c/s/x.h': 'int c;', 'b/y.h': 'int y;' };
      const made = unit('#include "s/x.h"\n', { files, includePath: ['a', 'b', 'c'] });
      expect([...made.objects.keys()]).to.deep.equal(['b', 'y']);
    });

    it('goes on behind the includer with #include_next', () => {
      const files = { 'a/x.h': 'int a;\n#include_next <x.h>\n', 'b/x.h': 'int b;' };
      expect([...unit('#include <x.h>\n', { files, includePath: ['a', 'b'] }).objects.keys()]).to.deep.equal(['a', 'b']);
    });

    it('takes the name from macros', () => {
      const files = { 'arch-x.h': 'int arch;', 'sys/z.h': 'int z;' };
      const text = '#define str(x) #x\n#define xstr(x) str(x)\n#define ARCH x\n#define H <sys/z.h>\n#define F(a) xstr(a.h)\n#include H\n#include F(arch-x)\n';
      expect([...unit(text, { files }).objects.keys()]).to.deep.equal(['z', 'arch']);
    });

    it('includes a guarded file once, and others as often as asked', () => {
      const files = {
        'g.h': '/* c */\n#ifndef G_H\n#define G_H\nint g;\n#endif\n',
        'd.h': '#if !defined(D_H)\n#define D_H\nint d;\n#endif\n',
        'o.h': '#pragma once\nint o;\n',
        'm.h': 'int NAME;\n#undef NAME\n',
      };
      const text = '#define NAME m1\n#include "g.h"\n#include "d.h"\n#include "o.h"\n#include "m.h"\n#define NAME m2\n#include "g.h"\n#include "d.h"\n#include "o.h"\n#include "m.h"\n';
      const made = unit(text, { files });
      expect([...made.objects].map(([name, all]) => `${name} ${all.length}`)).to.deep.equal(['g 1', 'd 1', 'o 1', 'm1 1', 'm2 1']);
    });

    it('reads a file whose guard is not the whole of it again', () => {
      const files = { 'h.h': '#ifndef H\n#define H\n#endif\nextern int again;\n' };
      expect(unit('#include "h.h"\n#include "h.h"\n', { files }).objects.get('again')).to.have.length(2);
    });

    it('asks for generated headers where the tree has none, or where it is told to', () => {
      const files = { 'real.h': 'int real;', 'config.h': 'int fromtree;' };
      const generated = { 'config.h': 'int generated;', 'real.h': 'int wrong;', 'glib.h': 'int glib;' };
      const text = '#include "real.h"\n#include "config.h"\n#include <glib.h>\n';
      expect([...unit(text, { files, generated, override: ['config.h'] }).objects.keys()]).to.deep.equal(['real', 'generated', 'glib']);
    });

    it('notes missing files and goes on', () => {
      const made = preprocessor();
      const translated = made.translationUnit('main.c', 'int a;\n#include <sys/none.h>\nint b;\n');
      expect([...translated.objects.keys()]).to.deep.equal(['a', 'b']);
      expect([...made.missingIncludes]).to.deep.equal([['sys/none.h', [{ file: 'main.c', line: 2 }]]]);
    });

    it('stops a file that includes itself for ever', () => {
      const made = preprocessor({ files: { 'loop.h': '#include "loop.h"\n' } });
      made.translationUnit('main.c', '#include "loop.h"\n');
      expect(made.problems[0]?.message).to.match(/nested too deeply/);
    });

    it('throws for a unit that is not there', () => {
      expect(() => preprocessor().translationUnit('gone.c')).to.throw('no such file: gone.c');
    });

    it('lets lists be made by including a file several times', () => {
      const files = { 'list.h.inc': 'ITEM(one, 1)\nITEM(two, 2)\n#undef ITEM\n' };
      const text = 'enum E {\n#define ITEM(n, v) E_##n = v,\n#include "list.h.inc"\n};\nconst char *names[] = {\n#define ITEM(n, v) [E_##n] = #n,\n#include "list.h.inc"\n};\n';
      const made = unit(text, { files });
      expect([...made.enumConstants.keys()]).to.deep.equal(['E_one', 'E_two']);
      expect(made.objects.get('names')![0]!.tokens().map((token) => token.text).join('')).to.equal(
        'constchar*names[]={[E_one]="one",[E_two]="two",};',
      );
    });
  });

  describe('places', () => {
    it('tells where a token is spelled, and which invocation it came out of', () => {
      const made = unit('#define TWICE(x) x + \\\n  x + BASE\n#define BASE 10\n\nint v = TWICE(y);\n');
      const tokens = made.declarations[0]!.tokens();
      const described = tokens.map((token) => {
        const { expansion } = token;
        const by = expansion === undefined ? '' : ` by ${expansion.text}:${locationOf(expansion).line}`;
        return `${token.text}:${locationOf(token).line}${by}`;
      });
      expect(described).to.deep.equal([
        'int:5', 'v:5', '=:5', 'y:5 by TWICE:5', '+:1 by TWICE:5', 'y:5 by TWICE:5', '+:2 by TWICE:5',
        '10:3 by TWICE:5', ';:5',
      ]);
    });

    it('tells the white space before a token', () => {
      const made = unit('#define A 1\n#define EMPTY\nint a=A ; int b= A;int EMPTY c;\n');
      const spelled = made.declarations.map((declaration) =>
        declaration.tokens().map((token, index) => (token.space && index > 0 ? ' ' : '') + token.text).join(''));
      expect(spelled).to.deep.equal(['int a=1 ;', 'int b= 1;', 'int c;']);
    });
  });
});
