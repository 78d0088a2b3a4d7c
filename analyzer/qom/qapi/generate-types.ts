import type { DeclaredType, Declarations } from './declarations.js';
import { type AlternateType, type ArrayType, type Branch, type EnumType, type Member, type ObjectType, type SchemaType, wrapperName } from './schema.js';

/** Writes the declarations of the schema's types, the enumerations' names, and the functions that free objects. */
export class TypesGenerator {
  private readonly declarations: Declarations;
  private bodies: ReadonlyMap<string, readonly (ObjectType | AlternateType)[]> | undefined;

  constructor(declarations: Declarations, private readonly typesByModule: ReadonlyMap<string, readonly DeclaredType[]>) {
    this.declarations = declarations;
  }

  /** The body of the header of a module. */
  header(module: string): string {
    const types = this.typesByModule.get(module) ?? [];
    const lines: string[] = [];
    for (const type of types) {
      if (type.kind === 'enum') lines.push(this.enumeration(type));
      else lines.push(`typedef struct ${this.name(type)} ${this.name(type)};\n`);
    }
    for (const type of this.bodiesIn(module)) lines.push(type.kind === 'alternate' ? this.alternate(type) : this.object(type));
    for (const type of types) {
      if (type.kind === 'array') lines.push(this.list(type));
      if (type.kind === 'object' && type.base !== undefined) lines.push(this.upcast(type));
      if (isFreed(type)) lines.push(this.freeDeclaration(this.name(type)));
      if (type.kind === 'alternate' && this.declarations.dialect.qtypes === undefined) lines.push(`extern const int ${this.name(type)}_qtypes[];\n`);
    }
    return lines.join('');
  }

  /** The body of the source of a module. */
  source(module: string): string {
    const lines: string[] = [];
    for (const type of this.typesByModule.get(module) ?? []) {
      if (type.kind === 'enum') lines.push(this.lookup(type));
      // Memory is never used again, so that freeing has no effect that anyone could see.
      if (isFreed(type)) lines.push(`void qapi_free_${this.name(type)}(${this.name(type)} *obj)\n{\n}\n`);
      if (type.kind === 'alternate' && this.declarations.dialect.qtypes === undefined) lines.push(this.qtypes(type));
    }
    return lines.join('');
  }

  /** The external names that the source of a module defines. */
  defined(module: string): string[] {
    const defined: string[] = [];
    for (const type of this.typesByModule.get(module) ?? []) {
      if (type.kind === 'enum') defined.push(`${this.name(type)}_lookup`);
      if (isFreed(type)) defined.push(`qapi_free_${this.name(type)}`);
      if (type.kind === 'alternate' && this.declarations.dialect.qtypes === undefined) defined.push(`${this.name(type)}_qtypes`);
    }
    return defined;
  }

  enumeration(type: EnumType): string {
    const { dialect, names } = this.declarations;
    const name = this.name(type);
    let text = `typedef enum ${name} {\n`;
    for (const member of type.members) text += `    ${this.declarations.constant(type, member.name)},\n`;
    text += `    ${names.count(type.name, type.prefix)},\n} ${name};\n`;
    if (dialect.lookupStruct) {
      text += `#define ${name}_str(val) qapi_enum_lookup(&${name}_lookup, (val))\nextern const QEnumLookup ${name}_lookup;\n`;
    } else {
      text += `extern ${this.lookupElement} ${name}_lookup[];\n`;
    }
    return text;
  }

  lookup(type: EnumType): string {
    const { dialect, names } = this.declarations;
    const name = this.name(type);
    const count = names.count(type.name, type.prefix);
    const entries = type.members.map((member) => `    [${this.declarations.constant(type, member.name)}] = "${member.name}",\n`).join('');
    if (!dialect.lookupStruct) return `${this.lookupElement} ${name}_lookup[] = {\n${entries}    [${count}] = NULL,\n};\n`;
    let text = `const QEnumLookup ${name}_lookup = {\n    .array = (const char *const[]) {\n${entries}    },\n`;
    if (dialect.lookupFeatures !== undefined) {
      const { member, element } = dialect.lookupFeatures;
      let features = '';
      for (const item of type.members) {
        const bits = this.declarations.featureBits(item.features);
        if (bits !== undefined) features += `    [${this.declarations.constant(type, item.name)}] = ${bits},\n`;
      }
      if (features !== '') text += `    .${member} = (const ${element}[${count}]) {\n${features}    },\n`;
    }
    return `${text}    .size = ${count},\n};\n`;
  }

  private get lookupElement(): string {
    return this.declarations.dialect.constLookup ? 'const char *const' : 'const char *';
  }

