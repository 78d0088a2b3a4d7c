import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AnalysisCache } from '../../analyzer/cache/analysis-cache.js';
import { analyzerVersion, codeVersion } from '../../analyzer/cache/analyzer-version.js';
import type { CachedAnalysis } from '../../analyzer/cache/cached-analysis.js';
import { cacheDirectory, Store } from '../../analyzer/cache/store.js';
import { DirectoryTree } from '../../analyzer/source/directory.js';
import { openSource } from '../../analyzer/source/open.js';
import { CannotResolveError, UnknownNameError } from '../../analyzer/x86/api.js';
import { hasProgram, Scratch } from '../source/fixture.js';
import { FakeAnalyzer } from './fake.js';

const files = { 'VERSION': '8.0.0\n', 'include/cpu.h': 'LEVEL 7\n', 'include/other.h': '\n', 'hw/late.c': 'LEVEL 9\n', 'target/i386/helper.c': '\n' };
const long = new Date('2001-01-01');

describe('the cache of analyses', () => {
  let scratch: Scratch;
  let store: Store;
  let fake: FakeAnalyzer;
  let version: string;
  let path: string;

  beforeEach(() => {
    scratch = new Scratch();
    store = new Store(scratch.path('cache'));
    fake = new FakeAnalyzer();
    version = 'one';
    path = scratch.write(files, 'tree');
  });
  afterEach(() => scratch.remove());

  const open = (spec = path, options: object = {}): CachedAnalysis => new AnalysisCache(store, () => version).open(openSource(spec), { accel: 'kvm', ...options }, fake.analyse);
  const level = (analysis: CachedAnalysis, machine = 'board'): unknown => analysis.resolve(machine, 'type', 'expanded').properties.get('level');
  /** Ask in a run of its own. */
  const ask = (spec = path, options: object = {}): unknown => {
    const analysis = open(spec, options);
    const answer = level(analysis);
    analysis.save();
    return answer;
  };
  const filesOf = (kind: string): string[] => readdirSync(store.directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes(`/${kind}-`)).map((name) => scratch.path('cache', name));

  it('answers what was asked before without an analysis', () => {
    const first = open();
    const ask = (analysis: CachedAnalysis): unknown[] => [
      analysis.qemu, analysis.machines(), analysis.models('board'), analysis.properties('board', 'type'), analysis.compatProperties('board'), analysis.machineParents(),
      analysis.explain('board', 'type', 'level', 'expanded'), analysis.expressible('board', 'type'), analysis.featureWords('board', 'type'),
      ...['type', 'host'].map((cpu) => { const { properties, ...rest } = analysis.resolve('board', cpu, 'expanded'); return [rest, [...properties]]; }),
      analysis.expressible('board', 'type').not,
    ];
    const answers = ask(first);
    first.save();
    expect(fake.made).to.equal(1);
    const second = open();
    expect(ask(second)).to.deep.equal(answers);
    expect(fake.made).to.equal(1);
    expect(second.resolve('board', 'type', 'expanded')).to.equal(second.resolve('board2', 'type', 'expanded'), 'equal CPUs are one object, whoever answered');
  });

  it('tells the processors of a machine apart', () => {
    const analysis = open();
    for (const vcpu of [undefined, 5, 0]) expect(analysis.cpuid('board', 'type', vcpu).map(({ ebx }) => ebx)).to.deep.equal([vcpu ?? 0]);
  });

  it('hands out properties that are a map in every respect', () => {
    open().release();
    ask();
    const { properties } = open().resolve('board', 'type', 'expanded');
    expect(fake.made).to.equal(2, 'the second run asked something new');
    expect([...new Map(properties)]).to.deep.equal([['level', '7'], ['mask', 0xffff_ffff_ffff_fffen], ['one', 1], ['list', [1n, null, 'x']], ['on', true]]);
    expect([properties.size, properties.has('one'), properties.has('two'), properties.get('two')]).to.deep.equal([5, true, false, undefined]);
    expect([...properties.keys()]).to.deep.equal(['level', 'mask', 'one', 'list', 'on']);
    expect([...properties.values()][1]).to.equal(0xffff_ffff_ffff_fffen);
    const seen: unknown[] = [];
    properties.forEach((value, name) => seen.push([name, value]));
    expect(seen).to.deep.equal([...properties]);
    expect(properties).to.be.instanceOf(Map);
  });

  it('asks a real analysis only for what is new, and keeps that too', () => {
    ask();
    const second = open();
    level(second, 'late');
    level(second);
    second.save();
    expect([fake.made, fake.asked]).to.deep.equal([2, 2]);
    const third = open();
    expect([level(third, 'late'), level(third)]).to.deep.equal(['9', '7']);
    expect(fake.made).to.equal(2);
    expect(filesOf('said')).to.have.length(1, 'what was superseded is gone');
  });

  it('asks about several properties at once, and only about those that are new', () => {
    const first = open();
    const one = [...first.explainAll('board', 'type', ['a', 'b'], 'expanded')];
    expect(one.map(([name, [assignment]]) => [name, assignment!.value])).to.deep.equal([['a', 'a'], ['b', 'b']]);
    first.save();
    const second = open();
    expect([...second.explainAll('board', 'type', ['b', 'c'], 'expanded').keys()]).to.deep.equal(['b', 'c']);
    expect(second.explain('board', 'type', 'a', 'expanded')[0]!.value).to.equal('a');
    expect([fake.made, fake.asked]).to.deep.equal([2, 2]);
  });

  it('passes refusals on, and wrong names with their suggestions', () => {
    for (let run = 0; run < 2; run++) {
      const analysis = open();
      expect(() => analysis.resolve('board', 'refused', 'expanded')).to.throw(CannotResolveError, 'no such luck');
      expect(() => analysis.resolve('board', 'typo', 'expanded')).to.throw(UnknownNameError, "there is no CPU model 'typo' (did you mean type?)").with.property('suggestions').that.deep.equals(['type']);
      analysis.save();
    }
    expect(fake.made).to.equal(1);
  });

  it('takes words of any kind for names', () => {
    for (let run = 0; run < 2; run++) {
      const analysis = open();
      for (const name of ['__proto__', 'constructor', '', '486,x=\n']) expect(analysis.resolve(name, name, 'expanded').typename).to.equal(`${name}-cpu`);
      analysis.save();
    }
    expect(fake.made).to.equal(1);
  });

  it('repeats what was not understood', () => {
    const first = open();
    level(first);
    expect(first.diagnostics).to.deep.equal([]);
    first.resolve('board', 'odd', 'expanded');
    first.resolve('board', 'after', 'expanded');
    first.save();
    const second = open();
    level(second);
    expect(second.diagnostics).to.deep.equal([]);
    second.resolve('board', 'odd', 'expanded');
    expect(second.diagnostics).to.deep.equal([{ severity: 'error', at: { file: 'include/cpu.h', line: 1 }, what: 'odd', affects: 'odd' }]);
    second.resolve('board', 'after', 'expanded');
    expect(second.diagnostics).to.have.length(1);
    const third = open();
    third.resolve('board', 'after', 'expanded');
    expect(third.diagnostics).to.deep.equal([], 'it was said of another CPU');
    expect(fake.made).to.equal(1);
  });

  it('repeats with every later answer what may affect all', () => {
    const first = open();
    level(first);
    first.resolve('board', 'strange', 'expanded');
    first.resolve('board', 'after', 'expanded');
    first.save();
    const second = open();
    level(second);
    expect(second.diagnostics).to.deep.equal([]);
    second.resolve('board', 'after', 'expanded');
    expect(second.diagnostics.map(({ what }) => what)).to.deep.equal(['strange']);
  });

  it('tells options apart', () => {
    ask();
    ask(path, { accel: 'tcg' });
    ask(path, { define: new Map([['A', '1']]) });
    ask(path, { define: new Map([['A', '2']]) });
    ask(path, { without: ['A'] });
    expect(fake.made).to.equal(5);
    ask(path, { define: new Map([['A', '2']]), target: undefined });
    expect(fake.made).to.equal(5);
    ask(path, { host: { kind: 'x', toJSON: () => 'one' } });
    ask(path, { host: { kind: 'x', toJSON: () => 'two' } });
    ask(path, { host: { kind: 'x', toJSON: () => 'two' } });
    expect(fake.made).to.equal(7);
    // two of these would look alike
    expect(() => ask(path, { host: new (class { readonly #hidden = 1; get hidden(): number { return this.#hidden; } })() })).to.throw(TypeError, 'toJSON');
  });

  it('does not trust another version of the analyzer', () => {
    ask();
    version = 'two';
    ask();
    expect(fake.made).to.equal(2);
  });

  describe('of a directory', () => {
    it('sees that a file changed, of the same size and with an old time', () => {
      for (const touched of [false, true]) {
        for (const [now, text] of [['7', 'LEVEL 7\n'], ['8', 'LEVEL 8\n']] as const) {
          writeFileSync(scratch.path('tree/include/cpu.h'), text);
          if (touched) utimesSync(scratch.path('tree/include/cpu.h'), long, long);
          expect(ask()).to.equal(now);
        }
      }
      expect(fake.made).to.equal(2, 'what was known of the first content is still known');
    });

    it('sees that a file appears where it was looked for first', () => {
      expect(ask()).to.equal('7');
      scratch.write({ 'target/i386/cpu.h': 'LEVEL 1\n' }, 'tree');
      expect(ask()).to.equal('1');
      rmSync(scratch.path('tree/target/i386/cpu.h'));
      expect(ask()).to.equal('7');
      expect(fake.made).to.equal(2);
    });

    it('does not mind files that no analysis reads', () => {
      ask();
      scratch.write({ 'target/i386/new.c': '\n', 'include/other.h': 'changed\n', 'README': 'new\n' }, 'tree');
      ask();
      expect(fake.made).to.equal(1);
    });

    it('does not mind what a file says of which it only asked something else', () => {
      const file = (text: string): void => { scratch.write({ 'hw/names.c': text }, 'tree'); };
      file('int first(void)\n{\n    return 1;\n}\n');
      ask();
      expect(fake.made).to.equal(1);
      file('int first(void)\n{\n    return 2;\n}\n');
      ask();
      expect(fake.made).to.equal(1);
      const { now } = Date;
      const later = now() + 60_000;
      try {
        Date.now = () => later;
        ask();
        file('int first(void)\n{\n    return 3;\n}\n');
        ask();
        expect(fake.made).to.equal(1);
        file('int second(void)\n{\n    return 3;\n}\n');
        ask();
        expect(fake.made).to.equal(2);
        rmSync(scratch.path('tree/hw/names.c'));
        ask();
        expect(fake.made).to.equal(3);
      } finally {
        Date.now = now;
      }
    });

    it('does not mind where it lies, and reads its files only if something moved', () => {
      ask();
      renameSync(path, scratch.path('elsewhere'));
      expect(ask(scratch.path('elsewhere'))).to.equal('7');
      expect(fake.made).to.equal(1);
      // stamps are trusted once they are old enough
      const analysis = new AnalysisCache(store, () => version);
      const tree = new UnreadableTree(scratch.path('elsewhere'));
      const later = Date.now() + 60_000;
      const now = Date.now;
      try {
        Date.now = () => later;
        level(analysis.open(new DirectoryTree(scratch.path('elsewhere')), { accel: 'kvm' }, fake.analyse));
        expect(level(analysis.open(tree, { accel: 'kvm' }, fake.analyse))).to.equal('7');
      } finally {
        Date.now = now;
      }
      expect(fake.made).to.equal(1);
    });

    it('keeps nothing that mixes what a file said before and after a change', () => {
      ask();
      const analysis = open();
      expect(level(analysis)).to.equal('7');
      writeFileSync(scratch.path('tree/include/cpu.h'), 'LEVEL 6\n');
      level(analysis, 'late');
      analysis.save();
      expect(ask()).to.equal('6');
    });
  });

  it('shares what it knows between a directory, a git revision, an archive and its copy', function () {
    if (!hasProgram('git') || !hasProgram('tar')) this.skip();
    expect(ask()).to.equal('7');
    const git = (...args: string[]): string => scratch.run('git', ['-c', 'user.name=x', '-c', 'user.email=x@y', '-c', 'commit.gpgsign=false', ...args], 'tree');
    git('init', '-q', '-b', 'main');
    git('add', '.');
    git('commit', '-q', '-m', 'x');
    expect(ask(`${path}@main`)).to.equal('7');
    expect(ask(`${path}@main`)).to.equal('7');
    scratch.run('tar', ['czf', scratch.path('a.tar.gz'), '--exclude=.git', 'tree'], '');
    expect(ask(scratch.path('a.tar.gz'))).to.equal('7');
    renameSync(scratch.path('a.tar.gz'), scratch.path('b.tar.gz'));
    expect(ask(scratch.path('b.tar.gz'))).to.equal('7');
    expect(fake.made).to.equal(1);

    writeFileSync(scratch.path('tree/include/cpu.h'), 'LEVEL 8\n');
    git('commit', '-q', '-a', '-m', 'y');
    expect(ask(`${path}@main`)).to.equal('8');
    expect(ask(`${path}@main~1`)).to.equal('7');
    expect(fake.made).to.equal(2);
  });

  it('does not unpack an archive that it knows, and notices another one in its place', function () {
    if (!hasProgram('tar')) this.skip();
    const archive = scratch.path('a.tar');
    scratch.run('tar', ['cf', archive, 'tree']);
    utimesSync(archive, long, long);
    const now = Date.now;
    try {
      Date.now = () => now() + 60_000;
      ask(archive);
      const cache = new AnalysisCache(store, () => version);
      expect(cache.recognises(openSource(archive))).to.equal(true);
      const bytes = readFileSync(archive);
      bytes[bytes.indexOf('LEVEL 7') + 6] = 0x35;
      writeFileSync(archive, bytes);
      utimesSync(archive, long, long);
      expect(cache.recognises(openSource(archive))).to.equal(false);
      expect(ask(archive)).to.equal('5');
    } finally {
      Date.now = now;
    }
  });

  describe('damaged', () => {
    const damages: Record<string, (file: string) => void> = {
      'cut off': (file) => truncateSync(file, Math.floor(statSync(file).size / 2)),
      'empty': (file) => truncateSync(file),
      'with a bit that fell over': (file) => {
        const bytes = readFileSync(file);
        const at = bytes.length - 9;
        bytes[at] = bytes[at]! ^ 4;
        writeFileSync(file, bytes);
      },
      'longer than it was': (file) => appendFileSync(file, 'x'),
      'something else': (file) => writeFileSync(file, 'hello\n'.repeat(100)),
      'a directory': (file) => { rmSync(file); mkdirSync(file); },
    };
    for (const [how, damage] of Object.entries(damages)) {
      for (const kind of ['said', 'asked', 'at']) {
        it(`is worked out anew: ${kind} ${how}`, () => {
          ask();
          for (const file of filesOf(kind)) damage(file);
          expect(ask()).to.equal('7');
          if (how === 'a directory') return;
          const made = fake.made;
          expect(ask()).to.equal('7');
          expect(fake.made).to.equal(made, 'and kept again');
        });
      }
    }
  });

  it('fails nothing where it cannot write or read', () => {
    store = new Store('/proc/nowhere/cache');
    expect([ask(), ask()]).to.deep.equal(['7', '7']);
    scratch.write({ file: '' });
    store = new Store(scratch.path('file/below'));
    expect([ask(), ask()]).to.deep.equal(['7', '7']);
    expect(fake.made).to.equal(4);
  });

  it('keeps what several runs learn at the same time', () => {
    const runs = ['a', 'b', 'c'].map((cpu) => { const analysis = open(); analysis.resolve('board', cpu, 'expanded'); return analysis; });
    for (const run of runs) run.save();
    const after = open();
    for (const cpu of ['a', 'b', 'c']) after.resolve('board', cpu, 'expanded');
    expect(fake.made).to.equal(3);
  });

  it('has whole files only while processes write them', async function () {
    this.timeout(60_000);
    const script = `
      import { Store } from ${JSON.stringify(fileURLToPath(new URL('../../analyzer/cache/store.js', import.meta.url)))};
      const store = new Store(process.argv[1]);
      let bad = 0;
      for (let i = 0; i < 60; i++) {
        store.write('f/said-x', { run: process.pid, text: 'x'.repeat(1000 * (i + 1)), end: true });
        const found = store.read('f/said-x');
        if (found === undefined || found.end !== true || !/^x+$/.test(found.text)) bad++;
      }
      process.exitCode = bad > 0 ? 1 : 0;`;
    const codes = await Promise.all([1, 2, 3, 4].map(() => new Promise((done) => {
      spawn(process.execPath, ['--input-type=module', '-e', script, store.directory], { stdio: 'inherit' }).on('close', done);
    })));
    expect(codes).to.deep.equal([0, 0, 0, 0]);
    expect(readdirSync(scratch.path('cache/f'))).to.deep.equal(['said-x'], 'nothing is left behind');
  });

  it('stays within its size: what was not used for long goes', () => {
    const small = new Store(scratch.path('small'), 10_000);
    for (let i = 0; i < 8; i++) {
      small.write(`f/${i}`, 'x'.repeat(2000));
      utimesSync(scratch.path('small', 'f', String(i)), new Date(2020, 0, i + 1), new Date(2020, 0, i + 1));
    }
    small.touch('f/0');
    small.prune();
    expect(small.size().bytes).to.be.at.most(10_000);
    expect(small.names('f').sort()).to.deep.equal(['f/0', 'f/6', 'f/7']);
    store = new Store(scratch.path('tiny'), 100);
    expect([ask(), ask()]).to.deep.equal(['7', '7']);
    expect(store.size().bytes).to.be.at.most(100);
  });

  it('is emptied without touching what is not its own', () => {
    ask();
    scratch.write({ 'cache/mine.txt': 'x' });
    expect(store.clear().files).to.equal(3);
    expect(readdirSync(scratch.path('cache'))).to.deep.equal(['mine.txt']);
    rmSync(scratch.path('cache/mine.txt'));
    ask();
    store.clear();
    expect(() => statSync(scratch.path('cache'))).to.throw('ENOENT');
  });

  it('lies where XDG says', () => {
    expect(cacheDirectory({ XDG_CACHE_HOME: '/x' })).to.equal('/x/qemu-cpu-custom');
    expect(cacheDirectory({ XDG_CACHE_HOME: 'relative' })).to.match(/^\/.*\/\.cache\/qemu-cpu-custom$/);
    expect(cacheDirectory({})).to.match(/\/\.cache\/qemu-cpu-custom$/);
  });

  it("takes the analyzer's version from its code", () => {
    const code = (text: string): string => codeVersion(scratch.write({ 'source/a.js': 'a', 'c/a.js': text, 'qom/deep/a.js': 'a', 'x86/a.js': 'a', 'cache/a.js': 'a', 'cli/a.js': text }, 'code'));
    const first = code('a');
    expect(code('a')).to.equal(first);
    expect(code('b')).to.not.equal(first);
    expect(analyzerVersion(store)).to.equal(codeVersion(fileURLToPath(new URL('../../analyzer/', import.meta.url))));
  });
});

/** A tree whose files cannot be read any more. */
class UnreadableTree extends DirectoryTree {
  protected override readFile(path: string): never {
    throw new Error(`${path} is read`);
  }
}
