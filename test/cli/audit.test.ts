import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fake } from '../compare/fake.js';
import { engineFor } from './diff.test.js';
import { command, type Outcome } from './fake.js';

const cpu = { fly: false, level: 4 };
const parents = { 'm-1': 'm-2' };
const old: Fake = { machines: { 'none': {}, 'm-2': { A: cpu }, 'm-1': { A: cpu } }, parents };
const new_: Fake = { machines: { 'none': {}, 'm-2': { A: { ...cpu, soar: false } }, 'm-1': { A: { ...cpu, fly: true, soar: false } } }, parents, reasons: { '*/*/fly': 'model table@cpu.c:7' } };

describe('audit', () => {
  const run = (...args: string[]): Promise<Outcome> => command(['audit', ...args], {}, engineFor({ old, new: new_ }));
  let directory: string;
  before(() => { directory = mkdtempSync(join(tmpdir(), 'audit-')); });
  after(() => rmSync(directory, { recursive: true }));

  it('tells violations and what is kept, and exits with 1', async () => {
    const { code, out, err } = await run('old', 'new');
    expect([code, err]).to.deep.equal([1, '']);
    expect(out).to.include('2 CPUs of versioned machine types and migration-safe models compared: 1 is not');
    expect(out).to.include('Violations: internal\n  A on m-1\n      on: fly\n      model table cpu.c:7\n');
    expect(out).to.include('off, as it was for want of it (2 CPUs): soar');
    expect((await run('old', 'old')).code).to.equal(0);
  });

  it('gates by severity', async () => {
    expect((await run('old', 'new', '--fail-on', 'identity')).code).to.equal(0);
    expect((await run('old', 'new', '--fail-on', 'internal')).code).to.equal(1);
  });

  it('reads an allow-list, and writes one', async () => {
    const { out } = await run('old', 'new', '--format', 'allow');
    expect(out).to.equal('m-1 A fly off on\n');
    const file = join(directory, 'known');
    writeFileSync(file, `${out}m-9 * *\n`);
    const allowed = await run('old', 'new', '--allow', file);
    expect(allowed.code).to.equal(0);
    expect(allowed.out).to.include(`Allowed, but not there\n  ${file}:2: m-9 * *`);
    expect(await run('old', 'new', '--allow', join(directory, 'none'))).to.include({ code: 2 });
  });

  it('writes JSON of a documented version, and Markdown', async () => {
    const json = JSON.parse((await run('old', 'new', '--json')).out) as { format: string; formatVersion: number; findings: { verdict: string; cpus: object }[] };
    expect([json.format, json.formatVersion]).to.deep.equal(['qemu-cpu-custom audit', 1]);
    expect(json.findings.map(({ verdict, cpus }) => [verdict, cpus])).to.deep.equal([['violation', { 'm-1': ['A'] }], ['kept', { 'm-2': ['A'], 'm-1': ['A'] }]]);
    expect((await run('old', 'new', '--format', 'markdown')).out).to.include('## Violations: internal\n\n- A on m-1\n  - **on**: `fly`\n');
  });
});
