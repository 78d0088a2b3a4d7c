import { expect } from 'chai';
import { Tally } from '../../analyzer/verify/tally.js';

describe('verify: tally', () => {
  it('counts what passed and failed, all together and by model', () => {
    const tally = new Tally();
    tally.add('486', true);
    tally.add('EPYC', false);
    tally.add('486', false);
    expect([tally.passed, tally.failed]).to.deep.equal([1, 2]);
    expect([...tally.models]).to.deep.equal([['486', { passed: 1, failed: 1 }], ['EPYC', { passed: 0, failed: 1 }]]);
  });
});
