import type { QmpValue } from '../x86/api.js';
import { diagnosticLine, diagnosticsJson } from '../render/diagnostic.js';
import type { Json } from '../render/json.js';
import { displayValue } from '../render/value.js';
import type { Comparison, NotCompared, StateComparison } from './compare.js';
import type { DifferenceGroup, ValueGroup } from './difference.js';
import type { Foretold, ReleasesComparison } from './releases.js';
import type { RoundTripComparison } from './roundtrip.js';
import type { AccelReport, Report } from './verify.js';

/** So much of a list is printed; the JSON form has all. */
const GROUPS_SHOWN = 25;
const VALUES_SHOWN = 3;
const HOST_SHOWN = 8;
const MODELS_SHOWN = 40;
const DIAGNOSTICS_SHOWN = 20;

/** The report for people; the last line has the totals. No newline at the end. */
export function reportText(report: Report): string {
  const lines = report.accels.flatMap(accelLines);
  const skipped = report.skipped === 0 ? '' : `, ${report.skipped} skipped`;
  lines.push(`${report.passed} passed, ${report.failed} failed${skipped}`);
  return lines.join('\n');
}

function accelLines(report: AccelReport): string[] {
  if (report.skipped !== undefined) return [`${report.accel}: skipped, it does not open here: ${report.skipped}`, ''];
  const package_ = report.package === '' ? '' : ` (${report.package})`;
  const lines = [`${report.accel}: QEMU ${report.version}${package_}, ${report.seconds.toFixed(1)} s`];
  for (const note of report.notes) lines.push(`  note: ${note}`);
  for (const comparison of report.comparisons) lines.push(...comparisonLines(comparison).map((line) => `  ${line}`));
  if (report.diagnostics.length > 0) {
    lines.push(`  the analysis has ${report.diagnostics.length} diagnostics of its own:`);
    lines.push(...clip(report.diagnostics, DIAGNOSTICS_SHOWN, (diagnostic) => `    ${diagnosticLine(diagnostic)}`, '    '));
  }
  return [...lines, ''];
}

function comparisonLines(comparison: Comparison): string[] {
  const { name, unit, passed, failed, differences, notCompared } = comparison;
  const lines = [`${(name + ':').padEnd(22)} ${passed} of ${passed + failed} ${unit} equal${valuesText(comparison)}`];
  if (isStates(comparison) && comparison.hostDependent.length > 0) {
    lines.push('  left to the host:');
    lines.push(...clip(comparison.hostDependent, HOST_SHOWN, ({ property, pairs, machine, model }) => `    ${property}: ${count(pairs, 'pair')}, e.g. ${machine} ${model}`, '    '));
  }
  if (isRoundTrip(comparison)) {
    for (const { property, reason, pairs } of comparison.leftOut) lines.push(`  left out: ${property}, ${count(pairs, 'pair')}: ${reason}`);
  }
  if (isReleases(comparison)) {
    lines.push(...occasionLines('left out, since that QEMU no longer has it', comparison.gone), ...occasionLines('new in that QEMU, and not set', comparison.fresh));
    lines.push(...occasionLines('otherwise for the guest, as its source tells', comparison.foretold));
  }
  lines.push(...notComparedLines(notCompared));
  lines.push(...clip(differences.groups(), GROUPS_SHOWN, groupLines, '  '));
  if (isRoundTrip(comparison)) lines.push(...modelLines(comparison.models));
  return lines;
}

function valuesText(comparison: Comparison): string {
  return isStates(comparison) || isRoundTrip(comparison) ? ` (${comparison.values} values)` : '';
}

/** "vendor: 132 pairs on 4 machine types, e.g. ..." */
function groupLines({ subject, property, count: total, machines, models, values }: DifferenceGroup): string[] {
  const what = property === undefined ? subject : `${subject} ${property}`;
  const where = models > 0 ? `${count(total, 'difference')} (${count(machines, 'machine type')}, ${count(models, 'model')})`
    : machines > 0 ? `${count(total, 'difference')} (${count(machines, 'machine type')})` : count(total, 'difference');
  return [`  DIFFERENT ${what}: ${where}`, ...clip(values, VALUES_SHOWN, valueLine, '      ')];
}

