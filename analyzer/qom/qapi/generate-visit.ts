import type { DeclaredType, Declarations } from './declarations.js';
import { isFreed } from './generate-types.js';
import { type AlternateType, type ArrayType, type EnumType, type Member, type ObjectType, type SchemaType, wrapperName } from './schema.js';
import type { VisitorApi } from './visitor-api.js';

/**
 * Writes the visit_type_X() functions. Which visitor functions there are, and their arguments, is what the tree's
 * header says; the rest follows from three differences: visits return whether they succeeded or only set an error,
 * a list is walked by its last element or by the pointer to the next one, a struct is checked before its end or at it.
 */
export class VisitGenerator {
  private readonly bool: boolean;

  constructor(
    private readonly declarations: Declarations,
    private readonly api: VisitorApi,
    private readonly typesByModule: ReadonlyMap<string, readonly DeclaredType[]>,
  ) {
    this.bool = api.returnsBool;
  }

  /** The body of the header of a module. */
  header(module: string): string {
    let text = '';
    for (const type of this.typesByModule.get(module) ?? []) {
      if (type.kind === 'object' && !this.static) text += `${this.membersPrototype(type)};\n`;
      if (type.kind === 'enum' || isFreed(type)) text += `${this.prototype(type)};\n`;
    }
    return text;
  }

  /** The body of the source of a module. @throws QapiError if the tree's visitors have something unknown */
  source(module: string): string {
    const types = this.typesByModule.get(module) ?? [];
    const parts: string[] = [];
    if (this.static) parts.push(...this.staticDeclarations(types));
    for (const type of types) {
      switch (type.kind) {
        case 'enum':
          parts.push(this.enumeration(type));
          break;
        case 'array':
          parts.push(this.list(type));
          break;
        case 'alternate':
          parts.push(this.api.has('visit_start_alternate') ? this.alternate(type) : this.kindAlternate(type));
          break;
        case 'object':
          parts.push(this.members(type));
          if (!type.implicit) parts.push(this.object(type));
          break;
      }
    }
    return parts.join('');
  }

  /** The external names that the source of a module defines. */
  defined(module: string): string[] {
    const defined: string[] = [];
    for (const type of this.typesByModule.get(module) ?? []) {
      if (type.kind === 'object' && !this.static) defined.push(`visit_type_${this.name(type)}_members`);
      if (type.kind === 'enum' || isFreed(type)) defined.push(`visit_type_${this.name(type)}`);
    }
    return defined;
  }

  /** Where branches and bases are pointers, members are visited by functions that only the generated source knows. */
  private get static(): boolean {
    return this.declarations.dialect.boxedBranches;
  }

  private get result(): string {
    return this.bool ? 'bool' : 'void';
  }

  private name(type: SchemaType): string {
    return this.declarations.name(type);
  }

  private prototype(type: SchemaType): string {
    const object = `${this.name(type)} *${type.kind === 'enum' ? '' : '*'}obj`;
    const parameters = this.api.nameFirst ? `Visitor *v, const char *name, ${object}` : `Visitor *v, ${object}, const char *name`;
    return `${this.result} visit_type_${this.name(type)}(${parameters}, Error **errp)`;
  }

  private membersPrototype(type: ObjectType): string {
    return `${this.static ? 'static ' : ''}${this.result} visit_type_${this.name(type)}_members(Visitor *v, ${this.name(type)} *obj, Error **errp)`;
  }

  /** A call of visit_type_X(), without a statement around it. */
  private visit(typeName: string, object: string, name: string, errp: string): string {
    const type = this.declarations.schema.type(typeName);
    const args = this.api.nameFirst ? `v, ${name}, ${object}` : `v, ${object}, ${name}`;
    return `visit_type_${this.name(type)}(${args}, ${errp})`;
  }

  private get errp(): string {
    return this.bool ? 'errp' : '&err';
  }

  /** A statement that makes a call and leaves if it failed. */
  private attempt(call: string, leave: string): string {
    return this.bool ? `if (!${call}) {\n${leave}\n}\n` : `${call};\nif (err) {\n${leave}\n}\n`;
  }

