import { Completion, type Frame, type Outcome } from './frame.js';
import { EndlessError, type Program } from './program.js';
import type { SyntaxNode } from './syntax.js';
import { Unknown, type Origin, type Value } from './unknown.js';

/**
 * A branch on an unknown. All alternatives are executed, each from the same state; what they leave different becomes
 * unknown with the branch's origin, what they leave equal stays known.
 *
 * An alternative that aborts the program, or goes on for ever, is left out while another one survives: the program is known to have gone on.
 */

function isAbort(error: unknown): boolean {
  return error instanceof EndlessError || (error instanceof Error && error.name === 'GuestAbort');
}

/** Run every alternative from the present state, and undo it again. */
function explore(program: Program, frame: Frame, alternatives: readonly (() => Completion)[]): Outcome[] {
  const { memory } = program;
  const slots = frame.slots.slice();
  const { result, label } = frame;
  const outcomes: Outcome[] = [];
  let abort: unknown;
  for (const run of alternatives) {
    const recording = memory.record(program.frameTop);
    program.alternatives++;
    try {
      const value = run();
      recording.stop();
      const divergence = value === Completion.Diverged ? frame.divergence : undefined;
      outcomes.push({ value, slots: frame.slots.slice(), result: frame.result, label: frame.label, bytes: recording.written(), foreign: recording.foreign, divergence, run });
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

/** Let an alternative have happened. Only what it did beyond memory must be done again. */
function restore(program: Program, frame: Frame, outcome: Outcome): Completion {
  if (outcome.foreign) return outcome.run();
  program.memory.restore(outcome.bytes);
  for (let i = 0; i < outcome.slots.length; i++) frame.slots[i] = outcome.slots[i]!;
  frame.result = outcome.result;
  frame.label = outcome.label;
  frame.divergence = outcome.divergence;
  return outcome.value;
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
function join(program: Program, origin: Origin, frame: Frame, place: SyntaxNode, outcomes: readonly Outcome[]): void {
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
 * has happened yet: the result is Diverged, and the enclosing statement has each alternative go on to where they meet again.
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
  frame.divergence = { origin, place, outcomes };
  return Completion.Diverged;
}

/**
 * Go on after a statement. If it diverged, each of its alternatives does: from where it ended, and may diverge once more.
 */
export function resume(program: Program, frame: Frame, completion: Completion, goOn: (completion: Completion) => Completion): Completion {
  if (completion !== Completion.Diverged) return goOn(completion);
  const { origin, place, outcomes } = frame.divergence!;
  return forkStatement(program, origin, frame, place, outcomes.map((outcome) => () => resume(program, frame, restore(program, frame, outcome), goOn)));
}
