import { expect } from 'chai';
import { KeySorter } from '../../analyzer/render/order.js';

describe('sorting the members of many objects', () => {
  it('gives each its own, whatever order and number of keys the one before had', () => {
    const sorter = new KeySorter();
    const sorted = (...keys: string[]): readonly string[] => sorter.sort(new Map(keys.map((key) => [key, key])));
    expect(sorted('b', 'a')).to.deep.equal(['a', 'b']);
    expect(sorted('b', 'a')).to.deep.equal(['a', 'b']);
    expect(sorted('a', 'b')).to.deep.equal(['a', 'b']);
    expect(sorted('b', 'a', 'B')).to.deep.equal(['B', 'a', 'b']);
    expect(sorted('c', 'a')).to.deep.equal(['a', 'c']);
    expect(sorted()).to.deep.equal([]);
  });
});
