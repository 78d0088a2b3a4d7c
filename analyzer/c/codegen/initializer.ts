import { descriptorType, integerConstant } from '../declarator.js';
import { CompileError } from '../frame.js';
import type { SyntaxNode } from '../syntax.js';
import { storeTyped } from '../typed-access.js';
import { sizeOf, typeName, type ArrayType, type CType, type Member, type RecordType } from '../types.js';
import type { Code, CodeContext, Place } from './code.js';
import { converted, expression, literalBytes, typeOf } from './expression.js';
import type { Statement } from './ir.js';
import { objectAt, storeText } from './lvalue.js';
import { staticValue } from './static-value.js';

/** Initialization, C11 6.7.9: nested and designated initializers, brace elision, strings, ranges. */

/** One store that an initializer makes. */
interface Item {
  readonly offset: number;
  readonly type: CType;
  readonly bits: Member['bits'];
  readonly node: SyntaxNode;
  /** Where a reader finds the entry: the designator, or, for a value that a macro stands for, the list that it is in. */
  readonly place: SyntaxNode;
  readonly value: Code | string;
  /** What the value needs before it. */
  readonly statements: readonly Statement[];
}

export interface Initialization {
  /** The object's type; an array of unknown length has got its length from the initializer. */
  readonly type: CType;
  /** Bytes that the object needs: more than its type has, if a flexible array member is initialized. */
  readonly size: number;
  readonly items: readonly Item[];
}

/** The stores of an initializer for an object of a type. */
export function initialization(type: CType, node: SyntaxNode, context: CodeContext): Initialization {
  const builder = new Builder(context);
  const completed = builder.whole(type, node);
  return { type: completed, size: Math.max(sizeOf(completed), builder.end), items: builder.items };
}

/** Add the stores to a function's code: into a local in memory. */
export function initializeLocal({ items, type }: Initialization, offset: number, { fn }: CodeContext): void {
  fn.emit(`${fn.helper('clear')}(b+${offset},${sizeOf(type)})`);
  for (const item of items) {
    for (const statement of item.statements) fn.add(statement);
    const place: Place = { base: 'b', offset: offset + item.offset, atom: true, known: true, effects: false };
    if (typeof item.value === 'string') fn.emit(`${fn.helper('writeBytes')}(b+${place.offset},${fn.constant(bytesOf(item.value))})`);
    else fn.emit(storeText(fn, item.type, place, item.value.js, item.node, item.bits));
  }
}

/** Make the stores into an object with static storage, zeroed. */
export function initializeStatic({ items }: Initialization, address: number, context: CodeContext): void {
  const { runtime } = context;
  const { memory } = runtime;
  for (const { offset, type, bits, node, place, value, statements } of items) {
    const at = address + offset;
    if (typeof value === 'string') memory.writeBytes(at, bytesOf(value));
    else storeTyped(memory, type, at, staticValue(value, statements, context), bits);
    runtime.noteData(at, node, place);
  }
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

/** An object without a name (C11 6.5.2.5). */
export function compoundLiteral(node: SyntaxNode, context: CodeContext): Code {
  const { fn, runtime } = context;
  const declared = descriptorType(node.child('type')!, context);
  const initial = initialization(declared, node.child('value')!, context);
  const { type } = initial;
  const size = sizeOf(type);
  if (!fn.isStatic) {
    const offset = fn.allocate(size, 16);
    initializeLocal(initial, offset, context);
    return objectAt(fn, type, { base: 'b', offset, atom: true, known: true, effects: false }, node);
  }
  let address = 0;
  const fixed = (): number => {
    if (address === 0) {
      address = runtime.memory.allocateStatic(size);
      initializeStatic(initial, address, context);
    }
    return address;
  };
  return objectAt(fn, type, { base: `${fn.constant(fixed)}()`, offset: 0, atom: false, known: true, effects: false, fixed }, node);
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
  constructor(private readonly context: CodeContext) {}

  /** @returns the completed type */
  whole(type: CType, node: SyntaxNode): CType {
    if (node.type === 'initializer_list') return this.list(type, node, 0);
    if (type.kind === 'array') {
      const bytes = literalBytes(node);
      if (bytes !== undefined) return this.string(type, bytes, node, 0);
    }
    this.scalar(type, node, 0);
    return type;
  }

  private push(item: Omit<Item, 'place' | 'statements'>, size: number, statements: readonly Statement[] = []): void {
    const { enclosing } = this;
    const place = enclosing === undefined || (enclosing.type === 'initializer_list' && item.node.token.expansion === undefined) ? item.node : enclosing;
    this.items.push({ ...item, place, statements });
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
    const { value, statements } = this.valueOf(() => converted(node, type, this.context));
    this.push({ offset, type, bits, node, value }, sizeOf(type), statements);
  }

  private valueOf(make: () => Code): { value: Code; statements: readonly Statement[] } {
    let value: Code | undefined;
    const statements = this.context.fn.collect(() => { value = make(); });
    return { value: value!, statements };
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
        const bytes = literalBytes(elements[0]!);
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
        const bytes = isCharacters(type) ? literalBytes(node) : undefined;
        if (bytes === undefined) {
          this.array(type, cursor, offset, 0, false);
          return;
        }
        cursor.index++;
        this.string(type, bytes, node, offset);
        return;
      }
      case 'record': {
        if (typeOf(node, this.context).kind !== 'record') {
          this.record(type, cursor, offset, 0, false);
          return;
        }
        cursor.index++;
        const { value, statements } = this.valueOf(() => expression(node, this.context));
        this.push({ offset, type, bits: undefined, node, value }, sizeOf(type), statements);
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
    // an element of which nothing is named is there, too: {}
    if (type.length === undefined) this.end = Math.max(this.end, offset + length * size);
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
