import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { identify } from '../../analyzer/source/identify.js';
import { isNeeded } from '../../analyzer/source/needed.js';
import { DirectoryTree } from '../../analyzer/source/directory.js';
import { openSource } from '../../analyzer/source/open.js';
import { Scratch, smallTree, sourceError } from './fixture.js';
import { packSource, packaging } from './source-package.js';

describe('a Debian source package', () => {
  const scratch = new Scratch();
  after(() => scratch.remove());

  it('is the upstream source with components, packaging and patches in order', () => {
    const dsc = packSource(scratch, 'full', {
      upstream: { ...smallTree, 'debian/rules': 'upstream had one too\n', 'debian/left.txt': 'over\n', 'util/gone.c': 'int gone;\n', 'util/old-name.c': 'a\nb\nc\n' },
      components: { extra: { 'README.txt': 'a component\n' } },
      packaging: {
        ...packaging('1:8.1.2+dfsg-3'),
        'debian/patches/series': '# comment\none.patch\n\nsub/two.patch -p1 # why\n',
        'debian/patches/one.patch': 'Description: first\n--- a/target/i386/cpu.h\n+++ b/target/i386/cpu.h\n@@ -1 +1 @@\n-#define CPU_LEVEL 13\n+#define CPU_LEVEL 20\n',
        'debian/patches/sub/two.patch': [
          '--- a/target/i386/cpu.h', '+++ b/target/i386/cpu.h', '@@ -1 +1,2 @@', ' #define CPU_LEVEL 20', '+#define CPU_XLEVEL 8',
          '--- /dev/null', '+++ b/hw/i386/added.c', '@@ -0,0 +1,2 @@', '+int added;', '+int again;',
          '--- a/util/gone.c', '+++ /dev/null', '@@ -1 +0,0 @@', '-int gone;',
          'diff --git a/util/old-name.c b/util/new-name.c', 'rename from util/old-name.c', 'rename to util/new-name.c',
          '--- a/util/old-name.c', '+++ b/util/new-name.c', '@@ -1,3 +1,3 @@', ' a', '-b', '+B', ' c',
          '--- a/roms/firmware/start.c', '+++ b/roms/firmware/start.c', '@@ -1 +1 @@', '-int firmware;', '+int changed;', '',
        ].join('\n'),
      },
    });
    const tree = openSource(dsc);
    expect(tree.read('target/i386/cpu.h')).to.equal('#define CPU_LEVEL 20\n#define CPU_XLEVEL 8\n');
    expect(tree.read('hw/i386/added.c')).to.equal('int added;\nint again;\n');
    expect(tree.list('util')).to.deep.equal(['new-name.c']);
    expect(tree.read('util/new-name.c')).to.equal('a\nB\nc\n');
    expect(tree.read('extra/README.txt')).to.equal('a component\n');
    expect(tree.has('debian/left.txt')).to.equal(false);
    expect(identify(tree)).to.deep.equal({ version: { major: 8, minor: 1, micro: 2 }, package: 'Debian 1:8.1.2+dfsg-3' });
  });

  it('may be native, or have its changes in one diff', () => {
    const native = packSource(scratch, 'native', { format: '3.0 (native)', upstream: { ...smallTree, ...packaging('8.1.2') } });
    expect(identify(openSource(native)).package).to.equal('Debian 8.1.2');
    const diff = '--- qemu-8.1.2.orig/target/i386/cpu.h\n+++ qemu-8.1.2/target/i386/cpu.h\n@@ -1 +1 @@\n-#define CPU_LEVEL 13\n+#define CPU_LEVEL 4\n';
    const old = packSource(scratch, 'old', { format: '1.0', upstream: smallTree, diff });
    expect(openSource(old).read('target/i386/cpu.h')).to.equal('#define CPU_LEVEL 4\n');
  });

  it('is refused, in one line, where it is not complete and exact', () => {
    const patch = (text: string): string => packSource(scratch, `bad-${createHash('md5').update(text).digest('hex')}`, {
      upstream: smallTree,
      packaging: { ...packaging('8.1.2-1'), 'debian/patches/series': 'bad.patch\n', ...(text === '' ? {} : { 'debian/patches/bad.patch': text }) },
    });
    expect(sourceError(() => openSource(patch('--- a/target/i386/cpu.h\n+++ b/target/i386/cpu.h\n@@ -1 +1 @@\n-#define CPU_LEVEL 12\n+x\n')).list('')))
      .to.match(/patch bad\.patch does not apply: target\/i386\/cpu\.h: hunk 1 at line 1 does not apply$/);
    expect(sourceError(() => openSource(patch('--- a/hw/none.c\n+++ b/hw/none.c\n@@ -1 +1 @@\n-a\n+b\n')).list('')))
      .to.match(/patch bad\.patch does not apply: there is no hw\/none\.c$/);
    expect(sourceError(() => openSource(patch('--- a/../../x.c\n+++ b/../../x.c\n@@ -0,0 +1 @@\n+b\n')).list(''))).to.match(/lies outside of the tree$/);
    expect(sourceError(() => openSource(patch('')).list(''))).to.match(/bad\.patch is in the series but not in the package$/);

    const damaged = packSource(scratch, 'damaged', { upstream: smallTree, packaging: packaging('8.1.2-1') });
    const archive = readdirSync(scratch.path('damaged')).find((name) => name.includes('.orig.')) ?? '';
    appendFileSync(scratch.path('damaged', archive), 'x');
    expect(sourceError(() => openSource(damaged).list(''))).to.match(/is damaged: its size or checksum is not the one in the \.dsc$/);
    rmSync(scratch.path('damaged', archive));
    expect(sourceError(() => openSource(damaged).list(''))).to.match(/^cannot read .*\.orig\.tar\.gz: no such file or directory$/);
    scratch.write({ 'text.dsc': 'hello\n' });
    expect(sourceError(() => openSource(scratch.path('text.dsc')).list(''))).to.match(/is not a Debian source package description$/);
  });

  it('equals what dpkg-source unpacks, for every real package at hand', function () {
    const trees = process.env['QEMU_TREES'];
    if (trees === undefined || !existsSync(trees)) {
      console.log('      set QEMU_TREES to a directory with .dsc files and their unpacked trees to run this');
      this.skip();
    }
    let compared = 0;
    for (const name of readdirSync(trees).filter((file) => file.endsWith('.dsc'))) {
      const version = /^qemu_(.*)\.dsc$/.exec(name)?.[1] ?? '';
      const unpacked = join(trees, `qemu-${version.replace(/-[^-]*$/, '')}`);
      if (!existsSync(join(unpacked, '.pc')) || !readFileSync(join(unpacked, 'debian/changelog'), 'utf8').includes(version)) continue;
      const tree = openSource(join(trees, name));
      const expected = new DirectoryTree(unpacked);
      const compare = (directory: string): void => {
        for (const entry of expected.list(directory)) {
          const path = directory === '' ? entry : `${directory}/${entry}`;
          if (path === '.pc/') continue;
          if (entry.endsWith('/')) compare(path.slice(0, -1));
          else if (isNeeded(path) && tree.read(path) !== expected.read(path)) throw new Error(`${name}: ${path} differs`);
          compared++;
        }
      };
      compare('');
    }
    if (compared === 0) this.skip();
  });
});
