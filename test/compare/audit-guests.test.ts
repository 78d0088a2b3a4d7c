import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { audit } from '../../analyzer/compare/audit.js';
import { takeCensus } from '../../analyzer/compare/census.js';
import { Cpuid } from '../../analyzer/compare/cpuid.js';
import { differences, explainDifferences } from '../../analyzer/compare/differences.js';
import type { Sides } from '../../analyzer/compare/causes.js';
import { answersOf, registerPairs, type Answers } from '../../analyzer/compare/registers.js';
import { identify } from '../../analyzer/source/identify.js';
import { openSource } from '../../analyzer/source/open.js';
import { GuestCpuid } from '../../analyzer/verify/guest.js';
import { analyse } from '../../analyzer/x86/analyse.js';
import type { CpuidLeaf } from '../../analyzer/x86/api.js';

/** What guests of the same CPUs read in two releases: release to machine type to model to rows "LEAF SUBLEAF EAX EBX ECX EDX". */
interface Recording {
  readonly accel: string;
  readonly releases: Readonly<Record<string, { readonly package: string; readonly cpuid: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> }>>;
}

const recorded = (name: string): Recording => JSON.parse(gunzipSync(readFileSync(join('test', 'golden', 'guests', `${name}.json.gz`))).toString()) as Recording;

function guestOf(lines: readonly string[]): GuestCpuid {
  return new GuestCpuid(lines.map((line): CpuidLeaf => {
    const [leaf, subleaf, eax, ebx, ecx, edx] = line.split(' ').map((word) => Number.parseInt(word, 16)) as [number, number, number, number, number, number];
    return { leaf, subleaf, eax, ebx, ecx, edx };
  }));
}

/** Registers that differ: "LEAF.SUBLEAF:REGISTER BEFORE AFTER"; what is not there is 0. */
function changes(rows: readonly CpuidLeaf[], before: Answers, after: Answers): string[] {
  return [...registerPairs([rows], before, after)].filter(({ a, b }) => (a ?? 0) !== (b ?? 0))
    .map(({ leaf, subleaf, register, a, b }) => `${leaf.toString(16)}.${subleaf}:${register} ${(a ?? 0).toString(16)} ${(b ?? 0).toString(16)}`);
}

/** What changed for guests of one CPU, in the rows that both read. */
function seen({ releases }: Recording, machine: string, model: string): { readonly rows: readonly CpuidLeaf[]; readonly changes: string[] } {
  const [before, after] = Object.values(releases).map(({ cpuid }) => guestOf(cpuid[machine]![model]!)) as [GuestCpuid, GuestCpuid];
  // a guest asks the first leaf of every range, where there is none some other leaf answers
  const inRange = (guest: GuestCpuid, leaf: number): boolean => {
    const last = guest.answer(leaf - leaf % 0x100, 0)?.eax ?? 0;
    return leaf <= last && last < leaf + 0x100;
  };
  const rows = before.rows.filter(({ leaf, subleaf }) => [before, after].every((guest) => inRange(guest, leaf)) && after.rows.some((row) => row.leaf === leaf && row.subleaf === subleaf));
  return { rows, changes: changes(rows, (leaf, subleaf) => before.answer(leaf, subleaf), (leaf, subleaf) => after.answer(leaf, subleaf)) };
}

function pairsOf({ releases }: Recording): (readonly [string, string])[] {
  return Object.entries(Object.values(releases)[0]!.cpuid).flatMap(([machine, models]) => Object.keys(models).map((model) => [machine, model] as const));
}

