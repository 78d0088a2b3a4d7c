import type { Dialect } from './dialect.js';
import { Names } from './names.js';
import type { AlternateType, ArrayType, EnumType, Member, ObjectType, Schema, SchemaType } from './schema.js';

/** What the generators of types, visitors and commands share: the schema, and how its types are written in C. */
export class Declarations {
  readonly dialect: Dialect;
  readonly names: Names;

  constructor(readonly schema: Schema) {
    this.dialect = schema.dialect;
    this.names = new Names(schema.dialect);
  }

  /** The C name of a type that has one of its own. */
  name(type: SchemaType): string {
    return type.kind === 'builtin' ? type.name : this.names.c(type.name);
  }

  /** The C type of a member of this schema type, with a space or "*" at its end. */
  member(typeName: string): string {
    const type = this.schema.type(typeName);
    if (type.kind === 'builtin') return type.cType.endsWith('*') ? type.cType : `${type.cType} `;
    return type.kind === 'enum' ? `${this.name(type)} ` : `${this.name(type)} *`;
  }

  /** The C type of a parameter. */
  parameter(typeName: string): string {
    return typeName === 'str' ? 'const char *' : this.member(typeName);
  }

  /** Is a member of this type a pointer in C? */
  isPointer(typeName: string): boolean {
    return this.member(typeName).endsWith('*');
  }

  /** Does an optional member have a has_ flag? Where pointers have none, lists still do: an empty list is a null pointer. */
  hasFlag(member: Member): boolean {
    if (!member.optional) return false;
    return member.nested !== undefined || !this.dialect.pointersWithoutHas || !this.isPointer(member.type) || this.schema.type(member.type).kind === 'array';
  }

  /** The C member that holds the discriminator of a union. */
  tagMember(type: ObjectType): string {
    if (!this.dialect.namedUnion) return 'kind';
    return this.names.c(type.variants!.tag.name);
  }

  /** The members of the base as they stand in the type's own struct. Where the discriminator is `kind`, it is not among them. */
  inlinedBaseMembers(type: ObjectType): readonly Member[] {
    if (type.base === undefined) return [];
    const base = this.schema.object(type.base);
    if (this.dialect.namedUnion || type.variants === undefined) return this.schema.allMembers(base);
    return base.members.filter((member) => type.variants!.own || member.name !== type.variants!.tag.name);
  }

  /** Features that a visitor has to know of, as the bits that it takes; undefined if there are none. */
  featureBits(features: readonly string[]): string | undefined {
    const { featureConstants, specialFeatures } = this.dialect;
    const bits = features
      .filter((feature) => featureConstants || specialFeatures.includes(feature))
      .map((feature) => `1u << ${this.featureConstant(feature)}`);
    return bits.length === 0 ? undefined : bits.join(' | ');
  }

  featureConstant(feature: string): string {
    return `QAPI_${this.dialect.featureConstants ? 'FEATURE_' : ''}${this.names.c(feature, false).toUpperCase()}`;
  }

  /** The QType that a branch of an alternate has (QTYPE_QDICT). */
  qtype(typeName: string): string {
    const type = this.schema.type(typeName);
    switch (type.kind) {
      case 'enum': return 'QTYPE_QSTRING';
      case 'array': return 'QTYPE_QLIST';
      case 'object':
      case 'alternate': return 'QTYPE_QDICT';
      case 'builtin': break;
    }
    switch (type.json) {
      case 'string': return 'QTYPE_QSTRING';
      case 'boolean': return 'QTYPE_QBOOL';
      case 'null': return 'QTYPE_QNULL';
      case 'int': return this.hasQnum ? 'QTYPE_QNUM' : 'QTYPE_QINT';
      case 'number': return this.hasQnum ? 'QTYPE_QNUM' : 'QTYPE_QFLOAT';
      case 'any': return 'QTYPE_NONE';
    }
  }

  private get hasQnum(): boolean {
    return this.dialect.qtypes?.includes('qnum') ?? false;
  }

  /** The name by which a branch of an alternate goes in its kind: a QType or, before those were QAPI types, a constant of its own. */
  alternateCase(type: AlternateType, branch: { readonly name: string; readonly type: string }): string {
    return this.dialect.qtypes === undefined ? this.names.constant(`${type.name}Kind`, branch.name, undefined) : this.qtype(branch.type);
  }

  /** The C member that tells which branch of an alternate is there. */
  get alternateTag(): string {
    return this.dialect.namedUnion ? 'type' : 'kind';
  }

  /** "u." where the branches are in a union of that name. */
  get unionPrefix(): string {
    return this.dialect.namedUnion ? 'u.' : '';
  }

  constant(type: EnumType, member: string): string {
    return this.names.constant(type.name, member, type.prefix);
  }
}

export type DeclaredType = EnumType | ArrayType | ObjectType | AlternateType;
