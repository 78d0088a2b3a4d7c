import { expect } from 'chai';
import { formatDeb822Sources, parseDeb822Sources, parseOneLineSources, readSystemSources, sourceEntries } from '../../analyzer/source/apt-sources.js';
import { Scratch } from './fixture.js';

const oneLine = [
  '# a comment',
  'deb http://mirror.example.org/debian bookworm main contrib # trailing',
  'deb [arch=amd64,i386 signed-by=/k/a.gpg,/k/b.gpg trusted=yes] https://mirror.example.org/pub/debian/ bookworm-updates main',
  'deb-src http://mirror.example.org/debian bookworm main',
  'deb http://security.debian.org/debian-security bookworm-security main',
  'deb http://mirror.example.org/debian bookworm-backports main',
  'deb [signed-by=/k/c.gpg] https://download.example.com/linux/debian bookworm stable',
  'deb https://packages.example.com/apt sdk-bookworm main',
  '#deb http://mirror.example.org/debian sid main',
].join('\n');

const deb822 = [
  'Types: deb', '# a comment', 'URIs: http://mirror.example.org/debian', 'Suites: bookworm bookworm-updates', 'Components: main',
  'Signed-By:', ' -----BEGIN PGP PUBLIC KEY BLOCK-----', ' .', ' abc', ' -----END PGP PUBLIC KEY BLOCK-----', '',
  'Types: deb', 'URIs: http://mirror.example.org/debian-security', 'Suites: bookworm-security', 'Components: main', 'Architectures: amd64', 'Signed-By: /k/d.gpg', '', '',
  'Enabled: no', 'Types: deb', 'URIs: http://mirror.example.org/debian', 'Suites: sid', 'Components: main', '',
].join('\n');

const summary = (entries: ReturnType<typeof sourceEntries>): string[] => entries.map((entry) =>
  `${entry.types.join('+')} ${entry.uris.join('+')} ${entry.suites.join('+')} ${entry.components.join('+')} ${[...entry.options].map(([name, value]) => `${name}=${value}`).join(',')}`.trim());

describe("deriving source entries from apt's", () => {
  it('reads the one-line format', () => {
    expect(summary(sourceEntries(parseOneLineSources(oneLine)))).to.deep.equal([
      'deb-src http://mirror.example.org/debian bookworm main',
      'deb-src https://mirror.example.org/pub/debian/ bookworm-updates main signed-by=/k/a.gpg /k/b.gpg,trusted=yes',
      'deb-src http://security.debian.org/debian-security bookworm-security main',
    ]);
  });

  it('reads the deb822 format, keys in the file included', () => {
    const entries = sourceEntries(parseDeb822Sources(deb822));
    expect(entries.map(({ suites }) => suites)).to.deep.equal([['bookworm', 'bookworm-updates'], ['bookworm-security']]);
    const text = formatDeb822Sources(entries);
    expect(text).to.contain('Types: deb-src\nURIs: http://mirror.example.org/debian\nSuites: bookworm bookworm-updates\nComponents: main\nsigned-by: \n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc\n');
    expect(text).to.contain('signed-by: /k/d.gpg\n');
    expect(text).not.to.match(/architectures/i);
    expect(parseDeb822Sources(text)).to.deep.equal(entries);
  });

  it('names other suites on the same mirrors, with their security updates', () => {
    const system = parseDeb822Sources(deb822);
    expect(summary(sourceEntries(system, ['trixie'])).map((line) => line.replace(/ signed-by.*/s, ''))).to.deep.equal([
      'deb-src http://mirror.example.org/debian trixie main', 'deb-src http://mirror.example.org/debian-security trixie-security main',
    ]);
    expect(sourceEntries(system, ['sid']).map(({ suites }) => suites)).to.deep.equal([['sid']]);
    expect(sourceEntries(system, ['bookworm-backports']).map(({ suites }) => suites)).to.deep.equal([['bookworm-backports']]);
  });

  it('knows mirrors of all kinds, and finds none where there is none', () => {
    for (const uri of ['http://ftp.de.debian.org/debian', 'mirror+file:/etc/apt/mirrors/debian.list', 'file:/srv/mirror/debian', 'http://snapshot.debian.org/archive/debian/20240101T000000Z/', 'http://archive.ubuntu.com/ubuntu/']) {
      expect(sourceEntries(parseOneLineSources(`deb ${uri} stable main`)), uri).to.have.length(1);
    }
    for (const uri of ['https://download.docker.com/linux/other', 'https://deb.example.com/node_20.x']) {
      expect(sourceEntries(parseOneLineSources(`deb ${uri} stable main`)), uri).to.have.length(0);
    }
    expect(sourceEntries([], ['trixie'])).to.deep.equal([]);
  });

  it('reads the files that apt would read', () => {
    const scratch = new Scratch();
    try {
      scratch.write({ 'sources.list': 'deb http://a/debian one main\n', 'd/b.sources': deb822, 'd/a.list': 'deb http://a/debian two main\n', 'd/c.list.save': 'deb http://a/debian three main\n', 'd/.hidden.txt': 'x' });
      const entries = readSystemSources(scratch.path('sources.list'), scratch.path('d'));
      expect(entries.map(({ suites }) => suites[0])).to.deep.equal(['one', 'two', 'bookworm', 'bookworm-security']);
      expect(readSystemSources(scratch.path('none'), scratch.path('none.d'))).to.deep.equal([]);
    } finally {
      scratch.remove();
    }
  });
});
