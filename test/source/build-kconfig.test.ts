import { expect } from 'chai';
import { Kconfig } from '../../analyzer/source/build/kconfig.js';
import { treeOf } from './build-tree.js';

function computed(text: string, options: { defaults?: boolean; set?: Readonly<Record<string, boolean>>; ignored?: readonly string[] } = {}) {
  const kconfig = new Kconfig(treeOf({ Kconfig: text }), options.defaults ?? true, new Set(options.ignored));
  kconfig.parse('Kconfig');
  for (const [name, value] of Object.entries(options.set ?? {})) kconfig.assign(name, value, 'set by the test');
  const decisions = kconfig.compute();
  return { decisions, notes: kconfig.notes, on: [...decisions].filter(([, { value }]) => value).map(([name]) => name).sort() };
}

describe('device configuration', () => {
  it('turns on what is assigned and selected, and what defaults to y', () => {
    expect(computed('CONFIG_BOARD=y\nconfig BOARD\n bool\n select BUS\nconfig BUS\n bool\nconfig EXTRA\n default y\nconfig OFF\n bool\n').on)
      .to.deep.equal(['CONFIG_BOARD', 'CONFIG_BUS', 'CONFIG_EXTRA']);
  });

  it('selects only under the condition', () => {
    const text = 'CONFIG_BOARD=y\nconfig BOARD\n select BUS if FAST\nconfig BUS\nconfig FAST\n';
    expect(computed(text).on).to.deep.equal(['CONFIG_BOARD']);
    expect(computed(text, { set: { CONFIG_FAST: true } }).on).to.deep.equal(['CONFIG_BOARD', 'CONFIG_BUS', 'CONFIG_FAST']);
  });

  it('lets an implied device be turned off, and an unmet dependency win over it', () => {
    const text = 'CONFIG_BOARD=y\nconfig BOARD\n imply CARD\nconfig CARD\n depends on SLOT\nconfig SLOT\n default y\n';
    expect(computed(text).on).to.include('CONFIG_CARD');
    expect(computed(text, { set: { CONFIG_CARD: false } }).on).to.not.include('CONFIG_CARD');
    expect(computed(text, { set: { CONFIG_SLOT: false } }).on).to.deep.equal(['CONFIG_BOARD']);
  });

  it('binds || tighter than &&', () => {
    // A && (B || C), where C's grammar would make it (A && B) || C
    expect(computed('config A\nconfig B\nconfig C\nconfig X\n default y if A && B || C\n', { set: { CONFIG_C: true } }).on).to.deep.equal(['CONFIG_C']);
  });

  it('understands !, parentheses and comments', () => {
    expect(computed('# board\nconfig A # none\nconfig X\n default y if !(A || B)\nconfig B\n').on).to.deep.equal(['CONFIG_X']);
  });

  it('takes the first default that applies', () => {
    expect(computed('config A\n default n\n default y\n').on).to.deep.equal([]);
  });

  it('ignores defaults and implications without default devices', () => {
    const text = 'CONFIG_BOARD=y\nconfig BOARD\n imply CARD\n select BUS\nconfig CARD\n default y\nconfig BUS\n';
    expect(computed(text, { defaults: false }).on).to.deep.equal(['CONFIG_BOARD', 'CONFIG_BUS']);
  });

  it('reads sourced files relative to the including one, each once', () => {
    const tree = treeOf({ 'top/Kconfig': 'source sub/Kconfig\nsource sub/Kconfig\nCONFIG_X=y\n', 'top/sub/Kconfig': 'config X\nCONFIG_Y=y\nconfig Y\n' });
    const kconfig = new Kconfig(tree, true);
    kconfig.parse('top/Kconfig');
    expect([...kconfig.compute()].filter(([, { value }]) => value).map(([name]) => name)).to.have.members(['CONFIG_X', 'CONFIG_Y']);
    expect(kconfig.notes).to.deep.equal([]);
  });

  it('says why, with file and line', () => {
    const { decisions } = computed('CONFIG_BOARD=y\nconfig BOARD\n select BUS\nconfig BUS\nconfig GONE\n depends on MISSING\nconfig MISSING\n');
    expect(decisions.get('CONFIG_BUS')).to.deep.equal({ value: true, why: 'config BOARD: select BUS', at: { file: 'Kconfig', line: 3 } });
    expect(decisions.get('CONFIG_GONE')?.why).to.equal('config GONE: depends on MISSING');
  });

  it('drops an assignment that the user overrides', () => {
    const result = computed('CONFIG_BOARD=y\nconfig BOARD\n', { ignored: ['CONFIG_BOARD'], set: { CONFIG_BOARD: false } });
    expect(result.on).to.deep.equal([]);
    expect(result.notes).to.deep.equal([]);
  });

  it('notes contradictions, undefined symbols, cycles and bad input', () => {
    expect(computed('CONFIG_A=y\nconfig A\n depends on B\nconfig B\n').notes.join()).to.contain('contradicts');
    expect(computed('config A\n select NOWHERE\n').notes.join()).to.contain('undefined Kconfig symbol NOWHERE');
    expect(computed('config A\n depends on B\nconfig B\n depends on A\n').notes.join()).to.contain('cycle');
    expect(computed('config A\n@\n').notes[0]).to.match(/^Kconfig:2: /);
  });
});
