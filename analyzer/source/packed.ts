import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { MemoryTree, type Member } from './memory-tree.js';
import { reason } from './reason.js';
import { SourceError, type SourceTree, type Stamp } from './tree.js';

/** A tree in an archive or a source package, which is unpacked when something is first asked of it. */
export class PackedTree implements SourceTree {
  #tree: MemoryTree | undefined;
  #revision: string | undefined;

  /** @param files what the tree is made from, by path. */
  constructor(readonly origin: string, private readonly files: () => readonly string[], private readonly unpack: () => ReadonlyMap<string, Member>) {}

  has(path: string): boolean {
    return this.#unpacked.has(path);
  }

  read(path: string): string | undefined {
    return this.#unpacked.read(path);
  }

  list(directory: string): readonly string[] {
    return this.#unpacked.list(directory);
  }

  readWithId(path: string): { readonly id: string; readonly text: string } | undefined {
    return this.#unpacked.readWithId(path);
  }

  contentId(path: string): string | undefined {
    return this.#unpacked.contentId(path);
  }

  /** The checksum of the files, by content alone. @throws SourceError */
  revision(): string {
    if (this.#revision === undefined) {
      const hash = createHash('sha256');
      for (const file of this.files()) hash.update(`${file.slice(file.lastIndexOf('/') + 1)}\0`).update(createHash('sha256').update(bytesOf(file)).digest());
      this.#revision = `packed ${hash.digest('hex')}`;
    }
    return this.#revision;
  }

  /** What changes whenever one of the files does: quicker to ask for than {@link revision}. @throws SourceError */
  filesStamp(): Stamp {
    const stamps = this.files().map((file) => {
      const found = statSync(file, { throwIfNoEntry: false });
      return found === undefined ? undefined : { text: `${found.size} ${found.mtimeMs} ${found.ctimeMs} ${found.ino}`, changed: Math.max(found.mtimeMs, found.ctimeMs) };
    });
    return { text: stamps.map((stamp) => stamp?.text ?? '').join('\n'), changed: Math.max(...stamps.map((stamp) => stamp?.changed ?? 0)) };
  }

  get #unpacked(): MemoryTree {
    return this.#tree ??= new MemoryTree(this.unpack(), this.origin);
  }
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new SourceError(`cannot read ${file}: ${reason(error)}`);
  }
}
