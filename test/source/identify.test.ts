import { expect } from 'chai';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { identify } from '../../analyzer/source/identify.js';
import { MemoryTree } from '../../analyzer/source/memory-tree.js';
import { openSource } from '../../analyzer/source/open.js';
import { smallTree, sourceError } from './fixture.js';
import { packaging } from './source-package.js';

const tree = (files: Readonly<Record<string, string>>): MemoryTree =>
  new MemoryTree(new Map(Object.entries(files).map(([path, text]) => [path, { data: Buffer.from(text) }])), 'the-tree');

describe('identifying a tree', () => {
  it('tells version and packager', () => {
    expect(identify(tree(smallTree))).to.deep.equal({ version: { major: 8, minor: 1, micro: 2 }, package: '' });
    expect(identify(tree({ 'target-i386/cpu.c': '', VERSION: '2.3.50\n' })).version).to.deep.equal({ major: 2, minor: 3, micro: 50 });
    expect(identify(tree({ ...smallTree, ...packaging('1:7.2+dfsg-7+deb12u18') })).package).to.equal('Debian 1:7.2+dfsg-7+deb12u18');
  });

  it('gives the package string the form that the tree\'s configure gives it', () => {
    const configure = '  --with-pkgversion=*) pkgversion=" ($optarg)"\n';
    expect(identify(tree({ ...smallTree, ...packaging('2.0.0+dfsg-2'), configure })).package).to.equal(' (Debian 2.0.0+dfsg-2)');
  });

  it('leaves the package string empty where the packaging sets none, or make would be needed', () => {
    const rules = (text: string): Readonly<Record<string, string>> => ({ ...smallTree, ...packaging('1-1'), 'debian/rules': text });
    expect(identify(tree(rules('build:\n\t./configure\n'))).package).to.equal('');
    expect(identify(tree(rules('V = $(shell date)\nbuild:\n\t./configure --with-pkgversion="$(V)"\n'))).package).to.equal('');
    expect(identify(tree(rules('V := $(V)\nbuild:\n\t./configure --with-pkgversion="$(V)"\n'))).package).to.equal('');
    expect(identify(tree(rules('build:\n\t./configure --with-pkgversion=$(DEB_SOURCE)-$(DEB_VERSION_UPSTREAM)\n'))).package).to.equal('qemu-1');
  });

  it('refuses what is not QEMU, in one line', () => {
    expect(sourceError(() => identify(tree({ 'a.c': '' })))).to.equal('the-tree is not a QEMU source tree: it has no VERSION file');
    expect(sourceError(() => identify(tree({ VERSION: 'next year\nor so\n' })))).to.equal("the-tree is not a QEMU source tree: its VERSION file says 'next year'");
    expect(sourceError(() => identify(tree({ VERSION: '8.0.0\n', 'target/arm/cpu.c': '' }))))
      .to.equal('the-tree is not a QEMU source tree with the x86 target: it has neither target/i386 nor target-i386');
  });

  it('identifies real trees', function () {
    const trees = process.env['QEMU_TREES'];
    if (trees === undefined || !existsSync(trees)) {
      console.log('      set QEMU_TREES to a directory with QEMU trees to run this');
      this.skip();
    }
    for (const name of readdirSync(trees).filter((name) => existsSync(join(trees, name, 'VERSION')))) {
      const { version, package: packager } = identify(openSource(join(trees, name)));
      expect(name).to.contain(`${version.major}.${version.minor}`);
      if (existsSync(join(trees, name, 'debian/changelog'))) expect(packager).to.match(/^ ?\(?Debian \S/);
    }
  });
});
