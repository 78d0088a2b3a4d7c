import type { Value } from '../unknown.js';
import type { FunctionCode } from './function-code.js';
import type { Statement } from './ir.js';

/** A function's body, ready to be made into JavaScript. */
export interface Body {
  readonly fn: FunctionCode;
  readonly body: readonly Statement[];
  /** The first variables, `$0` and so on, are the parameters. */
  readonly parameters: number;
  readonly variadic: boolean;
}

/** What emitted code needs of the function that it is the code of. */
export interface Made {
  /** Go on at a branch on an unknown, from the present state; the function's result. */
  goOn(label: string, decisive: Value, base: number, variadic: readonly Value[], slots: Value[]): Value;
}
