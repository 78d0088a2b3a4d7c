import type { CallSite, Intrinsic, Machine } from '../c/runtime.js';
import { UndecidedError, Unknown, unknownBlock, unknownContent, type Value } from '../c/unknown.js';

/** A known C value. */
export type Known = number | bigint;

/** The body of an intrinsic whose arguments are all known. */
export type Body = (machine: Machine, args: Known[], call: CallSite) => Value | void;

/** An intrinsic that makes nothing of unknown arguments: its result is then unknown for the same reason. */
export function strict(body: Body): Intrinsic {
  return (machine, args, call) => {
    for (let i = 0; i < args.length; i++) {
      const a = args[i];
      if (a instanceof Unknown) return unknownContent(a);
    }
    return body(machine, args as Known[], call);
  };
}

/** Define intrinsics that return a new block of memory: of unknown size where an argument is unknown. */
export function defineAllocators(machine: Machine, bodies: Readonly<Record<string, Body>>): void {
  for (const [name, body] of Object.entries(bodies)) {
    machine.define(name, (m, args, call) => {
      const unknown = args.find((a) => a instanceof Unknown);
      return unknown instanceof Unknown ? unknownBlock(unknown) : body(m, args as Known[], call);
    });
  }
}

/** Define several intrinsics of the {@link strict} kind. */
export function defineAll(machine: Machine, bodies: Readonly<Record<string, Body>>): void {
  for (const [name, body] of Object.entries(bodies)) machine.define(name, strict(body));
}

/** A size, count or pointer as a number. */
export function num(value: Known | undefined): number {
  return typeof value === 'number' ? value : Number(value);
}

/** A size, count or pointer that stands in memory. @throws UndecidedError if it is unknown, which ends the call */
export function needed(value: Value): number {
  if (value instanceof Unknown) throw new UndecidedError(value);
  return num(value);
}

/** A count that may be a signed -1 (gssize), as a number. */
export function signed(value: Known | undefined): number {
  return typeof value === 'bigint' ? Number(BigInt.asIntN(64, value)) : num(value);
}

/** Something's outcome is unknown, and a native algorithm cannot go on with that: say so. */
export function undecided(machine: Machine, why: Unknown, what: string, call: CallSite): Unknown {
  if (!machine.skipping) machine.diagnose({ severity: 'error', at: call.location, what: `${what} depends on ${why.toString()}`, affects: 'whatever is computed from it' });
  return why.blurred();
}


