import type { Machine } from '../../c/runtime.js';
import { Unknown, type Value } from '../../c/unknown.js';
import { Declarations } from './declarations.js';
import { QapiError } from './error.js';
import { type AlternateType, type Branch, type EnumType, type Member, type ObjectType, type Schema, wrapperName } from './schema.js';

/** JSON as QMP has it; integers beyond what a double holds exactly are bigint. */
export type QapiValue = null | boolean | number | bigint | string | QapiValue[] | { [key: string]: QapiValue };

export interface QapiReadOptions {
  /** A value that is not known is left out; this hears of it. The path is like "[3].props.level". */
  readonly onUnknown?: (path: string, unknown: Unknown) => void;
  /** The value of a QObject. Without it, members of type 'any' are left out. */
  readonly object?: (address: number) => QapiValue | undefined;
}

/**
 * What a C object of a schema type is in JSON, as QMP would send it: optional members that are absent are left out,
 * enumerations are strings, unions are flat.
 *
 * @param type a schema type, or a list of one: ['MachineInfo']
 * @param address of the struct, or of the list's first element; a null pointer is an empty list
 * @returns undefined if it is a null pointer to something other than a list, or not known
 * @throws QapiError if the memory does not hold what the schema says
 */
export function readQapi(machine: Machine, schema: Schema, type: string | readonly [string], address: number, options: QapiReadOptions = {}): QapiValue | undefined {
  return new Reader(machine, schema, options).pointer(typeof type === 'string' ? type : `${type[0]}List`, address, '');
}

type Json = { [key: string]: QapiValue };

class Reader {
  private readonly declarations: Declarations;

  constructor(private readonly machine: Machine, private readonly schema: Schema, private readonly options: QapiReadOptions) {
    this.declarations = new Declarations(schema);
  }

  /** What a pointer to a list, struct, union or alternate points to. */
  pointer(typeName: string, address: number, path: string): QapiValue | undefined {
    const type = this.schema.type(typeName);
    if (type.kind === 'array') return this.list(type.element, this.declarations.name(type), address, path);
    if (address === 0) return undefined;
    if (type.kind === 'object') {
      const json: Json = {};
      this.object(json, type, address, path);
      return json;
    }
    if (type.kind === 'alternate') return this.alternate(type, address, path);
    throw new QapiError(`'${typeName}' is not a type that pointers point to`);
  }

  private list(element: string, cType: string, first: number, path: string): QapiValue[] {
    const items: QapiValue[] = [];
    let node: number | undefined = first;
    for (let i = 0; node !== undefined && node !== 0; i++) {
      const item = this.member(node, cType, 'value', element, `${path}[${i}]`);
      if (item !== undefined) items.push(item);
      node = this.address(this.machine.readMember(node, cType, 'next'), `${path}[${i + 1}]`);
    }
    return items;
  }

  private object(json: Json, type: ObjectType, address: number, path: string): void {
    const { dialect } = this.declarations;
    const cType = this.declarations.name(type);
    if (type.base !== undefined && dialect.boxedBase && type.variants === undefined) {
      const base = this.address(this.machine.readMember(address, cType, 'base'), path);
      if (base !== undefined && base !== 0) this.object(json, this.schema.object(type.base), base, path);
    } else {
      this.members(json, this.declarations.inlinedBaseMembers(type), address, cType, path);
    }
    this.members(json, type.members, address, cType, path);
    if (type.variants !== undefined) this.variants(json, type, address, cType, path);
  }

  private members(json: Json, members: readonly Member[], address: number, cType: string, path: string, struct = ''): void {
    for (const member of members) {
      const name = this.declarations.names.c(member.name);
      const memberPath = path === '' ? member.name : `${path}.${member.name}`;
      if (member.optional) {
        const present = this.integer(this.machine.readMember(address, cType, `${struct}${this.declarations.hasFlag(member) ? 'has_' : ''}${name}`), memberPath);
        if (present === undefined || Number(present) === 0) continue;
      }
      if (member.nested !== undefined) {
        const nested: Json = {};
        this.members(nested, member.nested, address, cType, memberPath, `${struct}${name}.`);
        json[member.name] = nested;
        continue;
      }
      const value = this.member(address, cType, `${struct}${name}`, member.type, memberPath);
      if (value !== undefined) json[member.name] = value;
    }
  }

