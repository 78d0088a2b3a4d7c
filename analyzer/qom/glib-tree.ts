import type { CallSite, Machine } from '../c/runtime.js';
import { Unknown, type Value } from '../c/unknown.js';
import { forEachFree } from './glib-list.js';
import { needed, num, strict, undecided } from './intrinsic.js';
import { comparison } from './sort.js';

// a sorted array of (key, value) in the program's memory: only the order is visible
const COUNT = 0, CAPACITY = 4, REFS = 8, ENTRIES = 16, COMPARE = 24, DATA = 32, KEY_FREE = 40, VALUE_FREE = 48, STRUCT_SIZE = 56;

/** GTree: a map that is ordered by its comparator. */
export function defineTrees(machine: Machine): void {
  const u32 = (m: Machine, address: number): number => needed(m.memory.load(address, 4));
  const pointer = (m: Machine, address: number): number => needed(m.memory.loadPointer(address));
  const create = (m: Machine, compare: number, data: Value, keyFree: number, valueFree: number): number => {
    const t = m.memory.allocate(STRUCT_SIZE);
    m.memory.store(t + REFS, 4, 1);
    m.memory.store(t + COMPARE, 8, compare);
    m.memory.store(t + DATA, 8, data);
    m.memory.store(t + KEY_FREE, 8, keyFree);
    m.memory.store(t + VALUE_FREE, 8, valueFree);
    return t;
  };
  const entry = (m: Machine, t: number, i: number): number => pointer(m, t + ENTRIES) + 16 * i;
  const keyAt = (m: Machine, t: number, i: number): Value => m.memory.loadPointer(entry(m, t, i));
  const valueAt = (m: Machine, t: number, i: number): Value => m.memory.loadPointer(entry(m, t, i) + 8);
  const find = (m: Machine, t: number, key: Value, call: CallSite): { at: number; found: boolean } => {
    let low = 0, high = u32(m, t + COUNT);
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = comparison(m, m.call(pointer(m, t + COMPARE), key, keyAt(m, t, middle), m.memory.loadPointer(t + DATA)), call);
      if (order === 0) return { at: middle, found: true };
      if (order < 0) high = middle;
      else low = middle + 1;
    }
    return { at: low, found: false };
  };
  const insert = (m: Machine, t: number, key: Value, value: Value, replaceKey: boolean, call: CallSite): void => {
    const { at, found } = find(m, t, key, call);
    if (found) {
      forEachFree(m, pointer(m, t + VALUE_FREE), [valueAt(m, t, at)]);
      forEachFree(m, pointer(m, t + KEY_FREE), [replaceKey ? keyAt(m, t, at) : key]);
      if (replaceKey) m.memory.store(entry(m, t, at), 8, key);
      m.memory.store(entry(m, t, at) + 8, 8, value);
      return;
    }
    const count = u32(m, t + COUNT);
    if (count === u32(m, t + CAPACITY)) {
      const capacity = Math.max(8, 2 * count);
      const entries = m.memory.allocate(16 * capacity);
      if (count > 0) m.memory.copy(entries, pointer(m, t + ENTRIES), 16 * count);
      m.memory.store(t + ENTRIES, 8, entries);
      m.memory.store(t + CAPACITY, 4, capacity);
    }
    if (at < count) m.memory.copy(entry(m, t, at + 1), entry(m, t, at), 16 * (count - at));
    m.memory.store(entry(m, t, at), 8, key);
    m.memory.store(entry(m, t, at) + 8, 8, value);
    m.memory.store(t + COUNT, 4, count + 1);
  };
  const remove = (m: Machine, t: number, key: Value, free: boolean, call: CallSite): Value => {
    const { at, found } = find(m, t, key, call);
    if (!found) return 0;
    const [oldKey, oldValue] = [keyAt(m, t, at), valueAt(m, t, at)];
    const count = u32(m, t + COUNT);
    if (at + 1 < count) m.memory.copy(entry(m, t, at), entry(m, t, at + 1), 16 * (count - at - 1));
    m.memory.store(t + COUNT, 4, count - 1);
    if (free) {
      forEachFree(m, pointer(m, t + KEY_FREE), [oldKey]);
      forEachFree(m, pointer(m, t + VALUE_FREE), [oldValue]);
    }
    return 1;
  };
  const clear = (m: Machine, t: number): void => {
    const count = u32(m, t + COUNT);
    const entries = Array.from({ length: count }, (_, i) => [keyAt(m, t, i), valueAt(m, t, i)] as const);
    m.memory.store(t + COUNT, 4, 0);
    for (const [key, value] of entries) {
      forEachFree(m, pointer(m, t + KEY_FREE), [key]);
      forEachFree(m, pointer(m, t + VALUE_FREE), [value]);
    }
  };
  const each = (m: Machine, t: number, f: number, data: Value, call: CallSite): void => {
    for (let i = 0; i < u32(m, t + COUNT); i++) {
      const stop = m.call(f, keyAt(m, t, i), valueAt(m, t, i), data);
      if (stop instanceof Unknown) { undecided(m, stop, 'g_tree_foreach()', call); continue; }
      if (stop !== 0) return;
    }
  };
  const unref = (m: Machine, t: number): void => {
    const refs = u32(m, t + REFS) - 1;
    m.memory.store(t + REFS, 4, refs);
    if (refs === 0) clear(m, t);
  };
  const n = (v: Value | undefined): number => (v instanceof Unknown ? 0 : num(v));
  machine.define('g_tree_new', strict((m, [f]) => create(m, num(f), 0, 0, 0)));
  machine.define('g_tree_new_with_data', strict((m, [f, d]) => create(m, num(f), d!, 0, 0)));
  machine.define('g_tree_new_full', strict((m, [f, d, k, v]) => create(m, num(f), d!, num(k), num(v))));
  const define = (name: string, body: (m: Machine, t: number, args: Value[], call: CallSite) => Value | void): void => {
    machine.define(`g_tree_${name}`, (m, args, call) => {
      const t = args[0]!;
      if (t instanceof Unknown) return undecided(m, t, `g_tree_${name}()`, call);
      return body(m, num(t), args, call);
    });
  };
  define('ref', (m, t) => { m.memory.store(t + REFS, 4, u32(m, t + REFS) + 1); return t; });
  define('unref', (m, t) => unref(m, t));
  define('destroy', (m, t) => { clear(m, t); unref(m, t); });
  define('insert', (m, t, [, k, v], call) => insert(m, t, k!, v!, false, call));
  define('replace', (m, t, [, k, v], call) => insert(m, t, k!, v!, true, call));
  define('remove', (m, t, [, k], call) => remove(m, t, k!, true, call));
  define('steal', (m, t, [, k], call) => remove(m, t, k!, false, call));
  define('lookup', (m, t, [, k], call) => {
    const { at, found } = find(m, t, k!, call);
    return found ? valueAt(m, t, at) : 0;
  });
  define('lookup_extended', (m, t, [, k, keyTo, valueTo], call) => {
    const { at, found } = find(m, t, k!, call);
    if (!found) return 0;
    if (n(keyTo) !== 0) m.memory.store(n(keyTo), 8, keyAt(m, t, at));
    if (n(valueTo) !== 0) m.memory.store(n(valueTo), 8, valueAt(m, t, at));
    return 1;
  });
  define('foreach', (m, t, [, f, d], call) => each(m, t, n(f), d!, call));
  define('nnodes', (m, t) => u32(m, t + COUNT));
  define('height', (m, t) => Math.ceil(Math.log2(u32(m, t + COUNT) + 1)));
  // like bsearch(): the function says on which side of the node to go on
  define('search', (m, t, [, f, d], call) => {
    let low = 0, high = u32(m, t + COUNT);
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = comparison(m, m.call(n(f), keyAt(m, t, middle), d!), call);
      if (order === 0) return valueAt(m, t, middle);
      if (order < 0) high = middle;
      else low = middle + 1;
    }
    return 0;
  });
}
