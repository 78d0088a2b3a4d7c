import { expect } from 'chai';
import { analyse } from '../../analyzer/x86/analyse.js';
import type { Analysis } from '../../analyzer/x86/api.js';
import { configOf } from '../../analyzer/render/mode.js';
import type { KnowsExpressible } from '../../analyzer/render/settings.js';
import { arraysTree, changed } from './trees/trees.js';

describe('what can be set on a CPU', () => {
  let tcg: Analysis & KnowsExpressible;
  let kvm: Analysis & KnowsExpressible;
  before(() => {
    tcg = analyse(arraysTree(), { accel: 'tcg' }) as Analysis & KnowsExpressible;
    kvm = analyse(arraysTree(), { accel: 'kvm' }) as Analysis & KnowsExpressible;
  });

  const settings = (analysis: KnowsExpressible, machine: string, model: string, on?: string): Record<string, string> =>
    Object.fromEntries(analysis.expressible!(machine, model, on).map(({ property, value }) => [property, value]));

  it('is every property with a setter, with the values of the machine type', () => {
    expect(settings(tcg, 'board-1.1', 'Alpha')).to.deep.equal({
      'family': '6', 'fold': 'off', 'glide': 'on', 'guest': 'on', 'leap': 'off', 'level': '4', 'min-level': '4', 'mirror': 'off', 'model-id': 'Alpha processor', 'note': 'emulated',
      'pin-cache': 'off', 'pv-clock': 'off', 'pv-eoi': 'off', 'retries': '11', 'speedy': 'on', 'stepping': '3', 'turbo': 'on', 'turbo-assist': 'off', 'vendor': 'AcmeAcmeAcme', 'warp': 'on', 'zoom': 'off',
    });
  });

  it('is the same on the named, versioned model, which need not be what the name stood for', () => {
    expect(settings(tcg, 'board-1.1', 'Alpha', 'Alpha-v1')).to.deep.equal(settings(tcg, 'board-1.1', 'Alpha'));
    expect(settings(tcg, 'board-1.1', 'Alpha', 'Alpha-v3')).to.deep.equal(settings(tcg, 'board-1.1', 'Alpha'));
  });

  it('leaves out strings that were never set: an empty one is not the same', () => {
    const { not } = tcg.expressible!('board-2.1', 'base');
    expect(not.map(({ property, same }) => [property, same])).to.deep.equal([['vendor', true], ['model-id', true], ['note', true]]);
    expect(tcg.expressible!('board-2.1', 'Beta').not).to.deep.equal([]);
  });

  it('leaves out what the host decides', () => {
    expect(settings(kvm, 'board-2.1', 'Alpha')).to.not.have.any.keys('vendor', 'pin-cache');
  });

  it('makes configurations on the type without model data, or pinned', () => {
    expect(configOf(tcg, 'board-1.1', 'Alpha', { mode: 'auto', format: 'readconfig' })).to.deep.include({ complete: true, target: { mode: 'base', driver: 'base-x86_64-cpu', cpu: 'base', hasCpu: true } });
    // board-1.1 is from before there were versions: the default machine type says what the name stands for
    expect(configOf(tcg, 'board-1.1', 'Alpha', { mode: 'pinned', format: 'readconfig' }).target).to.deep.equal({ mode: 'pinned', driver: 'Alpha-v2-x86_64-cpu', cpu: 'Alpha-v2', hasCpu: true });
    expect(configOf(tcg, 'board-2.0', 'Alpha', { mode: 'pinned', format: 'readconfig' }).target.cpu).to.equal('Alpha-v1');
  });

  describe('and is refused when the CPU is realized', () => {
    const realize = (body: string): string => `static void x86_cpu_realizefn(DeviceState *dev, Error **errp)
{
    X86CPU *cpu = X86_CPU(dev);

${body}
}

static void x86_cpu_common_class_init(ObjectClass *oc, void *data)
{
    DEVICE_CLASS(oc)->realize = x86_cpu_realizefn;`;
    const head = 'static void x86_cpu_common_class_init(ObjectClass *oc, void *data)\n{';
    const refusing = (words: string, elsewhere = ''): Analysis & KnowsExpressible => {
      const own = changed(arraysTree(), 'target/i386/cpu.c', head, `char *cpu_words(const char *name);\nint cpu_number(int n);\n${realize(`    if (!X86_CPU_GET_CLASS(cpu)->model && cpu->env.cpuid_min_level > 0) {\n        error_setg(errp, ${words});\n    }`)}`);
      const board = elsewhere === '' ? {} : changed(arraysTree(), 'hw/i386/board.c', '#include "qemu/osdep.h"', `#include "qemu/osdep.h"\n${elsewhere}`);
      return analyse(arraysTree({ ...own, ...board }), { accel: 'tcg' }) as Analysis & KnowsExpressible;
    };
    const refusedOn = (analysis: Analysis & KnowsExpressible): unknown => analysis.expressible!('board-2.1', 'Beta').not.filter(({ same }) => !same);

    it('in its own words', () => {
      expect(refusedOn(refusing('"CPU model \'%s\' has no turbo", "base"'))).to.deep.equal([{ property: 'min-level', reason: "CPU model 'base' has no turbo", same: false }]);
    });

    it('in words that other code makes', () => {
      const analysis = refusing('"CPU model \'%s\' has no turbo", cpu_words("base")', 'char *cpu_words(const char *name)\n{\n    return g_strdup_printf("plain %s", name);\n}\n');
      expect(refusedOn(analysis)).to.deep.equal([{ property: 'min-level', reason: "CPU model 'plain base' has no turbo", same: false }]);
    });

    it('in words that hang on what is not followed', () => {
      const analysis = refusing('"CPU model %d has no turbo", cpu_number(1)', 'int cpu_number(int n)\n{\n    return n + 1;\n}\n');
      expect(refusedOn(analysis)).to.deep.equal([{ property: 'min-level', reason: 'an error (its words hang on call of cpu_number(), which was not followed)', same: false }]);
    });
  });
});
