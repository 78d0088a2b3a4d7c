import type { Program } from '../c/program.js';
import type { CType } from '../c/types.js';
import { Unknown, type Value } from '../c/unknown.js';

/** What a property getter gave to the visitor: JSON as QMP types it, or unknown. */
export type Visited = null | boolean | number | bigint | string | Unknown | Visited[] | { [member: string]: Visited };

const SCALARS: Readonly<Record<string, (value: Value) => Visited>> = {
  visit_type_bool: (v) => v !== 0,
  visit_type_int: integer, visit_type_int8: integer, visit_type_int16: integer, visit_type_int32: integer, visit_type_int64: integer,
  visit_type_uint8: integer, visit_type_uint16: integer, visit_type_uint32: integer, visit_type_uint64: integer, visit_type_size: integer,
  visit_type_number: integer,
};

function integer(value: Value): Visited {
  return typeof value === 'bigint' && value >= -0x1f_ffff_ffff_ffffn && value <= 0x1f_ffff_ffff_ffffn ? Number(value) : (value as number | bigint);
}

/**
 * An output visitor (qapi/visitor.h) that hands values to us instead of building QObjects. A getter of the tree is called
 * with {@link handle} as its Visitor; every other visitor is the tree's own code.
 */
export class Reader {
  /** What the tree sees as a Visitor pointer. */
  readonly handle: number;
  private result: Visited | undefined;
  private readonly stack: (Visited[] | { [member: string]: Visited })[] = [];
  /** For each open list: has its head not been asked for yet? */
  private readonly unread: boolean[] = [];
  private readonly nameFirst = new Map<string, boolean>();
  private readonly namePosition = new Map<string, number>();

  constructor(private readonly program: Program) {
    this.handle = program.memory.allocateStatic(512);
    for (const [name, make] of Object.entries(SCALARS)) this.scalar(name, make);
    this.intercept('visit_type_str', (args) => { this.put(args, 'visit_type_str', (obj) => this.text(program.memory.loadPointer(obj))); return 1; });
    this.intercept('visit_type_enum', (args) => { this.put(args, 'visit_type_enum', (obj) => this.enumeration(program.memory.load(obj, 4), args)); return 1; });
    this.intercept('visit_type_null', (args) => { this.put(args, 'visit_type_null', () => null); return 1; });
    this.intercept('visit_start_struct', (args) => this.open(args, 'visit_start_struct', {}));
    this.intercept('visit_start_list', (args) => this.open(args, 'visit_start_list', []));
    this.intercept('visit_start_implicit_struct', () => 1);
    this.intercept('visit_check_struct', () => 1);
    this.intercept('visit_check_list', () => 1);
    this.intercept('visit_end_struct', () => { this.stack.pop(); return 1; });
    this.intercept('visit_end_list', () => { this.stack.pop(); this.unread.pop(); return 1; });
    this.intercept('visit_end_implicit_struct', () => 1);
    this.intercept('visit_next_list', (args) => this.nextInList(args[1] as number));
    // an alias reads its target through a visitor of its own: one value is one value under any name
    this.intercept('visitor_forward_field', () => this.handle);
    this.intercept('visit_free', () => 0);
    this.intercept('visit_is_input', () => 0);
    this.intercept('visit_is_dealloc', () => 0);
    this.intercept('visit_policy_reject', () => 0);
    this.intercept('visit_policy_skip', () => 0);
    this.intercept('visit_optional', (args) => program.memory.load(args[this.isNameFirst('visit_optional') ? 2 : 1] as number, 1));
  }

  /**
   * Call something that visits exactly one value.
   * @returns undefined if it visited nothing (it failed)
   */
  read(visit: (visitor: number) => void): Visited | undefined {
    this.result = undefined;
    this.stack.length = 0;
    this.unread.length = 0;
    visit(this.handle);
    return this.result;
  }

  private intercept(name: string, intrinsic: (args: Value[]) => Value): void {
    const { program } = this;
    let original: { invoke(args: Value[], site: { location: { file: string; line: number } }): Value } | undefined;
    program.define(name, (_machine, args, site) => {
      if (args[0] === this.handle) return intrinsic(args);
      original ??= program.original(name);
      return original.invoke(args, site);
    });
  }

