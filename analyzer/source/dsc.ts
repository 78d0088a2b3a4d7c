import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { linkTarget, readArchive } from './archive.js';
import { parseStanzas } from './control-file.js';
import { prefixMembers, type Member } from './memory-tree.js';
import type { Filter } from './needed.js';
import { reason } from './reason.js';
import { normalizePath } from './tree-path.js';
import { SourceError } from './tree.js';
import { applyHunks, DiffError, parseUnifiedDiff, splitLines, type FilePatch } from './unified-diff.js';

/** The files that a Debian source package consists of, the .dsc itself not included. */
export interface SourcePackage {
  readonly version: string;
  readonly format: string;
  readonly files: readonly { readonly name: string; readonly size: number; readonly sha256: string | undefined }[];
}

/** @throws SourceError if the file cannot be read or is no source package description. */
export function readDsc(file: string): SourcePackage {
  const [stanza] = parseStanzas(bytesOf(file).toString('utf8'));
  const list = stanza?.get('checksums-sha256') ?? stanza?.get('files');
  if (stanza === undefined || list === undefined) throw new SourceError(`${file} is not a Debian source package description`);
  const hashed = stanza.has('checksums-sha256');
  const files = list.split('\n').filter((line) => line !== '').map((line) => {
    const [hash, size, name] = line.split(/\s+/);
    if (name === undefined || name !== basename(name)) throw new SourceError(`${file}: malformed list of files`);
    return { name, size: Number(size), sha256: hashed ? hash : undefined };
  });
  return { version: stanza.get('version') ?? '', format: stanza.get('format') ?? '1.0', files };
}

/**
 * Reads a Debian source package as dpkg-source would unpack it: the upstream archive, its additional
 * components, the packaging, and the packaging's patch series applied in order. Formats 1.0,
 * 3.0 (native) and 3.0 (quilt). dpkg-dev is not needed.
 * @throws SourceError if a file is missing or damaged, or a patch does not apply.
 */
export function readSourcePackage(dsc: string, filter: Filter): Map<string, Member> {
  const source = readDsc(dsc);
  const find = (pattern: RegExp): string[] => source.files.filter(({ name }) => pattern.test(name)).map(({ name }) => join(dirname(dsc), name));
  if (!/^(?:1\.0|3\.0 \((?:quilt|native)\))$/.test(source.format)) {
    throw new SourceError(`${dsc}: source format ${source.format} is not supported`);
  }
  for (const file of source.files) check(join(dirname(dsc), file.name), file);
  const [original] = [...find(/\.orig\.tar\.\w+$/), ...find(/\.tar\.\w+$/)];
  if (original === undefined) throw new SourceError(`${dsc}: there is no source archive in this package`);
  const members = readArchive(original, filter);

  for (const component of find(/\.orig-[\w-]+\.tar\.\w+$/)) {
    const directory = /\.orig-([\w-]+)\.tar/.exec(component)?.[1] ?? '';
    remove(members, directory);
    for (const [path, member] of prefixMembers(readArchive(component, (path) => filter(`${directory}/${path}`)), directory)) members.set(path, member);
  }
  const [packaging] = find(/\.debian\.tar\.\w+$/);
  if (packaging !== undefined) {
    remove(members, 'debian');
    for (const [path, member] of readArchive(packaging, filter, false)) members.set(path, member);
    applySeries(members, filter, dsc);
  }
  for (const diff of find(/\.diff\.gz$/)) {
    try {
      apply(members, gunzipSync(bytesOf(diff)).toString('latin1'), filter, basename(diff), dsc);
    } catch (error) {
      throw error instanceof SourceError ? error : new SourceError(`cannot read ${diff}: ${reason(error)}`);
    }
  }
  return members;
}

function remove(members: Map<string, Member>, directory: string): void {
  for (const path of members.keys()) if (path.startsWith(`${directory}/`)) members.delete(path);
}

function check(path: string, expected: SourcePackage['files'][number]): void {
  const bytes = bytesOf(path);
  const right = bytes.length === expected.size
    && (expected.sha256 === undefined || createHash('sha256').update(bytes).digest('hex') === expected.sha256);
  if (!right) throw new SourceError(`${path} is damaged: its size or checksum is not the one in the .dsc`);
}

/** debian/patches/series, as dpkg-source reads it: one name per line, options after it ignored. */
function applySeries(members: Map<string, Member>, filter: Filter, dsc: string): void {
  const text = (path: string): string | undefined => {
    const member = members.get(path);
    if (member === undefined) return undefined;
    if ('data' in member) return member.data.toString('latin1');
    const target = linkTarget(path, member.link);
    return target === undefined ? undefined : text(target);
  };
  for (const line of (text('debian/patches/series') ?? '').split('\n')) {
    const name = line.replace(/(?:^|\s)#.*$/, '').trim().split(/\s/, 1)[0] ?? '';
    if (name === '') continue;
    const patch = text(`debian/patches/${name}`);
    if (patch === undefined) throw new SourceError(`${dsc}: debian/patches/${name} is in the series but not in the package`);
    apply(members, patch, filter, name, dsc);
  }
}

function apply(members: Map<string, Member>, diff: string, filter: Filter, name: string, dsc: string): void {
  try {
    for (const patch of parseUnifiedDiff(diff)) applyToTree(members, patch, filter);
  } catch (error) {
    if (!(error instanceof DiffError)) throw error;
    throw new SourceError(`${dsc}: patch ${name} does not apply: ${error.message}`);
  }
}

function applyToTree(members: Map<string, Member>, patch: FilePatch, filter: Filter): void {
  const from = patch.from === undefined ? undefined : stripped(patch.from);
  const to = patch.to === undefined ? undefined : stripped(patch.to);
  const target = to ?? from;
  if (target === undefined) throw new DiffError('it names no file');
  // Without a rename both names mean the same file: one of them may carry a suffix (".orig").
  const source = patch.rename || patch.copy ? from : patch.from === undefined ? undefined : members.has(target) ? target : from;
  if (!filter(target) && !(source !== undefined && members.has(source))) return;

  const old = source === undefined ? undefined : members.get(source);
  if (old === undefined && patch.from !== undefined && patch.hunks.some((hunk) => hunk.before.length > 0)) {
    throw new DiffError(`there is no ${source ?? target}`);
  }
  if (old === undefined && patch.from === undefined && members.has(target)) throw new DiffError(`${target} exists already`);
  const lines = old === undefined ? [] : splitLines('link' in old ? old.link : old.data.toString('latin1'));
  let result: string[];
  try {
    result = applyHunks(lines, patch.hunks);
  } catch (error) {
    throw error instanceof DiffError ? new DiffError(`${target}: ${error.message}`) : error;
  }
  if (patch.rename && source !== undefined) members.delete(source);
  if (to === undefined) members.delete(target);
  else if (filter(to)) {
    const isLink = patch.mode === undefined ? old !== undefined && 'link' in old : patch.mode.startsWith('120');
    members.set(to, isLink ? { link: result.join('') } : { data: Buffer.from(result.join(''), 'latin1') });
  }
}

/** The path without its first component, as `patch -p1` takes it. */
function stripped(path: string): string {
  const normal = normalizePath(path.slice(path.indexOf('/') + 1));
  if (normal === undefined || normal === '') throw new DiffError(`${path} lies outside of the tree`);
  return normal;
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new SourceError(`cannot read ${file}: ${reason(error)}`);
  }
}
