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

/** A position within an aggregate while its initializer list is read. */
class Cursor {
  constructor(readonly nodes: readonly SyntaxNode[], public index = 0) {}
  get done(): boolean { return this.index >= this.nodes.length; }
  get node(): SyntaxNode { return this.nodes[this.index]!; }
}

class Builder {
  readonly items: Item[] = [];
  private enclosing: SyntaxNode | undefined;
  constructor(private readonly context: Context) {}

  private push(item: Omit<Item, 'place'>): void {
    const { enclosing } = this;
    const place = enclosing === undefined || (enclosing.type === 'initializer_list' && item.node.token.expansion === undefined) ? item.node : enclosing;
    this.items.push({ ...item, place });
  }

  /** Do something within a list or a designated element. */
  private within<T>(node: SyntaxNode, run: () => T): T {
    const outer = this.enclosing;
    this.enclosing = node;
    try { return run(); } finally { this.enclosing = outer; }
  }

  whole(type: CType, node: SyntaxNode): CType {
    if (node.type === 'initializer_list') return this.list(type, node, 0);
    if (type.kind === 'array') {
      const bytes = literalBytes(node, this.context);
      if (bytes !== undefined) return this.string(type, bytes, node, 0);
    }
    this.scalar(type, node, 0);
    return type;
  }

  private string(type: ArrayType, bytes: string, node: SyntaxNode, offset: number): CType {
    const length = type.length ?? bytes.length + 1;
    const size = sizeOf(type.element);
    if (size !== 1) throw new CompileError(node, 'wide string initializer');
    this.push({ offset, type, bits: undefined, node, value: bytes.slice(0, length) });
    return { ...type, length };
  }

  private scalar(type: CType, node: SyntaxNode, offset: number, bits?: Member['bits']): void {
    if (type.kind === 'array') throw new CompileError(node, `initializer for ${typeName(type)}`);
    this.push({ offset, type, bits, node, value: compileConverted(node, type, this.context) });
  }

  /** A braced list for an object of this type. Returns the completed type. */
  private list(type: CType, node: SyntaxNode, offset: number): CType {
    return this.within(node, () => this.elements(type, node, offset));
  }

  private elements(type: CType, node: SyntaxNode, offset: number): CType {
    const elements = node.namedChildren;
    if (type.kind === 'array') {
      // char a[] = { "text" }
      if (elements.length === 1 && type.element.kind === 'integer' && type.element.size === 1) {
        const bytes = literalBytes(elements[0]!, this.context);
        if (bytes !== undefined) return this.string(type, bytes, elements[0]!, offset);
      }
      const length = this.array(type, new Cursor(elements), offset, true);
      return { ...type, length: type.length ?? length };
    }
    if (type.kind === 'record') {
      this.record(type, new Cursor(elements), offset, true);
      return type;
    }
    if (elements.length > 0) this.value(type, elements[0]!, offset, undefined);
    return type;
  }

  /** An element with its own node: a braced list, a string, or an expression of that type. */
  private value(type: CType, node: SyntaxNode, offset: number, bits: Member['bits']): void {
    if (node.type === 'initializer_list') this.list(type, node, offset);
    else if (type.kind === 'array') {
      const bytes = literalBytes(node, this.context);
      if (bytes === undefined) throw new CompileError(node, `initializer for ${typeName(type)}`);
      this.string(type, bytes, node, offset);
    } else this.scalar(type, node, offset, bits);
  }

  /** Initialize one subobject from the list, descending without braces if need be (6.7.9p20). */
  private subobject(type: CType, cursor: Cursor, offset: number, bits: Member['bits']): void {
    const node = cursor.node;
    if (node.type === 'initializer_list' || type.kind === 'integer' || type.kind === 'pointer' || type.kind === 'floating') {
      cursor.index++;
      this.value(type, node, offset, bits);
      return;
    }
    if (type.kind === 'array') {
      if (type.element.kind === 'integer' && type.element.size === 1 && literalBytes(node, this.context) !== undefined) {
        cursor.index++;
        this.value(type, node, offset, undefined);
        return;
      }
      this.array(type, cursor, offset, false);
      return;
    }
    if (type.kind === 'record') {
      if (node.type !== 'initializer_pair') {
        const expression = compileExpression(node, this.context);
        if (expression.type.kind === 'record') {
          cursor.index++;
          this.push({ offset, type, bits: undefined, node, value: expression.evaluate });
          return;
        }
      }
      this.record(type, cursor, offset, false);
      return;
    }
    throw new CompileError(node, `initializer for ${typeName(type)}`);
  }