  private begin(prototype: string, external: boolean): string {
    const first = external && this.declarations.dialect.checksErrorFirst ? 'if (error_is_set(errp)) {\nreturn;\n}\n' : '';
    return `${prototype}\n{\n${this.bool ? '' : 'Error *err = NULL;\n'}${first}`;
  }

  private enumeration(type: EnumType): string {
    const lookup = `${this.declarations.dialect.lookupStruct ? '&' : ''}${this.name(type)}_lookup`;
    const call = this.api.call('visit_type_enum', { v: 'v', name: 'name', obj: '&value', lookup, strings: lookup, kind: `"${type.name}"`, errp: 'errp' });
    const visit = this.bool ? `bool ok = ${call};\n*obj = value;\nreturn ok;\n` : `${call};\n*obj = value;\n`;
    return `${this.prototype(type)}\n{\nint value = *obj;\n${visit}}\n`;
  }

  private members(type: ObjectType): string {
    const { dialect, schema } = this.declarations;
    const leave = this.bool ? 'return false;' : 'goto out;';
    let body = '';
    if (type.base !== undefined) {
      const base = schema.object(type.base);
      if (dialect.boxedBase && type.variants === undefined) {
        body += this.attempt(`visit_type_implicit_${this.name(base)}(v, &obj->base, ${this.errp})`, leave);
      } else if (!dialect.namedUnion) {
        for (const member of this.declarations.inlinedBaseMembers(type)) body += this.member(member, leave);
      } else {
        body += this.attempt(`visit_type_${this.name(base)}_members(v, (${this.name(base)} *)obj, ${this.errp})`, leave);
      }
    }
    for (const member of type.members) body += this.member(member, leave);
    if (type.variants !== undefined) body += this.variants(type, leave);
    const flags = type.members.filter((member) => member.optional && !this.declarations.hasFlag(member)).map((member) => this.declarations.names.c(member.name));
    const declarations = flags.map((name) => `bool has_${name} = !!obj->${name};\n`).join('');
    if (this.bool) return `${this.membersPrototype(type)}\n{\n${declarations}${body}return true;\n}\n`;
    const label = body.includes('goto out;') ? 'out:\n' : '';
    return `${this.membersPrototype(type)}\n{\nError *err = NULL;\n${declarations}${body}${label}error_propagate(errp, err);\n}\n`;
  }

  private member(member: Member, leave: string, struct = 'obj->'): string {
    const field = this.declarations.names.c(member.name);
    const name = `"${member.name}"`;
    let text = member.nested === undefined
      ? this.attempt(this.visit(member.type, `&${struct}${field}`, name, this.errp), leave)
      : this.nested(member.nested, name, `${struct}${field}.`, leave);
    text = this.policy(member, name, text, leave);
    if (!member.optional) return text;
    const present = this.declarations.hasFlag(member) ? `${struct}has_${field}` : `has_${field}`;
    const args = { v: 'v', name, present: `&${present}`, errp: this.errp };
    if (this.api.has('visit_start_optional')) {
      const check = 'if (err) {\ngoto out;\n}\n';
      return `${this.api.call('visit_start_optional', args)};\n${check}if (${present}) {\n${text}}\n${this.api.call('visit_end_optional', args)};\n${check}`;
    }
    const call = this.api.call('visit_optional', args);
    if (this.api.result('visit_optional') === 'bool') return `if (${call}) {\n${text}}\n`;
    return `${this.attempt(call, leave)}if (${present}) {\n${text}}\n`;
  }

  private nested(members: readonly Member[], name: string, struct: string, leave: string): string {
    const start = this.api.call('visit_start_struct', { v: 'v', obj: 'NULL', kind: '""', name, size: '0', errp: this.errp });
    const end = this.api.call('visit_end_struct', { v: 'v', errp: this.errp });
    return this.attempt(start, leave) + members.map((member) => this.member(member, leave, struct)).join('') + this.attempt(end, leave);
  }

