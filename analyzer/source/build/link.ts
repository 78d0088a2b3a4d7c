import type { SourceTree } from '../tree.js';
import type { MesonValue } from './meson-values.js';
import { Dependency, flatten, Objects, SourceFile, Target } from './meson-values.js';

/** A C file of the tree that goes into the program. */
export interface CompiledFile {
  readonly path: string;
  /** The compiler's -D arguments for it: name -> replacement text. */
  readonly macros: ReadonlyMap<string, string>;
  /** It stands in a static library: linked only where something needs a symbol of it (stubs). */
  readonly archived: boolean;
}

/** Everything that is linked into an executable, through its libraries, objects and dependencies. */
export function linkedFiles(tree: SourceTree, executable: Target, projectFlags: readonly string[]): Map<string, CompiledFile> {
  const files = new Map<string, CompiledFile>();
  const visited = new Set<string>();
  const numbers = new Map<object, number>();
  const macroSets = new Map<readonly string[], ReadonlyMap<string, string>>();
  const once = (object: object, archived: boolean): boolean => {
    let number = numbers.get(object);
    if (number === undefined) numbers.set(object, number = numbers.size);
    const key = `${number}${archived ? 'a' : ''}`;
    if (visited.has(key)) return false;
    visited.add(key);
    return true;
  };
  const macrosOf = (flags: readonly string[]): ReadonlyMap<string, string> => {
    let macros = macroSets.get(flags);
    if (macros === undefined) macroSets.set(flags, macros = parseMacros([...projectFlags, ...flags]));
    return macros;
  };
  const add = (value: MesonValue, flags: readonly string[], archived: boolean): void => {
    if (!(value instanceof SourceFile) || !value.path.endsWith('.c')) return;
    const known = files.get(value.path);
    // compiled for the target beats compiled once for all, and linked beats archived
    if (known !== undefined && (known.archived === archived ? known.macros.size >= macrosOf(flags).size : archived)) return;
    if (known === undefined && !tree.has(value.path)) return;
    files.set(value.path, { path: value.path, macros: macrosOf(flags), archived });
  };
  const addTarget = (target: Target, archived: boolean): void => {
    if (!once(target, archived)) return;
    for (const source of target.sources) add(source, target.flags, archived);
    addObjects(target.objects, archived);
    addLibraries(target.linkWhole, archived);
    addLibraries(target.linkWith, true);
    addDependencies(target.dependencies, target.flags, archived);
  };
  const addObjects = (objects: readonly MesonValue[], archived: boolean): void => {
    for (const object of flatten(objects)) if (object instanceof Objects) addTarget(object, archived);
  };
  const addLibraries = (libraries: readonly MesonValue[], archived: boolean): void => {
    for (const library of flatten(libraries)) if (library instanceof Target) addTarget(library, archived);
  };
  const addDependencies = (dependencies: readonly MesonValue[], flags: readonly string[], archived: boolean): void => {
    for (const dependency of flatten(dependencies)) {
      if (!(dependency instanceof Dependency) || !dependency.found || !once(dependency, archived)) continue;
      for (const source of dependency.parts.sources) add(source, flags, archived);
      addObjects(dependency.parts.objects, archived);
      addLibraries(dependency.parts.linkWhole, archived);
      addLibraries(dependency.parts.linkWith, true);
      addDependencies(dependency.parts.dependencies, flags, archived);
    }
  };
  addTarget(executable, false);
  return files;
}

/** The -D arguments among compiler flags. */
export function parseMacros(flags: readonly string[]): ReadonlyMap<string, string> {
  const macros = new Map<string, string>();
  for (const flag of flags) {
    const match = /^-D(\w+)(?:=([^]*))?$/.exec(flag);
    if (match !== null && !/^_(GNU_SOURCE|FILE_OFFSET_BITS|LARGEFILE_SOURCE|FORTIFY_SOURCE)$/.test(match[1] ?? '')) macros.set(match[1] ?? '', match[2] ?? '1');
  }
  return macros;
}