  private array(type: ArrayType, cursor: Cursor, offset: number, braced: boolean): number {
    const size = sizeOf(type.element);
    let index = 0;
    let length = 0;
    while (!cursor.done) {
      const node = cursor.node;
      if (node.type === 'initializer_pair') {
        if (!braced) break;
        const designators = node.childrenOf('designator');
        const first = designators[0]!;
        if (first.type === 'field_designator') throw new CompileError(node, 'member designator in an array');
        let low: number, high: number;
        if (first.type === 'subscript_range_designator') {
          low = integerConstant(first.child('start')!, this.context);
          high = integerConstant(first.child('end')!, this.context);
        } else low = high = integerConstant(first.namedChildren[0]!, this.context);
        this.within(node, () => { for (let i = low; i <= high; i++) this.designated(type.element, designators, 1, node, offset + i * size); });
        cursor.index++;
        index = high + 1;
      } else {
        if (!braced && type.length !== undefined && index >= type.length) break;
        this.subobject(type.element, cursor, offset + index * size, undefined);
        index++;
      }
      length = Math.max(length, index);
    }
    return length;
  }

  /** The rest of a designation: .a.b[3] = value */
  private designated(type: CType, designators: readonly SyntaxNode[], from: number, pair: SyntaxNode, offset: number, bits?: Member['bits']): void {
    const designator = designators[from];
    if (designator === undefined) {
      const node = pair.child('value')!;
      if (type.kind === 'record' && node.type !== 'initializer_list') {
        const expression = compileExpression(node, this.context);
        if (expression.type.kind === 'record') this.push({ offset, type, bits: undefined, node, value: expression.evaluate });
        else this.record(type, new Cursor([node]), offset, false);
        return;
      }
      if (type.kind === 'array' && node.type !== 'initializer_list' && literalBytes(node, this.context) === undefined) {
        this.array(type, new Cursor([node]), offset, false);
        return;
      }
      this.value(type, node, offset, bits);
      return;
    }
    if (designator.type === 'field_designator') {
      const member = this.member(type, designator);
      this.designated(member.type, designators, from + 1, pair, offset + member.offset, member.bits);
      return;
    }
    if (type.kind !== 'array') throw new CompileError(designator, 'array designator');
    const size = sizeOf(type.element);
    if (designator.type === 'subscript_range_designator') {
      const low = integerConstant(designator.child('start')!, this.context);
      const high = integerConstant(designator.child('end')!, this.context);
      for (let i = low; i <= high; i++) this.designated(type.element, designators, from + 1, pair, offset + i * size);
      return;
    }
    this.designated(type.element, designators, from + 1, pair, offset + integerConstant(designator.namedChildren[0]!, this.context) * size);
  }

  private member(type: CType, designator: SyntaxNode): Member {
    const name = designator.namedChildren[0]!.name;
    const member = type.kind === 'record' ? type.member(name) : undefined;
    if (member === undefined) throw new CompileError(designator, `${typeName(type)} has no known member '${name}'`);
    return member;
  }

  private record(type: RecordType, cursor: Cursor, offset: number, braced: boolean): void {
    const { members } = type.layout;
    let index = 0;
    while (!cursor.done) {
      const node = cursor.node;
      if (node.type === 'initializer_pair') {
        if (!braced) break;
        const designators = node.childrenOf('designator');
        const member = this.member(type, designators[0]!);
        this.within(node, () => this.designated(member.type, designators, 1, node, offset + member.offset, member.bits));
        cursor.index++;
        index = this.following(members, member);
        if (type.isUnion) index = members.length;
        continue;
      }
      const member = members[index];
      if (member === undefined) {
        if (!braced) break;
        throw new CompileError(node, 'excess elements in initializer');
      }
      this.subobject(member.type, cursor, offset + member.offset, member.bits);
      index = type.isUnion ? members.length : index + 1;
    }
  }

  /** Index of the member after the one that was designated (which may be inside an anonymous member). */
  private following(members: readonly Member[], member: Member): number {
    const exact = members.findIndex((m) => m.name === member.name && m.offset === member.offset && m.name !== undefined);
    if (exact >= 0) return exact + 1;
    const around = members.findIndex((m) => m.name === undefined && m.type.kind === 'record' && m.offset <= member.offset && member.offset < m.offset + sizeOf(m.type));
    return around + 1;
  }
}