  private scalar(name: string, make: (value: Value) => Visited): void {
    const { program } = this;
    let type: CType | undefined;
    this.intercept(name, (args) => {
      const at = this.isNameFirst(name) ? 2 : 1;
      if (type === undefined) {
        const parameter = program.symbol(name)!.type.parameters[at]!.type;
        type = parameter.kind === 'pointer' ? parameter.target : undefined;
      }
      const value = program.loadTyped(type!, args[at] as number);
      this.add(args[at === 2 ? 1 : 2] as number, value instanceof Unknown ? value : make(value));
      return 1;
    });
  }

  /** `visit_type_x(v, name, obj, errp)`, or `visit_type_x(v, obj, name, errp)` as it was until the order changed: the prototype tells. */
  private isNameFirst(name: string): boolean {
    let known = this.nameFirst.get(name);
    if (known === undefined) {
      const type = this.program.symbol(name)!.type.parameters[1]?.type;
      known = type?.kind === 'pointer' && type.target.kind === 'integer' && type.target.name === 'char';
      this.nameFirst.set(name, known);
    }
    return known;
  }

  /** The argument that is the name: behind the object there may be others before it. */
  private nameIn(args: Value[], name: string): number {
    let at = this.namePosition.get(name);
    if (at === undefined) {
      at = Math.max(1, this.program.symbol(name)!.type.parameters.findIndex((p) => p.name === 'name'));
      this.namePosition.set(name, at);
    }
    return args[at] as number;
  }

  private put(args: Value[], name: string, read: (obj: number) => Visited): void {
    this.add(this.nameIn(args, name), read(args[this.isNameFirst(name) ? 2 : 1] as number));
  }

  private open(args: Value[], name: string, container: Visited[] | { [member: string]: Visited }): Value {
    this.add(this.nameIn(args, name), container);
    this.stack.push(container);
    if (Array.isArray(container)) this.unread.push(true);
    return 1;
  }

  /** The next element of a list; once the head was asked for in the same way, through a pointer to the pointer to it. */
  private nextInList(list: number): Value {
    const { program } = this;
    const { memory } = program;
    const parameter = program.symbol('visit_next_list')!.type.parameters[1]!.type;
    if (parameter.kind !== 'pointer' || parameter.target.kind !== 'pointer') return memory.loadPointer(list);
    const current = memory.loadPointer(list) as number;
    const isHead = this.unread.at(-1) === true;
    this.unread[this.unread.length - 1] = false;
    return isHead || current === 0 ? current : memory.loadPointer(current + program.offsetOf('GenericList', 'next'));
  }

  private add(name: number, value: Visited): void {
    const top = this.stack.at(-1);
    if (top === undefined) this.result = value;
    else if (Array.isArray(top)) top.push(value);
    else top[name === 0 ? '' : this.program.memory.cstring(name)] = value;
  }

  private text(pointer: number | Unknown): Visited {
    if (pointer instanceof Unknown) return pointer;
    if (pointer === 0) return '';
    const { memory } = this.program;
    for (let a = pointer; ; a++) {
      const byte = memory.load(a, 1);
      if (byte instanceof Unknown) return byte;
      if (byte === 0) return Buffer.from(memory.cstring(pointer), 'latin1').toString('utf8');
    }
  }

  /** The lookup table is an array of strings, or a struct with one. */
  private enumeration(value: Value, args: Value[]): Visited {
    if (value instanceof Unknown) return value;
    const { program } = this;
    const parameters = program.symbol('visit_type_enum')!.type.parameters;
    const at = parameters.findIndex((p, i) => i >= 2 && p.type.kind === 'pointer' && (p.type.target.kind === 'record' || (p.type.target.kind === 'pointer' && i !== 1)));
    const parameter = parameters[at]!.type;
    let table = args[at] as number;
    if (parameter.kind === 'pointer' && parameter.target.kind === 'record') {
      const member = parameter.target.member('array')!;
      table = program.memory.loadPointer(table + member.offset) as number;
    }
    return program.memory.cstring(program.memory.loadPointer(table + 8 * Number(value)) as number);
  }
}
