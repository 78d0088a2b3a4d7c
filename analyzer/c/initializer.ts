import type { Context } from './context.js';
import { integerConstant } from './declarator.js';
import { compileConverted, compileExpression, literalBytes } from './expression.js';
import { CompileError, type Evaluate, type Frame } from './frame.js';
import { storerAt } from './lvalue.js';
import type { SyntaxNode } from './syntax.js';
import { sizeOf, typeName, type ArrayType, type CType, type Member, type RecordType } from './types.js';

/** Initialization, C11 6.7.9: nested and designated initializers, brace elision, strings, ranges. */

/** One store that an initializer makes. */
interface Item {
  readonly offset: number;
  readonly type: CType;
  readonly bits: Member['bits'];
  readonly node: SyntaxNode;
  /** Where a reader finds the entry: the designator, or, for a value that a macro stands for, the list that it is in. */
  readonly place: SyntaxNode;
  readonly value: Evaluate | string;
}

export interface Initialization {
  /** The object's type; an array of unknown length has got its length from the initializer. */
  readonly type: CType;
  /** Bytes that the object needs: more than its type has, if a flexible array member is initialized. */
  readonly size: number;
  /** Store the initial values into zeroed memory. */
  initialize(frame: Frame, address: number): void;
}

/** Compile an initializer for an object of a type. */
export function initializeObject(type: CType, node: SyntaxNode, context: Context): Initialization {
  const builder = new Builder(context);
  const completed = builder.whole(type, node);
  const { runtime } = context;
  const stores = builder.items.map((item) => {
    if (typeof item.value === 'string') return undefined;
    return storerAt(item.type, runtime, item.node, item.bits);
  });
  const { items } = builder;
  return {
    type: completed,
    size: Math.max(sizeOf(completed), builder.end),
    initialize(frame, address) {
      for (let i = 0; i < items.length; i++) {
        const item = items[i]!;
        const at = address + item.offset;
        if (typeof item.value === 'string') runtime.memory.writeBytes(at, Uint8Array.from(item.value, (c) => c.charCodeAt(0)));
        else stores[i]!(at, item.value(frame));
        if (context.fn === undefined || runtime.memory.isStatic(address)) runtime.noteData(at, item.node, item.place);
      }
    },
  };
}

/** A place in an initializer list. */
class Cursor {
  private unwrapped = -1;
  constructor(readonly nodes: readonly SyntaxNode[], public index = 0) {}
  get done(): boolean { return this.index >= this.nodes.length; }

  /** The initializer here; a designation until its designators have been followed. */
  get node(): SyntaxNode {
    const node = this.nodes[this.index]!;
    return this.unwrapped === this.index ? node.child('value')! : node;
  }

  get isDesignation(): boolean { return this.unwrapped !== this.index && this.nodes[this.index]!.type === 'initializer_pair'; }

  /** The designators of the designation here have been followed: what counts now is its initializer. */
  unwrap(): void { this.unwrapped = this.index; }
}

class Builder {
  items: Item[] = [];
  /** Where the last byte written so far ends. */
  end = 0;
  private enclosing: SyntaxNode | undefined;
  private readonly choices = new Map<RecordType, Map<number, number>>();
  constructor(private readonly context: Context) {}

  /** @returns the completed type */
  whole(type: CType, node: SyntaxNode): CType {
    if (node.type === 'initializer_list') return this.list(type, node, 0);
    if (type.kind === 'array') {
      const bytes = literalBytes(node, this.context);
      if (bytes !== undefined) return this.string(type, bytes, node, 0);
    }
    this.scalar(type, node, 0);
    return type;
  }

  private push(item: Omit<Item, 'place'>, size: number): void {
    const { enclosing } = this;
    const place = enclosing === undefined || (enclosing.type === 'initializer_list' && item.node.token.expansion === undefined) ? item.node : enclosing;
    this.items.push({ ...item, place });
    this.end = Math.max(this.end, item.offset + size);
  }

  /** Do something within a list or a designated element. */
  private within<T>(node: SyntaxNode, run: () => T): T {
    const outer = this.enclosing;
    this.enclosing = node;
    try { return run(); } finally { this.enclosing = outer; }
  }

