import type { CallSite, Machine } from '../c/runtime.js';
import type { Memory } from '../c/memory.js';
import { Unknown, type Value } from '../c/unknown.js';
import { readString } from './cstring.js';
import { needed, num, strict, undecided, type Body } from './intrinsic.js';

/**
 * GHashTable, in the program's own memory, so that whatever undoes or compares memory knows it too.
 *
 * The order in which a table lists its entries is visible (it is the order of a class's properties), so the algorithm
 * is glib's: open addressing, a prime modulus for the first probe and triangular steps from there, tombstones, and its
 * rules for when to resize and how entries move then.
 */

// struct: what glib keeps, in an order of ours
const SIZE = 0, MOD = 4, NODES = 8, OCCUPIED = 12, REFS = 16, KIND = 20, HASHES = 24, KEYS = 32, VALUES = 40, HASH_FUNC = 48, EQUAL_FUNC = 56, KEY_DESTROY = 64, VALUE_DESTROY = 72, STRUCT_SIZE = 80;

// struct GHashTableIter
const ITER_TABLE = 0, ITER_POSITION = 24;

const UNUSED = 0, TOMBSTONE = 1, FIRST_REAL = 2;
const MIN_SHIFT = 3;
/** The largest prime below each power of two, as glib lists them. */
const PRIMES = [1, 2, 3, 7, 13, 31, 61, 127, 251, 509, 1021, 2039, 4093, 8191, 16381, 32749, 65521, 131071, 262139, 524287, 1048573, 2097143, 4194301, 8388593, 16777213];

/** How keys are hashed and compared: natively where the functions are glib's own. */
enum Kind { Custom, String, Direct, Int, Int64 }

const NATIVE: readonly (readonly [string, string, Kind])[] = [
  ['g_str_hash', 'g_str_equal', Kind.String],
  ['g_direct_hash', 'g_direct_equal', Kind.Direct],
  ['g_int_hash', 'g_int_equal', Kind.Int],
  ['g_int64_hash', 'g_int64_equal', Kind.Int64],
];

/** g_str_hash() */
export function stringHash(text: string): number {
  let h = 5381;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    h = (Math.imul(h, 33) + (c < 128 ? c : c - 256)) | 0;
  }
  return h >>> 0;
}

function int64Hash(bits: Value): number {
  const b = BigInt.asUintN(64, BigInt(bits as bigint));
  return Number((b >> 32n) ^ (b & 0xffff_ffffn));
}

/** A key that is looked for. */
interface Wanted { readonly address: number; readonly hash: number; readonly text: string | undefined; readonly bits: Value | undefined }

/** The table at an address, for as long as one call. */
class Table {
  readonly memory: Memory;
  constructor(readonly machine: Machine, readonly address: number, private readonly call: CallSite) {
    this.memory = machine.memory;
  }

  private u32(offset: number): number { return needed(this.memory.load(this.address + offset, 4)); }
  private setU32(offset: number, value: number): void { this.memory.store(this.address + offset, 4, value); }
  private pointer(offset: number): number { return needed(this.memory.loadPointer(this.address + offset)); }

  get size(): number { return this.u32(SIZE); }
  get nodes(): number { return this.u32(NODES); }
  get kind(): Kind { return this.u32(KIND); }

  hashAt(i: number): number { return needed(this.memory.load(this.pointer(HASHES) + 4 * i, 4)); }
  isReal(i: number): boolean { return this.hashAt(i) >= FIRST_REAL; }
  /** Is there an entry, for somebody who goes through all of them? One that may be there or not is left out, and reported. */
  hasEntry(i: number): boolean {
    const hash = this.memory.load(this.pointer(HASHES) + 4 * i, 4);
    if (!(hash instanceof Unknown)) return hash >= FIRST_REAL;
    undecided(this.machine, hash, 'whether a hash table has an entry', this.call);
    return false;
  }
  keyAt(i: number): Value { return this.memory.loadPointer(this.pointer(KEYS) + 8 * i); }
  valueAt(i: number): Value { return this.memory.loadPointer(this.pointer(VALUES) + 8 * i); }
  setValueAt(i: number, value: Value): void { this.memory.store(this.pointer(VALUES) + 8 * i, 8, value); }

