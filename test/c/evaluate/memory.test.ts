import { expect } from 'chai';
import { Memory, MemoryError } from '../../../analyzer/c/memory.js';
import { Unknown } from '../../../analyzer/c/unknown.js';
import { program, run } from './run.js';

const unknown = (bits?: bigint, value?: bigint): Unknown => new Unknown({ kind: 'host', what: 'the host', at: undefined }, bits, value);

describe('c/evaluate: memory', () => {
  let memory: Memory;
  beforeEach(() => { memory = new Memory(); });

  it('is little-endian and takes any alignment', () => {
    const a = memory.allocate(32) + 3;
    memory.store(a, 8, 0x1122334455667788n);
    expect([memory.load(a, 1), memory.load(a + 1, 2), memory.load(a + 4, 4), memory.load(a, 8)]).to.deep.equal([0x88, 0x6677, 0x11223344, 0x1122334455667788n]);
    memory.store(a + 1, 2, -2);
    expect(memory.load(a, 8)).to.equal(0x1122334455fffe88n);
  });

  it('pointers are numbers, negative in the upper half', () => {
    const a = memory.allocate(16);
    for (const pointer of [0, 0x12345678, 0x7fff_ffff_f000, -1, -4096, 2 ** 40]) {
      memory.store(a, 8, pointer);
      expect(memory.loadPointer(a)).to.equal(pointer);
    }
    expect((memory.store(a, 8, -1), memory.load(a, 8))).to.equal(0xffff_ffff_ffff_ffffn);
    memory.store(a, 8, 0x1234_5678_9abc_def1n);
    expect(memory.loadPointer(a)).to.be.instanceOf(Unknown);
  });

  it('fresh storage is zero and distinct', () => {
    const [a, b, c] = [memory.allocate(0), memory.allocate(5), memory.allocate(100)];
    expect(new Set([a, b, c]).size).to.equal(3);
    expect(memory.readBytes(c, 100).every((x) => x === 0)).to.equal(true);
    expect([a % 16, b % 16, c % 16]).to.deep.equal([0, 0, 0]);
    expect(memory.allocateStatic(1, 64) % 64).to.equal(0);
  });

  it('accesses near null and to functions fault', () => {
    expect(() => memory.load(0, 4)).to.throw(MemoryError, 'null pointer dereferenced');
    expect(() => memory.store(16, 4, 1)).to.throw(MemoryError, 'access to address 16 near null');
    expect(() => memory.load(0x10000, 1)).to.throw(MemoryError, 'a function is not an object');
    expect(() => memory.load(2 ** 40, 1)).to.throw(MemoryError, 'access past the end of memory');
  });

  it('strings', () => {
    const a = memory.allocateCString('h\xe9llo');
    expect(memory.cstring(a)).to.equal('h\xe9llo');
    expect(memory.cstring(a + 5)).to.equal('');
    memory.store(a + 2, 1, unknown(0xffn));
    expect(() => memory.cstring(a)).to.throw(MemoryError);
    expect(memory.tryCString(a)).to.equal(undefined);
    expect(memory.cstring(a + 3)).to.equal('lo');
  });

  describe('checkpoints', () => {
    it('a rollback restores everything, allocation included', () => {
      const a = memory.allocate(32);
      memory.store(a, 8, 5n);
      memory.writeCString(a + 8, 'before');
      const checkpoint = memory.checkpoint();
      memory.store(a, 4, 7);
      memory.store(a + 2, 1, unknown(0xffn));
      memory.writeCString(a + 8, 'after');
      const b = memory.allocate(64);
      memory.fill(b, 0xff, 64);
      memory.rollback(checkpoint);
      expect(memory.load(a, 8)).to.equal(5n);
      expect(memory.cstring(a + 8)).to.equal('before');
      expect(memory.allocate(64)).to.equal(b);
      expect(memory.readBytes(b, 64).every((x) => x === 0)).to.equal(true);
    });

    it('nest, and can be committed', () => {
      const a = memory.allocate(16);
      const outer = memory.checkpoint();
      memory.store(a, 4, 1);
      const inner = memory.checkpoint();
      memory.store(a, 4, 2);
      memory.rollback(inner);
      expect(memory.load(a, 4)).to.equal(1);
      const second = memory.checkpoint();
      memory.store(a, 4, 3);
      memory.commit(second);
      expect(memory.load(a, 4)).to.equal(3);
      memory.rollback(outer);
      expect(memory.load(a, 4)).to.equal(0);
    });

    it('put back integers of every size, and what was unknown', () => {
      const a = memory.allocate(64);
      memory.store(a, 8, 0x1122_3344_5566_7788n);
      memory.store(a + 16, 4, unknown(0xffff_ffffn));
      const checkpoint = memory.checkpoint();
      memory.store(a, 1, 1);
      memory.store(a + 2, 2, 2);
      memory.store(a + 4, 4, 3);
      memory.store(a, 8, unknown((1n << 64n) - 1n));
      memory.store(a + 16, 4, 5);
      memory.fill(a + 32, 9, 20);
      memory.rollback(checkpoint);
      expect(memory.load(a, 8)).to.equal(0x1122_3344_5566_7788n);
      expect(memory.load(a + 16, 4)).to.be.instanceOf(Unknown);
      expect([...memory.readBytes(a + 32, 20)].every((x) => x === 0)).to.equal(true);
    });

    it('let the heap go on at a place that is the same each time', () => {
      for (const size of [16, 160]) {
        const first = memory.checkpoint();
        memory.allocate(size);
        const second = memory.checkpoint(first.brk + 4096);
        expect(memory.allocate(16)).to.equal(first.brk + 4096);
        memory.rollback(second);
        expect(memory.top).to.equal(first.brk + size);
        memory.rollback(first);
      }
      expect(() => memory.checkpoint(memory.top - 16)).to.throw(MemoryError);
    });

    it('what happened within one can be had again without executing it', () => {
      const a = memory.allocate(16);
      const value = unknown(0xffn);
      const happen = (): number => {
        const b = memory.allocate(32);
        memory.store(b, 8, a);
        memory.store(b + 8, 1, value);
        memory.store(a, 4, 7);
        memory.store(a + 8, 1, value);
        return b;
      };
      const from = memory.top + 4096;
      let checkpoint = memory.checkpoint(from);
      memory.store(a + 4, 4, 1);
      const since = memory.moment;
      const b = happen();
      const effects = memory.effects(from, since)!;
      memory.rollback(checkpoint);
      expect(memory.load(a, 8)).to.equal(0n);
      checkpoint = memory.checkpoint(from);
      memory.store(a + 4, 4, 2);
      memory.repeat(effects);
      expect([memory.load(a, 4), memory.load(a + 4, 4), memory.loadPointer(b), memory.load(b + 8, 1), memory.load(a + 8, 1)]).to.deep.equal([7, 2, a, value, value]);
      expect(memory.allocate(16)).to.equal(b + 32);
      memory.rollback(checkpoint);
      expect([memory.load(a, 8), memory.load(a + 8, 8)]).to.deep.equal([0n, 0n]);
    });

    it('and so can a second step, which changes what the first one made', () => {
      const value = unknown(0xffn);
      const checkpoint = memory.checkpoint();
      const a = memory.allocate(32);
      memory.store(a, 4, 1);
      memory.rememberAll();
      const since = memory.moment;
      const from = memory.top;
      memory.store(memory.allocate(16), 4, 9);
      memory.store(a + 4, 4, 2);
      memory.store(a + 16, 1, value);
      const effects = memory.effects(from, since)!;
      memory.rollback(checkpoint);
      expect([memory.load(a, 8), memory.load(a + 16, 1), memory.top]).to.deep.equal([0n, 0, checkpoint.brk]);
      const again = memory.checkpoint();
      memory.store(memory.allocate(32), 4, 3);
      memory.rememberAll();
      memory.repeat(effects);
      expect([memory.load(a, 4), memory.load(a + 4, 4), memory.load(a + 16, 1), memory.load(from, 4), memory.top]).to.deep.equal([3, 2, value, 9, from + 16]);
      memory.rollback(again);
      expect([memory.load(a, 8), memory.load(a + 16, 1)]).to.deep.equal([0n, 0]);
    });

    it('what happened outside of the memory cannot', () => {
      const checkpoint = memory.checkpoint();
      memory.onRollback(() => undefined);
      expect(memory.effects(checkpoint.from, 0)).to.equal(undefined);
      memory.rollback(checkpoint);
    });

    it('state elsewhere takes part', () => {
      const undone: string[] = [];
      const checkpoint = memory.checkpoint();
      memory.onRollback(() => undone.push('first'));
      memory.onRollback(() => undone.push('second'));
      memory.rollback(checkpoint);
      expect(undone).to.deep.equal(['second', 'first']);
    });

    it('static objects keep their initial values, whenever they came into being', () => {
      const made = program('static int a = 5; static int b[3] = { 1, 2, 3 }; int geta(void) { return a; } int getb(void) { return b[1]; } void change(void) { a = 6; b[1]++; }');
      const checkpoint = made.memory.checkpoint();
      made.call('change');
      expect([made.call('geta'), made.call('getb')]).to.deep.equal([6, 3]);
      made.memory.rollback(checkpoint);
      expect([made.call('geta'), made.call('getb')]).to.deep.equal([5, 2]);
    });
  });

  describe('unknown bytes', () => {
    it('are in the bytes that they were stored to, and gone when something else is', () => {
      const a = memory.allocate(16);
      memory.store(a, 4, unknown(0xffff_ffffn));
      expect(memory.load(a + 4, 4)).to.equal(0);
      expect(memory.load(a, 4)).to.be.instanceOf(Unknown);
      memory.store(a, 4, 9);
      expect(memory.load(a, 8)).to.equal(9n);
    });

    it('keep what is known of each', () => {
      const a = memory.allocate(16);
      memory.store(a, 8, unknown(0xff00n, 0x1100_0000_0000_0022n));
      expect([memory.load(a, 1), memory.load(a + 2, 4), memory.load(a + 7, 1)]).to.deep.equal([0x22, 0, 0x11]);
      const low = memory.load(a, 4) as Unknown;
      expect([low.bits, low.value]).to.deep.equal([0xff00n, 0x22n]);
      memory.copy(a + 8, a, 8);
      const copied = memory.load(a + 8, 8) as Unknown;
      expect([copied.bits, copied.value]).to.deep.equal([0xff00n, 0x1100_0000_0000_0022n]);
    });

    it('a value that is loaded as it was stored is the same value', () => {
      const a = memory.allocate(16);
      const value = new Unknown({ kind: 'host', what: 'the host', at: undefined }, undefined, undefined, true);
      memory.store(a, 8, value);
      expect(memory.load(a, 8)).to.equal(value);
      memory.store(a + 8, 8, value);
      expect(memory.load(a, 8)).to.equal(value);
      expect(memory.load(a + 4, 8)).not.to.equal(value);
    });

    it('bytes that are read as known must be', () => {
      const a = memory.allocate(16);
      memory.store(a + 1, 1, unknown(0xffn));
      expect(() => memory.readBytes(a, 4)).to.throw(MemoryError);
      memory.fill(a, 7, 4);
      expect([...memory.readBytes(a, 4)]).to.deep.equal([7, 7, 7, 7]);
    });
  });

  it('a watcher hears of loads and stores in its range', () => {
    const a = memory.allocate(256);
    const heard: string[] = [];
    memory.watcher = { load: (at, size) => heard.push(`load ${at - a} ${size}`), store: (at, size, value) => heard.push(`store ${at - a} ${size} ${String(value)}`) };
    memory.watch(a + 64, 16);
    memory.store(a, 4, 1);
    memory.store(a + 64, 4, 2);
    memory.load(a + 68, 2);
    memory.unwatch(a + 64, 16);
    memory.load(a + 64, 4);
    expect(heard).to.deep.equal(['store 64 4 2', 'load 68 2']);
  });

  describe('of a program', () => {
    it('static objects are made when they are first needed, in any order and however they refer to each other', () => {
      expect(run('struct s { int v; struct s *other; }; static struct s a, c; static struct s b = { 2, &c }; static struct s c = { 3, &a }; static struct s a = { 1, &b }; static struct s *all[] = { &c, &b, &a }; int f(void) { struct s **p = all; return p[0]->v * 1000 + p[1]->other->v * 100 + p[2]->other->v * 10 + a.other->other->other->v; }')).to.equal(3321);
    });

    it('small static objects next to each other do not mix', () => {
      expect(run('static char a[1] = { 1 }, b[1] = { 2 }, c[1] = { 3 }, d[1] = { 4 }; static char *all[] = { a, b, c, d }; int f(void) { int r = 0; for (int i = 3; i >= 0; i--) { char **p = &all[i]; **p += i; r = r * 100 + **p; } return r; }')).to.equal(7050301);
    });

    it('a local is fresh in each call, and calls do not disturb each other', () => {
      expect(run('static int g(int n) { int a[4] = { 0 }; a[n] = n; if (n) a[0] = g(n - 1); return a[0] * 10 + a[n]; } int f(void) { return g(3); }')).to.equal(123);
    });

    it('where the initial value of a static object is spelled can be asked', () => {
      const made = program('\nstruct s { int a; const char *b; };\nstruct s v[] = {\n  { 1,\n    "x" },\n  { .b = "y" },\n};\n');
      const at = made.addressOf('v');
      made.memory.load(at, 4);
      expect([0, 8, 24].map((offset) => made.dataLocation(at + offset)?.line)).to.deep.equal([4, 5, 6]);
      expect(made.objectAt(at + 20)?.name).to.equal('v');
    });
  });
});
