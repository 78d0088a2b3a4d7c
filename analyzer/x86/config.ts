import { typeUnits } from '../qom/type-units.js';
import { evaluateBuild, type Build, type BuildOptions, type Switch } from '../source/build/build.js';
import { normalizePath } from '../source/tree-path.js';
import type { SourceTree } from '../source/tree.js';

/** A switch of the build, and where it decides something about machine types or CPUs. */
export interface DecidedSwitch extends Switch {
  /** "file:line", C conditionals and conditions of build files; empty: nowhere that is known. */
  readonly usedAt: readonly string[];
}

/** What is in the build, and why. */
export interface DecidedBuild {
  readonly build: Build;
  /** Sorted by name. */
  readonly switches: readonly DecidedSwitch[];
}

/** Works out the build of a tree, and which of its switches matter for machine types and CPUs. @throws SourceError */
export function decideBuild(tree: SourceTree, options: BuildOptions): DecidedBuild {
  const build = evaluateBuild(tree, options);
  const uses = new Map<string, string[]>();
  const use = (name: string, file: string, line: number): void => {
    const known = uses.get(name);
    if (known === undefined) uses.set(name, [`${file}:${line}`]);
    else known.push(`${file}:${line}`);
  };
  conditionals(tree, build, use);
  gates(tree, use);
  const switches = new Map(build.switches);
  // what is tested and was never decided is off
  for (const name of uses.keys()) if (!switches.has(name)) switches.set(name, { name, value: undefined, why: 'nothing turns it on', at: undefined });
  return { build, switches: [...switches.values()].sort((a, b) => (a.name < b.name ? -1 : 1)).map((s) => ({ ...s, usedAt: uses.get(s.name) ?? [] })) };
}

type Use = (name: string, file: string, line: number) => void;

const CPU = /^(?:target\/i386|target-i386)\/[^/]*\.c$/;
const SWITCH = /\bCONFIG_\w+/g;

/** Conditionals in the files that define machine types, accelerators and CPUs, and in the headers that they include. */
function conditionals(tree: SourceTree, build: Build, use: Use): void {
  const queue = [...new Set([...typeUnits(tree, build.files), ...build.files.filter((f) => CPU.test(f))])];
  const seen = new Set(queue);
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    const text = tree.read(path);
    if (text === undefined) continue;
    let line = 0;
    for (const content of text.split('\n')) {
      line++;
      if (/^\s*#\s*(?:if|ifdef|ifndef|elif)\b/.test(content)) for (const [name] of content.matchAll(SWITCH)) use(name, path, line);
      const included = /^\s*#\s*include\s+"([^"]+)"/.exec(content)?.[1];
      if (included === undefined) continue;
      const directory = path.replace(/[^/]*$/, '');
      const header = [directory + included, `include/${included}`, `target/i386/${included}`, `target-i386/${included}`, included].map(normalizePath).find((p) => p !== undefined && tree.has(p));
      if (header === undefined || seen.has(header)) continue;
      seen.add(header);
      queue.push(header);
    }
  }
}

/** Conditions of build files on files that define machine types, accelerators or CPUs. */
function gates(tree: SourceTree, use: Use): void {
  const machine = (path: string): boolean => tree.has(path) && typeUnits(tree, [path]).length > 0;
  const within = (directory: string): string[] => tree.list(directory).filter((name) => name.endsWith('/')).map((name) => name.slice(0, -1));
  // boards of other processors
  const others = new Set(within('target').filter((name) => name !== 'i386'));
  const boards = within('hw').filter((name) => !others.has(name.replace(/64$/, '')));
  const directories = ['accel', 'target/i386', 'target-i386', ...boards.map((name) => `hw/${name}`)].flatMap((d) => [d, ...within(d).map((name) => `${d}/${name}`)]);
  for (const directory of ['', 'hw/', ...directories.map((d) => `${d}/`)]) {
    const meson = tree.read(`${directory}meson.build`);
    if (meson !== undefined) {
      // one statement may go over several lines
      for (const match of meson.matchAll(/\.add\(\s*when:([^\n]*?),\s*if_true:((?:[^()]|\([^()]*\))*)\)/g)) {
        const line = meson.slice(0, match.index).split('\n').length;
        if (![...match[2]!.matchAll(/'([^']+\.c)'/g)].some(([, file]) => machine(directory + file!))) continue;
        for (const [name] of match[1]!.matchAll(SWITCH)) use(name, `${directory}meson.build`, line);
      }
    }
    for (const makefile of ['Makefile.objs', 'Makefile.target'].map((name) => directory + name)) {
      for (const [index, content] of (tree.read(makefile) ?? '').split('\n').entries()) {
        const [, condition, list] = /^[\w-]*obj-(\$\(.*\))\s*\+?=(.*)$/.exec(content) ?? [];
        if (condition === undefined || ![...list!.matchAll(/(\S+)\.o\b/g)].some(([, name]) => machine(`${directory}${name!}.c`))) continue;
        for (const [name] of condition.matchAll(SWITCH)) use(name, makefile, index + 1);
      }
    }
  }
}