  /** Fresh empty arrays. */
  setUp(shift: number): void {
    const size = 1 << shift;
    const block = this.memory.allocate(20 * size);
    this.setU32(SIZE, size);
    this.setU32(MOD, PRIMES[shift]!);
    this.memory.store(this.address + HASHES, 8, block);
    this.memory.store(this.address + KEYS, 8, block + 4 * size);
    this.memory.store(this.address + VALUES, 8, block + 12 * size);
  }

  /** Hash a key; unknown if that cannot be told. */
  wanted(key: Value): Wanted | Unknown {
    if (key instanceof Unknown) return key;
    const address = num(key);
    let hash: number, text: string | undefined, bits: Value | undefined;
    switch (this.kind) {
      case Kind.String: {
        const s = readString(this.memory, address);
        if (s instanceof Unknown) return s;
        text = s;
        hash = stringHash(s);
        break;
      }
      case Kind.Direct:
        hash = address % 0x1_0000_0000 >>> 0;
        break;
      case Kind.Int:
        bits = this.memory.load(address, 4);
        if (bits instanceof Unknown) return bits;
        hash = num(bits);
        break;
      case Kind.Int64:
        bits = this.memory.load(address, 8);
        if (bits instanceof Unknown) return bits;
        hash = int64Hash(bits);
        break;
      default: {
        const h = this.machine.call(this.pointer(HASH_FUNC), address);
        if (h instanceof Unknown) return h;
        hash = Number(BigInt.asUintN(32, BigInt(h)));
      }
    }
    return { address, hash: hash < FIRST_REAL ? FIRST_REAL : hash, text, bits };
  }

  private equal(key: number, wanted: Wanted): boolean | Unknown {
    if (key === wanted.address && this.kind !== Kind.Custom) return true;
    switch (this.kind) {
      case Kind.Direct: return false;
      case Kind.String: {
        const text = readString(this.memory, key);
        return text instanceof Unknown ? text : text === wanted.text;
      }
      case Kind.Int: return this.memory.load(key, 4) === wanted.bits;
      case Kind.Int64: return this.memory.load(key, 8) === wanted.bits;
      default: {
        const equal = this.pointer(EQUAL_FUNC);
        if (equal === 0) return key === wanted.address;
        const result = this.machine.call(equal, key, wanted.address);
        return result instanceof Unknown ? result : result !== 0 && result !== 0n;
      }
    }
  }

  /** The slot that has the key, or the one that it would go to. */
  find(wanted: Wanted): number | Unknown {
    const { memory } = this;
    const hashes = this.pointer(HASHES);
    const keys = this.pointer(KEYS);
    const mask = this.size - 1;
    let i = (Math.imul(wanted.hash, 11) >>> 0) % this.u32(MOD);
    let tombstone = -1;
    for (let step = 1; ; step++) {
      const hash = memory.load(hashes + 4 * i, 4);
      if (hash === UNUSED) return tombstone >= 0 ? tombstone : i;
      if (hash instanceof Unknown) return hash;
      if (hash === wanted.hash) {
        const key = memory.loadPointer(keys + 8 * i);
        if (key instanceof Unknown) return key;
        const equal = this.equal(key, wanted);
        if (equal instanceof Unknown) return equal;
        if (equal) return i;
      } else if (hash === TOMBSTONE && tombstone < 0) {
        tombstone = i;
      }
      i = (i + step) & mask;
    }
  }

  /** The slot of a key; -1 if the table does not have it; unknown (and reported) if that cannot be told. */
  lookup(key: Value): number | Unknown {
    const wanted = this.wanted(key);
    const i = wanted instanceof Unknown ? wanted : this.find(wanted);
    if (i instanceof Unknown) return undecided(this.machine, i, 'the look-up of a key in a hash table', this.call);
    return this.isReal(i) ? i : -1;
  }

