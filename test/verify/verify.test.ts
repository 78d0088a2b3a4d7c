import { expect } from 'chai';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { record } from '../../analyzer/verify/record.js';
import { readRecording, type Recording } from '../../analyzer/verify/recording.js';
import { reportJson, reportText } from '../../analyzer/verify/report.js';
import { across, roundTrip } from '../../analyzer/verify/roundtrip.js';
import { NoGuestError } from '../../analyzer/verify/guest-kernel.js';
import type { CpuidLeaf, QmpValue, ResolvedCpu } from '../../analyzer/x86/api.js';
import { Told } from '../../analyzer/verify/told.js';
import { verify, verifyRecording, type Report } from '../../analyzer/verify/verify.js';
import { toJson } from '../../analyzer/render/json.js';
import { analysisOf } from './fake-analysis.js';
import { fakeQemu } from './fake.js';

function config(properties: Record<string, string>): string {
  return Object.entries(properties).map(([property, value]) => `[global]\ndriver = "base-x86_64-cpu"\nproperty = "${property}"\nvalue = "${value}"\n`).join('\n');
}

const noKernel = { kernel: '/dev/null', firmware: '/dev/null' };

const newConfig = config({ level: '13', avx: 'on', vendor: 'HostHostHost' });

describe('round trip', () => {
  const pair = { machine: 'pc-1', model: 'New' };

  it('compares every property but the type', async () => {
    const result = await roundTrip({ qemu: fakeQemu(), accel: 'tcg', pairs: [pair], configFor: () => ({ cpu: 'base', text: newConfig }) });
    expect(result).to.include({ passed: 1, failed: 0, values: 4 });
    expect(result.leftOut).to.deep.equal([{ property: 'type', reason: 'the CPUs are of different types', pairs: 1 }]);
  });

  it('shows what the configuration got wrong', async () => {
    const result = await roundTrip({ qemu: fakeQemu(), accel: 'tcg', pairs: [pair], configFor: () => ({ cpu: 'base', text: config({ level: '12', avx: 'on' }), notSet: ['vendor'] }) });
    expect(result.differences.list).to.deep.equal([{ subject: 'round trip', ...pair, property: 'level', qemu: 13, analysis: 12 }]);
    expect(result.leftOut.map((entry) => entry.property)).to.deep.equal(['type', 'vendor']);
  });

  it('shows that QEMU refuses the configuration', async () => {
    const result = await roundTrip({ qemu: fakeQemu(), accel: 'tcg', pairs: [pair], configFor: () => ({ cpu: 'base', text: config({ nope: '1' }) }) });
    expect(result).to.include({ passed: 0, failed: 1 });
    expect(String(result.differences.list[0]!.analysis)).to.contain("can't apply global base-x86_64-cpu.nope=1");
  });

  it('completes what the host decides', async () => {
    const result = await roundTrip({
      qemu: fakeQemu(), accel: 'kvm', pairs: [pair], hostDependent: () => ['vendor'],
      configFor: () => ({ cpu: 'base', text: config({ level: '13', avx: 'on' }) }),
    });
    expect(result).to.include({ passed: 1, failed: 0 });
  });

  it('names what only the named type has, and what cannot be compared', async () => {
    const pairs = [{ machine: 'pc-1', model: 'Old' }, { machine: 'pc-1', model: 'Nope' }, { machine: 'none', model: 'Old' }, { machine: 'pc-2', model: 'New' }];
    const result = await roundTrip({
      qemu: fakeQemu(), accel: 'tcg', pairs,
      configFor: (machine) => (machine === 'pc-2' ? undefined : { cpu: 'base', text: config({ level: '4', vendor: 'HostHostHost' }) }),
    });
    expect(result).to.include({ passed: 1, failed: 0 });
    expect(result.leftOut.map((entry) => entry.property)).to.deep.equal(['migratable', 'type']);
    expect(result.notCompared.map(({ machine, model }) => `${machine} ${model}`)).to.deep.equal(['pc-1 Nope', 'none Old', 'pc-2 New']);
    expect(result.notCompared[0]!.reason).to.contain('unable to find CPU model');
    expect(result.notCompared[1]!.reason).to.equal('this machine type starts without a CPU');
  }).timeout(10_000);

  it('compares what a guest reads', async () => {
    const result = await roundTrip({ qemu: fakeQemu(), accel: 'tcg', pairs: [pair], guest: noKernel, configFor: () => ({ cpu: 'base', text: newConfig }) });
    expect(result).to.include({ passed: 1, failed: 0, values: 24 });
    const caches = await roundTrip({ qemu: fakeQemu('caches'), accel: 'tcg', pairs: [pair], guest: noKernel, configFor: () => ({ cpu: 'base', text: newConfig }) });
    expect(caches.differences.list).to.deep.equal([{ subject: 'round trip', ...pair, property: 'CPUID 00000001/0 ebx', qemu: '00000900', analysis: '00000800' }]);
    expect([...caches.models]).to.deep.equal([['New', { passed: 0, failed: 1 }]]);
  });

  it('tells where the guest does not come to its end', async () => {
    const result = await roundTrip({ qemu: fakeQemu('stuck'), accel: 'tcg', pairs: [pair], guest: noKernel, configFor: () => ({ cpu: 'base', text: newConfig }) });
    expect(result.notCompared).to.deep.equal([{ ...pair, reason: 'the guest did not come to its end' }]);
  });

  it('carries a configuration to other machine types', async () => {
    const trials = [{ ...pair, on: ['pc-1', 'pc-2'] }];
    const options = { qemu: fakeQemu('drift'), accel: 'tcg', trials, guest: noKernel };
    expect(await across({ ...options, configFor: () => ({ cpu: 'base', text: newConfig }) })).to.include({ passed: 2, failed: 0 });
    // a property that the configuration leaves out is the machine type's
    const result = await across({ ...options, configFor: () => ({ cpu: 'base', text: config({ level: '13', avx: 'on' }) }), hostDependent: () => [] });
    expect(result.differences.list.map(({ machine, property, analysis }) => [machine, property, analysis])).to.deep.equal([['pc-1', 'vendor', ''], ['pc-1 on pc-2', 'vendor', 'OfMachine']]);
  });

  it('compares the properties where a machine type takes no guest', async () => {
    const result = await across({ qemu: fakeQemu('busless'), accel: 'tcg', trials: [{ ...pair, on: ['pc-2'] }], guest: noKernel, configFor: () => ({ cpu: 'base', text: newConfig }) });
    expect(result).to.include({ passed: 1, failed: 0, values: 4 });
    expect(result.leftOut.find(({ property }) => property === 'CPUID')?.reason).to.contain("takes no guest: ").and.to.contain("No 'ISA' bus found");
  });

  it('leaves no files behind', async () => {
    // a place of its own: other runs may come and go in the common one
    const place = await mkdtemp(join(tmpdir(), 'verify-test-'));
    const { TMPDIR } = process.env;
    process.env['TMPDIR'] = place;
    try {
      await roundTrip({ qemu: fakeQemu(), accel: 'tcg', pairs: [pair], configFor: () => ({ cpu: 'base', text: newConfig }) });
      expect(await readdir(place)).to.deep.equal([]);
    } finally {
      if (TMPDIR === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = TMPDIR;
      await rm(place, { recursive: true });
    }
  });
});

describe('verify', () => {
  let tcg: Recording;
  let directory: string;
  before(async function () {
    this.timeout(10_000);
    tcg = await record(fakeQemu(), 'tcg', { stage: 'expanded' });
    directory = await mkdtemp(join(tmpdir(), 'verify-test-'));
  });
  after(() => rm(directory, { recursive: true }));

  it('holds analyses against a binary, and records', async () => {
    const progress: string[] = [];
    const report = await verify({
      qemu: fakeQemu(), analyses: [analysisOf(tcg), analysisOf({ ...tcg, accel: 'absent' })], all: true,
      configFor: (_machine, model) => (model === 'New' ? { cpu: 'base', text: newConfig } : undefined),
      record: join(directory, 'said-%a.json.gz'), progress: (text) => progress.push(text),
    });
    // Version, 4 machine types, 6 models, 4 lists of compat properties, 6 CPUs, 1 round trip: the other machine type has the same CPUs.
    expect(report).to.include({ passed: 22, failed: 0, skipped: 1 });
    expect(report.differences).to.deep.equal([]);
    expect(reportText(report)).to.match(/^tcg: QEMU 9\.8\.7 \(fake\)/)
      .and.match(/CPUs \(expanded\):\s+6 of 6 pairs equal/)
      .and.match(/round trip:\s+1 of 1 pairs equal/)
      .and.match(/absent: skipped, it does not open here: .*invalid accelerator absent/)
      .and.match(/\n22 passed, 0 failed, 1 skipped$/);
    expect((await readRecording(join(directory, 'said-tcg.json.gz'))).pairs).to.deep.equal(tcg.pairs);
    expect(progress.some((line) => /^round trip {2}\d of 3/.test(line))).to.equal(true);
  }).timeout(20_000);

  it('does the parts that were asked for, on the pairs that were asked for', async function () {
    const progress: string[] = [];
    const report = await verify({
      qemu: fakeQemu('caches'), analyses: [analysisOf(tcg)], parts: ['roundtrip', 'across'], select: (_machine, model) => model === 'New',
      configFor: () => ({ cpu: 'base', text: newConfig }), progress: (text) => progress.push(text),
    });
    expect(report.accels[0]!.comparisons.map(({ name }) => name)).to.deep.equal(['version', 'round trip', 'across machine types']);
    expect(progress.join('\n')).not.to.contain('asking QEMU');
    if (report.accels[0]!.notes.length > 0) this.skip(); // no binutils here
    expect(reportText(report)).to.match(/round trip: +0 of 2 pairs equal/).and.contain('DIFFERENT across machine types CPUID 00000001/0 ebx: 2 differences').and.contain('New: 2 of 2 differ');
  }).timeout(20_000);

  it('holds guests against the CPUID that the analysis has', async function () {
    const rows = (level: number): readonly CpuidLeaf[] => [
      { leaf: 0, subleaf: 0, eax: 1, ebx: 0x6b6146, ecx: 0, edx: 0 }, { leaf: 1, subleaf: 0, eax: level, ebx: 0x800, ecx: 0, edx: level === 13 ? 0x1000_0000 : 0 },
      { leaf: 0x4000_0000, subleaf: 0, eax: 0x4000_0001, ebx: 0, ecx: 0, edx: 0 }, { leaf: 0x4000_0001, subleaf: 0, eax: 0, ebx: 0, ecx: 0, edx: 0 },
    ];
    const analysis = Object.assign(analysisOf(tcg), { cpuid: (_machine: string, model: string) => rows({ Old: 5, New: 13 }[model] ?? 0) });
    let report: Report;
    try {
      report = await verify({ qemu: fakeQemu(), analyses: [analysis], parts: ['guest'], all: true });
    } catch (error) {
      if (!(error instanceof NoGuestError)) throw error;
      console.log(`      skipped: ${error.message}`);
      return this.skip();
    }
    const text = reportText(report);
    expect(text).to.match(/guests \(CPUID\): +2 of 3 pairs equal/);
    expect(text).to.contain('DIFFERENT guest 00000001/0 eax: 1 difference (1 machine type, 1 model)\n        1 x QEMU 00000004, here 00000005, e.g. pc-2 Old');
    // once more where QEMU tells of the host that it runs on
    const replies: string[] = [];
    const describe_ = (accel: string, reply: string): Promise<typeof analysis> => {
      replies.push(accel, ...reply.split('\n').map((line) => String((JSON.parse(line) as { return: { model: { props: { migratable: boolean } } } }).return.model.props.migratable)));
      return Promise.resolve(Object.assign(analysisOf(tcg), { cpuid: (_machine: string, model: string) => rows({ Old: 4, New: 13 }[model] ?? 0) }));
    };
    const both = await verify({ qemu: fakeQemu('hosted'), analyses: [analysis], parts: ['guest'], all: true, describe: describe_ });
    expect(both.accels[0]!.comparisons.map(({ name, passed, failed }) => [name, passed, failed])).to.deep.equal([['version', 1, 0], ['guests (CPUID)', 2, 1], ['guests on this host', 3, 0]]);
    expect(replies).to.deep.equal(['tcg', 'true', 'false']);
  }).timeout(20_000);

  it('reports differences by cause', () => {
    const report = verifyRecording(tcg, analysisOf(tcg, { cpu: (_machine, _model, state) => ({ ...state, level: 99 }) }));
    expect(report).to.include({ failed: 6 });
    expect(report.groups.map(({ accel, property, count }) => [accel, property, count])).to.deep.equal([['tcg', 'level', 6]]);
    const text = reportText(report);
    expect(text).to.contain('DIFFERENT property level: 6 differences (2 machine types, 3 models)');
    expect(text).to.contain('2 x QEMU 13, here 99, e.g. pc-1 New');
    expect(text).to.match(/\d+ passed, 6 failed$/);
  });

  it('reports as JSON with exact integers', () => {
    const report = verifyRecording(tcg, analysisOf(tcg, { cpu: (_machine, _model, state) => ({ ...state, lbr: 1 }) }));
    const json = toJson(reportJson(report));
    expect(json).to.contain('"qemu": 18446744073709551552');
    expect(() => JSON.parse(json) as unknown).not.to.throw();
  });

  it('asks a QEMU from before model expansion for its realized CPUs', async () => {
    const realized = await record(fakeQemu('ancient'), 'tcg', { stage: 'realized' });
    const report = await verify({ qemu: fakeQemu('ancient'), analyses: [analysisOf(realized)] });
    expect(report).to.include({ failed: 0 });
    expect(reportText(report)).to.match(/CPUs \(realized\):\s+6 of 6 pairs equal/);
  }).timeout(20_000);
});

describe('a machine type that decides a property itself', () => {
  const pair = { machine: 'pc-1', model: 'New' };
  const cpu = (vendor: string): ResolvedCpu => ({ id: vendor, typename: 'base-x86_64-cpu', properties: new Map<string, QmpValue>([['level', 13], ['avx', true], ['vendor', vendor]]), hostDependent: [] });
  const run = (told: Told | undefined) => across({
    qemu: fakeQemu('drift'), accel: 'tcg', trials: [{ ...pair, on: ['pc-2'] }], tell: () => told,
    // nothing of the kind: the machine type's own value shows
    configFor: () => ({ cpu: 'base', text: config({ level: '13', avx: 'on' }) }),
  });

  it('is no difference where the analysis tells it', async () => {
    const result = await run(new Told(cpu('HostHostHost'), cpu('OfMachine'), ['level', 'vendor']));
    expect(result).to.include({ passed: 1, failed: 0 });
    expect(result.leftOut).to.deep.include({ property: 'vendor', reason: 'the machine type itself decides vendor, as the analysis tells', pairs: 1 });
  });

  it('is one where the analysis tells something else, or where the configuration does not set it', async () => {
    for (const told of [undefined, new Told(cpu('HostHostHost'), cpu('Another'), ['vendor']), new Told(cpu('OfMachine'), cpu('OfMachine'), ['vendor']), new Told(cpu('HostHostHost'), cpu('OfMachine'), ['level'])]) {
      expect((await run(told)).differences.list.map(({ property }) => property)).to.deep.equal(['vendor']);
    }
  });
});
