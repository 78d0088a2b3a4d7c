import { expect } from 'chai';
import { mkdirSync } from 'node:fs';
import { sourcesAt } from '../../analyzer/source/tree-list.js';
import { SourceError } from '../../analyzer/source/tree.js';
import { Scratch, smallTree } from './fixture.js';

describe('lists of source trees', () => {
  const scratch = new Scratch();
  after(() => scratch.remove());

  it('a tree, a repository with a revision and an archive stand for themselves', () => {
    scratch.write(smallTree, 'tree');
    scratch.write({ 'a.tar.xz': '' });
    for (const path of [scratch.path('tree'), `${scratch.path('tree')}@v1`, scratch.path('a.tar.xz')]) expect(sourcesAt(path)).to.deep.equal([{ name: undefined, spec: path }]);
  });

  it('a directory stands for the trees in it', () => {
    scratch.write({ ...smallTree, VERSION: '8.0.0\n' }, 'many', 'one');
    scratch.write({ ...smallTree, VERSION: '9.0.0\n' }, 'many', 'two');
    expect(sourcesAt(scratch.path('many')).map(({ spec }) => spec)).to.deep.equal([scratch.path('many/two'), scratch.path('many/one')]);
  });

  it('a text file lists trees, with names or without', () => {
    scratch.write({ 'trees.txt': '# releases\nv8.0.0 repo@v8.0.0\n\nrepo@abc # a comment\n' });
    expect(sourcesAt(scratch.path('trees.txt'))).to.deep.equal([{ name: 'v8.0.0', spec: 'repo@v8.0.0' }, { name: undefined, spec: 'repo@abc' }]);
  });

  it('none is an error', () => {
    mkdirSync(scratch.path('empty'));
    scratch.write({ 'empty.txt': '\n' });
    for (const path of ['empty', 'empty.txt']) expect(() => sourcesAt(scratch.path(path))).to.throw(SourceError);
  });
});
