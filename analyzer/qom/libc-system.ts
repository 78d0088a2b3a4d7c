import type { Machine } from '../c/runtime.js';
import { Unknown } from '../c/unknown.js';
import { GuestAbort } from './abort.js';
import { ENOENT, setErrno } from './errno.js';
import { defineAll, num, strict } from './intrinsic.js';

/**
 * Threads, signals, time and files. There is one thread, and it is never interrupted: locks are always free, and waiting
 * would be for ever. There are no files. What the clock says, only the host knows.
 */
export function defineSystem(machine: Machine): void {
  defineThreads(machine);
  defineSignals(machine);
  defineTime(machine);
  defineFiles(machine);
}

function defineThreads(machine: Machine): void {
  const wait = (name: string): void => machine.define(name, (_m, _args, call) => { throw new GuestAbort('deadlock', `${name}() would wait for ever`, call.location); });
  for (const name of ['pthread_cond_wait', 'pthread_cond_timedwait', 'pthread_join', 'sem_wait', 'sem_timedwait', 'sigwait', 'sigsuspend', 'pause']) wait(name);
  machine.define('pthread_exit', (_m, _args, call) => { throw new GuestAbort('exit', 'pthread_exit()', call.location, 0); });
  const stores = new WeakMap<Machine, { next: number; address: number }>();
  const keys = (m: Machine): { next: number; address: number } => {
    let s = stores.get(m);
    if (s === undefined) stores.set(m, (s = { next: 1, address: m.memory.allocateStatic(8 * 1024) }));
    return s;
  };
  defineAll(machine, {
    pthread_self: () => 1n,
    pthread_equal: (_m, [a, b]) => (a === b ? 1 : 0),
    pthread_once: (m, [once, f]) => {
      if (m.memory.load(num(once), 4) === 0) {
        m.memory.store(num(once), 4, 2);
        m.call(num(f));
      }
      return 0;
    },
    pthread_key_create: (m, [key]) => { m.memory.store(num(key), 4, keys(m).next++); return 0; },
    pthread_getspecific: (m, [key]) => m.memory.loadPointer(keys(m).address + 8 * num(key)),
    pthread_setspecific: (m, [key, value]) => { m.memory.store(keys(m).address + 8 * num(key), 8, value!); return 0; },
  });
  // all others: locks, attributes, names
  machine.definePattern(/^(?:pthread|sem|sched)_/, () => () => 0);
}

function defineSignals(machine: Machine): void {
  const words = 16;
  defineAll(machine, {
    sigemptyset: (m, [s]) => { m.memory.fill(num(s), 0, 8 * words); return 0; },
    sigfillset: (m, [s]) => { m.memory.fill(num(s), 0xff, 8 * words); return 0; },
    sigaddset: (m, [s, n]) => setSignal(m, num(s), num(n), true),
    sigdelset: (m, [s, n]) => setSignal(m, num(s), num(n), false),
    sigismember: (m, [s, n]) => {
      const byte = m.memory.load(num(s) + ((num(n) - 1) >> 3), 1);
      return byte instanceof Unknown ? byte.blurred() : (num(byte) >> ((num(n) - 1) & 7)) & 1;
    },
  });
  for (const name of ['sigaction', 'signal', 'sigprocmask', 'sigaltstack', 'sigpending', 'raise', 'kill', 'sigsetjmp', 'setjmp', '_setjmp', 'setitimer', 'alarm']) machine.define(name, () => 0);
  for (const name of ['longjmp', '_longjmp', 'siglongjmp']) machine.define(name, (_m, _args, call) => { throw new GuestAbort('abort', `${name}()`, call.location); });
}

function setSignal(m: Machine, set: number, signal: number, on: boolean): number {
  const at = set + ((signal - 1) >> 3);
  const byte = m.memory.load(at, 1);
  if (byte instanceof Unknown) return 0;
  const bit = 1 << ((signal - 1) & 7);
  m.memory.store(at, 1, on ? num(byte) | bit : num(byte) & ~bit);
  return 0;
}

function defineTime(machine: Machine): void {
  for (const name of ['time', 'clock', 'gettimeofday', 'clock_gettime', 'clock_getres', 'g_get_real_time', 'g_get_monotonic_time', 'g_get_current_time', 'mktime', 'timegm', 'getpid', 'getppid', 'gettid', 'getuid', 'geteuid', 'getgid', 'getegid', 'sysconf', 'getauxval', 'g_random_int', 'g_random_int_range', 'g_random_double', 'g_get_num_processors', 'sched_getcpu']) {
    const out = name === 'clock_gettime' || name === 'clock_getres' ? 1 : 0;
    const writes = ['time', 'gettimeofday', 'clock_gettime', 'clock_getres', 'g_get_current_time'].includes(name);
    machine.define(name, (m, args, call) => {
      const unknown = new Unknown({ kind: 'host', what: `${name}()`, at: call.location });
      const pointer = args[out];
      if (!writes) return unknown;
      if (typeof pointer === 'number' && pointer !== 0) for (let i = 0; i < (name === 'time' ? 1 : 2); i++) m.memory.store(pointer + 8 * i, 8, unknown);
      return name === 'time' ? unknown : 0;
    });
  }
  // The host is x86-64: its pages have 4 KiB.
  machine.define('getpagesize', () => 4096);
  for (const name of ['nanosleep', 'usleep', 'sleep', 'g_usleep', 'tzset']) machine.define(name, () => 0);
}

function defineFiles(machine: Machine): void {
  const fails = ['open', 'openat', 'creat', 'stat', 'lstat', 'fstatat', 'access', 'unlink', 'rmdir', 'mkdir', 'rename', 'readlink', 'chdir', 'truncate', 'socket', 'connect', 'statfs', 'statvfs', 'shm_open', 'memfd_create', 'mkstemp', 'mkfifo', 'chmod', 'execv', 'execvp', 'execve', 'fork'];
  for (const name of fails) machine.define(name, (m) => { setErrno(m, ENOENT); return -1; });
  for (const name of ['opendir', 'mkdtemp', 'getcwd', 'getpwnam', 'getpwuid', 'getgrnam', 'dlopen', 'dlsym', 'popen']) machine.define(name, (m) => { setErrno(m, ENOENT); return 0; });
  for (const name of ['close', 'fcntl', 'umask', 'fsync', 'fdatasync', 'isatty', 'madvise', 'posix_madvise', 'mprotect', 'munmap', 'mlockall', 'prctl', 'setrlimit', 'closelog', 'openlog', 'setlocale']) machine.define(name, () => 0);
  // Anonymous memory is memory; a mapped file is not there.
  machine.define('mmap', strict((m, [, size, , flags]) => {
    if ((num(flags) & 0x20) === 0) { setErrno(m, ENOENT); return 0xffff_ffff_ffff_ffffn; }
    const address = m.memory.allocate(num(size) + 4096);
    return Math.ceil(address / 4096) * 4096;
  }));
}
