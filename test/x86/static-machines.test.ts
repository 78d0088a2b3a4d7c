import { expect } from 'chai';
import { configOf } from '../../analyzer/render/mode.js';
import { analyse } from '../../analyzer/x86/analyse.js';
import { CannotResolveError, UnknownNameError, type Analysis } from '../../analyzer/x86/api.js';
import { staticTree } from './trees/trees.js';

describe('a tree with static machine types and a table of accelerators', () => {
  const tree = staticTree();
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

  const value = (analysis: Analysis, machine: string, model: string, property: string): unknown => analysis.resolve(machine, model, 'expanded').properties.get(property);

  it('pins a model that no query lists by its own name', () => {
    const analysis = analyse(staticTree(), { accel: 'kvm' });
    expect(configOf(analysis, 'board-1.1', 'max', { mode: 'auto', format: 'readconfig' }).target).to.deep.equal({ mode: 'pinned', driver: 'max-x86_64-cpu', cpu: 'max', hasCpu: true });
  });

  it('lists machine types by their structs', () => {
    expect(tcg.machines().map((m) => m.name)).to.have.members(['none', 'board-2.1', 'board-1.1']);
    expect(tcg.machines().find((m) => m.name === 'board-2.1')!.fields).to.deep.equal({ name: 'board-2.1', alias: 'board', 'is-default': true, 'cpu-max': 64, deprecated: false });
    expect(value(tcg, 'board', 'Alpha', 'retries')).to.equal(51);
  });

  it('knows the accelerators of the table that are in the build', () => {
    expect(() => analyse(tree, { accel: 'xen' })).to.throw(UnknownNameError, "there is no accelerator 'xen'");
    expect(kvm.resolve('board', 'Alpha', 'expanded').hostDependent).to.deep.equal(['vendor']);
    expect([value(kvm, 'board', 'Alpha', 'pv-eoi'), value(tcg, 'board', 'Alpha', 'pv-eoi')]).to.deep.equal([true, false]);
  });

  it('reads compat properties from the array, and applies them', () => {
    expect(tcg.compatProperties('board-2.1')).to.deep.equal([]);
    const list = tcg.compatProperties('board-1.1');
    expect(list.map((p) => `${p['qom-type']}.${p.property}=${p.value}`).slice(0, 4)).to.deep.equal(['net-card.speed=100', 'net-card.speed=100', 'Beta-x86_64-cpu.turbo=off', 'x86_64-cpu.retries=20']);
    expect(list[2]!.at!.file).to.equal('include/hw/i386/board.h');
    expect(['board-2.1', 'board-1.1'].map((m) => value(tcg, m, 'Beta', 'turbo'))).to.deep.equal([true, false]);
    expect(value(kvm, 'board-1.1', 'Alpha', 'mirror')).to.equal(false);
  });

  it('makes the CPU that -cpu makes, with its features expanded and nothing taken away', () => {
    expect(value(tcg, 'board-2.1', 'Alpha', 'level')).to.equal(4);
    expect(value(tcg, 'board-2.1', 'Alpha', 'warp')).to.equal(true);
    // its parse_features() counts
    expect(value(tcg, 'board-1.1', 'Alpha', 'retries')).to.equal(12);
    expect(tcg.properties('board-2.1', 'Alpha').find((p) => p.name === 'retries')!.type).to.equal('uint32');
    expect([...tcg.resolve('board-2.1', 'Alpha', 'expanded').properties.keys()]).to.not.include('memory');
  });

  it('puts the version that a machine type carries into a model of the table', () => {
    expect(['board-2.1', 'board-1.1', 'board-2.1'].map((m) => value(tcg, m, 'Beta', 'model-id'))).to.deep.equal(['Beta processor 2.0.1', 'Beta processor 1.1', 'Beta processor 2.0.1']);
  });

  it('knows models that the list leaves out', () => {
    expect(tcg.models('board').map((m) => m.name)).to.have.members(['Alpha', 'Beta']);
    expect(tcg.unlistedModels!('board')).to.deep.equal(['base', 'max']);
    expect(value(tcg, 'board', 'base', 'retries')).to.equal(51);
    expect(() => tcg.resolve('board', 'Gamma', 'expanded')).to.throw(UnknownNameError);
  });

  it('refuses a model that needs another accelerator, as QEMU does', () => {
    expect(() => tcg.resolve('board', 'max', 'expanded')).to.throw(CannotResolveError, "CPU model 'max' requires KVM");
    expect(kvm.resolve('board', 'max', 'expanded').typename).to.equal('max-x86_64-cpu');
  });
});
