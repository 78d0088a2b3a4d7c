import { createHash, randomBytes } from 'node:crypto';
import { copyFile, lstat, mkdir, readdir, readFile, readlink, rename, rm, rmdir, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/** The output directory cannot be written. The message is one line for the user. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
}

/** What a run did to the output directory. */
export interface Written {
  readonly written: number;
  readonly unchanged: number;
  /** Files of an earlier run that this one does not have. */
  readonly removed: number;
  /** Files of an earlier run that somebody has changed since: left as they are. */
  readonly kept: readonly string[];
}

const indexName = 'index.json';
const scratchPrefix = '.qemu-cpu-custom-';

/**
 * Make a directory hold these files and links. Each file appears whole or not at all: it is written beside its
 * place and renamed. index.json comes last. What an earlier run's index.json lists and this run does not have is
 * removed, unless it was changed since; nothing else in the directory is touched. Where the file system has no
 * symbolic links, links become copies.
 * @throws OutputError
 */
export async function writeDirectory(directory: string, files: ReadonlyMap<string, string>, links: ReadonlyMap<string, string>): Promise<Written> {
  const scratch = join(directory, `${scratchPrefix}${process.pid}-${randomBytes(4).toString('hex')}`);
  const interrupt = new AbortController();
  const stop = (signal: NodeJS.Signals): void => interrupt.abort(signal);
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    await makeDirectories(scratch);
    await removeAbandoned(directory, scratch);
    return await new Writer(directory, scratch, files, links, interrupt.signal).run();
  } catch (error) {
    throw oneLine(error, directory);
  } finally {
    await rm(scratch, { recursive: true, force: true }).catch(() => undefined);
    process.off('SIGINT', stop).off('SIGTERM', stop);
    if (interrupt.signal.aborted) process.kill(process.pid, interrupt.signal.reason as NodeJS.Signals);
  }
}

/** Node's own recursive mkdir never returns where a file system has no such directories (/proc). */
async function makeDirectories(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (code(error) === 'EEXIST' && (await stat(path)).isDirectory()) return;
    const parent = dirname(path);
    if (code(error) !== 'ENOENT' || parent === path || await exists(parent)) throw error;
    await makeDirectories(parent);
    await mkdir(path).catch((second: unknown) => {
      if (code(second) !== 'EEXIST') throw second;
    });
  }
}

/** Scratch directories of runs that were killed. */
async function removeAbandoned(directory: string, own: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    const owner = new RegExp(`^\\${scratchPrefix}(\\d+)-[0-9a-f]{8}$`).exec(name)?.[1];
    if (owner !== undefined && path !== own && !alive(Number(owner))) await rm(path, { recursive: true, force: true });
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return code(error) === 'EPERM';
  }
}

class Writer {
  private readonly directories = new Set<string>();
  private symlinks = true;
  private written = 0;
  private unchanged = 0;

  constructor(
    private readonly directory: string,
    private readonly scratch: string,
    private readonly files: ReadonlyMap<string, string>,
    private readonly links: ReadonlyMap<string, string>,
    private readonly interrupt: AbortSignal,
  ) {}

  async run(): Promise<Written> {
    const earlier = await earlierIndex(join(this.directory, indexName));
    for (const [path, text] of this.files) if (path !== indexName) await this.file(path, text);
    for (const [path, target] of this.links) await this.link(path, target);
    const { removed, kept } = await this.removeStale(earlier);
    const index = this.files.get(indexName);
    if (index !== undefined) await this.file(indexName, index);
    return { written: this.written, unchanged: this.unchanged, removed, kept };
  }

  private async file(path: string, text: string): Promise<void> {
    this.interrupt.throwIfAborted();
    const place = join(this.directory, path);
    if (await isFile(place) && (await readFile(place, 'utf8')) === text) {
      this.unchanged++;
      return;
    }
    const fresh = join(this.scratch, 'file');
    await writeFile(fresh, text);
    await this.install(fresh, place);
  }

