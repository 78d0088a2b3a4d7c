import type { Fact } from './facts.js';

/**
 * A QEMU source tree as a read-only set of files. Every layer above reads the tree through
 * this interface, so that a directory, a git revision and an archive look the same.
 */
export interface SourceTree {
  /** Where the tree comes from, as the user named it: shown in all output. */
  readonly origin: string;
  /** Is there a regular file at this tree-relative path ("/"-separated, no leading "./")? */
  has(path: string): boolean;
  /** The file's text (latin1-safe UTF-8), or undefined if there is no such file. @throws SourceError if it cannot be read. */
  read(path: string): string | undefined;
  /** The names in a directory, sorted by code unit, directories with a trailing "/"; empty if there is none. */
  list(directory: string): readonly string[];
  /** See facts.ts: for trees that note what is asked of them. @throws SourceError */
  fact?(path: string, fact: Fact): string | undefined;
  /** What names the whole tree's exact content, where that is known without reading it: a git tree, an archive's checksum. @throws SourceError */
  revision?(): string | undefined;
  /** The file's content as an id that is the same in every kind of tree (git's blob id), and its text from the same bytes. @throws SourceError */
  readWithId?(path: string): { readonly id: string; readonly text: string } | undefined;
  /** The id alone, without the text where that is cheaper. @throws SourceError */
  contentId?(path: string): string | undefined;
  /** The directory that the tree lies in, for trees that can change. */
  readonly root?: string;
  /** What changes whenever the file or directory at this path does, quick to ask for. Only for trees that can change. */
  stamp?(path: string): Stamp;
}

/** See {@link SourceTree.stamp}. */
export interface Stamp {
  readonly text: string;
  /** When the file system last saw a change, in milliseconds since the epoch; 0 where nothing is there. */
  readonly changed: number;
}

/** The tree is missing, unreadable, or is not what the user said it was. The message is one line for the user. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}
