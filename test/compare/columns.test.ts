import { expect } from 'chai';
import { packStates, unpackStates } from '../../analyzer/cache/states.js';
import { groupChanges, type ChangeGroup } from '../../analyzer/compare/changes.js';
import { valueKey } from '../../analyzer/compare/values.js';
import type { QmpValue, ResolvedCpu } from '../../analyzer/x86/api.js';

const cpu = (id: string, properties: Readonly<Record<string, QmpValue>>, hostDependent: readonly string[] = []): ResolvedCpu => ({ id, typename: 'cpu', properties: new Map(Object.entries(properties)), hostDependent });

const text = (groups: readonly ChangeGroup[]): string[] => groups.map(({ changes, where }) => `${changes.map((c) => `${c.property} ${valueKey(c.before)} ${valueKey(c.after)}`).sort().join(', ')}: ${where.join()}`).sort();

describe('CPUs from columns', () => {
  const before = [
    cpu('1', { a: 1, b: true, old: 'x', big: 2n ** 63n }), cpu('2', { a: 2, b: false, old: 'y', big: 1 }),
    cpu('3', { a: 1, b: true, old: 'x', big: 5 }, ['h', 'both', 'gone']), cpu('4', { a: 1, turned: 3 }),
  ];
  const after = [
    cpu('5', { a: 1n, b: true, fresh: null, big: 2n ** 63n }), cpu('6', { a: 3, b: true, fresh: [1], big: 1n }),
    cpu('7', { a: 1, b: false, fresh: null, big: 5, h: 7 }, ['both', 'come']), cpu('8', { a: 1, b: true }, ['turned']),
  ];

  it('differ as the same CPUs do from anywhere else', () => {
    const all = [...before, ...after];
    const columns = unpackStates(packStates(all));
    const compare = (list: readonly ResolvedCpu[]): string[] => text(groupChanges(list.flatMap((b) => list.map((a) => ({ before: b, after: a })))));
    expect(compare(columns)).to.deep.equal(compare(all));
    expect(compare(all).length).to.be.greaterThan(10);
  });

  it('differ from CPUs that do not', () => {
    const columns = unpackStates(packStates(before));
    expect(text(groupChanges(columns.map((b, i) => ({ before: b, after: after[i]! }))))).to.deep.equal(text(groupChanges(before.map((b, i) => ({ before: b, after: after[i]! })))));
  });
});
