import { factOf, matches } from '../source/facts.js';
import type { SourceTree } from '../source/tree.js';

const REGISTERS = /\b(?:type_init|DEFINE_TYPES|machine_init|module_init|OBJECT_DEFINE_\w+|(?:DEFINE|OBJECT)_\w*MACHINE\w*)\s*\(/;
const MACHINE = /\bTYPE_(?:\w+_)?MACHINE\b|\bMACHINE_TYPE_NAME\b|\bDEFINE_\w*MACHINE\w*\s*\(|\bQEMUMachine\b/;
// Some units use type_init() to register something else.
const TYPE = /\bTypeInfo\b|\bOBJECT_DEFINE_/;
// Where the types live that machines, accelerators and CPUs are made of.
const CORE = /^(?:qom|hw\/core|accel|target\/i386|target-i386)\/|^(?:accel|kvm-all|cpus|exec|qom\/cpu|qdev-monitor|cpu|kvm-stub)\.c$/;

/**
 * The files of the build whose types are registered: those of the object model, of accelerators and CPUs, and every file
 * that registers a type and speaks of machine types. Device models are left alone: no CPU depends on them.
 */
export function typeUnits(tree: SourceTree, files: readonly string[]): string[] {
  return files.filter((path) => {
    const core = CORE.test(path);
    if (!core && !path.startsWith('hw/')) return false;
    const says = (pattern: RegExp): boolean => factOf(tree, path, matches(pattern)) === '1';
    return says(REGISTERS) && (says(MACHINE) || (core && says(TYPE)));
  });
}
