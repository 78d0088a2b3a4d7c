import { expect } from 'chai';
import { analyse } from '../../analyzer/x86/analyse.js';
import type { SourceTree } from '../../analyzer/source/tree.js';
import { arraysTree, changed, nestedTree, numbersTree } from './trees/trees.js';

describe('which machine type each one extends', () => {
  const parents = (tree: SourceTree): Record<string, string | undefined> => Object.fromEntries(analyse(tree, { accel: 'tcg' }).machineParents!());

  it('follows option functions that call one another', () => {
    expect(parents(arraysTree())).to.deep.equal({ 'none': undefined, 'board-2.1': undefined, 'board-2.0': 'board-2.1', 'board-1.1': 'board-2.0', 'board-1.0': 'board-1.1' });
  });

  it('goes by the calls, not by the names', () => {
    const tree = arraysTree();
    // 1.0 is made from 2.0: 1.1 is another branch
    const branched = arraysTree(changed(tree, 'hw/i386/board.c', 'board_1_1_options(m);', 'board_2_0_options(m);'));
    expect(parents(branched)).to.include({ 'board-1.1': 'board-2.0', 'board-1.0': 'board-2.0' });
  });

  it('follows compat functions and lists in macros that contain one another', () => {
    expect(parents(nestedTree())).to.deep.equal({ 'none': undefined, 'board-2.1': undefined, 'board-2.0': 'board-2.1', 'board-1.1': 'board-2.0' });
  });

  it('follows functions whose names are made from numbers', () => {
    expect(parents(numbersTree('2.1.50'))).to.include({ 'board-2.1': undefined, 'board-2.0': 'board-2.1', 'board-1.1': 'board-2.0' });
  });
});
