import { expect } from 'chai';
import { analyse } from '../../analyzer/x86/analyse.js';
import { UnknownNameError, type Analysis } from '../../analyzer/x86/api.js';
import { numbersTree } from './trees/trees.js';

describe('a tree that makes machine types from version numbers', () => {
  let now: Analysis;
  let later: Analysis;
  before(() => {
    now = analyse(numbersTree('2.1.0'), { accel: 'kvm' });
    later = analyse(numbersTree('3.2.50'), { accel: 'kvm' });
  });
  after(() => {
    expect(now.diagnostics).to.deep.equal([]);
    expect(later.diagnostics).to.deep.equal([]);
  });

  const names = (analysis: Analysis, choose: (fields: Readonly<Record<string, unknown>>) => boolean = () => true): string[] => analysis.machines().filter((m) => choose(m.fields)).map((m) => m.name).sort();

  it('has those that this release still has', () => {
    expect(names(now)).to.deep.equal(['board-1.0', 'board-1.1', 'board-2.0', 'board-2.1', 'board-steady-2.0', 'none']);
    expect(names(later)).to.deep.equal(['board-2.0', 'board-2.1', 'board-steady-2.0', 'none']);
    expect(() => later.compatProperties('board-1.1')).to.throw(UnknownNameError);
  });

  it('deprecates those that go next', () => {
    expect(names(now, (fields) => fields['deprecated'] === true)).to.deep.equal(['board-1.0']);
    expect(names(later, (fields) => fields['deprecated'] === true)).to.deep.equal(['board-2.0', 'board-2.1', 'board-steady-2.0']);
  });

  it('gives the alias to the latest', () => {
    expect(names(now, (fields) => fields['alias'] === 'board' && fields['is-default'] === true)).to.deep.equal(['board-2.1']);
    expect(now.resolve('board', 'Alpha', 'expanded')).to.equal(now.resolve('board-2.1', 'Alpha', 'expanded'));
  });

  it('resolves as with machine types that are written out', () => {
    const value = (machine: string, model: string, property: string): unknown => now.resolve(machine, model, 'expanded').properties.get(property);
    expect(['board-2.1', 'board-2.0', 'board-steady-2.0', 'board-1.1', 'board-1.0'].map((m) => value(m, 'Alpha', 'retries'))).to.deep.equal([7, 20, 99, 11, 10]);
    expect(['board-2.1', 'board-2.0', 'board-1.1'].map((m) => now.models(m).find(({ name }) => name === 'Alpha')!.fields['alias-of'])).to.deep.equal(['Alpha-v2', 'Alpha-v1', undefined]);
    expect(later.resolve('board-2.0', 'Alpha', 'expanded').id).to.equal(now.resolve('board-2.0', 'Alpha', 'expanded').id);
  });

  it('has compat arrays that are local to a function', () => {
    const last = now.compatProperties('board-steady-2.0').at(-1)!;
    expect(last).to.include({ 'qom-type': 'x86_64-cpu', property: 'retries', value: '99' });
    expect(last.at!.file).to.equal('hw/i386/board.c');
  });
});
