import type { DeclarationShape, OpenDeclaration, SplitPiece, Splitter } from './declarations.js';
import type { Variant } from './directive.js';
import { Code } from './lexer.js';
import type { Token } from './token.js';
import type { UnitDeclaration } from './unit.js';

/** What splitting one more piece of text gives. */
export interface Transition {
  readonly declarations: readonly UnitDeclaration[];
  /** The open declaration behind it, undefined if there is none. */
  readonly next: OpenState | undefined;
}

/** A declaration that is open between two pieces of text, and what is known of how it can go on. */
class OpenState {
  readonly transitions = new Map<Variant, Transition>();

  constructor(
    /** Where it begins in the pieces since then; `piece` of them belong to what is complete. */
    readonly open: OpenDeclaration,
  ) {}
}
export type { OpenState };

/**
 * Splits the text of one unit, piece by piece. What a piece gives depends on its text, on the macros in it and on
 * what is open before it, so the results make a tree that all units share: text that was split once in the same
 * circumstances gives the same declaration objects again.
 */
export class UnitSplitter {
  private state: OpenState | undefined;
  private pieces: SplitPiece[] = [];

  constructor(
    private readonly splitter: Splitter,
    private readonly make: (shape: DeclarationShape) => UnitDeclaration,
  ) {}

  /** Go on with a piece of text; returns the declarations that it completes. */
  feed(variant: Variant, piece: SplitPiece): readonly UnitDeclaration[] {
    const { state } = this;
    let transition = state === undefined ? variant.fromClean : state.transitions.get(variant);
    if (state !== undefined || transition === undefined || transition.next !== undefined) this.pieces.push(piece);
    if (transition === undefined) {
      transition = this.split(piece);
      if (state === undefined) variant.fromClean = transition;
      else state.transitions.set(variant, transition);
    }
    this.state = transition.next;
    if (transition.next === undefined) this.pieces.length = 0;
    else if (transition.next.open.piece > 0) this.pieces.splice(0, transition.next.open.piece);
    return transition.declarations;
  }

  /** No text follows. Returns what is completed by that, and the first token of a declaration that stays open. */
  finish(): { declarations: readonly UnitDeclaration[]; open: Token | undefined } {
    if (this.state === undefined) return { declarations: [], open: undefined };
    const { index, skip } = this.state.open;
    const { declarations, open } = this.splitter.run(this.pieces, index, skip, true);
    return { declarations: declarations.map(this.make), open: open && this.pieces[open.piece]!.table.token(open.index) };
  }

  private split(piece: SplitPiece): Transition {
    const before = this.state?.open;
    if (before !== undefined && before.depth > 0 && !piece.unbalanced) {
      const depth = depthBehind(piece, before.depth);
      if (depth > 0) return { declarations: [], next: new OpenState({ ...before, piece: 0, depth }) };
    }
    const index = before?.index ?? piece.from;
    const { declarations, open } = this.splitter.run(this.pieces, index, before?.skip ?? 0, false);
    return { declarations: declarations.map(this.make), next: open === undefined ? undefined : new OpenState(open) };
  }
}

/** The number of open braces behind a piece, 0 as soon as all are closed. */
function depthBehind({ table, from, to }: SplitPiece, before: number): number {
  let depth = before;
  const { codes } = table;
  for (let i = from; i < to; i++) {
    if (codes[i] === Code.LeftBrace) depth++;
    else if (codes[i] === Code.RightBrace && --depth === 0) return 0;
  }
  return depth;
}