  /** Members with features that a policy may refuse or hide. */
  private policy(member: Member, name: string, visit: string, leave: string): string {
    if (this.api.has('visit_policy_reject')) {
      const features = this.declarations.featureBits(member.features);
      if (features === undefined) return visit;
      const args = { v: 'v', name, special_features: features, features, errp: 'errp' };
      return `if (${this.api.call('visit_policy_reject', args)}) {\n${leave}\n}\nif (!${this.api.call('visit_policy_skip', args)}) {\n${visit}}\n`;
    }
    if (this.api.has('visit_deprecated_accept') && member.features.includes('deprecated')) {
      const args = { v: 'v', name, errp: 'errp' };
      return `if (!${this.api.call('visit_deprecated_accept', args)}) {\n${leave}\n}\nif (${this.api.call('visit_deprecated', args)}) {\n${visit}}\n`;
    }
    return visit;
  }

  private variants(type: ObjectType, leave: string): string {
    const variants = type.variants!;
    const tag = this.declarations.schema.tagType(type);
    const tagMember = this.declarations.tagMember(type);
    const prefix = this.declarations.unionPrefix;
    let text = '';
    if (variants.own || !this.declarations.dialect.namedUnion) {
      text += this.attempt(this.visit(tag.name, `&obj->${tagMember}`, `"${variants.tag.name}"`, this.errp), leave);
    }
    const marks = this.api.has('visit_start_union');
    const dataArgs = { v: 'v', data_present: `!!obj->${prefix}data`, errp: '&err' };
    if (marks) text += `if (!${this.api.call('visit_start_union', dataArgs)} || err) {\ngoto out;\n}\n`;
    text += `switch (obj->${tagMember}) {\n`;
    const done = new Set<string>();
    for (const branch of variants.branches) {
      const object = `&obj->${prefix}${this.declarations.names.c(branch.name)}`;
      done.add(branch.name);
      const call = this.branch(branch.type, branch.wrapped, object);
      text += `case ${this.declarations.constant(tag, branch.name)}:\n${this.bool ? `return ${call};\n` : `${call};\nbreak;\n`}`;
    }
    for (const member of tag.members) if (!done.has(member.name)) text += `case ${this.declarations.constant(tag, member.name)}:\nbreak;\n`;
    text += 'default:\nabort();\n}\n';
    if (marks) text += `error_propagate(errp, err);\nerr = NULL;\n${this.api.call('visit_end_union', dataArgs)};\n`;
    return text;
  }

  private branch(typeName: string, wrapped: boolean, object: string): string {
    if (!this.static) {
      const type = this.declarations.schema.object(wrapped ? wrapperName(typeName) : typeName);
      return `visit_type_${this.name(type)}_members(v, ${object}, ${this.errp})`;
    }
    if (wrapped) return this.visit(typeName, object, '"data"', this.errp);
    return `visit_type_implicit_${this.name(this.declarations.schema.type(typeName))}(v, ${object}, ${this.errp})`;
  }

  private startStruct(object: string, kind: string, size: string): string {
    return this.api.call('visit_start_struct', { v: 'v', name: 'name', obj: object, kind: `"${kind}"`, size, errp: this.errp });
  }

  private object(type: ObjectType): string {
    const name = this.name(type);
    const start = this.attempt(this.startStruct('(void **)obj', type.name, `sizeof(${name})`), this.bool ? 'return false;' : 'goto out;');
    const visit = `visit_type_${name}_members(v, *obj, ${this.errp})`;
    let text = `${this.begin(this.prototype(type), true)}${this.bool ? 'bool ok = false;\n' : ''}${start}${this.incomplete()}`;
    if (this.api.has('visit_check_struct')) {
      text += this.attempt(visit, 'goto out_obj;') + this.check('visit_check_struct');
    } else {
      // The end of a struct checks for members left over: it takes an error of its own.
      text += `${visit};\nerror_propagate(errp, err);\nerr = NULL;\n`;
    }
    return `${text}out_obj:\n${this.api.call('visit_end_struct', { v: 'v', obj: '(void **)obj', errp: '&err' })};\n${this.end(name)}`;
  }

  /** Nothing was allocated: only a visitor that frees goes on with that. */
  private incomplete(): string {
    if (!this.api.has('visit_is_dealloc')) return 'if (!*obj) {\ngoto out_obj;\n}\n';
    return `if (!*obj) {\nassert(${this.api.call('visit_is_dealloc', { v: 'v' })});\n${this.bool ? 'ok = true;\n' : ''}goto out_obj;\n}\n`;
  }

  private check(name: string): string {
    const call = this.api.call(name, { v: 'v', errp: this.errp });
    return this.bool ? `ok = ${call};\n` : `${call};\n`;
  }

