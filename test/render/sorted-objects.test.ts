import { expect } from 'chai';
import { SortedObjects, type Json } from '../../analyzer/render/json.js';
import { FixedMap, KeyList } from '../../analyzer/x86/fixed-map.js';

class Cells extends FixedMap<Json> {
  constructor(list: KeyList, private readonly list_: readonly Json[]) { super(list); }
  override at(number: number): Json { return this.list_[number]!; }
}

describe('writing many objects', () => {
  it('gives each its own members, whatever order and number of them the one before had', () => {
    const objects = new SortedObjects();
    const text = (...members: [string, Json][]): string => objects.text(new Map(members)).text;
    expect(text(['b', 1], ['a', 'x'])).to.equal('{"a":"x","b":1}');
    expect(text(['b', 2n ** 63n], ['a', null])).to.equal('{"a":null,"b":9223372036854775808}');
    expect(text(['a', 3], ['b', false])).to.equal('{"a":3,"b":false}');
    expect(text(['b', 1], ['a', 2], ['B', [1, { c: 4 }]])).to.equal('{"B":[1,{"c":4}],"a":2,"b":1}');
    expect(text(['c', 1], ['a', 2])).to.equal('{"a":2,"c":1}');
    expect(text()).to.equal('{}');
  });

  it('takes maps that share their keys, among others', () => {
    const objects = new SortedObjects();
    const list = new KeyList(['b', 'a']);
    expect(objects.text(new Cells(list, [1, 2])).text).to.equal('{"a":2,"b":1}');
    expect(objects.text(new Cells(list, ['"', true])).text).to.equal('{"a":true,"b":"\\""}');
    expect(objects.text(new Map([['b', 3], ['a', 4]])).text).to.equal('{"a":4,"b":3}');
    expect(objects.text(new Cells(new KeyList(['a', 'b']), [5, 6])).text).to.equal('{"a":5,"b":6}');
  });
});
