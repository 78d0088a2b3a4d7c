import { MemoryTree, type Member } from '../../../analyzer/source/memory-tree.js';
import type { SourceTree } from '../../../analyzer/source/tree.js';
import { makeBuild, mesonBuild } from './build-files.js';
import { VERSIONED_CPUS } from './cpus.js';
import { DEVICES, OBJECT_COMPAT } from './devices.js';
import type { Files } from './files.js';
import { BOARD, MACHINES, NUMBERED_BOARD } from './machines.js';
import { NESTED } from './nested.js';
import { OBJECT_MODEL } from './object-model.js';
import { aged } from './static-machines.js';
import { ACCEL_CLASSES, SYSTEM } from './system.js';

function treeOf(files: Files, build: (files: Files) => Files): SourceTree {
  const all = { ...files, ...build(files) };
  return new MemoryTree(new Map(Object.entries(all).map(([path, text]): [string, Member] => [path, { data: Buffer.from(text) }])), 'a small tree');
}

const COMMON: Files = { ...OBJECT_MODEL, ...DEVICES, ...SYSTEM };
const MODERN: Files = { ...COMMON, ...OBJECT_COMPAT, ...ACCEL_CLASSES, ...MACHINES, ...VERSIONED_CPUS };

/** Directories were renamed. */
function moved(files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [
    path.replace(/^softmmu\//, 'system/').replace(/-softmmu\.c$/, '-system.c').replace(/^include\/sysemu\//, 'include/system/'),
    text.replaceAll('"sysemu/', '"system/'),
  ]));
}

/** One file, changed in one place. */
export function changed(tree: SourceTree, path: string, from: string, to: string): Files {
  const text = tree.read(path);
  if (text?.includes(from) !== true) throw new Error(`${path} has no '${from}'`);
  return { [path]: text.replace(from, () => to) };
}

/** The idiom since machine types have arrays of compat properties: chains of them, versioned models, accelerator classes. */
export function arraysTree(changes: Files = {}): SourceTree {
  return treeOf({ VERSION: '7.3.1\n', ...MODERN, ...BOARD, ...changes }, mesonBuild);
}

/** The idiom since machine types are made from version numbers. */
export function numbersTree(version: string, changes: Files = {}): SourceTree {
  return treeOf({ VERSION: `${version}\n`, ...moved({ ...MODERN, ...NUMBERED_BOARD }), ...changes }, mesonBuild);
}

/** The oldest idiom: static machine types, a table of accelerators, plain arrays of compat properties, no query for CPUs. */
export function staticTree(changes: Files = {}): SourceTree {
  const all: Files = { VERSION: '2.0.1\n', ...aged({ ...COMMON, ...NESTED }), ...changes };
  return treeOf(Object.fromEntries(Object.entries(all).filter(([, text]) => text !== '')), makeBuild);
}

/** The idiom before: compat properties in macros that contain one another, globals, models that functions patch. */
export function nestedTree(changes: Files = {}): SourceTree {
  const all: Files = { VERSION: '2.10.2\n', ...COMMON, ...NESTED, ...changes };
  // an empty file stands for one that is not there
  return treeOf(Object.fromEntries(Object.entries(all).filter(([, text]) => text !== '')), makeBuild);
}
