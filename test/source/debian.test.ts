import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { obtainDebianSource, type ObtainOptions } from '../../analyzer/source/debian.js';
import { identify } from '../../analyzer/source/identify.js';
import { openSource } from '../../analyzer/source/open.js';
import { SourceError } from '../../analyzer/source/tree.js';
import { hasProgram, Scratch, smallTree } from './fixture.js';
import { packaging, packSource } from './source-package.js';

/** An archive on disk that apt takes for Debian's, and an apt configuration that names it. */
function makeArchive(scratch: Scratch, versions: readonly string[]): void {
  const root = scratch.path('archive', 'debian');
  mkdirSync(`${root}/pool`, { recursive: true });
  const index = versions.map((version) => {
    const dsc = packSource(scratch, `package-${version}`, { version, upstream: smallTree, packaging: packaging(`1:${version}`) });
    const text = readFileSync(dsc, 'utf8').replace(`Version: ${version}`, `Version: 1:${version}`);
    writeFileSync(dsc, text);
    cpSync(scratch.path(`package-${version}`), `${root}/pool`, { recursive: true });
    const name = `qemu_${version}.dsc`;
    const own = (algorithm: string): string => ` ${createHash(algorithm).update(text).digest('hex')} ${Buffer.byteLength(text)} ${name}`;
    const [, fields] = /\n\n(Format[\s\S]*?\n)\n-----/.exec(text) ?? [];
    return (fields ?? '').replace('Source: ', 'Package: ')
      .replace('Checksums-Sha256:\n', `Checksums-Sha256:\n${own('sha256')}\n`).replace('Files:\n', `Files:\n${own('md5')}\n`) + 'Directory: pool\n';
  }).join('\n');
  scratch.write({ 'main/source/Sources': index }, 'archive', 'debian', 'dists', 'mellow');
  const hash = createHash('sha256').update(index).digest('hex');
  scratch.write({ Release: `Suite: mellow\nCodename: mellow\nComponents: main\nDate: Mon, 01 Jan 2024 00:00:00 UTC\nSHA256:\n ${hash} ${Buffer.byteLength(index)} main/source/Sources\n` }, 'archive', 'debian', 'dists', 'mellow');
  const canary = scratch.path('hook-ran');
  scratch.write({
    'apt.conf': `Dir::Etc::sourcelist "${scratch.path('sources.list')}";\nDir::Etc::sourceparts "${scratch.path('parts')}";\nAPT::Update::Post-Invoke { "touch ${canary}"; };\n`,
    'sources.list': `deb [trusted=yes] file:${root} mellow main\n`,
  });
}

