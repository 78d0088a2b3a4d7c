import type { Location } from './location.js';
import { formatLocation } from './location.js';

/** Why a value is not known. `host`: only the host could say. `gap`: the analyzer does not model it, which is a diagnostic wherever it matters. */
export type OriginKind = 'host' | 'gap';

/** Where a value stopped being known. */
export interface Origin {
  readonly kind: OriginKind;
  /** What was asked, for the user: "CPUID of the host", "call of foo()". */
  readonly what: string;
  readonly at: Location | undefined;
  /**
   * The value points into a block that was allocated with an unknown size, and the address is not known for that reason alone: nothing
   * known stands in such a block, so that a store to it is no loss. What is loaded from it is unknown for the reason given here.
   */
  readonly block?: Origin;
  /**
   * It is the result of a call that was not executed, be it one of the program or of what it runs on. Whatever the call would have said
   * of success or failure, the program is known to have gone on: code that leaves early for such a result leaves for an error.
   */
  readonly unexecuted?: true;
}

/**
 * A value that the source alone does not decide. It carries its origin, and taints what is computed from it.
 *
 * For integers, `bits` says which bits are unknown and `value` holds the known ones (unknown bits are 0 there),
 * both as unsigned 64-bit patterns, so that masking a host register keeps what is certain.
 */
export class Unknown {
  constructor(
    readonly origin: Origin,
    /** Mask of the unknown bits. */
    readonly bits: bigint = 0xffff_ffff_ffff_ffffn,
    /** The known bits. */
    readonly value: bigint = 0n,
    /** Known to differ from zero although not every bit is known (a character of a CPUID vendor string is never NUL). */
    readonly nonzero: boolean = false,
    /** Each of its bytes is a character: none is NUL. */
    readonly text: boolean = false,
  ) {}

  /** The same origin, nothing known of the bits. */
  blurred(): Unknown {
    return this.bits === 0xffff_ffff_ffff_ffffn && !this.nonzero ? this : new Unknown(this.origin);
  }

  /** Not even known to be zero or not. */
  get undecided(): boolean {
    return !this.nonzero && this.value === 0n;
  }

  toString(): string {
    return `unknown (${this.origin.what} at ${formatLocation(this.origin.at)})`;
  }
}

/** A native function cannot go on: something that it needs is unknown. The result of its call is then unknown too, and that is a diagnostic unless calls are being skipped. */
export class UndecidedError extends Error {
  override readonly name = 'UndecidedError';
  constructor(readonly why: Unknown) {
    super(`something needed is ${why.toString()}`);
  }
}

/** The address of a new block whose size is unknown. */
export function unknownBlock(size: Unknown): Unknown {
  const origin = size.origin.block ?? size.origin;
  return new Unknown({ ...origin, block: origin });
}

/** What stands at an unknown address. */
export function unknownContent(address: Unknown): Unknown {
  return new Unknown(address.origin.block ?? address.origin);
}

/**
 * A C value while the machine runs: integers of up to 32 bits and pointers are numbers, 64-bit integers are bigint
 * (always, so that arithmetic is exact), floating types are numbers, and anything may be unknown.
 */
export type Value = number | bigint | Unknown;
