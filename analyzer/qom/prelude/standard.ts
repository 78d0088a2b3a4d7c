import type { SourceTree } from '../../source/tree.js';
import { PRELUDE } from './index.js';

/** The edition of C that the tree's build asks the compiler for, as __STDC_VERSION__ says it; gcc's default where it says nothing. */
export function languageVersion(tree: Pick<SourceTree, 'read'>): string {
  for (const file of ['meson.build', 'configure']) {
    const asked = /std=(?:gnu|c|iso9899:)(\d+)/.exec(tree.read(file) ?? '');
    if (asked !== null) return asked[1] === '99' ? '199901L' : asked[1] === '89' || asked[1] === '90' ? '199409L' : asked[1] === '17' || asked[1] === '18' ? '201710L' : '201112L';
  }
  return '201112L';
}

/** The prelude for a tree: some of QEMU's releases were C99, and had code for C11 that no compiler would take. */
export function preludeFor(tree: Pick<SourceTree, 'read'>): { readonly path: string; readonly text: string } {
  return { path: PRELUDE.path, text: PRELUDE.text.replace(/(?<=#define __STDC_VERSION__ )\S+/, languageVersion(tree)) };
}
