import { expect } from 'chai';
import type { Program } from '../../../analyzer/c/program.js';
import { Unknown, unknownBlock, type Origin, type Value } from '../../../analyzer/c/unknown.js';
import { diagnosticsOf, program } from './run.js';

const HOST: Origin = { kind: 'host', what: 'the host', at: undefined };
const OTHER: Origin = { kind: 'host', what: 'another question', at: undefined };

const DECLARATIONS = `
typedef unsigned char u8; typedef unsigned int u32; typedef unsigned long u64;
u32 host(void); u64 host64(void); u8 host8(void); int hosti(void); _Bool hostb(void); void *hostp(void); double hostd(void); u32 other(void); void *block(void);
`;

/** A program in which host() and its like answer something unknown. */
function withHost(source: string): Program {
  const made = program(DECLARATIONS.trim().replaceAll('\n', ' ') + '\n' + source);
  for (const name of ['host64', 'hosti', 'hostp', 'hostd', 'host']) made.define(name, () => new Unknown(HOST));
  made.define('host8', () => new Unknown(HOST, 0xffn));
  made.define('block', () => unknownBlock(new Unknown(HOST)));
  made.define('hostb', () => new Unknown(HOST, 1n));
  made.define('other', () => new Unknown(OTHER, 0xffff_ffffn));
  return made;
}

function evaluate(body: string, declarations = ''): { value: Value; diagnostics: string[] } {
  const made = withHost(`${declarations}\nu64 f(void) { ${body} }`);
  return { value: made.call('f'), diagnostics: diagnosticsOf(made) };
}

/** "x" for an unknown bit: the low bits of a value, for comparing at a glance. */
function bits(value: Value, width: number): string {
  let text = '';
  for (let i = BigInt(width - 1); i >= 0n; i--) {
    if (value instanceof Unknown && (value.bits >> i) & 1n) text += 'x';
    else text += ((value instanceof Unknown ? value.value : BigInt(value)) >> i) & 1n;
  }
  return text;
}

