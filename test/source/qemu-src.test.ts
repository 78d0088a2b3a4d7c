import { expect } from 'chai';
import { mkdirSync } from 'node:fs';
import { defaultSource, describeDefault, localSources } from '../../analyzer/source/qemu-src.js';
import { openSource } from '../../analyzer/source/open.js';
import { Scratch, smallTree } from './fixture.js';
import { packaging, packSource } from './source-package.js';

describe('the trees in qemu-src/', () => {
  const scratch = new Scratch();
  after(() => scratch.remove());

  it('has none where the directory is missing, empty, or holds other things', () => {
    expect(defaultSource(scratch.path('none'))).to.equal(undefined);
    scratch.write({ 'README.md': 'text', 'notes/a.txt': '', '.obtain-1-x/VERSION': '9.0.0\n' }, 'other');
    expect(defaultSource(scratch.path('other'))).to.equal(undefined);
  });

  it('picks the newest, whatever its form, and says so', () => {
    scratch.write({ ...smallTree, VERSION: '8.0.0\n' }, 'src', 'z-tree');
    scratch.write({ ...smallTree, VERSION: '10.0.0\n' }, 'src', 'a-tree');
    scratch.write({ 'qemu-9.1.0.tar.xz': '' }, 'src');
    const found = defaultSource(scratch.path('src'));
    expect(found?.chosen.spec).to.equal(scratch.path('src/a-tree'));
    expect(found?.others.map(({ version }) => version)).to.deep.equal(['9.1.0', '8.0.0']);
    expect(found === undefined ? '' : describeDefault(found))
      .to.equal(`using ${scratch.path('src/a-tree')}, the newest (also there: ${scratch.path('src/qemu-9.1.0.tar.xz')}, ${scratch.path('src/z-tree')}; choose with --source)`);
  });

  it('takes a source package as one, and orders builds of one release by the packaging', () => {
    mkdirSync(scratch.path('packages'));
    const dsc = packSource(scratch, 'packages', { version: '8.1.2-9', upstream: smallTree, packaging: packaging('8.1.2-9') });
    scratch.write({ ...smallTree, ...packaging('8.1.2-10') }, 'packages', 'newer');
    expect(localSources(scratch.path('packages')).map(({ kind, version }) => `${kind} ${version}`)).to.deep.equal(['directory 8.1.2-10', 'package 8.1.2-9']);
    expect(openSource(dsc).read('VERSION')).to.equal('8.1.2\n');
  });
});
