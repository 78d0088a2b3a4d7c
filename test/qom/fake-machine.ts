import { Memory } from '../../analyzer/c/memory.js';
import type { CallSite, Diagnostic, Intrinsic, Machine } from '../../analyzer/c/runtime.js';
import { Unknown, type Value } from '../../analyzer/c/unknown.js';
import type { Location } from '../../analyzer/c/location.js';

const HERE: CallSite = { location: { file: 'test.c', line: 1 } };

/** A machine with real memory and no program: intrinsics, and callbacks given as functions. */
export class FakeMachine implements Machine {
  readonly memory = new Memory();
  readonly diagnostics: Diagnostic[] = [];
  skipping = false;
  private readonly intrinsics = new Map<string, Intrinsic>();
  private readonly patterns: { pattern: RegExp; make: (name: string) => Intrinsic }[] = [];
  private readonly names: string[] = [];
  private readonly lists: Value[][] = [];

  define(name: string, intrinsic: Intrinsic): void { this.intrinsics.set(name, intrinsic); }
  definePattern(pattern: RegExp, make: (name: string) => Intrinsic): void { this.patterns.push({ pattern, make }); }

  private find(name: string): Intrinsic | undefined {
    return this.intrinsics.get(name) ?? this.patterns.find((p) => p.pattern.test(name))?.make(name);
  }

  call(callee: string | number, ...args: Value[]): Value {
    const name = typeof callee === 'number' ? this.functionName(callee) : callee;
    const found = name === undefined ? undefined : this.find(name);
    if (found === undefined) throw new Error(`no function ${name ?? String(callee)}`);
    return found(this, args, HERE) ?? 0;
  }

  addressOf(name: string): number {
    let i = this.names.indexOf(name);
    if (i < 0) i = this.names.push(name) - 1;
    return 0x10000 + 16 * i;
  }

  /** A function of the "program" that is called back. */
  callback(f: (...args: number[]) => Value): number {
    const name = `callback${this.names.length}`;
    this.define(name, (_m, args) => f(...(args as number[])));
    return this.addressOf(name);
  }

  has(name: string): boolean { return this.find(name) !== undefined; }
  functionName(address: number): string | undefined { return this.names[(address - 0x10000) / 16]; }
  sizeOf(): number { throw new Error('no types here'); }
  offsetOf(): number { throw new Error('no types here'); }
  hasMember(): boolean { return false; }
  readMember(): Value { throw new Error('no types here'); }
  writeMember(): void { throw new Error('no types here'); }
  constant(): Value | undefined { return undefined; }

  /** A va_list. */
  list(...args: Value[]): number { return this.lists.push(args) - 1; }
  varargs(list: Value): Value[] { return this.lists[Number(list)]!; }

  diagnose(diagnostic: Diagnostic): void { this.diagnostics.push(diagnostic); }
  gap(what: string, at: Location | undefined): Unknown { return new Unknown({ kind: 'gap', what, at }); }

  /** A C string. */
  text(text: string): number { return this.memory.allocateCString(text); }

  /** A string with unknown characters where the text has a '?'. */
  partlyUnknown(text: string, what: Unknown): number {
    const address = this.memory.allocate(text.length + 1);
    for (let i = 0; i < text.length; i++) this.memory.store(address + i, 1, text[i] === '?' ? new Unknown(what.origin, 0xffn, 0n, what.nonzero, what.text) : text.charCodeAt(i));
    return address;
  }
}

/** What only the host knows: bytes that are certainly characters, and bytes of which nothing is certain. */
export const HOST_TEXT = new Unknown({ kind: 'host', what: 'the vendor', at: undefined }, 0xffffffffn, 0n, true, true);
export const HOST_BYTES = new Unknown({ kind: 'host', what: 'a register', at: undefined }, 0xffffffffn);