describe('what guests of two releases read', () => {
  it('10.0 and 11.1: where a model has a cache description instead of legacy-cache, they read the same', () => {
    const recording = recorded('audit-10.0-11.1-tcg');
    for (const [machine, model] of pairsOf(recording).filter(([, name]) => /^(?:486|pentium)/.test(name))) {
      const { rows, changes: found } = seen(recording, machine, model);
      expect(rows.length).to.be.greaterThan(1);
      expect(found, `${model} on ${machine}`).to.deep.equal([]);
    }
  });

  it('5.2 and 7.2, tcg: another identity of qemu64-v1, and features that TCG has learnt', () => {
    const recording = recorded('audit-5.2-7.2-tcg');
    expect(seen(recording, 'pc-q35-5.2', 'qemu64-v1').changes.map((line) => line.split(' ')[0])).to.include('1.0:eax');
    expect(seen(recording, 'pc-q35-5.2', 'Haswell').changes.map((line) => line.split(' ')[0])).to.include('1.0:ecx');
    expect(seen(recording, 'pc-q35-5.2', '486').changes).to.deep.equal([]);
  });

  const trees = process.env['QEMU_TREES'];

  /** The two trees, as far as they are there. */
  function sidesOf({ accel }: Pick<Recording, 'accel'>, versions: readonly [string, string], machines: readonly string[], models?: readonly string[]): Sides | undefined {
    const found = versions.map((version) => readdirSync(trees!).map((name) => join(trees!, name)).find((spec) => {
      try {
        const { major, minor } = identify(openSource(spec)).version;
        return `${major}.${minor}` === version;
      } catch {
        return false; // something else is in there, too
      }
    }));
    if (found.includes(undefined)) return undefined;
    const side = (spec: string | undefined): Sides['before'] => {
      const analysis = analyse(openSource(spec!), { accel });
      return { analysis, census: takeCensus(analysis, 'expanded', { machine: (name) => machines.includes(name), ...(models === undefined ? {} : { model: (name) => models.includes(name) }) }) };
    };
    return { before: side(found[0]), after: side(found[1]) };
  }

  for (const [old, new_, names] of [['5.2', '7.2', ['audit-5.2-7.2-tcg', 'audit-5.2-7.2-unpromised-tcg']], ['7.2', '10.0', ['audit-7.2-10.0-tcg']]] as const) {
    it(`${old} and ${new_}, tcg: audit --cpuid says so, register for register, and knows who was promised nothing`, function () {
      this.timeout(600_000);
      if (trees === undefined) {
        console.log('      set QEMU_TREES to a directory with QEMU trees to run this');
        return this.skip();
      }
      const pairs = names.map(recorded).flatMap((recording) => pairsOf(recording).map(([machine, model]) => ({ recording, machine, model })));
      const sides = sidesOf({ accel: 'tcg' }, [old, new_], pairs.map(({ machine }) => machine), pairs.map(({ model }) => model));
      if (sides === undefined) {
        console.log(`      QEMU_TREES has no ${old} and ${new_}`);
        return this.skip();
      }
      const isOther = new Map(pairs.map(({ recording, machine, model }) => {
        const { rows, changes: found } = seen(recording, machine, model);
        const [before, after] = [sides.before, sides.after].map(({ analysis }) => answersOf(analysis.cpuid(machine, model))) as [Answers, Answers];
        expect(changes(rows, before, after), `${model} on ${machine}`).to.deep.equal(found);
        return [`${model} on ${machine}`, found.length > 0];
      }));
      const cpuid = new Cpuid(sides);
      const { comparisons, findings, unversioned, unsafe } = audit(explainDifferences(differences(sides.before.census, sides.after.census), sides), sides, undefined, (comparison) => cpuid.of(comparison));
      // what is said of each CPU, and what that rests on
      const verdicts = new Map([...isOther.keys()].map((pair) => [pair, new Set<string>()]));
      const reasons = new Map([...isOther.keys()].map((pair) => [pair, new Set<string>()]));
      for (const { verdict, because, group } of findings) {
        for (const { machine, model } of group.where.map((index) => comparisons[index]!.after)) {
          verdicts.get(`${model} on ${machine}`)?.add(verdict);
          reasons.get(`${model} on ${machine}`)?.add(because);
        }
      }
      const confirmed = { kept: 0, violation: 0, unpromised: 0 };
      for (const [pair, other] of isOther) {
        if (/ on (?:isapc|microvm)$|^max /.test(pair)) {
          expect([...verdicts.get(pair)!], pair).to.deep.equal(['unpromised']);
          if (other) confirmed.unpromised++;
        } else if (other) {
          expect([...verdicts.get(pair)!], pair).to.include('violation');
          confirmed.violation++;
        } else {
          // new properties that are on or have a value, and those that a compat property sets: all without effect
          expect([...verdicts.get(pair)!], pair).to.deep.equal(['kept']);
          expect([...reasons.get(pair)!], pair).to.include('CPUID answers the same');
          confirmed.kept++;
        }
      }
      expect(Math.min(...Object.values(confirmed)), JSON.stringify(confirmed)).to.be.greaterThan(0);
      expect(unversioned).to.have.members(['isapc', 'microvm']);
      expect(unsafe).to.deep.equal(['max']);
    });
  }

  it('10.0 and 10.2, kvm: a changed property that is QEMU\'s own affair is no violation', function () {
    this.timeout(600_000);
    if (trees === undefined) {
      console.log('      set QEMU_TREES to a directory with QEMU trees to run this');
      return this.skip();
    }
    const sides = sidesOf({ accel: 'kvm' }, ['10.0', '10.2'], ['pc-q35-10.0', 'pc-i440fx-5.1']);
    if (sides === undefined) {
      console.log('      QEMU_TREES has no 10.0 and 10.2');
      return this.skip();
    }
    const cpuid = new Cpuid(sides);
    const found = audit(explainDifferences(differences(sides.before.census, sides.after.census), sides), sides, undefined, (comparison) => cpuid.of(comparison), false);
    expect(found.findings.filter(({ verdict }) => verdict === 'violation')).to.deep.equal([]);
    const models = new Set(found.findings.filter(({ because }) => because === 'CPUID answers the same').flatMap(({ group }) => group.where.map((i) => found.comparisons[i]!.after.model)));
    expect([...models].sort()).to.deep.equal(['486', '486-v1', 'pentium', 'pentium-v1', 'pentium2', 'pentium2-v1', 'pentium3', 'pentium3-v1']);
  });
});
