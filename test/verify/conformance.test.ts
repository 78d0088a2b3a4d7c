import { expect } from 'chai';
import { plain } from '../../analyzer/render/text.js';
import { conformsTo, conformsToNothing, recordedFrom } from '../../analyzer/verify/conformance.js';
import { conformanceText, conforms, type ConformanceRow } from '../../analyzer/verify/conformance-report.js';
import type { Recording } from '../../analyzer/verify/recording.js';
import { CannotResolveError } from '../../analyzer/x86/api.js';
import { analysisOf } from './fake-analysis.js';

const definitions = { Old: { typename: 'Old-cpu' }, New: { typename: 'New-cpu' } };
const recording: Recording = {
  version: { qemu: { major: 9, minor: 8, micro: 7 }, package: 'Debian 1:9.8+dfsg-1+deb14u2+b1' },
  accel: 'tcg', stage: 'expanded',
  machines: [{ name: 'none' }, { name: 'pc-1', alias: 'pc' }, { name: 'pc-2' }],
  definitions: { 'pc-1': definitions, 'pc-2': definitions },
  states: { o: { level: 4 }, n: { level: 13 } },
  pairs: { 'pc-1': { Old: 'o', New: 'n' }, 'pc-2': { Old: 'o', New: 'n' } },
  errors: {}, unreadable: {}, seconds: 1,
};

const row = (result: ConformanceRow['result']): ConformanceRow => ({ release: '9.8.7', source: 'tree', target: 'x86_64', accel: 'tcg', stage: 'expanded', recording: '9.8-tcg', result, seconds: 2.04 });

describe('conformance', () => {
  it('counts machine types, pairs, and pairs that are exact', () => {
    expect(conformsTo(recording, analysisOf(recording))).to.deep.equal({ machines: 2, pairs: 4, exact: 4, lists: { equal: 7, all: 7 }, refused: 0, diagnostics: 0, differences: [] });
    const wrong = conformsTo(recording, analysisOf(recording, { cpu: (machine, model, properties) => (machine === 'pc-2' && model === 'New' ? { level: 14 } : properties) }));
    expect(wrong).to.deep.include({ pairs: 4, exact: 3, differences: ['1 x property level, e.g. pc-2 New'] });
    const other = conformsTo(recording, analysisOf(recording, { machines: (machines) => machines.map((m) => ({ ...m, alias: 'q' })) }));
    expect(other).to.deep.include({ exact: 4, lists: { equal: 4, all: 7 } });
    expect([conforms(row(wrong)), conforms(row(other))]).to.deep.equal([false, false]);
  });

  it('may take some of the machine types only', () => {
    const analysis = analysisOf(recording, { cpu: (machine, _model, properties) => (machine === 'pc-2' ? {} : properties) });
    expect(conformsTo(recording, analysis, 1)).to.deep.include({ machines: 1, pairs: 2, exact: 2 });
    expect(conformsTo(recording, analysis, 2)).to.deep.include({ machines: 2, pairs: 4, exact: 2 });
    expect(conformsToNothing(analysis, 'expanded', 1)).to.deep.include({ machines: 1, pairs: 2 });
  });

  it('resolves everything where nothing was recorded, and counts what QEMU refuses', () => {
    const analysis = analysisOf(recording);
    const picky: typeof analysis = { ...analysis, resolve(machine, model, stage) {
      if (model === 'Old') throw new CannotResolveError('too old');
      return analysis.resolve(machine, model, stage);
    } };
    expect(conformsToNothing(picky, 'expanded')).to.deep.equal({ machines: 2, pairs: 2, exact: undefined, lists: undefined, refused: 2, diagnostics: 0, differences: ['2 x refused: too old'] });
    const broken: typeof analysis = { ...analysis, resolve() { throw new Error('a bug'); } };
    expect(() => conformsToNothing(broken, 'expanded')).to.throw('a bug');
  });

  it('a recording belongs to its release and packaging, whatever update of it', () => {
    const of = (packager: string, micro = 7): boolean => recordedFrom(recording, { version: { major: 9, minor: 8, micro }, package: packager });
    expect([of('Debian 1:9.8+dfsg-1+deb14u3'), of('Debian 1:9.8+dfsg-1'), of('Debian 1:9.8+dfsg-1+deb14u2')]).to.deep.equal([true, true, true]);
    expect([of(''), of('Debian 1:9.8+dfsg-2'), of('Debian 1:9.8+dfsg-1', 6)]).to.deep.equal([false, false, false]);
  });

  it('prints one table and what is wrong', () => {
    const text = conformanceText([
      row(conformsTo(recording, analysisOf(recording))),
      { ...row('no such accelerator'), accel: 'whpx' },
      { ...row({ machines: 2, pairs: 1200, exact: 1199, lists: { equal: 5, all: 7 }, refused: 0, diagnostics: 1, differences: ['1 x property level, e.g. pc-2 New'] }), release: '1.0.0', accel: 'kvm' },
      { ...row(conformsToNothing(analysisOf(recording), 'expanded')), release: '2.0.0' },
    ], plain);
    expect(text.split('\n')).to.deep.equal([
      'release  target  accel  stage     machine types  pairs  exact     lists  diagnostics  seconds',
      '9.8.7    x86_64  tcg    expanded              2      4      4     equal            0      2.0',
      '9.8.7    x86_64  whpx   expanded              -      -      -         -            -      2.0  FAILED',
      '1.0.0    x86_64  kvm    expanded              2  1,200  1,199  2 differ            1      2.0  FAILED',
      '2.0.0    x86_64  tcg    expanded              2      4      -         -            0      2.0',
      '',
      '9.8.7 x86_64 whpx expanded',
      '  no such accelerator',
      '',
      '1.0.0 x86_64 kvm expanded',
      '  1 x property level, e.g. pc-2 New',
      '',
      '1,203 of 1,204 recorded pairs exact, 4 others resolved',
      '2 passed, 2 failed',
    ]);
  });
});
