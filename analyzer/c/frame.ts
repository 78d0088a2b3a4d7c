import type { SyntaxNode } from './syntax.js';
import type { Origin, Value } from './unknown.js';

/** One activation of a function whose course unknowns decide, see codegen/explore.ts. */
export class Frame {
  result: Value = 0;
  /** Label that a goto is on its way to. */
  label: string | undefined;
  /** The unknown that decides where the function goes on from {@link label}, if that is a branch. */
  decisive: Value = 0;
  /** Alternatives that end differently, on their way to the statement in which they meet again. */
  divergence: Divergence | undefined;

  constructor(
    /** The variables of the function's code. */
    readonly slots: Value[],
    /** Stack address of the locals in memory. */
    readonly base: number,
    /** Arguments behind "...". */
    readonly variadic: readonly Value[],
  ) {}
}

/** Alternatives of a branch on an unknown that end differently. */
export interface Divergence {
  readonly origin: Origin;
  readonly place: SyntaxNode;
  readonly alternatives: readonly (() => Completion)[];
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
