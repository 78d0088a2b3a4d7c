import { conditionHolds, type IsDefined } from './condition.js';
import type { Dialect } from './dialect.js';
import { QapiError } from './error.js';
import type { ParsedSchema, SchemaExpression, SchemaObject, SchemaValue } from './schema-parser.js';

/** What a builtin type is in JSON. */
export type JsonKind = 'string' | 'int' | 'number' | 'boolean' | 'null' | 'any';

export interface BuiltinType {
  readonly kind: 'builtin';
  readonly name: string;
  readonly json: JsonKind;
  readonly cType: string;
}

export interface EnumMember {
  readonly name: string;
  readonly features: readonly string[];
}

export interface EnumType {
  readonly kind: 'enum';
  readonly name: string;
  readonly module: string;
  readonly prefix: string | undefined;
  readonly members: readonly EnumMember[];
}

/** A list; its name is the element type's with "List" behind it. */
export interface ArrayType {
  readonly kind: 'array';
  readonly name: string;
  readonly element: string;
}

/** A member of an object; `type` is a key of {@link Schema.types}. */
export interface Member {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
  readonly features: readonly string[];
  /** The members of a struct without a name, which old schemas can have in place of a type; `type` is empty then. */
  readonly nested?: readonly Member[];
}

/** A branch of a union or alternate. `wrapped`: in JSON, the branch is the member "data" (unions without a discriminator in the schema). */
export interface Branch {
  readonly name: string;
  readonly type: string;
  readonly wrapped: boolean;
}

export interface Variants {
  /** The discriminator, a member of the base or, where `own`, of the union itself. */
  readonly tag: Member;
  readonly own: boolean;
  readonly branches: readonly Branch[];
}

/** A struct or union. */
export interface ObjectType {
  readonly kind: 'object';
  readonly name: string;
  readonly module: string;
  /** Made by the generator, not declared under a name in the schema. */
  readonly implicit: boolean;
  readonly base: string | undefined;
  readonly members: readonly Member[];
  readonly variants: Variants | undefined;
}

/** A value of one of several types, told apart by their JSON type. */
export interface AlternateType {
  readonly kind: 'alternate';
  readonly name: string;
  readonly module: string;
  readonly branches: readonly Branch[];
}

export type SchemaType = BuiltinType | EnumType | ArrayType | ObjectType | AlternateType;

export interface Command {
  readonly name: string;
  readonly module: string;
  /** The arguments: a type's name, or the members. */
  readonly data: string | readonly Member[];
  readonly boxed: boolean;
  readonly returns: string | undefined;
}

export interface Event {
  readonly name: string;
  readonly module: string;
  readonly data: string | readonly Member[];
  readonly boxed: boolean;
}

/** The module of builtin types. */
export const BUILTIN_MODULE = '';

const BUILTINS: readonly BuiltinType[] = [
  builtin('str', 'string', 'char *'),
  builtin('number', 'number', 'double'),
  builtin('int', 'int', 'int64_t'),
  builtin('int8', 'int', 'int8_t'),
  builtin('int16', 'int', 'int16_t'),
  builtin('int32', 'int', 'int32_t'),
  builtin('int64', 'int', 'int64_t'),
  builtin('uint8', 'int', 'uint8_t'),
  builtin('uint16', 'int', 'uint16_t'),
  builtin('uint32', 'int', 'uint32_t'),
  builtin('uint64', 'int', 'uint64_t'),
  builtin('size', 'int', 'uint64_t'),
  builtin('bool', 'boolean', 'bool'),
];

function builtin(name: string, json: JsonKind, cType: string): BuiltinType {
  return { kind: 'builtin', name, json, cType };
}

/** The types, commands and events of a schema, without what the build leaves out. */
export class Schema {
  /** By name; in the order of their definition, lists last. */
  readonly types = new Map<string, SchemaType>();
  readonly commands: Command[] = [];
  readonly events: Event[] = [];
  /** Names of all events, also of those that the build leaves out, in the order of QAPIEvent. */
  readonly eventNames: readonly string[];
  /** Features, special ones first, then in the order of their first use. */
  readonly features: readonly string[];
  readonly modules: readonly string[];
  readonly includes: ReadonlyMap<string, readonly string[]>;
  private readonly featureSet: Set<string>;
  private readonly allEvents: { readonly name: string; readonly module: string }[] = [];
  /** Types that the schema uses in arrays. */
  private readonly elements = new Set<string>();

