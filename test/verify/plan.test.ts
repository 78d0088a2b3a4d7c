import { expect } from 'chai';
import { Plan } from '../../analyzer/verify/plan.js';
import type { Recording } from '../../analyzer/verify/recording.js';
import { analysisOf } from './fake-analysis.js';

/** `pairs`: by machine type and model, which CPU that is. */
function recordingOf(pairs: Recording['pairs'], usual: string, oldest: string): Recording {
  const models = Object.keys(Object.values(pairs)[0]!);
  const ids = new Set(Object.values(pairs).flatMap((of) => Object.values(of)));
  return {
    accel: 'tcg', stage: 'expanded', target: 'x86_64', version: { qemu: { major: 9, minor: 8, micro: 7 }, package: '' }, seconds: 0, errors: {}, unreadable: {}, pairs,
    machines: [{ name: 'none' }, ...Object.keys(pairs).map((name) => ({
      name, ...(name === usual ? { 'is-default': true } : {}),
      'compat-props': name === oldest ? [{ 'qom-type': 'x', property: 'y', value: 'z' }] : [],
    }))],
    definitions: { '*': Object.fromEntries(models.map((name) => [name, {}])) },
    states: Object.fromEntries([...ids].map((id) => [id, { id }])),
  };
}

/** Two models on eight machine types, the newest first: one that changed once, and one that never did. */
const pairs = Object.fromEntries(['8', '7', '6', '5', '4', '3', '2', '1'].map((version) => [`pc-${version}`, { Changed: version < '4' ? 'old' : 'new', Same: 'same' }]));
const analysis = analysisOf(recordingOf(pairs, 'pc-8', 'pc-1'));
const text = ({ machine, model }: { readonly machine: string; readonly model: string }): string => `${machine} ${model}`;

describe('verify: which VMs are started for --all', () => {
  it('every model on the newest and the oldest machine type, and every CPU that it is on others, which have their turns', () => {
    expect(new Plan(analysis, { all: true }).roundTrip().map(text)).to.deep.equal([
      'pc-8 Changed', 'pc-8 Same', 'pc-1 Changed', 'pc-1 Same',
      // the new one, the unchanged one and the old one, each on another
      'pc-7 Changed', 'pc-6 Same', 'pc-3 Changed',
    ]);
    expect(new Plan(analysis, { all: true }).guest()).to.deep.equal(new Plan(analysis, { all: true }).roundTrip());
  });

  it('each configuration on two other machine types, of which all have their turns', () => {
    const trials = new Plan(analysis, { all: true }).across();
    for (const { machine, on } of trials) expect(on).to.have.length(2).and.not.include(machine);
    expect(new Set(trials.flatMap(({ on }) => on)).size).to.equal(8);
  });
});
