import { expect } from 'chai';
import { parseExact, sameValue } from '../../analyzer/verify/json.js';

describe('exact JSON', () => {
  it('keeps 64-bit integers exactly', () => {
    expect(parseExact('{"lbr":18446744073709551552,"min":-9223372036854775808,"n":[9007199254740993]}'))
      .to.deep.equal({ lbr: 18446744073709551552n, min: -9223372036854775808n, n: [9007199254740993n] });
  });

  it('keeps what a double holds as a number', () => {
    expect(parseExact('{"a":9007199254740991,"b":-1,"c":1.5,"d":"18446744073709551552"}'))
      .to.deep.equal({ a: 9007199254740991, b: -1, c: 1.5, d: '18446744073709551552' });
  });

  it('throws at what is not JSON', () => {
    expect(() => parseExact('{"a":')).to.throw(SyntaxError);
    expect(() => parseExact('{"a":18446744073709551552')).to.throw(SyntaxError);
  });

  it('compares by value', () => {
    expect(sameValue(5, 5n)).to.equal(true);
    expect(sameValue(18446744073709551552n, 18446744073709551553n)).to.equal(false);
    expect(sameValue({ a: [1, { b: null }], c: 'x' }, { c: 'x', a: [1, { b: null }] })).to.equal(true);
    expect(sameValue({ a: 1 }, { b: 1 })).to.equal(false);
    expect(sameValue([1], { 0: 1 })).to.equal(false);
    expect(sameValue(true, 1)).to.equal(false);
    expect(sameValue('1', 1)).to.equal(false);
    expect(sameValue(null, undefined)).to.equal(false);
    expect(sameValue(1n, null)).to.equal(false);
  });
});
