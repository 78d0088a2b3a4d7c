import type { Location } from './location.js';
import type { Memory } from './memory.js';
import type { Unknown, Value } from './unknown.js';

/** Where a call stands in the source. */
export interface CallSite {
  readonly location: Location;
}

/**
 * A function that is implemented natively. Integer arguments arrive converted to the prototype's parameter types
 * (numbers up to 32 bits, bigint for 64-bit integers, numbers for pointers); variadic arguments follow in the same
 * array with C's default promotions. The result is converted to the prototype's return type.
 */
export type Intrinsic = (machine: Machine, args: Value[], call: CallSite) => Value | void;

/** A message about something that the analyzer did not understand, and what it may affect; or a warning, which is the program's own. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning' | 'note';
  readonly at: Location | undefined;
  /** The construct, in the field's terms. */
  readonly what: string;
  /** What may be wrong because of it. */
  readonly affects: string;
}

/** The abstract C machine as the intrinsics see it. */
export interface Machine {
  readonly memory: Memory;
  /** Implement a function natively, instead of the tree's own definition if it has one. */
  define(name: string, intrinsic: Intrinsic): void;
  /** Implement every function whose name matches natively (tried after {@link define} and after the tree's own definitions). */
  definePattern(pattern: RegExp, make: (name: string) => Intrinsic): void;
  /** Call a function by external name or by address. */
  call(callee: string | number, ...args: Value[]): Value;
  /** The address of a function or object with external linkage. @throws if the program has none. */
  addressOf(name: string): number;
  /** Does the program (or an intrinsic) define this external name? */
  has(name: string): boolean;
  /** The name of the function at an address, if it is one. */
  functionName(address: number): string | undefined;
  /** Size in bytes of a type: a typedef name or "struct TAG". */
  sizeOf(type: string): number;
  /** Offset in bytes of a member path ("base.type") in a typedef name or "struct TAG". @throws if there is no such member. */
  offsetOf(type: string, path: string): number;
  /** Does this struct have this member? */
  hasMember(type: string, path: string): boolean;
  /** Read a member as its C type says: integer, pointer (number), bool (0 or 1). */
  readMember(address: number, type: string, path: string): Value;
  /** Write a member as its C type says. */
  writeMember(address: number, type: string, path: string, value: Value): void;
  /** The value of an enumeration constant or of a macro that is an integer constant; undefined if there is none. */
  constant(name: string): Value | undefined;
  /** The arguments behind a va_list that a C function passes on (v*printf), and how many of them it has consumed. */
  varargs(list: Value): Value[];
  /** Calls are being skipped, so that values are missing everywhere: they matter only where they reach a result. */
  readonly skipping: boolean;
  /** Report something not understood. */
  diagnose(diagnostic: Diagnostic): void;
  /** An unknown value because the analyzer does not model something here. */
  gap(what: string, at: Location | undefined): Unknown;
}
