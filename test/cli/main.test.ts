import { expect } from 'chai';
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../analyzer/cli/main.js', import.meta.url));

function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => execFile(process.execPath, [main, ...args], (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err })));
}

describe('qemu-cpu-custom', () => {
  let directory: string;
  before(() => { directory = mkdtempSync(join(tmpdir(), 'cli-')); });
  after(() => rmSync(directory, { recursive: true }));

  it('helps, with exit codes, for itself and for every command', async () => {
    const { code, out, err } = await run('--help');
    expect([code, err]).to.deep.equal([0, '']);
    const commands = ['list', 'show', 'generate', 'matrix', 'compat', 'verify', 'fetch', 'start', 'report', 'cache', 'bench'];
    for (const command of commands) expect(out).to.match(new RegExp(`^  ${command} `, 'm'));
    for (const help of await Promise.all(commands.map((command) => run(command, '--help')))) {
      expect(help.code).to.equal(0);
      expect(help.out).to.match(/^Usage: qemu-cpu-custom /).and.include('Exit codes:\n  0  fine\n');
      expect(help.out.split('\n').every((line) => line.length <= 80)).to.equal(true);
    }
  });

  it('prints its version', async () => {
    const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string };
    expect(await run('--version')).to.deep.equal({ code: 0, out: `${manifest.version}\n`, err: '' });
  });

  it('exits with 2 and one line for wrong usage', async () => {
    for (const [args, message] of [
      [['lst'], /^qemu-cpu-custom: unknown command 'lst' \(Did you mean list\?\)\n$/],
      [['matrix', '--josn'], /^qemu-cpu-custom: unknown option '--josn' \(Did you mean --json\?\)\n$/],
      [['matrix', '--stage', 'half'], /^qemu-cpu-custom: .*'half' is invalid.* \(see qemu-cpu-custom matrix --help\)\n$/],
      [['show', 'one'], /^qemu-cpu-custom: missing required argument 'cpu' .*\n$/],
      [['show', 'one', 'two', 'three'], /^qemu-cpu-custom: too many arguments.*\n$/],
      [['list', 'cats'], /^qemu-cpu-custom: .*'cats' is invalid.*\n$/],
    ] as const) {
      const { code, out, err } = await run(...args);
      expect([code, out]).to.deep.equal([2, '']);
      expect(err).to.match(message);
    }
  });

  it('exits with 2 and its help where no command is given', async () => {
    const { code, out, err } = await run();
    expect([code, out]).to.deep.equal([2, '']);
    expect(err).to.match(/^Usage: /);
  });

  it('exits with 2 and one line for a path that is not there or is not QEMU', async () => {
    const empty = join(directory, 'empty');
    mkdirSync(empty);
    const other = join(directory, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'README'), 'something else');
    for (const [path, message] of [[join(directory, 'none'), /there is no .*none/], [empty, /empty is an empty directory/], [other, /other is not a QEMU source tree/]] as const) {
      const { code, out, err } = await run('list', 'machines', '--source', path);
      expect([code, out]).to.deep.equal([2, '']);
      expect(err).to.match(/^qemu-cpu-custom: [^\n]*\n$/).and.match(message);
    }
  });

  it('ends quietly when its reader goes away', async () => {
    const child = spawn(process.execPath, [main, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let err = '';
    child.stderr.on('data', (data) => { err += String(data); });
    await new Promise((resolve) => child.on('close', resolve));
    expect(err).to.equal('');
  });
});
