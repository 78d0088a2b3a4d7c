import { EntryTree, type Directory, type Entry } from './entry-tree.js';
import { baseName, joinPath, parentPath } from './tree-path.js';

/** A file's content, or where a symbolic link points to. */
export type Member = { readonly data: Buffer } | { readonly link: string };

/** A tree that is held in memory: what was kept of an archive. */
export class MemoryTree extends EntryTree<Member | undefined> {
  readonly #directories = new Map<string, Map<string, Entry<Member | undefined>>>([['', new Map()]]);

  constructor(readonly members: ReadonlyMap<string, Member>, readonly origin: string) {
    super();
    for (const [path, member] of members) {
      this.#make(parentPath(path)).set(baseName(path), { kind: 'link' in member ? 'link' : 'file', handle: member });
    }
  }

  protected override readDirectory(path: string): Directory<Member | undefined> {
    return this.#make(path);
  }

  protected override readFile(_path: string, member: Member | undefined): Buffer {
    return member !== undefined && 'data' in member ? member.data : Buffer.alloc(0);
  }

  protected override readLink(_path: string, member: Member | undefined): string {
    return member !== undefined && 'link' in member ? member.link : '';
  }

  #make(path: string): Map<string, Entry<Member | undefined>> {
    const known = this.#directories.get(path);
    if (known !== undefined) return known;
    const parent = this.#make(parentPath(path));
    parent.set(baseName(path), { kind: 'directory', handle: undefined });
    const made = new Map<string, Entry<Member | undefined>>();
    this.#directories.set(path, made);
    return made;
  }
}

/** The members under a directory, with the directory put before their paths. */
export function prefixMembers(members: ReadonlyMap<string, Member>, directory: string): Map<string, Member> {
  return new Map([...members].map(([path, member]) => [joinPath(directory, path), member]));
}
