import type { CallSite, Machine } from '../c/runtime.js';
import { Unknown, type Value } from '../c/unknown.js';
import { forEachFree } from './glib-list.js';
import { needed, num, strict, undecided } from './intrinsic.js';
import { comparison, sortArray } from './sort.js';

/** GArray, GByteArray and GPtrArray: data and length where glib's public structs have them, the rest behind. */
export function defineArrays(machine: Machine): void {
  defineArray(machine);
  defineByteArray(machine);
  definePointerArray(machine);
}

// data pointer, guint len: public; then ours
const DATA = 0, LENGTH = 8, CAPACITY = 12, ELEMENT = 16, ZERO_TERMINATED = 20, REFS = 24, FREE = 32, STRUCT_SIZE = 40;

const u32 = (m: Machine, address: number): number => needed(m.memory.load(address, 4));
const pointer = (m: Machine, address: number): number => needed(m.memory.loadPointer(address));
const n = (v: Value | undefined): number => (v instanceof Unknown ? 0 : num(v));

function create(m: Machine, element: number, zeroTerminated: boolean, reserve: number, free = 0): number {
  const a = m.memory.allocate(STRUCT_SIZE);
  m.memory.store(a + ELEMENT, 4, element);
  m.memory.store(a + ZERO_TERMINATED, 4, zeroTerminated ? 1 : 0);
  m.memory.store(a + REFS, 4, 1);
  m.memory.store(a + FREE, 8, free);
  if (reserve > 0 || zeroTerminated) grow(m, a, reserve);
  return a;
}

/** Make room for so many elements in all, and the terminator. */
function grow(m: Machine, a: number, count: number): void {
  const element = u32(m, a + ELEMENT);
  const wanted = count + (u32(m, a + ZERO_TERMINATED) !== 0 ? 1 : 0);
  if (wanted <= u32(m, a + CAPACITY)) return;
  let capacity = Math.max(16, u32(m, a + CAPACITY));
  while (capacity < wanted) capacity *= 2;
  const data = m.memory.allocate(capacity * element);
  const length = u32(m, a + LENGTH);
  if (length > 0) m.memory.copy(data, pointer(m, a + DATA), length * element);
  m.memory.store(a + DATA, 8, data);
  m.memory.store(a + CAPACITY, 4, capacity);
}

/** Set the length; what lies behind it is zero again, as in memory that was never used. */
function setLength(m: Machine, a: number, length: number): void {
  const element = u32(m, a + ELEMENT);
  const old = u32(m, a + LENGTH);
  grow(m, a, length);
  if (length < old) m.memory.fill(pointer(m, a + DATA) + length * element, 0, (old - length) * element);
  m.memory.store(a + LENGTH, 4, length);
}

/** Open a gap of `count` elements at an index; its address. */
function insertAt(m: Machine, a: number, index: number, count: number): number {
  const element = u32(m, a + ELEMENT);
  const old = u32(m, a + LENGTH);
  setLength(m, a, Math.max(old, index) + count);
  const at = pointer(m, a + DATA) + index * element;
  if (index < old) m.memory.copy(at + count * element, at, (old - index) * element);
  return at;
}

function removeAt(m: Machine, a: number, index: number, count: number): void {
  const element = u32(m, a + ELEMENT);
  const old = u32(m, a + LENGTH);
  const at = pointer(m, a + DATA) + index * element;
  if (index + count < old) m.memory.copy(at, at + count * element, (old - index - count) * element);
  setLength(m, a, old - count);
}

function define(machine: Machine, name: string, body: (m: Machine, a: number, args: Value[], call: CallSite) => Value | void): void {
  machine.define(name, (m, args, call) => {
    const a = args[0]!;
    if (a instanceof Unknown) return undecided(m, a, `${name}()`, call);
    // garray.c: g_return_val_if_fail (array, NULL)
    return num(a) === 0 ? 0 : body(m, num(a), args, call);
  });
}

