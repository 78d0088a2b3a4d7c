import { expect } from 'chai';
import { takeCensus } from '../../analyzer/compare/census.js';
import { deltas, type Deltas } from '../../analyzer/compare/deltas.js';
import { linesOfDescent } from '../../analyzer/compare/families.js';
import { fakeAnalysis, type Fake } from './fake.js';

function of(fake: Fake): Deltas {
  const analysis = fakeAnalysis(fake);
  return deltas({ analysis, census: takeCensus(analysis, 'expanded') }, analysis.machineParents!());
}

describe('lines of descent', () => {
  it('run from the oldest to the newest; branches end where they branch off', () => {
    const parents = new Map<string, string | undefined>([['solo', undefined], ['n3', undefined], ['n2', 'n3'], ['n1', 'n2'], ['side', 'n2'], ['other', undefined], ['zz-old', 'other']]);
    expect(linesOfDescent(parents)).to.deep.equal([['n1', 'n2', 'n3'], ['side', 'n2'], ['zz-old', 'other']]);
  });

  it('do not depend on names', () => {
    expect(linesOfDescent(new Map([['a-9', 'b-1'], ['b-1', 'c-5'], ['c-5', undefined]]))).to.deep.equal([['a-9', 'b-1', 'c-5']]);
  });
});

describe('deltas', () => {
  const parents = { m1: 'm2', m2: 'm3', m3: 'm4' };

  it('show the steps at which something changes, with both reasons', () => {
    const off = { fly: false, level: 1 };
    const on = { fly: true, level: 1 };
    const found = of({
      machines: { m1: { A: off }, m2: { A: off }, m3: { A: on }, m4: { A: on } }, parents,
      compat: { m1: ['A-cpu.fly=off@5'], m2: ['A-cpu.fly=off@5'] },
      reasons: { 'm1/A/fly': 'compat property@compat.c:5', 'm2/A/fly': 'compat property@compat.c:5', '*/A/fly': 'model table@cpu.c:9' },
    });
    expect(found.models).to.have.length(1);
    const [{ models, timelines }] = found.models as [Deltas['models'][number]];
    expect([models, timelines.map((t) => t.machines)]).to.deep.equal([['A'], [['m1', 'm2', 'm3', 'm4']]]);
    expect(timelines[0]!.steps.map(({ from, to, changes }) => [from, to, changes.map(({ property, before, after, causes }) => [property, before, after, causes.map((c) => [c.before!.at.line, c.after!.at.line])])]))
      .to.deep.equal([['m2', 'm3', [['fly', false, true, [[5, 9]]]]]]);
  });

  it('put models together that change alike, whatever else they are', () => {
    const model = (serial: number, fly: boolean): Record<string, number | boolean> => ({ serial, fly });
    const found = of({ machines: { m1: { A: model(1, false), B: model(2, false), C: model(3, true) }, m2: { A: model(1, true), B: model(2, true), C: model(3, true) } }, parents });
    expect(found.models.map(({ models, timelines }) => [models.join(), timelines[0]!.steps.length])).to.deep.equal([['A,B', 1], ['C', 0]]);
  });

  it('step over machine types that do not have the model, or were not selected', () => {
    const fake: Fake = { machines: { m1: { A: { x: 1 } }, m2: {}, m3: { A: { x: 2 } } }, parents };
    expect(of(fake).models[0]!.timelines[0]!.steps.map(({ from, to }) => [from, to])).to.deep.equal([['m1', 'm3']]);
    const analysis = fakeAnalysis({ ...fake, machines: { ...fake.machines, m4: { A: { x: 3 } } } });
    const found = deltas({ analysis, census: takeCensus(analysis, 'expanded', { machine: (name) => name !== 'm3' && name !== 'm2' }) }, analysis.machineParents!());
    expect(found.models[0]!.timelines[0]!.steps.map(({ from, to }) => [from, to])).to.deep.equal([['m1', 'm4']]);
  });
});
