import { expect } from 'chai';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SourceError } from '../../analyzer/source/tree.js';
import type { Engine } from '../../analyzer/cli/engine.js';
import { analysisOf } from '../render/recording.js';
import { small } from '../render/small.js';
import { command } from './fake.js';
import { CannotResolveError, type Analysis, type Stage } from '../../analyzer/x86/api.js';

describe('commands', () => {
  describe('list', () => {
    it('lists machine types, models and properties, for people and as JSON', async () => {
      expect((await command(['list', 'machines'])).out).to.include('3 machine types');
      expect((await command(['list', 'models'])).out).to.include('5 models on board-1.10');
      expect((await command(['list', 'models', '--machine', 'board-1.9', '--json'])).out).to.match(/^\[\n  \{"name":"Zeta",/);
      expect((await command(['list', 'features', '--model', 'Zeta'])).out).to.include('quick wide');
      expect(JSON.parse((await command(['list', 'properties', '--json'])).out)).to.have.length(7);
    });

    it('refuses options that mean nothing for the subject', async () => {
      expect(await command(['list', 'machines', '--machine', 'board'])).to.include({ code: 2, err: 'qemu-cpu-custom: list machines takes no --machine\n' });
    });
  });

  describe('a machine type that QEMU would not start', () => {
    const refusing = (refuse: string) => ({
      analyse: async () => {
        const analysis = analysisOf(small);
        const check = (machine: string): void => { if (machine === refuse) throw new CannotResolveError(`${machine} does not start: no hypervisor`); };
        return Object.assign(Object.create(analysis) as Analysis, {
          models: (machine: string) => { check(machine); return analysis.models(machine); },
          resolve: (machine: string, model: string, stage: Stage) => { check(machine); return analysis.resolve(machine, model, stage); },
        });
      },
    });

    it('is one line among several, and all others are there', async () => {
      const { code, out } = await command(['matrix'], {}, refusing('board-1.9'));
      expect(code).to.equal(0);
      expect(out).to.match(/^refused: every model on board-1\.9: board-1\.9 does not start: no hypervisor$/m).and.match(/^Zeta +1 +1$/m);
    });

    it('is an error where it was asked for alone', async () => {
      expect(await command(['matrix', '-m', 'board-1.9'], {}, refusing('board-1.9'))).to.include({ code: 2, err: 'qemu-cpu-custom: board-1.9 does not start: no hypervisor\n' });
    });
  });

  describe('show', () => {
    it('shows a CPU by the alias of its machine type', async () => {
      const { code, out, err } = await command(['show', 'board', 'Zeta']);
      expect([code, err]).to.deep.equal([0, '']);
      expect(out).to.match(/^Zeta on board-1\.10\n/);
    });

    it('suggests where a name does not exist', async () => {
      expect(await command(['show', 'boarb', 'Zeta'])).to.include({ code: 2, err: "qemu-cpu-custom: there is no machine type 'boarb' (did you mean board, board-1.9, board-1.10?)\n" });
      expect(await command(['show', 'board', 'Zetta'])).to.include({ code: 2, err: "qemu-cpu-custom: there is no CPU model 'Zetta' (did you mean Zeta, Zeta-v1?)\n" });
      expect(await command(['show', 'board', 'Zeta', '--explain', 'notable'])).to.include({ code: 2, err: "qemu-cpu-custom: there is no property 'notable'\n" });
      expect((await command(['show', 'board', 'Zeta', '--explain', 'quikc'])).err).to.include('did you mean quick?');
    });

    it("passes QEMU's own refusal on", async () => {
      expect(await command(['show', 'board', 'quirky'])).to.include({ code: 2, err: 'qemu-cpu-custom: quirky needs a host\n' });
    });

    it('explains a property', async () => {
      const history = [{ value: true, at: { file: 'cpu.c', line: 10 }, data: [], stack: ['init'], what: 'model table' }];
      expect((await command(['show', 'board', 'Zeta', '--explain', 'quick'], { history })).out).to.include('1  on  model table');
    });
  });

  describe('matrix', () => {
    it('takes patterns, names and aliases', async () => {
      const { out } = await command(['matrix', '--json', '--machine', 'board-1.?', '--model', 'Z*', 'bare']);
      expect((JSON.parse(out) as { pairs: Record<string, object> }).pairs).to.have.all.keys('board-1.9');
      expect(Object.keys((JSON.parse(out) as { pairs: Record<string, object> }).pairs['board-1.9']!)).to.deep.equal(['Zeta', 'Zeta-v1', 'bare']);
      expect((await command(['matrix', '-m', 'board'])).out).to.include('1 machine type x 4 models');
    });

    it('refuses patterns that select nothing', async () => {
      expect(await command(['matrix', '-m', 'x*'])).to.include({ code: 2, err: "qemu-cpu-custom: no machine type matches 'x*'\n" });
      expect(await command(['matrix', '-M', 'x*'])).to.include({ code: 2, err: "qemu-cpu-custom: no model matches 'x*'\n" });
      expect((await command(['matrix', '-M', 'Zetta'])).err).to.include('did you mean Zeta');
    });

    it('hands the accelerator and the switches to the analysis', async () => {
      const { analysed } = await command(['matrix', '--accel', 'tcg', '--target', 'i386', '-D', 'CONFIG_A', '--define', 'CONFIG_B=2', '--without', 'CONFIG_C', '--configure', '--with-devices-x86_64=few  --without-default-features', '--configure=--enable-a']);
      expect(analysed).to.deep.equal([{ accel: 'tcg', target: 'i386', define: new Map([['CONFIG_A', '1'], ['CONFIG_B', '2']]), without: ['CONFIG_C'], configure: ['--with-devices-x86_64=few', '--without-default-features', '--enable-a'] }]);
    });
  });

  describe('report', () => {
    let directory: string;
    beforeEach(() => { directory = mkdtempSync(join(tmpdir(), 'report-')); });
    afterEach(() => rmSync(directory, { recursive: true }));

    it('writes a page with a data file for each tree and accelerator', async () => {
      const target = join(directory, 'atlas');
      const { code, out, err, analysed } = await command(['report', '-o', target, '--source', 'qemu-src/example', 'qemu-src/example', '--accel', 'kvm', 'tcg', '--title', 'My <atlas>']);
      expect([code, err]).to.deep.equal([0, '']);
      expect(out).to.match(/^4 trees with accelerators in /).and.include(`Open ${target}/index.html`);
      expect(analysed.map(({ accel }) => accel)).to.deep.equal(['kvm', 'tcg', 'kvm', 'tcg']);
      expect(readdirSync(join(target, 'data')).sort()).to.deep.equal(['9.8.7-kvm-2.js', '9.8.7-kvm-2.why.js', '9.8.7-kvm.js', '9.8.7-kvm.why.js', '9.8.7-tcg-2.js', '9.8.7-tcg-2.why.js', '9.8.7-tcg.js', '9.8.7-tcg.why.js', 'trees.js']);
      expect(readFileSync(join(target, 'index.html'), 'utf8')).to.include('<title>My &lt;atlas&gt;</title>');
    });

    it('is the same where the source is, and removes what an earlier run made', async () => {
      const all = (): string => readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => /\.\w+$/.test(name)).sort().map((name) => `${name}\n${readFileSync(join(directory, name), 'utf8')}`).join('\n');
      await command(['report', '-o', directory, '-m', 'board-1.9', '--no-provenance']);
      const first = all();
      await command(['report', '-o', directory, '-a', 'kvm', 'tcg']);
      expect(all()).to.not.equal(first);
      await command(['report', '-o', directory, '-m', 'board-1.9', '--no-provenance']);
      expect(all()).to.equal(first);
    });

    it('wants to know where to write', async () => {
      expect((await command(['report'])).code).to.equal(2);
    });
  });

  describe('compat', () => {
    it('shows one machine type or all', async () => {
      expect(Object.keys(JSON.parse((await command(['compat', 'board-1.9', '--json'])).out) as object)).to.deep.equal(['board-1.9']);
      expect(Object.keys(JSON.parse((await command(['compat', '--all', '--json'])).out) as object)).to.deep.equal(['board-1.10', 'board-1.9', 'none']);
    });

    it('wants exactly one of the two', async () => {
      expect(await command(['compat'])).to.include({ code: 2, err: 'qemu-cpu-custom: compat takes a machine type or --all\n' });
      expect((await command(['compat', 'board', '--all'])).code).to.equal(2);
    });
  });

  describe('generate', () => {
    let directory: string;
    beforeEach(() => { directory = mkdtempSync(join(tmpdir(), 'generate-')); });
    afterEach(() => rmSync(directory, { recursive: true }));

    it('writes files and says how to use one', async () => {
      const { code, out, err } = await command(['generate', '-m', 'board-*', '-a', 'kvm', 'tcg', '-o', directory]);
      expect(code).to.equal(0);
      expect(out).to.include(`16 configurations in ${directory}, 4 different CPUs: 21 files written`);
      expect(out).to.include(`qemu-system-x86_64 -machine board-1.10,accel=kvm \\\n    -cpu plain -readconfig ${directory}/kvm/board-1.10/plain.cfg\n`);
      expect(err).to.include('left out: quirky on board-1.10 (kvm): QEMU refuses it: quirky needs a host\n');
      expect(readFileSync(join(directory, 'tcg/board-1.9/Zeta.cfg'), 'utf8')).to.include('With accelerator tcg:');
    });

    it('with --strict writes nothing unless every file is the whole CPU, and exits with 4', async () => {
      expect((await command(['generate', '-m', 'board-1.9', '--strict', '-o', directory])).code).to.equal(0);
      const { code, out, err } = await command(['generate', '--strict', '--mode', 'base', '-o', join(directory, 'strict')]);
      expect([code, out]).to.deep.equal([4, '']);
      expect(err).to.equal('not the whole CPU: plain on board-1.9, board-1.10: mode base cannot set name\nnothing was written: 2 configurations of 8 would not be the whole CPU\n');
      expect(existsSync(join(directory, 'strict'))).to.equal(false);
    });

    it('notes that the tree at hand lacks the patch that a mode is for', async () => {
      const { code, err } = await command(['generate', '-m', 'board-1.9', '--mode', 'custom', '-o', directory]);
      expect([code, err]).to.deep.equal([0, "note: this QEMU has no CPU model 'custom': the files are for one that has it\nnot the whole CPU: plain on board-1.9: mode custom cannot set name\n"]);
    });

    it('tells, once for all machine types, which models the host decides for the most part', async () => {
      const { code, err } = await command(['generate', '-M', 'plain', '-o', directory], {}, { analyse: async () => analysisOf({ ...small, hostDependent: { plain: ['depth', 'vendor', 'wide'] } }) });
      expect([code, err]).to.deep.equal([0, 'not the whole CPU: plain on board-1.9, board-1.10: the host decides 2 properties\n']);
    });

    it('writes nothing where something is wrong', async () => {
      const target = join(directory, 'out');
      expect(await command(['generate', '-m', 'nope', '-o', target])).to.include({ code: 2, out: '' });
      expect((await command(['generate', '--template', join(directory, 'none.hbs'), '-o', target])).err).to.match(/^qemu-cpu-custom: cannot read template .*\n$/);
      expect(existsSync(target)).to.equal(false);
    });
  });

  describe('start', () => {
    const here = process.cwd();
    let directory: string;
    beforeEach(() => { directory = mkdtempSync(join(tmpdir(), 'start-')); process.chdir(directory); });
    afterEach(() => { process.chdir(here); rmSync(directory, { recursive: true }); });

    it('writes the machine types that aliases point to, to generated/', async () => {
      const { code, out, analysed } = await command(['start']);
      expect(code).to.equal(0);
      expect(out).to.include('Machine types board-1.10, accelerator kvm').and.include('-readconfig generated/kvm/board-1.10/plain.cfg');
      expect(analysed.map(({ accel }) => accel)).to.deep.equal(['kvm']);
      expect(existsSync('generated/kvm/board-1.9')).to.equal(false);
    });

    it('gets a source where there is none', async () => {
      const opened: string[] = [];
      await command(['start'], {}, { defaultSource: async () => undefined, fetch: async () => 'qemu-src/example', open: async (spec) => { opened.push(spec); throw new SourceError('stop'); } });
      expect(opened).to.deep.equal(['qemu-src/example']);
    });
  });

  describe('verify', () => {
    it('asks for each accelerator, hands configurations over, and exits with 1 for differences', async () => {
      const asked: unknown[] = [];
      const verify: Engine['verify'] = async ({ analyses, config, record, pairs, parts }) => {
        asked.push([analyses.map(({ accel }) => accel), pairs, record, parts.join()]);
        const made = config('board-1.9', 'Zeta', 'kvm');
        expect(made?.cpu).to.equal('bare');
        expect(made?.text).to.include('driver = "bare-cpu"');
        expect(config('board-1.10', 'quirky', 'kvm')).to.equal(undefined);
        return { text: 'something differs\n7 passed, 2 failed', json: '{}', passed: 7, failed: analyses.length === 2 ? 2 : 0 };
      };
      expect(await command(['verify', '-q', 'qemu', '-a', 'kvm', 'tcg', '--all', '--record', 'x-%a.gz'], {}, { verify })).to.include({ code: 1, out: 'something differs\n7 passed, 2 failed\n' });
      expect(await command(['verify', '-q', 'qemu', '--sample', '3', '--json'], {}, { verify })).to.include({ code: 0, out: '{}\n' });
      expect(asked).to.deep.equal([[['kvm', 'tcg'], 'all', 'x-%a.gz', 'matrix,roundtrip'], [['kvm'], 3, undefined, 'matrix,roundtrip']]);
    });

    it('does only the parts, on only the pairs, with the mode that are asked for', async () => {
      let seen: unknown;
      const verify: Engine['verify'] = async ({ config, parts, select, describe: described, analyses }) => {
        // the host's own analysis is for this one comparison
        expect((await described('kvm', '{"return":{"model":{"name":"host","props":{"fpu":true}}}}')).accel).to.equal('kvm');
        expect(analyses).to.have.length(1);
        const pairs = [['board-1.9', 'Zeta'], ['board-1.9', 'bare'], ['board-1.10', 'Zeta-v1']] as const;
        seen = [parts, pairs.filter(([machine, model]) => select(machine, model)), config('board-1.10', 'Zeta', 'kvm')?.cpu];
        return { text: '1 passed, 0 failed', json: '{}', passed: 1, failed: 0 };
      };
      expect((await command(['verify', '-q', 'qemu', '--guest', '--across', '-m', 'board-1.9', '-M', 'Z*', '--mode', 'pinned'], {}, { verify })).code).to.equal(0);
      expect(seen).to.deep.equal([['across', 'guest'], [['board-1.9', 'Zeta']], 'Zeta-v1']);
      expect((await command(['verify', '-q', 'qemu', '--guest', '--record', 'x.gz'])).err).to.equal('qemu-cpu-custom: --record keeps what --matrix asks\n');
    });

    it('carries configurations into another QEMU, whose tree it is told', async () => {
      let seen: unknown;
      const verify: Engine['verify'] = async ({ onto }) => {
        const carried = onto?.carry('board-1.9', 'Zeta', 'board-1.10', 'kvm');
        seen = [onto?.binary, [...onto?.analyses.keys() ?? []], typeof carried === 'string' ? carried : [carried?.cpu, carried?.gone, carried?.text.includes('driver = "bare-cpu"\n  property = "quick"\n  value = "off"')]];
        return { text: '1 passed, 0 failed', json: '{}', passed: 1, failed: 0 };
      };
      expect((await command(['verify', '-q', 'qemu', '--across', '--onto', 'qemu-src/example', '--onto-qemu', 'newer'], {}, { verify })).code).to.equal(0);
      expect(seen).to.deep.equal(['newer', ['kvm'], ['bare', [], true]]);
      expect((await command(['verify', '-q', 'qemu', '--across', '--onto', 'qemu-src/example'])).err).to.match(/--onto and --onto-qemu go together/);
      expect((await command(['verify', '-q', 'qemu', '--onto', 'qemu-src/example', '--onto-qemu', 'newer'])).err).to.equal('qemu-cpu-custom: --onto goes with --across\n');
    });

    it('is not content with having compared nothing', async () => {
      const verify: Engine['verify'] = async () => ({ text: 'kvm: skipped', json: '{}', passed: 0, failed: 0 });
      expect(await command(['verify', '-q', 'qemu'], {}, { verify })).to.include({ code: 2, out: 'kvm: skipped\n', err: 'qemu-cpu-custom: qemu opens none of the accelerators kvm here: nothing was compared\n' });
    });

    it('refuses what contradicts itself', async () => {
      expect(await command(['verify', '-q', 'qemu', '--all', '--sample', '3'])).to.include({ code: 2, err: 'qemu-cpu-custom: verify takes --all or --sample, not both\n' });
      expect((await command(['verify', '-q', 'qemu', '-a', 'kvm', 'tcg', '--record', 'x.gz'])).err).to.match(/put %a into its name\n$/);
      expect((await command(['verify', '-q', 'qemu', '--sample', 'many'])).code).to.equal(2);
    });

    it('wants to know the binary', async () => {
      expect(await command(['verify'])).to.deep.include({ code: 2, err: "qemu-cpu-custom: required option '-q, --qemu <binary>' not specified (see qemu-cpu-custom verify --help)\n" });
    });
  });

  describe('fetch', () => {
    it('tells where the tree is', async () => {
      const requests: object[] = [];
      const fetch = async (request: object): Promise<string> => { requests.push(request); return 'qemu-src/fetched'; };
      expect((await command(['fetch', '--suite', 'sid'], {}, { fetch })).out).to.equal('qemu-src/fetched\n');
      await command(['fetch', '--version', '7.2'], {}, { fetch });
      await command(['fetch'], {}, { fetch });
      expect(requests).to.deep.equal([{ suite: 'sid' }, { version: '7.2' }, {}]);
    });
  });

  describe('bench', () => {
    it('prints every step, the total and the ratio', async () => {
      const { code, out } = await command(['bench']);
      expect(code).to.equal(0);
      expect(out).to.match(/^QEMU 9\.8\.7, kvm, cold: 8 pairs, 5 different CPUs\n/);
      for (const step of ['start', 'parse', 'evaluate', 'resolve', 'write', 'total', 'real QEMU', 'ratio']) expect(out).to.match(new RegExp(`^  ${step} +[0-9.]+`, 'm'));
      expect(JSON.parse((await command(['bench', '--json'])).out)).to.have.property('ratio').that.is.greaterThan(1);
    });

    it('says why there is no ratio', async () => {
      expect((await command(['bench'], {}, { recordMatrix: async () => 'cannot run qemu' })).out).to.include('no ratio: cannot run qemu');
    });
  });

  describe('exit codes', () => {
    const error = { severity: 'error', at: { file: 'target/cpu.c', line: 12 }, what: 'computed goto', affects: 'every CPU' } as const;

    it('3 and a line where the source was not understood, after the output', async () => {
      const { code, out, err } = await command(['list', 'machines'], { diagnostics: [error, error] });
      expect([code, err]).to.deep.equal([3, 'target/cpu.c:12: computed goto (affects every CPU)\n']);
      expect(out).not.to.equal('');
    });

    it('0 for notes, which only --verbose shows', async () => {
      const note = { ...error, severity: 'note' } as const;
      expect(await command(['list', 'machines'], { diagnostics: [note] })).to.include({ code: 0, err: '' });
      expect((await command(['list', 'machines', '-v'], { diagnostics: [note] })).err).to.include('note: target/cpu.c:12: computed goto (affects every CPU)\n');
    });

    it("0 for QEMU's own warnings, each told once", async () => {
      const warning = { severity: 'warning', at: undefined, what: 'Ambiguous CPU model string', affects: 'nothing' } as const;
      expect(await command(['list', 'machines'], { diagnostics: [warning, warning] })).to.include({ code: 0, err: 'warning: Ambiguous CPU model string\n' });
    });

    it('2 for a wrong path, or no source at all', async () => {
      expect(await command(['matrix', '--source', '/nowhere'])).to.include({ code: 2, err: 'qemu-cpu-custom: there is no /nowhere\n' });
      const none = await command(['matrix'], {}, { defaultSource: async () => undefined });
      expect(none.code).to.equal(2);
      expect(none.err).to.match(/^qemu-cpu-custom: there is no QEMU source tree in qemu-src\/.*--source.*\n$/);
    });

    it('3 for a file of the tree that cannot be read', async () => {
      const { code, err } = await command(['matrix'], {}, { analyse: async () => { throw new SourceError('cannot read target/cpu.c: permission denied'); } });
      expect([code, err]).to.deep.equal([3, 'qemu-cpu-custom: cannot read target/cpu.c: permission denied\n']);
    });

    it("3 and one line for the program's own mistakes", async () => {
      const { code, err } = await command(['matrix'], {}, { analyse: async () => { throw new TypeError('x is undefined\nat y'); } });
      expect([code, err]).to.deep.equal([3, 'qemu-cpu-custom: internal error: x is undefined (QEMU_CPU_CUSTOM_DEBUG=1 shows where)\n']);
    });
  });
});