/** free(array, FALSE) hands out the data. */
function release(m: Machine, a: number, keepData: boolean, free: () => void): Value {
  const data = pointer(m, a + DATA);
  if (!keepData) free();
  m.memory.store(a + DATA, 8, 0);
  m.memory.store(a + LENGTH, 4, 0);
  m.memory.store(a + CAPACITY, 4, 0);
  return keepData ? data : 0;
}

function defineArray(machine: Machine): void {
  const elements = (m: Machine, a: number, from: number, count: number): number[] => Array.from({ length: count }, (_, i) => pointer(m, a + DATA) + (from + i) * u32(m, a + ELEMENT));
  const clear = (m: Machine, a: number, from: number, count: number): void => {
    if (pointer(m, a + FREE) !== 0) forEachFree(m, pointer(m, a + FREE), elements(m, a, from, count));
  };
  machine.define('g_array_new', strict((m, [z, , size]) => create(m, num(size), num(z) !== 0, 0)));
  machine.define('g_array_sized_new', strict((m, [z, , size, reserve]) => create(m, num(size), num(z) !== 0, num(reserve))));
  define(machine, 'g_array_copy', (m, a) => {
    const copy = create(m, u32(m, a + ELEMENT), u32(m, a + ZERO_TERMINATED) !== 0, u32(m, a + LENGTH));
    const length = u32(m, a + LENGTH);
    m.memory.copy(insertAt(m, copy, 0, length), pointer(m, a + DATA), length * u32(m, a + ELEMENT));
    return copy;
  });
  define(machine, 'g_array_free', (m, a, [, freeData]) => release(m, a, n(freeData) === 0, () => clear(m, a, 0, u32(m, a + LENGTH))));
  define(machine, 'g_array_steal', (m, a, [, to]) => {
    if (n(to) !== 0) m.memory.store(n(to), 8, u32(m, a + LENGTH));
    return release(m, a, true, () => undefined);
  });
  defineReferences(machine, 'g_array', clear);
  define(machine, 'g_array_get_element_size', (m, a) => u32(m, a + ELEMENT));
  define(machine, 'g_array_set_clear_func', (m, a, [, f]) => { m.memory.store(a + FREE, 8, f!); });
  const insert = (m: Machine, a: number, index: number, from: number, count: number): Value => {
    if (count > 0) m.memory.copy(insertAt(m, a, index, count), from, count * u32(m, a + ELEMENT));
    return a;
  };
  define(machine, 'g_array_append_vals', (m, a, [, d, c]) => insert(m, a, u32(m, a + LENGTH), n(d), n(c)));
  define(machine, 'g_array_prepend_vals', (m, a, [, d, c]) => insert(m, a, 0, n(d), n(c)));
  define(machine, 'g_array_insert_vals', (m, a, [, i, d, c]) => insert(m, a, n(i), n(d), n(c)));
  define(machine, 'g_array_set_size', (m, a, [, size]) => {
    const old = u32(m, a + LENGTH);
    if (n(size) < old) clear(m, a, n(size), old - n(size));
    setLength(m, a, n(size));
    return a;
  });
  const remove = (m: Machine, a: number, index: number, count: number): Value => {
    clear(m, a, index, count);
    removeAt(m, a, index, count);
    return a;
  };
  define(machine, 'g_array_remove_index', (m, a, [, i]) => remove(m, a, n(i), 1));
  define(machine, 'g_array_remove_range', (m, a, [, i, c]) => remove(m, a, n(i), n(c)));
  define(machine, 'g_array_remove_index_fast', (m, a, [, i]) => {
    const last = u32(m, a + LENGTH) - 1;
    const [at, end] = [elements(m, a, n(i), 1)[0]!, elements(m, a, last, 1)[0]!];
    clear(m, a, n(i), 1);
    if (at !== end) m.memory.copy(at, end, u32(m, a + ELEMENT));
    setLength(m, a, last);
    return a;
  });
  const sort = (m: Machine, a: number, f: number, data: Value[], call: CallSite): void => sortArray(m, pointer(m, a + DATA), u32(m, a + LENGTH), u32(m, a + ELEMENT), (x, y) => comparison(m, m.call(f, x, y, ...data), call));
  define(machine, 'g_array_sort', (m, a, [, f], call) => sort(m, a, n(f), [], call));
  define(machine, 'g_array_sort_with_data', (m, a, [, f, u], call) => sort(m, a, n(f), [u!], call));
  define(machine, 'g_array_binary_search', (m, a, [, target, f, to], call) => {
    let low = 0, high = u32(m, a + LENGTH);
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = comparison(m, m.call(n(f), elements(m, a, middle, 1)[0]!, target!), call);
      if (order === 0) {
        if (n(to) !== 0) m.memory.store(n(to), 4, middle);
        return 1;
      }
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return 0;
  });
}