  /** An initializer for a whole subobject overrides all earlier ones for parts of it (6.7.9p19). */
  private override(offset: number, type: CType): void {
    if (offset >= this.end || (type.kind === 'array' && type.length === undefined)) return;
    const end = offset + sizeOf(type);
    this.items = this.items.filter((item) => item.offset < offset || item.offset >= end);
  }

  private string(type: ArrayType, bytes: string, node: SyntaxNode, offset: number): CType {
    const length = type.length ?? bytes.length + 1;
    const size = sizeOf(type.element);
    if (size !== 1) throw new CompileError(node, 'wide string initializer');
    this.override(offset, type);
    this.push({ offset, type, bits: undefined, node, value: bytes.slice(0, length) }, length);
    return { ...type, length };
  }

  private scalar(type: CType, node: SyntaxNode, offset: number, bits?: Member['bits']): void {
    if (type.kind === 'array') throw new CompileError(node, `initializer for ${typeName(type)}`);
    this.push({ offset, type, bits, node, value: compileConverted(node, type, this.context) }, sizeOf(type));
  }

  /** A braced list for an object of this type. Returns the completed type. */
  private list(type: CType, node: SyntaxNode, offset: number, bits?: Member['bits']): CType {
    return this.within(node, () => this.elements(type, node, offset, bits));
  }

  private elements(type: CType, node: SyntaxNode, offset: number, bits: Member['bits']): CType {
    const elements = node.namedChildren;
    if (type.kind === 'array') {
      // char a[] = { "text" }
      if (elements.length === 1 && isCharacters(type)) {
        const bytes = literalBytes(elements[0]!, this.context);
        if (bytes !== undefined) return this.string(type, bytes, elements[0]!, offset);
      }
      this.override(offset, type);
      const length = this.array(type, new Cursor(elements), offset, 0, true);
      return { ...type, length: type.length ?? length };
    }
    if (type.kind === 'record') {
      this.override(offset, type);
      this.record(type, new Cursor(elements), offset, 0, true);
      return type;
    }
    if (elements.length === 0) this.override(offset, type);
    else if (elements[0]!.type === 'initializer_list') this.list(type, elements[0]!, offset, bits);
    else this.scalar(type, elements[0]!, offset, bits);
    return type;
  }

  /** Initialize one subobject with what is at the cursor, descending into it without braces if need be (6.7.9p20). */
  private subobject(type: CType, cursor: Cursor, offset: number, bits: Member['bits']): void {
    const { node } = cursor;
    if (node.type === 'initializer_list') {
      cursor.index++;
      this.list(type, node, offset, bits);
      return;
    }
    switch (type.kind) {
      case 'array': {
        const bytes = isCharacters(type) ? literalBytes(node, this.context) : undefined;
        if (bytes === undefined) {
          this.array(type, cursor, offset, 0, false);
          return;
        }
        cursor.index++;
        this.string(type, bytes, node, offset);
        return;
      }
      case 'record': {
        const expression = compileExpression(node, this.context);
        if (expression.type.kind !== 'record') {
          this.record(type, cursor, offset, 0, false);
          return;
        }
        cursor.index++;
        this.push({ offset, type, bits: undefined, node, value: expression.evaluate }, sizeOf(type));
        return;
      }
      case 'function': case 'void': throw new CompileError(node, `initializer for ${typeName(type)}`);
      default:
        cursor.index++;
        this.scalar(type, node, offset, bits);
    }
  }

  /**
   * The elements of an array from one index on.
   * @param braced the list is the array's own: it is read to its end, designations too
   * @returns one more than the highest index that was initialized
   */
  private array(type: ArrayType, cursor: Cursor, offset: number, start: number, braced: boolean): number {
    const size = sizeOf(type.element);
    let index = start;
    let length = start;
    while (!cursor.done) {
      if (cursor.isDesignation) {
        if (!braced) break;
        index = this.designatedElement(type, cursor.nodes[cursor.index]!.childrenOf('designator'), 0, cursor, offset);
      } else {
        if (type.length !== undefined && index >= type.length) {
          if (!braced) break;
          throw new CompileError(cursor.node, 'excess elements in initializer');
        }
        this.subobject(type.element, cursor, offset + index * size, undefined);
        index++;
      }
      length = Math.max(length, index);
    }
    return length;
  }