  /** After the end of a struct, list or alternate: leave no half-made object behind. */
  private end(name: string): string {
    let text = '';
    if (this.api.has('visit_is_input')) {
      text += `if (${this.bool ? '!ok' : 'err'} && ${this.api.call('visit_is_input', { v: 'v' })}) {\nqapi_free_${name}(*obj);\n*obj = NULL;\n}\n`;
    }
    return `${text}${this.bool ? 'return ok;' : 'out:\nerror_propagate(errp, err);'}\n}\n`;
  }

  private list(type: ArrayType): string {
    const name = this.name(type);
    const byTail = this.api.hasParameter('visit_next_list', 'tail');
    const args = { v: 'v', name: 'name', list: '(GenericList **)obj', obj: '(GenericList **)obj', size: byTail ? 'size' : 'sizeof(**obj)', errp: this.errp };
    const start = this.attempt(this.api.call('visit_start_list', args), this.bool ? 'return false;' : 'goto out;');
    let text = `${this.begin(this.prototype(type), true)}${this.bool ? 'bool ok = false;\n' : ''}`;
    if (byTail) {
      const next = this.api.call('visit_next_list', { ...args, tail: '(GenericList *)tail' });
      const visit = this.attempt(this.visit(type.element, '&tail->value', 'NULL', this.errp), this.bool ? 'goto out_obj;' : 'break;');
      text += `${name} *tail;\nsize_t size = sizeof(**obj);\n${start}for (tail = *obj; tail; tail = (${name} *)${next}) {\n${visit}}\n`;
      if (this.api.has('visit_check_list')) text += this.bool ? this.check('visit_check_list') : `if (!err) {\n${this.check('visit_check_list')}}\n`;
      else if (this.bool) text += 'ok = true;\n';
      if (this.bool) text += 'out_obj:\n';
    } else {
      const next = this.api.call('visit_next_list', { ...args, list: 'prev' });
      text += `GenericList *i, **prev;\n${start}for (prev = (GenericList **)obj; !err && (i = ${next}) != NULL; prev = &i) {\n` +
        `${name} *native_i = (${name} *)i;\n${this.visit(type.element, '&native_i->value', 'NULL', this.errp)};\n}\n`;
      if (this.api.hasParameter('visit_end_list', 'errp')) text += 'error_propagate(errp, err);\nerr = NULL;\n';
    }
    return `${text}${this.api.call('visit_end_list', { v: 'v', list: '(void **)obj', obj: '(void **)obj', errp: '&err' })};\n${this.end(name)}`;
  }

  private alternate(type: AlternateType): string {
    const name = this.name(type);
    const json = type.branches.map((branch) => this.declarations.schema.type(branch.type)).map((found) => (found.kind === 'builtin' ? found.json : ''));
    // A visitor of text takes "1" for an integer, which then stands for a number unless there is a branch for integers.
    const promote = String(!json.includes('int'));
    const args = { v: 'v', name: 'name', obj: '(GenericAlternate **)obj', size: 'sizeof(**obj)', promote_int: promote, errp: this.errp };
    let text = `${this.begin(this.prototype(type), true)}${this.bool ? 'bool ok = false;\n' : ''}`;
    text += this.attempt(this.api.call('visit_start_alternate', args), this.bool ? 'return false;' : 'goto out;');
    text += `${this.api.has('visit_is_input') ? this.incomplete() : ''}switch ((*obj)->${this.declarations.alternateTag}) {\n`;
    for (const branch of type.branches) {
      text += `case ${this.declarations.alternateCase(type, branch)}:\n${this.alternateBranch(branch.type, `&(*obj)->u.${this.declarations.names.c(branch.name)}`)}break;\n`;
    }
    text += `${this.api.has('visit_is_input') ? 'case QTYPE_NONE:\nabort();\n' : ''}default:\n${this.wrongKind(type)}}\n${text.includes('goto out_obj;') ? 'out_obj:\n' : ''}`;
    return `${text}${this.api.call('visit_end_alternate', { v: 'v', obj: '(void **)obj' })};\n${this.end(name)}`;
  }

