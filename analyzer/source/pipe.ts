import { spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reason } from './reason.js';
import { SourceError } from './tree.js';

/** Both ends of a pipe, in blocking mode. One end is for a child process: close it here once that runs. */
export interface Pipe {
  readonly reader: number;
  readonly writer: number;
}

/**
 * Makes pipes which readSync and writeSync can use while a child process holds the other end.
 * Node's own child pipes need the event loop, and the tree is read synchronously, from deep inside
 * an evaluation. The pipes have names for a moment only.
 * @throws SourceError
 */
export function openPipes(count: number): Pipe[] {
  const pipes: Pipe[] = [];
  let directory: string | undefined;
  try {
    directory = mkdtempSync(join(tmpdir(), 'qemu-cpu-custom-'));
    const paths = Array.from({ length: count }, (_, index) => join(directory!, String(index)));
    const made = spawnSync('mkfifo', ['-m', '600', ...paths], { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
    if (made.error !== undefined) throw new Error("the program 'mkfifo' does not start");
    if (made.status !== 0) throw new Error(made.stderr.trim());
    for (const path of paths) {
      // Opened both ways first, so that neither of the two others waits for its counterpart.
      const both = openSync(path, constants.O_RDWR);
      try {
        const reader = openSync(path, constants.O_RDONLY);
        pipes.push({ reader, writer: openSync(path, constants.O_WRONLY) });
      } finally {
        closeSync(both);
      }
    }
    return pipes;
  } catch (error) {
    for (const pipe of pipes) closePipe(pipe);
    throw new SourceError(`cannot make a pipe in ${tmpdir()}: ${reason(error)}`);
  } finally {
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  }
}

function closePipe(pipe: Pipe): void {
  closeSync(pipe.reader);
  closeSync(pipe.writer);
}
