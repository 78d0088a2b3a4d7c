import { expect } from 'chai';
import { byCodeUnit, naturally } from '../../analyzer/render/order.js';
import { count, plain, plural, table, wrapWords } from '../../analyzer/render/text.js';
import { displayValue, settingText } from '../../analyzer/render/value.js';

describe('text for people', () => {
  it('sorts versions as people do, and everything for programs by code unit', () => {
    expect(['b-2.12', 'b-2.9', 'b-2.9-x', 'B-3'].sort(naturally)).to.deep.equal(['B-3', 'b-2.9', 'b-2.9-x', 'b-2.12']);
    expect(['b-2.9', 'b-2.12', 'B'].sort(byCodeUnit)).to.deep.equal(['B', 'b-2.12', 'b-2.9']);
  });

  it('counts', () => {
    expect([count(7), count(7656), count(1234567), plural(1, 'pair'), plural(2, 'pair'), plural(0, 'property', 'properties')])
      .to.deep.equal(['7', '7,656', '1,234,567', '1 pair', '2 pairs', '0 properties']);
  });

  it('wraps words within the width, except a word that is wider', () => {
    expect(wrapWords(['aaa', 'bbb', 'ccc', 'ddddddddddddd'], 10, '  ', '> ')).to.equal('> aaa bbb\n  ccc\n  ddddddddddddd');
  });

  it('sets tables without rules and without trailing spaces', () => {
    expect(table(['Name', 'N'], [['a', '1'], ['long', '100']], plain, [1])).to.equal('Name    N\na       1\nlong  100');
  });

  it('writes values as property setters read them', () => {
    expect([true, false, -1, 0xffff_ffff_ffff_ffffn, 'x y', ''].map((value) => settingText(value))).to.deep.equal(['on', 'off', '-1', '18446744073709551615', 'x y', '']);
    expect(settingText(null)).to.equal(undefined);
    expect(settingText([1])).to.equal(undefined);
  });

  it('shows values so that nothing is invisible', () => {
    expect([displayValue(''), displayValue(undefined), displayValue(0x8000_0008), displayValue(13), displayValue([1, true])])
      .to.deep.equal(['""', 'the host decides', '2147483656 (0x80000008)', '13', '[1, on]']);
  });
});
