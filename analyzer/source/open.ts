import { statSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { readArchive } from './archive.js';
import { DirectoryTree } from './directory.js';
import { readDsc, readSourcePackage } from './dsc.js';
import { GitTree, gitDirectory } from './git.js';
import { isNeeded, type Filter } from './needed.js';
import { PackedTree } from './packed.js';
import { errorCode, reason } from './reason.js';
import { SourceError, type SourceTree } from './tree.js';

/**
 * Opens what the user named with `--source`: a directory, a git repository with a revision
 * (`PATH@REVISION`, bare repositories too), a tar archive (plain, gz, xz, bz2, zst), or a Debian
 * source package (.dsc); the latter two are unpacked when something is first asked of them. Whether it holds QEMU is `identify`'s question.
 * @param filter which files of an archive to keep in memory; directories and repositories are read on demand.
 * @throws SourceError with one line for the user, also from the tree's methods.
 */
export function openSource(spec: string, filter: Filter = isNeeded): SourceTree {
  const found = lookAt(spec);
  if (found === undefined) return openRevision(spec);
  if (found.isDirectory()) {
    const directory = new DirectoryTree(spec);
    if (directory.list('').length === 0) throw new SourceError(`${spec} is an empty directory`);
    if (gitDirectory(spec) === spec) {
      throw new SourceError(`${spec} is a bare git repository: name a revision, as in ${spec}@HEAD`);
    }
    return directory;
  }
  if (!found.isFile()) throw new SourceError(`${spec} is neither a directory nor a file`);
  if (!spec.endsWith('.dsc')) return new PackedTree(spec, () => [spec], () => readArchive(spec, filter));
  return new PackedTree(spec, () => [spec, ...readDsc(spec).files.map(({ name }) => join(dirname(spec), name))], () => readSourcePackage(spec, filter));
}

/** The path may hold an "@" and so may the revision ("HEAD@{1}"): the longest path that exists counts. */
function openRevision(spec: string): SourceTree {
  for (let at = spec.lastIndexOf('@'); at > 0; at = spec.lastIndexOf('@', at - 1)) {
    const path = spec.slice(0, at);
    if (lookAt(path) !== undefined) return new GitTree(path, spec.slice(at + 1), spec);
  }
  throw new SourceError(`there is no ${spec}`);
}

function lookAt(path: string): Stats | undefined {
  try {
    return path === '' ? undefined : statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (errorCode(error) === 'ENOTDIR' || errorCode(error) === 'ENAMETOOLONG') return undefined;
    throw new SourceError(`cannot read ${path}: ${reason(error)}`);
  }
}
