/** One file's change. Paths are as the diff has them, before any component is stripped; undefined is /dev/null. */
export interface FilePatch {
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** git's "rename from": the old file goes. */
  readonly rename: boolean;
  /** git's "copy from". */
  readonly copy: boolean;
  /** The new file's mode where git says it: 120000 is a symbolic link. */
  readonly mode: string | undefined;
  readonly hunks: readonly Hunk[];
}

export interface Hunk {
  /** 1-based line in the old file; 0 for a file that is empty or new. */
  readonly start: number;
  /** Lines with their line ends. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Unchanged lines at the hunk's beginning and end. */
  readonly leading: number;
  readonly trailing: number;
}

/** A diff that does not follow the format, or does not fit the file. */
export class DiffError extends Error {
  override readonly name = 'DiffError';
}

/** Text as lines that keep their line ends. */
export function splitLines(text: string): string[] {
  const lines: string[] = [];
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline + 1;
    lines.push(text.slice(start, end));
    start = end;
  }
  return lines;
}

/**
 * Parses unified diffs with git's extended headers; text between them (mail headers, statistics,
 * binary patches) is passed over, as patch(1) does.
 * @throws DiffError where a hunk is cut short.
 */
export function parseUnifiedDiff(text: string): FilePatch[] {
  const lines = splitLines(text);
  const patches: FilePatch[] = [];
  let at = 0;
  let extended: { from?: string; to?: string; rename?: boolean; copy?: boolean; mode?: string } = {};
  const flushRename = (): void => {
    if ((extended.rename ?? extended.copy ?? false) && extended.from !== undefined && extended.to !== undefined) {
      patches.push({ from: extended.from, to: extended.to, rename: extended.rename ?? false, copy: extended.copy ?? false, mode: extended.mode, hunks: [] });
    }
    extended = {};
  };
  while (at < lines.length) {
    const line = (lines[at] ?? '').replace(/\r?\n$/, '');
    if (line.startsWith('diff --git ')) {
      flushRename();
      at++;
    } else if (/^(?:rename|copy) (?:from|to) /.test(line)) {
      const [kind, end, ...name] = line.split(' ');
      // git names these without the a/ and b/ that the other headers have.
      const path = `x/${fileName(name.join(' '))}`;
      extended = { ...extended, [end === 'from' ? 'from' : 'to']: path, [kind === 'rename' ? 'rename' : 'copy']: true };
      at++;
    } else if (/^new file mode /.test(line) || /^new mode /.test(line)) {
      extended.mode = line.slice(line.lastIndexOf(' ') + 1);
      at++;
    } else if (line.startsWith('--- ') && (lines[at + 1] ?? '').startsWith('+++ ') && (lines[at + 2] ?? '').startsWith('@@ ')) {
      const from = pathOf(line.slice(4));
      const to = pathOf((lines[at + 1] ?? '').slice(4));
      const hunks: Hunk[] = [];
      at += 2;
      while ((lines[at] ?? '').startsWith('@@ ')) at = parseHunk(lines, at, hunks);
      patches.push({ from, to, rename: extended.rename ?? false, copy: extended.copy ?? false, mode: extended.mode, hunks });
      extended = {};
    } else {
      at++;
    }
  }
  flushRename();
  return patches;
}

function parseHunk(lines: readonly string[], at: number, hunks: Hunk[]): number {
  const header = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(lines[at] ?? '');
  if (header === null) throw new DiffError(`malformed hunk header at line ${at + 1}`);
  let oldLeft = Number(header[2] ?? 1);
  let newLeft = Number(header[3] ?? 1);
  const before: string[] = [];
  const after: string[] = [];
  let leading = 0;
  let trailing = 0;
  let changed = false;
  let last = '';
  let next = at + 1;
  for (; oldLeft > 0 || newLeft > 0 || (lines[next] ?? '').startsWith('\\'); next++) {
    const line = lines[next];
    if (line === undefined) throw new DiffError('the diff ends inside a hunk');
    const mark = line[0] ?? '';
    if (mark === '\\') {
      // "\ No newline at end of file" speaks of the line before.
      if (last !== '+') before.push((before.pop() ?? '').replace(/\n$/, ''));
      if (last !== '-') after.push((after.pop() ?? '').replace(/\n$/, ''));
      last = mark;
      continue;
    }
    // Mail programs cut the blank of an empty context line.
    const text = mark === '\n' || mark === '\r' ? line : line.slice(1);
    if (mark === '-') {
      before.push(text);
      oldLeft--;
    } else if (mark === '+') {
      after.push(text);
      newLeft--;
    } else if (mark === ' ' || mark === '\n' || mark === '\r') {
      before.push(text);
      after.push(text);
      oldLeft--;
      newLeft--;
    } else {
      throw new DiffError(`malformed hunk at line ${next + 1}`);
    }
    const context = mark !== '-' && mark !== '+';
    if (!context) changed = true;
    if (context && !changed) leading++;
    trailing = context ? trailing + 1 : 0;
    last = mark;
  }
  hunks.push({ start: Number(header[1]), before, after, leading, trailing });
  return next;
}

/** The name of a "---" or "+++" line: up to the tab before the time stamp. */
function pathOf(field: string): string | undefined {
  const name = fileName(field.replace(/\r?\n$/, '').replace(/\t.*$/, '').trimEnd());
  return name === '/dev/null' ? undefined : name;
}

/** git quotes unusual names as C strings. */
function fileName(name: string): string {
  if (!name.startsWith('"')) return name;
  const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };
  const bytes = name.slice(1, -1).replace(/\\([0-7]{3}|.)/g, (_, escape: string) =>
    escape.length === 3 ? String.fromCharCode(parseInt(escape, 8)) : (escapes[escape] ?? escape));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/**
 * Applies hunks to a file's lines the way `patch -F 0` does: every context line must be equal, but
 * a hunk may be found at another line, the nearest one first.
 * @returns the new lines.
 * @throws DiffError naming the hunk that does not fit.
 */
export function applyHunks(lines: readonly string[], hunks: readonly Hunk[]): string[] {
  const result: string[] = [];
  let done = 0;
  let drift = 0;
  hunks.forEach((hunk, index) => {
    // A hunk without old lines comes after the line that it names.
    const expected = (hunk.before.length === 0 ? hunk.start : hunk.start - 1) + drift;
    const found = locate(lines, hunk, expected, done);
    if (found === undefined) throw new DiffError(`hunk ${index + 1} at line ${hunk.start} does not apply`);
    drift += found - expected;
    for (; done < found; done++) result.push(lines[done] ?? '');
    for (const line of hunk.after) result.push(line);
    done += hunk.before.length;
  });
  for (; done < lines.length; done++) result.push(lines[done] ?? '');
  return result;
}

function locate(lines: readonly string[], hunk: Hunk, expected: number, first: number): number | undefined {
  const last = lines.length - hunk.before.length;
  const fits = (at: number): boolean =>
    at >= first && at <= last && hunk.before.every((line, index) => lines[at + index] === line);
  if (hunk.before.length === 0) return expected >= first && expected <= lines.length ? expected : undefined;
  // Less context on one side than on the other means that the file began or ended there.
  if (hunk.leading < hunk.trailing && hunk.start <= 1) return fits(0) ? 0 : undefined;
  if (hunk.trailing < hunk.leading) return fits(last) ? last : undefined;
  const reach = Math.max(last - expected, expected - first);
  for (let offset = 0; offset <= reach; offset++) {
    if (fits(expected + offset)) return expected + offset;
    if (fits(expected - offset)) return expected - offset;
  }
  return undefined;
}
