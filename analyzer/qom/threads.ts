import type { Program } from '../c/program.js';
import { GuestAbort } from './abort.js';
import { num, type Known } from './intrinsic.js';

/** A thread has come to where it waits for others. */
class Waits extends Error {
  override readonly name = 'Waits';
}

/**
 * Threads, one after the other: while {@link Threads.run} is on, a new one runs at once, until it first waits, and never
 * goes on. So much of a CPU's thread has happened when a machine that was started with -S answers questions. Otherwise no
 * thread ever runs. Whoever waits on the first thread waits for ever.
 */
export class Threads {
  private on = false;
  private inside = 0;
  private calls = 0;
  /** How many functions run when the thread's own function calls others. */
  private depth = 0;

  constructor(private readonly program: Program) {
    // util/qemu-thread-posix.c: its conditions are not initialised, and need not be
    for (const name of ['pthread_cond_wait', 'pthread_cond_timedwait', 'sem_wait', 'sem_timedwait', 'sigwait', 'qemu_cond_wait', 'qemu_cond_wait_impl', 'qemu_cond_timedwait_impl']) {
      program.define(name, (_m, _args, call) => {
        if (this.inside > 0) throw new Waits();
        throw new GuestAbort('deadlock', `${name}() would wait for ever`, call.location);
      });
    }
    program.define('pthread_create', (m, args) => {
      // what a constructor starts belongs to no CPU
      if (!this.on || program.follows === undefined) return 0;
      this.inside++;
      this.calls = 0;
      // util/qemu-thread-posix.c: from 3.0 on, a function of its own calls the thread's
      const start = args[2];
      this.depth = program.callStack.length + (typeof start === 'number' && program.functionName(start) === 'qemu_thread_start' ? 2 : 1);
      try {
        m.call(num(args[2] as Known), args[3]!);
      } catch (error) {
        if (!(error instanceof Waits)) throw error;
      } finally {
        this.inside--;
      }
      return 0;
    });
  }

  /**
   * A thread that goes astray, because what it does depends on unknowns, leaves the call that its own function made, after
   * so many calls in it. To be told of each call before it happens.
   * @returns whether this is such a call of the thread's own function: it must be followed tentatively
   */
  called(limit: number): boolean {
    if (this.inside === 0) return false;
    if (this.program.callStack.length === this.depth) {
      this.calls = 0;
      return true;
    }
    if (++this.calls > limit) throw new GuestAbort('deadlock', 'a thread that does not come to rest', this.program.site?.location);
    return false;
  }

  /** Do something whose threads run. */
  run<T>(what: () => T): T {
    const { on } = this;
    this.on = true;
    try {
      return what();
    } finally {
      this.on = on;
    }
  }
}
