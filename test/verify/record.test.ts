import { expect } from 'chai';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whyNotAccel } from '../../analyzer/verify/qemu.js';
import { NoExpansionError, record } from '../../analyzer/verify/record.js';
import { readRecording, RecordingError, writeRecording } from '../../analyzer/verify/recording.js';
import { failure, fakeQemu } from './fake.js';

describe('recording', () => {
  it('asks for every model of every machine type', async () => {
    const steps: string[] = [];
    const recording = await record(fakeQemu(), 'kvm', { stage: 'expanded' }, (done, total, what) => steps.push(`${done}/${total} ${what}`));
    expect(recording.version).to.deep.equal({ qemu: { major: 9, minor: 8, micro: 7 }, package: 'fake' });
    expect(recording.accel).to.equal('kvm');
    expect(recording.stage).to.equal('expanded');
    expect(recording.machines.map((machine) => machine['name'])).to.deep.equal(['none', 'pc-1', 'pc-2', 'xenlike']);
    expect(Object.keys(recording.pairs)).to.deep.equal(['pc-1', 'pc-2', 'xenlike']);
    expect(Object.keys(recording.pairs['pc-1']!)).to.deep.equal(['New', 'Old', 'base']);
    // Equal CPUs share a state.
    expect(recording.pairs['pc-1']!['New']).to.equal(recording.pairs['pc-2']!['New']);
    expect(Object.keys(recording.states)).to.have.length(3);
    expect(recording.states[recording.pairs['pc-1']!['New']!]).to.deep.equal({ level: 13, avx: true, vendor: 'HostHostHost', lbr: 18446744073709551552n });
    // What depends on the host is not kept.
    expect(recording.definitions['pc-1']!['base']).to.deep.equal({ typename: 'base-x86_64-cpu', static: true });
    expect(recording.errors['xenlike']!['*']).to.contain('xen emulation not available');
    expect(steps).to.have.length(3);
    expect(steps[2]).to.match(/^3\/3 /);
  });

  it('asks an old QEMU as it can be asked', async () => {
    const recording = await record(fakeQemu('old'), 'tcg', { stage: 'expanded' });
    expect(recording.machines[1]).to.deep.equal({ name: 'pc-1', 'cpu-max': 4 });
  });

  it('limits itself to some machine types and models', async () => {
    const recording = await record(fakeQemu(), 'tcg', { stage: 'expanded', machines: ['pc-2'], models: ['Old'] });
    expect(Object.keys(recording.pairs)).to.deep.equal(['pc-2']);
    expect(Object.keys(recording.pairs['pc-2']!)).to.deep.equal(['Old']);
    expect((await failure(record(fakeQemu(), 'tcg', { stage: 'expanded', machines: ['pc-3'] }))).message).to.contain("no machine type 'pc-3'");
  });

  it('goes on after a model that QEMU refuses or dies of', async () => {
    const refused = await record(fakeQemu('refuse'), 'tcg', { stage: 'expanded', machines: ['pc-1'] });
    expect(refused.errors['pc-1']).to.deep.equal({ New: 'New is not for this machine' });
    const crashed = await record(fakeQemu('crash'), 'tcg', { stage: 'expanded', machines: ['pc-1'] });
    expect(crashed.errors['pc-1']!['New']).to.contain('assertion failed');
    expect(Object.keys(crashed.pairs['pc-1']!)).to.deep.equal(['Old', 'base']);
  });

  it('says so if QEMU cannot expand models', async () => {
    expect(await failure(record(fakeQemu('ancient'), 'tcg', { stage: 'expanded' }))).to.be.instanceOf(NoExpansionError);
  });

  for (const behaviour of ['normal', 'old']) {
    it(`reads the realized CPU of every pair (${behaviour})`, async () => {
      const recording = await record(fakeQemu(behaviour), 'tcg', { stage: 'realized', models: ['Old', 'Missing'] });
      expect(recording.states[recording.pairs['pc-1']!['Old']!]).to.deep.equal({ type: 'Old-x86_64-cpu', level: 4, avx: false, vendor: 'HostHostHost', migratable: true, filler: 1 });
      expect(recording.errors['pc-1']!['Missing']).to.contain("unable to find CPU model 'Missing'");
      expect(recording.unreadable).to.deep.equal({ broken: 'No crash occurred' });
    }).timeout(10_000);
  }

  it('tells why an accelerator does not open', async () => {
    expect(await whyNotAccel(fakeQemu(), 'absent')).to.contain('invalid accelerator absent');
    expect(await whyNotAccel(fakeQemu(), 'tcg')).to.equal(undefined);
  });

  describe('files', () => {
    let directory: string;
    before(async () => { directory = await mkdtemp(join(tmpdir(), 'recording-test-')); });
    after(() => rm(directory, { recursive: true }));

    it('read back what was written, exactly', async () => {
      const recording = await record(fakeQemu(), 'kvm', { stage: 'expanded' });
      await writeRecording(join(directory, 'a.json.gz'), recording);
      expect(await readRecording(join(directory, 'a.json.gz'))).to.deep.equal(recording);
      expect(await readdir(directory)).to.deep.equal(['a.json.gz']);
    });

    it('that are not recordings are refused in one line', async () => {
      await writeFile(join(directory, 'text'), 'hello');
      await writeFile(join(directory, 'other'), '{"version":1}');
      for (const file of ['text', 'other', 'absent']) {
        const error = await failure(readRecording(join(directory, file)));
        expect(error).to.be.instanceOf(RecordingError);
        expect(error.message).to.contain(join(directory, file)).and.not.contain('\n');
      }
    });
  });
});
