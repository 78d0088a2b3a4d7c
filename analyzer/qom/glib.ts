import type { Machine } from '../c/runtime.js';
import { Unknown } from '../c/unknown.js';
import { defineArrays } from './glib-array.js';
import { defineErrors } from './glib-errors.js';
import { defineGString } from './glib-gstring.js';
import { defineHashTables } from './glib-hash.js';
import { defineLists } from './glib-list.js';
import { defineStringUtilities } from './glib-strings.js';
import { defineGlibSystem } from './glib-system.js';
import { defineTrees } from './glib-tree.js';
import { defineAll, defineAllocators, num } from './intrinsic.js';
import type { LibcOptions } from './libc.js';
import { aligned, reallocate } from './libc-stdlib.js';

/**
 * glib: memory, strings, containers, errors. {@link defineLibc} goes with it. Containers live in the program's memory,
 * so that checkpoints, and joining the alternatives of a branch, take them along.
 */
export function defineGlib(machine: Machine, options: LibcOptions = {}): void {
  const { messages } = options;
  defineMemory(machine);
  defineErrors(machine, messages === undefined ? () => undefined : typeof messages === 'function' ? messages : (text) => { messages.push(text); });
  defineStringUtilities(machine);
  defineGString(machine);
  defineHashTables(machine);
  defineLists(machine);
  defineArrays(machine);
  defineTrees(machine);
  defineGlibSystem(machine);
}

/** gmem.h and gslice.h. Nothing is freed. */
function defineMemory(machine: Machine): void {
  for (const zero of ['', '0']) {
    for (const attempt of ['g_', 'g_try_']) {
      defineAllocators(machine, {
        [`${attempt}malloc${zero}`]: (m, [size]) => (num(size) === 0 ? 0 : m.memory.allocate(num(size))),
        [`${attempt}malloc${zero}_n`]: (m, [n, size]) => (num(n) * num(size) === 0 ? 0 : m.memory.allocate(num(n) * num(size))),
      });
    }
    defineAllocators(machine, {
      [`g_slice_alloc${zero}`]: (m, [size]) => (num(size) === 0 ? 0 : m.memory.allocate(num(size))),
      [`g_aligned_alloc${zero}`]: (m, [n, size, a]) => aligned(m, num(a), num(n) * num(size)),
    });
  }
  for (const attempt of ['g_', 'g_try_']) {
    defineAllocators(machine, {
      [`${attempt}realloc`]: (m, [p, size]) => (num(size) === 0 ? 0 : reallocate(m, num(p), num(size))),
      [`${attempt}realloc_n`]: (m, [p, n, size]) => (num(n) * num(size) === 0 ? 0 : reallocate(m, num(p), num(n) * num(size))),
    });
  }
  for (const name of ['g_free', 'g_free_sized', 'g_aligned_free', 'g_slice_free1']) machine.define(name, () => 0);
  for (const name of ['g_memdup', 'g_memdup2']) {
    defineAllocators(machine, {
      [name]: (m, [p, size]) => {
        if (num(p) === 0 || num(size) === 0) return 0;
        const copy = m.memory.allocate(num(size));
        m.memory.copy(copy, num(p), num(size));
        return copy;
      },
    });
  }
  defineAll(machine, {
    g_slice_copy: (m, [size, p]) => {
      const copy = m.memory.allocate(num(size));
      if (num(p) !== 0) m.memory.copy(copy, num(p), num(size));
      return copy;
    },
    g_bit_storage: (_m, [n]) => Math.max(1, BigInt.asUintN(64, BigInt(n!)).toString(2).length),
  });
  machine.define('__g_steal_pointer', (m, [pp]) => {
    if (pp instanceof Unknown) return pp;
    const value = m.memory.loadPointer(num(pp));
    m.memory.store(num(pp), 8, 0);
    return value;
  });
}
