import { expect } from 'chai';
import { analyse, type TreeAnalysis } from '../../analyzer/x86/analyse.js';
import type { Analysis, ResolvedCpu } from '../../analyzer/x86/api.js';
import type { SourceTree } from '../../analyzer/source/tree.js';
import { command } from '../cli/fake.js';
import { arraysTree, changed } from './trees/trees.js';
import type { Files } from './trees/files.js';

/** The line on which a file has this text. */
function lineOf(tree: SourceTree, path: string, text: string): number {
  const before = tree.read(path)!.split(text);
  if (before.length !== 2) throw new Error(`${path}: '${text}' is there ${before.length - 1} times`);
  return before[0]!.split('\n').length;
}

const edited = (...edits: readonly (readonly [path: string, from: string, to: string])[]): SourceTree => {
  let files: Files = {};
  for (const [path, from, to] of edits) files = { ...files, ...changed(arraysTree(files), path, from, to) };
  return arraysTree(files);
};

const TCG_CPU = 'target/i386/tcg/tcg-cpu.c';
const KVM_CPU = 'target/i386/kvm/kvm-cpu.c';
const BOARD = 'hw/i386/board.c';

describe('what is not known', () => {
  const matrix = (analysis: () => Analysis) => command(['matrix', '--accel', analysis().accel, '--source', 'small', '--machine', 'board', '--model', 'Beta'], {}, { open: async () => arraysTree(), analyse: async () => analysis() });

  describe('because only the host could say', () => {
    let kvm: Analysis;
    let alpha: ResolvedCpu;
    before(() => {
      kvm = analyse(edited([KVM_CPU, '        x86_cpu_apply_props(cpu, kvm_default_props);', String.raw`        x86_cpu_apply_props(cpu, kvm_default_props);
        switch (kvm_check_extension(kvm_state, 78)) {
        case 1:
            cpu->env.cpuid_min_level = 11;
            break;
        case 2:
            cpu->env.cpuid_min_level = 12;
            break;
        }
        cpu->turbo_assist = kvm_check_extension(kvm_state, 79) ? true : false;
        if (kvm_check_extension(kvm_state, 80) > 3) {
            cpu->env.features[FEAT_BASE] |= CPUID_BASE_FOLD;
        } else {
            cpu->env.features[FEAT_BASE] |= 1 << 2;
        }
        if (kvm_check_extension(kvm_state, 81) && kvm_check_extension(kvm_state, 82)) {
            printf("nothing that a CPU has\n");
        }
        if (kvm_check_extension(kvm_state, 83) < 0) {
            fprintf(stderr, "cannot go on\n");
            exit(1);
        }
        if (kvm_check_extension(kvm_state, 84)) {
            object_property_set_str(OBJECT(cs), "model-id", "known to all", &error_abort);
            return;
        }
        object_property_set_str(OBJECT(cs), "model-id", "known to few", &error_abort);`]), { accel: 'kvm' });
      alpha = kvm.resolve('none', 'Alpha', 'expanded');
    });

    it('is marked where the host decides, by whatever branch', () => {
      expect(alpha.hostDependent).to.deep.equal(['level', 'min-level', 'model-id', 'pin-cache', 'turbo-assist', 'vendor']);
    });

    it('is known where all courses agree', () => {
      expect(alpha.properties.get('fold')).to.equal(true);
      expect(alpha.properties.get('pv-clock')).to.equal(true);
      expect(alpha.properties.get('note')).to.equal('by the accelerator');
    });

    it('is no reason to complain', async () => {
      const { code, err } = await matrix(() => kvm);
      expect([code, err]).to.deep.equal([0, '']);
      expect(kvm.diagnostics).to.deep.equal([]);
    });
  });

  describe('because a function is not modelled', () => {
    const tree = edited(
      [TCG_CPU, 'static void tcg_cpu_instance_init', 'unsigned vendor_magic(int seed);\nbool vendor_has_quirk(void);\n\nstatic void tcg_cpu_instance_init'],
      [TCG_CPU, '        x86_cpu_apply_props(X86_CPU(cs), tcg_default_props);', String.raw`        x86_cpu_apply_props(X86_CPU(cs), tcg_default_props);
        X86_CPU(cs)->retries += vendor_magic(3);
        if (vendor_has_quirk()) {
            X86_CPU(cs)->env.features[FEAT_PV] |= CPUID_PV_EOI;
        }`],
    );
    const magic = { file: TCG_CPU, line: lineOf(tree, TCG_CPU, 'vendor_magic(3)') };
    const quirk = { file: TCG_CPU, line: lineOf(tree, TCG_CPU, '(vendor_has_quirk())') };
    let tcg: Analysis;
    before(() => {
      tcg = analyse(tree, { accel: 'tcg' });
      tcg.resolve('none', 'Alpha', 'expanded');
    });

    it('its result is reported with file, line and what it may affect', () => {
      const found = tcg.diagnostics.filter((d) => d.at?.line === magic.line);
      expect(found).to.not.deep.equal([]);
      for (const d of found) {
        expect(d.severity).to.equal('error');
        expect(d.at).to.deep.equal(magic);
        expect(d.what).to.include('vendor_magic()');
        expect(d.affects).to.not.equal('');
      }
    });

    it('a branch on its result that touches a CPU is reported', () => {
      const found = tcg.diagnostics.filter((d) => d.at?.line === quirk.line);
      expect(found.map((d) => d.severity)).to.include('error');
      expect(found[0]).to.deep.include({ at: quirk });
      expect(found[0]!.what).to.include('vendor_has_quirk()');
    });

    it('no value is guessed', () => {
      const alpha = tcg.resolve('none', 'Alpha', 'expanded');
      for (const property of ['retries', 'pv-eoi']) expect(alpha.properties.has(property), property).to.equal(false);
      expect(alpha.properties.get('warp')).to.equal(true);
      expect(tcg.resolve('none', 'base', 'expanded').properties.get('retries')).to.equal(50);
    });

    it('the command line tells it, and exits with 3', async () => {
      const { code, err } = await matrix(() => tcg);
      expect(code).to.equal(3);
      expect(err).to.include(`${magic.file}:${magic.line}`).and.include('vendor_magic()');
      expect(err).to.include(`${quirk.file}:${quirk.line}`);
    });
  });

  describe('because of what one machine type alone executes', () => {
    const tree = edited([BOARD, '    board_init_cpus(ms, bmc->default_cpu_version);', String.raw`    board_init_cpus(ms, bmc->default_cpu_version + 0 * bmc->has_old_firmware);
    if (bmc->has_old_firmware) {
        x86_cpu_set_default_version(vendor_version());
    }`]);

    it('concerns its CPUs, and those of no other', () => {
      const tcg = analyse(tree, { accel: 'tcg' });
      for (const machine of ['board-1.0', 'board-2.1', 'none']) tcg.resolve(machine, 'Alpha', 'expanded');
      const of = (machine: string): readonly string[] => tcg.diagnosticsFor(machine, 'Alpha').map(({ what }) => what).filter((what) => what.includes('vendor_version()'));
      expect(of('board-1.0')).to.not.deep.equal([]);
      expect(of('board-2.1')).to.deep.equal([]);
      expect(of('none')).to.deep.equal([]);
    });
  });

  describe('because of what a machine type does on its way', () => {
    const tree = edited(
      [BOARD, '    board_init_cpus(ms, bmc->default_cpu_version);', String.raw`    board_init_cpus(ms, bmc->default_cpu_version);
    if (bmc->has_old_firmware && firmware_is_ancient(bus)) {
        x86_cpu_set_default_version(2);
    }`],
      ['hw/i386/board-common.c', '    m->max_cpus = 64;', '    m->max_cpus = sockets_of_host();'],
    );

    let tcg: TreeAnalysis;
    before(() => { tcg = analyse(tree, { accel: 'tcg' }); });

    it('is reported once a CPU of that machine type depends on it', () => {
      for (const machine of ['none', 'board-1.1', 'board-2.1']) for (const model of ['Alpha', 'Beta', 'max']) tcg.resolve(machine, model, 'expanded');
      const concerning = (): unknown[] => tcg.diagnostics.filter((d) => d.severity === 'error' && d.what.includes('firmware_is_ancient()'));
      expect(concerning()).to.deep.equal([]);
      tcg.resolve('board-1.0', 'Alpha', 'expanded');
      expect(concerning()).to.not.deep.equal([]);
      const of = (machine: string, model: string): readonly string[] => tcg.diagnosticsFor(machine, model).map(({ what }) => what).filter((what) => what.includes('firmware_is_ancient()'));
      expect(of('board-1.0', 'Alpha')).to.have.length(1);
      expect(of('board-2.1', 'Alpha')).to.deep.equal([]);
    });

    it('is reported where the class itself depends on it', () => {
      const line = lineOf(tree, 'hw/i386/board-common.c', 'sockets_of_host');
      expect(tcg.diagnostics.map((d) => `${d.at?.file}:${d.at?.line}`)).to.include(`hw/i386/board-common.c:${line}`);
      expect(tcg.machines().find((m) => m.name === 'board-2.1')!.fields).to.not.have.property('cpu-max');
    });
  });

  describe('because code is not C as we know it', () => {
    it('matters where a type is registered by it, and where a CPU runs through it', () => {
      const tree = edited(
        [BOARD, 'DEFINE_BOARD_MACHINE(1_1, "board-1.1", board_init, board_1_1_options)', 'static void __attribute__((constructor)) register_1_1 (odd, thing)(void) { @ }'],
        [TCG_CPU, '    if (X86_CPU_GET_CLASS(cs)->model) {', '    X86_CPU(cs)->retries := 3;\n    if (X86_CPU_GET_CLASS(cs)->model) {'],
      );
      const tcg = analyse(tree, { accel: 'tcg' });
      expect(tcg.machines().map((m) => m.name)).to.not.include('board-1.1');
      const places = tcg.diagnostics.map((d) => `${d.severity} ${d.at?.file}:${d.at?.line}`);
      expect(places).to.include(`error ${BOARD}:${lineOf(tree, BOARD, 'register_1_1')}`);
      expect(places).to.include(`error ${TCG_CPU}:${lineOf(tree, TCG_CPU, ':= 3')}`);
    });

    it('does not matter where no CPU does', () => {
      const tree = edited(
        ['hw/core/qdev.c', 'static void device_post_init', 'void device_dance(DeviceState *dev)\n{\n    dev->realized := sometimes;\n    __vendor_fly { dev };\n}\n\nstatic void device_post_init'],
        ['target/i386/cpu.c', 'static Property x86_cpu_properties[]', 'static int x86_cpu_dance(X86CPU *cpu)\n{\n    return cpu->no_such_member <=> unheard_of(cpu);\n}\n\nstatic Property x86_cpu_properties[]'],
        [BOARD, 'static void board_2_1_options', 'static void board_reset(MachineState *ms)\n{\n    quantum_leap(ms) @ twice;\n}\n\nstatic void board_2_1_options'],
      );
      const kvm = analyse(tree, { accel: 'kvm' });
      expect(kvm.resolve('board-1.0', 'Alpha', 'expanded').properties.get('retries')).to.equal(10);
      expect(kvm.diagnostics).to.deep.equal([]);
    });
  });
});
