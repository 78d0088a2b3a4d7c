import type { SyntaxNode } from './syntax.js';
import type { Origin, Unknown, Value } from './unknown.js';

/** One activation of a function whose course unknowns decide, see codegen/explore.ts. */
export class Frame {
  result: Value = 0;
  /** Label that a goto is on its way to. */
  label: string | undefined;
  /** The unknown that decides where the function goes on from {@link label}, if that is a branch. */
  decisive: Value = 0;
  /** If a statement ended so: its alternatives, on their way to the statement in which they meet again. */
  divergence: Divergence | undefined;

  /** If set, it is asked before the function returns from an alternative of a branch: see Program.judges. */
  judge: (() => void) | undefined;

  constructor(
    /** The variables of the function's code. */
    readonly slots: Value[],
    /** Stack address of the locals in memory. */
    readonly base: number,
    /** Arguments behind "...". */
    readonly variadic: readonly Value[],
  ) {}
}

/** How an alternative ended, and what it left. */
export interface Outcome {
  readonly value: Completion;
  readonly slots: readonly Value[];
  readonly result: Value;
  readonly label: string | undefined;
  /** The bytes that it wrote, other than in what it allocated. */
  readonly bytes: ReadonlyMap<number, number | Unknown>;
  /** It changed state that is not in memory. */
  readonly foreign: boolean;
  /** If it ended in alternatives of its own: those. */
  readonly divergence: Divergence | undefined;
  readonly run: () => Completion;
}

/** Alternatives that ended differently, from the state in which nothing of them has happened. */
export interface Divergence {
  readonly origin: Origin;
  readonly place: SyntaxNode;
  readonly outcomes: readonly Outcome[];
}

/** How a statement ended. Diverged: an unknown decides how, see fork.ts. */
export const enum Completion { Normal, Break, Continue, Return, Goto, Diverged }

/** A statement that can be entered at its labels, and run again. */
export type Execute = (frame: Frame) => Completion;

/** Something that the C layer does not implement, found while compiling. */
export class CompileError extends Error {
  override readonly name = 'CompileError';
  constructor(readonly node: SyntaxNode | undefined, readonly construct: string) {
    super(construct);
  }
}
