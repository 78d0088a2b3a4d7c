import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { identify } from '../../analyzer/source/identify.js';
import { openSource } from '../../analyzer/source/open.js';
import { Scratch } from '../source/fixture.js';
import { command } from './fake.js';

const trees = process.env['QEMU_TREES'];

/** A command line and what is shown as its output; `whole` unless that ends with "...". */
interface Example {
  readonly where: string;
  readonly line: string;
  readonly output: string;
  readonly whole: boolean;
}

/** "$ [npx] qemu-cpu-custom ..." and what follows, to the end of a block of code or of what is indented. */
function examplesIn(where: string, text: string): Example[] {
  const lines = text.split('\n');
  return lines.flatMap((start, i): Example[] => {
    const [, margin = '', line = ''] = /^( *)\$ (?:npx )?qemu-cpu-custom (.*)$/.exec(start) ?? [];
    if (line === '') return [];
    const rest = lines.slice(i + 1);
    const end = rest.findIndex((next, n) => next.startsWith('```') || /^ *\$ /.test(next) || (next !== '' && !next.startsWith(margin)) || (margin !== '' && next === '' && !rest.slice(n + 1).find((l) => l !== '')?.startsWith(margin)));
    const output = rest.slice(0, end < 0 ? undefined : end).map((l) => l.slice(margin.length));
    while (output.at(-1) === '') output.pop();
    const whole = output.at(-1) !== '...';
    return [{ where, line, output: (whole ? output : output.slice(0, -1)).join('\n'), whole }];
  });
}

/** Words as a shell has them, where only single quotes matter. */
function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|([^' ]+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
}

/** Which revision of Debian's package a release is of does not matter. */
function anyRevision(text: string): string {
  return text.replace(/\(Debian [^)]*\)/g, '(Debian)');
}

describe('examples in help and READMEs', function () {
  this.timeout(600_000);
  let scratch: Scratch | undefined;
  after(() => scratch?.remove());

  it('show what the commands print', async function () {
    const helps = await Promise.all(['deltas', 'diff', 'audit'].map(async (name) => [`${name} --help`, (await command([name, '--help'])).out] as const));
    const texts = [...helps, ...['README.md', 'analyzer/compare/README.md'].map((name) => [name, readFileSync(name, 'utf8')] as const)];
    const examples = texts.flatMap(([where, text]) => examplesIn(where, text)).filter(({ line, output }) => /^(?:deltas|diff|audit) /.test(line) && output !== '');
    for (const [where] of helps) expect(examples.some((example) => example.where === where), where).to.equal(true);
    if (trees === undefined) {
      console.log('      set QEMU_TREES to a directory with QEMU trees to run this');
      return this.skip();
    }
    scratch = new Scratch();
    const there = new Set<string>();
    for (const name of readdirSync(trees)) {
      try {
        const { version: { major, minor } } = identify(openSource(join(trees, name)));
        symlinkSync(resolve(trees, name), scratch.path(`qemu-${major}.${minor}`));
        there.add(`qemu-${major}.${minor}`);
      } catch {
        continue; // something else is in there, too
      }
    }
    const known = new Map<string, string>();
    for (const { where, line, output, whole } of examples) {
      const needed = line.match(/qemu-\d+\.\d+/g) ?? [];
      // a git repository is not at hand
      if (line.includes('@') || needed.some((name) => !there.has(name))) continue;
      let said = known.get(line);
      if (said === undefined) {
        const { stdout, stderr } = spawnSync(process.execPath, ['--max-semi-space-size=64', resolve('dist/bundle/cli/main.js'), ...words(line)], { cwd: scratch.path(), encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, XDG_CACHE_HOME: scratch.path('cache'), COLUMNS: '80' } });
        expect(stderr, line).to.equal('');
        known.set(line, said = anyRevision(stdout.trimEnd()));
      }
      const shown = anyRevision(output);
      expect(whole ? said : said.slice(0, shown.length), `${line} (${where})`).to.equal(shown);
    }
  });
});
