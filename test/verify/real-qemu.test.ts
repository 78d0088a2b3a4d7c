import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import type { QmpValue } from '../../analyzer/x86/api.js';
import { readRealizedCpu, whyNotAccel } from '../../analyzer/verify/qemu.js';
import { record } from '../../analyzer/verify/record.js';
import { roundTrip } from '../../analyzer/verify/roundtrip.js';

const qemu = [process.env['QEMU'] ?? 'qemu-system-x86_64'];

function runs(): boolean {
  try {
    execFileSync(qemu[0]!, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** What QEMU prints but does not take, or what is not CPU data. */
const notSettable = new Set(['realized', 'memory', 'hv-vendor-id', 'lbr-fmt', 'lbr_fmt']);

function config(state: Readonly<Record<string, QmpValue>>): string {
  return Object.entries(state).filter(([property]) => !notSettable.has(property)).map(([property, value]) =>
    `[global]\ndriver = "base-x86_64-cpu"\nproperty = "${property}"\nvalue = "${value === true ? 'on' : value === false ? 'off' : String(value)}"\n`).join('\n');
}

describe('the installed QEMU', function () {
  this.timeout(120_000);
  before(function () {
    if (!runs()) {
      console.log(`      skipped: ${qemu[0]} is not here (set QEMU)`);
      this.skip();
    }
  });

  it('tells that an accelerator does not exist', async () => {
    expect(await whyNotAccel(qemu, 'no-such-accelerator')).to.match(/no-such-accelerator/);
    expect(await whyNotAccel(qemu, 'tcg')).to.equal(undefined);
  });

  for (const accel of ['tcg', 'kvm']) {
    it(`expands a model, and takes it back from a configuration (${accel})`, async function () {
      const closed = await whyNotAccel(qemu, accel);
      if (closed !== undefined) {
        console.log(`      skipped: ${closed}`);
        this.skip();
      }
      const recording = await record(qemu, accel, { stage: 'expanded', machines: ['isapc'], models: ['qemu64', 'base', 'Nehalem'] });
      expect(recording.errors).to.deep.equal({});
      const state = (model: string): Readonly<Record<string, QmpValue>> => recording.states[recording.pairs['isapc']![model]!]!;
      expect(state('Nehalem')).to.include({ 'sse4.2': true, lm: true });
      expect(state('base')).to.include({ lm: false });
      const result = await roundTrip({
        qemu, accel, pairs: ['qemu64', 'Nehalem'].map((model) => ({ machine: 'isapc', model })),
        configFor: (_machine, model) => ({ cpu: 'base', text: config(state(model)) }),
      });
      expect(result.differences.list).to.deep.equal([]);
      expect(result.passed).to.equal(2);
    });
  }

  it('has a realized CPU of the type asked for', async () => {
    const cpu = await readRealizedCpu({ qemu, accel: 'tcg', machine: 'pc', cpu: 'qemu64' });
    expect(cpu?.properties).to.include({ type: 'qemu64-x86_64-cpu', realized: true });
  });
});
