import { expect } from 'chai';
import { toJson } from '../../analyzer/render/json.js';

describe('JSON output', () => {
  it('prints 64-bit integers as exact numbers, not as strings', () => {
    expect(toJson({ mask: 0xffff_ffff_ffff_ffffn, low: -0x8000_0000_0000_0000n }, 0)).to.equal('{"mask":18446744073709551615,"low":-9223372036854775808}');
  });

  it('leaves undefined members out and prints maps as objects in their order', () => {
    expect(toJson({ a: undefined, b: new Map([['z', 1], ['a', 2]]) }, 0)).to.equal('{"b":{"z":1,"a":2}}');
  });

  it('lays out the given number of levels and keeps deeper ones on a line', () => {
    expect(toJson({ states: { x: { p: true, q: [1, 'two'] } }, none: {}, empty: [] }, 2)).to.equal(
      '{\n  "states": {\n    "x": {"p":true,"q":[1,"two"]}\n  },\n  "none": {},\n  "empty": []\n}');
  });

  it('is JSON that a parser reads back', () => {
    const value = { text: 'a "quote", a \\ and a \n', list: [null, true, 1.5, -3] };
    expect(JSON.parse(toJson(value))).to.deep.equal(value);
  });

  it('refuses numbers that JSON does not have', () => {
    expect(() => toJson(Number.NaN)).to.throw(RangeError);
  });
});