  /** As {@link array}, for the members of a record. */
  private record(type: RecordType, cursor: Cursor, offset: number, start: number, braced: boolean): void {
    const { members } = type.layout;
    let index = start;
    while (!cursor.done) {
      if (cursor.isDesignation) {
        if (!braced) break;
        index = this.designatedMember(type, cursor.nodes[cursor.index]!.childrenOf('designator'), 0, cursor, offset);
        continue;
      }
      const member = members[index];
      if (member === undefined) {
        if (!braced) break;
        throw new CompileError(cursor.node, 'excess elements in initializer');
      }
      this.subobject(member.type, cursor, offset + member.offset, member.bits);
      index = type.isUnion ? members.length : index + 1;
    }
  }

  /** Follow the rest of a designation, .a.b[3] = value, and go on with what comes after the subobject that it names (6.7.9p17). */
  private designated(type: CType, designators: readonly SyntaxNode[], from: number, cursor: Cursor, offset: number, bits: Member['bits']): void {
    const designator = designators[from];
    if (designator === undefined) {
      const pair = cursor.node;
      cursor.unwrap();
      this.within(pair, () => this.subobject(type, cursor, offset, bits));
    } else if (type.kind === 'array') {
      this.array(type, cursor, offset, this.designatedElement(type, designators, from, cursor, offset), false);
    } else if (type.kind === 'record') {
      this.record(type, cursor, offset, this.designatedMember(type, designators, from, cursor, offset), false);
    } else throw new CompileError(designator, `designator for ${typeName(type)}`);
  }

  /** @returns the index after the designated one */
  private designatedElement(type: ArrayType, designators: readonly SyntaxNode[], from: number, cursor: Cursor, offset: number): number {
    const designator = designators[from]!;
    let low: number, high: number;
    if (designator.type === 'subscript_range_designator') {
      low = integerConstant(designator.child('start')!, this.context);
      high = integerConstant(designator.child('end')!, this.context);
    } else if (designator.type === 'subscript_designator') low = high = integerConstant(designator.namedChildren[0]!, this.context);
    else throw new CompileError(designator, 'member designator in an array');
    const size = sizeOf(type.element);
    const { index } = cursor;
    for (let i = low; i <= high; i++) {
      cursor.index = index;
      this.designated(type.element, designators, from + 1, cursor, offset + i * size, undefined);
    }
    return high + 1;
  }

  /** @returns the index of the member after the designated one */
  private designatedMember(type: RecordType, designators: readonly SyntaxNode[], from: number, cursor: Cursor, offset: number): number {
    const designator = designators[from]!;
    if (designator.type !== 'field_designator') throw new CompileError(designator, 'array designator in a structure');
    const name = designator.namedChildren[0]!.name;
    const { members } = type.layout;
    const index = members.findIndex((m) => m.name === name || (m.name === undefined && m.type.kind === 'record' && m.type.member(name) !== undefined));
    const member = members[index];
    if (member === undefined) throw new CompileError(designator, `${typeName(type)} has no known member '${name}'`);
    if (type.isUnion) this.choose(type, offset, index);
    // a member of an anonymous structure: the designator is looked up again inside
    this.designated(member.type, designators, member.name === undefined ? from : from + 1, cursor, offset + member.offset, member.bits);
    return type.isUnion ? members.length : index + 1;
  }

  /** A union holds one member: initializing another one drops what was there. */
  private choose(type: RecordType, offset: number, member: number): void {
    let known = this.choices.get(type);
    if (known === undefined) this.choices.set(type, (known = new Map()));
    const before = known.get(offset);
    if (before !== undefined && before !== member) this.override(offset, type);
    known.set(offset, member);
  }
}

function isCharacters(type: ArrayType): boolean {
  return type.element.kind === 'integer' && type.element.size === 1;
}
