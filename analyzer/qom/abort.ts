import { formatLocation, type Location } from '../c/location.js';

/** How the program ended itself. */
export type AbortKind = 'exit' | 'abort' | 'assertion' | 'deadlock';

/**
 * The executed program ended: exit(), abort(), a failed assertion, or a wait that nothing could end. Whoever called into
 * the program decides what that means.
 */
export class GuestAbort extends Error {
  override readonly name = 'GuestAbort';
  constructor(
    readonly kind: AbortKind,
    /** What the program said about it. */
    readonly reason: string,
    /** Where it happened. */
    readonly at: Location | undefined,
    /** exit()'s argument. */
    readonly status: number = 134,
  ) {
    super(`${reason} (${formatLocation(at)})`);
  }
}
