import { MemoryTree, type Member } from '../../analyzer/source/memory-tree.js';
import type { SourceTree } from '../../analyzer/source/tree.js';

/** A tree of the given files. */
export function treeOf(files: Readonly<Record<string, string>>): SourceTree {
  return new MemoryTree(new Map(Object.entries(files).map(([path, text]): [string, Member] => [path, { data: Buffer.from(text) }])), 'test');
}

/** A tree of the given files, with empty C files besides. */
export function treeWithSources(files: Readonly<Record<string, string>>, sources: readonly string[]): SourceTree {
  return treeOf({ ...Object.fromEntries(sources.map((path) => [path, ''])), ...files });
}
