import { expect } from 'chai';
import { samplePairs } from '../../analyzer/verify/sample.js';

function matrix(machines: number, models: number): Map<string, string[]> {
  const names = Array.from({ length: models }, (_, i) => `m${i}`);
  return new Map(Array.from({ length: machines }, (_, i) => [`pc-${i}`, names]));
}

describe('sample of pairs', () => {
  for (const [machines, models] of [[58, 132], [5, 3], [4, 6], [1, 7]] as const) {
    it(`touches every machine type and every model (${machines} x ${models})`, () => {
      const pairs = samplePairs(matrix(machines, models));
      expect(pairs).to.have.length(Math.max(machines, models));
      expect(new Set(pairs.map((pair) => pair.machine)).size).to.equal(machines);
      expect(new Set(pairs.map((pair) => pair.model)).size).to.equal(models);
    });

    it(`is every pair once if asked for all (${machines} x ${models})`, () => {
      const pairs = samplePairs(matrix(machines, models), Infinity);
      expect(new Set(pairs.map((pair) => `${pair.machine} ${pair.model}`)).size).to.equal(machines * models);
      expect(pairs).to.have.length(machines * models);
    });
  }

  it('is the same each time', () => {
    expect(samplePairs(matrix(5, 9), 12)).to.deep.equal(samplePairs(matrix(5, 9), 12));
  });

  it('can be of nothing', () => {
    expect(samplePairs(new Map())).to.deep.equal([]);
    expect(samplePairs(new Map([['xenpv', []], ['pc', ['a']]]))).to.deep.equal([{ machine: 'pc', model: 'a' }]);
  });
});
