import type { Declaration } from '../c/translation-unit.js';
import { TreeFunction } from '../c/function.js';
import type { CompatProperty } from './api.js';
import type { Boot } from './boot.js';
import { machineMember } from './machine-class.js';

/** What tells of a machine type's descent. */
interface Traits {
  /** Its QOM parent class. */
  readonly parentClass: number;
  /** What its class init and init functions call, directly or through others, without these two themselves. */
  readonly calls: ReadonlySet<string>;
  readonly compat: readonly string[];
}

/**
 * Which machine type each one extends, by the source: QEMU makes an older machine type from the next newer one, by calling
 * its option function (since 2.1) or its compat function, and by adding to its list of compat properties. A machine type's ancestors are those of the same class all of whose functions its own initialisation runs
 * through and whose compat properties it has as a whole; its parent is the one that has most of both. Functions that
 * serve one machine type alone do not count where there are compat properties to go by.
 */
export function machineParents(boot: Boot, machines: ReadonlyMap<string, number>, compatOf: (machineClass: number) => readonly CompatProperty[]): Map<string, string | undefined> {
  const calls = new Calls(boot);
  const traits = new Map<string, Traits>();
  for (const [name, klass] of machines) {
    traits.set(name, {
      parentClass: boot.program.call('object_class_get_parent', klass) as number,
      calls: calls.below(functionsOf(boot, klass)),
      compat: compatOf(klass).map((entry) => `${entry['qom-type']}\0${entry.property}\0${entry.value}\0${entry.at?.file}\0${entry.at?.line}`),
    });
  }
  const callers = new Map<string, number>();
  for (const { calls: names } of traits.values()) for (const name of names) callers.set(name, (callers.get(name) ?? 0) + 1);
  const shared = (name: string): boolean => callers.get(name)! > 1;
  return new Map([...traits].map(([name, own]) => {
    let parent: { name: string; size: number } | undefined;
    for (const [other, theirs] of traits) {
      if (other === name || !extendsIt(own, theirs, shared)) continue;
      const size = theirs.calls.size + theirs.compat.length;
      if (parent === undefined || size > parent.size) parent = { name: other, size };
    }
    return [name, parent?.name];
  }));
}

function extendsIt(own: Traits, base: Traits, shared: (name: string) => boolean): boolean {
  if (base.parentClass !== own.parentClass || base.calls.size === 0) return false;
  if (base.calls.size + base.compat.length >= own.calls.size + own.compat.length) return false;
  for (const name of base.calls) if (!own.calls.has(name) && (base.compat.length === 0 || shared(name))) return false;
  // in order, though not in one piece: nested macros repeat one another
  let at = 0;
  for (const entry of own.compat) if (entry === base.compat[at]) at++;
  return at === base.compat.length;
}

/** A machine class's own functions: its class init, and the init of the machine. */
function functionsOf(boot: Boot, klass: number): Declaration[] {
  const { program } = boot;
  const type = program.readMember(klass, 'ObjectClass', 'type');
  const member = ['class_init', 'info.class_init'].find((path) => program.hasMember('struct TypeImpl', path));
  const addresses = [
    typeof type === 'number' && type !== 0 && member !== undefined ? program.readMember(type, 'struct TypeImpl', member) : 0,
    machineMember(boot, klass, 'init') ?? 0,
  ];
  return addresses.flatMap((address) => {
    const symbol = typeof address === 'number' && address !== 0 ? program.functionAt(address) : undefined;
    return symbol instanceof TreeFunction ? [symbol.declaration] : [];
  });
}

/** Who calls whom, among the functions of the directory of a function. */
class Calls {
  private readonly direct = new Map<Declaration, readonly Declaration[]>();
  private readonly external = new Map<string, Declaration>();

  constructor({ program }: Boot) {
    for (const { unit } of program.units) {
      for (const [name, declaration] of unit.functions) if (!declaration.isStatic) this.external.set(name, declaration);
    }
  }

  /** Names of all that these functions call, directly or through others, in their own directory. */
  below(roots: readonly Declaration[]): Set<string> {
    const reached = new Set<Declaration>(roots);
    const names = new Set<string>();
    const todo = [...roots];
    for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
      for (const callee of this.of(at)) {
        if (reached.has(callee)) continue;
        reached.add(callee);
        todo.push(callee);
        names.add(`${callee.isStatic ? `${callee.unit.path}:` : ''}${callee.names[0]}`);
      }
    }
    return names;
  }

  private of(declaration: Declaration): readonly Declaration[] {
    let known = this.direct.get(declaration);
    if (known === undefined) {
      const { unit } = declaration;
      const found = new Set<Declaration>();
      for (const token of declaration.tokens()) {
        if (token.kind !== 'identifier') continue;
        const callee = unit.functions.get(token.text) ?? this.external.get(token.text);
        if (callee !== undefined && directory(callee.unit.path) === directory(unit.path)) found.add(callee);
      }
      this.direct.set(declaration, (known = [...found]));
    }
    return known;
  }
}

function directory(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