  private destroy(func: number, what: Value): void {
    const f = this.pointer(func);
    if (f !== 0 && this.machine.functionName(f) !== 'g_free') this.machine.call(f, what);
  }

  /** g_hash_table_insert(), or _replace() with `keepNewKey`: was the key new? */
  insert(key: Value, value: Value, keepNewKey: boolean): Value {
    const wanted = this.wanted(key);
    const i = wanted instanceof Unknown ? wanted : this.find(wanted);
    if (wanted instanceof Unknown || i instanceof Unknown) return undecided(this.machine, (i instanceof Unknown ? i : wanted) as Unknown, 'an insertion into a hash table', this.call);
    const old = this.hashAt(i);
    if (old >= FIRST_REAL) {
      const oldKey = this.keyAt(i), oldValue = this.valueAt(i);
      if (keepNewKey) this.memory.store(this.pointer(KEYS) + 8 * i, 8, key);
      this.setValueAt(i, value);
      this.destroy(KEY_DESTROY, keepNewKey ? oldKey : key);
      this.destroy(VALUE_DESTROY, oldValue);
      return 0;
    }
    const { nodes } = this, occupied = this.u32(OCCUPIED);
    this.memory.store(this.pointer(HASHES) + 4 * i, 4, wanted.hash);
    this.memory.store(this.pointer(KEYS) + 8 * i, 8, key);
    this.setValueAt(i, value);
    this.setU32(NODES, nodes + 1);
    if (old === UNUSED) {
      this.setU32(OCCUPIED, occupied + 1);
      this.maybeResize();
    }
    return 1;
  }

  removeAt(i: number, notify: boolean): void {
    const key = this.keyAt(i), value = this.valueAt(i);
    this.memory.store(this.pointer(HASHES) + 4 * i, 4, TOMBSTONE);
    this.memory.store(this.pointer(KEYS) + 8 * i, 8, 0);
    this.setValueAt(i, 0);
    this.setU32(NODES, this.nodes - 1);
    if (notify) {
      this.destroy(KEY_DESTROY, key);
      this.destroy(VALUE_DESTROY, value);
    }
  }

  remove(key: Value, notify: boolean): Value {
    const i = this.lookup(key);
    if (i instanceof Unknown) return i;
    if (i < 0) return 0;
    this.removeAt(i, notify);
    this.maybeResize();
    return 1;
  }

  removeAll(notify: boolean): void {
    if (this.nodes > 0) {
      const entries = this.entries();
      const calls = notify && (this.pointer(KEY_DESTROY) !== 0 || this.pointer(VALUE_DESTROY) !== 0);
      const { size } = this;
      // Destroy functions may call back, and then find an empty table of the smallest size; without them the size stays.
      this.setUp(calls ? MIN_SHIFT : Math.log2(size));
      this.setU32(NODES, 0);
      this.setU32(OCCUPIED, 0);
      if (calls) {
        for (const [key, value] of entries) {
          this.destroy(KEY_DESTROY, key);
          this.destroy(VALUE_DESTROY, value);
        }
      }
    }
    this.maybeResize();
  }

  /** Drop a reference; with the last one go the entries. */
  unref(): void {
    const refs = this.u32(REFS) - 1;
    this.setU32(REFS, refs);
    if (refs !== 0 || this.nodes === 0) return;
    const entries = this.entries();
    this.setU32(NODES, 0);
    this.setU32(OCCUPIED, 0);
    this.setUp(MIN_SHIFT);
    for (const [key, value] of entries) {
      this.destroy(KEY_DESTROY, key);
      this.destroy(VALUE_DESTROY, value);
    }
  }

  ref(): void {
    this.setU32(REFS, this.u32(REFS) + 1);
  }

  /** Keys and values in the table's order. */
  entries(): [Value, Value][] {
    const found: [Value, Value][] = [];
    const { size } = this;
    for (let i = 0; i < size; i++) if (this.hasEntry(i)) found.push([this.keyAt(i), this.valueAt(i)]);
    return found;
  }

