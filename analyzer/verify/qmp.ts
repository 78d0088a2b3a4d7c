import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import type { QmpValue } from '../x86/api.js';
import { toJson } from '../render/json.js';
import { tie } from './children.js';
import { isObject, parseExact, type QmpObject } from './json.js';

/** QEMU answered a command with an error; the message is QEMU's own. */
export class QmpCommandError extends Error {
  override readonly name = 'QmpCommandError';
  constructor(readonly command: string, readonly errorClass: string, description: string) {
    super(description);
  }
}

/** QEMU did not start, or ended while it was needed. The message carries what it wrote to stderr. */
export class QemuExitError extends Error {
  override readonly name = 'QemuExitError';
}

/** QEMU did not answer in time, and was killed. */
export class QmpTimeoutError extends Error {
  override readonly name = 'QmpTimeoutError';
}

interface Pending {
  readonly command: string;
  readonly resolve: (value: QmpValue) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

export interface QmpOptions {
  /** For the greeting and for each command. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 60_000;
/** After `quit`: QEMU answers it first and ends then. */
const QUIT_TIMEOUT_MS = 10_000;
const STDERR_KEPT = 64 * 1024;

/** A running QEMU that is talked to over QMP (docs/interop/qmp-spec) on its standard input and output. */
export class QmpProcess {
  private readonly pending = new Map<number, Pending>();
  private readonly closed: Promise<void>;
  private buffered: string[] = [];
  private stderr = '';
  private lastId = 0;
  private failure: Error | undefined;
  private greet: ((greeting: QmpObject) => void) | undefined;
  /** The `version` object of the greeting. */
  version: QmpObject = {};

  private constructor(private readonly child: ChildProcessWithoutNullStreams, private readonly name: string, private readonly timeoutMs: number) {
    tie(child);
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => this.receive(chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => { this.stderr = (this.stderr + chunk).slice(-STDERR_KEPT); });
    // The process's end is reported by 'close', with its reason; a write to the dead pipe says nothing more.
    child.stdin.on('error', () => undefined);
    child.on('error', (error: NodeJS.ErrnoException) => this.fail(new QemuExitError(
      error.code === 'ENOENT' ? `cannot start '${name}': no such program` : `cannot start '${name}': ${error.message}`)));
    this.closed = new Promise((resolve) => child.once('close', (code, signal) => {
      this.fail(new QemuExitError(`${name} ended ${signal === null ? `with exit code ${code}` : `by ${signal}`}: ${errorLines(this.stderr)}`));
      resolve();
    }));
  }

  /**
   * Starts `command` with `-qmp stdio` appended, and negotiates.
   * @throws QemuExitError, QmpTimeoutError
   */
  static async start(command: readonly string[], options: QmpOptions = {}): Promise<QmpProcess> {
    const [program, ...args] = command;
    if (program === undefined) throw new QemuExitError('no QEMU program given');
    const child = spawn(program, [...args, '-qmp', 'stdio'], { stdio: 'pipe' });
    const qmp = new QmpProcess(child, program, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    try {
      const greeting = await qmp.request<QmpObject>('start', (resolve) => { qmp.greet = resolve; });
      if (isObject(greeting['version'])) qmp.version = greeting['version'];
      await qmp.execute('qmp_capabilities');
      return qmp;
    } catch (error) {
      await qmp.kill();
      throw error;
    }
  }

  /**
   * Executes one command. Several may be under way; QEMU answers them in order.
   * @throws QmpCommandError, QemuExitError, QmpTimeoutError
   */
  execute(command: string, args?: QmpObject): Promise<QmpValue> {
    return this.request(command, (_, id) => {
      this.child.stdin.write(toJson({ execute: command, arguments: args, id }, 0) + '\n');
    });
  }

  /** Ends QEMU, by `quit` where it listens and by force where it does not. Never throws; on return the process is gone. */
  async quit(): Promise<void> {
    if (this.failure === undefined) {
      const timer = setTimeout(() => this.child.kill('SIGKILL'), QUIT_TIMEOUT_MS);
      await this.execute('quit').catch(() => undefined);
      this.child.stdin.end();
      await this.closed;
      clearTimeout(timer);
    } else {
      await this.kill();
    }
  }

  /** Waits until QEMU ends by itself. @throws QmpTimeoutError if it does not in time; it is killed then */
  async ended(): Promise<void> {
    let late = false;
    const timer = setTimeout(() => { late = true; this.child.kill('SIGKILL'); }, this.timeoutMs);
    await this.closed;
    clearTimeout(timer);
    if (late) throw new QmpTimeoutError(`${this.name} did not end within ${this.timeoutMs / 1000} s`);
  }

  private async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.closed;
  }

  private request<T extends QmpValue>(command: string, send: (resolve: (value: T) => void, id: number) => void): Promise<T> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.fail(new QmpTimeoutError(`${this.name} did not answer ${command} within ${this.timeoutMs / 1000} s`));
        this.child.kill('SIGKILL');
      }, this.timeoutMs);
      const settle = (value: QmpValue): void => resolve(value as T);
      this.pending.set(id, { command, resolve: settle, reject, timer });
      send((value) => this.settle(id, (pending) => pending.resolve(value)), id);
    });
  }

  private settle(id: number, how: (pending: Pending) => void): void {
    const pending = this.pending.get(id);
    if (pending === undefined) return;
    this.pending.delete(id);
    clearTimeout(pending.timer);
    how(pending);
  }

  /** What is under way, and all that comes later, fails by this. The first reason stays. */
  private fail(error: Error): void {
    this.failure ??= error;
    for (const id of [...this.pending.keys()]) this.settle(id, (pending) => pending.reject(this.failure!));
  }

  private receive(chunk: string): void {
    let start = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', start)) {
      this.buffered.push(chunk.slice(start, end));
      const line = this.buffered.join('');
      this.buffered = [];
      start = end + 1;
      // Some builds of glib and firmware print to stdout too.
      if (line.startsWith('{')) this.message(line);
    }
    if (start < chunk.length) this.buffered.push(chunk.slice(start));
  }

  private message(line: string): void {
    let message: QmpValue;
    try {
      message = parseExact(line);
    } catch {
      this.fail(new QemuExitError(`${this.name} wrote what is not JSON: ${line.slice(0, 80)}`));
      this.child.kill('SIGKILL');
      return;
    }
    if (!isObject(message)) return;
    if (isObject(message['QMP'])) this.greet?.(message['QMP']);
    const id = message['id'];
    if (typeof id !== 'number') return; // an event
    this.settle(id, (pending) => {
      const error = message['error'];
      if (isObject(error)) pending.reject(new QmpCommandError(pending.command, String(error['class']), String(error['desc'])));
      else pending.resolve(message['return'] ?? null);
    });
  }

}

/** What QEMU gave as its reason: the last lines of stderr, without warnings where there is more than those. */
export function errorLines(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const errors = lines.filter((line) => !/\bwarning:/i.test(line) && !line.includes('GLib-WARNING'));
  return (errors.length > 0 ? errors : lines).slice(-4).join(' | ').slice(-400) || 'it gave no reason';
}
