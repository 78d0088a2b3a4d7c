import { expect } from 'chai';
import type { CpuidLeaf } from '../../analyzer/x86/api.js';
import { acrossReleases, type Carried } from '../../analyzer/verify/releases.js';
import { fakeQemu } from './fake.js';

const text = ['level=13', 'avx=on', 'vendor=HostHostHost'].map((setting) => setting.split('=')).map(([property, value]) => `[global]\ndriver = "base-x86_64-cpu"\nproperty = "${property}"\nvalue = "${value}"\n`).join('\n');
const carried: Carried = { cpu: 'base', text, gone: ['old'], fresh: [{ property: 'shade', value: true }, { property: 'tint', value: false }, { property: 'hue', value: 0 }], foretold: undefined };

const foretold: readonly CpuidLeaf[] = [
  { leaf: 0, subleaf: 0, eax: 1, ebx: 0x6b6146, ecx: 0, edx: 0 }, { leaf: 1, subleaf: 0, eax: 13, ebx: 0x900, ecx: 0, edx: 0x1000_0000 },
  { leaf: 0x4000_0000, subleaf: 0, eax: 0x4000_0001, ebx: 0, ecx: 0, edx: 0 }, { leaf: 0x4000_0001, subleaf: 0, eax: 0, ebx: 0, ecx: 0, edx: 0 },
];

describe('across releases', () => {
  const run = (newer: string, carry: Carried | string) => acrossReleases({
    qemu: fakeQemu(), onto: fakeQemu(newer), accel: 'tcg', guest: { kernel: '/dev/null', firmware: '/dev/null' }, trials: [{ machine: 'pc-1', model: 'New', on: ['pc-1', 'pc-2'] }], carry: () => carry,
  });

  it('a guest reads the same', async () => {
    const result = await run('normal', carried);
    expect(result).to.include({ passed: 2, failed: 0, values: 40 });
    expect(result.gone).to.deep.equal([{ what: 'old', pairs: 2, machine: 'pc-1 on pc-1', model: 'New' }]);
    expect(result.fresh.map(({ what, pairs }) => [what, pairs])).to.deep.equal([['2 that are off, 0 or empty', 2], ['shade = on', 2]]);
  });

  it('or what had been said', async () => {
    const result = await run('newer', { ...carried, foretold });
    expect(result).to.include({ passed: 2, failed: 0 });
    expect(result.foretold.map(({ what, pairs }) => [what, pairs])).to.deep.equal([['CPUID 00000001/0 ebx: 00000800 becomes 00000900', 2]]);
  });

  it('or it is a difference', async () => {
    for (const said of [undefined, foretold.map((row) => ({ ...row, ebx: row.ebx === 0x900 ? 0x901 : row.ebx }))]) {
      const result = await run('newer', { ...carried, foretold: said });
      expect(result).to.include({ passed: 0, failed: 2 });
      expect(result.differences.list[0]).to.deep.equal({ subject: 'across releases', machine: 'pc-1 on pc-1', model: 'New', property: '00000001/0 ebx', qemu: '00000800', analysis: '00000900' });
    }
  });

  it('a configuration that the other QEMU refuses is a difference, and one that cannot be made is not compared', async () => {
    expect((await run('normal', { ...carried, text: text.replace('avx', 'nope') })).differences.list.map(({ property, analysis }) => [property, String(analysis).includes('nope')])).to.deep.equal([['(start)', true], ['(start)', true]]);
    expect((await run('normal', 'gone there')).notCompared.map(({ reason }) => reason)).to.deep.equal(['gone there', 'gone there']);
  });
});
