import { expect } from 'chai';
import { analyse } from '../../analyzer/x86/analyse.js';
import type { Analysis } from '../../analyzer/x86/api.js';
import { nestedTree } from './trees/trees.js';

describe('a tree with compat properties in macros, globals of devices and patched defaults', () => {
  const tree = nestedTree();
  let tcg: Analysis;
  let kvm: Analysis;
  before(() => {
    tcg = analyse(tree, { accel: 'tcg' });
    kvm = analyse(tree, { accel: 'kvm' });
  });
  after(() => {
    expect(tcg.diagnostics).to.deep.equal([]);
    expect(kvm.diagnostics).to.deep.equal([]);
  });

  const machines = ['board-2.1', 'board-2.0', 'board-1.1'];
  const values = (analysis: Analysis, model: string, property: string): unknown[] => machines.map((m) => analysis.resolve(m, model, 'expanded').properties.get(property));

  it('lists machine types and models', () => {
    expect(tcg.machines().map((m) => m.name)).to.have.members(['none', ...machines]);
    expect(tcg.machines().find((m) => m.name === 'board-2.1')!.fields).to.deep.equal({ name: 'board-2.1', alias: 'board', 'is-default': true, 'cpu-max': 64, deprecated: false });
    expect(kvm.models('none').map((m) => m.name)).to.have.members(['Alpha', 'Beta', 'base', 'max']);
  });

  it('lists what the macros hold, one in the other', () => {
    const list = tcg.compatProperties('board-1.1');
    expect(list.map((p) => `${p['qom-type']}.${p.property}=${p.value}`)).to.deep.equal([
      'net-card.speed=100', 'net-card.speed=100', 'Beta-x86_64-cpu.turbo=off', 'x86_64-cpu.retries=20', 'x86_64-cpu.fold=off', 'Alpha-x86_64-cpu.fold=on', 'x86_64-cpu.retries=11',
    ]);
    for (const { property, at } of list) expect(tree.read(at!.file)!.split('\n').slice(at!.line - 3, at!.line).join(), JSON.stringify(at)).to.include(`"${property}"`);
    expect(tcg.compatProperties('board-2.1')).to.deep.equal([]);
  });

  it('applies them in order to each type', () => {
    expect(values(tcg, 'Alpha', 'retries')).to.deep.equal([50, 20, 11]);
    expect(values(tcg, 'Beta', 'turbo')).to.deep.equal([true, false, false]);
    expect(values(tcg, 'Alpha', 'fold')).to.deep.equal([false, false, true]);
    expect(values(tcg, 'max', 'fold')).to.deep.equal([true, true, false]);
  });

  it('lets those of the machine type win over those of the accelerator', () => {
    expect(values(kvm, 'Beta', 'retries')).to.deep.equal([7, 20, 11]);
    expect(values(kvm, 'Beta', 'note')).to.deep.equal(['by the accelerator', 'by the accelerator', 'by the accelerator']);
    expect(values(tcg, 'Beta', 'note')).to.deep.equal(['emulated', 'emulated', 'emulated']);
  });

  it('follows what the init functions of machine types patch, one through the other', () => {
    expect(values(kvm, 'Alpha', 'pv-clock')).to.deep.equal([true, true, true]);
    expect(values(kvm, 'Alpha', 'pv-eoi')).to.deep.equal([true, false, false]);
    expect(values(kvm, 'Alpha', 'mirror')).to.deep.equal([true, true, false]);
    expect(values(tcg, 'Alpha', 'pv-clock')).to.deep.equal([false, false, false]);
  });

  it('patches anew for each machine type', () => {
    expect(values(kvm, 'Beta', 'pv-eoi')).to.deep.equal([true, false, false]);
    expect([...machines].reverse().map((m) => kvm.resolve(m, 'Alpha', 'expanded').properties.get('mirror'))).to.deep.equal([false, true, true]);
  });

  it('leaves the vendor to the host under KVM', () => {
    expect(kvm.resolve('none', 'Alpha', 'expanded').hostDependent).to.deep.equal(['vendor']);
    expect(tcg.resolve('none', 'Alpha', 'expanded').properties.get('vendor')).to.equal('AcmeAcmeAcme');
    expect(kvm.resolve('none', 'base', 'expanded').hostDependent).to.deep.equal([]);
  });

  it('has properties of the object where tables are walked for each', () => {
    const properties = tcg.properties('board', 'Beta');
    expect(properties.find((p) => p.name === 'retries')).to.deep.equal({ name: 'retries', type: 'uint32', settable: true, description: undefined });
  });
});
