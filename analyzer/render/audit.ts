import type { Audit, Finding, Severity, Verdict } from '../compare/audit.js';
import { severities } from '../compare/audit.js';
import { allowText } from '../compare/allow-list.js';
import type { Diagnostic } from '../c/runtime.js';
import type { Census } from '../compare/census.js';
import type { ExplainedDifferences } from '../compare/differences.js';
import { Universe } from '../compare/extent.js';
import { groupView, Namer, type GroupView } from './change-view.js';
import { diagnosticsJson } from './diagnostic.js';
import { cpusJson, explainedChangeJson, groupLines, sideName } from './differences.js';
import { toJson, type Json } from './json.js';
import { naturally } from './order.js';
import { ownTemplate } from './template.js';
import { count, plural, wrapWords, type Style } from './text.js';

/** The version of the JSON format of `audit`. */
export const auditFormatVersion = 1;

/** What `audit` shows. */
export interface AuditReport {
  readonly before: Census;
  readonly after: Census;
  readonly found: ExplainedDifferences;
  readonly audit: Audit;
  readonly parents: ReadonlyMap<string, string | undefined> | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

const severityTitles: Readonly<Record<Severity, string>> = { cpuid: 'a feature that the guest sees', identity: 'level or identity', internal: 'internal' };

const verdictTitles: Readonly<Record<Exclude<Verdict, 'violation'>, string>> = {
  undetermined: 'Not told by properties alone',
  allowed: 'Allowed',
  unpromised: 'Changed without a promise',
  host: 'Up to the host',
  kept: 'New or gone properties, and the CPU is as it was',
};

interface SectionView { readonly title: string; readonly groups: readonly (GroupView & { readonly because: string })[]; readonly short: readonly string[] }

/** Verdicts that nobody has to act on: told in short unless asked. */
const QUIET: ReadonlySet<string> = new Set<Verdict>(['unpromised', 'host', 'kept']);

interface AuditView {
  readonly before: string;
  readonly after: string;
  readonly accel: string;
  readonly stage: string;
  readonly summary: string;
  readonly gone: readonly string[];
  readonly sections: readonly SectionView[];
  readonly unused: readonly string[];
}

function auditView({ before, after, found, audit, parents }: AuditReport, verbose: boolean): AuditView {
  const namer = new Namer(parents, verbose);
  const universe = new Universe(audit.comparisons, 'after');
  const view = ({ group, because, verdict }: Finding): GroupView & { because: string } => ({
    ...groupView(group, universe.extents(group.where).map((extent) => namer.extent(extent, universe.machines, (machine) => universe.models(machine)))),
    because: verdict === 'kept' || verdict === 'allowed' ? because : '',
  });
  const sections: SectionView[] = [];
  for (const severity of severities) {
    const groups = audit.findings.filter((f) => f.verdict === 'violation' && f.severity === severity);
    if (groups.length > 0) sections.push({ title: `Violations: ${severityTitles[severity]}`, groups: groups.map(view), short: [] });
  }
  for (const [verdict, title] of Object.entries(verdictTitles)) {
    const groups = audit.findings.filter((f) => f.verdict === verdict);
    if (groups.length === 0) continue;
    const quiet = QUIET.has(verdict) && !verbose;
    sections.push({ title, groups: quiet ? [] : groups.map(view), short: quiet ? inShort(groups) : [] });
  }
  const names = (title: string, list: readonly string[]): string[] => (list.length === 0 ? [] : [`${title}: ${[...list].sort(naturally).join(', ')}`]);
  return {
    before: sideName(before, {}), after: sideName(after, {}), accel: after.accel, stage: after.stage,
    summary: `${plural(audit.promised, 'CPU')} of versioned machine types and migration-safe models compared: ${audit.violated === 0 ? 'all are as they were' : `${count(audit.violated)} ${audit.violated === 1 ? 'is' : 'are'} not what they were`}.`,
    gone: [...names('machine types that are gone', found.machines.removed), ...names('models that are gone', found.models.removed),
      ...names('machine types without versions', audit.unversioned), ...names('models that are not migration-safe', audit.unsafe)],
    sections, unused: audit.unused,
  };
}

/** Findings by what the verdict rests on: how many CPUs, and the properties' names. */
function inShort(findings: readonly Finding[]): string[] {
  const byReason = new Map<string, { cpus: Set<number>; properties: Set<string> }>();
  for (const { because, group } of findings) {
    const entry = byReason.get(because) ?? { cpus: new Set<number>(), properties: new Set<string>() };
    byReason.set(because, entry);
    for (const i of group.where) entry.cpus.add(i);
    for (const { property } of group.changes) entry.properties.add(property);
  }
  return [...byReason].map(([because, { cpus, properties }]) => `${because} (${plural(cpus.size, 'CPU')}): ${[...properties].sort(naturally).join(' ')}`);
}

/** The audit for people. */
export function auditText(report: AuditReport, style: Style, verbose: boolean): string {
  const view = auditView(report, verbose);
  const lines = [`${style.bold('old')}  ${view.before}`, `${style.bold('new')}  ${view.after}`, style.dim(`accelerator ${view.accel}, ${view.stage}`), '', wrapWords(view.summary.split(' '), style.width, '')];
  for (const line of view.gone) lines.push(wrapWords(line.split(' '), style.width, '  ', ''));
  for (const { title, groups, short } of view.sections) {
    lines.push('', style.bold(title), ...short.map((line) => wrapWords(line.split(' '), style.width, '      ', '  ')));
    for (const group of groups) lines.push(...groupLines({ ...group, why: [group.why, group.because].filter((text) => text !== '').join('; ') }, style));
  }
  if (view.unused.length > 0) lines.push('', style.bold('Allowed, but not there'), ...view.unused.map((line) => `  ${line}`));
  return lines.join('\n');
}

/** The audit for a merge request. */
export function auditMarkdown(report: AuditReport, verbose: boolean): string {
  return ownTemplate<AuditView>('audit-markdown')(auditView(report, verbose)).trimEnd();
}

/** The audit for programs. */
export function auditJson({ before, after, found, audit, diagnostics }: AuditReport): string {
  const side = ({ qemu, origin, accel }: Census): Json => ({ qemu: { version: { ...qemu.version }, package: qemu.package }, origin, accel });
  return toJson({
    format: 'qemu-cpu-custom audit', formatVersion: auditFormatVersion,
    old: side(before), new: side(after), stage: after.stage,
    promised: audit.promised, violated: audit.violated,
    unversionedMachines: [...audit.unversioned], notMigrationSafe: [...audit.unsafe],
    goneMachines: [...found.machines.removed], goneModels: [...found.models.removed],
    findings: audit.findings.map(({ verdict, severity, because, group }) => ({
      verdict, severity, ...(because === '' ? {} : { because }),
      cpus: cpusJson(group.where, audit.comparisons), changes: group.changes.map((change) => explainedChangeJson(change, audit.comparisons)),
    })),
    unusedAllowances: [...audit.unused],
    diagnostics: diagnosticsJson(diagnostics),
  }, 3);
}

/** Entries that would allow all violations: machine type, model, property, values. */
export function allowLines({ audit }: AuditReport): string {
  const lines = audit.findings.filter(({ verdict }) => verdict === 'violation').flatMap(({ group }) => group.changes.flatMap(({ property, before, after }) => group.where.map((i) => {
    const { machine, model } = audit.comparisons[i]!.after;
    return `${machine} ${model} ${property} ${allowText(before)} ${allowText(after)}`;
  })));
  return lines.join('\n');
}
