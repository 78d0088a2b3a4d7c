import { expect } from 'chai';
import type { QmpValue } from '../../analyzer/x86/api.js';
import { compareCompat, compareMachines, compareModels, compareStates, compareVersion } from '../../analyzer/verify/compare.js';
import { RecordingError, type Recording } from '../../analyzer/verify/recording.js';
import { analysisOf } from './fake-analysis.js';

const old = { level: 4, avx: false, vendor: 'GenuineIntel', 'lbr-fmt': 18446744073709551552n };
const recent = { level: 13, avx: true, vendor: 'GenuineIntel', 'lbr-fmt': 18446744073709551552n };

function recordingOf(changes: Partial<Recording> = {}): Recording {
  const definitions = { Old: { typename: 'Old-cpu', static: false, 'alias-of': null }, New: { typename: 'New-cpu', static: false, 'alias-of': 'New-v1' } };
  return {
    version: { qemu: { major: 9, minor: 8, micro: 7 }, package: '' },
    accel: 'tcg',
    stage: 'expanded',
    machines: [
      { name: 'none', 'cpu-max': 1 },
      { name: 'pc-1', 'cpu-max': 4, deprecated: true, 'compat-props': [{ 'qom-type': 'a', property: 'x', value: '1' }, { 'qom-type': 'b', property: 'y', value: '2' }] },
      { name: 'pc-2', 'cpu-max': 4, alias: 'pc', 'compat-props': [] },
    ],
    definitions: { 'pc-1': definitions, 'pc-2': definitions },
    states: { o: old, n: recent },
    pairs: { 'pc-1': { Old: 'o', New: 'n' }, 'pc-2': { Old: 'o', New: 'n' } },
    errors: {}, unreadable: {}, seconds: 1,
    ...changes,
  };
}

