import type { Machine } from '../c/runtime.js';
import { Unknown, type Value } from '../c/unknown.js';
import { GuestAbort } from './abort.js';
import { joinText, readText, readString, allocateText, type Text } from './cstring.js';
import { createError } from './glib-errors.js';
import { defineAll, num, strict } from './intrinsic.js';

/** glib's threads, atomics, files, paths and main loop, in a world of one thread and no files. */
export function defineGlibSystem(machine: Machine): void {
  defineThreads(machine);
  defineAtomics(machine);
  definePaths(machine);
  defineFiles(machine);
  defineMainLoop(machine);
}

function defineThreads(machine: Machine): void {
  machine.definePattern(/^g_(?:mutex|rec_mutex|rw_lock|cond|thread|static_mutex)_/, () => () => 0);
  for (const name of ['g_mutex_trylock', 'g_thread_self', 'g_thread_supported']) machine.define(name, () => 1);
  for (const name of ['g_cond_wait', 'g_cond_wait_until', 'g_thread_join']) machine.define(name, (_m, _args, call) => { throw new GuestAbort('deadlock', `${name}() would wait for ever`, call.location); });
  defineAll(machine, {
    // GOnce: status, retval
    g_once_impl: (m, [once, f, arg]) => {
      if (m.memory.load(num(once), 4) !== 2) {
        const result = m.call(num(f), arg!);
        m.memory.store(num(once) + 8, 8, result);
        m.memory.store(num(once), 4, 2);
      }
      return m.memory.loadPointer(num(once) + 8);
    },
    g_once_init_enter: (m, [p]) => (m.memory.loadPointer(num(p)) === 0 ? 1 : 0),
    g_once_init_leave: (m, [p, v]) => { m.memory.store(num(p), 8, v!); },
    g_private_get: (m, [p]) => m.memory.loadPointer(num(p)),
    g_private_set: (m, [p, v]) => { m.memory.store(num(p), 8, v!); },
    g_private_replace: (m, [p, v]) => { m.memory.store(num(p), 8, v!); },
  });
}

function defineAtomics(machine: Machine): void {
  const add = (m: Machine, p: number, by: number): Value => {
    const old = m.memory.load(p, 4);
    m.memory.store(p, 4, old instanceof Unknown ? old.blurred() : (num(old) + by) | 0);
    return old;
  };
  const exchange = (m: Machine, p: number, size: number, old: number | bigint, value: number | bigint): Value => {
    const now = size === 4 ? m.memory.load(p, 4) : m.memory.loadPointer(p);
    if (now instanceof Unknown) return now.blurred();
    if (size === 4 ? (num(now) | 0) !== (num(old) | 0) : num(now) !== num(old)) return 0;
    m.memory.store(p, size, value);
    return 1;
  };
  defineAll(machine, {
    g_atomic_int_get: (m, [p]) => m.memory.load(num(p), 4),
    g_atomic_int_inc: (m, [p]) => { add(m, num(p), 1); },
    g_atomic_int_dec_and_test: (m, [p]) => {
      const old = add(m, num(p), -1);
      return old instanceof Unknown ? old.blurred() : old === 1 ? 1 : 0;
    },
    g_atomic_int_add: (m, [p, v]) => add(m, num(p), num(v)),
    g_atomic_int_compare_and_exchange: (m, [p, o, v]) => exchange(m, num(p), 4, o!, v!),
    g_atomic_pointer_get: (m, [p]) => m.memory.loadPointer(num(p)),
    g_atomic_pointer_compare_and_exchange: (m, [p, o, v]) => exchange(m, num(p), 8, o!, v!),
  });
  machine.define('g_atomic_int_set', (m, [p, v]) => { m.memory.store(num(p as number), 4, v!); });
  machine.define('g_atomic_pointer_set', (m, [p, v]) => { m.memory.store(num(p as number), 8, v!); });
}

