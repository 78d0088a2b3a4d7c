import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compareDebianVersions } from './debian-version.js';
import { readDsc } from './dsc.js';
import { errorCode, reason } from './reason.js';
import { SourceError } from './tree.js';

/** A QEMU tree in qemu-src/, by what its name or VERSION file says; archives are not opened to find out. */
export interface LocalSource {
  /** For `openSource`. */
  readonly spec: string;
  readonly kind: 'directory' | 'package' | 'archive';
  /** As Debian orders versions; '' if nothing tells. */
  readonly version: string;
}

export interface DefaultSource {
  readonly chosen: LocalSource;
  /** The others, the newest first. */
  readonly others: readonly LocalSource[];
}

const archiveName = /\.(?:tar|tgz|tar\.(?:gz|xz|bz2|zst))$/;
/** What reads fastest wins among equal versions. */
const rank: Readonly<Record<LocalSource['kind'], number>> = { directory: 2, package: 1, archive: 0 };

/**
 * The tree to use when the user names none: the newest one in the directory, undefined if there is none.
 * @throws SourceError if the directory exists but cannot be read.
 */
export function defaultSource(directory = 'qemu-src'): DefaultSource | undefined {
  const [chosen, ...others] = localSources(directory);
  return chosen === undefined ? undefined : { chosen, others };
}

/** One line that says which tree was picked, and which were not. */
export function describeDefault(source: DefaultSource): string {
  const others = source.others.map(({ spec }) => spec).join(', ');
  return `using ${source.chosen.spec}${others === '' ? '' : `, the newest (also there: ${others}; choose with --source)`}`;
}

/**
 * All trees in the directory, the newest version first: directories with a VERSION file, Debian
 * source packages, and tar archives that are not part of one of those packages.
 * @throws SourceError if the directory exists but cannot be read.
 */
export function localSources(directory = 'qemu-src'): LocalSource[] {
  let names: string[];
  try {
    names = readdirSync(directory).filter((name) => !name.startsWith('.')).sort();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw new SourceError(`cannot read ${directory}: ${reason(error)}`);
  }
  const sources: LocalSource[] = [];
  const parts = new Set<string>();
  for (const name of names.filter((name) => name.endsWith('.dsc'))) {
    const spec = join(directory, name);
    const description = readDsc(spec);
    sources.push({ spec, kind: 'package', version: description.version });
    for (const file of description.files) parts.add(file.name);
  }
  for (const name of names) {
    const spec = join(directory, name);
    const found = statSync(spec, { throwIfNoEntry: false });
    if (found?.isDirectory()) {
      const version = treeVersion(spec);
      if (version !== undefined) sources.push({ spec, kind: 'directory', version });
    } else if (found?.isFile() && archiveName.test(name) && !parts.has(name)) {
      sources.push({ spec, kind: 'archive', version: /\d[\w.+~-]*/.exec(name.replace(archiveName, '').replace(/\.orig$/, ''))?.[0] ?? '' });
    }
  }
  return sources.sort((a, b) => compareLocal(b, a));
}

function compareLocal(a: LocalSource, b: LocalSource): number {
  const plain = (version: string): string => version.replace(/^\d+:/, '');
  return compareDebianVersions(plain(a.version), plain(b.version)) || rank[a.kind] - rank[b.kind] || (a.spec < b.spec ? -1 : 1);
}

/** The packaging's version if there is packaging, as that is what tells two builds of one release apart. */
function treeVersion(directory: string): string | undefined {
  const text = (name: string): string | undefined => {
    try {
      return readFileSync(join(directory, name), 'utf8');
    } catch {
      return undefined;
    }
  };
  const version = text('VERSION')?.trim();
  if (version === undefined) return undefined;
  return /^\S+ \(([^()\s]+)\)/.exec(text('debian/changelog') ?? '')?.[1] ?? version;
}