  private object(type: ObjectType): string {
    const { dialect } = this.declarations;
    const name = this.name(type);
    let text = '';
    if (type.base !== undefined && dialect.boxedBase && type.variants === undefined) {
      text += `    ${this.declarations.member(type.base)}base;\n`;
    } else if (dialect.namedUnion || type.variants === undefined) {
      text += this.members(this.declarations.inlinedBaseMembers(type));
    }
    text += this.members(type.members);
    if (type.variants !== undefined) {
      const tag = this.declarations.schema.tagType(type);
      if (type.variants.own || !dialect.namedUnion) text += `    ${this.name(tag)} ${this.declarations.tagMember(type)};\n`;
      text += this.union(type.variants.branches);
      if (!dialect.namedUnion) text += this.members(this.declarations.inlinedBaseMembers(type));
    }
    return `struct ${name} {\n${text === '' ? '    char qapi_dummy_for_empty_struct;\n' : text}};\n`;
  }

  private members(members: readonly Member[]): string {
    let text = '';
    for (const member of members) {
      const name = this.declarations.names.c(member.name);
      // The flag's name has the protected name in it (has_q_static).
      if (this.declarations.hasFlag(member)) text += `    bool has_${name};\n`;
      text += member.nested === undefined ? `    ${this.declarations.member(member.type)}${name};\n` : `    struct {\n${this.members(member.nested)}    } ${name};\n`;
    }
    return text;
  }

  private alternate(type: AlternateType): string {
    const tag = this.declarations.dialect.qtypes === undefined ? `${this.name(type)}Kind` : 'QType';
    return `struct ${this.name(type)} {\n    ${tag} ${this.declarations.alternateTag};\n${this.union(type.branches)}};\n`;
  }

  private union(branches: readonly Branch[]): string {
    const { dialect, names, schema } = this.declarations;
    let text = `    union {\n${dialect.boxedBranches ? '        void *data;\n' : ''}`;
    for (const branch of branches) {
      const inline = this.inlineBranch(branch);
      text += `        ${inline === undefined ? this.declarations.member(branch.type) : `${this.name(schema.type(inline))} `}${names.c(branch.name)};\n`;
    }
    return `${text}    }${dialect.namedUnion ? ' u' : ''};\n`;
  }

  /** The object whose struct, not a pointer to it, is in the union. */
  private inlineBranch(branch: Branch): string | undefined {
    if (this.declarations.dialect.boxedBranches) return undefined;
    if (branch.wrapped) return wrapperName(branch.type);
    return this.declarations.schema.type(branch.type).kind === 'object' ? branch.type : undefined;
  }

  private list(type: ArrayType): string {
    const name = this.name(type);
    const value = `${this.declarations.member(type.element)}value;`;
    const body = this.declarations.dialect.paddedLists
      ? `    union {\n        ${value}\n        uint64_t padding;\n    };\n    ${name} *next;\n`
      : `    ${name} *next;\n    ${value}\n`;
    return `struct ${name} {\n${body}};\n`;
  }

  private upcast(type: ObjectType): string {
    const base = this.declarations.schema.object(type.base!);
    const { dialect } = this.declarations;
    if (base.implicit || dialect.boxedBase || !dialect.namedUnion) return '';
    return `static inline ${this.name(base)} *qapi_${this.name(type)}_base(const ${this.name(type)} *obj)\n{\n    return (${this.name(base)} *)obj;\n}\n`;
  }

  private freeDeclaration(name: string): string {
    return `void qapi_free_${name}(${name} *obj);\n${this.declarations.dialect.autoptr ? `G_DEFINE_AUTOPTR_CLEANUP_FUNC(${name}, qapi_free_${name})\n` : ''}`;
  }

  private qtypes(type: AlternateType): string {
    const entries = type.branches.map((branch) => `    [${this.declarations.qtype(branch.type)}] = ${this.declarations.alternateCase(type, branch)},\n`).join('');
    return `const int ${this.name(type)}_qtypes[QTYPE_MAX] = {\n${entries}};\n`;
  }

  /**
   * The structs whose bodies are in a module's header. A union needs its branches complete, so a branch from a module
   * that comes later stands in the union's header.
   */
  private bodiesIn(module: string): readonly (ObjectType | AlternateType)[] {
    if (this.bodies === undefined) {
      const bodies = new Map<string, (ObjectType | AlternateType)[]>();
      const seen = new Set<string>();
      const place = (type: SchemaType, list: (ObjectType | AlternateType)[]): void => {
        if ((type.kind !== 'object' && type.kind !== 'alternate') || seen.has(type.name)) return;
        seen.add(type.name);
        for (const branch of (type.kind === 'object' ? type.variants?.branches : type.branches) ?? []) {
          const inline = this.inlineBranch(branch);
          if (inline !== undefined) place(this.declarations.schema.type(inline), list);
        }
        list.push(type);
      };
      for (const [name, types] of this.typesByModule) {
        const list: (ObjectType | AlternateType)[] = [];
        for (const type of types) place(type, list);
        bodies.set(name, list);
      }
      this.bodies = bodies;
    }
    return this.bodies.get(module) ?? [];
  }

  private name(type: SchemaType): string {
    return this.declarations.name(type);
  }
}

/** Types that are allocated, and so have a function that frees them. */
export function isFreed(type: SchemaType): boolean {
  return type.kind === 'array' || type.kind === 'alternate' || (type.kind === 'object' && !type.implicit);
}