  /** Report a value of a type that an alternate has no branch for. */
  private wrongKind(type: AlternateType): string {
    const error = this.declarations.dialect.invalidTypeMacro
      ? `error_setg(${this.errp}, QERR_INVALID_PARAMETER_TYPE, name ? name : "null", "${type.name}");\n`
      : `error_setg(${this.errp}, "Invalid parameter type for '%s', expected: ${type.name}", name ? name : "null");\n`;
    const assertion = this.api.has('visit_is_input') ? `assert(${this.api.call('visit_is_input', { v: 'v' })});\n` : '';
    return this.bool ? `${assertion}${error}*obj = NULL;\n` : error;
  }

  private alternateBranch(typeName: string, object: string): string {
    const type = this.declarations.schema.type(typeName);
    if (type.kind !== 'object') {
      const call = this.visit(typeName, object, 'name', this.errp);
      return this.bool ? `ok = ${call};\n` : `${call};\n`;
    }
    const members = `visit_type_${this.name(type)}_members(v, ${object}, ${this.errp})`;
    const end = `${this.api.call('visit_end_struct', { v: 'v', obj: 'NULL', errp: '&err' })};\n`;
    const start = this.attempt(this.startStruct('NULL', type.name, '0'), 'break;');
    if (this.bool) return `${start}if (${members}) {\n${this.check('visit_check_struct')}}\n${end}`;
    const check = this.api.has('visit_check_struct') ? `if (!err) {\n${this.check('visit_check_struct')}}\n` : 'error_propagate(errp, err);\nerr = NULL;\n';
    return `${start}${members};\n${check}${end}`;
  }

  /** Alternates before visitors knew of them: an object without a name, whose kind the visitor finds out. */
  private kindAlternate(type: AlternateType): string {
    const tag = `(*obj)->${this.declarations.alternateTag}`;
    const start = this.api.call('visit_start_implicit_struct', { v: 'v', obj: '(void **)obj', size: `sizeof(${this.name(type)})`, errp: '&err' });
    const next = this.api.call('visit_get_next_type', { v: 'v', obj: `(int *)&${tag}`, qtypes: `${this.name(type)}_qtypes`, name: 'name', errp: '&err' });
    let text = `${this.begin(this.prototype(type), true)}${this.attempt(start, 'goto out;')}${this.attempt(next, 'goto out_obj;')}switch (${tag}) {\n`;
    for (const branch of type.branches) {
      const object = `&(*obj)->${this.declarations.unionPrefix}${this.declarations.names.c(branch.name)}`;
      text += `case ${this.declarations.alternateCase(type, branch)}:\n${this.visit(branch.type, object, 'name', '&err')};\nbreak;\n`;
    }
    const end = this.api.call('visit_end_implicit_struct', { v: 'v', errp: '&err' });
    return `${text}default:\nabort();\n}\nout_obj:\nerror_propagate(errp, err);\nerr = NULL;\n${end};\nout:\nerror_propagate(errp, err);\n}\n`;
  }

  /** Prototypes of the static functions, and the functions that visit a base or branch behind a pointer. */
  private staticDeclarations(types: readonly SchemaType[]): string[] {
    const { dialect, schema } = this.declarations;
    const implicit = new Set<string>();
    const prototypes: string[] = [];
    for (const type of types) {
      if (type.kind !== 'object') continue;
      prototypes.push(`${this.membersPrototype(type)};\n`);
      if (type.base !== undefined && dialect.boxedBase && type.variants === undefined) implicit.add(type.base);
      for (const branch of type.variants?.branches ?? []) if (!branch.wrapped) implicit.add(branch.type);
    }
    const functions = [...implicit].map((typeName) => {
      const name = this.name(schema.type(typeName));
      const start = this.api.call('visit_start_implicit_struct', { v: 'v', obj: '(void **)obj', size: `sizeof(${name})`, errp: '&err' });
      const end = this.api.call('visit_end_implicit_struct', { v: 'v', errp: '&err' });
      return `static void visit_type_implicit_${name}(Visitor *v, ${name} **obj, Error **errp)\n{\nError *err = NULL;\n${start};\n` +
        `if (!err) {\nvisit_type_${name}_members(v, *obj, errp);\n${end};\n}\nerror_propagate(errp, err);\n}\n`;
    });
    return [...prototypes, ...functions];
  }
}
