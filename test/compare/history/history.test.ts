import { expect } from 'chai';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { history, type History, type HistoryRequest } from '../../../analyzer/compare/history/history.js';
import { quickHistory } from '../../../analyzer/compare/history/quick.js';
import { mergeStores, NotAStoreError } from '../../../analyzer/compare/history/merge.js';
import { analyseCommits, InterruptedError } from '../../../analyzer/compare/history/pool.js';
import { HistoryResults } from '../../../analyzer/compare/history/results.js';
import type { JobOptions } from '../../../analyzer/compare/history/job.js';
import { SourceError } from '../../../analyzer/source/tree.js';
import { arraysTree, changed } from '../../x86/trees/trees.js';
import { Repository } from './repository.js';

const options: JobOptions = { accel: 'tcg', target: 'x86_64', define: [], without: [], configure: [], stage: 'expanded', machine: [], model: [] };
const main = fileURLToPath(new URL('../../../analyzer/cli/main.js', import.meta.url));

/** "subject: property before->after model@machine ..." */
function lines({ entries }: History): string[] {
  return entries.flatMap(({ commit, found }) => found.cpus.flatMap(({ changes, where }) => changes.map((c) => `${commit.subject}: ${c.property} ${String(c.before)}->${String(c.after)} ${[...new Set(where.map((i) => found.comparisons[i]!.after.machine))].sort().join(' ')}`)));
}

