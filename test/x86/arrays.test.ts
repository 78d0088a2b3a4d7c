import { expect } from 'chai';
import { analyse } from '../../analyzer/x86/analyse.js';
import { CannotResolveError, UnknownNameError, type Analysis, type ResolvedCpu } from '../../analyzer/x86/api.js';
import { arraysTree } from './trees/trees.js';

function cpu(analysis: Analysis, machine: string, model: string): ResolvedCpu {
  return analysis.resolve(machine, model, 'expanded');
}

function value(analysis: Analysis, machine: string, model: string, property: string): unknown {
  return cpu(analysis, machine, model).properties.get(property);
}

describe('a tree with arrays of compat properties, versioned models and accelerator classes', () => {
  const tree = arraysTree();
  let tcg: Analysis;
  let kvm: Analysis;
  let again: Analysis;
  before(() => {
    tcg = analyse(tree, { accel: 'tcg' });
    kvm = analyse(tree, { accel: 'kvm' });
    again = analyse(tree, { accel: 'tcg', define: new Map([['CONFIG_RELIC', 'y']]) });
  });
  after(() => {
    expect(tcg.diagnostics).to.deep.equal([]);
    expect(kvm.diagnostics).to.deep.equal([]);
  });

  it('says which QEMU it is', () => {
    expect(tcg.qemu.version).to.deep.equal({ major: 7, minor: 3, micro: 1 });
    expect([tcg.origin, tcg.accel]).to.deep.equal(['a small tree', 'tcg']);
  });

  describe('machine types', () => {
    it('are listed with the fields of query-machines', () => {
      const machines = new Map(tcg.machines().map((m) => [m.name, m.fields]));
      expect([...machines.keys()]).to.have.members(['none', 'board-1.0', 'board-1.1', 'board-2.0', 'board-2.1']);
      expect(machines.get('board-2.1')).to.deep.equal({ name: 'board-2.1', alias: 'board', 'is-default': true, 'cpu-max': 64, deprecated: false, 'default-cpu-type': 'Alpha-x86_64-cpu' });
      expect(machines.get('board-1.0')).to.deep.equal({ name: 'board-1.0', 'cpu-max': 8, deprecated: true, 'default-cpu-type': 'Alpha-x86_64-cpu' });
      expect(machines.get('none')).to.deep.equal({ name: 'none', 'cpu-max': 1, deprecated: false });
    });

    it('are found by their alias too', () => {
      expect(cpu(tcg, 'board', 'Alpha')).to.equal(cpu(tcg, 'board-2.1', 'Alpha'));
      expect(tcg.models('board')).to.deep.equal(tcg.models('board-2.1'));
      expect(tcg.compatProperties('board')).to.deep.equal(tcg.compatProperties('board-2.1'));
    });

    it('exist where their switch is on', () => {
      const has = (analysis: Analysis): boolean => analysis.machines().some((m) => m.name === 'relic');
      expect(has(tcg)).to.equal(false);
      expect(has(again)).to.equal(true);
    });

    it('that do not exist are refused, with names that are close', () => {
      for (const ask of [() => tcg.models('board-2.2'), () => cpu(tcg, 'board-2.2', 'Alpha'), () => tcg.compatProperties('board-2.2'), () => tcg.properties('board-2.2', 'Alpha')]) {
        expect(ask).to.throw(UnknownNameError, /^there is no machine type 'board-2\.2' \(did you mean .*board-2\.1/);
      }
    });
  });

  describe('models', () => {
    const names = ['Alpha', 'Alpha-v1', 'Alpha-v2', 'Alpha-v3', 'Beta', 'Beta-v1', 'base', 'host', 'max'];

    it('are listed with the fields of query-cpu-definitions that do not depend on the host', () => {
      for (const analysis of [tcg, kvm]) {
        const models = new Map(analysis.models('board-2.1').map((m) => [m.name, m.fields]));
        expect([...models.keys()]).to.have.members(names);
        expect(models.get('Alpha-v2')).to.deep.equal({ name: 'Alpha-v2', 'migration-safe': true, static: false, typename: 'Alpha-v2-x86_64-cpu', deprecated: false });
        expect(models.get('base')).to.deep.equal({ name: 'base', 'migration-safe': false, static: true, typename: 'base-x86_64-cpu', deprecated: false });
      }
    });

    it('without a version are aliases of the version that is the default of the machine type', () => {
      const alias = (machine: string, model: string): unknown => tcg.models(machine).find((m) => m.name === model)!.fields['alias-of'];
      expect(['none', 'board-2.1', 'board-2.0', 'board-1.1', 'board-1.0'].map((m) => alias(m, 'Alpha'))).to.deep.equal(['Alpha-v3', 'Alpha-v2', 'Alpha-v1', undefined, undefined]);
      expect(['none', 'board-2.1', 'board-2.0', 'board-1.1'].map((m) => alias(m, 'Beta'))).to.deep.equal(['Beta-v1', 'Beta-v1', 'Beta-v1', undefined]);
    });

    it('have all properties that the version sets, and those of the versions before', () => {
      const stepping = (model: string): unknown => value(tcg, 'none', model, 'stepping');
      expect(['Alpha-v1', 'Alpha-v2', 'Alpha-v3', 'Alpha'].map(stepping)).to.deep.equal([3, 5, 5, 5]);
      expect(['Alpha-v1', 'Alpha-v2', 'Alpha-v3', 'Alpha'].map((m) => value(tcg, 'none', m, 'leap'))).to.deep.equal([false, false, true, true]);
      expect(value(tcg, 'none', 'Alpha-v3', 'model-id')).to.equal('Alpha processor (leaping)');
      expect(['board-2.1', 'board-2.0', 'board-1.1'].map((m) => value(tcg, m, 'Alpha', 'stepping'))).to.deep.equal([5, 3, 3]);
    });

    it('that do not exist are refused, with names that are close', () => {
      expect(() => cpu(tcg, 'board', 'Alfa')).to.throw(UnknownNameError, "there is no CPU model 'Alfa' (did you mean Alpha");
      expect(() => cpu(tcg, 'board', 'Alpha-v4')).to.throw(UnknownNameError, /did you mean Alpha-v1, Alpha-v2, Alpha-v3\?/);
      expect(() => tcg.properties('board', 'Gamma-Delta')).to.throw(UnknownNameError, "there is no CPU model 'Gamma-Delta'");
    });

    it('that QEMU refuses are refused with its own words', () => {
      expect(() => cpu(tcg, 'board', 'host')).to.throw(CannotResolveError, "CPU model 'host' needs a processor to copy");
      expect(() => tcg.properties('board', 'host')).to.throw(CannotResolveError);
      expect(cpu(kvm, 'board', 'host').typename).to.equal('host-x86_64-cpu');
    });
  });

  describe('a CPU', () => {
    it('is what the model table, the accelerator and expansion make of it', () => {
      expect(cpu(tcg, 'none', 'Beta').typename).to.equal('Beta-x86_64-cpu');
      expect(Object.fromEntries(cpu(tcg, 'none', 'Beta').properties)).to.deep.equal({
        family: 15, fold: false, glide: true, guest: true, leap: false, level: 7, 'min-level': 7, mirror: false, 'model-id': 'Beta processor', note: 'emulated',
        'pin-cache': false, 'pv-clock': false, 'pv-eoi': false, retries: 50, speedy: true, stepping: 1, turbo: true, 'turbo-assist': true, vendor: 'BetaBetaBeta', warp: false, zoom: true,
      });
      expect(cpu(tcg, 'none', 'Beta').hostDependent).to.deep.equal([]);
    });

    it('without any model data has none', () => {
      const base = Object.fromEntries(cpu(kvm, 'none', 'base').properties);
      expect(base).to.include({ level: 0, family: 0, warp: false, guest: false, 'model-id': '', 'pv-clock': false });
      expect(cpu(kvm, 'none', 'base').hostDependent).to.deep.equal([]);
    });

    it('is one object wherever it is the same', () => {
      expect(cpu(tcg, 'none', 'Beta-v1').id).to.not.equal(cpu(tcg, 'none', 'Beta').id, 'another type');
      expect(cpu(tcg, 'board-2.1', 'Beta')).to.equal(cpu(tcg, 'none', 'Beta'));
      expect(cpu(tcg, 'board-2.0', 'Beta')).to.not.equal(cpu(tcg, 'none', 'Beta'));
    });

    it('has under an alias the value of the property behind it', () => {
      for (const machine of ['board-2.1', 'board-2.0']) expect(value(tcg, machine, 'Beta', 'speedy')).to.equal(value(tcg, machine, 'Beta', 'turbo'));
    });

    it('differs from one accelerator to the other', () => {
      const features = (a: Analysis): unknown[] => ['mirror', 'pv-clock', 'pv-eoi', 'note', 'retries'].map((p) => value(a, 'board-2.1', 'Alpha', p));
      expect(features(tcg)).to.deep.equal([false, false, false, 'emulated', 50]);
      expect(features(kvm)).to.deep.equal([true, true, true, 'by the accelerator', 7]);
    });

    it('says the same whatever was asked before', () => {
      for (const machine of ['board-1.0', 'none', 'board-2.1', 'board-1.0', 'board-2.0', 'board-1.1']) {
        for (const model of ['max', 'Beta', 'Alpha-v3', 'Alpha', 'base']) expect(cpu(again, machine, model).id, `${model} on ${machine}`).to.equal(cpu(tcg, machine, model).id);
      }
    });
  });

  describe('compat properties', () => {
    it('are listed in the order of application, with the line of each', () => {
      expect(tcg.compatProperties('board-2.1')).to.deep.equal([]);
      const list = tcg.compatProperties('board-1.0');
      expect(list.map((p) => `${p['qom-type']}.${p.property}=${p.value}`)).to.deep.equal([
        'net-card.speed=100', 'cpu.retries=20', 'device.no-such-property=1', 'Beta-x86_64-cpu.turbo=off', 'x86_64-cpu.turbo-assist=off', 'disk.cache=off',
        'Alpha-x86_64-cpu.glide=on', 'Alpha-x86_64-cpu.fold=on', 'x86_64-cpu.fold=off', 'x86_64-cpu.retries=11', 'max-x86_64-cpu.pv-clock=off', 'x86_64-cpu.retries=10', 'Alpha-x86_64-cpu.model-id=Alpha of old',
      ]);
      for (const { property, at } of list) expect(tree.read(at!.file)!.split('\n')[at!.line - 1]).to.include(`"${property}"`);
    });

    it('apply to types that inherit from the driver; the last one wins, however general its driver is', () => {
      expect(['board-2.1', 'board-2.0', 'board-1.1', 'board-1.0'].map((m) => value(tcg, m, 'Alpha', 'retries'))).to.deep.equal([50, 20, 11, 10]);
      expect(value(tcg, 'board-1.1', 'Alpha', 'fold')).to.equal(false);
      expect(value(tcg, 'board-1.1', 'Alpha', 'glide')).to.equal(true);
      expect(value(tcg, 'board-1.1', 'Alpha-v1', 'glide')).to.equal(false, 'a type of its own');
      expect(value(tcg, 'board-1.0', 'Alpha', 'model-id')).to.equal('Alpha of old');
      expect(value(tcg, 'board-2.0', 'base', 'turbo-assist')).to.equal(false);
    });

    it('of the machine type come after those of the accelerator', () => {
      expect(['board-2.1', 'board-2.0', 'board-1.0'].map((m) => value(kvm, m, 'Beta', 'retries'))).to.deep.equal([7, 20, 10]);
    });

    it('turn off what expansion would turn on', () => {
      expect(value(tcg, 'board-2.1', 'max', 'fold')).to.equal(true);
      expect(value(tcg, 'board-1.1', 'max', 'fold')).to.equal(false);
    });
  });

  describe('the host', () => {
    it('decides nothing under TCG', () => {
      for (const model of tcg.models('board').map((m) => m.name).filter((m) => m !== 'host')) expect(cpu(tcg, 'board', model).hostDependent, model).to.deep.equal([]);
      expect(Object.fromEntries(cpu(tcg, 'board', 'max').properties)).to.include({ vendor: 'MaxiMaxiMaxi', warp: true, turbo: false, zoom: true, leap: false, level: 7 });
    });

    it('decides the vendor under KVM, and a branch on its answer what it sets', () => {
      expect(cpu(kvm, 'board', 'Alpha').hostDependent).to.deep.equal(['pin-cache', 'vendor']);
      expect(cpu(kvm, 'board', 'Alpha').properties.has('vendor')).to.equal(false);
      expect(cpu(kvm, 'board', 'base').hostDependent).to.deep.equal([]);
    });

    it('decides all that it supports, and what follows from that, but not what was set before', () => {
      const all = ['fold', 'glide', 'guest', 'leap', 'level', 'min-level', 'mirror', 'pv-clock', 'pv-eoi', 'speedy', 'turbo', 'vendor', 'warp', 'zoom'];
      expect(cpu(kvm, 'board-2.1', 'max').hostDependent).to.deep.equal(all);
      expect(cpu(kvm, 'board-1.1', 'max').hostDependent).to.deep.equal(all.filter((p) => p !== 'pv-clock' && p !== 'fold'));
      expect(Object.fromEntries(cpu(kvm, 'board-1.1', 'max').properties)).to.deep.equal({ family: 6, fold: false, 'model-id': '', note: 'by the accelerator', 'pin-cache': false, 'pv-clock': false, retries: 11, stepping: 0, 'turbo-assist': false });
    });
  });

  describe('properties', () => {
    it('are listed as QOM declares them, settable or not, with their descriptions', () => {
      const properties = new Map(tcg.properties('board', 'Alpha').map((p) => [p.name, p]));
      expect(properties.get('retries')).to.deep.equal({ name: 'retries', type: 'uint32', settable: true, description: 'how often to try again' });
      expect(properties.get('vendor')).to.deep.equal({ name: 'vendor', type: 'string', settable: true, description: undefined });
      expect(properties.get('memory')).to.deep.equal({ name: 'memory', type: 'link<memory-region>', settable: false, description: undefined });
      expect(properties.get('speedy')).to.include({ type: 'bool', settable: true });
      expect([...properties.keys()]).to.include.members([...cpu(tcg, 'board', 'Alpha').properties.keys()]);
    });

    it('of the object come before those of its classes', () => {
      const names = tcg.properties('board', 'Alpha').map((p) => p.name);
      expect(names.indexOf('vendor')).to.be.lessThan(names.indexOf('retries'));
      expect(new Set(names).size).to.equal(names.length);
    });
  });

  it('knows its accelerators', () => {
    expect(() => analyse(tree, { accel: 'kvm', without: ['CONFIG_KVM'] })).to.throw(UnknownNameError, /^there is no accelerator 'kvm' \(did you mean tcg\?\)/);
  });
});
