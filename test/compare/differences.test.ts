import { expect } from 'chai';
import { takeCensus } from '../../analyzer/compare/census.js';
import { changesBetween } from '../../analyzer/compare/changes.js';
import { anyDifference, differences, explainDifferences, type ExplainedDifferences, type Subject } from '../../analyzer/compare/differences.js';
import { ABSENT, HOST } from '../../analyzer/compare/values.js';
import { fakeAnalysis, type Fake, type FakeAnalysis } from './fake.js';

interface Held { readonly found: ExplainedDifferences; readonly before: FakeAnalysis; readonly after: FakeAnalysis }

function hold(a: Fake, b: Fake, subjects?: { before: Subject; after: Subject }): Held {
  const before = fakeAnalysis(a);
  const after = fakeAnalysis(b);
  const sides = { before: { analysis: before, census: takeCensus(before, 'expanded') }, after: { analysis: after, census: takeCensus(after, 'expanded') } };
  return { found: explainDifferences(differences(sides.before.census, sides.after.census, subjects), sides), before, after };
}

/** "property before->after: model@machine, ... (reasons)" */
function summary({ found }: Held): string[] {
  const text = (value: unknown): string => (value === ABSENT ? '-' : value === HOST ? '?' : String(value));
  return found.cpus.map((group) => {
    const what = group.changes.map((c) => `${c.property} ${text(c.before)}->${text(c.after)}`).join(' ');
    const who = group.where.map((i) => `${found.comparisons[i]!.after.model}@${found.comparisons[i]!.after.machine}`).join(' ');
    const why = [...new Set(group.changes.flatMap((c) => c.causes.map(({ before, after }) => [before, after].map((r) => (r === undefined ? '-' : `${r.what}:${r.at.line}`)).join('->'))))].join(' ');
    return `${what}: ${who} (${why})`;
  });
}

const same = { fly: false, level: 4 };

