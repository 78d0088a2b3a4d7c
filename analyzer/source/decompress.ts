import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPipes } from './pipe.js';
import { reason } from './reason.js';
import { SourceError } from './tree.js';

interface Compression {
  readonly name: string;
  readonly magic: readonly number[];
  readonly commands: readonly (readonly string[])[];
}

/** Part of apt, so present on a bare Debian, where xz, bzip2 and zstd need not be; it links their libraries itself. */
const aptHelper = ['/usr/lib/apt/apt-helper', 'cat-file'];

/** gzip is not here: the tar reader inflates it by itself, with Node's zlib. */
const compressions: readonly Compression[] = [
  { name: 'xz', magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], commands: [['xz', '-dcq', '-T0', '--'], aptHelper] },
  { name: 'bzip2', magic: [0x42, 0x5a, 0x68], commands: [['bzip2', '-dcq', '--'], aptHelper] },
  { name: 'zstd', magic: [0x28, 0xb5, 0x2f, 0xfd], commands: [['zstd', '-dcq', '--'], aptHelper] },
];

const chunkSize = 1 << 16;

/**
 * A file's content chunk by chunk, decompressed if it is xz, bzip2 or zstd (told by its first bytes,
 * not by its name). The decompressor runs beside the reader, and stops early if the reader does.
 * @throws SourceError if the file cannot be read, is damaged, or the program for it is missing.
 */
export function* readDecompressed(file: string): Generator<Buffer> {
  const compression = compressionOf(file);
  if (compression === undefined) {
    yield* readPlain(file);
    return;
  }
  for (const command of compression.commands) {
    if (yield* readFrom([...command, file], file)) return;
  }
  throw new SourceError(`cannot read ${file}: the program '${compression.name}' is needed to unpack it`);
}

function compressionOf(file: string): Compression | undefined {
  const start = Buffer.alloc(8);
  const fd = open(file);
  try {
    readSync(fd, start, 0, start.length, 0);
  } catch (error) {
    throw cannotRead(file, error);
  } finally {
    closeSync(fd);
  }
  return compressions.find(({ magic }) => magic.every((byte, index) => start[index] === byte));
}

function* readPlain(file: string): Generator<Buffer> {
  const fd = open(file);
  try {
    yield* readAll(fd, 4 * chunkSize);
  } catch (error) {
    throw error instanceof SourceError ? error : cannotRead(file, error);
  } finally {
    closeSync(fd);
  }
}

/** Yields what a command prints; returns false, having yielded nothing, if there is no such command. */
function* readFrom(command: readonly string[], file: string): Generator<Buffer, boolean> {
  const [pipe] = openPipes(1);
  if (pipe === undefined) throw new SourceError('cannot make a pipe');
  const directory = mkdtempSync(join(tmpdir(), 'qemu-cpu-custom-'));
  try {
    // The shell leaves the exit status in a file before the pipe ends: Node would tell it only in the event loop.
    const script = '"$@" 2>"$0/messages"; echo $? >"$0/status"';
    const child = spawn('sh', ['-c', script, directory, ...command], { stdio: ['ignore', pipe.writer, 'ignore'] });
    child.on('error', () => undefined);
    child.unref();
    closeSync(pipe.writer);
    if (child.pid === undefined) return false;
    yield* readAll(pipe.reader, chunkSize);
    const status = contentOf(join(directory, 'status'));
    if (status === '127') return false;
    if (status !== '0') {
      const message = contentOf(join(directory, 'messages')).split('\n', 1)[0] ?? '';
      throw new SourceError(`cannot unpack ${file}: ${message.replace(/^\S*(?:xz|bzip2|zstd): */, '').replaceAll(`${file}: `, '') || 'the archive is damaged'}`);
    }
    return true;
  } finally {
    closeSync(pipe.reader);
    rmSync(directory, { recursive: true, force: true });
  }
}

function* readAll(fd: number, size: number): Generator<Buffer> {
  for (;;) {
    // A new buffer each time: the consumer may keep slices of it.
    const chunk = Buffer.allocUnsafe(size);
    const count = readSync(fd, chunk, 0, size, null);
    if (count === 0) return;
    yield chunk.subarray(0, count);
  }
}

function open(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (error) {
    throw cannotRead(file, error);
  }
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

function cannotRead(file: string, error: unknown): SourceError {
  return new SourceError(`cannot read ${file}: ${reason(error)}`);
}
