import { globMatcher } from '../source/glob.js';
import type { Change, Place } from './changes.js';
import { ABSENT, HOST, hyphenated, type Value } from './values.js';

/** The file is not an allow-list. The message is one line for the user. */
export class AllowListError extends Error {
  override readonly name = 'AllowListError';
}

interface Entry {
  readonly text: string;
  readonly machine: (name: string) => boolean;
  readonly model: (name: string) => boolean;
  readonly property: (name: string) => boolean;
  readonly before: string | undefined;
  readonly after: string | undefined;
  used: boolean;
}

/**
 * Changes that are known and accepted. One entry a line: MACHINE MODEL PROPERTY [BEFORE AFTER], the first three as shell
 * patterns, values as `audit` prints them without spaces (`*` for any, `-` for none); "#" starts a comment.
 */
export class AllowList {
  readonly #entries: Entry[] = [];

  /** @throws AllowListError */
  constructor(text: string, file: string) {
    text.split('\n').forEach((line, i) => {
      const words = line.replace(/(?:^|\s)#.*$/, '').trim().split(/\s+/).filter((word) => word !== '');
      if (words.length === 0) return;
      if (words.length !== 3 && words.length !== 5) throw new AllowListError(`${file}:${i + 1}: an entry is MACHINE MODEL PROPERTY [BEFORE AFTER], not '${line.trim()}'`);
      const [machine, model, property, before, after] = words;
      this.#entries.push({ text: `${file}:${i + 1}: ${words.join(' ')}`, machine: glob(machine!), model: glob(model!), property: glob(property!), before, after, used: false });
    });
  }

  /** The entry that allows this, as "FILE:LINE: ENTRY". */
  find({ machine, model }: Place, { property, before, after }: Change): string | undefined {
    const entry = this.#entries.find((e) => e.machine(machine) && e.model(model) && (e.property(property) || e.property(hyphenated(property))) && agrees(e.before, before) && agrees(e.after, after));
    if (entry !== undefined) entry.used = true;
    return entry?.text;
  }

  /** Entries that allowed nothing so far. */
  unused(): string[] {
    return this.#entries.filter(({ used }) => !used).map(({ text }) => text);
  }
}

function glob(pattern: string): (name: string) => boolean {
  const match = globMatcher(pattern);
  return (name) => name === pattern || match(name);
}

function agrees(wanted: string | undefined, value: Value): boolean {
  return wanted === undefined || wanted === '*' || wanted === allowText(value);
}

/** A value in an allow-list: on, off, a number, a text without its spaces; "-" for a property that is not there. */
export function allowText(value: Value): string {
  if (value === ABSENT) return '-';
  if (value === HOST) return '?';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return (typeof value === 'object' ? JSON.stringify(value) : String(value)).replaceAll(/\s/g, '') || '""';
}
