import { readFileSync } from 'node:fs';
import type { Analysis, Assignment, QmpValue, ResolvedCpu, Stage } from '../x86/api.js';
import { formatLocation } from '../c/location.js';
import { versionText } from './configs.js';
import { staticModel } from './mode.js';
import { toJson, type Json } from './json.js';
import type { FeatureWord } from './list.js';
import { byCodeUnit, naturally, sortedEntries } from './order.js';
import { wrapWords, type Style } from './text.js';
import { displayValue } from './value.js';

/** What the analysis may know of the bits behind the boolean properties. */
export interface KnowsFeatureWords {
  featureWords?(machine: string, model: string): readonly FeatureWord[];
}

/** A CPU and what was asked to get it. */
export interface ShownCpu {
  readonly machine: string;
  /** A model, or QEMU's -cpu syntax. */
  readonly cpu: string;
  readonly stage: Stage;
  readonly resolved: ResolvedCpu;
}

/** The `show` format. */
export function cpuJson(analysis: Analysis, { machine, cpu, stage, resolved }: ShownCpu): string {
  return toJson({
    machine, cpu, accel: analysis.accel, stage,
    properties: new Map(sortedEntries(resolved.properties)),
    hostDependent: [...resolved.hostDependent].sort(byCodeUnit),
  }, 2);
}

/** A CPU for people, grouped; other properties that are as on a CPU without model data are left out. */
export function cpuText(analysis: Analysis & KnowsFeatureWords, shown: ShownCpu, style: Style): string {
  const { machine, cpu, stage, resolved } = shown;
  const model = cpu.split(',')[0]!;
  const properties = resolved.properties;
  const words = featureWords(analysis, machine, model, resolved);
  const shownAlready = new Set(words.flatMap((word) => word.features.map(hyphenated)));
  const lines = [
    style.bold(`${cpu} on ${machine}`),
    `${resolved.typename}, accelerator ${analysis.accel}, ${stage}`,
    style.dim(`QEMU ${versionText(analysis)}${analysis.qemu.package === '' ? '' : ` (${analysis.qemu.package})`}, ${analysis.origin}`),
  ];
  const defaults = defaultsOf(analysis, machine, stage);
  for (const { title, always = [], changed = [] } of headings()) {
    const present = [...always, ...changed.filter((name) => !same(properties.get(name), defaults?.get(name)))]
      .filter((name) => properties.has(name) || resolved.hostDependent.includes(name));
    for (const name of [...always, ...changed]) shownAlready.add(hyphenated(name));
    if (present.length > 0) lines.push('', style.bold(title), ...aligned(present.map((name) => [name, displayValue(properties.get(name))]), style));
  }
  const on = words.map(({ name, features }) => [name, features.filter((feature) => properties.get(feature) === true)] as const).filter(([, features]) => features.length > 0);
  const indent = Math.max(0, ...on.map(([name]) => name.length));
  lines.push('', style.bold(`Features on (${on.reduce((sum, [, features]) => sum + features.length, 0)})`));
  for (const [name, features] of on) {
    const margin = indent === 0 ? '  ' : `  ${name.padEnd(indent)}  `;
    lines.push(wrapWords(features, style.width, ' '.repeat(margin.length), margin));
  }
  lines.push(...otherProperties(analysis, shown, defaults, shownAlready, style));
  const open = new Set(resolved.hostDependent);
  const host = resolved.hostDependent.filter((name) => hyphenated(name) === name || !open.has(hyphenated(name))).sort(naturally);
  if (host.length > 0) lines.push('', style.bold(`Decided by the host (${host.length})`), wrapWords(host, style.width, '  '));
  return lines.join('\n');
}

/** The properties of the CPU without model data, if the tree has one. */
function defaultsOf(analysis: Analysis, machine: string, stage: Stage): ReadonlyMap<string, QmpValue> | undefined {
  const base = staticModel(analysis, machine);
  return base === undefined ? undefined : analysis.resolve(machine, base.name, stage).properties;
}

