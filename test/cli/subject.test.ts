import { expect } from 'chai';
import { parseSubject } from '../../analyzer/cli/subject.js';

describe('SOURCE:MACHINE:MODEL', () => {
  const there = (...sources: string[]) => (source: string): boolean => sources.includes(source);

  it('is taken apart from the end', () => {
    expect(parseSubject('/q', there('/q'))).to.deep.equal({ source: '/q' });
    expect(parseSubject('/q:pc', there('/q'))).to.deep.equal({ source: '/q', machine: 'pc' });
    expect(parseSubject('/q:pc:Haswell,level=2', there('/q'))).to.deep.equal({ source: '/q', machine: 'pc', model: 'Haswell,level=2' });
  });

  it('has paths with colons, and revisions', () => {
    expect(parseSubject('/a:b@v1:pc:X', there('/a:b@v1'))).to.deep.equal({ source: '/a:b@v1', machine: 'pc', model: 'X' });
    expect(parseSubject('/a:b', there('/a:b', '/a'))).to.deep.equal({ source: '/a:b' });
    expect(parseSubject('/a:b:pc', there('/a:b', '/a'))).to.deep.equal({ source: '/a:b', machine: 'pc' });
  });

  it('may leave the source out', () => {
    expect(parseSubject(':pc', there())).to.deep.equal({ source: undefined, machine: 'pc' });
    expect(parseSubject(':pc:X', there())).to.deep.equal({ source: undefined, machine: 'pc', model: 'X' });
  });

  it('names the shortest source where none is there', () => {
    expect(parseSubject('/no:pc:X', there())).to.deep.equal({ source: '/no', machine: 'pc', model: 'X' });
    expect(parseSubject('/no', there())).to.deep.equal({ source: '/no' });
  });
});