describe('comparison with a recording', () => {
  it('of the same is equal', () => {
    const recording = recordingOf();
    const analysis = analysisOf(recording);
    expect(compareVersion(recording, analysis)).to.include({ passed: 1, failed: 0 });
    expect(compareMachines(recording, analysis)).to.include({ passed: 3, failed: 0 });
    expect(compareModels(recording, analysis)).to.include({ passed: 4, failed: 0 });
    expect(compareCompat(recording, analysis)).to.include({ passed: 2, failed: 0 });
    // Four pairs, two different CPUs: two comparisons.
    expect(compareStates(recording, analysis, 'expanded')).to.include({ passed: 4, failed: 0, values: 16, combinations: 2 });
  });

  it('notices another version', () => {
    const recording = recordingOf();
    const { differences } = compareVersion(recording, analysisOf(recording, { version: { major: 9, minor: 8, micro: 6 } }));
    expect(differences.list).to.deep.equal([{ subject: 'version', machine: undefined, model: undefined, property: undefined, qemu: '9.8.7', analysis: '9.8.6' }]);
  });

  it('notices missing, extra and different machine types', () => {
    const recording = recordingOf();
    const { failed, differences } = compareMachines(recording, analysisOf(recording, {
      machines: (machines) => [...machines.slice(0, 1), { ...machines[1]!, deprecated: false }, { name: 'pc-3' }],
    }));
    expect(failed).to.equal(3);
    expect(differences.list.map(({ subject, machine, property, qemu, analysis }) => [subject, machine, property, qemu, analysis])).to.deep.equal([
      ['machine type field', 'pc-1', 'deprecated', true, false],
      ['machine type', 'pc-2', undefined, 'listed', undefined],
      ['machine type', 'pc-3', undefined, undefined, 'listed'],
    ]);
  });

  it('notices missing, extra and different models; null is absent', () => {
    const recording = recordingOf();
    const { passed, differences } = compareModels(recording, analysisOf(recording, {
      models: (models, machine) => (machine === 'pc-1' ? { Old: { typename: 'Old-cpu', static: false }, Newer: {} } : models),
    }));
    expect(passed).to.equal(3);
    expect(differences.list.map(({ subject, machine, model, qemu, analysis }) => [subject, machine, model, qemu, analysis])).to.deep.equal([
      ['model', 'pc-1', 'New', 'listed', undefined],
      ['model', 'pc-1', 'Newer', undefined, 'listed'],
    ]);
  });

  it('notices a model on a machine type that the analysis cannot resolve', () => {
    const recording = recordingOf();
    const { passed, differences } = compareStates(recording, analysisOf({ ...recording, pairs: { ...recording.pairs, 'pc-2': { Old: 'o' } } }), 'expanded');
    expect(passed).to.equal(3);
    expect(differences.list).to.have.length(1);
    expect(differences.list[0]).to.include({ subject: 'CPU', machine: 'pc-2', model: 'New', qemu: 'a CPU', analysis: "there is no model 'New'" });
  });

  it('notices different, missing and extra properties, grouped', () => {
    const recording = recordingOf();
    const { failed, differences } = compareStates(recording, analysisOf(recording, {
      cpu: (_machine, _model, { level: _, ...rest }) => ({ ...rest, 'lbr-fmt': 18446744073709551553n, new: 1 }),
    }), 'expanded');
    expect(failed).to.equal(4);
    expect(differences.count).to.equal(12);
    const groups = new Map(differences.groups().map((group) => [group.property, group]));
    expect(groups.get('lbr-fmt')).to.deep.equal({
      subject: 'property', property: 'lbr-fmt', count: 4, machines: 2, models: 2,
      values: [{ qemu: 18446744073709551552n, analysis: 18446744073709551553n, count: 4, machine: 'pc-1', model: 'Old' }],
    });
    expect(groups.get('level')?.values.map(({ qemu, analysis, count }) => [qemu, analysis, count])).to.deep.equal([[4, undefined, 2], [13, undefined, 2]]);
    expect(groups.get('new')?.values.map(({ qemu, analysis, count }) => [qemu, analysis, count])).to.deep.equal([[undefined, 1, 4]]);
  });

  it('leaves to the host what the analysis leaves to it, counted, under kvm', () => {
    const recording = recordingOf({ accel: 'kvm' });
    const result = compareStates(recording, analysisOf(recording, { hostDependent: ['vendor'] }), 'expanded');
    expect(result).to.include({ passed: 4, failed: 0, values: 12 });
    expect(result.hostDependent).to.deep.equal([{ property: 'vendor', pairs: 4, machine: 'pc-1', model: 'Old' }]);
  });

  it('accepts nothing as host-dependent under tcg', () => {
    const recording = recordingOf();
    const result = compareStates(recording, analysisOf(recording, { hostDependent: ['vendor'] }), 'expanded');
    expect(result).to.include({ passed: 0, failed: 4 });
    expect(result.differences.list[0]).to.include({ property: 'vendor', qemu: 'GenuineIntel', analysis: 'host-dependent' });
  });

  it('compares compat properties in order', () => {
    const recording = recordingOf();
    const swapped = compareCompat(recording, analysisOf(recording, { compat: (entries) => entries.toReversed() }))!;
    expect(swapped.differences.list).to.have.length(1);
    expect(swapped.differences.list[0]).to.include({ machine: 'pc-1', property: '(order)', qemu: '0: a.x=1', analysis: '0: b.y=2' });
    const changed = compareCompat(recording, analysisOf(recording, {
      compat: (entries) => entries.map((entry) => ({ ...entry, value: entry.value === '2' ? '3' : entry.value })),
    }))!;
    expect(changed.differences.list.map(({ property, qemu, analysis }) => [property, qemu, analysis])).to.deep.equal([['b.y', 'b.y=2', undefined], ['b.y', undefined, 'b.y=3']]);
  });

  it('has no compat properties to compare where the binary lists none', () => {
    const recording = recordingOf({ machines: [{ name: 'pc-1' }] });
    expect(compareCompat(recording, analysisOf(recording))).to.equal(undefined);
  });

  it('names a machine type that did not start, and a model that QEMU refuses', () => {
    const recording = recordingOf({
      definitions: { xenlike: {} }, pairs: { xenlike: {}, 'pc-1': {} }, errors: { xenlike: { '*': 'no xen' }, 'pc-1': { Old: 'requires KVM' } },
    });
    expect(compareModels(recording, analysisOf(recording)).notCompared).to.deep.equal([{ machine: 'xenlike', model: undefined, reason: 'no xen' }]);
    // The analysis refuses it too.
    expect(compareStates(recording, analysisOf(recording), 'expanded')).to.include({ passed: 1, failed: 0 });
    const { differences } = compareStates(recording, analysisOf(recordingOf()), 'expanded');
    expect(differences.list[0]).to.include({ subject: 'CPU', model: 'Old', qemu: 'requires KVM', analysis: 'a CPU' });
    // With the host's help it may exist elsewhere.
    expect(compareStates({ ...recording, accel: 'kvm' }, analysisOf(recordingOf()), 'expanded').notCompared).to.deep.include({ machine: 'pc-1', model: 'Old', reason: 'requires KVM' });
  });

  it('is not made across stages', () => {
    const recording = recordingOf();
    expect(() => compareStates(recording, analysisOf(recording), 'realized')).to.throw(RecordingError);
  });

  it('keeps the first differences and counts all', () => {
    const models = Object.fromEntries(Array.from({ length: 12_000 }, (_, i) => [`m${i}`, 'o']));
    const recording = recordingOf({ pairs: { 'pc-1': models } });
    const { differences } = compareStates(recording, analysisOf(recording, { cpu: (_machine, _model, state) => ({ ...state, level: 5 }) }), 'expanded');
    expect(differences.count).to.equal(12_000);
    expect(differences.list).to.have.length(10_000);
    expect(differences.groups()[0]).to.include({ property: 'level', count: 12_000, models: 12_000 });
  });
});

