import { expect } from 'chai';
import { analyse } from '../../analyzer/x86/analyse.js';
import { UnknownNameError } from '../../analyzer/x86/api.js';
import { arraysTree } from './trees/trees.js';

describe('explaining many properties at once', () => {
  const analysis = analyse(arraysTree(), { accel: 'kvm' });

  it('says of each what explaining it alone says', () => {
    for (const [machine, model] of [['board-1.0', 'Alpha'], ['board-2.1', 'Alpha'], ['board-2.1', 'host']] as const) {
      const { properties, hostDependent } = analysis.resolve(machine, model, 'expanded');
      const names = [...properties.keys(), ...hostDependent];
      const all = analysis.explainAll(machine, model, names, 'expanded');
      expect([...all.keys()]).to.deep.equal(names);
      expect([...all.values()].some((assignments) => assignments.length > 1)).to.equal(true);
      for (const name of names) expect(all.get(name), `${name} of ${model} on ${machine}`).to.deep.equal(analysis.explain(machine, model, name, 'expanded'));
    }
  });

  it('refuses names that are none', () => {
    expect(() => analysis.explainAll('board', 'Alpha', ['stepping', 'steping'], 'expanded')).to.throw(UnknownNameError, /there is no property 'steping' \(did you mean stepping\?\)/);
    expect(analysis.explainAll('board', 'Alpha', [], 'expanded').size).to.equal(0);
  });
});