describe('obtaining a Debian source package', () => {
  const scratch = new Scratch();
  const saved = { APT_CONFIG: process.env['APT_CONFIG'], PATH: process.env['PATH'] };
  before(function () {
    if (!hasProgram('apt-get')) this.skip();
    makeArchive(scratch, ['8.1.2-9', '8.1.2-10', '7.0.0-3']);
    process.env['APT_CONFIG'] = scratch.path('apt.conf');
  });
  after(() => {
    if (saved.APT_CONFIG === undefined) delete process.env['APT_CONFIG'];
    else process.env['APT_CONFIG'] = saved.APT_CONFIG;
    scratch.remove();
  });
  const failure = async (options: ObtainOptions): Promise<string> => {
    try {
      await obtainDebianSource(options);
    } catch (error) {
      if (error instanceof SourceError && !error.message.includes('\n')) return error.message;
      throw error;
    }
    throw new Error('it did not fail');
  };

  it("gets the newest version of the system's suites, complete, and leaves nothing else behind", async () => {
    const steps: string[] = [];
    const path = await obtainDebianSource({ into: scratch.path('src'), progress: (message) => steps.push(message) });
    expect(path).to.equal(scratch.path('src/qemu-8.1.2-10'));
    expect(identify(openSource(path)).package).to.equal('Debian 1:8.1.2-10');
    expect(openSource(path).read('target/i386/cpu.h')).to.equal('#define CPU_LEVEL 13\n');
    expect(readdirSync(scratch.path('src'))).to.deep.equal(['qemu-8.1.2-10']);
    expect(steps[0]).to.equal('Fetching the source package index of mellow');
    expect(steps.some((step) => step.startsWith('Downloading qemu 1:8.1.2-10'))).to.equal(true);
    expect(existsSync(scratch.path('hook-ran')), "the system's update hooks").to.equal(false);
  });

  it('reuses what is there', async () => {
    const before = statSync(scratch.path('src/qemu-8.1.2-10')).ino;
    const steps: string[] = [];
    await obtainDebianSource({ into: scratch.path('src'), progress: (message) => steps.push(message) });
    expect(steps).to.have.length(1);
    expect(statSync(scratch.path('src/qemu-8.1.2-10')).ino).to.equal(before);
  });

  it('gets a given suite', async () => {
    expect(await obtainDebianSource({ into: scratch.path('src'), suite: 'mellow' })).to.equal(scratch.path('src/qemu-8.1.2-10'));
  });

  it('gets a given version', async () => {
    expect(await obtainDebianSource({ into: scratch.path('src'), suite: 'mellow', version: '7.0' })).to.equal(scratch.path('src/qemu-7.0.0-3'));
    expect(await failure({ into: scratch.path('src'), suite: 'mellow', version: '6' }))
      .to.equal('Debian has no qemu 6 in mellow; there is 1:7.0.0-3, 1:8.1.2-9, 1:8.1.2-10');
  });

  it('takes the next version where the mirror lacks one that it lists, and says so', async () => {
    rmSync(scratch.path('archive/debian/pool/qemu_8.1.2-10.dsc'));
    const steps: string[] = [];
    const path = await obtainDebianSource({ into: scratch.path('other'), progress: (message) => steps.push(message) });
    expect(path).to.equal(scratch.path('other/qemu-8.1.2-9'));
    expect(steps).to.include('The mirror lists qemu 1:8.1.2-10 but does not have it');
    expect(await failure({ into: scratch.path('other'), suite: 'mellow', version: '8.1.2-10' })).to.match(/^apt could not download qemu 1:8\.1\.2-10: /);
  });

  it('takes away what a killed process left', async () => {
    scratch.write({ 'apt/x': '' }, 'src', '.obtain-4194303-abc');
    await obtainDebianSource({ into: scratch.path('src') });
    expect(readdirSync(scratch.path('src')).filter((name) => name.startsWith('.'))).to.deep.equal([]);
  });

  it('says in one line what to do where it cannot work', async () => {
    expect(await failure({ into: scratch.path('src'), suite: 'none' })).to.match(/^apt could not fetch the source package index: /);
    expect(await failure({ into: scratch.path('src'), suite: 'a\nURIs: b' })).to.match(/neither a Debian suite nor a version$/);
    expect(await failure({ into: scratch.path('sources.list/x') })).to.match(/^cannot write to /);
    scratch.write({ 'sources.list': 'deb https://packages.example.com/apt x main\n' });
    expect(await failure({ into: scratch.path('src') })).to.match(/^apt's sources name no Debian archive: .*--source$/);
    process.env['PATH'] = scratch.path('no-programs');
    try {
      expect(await failure({ into: scratch.path('src') })).to.match(/^apt is not available here: .*--source$/);
    } finally {
      process.env['PATH'] = saved.PATH;
    }
    expect(readdirSync(scratch.path('src')).filter((name) => name.startsWith('.'))).to.deep.equal([]);
  });

  it("gets Debian's own from the network", async function () {
    if (process.env['QEMU_CPU_CUSTOM_NETWORK'] !== '1') {
      console.log('      set QEMU_CPU_CUSTOM_NETWORK=1 to run this');
      this.skip();
    }
    delete process.env['APT_CONFIG'];
    const path = await obtainDebianSource({ into: scratch.path('real') });
    expect(identify(openSource(path)).package).to.match(/^Debian 1:/);
  });
});
