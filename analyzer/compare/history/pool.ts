import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { JobOptions } from './job.js';

/** One commit to analyse. */
export interface Job {
  readonly repository: string;
  readonly commit: string;
  readonly tree: string;
  readonly options: JobOptions;
  /** Where the result goes. */
  readonly directory: string;
}

/** What a worker says when it is done: the result itself is in the directory. */
export interface Done {
  /** Why there are no CPUs. */
  readonly problem: string | undefined;
  readonly diagnostics: number;
  readonly seconds: number;
}

/** The work was stopped before it was done. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

/** A process is given up after so many analyses: what it has in memory grows. */
const JOBS_OF_A_PROCESS = 6;
/** A worker that dies has one more try. */
const TRIES = 2;

/**
 * Analyse commits in as many processes as there are to be. Each result is kept when it is there, so that whoever stops
 * this loses no more than what was under way.
 * @throws InterruptedError
 */
export async function analyseCommits(jobs: readonly Job[], processes: number, signal: AbortSignal, finished: (job: Job, done: Done) => void): Promise<void> {
  const queue = jobs.map((job) => ({ job, tries: 0 }));
  const running = new Set<ChildProcess>();
  const stop = (): void => { for (const child of running) child.kill('SIGKILL'); };
  signal.addEventListener('abort', stop);
  const lane = async (): Promise<void> => {
    let child: ChildProcess | undefined;
    let used = 0;
    const drop = (): void => {
      if (child === undefined) return;
      running.delete(child);
      child.kill('SIGKILL');
      child = undefined;
    };
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        if (signal.aborted) throw new InterruptedError('interrupted');
        if (child === undefined) {
          child = start();
          running.add(child);
          used = 0;
        }
        const answer = await ask(child, next.job);
        if (answer !== undefined) {
          finished(next.job, answer);
          if (++used >= JOBS_OF_A_PROCESS) drop();
        } else {
          drop();
          if (signal.aborted) throw new InterruptedError('interrupted');
          if (++next.tries < TRIES) queue.push(next);
          else finished(next.job, { problem: 'the process that analysed it died', diagnostics: 0, seconds: 0 });
        }
      }
    } finally {
      drop();
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(processes, jobs.length) }, lane));
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

function start(): ChildProcess {
  return fork(fileURLToPath(new URL('worker.js', import.meta.url)), [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], serialization: 'json', execArgv: ['--max-old-space-size=4096', '--max-semi-space-size=64'] });
}

/** The answer, or undefined if the process died. */
function ask(child: ChildProcess, job: Job): Promise<Done | undefined> {
  return new Promise((resolve) => {
    const message = (answer: Done): void => { settle(answer); };
    const gone = (): void => { settle(undefined); };
    const settle = (answer: Done | undefined): void => {
      child.off('message', message);
      child.off('exit', gone);
      child.off('error', gone);
      resolve(answer);
    };
    child.on('message', message);
    child.on('exit', gone);
    child.on('error', gone);
    child.send(job);
  });
}
