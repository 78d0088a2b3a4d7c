import type { Program } from '../c/program.js';

interface Registration {
  readonly name: string;
  readonly parent: string | undefined;
  readonly interfaces: readonly string[];
  readonly info: number;
}

/**
 * Stands between the tree's type_register*() and its type table: only a part of QEMU's types is loaded, so a type whose
 * parent or interface no loaded unit registers is held back, its missing ancestor looked for in the build, and registered
 * when it is complete. (object_class_foreach() initialises every type in the table and aborts on one without its parent.)
 */
export class TypeRegistry {
  private readonly held: Registration[] = [];
  private readonly registered = new Set<string>();
  private readonly sought = new Set<string>();

  constructor(private readonly program: Program) {
    const hold = (info: number): void => { this.held.push(this.describe(info)); };
    for (const name of ['type_register', 'type_register_static']) program.define(name, (_m, args) => { hold(args[0] as number); return 0; });
    program.define('type_register_static_array', (_m, args) => {
      const size = program.sizeOf('TypeInfo');
      for (let i = 0; i < Number(args[1]); i++) hold((args[0] as number) + i * size);
    });
  }

  private describe(info: number): Registration {
    const { program } = this;
    const { memory } = program;
    const text = (pointer: number): string | undefined => (pointer === 0 ? undefined : memory.cstring(pointer));
    const interfaces: string[] = [];
    if (program.hasMember('TypeInfo', 'interfaces')) {
      const size = program.sizeOf('InterfaceInfo');
      for (let at = program.readMember(info, 'TypeInfo', 'interfaces') as number; at !== 0; at += size) {
        const name = text(memory.loadPointer(at) as number);
        if (name === undefined) break;
        interfaces.push(name);
      }
    }
    return { name: text(program.readMember(info, 'TypeInfo', 'name') as number)!, parent: text(program.readMember(info, 'TypeInfo', 'parent') as number), interfaces, info: this.keep(info) };
  }

  /** A TypeInfo may be a local variable of the function that registers it. */
  private keep(info: number): number {
    const { memory } = this.program;
    if (memory.isStatic(info)) return info;
    const size = this.program.sizeOf('TypeInfo');
    const copy = memory.allocate(size);
    memory.copy(copy, info, size);
    // so may its name
    for (const member of ['name', 'parent']) {
      const pointer = this.program.readMember(copy, 'TypeInfo', member) as number;
      if (pointer !== 0) this.program.writeMember(copy, 'TypeInfo', member, this.program.stringLiteral(memory.cstring(pointer)));
    }
    return copy;
  }

  private missing(r: Registration): string | undefined {
    return [r.parent, ...r.interfaces].find((n) => n !== undefined && !this.registered.has(n));
  }

  /** Hand over to the tree what is complete. @param fileSaying the first file whose text matches @returns the files that may register what is missing, new ones only */
  flush(fileSaying: (pattern: RegExp) => string | undefined): string[] {
    for (let progress = true; progress;) {
      progress = false;
      for (let i = 0; i < this.held.length; i++) {
        const r = this.held[i]!;
        if (this.missing(r) !== undefined) continue;
        this.held.splice(i--, 1);
        if (this.registered.has(r.name)) continue;
        // one of the two calls the other, where both exist
        (this.program.findOriginal('type_register') ?? this.program.original('type_register_static')).invoke([r.info], { location: { file: '<types>', line: 0 } });
        this.registered.add(r.name);
        progress = true;
      }
    }
    const wanted: string[] = [];
    for (const r of this.held) {
      const name = this.missing(r);
      if (name === undefined || this.sought.has(name) || this.held.some((h) => h.name === name)) continue;
      this.sought.add(name);
      const path = this.find(r, name, fileSaying);
      if (path === undefined) continue;
      // registered behind our back (the root types are)
      if (this.program.isLoaded(path)) this.registered.add(name);
      else wanted.push(path);
    }
    return wanted.length > 0 || !this.held.some((r) => this.missing(r) === undefined) ? [...new Set(wanted)] : this.flush(fileSaying);
  }

  /** The file that registers a type: the one that gives the same macro, or the literal, as `.name`. */
  private find(r: Registration, name: string, fileSaying: (pattern: RegExp) => string | undefined): string | undefined {
    const { program } = this;
    let at: number | undefined;
    if (r.parent === name) at = r.info + program.offsetOf('TypeInfo', 'parent');
    else at = (program.readMember(r.info, 'TypeInfo', 'interfaces') as number) + r.interfaces.indexOf(name) * program.sizeOf('InterfaceInfo');
    const macros = program.dataMacros(at);
    const spellings = [`"${name.replace(/[^\w-]/g, '\\$&')}"`, ...macros.map((macro) => `${macro}\\b`)].join('|');
    const short = macros.map((macro) => macro.replace(/^TYPE_/, '')).join('|');
    const pattern = new RegExp(`\\.name\\s*=\\s*(?:${spellings})${short === '' ? '' : `|OBJECT_DEFINE_\\w+\\s*\\(\\s*\\w+,\\s*\\w+,\\s*(?:${short})\\b`}`);
    return fileSaying(pattern);
  }

  /** Types that were registered and not handed over yet. */
  waiting(): readonly { readonly name: string; readonly parent: string | undefined; readonly info: number }[] {
    return this.held;
  }

  /** Types that stay incomplete, with what they miss: nothing can be said about them. */
  get incomplete(): { name: string; missing: string }[] {
    return this.held.map((r) => ({ name: r.name, missing: this.missing(r)! }));
  }
}
