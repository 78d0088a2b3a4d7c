import { expect } from 'chai';
import { carryOnto, sections } from '../../analyzer/render/carry.js';
import { configOf } from '../../analyzer/render/mode.js';
import { analysisOf, type Recording } from './recording.js';
import { small } from './small.js';

/** The next release: "depth" is gone, "shade" is new and on in named models. */
const next: Recording = {
  ...small, version: { qemu: { major: 10, minor: 0, micro: 1 }, package: '' },
  states: Object.fromEntries(Object.entries(small.states).map(([id, { depth: _, ...state }]) => [id, { ...state, shade: id !== 'bare' }])),
};

describe('a configuration for another release', () => {
  const [older, newer] = [analysisOf(small), analysisOf(next)];
  const from = { analysis: older, machine: 'board-1.9' };
  const onto = { analysis: newer, machine: 'board-1.10' };

  it('leaves out what is gone there, and names what is new', () => {
    const carried = carryOnto(configOf(older, 'board-1.9', 'Zeta', { mode: 'base', format: 'readconfig' }), from, onto);
    expect(carried.target).to.include({ cpu: 'bare', driver: 'bare-cpu' });
    expect(carried.gone).to.deep.equal([{ property: 'depth', value: '-1' }]);
    expect(carried.settings.map(({ property }) => property)).to.deep.equal(['mask', 'name', 'quick', 'wide']);
    expect(carried.fresh).to.deep.equal([{ property: 'shade', value: false }]);
    expect(sections(carried.target.driver, carried.settings.slice(2))).to.equal('[global]\n  driver = "bare-cpu"\n  property = "quick"\n  value = "off"\n\n[global]\n  driver = "bare-cpu"\n  property = "wide"\n  value = "on"\n');
  });

  it('that is pinned has what is new as the model has it there', () => {
    expect(carryOnto(configOf(older, 'board-1.9', 'Zeta', { mode: 'pinned', format: 'readconfig' }), from, onto).fresh).to.deep.equal([{ property: 'shade', value: true }]);
  });

  it('cannot be where the model is gone', () => {
    const without = analysisOf({ ...next, definitions: { 'board-1.10': { bare: next.definitions['board-1.10']!['bare']! } } });
    expect(() => carryOnto(configOf(older, 'board-1.9', 'Zeta', { mode: 'pinned', format: 'readconfig' }), from, { ...onto, analysis: without })).to.throw("QEMU 10.0.1 has no CPU model 'Zeta-v1'");
  });
});
