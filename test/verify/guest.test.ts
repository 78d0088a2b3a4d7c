import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import type { CpuidLeaf } from '../../analyzer/x86/api.js';
import { compareGuests, compareTables, compareWithAnalysis } from '../../analyzer/verify/compare-cpuid.js';
import { GuestCpuid, parseGuest, parseTable, readGuestCpuid } from '../../analyzer/verify/guest.js';
import { NoGuestError, withGuestKernel, type GuestKernel } from '../../analyzer/verify/guest-kernel.js';
import { whyNotAccel } from '../../analyzer/verify/qemu.js';
import { failure, fakeQemu } from './fake.js';

function row(leaf: number, subleaf: number, eax: number, ebx = 0, ecx = 0, edx = 0): CpuidLeaf {
  return { leaf, subleaf, eax, ebx, ecx, edx };
}

const noKernel: GuestKernel = { kernel: '/dev/null', firmware: '/dev/null' };

describe('what a guest printed', () => {
  it('is read from after what firmware says', () => {
    const guest = parseGuest('hello 1\n00000000 00000000 00000001 756e6547 6c65746e 49656e69\n00000004 00000000 00000121 01c0003f 0000003f 00000001\n00000004 00000002 00000143 00000000 ffffffff 00000001\nend\n')!;
    expect(guest.leaves).to.deep.equal([0, 4]);
    expect(guest.answer(4, 2)).to.deep.equal(row(4, 2, 0x143, 0, 0xffff_ffff, 1));
  });

  it('stands for the subleaves that answered the same', () => {
    const guest = new GuestCpuid([row(4, 0, 1), row(4, 2, 5)]);
    expect(guest.answer(4, 1)?.eax).to.equal(1);
    expect(guest.answer(4, 60)?.eax).to.equal(5);
    expect(guest.answer(5, 0)).to.equal(undefined);
  });

  it('is nothing without its end', () => {
    expect(parseGuest('00000000 00000000 00000001 756e6547 6c65746e 49656e69\n')).to.equal(undefined);
  });
});

describe('a guest against the analysis', () => {
  const guest = new GuestCpuid([row(0, 0, 4), row(1, 0, 0x663, 0x800, 1, 2), row(2, 0, 7), row(3, 0, 0), row(4, 0, 9), row(4, 1, 0), row(0x8000_0000, 0, 9)]);
  const analysed = [row(0, 0, 4), row(1, 0, 0x663, 0x800, 1, 2), row(2, 0, 7), row(3, 0, 0), row(4, 0, 9)];

  it('is equal where subleaves beyond the last are empty, and where there is no such range', () => {
    expect(compareWithAnalysis(guest, analysed)).to.deep.equal({ differences: [], values: 20 });
  });

  it('differs by register', () => {
    const wrong = analysed.map((entry) => (entry.leaf === 1 ? { ...entry, edx: 3 } : entry));
    expect(compareWithAnalysis(guest, wrong).differences).to.deep.equal([{ leaf: 1, subleaf: 0, register: '00000001/0 edx', said: '00000002', other: '00000003' }]);
  });

  it('is not compared in what the host decides', () => {
    const open = analysed.map((entry) => (entry.leaf === 1 ? { ...entry, eax: 0x600, host: { eax: 0xff } } : entry));
    expect(compareWithAnalysis(guest, open).differences).to.deep.equal([]);
    expect(compareWithAnalysis(guest, open.map((entry) => (entry.leaf === 1 ? { ...entry, host: { eax: 3 } } : entry))).differences).to.have.length(1);
  });

  it('shows leaves and subleaves that the analysis does not have', () => {
    const lacking = analysed.filter(({ leaf }) => leaf !== 2 && leaf !== 4);
    expect(compareWithAnalysis(guest, lacking).differences.map(({ register, other }) => [register, other])).to.deep.equal([['00000002/0 eax', undefined], ['00000004/0 eax', undefined]]);
    const subleaf = new GuestCpuid([...guest.rows.slice(0, 5), row(4, 1, 11)]);
    expect(compareWithAnalysis(subleaf, [...analysed, row(4, 2, 0)]).differences.map(({ register }) => register)).to.deep.equal(['00000004/2 eax', '00000004/1 eax']);
  });

  it('shows leaves that the guest does not have', () => {
    expect(compareWithAnalysis(guest, [...analysed, row(5, 0, 1)]).differences.map(({ register, said }) => [register, said]))
      .to.deep.equal(['eax', 'ebx', 'ecx', 'edx'].map((register) => [`00000005/0 ${register}`, undefined]));
  });

  it('compares two guests with each other, subleaf by subleaf', () => {
    const other = new GuestCpuid(guest.rows.map((entry) => (entry.leaf === 4 && entry.subleaf === 1 ? row(4, 3, 0) : entry)));
    expect(compareGuests(guest, guest)).to.deep.equal([]);
    expect(compareGuests(guest, other)).to.deep.equal([{ leaf: 4, subleaf: 1, register: '00000004/1 eax', said: '00000000', other: '00000009' }]);
  });
});