  /**
   * @param extra builtin types that not every release has
   * @throws QapiError if the schema has something unknown
   */
  constructor(parsed: ParsedSchema, readonly dialect: Dialect, extra: readonly BuiltinType[], private readonly isDefined: IsDefined) {
    this.modules = parsed.modules;
    this.includes = parsed.includes;
    this.featureSet = new Set(dialect.specialFeatures);
    for (const type of [...BUILTINS, ...extra]) {
      this.types.set(type.name, type);
      this.elements.add(type.name);
    }
    if (dialect.qtypes !== undefined) {
      const members = dialect.qtypes.map((name) => ({ name, features: [] }));
      this.types.set('QType', { kind: 'enum', name: 'QType', module: BUILTIN_MODULE, prefix: 'QTYPE', members });
    }
    for (const item of parsed.expressions) this.define(item);
    this.features = [...this.featureSet];
    if (dialect.eventOrder === 'modules') this.allEvents.sort((a, b) => parsed.modules.indexOf(a.module) - parsed.modules.indexOf(b.module));
    if (dialect.eventOrder === 'name') this.allEvents.sort((a, b) => (a.name < b.name ? -1 : 1));
    this.eventNames = this.allEvents.map((event) => event.name);
    for (const element of this.elements) {
      if (this.types.has(element)) this.types.set(`${element}List`, { kind: 'array', name: `${element}List`, element });
    }
  }

  /** @throws QapiError if there is no such type */
  type(name: string): SchemaType {
    const type = this.types.get(name);
    if (type === undefined) throw new QapiError(`the schema has no type '${name}' in this build`);
    return type;
  }

  /** @throws QapiError if it is not a struct or union */
  object(name: string): ObjectType {
    const type = this.type(name);
    if (type.kind !== 'object') throw new QapiError(`the schema's type '${name}' is not a struct or union`);
    return type;
  }

  /** The members of an object, those of its bases first. */
  allMembers(type: ObjectType): readonly Member[] {
    return type.base === undefined ? type.members : [...this.allMembers(this.object(type.base)), ...type.members];
  }

  /** The module in which a type is declared; a list is where its elements are. */
  moduleOf(type: SchemaType): string {
    if (type.kind === 'builtin') return BUILTIN_MODULE;
    return type.kind === 'array' ? this.moduleOf(this.type(type.element)) : type.module;
  }

  private define({ expression, module, where }: SchemaExpression): void {
    const context = new Context(module, where);
    const name = (key: string): string | undefined => {
      const value = expression.get(key);
      return typeof value === 'string' ? value : undefined;
    };
    const on = this.holds(expression, context);
    const enumeration = name('enum');
    const struct = name('struct') ?? name('type');
    const union = name('union');
    const alternate = name('alternate');
    const command = name('command');
    const event = name('event');
    if (enumeration !== undefined) {
      const members = this.enumMembers(expression.get('data'), context);
      if (on) this.types.set(enumeration, { kind: 'enum', name: enumeration, module, prefix: name('prefix'), members });
    } else if (struct !== undefined) {
      const members = this.members(expression.get('data'), context);
      if (on) this.types.set(struct, { kind: 'object', name: struct, module, implicit: false, base: name('base'), members, variants: undefined });
    } else if (union !== undefined && !isEmptyObject(expression.get('discriminator'))) {
      this.defineUnion(union, expression, on, context);
    } else if (alternate !== undefined || union !== undefined) {
      this.defineAlternate((alternate ?? union)!, expression, on, context);
    } else if (command !== undefined) {
      const returns = expression.get('returns');
      const data = this.parameters(expression.get('data'), context);
      const returned = returns === undefined ? undefined : this.reference(returns, context);
      this.collectFeatures(expression, context);
      const generated = expression.get('gen') !== false && expression.get('gen') !== 'no';
      if (on && generated) this.commands.push({ name: command, module, data, boxed: expression.get('boxed') === true, returns: returned });
    } else if (event !== undefined) {
      const data = this.parameters(expression.get('data'), context);
      this.collectFeatures(expression, context);
      this.allEvents.push({ name: event, module });
      if (on) this.events.push({ name: event, module, data, boxed: expression.get('boxed') === true });
    } else {
      throw new QapiError(`${context.where()}: an expression of an unknown kind`);
    }
    const typeName = enumeration ?? struct ?? union ?? alternate;
    if (typeName === undefined) return;
    this.collectFeatures(expression, context);
    if (this.dialect.listsOfAll) this.elements.add(typeName);
  }

  private defineUnion(name: string, expression: SchemaObject, on: boolean, context: Context): void {
    const { module, where } = context;
    const discriminator = expression.get('discriminator');
    const base = expression.get('base');
    let baseName = typeof base === 'string' ? base : undefined;
    let baseMembers: readonly Member[] | undefined;
    if (base instanceof Map) {
      baseName = `q_obj_${name}-base`;
      baseMembers = this.members(base, context);
      if (on) this.types.set(baseName, { kind: 'object', name: baseName, module, implicit: true, base: undefined, members: baseMembers, variants: undefined });
    }
    const simple = discriminator === undefined;
    const branches = this.branches(expression.get('data'), simple, context);
    if (!on) return;
    let tag: Member;
    if (simple) {
      const kind = `${name}Kind`;
      this.types.set(kind, { kind: 'enum', name: kind, module, prefix: undefined, members: branches.map((branch) => ({ name: branch.name, features: [] })) });
      tag = { name: 'type', type: kind, optional: false, features: [] };
      if (!this.dialect.boxedBranches) for (const branch of branches) this.wrap(branch.type, module);
    } else {
      // The base may be defined further down, so only its name is certain here.
      tag = { name: String(discriminator), type: '', optional: false, features: [] };
    }
    if (!simple && (typeof discriminator !== 'string' || baseName === undefined)) throw new QapiError(`${where()}: union '${name}' has no base or discriminator`);
    this.types.set(name, { kind: 'object', name, module, implicit: false, base: baseName, members: [], variants: { tag, own: simple, branches } });
  }

