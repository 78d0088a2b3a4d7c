import { expect } from 'chai';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readRecording } from '../../analyzer/verify/recording.js';
import { verifyRecording } from '../../analyzer/verify/verify.js';
import { analysisOf } from './fake-analysis.js';

/** The tests run from the checkout's root. */
const golden = join('test', 'golden');

describe('golden recordings', () => {
  before(function () {
    if (!existsSync(golden)) this.skip();
  });

  for (const file of existsSync(golden) ? readdirSync(golden).filter((name) => name.endsWith('.json.gz')) : []) {
    it(`${file} is whole`, async () => {
      const recording = await readRecording(join(golden, file));
      expect(file).to.contain(recording.accel);
      expect(recording.stage).to.equal(/^(realized|custom)-/.test(file) ? 'realized' : 'expanded');
      const ids = new Set(Object.values(recording.pairs).flatMap((models) => Object.values(models)));
      expect([...ids].filter((id) => recording.states[id] === undefined)).to.deep.equal([]);
      expect(Object.keys(recording.states)).to.have.length(ids.size);
    }).timeout(60_000);
  }

  it('equal themselves', async function () {
    this.timeout(60_000);
    const recording = await readRecording(join(golden, '10.0-tcg.json.gz'));
    const report = verifyRecording(recording, analysisOf(recording));
    expect(report.failed).to.equal(0);
    // 65 machine types and their compat properties, 64 x 154 models and CPUs, the version.
    expect(report.passed).to.equal(65 + 65 + 2 * 64 * 154 + 1);
  });
});
