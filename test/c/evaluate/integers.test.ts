import { expect } from 'chai';
import { program, checkExpressions, check } from './run.js';

const DECLARATIONS = `
_Bool b = 1; char c = -1; signed char sc = -2; unsigned char uc = 200; short s = -300; unsigned short us = 60000;
int i = -7; unsigned u = 4000000000u; long l = -5; unsigned long ul = 0xfffffffffffffff0ul; long long ll = 9; unsigned long long ull = 10;
int zero; float fl = 2.5f; double d = -3.75;
enum color { RED, GREEN = 5, BLUE } color = BLUE;
`;

describe('c/evaluate: integers', () => {
  describe('promotions and usual arithmetic conversions (C11 6.3.1)', () => {
    const RANK = ['_Bool', 'char', 'signed char', 'unsigned char', 'short', 'unsigned short', 'int', 'unsigned', 'long', 'unsigned long', 'long long', 'unsigned long long'];
    const promoted = (type: string): string => (RANK.indexOf(type) < 6 ? 'int' : type);
    /** 6.3.1.8 with the sizes of x86-64. */
    const common = (x: string, y: string): string => {
      const [a, b] = [promoted(x), promoted(y)].sort((m, n) => RANK.indexOf(m) - RANK.indexOf(n)) as [string, string];
      if (a === b) return a;
      // of the same size, but the signed one has the higher rank: its unsigned counterpart
      if (a === 'unsigned long' && b === 'long long') return 'unsigned long long';
      return b;
    };
    const NAMES = ['int', 'unsigned', 'long', 'unsigned long', 'long long', 'unsigned long long'];
    const NAME = `#define NAME(e) _Generic((e), ${NAMES.map((t, n) => `${t}: ${n}`).join(', ')}, default: 99)\n`;

    it('every pair of types has the common type that the standard says', () => {
      const functions: string[] = [];
      const expected: [string, string][] = [];
      for (const x of RANK) {
        for (const y of RANK) {
          functions.push(`int f${expected.length}(void) { ${x} a = 1; ${y} b = 1; return NAME(a + b) == NAME(1 ? a : b) && NAME(a | b) == NAME(b * a) ? NAME(a - b) : 77; }`);
          expected.push([`${x} + ${y}`, common(x, y)]);
        }
      }
      const made = program(NAME + functions.join('\n'));
      expect(expected.map(([what], n) => [what, NAMES[Number(made.call(`f${n}`))]])).to.deep.equal(expected);
    });

    it('the common type decides signedness: -1 against an unsigned of every width', () => {
      const result = RANK.map((type) => program(`int f(void) { ${type} one = 1; return -1 < one; }`).call('f'));
      expect(result).to.deep.equal([1, 1, 1, 1, 1, 1, 1, 0, 1, 0, 1, 0]);
    });

    checkExpressions(DECLARATIONS, [
      ['uc + uc', 400], ['(unsigned char)(uc + uc)', 144], ['us * us', BigInt.asIntN(32, 3600000000n)],
      ['c == 0xff', 0], ['uc == 0xc8', 1], ['sizeof(uc + uc)', 4], ['sizeof(+c)', 4], ['sizeof(b ? uc : uc)', 4], ['sizeof(1 ? l : i)', 8],
      ['i < u', 0], ['i < 4000000000', 1], ['l < ul', 0], ['i + u', 3999999993], ['-1 > 0u', 1], ['-1L > 0u', 0], ['ul > -1', 0],
      ['(long) i * u', -28000000000n], ['i * u', BigInt.asUintN(32, -28000000000n)], ['~uc', -201], ['-us', -60000], ['!us', 0], ['-u', 294967296], ['~u', 294967295], ['-ul', 16],
      ['b + b + b', 3], ['color * 2', 12], ['RED - 1', -1], ['RED - 1u', 4294967295], ['-color', 4294967290], ['BLUE > -1', 1],
      ['s / us', 0], ['s % 7', -6], ['uc << 24 >> 24', -56], ['(uc << 24) / 2', (-939524096) / 2 | 0],
    ]);
  });

  describe('arithmetic', () => {
    checkExpressions(DECLARATIONS, [
      ['i / 2', -3], ['i % 2', -1], ['i / -2', 3], ['i % -2', -1], ['7 / -2', -3], ['7 % -2', 1], ['l / 2', -2], ['l % 3', -2],
      ['(-9223372036854775807L - 1) / 10', -922337203685477580n], ['(-9223372036854775807L - 1) % 10', -8],
      ['u / 3', 1333333333], ['u % 7', 4000000000 % 7], ['ul / 10', 0xfffffffffffffff0n / 10n], ['ul % 10', 0xfffffffffffffff0n % 10n],
      ['0x7fffffff + 1', -2147483648], ['-2147483647 - 2', 2147483647], ['65536 * 65536', 0], ['46341 * 46341', -2147479015], ['123456789 * 987654321', BigInt.asIntN(32, 123456789n * 987654321n)],
      ['0xffffffffu + 1', 0], ['0u - 1', 4294967295], ['4294967295u * 4294967295u', 1],
      ['9223372036854775807L + 1', -(2n ** 63n)], ['9007199254740993L * 3', 27021597764222979n], ['0x123456789abcdef1ul * 0xfedcba9876543211ul', BigInt.asIntN(64, 0x123456789abcdef1n * 0xfedcba9876543211n)],
      ['9007199254740993L + 0', 9007199254740993n], ['9007199254740993L % 1000', 993], ['18446744073709551615ul / 3 == 6148914691236517205', 1],
      ['(l & 0xff) + (l | 1) + (l ^ 3)', 0xfb - 5 - 8], ['ul ^ -1L', 15], ['ul & 0xffffffff00000000', BigInt.asIntN(64, 0xffffffff00000000n)], ['~0ul >> 1', 0x7fffffffffffffffn], ['~0u', 4294967295], ['~0', -1], ['~0L', -1],
    ]);
  });

  describe('shifts (6.5.7)', () => {
    checkExpressions(DECLARATIONS, [
      ['1 << 31', -2147483648], ['1u << 31', 2147483648], ['1L << 31', 2147483648], ['1L << 63', -(2n ** 63n)], ['1ul << 63 >> 63', 1], ['-1L >> 63', -1],
      ['i >> 1', -4], ['u >> 31', 1], ['l >> 1', -3], ['ul >> 60', 15], ['-8 >> 1L', -4], ['-8 >> 1ull', -4], ['1 << 4ul', 16], ['uc << 1', 400], ['(unsigned char)(uc << 1)', 144],
      // the type is that of the promoted left operand alone
      ['sizeof(1 << 1L)', 4], ['sizeof(uc << 1L)', 4], ['sizeof(1L << 1)', 8], ['1 << 40 - 9', -2147483648], ['(1 << 31) >> 31', -1], ['(u << 1) >> 1', 4000000000n * 2n % 2n ** 32n / 2n],
      ['0x80000000 >> 31', 1], ['(int) 0x80000000 >> 31', -1], ['0x8000000000000000 >> 63', 1], ['0ull | 1ull << 32', 4294967296],
    ]);
  });

  describe('comparisons and logic', () => {
    checkExpressions(DECLARATIONS, [
      ['ul > 0x7fffffffffffffff', 1], ['l < 0', 1], ['(unsigned long) l > 5', 1], ['sc < 0 && c < 0', 1], ['uc > sc', 1], ['us == 60000', 1], ['s == (short) 65236', 1],
      ['9007199254740993L == 9007199254740992L', 0], ['9007199254740993L > 9007199254740992L', 1], ['!0 + !5 + !!7', 2], ['!ul', 0], ['!0ul', 1], ['i && zero', 0], ['zero || l', 1], ['sizeof(i && l)', 4], ['sizeof(l < l)', 4],
      ['zero && (1 / zero)', 0], ['1 || (1 / zero)', 1], ['zero ? 1 / zero : 3', 3], ['(1, 2, 3)', 3], ['1 ? 2 : 3 ? 4 : 5', 2], ['0 ? 2 : 0 ? 4 : 5', 5], ['i ?: 3', -7], ['zero ?: 3', 3],
      ['1 ? -1 : 0u', 4294967295], ['1 ? -1L : 0u', -1], ['0 ? 1.5 : 2', 2], ['1 < 2 < 3', 1], ['3 > 2 > 1', 0], ['1 == 1 == 1', 1], ['1 | 2 ^ 3 & 4', 3], ['1 + 2 << 1 < 7', 1],
    ]);
  });

  describe('literals (6.4.4)', () => {
    checkExpressions('#define NAME(e) _Generic((e), int: 1, unsigned: 2, long: 3, unsigned long: 4, long long: 5, unsigned long long: 6, double: 7, float: 8, default: 0)\n', [
      ['NAME(2147483647)', 1], ['NAME(2147483648)', 3], ['NAME(0x7fffffff)', 1], ['NAME(0x80000000)', 2], ['NAME(0xffffffff)', 2], ['NAME(0x100000000)', 3], ['NAME(0x8000000000000000)', 4],
      ['NAME(037777777777)', 2], ['NAME(1u)', 2], ['NAME(4294967296u)', 4], ['NAME(1l)', 3], ['NAME(1UL)', 4], ['NAME(1ll)', 5], ['NAME(1uLL)', 6], ['NAME(0x8000000000000000ll)', 6], ["NAME('a')", 1], ['NAME(1.0)', 7], ['NAME(1.0f)', 8],
      ['0b1011', 11], ['010 + 0x10 + 10', 34], ['0', 0], ['00', 0], ['0x1p4', 16], ['0x1.8p1', 3], ['1e3', 1000], ['18446744073709551615u', -1],
      ["'a'", 97], ["'\\0'", 0], ["'\\377'", -1], ["'\\xff'", -1], ["'\\x7f'", 127], ["'\\n' + '\\t' + '\\\\' + '\\'' + '\"' + '\\?'", 10 + 9 + 92 + 39 + 34 + 63], ["'\\101'", 65], ["'\\a' + '\\b' + '\\f' + '\\v' + '\\r' + '\\e'", 7 + 8 + 12 + 11 + 13 + 27], ["'ab'", 97 * 256 + 98], ["L'\\xe9'", 0xe9],
      ['sizeof(\'a\')', 4], ['sizeof("abc")', 4], ['sizeof("abc" "def")', 7], ['sizeof("a\\0b")', 4], ['"abc"[1]', 98], ['*"x"', 120], ['"a" "b\\x41" "C"[0] == \'a\'', 1], ['("a\\x4" "1")[2]', 49], ['"\\1012"[1]', 50], ['"é"[1] & 0xff', 0xa9],
    ]);
  });

  describe('increment, decrement and compound assignment', () => {
    check([
      ['x++ gives the old value, ++x the new one', 'int f(void) { int x = 5; int a = x++; int b = ++x; int c = x--; int d = --x; return a * 1000 + b * 100 + c * 10 + d; }', 5775],
      ['an unsigned char wraps', 'int f(void) { unsigned char x = 255; x++; unsigned char y = 0; y--; return x * 1000 + y; }', 255],
      ['a signed char wraps', 'int f(void) { signed char x = 127; x++; return x; }', -128],
      ['the value of x++ on a narrow type is not promoted away', 'int f(void) { unsigned char x = 255; return ++x; }', 0],
      ['a short, in memory', 'short x = 32767; int f(void) { short *p = &x; ++*p; return x; }', -32768],
      ['a _Bool', 'int f(void) { _Bool x = 0; x++; x++; int a = x; x--; int b = x; x--; return a * 10 + b * 100 + x; }', 11],
      ['a 64-bit integer', 'long f(void) { unsigned long x = ~0ul; x++; x--; return x == ~0ul && x-- == ~0ul && ++x == ~0ul; }', 1],
      ['a pointer', 'int f(void) { int a[4] = { 1, 2, 3, 4 }; int *p = a; int x = *p++; x = x * 10 + *++p; return x * 10 + p[-1]; }', 132],
      ['a float and a double', 'int f(void) { float x = 1.5f; double y = 2.5; x++; --y; return (x + y) * 10; }', 40],
      ['the computation is done in the common type', 'int f(void) { unsigned char x = 200; x += 100; signed char y = 100; y *= 3; return x * 1000 + y; }', 44 * 1000 + 44],
      ['x /= with a wider operand', 'int f(void) { unsigned char x = 200; x /= 1000; int y = -10; y /= 3u; short z = 100; z /= -3L; return x + y + z; }', 1431655762 - 33],
      ['x op= of every operator', 'int f(void) { int x = 100; x += 5; x -= 3; x *= 7; x /= 2; x %= 100; x <<= 3; x >>= 1; x |= 0x1000; x &= ~4; x ^= 0xff; return x; }', (((57 << 3 >> 1) | 0x1000) & ~4) ^ 0xff],
      ['x <<= on a narrow type', 'int f(void) { unsigned short x = 0x8001; x <<= 1; unsigned char y = 0x80; y >>= 7; signed char z = -128; z >>= 7; return x * 100 + y * 10 + z; }', 209],
      ['an int op= a long', 'int f(void) { int x = 1; x += 0x100000001L; x |= 0xf00000000L; x -= 5000000000L; return x; }', BigInt.asIntN(32, 2n - 5000000000n)],
      ['an int op= a double', 'int f(void) { int x = 7; x *= 1.5; unsigned char y = 3; y += 2.9; return x * 10 + y; }', 105],
      ['the left operand is evaluated once', 'int n; int a[4]; int *at(void) { n++; return &a[n]; } int f(void) { *at() += 5; (*at())++; return n * 100 + a[1] * 10 + a[2]; }', 251],
      ['an assignment has the value that was stored', 'int f(void) { unsigned char c; int x = (c = 0x1ff); long y = (x = 0x1ffffffffL); return x == -1 && y == -1 && c == 255; }', 1],
      ['assignments chain from the right', 'int f(void) { int a; unsigned char b; long c; c = a = b = 300; return a + b + (int) c; }', 132],
      ['a static narrow variable', 'static unsigned short x = 65535; int f(void) { int old = x++; return old + x; }', 65535],
    ]);
  });
});
