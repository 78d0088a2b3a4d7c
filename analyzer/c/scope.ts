import type { Symbol_ } from './symbols.js';
import type { CType } from './types.js';

/** Block scopes of one function (C11 6.2.1). */
export class BlockScope {
  private readonly names = new Map<string, Symbol_>();
  private readonly tags = new Map<string, CType>();
  /** Code to be run when the block is left: the cleanup attribute. */
  readonly cleanups: string[] = [];
  constructor(readonly parent: BlockScope | undefined) {}

  declare(name: string, symbol: Symbol_): void {
    this.names.set(name, symbol);
  }

  declareTag(tag: string, type: CType): void {
    this.tags.set(tag, type);
  }

  find(name: string): Symbol_ | undefined {
    return this.names.get(name) ?? this.parent?.find(name);
  }

  findTag(tag: string): CType | undefined {
    return this.tags.get(tag) ?? this.parent?.findTag(tag);
  }
}
