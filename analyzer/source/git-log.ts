import { spawn } from 'node:child_process';
import { gitDirectory } from './git.js';
import { SourceError } from './tree.js';

/** A path that a commit changes, as against its first parent. */
export interface ChangedPath {
  /** git's letter: M(odified), A(dded), D(eleted), T(ype). */
  readonly status: string;
  readonly path: string;
  /** Ids of the contents before and after; zeros where there is none. */
  readonly from: string;
  readonly to: string;
}

export interface Commit {
  readonly id: string;
  /** The git tree: all commits with the same files have the same. */
  readonly tree: string;
  readonly parents: readonly string[];
  /** ISO 8601. */
  readonly date: string;
  readonly author: string;
  readonly subject: string;
  readonly changes: readonly ChangedPath[];
}

const SEPARATOR = '\x1f';

const FORMAT = ['%H', '%T', '%P', '%cI', '%an', '%s'].join(SEPARATOR);

function parse(record: string): Commit {
  const [id, tree, parents, date, author, subject] = record.split(SEPARATOR);
  return { id: id!, tree: tree!, parents: parents === '' ? [] : parents!.split(' '), date: date!, author: author!, subject: subject ?? '', changes: [] };
}

/**
 * The commits of a range ("A..B"), parents before children, with the paths that each changes.
 * @throws SourceError if the repository or a revision does not exist
 */
export async function commitsOf(repository: string, range: string, options: { readonly firstParent?: boolean } = {}): Promise<Commit[]> {
  if (range.startsWith('-')) throw new SourceError(`the git repository ${repository} has no revision '${range}'`);
  const commits: Commit[] = [];
  let changes: ChangedPath[] = [];
  let change: Omit<ChangedPath, 'path'> | undefined;
  await records(repository, ['log', '--topo-order', '--reverse', '--no-renames', '--raw', '-r', '-z', '--no-abbrev', '--diff-merges=first-parent', ...(options.firstParent === true ? ['--first-parent'] : []), `--format=%x1e${FORMAT}`, range, '--'], (record) => {
    if (record.startsWith('\x1e')) commits.push({ ...parse(record.slice(1)), changes: (changes = []) });
    else if (change !== undefined) {
      changes.push({ ...change, path: record });
      change = undefined;
    } else {
      const match = /^\n?:\d+ \d+ (\S+) (\S+) ([A-Z])/.exec(record);
      if (match !== null) change = { from: match[1]!, to: match[2]!, status: match[3]! };
    }
  });
  return commits;
}

/** The commits that these revisions name, in this order; without what they change. @throws SourceError */
export async function commitsNamed(repository: string, revisions: readonly string[]): Promise<Commit[]> {
  for (const revision of revisions) if (revision.startsWith('-') || revision === '') throw new SourceError(`the git repository ${repository} has no revision '${revision}'`);
  const found: Commit[] = [];
  for (let i = 0; i < revisions.length; i += 100) {
    await records(repository, ['log', '--no-walk=unsorted', '-z', `--format=${FORMAT}`, ...revisions.slice(i, i + 100).map((revision) => `${revision}^{commit}`), '--'], (record) => {
      if (record.includes(SEPARATOR)) found.push(parse(record));
    });
  }
  return found;
}

/** git's output, record by record. */
async function records(repository: string, args: readonly string[], each: (record: string) => void): Promise<void> {
  const directory = gitDirectory(repository);
  if (directory === undefined) throw new SourceError(`${repository} is not a git repository`);
  const child = spawn('git', [`--git-dir=${directory}`, '--no-replace-objects', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, GIT_NO_LAZY_FETCH: '1', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' },
  });
  let error = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => { error += text; });
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const whole = (rest + text).split('\0');
    rest = whole.pop()!;
    for (const record of whole) each(record);
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', (failure) => reject(new SourceError(`cannot read ${directory}: the program 'git' is needed for it (${failure.message})`)));
    child.on('close', (status) => resolve(status ?? 1));
  });
  if (rest !== '') each(rest);
  if (code !== 0) throw new SourceError(`git cannot read ${repository}: ${error.trim().split('\n')[0]!.replace(/^fatal: /, '')}`);
}
