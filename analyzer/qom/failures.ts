import type { Program } from '../c/program.js';
import type { Value } from '../c/unknown.js';
import { GuestAbort } from './abort.js';

/**
 * util/error.c: where only some hosts make a function fail, the CPU is one of a host where it does not: an alternative of a branch on an
 * unknown in which the function's error is set ends as one does in which QEMU ends.
 */
export class Failures {
  private errp: Value = 0;

  constructor(private readonly program: Program) {
    for (const name of ['error_setg_internal', 'error_propagate']) {
      program.define(name, (_m, args, call) => {
        if (this.errp !== 0 && args[0] === this.errp && args[1] !== 0 && program.alternatives > 0) throw new GuestAbort('exit', 'a CPU that some hosts refuse', call.location);
        return program.original(name).invoke(args, call);
      });
    }
  }

  /** Errors of this function, whose last argument is an Error **, are of that kind. To be said before units are loaded. */
  of(name: string): void {
    const { program } = this;
    program.define(name, (_m, args, call) => {
      const outer = this.errp;
      this.errp = args.at(-1)!;
      try {
        return program.original(name).invoke(args, call);
      } finally {
        this.errp = outer;
      }
    });
  }
}
