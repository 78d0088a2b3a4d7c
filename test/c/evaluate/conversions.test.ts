import { checkExpressions } from './run.js';

const DECLARATIONS = `
typedef unsigned char u8; typedef signed char s8; typedef unsigned short u16; typedef short s16; typedef unsigned int u32; typedef int s32; typedef unsigned long u64; typedef long s64;
static s64 big = 0x123456789abcdef0; static u64 ones = ~0ul; static int minus = -1; static double half = 0.5; static float third = 3.99f;
static int object; static int *null; static int function(int x) { return x; }
static _Bool take_bool(_Bool b) { return b; } static u8 take_u8(u8 x) { return x; } static s8 give_s8(int x) { return x; } static u64 give_u64(int x) { return x; } static _Bool give_bool(long x) { return x; }
`;

describe('c/evaluate: conversions (C11 6.3)', () => {
  describe('between integer types', () => {
    checkExpressions(DECLARATIONS, [
      ['(u8) big', 0xf0], ['(s8) big', -16], ['(u16) big', 0xdef0], ['(s16) big', -8464], ['(u32) big', 0x9abcdef0], ['(s32) big', -1698898192], ['(s64) (u32) big', 0x9abcdef0], ['(u64) (s32) big', BigInt.asIntN(64, -1698898192n)],
      ['(u8) minus', 255], ['(u16) minus', 65535], ['(u32) minus', 4294967295], ['(u64) minus == ones', 1], ['(s64) minus', -1], ['(s64) (u32) minus', 4294967295], ['(s64) (u16) (s8) minus', 65535], ['(u64) (u8) minus', 255], ['(s32) ones', -1], ['(s8) 128', -128], ['(s8) 255', -1], ['(s8) 256', 0],
      ['(u8) 0x1234 + (u8) -1', 0x34 + 255], ['(s16) 0x18000', -32768], ['(char) 200', -56], ['(s32) 0x80000000', -2147483648], ['(u64) (s32) 0x80000000', -2147483648],
    ]);
  });

  describe('to _Bool (6.3.1.2)', () => {
    checkExpressions(DECLARATIONS, [
      ['(_Bool) 0', 0], ['(_Bool) 2', 1], ['(_Bool) 256', 1], ['(_Bool) 0x100000000', 1], ['(_Bool) big', 1], ['(_Bool) 0.5', 1], ['(_Bool) half', 1], ['(_Bool) 0.0', 0], ['(_Bool) -0.0', 0], ['(_Bool) &object', 1], ['(_Bool) null', 0], ['(_Bool) function', 1], ['(_Bool) "x"', 1], ['(_Bool) (u8) 256', 0],
      ['take_bool(256)', 1], ['take_bool(half)', 1], ['take_bool(null)', 0], ['give_bool(0x100000000)', 1], ['give_bool(0)', 0], ['sizeof(_Bool)', 1], ['((_Bool) 5) + 1', 2], ['(u8) (_Bool) 255', 1], ['-(_Bool) 7', -1], ['~(_Bool) 7', -2],
    ]);
  });

  describe('of arguments and results', () => {
    checkExpressions(DECLARATIONS, [
      ['take_u8(0x1ff)', 255], ['take_u8(-1)', 255], ['give_s8(200)', -56], ['give_u64(-1) == ones', 1], ['take_u8(3.99)', 3], ['function(big)', -1698898192], ['function(0x1ffffffffL)', -1],
    ]);
  });

  describe('between floating and integer types', () => {
    checkExpressions(DECLARATIONS, [
      ['(int) 3.99', 3], ['(int) -3.99', -3], ['(int) third', 3], ['(long) 1e18', 10n ** 18n], ['(u64) 1.8e19', 18000000000000000000n], ['(u8) 200.9', 200], ['1 / 2 * 1.0', 0], ['1 / 2.0 * 2', 1], ['(double) 9007199254740993L == 9007199254740992.0', 1], ['(float) 16777217 == 16777216.0f', 1], ['0.1f == 0.1', 0], ['(float) 0.1 == 0.1f', 1], ['half + half', 1], ['-half * 4', -2], ['half < 1', 1], ['!half', 0], ['half && 1', 1], ['half ? 7 : 8', 7], ['1.5 + 1.5f', 3], ['sizeof(1.0f + 1)', 4], ['sizeof(1.0f + 1.0)', 8], ['sizeof(1L + 1.0f)', 4], ['sizeof(long double)', 16], ['7.0 / 2 * 2', 7], ['(ones + 0.0) / 4294967296.0', 4294967296],
    ]);
  });

  describe('between pointers and integers', () => {
    checkExpressions(DECLARATIONS, [
      ['(long) (void *) 0x1234', 0x1234], ['(long) (char *) -1', -1], ['(unsigned) (unsigned long) (void *) -1', 4294967295], ['(int) (long) (void *) (long) -5', -5], ['(void *) (unsigned long) (unsigned) -1 == (void *) 0xffffffff', 1], ['(void *) -1 == (void *) -1L', 1], ['(void *) -1 > (void *) 1', 1], ['(unsigned long) (void *) -4096 >> 12 == ~0ul >> 12', 1],
      ['(void *) (unsigned long) &object == &object', 1], ['*(int *) (unsigned long) &object', 0], ['(unsigned long) null', 0], ['null == 0', 1], ['!null', 1], ['&object != 0', 1], ['!&object', 0], ['(long) ((char *) 0 + 5)', 5], ['(long) ((int *) 8 + 1)', 12], ['((int (*)(int)) (unsigned long) function)(7)', 7], ['(int *) 0 == (void *) 0', 1], ['null ? 1 : 2', 2], ['1 ? null == 0 : 0', 1], ['(char *) &object + 4 == (char *) (&object + 1)', 1],
    ]);
  });
});