  private variants(json: Json, type: ObjectType, address: number, cType: string, path: string): void {
    const { tag, branches } = type.variants!;
    const tagType = this.schema.tagType(type);
    const value = this.member(address, cType, this.declarations.tagMember(type), tagType.name, path === '' ? tag.name : `${path}.${tag.name}`);
    if (value === undefined) return;
    json[tag.name] = value;
    const branch = branches.find((found) => found.name === value);
    if (branch !== undefined) this.branch(json, branch, address, cType, path);
  }

  private branch(json: Json, branch: Branch, address: number, cType: string, path: string): void {
    const member = `${this.declarations.unionPrefix}${this.declarations.names.c(branch.name)}`;
    const boxed = this.declarations.dialect.boxedBranches;
    if (branch.wrapped) {
      const data = boxed
        ? this.member(address, cType, member, branch.type, `${path}.data`)
        : this.member(address + this.machine.offsetOf(cType, member), this.declarations.name(this.schema.type(wrapperName(branch.type))), 'data', branch.type, `${path}.data`);
      if (data !== undefined) json.data = data;
      return;
    }
    const target = boxed ? this.address(this.machine.readMember(address, cType, member), path) : address + this.machine.offsetOf(cType, member);
    if (target !== undefined && target !== 0) this.object(json, this.schema.object(branch.type), target, path);
  }

  private alternate(type: AlternateType, address: number, path: string): QapiValue | undefined {
    const cType = this.declarations.name(type);
    const { qtypes, boxedBranches } = this.declarations.dialect;
    const kind = this.integer(this.machine.readMember(address, cType, this.declarations.alternateTag), path);
    if (kind === undefined) return undefined;
    const qtype = qtypes?.[Number(kind)];
    const branch = qtypes === undefined
      ? type.branches[Number(kind)]
      : type.branches.find((found) => qtype !== undefined && this.declarations.qtype(found.type) === `QTYPE_${qtype.toUpperCase()}`);
    if (branch === undefined) throw new QapiError(`${path}: an alternate '${type.name}' of a kind that it does not have`);
    const member = `${this.declarations.unionPrefix}${this.declarations.names.c(branch.name)}`;
    if (boxedBranches || this.schema.type(branch.type).kind !== 'object') return this.member(address, cType, member, branch.type, path);
    return this.pointer(branch.type, address + this.machine.offsetOf(cType, member), path);
  }

  /** A member that is there, as its schema type says. */
  private member(address: number, cType: string, name: string, typeName: string, path: string): QapiValue | undefined {
    const type = this.schema.type(typeName);
    const value = this.machine.readMember(address, cType, name);
    if (type.kind === 'enum') return this.enumeration(type, value, path);
    if (type.kind !== 'builtin') {
      const target = this.address(value, path);
      return target === undefined ? undefined : this.pointer(typeName, target, path);
    }
    switch (type.json) {
      case 'null':
        return null;
      case 'string': {
        const target = this.address(value, path);
        return target === undefined ? undefined : target === 0 ? '' : this.string(target, path);
      }
      case 'any': {
        const target = this.address(value, path);
        return target === undefined || target === 0 ? undefined : this.options.object?.(target);
      }
      case 'boolean': {
        const known = this.integer(value, path);
        return known === undefined ? undefined : Number(known) !== 0;
      }
      case 'int':
      case 'number':
        return this.integer(value, path);
    }
  }

  private enumeration(type: EnumType, value: Value, path: string): string | undefined {
    const index = this.integer(value, path);
    if (index === undefined) return undefined;
    const member = type.members[Number(index)];
    if (member === undefined) throw new QapiError(`${path}: '${type.name}' has no value ${index}`);
    return member.name;
  }

  private string(address: number, path: string): string | undefined {
    let text = '';
    for (let a = address; ; a++) {
      const byte = this.machine.memory.load(a, 1);
      if (byte instanceof Unknown) return this.unknown(path, byte);
      if (byte === 0) return text;
      text += String.fromCharCode(Number(byte));
    }
  }

  private integer(value: Value, path: string): number | bigint | undefined {
    if (value instanceof Unknown) return this.unknown(path, value);
    if (typeof value === 'bigint' && value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
    return value;
  }

  private address(value: Value, path: string): number | undefined {
    return value instanceof Unknown ? this.unknown(path, value) : Number(value);
  }

  private unknown(path: string, value: Unknown): undefined {
    this.options.onUnknown?.(path, value);
    return undefined;
  }
}
