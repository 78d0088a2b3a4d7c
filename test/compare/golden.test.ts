import { expect } from 'chai';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { audit, type Audit } from '../../analyzer/compare/audit.js';
import { takeCensus, type Census } from '../../analyzer/compare/census.js';
import { valueOf, type Comparison } from '../../analyzer/compare/changes.js';
import { differences, explainDifferences } from '../../analyzer/compare/differences.js';
import { linesOfDescent } from '../../analyzer/compare/families.js';
import { ABSENT, HOST, valueKey, type Value } from '../../analyzer/compare/values.js';
import { identify } from '../../analyzer/source/identify.js';
import { openSource } from '../../analyzer/source/open.js';
import { readRecording, type Recording } from '../../analyzer/verify/recording.js';
import { analyse } from '../../analyzer/x86/analyse.js';
import type { Analysis } from '../../analyzer/x86/api.js';
import { analysisOf } from '../verify/fake-analysis.js';

/** The tests run from the checkout's root. */
const recorded = (name: string): Promise<Recording> => readRecording(join('test', 'golden', `${name}.json.gz`));

/** An analysis that says what a recording says; which machine types are kin, a recording does not say. */
function ofRecording(recording: Recording): Analysis {
  const families = new Map(recording.machines.map((machine) => [String(machine['name']), /^(pc-\w+)-\d/.exec(String(machine['name']))?.[1] ?? '']));
  const parents = new Map([...families].map(([name, family]) => [name, family === '' ? undefined : [...families].find(([other, theirs]) => theirs === family && other !== name)?.[0]]));
  // under KVM the vendor is the host's, and the recordings are of different hosts
  return Object.assign(analysisOf(recording, recording.accel === 'kvm' ? { hostDependent: ['vendor'] } : {}), { machineParents: () => parents });
}

function auditOf(old: Analysis, new_: Analysis, machine: (name: string) => boolean): Audit {
  const sides = { before: { analysis: old, census: takeCensus(old, 'expanded', { machine }) }, after: { analysis: new_, census: takeCensus(new_, 'expanded', { machine }) } };
  return audit(explainDifferences(differences(sides.before.census, sides.after.census), sides), sides, undefined);
}

/** All that two binaries said. */
async function auditOfRecordings(old: string, new_: string): Promise<Audit> {
  const recordings = await Promise.all([recorded(old), recorded(new_)]);
  return auditOf(ofRecording(recordings[0]), ofRecording(recordings[1]), (name) => recordings.every(({ pairs, machines }) => name in pairs || !machines.some((machine) => machine['name'] === name)));
}

function violations({ findings, comparisons }: Audit): { models: string[]; machines: number; changes: string[] }[] {
  return findings.filter(({ verdict }) => verdict === 'violation').map(({ group }) => ({
    models: [...new Set(group.where.map((i) => comparisons[i]!.after.model))],
    machines: new Set(group.where.map((i) => comparisons[i]!.after.machine)).size,
    changes: group.changes.map(({ property, before, after }) => `${property} ${String(before)} ${String(after)}`).sort(),
  }));
}

describe('what real binaries said', () => {
  it('5.2 to 7.2, kvm: one versioned model has another identity on every versioned machine type, and what is new is off', async () => {
    const found = await auditOfRecordings('5.2-kvm', '7.2-kvm');
    expect(found.promised).to.equal(43 * 117);
    expect(violations(found)).to.deep.equal([{ models: ['qemu64-v1'], machines: 43, changes: ['family 6 15', 'model 6 107', 'stepping 3 1'] }]);
    expect(found.unversioned).to.have.members(['isapc', 'microvm']);
    expect(found.unsafe).to.have.members(['host', 'max']);
  });

  it('7.2 to 10.0, tcg: every promised CPU is as it was, but for a property that is new and on', async () => {
    const found = await auditOfRecordings('7.2-tcg', '10.0-tcg');
    // which a compat property sets so: a recording does not tell
    expect(violations(found)).to.deep.equal([{ models: [...new Set(found.comparisons.map(({ after }) => after.model))].filter((model) => !found.unsafe.includes(model)), machines: 47, changes: [`legacy-multi-node ${String(ABSENT)} true`] }]);
  });
});

const trees = process.env['QEMU_TREES'];

/** "7.2" to the source in QEMU_TREES. */
function treesByVersion(): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of trees === undefined ? [] : readdirSync(trees)) {
    try {
      const { major, minor } = identify(openSource(join(trees!, name))).version;
      found.set(`${major}.${minor}`, join(trees!, name));
    } catch {
      continue; // something else is in there, too
    }
  }
  return found;
}

/** Every difference that does not hang on the host, one a line. */
function facts(before: Census, after: Census, open: ReadonlySet<string>): string[] {
  const found = differences(before, after);
  const id = (index: number, { before: b, after: a }: Comparison = found.comparisons[index]!): string => `${b.model}@${b.machine} > ${a.model}@${a.machine}`;
  return found.cpus.flatMap(({ changes, where }) => changes.flatMap((c) => [c.property, ...c.spellings].flatMap((property) => where.map((i) => `${id(i)}: ${property} ${valueKey(c.before)} ${valueKey(c.after)}`).filter((_, n) => !open.has(`${found.comparisons[where[n]!]!.after.model} ${property}`))))).sort();
}

