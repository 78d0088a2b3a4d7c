import type { Machine } from '../c/runtime.js';
import { defineStdio, type MessageSink } from './libc-stdio.js';
import { defineStdlib } from './libc-stdlib.js';
import { defineStringFunctions } from './libc-string.js';
import { defineSystem } from './libc-system.js';

export interface LibcOptions {
  /** Receives what the program prints, in pieces as it prints them: a list that grows, or a function. */
  readonly messages?: string[] | MessageSink;
}

/**
 * The C library: the functions that QEMU's CPU and machine code calls from it (and the three of QEMU's own that are C
 * library functions in all but name: pstrcpy(), qemu_memalign(), qemu_vfree()).
 *
 * The program sees an empty environment, no files, one thread. exit(), abort() and failed assertions throw GuestAbort.
 */
export function defineLibc(machine: Machine, options: LibcOptions = {}): void {
  const { messages } = options;
  const sink: MessageSink = messages === undefined ? () => undefined : typeof messages === 'function' ? messages : (text) => { messages.push(text); };
  defineStringFunctions(machine);
  defineStdlib(machine);
  defineStdio(machine, sink);
  defineSystem(machine);
}
