import type { SyntaxNode } from './syntax.js';
import type { Origin, Value } from './unknown.js';

/** One activation of a function. Scalars whose address is never taken live in `slots`, everything else in memory. */
export class Frame {
  readonly slots: Value[];
  result: Value = 0;
  /** Label that a goto is on its way to. */
  label: string | undefined;
  /** Alternatives that end differently, on their way to the statement in which they meet again. */
  divergence: Divergence | undefined;
  /** Stack address of the locals in memory. */
  base = 0;
  /** Arguments behind "...". */
  variadic: readonly Value[] = [];

  constructor(slotCount: number) {
    this.slots = [];
    for (let i = 0; i < slotCount; i++) this.slots.push(0);
  }

  /** Make it a fresh activation: frames are used again. */
  enter(base: number, variadic: readonly Value[]): void {
    const { slots } = this;
    for (let i = 0; i < slots.length; i++) slots[i] = 0;
    this.base = base;
    this.variadic = variadic;
    this.result = 0;
    this.label = undefined;
    this.divergence = undefined;
  }
}

/** Alternatives of a branch on an unknown that end differently. */
export interface Divergence {
  readonly origin: Origin;
  readonly place: SyntaxNode;
  readonly alternatives: readonly (() => Completion)[];
}

/** Compiled expression. */
export type Evaluate = (frame: Frame) => Value;

/** How a statement ended. Diverged: an unknown decides how, see fork.ts. */
export const enum Completion { Normal, Break, Continue, Return, Goto, Diverged }

/** A return, break or goto out of a statement expression, on its way to the enclosing statement. */
export class EscapingStatement {
  constructor(readonly completion: Completion) {}
}

/** Compiled statement. */
export type Execute = (frame: Frame) => Completion;

/** Something that the C layer does not implement, found while compiling. */
export class CompileError extends Error {
  override readonly name = 'CompileError';
  constructor(readonly node: SyntaxNode | undefined, readonly construct: string) {
    super(construct);
  }
}