/** What the host decides in either census: model and property. */
function hostDecides(...censuses: readonly Census[]): Set<string> {
  const open = new Set<string>();
  for (const { cpus } of censuses) for (const models of cpus.values()) for (const [model, cpu] of models) for (const property of cpu.hostDependent) open.add(`${model} ${property}`);
  return open;
}

describe('differences between sources are those between the binaries', () => {
  const sources = treesByVersion();
  for (const [old, new_] of [['5.2', '7.2'], ['7.2', '10.0']] as const) {
    for (const accel of ['kvm', 'tcg']) {
      it(`${old} to ${new_}, ${accel}`, async function () {
        if (!sources.has(old) || !sources.has(new_) || !existsSync(join('test', 'golden'))) {
          console.log(`      skipped: QEMU_TREES has no QEMU ${old} and ${new_}`);
          this.skip();
        }
        const chosen = new Set(['pc-q35-5.2', 'pc-i440fx-2.6', 'microvm', 'isapc']);
        const machine = (name: string): boolean => chosen.has(name);
        const of = (version: string): Analysis => analyse(openSource(sources.get(version)!), { accel });
        const analyses: [Analysis, Analysis] = [of(old), of(new_)];
        const [before, after] = analyses.map((analysis) => takeCensus(analysis, 'expanded', { machine })) as [Census, Census];
        const said = await Promise.all([old, new_].map(async (version) => takeCensus(analysisOf(await recorded(`${version}-${accel}`)), 'expanded', { machine }))) as [Census, Census];
        const open = hostDecides(before, after);
        if (accel === 'tcg') expect([...open]).to.deep.equal([]);
        expect(facts(before, after, open)).to.deep.equal(facts(said[0], said[1], open));
        // and so are the verdicts
        const verdicts = (found: Audit): string[] => violations(found).flatMap(({ models, changes }) => changes.map((change) => `${models.join()} ${change}`)).sort();
        const known = (found: string[]): string[] => found.filter((line) => !line.includes(String(HOST)) && !line.includes(String(ABSENT)));
        expect(known(verdicts(auditOf(...analyses, machine)))).to.deep.equal(known(verdicts(auditOf(ofRecording(await recorded(`${old}-${accel}`)), ofRecording(await recorded(`${new_}-${accel}`)), machine))));
        expect(linesOfDescent(analyses[1].machineParents!()).length).to.be.greaterThan(1);
      });
    }
  }

  // there is no recording of 10.2; what it changed, the next release that was recorded says still
  for (const accel of ['kvm', 'tcg']) {
    it(`10.0 to 10.2, ${accel}: every finding of audit is what the binaries of 10.0 and 11.1 say`, async function () {
      if (!sources.has('10.0') || !sources.has('10.2')) {
        console.log('      skipped: QEMU_TREES has no QEMU 10.0 and 10.2');
        this.skip();
      }
      const machine = (name: string): boolean => ['pc-q35-9.0', 'microvm'].includes(name);
      const { findings, comparisons } = auditOf(analyse(openSource(sources.get('10.0')!), { accel }), analyse(openSource(sources.get('10.2')!), { accel }), machine);
      const said = await Promise.all(['10.0', '11.1'].map(async (version) => takeCensus(analysisOf(await recorded(`${version}-${accel}`)), 'expanded', { machine }))) as [Census, Census];
      const classes = new Set<string>();
      const confirmed = new Set<string>();
      const later = new Set<string>();
      for (const { verdict, severity, because, group } of findings) {
        const kind = `${verdict} ${severity} ${because}`;
        classes.add(kind);
        for (const { property, before, after } of group.changes) {
          for (const index of group.where) {
            const { machine: on, model } = comparisons[index]!.after;
            const [old, next] = said.map(({ cpus }) => valueOf(cpus.get(on)!.get(model)!, property)) as [Value, Value];
            // what the host decides, it has decided
            expect(before === HOST ? old !== ABSENT : valueKey(old) === valueKey(before), `${property} of ${model} on ${on} in 10.0`).to.equal(true);
            if (after === HOST ? next !== ABSENT : valueKey(next) === valueKey(after)) confirmed.add(kind);
            else later.add(verdict === 'unpromised' && !/^x-migrate/.test(property) ? `${property} of ${model} on ${on}` : property);
          }
        }
      }
      expect([...later].sort()).to.deep.equal(LATER);
      expect([...confirmed].sort()).to.deep.equal([...classes].sort());
    });
  }
});

/** What 11.1 has changed again: a property that it has taken out, and newer versions of models on machine types that promise nothing. */
const LATER = [
  'its-no of ClearwaterForest on microvm', 'its-no of GraniteRapids on microvm', 'its-no of SapphireRapids on microvm', 'its-no of SierraForest on microvm',
  'model-id of EPYC-Genoa on microvm', 'model-id of EPYC-Milan on microvm', 'x-force-cpuid-0x1f of ClearwaterForest on microvm', 'x-migrate-error-code',
];