function valueLine({ qemu, analysis, count: times, machine, model }: ValueGroup): string {
  const place = [machine, model].filter((part) => part !== undefined).join(' ');
  return `      ${times} x QEMU ${side(qemu)}, here ${side(analysis)}${place === '' ? '' : `, e.g. ${place}`}`;
}

function side(value: QmpValue | undefined): string {
  if (value === undefined) return '(absent)';
  const text = displayValue(value);
  return text.length > 160 ? `${text.slice(0, 160)}...` : text;
}

function notComparedLines(list: readonly NotCompared[]): string[] {
  const byReason = new Map<string, NotCompared[]>();
  for (const entry of list) byReason.set(entry.reason, [...byReason.get(entry.reason) ?? [], entry]);
  return [...byReason].map(([reason, entries]) => {
    const { machine, model } = entries[0]!;
    return `  not compared: ${entries.length}, e.g. ${machine}${model === undefined ? '' : ` ${model}`}: ${reason}`;
  });
}

/** At most `shown` items, and how many more there are. */
function clip<T>(items: readonly T[], shown: number, line: (item: T) => string | string[], indent: string): string[] {
  const lines = items.slice(0, shown).flatMap(line);
  if (items.length > shown) lines.push(`${indent}and ${items.length - shown} more`);
  return lines;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function occasionLines(title: string, occasions: readonly Foretold[]): string[] {
  if (occasions.length === 0) return [];
  return [`  ${title}:`, ...clip(occasions, GROUPS_SHOWN, ({ what, pairs, machine, model }) => `    ${what} (${count(pairs, 'pair')}, e.g. ${machine} ${model})`, '    ')];
}

function isReleases(comparison: Comparison): comparison is ReleasesComparison {
  return 'foretold' in comparison;
}

/** The models with failures. */
function modelLines(models: RoundTripComparison['models']): string[] {
  const bad = [...models].filter(([, { failed }]) => failed > 0).sort(([, a], [, b]) => b.failed - a.failed);
  return clip(bad, MODELS_SHOWN, ([model, { passed, failed }]) => `  ${model}: ${failed} of ${passed + failed} differ`, '  ');
}

function isStates(comparison: Comparison): comparison is StateComparison {
  return 'hostDependent' in comparison;
}

function isRoundTrip(comparison: Comparison): comparison is RoundTripComparison {
  return 'leftOut' in comparison;
}

/** The report as JSON data. */
export function reportJson(report: Report): Json {
  return {
    qemu: report.qemu,
    source: report.source,
    passed: report.passed,
    failed: report.failed,
    skipped: report.skipped,
    accelerators: report.accels.map((accel) => ({
      accel: accel.accel,
      version: accel.version,
      package: accel.package,
      skipped: accel.skipped,
      notes: accel.notes,
      seconds: accel.seconds,
      comparisons: accel.comparisons.map(comparisonJson),
      diagnostics: diagnosticsJson(accel.diagnostics),
    })),
  };
}

function comparisonJson(comparison: Comparison): Json {
  const { name, unit, passed, failed, differences, notCompared } = comparison;
  return {
    name, unit, passed, failed,
    values: isStates(comparison) || isRoundTrip(comparison) ? comparison.values : undefined,
    hostDependent: isStates(comparison) ? comparison.hostDependent.map((entry) => ({ ...entry })) : undefined,
    leftOut: isRoundTrip(comparison) ? comparison.leftOut.map((entry) => ({ ...entry })) : undefined,
    models: isRoundTrip(comparison) ? new Map([...comparison.models].map(([model, tally]) => [model, { ...tally }])) : undefined,
    ...(isReleases(comparison) ? { gone: comparison.gone.map((entry) => ({ ...entry })), fresh: comparison.fresh.map((entry) => ({ ...entry })), foretold: comparison.foretold.map((entry) => ({ ...entry })) } : {}),
    notCompared: notCompared.map((entry) => ({ ...entry })),
    differenceCount: differences.count,
    groups: differences.groups().map((group) => ({ ...group, values: group.values.map((value) => ({ ...value })) })),
    differences: differences.list.map((difference) => ({ ...difference })),
  };
}
