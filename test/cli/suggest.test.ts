import { expect } from 'chai';
import { closest } from '../../analyzer/x86/suggest.js';

describe('suggestions', () => {
  const names = ['Zeta', 'Zeta-v1', 'Omega-Server', 'Omega-Server-v2', 'pi', 'board-1.10', 'q1'];

  it('are names that differ by a few characters, the nearest first', () => {
    expect(closest('zetta', names)).to.deep.equal(['Zeta', 'Zeta-v1']);
    expect(closest('Zeta-v2', names)).to.deep.equal(['Zeta-v1']);
    expect(closest('q2', names)).to.deep.equal(['q1']);
  });

  it('are also names of which only the beginning was written', () => {
    expect(closest('Omga', names)).to.deep.equal(['Omega-Server', 'Omega-Server-v2']);
    expect(closest('boar', names)).to.deep.equal(['board-1.10']);
  });

  it('are not made up where nothing is near', () => {
    expect(closest('something else', names)).to.deep.equal([]);
    expect(closest('x', names)).to.deep.equal([]);
  });
});