describe('the table that QEMU gives to KVM', () => {
  const rows = [row(0, 0, 4, 0x6b61), row(1, 0, 0x663, 0x800, 1, 2)];
  const bytes = Buffer.alloc(8 + 2 * 40);
  bytes.writeUInt32LE(2, 0);
  rows.forEach(({ leaf, subleaf, eax, ebx, ecx, edx }, i) => [leaf, subleaf, 7, eax, ebx, ecx, edx].forEach((word, k) => bytes.writeUInt32LE(word, 8 + 40 * i + 4 * k)));

  it('is read as it is in memory, the first of several, and only if it is whole', () => {
    const ofNoIndex = Buffer.from(bytes);
    ofNoIndex.writeUInt32LE(0x3f, 8 + 4);
    ofNoIndex.writeUInt32LE(0, 8 + 8);
    expect(parseTable(ofNoIndex)).to.deep.equal(rows, 'an index that does not count');
    expect(parseTable(Buffer.concat([bytes, bytes]))).to.deep.equal(rows);
    expect(parseTable(bytes.subarray(0, 80))).to.equal(undefined);
    expect(parseTable(Buffer.alloc(0))).to.equal(undefined);
  });

  it('is what the analysis says, but for bits, and rows, that the host decides', () => {
    const host = { eax: 0xffff_ffff, ebx: 0xffff_ffff, ecx: 0xffff_ffff, edx: 0xffff_ffff };
    expect(compareTables(rows, [{ ...rows[0]!, ebx: 0x6000, host: { ebx: 0xfff } }, rows[1]!, { ...row(4, 0, 0), host }]).differences).to.deep.equal([]);
    expect(compareTables(rows, [rows[0]!, row(4, 0, 9)]).differences.map(({ register, said, other }) => [register, said, other])).to.deep.equal([
      ['00000001/0 eax', '00000663', undefined], ['00000001/0 ebx', '00000800', undefined], ['00000001/0 ecx', '00000001', undefined], ['00000001/0 edx', '00000002', undefined],
      ['00000004/0 eax', undefined, '00000009'], ['00000004/0 ebx', undefined, '00000000'], ['00000004/0 ecx', undefined, '00000000'], ['00000004/0 edx', undefined, '00000000'],
    ]);
  });
});

describe('a guest in a QEMU', () => {
  it('answers from the CPU that was asked for', async () => {
    const guest = await readGuestCpuid({ qemu: fakeQemu(), accel: 'tcg', machine: 'pc-1', cpu: 'New' }, noKernel);
    expect(guest.answer(1, 0)).to.deep.include({ eax: 13, edx: 0x1000_0000 });
  });

  it('fails with QEMU\'s reason', async () => {
    const refused = await failure(readGuestCpuid({ qemu: fakeQemu(), accel: 'tcg', machine: 'pc-1', cpu: 'Nope' }, noKernel));
    expect(refused.message).to.match(/ended with exit code 1: .*unable to find CPU model 'Nope'/);
    const stuck = await failure(readGuestCpuid({ qemu: fakeQemu('stuck'), accel: 'tcg', machine: 'pc-1' }, noKernel));
    expect(stuck.message).to.match(/in the middle of the guest/);
  });

  it('is assembled for the time that it is needed', async function () {
    const kernel = await assembled(this);
    await access(kernel.kernel).then(() => { throw new Error('still there'); }, () => undefined);
  });
});

/** The paths of an assembled guest, or skips the test. */
async function assembled(test: Mocha.Context): Promise<GuestKernel> {
  try {
    return await withGuestKernel(async (kernel) => {
      expect((await readFile(kernel.firmware)).length).to.equal(0x10000);
      return kernel;
    });
  } catch (error) {
    if (!(error instanceof NoGuestError)) throw error;
    console.log(`      skipped: ${error.message}`);
    return test.skip();
  }
}

describe('a guest in the installed QEMU', function () {
  const qemu = [process.env['QEMU'] ?? 'qemu-system-x86_64'];
  this.timeout(60_000);
  before(async function () {
    try {
      execFileSync(qemu[0]!, ['--version'], { stdio: 'ignore' });
    } catch {
      console.log(`      skipped: ${qemu[0]} is not here (set QEMU)`);
      this.skip();
    }
    await assembled(this);
  });

  it('reads the same started by the machine type\'s firmware and as the firmware', async () => {
    await withGuestKernel(async (kernel) => {
      for (const machine of ['pc', 'q35', 'isapc']) {
        const vm = { qemu, accel: 'tcg', machine, cpu: 'Haswell' };
        const [booted, direct] = [await readGuestCpuid(vm, kernel, 'kernel'), await readGuestCpuid(vm, kernel)];
        expect(booted.rows.length, machine).to.be.greaterThan(30);
        expect(direct.rows, machine).to.deep.equal(booted.rows);
      }
    });
  });

  it('reads the signature and vendor of the model', async () => {
    const guest = await withGuestKernel((kernel) => readGuestCpuid({ qemu, accel: 'tcg', machine: 'pc', cpu: 'EPYC' }, kernel));
    const { ebx, ecx, edx } = guest.answer(0, 0)!;
    const words = Buffer.alloc(12);
    [ebx, edx, ecx].forEach((word, i) => words.writeUInt32LE(word, 4 * i));
    expect(words.toString('latin1')).to.equal('AuthenticAMD');
    expect(guest.answer(1, 0)?.eax).to.equal(0x0080_0f12);
    expect(guest.answer(0x8000_001d, 3)?.eax).to.equal(0x163);
  });

  it('reads the same under kvm, but for what the host decides', async function () {
    const closed = await whyNotAccel(qemu, 'kvm');
    if (closed !== undefined) {
      console.log(`      skipped: ${closed}`);
      this.skip();
    }
    const guest = await withGuestKernel((kernel) => readGuestCpuid({ qemu, accel: 'kvm', machine: 'pc', cpu: 'Nehalem' }, kernel));
    expect(guest.answer(1, 0)?.eax).to.equal(0x0001_06a3);
    expect(guest.answer(0x4000_0000, 0)).to.include({ ebx: 0x4b4d_564b });
    // what QEMU told the kernel
    expect(guest.given?.find(({ leaf }) => leaf === 1)?.eax).to.equal(0x0001_06a3);
    expect(guest.given?.find(({ leaf }) => leaf === 0x4000_0000)).to.include({ ebx: 0x4b4d_564b });
  });
});