describe('differences', () => {
  it('are none between equal trees', () => {
    const held = hold({ machines: { m1: { A: same, B: same } } }, { machines: { m1: { A: same, B: { ...same, level: 4n } } } });
    expect(anyDifference(held.found)).to.equal(false);
    expect(held.found.comparisons).to.have.length(2);
    expect([...held.before.asked, ...held.after.asked]).to.deep.equal([]);
  });

  it('are put together where they have the same cause, whatever the number of CPUs', () => {
    const models = Array.from({ length: 50 }, (_, i) => `M${i}`);
    const machines = (value: object): Fake['machines'] => Object.fromEntries(['m1', 'm2', 'm3'].map((machine) => [machine, Object.fromEntries(models.map((model, i) => [model, { ...same, serial: i, ...value }]))]));
    const held = hold({ machines: machines({}) }, { machines: machines({ fly: true, swim: false }), reasons: { '*/*/fly': 'compat property@pc.c:3', '*/*/swim': 'compat property@pc.c:4' } });
    expect(held.found.cpus).to.have.length(1);
    expect(held.found.cpus[0]!.where).to.have.length(150);
    expect(held.found.cpus[0]!.changes.map((c) => c.property)).to.have.members(['fly', 'swim']);
    // by example: a few CPUs are asked, not each of them
    expect(held.after.asked.length).to.be.within(2, 20);
  });

  it('stand apart where compat entries differ', () => {
    const on = { ...same, fly: true };
    const held = hold(
      { machines: { m1: { A: same, B: same }, m2: { A: same, B: same } } },
      {
        machines: { m1: { A: on, B: on }, m2: { A: on, B: on } },
        compat: { m1: ['any-cpu.fly=on@1'], m2: ['any-cpu.fly=on@1', 'A-cpu.fly=on@2'] },
        reasons: { '*/*/fly': 'compat property@compat.c:1', 'm2/A/fly': 'compat property@other.c:2' },
      },
    );
    expect(summary(held)).to.deep.equal(['fly false->true: A@m1 B@m1 B@m2 (-->compat property:1)', 'fly false->true: A@m2 (-->compat property:2)']);
  });

  it('are all asked for their reasons where examples do not agree', () => {
    const models = Array.from({ length: 30 }, (_, i) => `M${i}`);
    const machine = (fly: boolean): Fake['machines'] => ({ m: Object.fromEntries(models.map((model, i) => [model, { fly, serial: i }])) });
    const held = hold({ machines: machine(false) }, { machines: machine(true), reasons: { '*/*/fly': 'model table@cpu.c:1', '*/M29/fly': 'accelerator default@kvm.c:1', '*/M7/fly': 'accelerator default@kvm.c:1' } });
    expect(held.found.cpus.map((g) => g.where.length)).to.deep.equal([28, 2]);
    expect(held.found.cpus[1]!.where).to.deep.equal([7, 29]);
  });

  it('name each of several entries of the same kind', () => {
    const machine = (fly: boolean): Fake['machines'] => ({ m: { A: { fly, a: 1 }, B: { fly, a: 2 } } });
    const held = hold({ machines: machine(true), reasons: { '*/A/fly': 'compat property@pc.c:7', '*/B/fly': 'compat property@pc.c:8' } }, { machines: machine(false) });
    expect(summary(held)).to.deep.equal(['fly true->false: A@m B@m (compat property:7->- compat property:8->-)']);
    expect(held.found.cpus[0]!.changes[0]!.causes.map((cause) => cause.where)).to.deep.equal([[0], [1]]);
  });

  it('tell what is new, what is gone, and what the host decides', () => {
    const before = fakeAnalysis({ machines: { m: { A: { old: 1, turned: true, open: 5 } } } }).resolve('m', 'A', 'expanded');
    const after = fakeAnalysis({ machines: { m: { A: { fresh: 'x', open: 5 } } }, hostDependent: { A: ['turned'] } }).resolve('m', 'A', 'expanded');
    expect(changesBetween(before, after).map(({ property, before: b, after: a }) => [property, b, a])).to.deep.equal([['fresh', ABSENT, 'x'], ['turned', true, HOST], ['old', 1, ABSENT]]);
    expect(changesBetween(after, before).map(({ property, before: b, after: a }) => [property, b, a])).to.deep.equal([['old', ABSENT, 1], ['turned', HOST, true], ['fresh', 'x', ABSENT]]);
  });

  it('compare integers by value and texts by text', () => {
    const cpu = (value: bigint | number | string): ReturnType<FakeAnalysis['resolve']> => fakeAnalysis({ machines: { m: { A: { value } } } }).resolve('m', 'A', 'expanded');
    expect(changesBetween(cpu(18446744073709551615n), cpu(18446744073709551614n))).to.have.length(1);
    expect(changesBetween(cpu(18446744073709551615n), cpu(18446744073709551615n))).to.deep.equal([]);
    expect(changesBetween(cpu(1), cpu('1'))).to.have.length(1);
  });

  it('fold spellings of one property', () => {
    const held = hold({ machines: { m: { A: { 'a-b': false, 'a_b': false, 'c_d': 1 } } } }, { machines: { m: { A: { 'a-b': true, 'a_b': true, 'c_d': 2 } } } });
    expect(held.found.cpus.flatMap((g) => g.changes.map((c) => [c.property, c.spellings]))).to.deep.equal([['a-b', ['a_b']], ['c_d', []]]);
  });

  it('list machine types and models that only one side has, and compare those that both have', () => {
    const { found } = hold({ machines: { m1: { A: same, Old: same }, gone: { A: same } } }, { machines: { m1: { A: same, New: same }, m2: { A: same } } });
    expect(found.machines).to.deep.equal({ added: ['m2'], removed: ['gone'] });
    expect(found.models).to.deep.equal({ added: ['New'], removed: ['Old'] });
    expect(found.presence).to.deep.equal([]);
    expect(found.comparisons).to.have.length(1);
  });

  it('tell where a model that both have is missing on one machine type', () => {
    const { found } = hold({ machines: { m1: { A: same, B: same }, m2: { A: same, B: same } } }, { machines: { m1: { A: same, B: same }, m2: { A: same } } });
    expect(found.presence).to.deep.equal([{ machine: 'm2', added: [], removed: ['B'] }]);
  });

  it('show fields of machine types and models: aliases and defaults', () => {
    const { found } = hold(
      { machines: { m1: { A: same } }, machineFields: { m1: { 'alias': 'm', 'is-default': true } }, modelFields: { A: { 'alias-of': 'A-v1' } } },
      { machines: { m1: { A: same } }, machineFields: { m1: {} }, modelFields: { A: { 'alias-of': 'A-v2' } } },
    );
    expect(found.machineFields.flatMap((g) => g.changes.map((c) => [c.property, c.before, c.after]))).to.deep.equal([['alias', 'm', ABSENT], ['is-default', true, ABSENT]]);
    expect(found.modelFields.flatMap((g) => g.changes.map((c) => [c.property, c.before, c.after]))).to.deep.equal([['alias-of', 'A-v1', 'A-v2']]);
    expect(found.cpus).to.deep.equal([]);
  });

  it('show what QEMU refuses on one side', () => {
    const { found } = hold({ machines: { m1: { A: same, B: 'no B' }, m2: 'needs Xen' } }, { machines: { m1: { A: 'no A', B: 'no B' }, m2: { A: same } } });
    expect(found.refusals.map((r) => [r.comparison.after.machine, r.comparison.after.model, r.before, r.after])).to.deep.equal([['m1', 'A', undefined, 'no A'], ['m2', '*', 'needs Xen', undefined]]);
    expect(anyDifference(found)).to.equal(true);
  });

  it('hold one machine type against another', () => {
    const fake: Fake = { machines: { m1: { A: same, B: same }, m2: { A: same, B: { ...same, fly: true } } } };
    const held = hold(fake, fake, { before: { machine: 'm1' }, after: { machine: 'm2' } });
    expect(summary(held)).to.deep.equal(['fly false->true: B@m2 (-->-)']);
    expect(held.found.machines).to.deep.equal({ added: [], removed: [] });
    expect(held.found.comparisons[1]).to.deep.equal({ before: { machine: 'm1', model: 'B' }, after: { machine: 'm2', model: 'B' } });
  });
});
