import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mapConcurrently } from '../../analyzer/verify/pool.js';
import { QemuExitError, QmpCommandError, QmpProcess, QmpTimeoutError } from '../../analyzer/verify/qmp.js';
import { failure, fakeQemu, isAlive } from './fake.js';

describe('QMP client', () => {
  it('greets, answers, and leaves no process behind', async () => {
    const qmp = await QmpProcess.start(fakeQemu());
    expect(qmp.version).to.deep.equal({ qemu: { major: 9, minor: 8, micro: 7 }, package: 'fake' });
    const pid = await qmp.execute('pid') as number;
    expect(isAlive(pid)).to.equal(true);
    await qmp.quit();
    expect(isAlive(pid)).to.equal(false);
  });

  it('keeps 64-bit integers exactly', async () => {
    const qmp = await QmpProcess.start(fakeQemu());
    expect(await qmp.execute('big')).to.deep.equal({ sentinel: 18446744073709551552n, small: 7 });
    await qmp.quit();
  });

  it('answers commands that are sent together, past events', async () => {
    const qmp = await QmpProcess.start(fakeQemu());
    const [pid, machines, refused] = await Promise.allSettled([qmp.execute('pid'), qmp.execute('query-machines'), qmp.execute('no-such')]);
    expect(pid.status).to.equal('fulfilled');
    expect((machines as PromiseFulfilledResult<unknown[]>).value).to.have.length(4);
    const error = (refused as PromiseRejectedResult).reason as QmpCommandError;
    expect(error).to.be.instanceOf(QmpCommandError);
    expect(error.errorClass).to.equal('CommandNotFound');
    await qmp.quit();
  });

  it("tells why QEMU did not start, without its warnings", async () => {
    const error = await failure(QmpProcess.start([...fakeQemu(), '-machine', 'pc-1', '-cpu', 'Nope']));
    expect(error).to.be.instanceOf(QemuExitError);
    expect(error.message).to.match(/exit code 1: qemu: unable to find CPU model 'Nope'$/);
  });

  it('tells that there is no such program', async () => {
    const error = await failure(QmpProcess.start(['/no/such/qemu']));
    expect(error).to.be.instanceOf(QemuExitError);
    expect(error.message).to.equal("cannot start '/no/such/qemu': no such program");
  });

  it('fails what is under way and what comes later when QEMU dies', async () => {
    const qmp = await QmpProcess.start(fakeQemu());
    const [first, second] = await Promise.all([failure(qmp.execute('exit')), failure(qmp.execute('pid'))]);
    expect(first.message).to.contain('I am gone');
    expect(second.message).to.contain('I am gone');
    expect((await failure(qmp.execute('pid'))).message).to.contain('I am gone');
    await qmp.quit();
  });

  it('gives up on a QEMU that does not answer, and kills it', async () => {
    const qmp = await QmpProcess.start(fakeQemu(), { timeoutMs: 2000 });
    const pid = await qmp.execute('pid') as number;
    const error = await failure(qmp.execute('hang'));
    expect(error).to.be.instanceOf(QmpTimeoutError);
    expect(error.message).to.match(/did not answer hang within 2 s/);
    await qmp.quit();
    expect(isAlive(pid)).to.equal(false);
  }).timeout(10_000);

  it('gives up on a QEMU that never greets', async () => {
    expect(await failure(QmpProcess.start(fakeQemu('silent'), { timeoutMs: 300 }))).to.be.instanceOf(QmpTimeoutError);
  });

  it('takes QEMU along when this program is told to end', async () => {
    const client = new URL('../../analyzer/verify/qmp.js', import.meta.url).href;
    const script = `import { QmpProcess } from ${JSON.stringify(client)};
      const qmp = await QmpProcess.start(${JSON.stringify(fakeQemu())}); console.log(await qmp.execute('pid'));`;
    const program = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [pid] = await once(program.stdout, 'data') as [Buffer];
    expect(isAlive(Number(pid.toString()))).to.equal(true);
    program.kill('SIGTERM');
    expect((await once(program, 'close') as unknown[])[1]).to.equal('SIGTERM');
    expect(isAlive(Number(pid.toString()))).to.equal(false);
  });

  it('survives a QEMU that is killed from outside', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'qmp-test-'));
    const qmp = await QmpProcess.start([...fakeQemu(), '-pidfile', join(directory, 'pid')]);
    process.kill(Number(await readFile(join(directory, 'pid'), 'utf8')), 'SIGKILL');
    expect((await failure(qmp.execute('hang'))).message).to.contain('SIGKILL');
    await qmp.quit();
    await rm(directory, { recursive: true });
  });
});

describe('concurrency', () => {
  it('runs no more than the limit at a time, and keeps the order', async () => {
    let [running, most] = [0, 0];
    const results = await mapConcurrently([30, 5, 20, 1, 10], async (ms) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, ms));
      running--;
      return ms * 2;
    }, 2);
    expect(results).to.deep.equal([60, 10, 40, 2, 20]);
    expect(most).to.equal(2);
  });

  it('starts nothing more after a failure, and waits for what runs', async () => {
    const finished: number[] = [];
    const error = await failure(mapConcurrently([1, 2, 3, 4], async (item) => {
      if (item === 1) throw new Error('first');
      await new Promise((resolve) => setTimeout(resolve, 10));
      finished.push(item);
    }, 2));
    expect(error.message).to.equal('first');
    expect(finished).to.deep.equal([2]);
  });
});
