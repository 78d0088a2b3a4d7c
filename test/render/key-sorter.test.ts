import { expect } from 'chai';
import { KeySorter } from '../../analyzer/render/order.js';

describe('sorting the members of many objects', () => {
  it('gives each its own values, whatever order and number of keys the one before had', () => {
    const sorter = new KeySorter();
    const sorted = (...pairs: [string, number][]): [string, number][] => sorter.entries(new Map(pairs));
    expect(sorted(['b', 1], ['a', 2])).to.deep.equal([['a', 2], ['b', 1]]);
    expect(sorted(['b', 3], ['a', 4])).to.deep.equal([['a', 4], ['b', 3]]);
    expect(sorted(['a', 5], ['b', 6])).to.deep.equal([['a', 5], ['b', 6]]);
    expect(sorted(['b', 7], ['a', 8], ['B', 9])).to.deep.equal([['B', 9], ['a', 8], ['b', 7]]);
    expect(sorted(['c', 10], ['a', 11])).to.deep.equal([['a', 11], ['c', 10]]);
  });
});
