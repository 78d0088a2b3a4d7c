import { expect } from 'chai';
import { chmodSync, symlinkSync } from 'node:fs';
import { DirectoryTree } from '../../analyzer/source/directory.js';
import { Scratch, smallTree, sourceError } from './fixture.js';

describe('a source tree in a directory', () => {
  const scratch = new Scratch();
  let tree: DirectoryTree;
  before(() => {
    scratch.write({ ...smallTree, 'util/latin.c': Buffer.from('/* caf\xe9 */\n', 'latin1'), 'util/utf8.c': '/* caf\u00e9 */\n', 'util/empty.c': '' }, 'tree');
    symlinkSync('../../include/hw', scratch.path('tree/target/i386/headers'));
    symlinkSync('gone', scratch.path('tree/util/dangling.c'));
    tree = new DirectoryTree(scratch.path('tree'));
  });
  after(() => scratch.remove());

  it('tells files from directories and from nothing', () => {
    expect(tree.has('target/i386/cpu.h')).to.equal(true);
    for (const path of ['target/i386', 'target/i386/none.h', 'no/such/place.h', 'VERSION/x', 'util/dangling.c', '', '.']) {
      expect(tree.has(path), path).to.equal(false);
      expect(tree.read(path), path).to.equal(undefined);
    }
  });

  it('reads text, whatever its encoding', () => {
    expect(tree.read('target/i386/cpu.h')).to.equal('#define CPU_LEVEL 13\n');
    expect(tree.read('util/utf8.c')).to.equal('/* caf\u00e9 */\n');
    expect(tree.read('util/latin.c')).to.equal('/* caf\u00e9 */\n');
    expect(tree.read('util/empty.c')).to.equal('');
  });

  it('lists directories in a fixed order, with a slash after directories', () => {
    expect(tree.list('')).to.deep.equal(['VERSION', 'configure', 'hw/', 'include/', 'roms/', 'target/', 'util/']);
    expect(tree.list('target/i386')).to.deep.equal(['cpu.c', 'cpu.h', 'headers/']);
    expect(tree.list('target/i386/')).to.deep.equal(tree.list('target/i386'));
    expect(tree.list('nowhere')).to.deep.equal([]);
    expect(tree.list('VERSION')).to.deep.equal([]);
  });

  it('follows links, resolves dots, and does not leave the tree', () => {
    expect(tree.read('target/i386/headers/boards.h')).to.equal('struct board;\n');
    expect(tree.read('target/i386/../../include/./hw//boards.h')).to.equal('struct board;\n');
    expect(tree.has('../tree/VERSION')).to.equal(false);
    expect(tree.has(scratch.path('tree/VERSION'))).to.equal(false);
  });

  it('says which file it cannot read', function () {
    if (process.getuid?.() === 0) this.skip();
    chmodSync(scratch.path('tree/util/empty.c'), 0);
    expect(sourceError(() => tree.read('util/empty.c'))).to.match(/^cannot read .*util\/empty\.c: permission denied$/);
  });
});
