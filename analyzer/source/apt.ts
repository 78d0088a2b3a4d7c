import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSystemSources, type AptEntry } from './apt-sources.js';
import { reason } from './reason.js';
import { SourceError } from './tree.js';

const withoutApt = 'apt is not available here: put a QEMU source tree into qemu-src/ or name one with --source';

interface Outcome {
  readonly status: number | null;
  readonly output: string;
  readonly messages: string;
}

/** Runs a program of apt's without a terminal. @throws SourceError if there is no such program. */
function run(program: string, args: readonly string[], directory?: string): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(directory === undefined ? {} : { cwd: directory }),
      env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
    });
    let output = '';
    let messages = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (messages += text));
    child.on('error', () => reject(new SourceError(withoutApt)));
    child.on('close', (status) => resolve({ status, output, messages }));
  });
}

/** The first error that apt reported, without its mark. */
function firstError({ messages, status }: Outcome): string {
  const lines = messages.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const line = lines.find((text) => text.startsWith('E:')) ?? lines.find((text) => text.startsWith('W:')) ?? lines[0];
  return line?.replace(/^[EW]: /, '').replace(/\s+/g, ' ') ?? `exit status ${status}`;
}

/**
 * The sources of the system's apt, wherever its configuration puts them.
 * @throws SourceError where there is no apt.
 */
export async function systemSources(): Promise<AptEntry[]> {
  const { output } = await run('apt-config', ['shell', 'LIST', 'Dir::Etc::sourcelist/f', 'PARTS', 'Dir::Etc::sourceparts/d']);
  const value = (name: string): string => new RegExp(`^${name}='(.*)'$`, 'm').exec(output)?.[1] ?? '';
  return readSystemSources(value('LIST') || '/etc/apt/sources.list', value('PARTS') || '/etc/apt/sources.list.d');
}

/**
 * apt with state, cache, sources and preferences of its own, in a directory that the caller owns:
 * nothing of the system's is read but its configuration (proxies, keys), nothing is written, and
 * no root is needed.
 */
export class PrivateApt {
  readonly #configuration: string;

  /**
   * @param sources the text of a deb822 .sources file.
   * @throws SourceError if the directory cannot be written.
   */
  constructor(readonly directory: string, sources: string) {
    const inside = (name: string): string => join(directory, name);
    this.#configuration = inside('apt.conf');
    try {
      for (const name of ['state/lists/partial', 'cache/archives/partial', 'log', 'sources.d', 'preferences.d']) {
        mkdirSync(inside(name), { recursive: true });
      }
      writeFileSync(inside('status'), '');
      writeFileSync(inside('sources.d/qemu.sources'), sources);
      writeFileSync(this.#configuration, [
        // The system's hooks would run with its own paths.
        ...['Pre-Invoke', 'Post-Invoke', 'Post-Invoke-Success'].map((name) => `#clear APT::Update::${name};`),
        `Dir::State "${inside('state')}/";`,
        `Dir::State::lists "${inside('state/lists')}/";`,
        `Dir::State::status "${inside('status')}";`,
        `Dir::State::extended_states "${inside('state/extended_states')}";`,
        `Dir::Cache "${inside('cache')}/";`,
        `Dir::Cache::archives "${inside('cache/archives')}/";`,
        'Dir::Cache::pkgcache "";',
        'Dir::Cache::srcpkgcache "";',
        'Dir::Etc::sourcelist "/dev/null";',
        `Dir::Etc::sourceparts "${inside('sources.d')}/";`,
        'Dir::Etc::preferences "/dev/null";',
        `Dir::Etc::preferencesparts "${inside('preferences.d')}/";`,
        `Dir::Log "${inside('log')}/";`,
        // A download directory that only its owner may enter would make apt warn about its download user.
        'APT::Sandbox::User "";',
        'APT::Get::List-Cleanup "false";',
        'Acquire::Languages "none";',
        'Acquire::PDiffs "false";',
        'Acquire::Retries "1";',
        'Acquire::http::Timeout "20";',
        'Acquire::https::Timeout "20";',
        '',
      ].join('\n'));
    } catch (error) {
      throw new SourceError(`cannot write to ${directory}: ${reason(error)}`);
    }
  }

  /** Fetches the source indices. Returns what went wrong, if anything did: another index may still do. */
  async update(): Promise<string | undefined> {
    const outcome = await run('apt-get', ['-c', this.#configuration, '-q', 'update']);
    return /^[EW]:/m.test(outcome.messages) || outcome.status !== 0 ? firstError(outcome) : undefined;
  }

  /** The versions of a source package that the indices have. */
  async versions(name: string): Promise<string[]> {
    const { output } = await run('apt-cache', ['-c', this.#configuration, 'showsrc', '--only-source', name]);
    return [...output.matchAll(/^Version: (\S+)$/gm)].map((match) => match[1] ?? '');
  }

  /**
   * How much there is to download for a source package, in bytes, as far as apt tells.
   */
  async downloadSize(name: string, version: string): Promise<number> {
    const { output } = await run('apt-get', ['-c', this.#configuration, '-qq', '--print-uris', '--only-source', 'source', `${name}=${version}`]);
    return [...output.matchAll(/^'\S+' \S+ (\d+)/gm)].reduce((sum, match) => sum + Number(match[1]), 0);
  }

  /** Downloads a source package's files into a directory. @throws SourceError */
  async download(name: string, version: string, directory: string): Promise<void> {
    const args = ['-c', this.#configuration, '-q', '--download-only', '--only-source', 'source', `${name}=${version}`];
    const outcome = await run('apt-get', args, directory);
    if (outcome.status !== 0) throw new SourceError(`apt could not download ${name} ${version}: ${firstError(outcome)}`);
  }
}
