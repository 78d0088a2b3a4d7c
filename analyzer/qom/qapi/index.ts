import type { SourceTree } from '../../source/tree.js';
import type { IsDefined } from './condition.js';
import { type DeclaredType, Declarations } from './declarations.js';
import { detectDialect, type Dialect } from './dialect.js';
import { QapiError } from './error.js';
import { CommandsGenerator } from './generate-commands.js';
import { TypesGenerator } from './generate-types.js';
import { VisitGenerator } from './generate-visit.js';
import { parseSchema } from './schema-parser.js';
import { BUILTIN_MODULE, type BuiltinType, Schema } from './schema.js';
import { VisitorApi } from './visitor-api.js';

export { QapiError } from './error.js';
export { Schema } from './schema.js';
export { readQapi, type QapiReadOptions, type QapiValue } from './to-json.js';

/** Which part of the generated code: types, visitors, prototypes of commands or of events, or one of the small extra headers. */
type Part = 'types' | 'visit' | 'commands' | 'events' | 'emit-events' | 'init-commands' | 'features' | 'introspect';

interface GeneratedFile {
  readonly part: Part;
  readonly module: string;
}

const MODULAR_PARTS: readonly Part[] = ['types', 'visit', 'commands', 'events'];
const ANY: BuiltinType = { kind: 'builtin', name: 'any', json: 'any', cType: 'QObject *' };
const NULL: BuiltinType = { kind: 'builtin', name: 'null', json: 'null', cType: 'QNull *' };

const INIT_MARSHAL = 'void qmp_init_marshal(QmpCommandList *cmds);\n';

/**
 * The C code that QEMU's build generates from the QAPI schema (scripts/qapi*), as far as it is needed to compile and
 * run QEMU's own code: types, names of enumerations, visitors, and prototypes. In the form of the tree's own
 * generator, names of files included; what the build's configuration leaves out ('if') is left out.
 */
export class QapiGenerator {
  readonly schema: Schema;
  private readonly dialect: Dialect;
  private readonly declarations: Declarations;
  private readonly types: TypesGenerator;
  private readonly visitors: VisitGenerator;
  private readonly prototypes: CommandsGenerator;
  private readonly headers = new Map<string, GeneratedFile>();
  private readonly sourceFiles = new Map<string, GeneratedFile>();
  private readonly texts = new Map<string, string>();
  private definitions: ReadonlyMap<string, string> | undefined;

  /** @throws QapiError if the tree has no schema, or one that is not understood */
  constructor(private readonly tree: SourceTree, isDefined: IsDefined) {
    const dialect = detectDialect(tree);
    if (dialect === undefined) throw new QapiError('there is no QAPI schema (qapi/qapi-schema.json or qapi-schema.json)');
    this.dialect = dialect;
    const api = new VisitorApi(tree);
    const extra: BuiltinType[] = [];
    if (api.has('visit_type_any')) extra.push(ANY);
    if (api.hasParameter('visit_type_null', 'obj')) extra.push(NULL);
    this.schema = new Schema(parseSchema(tree, dialect.entry), dialect, extra, isDefined);
    this.declarations = new Declarations(this.schema);
    const byModule = this.typesByModule();
    this.types = new TypesGenerator(this.declarations, byModule);
    this.visitors = new VisitGenerator(this.declarations, api, byModule);
    this.prototypes = new CommandsGenerator(this.declarations);
    this.nameFiles();
  }

  /**
   * The text of a generated header, by the name in an #include ("qapi/qapi-types-machine.h", "qapi-types.h");
   * undefined if it is not one of the schema's.
   */
  header(name: string): string | undefined {
    const file = this.headers.get(name);
    return file === undefined ? undefined : this.text(name, () => this.writeHeader(file, name));
  }

  /**
   * The text of a generated source with enumerations' names, functions that free and visitors.
   * @throws QapiError if the tree's visitors have something unknown
   */
  source(path: string): string | undefined {
    const file = this.sourceFiles.get(path);
    return file === undefined ? undefined : this.text(path, () => this.writeSource(file));
  }

  /** The paths for {@link source}. */
  sources(): readonly string[] {
    return [...this.sourceFiles.keys()];
  }

