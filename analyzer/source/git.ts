import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EntryTree, type Directory, type Entry } from './entry-tree.js';
import { GitObjects, type GitObject } from './git-objects.js';
import { SourceError } from './tree.js';

/**
 * A tree as a revision of a git repository has it, working copy or bare; nothing is checked out.
 * Only the directories and files that are asked for are read.
 */
export class GitTree extends EntryTree<string> {
  readonly #objects: GitObjects;
  readonly #root: GitObject;

  /**
   * @param revision anything that names a commit, a tag or a tree for git.
   * @throws SourceError if the path is no repository or does not have that revision.
   */
  constructor(repository: string, revision: string, readonly origin: string = `${repository}@${revision}`) {
    super();
    const directory = gitDirectory(repository);
    if (directory === undefined) throw new SourceError(`${repository} is not a git repository`);
    this.#objects = objectsOf(directory);
    const root = revision.startsWith('-') || revision === '' ? undefined : this.#objects.read(`${revision}^{tree}`);
    if (root?.type !== 'tree') throw new SourceError(`the git repository ${repository} has no revision '${revision}'`);
    this.#root = root;
  }

  /** The id of the git tree: equal for all commits that have the same files. */
  revision(): string {
    return `git ${this.#root.id}`;
  }

  /** Have the texts of these files ready. @throws SourceError */
  prefetch(paths: Iterable<string>): void {
    this.#objects.prefetch([...paths].map((path) => this.contentId(path)).filter((id) => id !== undefined));
  }

  protected override knownId(id: string): string {
    return id;
  }

  protected override readDirectory(path: string, entry: Entry<string> | undefined): Directory<string> {
    // A submodule is a directory that is empty here.
    if (entry?.handle === '') return new Map();
    const id = entry?.handle ?? this.#root.id;
    const { made } = this.#objects;
    let directory = made.get(id) as Directory<string> | undefined;
    if (directory === undefined) {
      const tree = entry === undefined ? this.#root : this.#object(path, id);
      if (made.size >= DIRECTORIES) made.clear();
      made.set(id, directory = parseTree(tree.data, tree.id.length / 2));
    }
    return directory;
  }

  protected override readFile(path: string, id: string): Buffer {
    return this.#object(path, id).data;
  }

  protected override readLink(path: string, id: string): string {
    return this.#object(path, id).data.toString('utf8');
  }

  #object(path: string, id: string): GitObject {
    const object = this.#objects.read(id);
    if (object === undefined) throw new SourceError(`${this.origin}: the repository lacks the object of ${path} (a partial clone?)`);
    return object;
  }
}

const readers = new Map<string, WeakRef<GitObjects>>();

/** So many directories of a repository are kept. */
const DIRECTORIES = 20_000;

/** One reader for all trees of a repository that are in use. */
function objectsOf(directory: string): GitObjects {
  let reader = readers.get(directory)?.deref();
  if (reader === undefined) readers.set(directory, new WeakRef(reader = new GitObjects(directory)));
  return reader;
}

/** Where a repository keeps its objects: PATH/.git (a directory, or the file of a linked work tree), or PATH itself if bare. */
export function gitDirectory(repository: string): string | undefined {
  const inside = join(repository, '.git');
  if (existsSync(inside)) return inside;
  return ['HEAD', 'objects/.', 'refs/.'].every((name) => existsSync(join(repository, name))) ? repository : undefined;
}

/** git's tree object: "MODE NAME\0" and the raw object id, for each entry. */
function parseTree(data: Buffer, idLength: number): Directory<string> {
  const directory = new Map<string, Entry<string>>();
  for (let at = 0; at < data.length; ) {
    const space = data.indexOf(0x20, at);
    const zero = data.indexOf(0, space);
    const mode = data.toString('latin1', at, space);
    const name = data.toString('utf8', space + 1, zero);
    at = zero + 1 + idLength;
    const id = data.toString('hex', zero + 1, at);
    if (mode === '160000') directory.set(name, { kind: 'directory', handle: '' });
    else directory.set(name, { kind: mode === '40000' ? 'directory' : mode === '120000' ? 'link' : 'file', handle: id });
  }
  return directory;
}
