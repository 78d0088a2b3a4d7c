import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QapiGenerator } from '../../analyzer/qom/qapi/index.js';
import type { SourceTree } from '../../analyzer/source/tree.js';

/**
 * Real trees bring their own generator. Where python3 can run it, everything that we write has to say the same, token
 * for token: enumerations, structs, prototypes, names of enumerations, visit functions.
 */
describe("QAPI code against the tree's own generator", function () {
  this.timeout(120_000);
  const trees = process.env['QEMU_TREES'];
  const found = trees === undefined ? [] : readdirSync(trees).map((name) => join(trees, name)).filter((path) => existsSync(join(path, 'scripts/qapi-gen.py')));
  if (found.length === 0) {
    it('needs real trees', function () {
      console.log('      set QEMU_TREES to a directory with QEMU trees to run this');
      this.skip();
    });
  }
  for (const root of found) {
    for (const defined of [[], ['TARGET_I386', 'CONFIG_LINUX', 'CONFIG_POSIX', 'CONFIG_VNC', 'CONFIG_KVM']]) {
      it(`${root}, ${defined.length === 0 ? 'nothing' : defined.join(', ')} defined`, function () {
        const out = mkdtempSync(join(tmpdir(), 'qapi-'));
        try {
          const run = spawnSync('python3', ['scripts/qapi-gen.py', '-b', '-o', out, 'qapi/qapi-schema.json'], { cwd: root, encoding: 'utf8', env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } });
          if (run.error !== undefined || run.status !== 0) {
            console.log(`      the generator does not run here: ${run.error?.message ?? run.stderr.trim().split('\n').at(-1)!}`);
            this.skip();
          }
          const isDefined = (macro: string): boolean => defined.includes(macro);
          const qapi = new QapiGenerator(directory(root), isDefined);
          const names = readdirSync(out).filter((name) => /^qapi-(?!introspect)[\w-]*\.[ch]$/.test(name)).sort();
          const headers = names.filter((name) => name.endsWith('.h'));
          compare(headers.map((name) => readFileSync(join(out, name), 'utf8')), headers.map((name) => qapi.header(`qapi/${name}`) ?? ''), isDefined);
          for (const name of headers) expect(qapi.header(`qapi/${name}`), name).to.be.a('string');
          const sources = names.filter((name) => /^qapi-(?:builtin-)?(?:types|visit)\b.*\.c$/.test(name));
          compare(sources.map((name) => readFileSync(join(out, name), 'utf8')), sources.map((name) => qapi.source(`qapi/${name}`) ?? ''), isDefined);
        } finally {
          rmSync(out, { recursive: true, force: true });
        }
      });
    }
  }
});

function directory(root: string): SourceTree {
  return {
    origin: root,
    has: (path) => existsSync(join(root, path)) && statSync(join(root, path)).isFile(),
    read: (path) => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined),
    list: (path) => (existsSync(join(root, path)) ? readdirSync(join(root, path), { withFileTypes: true }).map((entry) => entry.name + (entry.isDirectory() ? '/' : '')).sort() : []),
  };
}

function compare(theirs: string[], ours: string[], isDefined: (macro: string) => boolean): void {
  const expected = declarations(theirs.join('\n'), isDefined);
  const actual = declarations(ours.join('\n'), isDefined);
  expect(expected.size).to.be.greaterThan(100);
  expect([...expected].filter((declaration) => !actual.has(declaration)), 'missing').to.deep.equal([]);
  expect([...actual].filter((declaration) => !expected.has(declaration)), 'too much').to.deep.equal([]);
}

/** The external declarations in some generated code, each in one line, without what has no meaning to a compiler. */
function declarations(text: string, isDefined: (macro: string) => boolean): Set<string> {
  const active: boolean[] = [];
  const lines: string[] = [];
  for (const line of text.replace(/\/\*[^]*?\*\//g, '').replace(/\\\n/g, ' ').split('\n')) {
    const condition = /^#if (.*)/.exec(line)?.[1];
    if (condition !== undefined) active.push(holds(condition, isDefined));
    else if (/^#ifndef/.test(line)) active.push(true);
    else if (/^#endif/.test(line)) active.pop();
    else if (!active.includes(false) && !/^\s*#\s*include|^#define QAPI_\w+_H$/.test(line)) lines.push(/^#define/.test(line) ? `${line};` : line);
  }
  const code = lines.join('\n').replace(/(G_DEFINE_AUTOPTR_CLEANUP_FUNC\([^)]*\))/g, '$1;').replace(/coroutine_fn |g_free\(\*obj\);/g, '');
  const found = new Set<string>();
  let depth = 0;
  let start = 0;
  for (let i = 0; i < code.length; i++) {
    const c = code[i]!;
    if (c === '{' || c === '(') depth++;
    if (c === '}' || c === ')') depth--;
    const body = c === '}' && depth === 0 && /\)\s*$/.test(code.slice(start, code.indexOf('{', start)));
    if (depth !== 0 || (c !== ';' && !body)) continue;
    const declaration = code.slice(start, i + 1).replace(/\s+/g, ' ').replace(/ ?([^\w ]) ?/g, '$1').replaceAll(',}', '}').replace(/=\d+(?=[,}])/g, '').trim();
    start = i + 1;
    // Objects that exist to have something in a file, our empty freeing, and what only marshallers need.
    if (declaration === ';' || /^char (?:qapi_)?dummy_|^void qapi_free_\w+\(.*\{|q_obj_\w+_arg\b/.test(declaration)) continue;
    found.add(declaration);
  }
  return found;
}

function holds(condition: string, isDefined: (macro: string) => boolean): boolean {
  let text = condition.replace(/defined\((\w+)\)/g, (_match, macro: string) => (isDefined(macro) ? '1' : '0')).replace(/\s/g, '');
  for (let before = ''; before !== text;) {
    before = text;
    text = text.replace(/!0/g, '1').replace(/!1/g, '0').replace(/\(([01])\)/g, '$1');
    text = text.replace(/(?<![&!])([01])&&([01])(?!\()/g, (_match, a: string, b: string) => (a === '1' && b === '1' ? '1' : '0'));
    if (!/&&/.test(text) || /\([01](?:\|\|[01])+\)/.test(text)) text = text.replace(/([01])\|\|([01])/g, (_match, a: string, b: string) => (a === '1' || b === '1' ? '1' : '0'));
  }
  if (text !== '0' && text !== '1') throw new Error(`cannot evaluate ${condition}`);
  return text === '1';
}
