import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { reason } from '../reason.js';
import { SourceError } from '../tree.js';

/** A file in which a real build wrote down what it decided: config-host.h, config-devices.mak ... */
export interface GivenHeader {
  /** As the user named it. */
  readonly file: string;
  readonly text: string;
}

/** What such a file says of one name. */
export interface GivenSwitch {
  /** undefined: off */
  readonly value: string | undefined;
  readonly line: number;
}

const KIND = /(?:^|-)(config-(?:host|target|devices))\.(?:h|mak)$/;

/** "config-host", "config-target" or "config-devices": which of the build's files this is; undefined: another one. */
export function headerKind(file: string): string | undefined {
  return KIND.exec(basename(file))?.[1];
}

/**
 * The configuration files that a path stands for: itself, or those of the build directory that it is.
 * @param target x86_64 or i386: a build directory may have many
 * @throws SourceError
 */
export function readGivenHeaders(path: string, target: string): GivenHeader[] {
  try {
    if (!statSync(path).isDirectory()) return [{ file: path, text: readFileSync(path, 'utf8') }];
    const files = ['', `${target}-softmmu`].flatMap((directory) => names(join(path, directory)).filter((name) => KIND.test(name)).map((name) => join(path, directory, name)))
      .filter((file) => !/-softmmu-|-user-/.test(basename(file)) || basename(file).startsWith(`${target}-softmmu-`));
    // where make wrote both, the header is what was compiled
    const chosen = files.filter((file) => file.endsWith('.h') || !files.includes(file.replace(/\.mak$/, '.h')));
    if (chosen.length === 0) throw new SourceError(`${path} is not a build directory of QEMU: it has no config-host.h`);
    return chosen.map((file) => ({ file, text: readFileSync(file, 'utf8') }));
  } catch (error) {
    if (error instanceof SourceError) throw error;
    throw new SourceError(`cannot read ${path}: ${reason(error)}`);
  }
}

function names(directory: string): string[] {
  return statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(directory).sort() : [];
}

/** `#define NAME VALUE`, `#undef NAME`, `NAME=VALUE` by name. A plain switch has the value "y". */
export function givenSwitches(text: string): Map<string, GivenSwitch> {
  const found = new Map<string, GivenSwitch>();
  for (const [index, content] of text.split('\n').entries()) {
    const line = index + 1;
    const [, name, value] = /^\s*#\s*define\s+(\w+)(?:\s+(.*?))?\s*$/.exec(content) ?? /^(\w+)=(.*?)\s*$/.exec(content) ?? [];
    const off = /^\s*(?:\/\*\s*)?#\s*undef\s+(\w+)|^# (\w+) is not set/.exec(content);
    if (name !== undefined && !/^[A-Z0-9_]*_H$/.test(name)) found.set(name, { value: value === 'n' ? undefined : value === undefined || value === '' || value === '1' ? 'y' : value, line });
    else if (off !== null) found.set(off[1] ?? off[2] ?? '', { value: undefined, line });
  }
  return found;
}
