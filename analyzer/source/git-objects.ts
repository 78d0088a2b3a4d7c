import { spawn } from 'node:child_process';
import { closeSync, readSync, writeSync } from 'node:fs';
import { openPipes } from './pipe.js';
import { reason } from './reason.js';
import { SourceError } from './tree.js';

export interface GitObject {
  readonly id: string;
  readonly type: string;
  readonly data: Buffer;
}

/** So many names fit into a pipe. */
const REQUESTS = 500;

/** Closes the pipes of readers that are no longer used, which ends their git process. */
const abandoned = new FinalizationRegistry<readonly number[]>((fds) => {
  for (const fd of fds) closeSync(fd);
});

/**
 * The objects of a git repository, read one at a time through a `git cat-file --batch` that stays
 * running: an object costs one round trip, so a checkout would gain nothing.
 */
export class GitObjects {
  readonly #requests: number;
  readonly #answers: number;
  readonly #buffer = Buffer.allocUnsafe(1 << 16);
  #start = 0;
  #end = 0;
  #ready = new Map<string, GitObject>();

  /** What was made of objects, by id: two revisions have most of their directories in common. */
  readonly made = new Map<string, unknown>();

  /**
   * @param gitDirectory named to git explicitly, so that it neither looks for a repository further
   *   up nor minds who owns this one.
   * @throws SourceError if git cannot be started.
   */
  constructor(readonly gitDirectory: string) {
    const [requests, answers] = openPipes(2);
    if (requests === undefined || answers === undefined) throw new SourceError('cannot make a pipe');
    const child = spawn('git', [`--git-dir=${gitDirectory}`, '--no-replace-objects', 'cat-file', '--batch'], {
      stdio: [requests.reader, answers.writer, 'ignore'],
      env: { ...process.env, GIT_NO_LAZY_FETCH: '1', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' },
    });
    child.on('error', () => undefined);
    child.unref();
    closeSync(requests.reader);
    closeSync(answers.writer);
    this.#requests = requests.writer;
    this.#answers = answers.reader;
    abandoned.register(this, [this.#requests, this.#answers]);
    if (child.pid === undefined) throw new SourceError(`cannot read ${gitDirectory}: the program 'git' is needed for it`);
  }

  /**
   * An object by any name that git understands, or undefined if the repository has no such object.
   * @throws SourceError if git fails, which it does at once where this is no repository.
   */
  read(name: string): GitObject | undefined {
    if (name.includes('\n')) return undefined;
    const ready = this.#ready.get(name);
    if (ready !== undefined) return ready;
    this.#request([name]);
    return this.#answer();
  }

  /** Have these objects ready, which saves a round trip for each; those of the last time are no longer. */
  prefetch(ids: readonly string[]): void {
    const before = this.#ready;
    this.#ready = new Map();
    const open: string[] = [];
    for (const id of new Set(ids)) {
      const known = before.get(id);
      if (known === undefined) open.push(id);
      else this.#ready.set(id, known);
    }
    for (let i = 0; i < open.length; i += REQUESTS) {
      const some = open.slice(i, i + REQUESTS);
      this.#request(some);
      for (const id of some) {
        const object = this.#answer();
        if (object !== undefined) this.#ready.set(id, object);
      }
    }
  }

  #request(names: readonly string[]): void {
    try {
      writeSync(this.#requests, names.map((name) => `${name}\n`).join(''));
    } catch (error) {
      throw this.#failed(reason(error));
    }
  }

  #answer(): GitObject | undefined {
    const header = this.#line();
    const match = /^([0-9a-f]+) (\w+) (\d+)$/.exec(header);
    if (match === null) return undefined;
    const data = this.#bytes(Number(match[3]));
    this.#bytes(1);
    return { id: match[1] ?? '', type: match[2] ?? '', data };
  }

  #line(): string {
    let line = '';
    for (;;) {
      const newline = this.#buffer.subarray(this.#start, this.#end).indexOf(0x0a);
      if (newline >= 0) {
        line += this.#buffer.toString('latin1', this.#start, this.#start + newline);
        this.#start += newline + 1;
        return line;
      }
      line += this.#buffer.toString('latin1', this.#start, this.#end);
      this.#fill();
    }
  }

  #bytes(size: number): Buffer {
    const bytes = Buffer.allocUnsafe(size);
    let filled = this.#buffer.copy(bytes, 0, this.#start, Math.min(this.#end, this.#start + size));
    this.#start += filled;
    while (filled < size) filled += this.#readInto(bytes, filled, size - filled);
    return bytes;
  }

  #fill(): void {
    this.#start = 0;
    this.#end = this.#readInto(this.#buffer, 0, this.#buffer.length);
  }

  #readInto(target: Buffer, offset: number, size: number): number {
    const count = readSync(this.#answers, target, offset, size, null);
    if (count === 0) throw this.#failed('git ended');
    return count;
  }

  #failed(why: string): SourceError {
    return new SourceError(`cannot read the git repository ${this.gitDirectory}: ${why}`);
  }
}