  maybeResize(): void {
    const { size, nodes } = this;
    const occupied = this.u32(OCCUPIED);
    if ((size > 1 << MIN_SHIFT && (size - 1) >> 2 >= nodes) || size <= occupied + (occupied >> 4)) this.resize();
  }

  /** Each entry in turn goes to its first free slot, throwing out who is there and has not moved yet, who then moves next. */
  private resize(): void {
    const oldSize = this.size;
    const { memory, nodes } = this;
    const hashes: number[] = [], keys: Value[] = [], values: Value[] = [];
    for (let i = 0; i < oldSize; i++) {
      hashes.push(this.hashAt(i));
      keys.push(this.keyAt(i));
      values.push(this.valueAt(i));
    }
    let shift = 0;
    for (let n = nodes + Math.floor(nodes / 3); n > 0; n >>= 1) shift++;
    this.setUp(Math.max(shift, MIN_SHIFT));
    const size = this.size, mod = this.u32(MOD), mask = size - 1;
    const moved = new Uint8Array(Math.max(size, oldSize));
    for (let i = hashes.length; i < size; i++) hashes.push(UNUSED);
    for (let i = 0; i < oldSize; i++) {
      let hash = hashes[i]!;
      if (hash < FIRST_REAL) { hashes[i] = UNUSED; continue; }
      if (moved[i] === 1) continue;
      hashes[i] = UNUSED;
      let key = keys[i]!, value = values[i]!;
      for (;;) {
        let to = (Math.imul(hash, 11) >>> 0) % mod;
        for (let step = 1; moved[to] === 1; step++) to = (to + step) & mask;
        moved[to] = 1;
        const evicted = hashes[to]!;
        const evictedKey = keys[to]!, evictedValue = values[to]!;
        hashes[to] = hash;
        keys[to] = key;
        values[to] = value;
        if (evicted < FIRST_REAL) break;
        hash = evicted;
        key = evictedKey;
        value = evictedValue;
      }
    }
    const h = this.pointer(HASHES), k = this.pointer(KEYS), v = this.pointer(VALUES);
    for (let i = 0; i < size; i++) {
      if (hashes[i]! < FIRST_REAL) continue;
      memory.store(h + 4 * i, 4, hashes[i]!);
      memory.store(k + 8 * i, 8, keys[i]!);
      memory.store(v + 8 * i, 8, values[i]!);
    }
    this.setU32(OCCUPIED, nodes);
  }
}

function kindOf(machine: Machine, hash: number, equal: number): Kind {
  const hashName = hash === 0 ? 'g_direct_hash' : machine.functionName(hash);
  const equalName = equal === 0 ? 'g_direct_equal' : machine.functionName(equal);
  return NATIVE.find(([h, e]) => h === hashName && e === equalName)?.[2] ?? Kind.Custom;
}

function create(machine: Machine, hash: number, equal: number, keyDestroy: number, valueDestroy: number, call: CallSite): number {
  const { memory } = machine;
  const address = memory.allocate(STRUCT_SIZE);
  memory.store(address + REFS, 4, 1);
  memory.store(address + KIND, 4, kindOf(machine, hash, equal));
  memory.store(address + HASH_FUNC, 8, hash);
  memory.store(address + EQUAL_FUNC, 8, equal);
  memory.store(address + KEY_DESTROY, 8, keyDestroy);
  memory.store(address + VALUE_DESTROY, 8, valueDestroy);
  new Table(machine, address, call).setUp(MIN_SHIFT);
  return address;
}

/** A GList of these, in reverse, as g_hash_table_get_keys() makes one by prepending. */
function reversedList(machine: Machine, items: readonly Value[]): number {
  let head = 0;
  for (const item of items) {
    const node = machine.memory.allocate(24);
    machine.memory.store(node, 8, item);
    machine.memory.store(node + 8, 8, head);
    if (head !== 0) machine.memory.store(head + 16, 8, node);
    head = node;
  }
  return head;
}

/** Hash functions and GHashTable. */
export function defineHashTables(machine: Machine): void {
  defineHashFunctions(machine);
  defineTables(machine);
  defineIteration(machine);
}

