import { expect } from 'chai';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeDirectory } from '../../analyzer/render/directory.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function output(cpus: Record<string, string>, links: Record<string, string>): [Map<string, string>, Map<string, string>] {
  const files = new Map(Object.entries(cpus));
  const pairs = Object.entries(links).map(([file, content]) => [file, { kvm: { file, content, sha256: sha256(cpus[content]!) } }]);
  files.set('index.json', JSON.stringify({ pairs: { board: Object.fromEntries(pairs) as unknown } }));
  return [files, new Map(Object.entries(links))];
}

describe('the output directory', () => {
  let directory: string;
  const path = (name: string): string => join(directory, name);
  beforeEach(() => { directory = mkdtempSync(join(tmpdir(), 'generated-')); });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const first = output({ 'cpus/a.cfg': 'A', 'cpus/b.cfg': 'B' }, { 'kvm/board/One.cfg': 'cpus/a.cfg', 'kvm/board/Two.cfg': 'cpus/b.cfg' });

  it('holds files, relative links and nothing else', async () => {
    const nested = path('not/yet/there');
    expect(await writeDirectory(nested, ...first)).to.deep.equal({ written: 5, unchanged: 0, removed: 0, kept: [] });
    expect(readdirSync(nested).sort()).to.deep.equal(['cpus', 'index.json', 'kvm']);
    expect(readFileSync(join(nested, 'kvm/board/One.cfg'), 'utf8')).to.equal('A');
    expect(readlinkSync(join(nested, 'kvm/board/One.cfg'))).to.equal('../../cpus/a.cfg');
  });

  it('is left alone by a second run with the same result', async () => {
    await writeDirectory(directory, ...first);
    const before = statSync(path('cpus/a.cfg')).ino;
    expect(await writeDirectory(directory, ...first)).to.deep.equal({ written: 0, unchanged: 5, removed: 0, kept: [] });
    expect(statSync(path('cpus/a.cfg')).ino).to.equal(before);
  });

  it('loses what an earlier run wrote and this one does not have', async () => {
    await writeDirectory(directory, ...first);
    const result = await writeDirectory(directory, ...output({ 'cpus/a.cfg': 'A2' }, { 'tcg/board/One.cfg': 'cpus/a.cfg' }));
    expect(result.removed).to.equal(3);
    expect(readdirSync(directory).sort()).to.deep.equal(['cpus', 'index.json', 'tcg']);
    expect(readFileSync(path('tcg/board/One.cfg'), 'utf8')).to.equal('A2');
  });

  it("keeps the user's own files, and files of an earlier run that were changed since", async () => {
    await writeDirectory(directory, ...first);
    writeFileSync(path('kvm/board/notes.txt'), 'mine');
    writeFileSync(path('cpus/b.cfg'), 'edited');
    const result = await writeDirectory(directory, ...output({ 'cpus/a.cfg': 'A' }, { 'kvm/board/One.cfg': 'cpus/a.cfg' }));
    expect(result.kept).to.deep.equal(['cpus/b.cfg']);
    expect(readFileSync(path('kvm/board/notes.txt'), 'utf8')).to.equal('mine');
    expect(readFileSync(path('cpus/b.cfg'), 'utf8')).to.equal('edited');
    expect(existsSync(path('kvm/board/Two.cfg'))).to.equal(false);
  });

  it('repairs half a file', async () => {
    await writeDirectory(directory, ...first);
    writeFileSync(path('cpus/a.cfg'), '');
    await writeDirectory(directory, ...first);
    expect(readFileSync(path('cpus/a.cfg'), 'utf8')).to.equal('A');
  });

  it('does not follow an index.json that names files elsewhere', async () => {
    const outside = path('outside.txt');
    writeFileSync(outside, 'x');
    mkdirSync(path('out'));
    writeFileSync(path('out/index.json'), JSON.stringify({ pairs: { m: { file: '../outside.txt', content: '../outside.txt', sha256: sha256('x') } } }));
    await writeDirectory(path('out'), ...first);
    expect(readFileSync(outside, 'utf8')).to.equal('x');
  });

  it('sweeps up after a run that was killed', async () => {
    mkdirSync(path('.qemu-cpu-custom-4194305-0123abcd'));
    await writeDirectory(directory, ...first);
    expect(readdirSync(directory).filter((name) => name.startsWith('.'))).to.deep.equal([]);
  });

  it('says in one line why it cannot be written', async () => {
    writeFileSync(path('file'), '');
    let message = '';
    await writeDirectory(path('file'), ...first).catch((error: Error) => { message = `${error.name}: ${error.message}`; });
    expect(message).to.match(/^OutputError: cannot write .*file: /);
    mkdirSync(path('index.json'));
    await writeDirectory(directory, ...first).catch((error: Error) => { message = error.message; });
    expect(message).to.match(/^cannot write .*index\.json: there is a directory where a file belongs$/);
    expect(lstatSync(path('index.json')).isDirectory()).to.equal(true);
  });

  it('is refused in one line where no directory can be made', async () => {
    const refusal = await writeDirectory('/proc/self/nowhere/at/all', ...first).then(() => undefined, (error: unknown) => error as Error);
    expect(refusal?.name).to.equal('OutputError');
    expect(refusal?.message).to.match(/^cannot write \/proc\/[^\n]*$/);
  });
});
