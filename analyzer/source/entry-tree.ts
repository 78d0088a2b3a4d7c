import { createHash } from 'node:crypto';
import { decodeText } from './text.js';
import { baseName, joinPath, normalizePath, parentPath } from './tree-path.js';
import type { SourceTree } from './tree.js';

/** One name in a directory; the handle is what the kind of tree needs to get at the content. */
export interface Entry<Handle> {
  readonly kind: 'file' | 'directory' | 'link';
  readonly handle: Handle;
}

export type Directory<Handle> = ReadonlyMap<string, Entry<Handle>>;

/** As many links in one path as Linux follows. */
const maxLinks = 40;

/**
 * What every kind of tree has in common: directories are listed once and kept, and so are files; symbolic links
 * are followed inside the tree. Asking for a path that does not exist is cheap, since include
 * resolution does it all the time.
 */
export abstract class EntryTree<Handle> implements SourceTree {
  abstract readonly origin: string;
  readonly #directories = new Map<string, Directory<Handle> | undefined>();
  readonly #listings = new Map<string, readonly string[]>();
  readonly #texts = new Map<string, string>();

  /** The names in a directory, by its real path and its entry (undefined for the root). @throws SourceError */
  protected abstract readDirectory(path: string, entry: Entry<Handle> | undefined): Directory<Handle>;
  /** A file's content. @throws SourceError */
  protected abstract readFile(path: string, handle: Handle): Buffer;
  /** A link's target as it stands in the tree. @throws SourceError */
  protected abstract readLink(path: string, handle: Handle): string;

  has(path: string): boolean {
    return this.#find(path)?.entry.kind === 'file';
  }

  read(path: string): string | undefined {
    const found = this.#find(path);
    if (found === undefined || found.entry.kind !== 'file') return undefined;
    // the same file is searched for one thing and parsed for another
    let text = this.#texts.get(found.path);
    if (text === undefined) this.#texts.set(found.path, (text = decodeText(this.readFile(found.path, found.entry.handle))));
    return text;
  }

  /** See {@link SourceTree.readWithId}. */
  readWithId(path: string): { readonly id: string; readonly text: string } | undefined {
    const found = this.#find(path);
    if (found === undefined || found.entry.kind !== 'file') return undefined;
    const bytes = this.readFile(found.path, found.entry.handle);
    return { id: this.knownId(found.entry.handle) ?? blobId(bytes), text: decodeText(bytes) };
  }

  /** See {@link SourceTree.contentId}. */
  contentId(path: string): string | undefined {
    const found = this.#find(path);
    if (found === undefined || found.entry.kind !== 'file') return undefined;
    return this.knownId(found.entry.handle) ?? blobId(this.readFile(found.path, found.entry.handle));
  }

  /** The content's id where it is known without reading. */
  protected knownId(_handle: Handle): string | undefined {
    return undefined;
  }

  list(directory: string): readonly string[] {
    const path = normalizePath(directory);
    if (path === undefined) return [];
    const known = this.#listings.get(path);
    if (known !== undefined) return known;
    const names: string[] = [];
    for (const [name, entry] of this.#directory(path, 0) ?? []) {
      const kind = entry.kind === 'link' ? this.#follow(path, name, entry, 0)?.entry.kind : entry.kind;
      if (kind === 'file') names.push(name);
      else if (kind === 'directory') names.push(`${name}/`);
    }
    names.sort();
    this.#listings.set(path, names);
    return names;
  }

  /** What stands at a path, and its path without links. */
  #find(path: string, links = 0): { path: string; entry: Entry<Handle> } | undefined {
    const normal = normalizePath(path);
    if (normal === undefined || normal === '') return undefined;
    const parent = parentPath(normal);
    const name = baseName(normal);
    const entry = this.#directory(parent, links)?.get(name);
    if (entry === undefined) return undefined;
    return entry.kind === 'link' ? this.#follow(parent, name, entry, links) : { path: normal, entry };
  }

  #follow(parent: string, name: string, entry: Entry<Handle>, links: number): { path: string; entry: Entry<Handle> } | undefined {
    if (links >= maxLinks) return undefined;
    const target = this.readLink(joinPath(parent, name), entry.handle);
    return target.startsWith('/') ? undefined : this.#find(joinPath(parent, target), links + 1);
  }

  #directory(path: string, links: number): Directory<Handle> | undefined {
    if (this.#directories.has(path)) return this.#directories.get(path);
    let directory: Directory<Handle> | undefined;
    if (path === '') {
      directory = this.readDirectory('', undefined);
    } else {
      const found = this.#find(path, links);
      if (found !== undefined && found.entry.kind === 'directory') {
        directory = found.path === path ? this.readDirectory(path, found.entry) : this.#directory(found.path, links);
      }
    }
    this.#directories.set(path, directory);
    return directory;
  }
}

/** As `git hash-object` has it. */
function blobId(bytes: Buffer): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