  /** The generated source that defines this external name. */
  definedIn(name: string): string | undefined {
    if (this.definitions === undefined) {
      const definitions = new Map<string, string>();
      for (const [path, { part, module }] of this.sourceFiles) {
        const defined = part === 'types' ? this.types.defined(module) : part === 'visit' ? this.visitors.defined(module) : ['QAPIEvent_lookup'];
        for (const symbol of defined) definitions.set(symbol, path);
      }
      this.definitions = definitions;
    }
    return this.definitions.get(name);
  }

  private text(key: string, write: () => string): string {
    let text = this.texts.get(key);
    if (text === undefined) {
      text = write();
      this.texts.set(key, text);
    }
    return text;
  }

  private typesByModule(): Map<string, DeclaredType[]> {
    const modules = new Map<string, DeclaredType[]>([[BUILTIN_MODULE, []]]);
    if (this.dialect.modular) for (const module of this.schema.modules) modules.set(module, []);
    for (const type of this.schema.types.values()) {
      if (type.kind === 'builtin') continue;
      modules.get(this.dialect.modular ? this.schema.moduleOf(type) : BUILTIN_MODULE)!.push(type);
    }
    return modules;
  }

  private nameFiles(): void {
    const all = BUILTIN_MODULE;
    if (!this.dialect.modular) {
      this.headers.set('qapi-types.h', { part: 'types', module: all });
      this.headers.set('qapi-visit.h', { part: 'visit', module: all });
      this.headers.set('qmp-commands.h', { part: 'commands', module: all });
      this.headers.set('qmp-introspect.h', { part: 'introspect', module: all });
      this.sourceFiles.set('qapi-types.c', { part: 'types', module: all });
      this.sourceFiles.set('qapi-visit.c', { part: 'visit', module: all });
      if (this.schema.eventNames.length > 0) {
        this.headers.set('qapi-event.h', { part: 'events', module: all });
        this.sourceFiles.set('qapi-event.c', { part: 'events', module: all });
      }
      return;
    }
    const header = (part: Part, module: string): void => {
      const name = this.headerName(part, module);
      this.headers.set(name, { part, module });
      // Generated headers name each other without the directory.
      this.headers.set(name.slice(name.indexOf('/') + 1), { part, module });
    };
    for (const module of [BUILTIN_MODULE, ...this.schema.modules]) {
      for (const part of module === BUILTIN_MODULE ? ['types', 'visit'] as const : MODULAR_PARTS) {
        header(part, module);
        if (part === 'types' || part === 'visit') this.sourceFiles.set(this.headerName(part, module).replace(/h$/, 'c'), { part, module });
      }
    }
    header('emit-events', all);
    header('init-commands', all);
    header('introspect', all);
    if (this.dialect.featureConstants) header('features', all);
    this.sourceFiles.set(this.dialect.emitEvents ? 'qapi/qapi-emit-events.c' : 'qapi/qapi-events.c', { part: 'events', module: all });
  }

  /** The name of a header where every schema file has its own. */
  private headerName(part: Part, module: string): string {
    if (!MODULAR_PARTS.includes(part)) return `qapi/qapi-${part}.h`;
    if (module === BUILTIN_MODULE) return `qapi/qapi-builtin-${part}.h`;
    if (module === this.schema.modules[0]) return `qapi/qapi-${part}.h`;
    return `qapi/qapi-${part}-${module.slice(module.lastIndexOf('/') + 1).replace(/\.json$/, '')}.h`;
  }

  private writeHeader(file: GeneratedFile, name: string): string {
    const guard = name.slice(name.lastIndexOf('/') + 1).replace(/[^A-Za-z0-9]/g, '_').toUpperCase();
    const includes = this.includes(file).map((path) => `#include "${path}"\n`).join('');
    const system = this.dialect.osdep ? '' : '#include <stdbool.h>\n#include <stdint.h>\n';
    return `#ifndef ${guard}\n#define ${guard}\n${system}${includes}${this.headerBody(file)}#endif\n`;
  }

