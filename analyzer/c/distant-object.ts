import type { ObjectSymbol } from './symbols.js';
import type { CType } from './types.js';

/**
 * An object of a file that is not loaded: the file is, when the object's address is needed for the first time. Code mentions
 * many that it never comes to.
 */
export class DistantObject implements ObjectSymbol {
  readonly kind = 'object';
  private near: ObjectSymbol | undefined;

  constructor(readonly name: string, private readonly declared: CType, private readonly approach: () => ObjectSymbol) {}

  get type(): CType {
    return this.near?.type ?? this.declared;
  }

  get address(): number {
    if (this.near === undefined) {
      const found = this.approach();
      // a constructor of the file may have asked for it meanwhile
      this.near ??= found;
    }
    return this.near.address;
  }
}
