import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { PrivateApt, systemSources } from './apt.js';
import { formatDeb822Sources, sourceEntries, type AptEntry } from './apt-sources.js';
import { compareDebianVersions, matchesVersion } from './debian-version.js';
import { linkTarget } from './archive.js';
import { readSourcePackage } from './dsc.js';
import type { Member } from './memory-tree.js';
import { isNeeded } from './needed.js';
import { errorCode, reason } from './reason.js';
import { SourceError } from './tree.js';

export interface ObtainOptions {
  /** A release by code name or class ("trixie", "stable", "sid"); default: what the system's apt uses. */
  readonly suite?: string | undefined;
  /** A full Debian version, or the leading part of one ("7.2"): the newest that fits is taken. */
  readonly version?: string | undefined;
  /** The directory that receives the tree, made if need be. */
  readonly into: string;
  /** Is told what happens, one short line at a time. */
  readonly progress?: (message: string) => void;
}

const packageName = 'qemu';
/** Every archive has these names, whatever the releases are called at the time. */
const allSuites = ['unstable', 'testing', 'stable', 'oldstable', 'oldoldstable'];
const workName = /^\.obtain-(\d+)-/;

/**
 * Gets Debian's QEMU source package, the newest that fits and that the mirror has, with apt and unpacks what an analysis needs of it, patches
 * applied, into `into/qemu-VERSION`. Needs neither root nor dpkg-dev, and leaves the system's apt
 * state alone. The tree appears complete or not at all.
 * @returns the tree's path.
 * @throws SourceError with one line: no apt, no Debian archive in its sources, no network, no such version.
 */
export async function obtainDebianSource(options: ObtainOptions): Promise<string> {
  const progress = options.progress ?? (() => undefined);
  const { suite, version } = options;
  for (const word of [suite, version]) {
    if (word !== undefined && !/^[\w.+:~-]+$/.test(word)) throw new SourceError(`${JSON.stringify(word)} is neither a Debian suite nor a version`);
  }
  const suites = suite !== undefined ? [suite] : version !== undefined ? allSuites : undefined;
  const entries = sourceEntries(await systemSources(), suites);
  if (entries.length === 0) {
    throw new SourceError("apt's sources name no Debian archive: put a QEMU source tree into qemu-src/ or name one with --source");
  }
  const work = makeWorkDirectory(options.into);
  try {
    const apt = new PrivateApt(join(work, 'apt'), formatDeb822Sources(entries));
    progress(`Fetching the source package index of ${describeSuites(entries)}`);
    const problem = await apt.update();
    const known = await apt.versions(packageName);
    const candidates = [...new Set(known)]
      .filter((candidate) => version === undefined || matchesVersion(candidate, version))
      .sort((a, b) => compareDebianVersions(b, a));
    if (candidates.length === 0) throw new SourceError(whyNone(known, version, suite, problem));
    // Suites that were made up here may well have no security archive; those of the system should answer.
    if (problem !== undefined && suites === undefined) progress(`apt could not fetch everything: ${problem}`);

    let missing: SourceError | undefined;
    for (const candidate of candidates) {
      const target = join(options.into, `${packageName}-${candidate.replace(/^\d+:/, '')}`);
      if (statSync(target, { throwIfNoEntry: false }) !== undefined) return target;
      const size = await apt.downloadSize(packageName, candidate);
      progress(`Downloading ${packageName} ${candidate}${size > 0 ? ` (${Math.ceil(size / 1e6)} MB)` : ''}`);
      const files = mkdtempSync(join(work, 'files-'));
      try {
        await apt.download(packageName, candidate, files);
      } catch (error) {
        // Mirrors of a suite that moves list versions that they do not hold, beside ones that they do.
        if (!(error instanceof SourceError) || !/\b404\b|not found/i.test(error.message)) throw error;
        missing ??= error;
        progress(`The mirror lists ${packageName} ${candidate} but does not have it`);
        continue;
      }
      const dsc = readdirSync(files).find((name) => name.endsWith('.dsc'));
      if (dsc === undefined) throw new SourceError(`apt downloaded no source package for ${packageName} ${candidate}`);
      progress('Unpacking and patching');
      writeTree(readSourcePackage(join(files, dsc), isNeeded), join(work, 'tree'));
      publish(join(work, 'tree'), target);
      return target;
    }
    throw missing ?? new SourceError(whyNone(known, version, suite, problem));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function describeSuites(entries: readonly AptEntry[]): string {
  const names = [...new Set(entries.flatMap((entry) => entry.suites))];
  return names.filter((name) => !names.some((base) => name.startsWith(`${base}-`))).join(', ');
}

function whyNone(known: readonly string[], version: string | undefined, suite: string | undefined, problem: string | undefined): string {
  if (known.length > 0) {
    const list = [...new Set(known)].sort(compareDebianVersions).join(', ');
    return `Debian has no ${packageName} ${version ?? ''}${suite === undefined ? '' : ` in ${suite}`}; there is ${list}`;
  }
  if (problem !== undefined) return `apt could not fetch the source package index: ${problem}`;
  return `apt's sources have no source package '${packageName}'${suite === undefined ? '' : ` in ${suite}`}`;
}

/** A directory beside the result, so that the finished tree can be renamed into place. Takes away what killed processes left. */
function makeWorkDirectory(into: string): string {
  try {
    mkdirSync(into, { recursive: true });
    for (const name of readdirSync(into)) {
      const owner = workName.exec(name)?.[1];
      if (owner !== undefined && !isRunning(Number(owner))) rmSync(join(into, name), { recursive: true, force: true });
    }
    // apt's configuration needs absolute paths.
    return resolve(mkdtempSync(join(into, `.obtain-${process.pid}-`)));
  } catch (error) {
    throw new SourceError(`cannot write to ${into}: ${reason(error)}`);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** Writes members as files. A link that leads out of the tree is left out. */
function writeTree(members: ReadonlyMap<string, Member>, root: string): void {
  const made = new Set<string>();
  try {
    for (const [path, member] of members) {
      const file = join(root, path);
      const directory = dirname(file);
      if (!made.has(directory)) {
        mkdirSync(directory, { recursive: true });
        made.add(directory);
      }
      if ('data' in member) writeFileSync(file, member.data, { flag: 'wx' });
      else if (linkTarget(path, member.link) !== undefined) symlinkSync(member.link, file);
    }
  } catch (error) {
    throw new SourceError(`cannot write to ${root}: ${reason(error)}`);
  }
}

function publish(tree: string, target: string): void {
  try {
    renameSync(tree, target);
  } catch (error) {
    // Another process was faster: its tree is the same one.
    const code = errorCode(error);
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw new SourceError(`cannot write ${target}: ${reason(error)}`);
  }
}