describe('comparison of realized CPUs under kvm', () => {
  const word = (features: number): QmpValue => [{ 'cpuid-register': 'ECX', 'cpuid-input-eax': 1, features }];
  const asked = { o: { sse3: true, pni: true, avx: false, 'feature-words': word(1), 'filtered-features': word(0) }, n: { sse3: true, pni: true, avx: true, 'feature-words': word(3), 'filtered-features': word(0) } };
  const recording = (n: Record<string, QmpValue>): Recording => recordingOf({ accel: 'kvm', stage: 'realized', states: { o: asked.o, n } });
  const analysis = analysisOf({ ...recording(asked.n) }, { hostDependent: ['filtered-features'] });

  it('counts what the host lacks as asked for', () => {
    const lacking = { ...asked.n, avx: false, 'feature-words': word(1), 'filtered-features': word(2) };
    expect(compareStates(recording(lacking), analysis, 'realized')).to.include({ passed: 4, failed: 0 });
  });

  it('knows aliases of a filtered feature', () => {
    const lacking = { ...asked.n, sse3: false, pni: false, 'feature-words': word(2), 'filtered-features': word(1) };
    expect(compareStates(recording(lacking), analysis, 'realized')).to.include({ passed: 4, failed: 0 });
  });

  it('knows a filtered feature that has no CPUID bit by its name', () => {
    const lacking = { ...asked.n, avx: false, 'unavailable-features': ['avx'] };
    const result = compareStates(recording(lacking), analysisOf(recording({ ...asked.n, 'unavailable-features': [] }), { hostDependent: ['filtered-features', 'unavailable-features'] }), 'realized');
    expect(result).to.include({ passed: 4, failed: 0 });
  });

  it('where names are told, excuses no other feature, knows their other names, and wants them asked for', () => {
    const all = { sse3: true, pni: true, avx: true, 'unavailable-features': ['pni'] };
    const hostDependent = ['unavailable-features'];
    const differing = (said: Record<string, QmpValue>, analysed: Record<string, QmpValue>): (string | undefined)[] => {
      const of = (n: Record<string, QmpValue>): Recording => recordingOf({ accel: 'kvm', stage: 'realized', states: { o: n, n } });
      return [...new Set(compareStates(of(said), analysisOf(of(analysed), { hostDependent, aliases: new Map([['pni', ['sse3']]]) }), 'realized').differences.list.map(({ property }) => property))];
    };
    expect(differing({ ...all, sse3: false, pni: false }, all)).to.deep.equal([]);
    expect(differing({ ...all, sse3: false, pni: false, avx: false }, all)).to.deep.equal(['avx']);
    expect(differing({ ...all, sse3: false, pni: false }, { ...all, sse3: false, pni: false })).to.deep.equal(['sse3', 'pni']);
  });

  it('does not excuse a feature that was not asked for, nor one that the analysis lacks', () => {
    const never = { ...asked.n, avx: false, 'feature-words': word(1) };
    expect(compareStates(recording(never), analysis, 'realized').differences.list.map(({ property }) => property)).to.include.members(['avx', 'feature-words']);
    const more = { ...asked.n, 'feature-words': word(3), 'filtered-features': word(4) };
    expect(compareStates(recording(more), analysis, 'realized').differences.list.map(({ property }) => property)).to.include('feature-words');
  });
});
