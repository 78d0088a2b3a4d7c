import { expect } from 'chai';
import { analyse } from '../../analyzer/x86/analyse.js';
import type { Analysis } from '../../analyzer/x86/api.js';
import { strangeFork } from './trees/strange-fork.js';

describe('a strange fork', () => {
  const tree = strangeFork();
  let tcg: Analysis;
  let hvx: Analysis;
  before(() => {
    tcg = analyse(tree, { accel: 'tcg' });
    hvx = analyse(tree, { accel: 'hvx' });
  });
  after(() => {
    expect(tcg.diagnostics).to.deep.equal([]);
    expect(hvx.diagnostics).to.deep.equal([]);
  });

  const value = (analysis: Analysis, machine: string, model: string, property: string): unknown => analysis.resolve(machine, model, 'expanded').properties.get(property);

  it('has machine types of its own', () => {
    expect(tcg.machines().map((m) => m.name)).to.include.members(['vendor-el3', 'vendor-el4', 'board-2.1']);
  });

  it('has a kind of property that no QEMU has', () => {
    expect(tcg.properties('none', 'base').find((p) => p.name === 'clock-ratio')).to.deep.equal({ name: 'clock-ratio', type: 'ratio', settable: true, description: undefined });
    expect(value(tcg, 'none', 'base', 'clock-ratio')).to.equal('3:2');
    expect(value(tcg, 'board-2.1', 'Alpha', 'clock-ratio')).to.equal('3:2');
  });

  it('has an array of compat properties in a new file', () => {
    expect(tcg.compatProperties('vendor-el3').map((p) => `${p.property}=${p.value} ${p.at!.file}`)).to.deep.equal(['clock-ratio=7:2 hw/vendor/vendor-compat.c', 'note=el3 hw/vendor/vendor-compat.c']);
    expect(value(tcg, 'vendor-el3', 'Alpha', 'clock-ratio')).to.equal('7:2');
    expect(value(tcg, 'vendor-el4', 'Alpha', 'clock-ratio')).to.equal('3:2');
  });

  it('patches the CPUs of a machine type through helpers in other files, one of them found in a table', () => {
    expect(['none', 'vendor-el3', 'vendor-el4'].map((m) => value(tcg, m, 'Beta', 'pin-cache'))).to.deep.equal([false, false, true]);
  });

  it('patches them through a macro', () => {
    expect(['none', 'vendor-el3', 'vendor-el4', 'vendor-el2'].map((m) => value(tcg, m, 'Beta', 'stepping'))).to.deep.equal([1, 1, 5, 5]);
  });

  it('has an accelerator of its own', () => {
    expect(['none', 'vendor-el3'].map((m) => value(hvx, m, 'Alpha', 'clock-ratio'))).to.deep.equal(['5:1', '7:2']);
    expect(value(hvx, 'none', 'Beta', 'leap')).to.equal(true);
    expect(value(tcg, 'none', 'Beta', 'leap')).to.equal(false);
    expect([value(hvx, 'none', 'Beta', 'note'), value(tcg, 'none', 'Beta', 'note')]).to.deep.equal(['', 'emulated']);
    expect(hvx.resolve('none', 'Beta', 'expanded').hostDependent).to.deep.equal([]);
  });

  it('applies compat properties by a rule of its own', () => {
    expect(['board-1.1', 'board-1.0'].map((m) => value(hvx, m, 'Beta', 'note'))).to.deep.equal(['', 'of old']);
    expect(['vendor-el4', 'vendor-el2'].map((m) => value(hvx, m, 'Beta', 'retries'))).to.deep.equal([50, 77]);
    expect(['vendor-el4', 'vendor-el2'].map((m) => value(tcg, m, 'max', 'retries'))).to.deep.equal([50, 77]);
  });
});
