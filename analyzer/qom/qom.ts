import type { Program } from '../c/program.js';
import { Unknown } from '../c/unknown.js';

/** Calls into the tree's own object model (qom/object.c), with native types. */
export class Qom {
  private readonly strings = new Map<string, number>();

  constructor(readonly program: Program) {}

  /** A C string that lives for ever. */
  string(text: string): number {
    let address = this.strings.get(text);
    if (address === undefined) this.strings.set(text, (address = this.program.stringLiteral(Buffer.from(text, 'utf8').toString('latin1'))));
    return address;
  }

  /** object_class_by_name(); undefined if there is no such type. */
  classByName(name: string): number | undefined {
    const found = this.program.call('object_class_by_name', this.string(name)) as number;
    return found === 0 ? undefined : found;
  }

  className(klass: number): string {
    return this.program.memory.cstring(this.program.call('object_class_get_name', klass) as number);
  }

  /** object_get_class() */
  classOf(object: number): number {
    return this.program.call('object_get_class', object) as number;
  }

  /** object_new() */
  create(typename: string): number {
    return this.program.call('object_new', this.string(typename)) as number;
  }

  /** Classes that are or inherit from a type, in the order of object_class_get_list(). */
  classes(type: string, includeAbstract: boolean): number[] {
    const { memory } = this.program;
    const found: number[] = [];
    let node = this.program.call('object_class_get_list', this.string(type), includeAbstract ? 1 : 0) as number;
    while (node !== 0) {
      found.push(memory.loadPointer(node) as number);
      node = memory.loadPointer(node + 8) as number;
    }
    return found;
  }

  isAbstract(klass: number): boolean {
    return this.program.call('object_class_is_abstract', klass) !== 0;
  }

  /** A string member; undefined if null. */
  stringMember(address: number, type: string, member: string): string | undefined {
    if (!this.program.hasMember(type, member)) return undefined;
    const pointer = this.program.readMember(address, type, member);
    if (pointer instanceof Unknown || pointer === 0) return undefined;
    return this.program.memory.cstring(pointer as number);
  }

  /** Run something that reports through an Error**; its message if it failed. */
  attempt(run: (errp: number) => void): string | undefined {
    const { memory } = this.program;
    const errp = memory.allocate(8);
    run(errp);
    const error = memory.loadPointer(errp);
    if (error instanceof Unknown) return error.toString();
    if (error === 0) return undefined;
    const words = this.program.call('error_get_pretty', error);
    return words instanceof Unknown ? `an error (its words hang on ${words.origin.what})` : memory.cstring(words as number);
  }
}
