import { expect } from 'chai';
import type { QmpValue } from '../../analyzer/x86/api.js';
import { Offered } from '../../analyzer/verify/offered.js';
import type { SeenCpu } from '../../analyzer/verify/seen-cpu.js';

function cpu(features: number, filtered: number, unavailable: readonly string[]): SeenCpu {
  const words = (bits: number): QmpValue => [{ 'cpuid-register': 'EAX', 'cpuid-input-eax': 0x4000_0001, features: bits }];
  return { properties: { 'feature-words': words(features), 'filtered-features': words(filtered), 'unavailable-features': [...unavailable] }, cpuid: undefined, noGuest: undefined };
}

describe('what an accelerator offers on one machine type and not on another', () => {
  it('is no difference of the CPUs: both ask for it', () => {
    const offered = new Offered(cpu(0b1011, 0b0100, ['old']), cpu(0b0011, 0b1100, ['old', 'msi']));
    expect(['msi', 'feature-words', 'filtered-features', 'unavailable-features'].every((property) => offered.property(property))).to.equal(true);
    expect(offered.register(0x4000_0001, 0, 'eax', 0b1011, 0b0011)).to.equal(true);
    expect(offered.reason).to.contain('offer msi on both');
  });

  it('excuses nothing else', () => {
    const offered = new Offered(cpu(0b1011, 0, []), cpu(0b0001, 0b1000, ['msi']));
    expect(offered.property('feature-words'), 'another bit is gone').to.equal(false);
    expect(offered.property('old')).to.equal(false);
    expect(offered.register(0x4000_0001, 0, 'eax', 0b1011, 0b0001)).to.equal(false);
    expect(offered.register(0x4000_0001, 0, 'ebx', 0b1000, 0)).to.equal(false);
    expect(offered.register(1, 0, 'eax', 0b1000, 0)).to.equal(false);
    const same = new Offered(cpu(1, 2, ['old']), cpu(1, 2, ['old']));
    expect(['old', 'unavailable-features', 'feature-words'].some((property) => same.property(property))).to.equal(false);
  });
});
