import type { Identifier } from './identifier.js';
import type { Macro } from './macro.js';

/**
 * The macros of one translation unit at every place of it: a log of all #define and #undef. A place is the number of
 * entries before it ("sequence"), so that text can be expanded later as it would have been there.
 */
export class Environment {
  private readonly identifiers: Identifier[] = [];
  private readonly macros: (Macro | undefined)[] = [];
  /** For each entry the number of the previous one for the same identifier, 0 if none. */
  private readonly previous: number[] = [];
  /** The last entry by identifier, once the unit is complete. */
  private last: Int32Array | undefined;

  /** The place behind all entries so far. */
  get sequence(): number {
    return this.identifiers.length;
  }

  /** Note a #define, or an #undef. Only until {@link close}. */
  set(identifier: Identifier, macro: Macro | undefined): void {
    this.previous.push(identifier.since);
    this.identifiers.push(identifier);
    this.macros.push(macro);
    identifier.macro = macro;
    identifier.since = this.identifiers.length;
  }

  /** The macro of an identifier at a place. */
  macroAt(identifier: Identifier, sequence: number): Macro | undefined {
    let entry = this.last === undefined ? identifier.since : (this.last[identifier.id] ?? 0);
    while (entry > sequence) entry = this.previous[entry - 1]!;
    return entry === 0 ? undefined : this.macros[entry - 1];
  }

  /** The unit is complete: free the identifiers for the next one. */
  close(identifierCount: number): void {
    const last = new Int32Array(identifierCount);
    const { identifiers } = this;
    for (let i = 0; i < identifiers.length; i++) {
      const identifier = identifiers[i]!;
      last[identifier.id] = i + 1;
      identifier.macro = undefined;
      identifier.since = 0;
    }
    this.last = last;
  }
}
