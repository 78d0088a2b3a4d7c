import type { CallSite, Intrinsic, Machine } from '../c/runtime.js';
import { Unknown, type Value } from '../c/unknown.js';
import { needed, num, undecided } from './intrinsic.js';
import { comparison, mergeSort } from './sort.js';

/** GList, GSList and GQueue: real structs in the program's memory. */
export function defineLists(machine: Machine): void {
  defineList(machine, new Lists('g_list_', true));
  defineList(machine, new Lists('g_slist_', false));
  defineQueue(machine, new Lists('g_list_', true));
}

/** Singly or doubly linked lists: data at 0, next at 8, prev at 16. */
class Lists {
  constructor(readonly prefix: string, readonly double: boolean) {}

  data(m: Machine, node: number): Value { return m.memory.loadPointer(node); }
  next(m: Machine, node: number): number { return needed(m.memory.loadPointer(node + 8)); }

  make(m: Machine, data: Value): number {
    const node = m.memory.allocate(this.double ? 24 : 16);
    m.memory.store(node, 8, data);
    return node;
  }

  nodes(m: Machine, head: number): number[] {
    const found: number[] = [];
    for (let n = head; n !== 0; n = this.next(m, n)) found.push(n);
    return found;
  }

  last(m: Machine, head: number): number {
    let last = head;
    if (head !== 0) for (let n = this.next(m, head); n !== 0; n = this.next(m, n)) last = n;
    return last;
  }

  link(m: Machine, a: number, b: number): void {
    if (a !== 0) m.memory.store(a + 8, 8, b);
    if (b !== 0 && this.double) m.memory.store(b + 16, 8, a);
  }

  /** Link nodes in this order; the new head. */
  chain(m: Machine, nodes: readonly number[]): number {
    for (let i = 0; i < nodes.length; i++) this.link(m, nodes[i]!, nodes[i + 1] ?? 0);
    if (nodes.length > 0) this.link(m, 0, nodes[0]!);
    return nodes[0] ?? 0;
  }

  /** Put a new node before `before` (0: at the end); the head. */
  insertBefore(m: Machine, head: number, before: number, data: Value): number {
    const node = this.make(m, data);
    if (head === 0) return node;
    const previous = before === 0 ? this.last(m, head) : this.previous(m, head, before);
    this.link(m, previous, node);
    this.link(m, node, before);
    return previous === 0 ? node : head;
  }

  previous(m: Machine, head: number, node: number): number {
    if (this.double) return needed(m.memory.loadPointer(node + 16));
    let previous = 0;
    for (let n = head; n !== 0 && n !== node; n = this.next(m, n)) previous = n;
    return previous;
  }

  /** Take a node out; the head. */
  unlink(m: Machine, head: number, node: number): number {
    if (node === 0) return head;
    const next = this.next(m, node);
    const previous = this.previous(m, head, node);
    if (previous !== 0) m.memory.store(previous + 8, 8, next);
    if (next !== 0 && this.double) m.memory.store(next + 16, 8, previous);
    m.memory.store(node + 8, 8, 0);
    if (this.double) m.memory.store(node + 16, 8, 0);
    return head === node ? next : head;
  }

  find(m: Machine, head: number, data: Value): number {
    for (let n = head; n !== 0; n = this.next(m, n)) if (this.data(m, n) === data) return n;
    return 0;
  }

  sort(m: Machine, head: number, f: number, data: Value[], call: CallSite): number {
    return this.chain(m, mergeSort(this.nodes(m, head), (a, b) => comparison(m, m.call(f, this.data(m, a), this.data(m, b), ...data), call)));
  }

  insertSorted(m: Machine, head: number, item: Value, f: number, data: Value[], call: CallSite): number {
    let before = head;
    while (before !== 0 && comparison(m, m.call(f, item, this.data(m, before), ...data), call) > 0) before = this.next(m, before);
    return this.insertBefore(m, head, before, item);
  }
}

/** Call a function for each of these, unless it is g_free(). */
export function forEachFree(m: Machine, f: number, items: readonly Value[]): void {
  if (f === 0 || m.functionName(f) === 'g_free') return;
  for (const item of items) m.call(f, item);
}

