import { expect } from 'chai';
import { takeCensus } from '../../analyzer/compare/census.js';
import { cpuidChanges } from '../../analyzer/compare/cpuid.js';
import { leafChanges } from '../../analyzer/compare/leaves.js';
import type { Comparison } from '../../analyzer/compare/changes.js';
import type { CpuidLeaf } from '../../analyzer/x86/api.js';
import { fakeAnalysis } from './fake.js';

const leaf = (number: number, ebx: number, host?: CpuidLeaf['host']): CpuidLeaf => ({ leaf: number, subleaf: 0, eax: 1, ebx, ecx: 0, edx: 0, ...(host === undefined ? {} : { host }) });

describe('what CPUID answers', () => {
  const comparisons: Comparison[] = ['A', 'B'].map((model) => ({ before: { machine: 'm', model }, after: { machine: 'm', model } }));
  const side = (leaves: (model: string) => CpuidLeaf[]): { analysis: ReturnType<typeof fakeAnalysis>; census: ReturnType<typeof takeCensus> } => {
    const analysis = Object.assign(fakeAnalysis({ machines: { m: { A: { a: 1 }, B: { a: 2 } } } }), { cpuid: (_machine: string, model: string) => leaves(model) });
    return { analysis, census: takeCensus(analysis, 'expanded') };
  };
  const changes = (before: (model: string) => CpuidLeaf[], after: (model: string) => CpuidLeaf[]): string[] =>
    cpuidChanges(comparisons, { before: side(before), after: side(after) }).flatMap(({ changes: list, where }) => list.map((c) => `${c.property} ${String(c.before)}->${String(c.after)} ${where.map((i) => comparisons[i]!.after.model).join()}`));

  it('is compared register by register', () => {
    expect(changes(() => [leaf(7, 1)], () => [leaf(7, 1)])).to.deep.equal([]);
    expect(changes(() => [leaf(7, 1)], (model) => [leaf(7, model === 'A' ? 3 : 1)])).to.deep.equal(['0x7.0x0:ebx 1->3 A']);
  });

  it('is compared without the bits that the host decides on either side', () => {
    expect(changes(() => [leaf(7, 1)], () => [leaf(7, 0, { ebx: 1 })])).to.deep.equal([]);
    expect(changes(() => [leaf(7, 4, { ebx: 2 })], () => [leaf(7, 2)])).to.deep.equal(['0x7.0x0:ebx 4->0 A,B']);
  });

  it('has leaves that come and go', () => {
    expect(changes(() => [leaf(7, 1)], () => [leaf(7, 1), leaf(0x80000008, 5)])).to.include('0x80000008.0x0:ebx Symbol(absent)->5 A,B');
  });
});

describe('what becomes of CPUID', () => {
  const row = (ebx: number, host?: number, wanted?: number): CpuidLeaf => ({ leaf: 7, subleaf: 0, eax: 1, ebx, ecx: 0, edx: 0, ...(host === undefined ? {} : { host: { ebx: host } }), ...(wanted === undefined ? {} : { wanted: { ebx: wanted } }) });

  it('is told of a host that supports what is asked for, and what hangs on that is marked', () => {
    expect(leafChanges([row(1, 2, 2)], [row(5)])).to.deep.equal([{ leaf: 7, subleaf: 0, register: 'ebx', before: 3, after: 5, host: 2 }]);
    expect(leafChanges([row(1, 2, 2)], [row(1, 2, 2)])).to.deep.equal([]);
    expect(leafChanges([row(0, 2, 2)], [row(0)]).map(({ before, after, host }) => [before, after, host])).to.deep.equal([[2, 0, 2]]);
  });

  it('says nothing of what the host decides whatever is asked for', () => {
    expect(leafChanges([row(0, 4)], [row(4)])).to.deep.equal([]);
  });

  it('takes a leaf that is not there for zeros', () => {
    expect(leafChanges([], [row(4)]).map(({ register, before, after }) => [register, before, after])).to.deep.equal([['eax', undefined, 1], ['ebx', undefined, 4]]);
  });
});
