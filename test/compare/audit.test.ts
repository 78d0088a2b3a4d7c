import { expect } from 'chai';
import { AllowList, AllowListError } from '../../analyzer/compare/allow-list.js';
import { audit, type Audit, type AskCpuid } from '../../analyzer/compare/audit.js';
import type { Holder } from '../../analyzer/compare/changes.js';
import { takeCensus } from '../../analyzer/compare/census.js';
import { differences, explainDifferences } from '../../analyzer/compare/differences.js';
import type { PropertyPlace } from '../../analyzer/x86/api.js';
import { fakeAnalysis, type Fake } from './fake.js';

function judge(old: Fake, new_: Fake, allow?: string, cpuid?: AskCpuid, everywhere?: boolean): Audit {
  const places: Readonly<Record<string, PropertyPlace>> = { fly: 'feature', level: 'state' };
  const side = (fake: Fake): { analysis: ReturnType<typeof fakeAnalysis>; census: ReturnType<typeof takeCensus> } => {
    const analysis = Object.assign(fakeAnalysis(fake), { propertyPlaces: (_m: string, _x: string, names: readonly string[]) => new Map(names.map((name) => [name, places[name] ?? 'other'] as const)) });
    return { analysis, census: takeCensus(analysis, 'expanded') };
  };
  const sides = { before: side(old), after: side(new_) };
  return audit(explainDifferences(differences(sides.before.census, sides.after.census), sides), sides, allow === undefined ? undefined : new AllowList(allow, 'known'), cpuid, everywhere);
}

/** "verdict/severity property model@machine ..." */
function lines({ findings, comparisons }: Audit): string[] {
  return findings.flatMap(({ verdict, severity, group }) => group.changes.map((c) => `${verdict}/${severity} ${c.property} ${group.where.map((i) => `${comparisons[i]!.after.model}@${comparisons[i]!.after.machine}`).join(' ')}`));
}

const parents = { m1: 'm2' };

/** CPUID that answers these numbers before and after. */
function cpuid(before: number, after: number): AskCpuid {
  const holder = (ebx: number): Holder => ({ properties: new Map([['0x7.0x0:ebx', ebx]]), hostDependent: [] });
  const answer = { before: holder(before), after: holder(after), same: before === after };
  return () => answer;
}
const cpu = { fly: false, level: 4, quirk: 1 };

