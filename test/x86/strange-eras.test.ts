import { expect } from 'chai';
import { analyse } from '../../analyzer/x86/analyse.js';
import type { Analysis } from '../../analyzer/x86/api.js';
import { changed, nestedTree, numbersTree, staticTree } from './trees/trees.js';

const BOARD = 'hw/i386/board.c';

const errors = (analysis: Analysis): string[] => analysis.diagnostics.filter(({ severity }) => severity === 'error').map(({ at, what }) => `${at?.file}: ${what}`);

describe('a strange fork of every era', () => {
  describe('with machine types from version numbers', () => {
    const version = '2.1.0';
    const plain = analyse(numbersTree(version), { accel: 'kvm' });
    const fork = analyse(numbersTree(version, changed(numbersTree(version), BOARD, 'DEFINE_BOARD_MACHINE_TAGGED(2, 0, steady);', String.raw`DEFINE_BOARD_MACHINE_TAGGED(2, 0, steady);

#define DEFINE_VENDOR_MACHINE(year) DEFINE_VERSIONED_BOARD_MACHINE(false, 2, year, vendor)
bool vendor_fuse_is_blown(MachineState *ms);

static void vendor_init(MachineState *ms)
{
    board_init(ms);
    if (vendor_fuse_is_blown(ms)) {
        x86_cpu_set_default_version(1);
    }
}

static void board_options_vendor_2_0(MachineClass *m)
{
    board_options_2_0(m);
}

static void board_options_vendor_2_1(MachineClass *m)
{
    board_options_2_1(m);
    if (MACHINE_VER_IS_DEPRECATED(1, 0)) {
        BOARD_MACHINE_CLASS(m)->default_cpu_version = 1;
    }
}

DEFINE_VENDOR_MACHINE(0);
DEFINE_VENDOR_MACHINE(1);
static void board_options_fused_2_0(MachineClass *m)
{
    board_options_2_1(m);
    m->init = vendor_init;
}

DEFINE_BOARD_MACHINE_TAGGED(2, 0, fused);`)), { accel: 'kvm' });
    const state = (analysis: Analysis, machine: string, model: string): unknown => Object.fromEntries(analysis.resolve(machine, model, 'expanded').properties);

    it('is exact where the vendor only counts otherwise', () => {
      expect(fork.machines().map(({ name }) => name)).to.include.members(['board-vendor-2.0', 'board-vendor-2.1', 'board-fused-2.0']);
      for (const machine of ['board-2.1', 'board-1.0', 'board-steady-2.0']) for (const model of ['Alpha', 'Beta']) expect(state(fork, machine, model), `${model} on ${machine}`).to.deep.equal(state(plain, machine, model));
      expect(state(fork, 'board-vendor-2.0', 'Beta')).to.deep.equal(state(plain, 'board-2.0', 'Beta'));
      expect(fork.models('board-vendor-2.1').find(({ name }) => name === 'Alpha')!.fields['alias-of']).to.equal('Alpha-v1');
      expect(fork.diagnostics).to.deep.equal([]);
    });

    it('is loud where a CPU depends on what only the vendor knows', () => {
      fork.resolve('board-fused-2.0', 'Alpha', 'expanded');
      expect(errors(fork).filter((line) => line.includes('vendor_fuse_is_blown()'))).to.not.deep.equal([]);
    });

    it('is loud where it does not know whether a machine type still exists', () => {
      const later = '3.2.50';
      const header = 'include/hw/machine-versions.h';
      const analysis = analyse(numbersTree(later, changed(numbersTree(later), header, '        if (MACHINE_VER_IS_DELETED(__VA_ARGS__)) {', String.raw`        extern bool vendor_supports(int major, int minor); \
        if (MACHINE_VER_IS_DELETED(__VA_ARGS__) && !vendor_supports(__VA_ARGS__)) {`)), { accel: 'tcg' });
      const same = analyse(numbersTree(later), { accel: 'tcg' });
      expect(state(analysis, 'board-2.1', 'Alpha')).to.deep.equal(state(same, 'board-2.1', 'Alpha'));
      expect(errors(analysis).some((line) => line.includes('vendor_supports()'))).to.equal(true);
    });
  });

  for (const [era, tree] of [['static machine types', staticTree], ['compat properties in macros', nestedTree]] as const) {
    describe(`with ${era}`, () => {
      const CALL = '    x86_cpu_change_kvm_default("mirror", "off");';
      const plain = analyse(tree(), { accel: 'kvm' });
      const fork = analyse(tree(changed(tree(), BOARD, CALL, String.raw`    vendor_say("compat 1.1", vendor_mood());
    if (vendor_remembers(machine)) {
    ${CALL}
    }`)), { accel: 'kvm' });
      const state = (analysis: Analysis, machine: string, model: string): Record<string, unknown> => Object.fromEntries(analysis.resolve(machine, model, 'expanded').properties);

      it('is exact on machine types that have nothing to do with it', () => {
        const machines = plain.machines().map(({ name }) => name);
        expect(fork.machines().map(({ name }) => name)).to.deep.equal(machines);
        for (const machine of machines.filter((name) => name !== 'board-1.1')) for (const model of ['Alpha', 'Beta']) expect(state(fork, machine, model), `${model} on ${machine}`).to.deep.equal(state(plain, machine, model));
        expect(fork.diagnostics).to.deep.equal([]);
      });

      it('is loud about the property that depends on it, and exact about all others', () => {
        const { mirror: _, ...others } = state(plain, 'board-1.1', 'Alpha');
        expect(state(fork, 'board-1.1', 'Alpha')).to.deep.equal(others);
        expect(errors(fork).filter((line) => line.startsWith(`${BOARD}: `) && line.includes('vendor_remembers()'))).to.not.deep.equal([]);
        expect(errors(fork).filter((line) => line.includes('vendor_mood'))).to.deep.equal([]);
      });
    });
  }
});