describe('history', () => {
  const tree = arraysTree();
  const compat = 'hw/i386/board-common.c';
  const entry = '"model-id", "Alpha of old"';
  let repository: Repository;
  let base: string;
  let tip: string;
  /** Soon after the base: two contents. */
  let renamed: string;
  let scratch: string;
  const directory = (name: string): string => join(scratch, name);
  const request = (name: string): HistoryRequest => ({
    repository: repository.path, revisions: [], firstParent: false, options, results: new HistoryResults(directory(name), options), processes: 2, shard: undefined, signal: new AbortController().signal, progress: () => {},
  });
  const run = (name: string, revisions: readonly string[], more: Partial<HistoryRequest> = {}): Promise<History> => history({ ...request(name), revisions, ...more });

  before(() => {
    scratch = mkdtempSync(join(tmpdir(), 'history-results-'));
    repository = new Repository(tree);
    base = repository.git('rev-parse', 'HEAD').trim();
    repository.write('docs/notes.txt', 'nothing to do with CPUs\n');
    repository.commit('notes');
    const file = (to: string): string => changed(tree, compat, entry, to)[compat]!;
    repository.write(compat, file('"model-id", "Alpha of new"'));
    renamed = repository.commit('another name');
    repository.git('checkout', '-q', '-b', 'side', base);
    repository.write('VERSION', '7.3.2\n');
    repository.commit('version');
    repository.git('checkout', '-q', 'main');
    repository.git('merge', '-q', '--no-ff', '-m', 'merge', 'side');
    repository.write(compat, `${file('"model-id", "Alpha of new"')}/* a remark */\n`);
    repository.commit('remark');
    repository.write(compat, file(entry));
    tip = repository.commit('the old name again');
  });
  after(() => {
    repository.remove();
    rmSync(scratch, { recursive: true, force: true });
  });

  it('finds the commits that change a CPU, and what each changes', async () => {
    const found = await run('a', [`${base}..${tip}`]);
    expect(lines(found)).to.deep.equal(['another name: model-id Alpha of old->Alpha of new board-1.0', 'the old name again: model-id Alpha of new->Alpha of old board-1.0']);
    expect(found.problems).to.deep.equal([]);
    expect(found.commits).to.equal(6);
    // neither the notes nor anything else that no analysis reads
    expect(found.relevant).to.equal(5);
    expect(found.analysed).to.equal(found.contents);
  });

  it('needs no analysis the second time', async () => {
    const found = await run('a', [`${base}..${tip}`], { analyse: () => { throw new Error('analysed again'); } });
    expect(found.analysed).to.equal(0);
    expect(lines(found)).to.have.length(2);
  });

  it('knows a commit of the same content, whatever its id and way there', async () => {
    repository.git('checkout', '-q', '-b', 'other', base);
    repository.write('docs/more.txt', 'still nothing\n');
    const other = repository.commit('more notes');
    repository.git('checkout', '-q', 'main');
    const found = await run('a', [base, other], { analyse: () => { throw new Error('analysed again'); } });
    expect([found.analysed, found.entries]).to.deep.equal([0, []]);
  });

  it('holds revisions against each other', async () => {
    const found = await run('a', [base, `${tip}~1`, tip]);
    expect(lines(found)).to.deep.equal(['remark: model-id Alpha of old->Alpha of new board-1.0', 'the old name again: model-id Alpha of new->Alpha of old board-1.0']);
  });

  it('does not take what a merge brings for its own, unless asked to', async () => {
    repository.git('checkout', '-q', '-b', 'topic', base);
    repository.write(compat, changed(tree, compat, entry, '"model-id", "Alpha of a topic"')[compat]!);
    repository.commit('topic');
    repository.git('checkout', '-q', '-b', 'trunk', base);
    repository.write('VERSION', '7.3.3\n');
    repository.commit('trunk');
    repository.git('merge', '-q', '--no-ff', '-m', 'merge of the topic', 'topic');
    const merged = repository.git('rev-parse', 'HEAD').trim();
    repository.git('checkout', '-q', 'main');
    expect(lines(await run('a', [`${base}..${merged}`]))).to.deep.equal(['topic: model-id Alpha of old->Alpha of a topic board-1.0']);
    expect(lines(await run('a', [`${base}..${merged}`], { firstParent: true }))).to.deep.equal(['merge of the topic: model-id Alpha of old->Alpha of a topic board-1.0']);
  });

  it('tells of commits that cannot be analysed', async () => {
    repository.git('checkout', '-q', '-b', 'broken', base);
    repository.write('VERSION', 'no version\n');
    const broken = repository.commit('broken');
    repository.git('checkout', '-q', 'main');
    const found = await run('a', [base, broken]);
    expect(found.problems.map(({ commit, problem }) => [commit.subject, problem.replace(/^.*: its/, 'its')])).to.deep.equal([['broken', "its VERSION file says 'no version'"]]);
  });

  it('says why where the build files of a commit do not work', async () => {
    repository.git('checkout', '-q', '-b', 'unbuilt', base);
    repository.write('configure', `${tree.read('configure')!}echo "an open quote\n`);
    const unbuilt = repository.commit('an open quote');
    repository.git('checkout', '-q', 'main');
    const found = await run('a', [base, unbuilt]);
    expect(found.problems.map(({ commit }) => commit.subject)).to.deep.equal(['an open quote']);
    expect(found.problems[0]!.problem).to.match(/: its build files compile nothing \(configure/);
  });

  it('does not take a repository of something else for one in which nothing changes', async () => {
    repository.git('checkout', '-q', '--orphan', 'else');
    repository.git('rm', '-q', '-r', '-f', '.');
    repository.write('hello.c', 'int main(void) { return 0; }\n');
    const first = repository.commit('something else');
    repository.write('hello.c', 'int main(void) { return 1; }\n');
    const second = repository.commit('something else again');
    repository.git('checkout', '-q', '-f', 'main');
    const found = await run('else', [`${first}..${second}`]);
    expect(found.problems.map(({ commit, problem }) => [commit.subject, problem.replace(/^.*: /, '')])).to.have.length(1);
    expect(found.problems[0]!.problem).to.match(/VERSION/);
  });

  it('skips what has the same ends, if it is to be quick', async () => {
    expect(lines(await quickHistory({ ...request('a'), revisions: [`${base}..${renamed}`] }))).to.deep.equal(['another name: model-id Alpha of old->Alpha of new board-1.0']);
    expect(lines(await quickHistory({ ...request('a'), revisions: [`${base}..${renamed}`], interesting: () => false }))).to.deep.equal([]);
    // renamed, and renamed back
    const found = await quickHistory({ ...request('quick'), revisions: [`${base}..${tip}`] });
    expect(lines(found)).to.deep.equal([]);
    expect(found.analysed).to.be.within(1, 2);
  });

  it('goes on after an interruption with what is there', async () => {
    const interrupt = new AbortController();
    let count = 0;
    let problem: unknown;
    try {
      await run('interrupted', [`${base}..${renamed}`], {
        processes: 1, signal: interrupt.signal,
        analyse: (jobs, processes, signal, finished) => analyseCommits(jobs, processes, signal, (job, done) => {
          finished(job, done);
          if (++count === 1) interrupt.abort();
        }),
      });
    } catch (error) {
      problem = error;
    }
    expect(problem).to.satisfy((error: unknown) => error instanceof InterruptedError || (error as Error).name === 'AbortError');
    const found = await run('interrupted', [`${base}..${renamed}`]);
    expect(found.analysed).to.equal(found.contents - 1);
    expect(lines(found)).to.have.length(1);
  });

  it('is done in shards, whose results are put together', async () => {
    const whole = await run('a', [`${base}..${renamed}`]);
    for (const index of [1, 2]) await run(`shard ${index}`, [`${base}..${renamed}`], { shard: { index, count: 2 } });
    mergeStores([directory('shard 1'), directory('shard 2')], directory('merged'));
    const found = await run('merged', [`${base}..${renamed}`], { analyse: () => { throw new Error('analysed again'); } });
    expect(lines(found)).to.deep.equal(lines(whole));
    expect(() => mergeStores([repository.path], directory('merged'))).to.throw(NotAStoreError);
  });

  it('spreads with GNU parallel as its help says', function () {
    if (spawnSync('parallel', ['--version']).status !== 0) {
      console.log('      skipped: GNU parallel is not installed');
      this.skip();
    }
    const cli = `${process.execPath} ${main}`;
    const command = `history ${repository.path} ${base}..${renamed} --accel tcg`;
    const script = `parallel --will-cite ${cli} ${command} --jobs 1 --shard {}/2 --store part{} ::: 1 2 && ${cli} merge --store all part1 part2 && { ${cli} ${command} --store all; test $? = 1; }`;
    const out = execFileSync('sh', ['-c', script], { cwd: scratch, encoding: 'utf8' });
    expect(out).to.include('shard 1 of 2: ').and.include('shard 2 of 2: ');
    expect(out).to.include('A U Thor: another name\n').and.include('      model-id: Alpha of old -> Alpha of new\n');
    expect(out.trimEnd()).to.match(/1 changes a CPU; analysed now: 0$/);
  });

  it('refuses a revision that does not exist', async () => {
    for (const revisions of [[`${base}..v9`], [base, 'v9'], ['--all']]) {
      let problem: unknown;
      try { await run('a', revisions); } catch (error) { problem = error; }
      expect(problem).to.be.instanceOf(SourceError);
    }
  });
});
