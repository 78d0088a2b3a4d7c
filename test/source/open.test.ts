import { expect } from 'chai';
import { mkdirSync } from 'node:fs';
import { openSource } from '../../analyzer/source/open.js';
import { Scratch, smallTree, sourceError } from './fixture.js';

describe('the --source argument', () => {
  const scratch = new Scratch();
  after(() => scratch.remove());

  it('takes a directory, with an @ in its name too', () => {
    const tree = openSource(scratch.write(smallTree, 'user@host', 'qemu'));
    expect(tree.read('VERSION')).to.equal('8.1.2\n');
    expect(tree.origin).to.equal(scratch.path('user@host/qemu'));
  });

  it('says what is wrong in one line', () => {
    mkdirSync(scratch.path('empty'));
    expect(sourceError(() => openSource(scratch.path('none')))).to.equal(`there is no ${scratch.path('none')}`);
    expect(sourceError(() => openSource(scratch.path('none@v1')))).to.equal(`there is no ${scratch.path('none@v1')}`);
    expect(sourceError(() => openSource(''))).to.match(/^there is no /);
    expect(sourceError(() => openSource(scratch.path('empty')))).to.equal(`${scratch.path('empty')} is an empty directory`);
    scratch.write({ file: 'text' });
    expect(sourceError(() => openSource(scratch.path('file/below')))).to.equal(`there is no ${scratch.path('file/below')}`);
    expect(sourceError(() => openSource(scratch.path('file')).list(''))).to.equal(`${scratch.path('file')} is not a tar archive`);
    expect(sourceError(() => openSource(`${scratch.path('file')}@v1`))).to.equal(`${scratch.path('file')} is not a git repository`);
  });
});
