import { expect } from 'chai';
import { linkSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { openSource } from '../../analyzer/source/open.js';
import { hasProgram, Scratch, smallTree, sourceError } from './fixture.js';

describe('a source archive', () => {
  const scratch = new Scratch();
  const longName = `hw/${'deep/'.repeat(30)}end.c`;
  before(() => {
    scratch.write({ ...smallTree, [longName]: 'int far_away;\n', 'util/big.c': 'y'.repeat(500_000), 'util/picture.png': 'no text' }, 'qemu-8.1.2');
    symlinkSync('../include/hw', scratch.path('qemu-8.1.2/util/headers'));
    linkSync(scratch.path('qemu-8.1.2/util/big.c'), scratch.path('qemu-8.1.2/util/same.c'));
  });
  after(() => scratch.remove());

  const check = (file: string): void => {
    const tree = openSource(file);
    expect(tree.origin).to.equal(file);
    expect(tree.read('VERSION')).to.equal('8.1.2\n');
    expect(tree.read(longName)).to.equal('int far_away;\n');
    expect(tree.read('util/big.c')).to.equal('y'.repeat(500_000));
    expect(tree.read('util/same.c')).to.equal('y'.repeat(500_000));
    expect(tree.read('util/headers/boards.h')).to.equal('struct board;\n');
    expect(tree.list('')).to.deep.equal(['VERSION', 'configure', 'hw/', 'include/', 'target/', 'util/']);
    expect(tree.list('util')).to.deep.equal(['big.c', 'headers/', 'same.c']);
    expect(tree.has('util')).to.equal(false);
  };

  for (const [ending, program] of [['tar', 'tar'], ['tar.gz', 'gzip'], ['tgz', 'gzip'], ['tar.xz', 'xz'], ['tar.bz2', 'bzip2'], ['tar.zst', 'zstd']] as const) {
    it(`reads .${ending}, and keeps what is needed of it`, function () {
      if (!hasProgram(program)) this.skip();
      const file = scratch.path(`q.${ending}`);
      scratch.run('tar', ['-caf', file, 'qemu-8.1.2']);
      check(file);
    });
  }

  it('goes by the content and not by the name', function () {
    if (!hasProgram('xz')) this.skip();
    scratch.run('tar', ['-cJf', scratch.path('named.tar.gz'), 'qemu-8.1.2']);
    check(scratch.path('named.tar.gz'));
  });

  it('reads every format that tar writes', () => {
    for (const format of ['gnu', 'posix', 'oldgnu']) {
      const file = scratch.path(`${format}.tar`);
      scratch.run('tar', ['-cf', file, `--format=${format}`, 'qemu-8.1.2']);
      check(file);
    }
  });

  it('reads an archive without a top-level directory', () => {
    for (const [name, what] of [['dot.tar', ['.']], ['flat.tar', ['VERSION', 'configure', 'hw', 'include', 'target', 'util', 'roms']]] as const) {
      scratch.run('tar', ['-cf', scratch.path(name), ...what], 'qemu-8.1.2');
      check(scratch.path(name));
    }
  });

  it('reads what git archive writes', function () {
    if (!hasProgram('git')) this.skip();
    scratch.write(smallTree, 'repo');
    scratch.run('git', ['init', '-q'], 'repo');
    scratch.run('git', ['add', '.'], 'repo');
    scratch.run('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.org', 'commit', '-q', '-m', 'one'], 'repo');
    for (const options of [[], ['--prefix=q/']]) {
      scratch.run('git', ['archive', ...options, '-o', scratch.path('git.tar'), 'HEAD'], 'repo');
      expect(openSource(scratch.path('git.tar')).read('target/i386/cpu.h')).to.equal('#define CPU_LEVEL 13\n');
    }
  });

  it('keeps what the caller asks for', () => {
    scratch.run('tar', ['-cf', scratch.path('all.tar'), 'qemu-8.1.2']);
    const tree = openSource(scratch.path('all.tar'), (path) => path.startsWith('roms/'));
    expect(tree.list('')).to.deep.equal(['roms/']);
    expect(tree.read('roms/firmware/start.c')).to.equal('int firmware;\n');
  });

  it('says what is wrong in one line', function () {
    if (!hasProgram('xz')) this.skip();
    const message = (name: string): string => sourceError(() => openSource(scratch.path(name)).list(''));
    scratch.write({ 'text.tar': 'this is no archive\n'.repeat(100), 'empty.tar': '', 'short.tar.gz': 'x' });
    for (const name of ['text.tar', 'empty.tar', 'short.tar.gz']) {
      expect(message(name)).to.equal(`${scratch.path(name)} is not a tar archive`);
    }
    scratch.run('tar', ['-cf', scratch.path('cut.tar'), 'qemu-8.1.2']);
    truncateSync(scratch.path('cut.tar'), 200_000);
    expect(message('cut.tar')).to.match(/^cannot read .*cut\.tar: /);
    for (const [name, option] of [['cut.tar.xz', '-cJf'], ['cut.tar.gz', '-czf']] as const) {
      scratch.run('tar', [option, scratch.path(name), 'qemu-8.1.2']);
      const bytes = readFileSync(scratch.path(name));
      writeFileSync(scratch.path(name), bytes.subarray(0, bytes.length - 40));
      expect(message(name)).to.match(new RegExp(`^cannot (?:read|unpack) .*${name}: `));
    }
    expect(message('none.tar')).to.equal(`there is no ${scratch.path('none.tar')}`);
    expect(sourceError(() => openSource('/dev/null'))).to.equal('/dev/null is neither a directory nor a file');
  });
});