function defineReferences(machine: Machine, prefix: string, clear: (m: Machine, a: number, from: number, count: number) => void): void {
  define(machine, `${prefix}_ref`, (m, a) => { m.memory.store(a + REFS, 4, u32(m, a + REFS) + 1); return a; });
  define(machine, `${prefix}_unref`, (m, a) => {
    const refs = u32(m, a + REFS) - 1;
    m.memory.store(a + REFS, 4, refs);
    if (refs === 0) clear(m, a, 0, u32(m, a + LENGTH));
  });
}

function defineByteArray(machine: Machine): void {
  machine.define('g_byte_array_new', (m) => create(m, 1, false, 0));
  machine.define('g_byte_array_sized_new', strict((m, [reserve]) => create(m, 1, false, num(reserve))));
  machine.define('g_byte_array_new_take', strict((m, [data, size]) => {
    const a = create(m, 1, false, 0);
    m.memory.store(a + DATA, 8, data!);
    m.memory.store(a + LENGTH, 4, num(size));
    m.memory.store(a + CAPACITY, 4, num(size));
    return a;
  }));
  define(machine, 'g_byte_array_free', (m, a, [, freeData]) => release(m, a, n(freeData) === 0, () => undefined));
  defineReferences(machine, 'g_byte_array', () => undefined);
  const insert = (m: Machine, a: number, index: number, from: number, count: number): Value => {
    if (count > 0) m.memory.copy(insertAt(m, a, index, count), from, count);
    return a;
  };
  define(machine, 'g_byte_array_append', (m, a, [, d, c]) => insert(m, a, u32(m, a + LENGTH), n(d), n(c)));
  define(machine, 'g_byte_array_prepend', (m, a, [, d, c]) => insert(m, a, 0, n(d), n(c)));
  define(machine, 'g_byte_array_set_size', (m, a, [, size]) => { setLength(m, a, n(size)); return a; });
  define(machine, 'g_byte_array_remove_range', (m, a, [, i, c]) => { removeAt(m, a, n(i), n(c)); return a; });
}