  private defineAlternate(name: string, expression: SchemaObject, on: boolean, context: Context): void {
    const branches = this.branches(expression.get('data'), false, context);
    if (!on) return;
    this.types.set(name, { kind: 'alternate', name, module: context.module, branches });
    if (this.dialect.qtypes === undefined) {
      const members = branches.map((branch) => ({ name: branch.name, features: [] }));
      this.types.set(`${name}Kind`, { kind: 'enum', name: `${name}Kind`, module: context.module, prefix: undefined, members });
    }
  }

  /** The object that holds a branch of a union without a discriminator in the schema. */
  private wrap(type: string, module: string): void {
    const name = wrapperName(type);
    if (this.types.has(name)) return;
    const members = [{ name: 'data', type, optional: false, features: [] }];
    this.types.set(name, { kind: 'object', name, module, implicit: true, base: undefined, members, variants: undefined });
  }

  /** The type of a union's discriminator. @throws QapiError if it is not an enumeration */
  tagType(type: ObjectType): EnumType {
    const variants = type.variants!;
    const name = variants.own ? variants.tag.type : this.allMembers(type).find((member) => member.name === variants.tag.name)?.type;
    const found = name === undefined ? undefined : this.types.get(name);
    if (found?.kind !== 'enum') throw new QapiError(`${type.module}: the discriminator of '${type.name}' is not an enumeration`);
    return found;
  }

  private holds(item: SchemaValue | undefined, context: Context): boolean {
    return !(item instanceof Map) || conditionHolds(item.get('if'), this.isDefined, context.where);
  }

  private parameters(data: SchemaValue | undefined, context: Context): string | readonly Member[] {
    return typeof data === 'string' ? data : this.members(data, context);
  }

  private enumMembers(data: SchemaValue | undefined, context: Context): EnumMember[] {
    if (!Array.isArray(data)) throw new QapiError(`${context.where()}: an enumeration without a list of members`);
    const members: EnumMember[] = [];
    for (const item of data) {
      const name = item instanceof Map ? item.get('name') : item;
      if (typeof name !== 'string') throw new QapiError(`${context.where()}: a member of an enumeration without a name`);
      const features = this.collectFeatures(item, context);
      if (this.holds(item, context)) members.push({ name, features });
    }
    return members;
  }

  private members(data: SchemaValue | undefined, context: Context): Member[] {
    if (data === undefined) return [];
    if (!(data instanceof Map)) throw new QapiError(`${context.where()}: members in an unknown form`);
    const members: Member[] = [];
    for (const [key, item] of data) {
      const optional = key.startsWith('*');
      const name = optional ? key.slice(1) : key;
      if (item instanceof Map && this.dialect.nestedStructs) {
        members.push({ name, type: '', optional, features: [], nested: this.members(item, context) });
        continue;
      }
      const type = this.reference(item, context);
      const features = this.collectFeatures(item, context);
      if (this.holds(item, context)) members.push({ name, type, optional, features });
    }
    return members;
  }

  private branches(data: SchemaValue | undefined, wrapped: boolean, context: Context): Branch[] {
    if (!(data instanceof Map)) throw new QapiError(`${context.where()}: branches in an unknown form`);
    const branches: Branch[] = [];
    for (const [name, item] of data) {
      const type = this.reference(item, context);
      if (this.holds(item, context)) branches.push({ name, type, wrapped });
    }
    return branches;
  }

  /** 'T', ['T'] or { 'type': ... } */
  private reference(value: SchemaValue, context: Context): string {
    if (typeof value === 'string') return value;
    if (Array.isArray(value) && value.length === 1 && typeof value[0] === 'string') {
      this.elements.add(value[0]);
      return `${value[0]}List`;
    }
    const type = value instanceof Map ? value.get('type') : undefined;
    if (type === undefined || type instanceof Map) throw new QapiError(`${context.where()}: a type in an unknown form`);
    return this.reference(type, context);
  }

  private collectFeatures(item: SchemaValue, context: Context): string[] {
    const list = item instanceof Map ? item.get('features') : undefined;
    if (list === undefined) return [];
    if (!Array.isArray(list)) throw new QapiError(`${context.where()}: features that are not a list`);
    return list.map((feature) => {
      const name = feature instanceof Map ? feature.get('name') : feature;
      if (typeof name !== 'string') throw new QapiError(`${context.where()}: a feature without a name`);
      this.featureSet.add(name);
      return name;
    });
  }
}

/** The name of the object that holds a branch of type `type` under "data". */
export function wrapperName(type: string): string {
  return `q_obj_${type}-wrapper`;
}

class Context {
  constructor(readonly module: string, readonly where: () => string) {}
}

function isEmptyObject(value: SchemaValue | undefined): boolean {
  return value instanceof Map && value.size === 0;
}
