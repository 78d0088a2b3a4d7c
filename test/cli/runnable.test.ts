import { expect } from 'chai';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from './fake.js';

describe('cli: what a host can run', () => {
  let directory: string;
  let host: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'runnable-'));
    host = join(directory, 'host.json');
    writeFileSync(host, '{"return": {"model": {"name": "base", "props": {"quick": false}}}}');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const runnable = {
    'board-1.10': { Zeta: { unavailable: ['quick', 'deep'], undecided: [] }, plain: { unavailable: [], undecided: ['wide'] } },
    'board-1.9': { Zeta: { unavailable: ['deep'], undecided: [] }, plain: { unavailable: [], undecided: ['wide'] } },
  };

  it('tells for each model on which machine types it runs and what it lacks on others', async () => {
    const { code, out } = await command(['runnable', '--host', host], { runnable });
    expect(code).to.equal(0);
    expect(out).to.match(/^bare +all 2 +runs$/m);
    expect(out).to.match(/^Zeta +board-1\.10 +lacks quick deep$/m);
    expect(out).to.match(/^Zeta +board-1\.9 +lacks deep$/m);
    expect(out).to.match(/^undecided, where a model asks for them: wide$/m);
    expect(out).to.not.include('quirky');
  });

  it('as JSON, by machine type and model, in the words of QMP', async () => {
    const { out } = await command(['runnable', '--host', host, '--json', '-m', 'board-1.9'], { runnable });
    const { machines } = JSON.parse(out) as { machines: object };
    expect(machines).to.deep.equal({ 'board-1.9': { 'Zeta': { 'unavailable-features': ['deep'] }, 'Zeta-v1': { 'unavailable-features': [] }, 'bare': { 'unavailable-features': [] }, 'plain': { 'unavailable-features': [], 'undecided': ['wide'] } } });
  });

  it('hands the description to the analysis', async () => {
    const { analysed } = await command(['show', 'board', 'plain', '--host', host]);
    expect(analysed[0]!.host).to.include({ kind: 'QMP reply' });
    expect((await command(['show', 'board', 'plain'])).analysed[0]!.host).to.equal(undefined);
  });

  it('needs a host, unless nothing depends on one', async () => {
    const { code, err } = await command(['runnable']);
    expect(code).to.equal(2);
    expect(err).to.match(/^qemu-cpu-custom: what kvm offers is the host's: describe it with --host FILE/);
    expect((await command(['runnable', '-a', 'tcg'])).code).to.equal(0);
  });

  it('a file that is none is one line', async () => {
    const { code, err } = await command(['runnable', '--host', join(directory, 'no')]);
    expect(code).to.equal(2);
    expect(err).to.match(/^qemu-cpu-custom: cannot read .*no: no such file or directory\n$/);
  });

  describe('generate', () => {
    it('leaves out what the host lacks, and says so', async () => {
      const output = join(directory, 'out');
      const { code, err } = await command(['generate', '--host', host, '-o', output, '-M', 'Zeta', 'plain', '--mode', 'base'], { runnable });
      expect(code).to.equal(0);
      expect(err).to.match(/^left out: Zeta on board-1\.10: the host lacks quick, deep$/m);
      expect(existsSync(join(output, 'kvm/board-1.9/plain.cfg'))).to.equal(true);
      expect(existsSync(join(output, 'kvm/board-1.9/Zeta.cfg'))).to.equal(false);
    });

    it('strictly, that is a failure', async () => {
      const { code } = await command(['generate', '--strict', '--host', host, '-o', join(directory, 'out'), '-M', 'Zeta', '--mode', 'base'], { runnable });
      expect(code).to.equal(4);
      expect(existsSync(join(directory, 'out'))).to.equal(false);
    });
  });
});