function defineList(machine: Machine, l: Lists): void {
  type Body = (m: Machine, head: number, args: Value[], call: CallSite) => Value | void;
  /** The data that lists hold may be unknown, the list itself may not. */
  const define = (name: string, body: Body): void => {
    const intrinsic: Intrinsic = (m, args, call) => {
      const head = args[0]!;
      if (head instanceof Unknown) return undecided(m, head, `${l.prefix}${name}()`, call);
      return body(m, num(head), args, call);
    };
    machine.define(l.prefix + name, intrinsic);
  };
  const n = (v: Value | undefined): number => (v instanceof Unknown ? 0 : num(v));
  machine.define(`${l.prefix}alloc`, (m) => l.make(m, 0));
  for (const name of ['free', 'free_1']) machine.define(l.prefix + name, () => 0);
  define('free_full', (m, head, [, f]) => forEachFree(m, n(f), l.nodes(m, head).map((x) => l.data(m, x))));
  define('append', (m, head, [, d]) => l.insertBefore(m, head, 0, d!));
  define('prepend', (m, head, [, d]) => {
    const node = l.make(m, d!);
    // glib inserts before the given node, which need not be the first
    if (l.double && head !== 0) l.link(m, needed(m.memory.loadPointer(head + 16)), node);
    l.link(m, node, head);
    return node;
  });
  define('insert', (m, head, [, d, at]) => {
    const position = n(at) | 0;
    return l.insertBefore(m, head, position < 0 ? 0 : l.nodes(m, head)[position] ?? 0, d!);
  });
  define('insert_before', (m, head, [, sibling, d]) => l.insertBefore(m, head, n(sibling), d!));
  define('insert_sorted', (m, head, [, d, f], call) => l.insertSorted(m, head, d!, n(f), [], call));
  define('insert_sorted_with_data', (m, head, [, d, f, u], call) => l.insertSorted(m, head, d!, n(f), [u!], call));
  define('concat', (m, head, [, other]) => {
    if (head === 0) return other!;
    l.link(m, l.last(m, head), n(other));
    return head;
  });
  define('remove', (m, head, [, d]) => l.unlink(m, head, l.find(m, head, d!)));
  define('remove_all', (m, head, [, d]) => {
    for (const node of l.nodes(m, head)) if (l.data(m, node) === d) head = l.unlink(m, head, node);
    return head;
  });
  for (const name of ['remove_link', 'delete_link']) define(name, (m, head, [, node]) => l.unlink(m, head, n(node)));
  define('reverse', (m, head) => l.chain(m, l.nodes(m, head).reverse()));
  define('copy', (m, head) => l.chain(m, l.nodes(m, head).map((x) => l.make(m, l.data(m, x)))));
  define('copy_deep', (m, head, [, f, u]) => l.chain(m, l.nodes(m, head).map((x) => l.make(m, n(f) === 0 ? l.data(m, x) : m.call(n(f), l.data(m, x), u!)))));
  define('nth', (m, head, [, i]) => l.nodes(m, head)[n(i)] ?? 0);
  define('nth_data', (m, head, [, i]) => {
    const node = l.nodes(m, head)[n(i)];
    return node === undefined ? 0 : l.data(m, node);
  });
  define('find', (m, head, [, d]) => l.find(m, head, d!));
  define('find_custom', (m, head, [, d, f], call) => {
    for (const node of l.nodes(m, head)) if (comparison(m, m.call(n(f), l.data(m, node), d!), call) === 0) return node;
    return 0;
  });
  define('index', (m, head, [, d]) => l.nodes(m, head).findIndex((x) => l.data(m, x) === d));
  define('position', (m, head, [, node]) => l.nodes(m, head).indexOf(n(node)));
  define('last', (m, head) => l.last(m, head));
  define('length', (m, head) => l.nodes(m, head).length);
  define('foreach', (m, head, [, f, u]) => {
    for (let node = head; node !== 0;) {
      const next = l.next(m, node);
      m.call(n(f), l.data(m, node), u!);
      node = next;
    }
  });
  define('sort', (m, head, [, f], call) => l.sort(m, head, n(f), [], call));
  define('sort_with_data', (m, head, [, f, u], call) => l.sort(m, head, n(f), [u!], call));
  if (l.double) define('first', (m, head) => {
    let first = head;
    while (first !== 0) {
      const previous = needed(m.memory.loadPointer(first + 16));
      if (previous === 0) break;
      first = previous;
    }
    return first;
  });
}