describe('audit', () => {
  it('finds nothing between equal trees', () => {
    const tree: Fake = { machines: { m1: { A: cpu }, m2: { A: cpu } }, parents };
    const found = judge(tree, tree);
    expect([found.findings, found.promised, found.violated]).to.deep.equal([[], 2, 0]);
  });

  it('tells violations by severity: features, level and identity, the rest', () => {
    const found = judge({ machines: { m1: { A: cpu, B: cpu }, m2: {} }, parents }, { machines: { m1: { A: { fly: true, level: 5, quirk: 2 }, B: cpu }, m2: {} }, parents });
    expect(lines(found)).to.deep.equal(['violation/cpuid fly A@m1', 'violation/identity level A@m1', 'violation/internal quirk A@m1']);
    expect([found.promised, found.violated]).to.deep.equal([2, 1]);
  });

  it('knows what was never promised: machine types without kin, models that are not migration-safe', () => {
    const fields = { B: { 'migration-safe': false } };
    const found = judge(
      { machines: { m1: { A: cpu, B: cpu }, m2: {}, solo: { A: cpu } }, parents, modelFields: fields },
      { machines: { m1: { A: cpu, B: { ...cpu, fly: true } }, m2: {}, solo: { A: { ...cpu, fly: true } } }, parents, modelFields: fields },
    );
    expect(lines(found)).to.deep.equal(['unpromised/cpuid fly B@m1', 'unpromised/cpuid fly A@solo']);
    expect([found.unversioned, found.unsafe, found.promised]).to.deep.equal([['solo'], ['B'], 1]);
  });

  describe('judges new properties by what they do', () => {
    const before: Fake = { machines: { m1: { A: { level: 4 } }, m2: {} }, parents };
    const after = (value: boolean | number, reason?: string): Fake => ({ machines: { m1: { A: { level: 4, fly: value } }, m2: {} }, parents, ...(reason === undefined ? {} : { reasons: { '*/*/fly': reason } }) });

    it('off is as it was', () => expect(lines(judge(before, after(false)))).to.deep.equal(['kept/cpuid fly A@m1']));
    it('on is a violation', () => expect(lines(judge(before, after(true)))).to.deep.equal(['violation/cpuid fly A@m1']));
    it('a compat property keeps the old behaviour', () => expect(lines(judge(before, after(true, 'compat property@pc.c:1')))).to.deep.equal(['kept/cpuid fly A@m1']));
    it('a number tells nothing', () => expect(lines(judge(before, after(7)))).to.deep.equal(['undetermined/cpuid fly A@m1']));
    it('CPUID tells where it can be asked', () => {
      expect(lines(judge(before, after(7), undefined, cpuid(1, 1)))).to.deep.equal(['kept/cpuid fly A@m1']);
      expect(lines(judge(before, after(7), undefined, cpuid(1, 2)))).to.deep.equal(['violation/cpuid 0x7.0x0:ebx A@m1', 'undetermined/cpuid fly A@m1']);
      expect(lines(judge(before, after(true, 'compat property@pc.c:1'), undefined, cpuid(1, 2)))).to.deep.equal(['violation/cpuid 0x7.0x0:ebx A@m1', 'kept/cpuid fly A@m1']);
    });
    it("CPUID tells of what is QEMU's own affair, too", () => {
      const quirk = (value: number): Fake => ({ machines: { m1: { A: { quirk: value } }, m2: {} }, parents });
      expect(lines(judge(quirk(1), quirk(2)))).to.deep.equal(['violation/internal quirk A@m1']);
      expect(lines(judge(quirk(1), quirk(2), undefined, cpuid(1, 1)))).to.deep.equal(['kept/internal quirk A@m1']);
      expect(lines(judge(quirk(1), quirk(2), undefined, cpuid(1, 2)))).to.deep.equal(['violation/cpuid 0x7.0x0:ebx A@m1', 'violation/internal quirk A@m1']);
    });
    it("CPUID is asked for nothing else, unless it is to be asked everywhere", () => {
      const quirk = (value: number, fly: number): Fake => ({ machines: { m1: { A: { quirk: value }, B: { fly } }, m2: {} }, parents });
      const asked: string[] = [];
      const ask = (same: boolean): AskCpuid => (comparison) => {
        asked.push(comparison.after.model);
        return cpuid(1, same ? 1 : 2)(comparison);
      };
      expect(lines(judge(quirk(1, 1), quirk(2, 2), undefined, ask(true), false))).to.deep.equal(['violation/cpuid fly B@m1', 'kept/internal quirk A@m1']);
      expect(lines(judge(quirk(1, 1), quirk(2, 2), undefined, ask(false), false))).to.have.members(['violation/cpuid 0x7.0x0:ebx A@m1', 'violation/cpuid fly B@m1', 'violation/internal quirk A@m1']);
      expect(new Set(asked)).to.deep.equal(new Set(['A']));
      expect(lines(judge(before, after(7), undefined, cpuid(1, 2), false))).to.deep.equal(['undetermined/cpuid fly A@m1']);
    });
    it('registers that differ are a finding where no property tells', () => {
      expect(lines(judge(before, before, undefined, cpuid(1, 2)))).to.deep.equal(['violation/cpuid 0x7.0x0:ebx A@m1']);
      expect(lines(judge(before, before, 'm1 A 0x7.* 1 2', cpuid(1, 2)))).to.deep.equal(['allowed/cpuid 0x7.0x0:ebx A@m1']);
    });
    it('one that is gone and was on is a violation, one that was off is not', () => {
      expect(lines(judge(after(true), before))).to.deep.equal(['violation/cpuid fly A@m1']);
      expect(lines(judge(after(false), before))).to.deep.equal(['kept/cpuid fly A@m1']);
    });
  });

  it('does not judge what the host decides', () => {
    const found = judge({ machines: { m1: { A: { fly: true } }, m2: {} }, parents }, { machines: { m1: { A: {} }, m2: {} }, parents, hostDependent: { A: ['fly'] } });
    expect(lines(found)).to.deep.equal(['host/cpuid fly A@m1']);
  });

  describe('an allow-list', () => {
    const old: Fake = { machines: { m1: { A: cpu, B: cpu }, m2: {} }, parents };
    const new_: Fake = { machines: { m1: { A: { ...cpu, fly: true, level: 5 }, B: { ...cpu, fly: true } }, m2: {} }, parents };

    it('takes out what it names, and only that', () => {
      expect(lines(judge(old, new_, '# known since then\nm1 A fly\n'))).to.deep.equal(['violation/cpuid fly B@m1', 'violation/identity level A@m1', 'allowed/cpuid fly A@m1']);
      expect(lines(judge(old, new_, 'm* * fly off on # all of them\nm1 A level 4 5'))).to.deep.equal(['allowed/cpuid fly A@m1 B@m1', 'allowed/identity level A@m1']);
      expect(lines(judge(old, new_, 'm1 A level 4 6'))).to.include('violation/identity level A@m1');
    });

    it('tells which entries nothing needs', () => {
      expect(judge(old, new_, 'm1 A fly\nm1 C fly\nm1 A level 5 4').unused).to.deep.equal(['known:2: m1 C fly', 'known:3: m1 A level 5 4']);
    });

    it('refuses what is no entry, with its line', () => {
      expect(() => new AllowList('\nm1 A\n', 'known')).to.throw(AllowListError, "known:2: an entry is MACHINE MODEL PROPERTY [BEFORE AFTER], not 'm1 A'");
    });
  });
});
