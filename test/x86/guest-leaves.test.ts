import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { configOf } from '../../analyzer/render/mode.js';
import type { KnowsConfigured, KnowsCpuid } from '../../analyzer/render/settings.js';
import { identify } from '../../analyzer/source/identify.js';
import { openSource } from '../../analyzer/source/open.js';
import { compareTables, compareWithAnalysis } from '../../analyzer/verify/compare-cpuid.js';
import { parseGuest, type GuestCpuid } from '../../analyzer/verify/guest.js';
import { analyse } from '../../analyzer/x86/analyse.js';
import type { Analysis, CpuidLeaf } from '../../analyzer/x86/api.js';
import { hostOfReply } from '../../analyzer/x86/host/read.js';

const trees = process.env['QEMU_TREES'];

interface GuestRecording {
  readonly version: { readonly package: string };
  readonly cpuid: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** The tree in QEMU_TREES from which the recording's binary was built. */
function treeOf({ version }: Pick<GuestRecording, 'version'>): string | undefined {
  return readdirSync(trees!).map((name) => join(trees!, name)).find((spec) => {
    try {
      return version.package.includes(identify(openSource(spec)).package);
    } catch {
      return false; // something else is in there, too
    }
  });
}

interface TableRecording {
  readonly version: { readonly package: string };
  /** Replies of that QEMU to query-cpu-model-expansion of `host`. */
  readonly said: readonly unknown[];
  readonly given: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

// which registers stay open once the host is described: what kvm_set_guest_phys_bits() asks the kernel, from 9.1 on
for (const [release, left] of [['5.2', []], ['7.2', []], ['10.0', ['80000008/0 eax']]] as const) {
  describe(`what KVM is told to answer, worked out from the tree of ${release}`, function () {
    this.timeout(600_000);
    let recording: TableRecording;
    let source: string;

    before(function () {
      if (trees === undefined) {
        console.log('      set QEMU_TREES to a directory with QEMU trees to run this');
        return this.skip();
      }
      recording = JSON.parse(gunzipSync(readFileSync(`test/golden/guests/${release}-kvm.json.gz`)).toString()) as TableRecording;
      const found = treeOf(recording);
      if (found === undefined) {
        console.log(`      QEMU_TREES has no ${recording.version.package}`);
        return this.skip();
      }
      source = found;
    });

    /** Registers that differ, and those that are left to the host, of all pairs. */
    function compare(analysis: Analysis, wanted: (model: string) => boolean = () => true): { readonly differences: string[]; readonly compared: number; readonly open: string[] } {
      const differences: string[] = [];
      const open = new Set<string>();
      let compared = 0;
      for (const [machine, tables] of Object.entries(recording.given)) {
        for (const [model, lines] of Object.entries(tables).filter(([name]) => wanted(name))) {
          const given = lines.map((line): CpuidLeaf => {
            const [leaf, subleaf, eax, ebx, ecx, edx] = line.split(' ').map((word) => Number.parseInt(word, 16)) as [number, number, number, number, number, number];
            return { leaf, subleaf, eax, ebx, ecx, edx };
          });
          const rows = analysis.cpuid(machine, model);
          const found = compareTables(given, rows);
          differences.push(...found.differences.map(({ register, said, other }) => `${model} on ${machine}: ${register} ${said}, not ${other}`));
          compared += found.values;
          for (const { leaf, subleaf, host } of rows) for (const register of Object.keys(host ?? {})) open.add(`${leaf.toString(16)}/${subleaf} ${register}`);
        }
      }
      return { differences, compared, open: [...open] };
    }

    it('is what QEMU told, in all that does not depend on the host: who made its processor, too', () => {
      const { differences, compared, open } = compare(analyse(openSource(source), { accel: 'kvm' }));
      expect(differences).to.deep.equal([]);
      expect(compared).to.be.greaterThan(1500);
      expect(open).to.include('0/0 ebx');
    });

    it('is, with the host described, what QEMU told, bit for bit', () => {
      const host = hostOfReply(recording.said.map((value) => JSON.stringify(value)).join('\n'));
      const { differences, compared, open } = compare(analyse(openSource(source), { accel: 'kvm', host }), (model) => model !== 'max');
      expect(differences).to.deep.equal([]);
      expect(compared).to.be.greaterThan(1500);
      expect(open).to.deep.equal(left);
    });
  });
}

describe('what a guest reads from CPUID, worked out from the tree', function () {
  this.timeout(300_000);
  let recording: GuestRecording;
  let analysis: Analysis & KnowsCpuid & KnowsConfigured;

  before(function () {
    if (trees === undefined) {
      console.log('      set QEMU_TREES to a directory with QEMU trees to run this');
      return this.skip();
    }
    recording = JSON.parse(gunzipSync(readFileSync('test/golden/guests/7.2-tcg.json.gz')).toString()) as GuestRecording;
    const source = treeOf(recording);
    if (source === undefined) {
      console.log(`      QEMU_TREES has no ${recording.version.package}`);
      return this.skip();
    }
    analysis = analyse(openSource(source), { accel: 'tcg' }) as Analysis & KnowsCpuid & KnowsConfigured;
  });

  /** A few models of each kind: every ninth. */
  const sample = (machine: string): string[] => Object.keys(recording.cpuid[machine]!).sort().filter((_, i) => i % 9 === 0);
  /** Only what was recorded, which is fewer subleaves and more leaves beyond the last. */
  const recorded = (machine: string, model: string): GuestCpuid => parseGuest([...recording.cpuid[machine]![model]!.map((line) => line.trim()), 'end'].join('\n'))!;

  it('is what the real guest read', () => {
    for (const machine of Object.keys(recording.cpuid)) {
      for (const model of sample(machine)) {
        const guest = recorded(machine, model);
        const rows = analysis.cpuid(machine, model).filter(({ leaf, subleaf }) => guest.rows.some((row) => row.leaf === leaf && row.subleaf === subleaf));
        expect(rows.length, `${model} on ${machine}`).to.be.greaterThan(1);
        expect(compareWithAnalysis(guest, rows).differences.filter(({ other }) => other !== undefined), `${model} on ${machine}`).to.deep.equal([]);
      }
    }
  });

  it('is the same with a configuration, also on another machine type', () => {
    const [first, second] = Object.keys(recording.cpuid) as [string, string];
    for (const model of sample(first).slice(0, 6)) {
      const { target: { cpu, driver }, settings: { settings }, complete } = configOf(analysis, first, model, { mode: 'auto', format: 'readconfig' });
      expect(complete, model).to.equal(true);
      const named = analysis.cpuid(first, model);
      for (const machine of [first, second]) expect(analysis.cpuidWith!(machine, cpu, driver, settings), `${model} on ${machine}`).to.deep.equal(named);
      const [wanted, made] = [analysis.resolve(first, model, 'realized'), analysis.configured!(second, cpu, driver, settings)];
      for (const [property, value] of wanted.properties) if (property !== 'type' && made.properties.has(property)) expect(made.properties.get(property), `${property} of ${model}`).to.deep.equal(value);
    }
  });

  it('tells which leaves a type cannot have', () => {
    const { target, complete, leaves } = configOf(analysis, 'pc-i440fx-7.2', 'EPYC', { mode: 'base', format: 'readconfig' });
    expect([target.cpu, complete, leaves]).to.deep.equal(['base', false, ['0x80000005', '0x80000006', '0x8000001D']]);
  });
});