function definePaths(machine: Machine): void {
  machine.define('g_build_filename', (m, args) => {
    const texts: Text[] = [];
    for (const a of args) {
      if (a instanceof Unknown) return a.blurred();
      if (num(a) === 0) break;
      const t = readText(m.memory, num(a));
      if (t instanceof Unknown) return t.blurred();
      texts.push(t);
    }
    return allocateText(m.memory, typeof joinText(texts) === 'string' ? joinPath(texts as string[]) : joinText(texts.flatMap((t, i) => (i === 0 ? [t] : ['/', t]))));
  });
  const path = (change: (p: string) => string | number) => strict((m, [p]) => {
    const text = readString(m.memory, num(p));
    if (text instanceof Unknown) return text.blurred();
    const result = change(text);
    return typeof result === 'string' ? m.memory.allocateCString(result) : result;
  });
  machine.define('g_path_is_absolute', path((p) => (p.startsWith('/') ? 1 : 0)));
  for (const name of ['g_path_get_basename', 'basename']) machine.define(name, path((p) => (p === '' ? '.' : /^\/+$/.test(p) ? '/' : p.replace(/\/+$/, '').replace(/^.*\//, ''))));
  for (const name of ['g_path_get_dirname', 'dirname']) machine.define(name, path((p) => (p.includes('/') ? p.replace(/\/+[^/]*$/, '') || '/' : '.')));
  // The environment is empty, and nobody in particular runs the program.
  for (const name of ['g_getenv', 'g_get_host_name', 'g_get_user_runtime_dir', 'g_find_program_in_path', 'g_get_application_name']) machine.define(name, () => 0);
  for (const name of ['g_setenv', 'g_unsetenv']) machine.define(name, () => 1);
  let programName: number | undefined;
  const slot = (m: Machine): number => (programName ??= m.memory.allocateStatic(8));
  machine.define('g_get_prgname', (m) => m.memory.loadPointer(slot(m)));
  machine.define('g_set_prgname', (m, [s]) => { m.memory.store(slot(m), 8, s!); });
}

/** g_build_filename(): one separator between the parts. */
function joinPath(parts: readonly string[]): string {
  const used = parts.filter((p) => p !== '');
  return used.map((p, i) => (i === 0 ? p : p.replace(/^\/+/, ''))).map((p, i) => (i === used.length - 1 ? p : p.replace(/\/+$/, ''))).join('/');
}

function defineFiles(machine: Machine): void {
  const missing = (name: string, errorAt: number, result: Value): void => {
    machine.define(name, (m, args) => {
      const to = args[errorAt];
      if (typeof to === 'number' && to !== 0) m.memory.store(to, 8, createError(m, 0, 4, 'No such file or directory'));
      return result;
    });
  };
  missing('g_file_get_contents', 3, 0);
  missing('g_file_set_contents', 3, 0);
  missing('g_file_read_link', 1, 0);
  missing('g_file_open_tmp', 2, -1);
  missing('g_dir_make_tmp', 1, 0);
  missing('g_dir_open', 2, 0);
  missing('g_mapped_file_new', 2, 0);
  missing('g_spawn_sync', 9, 0);
  missing('g_spawn_async', 7, 0);
  machine.define('g_file_test', () => 0);
  machine.define('g_close', () => 1);
  for (const name of ['g_dir_read_name', 'g_dir_close', 'g_mapped_file_unref', 'g_module_supported', 'g_module_open', 'g_module_symbol', 'g_module_close', 'g_module_error', 'g_fopen', 'g_test_slow', 'g_test_quick', 'g_test_thorough', 'g_test_subprocess', 'g_test_initialized', 'g_test_message']) machine.define(name, () => 0);
  for (const name of ['g_open', 'g_unlink', 'g_remove', 'g_rename', 'g_mkdir', 'g_rmdir', 'g_access', 'g_chmod', 'g_mkdir_with_parents']) machine.define(name, () => -1);
}

/** Sources are accepted and never run: nothing that we ask for waits for the main loop. */
function defineMainLoop(machine: Machine): void {
  machine.definePattern(/^g_(?:main_(?:context|loop)|source|io_channel|idle|timeout|child_watch|unix_fd|unix_signal|thread_pool|timer)_/, () => () => 0);
  machine.define('g_main_context_acquire', () => 1);
  machine.define('g_io_add_watch', () => 1);
  // g_source_new(funcs, struct_size): the struct is the caller's
  machine.define('g_source_new', strict((m, [funcs, size]) => {
    const s = m.memory.allocate(num(size));
    m.memory.store(s + 16, 8, funcs!);
    m.memory.store(s + 24, 4, 1);
    return s;
  }));
  for (const name of ['g_main_context_default', 'g_main_context_new', 'g_main_loop_new', 'g_idle_source_new', 'g_timeout_source_new', 'g_timer_new', 'g_thread_pool_new', 'g_io_channel_unix_new']) machine.define(name, (m) => m.memory.allocate(128));
}