/** GQueue: head at 0, tail at 8, length at 16. */
function defineQueue(machine: Machine, l: Lists): void {
  const head = (m: Machine, q: number): number => needed(m.memory.loadPointer(q));
  const tail = (m: Machine, q: number): number => needed(m.memory.loadPointer(q + 8));
  const length = (m: Machine, q: number): number => needed(m.memory.load(q + 16, 4));
  const set = (m: Machine, q: number, first: number, last: number, count: number): void => {
    m.memory.store(q, 8, first);
    m.memory.store(q + 8, 8, last);
    m.memory.store(q + 16, 4, count);
  };
  const n = (v: Value | undefined): number => (v instanceof Unknown ? 0 : num(v));
  const define = (name: string, body: (m: Machine, q: number, args: Value[], call: CallSite) => Value | void): void => {
    machine.define(`g_queue_${name}`, (m, args, call) => {
      const q = args[0]!;
      if (q instanceof Unknown) return undecided(m, q, `g_queue_${name}()`, call);
      return body(m, num(q), args, call);
    });
  };
  const unlink = (m: Machine, q: number, node: number): void => {
    const previous = needed(m.memory.loadPointer(node + 16));
    const last = tail(m, q) === node ? previous : tail(m, q);
    set(m, q, l.unlink(m, head(m, q), node), last, length(m, q) - 1);
  };
  const pop = (m: Machine, q: number, node: number): Value => {
    if (node === 0) return 0;
    const data = l.data(m, node);
    unlink(m, q, node);
    return data;
  };
  const pushTail = (m: Machine, q: number, data: Value): void => {
    const node = l.make(m, data);
    const last = tail(m, q);
    l.link(m, last, node);
    set(m, q, last === 0 ? node : head(m, q), node, length(m, q) + 1);
  };
  machine.define('g_queue_new', (m) => m.memory.allocate(24));
  define('init', (m, q) => set(m, q, 0, 0, 0));
  define('free', () => 0);
  define('clear', (m, q) => set(m, q, 0, 0, 0));
  for (const name of ['free_full', 'clear_full']) {
    define(name, (m, q, [, f]) => {
      forEachFree(m, n(f), l.nodes(m, head(m, q)).map((x) => l.data(m, x)));
      set(m, q, 0, 0, 0);
    });
  }
  define('is_empty', (m, q) => (head(m, q) === 0 ? 1 : 0));
  define('get_length', (m, q) => length(m, q));
  define('push_tail', (m, q, [, d]) => pushTail(m, q, d!));
  define('push_head', (m, q, [, d]) => {
    const node = l.make(m, d!);
    const first = head(m, q);
    l.link(m, node, first);
    set(m, q, node, first === 0 ? node : tail(m, q), length(m, q) + 1);
  });
  define('pop_head', (m, q) => pop(m, q, head(m, q)));
  define('pop_tail', (m, q) => pop(m, q, tail(m, q)));
  define('peek_head', (m, q) => (head(m, q) === 0 ? 0 : l.data(m, head(m, q))));
  define('peek_tail', (m, q) => (tail(m, q) === 0 ? 0 : l.data(m, tail(m, q))));
  define('peek_nth', (m, q, [, i]) => {
    const node = l.nodes(m, head(m, q))[n(i)];
    return node === undefined ? 0 : l.data(m, node);
  });
  define('find', (m, q, [, d]) => l.find(m, head(m, q), d!));
  define('find_custom', (m, q, [, d, f], call) => {
    for (const node of l.nodes(m, head(m, q))) if (comparison(m, m.call(n(f), l.data(m, node), d!), call) === 0) return node;
    return 0;
  });
  define('remove', (m, q, [, d]) => {
    const node = l.find(m, head(m, q), d!);
    if (node === 0) return 0;
    unlink(m, q, node);
    return 1;
  });
  define('delete_link', (m, q, [, node]) => unlink(m, q, n(node)));
  define('reverse', (m, q) => {
    const nodes = l.nodes(m, head(m, q)).reverse();
    set(m, q, l.chain(m, nodes), nodes.at(-1) ?? 0, nodes.length);
  });
  define('foreach', (m, q, [, f, u]) => { for (const node of l.nodes(m, head(m, q))) m.call(n(f), l.data(m, node), u!); });
  const reset = (m: Machine, q: number, first: number): void => set(m, q, first, l.last(m, first), l.nodes(m, first).length);
  define('sort', (m, q, [, f, u], call) => reset(m, q, l.sort(m, head(m, q), n(f), [u!], call)));
  define('insert_sorted', (m, q, [, d, f, u], call) => {
    // before the first that is not smaller
    let before = head(m, q);
    while (before !== 0 && comparison(m, m.call(n(f), l.data(m, before), d!, u!), call) < 0) before = l.next(m, before);
    reset(m, q, l.insertBefore(m, head(m, q), before, d!));
  });
}
