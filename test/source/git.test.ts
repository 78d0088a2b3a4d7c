import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openSource } from '../../analyzer/source/open.js';
import { hasProgram, Scratch, smallTree, sourceError } from './fixture.js';

describe('a revision of a git repository', function () {
  const scratch = new Scratch();
  before(function () {
    if (!hasProgram('git')) this.skip();
    const git = (...args: string[]): string => scratch.run('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.org', '-c', 'init.defaultBranch=main', ...args], 'repo');
    scratch.write({ ...smallTree, 'util/big.c': 'x'.repeat(300_000), 'util/latin.c': Buffer.from('\xe9', 'latin1') }, 'repo');
    symlinkSync('../include/hw', scratch.path('repo/util/headers'));
    symlinkSync('big.c', scratch.path('repo/util/alias.c'));
    symlinkSync('loop.c', scratch.path('repo/util/loop.c'));
    git('init', '-q');
    git('add', '.');
    git('commit', '-q', '-m', 'one');
    git('tag', '-a', '-m', 'release', 'v8.1.2');
    scratch.write({ VERSION: '8.2.0\n', 'hw/new.c': 'int fresh;\n' }, 'repo');
    git('add', '.');
    git('commit', '-q', '-m', 'two');
    scratch.write({ VERSION: 'not committed\n' }, 'repo');
    scratch.run('git', ['clone', '-q', '--bare', 'repo', 'bare.git']);
  });
  after(() => scratch.remove());

  it('reads each revision as it was, and not the working copy', () => {
    const old = openSource(`${scratch.path('repo')}@v8.1.2`);
    const now = openSource(`${scratch.path('repo')}@main`);
    expect(old.read('VERSION')).to.equal('8.1.2\n');
    expect(now.read('VERSION')).to.equal('8.2.0\n');
    expect(old.has('hw/new.c')).to.equal(false);
    expect(now.read('hw/new.c')).to.equal('int fresh;\n');
    expect(openSource(`${scratch.path('repo')}@main~1`).read('VERSION')).to.equal('8.1.2\n');
    expect(openSource(`${scratch.path('repo')}@HEAD@{0}`).read('VERSION')).to.equal('8.2.0\n');
    expect(old.origin).to.equal(`${scratch.path('repo')}@v8.1.2`);
  });

  it('reads bare repositories and linked work trees', () => {
    expect(openSource(`${scratch.path('bare.git')}@v8.1.2`).read('VERSION')).to.equal('8.1.2\n');
    scratch.run('git', ['worktree', 'add', '-q', '../linked', 'v8.1.2'], 'repo');
    expect(openSource(`${scratch.path('linked')}@main`).read('VERSION')).to.equal('8.2.0\n');
  });

  it('looks like a directory', () => {
    const tree = openSource(`${scratch.path('repo')}@main`);
    expect(tree.list('')).to.deep.equal(['VERSION', 'configure', 'hw/', 'include/', 'roms/', 'target/', 'util/']);
    expect(tree.list('util')).to.deep.equal(['alias.c', 'big.c', 'headers/', 'latin.c']);
    expect(tree.has('util')).to.equal(false);
    expect(tree.has('util/none.c')).to.equal(false);
    expect(tree.read('util/big.c')).to.have.length(300_000);
    expect(tree.read('util/alias.c')).to.have.length(300_000);
    expect(tree.read('util/latin.c')).to.equal('\u00e9');
    expect(tree.read('util/headers/boards.h')).to.equal('struct board;\n');
    expect(tree.read('util/loop.c')).to.equal(undefined);
    expect(tree.read('target/i386/cpu.c')).to.equal(smallTree['target/i386/cpu.c']);
  });

  it('lets the program end', () => {
    const module = pathToFileURL(join(import.meta.dirname, '../../analyzer/source/open.js')).href;
    const script = `const { openSource } = await import(${JSON.stringify(module)});
      process.stdout.write(openSource(process.argv[1]).read('VERSION'));`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script, `${scratch.path('repo')}@main`], { encoding: 'utf8', timeout: 20_000 });
    expect(output).to.equal('8.2.0\n');
  });

  it('says what is wrong in one line', () => {
    const repo = scratch.path('repo');
    expect(sourceError(() => openSource(`${repo}@v9.9`))).to.equal(`the git repository ${repo} has no revision 'v9.9'`);
    expect(sourceError(() => openSource(`${repo}@`))).to.equal(`the git repository ${repo} has no revision ''`);
    expect(sourceError(() => openSource(`${repo}@--help`))).to.equal(`the git repository ${repo} has no revision '--help'`);
    expect(sourceError(() => openSource(scratch.path('bare.git')))).to.match(/is a bare git repository: name a revision/);
    mkdirSync(scratch.path('plain'));
    expect(sourceError(() => openSource(`${scratch.path('plain')}@v1`))).to.equal(`${scratch.path('plain')} is not a git repository`);
    // A directory inside a repository is none itself.
    expect(sourceError(() => openSource(`${scratch.path('repo/hw')}@main`))).to.match(/hw is not a git repository$/);
    scratch.write({ HEAD: 'x', 'objects/x': '', 'refs/x': '' }, 'fake');
    expect(sourceError(() => openSource(`${scratch.path('fake')}@main`))).to.match(/^cannot read the git repository .*fake: /);
  });
});
