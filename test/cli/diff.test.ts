import { expect } from 'chai';
import { MemoryTree } from '../../analyzer/source/memory-tree.js';
import type { Engine } from '../../analyzer/cli/engine.js';
import { fakeAnalysis, type Fake } from '../compare/fake.js';
import { command, type Outcome } from './fake.js';

/** Sources by the name that the command line gives. */
export function engineFor(trees: Readonly<Record<string, Fake>>): Partial<Engine> {
  return {
    defaultSource: async () => ({ spec: Object.keys(trees)[0]!, description: '' }),
    open: async (spec) => new MemoryTree(new Map(), spec),
    analyse: async (tree, { accel }) => ({ ...fakeAnalysis(trees[tree.origin]!, accel), origin: tree.origin }),
  };
}

const cpu = { fly: false, level: 4 };
const trees: Readonly<Record<string, Fake>> = {
  'a': { version: '1.0', machines: { 'none': {}, 'm-1': { A: cpu, B: cpu } }, machineFields: { 'm-1': { alias: 'm' } } },
  'b': {
    version: '1.1', machines: { 'none': {}, 'm-2': { A: cpu }, 'm-1': { A: { ...cpu, fly: true }, B: { ...cpu, level: 5 } } }, machineFields: { 'm-1': {}, 'm-2': { alias: 'm' } },
    reasons: { '*/A/fly': 'model table@cpu.c:7', '*/B/level': 'compat property@pc.c:9' }, parents: { 'm-1': 'm-2' },
  },
};

describe('diff', () => {
  const run = (...args: string[]): Promise<Outcome> => command(['diff', ...args], {}, engineFor(trees));

  it('shows what changed, for whom and why, and exits with 1', async () => {
    const { code, out, err } = await run('a', 'b');
    expect([code, err]).to.deep.equal([1, '']);
    expect(out).to.include('before  QEMU 1.0.0, a\nafter   QEMU 1.1.0, b\n');
    expect(out).to.include('added (1)  m-2');
    expect(out).to.include('gone: alias = m');
    expect(out).to.include('  A on m-1\n      on: fly\n      model table cpu.c:7');
    expect(out).to.include('  B on m-1\n      level: 4 -> 5\n      compat property pc.c:9');
  });

  it('exits with 0 where nothing differs', async () => {
    const { code, out } = await run('a', 'a');
    expect(code).to.equal(0);
    expect(out).to.include('No difference: 2 CPUs compared.');
  });

  it('narrows to machine types, models and one CPU', async () => {
    expect((await run('a', 'b', '--model', 'B')).out).to.include('1 CPU compared').and.not.to.include('fly');
    expect((await run('b:m-2', ':m-1')).out).to.include('after   QEMU 1.0.0, a : m-1');
    expect((await run('b:m-2:A', 'b:m-1')).out).to.include('A on m-2 -> A on m-1\n      on: fly');
    expect((await run('a:m', 'a:m:A')).code).to.equal(0);
    expect(await run('a', 'b', '--machine', 'x*')).to.include({ code: 2, err: 'qemu-cpu-custom: no machine type of a matches x*\n' });
    expect((await run('a:m-3', 'b')).err).to.equal("qemu-cpu-custom: there is no machine type 'm-3' (did you mean m-1, m?)\n");
  });

  it('tells in one line what QEMU refuses for one reason', async () => {
    const machines = (cpus: Readonly<Record<string, object | string>>): Fake['machines'] => ({ 'm-1': { ...cpus, C: {} }, 'm-2': { ...cpus, C: {} } }) as Fake['machines'];
    const { out } = await command(['diff', 'a', 'b'], {}, engineFor({ a: { machines: machines({ A: 'no such luck', B: 'no such luck' }) }, b: { machines: machines({ A: {}, B: {} }) } }));
    expect(out).to.include('Refused\n  A, B on all 2 machine types: refused before: no such luck; made now');
  });

  it('writes JSON of a documented version', async () => {
    const { out } = await run('a', 'b', '--json');
    const json = JSON.parse(out) as { format: string; formatVersion: number; different: boolean; machines: { added: string[]; fields: unknown[] }; cpus: { cpus: unknown; changes: { property: string; causes: unknown }[] }[] };
    expect([json.format, json.formatVersion, json.different]).to.deep.equal(['qemu-cpu-custom diff', 1, true]);
    expect(json.machines.fields).to.deep.equal([{ machines: ['m-1'], changes: [{ property: 'alias', before: 'm' }] }]);
    expect(json.cpus[0]).to.deep.equal({
      cpus: { 'm-1': ['A'] },
      changes: [{ property: 'fly', before: false, after: true, causes: [{ after: { what: 'model table', at: 'cpu.c:7', data: [] }, asked: [{ machine: 'm-1', model: 'A' }] }] }],
    });
  });

  it('writes Markdown and HTML', async () => {
    const markdown = (await run('a', 'b', '--format', 'markdown')).out;
    expect(markdown).to.include('- A on m-1\n  - **on**: `fly`\n  - _model table cpu.c:7_\n');
    expect(markdown).to.match(/^# CPU changes\n\n- before: QEMU 1\.0\.0, a\n/);
    const html = (await run('a', 'b', '--format', 'html')).out;
    expect(html).to.include('<p class="who">A on m-1</p>');
    expect(html).to.include('4 -&gt; 5');
    expect(html.trimEnd()).to.match(/<\/html>$/);
  });
});
