import type { UnitScope } from '../c/file-scope.js';
import type { Program } from '../c/program.js';
import type { Value } from '../c/unknown.js';

/**
 * util/module.c: constructors register functions, main() calls them kind by kind. The constructors are what
 * `type_init(f)` and its like expand to.
 */
export class ModuleInits {
  private readonly pending: { fn: Value; kind: number }[] = [];

  private readonly constructed = new WeakSet<UnitScope>();

  constructor(private readonly program: Program) {
    program.onLoad = (scope) => { program.beforehand(() => this.construct(scope)); };
    program.define('register_module_init', (_m, args) => { this.pending.push({ fn: args[0]!, kind: Number(args[1]) }); });
    program.define('register_dso_module_init', (_m, args) => { this.pending.push({ fn: args[0]!, kind: Number(args[1]) }); });
  }

  /** Run the constructors of a unit. */
  construct(scope: UnitScope): void {
    if (this.constructed.has(scope)) return;
    this.constructed.add(scope);
    for (const declaration of scope.unit.declarations) {
      if (!declaration.isConstructor) continue;
      const symbol = scope.find(declaration.names[0]!);
      if (symbol?.kind === 'function') symbol.invoke([], { location: symbol.location ?? { file: scope.unit.path, line: 1 } });
    }
  }

  /** module_call_init(): run, once each, what was registered under a kind (MODULE_INIT_QOM ...). */
  call(kind: string): void {
    const value = this.program.constant(kind);
    if (value === undefined) return;
    const wanted = Number(value);
    for (let i = 0; i < this.pending.length; i++) {
      const entry = this.pending[i]!;
      if (entry.kind !== wanted) continue;
      this.pending.splice(i--, 1);
      this.program.callAddress(entry.fn, [], undefined);
    }
  }
}
