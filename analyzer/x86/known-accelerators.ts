import { Front } from '../qom/front.js';
import { createQemuProgram } from '../qom/qemu-program.js';
import { settleTarget } from '../qom/target-info.js';
import { evaluateBuild, type Build, type BuildOptions } from '../source/build/build.js';
import { FACILITIES, SYSTEMS } from '../source/build/host.js';
import type { SourceTree } from '../source/tree.js';

/** An accelerator that a tree knows for the target. */
export interface Accelerator {
  readonly name: string;
  /** The systems on which QEMU builds it. */
  readonly systems: readonly string[];
  /** "file:line" of its type. */
  readonly at: string | undefined;
  /** Has it a class of its own that changes CPUs (from 6.0 on)? */
  readonly cpuClass: boolean;
}

const SUFFIX = '-accel';

/**
 * The accelerators of all builds of a tree, in the order of the systems: their type_init() functions run, and what they
 * register below the accelerators' root type counts. @throws SourceError
 */
export function accelerators(tree: SourceTree, options: BuildOptions): Accelerator[] {
  const found = new Map<string, { name: string; systems: string[]; at: string | undefined; cpuClass: boolean }>();
  // on an ordinary host, and on one that has all that the build asks for
  const extras = FACILITIES.flatMap(({ switch: name, present }) => (name === undefined || present || options.define.has(name) || options.without.includes(name) ? [] : [[name, 'y'] as const]));
  const hosts = [{ os: 'linux', define: options.define }, { os: 'linux', define: new Map([...options.define, ...extras]) }, ...SYSTEMS.slice(1).map((os) => ({ os, define: options.define }))] as const;
  for (const { os, define } of hosts) {
    const build = evaluateBuild(tree, { ...options, os, define });
    for (const { name, at, cpuClass } of registered(tree, build, options.target)) {
      const known = found.get(name);
      if (known === undefined) found.set(name, { name, systems: [os], at, cpuClass });
      else if (!known.systems.includes(os)) known.systems.push(os);
    }
  }
  return [...found.values()];
}

function registered(tree: SourceTree, build: Build, target: string): Omit<Accelerator, 'systems'>[] {
  const qemu = createQemuProgram(new Front(tree, build));
  const { program, modules, types } = qemu;
  settleTarget(qemu);
  for (const path of build.files) {
    if (!/^(?:accel|target\/i386|target-i386|hw\/xen|hw\/i386)\/|^[^/]*$/.test(path)) continue;
    const text = tree.read(path);
    if (text === undefined || !/\bTYPE_ACCEL(?:_CPU)?\b/.test(text) || !/\btype_init\s*\(|\bDEFINE_TYPES\s*\(/.test(text)) continue;
    modules.construct(program.load(path));
    modules.call('MODULE_INIT_QOM');
  }
  const all = types.waiting();
  return all.filter(({ parent, name }) => parent === 'accel' && name.endsWith(SUFFIX)).map(({ name, info }) => {
    const at = program.dataLocation(info);
    return { name: name.slice(0, -SUFFIX.length), at: at === undefined ? undefined : `${at.file}:${at.line}`, cpuClass: all.some((t) => t.name === `${name}-${target}-cpu`) };
  });
}
