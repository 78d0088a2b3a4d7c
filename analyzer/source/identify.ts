import { debianPackage } from './debian-package.js';
import { SourceError, type SourceTree } from './tree.js';

export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly micro: number;
}

/** What `query-version` of the built QEMU says. */
export interface Identity {
  readonly version: Version;
  /** The packager's part, '' for an upstream tree; e.g. "Debian 1:7.2+dfsg-7+deb12u18". */
  readonly package: string;
}

/**
 * Which QEMU a tree is.
 * @throws SourceError if it is no QEMU tree, or has no x86 target.
 */
export function identify(tree: SourceTree): Identity {
  const text = tree.read('VERSION');
  if (text === undefined) throw new SourceError(`${tree.origin} is not a QEMU source tree: it has no VERSION file`);
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  if (match === null) {
    throw new SourceError(`${tree.origin} is not a QEMU source tree: its VERSION file says '${text.trim().split('\n', 1)[0] ?? ''}'`);
  }
  if (tree.list('target/i386').length === 0 && tree.list('target-i386').length === 0) {
    throw new SourceError(`${tree.origin} is not a QEMU source tree with the x86 target: it has neither target/i386 nor target-i386`);
  }
  return {
    version: { major: Number(match[1]), minor: Number(match[2]), micro: Number(match[3] ?? 0) },
    package: debianPackage(tree),
  };
}
