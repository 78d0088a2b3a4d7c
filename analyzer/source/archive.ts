import type { Parser, ReadEntry } from 'tar';
import { readDecompressed } from './decompress.js';
import { lazily } from './lazily.js';
import type { Member } from './memory-tree.js';
import type { Filter } from './needed.js';
import { reason } from './reason.js';
import { joinPath, normalizePath, parentPath } from './tree-path.js';
import { SourceError } from './tree.js';

const tar = lazily<{ readonly Parser: typeof Parser }>('tar');

/** Warnings of the tar reader that mean that members are missing or damaged. */
const fatal = new Set(['TAR_BAD_ARCHIVE', 'TAR_ENTRY_INVALID', 'TAR_ABORT']);

/**
 * Reads a tar archive, plain or compressed with gzip, xz, bzip2 or zstd, and keeps the members that
 * the filter wants. If everything in it lies in one top-level directory, as in release archives,
 * that directory is taken off all paths (`strip`); the filter sees the paths as they are returned.
 * @throws SourceError if it cannot be read, is damaged, or is no archive.
 */
export function readArchive(file: string, filter: Filter, strip = true): Map<string, Member> {
  const members = new Map<string, Member>();
  const hardLinks = new Map<string, string>();
  let top: string | undefined;
  let single = strip;
  let count = 0;
  let damage: string | undefined;

  const see = (path: string, directory: boolean): void => {
    const slash = path.indexOf('/');
    const first = slash < 0 ? path : path.slice(0, slash);
    if ((slash < 0 && !directory) || (top !== undefined && top !== first)) single = false;
    top = first;
  };
  const wanted = (path: string): boolean => (single && filter(withoutTop(path))) || filter(path);
  const parser = new (tar().Parser)({
    onReadEntry(entry: ReadEntry) {
      count++;
      const path = normalizePath(entry.path.replace(/^\/+/, ''));
      if (path !== undefined && path !== '') {
        see(path, entry.type === 'Directory');
        if (wanted(path)) {
          switch (entry.type) {
            case 'File':
            case 'OldFile':
            case 'ContiguousFile': {
              const chunks: Buffer[] = [];
              entry.on('data', (chunk: Buffer) => void chunks.push(chunk));
              entry.on('end', () => members.set(path, { data: Buffer.concat(chunks) }));
              return;
            }
            case 'SymbolicLink':
              members.set(path, { link: entry.linkpath ?? '' });
              break;
            case 'Link':
              hardLinks.set(path, normalizePath((entry.linkpath ?? '').replace(/^\/+/, '')) ?? '');
              break;
            default:
          }
        }
      }
      entry.resume();
    },
    onwarn(code: string, message: string | Error) {
      if (fatal.has(code)) damage ??= reason(message);
    },
  });
  parser.on('error', (error: unknown) => (damage ??= reason(error)));

  for (const chunk of readDecompressed(file)) {
    parser.write(chunk);
    if (damage !== undefined) break;
  }
  if (damage === undefined) parser.end();
  if (damage !== undefined || count === 0) {
    throw new SourceError(
      count === 0 ? `${file} is not a tar archive` : `cannot read ${file}: ${(damage ?? '').replace(/^TAR_\w+: /, '')}`,
    );
  }

  for (const [path, target] of hardLinks) {
    const member = members.get(target);
    if (member !== undefined) members.set(path, member);
    // Its content stands under a name that the filter does not want: reach it no other way than by saying so.
    else throw new SourceError(`cannot read ${file}: ${path} is a link to ${target}, which is not kept`);
  }
  if (!single) return members;
  return new Map([...members].map(([path, member]) => [withoutTop(path), member] as const).filter(([path]) => path !== '' && filter(path)));
}

function withoutTop(path: string): string {
  const slash = path.indexOf('/');
  return slash < 0 ? '' : path.slice(slash + 1);
}

/** The path that a link in a tree leads to, or undefined if that is outside of the tree. */
export function linkTarget(path: string, link: string): string | undefined {
  return link.startsWith('/') ? undefined : normalizePath(joinPath(parentPath(path), link));
}
