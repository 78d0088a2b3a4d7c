import { expect } from 'chai';
import { Unknown, type Value } from '../../analyzer/c/unknown.js';
import { defineGlib } from '../../analyzer/qom/glib.js';
import { defineLibc } from '../../analyzer/qom/libc.js';
import { FakeMachine, HOST_BYTES, HOST_TEXT } from './fake-machine.js';

describe('glib', () => {
  let m: FakeMachine;
  let messages: string[];
  beforeEach(() => {
    m = new FakeMachine();
    messages = [];
    defineLibc(m, { messages });
    defineGlib(m, { messages });
  });
  const read = (address: unknown): string => m.memory.cstring(address as number);
  const pointer = (address: number): number => m.memory.loadPointer(address) as number;

  describe('hash tables', () => {
    const stringTable = (keyFree = 0, valueFree = 0): number => m.call('g_hash_table_new_full', m.addressOf('g_str_hash'), m.addressOf('g_str_equal'), keyFree, valueFree) as number;
    const insert = (t: number, key: string, value: Value = 1): Value => m.call('g_hash_table_insert', t, m.text(key), value);
    const entries = (t: number): [number, number][] => {
      const iter = m.memory.allocate(40), key = m.memory.allocate(8), value = m.memory.allocate(8);
      const found: [number, number][] = [];
      m.call('g_hash_table_iter_init', iter, t);
      while (m.call('g_hash_table_iter_next', iter, key, value) === 1) found.push([pointer(key), pointer(value)]);
      return found;
    };
    const names = (t: number): string[] => entries(t).map(([key]) => read(key));

    // recorded from libglib-2.0 2.74.6
    it('list their entries in the order of real glib', () => {
      const t = stringTable();
      for (const name of ['type', 'realized', 'hotpluggable', 'hotplugged', 'parent_bus', 'vendor', 'family', 'model', 'stepping', 'level', 'xlevel', 'tsc-frequency', 'apic-id']) insert(t, name);
      expect(names(t).join(' ')).to.equal('family hotpluggable model realized level xlevel apic-id vendor type parent_bus hotplugged stepping tsc-frequency');
      for (const name of ['type', 'family', 'level', 'vendor', 'apic-id', 'parent_bus', 'xlevel', 'stepping', 'model']) m.call('g_hash_table_remove', t, m.text(name));
      insert(t, 'hv-passthrough');
      expect(names(t).join(' ')).to.equal('hotpluggable realized hv-passthrough hotplugged tsc-frequency');
    });

    it('find, replace and remove by what the key says', () => {
      const t = stringTable();
      expect(insert(t, 'a', 1)).to.equal(1);
      expect(insert(t, 'a', 2)).to.equal(0);
      expect(m.call('g_hash_table_lookup', t, m.text('a'))).to.equal(2);
      expect(m.call('g_hash_table_lookup', t, m.text('b'))).to.equal(0);
      expect(m.call('g_hash_table_size', t)).to.equal(1);
      expect(m.call('g_hash_table_remove', t, m.text('a'))).to.equal(1);
      expect(m.call('g_hash_table_remove', t, m.text('a'))).to.equal(0);
      expect(m.call('g_hash_table_contains', t, m.text('a'))).to.equal(0);
    });

    it('keep the old key on insert and take the new one on replace, and free what they drop', () => {
      const freed: number[] = [];
      const free = m.callback((p) => { freed.push(p); return 0; });
      const t = stringTable(free, free);
      const [k1, k2, k3] = [m.text('k'), m.text('k'), m.text('k')];
      m.call('g_hash_table_insert', t, k1, 11);
      m.call('g_hash_table_insert', t, k2, 12);
      expect([entries(t)[0]![0], freed]).to.deep.equal([k1, [k2, 11]]);
      m.call('g_hash_table_replace', t, k3, 13);
      expect([entries(t)[0]![0], freed]).to.deep.equal([k3, [k2, 11, k1, 12]]);
      m.call('g_hash_table_destroy', t);
      expect(freed).to.deep.equal([k2, 11, k1, 12, k3, 13]);
    });

    it('know integers behind pointers, pointers themselves, and functions of the program', () => {
      const int64 = m.call('g_hash_table_new', m.addressOf('g_int64_hash'), m.addressOf('g_int64_equal'));
      const [a, b] = [m.memory.allocate(8), m.memory.allocate(8)];
      m.memory.store(a, 8, 0x1_0000_0002n);
      m.memory.store(b, 8, 0x1_0000_0002n);
      m.call('g_hash_table_insert', int64, a, 5);
      expect(m.call('g_hash_table_lookup', int64, b)).to.equal(5);
      const direct = m.call('g_hash_table_new', 0, 0);
      m.call('g_hash_table_insert', direct, 42, 6);
      expect([m.call('g_hash_table_lookup', direct, 42), m.call('g_hash_table_lookup', direct, 43)]).to.deep.equal([6, 0]);
      const custom = m.call('g_hash_table_new', m.callback((p) => p % 10), m.callback((x, y) => (x % 10 === y % 10 ? 1 : 0)));
      m.call('g_hash_table_insert', custom, 13, 7);
      expect(m.call('g_hash_table_lookup', custom, 23)).to.equal(7);
    });

    it('can be changed while they are iterated', () => {
      const t = stringTable();
      for (const name of ['a', 'b', 'c', 'd']) insert(t, name);
      const iter = m.memory.allocate(40), key = m.memory.allocate(8);
      m.call('g_hash_table_iter_init', iter, t);
      while (m.call('g_hash_table_iter_next', iter, key, 0) === 1) if ('bd'.includes(read(pointer(key)))) m.call('g_hash_table_iter_remove', iter);
      expect(names(t).sort()).to.deep.equal(['a', 'c']);
      expect(m.call('g_hash_table_foreach_remove', t, m.callback((k) => (read(k) === 'a' ? 1 : 0)), 0)).to.equal(1);
      expect(names(t)).to.deep.equal(['c']);
    });

    it('are as they were after a rollback', () => {
      const t = stringTable();
      for (let i = 0; i < 10; i++) insert(t, `old${i}`, i);
      const before = names(t);
      const outer = m.memory.checkpoint();
      insert(t, 'between');
      const inner = m.memory.checkpoint();
      for (let i = 0; i < 50; i++) insert(t, `new${i}`);
      m.call('g_hash_table_remove', t, m.text('old3'));
      m.memory.rollback(inner);
      expect(m.call('g_hash_table_size', t)).to.equal(11);
      m.memory.rollback(outer);
      expect(names(t)).to.deep.equal(before);
      expect(m.call('g_hash_table_lookup', t, m.text('old3'))).to.equal(3);
    });

    it('answer with an unknown, and say so, where the key is unknown', () => {
      const t = stringTable();
      insert(t, 'axc');
      const found = m.call('g_hash_table_lookup', t, m.partlyUnknown('a?c', HOST_TEXT));
      expect((found as Unknown).origin).to.equal(HOST_TEXT.origin);
      expect(m.diagnostics).to.have.length(1);
    });
  });

  describe('lists', () => {
    const items = (list: Value, next = 8): Value[] => {
      const found: Value[] = [];
      for (let n = list as number; n !== 0; n = pointer(n + next)) found.push(pointer(n));
      return found;
    };
    for (const kind of ['g_list', 'g_slist']) {
      it(`${kind}: append, prepend, insert, remove, reverse`, () => {
        let list: Value = 0;
        for (const v of [1, 2, 3]) list = m.call(`${kind}_append`, list, v);
        list = m.call(`${kind}_prepend`, list, 0);
        list = m.call(`${kind}_insert`, list, 9, 2);
        expect(items(list)).to.deep.equal([0, 1, 9, 2, 3]);
        list = m.call(`${kind}_remove`, list, 0);
        list = m.call(`${kind}_remove`, list, 3);
        expect(items(list)).to.deep.equal([1, 9, 2]);
        list = m.call(`${kind}_reverse`, list);
        expect(items(list)).to.deep.equal([2, 9, 1]);
        expect(m.call(`${kind}_length`, list)).to.equal(3);
        expect(m.call(`${kind}_nth_data`, list, 1)).to.equal(9);
        expect(m.call(`${kind}_index`, list, 1)).to.equal(2);
        if (kind === 'g_list') expect(items(m.call('g_list_last', list), 16)).to.deep.equal([1, 9, 2]);
      });
      it(`${kind}: sorts stably, and inserts in order before equals`, () => {
        let list: Value = 0;
        for (const v of [31, 12, 33, 24, 15]) list = m.call(`${kind}_append`, list, v);
        const byTens = m.callback((a, b) => Math.trunc(a / 10) - Math.trunc(b / 10));
        list = m.call(`${kind}_sort`, list, byTens);
        expect(items(list)).to.deep.equal([12, 15, 24, 31, 33]);
        list = m.call(`${kind}_insert_sorted`, list, 29, byTens);
        expect(items(list)).to.deep.equal([12, 15, 29, 24, 31, 33]);
        const seen: number[] = [];
        m.call(`${kind}_foreach`, list, m.callback((d, u) => { seen.push(d + u); return 0; }), 100);
        expect(seen[0]).to.equal(112);
      });
    }
    it('queues take and give at both ends', () => {
      const q = m.call('g_queue_new');
      m.call('g_queue_push_tail', q, 1);
      m.call('g_queue_push_tail', q, 2);
      m.call('g_queue_push_head', q, 0);
      expect(m.call('g_queue_get_length', q)).to.equal(3);
      expect([m.call('g_queue_pop_head', q), m.call('g_queue_pop_tail', q), m.call('g_queue_pop_head', q), m.call('g_queue_pop_head', q)]).to.deep.equal([0, 2, 1, 0]);
      expect(m.call('g_queue_is_empty', q)).to.equal(1);
    });
  });

  it('arrays grow, insert, remove and sort', () => {
    expect([m.call('g_array_free', 0, 1), m.call('g_ptr_array_unref', 0)]).to.deep.equal([0, 0]);
    const a = m.call('g_array_new', 0, 1, 4) as number, v = m.memory.allocate(4);
    for (let i = 0; i < 20; i++) {
      m.memory.store(v, 4, 20 - i);
      m.call('g_array_append_vals', a, v, 1);
    }
    m.call('g_array_remove_index', a, 0);
    m.call('g_array_sort', a, m.callback((x, y) => (m.memory.load(x, 4) as number) - (m.memory.load(y, 4) as number)));
    expect(m.memory.load(a + 8, 4)).to.equal(19);
    expect([0, 18].map((i) => m.memory.load(pointer(a) + 4 * i, 4))).to.deep.equal([1, 19]);
    m.call('g_array_set_size', a, 1);
    m.call('g_array_set_size', a, 2);
    expect([0, 1].map((i) => m.memory.load(pointer(a) + 4 * i, 4))).to.deep.equal([1, 0]);
  });

  it('pointer arrays free what they drop, and hand out their data', () => {
    const freed: number[] = [];
    const a = m.call('g_ptr_array_new_with_free_func', m.callback((p) => { freed.push(p); return 0; })) as number;
    for (const p of [7, 5, 6]) m.call('g_ptr_array_add', a, p);
    m.call('g_ptr_array_sort', a, m.callback((x, y) => pointer(x) - pointer(y)));
    m.call('g_ptr_array_remove_index', a, 0);
    expect(freed).to.deep.equal([5]);
    const data = m.call('g_ptr_array_free', a, 0) as number;
    expect([pointer(data), pointer(data + 8), freed.length]).to.deep.equal([6, 7, 1]);
  });

  it('GString is text with room', () => {
    const s = m.call('g_string_new', m.text('cpu')) as number;
    m.call('g_string_append_printf', s, m.text('-%s%d'), m.text('v'), 2);
    m.call('g_string_prepend_c', s, '<'.charCodeAt(0));
    m.call('g_string_append', s, m.text(' and a long text that does not fit'));
    m.call('g_string_truncate', s, 7n);
    expect([read(pointer(s)), m.memory.load(s + 8, 8)]).to.deep.equal(['<cpu-v2', 7n]);
    m.call('g_string_erase', s, 0n, 1n);
    expect(read(m.call('g_string_free', s, 0))).to.equal('cpu-v2');
  });

  it('trees are in the order of their comparator', () => {
    const t = m.call('g_tree_new', m.callback((a, b) => b - a)) as number;
    for (const k of [3, 1, 2]) m.call('g_tree_insert', t, k, 10 * k);
    m.call('g_tree_remove', t, 2);
    const seen: number[] = [];
    m.call('g_tree_foreach', t, m.callback((k, v) => { seen.push(k, v); return 0; }), 0);
    expect(seen).to.deep.equal([3, 30, 1, 10]);
    expect(m.call('g_tree_lookup', t, 3)).to.equal(30);
  });

  describe('strings', () => {
    const split = (text: string, delimiter: string, max: number): string[] => {
      const v = m.call('g_strsplit', m.text(text), m.text(delimiter), max) as number;
      return Array.from({ length: m.call('g_strv_length', v) as number }, (_, i) => read(pointer(v + 8 * i)));
    };
    it('are split and joined', () => {
      expect(split('a,,b', ',', 0)).to.deep.equal(['a', '', 'b']);
      expect(split('a,b,c', ',', 2)).to.deep.equal(['a', 'b,c']);
      expect(split('', ',', 0)).to.deep.equal([]);
      expect(split(',', ',', 0)).to.deep.equal(['', '']);
      expect(read(m.call('g_strjoin', m.text(', '), m.text('a'), m.text('b'), 0))).to.equal('a, b');
      expect(read(m.call('g_strconcat', m.text('a'), m.text('b'), m.text('c'), 0))).to.equal('abc');
      expect(read(m.call('g_strjoinv', m.text('|'), m.call('g_strsplit', m.text('a b'), m.text(' '), 0)))).to.equal('a|b');
    });
    it('are made, compared and stripped', () => {
      expect(read(m.call('g_strdup_printf', m.text('%s-%s'), m.text('pc'), m.text('q35')))).to.equal('pc-q35');
      expect(read(m.call('g_strdup_vprintf', m.text('%d'), m.list(5)))).to.equal('5');
      expect(read(m.call('g_strndup', m.text('Skylake-Server'), 7n))).to.equal('Skylake');
      expect(m.call('g_strdup', 0)).to.equal(0);
      expect(m.call('g_str_has_prefix', m.text('pc-q35-3.1'), m.text('pc-q35'))).to.equal(1);
      expect(m.call('g_str_has_suffix', m.text('486-x86_64-cpu'), m.text('-x86_64-cpu'))).to.equal(1);
      expect([m.call('g_strcmp0', 0, 0), m.call('g_strcmp0', 0, m.text(''))]).to.deep.equal([0, -1]);
      expect(read(m.call('g_strchomp', m.call('g_strchug', m.text('  a b \n'))))).to.equal('a b');
      expect(read(m.call('g_ascii_strdown', m.text('AbC'), -1n))).to.equal('abc');
      expect(m.call('g_ascii_xdigit_value', 'F'.charCodeAt(0))).to.equal(15);
    });
    it('keep their unknown characters', () => {
      const copy = m.call('g_strdup_printf', m.text('%s!'), m.partlyUnknown('a?c', HOST_TEXT)) as number;
      expect(m.call('strlen', copy)).to.equal(4);
      expect(m.memory.load(copy + 1, 1)).to.be.instanceOf(Unknown);
      expect(m.call('g_str_has_suffix', copy, m.text('c!'))).to.equal(1);
      expect(m.call('g_strdup_printf', m.text('%d'), HOST_BYTES)).to.be.instanceOf(Unknown);
      expect(m.call('g_str_equal', copy, copy)).to.be.instanceOf(Unknown);
    });
  });

  it('failed assertions end the program, failed g_return_if_fail() only say so', () => {
    expect(() => m.call('g_assertion_message_expr', 0, m.text('a.c'), 3, m.text('f'), m.text('x'))).to.throw('a.c:3:f: assertion failed: (x)');
    expect(() => m.call('g_assertion_message_expr', 0, m.text('a.c'), 3, m.text('f'), 0)).to.throw('code should not be reached');
    m.call('g_return_if_fail_warning', 0, m.text('f'), m.text('x'));
    expect(messages.join('')).to.contain("assertion 'x' failed");
  });

  it('memory is zero, never reused, and kept when it grows', () => {
    const a = m.call('g_malloc0_n', 4n, 8n) as number;
    m.memory.store(a, 8, 5n);
    m.call('g_free', a);
    const b = m.call('g_realloc', a, 64n) as number;
    expect(b).not.to.equal(a);
    expect(m.memory.load(b, 8)).to.equal(5n);
    expect(m.call('g_malloc', 0n)).to.equal(0);
  });

  it('g_once runs its function once', () => {
    let runs = 0;
    const once = m.memory.allocate(16), f = m.callback(() => { runs++; return 77; });
    expect([m.call('g_once_impl', once, f, 0), m.call('g_once_impl', once, f, 0), runs]).to.deep.equal([77, 77, 1]);
  });
});
