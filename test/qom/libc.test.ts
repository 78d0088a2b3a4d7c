import { expect } from 'chai';
import { Unknown } from '../../analyzer/c/unknown.js';
import { GuestAbort } from '../../analyzer/qom/abort.js';
import { defineLibc } from '../../analyzer/qom/libc.js';
import { FakeMachine, HOST_BYTES, HOST_TEXT } from './fake-machine.js';

describe('the C library', () => {
  let m: FakeMachine;
  let messages: string[];
  beforeEach(() => {
    m = new FakeMachine();
    messages = [];
    defineLibc(m, { messages });
  });
  const read = (address: unknown): string => m.memory.cstring(address as number);
  const sign = (v: unknown): number => Math.sign(v as number);
  const errno = (): unknown => m.memory.load(m.call('__errno_location') as number, 4);

  describe('numbers in text', () => {
    const parse = (f: string, text: string, base = 0): [unknown, string, unknown] => {
      const s = m.text(text), end = m.memory.allocate(8);
      m.memory.store(m.call('__errno_location') as number, 4, 0);
      const value = m.call(f, s, end, base);
      return [value, read(m.memory.loadPointer(end)), errno()];
    };
    it('strtol reads space, sign and prefix, and stops at the first other character', () => {
      expect(parse('strtol', '  -42x')).to.deep.equal([-42n, 'x', 0]);
      expect(parse('strtol', '0x1Fg')).to.deep.equal([31n, 'g', 0]);
      expect(parse('strtol', '0x')).to.deep.equal([0n, 'x', 0]);
      expect(parse('strtol', '0779')).to.deep.equal([63n, '9', 0]);
      expect(parse('strtol', 'zz', 36)).to.deep.equal([1295n, '', 0]);
      expect(parse('strtol', 'none')).to.deep.equal([0n, 'none', 0]);
    });
    it('strtoll and strtoull stop at their limits and say ERANGE', () => {
      expect(parse('strtoll', '9223372036854775808')).to.deep.equal([(1n << 63n) - 1n, '', 34]);
      expect(parse('strtoll', '-9223372036854775808')).to.deep.equal([-(1n << 63n), '', 0]);
      expect(parse('strtoull', '18446744073709551615')).to.deep.equal([(1n << 64n) - 1n, '', 0]);
      expect(parse('strtoull', '18446744073709551616')).to.deep.equal([(1n << 64n) - 1n, '', 34]);
      expect(parse('strtoull', '-1')).to.deep.equal([(1n << 64n) - 1n, '', 0]);
      expect([m.call('strtol', m.text('1'), 0, 1), errno()]).to.deep.equal([0n, 22]);
    });
    it('strtod reads decimal, hexadecimal and special numbers', () => {
      expect(parse('strtod', '1.5e3k').slice(0, 2)).to.deep.equal([1500, 'k']);
      expect(parse('strtod', '0x1.8p1').slice(0, 2)).to.deep.equal([3, '']);
      expect(parse('strtod', '-inf').slice(0, 2)).to.deep.equal([-Infinity, '']);
      expect(parse('strtod', '.').slice(0, 2)).to.deep.equal([0, '.']);
    });
    it('sscanf stores what matches and counts it', () => {
      const a = m.memory.allocate(4), b = m.memory.allocate(4), n = m.memory.allocate(4);
      expect(m.call('sscanf', m.text('1f.7'), m.text('%x.%x%n'), a, b, n)).to.equal(2);
      expect([m.memory.load(a, 4), m.memory.load(b, 4), m.memory.load(n, 4)]).to.deep.equal([31, 7, 4]);
      expect(m.call('sscanf', m.text('zz'), m.text('%x'), a)).to.equal(0);
      expect(m.call('sscanf', m.text(''), m.text('%x'), a)).to.equal(-1);
      const bytes = m.memory.allocate(2);
      expect(m.call('sscanf', m.text('a1b2'), m.text('%02hhx%02hhx'), bytes, bytes + 1)).to.equal(2);
      expect([...m.memory.readBytes(bytes, 2)]).to.deep.equal([0xa1, 0xb2]);
      const word = m.memory.allocate(16);
      expect(m.call('sscanf', m.text('key=value'), m.text('%15[^=]'), word)).to.equal(1);
      expect(read(word)).to.equal('key');
    });
  });

  describe('strings', () => {
    it('compare by unsigned bytes, up to a limit, with or without case', () => {
      expect(sign(m.call('strcmp', m.text('abc'), m.text('abd')))).to.equal(-1);
      expect(sign(m.call('strcmp', m.text('\xff'), m.text('a')))).to.equal(1);
      expect(m.call('strncmp', m.text('abc'), m.text('abd'), 2n)).to.equal(0);
      expect(m.call('strcasecmp', m.text('EPYC'), m.text('epyc'))).to.equal(0);
    });
    it('are searched', () => {
      const s = m.text('host-cache,level=4');
      expect(m.call('strchr', s, 44)).to.equal(s + 10);
      expect(m.call('strchr', s, 0)).to.equal(s + 18);
      expect(m.call('strchr', s, 90)).to.equal(0);
      expect(m.call('strrchr', s, 'e'.charCodeAt(0))).to.equal(s + 14);
      expect(m.call('strstr', s, m.text('level'))).to.equal(s + 11);
      expect(m.call('strpbrk', s, m.text('=,'))).to.equal(s + 10);
      expect(m.call('strspn', s, m.text('host'))).to.equal(4);
      expect(m.call('strcspn', s, m.text('-'))).to.equal(4);
    });
    it('fall apart into tokens in their place', () => {
      const s = m.text('a,,b'), save = m.memory.allocate(8), comma = m.text(',');
      expect(read(m.call('strtok_r', s, comma, save))).to.equal('a');
      expect(read(m.call('strtok_r', 0, comma, save))).to.equal('b');
      expect(m.call('strtok_r', 0, comma, save)).to.equal(0);
      const p = m.memory.allocate(8);
      m.memory.store(p, 8, m.text('a,,b'));
      expect(['a', '', 'b'].map(() => read(m.call('strsep', p, comma)))).to.deep.equal(['a', '', 'b']);
      expect(m.call('strsep', p, comma)).to.equal(0);
    });
    it('are copied within limits', () => {
      const to = m.memory.allocate(16);
      m.memory.fill(to, 1, 16);
      m.call('strncpy', to, m.text('ab'), 4n);
      expect([...m.memory.readBytes(to, 5)]).to.deep.equal([97, 98, 0, 0, 1]);
      m.call('pstrcpy', to, 3, m.text('wxyz'));
      expect(read(to)).to.equal('wx');
      m.call('strcat', to, m.text('yz'));
      expect(read(to)).to.equal('wxyz');
      expect(m.call('snprintf', to, 4n, m.text('%d'), 12345)).to.equal(5);
      expect(read(to)).to.equal('123');
    });
  });

  describe('unknown bytes', () => {
    it('count as characters only where they cannot be the end', () => {
      expect(m.call('strlen', m.partlyUnknown('????', HOST_TEXT))).to.equal(4);
      expect(m.call('strlen', m.partlyUnknown('????', HOST_BYTES))).to.be.instanceOf(Unknown);
    });
    it('are moved as they are', () => {
      const to = m.memory.allocate(8);
      m.call('strcpy', to, m.partlyUnknown('a?c', HOST_TEXT));
      expect(m.memory.load(to, 1)).to.equal(97);
      expect((m.memory.load(to + 1, 1) as Unknown).origin).to.equal(HOST_TEXT.origin);
      m.call('memcpy', to + 4, to, 3n);
      expect(m.memory.load(to + 5, 1)).to.be.instanceOf(Unknown);
      expect(m.memory.load(to + 6, 1)).to.equal(99);
    });
    it('are copied into a block of their unknown length', () => {
      const text = m.partlyUnknown('????', HOST_BYTES);
      const length = m.call('strlen', text);
      const block = m.call('malloc', length);
      expect(m.call('memcpy', block, text, length)).to.equal(block);
      expect(m.call('memset', block, 0, length)).to.equal(block);
      expect(m.diagnostics).to.deep.equal([]);
      m.skipping = true;
      m.call('memcpy', m.memory.allocate(8), text, length);
      expect(m.diagnostics).to.deep.equal([]);
      m.skipping = false;
      m.call('memcpy', m.memory.allocate(8), text, length);
      expect(m.diagnostics.map(({ what }) => what)).to.deep.equal(['memcpy() depends on unknown (a register at <builtin>)']);
    });
    it('are what a copy from an unknown place leaves behind', () => {
      const to = m.text('abcd');
      expect(m.call('memcpy', to, new Unknown(HOST_BYTES.origin), 2n)).to.equal(to);
      expect([0, 1, 2].map((i) => m.memory.load(to + i, 1) instanceof Unknown)).to.deep.equal([true, true, false]);
      expect(m.diagnostics).to.deep.equal([]);
    });
    it('leave a comparison known where a known byte before them decides', () => {
      expect(sign(m.call('strcmp', m.partlyUnknown('b?', HOST_TEXT), m.text('ax')))).to.equal(1);
    });
    it('make a comparison unknown, but certainly unequal where a later byte or the length differs', () => {
      const equalMaybe = m.call('strcmp', m.partlyUnknown('a?c', HOST_TEXT), m.text('axc')) as Unknown;
      expect([equalMaybe instanceof Unknown, equalMaybe.nonzero]).to.deep.equal([true, false]);
      for (const other of ['axd', 'a', 'axcd']) {
        const differs = m.call('strcmp', m.partlyUnknown('a?c', HOST_TEXT), m.text(other)) as Unknown;
        expect([differs instanceof Unknown, differs.nonzero], other).to.deep.equal([true, true]);
      }
    });
    it('make memcmp unknown unless they do not matter', () => {
      const a = m.partlyUnknown('a?c', HOST_BYTES);
      expect(m.call('memcmp', a, m.text('axc'), 1n)).to.equal(0);
      expect(m.call('memcmp', a, m.text('axc'), 3n)).to.be.instanceOf(Unknown);
    });
  });

  describe('sorting', () => {
    it('qsort calls the comparator back with the addresses of elements, and is stable', () => {
      const base = m.memory.allocate(24);
      [[3, 0], [1, 1], [3, 2], [2, 3], [1, 4], [2, 5]].forEach(([key, id], i) => { m.memory.store(base + 4 * i, 2, key!); m.memory.store(base + 4 * i + 2, 2, id!); });
      m.call('qsort', base, 6n, 4n, m.callback((a, b) => (m.memory.load(a, 2) as number) - (m.memory.load(b, 2) as number)));
      expect(Array.from({ length: 6 }, (_, i) => m.memory.load(base + 4 * i + 2, 2))).to.deep.equal([1, 4, 3, 5, 0, 2]);
    });
    it('bsearch finds an element or nothing', () => {
      const base = m.memory.allocate(16);
      [1, 3, 5, 7].forEach((v, i) => { m.memory.store(base + 4 * i, 4, v); });
      const key = m.memory.allocate(4), compare = m.callback((a, b) => (m.memory.load(a, 4) as number) - (m.memory.load(b, 4) as number));
      m.memory.store(key, 4, 5);
      expect(m.call('bsearch', key, base, 4n, 4n, compare)).to.equal(base + 8);
      m.memory.store(key, 4, 4);
      expect(m.call('bsearch', key, base, 4n, 4n, compare)).to.equal(0);
    });
    it('reports an order that is unknown', () => {
      m.call('qsort', m.memory.allocate(8), 2n, 4n, m.callback(() => HOST_BYTES));
      expect(m.diagnostics.map((d) => d.what).join()).to.contain('a register');
    });
  });

  describe('ends', () => {
    const ending = (run: () => void): GuestAbort => {
      try { run(); } catch (error) { return error as GuestAbort; }
      throw new Error('went on');
    };
    it('exit, abort and failed assertions say what and where', () => {
      const exit = ending(() => m.call('exit', 3));
      expect([exit.name, exit.kind, exit.status, exit.at]).to.deep.equal(['GuestAbort', 'exit', 3, { file: 'test.c', line: 1 }]);
      expect(ending(() => m.call('abort')).kind).to.equal('abort');
      const assertion = ending(() => m.call('__assert_fail', m.text('x > 0'), m.text('a.c'), 12, m.text('f')));
      expect([assertion.kind, assertion.reason]).to.deep.equal(['assertion', "a.c:12: f: Assertion 'x > 0' failed"]);
    });
    it('waiting, with nobody to wait for, does not hang', () => {
      expect(ending(() => m.call('pthread_cond_wait', 0, 0)).kind).to.equal('deadlock');
    });
  });

  it('collects what is printed', () => {
    m.call('fprintf', 0x2002, m.text('warning: %s\n'), m.text('old'));
    m.call('vprintf', m.text('%d'), m.list(7));
    m.call('puts', m.text('x'));
    expect(messages).to.deep.equal(['warning: old\n', '7', 'x\n']);
  });

  it('has an empty environment, and a clock that only the host knows', () => {
    expect(m.call('getenv', m.text('HOME'))).to.equal(0);
    expect((m.call('time', 0) as Unknown).origin.kind).to.equal('host');
  });
});