function definePointerArray(machine: Machine): void {
  const at = (m: Machine, a: number, i: number): Value => m.memory.loadPointer(pointer(m, a + DATA) + 8 * i);
  const items = (m: Machine, a: number, from = 0, to = u32(m, a + LENGTH)): Value[] => Array.from({ length: to - from }, (_, i) => at(m, a, from + i));
  const clear = (m: Machine, a: number, from: number, count: number): void => forEachFree(m, pointer(m, a + FREE), items(m, a, from, from + count));
  const make = (name: string, body: (m: Machine, args: Value[]) => number): void => machine.define(`g_ptr_array_${name}`, body);
  make('new', (m) => create(m, 8, false, 0));
  make('sized_new', (m, [r]) => create(m, 8, false, n(r)));
  make('new_with_free_func', (m, [f]) => create(m, 8, false, 0, n(f)));
  make('new_full', (m, [r, f]) => create(m, 8, false, n(r), n(f)));
  make('new_null_terminated', (m, [r, f, z]) => create(m, 8, n(z) !== 0, n(r), n(f)));
  const p = (name: string, body: (m: Machine, a: number, args: Value[], call: CallSite) => Value | void): void => define(machine, `g_ptr_array_${name}`, body);
  p('set_free_func', (m, a, [, f]) => { m.memory.store(a + FREE, 8, f!); });
  p('free', (m, a, [, freeData]) => release(m, a, n(freeData) === 0, () => clear(m, a, 0, u32(m, a + LENGTH))));
  p('steal', (m, a, [, to]) => {
    if (n(to) !== 0) m.memory.store(n(to), 8, u32(m, a + LENGTH));
    return release(m, a, true, () => undefined);
  });
  defineReferences(machine, 'g_ptr_array', clear);
  p('add', (m, a, [, d]) => { m.memory.store(insertAt(m, a, u32(m, a + LENGTH), 1), 8, d!); });
  p('insert', (m, a, [, i, d]) => { m.memory.store(insertAt(m, a, (n(i) | 0) < 0 ? u32(m, a + LENGTH) : n(i), 1), 8, d!); });
  p('extend', (m, a, [, other, f, u]) => { for (const item of items(m, n(other))) m.memory.store(insertAt(m, a, u32(m, a + LENGTH), 1), 8, n(f) === 0 ? item : m.call(n(f), item, u!)); });
  p('set_size', (m, a, [, size]) => {
    const old = u32(m, a + LENGTH);
    if (n(size) < old) clear(m, a, n(size), old - n(size));
    setLength(m, a, n(size));
  });
  const remove = (m: Machine, a: number, i: number, free: boolean, fast: boolean): Value => {
    const length = u32(m, a + LENGTH);
    if (i < 0 || i >= length) return 0;
    const item = at(m, a, i);
    if (free) clear(m, a, i, 1);
    if (fast) {
      m.memory.store(pointer(m, a + DATA) + 8 * i, 8, at(m, a, length - 1));
      setLength(m, a, length - 1);
    } else {
      removeAt(m, a, i, 1);
    }
    return item;
  };
  p('remove_index', (m, a, [, i]) => remove(m, a, n(i), true, false));
  p('remove_index_fast', (m, a, [, i]) => remove(m, a, n(i), true, true));
  p('steal_index', (m, a, [, i]) => remove(m, a, n(i), false, false));
  for (const [name, fast] of [['remove', false], ['remove_fast', true]] as const) {
    p(name, (m, a, [, d]) => {
      const i = items(m, a).indexOf(d!);
      if (i < 0) return 0;
      remove(m, a, i, true, fast);
      return 1;
    });
  }
  p('remove_range', (m, a, [, i, c]) => { clear(m, a, n(i), n(c)); removeAt(m, a, n(i), n(c)); return a; });
  p('foreach', (m, a, [, f, u]) => { for (let i = 0; i < u32(m, a + LENGTH); i++) m.call(n(f), at(m, a, i), u!); });
  p('find', (m, a, [, d, to]) => {
    const i = items(m, a).indexOf(d!);
    if (i >= 0 && n(to) !== 0) m.memory.store(n(to), 4, i);
    return i >= 0 ? 1 : 0;
  });
  // the comparator gets the addresses of the elements, or with "values" the elements
  const sort = (m: Machine, a: number, compare: (x: number, y: number) => number): void => sortArray(m, pointer(m, a + DATA), u32(m, a + LENGTH), 8, compare);
  p('sort', (m, a, [, f], call) => sort(m, a, (x, y) => comparison(m, m.call(n(f), x, y), call)));
  p('sort_with_data', (m, a, [, f, u], call) => sort(m, a, (x, y) => comparison(m, m.call(n(f), x, y, u!), call)));
  p('sort_values', (m, a, [, f], call) => sort(m, a, (x, y) => comparison(m, m.call(n(f), m.memory.loadPointer(x), m.memory.loadPointer(y)), call)));
}
