import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EntryTree, type Directory, type Entry } from './entry-tree.js';
import { reason } from './reason.js';
import { SourceError, type Stamp } from './tree.js';

/**
 * A tree that lies in a directory. Links may lead anywhere, as they would for the compiler.
 * @throws SourceError from every method, for what cannot be read.
 */
export class DirectoryTree extends EntryTree<undefined> {
  constructor(readonly root: string, readonly origin: string = root) {
    super();
  }

  /** Size, times of modification and of the inode's change, and inode: no ordinary way of changing a file leaves all four. */
  stamp(path: string): Stamp {
    const found = statSync(join(this.root, path), { throwIfNoEntry: false });
    if (found === undefined) return { text: '-', changed: 0 };
    return { text: `${found.isDirectory() ? 'd' : found.size} ${found.mtimeMs} ${found.ctimeMs} ${found.ino}`, changed: Math.max(found.mtimeMs, found.ctimeMs) };
  }

  protected override readDirectory(path: string): Directory<undefined> {
    const directory = new Map<string, Entry<undefined>>();
    try {
      for (const found of readdirSync(join(this.root, path), { withFileTypes: true })) {
        const what = found.isSymbolicLink() ? statSync(join(this.root, path, found.name), { throwIfNoEntry: false }) : found;
        if (what?.isFile()) directory.set(found.name, { kind: 'file', handle: undefined });
        else if (what?.isDirectory()) directory.set(found.name, { kind: 'directory', handle: undefined });
      }
    } catch (error) {
      throw this.#cannotRead(path, error);
    }
    return directory;
  }

  protected override readFile(path: string): Buffer {
    try {
      return readFileSync(join(this.root, path));
    } catch (error) {
      throw this.#cannotRead(path, error);
    }
  }

  protected override readLink(): string {
    throw new Error('links of a directory are followed by the file system');
  }

  #cannotRead(path: string, error: unknown): SourceError {
    return new SourceError(`cannot read ${join(this.root, path)}: ${reason(error)}`);
  }
}
