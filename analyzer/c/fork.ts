import { Completion, type Frame } from './frame.js';
import type { Program } from './program.js';
import type { SyntaxNode } from './syntax.js';
import { Unknown, type Origin, type Value } from './unknown.js';

/**
 * A branch on an unknown. All alternatives are executed, each from the same state; what they leave different becomes
 * unknown with the branch's origin, what they leave equal stays known.
 *
 * An alternative that aborts the program is left out while another one survives: the program is known to have gone on.
 */

interface Outcome<T> {
  readonly value: T;
  readonly slots: Value[];
  readonly result: Value;
  readonly label: string | undefined;
  readonly bytes: Map<number, number | Unknown>;
  readonly foreign: boolean;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'GuestAbort';
}

/** Run every alternative from the present state, and undo it again. */
function explore<T>(program: Program, frame: Frame, alternatives: readonly (() => T)[]): Outcome<T>[] {
  const { memory } = program;
  const slots = frame.slots.slice();
  const { result, label } = frame;
  const outcomes: Outcome<T>[] = [];
  let abort: unknown;
  for (const alternative of alternatives) {
    const recording = memory.record();
    program.alternatives++;
    try {
      const value = alternative();
      recording.stop();
      outcomes.push({ value, slots: frame.slots.slice(), result: frame.result, label: frame.label, bytes: recording.written(), foreign: recording.foreign });
    } catch (error) {
      recording.stop();
      if (!isAbort(error)) throw error;
      abort = error;
    } finally {
      program.alternatives--;
      recording.undo();
      for (let i = 0; i < slots.length; i++) frame.slots[i] = slots[i]!;
      frame.result = result;
      frame.label = label;
    }
  }
  if (outcomes.length === 0) throw abort;
  return outcomes;
}

function same(a: Value, b: Value): boolean {
  return a === b || (a instanceof Unknown && b instanceof Unknown && a.origin === b.origin && a.bits === b.bits && a.value === b.value);
}

/** What all values have in common: the value itself where they are equal; of non-negative integers, the bits in which they agree. */
function inCommon(origin: Origin, values: readonly Value[]): Value {
  const first = values[0]!;
  if (values.every((v) => same(v, first))) return first;
  let unknown = 0n;
  let common: bigint | undefined;
  for (const v of values) {
    let bits: bigint;
    if (v instanceof Unknown) {
      unknown |= v.bits;
      bits = v.value;
    } else if (typeof v === 'bigint') bits = BigInt.asUintN(64, v);
    // a negative number may be a narrower type's, and a fraction has no bits
    else if (Number.isSafeInteger(v) && v >= 0 && !Object.is(v, -0)) bits = BigInt(v);
    else return new Unknown(origin);
    common ??= bits;
    unknown |= bits ^ common;
  }
  return new Unknown(origin, unknown, common! & ~unknown);
}

/** Make the state what all outcomes have in common. */
function join(program: Program, origin: Origin, frame: Frame, place: SyntaxNode, outcomes: readonly Outcome<unknown>[]): void {
  const { memory } = program;
  const merge = (values: readonly Value[]): Value => inCommon(origin, values);
  if (outcomes.some((o) => o.foreign) && outcomes.length > 1) {
    program.gapAt(`a branch that ${origin.what} decides changes state that cannot be joined`, place.location);
  }
  const touched = new Set<number>();
  for (const o of outcomes) for (const a of o.bytes.keys()) touched.add(a);
  const before = new Map<number, number | Unknown>();
  for (const a of touched) before.set(a, memory.peek(a));
  for (const a of touched) memory.store(a, 1, merge(outcomes.map((o) => o.bytes.get(a) ?? before.get(a)!)));
  const count = frame.slots.length;
  for (let i = 0; i < count; i++) frame.slots[i] = merge(outcomes.map((o) => o.slots[i]!));
  frame.result = merge(outcomes.map((o) => o.result));
  frame.label = outcomes[0]!.label;
}

/**
 * A statement whose course an unknown steers. Where the alternatives end differently (one returns, another goes on) nothing
 * has happened yet: the result is Diverged, and the enclosing statement runs each alternative on to where they meet again.
 */
export function forkStatement(program: Program, origin: Origin, frame: Frame, place: SyntaxNode, alternatives: readonly (() => Completion)[]): Completion {
  let outcomes = explore(program, frame, alternatives);
  // a test of what a call that was not executed would have returned: leaving early is the error path, and the program went on
  if (origin.unexecuted && outcomes.some((o) => o.value === Completion.Normal)) outcomes = outcomes.filter((o) => o.value === Completion.Normal);
  const first = outcomes[0]!;
  if (outcomes.every((o) => o.value === first.value && (o.value !== Completion.Goto || o.label === first.label)) && first.value !== Completion.Diverged) {
    join(program, origin, frame, place, outcomes);
    return first.value;
  }
  frame.divergence = { origin, place, alternatives };
  return Completion.Diverged;
}

/**
 * Go on after a statement. If it diverged, each of its alternatives does: it runs, again, to its own end and on from there,
 * where it may diverge once more.
 */
export function resume(program: Program, frame: Frame, completion: Completion, goOn: (completion: Completion) => Completion): Completion {
  if (completion !== Completion.Diverged) return goOn(completion);
  const { origin, place, alternatives } = frame.divergence!;
  return forkStatement(program, origin, frame, place, alternatives.map((alternative) => () => resume(program, frame, alternative(), goOn)));
}
