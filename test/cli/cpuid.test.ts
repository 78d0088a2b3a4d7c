import { expect } from 'chai';
import type { Analysis, CpuidLeaf } from '../../analyzer/x86/api.js';
import { analysisOf } from '../render/recording.js';
import { small } from '../render/small.js';
import { command, type Outcome } from './fake.js';

const row = (leaf: number, eax: number, host?: CpuidLeaf['host']): CpuidLeaf => ({ leaf, subleaf: 0, eax, ebx: 0, ecx: 0, edx: 0, ...(host === undefined ? {} : { host }) });

function run(rows: readonly CpuidLeaf[], host?: Analysis['host'], ...args: string[]): Promise<Outcome> {
  const { name: machine } = small.machines[0]!;
  const model = Object.keys(Object.values(small.pairs)[0]!)[0]!;
  return command(['cpuid', String(machine), model, ...args], {}, {
    analyse: async (_tree, { accel }) => Object.assign(analysisOf({ ...small, accel }), { cpuid: () => rows }, host === undefined ? {} : { host }),
  });
}

describe('cpuid', () => {
  it('is fine where the host decides bits, and all leaves are there', async () => {
    const { code, err } = await run([row(0, 1), row(1, 0, { ecx: 0x8000 }), row(0x4000_0000, 0x4000_0000)]);
    expect([code, err]).to.deep.equal([0, '']);
  });

  it('says that the table is not whole where the host decides what leaves there are', async () => {
    const rows = [row(0, 0, { eax: 0xffff_ffff }), row(0x8000_0000, 0, { eax: 0xffff_ffff })];
    for (const form of [[], ['--json'], ['--raw']]) {
      const { code, err } = await run(rows, undefined, ...form);
      expect(code).to.equal(4);
      expect(err).to.contain('not the whole table: the host decides how many leaves there are from 0x0, from 0x80000000 on; --host describes one\n');
    }
    expect((await run([])).code).to.equal(4);
    // a description may not tell, either
    expect((await run(rows, { kind: 'cpuid dump', caveat: undefined })).err).to.match(/from 0x80000000 on\n/);
  });
});
