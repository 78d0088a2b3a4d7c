import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { identify } from '../../analyzer/source/identify.js';
import { openSource } from '../../analyzer/source/open.js';
import type { SourceTree } from '../../analyzer/source/tree.js';
import { readRecording, type Recording } from '../../analyzer/verify/recording.js';
import { analyse } from '../../analyzer/x86/analyse.js';
import { CannotResolveError, UnknownNameError, type Analysis, type CpuidLeaf, type MachineOptions } from '../../analyzer/x86/api.js';

const trees = process.env['QEMU_TREES'];
const golden = join('test', 'golden');

function tree72(): SourceTree | undefined {
  for (const name of trees === undefined ? [] : readdirSync(trees)) {
    try {
      const tree = openSource(join(trees!, name));
      const { version: { major, minor } } = identify(tree);
      if (major === 7 && minor === 2) return tree;
    } catch {
      continue; // something else is in there, too
    }
  }
  return undefined;
}

describe('the realized CPU of QEMU 7.2', function () {
  this.timeout(600_000);
  let tree: SourceTree;
  let tcg: Analysis;

  before(function () {
    const found = tree72();
    if (found === undefined) {
      console.log('      set QEMU_TREES to a directory with a QEMU 7.2 tree to run this');
      this.skip();
    }
    tree = found;
    tcg = analyse(tree, { accel: 'tcg' });
  });

  const withOptions = (accel: string, machine: MachineOptions): Analysis => analyse(tree, { accel, machine });

  it('is what qom-get answered under TCG, every property', async () => {
    const recording: Recording = await readRecording(join(golden, 'realized-7.2-tcg.json.gz'));
    for (const [machine, model] of [['pc-i440fx-7.2', 'EPYC-v3'], ['pc-i440fx-7.2', 'max'], ['pc-i440fx-1.4', 'Haswell'], ['microvm', '486'], ['isapc', 'qemu64']] as const) {
      const said = recording.states[recording.pairs[machine]![model]!]!;
      const cpu = tcg.resolve(machine, model, 'realized');
      expect(cpu.hostDependent, `${model} on ${machine}`).to.deep.equal([]);
      expect(Object.fromEntries(cpu.properties), `${model} on ${machine}`).to.deep.equal(said);
    }
    expect(tcg.diagnostics).to.deep.equal([]);
  });

  it('is refused where the board refuses it, in its words', () => {
    expect(() => tcg.resolve('pc-i440fx-7.2', 'host', 'realized')).to.throw(CannotResolveError, "CPU model 'host' requires KVM or HVF");
    for (const stage of ['expanded', 'realized'] as const) {
      expect(() => tcg.resolve('pc-i440fx-7.2', '486,foo=on', stage)).to.throw(CannotResolveError, "can't apply global 486-x86_64-cpu.foo=on: Property '486-x86_64-cpu.foo' not found");
    }
  });

  it("takes features on top in QEMU's -cpu syntax", () => {
    const expanded = tcg.resolve('pc-i440fx-7.2', 'Skylake-Server,+pcid,-rtm,level=22', 'expanded').properties;
    expect([expanded.get('pcid'), expanded.get('rtm'), expanded.get('level')]).to.deep.equal([true, false, 22]);
    const realized = tcg.resolve('pc-i440fx-7.2', 'Skylake-Server,+pcid,level=22', 'realized').properties;
    expect([realized.get('pcid'), realized.get('level')]).to.deep.equal([false, 22], 'TCG has no PCID');
    // nothing of it stays
    expect(tcg.resolve('pc-i440fx-7.2', 'Skylake-Server', 'realized').properties.get('level')).to.equal(13);
  });

  it("comes with the warnings of QEMU's parser, once, and with nothing that realize says", () => {
    const analysis = analyse(tree, { accel: 'tcg' });
    for (const stage of ['realized', 'expanded'] as const) analysis.resolve('pc-i440fx-7.2', 'Haswell,+arat,arat=off', stage);
    analysis.cpuid('pc-i440fx-7.2', 'Haswell,+arat,arat=off');
    expect(analysis.diagnostics.map(({ severity, what }) => `${severity}: ${what}`)).to.deep.equal([
      'warning: Ambiguous CPU model string. Don\'t mix both "+arat" and "arat=off"',
      "warning: Compatibility of ambiguous CPU model strings won't be kept on future QEMU versions",
    ]);
  });

  it('is explained to the end: what realize assigns, and for every property a last assignment of the value that it has', () => {
    const last = (property: string): unknown => {
      const list = tcg.explain('pc-i440fx-7.2', 'Haswell', property, 'realized');
      const { value, what, at: { file }, stack } = list.at(-1)!;
      return [list.at(-2)!.what, list.at(-2)!.value, value, what, file, stack[0]];
    };
    expect(last('pcid')).to.deep.equal(['model table', true, false, 'what the accelerator lacks', 'target/i386/cpu.c', 'mark_unavailable_features']);
    expect(last('level')).to.deep.equal(['property default', 0xffff_ffff, 13, 'feature expansion', 'target/i386/cpu.c', 'x86_cpu_expand_features']);
    expect(last('apic-id')).to.deep.equal(['property default', 0xffff_ffff, 0, 'place on the board', 'qapi/qapi-visit-core.c', 'visit_type_uint32']);
    expect(tcg.explain('pc-i440fx-7.2', 'Haswell', 'pcid', 'expanded').at(-1)!.value).to.equal(true);
    const kvm = analyse(tree, { accel: 'kvm' });
    for (const [analysis, machine, model] of [[tcg, 'pc-i440fx-2.2', 'Haswell'], [tcg, 'microvm', 'EPYC'], [kvm, 'pc-q35-7.2', 'EPYC-v3'], [kvm, 'pc-q35-7.2', 'host']] as const) {
      const { properties, hostDependent } = analysis.resolve(machine, model, 'realized');
      const names = [...properties.keys(), ...hostDependent];
      const all = analysis.explainAll!(machine, model, names, 'realized');
      expect(names.map((name) => [name, all.get(name)!.at(-1)!.value]), `${model} on ${machine}`).to.deep.equal(names.map((name) => [name, properties.get(name)]));
    }
    expect([...tcg.diagnostics, ...kvm.diagnostics]).to.deep.equal([]);
  });

  it('answers CPUID as a guest read it', () => {
    const said = (JSON.parse(gunzipSync(readFileSync(join(golden, 'cpuid', '7.2-tcg.json.gz'))).toString()) as { cpuid: Record<string, Record<string, string[]>> }).cpuid;
    for (const [machine, model] of [['pc-i440fx-7.2', 'EPYC'], ['pc-i440fx-7.2', 'Icelake-Server'], ['pc-i440fx-1.4', 'Haswell'], ['pc-i440fx-7.2', '486']] as const) {
      const rows = tcg.cpuid(machine, model);
      const read = new Map(said[machine]![model]!.map((line) => {
        const [leaf, subleaf, ...registers] = line.trim().split(' ').map((word) => Number.parseInt(word, 16)) as [number, number, ...number[]];
        return [`${leaf}/${subleaf}`, registers] as const;
      }));
      for (const { leaf, subleaf, eax, ebx, ecx, edx } of rows) expect([eax, ebx, ecx, edx], `${model} on ${machine}, leaf ${leaf.toString(16)}/${subleaf}`).to.deep.equal(read.get(`${leaf}/${subleaf}`));
      expect(rows.length).to.be.greaterThan(3);
    }
  });

  it('has the topology that -smp asks for, and refuses what its parser refuses', () => {
    const rows = withOptions('tcg', { smp: '8,sockets=2,cores=2,threads=2' }).cpuid('pc-i440fx-7.2', 'Haswell');
    const level = (subleaf: number): CpuidLeaf => rows.find((row) => row.leaf === 0xb && row.subleaf === subleaf)!;
    expect([level(0).ebx, level(1).ebx]).to.deep.equal([2, 4]);
    expect(() => withOptions('tcg', { smp: '3,cores=2' }).resolve('pc-i440fx-7.2', 'Haswell', 'realized')).to.throw(CannotResolveError, 'Invalid CPU topology');
  });

  it('tells each CPU its own number, which qom-get gave as its apic-id', () => {
    // -machine pc-q35-7.2 -cpu EPYC -smp 12,sockets=2,cores=3,threads=2: two bits for three cores leave a gap
    const analysis = withOptions('tcg', { smp: '12,sockets=2,cores=3,threads=2' });
    const first = analysis.cpuid('pc-q35-7.2', 'EPYC');
    for (const [vcpu, apicId] of [[0, 0], [1, 1], [5, 5], [6, 8], [11, 13]] as const) {
      const rows = analysis.cpuid('pc-q35-7.2', 'EPYC', vcpu);
      const leaf = (number: number): CpuidLeaf => rows.find((row) => row.leaf === number)!;
      expect([leaf(1).ebx >>> 24, leaf(0xb).edx, leaf(0x8000_001e).eax], `vCPU ${vcpu}`).to.deep.equal([apicId, apicId, apicId]);
      expect(rows.filter((row, i) => JSON.stringify(row) !== JSON.stringify(first[i])).map((row) => row.leaf).filter((l) => ![1, 0xb, 0x8000_001e].includes(l)), 'nothing else differs').to.deep.equal([]);
    }
    expect(() => analysis.cpuid('pc-q35-7.2', 'EPYC', 12)).to.throw(CannotResolveError, 'there is no vCPU 12: the machine has 12 CPUs');
    expect(analysis.diagnostics).to.deep.equal([]);
  });

  it('is under KVM what was asked for, with what the host decides marked', () => {
    const kvm = analyse(tree, { accel: 'kvm' });
    const { properties, hostDependent } = kvm.resolve('pc-i440fx-7.2', 'EPYC-v3', 'realized');
    expect([properties.get('avx2'), properties.get('phys-bits'), properties.get('avx512f')]).to.deep.equal([true, 40, false]);
    expect(hostDependent).to.include.members(['filtered-features', 'tsc-frequency', 'ucode-rev', 'unavailable-features', 'vendor']);
    const features = kvm.cpuid('pc-i440fx-7.2', 'EPYC-v3').find(({ leaf }) => leaf === 7)!;
    // AVX2 is bit 5, AVX-512 bit 16 of leaf 7's ebx (SDM, CPUID)
    expect([features.ebx & 0x20, features.host!.ebx! & 0x1_0020, features.wanted!.ebx! & 0x20]).to.deep.equal([0, 0x20, 0x20]);
    expect(kvm.diagnostics).to.deep.equal([]);
    // x86_cpu_adjust_feat_level() returns early for a feature word that is empty: on a host that nothing is known of, it may be
    expect(kvm.resolve('pc-i440fx-7.2', 'host', 'realized').hostDependent).to.include.members(['level', 'level-func7']);
    expect(withOptions('kvm', { kernelIrqchip: 'off' }).resolve('pc-i440fx-7.2', 'Haswell', 'expanded').properties.get('x2apic')).to.equal(false);
    expect(kvm.resolve('pc-i440fx-7.2', 'Haswell', 'expanded').properties.get('x2apic')).to.equal(true);
  });

  it('lists its features in words, too, and a bit of one has the history of the property', () => {
    const analysis = analyse(tree, { accel: 'tcg' });
    const { lists, registers } = analysis.featureLists();
    expect(lists).to.have.deep.members([{ property: 'feature-words', isCpu: true }, { property: 'filtered-features', isCpu: false }]);
    expect(registers.find(({ leaf, register }) => leaf === 1 && register === 'ecx')!.names[28]).to.equal('avx');
    const why = analysis.explainAll('pc-i440fx-2.2', 'Haswell', ['rdrand', 'feature-words.0x1:ecx.30', 'avx', 'feature-words.0x1:ecx.28', 'feature-words.0x1:edx.20'], 'realized');
    expect(why.get('feature-words.0x1:ecx.30')).to.deep.equal(why.get('rdrand'));
    expect(why.get('feature-words.0x1:ecx.28')).to.deep.equal(why.get('avx'));
    expect(why.get('rdrand')!.map(({ what }) => what)).to.include.members(['model table', 'compat property']);
    const lack = analysis.explain('pc-i440fx-2.2', 'Haswell', 'unavailable-features.pcid', 'realized');
    expect([lack.at(-1)!.value, lack.at(-1)!.what]).to.deep.equal([true, 'what the accelerator lacks']);
    // a bit that no model has
    expect(why.get('feature-words.0x1:edx.20')!.at(-1)!.value).to.equal(false);
    expect([...analysis.propertyPlaces('pc-i440fx-2.2', 'Haswell', ['feature-words.0x1:edx.20', 'filtered-features.avx', 'avx']).values()]).to.deep.equal(['feature', 'other', 'feature']);
    expect(() => analysis.explain('pc-i440fx-2.2', 'Haswell', 'feature-words.0x1:edx.32', 'realized')).to.throw(UnknownNameError);
    expect(analysis.diagnostics).to.deep.equal([]);
  });
});
