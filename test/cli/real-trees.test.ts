import { expect } from 'chai';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'lossless-json';
import { engine, type Engine } from '../../analyzer/cli/engine.js';
import { identify } from '../../analyzer/source/identify.js';
import { openSource } from '../../analyzer/source/open.js';
import { readRecording, type Recording } from '../../analyzer/verify/recording.js';
import type { QmpObject } from '../../analyzer/verify/json.js';
import type { Analysis } from '../../analyzer/x86/api.js';
import { command, type Outcome } from './fake.js';

/** The tests run from the checkout's root. */
const golden = join('test', 'golden');
const trees = process.env['QEMU_TREES'];

/** "7.2.22 Debian 1:7.2+dfsg-7+deb12u18"; a rebuild of the same source ("+b3") is the same. */
function versionOf({ version, package: packager }: Pick<Analysis['qemu'], 'version' | 'package'>): string {
  return `${version.major}.${version.minor}.${version.micro} ${packager.replace(/\+b\d+$/, '')}`.trim();
}

/** What is in QEMU_TREES, by version. */
function treesByVersion(): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of trees === undefined ? [] : readdirSync(trees)) {
    try {
      const spec = join(trees!, name);
      found.set(versionOf(identify(openSource(spec))), spec);
    } catch {
      continue; // something else is in there, too
    }
  }
  return found;
}

/** Exact: a number that a double does not hold is compared by its digits. */
function exact(text: string): unknown {
  return parse(text, undefined, (digits) => (Number.isSafeInteger(Number(digits)) ? Number(digits) : BigInt(digits)));
}

const recordings = readdirSync(golden).filter((name) => /^\d.*-(?:kvm|tcg)\.json\.gz$/.test(name));

for (const name of recordings) {
  describe(`commands on the tree whose binary said ${name}`, function () {
    this.timeout(600_000);
    let recording: Recording;
    let ask: (...args: string[]) => Promise<unknown>;

    before(async function () {
      if (trees === undefined) {
        console.log('      set QEMU_TREES to a directory with QEMU trees to run this');
        this.skip();
      }
      recording = await readRecording(join(golden, name));
      const version = versionOf({ version: recording.version.qemu, package: recording.version.package });
      const source = treesByVersion().get(version);
      if (source === undefined) {
        console.log(`      QEMU_TREES has no ${version}`);
        this.skip();
      }
      // Every command analyses anew; here the commands are what is tested.
      let analysis: Promise<Analysis> | undefined;
      const real: Partial<Engine> = {
        open: (spec) => engine.open(spec),
        analyse: (tree, options) => (analysis ??= engine.analyse(tree, options)),
      };
      ask = async (...args) => {
        const outcome: Outcome = await command([...args, '--source', source, '--accel', recording.accel, '--json'], {}, real);
        expect([outcome.err, outcome.code]).to.deep.equal(['', 0]);
        return exact(outcome.out);
      };
    });

    it('list the machine types', async () => {
      const expected = recording.machines.map((machine) => Object.fromEntries(Object.entries(machine).filter(([key]) => key !== 'compat-props')));
      expect(byName(await ask('list', 'machines') as QmpObject[])).to.deep.equal(byName(expected));
    });

    it('list the models', async () => {
      for (const machine of endsOf(Object.keys(recording.definitions).filter((machine) => machine !== '*'))) {
        const expected = Object.entries(recording.definitions[machine]!).map(([model, fields]) => ({ name: model, ...fields }));
        expect(byName(await ask('list', 'models', '--machine', machine) as QmpObject[])).to.deep.equal(byName(expected));
      }
    });

    it('show the compat properties of every machine type, all drivers, in order', async function () {
      if (!recording.machines.some((machine) => 'compat-props' in machine)) this.skip();
      const answer = await ask('compat', '--all') as Record<string, QmpObject[]>;
      const shown = Object.fromEntries(Object.entries(answer).map(([machine, entries]) => [machine, entries.map(({ at: _, ...entry }) => entry)]));
      const expected = Object.fromEntries(recording.machines.map((machine) => [machine['name'], machine['compat-props'] ?? []]));
      expect(shown).to.deep.equal(expected);
      for (const { at } of Object.values(answer).flat()) expect(at).to.match(/^hw\/[^:]+\.c:\d+$/);
    });

    it('resolve models on the first and the last machine type', async () => {
      const machines = endsOf(Object.keys(recording.pairs));
      const matrix = await ask('matrix', '--machine', ...machines) as { states: Record<string, object>; pairs: Record<string, Record<string, string>>; hostDependent: Record<string, string[]>; diagnostics: unknown };
      expect(matrix.diagnostics).to.deep.equal([]);
      expect(matrix.pairs).to.have.all.keys(machines);
      for (const machine of machines) {
        expect(matrix.pairs[machine]).to.have.all.keys(Object.keys(recording.pairs[machine]!));
        for (const [model, id] of Object.entries(matrix.pairs[machine]!)) {
          const open = new Set(matrix.hostDependent[id] ?? []);
          if (recording.accel === 'tcg') expect([...open]).to.deep.equal([]);
          const said = recording.states[recording.pairs[machine]![model]!]!;
          expect(matrix.states[id], `${model} on ${machine}`).to.deep.equal(Object.fromEntries(Object.entries(said).filter(([property]) => !open.has(property))));
        }
      }
    });
  });
}

function byName(list: readonly QmpObject[]): Record<string, QmpObject> {
  return Object.fromEntries(list.map((entry) => [entry['name'], entry]));
}

function endsOf<T>(list: readonly T[]): T[] {
  return [list[0]!, list.at(-1)!];
}
