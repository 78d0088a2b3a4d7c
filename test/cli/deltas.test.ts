import { expect } from 'chai';
import type { Fake } from '../compare/fake.js';
import { engineFor } from './diff.test.js';
import { command } from './fake.js';

const off = { fly: false };
const on = { fly: true };
const tree: Fake = {
  machines: { 'none': {}, 'm-3': { A: on, B: on }, 'm-2': { A: on, B: on }, 'm-1': { A: off, B: on }, 'm-0': { A: off, B: on } }, parents: { 'm-0': 'm-1', 'm-1': 'm-2', 'm-2': 'm-3' },
  reasons: { 'm-1/A/fly': 'compat property@pc.c:5', 'm-0/A/fly': 'compat property@pc.c:5', '*/A/fly': 'model table@cpu.c:9' },
};

describe('deltas', () => {
  it('shows the steps and folds what does not change', async () => {
    const { code, out, err } = await command(['deltas', '*'], {}, engineFor({ a: tree }));
    expect([code, err]).to.deep.equal([0, '']);
    expect(out).to.equal(`QEMU 1.0.0, a, accelerator kvm, expanded

A

  m-0 .. m-3: 1 step
    m-0, m-1
        on: fly
        no longer compat property pc.c:5; now model table cpu.c:9
    m-2, m-3

The same on every machine type of each family: B
`);
  });

  it('shows who changes at each step, if no model is named', async () => {
    const { out } = await command(['deltas'], {}, engineFor({ a: tree }));
    expect(out).to.equal(`QEMU 1.0.0, a, accelerator kvm, expanded

m-0 .. m-3: 1 step
  m-0, m-1
    A
        on: fly
        no longer compat property pc.c:5; now model table cpu.c:9
  m-2, m-3
`);
  });

  it('writes JSON for each model', async () => {
    const { out } = await command(['deltas', 'A', '--json'], {}, engineFor({ a: tree }));
    const json = JSON.parse(out) as { formatVersion: number; models: Record<string, { machines: string[]; steps: { from: string; to: string }[] }[]> };
    expect(json.formatVersion).to.equal(1);
    expect(Object.keys(json.models)).to.deep.equal(['A']);
    expect(json.models['A']![0]!.steps).to.deep.equal([{
      from: 'm-1', to: 'm-2',
      changes: [{ property: 'fly', before: false, after: true, causes: [{ before: { what: 'compat property', at: 'pc.c:5', data: [] }, after: { what: 'model table', at: 'cpu.c:9', data: [] }, asked: [{ machine: 'm-2', model: 'A' }] }] }],
    }]);
  });

  it('refuses a model that does not exist, with names that are close', async () => {
    expect((await command(['deltas', 'C'], {}, engineFor({ a: tree }))).code).to.equal(2);
  });
});
