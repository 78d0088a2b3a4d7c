import { expect } from 'chai';
import { externalNames, factNamed, factOf, matches } from '../../analyzer/source/facts.js';
import { MemoryTree } from '../../analyzer/source/memory-tree.js';
import { narrowFingerprint, ObservedTree } from '../../analyzer/source/observed.js';

function treeOf(files: Readonly<Record<string, string>>): MemoryTree {
  return new MemoryTree(new Map(Object.entries(files).map(([path, text]) => [path, { data: Buffer.from(text) }])), 'a tree');
}

describe('facts of files', () => {
  const source = 'int level;\nint raise(void)\n{\n    return ++level;\n}\n';

  it('are worked out by name, anywhere', () => {
    expect(externalNames.of(source)).to.equal('level raise');
    expect(factNamed(externalNames.name).of(source)).to.equal('level raise');
    const pattern = /\braise\s*\(/;
    expect(factNamed(matches(pattern).name).of(source)).to.equal('1');
    expect(factNamed(matches(pattern).name).of('lower()')).to.equal('0');
    expect(factOf(treeOf({}), 'a.c', externalNames)).to.equal(undefined);
  });

  it('are what a tree is known by, where nobody asked for more', () => {
    const observed = new ObservedTree(treeOf({ 'a.c': source, 'b.h': 'b\n' }));
    factOf(observed, 'a.c', externalNames);
    observed.read('b.h');
    const questions = observed.narrowQuestions();
    expect([questions.read, questions.facts]).to.deep.equal([['b.h'], [['a.c', ['external names']]]]);
    const print = (files: Readonly<Record<string, string>>): string => narrowFingerprint(treeOf(files), questions);
    const known = print({ 'a.c': source, 'b.h': 'b\n' });
    expect(print({ 'a.c': source.replace('++', '--'), 'b.h': 'b\n' })).to.equal(known);
    expect(print({ 'a.c': source.replace('raise', 'lower'), 'b.h': 'b\n' })).to.not.equal(known);
    expect(print({ 'a.c': source, 'b.h': 'c\n' })).to.not.equal(known);
    expect(print({ 'b.h': 'b\n' })).to.not.equal(known);
  });

  it('count for nothing where the whole text was asked as well', () => {
    const observed = new ObservedTree(treeOf({ 'a.c': source }));
    factOf(observed, 'a.c', externalNames);
    observed.read('a.c');
    expect(observed.narrowQuestions().facts).to.deep.equal([]);
    expect(observed.questions().read).to.deep.equal(['a.c']);
  });
});