  private async link(path: string, target: string): Promise<void> {
    this.interrupt.throwIfAborted();
    const place = join(this.directory, path);
    const to = relative(dirname(place), join(this.directory, target));
    if (await linkTarget(place) === to) {
      this.unchanged++;
      return;
    }
    const fresh = join(this.scratch, 'link');
    if (this.symlinks) {
      try {
        await symlink(to, fresh);
      } catch (error) {
        if (!['EPERM', 'ENOSYS', 'EOPNOTSUPP', 'ENOTSUP'].includes(code(error))) throw error;
        this.symlinks = false;
      }
    }
    if (!this.symlinks) await copyFile(join(this.directory, target), fresh);
    await this.install(fresh, place);
  }

  private async install(fresh: string, place: string): Promise<void> {
    const parent = dirname(place);
    if (!this.directories.has(parent)) {
      await makeDirectories(parent);
      this.directories.add(parent);
    }
    await rename(fresh, place);
    this.written++;
  }

  private async removeStale(earlier: ReadonlyMap<string, Entry>): Promise<{ removed: number; kept: string[] }> {
    const kept: string[] = [];
    let removed = 0;
    const parents = new Set<string>();
    // Links before what they point to.
    for (const [path, entry] of [...earlier].sort(([, a], [, b]) => Number(b.link !== undefined) - Number(a.link !== undefined))) {
      if (this.files.has(path) || this.links.has(path)) continue;
      const place = join(this.directory, path);
      if (await isOurs(this.directory, place, entry)) {
        await unlink(place);
        removed++;
        for (let parent = dirname(path); parent !== '.'; parent = dirname(parent)) parents.add(parent);
      } else if (await exists(place)) {
        kept.push(path);
      }
    }
    for (const parent of [...parents].sort((a, b) => b.length - a.length)) await rmdir(join(this.directory, parent)).catch(() => undefined);
    return { removed, kept: kept.sort() };
  }
}

/** A file that an index.json lists. */
interface Entry { readonly sha256: string; readonly link: string | undefined }

async function earlierIndex(path: string): Promise<Map<string, Entry>> {
  const found = new Map<string, Entry>();
  let index: unknown;
  try {
    index = JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return found; // none, or not ours
  }
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { file, content, sha256 } = value as Record<string, unknown>;
    if (typeof file === 'string' && typeof content === 'string' && typeof sha256 === 'string') {
      if (inside(file)) found.set(file, { sha256, link: content });
      if (inside(content)) found.set(content, { sha256, link: undefined });
    } else {
      Object.values(value).forEach(walk);
    }
  };
  walk((index as Record<string, unknown> | null)?.['pairs']);
  return found;
}

/** An index.json is only a file: it must not name anything outside its directory. */
function inside(path: string): boolean {
  return !path.startsWith('/') && !path.split('/').includes('..');
}

async function isOurs(directory: string, place: string, { sha256, link }: Entry): Promise<boolean> {
  const target = await linkTarget(place);
  if (target !== undefined) return link !== undefined && target === relative(dirname(place), join(directory, link));
  return await isFile(place) && createHash('sha256').update(await readFile(place)).digest('hex') === sha256;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isFile();
  } catch (error) {
    return absent(error);
  }
}

async function linkTarget(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (error) {
    if (code(error) === 'EINVAL') return undefined;
    absent(error);
    return undefined;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    return absent(error);
  }
}

function absent(error: unknown): false {
  if (code(error) === 'ENOENT' || code(error) === 'ENOTDIR') return false;
  throw error;
}

function code(error: unknown): string {
  const found = (error as { code?: unknown } | null | undefined)?.code;
  return typeof found === 'string' ? found : '';
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied', ENOENT: 'no directory can be made there', EROFS: 'the file system is read-only', ENOSPC: 'no space left', ENOTDIR: 'a part of the path is not a directory',
  EEXIST: 'it is not a directory', EISDIR: 'there is a directory where a file belongs', ENOTEMPTY: 'there is a directory where a file belongs', EPERM: 'operation not permitted',
};

function oneLine(error: unknown, directory: string): unknown {
  const why = reasons[code(error)];
  if (why === undefined) return error;
  const { dest, path } = error as { dest?: string; path?: string };
  const place = dest ?? path ?? directory;
  return new OutputError(`cannot write ${place.includes(scratchPrefix) ? directory : place}: ${why}`);
}
