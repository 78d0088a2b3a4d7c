import { expect } from 'chai';
import type { RecordingHead } from '../../analyzer/verify/recording.js';
import { SourceError } from '../../analyzer/source/tree.js';
import { MemoryTree } from '../../analyzer/source/memory-tree.js';
import { command } from './fake.js';

const tree = new MemoryTree(new Map(Object.entries({ 'VERSION': '9.8.7\n', 'target/i386/cpu.c': '' }).map(([path, text]) => [path, { data: Buffer.from(text) }])), 'a tree');
const version = { qemu: { major: 9, minor: 8, micro: 7 }, package: '' };
const head = (accel: string, target: string, stage: 'expanded' | 'realized'): RecordingHead => ({ name: `${accel}-${target}-${stage}`, file: `${accel}-${target}-${stage}.json.gz`, version, accel, stage, target });

describe('conformance command', () => {
  const run = (args: readonly string[], recordings: readonly RecordingHead[], said: { file: string | undefined; stage: string }[] = []) => command(['conformance', 'some.tar', ...args], {}, {
    open: async () => tree,
    recordings: async () => recordings,
    recordingsOf: async (all) => all,
    conformance: async (file, _analysis, stage) => {
      said.push({ file, stage });
      return { machines: 2, pairs: 8, exact: file === undefined ? undefined : 8, lists: undefined, refused: 0, diagnostics: 0, differences: [] };
    },
  });

  it('analyses once for each accelerator and target that there is a recording of, or else for each accelerator', async () => {
    const said: { file: string | undefined; stage: string }[] = [];
    const outcome = await run([], [head('kvm', 'x86_64', 'expanded'), head('kvm', 'x86_64', 'realized'), head('tcg', 'i386', 'expanded')], said);
    expect([outcome.code, outcome.err]).to.deep.equal([0, '']);
    expect(said).to.deep.equal([
      { file: 'kvm-x86_64-expanded.json.gz', stage: 'expanded' }, { file: 'kvm-x86_64-realized.json.gz', stage: 'realized' },
      { file: undefined, stage: 'expanded' }, { file: undefined, stage: 'expanded' }, { file: 'tcg-i386-expanded.json.gz', stage: 'expanded' },
    ]);
    expect(outcome.analysed.map(({ accel, target }) => `${accel} ${target}`)).to.deep.equal(['kvm x86_64', 'tcg x86_64', 'kvm i386', 'tcg i386']);
    expect(outcome.out).to.match(/^5 passed, 0 failed$/m);
  });

  it('takes accelerators, targets, a stage, and only what is recorded', async () => {
    const outcome = await run(['--accel', 'kvm', '--target', 'x86_64', '--stage', 'realized', '--only', '--json'], [head('kvm', 'x86_64', 'expanded'), head('kvm', 'x86_64', 'realized')]);
    expect(JSON.parse(outcome.out)).to.deep.equal([{
      release: '9.8.7', source: 'some.tar', target: 'x86_64', accel: 'kvm', stage: 'realized', recording: 'kvm-x86_64-realized',
      seconds: (JSON.parse(outcome.out) as { seconds: number }[])[0]!.seconds, passed: true, machines: 2, pairs: 8, exact: 8, refused: 0, diagnostics: 0, differences: [],
    }]);
    expect(await run(['--only'], [])).to.include({ code: 2, err: 'qemu-cpu-custom: there is nothing to compare: no tree has a recording\n' });
  });

  it('holds what is recorded of CPUID against the analysis, and against one that knows the host', async () => {
    const host = { return: { model: { name: 'host', props: { fpu: true } } } };
    const hosts: (string | undefined)[] = [];
    const outcome = await command(['conformance', 'some.tar', '--only', '--accel', 'kvm', 'tcg'], {}, {
      open: async () => tree,
      recordingsOf: async (all) => all,
      cpuidRecordings: async () => [{ version, accel: 'kvm', given: {}, said: [host] }, { version, accel: 'tcg', cpuid: {} }],
      cpuidConformance: async (_recording, analysis) => {
        hosts.push(analysis.accel);
        return { machines: 2, pairs: 8, exact: hosts.length === 2 ? 7 : 8, lists: undefined, refused: 0, diagnostics: 0, differences: ['1 x CPUID 1/0 eax'] };
      },
    });
    expect(hosts).to.deep.equal(['kvm', 'kvm', 'tcg']);
    expect(outcome.analysed.map(({ accel, host: described }) => [accel, described?.kind])).to.deep.equal([['kvm', undefined], ['kvm', 'QMP reply'], ['tcg', undefined]]);
    expect(outcome.code).to.equal(1);
    expect(outcome.out).to.match(/kvm +│? *cpuid, host/).and.contain('1 x CPUID 1/0 eax').and.match(/^2 passed, 1 failed$/m);
  });

  it('holds what the tests in the tree expect against the analysis for tcg, unless only recordings are asked for', async () => {
    const asked: string[] = [];
    const held = (...args: readonly string[]) => command(['conformance', 'some.tar', ...args], {}, {
      open: async () => tree,
      conformance: async () => ({ machines: 2, pairs: 8, exact: undefined, lists: undefined, refused: 0, diagnostics: 0, differences: [] }),
      testConformance: async (_tree, { accel }) => {
        asked.push(accel);
        return { machines: 2, pairs: 5, exact: 4, lists: undefined, refused: 0, diagnostics: 0, differences: ['tests/a.c:7: level (486): level is 1, not 2'] };
      },
    });
    const { code, out } = await held();
    expect(code).to.equal(1);
    expect(out).to.match(/tcg +│? *QEMU's tests/).and.contain('tests/a.c:7: level (486): level is 1, not 2').and.match(/^2 passed, 1 failed$/m);
    expect((await held('--accel', 'kvm')).code).to.equal(0);
    expect((await held('--stage', 'expanded')).code).to.equal(0);
    expect(asked).to.deep.equal(['tcg']);
  });

  it('a tree that cannot be read, or an accelerator that cannot be analysed, is a row that failed', async () => {
    const unread = await command(['conformance', 'some.tar'], {}, { open: async () => { throw new SourceError('some.tar is damaged'); } });
    expect(unread.code).to.equal(1);
    expect(unread.out).to.contain('some.tar is damaged').and.match(/^0 passed, 1 failed$/m);
    const unknown = await command(['conformance', 'some.tar', '--accel', 'kvm'], {}, { open: async () => tree, analyse: async () => { throw new Error('no kvm here'); } });
    expect(unknown.code).to.equal(1);
    expect(unknown.out).to.contain('no kvm here');
  });
});
