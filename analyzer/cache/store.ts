import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { seal, unseal } from './envelope.js';

/** All of it together, unless the user says otherwise. */
export const defaultLimit = 512 * 2 ** 20;
/** What is removed at once when the limit is reached, so that it is not reached again by the next file. */
const keptOfLimit = 0.8;
const scratch = /^\.new-/;
const scratchAge = 3_600_000;
/** As https://bford.info/cachedir/ has it: backup programs leave such a directory out. */
const tag = 'Signature: 8a477f597d28d172789f06886806bc55\n# Made by qemu-cpu-custom. Everything here can be removed at any time.\n';

/** Where the cache is: $XDG_CACHE_HOME/qemu-cpu-custom, by default ~/.cache/qemu-cpu-custom. */
export function cacheDirectory(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  const base = environment['XDG_CACHE_HOME'];
  return join(base !== undefined && isAbsolute(base) ? base : join(homedir(), '.cache'), 'qemu-cpu-custom');
}

/** What there is, for people. */
export interface StoreSize {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Values in files of one directory, by name ("folder/file"), for several processes at a time. A file appears whole or
 * not at all, and says itself whether it is intact. A cache must never be the reason why a command fails: what cannot
 * be read is not there, what cannot be written is not kept.
 */
export class Store {
  constructor(readonly directory: string, readonly limit = defaultLimit) {}

  /** The value, undefined if there is none or it is damaged (then it is removed). */
  read(name: string): unknown {
    const path = join(this.directory, name);
    try {
      const bytes = readFileSync(path);
      try {
        const value = unseal(bytes);
        if (value !== undefined) return value;
      } catch {
        // from another version of node
      }
      unlinkSync(path);
    } catch {
      // not there, or not ours to read
    }
    return undefined;
  }

  has(name: string): boolean {
    return existsSync(join(this.directory, name));
  }

  remove(name: string): void {
    this.#remove([name]);
  }

  /** Tell that it was of use: what was not goes first. */
  touch(name: string): void {
    try {
      const now = new Date();
      utimesSync(join(this.directory, name), now, now);
    } catch {
      // removed meanwhile
    }
  }

  /** @returns whether it was kept. */
  write(name: string, value: unknown): boolean {
    const path = join(this.directory, name);
    const fresh = join(dirname(path), `.new-${process.pid}-${randomBytes(6).toString('hex')}`);
    try {
      const bytes = seal(value);
      makeDirectory(dirname(path));
      this.#mark();
      writeFileSync(fresh, bytes, { mode: 0o600, flag: 'wx' });
      renameSync(fresh, path);
      return true;
    } catch {
      try {
        rmSync(fresh, { force: true });
      } catch {
        // nothing more can be done
      }
      return false;
    }
  }

  /** Names of the files in a folder, the last used first. */
  names(folder: string): string[] {
    return this.#files(folder).sort((a, b) => b.used - a.used).map(({ name }) => name);
  }

  size(): StoreSize {
    const files = this.#all();
    return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
  }

  /** Remove everything that this class wrote. */
  clear(): StoreSize {
    const before = this.size();
    this.#remove(this.#all().map(({ name }) => name));
    try {
      unlinkSync(join(this.directory, 'CACHEDIR.TAG'));
      rmdirSync(this.directory);
    } catch {
      // never made, or something else is in it
    }
    return before;
  }

  /** Keep within the limit: what was not used for the longest time goes. */
  prune(): void {
    const files = this.#all();
    let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    if (bytes <= this.limit) return;
    const gone: string[] = [];
    for (const file of files.sort((a, b) => a.used - b.used)) {
      if (bytes <= this.limit * keptOfLimit) break;
      bytes -= file.bytes;
      gone.push(file.name);
    }
    this.#remove(gone);
  }

  #mark(): void {
    try {
      writeFileSync(join(this.directory, 'CACHEDIR.TAG'), tag, { flag: 'wx' });
    } catch {
      // there already
    }
  }

  #all(): { name: string; bytes: number; used: number }[] {
    return entries(this.directory).filter((entry) => entry.directory).flatMap(({ name }) => this.#files(name));
  }

  #files(folder: string): { name: string; bytes: number; used: number }[] {
    const files: { name: string; bytes: number; used: number }[] = [];
    for (const { name, directory } of entries(join(this.directory, folder))) {
      if (directory) continue;
      const path = join(this.directory, folder, name);
      try {
        const { size, mtimeMs } = statSync(path);
        if (!scratch.test(name)) files.push({ name: `${folder}/${name}`, bytes: size, used: mtimeMs });
        else if (Date.now() - mtimeMs > scratchAge) unlinkSync(path);
      } catch {
        // removed meanwhile
      }
    }
    return files;
  }

  #remove(names: readonly string[]): void {
    for (const name of names) {
      try {
        unlinkSync(join(this.directory, name));
      } catch {
        // somebody else was quicker
      }
    }
    for (const folder of new Set(names.map((name) => dirname(name)))) {
      try {
        rmdirSync(join(this.directory, folder));
      } catch {
        // not empty
      }
    }
  }
}

function entries(directory: string): { name: string; directory: boolean }[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).map((entry) => ({ name: entry.name, directory: entry.isDirectory() }));
  } catch {
    return [];
  }
}

/** Node's own recursive mkdir never returns where a file system has no such directories (/proc). */
function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path || existsSync(dirname(path))) throw error;
    makeDirectory(dirname(path));
    makeDirectory(path);
  }
}