  /** What a header needs before its own declarations. */
  private includes({ part, module }: GeneratedFile): string[] {
    const existing = (...paths: string[]): string[] => paths.filter((path) => this.tree.has(`include/${path}`));
    const modular = this.dialect.modular;
    const types = modular ? this.headerName('types', module) : 'qapi-types.h';
    const others = modular && module !== BUILTIN_MODULE ? [...new Set(this.schema.includes.get(module))].map((other) => this.headerName(part, other)) : [];
    const dispatch = existing('qapi/qmp-registry.h', 'qapi/qmp/dispatch.h').slice(0, 1);
    switch (part) {
      case 'types':
        if (module !== BUILTIN_MODULE) return [this.headerName('types', BUILTIN_MODULE), ...others];
        return [...(this.dialect.lookupStruct ? existing('qapi/util.h') : []), ...this.objectHeader()];
      case 'visit':
        if (module !== BUILTIN_MODULE) return [this.headerName('visit', BUILTIN_MODULE), types, ...others];
        return [...existing('qapi/visitor.h'), types];
      case 'commands':
        if (modular) return this.dialect.initCommands ? [types, ...others] : [types, ...dispatch, ...others];
        return [types, ...existing('qapi/qmp/qdict.h'), ...dispatch, ...existing('qapi/error.h')];
      case 'events':
        return modular ? [...existing('qapi/util.h'), types, ...others] : [types, ...existing('qapi/qmp/qdict.h', 'qapi/error.h')];
      case 'init-commands':
        return dispatch;
      case 'introspect':
        return modular ? existing('qobject/qlit.h', 'qapi/qmp/qlit.h').slice(0, 1) : [];
      default:
        return existing('qapi/util.h');
    }
  }

  private get hasCommandList(): boolean {
    return /\bQmpCommandList;/.test(this.tree.read('include/qapi/qmp/dispatch.h') ?? '');
  }

  /** QObject's declaration, where the tree's list of typedefs does not have it. */
  private objectHeader(): string[] {
    if (!this.schema.types.has('any') || /\bQObject;/.test(this.tree.read('include/qemu/typedefs.h') ?? '')) return [];
    return ['qapi/qmp/qobject.h'].filter((path) => this.tree.has(`include/${path}`));
  }

  private headerBody({ part, module }: GeneratedFile): string {
    const mine = <T extends { readonly module: string }>(items: readonly T[]): T[] => items.filter((item) => !this.dialect.modular || item.module === module);
    switch (part) {
      case 'types': return this.types.header(module);
      case 'visit': return this.visitors.header(module);
      case 'commands': {
        const isMain = !this.dialect.modular || (module === this.schema.modules[0] && !this.dialect.initCommands);
        return this.prototypes.commands(mine(this.schema.commands)) + (isMain && this.hasCommandList ? INIT_MARSHAL : '');
      }
      case 'events': {
        const isMain = !this.dialect.modular || (module === this.schema.modules[0] && !this.dialect.emitEvents);
        return this.prototypes.events(mine(this.schema.events)) + (isMain ? this.types.enumeration(this.prototypes.eventEnum()) : '');
      }
      case 'emit-events': return `${this.types.enumeration(this.prototypes.eventEnum())}void qapi_event_emit(QAPIEvent event, QDict *qdict);\n`;
      case 'init-commands': return INIT_MARSHAL;
      case 'introspect': return this.dialect.modular ? 'extern const QLitObject qmp_schema_qlit;\n' : 'extern const char qmp_schema_json[];\n';
      case 'features': return this.featureEnum();
    }
  }

  private featureEnum(): string {
    const constants = this.schema.features.map((feature) => {
      const constant = this.declarations.featureConstant(feature);
      return this.dialect.specialFeatures.includes(feature) ? `    ${constant} = ${constant.replace('FEATURE_', '')},\n` : `    ${constant},\n`;
    });
    return `typedef enum {\n${constants.join('')}} QapiFeature;\n`;
  }

  private writeSource({ part, module }: GeneratedFile): string {
    const modular = this.dialect.modular;
    const includes = [this.dialect.osdep ? 'qemu/osdep.h' : 'qemu-common.h'];
    if (this.tree.has('include/qapi/error.h')) includes.push('qapi/error.h');
    if (this.tree.has('include/qapi/qmp/qerror.h')) includes.push('qapi/qmp/qerror.h');
    if (part === 'events') {
      includes.push(!modular ? 'qapi-event.h' : this.dialect.emitEvents ? this.headerName('emit-events', module) : this.headerName('events', this.schema.modules[0]!));
    } else {
      includes.push(modular ? this.headerName(part, module) : `qapi-${part}.h`);
    }
    if (this.dialect.featureConstants) includes.push(this.headerName('features', module));
    const body = part === 'types' ? this.types.source(module) : part === 'visit' ? this.visitors.source(module) : this.types.lookup(this.prototypes.eventEnum());
    return `${includes.map((path) => `#include "${path}"\n`).join('')}${body}`;
  }
}