describe('c/evaluate: unknown values', () => {
  describe('what is computed from one is unknown, with its origin', () => {
    for (const expression of ['host() + 1', '5 - host()', 'host() * 3', 'host() / 7', '1000 / host()', 'host() % 7', '-host()', '~host()', 'host() << 3', '1 << host()', 'host() >> 3', 'host() & 6', 'host() | 6', 'host() ^ 6', 'host() == 6', 'host() < 6', '!host()', 'host() && 1', '0 || host()', '1 ? host() : 0', '(u8) host()', '(u64) hosti()', '(_Bool) host()', '(int) hostd()', 'hostd() * 2 > 1', '(u64) hostp()', '(u64) ((char *) hostp() + 4)', '(u64) &((int *) hostp())[3]', '(0, host())', '({ u32 x = host(); x + 1; })', 'host() + host64()', '__builtin_clz(host())', '__builtin_bswap32(host())', 'add(host(), 1)', '(u64) (hostd() + 1.5)', 'hostd() == 1.5', '-hostd() < 1']) {
      it(expression, () => {
        const { value, diagnostics } = evaluate(`return ${expression};`, 'static u64 add(u32 a, u32 b) { return a + b; }');
        expect(value).to.be.instanceOf(Unknown);
        expect((value as Unknown).origin).to.equal(HOST);
        expect(diagnostics).to.deep.equal([]);
      });
    }
  });

  describe('what is known all the same', () => {
    const cases: readonly (readonly [string, bigint | number])[] = [
      ['host() & 0', 0], ['0 & host()', 0], ['(host() & 0xff) >> 8', 0], ['host() * 0', 0], ['host() | 0xffffffff', 0xffffffffn], ['(host() << 4) & 0xf', 0], ['(u8) (host() << 8)', 0], ['(host() | 5) & 5', 5], ['(u64) host() >> 32', 0], ['(host() & ~0xffu) & 0xff', 0], ['((host() ^ 3) & 0)', 0], ['host() ? 4 : 4', 4],
      ['(host() | 1) != 0', 1], ['!(host() | 1)', 0], ['(host() | 4) && 1', 1], ['(_Bool) (host() | 2)', 1], ['(host() | 8) == 0', 0], ['(host() & 0xf0) == 1', 0], ['(host() | 1) == 2', 0], ['host() && 0', 0], ['host() || 1', 1], ['0 && host()', 0], ['1 || host()', 1], ['0 ? host() : 3', 3], ['(host(), 3)', 3], ['sizeof(host())', 4],
      ['(host() & 0xff) < 0x100', 1], ['(host() & 0xff) > 0xff', 0], ['(host() & 3) <= 3', 1], ['(host() | 0x100) >= 0x100', 1], ['(u64) host() < (1ul << 32)', 1], ['host() >= 0u', 1], ['(int) (host() & 0x7f) >= 0', 1], ['(int) (host() | 0x80000000) < 0', 1], ['host8() < 256', 1], ['hostb() <= 1', 1], ['(hosti() & 7) > -1', 1],
    ];
    for (const [expression, expected] of cases) {
      it(expression, () => {
        const { value, diagnostics } = evaluate(`return ${expression};`);
        expect(value, String(value)).not.to.be.instanceOf(Unknown);
        expect(BigInt(value as bigint)).to.equal(BigInt(expected));
        expect(diagnostics).to.deep.equal([]);
      });
    }
  });

  describe('known bits', () => {
    const cases: readonly (readonly [string, string, number])[] = [
      ['host() & 0x0c', '0000xx00', 8], ['(host() & 0x0c) | 0x81', '1000xx01', 8], ['(host() | 0x0f) & 0x3c', '00xx1100', 8], ['(host() & 0x0c) ^ 0x09', '0000xxx1'.replace('xxx1', 'xx01'), 8], ['~(host() & 0x0c) & 0xff', '1111xx11', 8], ['(host() & 3) << 4', '00xx0000', 8], ['(host() & 0xf0) >> 4', '0000xxxx', 8], ['(host() & 0x100) >> 5', '0000x000', 8],
      ['(u8) (host() & 0x1ff)', 'xxxxxxxx', 8], ['host8()', '0000xxxxxxxx', 12], ['hostb()', '000x', 4], ['!host()', '000x', 4], ['host() == 5', '000x', 4], ['(u64) (signed char) (host8() & 0x8f)', 'xxxxx000xxxx', 12], ['(u64) (int) (host() | 0x80000000) >> 60', '1111', 4], ['(u64) (host() & 0xff)', '0000xxxxxxxx', 12],
      ['({ union { u32 i; u8 b[4]; } u = { .i = host() & 0xff00ff00 }; u.i; }) & 0x00ffffff', '00000000xxxxxxxx00000000', 24], ['({ struct { u32 a : 4, b : 4; } s = { 0 }; s.b = host(); *(u8 *) &s; })', 'xxxx0000', 8], ['({ struct { u32 a : 4, b : 4; } s = { 0 }; s.b = host(); s.a = 5; *(u8 *) &s; })', 'xxxx0101', 8], ['({ struct { u32 a : 4, b : 4; } s = { 0 }; *(u8 *) &s = host8() & 0xf3; s.a; })', '00xx', 4],
    ];
    for (const [expression, expected, width] of cases) it(`${expression} is ${expected}`, () => expect(bits(evaluate(`return ${expression};`).value, width)).to.equal(expected));

    it('of two unknowns, the origin of one is kept', () => {
      const { value } = evaluate('return (host() & 0xf0) | (other() & 0x0f);');
      expect(bits(value, 8)).to.equal('xxxxxxxx');
      expect([HOST, OTHER]).to.include((value as Unknown).origin);
    });
  });

  describe('in memory', () => {
    it('a variable, a member, an element hold one', () => {
      const { value, diagnostics } = evaluate('struct { u64 a; u32 b[2]; } s = { 1, { 2, host() } }; u32 *p = &s.b[1]; s.a += s.b[0]; return *p == 7 ? s.a : s.a + 0;');
      expect(value).to.equal(3n);
      expect(diagnostics).to.deep.equal([]);
    });

    it('only the bytes that are unknown are', () => {
      const { value } = evaluate('u8 b[8] = { 1, 2, 3, 4, 5, 6, 7, 8 }; b[2] = host8(); return *(u64 *) b;');
      expect(bits(value, 64)).to.equal('0000100000000111000001100000010100000100xxxxxxxx0000001000000001');
    });

    it('what is stored over it is known again', () => {
      expect(evaluate('u64 x = host64(); u32 *p = (u32 *) &x; p[0] = 5; p[1] = 6; return x;').value).to.equal(0x0000_0006_0000_0005n);
    });

    it('a part of it keeps what is known of that part', () => {
      expect(bits(evaluate('u64 x = (host64() & 0xf0) | 0x1200000000; u32 *p = (u32 *) &x; return p[1];').value, 8)).to.equal('00010010');
      expect(bits(evaluate('u64 x = (host64() & 0xf0) | 0x1200000000; u32 *p = (u32 *) &x; p[0] = 7; return x;').value, 40)).to.equal('0001001000000000000000000000000000000111');
      expect(bits(evaluate('u32 x = host() & 0xff00; u8 *p = (u8 *) &x; return p[0] + p[2];').value, 8)).to.equal('00000000');
    });

    it('copies take it along', () => {
      expect(bits(evaluate('struct s { u32 a, b; } x = { 5, host() & 6 }, y = x, z[2]; z[1] = y; return z[1].b;').value, 4)).to.equal('0xx0');
    });

    it('a rollback brings back what was there', () => {
      const made = withHost('u32 x = 5; u32 y; void spoil(void) { x = host(); y = 7; } void init(void) { y = host(); } u32 getx(void) { return x; } u32 gety(void) { return y; }');
      made.call('init');
      const checkpoint = made.memory.checkpoint();
      made.call('spoil');
      expect(made.call('getx')).to.be.instanceOf(Unknown);
      expect(made.call('gety')).to.equal(7);
      made.memory.rollback(checkpoint);
      expect(made.call('getx')).to.equal(5);
      expect(made.call('gety')).to.be.instanceOf(Unknown);
    });
  });

  describe('where one may not be used', () => {
    it('a store through an unknown pointer is a diagnostic with file and line', () => {
      const { diagnostics } = evaluate('int *p = hostp();\n*p = 5; return 0;');
      expect(diagnostics).to.deep.equal(['error a.c:4 store through an unknown pointer']);
    });

    it('a store to an element with an unknown index, too', () => {
      expect(evaluate('int a[4];\na[host()] = 5;\nreturn 0;').diagnostics).to.deep.equal(['error a.c:4 store through an unknown pointer']);
    });

    it('a load through an unknown pointer is unknown', () => {
      const { value, diagnostics } = evaluate('static int a[4] = { 1, 2, 3, 4 }; return a[host() & 3];');
      expect((value as Unknown).origin).to.equal(HOST);
      expect(diagnostics).to.deep.equal([]);
    });

    it('a block of unknown size holds nothing known: stores to it are no loss, what is loaded is unknown', () => {
      const { value, diagnostics } = evaluate('struct s { u32 *p; char text[4]; } *s = block(); s->text[1] = 5; s->text[host()] = 6; *(int *) s = 7; return s->text[1];');
      expect((value as Unknown).origin).to.equal(HOST);
      expect(diagnostics).to.deep.equal([]);
    });

    it('but a pointer from such a block points anywhere, and so does what is computed from its address', () => {
      const lost = ['error a.c:4 store through an unknown pointer'];
      expect(evaluate('u32 **p = block();\n**p = 5; return 0;').diagnostics).to.deep.equal(lost);
      expect(evaluate('u32 a[4]; char *p = block();\na[(u64) p & 3] = 5; return 0;').diagnostics).to.deep.equal(lost);
      expect(evaluate('u32 a[4]; char *p = block(), *q = block();\na[p - q] = 5; return 0;').diagnostics).to.deep.equal(lost);
      expect(evaluate('u32 a, b, *p = block(), *q = (void *) p == hostp() ? &a : &b;\n*q = 5; return 0;').diagnostics).to.deep.equal(lost);
    });

    it('a loop that one decides is a diagnostic, and ends', () => {
      expect(evaluate('u64 n = 0; u32 x = host();\nwhile (x) { x--; n++; }\nreturn n;').diagnostics).to.deep.equal(['error a.c:4 a loop that the host decides']);
      expect(evaluate('u64 n = 0;\nfor (u32 i = 0; i < host(); i++) n++;\nreturn n;').diagnostics).to.deep.equal(['error a.c:4 a loop that the host decides']);
      expect(evaluate('u64 n = 0;\ndo { n++; }\nwhile (n < host());\nreturn n;').diagnostics).to.deep.equal(['error a.c:5 a loop that the host decides']);
    });

    it('a call through an unknown pointer is a diagnostic', () => {
      expect(evaluate('int (*p)(void) = hostp();\nreturn p();').diagnostics).to.deep.equal(['error a.c:4 call through an unknown pointer (the host)']);
    });
  });
});
