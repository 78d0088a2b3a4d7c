import { expect } from 'chai';
import { existsSync, readdirSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { MemoryTree } from '../../analyzer/source/memory-tree.js';
import { Scratch } from '../source/fixture.js';
import { arraysTree } from '../x86/trees/trees.js';

describe('commands with a cache', function () {
  let scratch: Scratch;
  before(() => {
    scratch = new Scratch();
    scratch.write(Object.fromEntries([...(arraysTree() as MemoryTree).members].map(([path, member]) => [path, 'data' in member ? member.data : ''])), 'tree');
  });
  after(() => scratch.remove());

  const main = fileURLToPath(new URL('../../analyzer/cli/main.js', import.meta.url));
  const run = (args: readonly string[], environment: Readonly<Record<string, string>> = {}): string =>
    execFileSync(process.execPath, [main, ...args], { encoding: 'utf8', env: { PATH: process.env['PATH'], XDG_CACHE_HOME: scratch.path('cache'), ...environment } });
  const tree = (): string[] => ['--source', scratch.path('tree'), '--accel', 'tcg'];

  it('leave the cache alone where they are told to', () => {
    const plain = run(['matrix', '--json', '--no-cache', ...tree()]);
    expect(run(['matrix', '--json', ...tree()], { QEMU_CPU_CUSTOM_NO_CACHE: '1' })).to.equal(plain);
    expect(existsSync(scratch.path('cache'))).to.equal(false);
  });

  it('say the same with it, the first time and later', () => {
    for (const args of [['matrix', '--json'], ['show', 'board', 'Alpha', '--explain', 'stepping']]) {
      const plain = run([...args, ...tree(), '--no-cache']);
      for (let time = 0; time < 2; time++) expect(run([...args, ...tree()]), `${args.join(' ')}, ${time}`).to.equal(plain);
    }
    expect(readdirSync(scratch.path('cache'))).to.deep.equal(['qemu-cpu-custom']);
    expect(run(['cache', 'info'])).to.match(/\/cache\/qemu-cpu-custom: \d files, [\d.]+ [KM]iB of at most 512 MiB\n$/);
    expect(run(['cache', 'clear'])).to.match(/^removed \d files, /);
    expect(readdirSync(scratch.path('cache'))).to.deep.equal([]);
    expect(run(['cache', 'info'])).to.match(/: empty\n$/);
  });
});
