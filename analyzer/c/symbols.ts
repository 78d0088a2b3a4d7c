import type { Location } from './location.js';
import type { CType, FunctionType } from './types.js';
import type { Value } from './unknown.js';

/** What an identifier can stand for. */

/** A function: of the tree, or native, or one that nobody defines. */
export interface FunctionSymbol {
  readonly kind: 'function';
  readonly name: string;
  /** What a pointer to it holds. */
  readonly address: number;
  readonly type: FunctionType;
  /** Where it is defined. */
  readonly location: Location | undefined;
  invoke(args: Value[], site: CallPlace): Value;
  /** Functions of the tree: call it without asking whether the call is to be followed. */
  run?(...args: Value[]): Value;
  /** Functions of files that are not loaded: the result of a direct call if it is skipped whatever its arguments are. */
  aside?(site: CallPlace): Value | undefined;
}

/** The place of a call, cheap to keep: its location is worked out only when asked for. */
export interface CallPlace { readonly location: Location }

/** An object with static storage duration. It comes into being, initialised, when its address is first needed. */
export interface ObjectSymbol {
  readonly kind: 'object';
  readonly name: string;
  readonly type: CType;
  readonly address: number;
}

/** A local variable or parameter: a variable of the generated code, or at an offset from the frame's base. */
export interface LocalSymbol {
  readonly kind: 'local';
  readonly name: string;
  readonly type: CType;
  readonly slot: string | undefined;
  readonly offset: number;
}

export interface ConstantSymbol { readonly kind: 'constant'; readonly value: Value; readonly type: CType }

export interface TypedefSymbol { readonly kind: 'typedef'; readonly type: CType }

export type Symbol_ = FunctionSymbol | ObjectSymbol | LocalSymbol | ConstantSymbol | TypedefSymbol;