function otherProperties(
  analysis: Analysis, { machine, cpu, resolved: { properties } }: ShownCpu, defaults: ReadonlyMap<string, QmpValue> | undefined,
  shownAlready: ReadonlySet<string>, style: Style,
): string[] {
  const types = new Map(analysis.properties(machine, cpu.split(',')[0]!).map((property) => [property.name, property.type]));
  const names = [...properties.keys()].filter((name) =>
    !shownAlready.has(hyphenated(name)) && !isSpelling(name, properties) && !/^(link|child)</.test(types.get(name) ?? '') && !same(properties.get(name), defaults?.get(name))).sort(naturally);
  if (names.length === 0) return [];
  const switches = (state: boolean): string[] => names.filter((name) => properties.get(name) === state);
  const title = defaults === undefined ? 'Other properties' : `Other properties that differ from ${staticModel(analysis, machine)!.name}`;
  const lines = ['', style.bold(title), ...aligned(names.filter((name) => typeof properties.get(name) !== 'boolean').map((name) => [name, displayValue(properties.get(name))]), style)];
  if (switches(true).length > 0) lines.push(wrapWords(switches(true), style.width, '       ', '  on   '));
  if (switches(false).length > 0) lines.push(wrapWords(switches(false), style.width, '       ', '  off  '));
  return lines;
}

interface Heading {
  readonly title: string;
  /** Shown in any case. */
  readonly always?: readonly string[];
  /** Shown where they are not as on a CPU without model data. */
  readonly changed?: readonly string[];
}

/** The headings under which properties stand together: presentation only, so it is with the templates. */
function headings(): readonly Heading[] {
  return JSON.parse(readFileSync(new URL('../../../templates/show.json', import.meta.url), 'utf8')) as Heading[];
}

function aligned(rows: readonly (readonly [string, string])[], style: Style): string[] {
  const indent = Math.max(0, ...rows.map(([name]) => name.length)) + 4;
  return rows.map(([name, value]) => wrapWords(value.split(' '), style.width, ' '.repeat(indent), `  ${name}`.padEnd(indent)));
}

/** The boolean properties by word; in one nameless group where the analysis cannot tell. */
export function featureWords(analysis: Analysis & KnowsFeatureWords, machine: string, model: string, cpu: ResolvedCpu): readonly FeatureWord[] {
  const known = analysis.featureWords?.(machine, model);
  if (known !== undefined) return known;
  const features = [...cpu.properties].filter(([name, value]) => typeof value === 'boolean' && !isSpelling(name, cpu.properties)).map(([name]) => name);
  return [{ name: '', features: features.sort(naturally) }];
}

/** QOM's rule for property names: "-" where older names have "_" or ".". */
function hyphenated(name: string): string {
  return name.replaceAll(/[_.]/g, '-');
}

/** Is this name only another spelling of a property of the same value? */
function isSpelling(name: string, properties: ReadonlyMap<string, QmpValue>): boolean {
  const canonical = hyphenated(name);
  return canonical !== name && same(properties.get(canonical), properties.get(name));
}

function same(a: QmpValue | undefined, b: QmpValue | undefined): boolean {
  return a !== undefined && b !== undefined && toJson(a, 0) === toJson(b, 0);
}

/** The history of a property as JSON. */
export function explanationJson(analysis: Analysis, { machine, cpu, stage, resolved }: ShownCpu, property: string, history: readonly Assignment[]): string {
  return toJson({
    machine, cpu, accel: analysis.accel, stage, property,
    value: resolved.properties.get(property),
    hostDependent: resolved.hostDependent.includes(property),
    assignments: history.map(({ value, at, data, stack, what }): Json => ({
      value, at: formatLocation(at), data: data.map(formatLocation), stack, what,
    })),
  }, 3);
}

/** The history of a property for people: a line for the value and its reason, a line for each place. */
export function explanationText(analysis: Analysis, { machine, cpu, resolved }: ShownCpu, property: string, history: readonly Assignment[], style: Style): string {
  const value = displayValue(resolved.properties.get(property));
  const lines = [`${style.bold(`${property} = ${value}`)} for ${cpu} on ${machine}, accelerator ${analysis.accel}`, ''];
  if (history.length === 0) lines.push('Never assigned: the value that the object was made with.');
  const digits = String(history.length).length;
  history.forEach((assignment, i) => {
    const last = i === history.length - 1;
    const head = `${String(i + 1).padStart(digits + 1)}  ${displayValue(assignment.value)}`;
    lines.push((last ? style.bold(head) : head) + `  ${assignment.what}${last && history.length > 1 ? '  (wins)' : ''}`);
    const indent = ' '.repeat(digits + 3);
    const where: [string, string][] = [['set at', formatLocation(assignment.at)]];
    if (assignment.data.length > 0) where.push(['data', assignment.data.map(formatLocation).join(', ')]);
    if (assignment.stack.length > 0) where.push(['in', assignment.stack.join(' < ')]);
    for (const [label, text] of where) lines.push(wrapWords(text.split(' '), style.width, indent + ' '.repeat(8), indent + style.dim(label.padEnd(8))));
  });
  return lines.join('\n');
}
