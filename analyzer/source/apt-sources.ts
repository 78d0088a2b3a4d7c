import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseStanzas } from './control-file.js';
import { errorCode, reason } from './reason.js';
import { SourceError } from './tree.js';

/** One entry of apt's sources (sources.list(5)), whichever of the two formats it stood in. */
export interface AptEntry {
  readonly types: readonly string[];
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** Other fields by lower-case deb822 name: signed-by, trusted, ... */
  readonly options: ReadonlyMap<string, string>;
}

/** Options that select binary packages or index files, which a deb-src entry has no use for. */
const binaryOptions = new Set(['architectures', 'languages', 'targets', 'architectures-add', 'architectures-remove', 'arch', 'lang', 'target']);

/** Parses the one-line format: "deb [signed-by=FILE] URI SUITE COMPONENT...". Lines that are not in it are passed over. */
export function parseOneLineSources(text: string): AptEntry[] {
  const entries: AptEntry[] = [];
  for (const line of text.split('\n')) {
    const match = /^\s*(deb|deb-src)\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)([^#]*)/.exec(line);
    if (match === null) continue;
    const options = new Map<string, string>();
    for (const option of (match[2] ?? '').trim().split(/\s+/)) {
      const [, name, value] = /^([\w-]+)[+-]?=(.*)$/.exec(option) ?? [];
      if (name !== undefined && !binaryOptions.has(name.toLowerCase())) options.set(name.toLowerCase(), (value ?? '').replaceAll(',', ' '));
    }
    entries.push({ types: [match[1] ?? ''], uris: [match[3] ?? ''], suites: [match[4] ?? ''], components: words(match[5]), options });
  }
  return entries;
}

/** Parses the deb822 format of .sources files; entries with "Enabled: no" are left out. */
export function parseDeb822Sources(text: string): AptEntry[] {
  const own = new Set(['types', 'uris', 'suites', 'components', 'enabled']);
  return parseStanzas(text)
    .filter((stanza) => !/^(?:no|false|0|off|without|disable)$/i.test(stanza.get('enabled') ?? 'yes'))
    .map((stanza) => ({
      types: words(stanza.get('types')),
      uris: words(stanza.get('uris')),
      suites: words(stanza.get('suites')),
      components: words(stanza.get('components')),
      options: new Map([...stanza].filter(([name]) => !own.has(name) && !name.startsWith('x-') && !binaryOptions.has(name))),
    }));
}

/**
 * The entries that the system's apt uses, in apt's order: the list file, then the files of the
 * parts directory, of which only names that apt accepts count.
 * @throws SourceError if a file that exists cannot be read.
 */
export function readSystemSources(listFile: string, partsDirectory: string): AptEntry[] {
  const parts = (optional(() => readdirSync(partsDirectory), partsDirectory) ?? [])
    .filter((name) => /^[\w.-]+\.(?:list|sources)$/.test(name))
    .sort()
    .map((name) => join(partsDirectory, name));
  return [listFile, ...parts].flatMap((file) => {
    const text = optional(() => readFileSync(file, 'utf8'), file) ?? '';
    return file.endsWith('.sources') ? parseDeb822Sources(text) : parseOneLineSources(text);
  });
}

/** Suites that a system may have enabled, but whose QEMU is not the distribution's own. */
const asideSuites = /-(?:backports(?:-sloppy)?|proposed-updates|proposed)$|^(?:experimental|rc-buggy)$/;
const securitySuite = /-security$|\/updates$/;
/** Suites that receive no separate security updates. */
const rollingSuites = /^(?:sid|unstable|experimental|rc-buggy)$/;

/**
 * The source entries to look for the distribution's QEMU in: the binary entries that carry the
 * distribution's archive (third-party ones left out), turned into deb-src with the same keys.
 * @param suites instead of those that the system uses: each on the same mirror, with its security
 *   updates if the system has those of its own.
 */
export function sourceEntries(system: readonly AptEntry[], suites?: readonly string[]): AptEntry[] {
  const archives = system
    .map((entry) => ({ ...entry, uris: entry.uris.filter(isDistribution), components: entry.components.filter((name) => name === 'main' || name === 'universe') }))
    .filter((entry) => entry.uris.length > 0 && entry.components.includes('main') && entry.types.some((type) => type === 'deb' || type === 'deb-src'));
  const sources: AptEntry[] = [];
  const add = (entry: AptEntry, names: readonly string[]): void => {
    if (names.length > 0) sources.push({ ...entry, types: ['deb-src'], suites: names });
  };
  if (suites === undefined) {
    for (const entry of archives) add(entry, entry.suites.filter((suite) => !asideSuites.test(suite)));
  } else {
    const main = archives.find((entry) => entry.suites.some((suite) => !securitySuite.test(suite)));
    const security = archives.find((entry) => entry.suites.some((suite) => securitySuite.test(suite)));
    if (main !== undefined) add(main, suites);
    if (security !== undefined) add(security, suites.filter((suite) => !rollingSuites.test(suite) && !suite.includes('-')).map((suite) => `${suite}-security`));
  }
  return withoutRepetition(sources);
}

/** Entries in the deb822 format. */
export function formatDeb822Sources(entries: readonly AptEntry[]): string {
  return entries.map((entry) => [
    `Types: ${entry.types.join(' ')}`,
    `URIs: ${entry.uris.join(' ')}`,
    `Suites: ${entry.suites.join(' ')}`,
    `Components: ${entry.components.join(' ')}`,
    ...[...entry.options].map(([name, value]) => `${name}: ${value.replaceAll('\n', '\n ')}`),
    '',
  ].join('\n')).join('\n');
}

/** Is this a mirror of a distribution's own archive, such as http://mirror.example.org/debian or mirror+file:/etc/apt/mirrors/debian.list? */
function isDistribution(uri: string): boolean {
  const path = uri.replace(/^[\w+-]+:(?:\/\/[^/]*)?/, '');
  return /(?:^|\/)(?:debian|ubuntu|raspbian|devuan)(?:-security|-archive|-ports)?(?:\.list)?(?:\/\d{8}T\d{6}Z)?\/*$/.test(path)
    || /^(?:deb|ftp\.\w+|security|cdn-aws\.deb)\.debian\.org$/.test(/^[\w+-]+:\/\/([^/]*)/.exec(uri)?.[1] ?? '')
    || /(?:^|\/)debian-security(?:\.list)?$/.test(path);
}

function withoutRepetition(entries: readonly AptEntry[]): AptEntry[] {
  const seen = new Set<string>();
  const result: AptEntry[] = [];
  for (const entry of entries) {
    const suites = entry.suites.filter((suite) => {
      const key = `${entry.uris.join(' ')} ${suite}`;
      return !seen.has(key) && seen.add(key);
    });
    if (suites.length > 0) result.push({ ...entry, suites });
  }
  return result;
}

function words(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '');
}

function optional<T>(read: () => T, path: string): T | undefined {
  try {
    return read();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new SourceError(`cannot read ${path}: ${reason(error)}`);
  }
}
