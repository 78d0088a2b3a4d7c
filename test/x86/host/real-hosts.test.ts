import { expect } from 'chai';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { identify } from '../../../analyzer/source/identify.js';
import { openSource } from '../../../analyzer/source/open.js';
import { analyse } from '../../../analyzer/x86/analyse.js';
import { readHost } from '../../../analyzer/x86/host/read.js';

const golden = join('test', 'golden', 'hosts');
const trees = process.env['QEMU_TREES'];

interface Recorded {
  readonly accel: string;
  readonly said: readonly unknown[] | null;
  readonly unavailable: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** A tree in QEMU_TREES of that major and minor version. */
function treeOf(version: string): string | undefined {
  for (const name of trees === undefined ? [] : readdirSync(trees)) {
    try {
      const spec = join(trees!, name);
      const { major, minor } = identify(openSource(spec)).version;
      if (`${major}.${minor}` === version) return spec;
    } catch {
      continue; // something else is in there, too
    }
  }
  return undefined;
}

for (const name of readdirSync(golden)) {
  it(`unavailable features are those that QEMU named: ${name}`, function () {
    this.timeout(600_000);
    const source = treeOf(/^\d+\.\d+/.exec(name)![0]);
    if (source === undefined) {
      console.log('      set QEMU_TREES to a directory with QEMU trees to run this');
      this.skip();
    }
    const { accel, said, unavailable } = JSON.parse(gunzipSync(readFileSync(join(golden, name))).toString()) as Recorded;
    const directory = mkdtempSync(join(tmpdir(), 'host-'));
    try {
      const file = join(directory, 'replies');
      writeFileSync(file, (said ?? []).map((value) => JSON.stringify(value)).join('\n'));
      const analysis = analyse(openSource(source), { accel, ...(said === null ? {} : { host: readHost(file, '') }) });
      for (const [machine, models] of Object.entries(unavailable)) {
        const found = Object.fromEntries(Object.keys(models).map((model) => [model, analysis.unavailableFeatures(machine, model)]));
        expect(Object.fromEntries(Object.entries(found).map(([model, { unavailable: list }]) => [model, list]))).to.deep.equal(
          Object.fromEntries(Object.entries(models).map(([model, list]) => [model, [...new Set(list)]])));
        expect(Object.values(found).flatMap(({ undecided }) => undecided)).to.deep.equal([]);
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
}