function defineHashFunctions(machine: Machine): void {
  const define = (name: string, body: Body): void => machine.define(name, strict(body));
  define('g_str_hash', (m, [s]) => {
    const text = readString(m.memory, num(s));
    return text instanceof Unknown ? text.blurred() : stringHash(text);
  });
  define('g_str_equal', (m, [a, b]) => {
    const x = readString(m.memory, num(a)), y = readString(m.memory, num(b));
    if (x instanceof Unknown) return x.blurred();
    if (y instanceof Unknown) return y.blurred();
    return x === y ? 1 : 0;
  });
  define('g_direct_hash', (_m, [p]) => num(p) % 0x1_0000_0000 >>> 0);
  define('g_direct_equal', (_m, [a, b]) => (a === b ? 1 : 0));
  for (const [name, size] of [['int', 4], ['int64', 8], ['double', 8]] as const) {
    define(`g_${name}_hash`, (m, [p]) => {
      const v = m.memory.load(num(p), size);
      return v instanceof Unknown ? v.blurred() : size === 4 ? v : int64Hash(v);
    });
    define(`g_${name}_equal`, (m, [a, b]) => {
      const x = m.memory.load(num(a), size), y = m.memory.load(num(b), size);
      return x instanceof Unknown ? x.blurred() : y instanceof Unknown ? y.blurred() : x === y ? 1 : 0;
    });
  }
}

function defineTables(machine: Machine): void {
  /** An intrinsic whose first argument is a table; keys and values may be unknown. */
  const define = (name: string, body: (t: Table, args: Value[], call: CallSite) => Value | void): void => {
    machine.define(`g_hash_table_${name}`, (m, args, call) => {
      const table = args[0]!;
      if (table instanceof Unknown) return undecided(m, table, `g_hash_table_${name}()`, call);
      return body(new Table(m, num(table), call), args, call);
    });
  };
  machine.define('g_hash_table_new', strict((m, [h, e], call) => create(m, num(h), num(e), 0, 0, call)));
  machine.define('g_hash_table_new_full', strict((m, [h, e, k, v], call) => create(m, num(h), num(e), num(k), num(v), call)));
  define('new_similar', (t, _args, call) => {
    const p = (offset: number): number => needed(t.memory.loadPointer(t.address + offset));
    return create(t.machine, p(HASH_FUNC), p(EQUAL_FUNC), p(KEY_DESTROY), p(VALUE_DESTROY), call);
  });
  define('ref', (t) => { t.ref(); return t.address; });
  define('unref', (t) => { t.unref(); });
  define('destroy', (t) => { t.removeAll(true); t.unref(); });
  define('size', (t) => t.nodes);
  define('insert', (t, [, k, v]) => t.insert(k!, v!, false));
  define('replace', (t, [, k, v]) => t.insert(k!, v!, true));
  define('add', (t, [, k]) => t.insert(k!, k!, true));
  define('remove', (t, [, k]) => t.remove(k!, true));
  define('steal', (t, [, k]) => t.remove(k!, false));
  define('remove_all', (t) => { t.removeAll(true); });
  define('steal_all', (t) => { t.removeAll(false); });
  define('lookup', (t, [, k]) => {
    const i = t.lookup(k!);
    return i instanceof Unknown ? i : i < 0 ? 0 : t.valueAt(i);
  });
  define('contains', (t, [, k]) => {
    const i = t.lookup(k!);
    return i instanceof Unknown ? i : i < 0 ? 0 : 1;
  });
  const extended = (t: Table, [, k, keyTo, valueTo]: Value[], steal: boolean): Value => {
    const i = t.lookup(k!);
    if (i instanceof Unknown) return i;
    if (keyTo !== 0) t.memory.store(num(keyTo as number), 8, i < 0 ? (steal ? 0 : t.memory.loadPointer(num(keyTo as number))) : t.keyAt(i));
    if (valueTo !== 0) t.memory.store(num(valueTo as number), 8, i < 0 ? (steal ? 0 : t.memory.loadPointer(num(valueTo as number))) : t.valueAt(i));
    if (i >= 0 && steal) { t.removeAt(i, false); t.maybeResize(); }
    return i < 0 ? 0 : 1;
  };
  define('lookup_extended', (t, args) => extended(t, args, false));
  define('steal_extended', (t, args) => extended(t, args, true));
}

