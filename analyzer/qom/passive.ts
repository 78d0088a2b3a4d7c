import type { Program } from '../c/program.js';
import type { Value } from '../c/unknown.js';

/**
 * Functions of the tree that are called while CPUs are built and that have no say in what a CPU is: locks, trace points,
 * events, the module loader. They do nothing here.
 */
const PASSIVE = [
  // include/qemu/thread.h
  'qemu_mutex_init', 'qemu_mutex_destroy', 'qemu_mutex_lock_impl', 'qemu_mutex_unlock_impl', 'qemu_rec_mutex_init', 'qemu_rec_mutex_destroy', 'qemu_rec_mutex_lock_impl', 'qemu_rec_mutex_unlock_impl',
  'qemu_cond_init', 'qemu_cond_destroy', 'qemu_cond_signal', 'qemu_cond_broadcast', 'qemu_event_init', 'qemu_event_set', 'qemu_lockcnt_init', 'qemu_spin_init',
  // gdbstub: what a debugger sees
  'gdb_init_cpu', 'gdb_register_coprocessor', 'gdb_unregister_coprocessor_all',
  // target/i386/translate.c: names that generated code has for the registers
  'tcg_x86_init', 'optimize_flags_init',
  // monitor: there is none
  'monitor_cur', 'monitor_cur_hmp', 'monitor_vprintf', 'monitor_register_hmp', 'monitor_register_hmp_info_hrt', 'qemu_mutex_lock', 'qemu_mutex_unlock', 'qemu_thread_atexit_init', 'call_rcu1',
  // the big lock
  'qemu_mutex_lock_iothread', 'qemu_mutex_lock_iothread_impl', 'qemu_mutex_unlock_iothread', 'bql_lock_impl', 'bql_unlock',
];

const KINDS = ['cpu', 'accel', 'machine'];

/** Is a driver, as compat properties name it, a kind of these types, or one that they are a kind of? */
function concerns(program: Program, driver: Value): boolean {
  const klass = program.call('object_class_by_name', driver);
  if (klass === 0) return false;
  return KINDS.some((kind) => {
    const name = program.stringLiteral(kind);
    const other = program.call('object_class_by_name', name);
    return program.call('object_class_dynamic_cast', klass, name) !== 0 || (other !== 0 && program.call('object_class_dynamic_cast', other, driver) !== 0);
  });
}

/** Make them no-ops. */
export function definePassive(program: Program): void {
  for (const name of PASSIVE) program.define(name, () => 0);
  // there is one thread, and it holds the big lock
  for (const name of ['bql_locked', 'qemu_mutex_iothread_locked']) program.define(name, () => 1);
  // qom/object.c: defaults that no CPU, accelerator or machine can get are nobody's
  program.define('object_register_sugar_prop', (_m, args, call) => {
    if (!concerns(program, args[0]!)) return 0;
    return program.original('object_register_sugar_prop').invoke(args, call);
  });
  // qom/object.c: a checked cast gives what it was given, or the program is wrong
  program.define('object_dynamic_cast_assert', (_m, args) => args[0]!);
  // scripts/tracetool: one function a trace point
  program.definePattern(/^(?:_nocheck__)?trace_/, () => () => 0);
  // scripts/qapi: events go to the monitor
  program.definePattern(/^qapi_event_send_/, () => () => 0);
  // memory is never reused, so freeing is nothing
  program.definePattern(/^qapi_free_/, () => () => 0);
}
