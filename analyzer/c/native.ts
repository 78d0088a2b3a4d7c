import { convert } from './arithmetic.js';
import type { Location } from './location.js';
import type { Program } from './program.js';
import type { Intrinsic } from './runtime.js';
import type { CallPlace, FunctionSymbol } from './symbols.js';
import { INT, LONG, VOID_POINTER, type CType, type FunctionType } from './types.js';
import { UndecidedError, Unknown, type Value } from './unknown.js';

const UNDECLARED: FunctionType = { kind: 'function', result: INT, parameters: [], variadic: true };

/** A function that an intrinsic implements. */
export class NativeFunction implements FunctionSymbol {
  readonly kind = 'function';
  readonly location: Location | undefined = undefined;
  readonly type: FunctionType;
  constructor(readonly name: string, readonly address: number, type: FunctionType | undefined, private readonly intrinsic: Intrinsic, private readonly program: Program) {
    this.type = type ?? UNDECLARED;
  }

  invoke(args: Value[], site: CallPlace): Value {
    this.program.indirect = false;
    const result = this.outcome(args, site);
    if (result === undefined) return 0;
    const to = this.type.result;
    if (to.kind === 'integer') return convert(result, typeof result === 'bigint' || (result instanceof Unknown && to.size === 8) ? LONG : INT_LIKE, to);
    if (to.kind === 'pointer' && typeof result === 'bigint') return convert(result, LONG, VOID_POINTER);
    return result;
  }

  private outcome(args: Value[], site: CallPlace): Value | void {
    const { program } = this;
    try {
      return this.intrinsic(program, args, site);
    } catch (error) {
      if (!(error instanceof UndecidedError)) throw error;
      if (!program.skipping) program.diagnose({ severity: 'error', at: site.location, what: `${this.name}() depends on ${error.why.toString()}`, affects: 'whatever is computed from it' });
      return error.why.blurred();
    }
  }
}

const INT_LIKE: CType = { kind: 'integer', size: 4, signed: true, bool: false, name: 'int' };

/** A function that is declared but that neither the build nor an intrinsic defines: calling it is a gap. */
export class UndefinedFunction implements FunctionSymbol {
  readonly kind = 'function';
  readonly location: Location | undefined = undefined;
  readonly type: FunctionType;
  constructor(readonly name: string, readonly address: number, type: FunctionType | undefined, private readonly program: Program) {
    this.type = type ?? UNDECLARED;
  }

  invoke(_args: Value[], site: CallPlace): Value {
    this.program.indirect = false;
    if (this.program.follows !== undefined) return this.program.skipped(this.name, site);
    return this.program.gapAt(`call of ${this.name}(), which the analyzer does not model`, site.location);
  }
}

/**
 * A function of a file that is not loaded: the file is, when the function is called for the first time. While calls are
 * skipped (Program.follows), most are of functions that need not be looked at.
 */
export class DistantFunction implements FunctionSymbol {
  readonly kind = 'function';
  private near: FunctionSymbol | undefined;
  private readonly declared: FunctionType;
  constructor(readonly name: string, readonly address: number, type: FunctionType | undefined, private readonly path: string, private readonly program: Program) {
    this.declared = type ?? UNDECLARED;
  }

  get location(): Location | undefined {
    return this.near?.location;
  }

  get type(): FunctionType {
    return this.near?.type ?? this.declared;
  }

  /** Load its file. */
  approach(): FunctionSymbol {
    return (this.near ??= this.program.loadFunction(this.name, this.path));
  }

  invoke(args: Value[], site: CallPlace): Value {
    return this.aside(site) ?? this.approach().invoke(args, site);
  }

  /** The result of a call that is skipped whatever its arguments are: those may then need no evaluation. */
  aside(site: CallPlace): Value | undefined {
    const { program } = this;
    if (this.near !== undefined || program.indirect || program.follows?.considers?.(this.name, this.path) !== false) return undefined;
    return program.skipped(this.name, site);
  }
}