function defineIteration(machine: Machine): void {
  const define = (name: string, body: Body): void => machine.define(`g_hash_table_${name}`, strict(body));
  const table = (m: Machine, address: number | bigint | undefined, call: CallSite): Table => new Table(m, num(address), call);
  define('foreach', (m, [t, f, data], call) => { for (const [key, value] of table(m, t, call).entries()) m.call(num(f), key, value, data!); });
  define('find', (m, [t, f, data], call) => {
    for (const [key, value] of table(m, t, call).entries()) {
      const found = m.call(num(f), key, value, data!);
      if (found instanceof Unknown) return undecided(m, found, 'g_hash_table_find()', call);
      if (found !== 0) return value;
    }
    return 0;
  });
  for (const [name, notify] of [['foreach_remove', true], ['foreach_steal', false]] as const) {
    define(name, (m, [address, f, data], call) => {
      const t = table(m, address, call);
      let removed = 0;
      for (let i = 0; i < t.size; i++) {
        if (!t.hasEntry(i)) continue;
        const wanted = m.call(num(f), t.keyAt(i), t.valueAt(i), data!);
        if (wanted instanceof Unknown) { undecided(m, wanted, `g_hash_table_${name}()`, call); continue; }
        if (wanted === 0) continue;
        t.removeAt(i, notify);
        removed++;
      }
      t.maybeResize();
      return removed;
    });
  }
  define('get_keys', (m, [t], call) => reversedList(m, table(m, t, call).entries().map(([key]) => key)));
  define('get_values', (m, [t], call) => reversedList(m, table(m, t, call).entries().map(([, value]) => value)));
  define('get_keys_as_array', (m, [t, length], call) => {
    const entries = table(m, t, call).entries();
    const array = m.memory.allocate(8 * (entries.length + 1));
    entries.forEach(([key], i) => { m.memory.store(array + 8 * i, 8, key); });
    if (num(length) !== 0) m.memory.store(num(length), 4, entries.length);
    return array;
  });
  define('iter_init', (m, [iter, t]) => {
    m.memory.store(num(iter) + ITER_TABLE, 8, num(t));
    m.memory.store(num(iter) + ITER_POSITION, 4, 0xffff_ffff);
  });
  const iterated = (m: Machine, iter: number | bigint | undefined, call: CallSite): Table => table(m, needed(m.memory.loadPointer(num(iter) + ITER_TABLE)), call);
  const position = (m: Machine, iter: number | bigint | undefined): number => needed(m.memory.load(num(iter) + ITER_POSITION, 4)) | 0;
  define('iter_next', (m, [iter, keyTo, valueTo], call) => {
    const t = iterated(m, iter, call);
    const { size } = t;
    let i = position(m, iter) + 1;
    while (i < size && !t.hasEntry(i)) i++;
    m.memory.store(num(iter) + ITER_POSITION, 4, i);
    if (i >= size) return 0;
    if (num(keyTo) !== 0) m.memory.store(num(keyTo), 8, t.keyAt(i));
    if (num(valueTo) !== 0) m.memory.store(num(valueTo), 8, t.valueAt(i));
    return 1;
  });
  define('iter_get_hash_table', (m, [iter]) => m.memory.loadPointer(num(iter) + ITER_TABLE));
  define('iter_remove', (m, [iter], call) => { iterated(m, iter, call).removeAt(position(m, iter), true); });
  define('iter_steal', (m, [iter], call) => { iterated(m, iter, call).removeAt(position(m, iter), false); });
  define('iter_replace', (m, [iter, value], call) => { iterated(m, iter, call).setValueAt(position(m, iter), value!); });
}
