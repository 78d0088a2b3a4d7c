import { expect } from 'chai';
import { pin, type Carried, type Kept, type Newer, type Prospect } from '../../analyzer/compare/pin.js';
import { CannotResolveError, UnknownNameError, type CpuidLeaf, type QmpValue, type ResolvedCpu } from '../../analyzer/x86/api.js';

const cpu = (properties: Record<string, QmpValue>, id = JSON.stringify(properties)): ResolvedCpu => ({ id, typename: 't', properties: new Map(Object.entries(properties)), hostDependent: [] });
const leaf = (ecx: number): CpuidLeaf[] => [{ leaf: 1, subleaf: 0, eax: 1, ebx: 2, ecx, edx: 4 }];
const text = (value: QmpValue): string | undefined => (typeof value === 'boolean' ? (value ? 'on' : 'off') : typeof value === 'object' ? undefined : String(value));

/**
 * A newer QEMU with a property `extra` that is on from board-3 on, and off on older machine types by its own compat
 * properties. With it on, CPUID answers otherwise.
 */
function newer(names: readonly string[], changes: Partial<Newer> = {}): Newer {
  const extraOn = (machine: string): boolean => machine >= 'board-3';
  return {
    machines: () => names.map((name) => ({ name, fields: {} })),
    resolve(machine: string, model: string) {
      if (model === 'gone') throw new UnknownNameError('CPU model', model, []);
      return model === 'base' ? cpu({ fast: false, extra: extraOn(machine) }) : cpu({ fast: machine !== 'board-4', extra: extraOn(machine) });
    },
    expressible: (machine: string) => Object.assign([{ property: 'fast', value: 'off' }, { property: 'extra', value: extraOn(machine) ? 'on' : 'off' }], { not: [{ property: 'odd', reason: 'its own value is refused' }] }),
    configured: (_machine: string, _model: string, _driver: string, settings: readonly { property: string; value: string }[]) => cpu(Object.fromEntries(settings.map(({ property, value }) => [property, value === 'on']))),
    cpuidWith(machine: string, model: string, _driver: string, settings: readonly { property: string; value: string }[]) {
      const extra = settings.find(({ property }) => property === 'extra')?.value ?? (extraOn(machine) ? 'on' : 'off');
      return leaf(extra === 'on' ? 9 : model === 'base' || machine !== 'board-4' ? 1 : 3);
    },
    ...changes,
  } as unknown as Newer;
}

const kept: Kept = { machine: 'board-2', model: 'Alpha', cpu: cpu({ fast: true, old: 7 }), leaves: leaf(1) };
const carry = (machine: string): Carried => ({
  cpu: 'base', driver: 'base-cpu', settings: [{ property: 'fast', value: 'on' }], gone: [{ property: 'old', value: '7' }],
  fresh: [{ property: 'extra', value: machine >= 'board-3' }, { property: 'odd', value: 1 }],
});

function onlyProspect(config: Prospect | string): Prospect {
  if (typeof config === 'string') throw new Error(config);
  return config;
}

describe('pin: a CPU and a newer QEMU', () => {
  it("keeps a new property as the newer QEMU's own machine type of that name has it", () => {
    const found = pin(kept, newer(['board-2', 'board-3']), ['board-2', 'board-3'], carry, text);
    expect(found).to.include({ reference: 'board-2', sameMachine: true });
    const later = onlyProspect(found.outlooks.find(({ machines }) => machines.includes('board-3'))!.config);
    expect(later.fresh.find(({ property }) => property === 'extra')).to.deep.equal({ property: 'extra', value: true, keep: 'off', refused: undefined, matters: true });
    expect(later.completed.settings).to.deep.equal([{ property: 'extra', value: 'off' }, { property: 'fast', value: 'on' }]);
    expect(later.gone).to.deep.equal([{ property: 'old', value: '7' }]);
  });

  it('tells what CPUID answers otherwise as it is, and that it does not once completed', () => {
    const { outlooks } = pin(kept, newer(['board-2', 'board-3']), ['board-3'], carry, text);
    const { leaves, completedLeaves } = onlyProspect(outlooks[0]!.config);
    expect(leaves).to.deep.equal([{ leaf: 1, subleaf: 0, register: 'ecx', before: 1, after: 9 }]);
    expect(completedLeaves).to.deep.equal([]);
  });

  it("tells what the model's name would change, without what is merely new", () => {
    const { outlooks } = pin(kept, newer(['board-2', 'board-4']), ['board-2', 'board-4'], carry, text);
    const named = outlooks.map(({ machines, named }) => [machines, typeof named === 'object' ? named.map(({ property }) => property) : named]);
    expect(named).to.deep.equal([[['board-2'], ['old']], [['board-4'], ['fast', 'old']]]);
    expect(outlooks[1]!.namedLeaves).to.have.length(1);
  });

  it('where the old machine type is gone, the one with the fewest changes tells what keeps the old behaviour', () => {
    const found = pin(kept, newer(['board-3', 'board-4']), ['board-4', 'board-3'], carry, text);
    expect(found).to.include({ reference: 'board-3', sameMachine: false });
  });

  it('puts machine types with the same outlook together', () => {
    const { outlooks } = pin(kept, newer(['board-1', 'board-2', 'board-3']), ['board-1', 'board-2', 'board-3'], carry, text);
    expect(outlooks.map(({ machines }) => machines)).to.deep.equal([['board-1', 'board-2'], ['board-3']]);
  });

  it('a property whose value cannot be set is named with the reason, and not part of the completed configuration', () => {
    const { fresh, completed } = onlyProspect(pin(kept, newer(['board-2']), ['board-2'], carry, text).outlooks[0]!.config);
    expect(fresh.find(({ property }) => property === 'odd')).to.include({ keep: undefined, refused: 'its own value is refused' });
    expect(completed.settings.map(({ property }) => property)).to.not.include('odd');
  });

  it('a switch that reads otherwise than it was set is told', () => {
    const { unlike } = onlyProspect(pin(kept, newer(['board-2'], { configured: () => cpu({ fast: false, extra: false }) }), ['board-2'], carry, text).outlooks[0]!.config);
    expect(unlike).to.deep.equal([{ property: 'fast', set: 'on', reads: false }]);
  });

  it('what cannot be had there says why, by name and by configuration', () => {
    const refusing = newer(['board-2'], { configured: () => { throw new CannotResolveError('too wide'); } });
    const { outlooks } = pin({ ...kept, model: 'gone' }, refusing, ['board-2'], carry, text);
    expect(outlooks[0]!.named).to.equal("there is no CPU model 'gone'");
    expect(outlooks[0]!.config).to.equal('too wide');
    expect(pin(kept, newer(['board-2']), ['board-2'], () => 'no such type', text).outlooks[0]!.config).to.equal('no such type');
  });

  it('of a configuration alone, only the configuration is looked at', () => {
    const { outlooks, reference } = pin({ machine: 'board-2', model: undefined, cpu: undefined, leaves: undefined }, newer(['board-2', 'board-3']), ['board-3'], carry, text);
    expect(reference).to.equal('board-2');
    expect(outlooks[0]!.named).to.equal(undefined);
    expect(onlyProspect(outlooks[0]!.config)).to.deep.include({ leaves: undefined, completedLeaves: undefined });
  });
});
