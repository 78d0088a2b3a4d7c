import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { SourceTree } from '../../../analyzer/source/tree.js';

/** A git repository with a small QEMU in it. */
export class Repository {
  readonly path = mkdtempSync(join(tmpdir(), 'history-'));
  #day = 1;

  constructor(tree: SourceTree) {
    this.git('init', '-q', '-b', 'main');
    const write = (directory: string): void => {
      for (const name of tree.list(directory)) {
        const path = directory === '' ? name : `${directory}/${name}`;
        if (name.endsWith('/')) write(path.slice(0, -1));
        else this.write(path, tree.read(path)!);
      }
    };
    write('');
    this.commit('base');
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.path, path)), { recursive: true });
    writeFileSync(join(this.path, path), text);
  }

  /** Commit all; the id. */
  commit(subject: string): string {
    this.git('add', '-A');
    this.git('commit', '-q', '--allow-empty', '-m', subject);
    return this.git('rev-parse', 'HEAD').trim();
  }

  git(...args: string[]): string {
    const date = `2020-01-${String(this.#day++ % 28 + 1).padStart(2, '0')}T12:00:00Z`;
    return execFileSync('git', ['-c', 'user.name=A U Thor', '-c', 'user.email=author@example.com', '-c', 'commit.gpgsign=false', ...args], { cwd: this.path, encoding: 'utf8', env: { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date, GIT_CONFIG_GLOBAL: '/dev/null' } });
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
