import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MemoryTree } from '../../analyzer/source/memory-tree.js';
import { Scratch } from '../source/fixture.js';
import { arraysTree } from '../x86/trees/trees.js';

/** What users run is put into few files; it must find its templates, its packages and the rest of its code from there. */
describe('the program as it is installed', () => {
  let scratch: Scratch;
  before(() => {
    scratch = new Scratch();
    scratch.write(Object.fromEntries([...(arraysTree() as MemoryTree).members].map(([path, member]) => [path, 'data' in member ? member.data : ''])), 'tree');
  });
  after(() => scratch.remove());

  const modules = fileURLToPath(new URL('../../analyzer/cli/main.js', import.meta.url));
  const bundle = fileURLToPath(new URL('../../bundle/cli/main.js', import.meta.url));
  const run = (main: string, ...args: string[]): string =>
    execFileSync(process.execPath, [main, ...args], { cwd: scratch.path('tree'), encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'], XDG_CACHE_HOME: scratch.path('cache') } });

  for (const args of [['--version'], ['help', 'generate'], ['matrix', '--json', '-s', '.', '-a', 'tcg'], ['show', 'board', 'Alpha', '-s', '.', '-a', 'tcg', '--explain', 'stepping']]) {
    it(`says the same as the modules that it is made of: ${args.join(' ')}`, () => {
      const said = run(modules, ...args);
      // the second time from the cache
      for (let time = 0; time < 2; time++) expect(run(bundle, ...args)).to.equal(said);
    });
  }

  for (const args of [['generate', '-a', 'tcg', '-m', 'board', '-s', '.'], ['report', '-a', 'tcg', '-s', '.']]) {
    it(`writes the same files: ${args.join(' ')}`, () => {
      const written = [modules, bundle].map((main) => {
        run(main, ...args, '-o', '../out');
        const files = readdirSync(scratch.path('out'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
          .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), 'utf8')] as const).sort();
        rmSync(scratch.path('out'), { recursive: true });
        return files;
      });
      expect(written[0]).to.not.deep.equal([]);
      expect(written[1]).to.deep.equal(written[0]);
    });
  }
});
