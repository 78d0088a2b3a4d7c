import { formatLocation } from '../c/location.js';
import type { Census } from '../compare/census.js';
import type { ExplainedChange, ExplainedGroup, Reason } from '../compare/causes.js';
import type { Change, ChangeGroup, Comparison, Place } from '../compare/changes.js';
import { anyDifference, type Differences, type ExplainedDifferences, type Subject } from '../compare/differences.js';
import { Universe } from '../compare/extent.js';
import { ABSENT, HOST, type Value } from '../compare/values.js';
import type { Diagnostic } from '../c/runtime.js';
import { groupView, Namer, type GroupView, type Tags } from './change-view.js';
import { foldValues, type FoldedGroup } from './folding.js';
import { diagnosticsJson } from './diagnostic.js';
import { toJson, type Json } from './json.js';
import { naturally } from './order.js';
import { ownHtmlTemplate, ownTemplate } from './template.js';
import { count, plural, wrapWords, type Style } from './text.js';

/** The version of the JSON format of `diff`; it grows when a member changes its meaning or goes. */
export const diffFormatVersion = 1;

/** What `diff` shows. */
export interface Diff {
  readonly before: Census;
  readonly after: Census;
  readonly subjects: { readonly before: Subject; readonly after: Subject };
  readonly found: ExplainedDifferences;
  readonly parents: ReadonlyMap<string, string | undefined> | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** CPUID registers that differ, where they were asked for. */
  readonly cpuid?: readonly ChangeGroup[];
}

/** The name of one side: the QEMU, and what of it. */
export function sideName({ qemu, origin }: Census, { machine, model }: Subject): string {
  const { major, minor, micro } = qemu.version;
  return [`QEMU ${major}.${minor}.${micro}${qemu.package === '' ? '' : ` (${qemu.package})`}, ${origin}`, machine, model].filter((part) => part !== undefined).join(' : ');
}

interface NamesView { readonly title: string; readonly names: readonly string[]; readonly number: string }

/** Differences as the formats for people show them. */
export interface DifferencesView {
  readonly summary: string;
  readonly machines: readonly NamesView[];
  readonly machineFields: readonly GroupView[];
  readonly models: readonly NamesView[];
  readonly modelFields: readonly GroupView[];
  readonly refusals: readonly string[];
  readonly cpus: readonly GroupView[];
}

/** And what was compared. */
interface DiffView extends DifferencesView {
  readonly cpuid: readonly GroupView[];
  readonly before: string;
  readonly after: string;
  readonly accel: string;
  readonly stage: string;
  readonly same: boolean;
}

function diffView({ before, after, subjects, found, parents, cpuid = [] }: Diff, verbose: boolean): DiffView {
  const whole = { ...found, compared: found.comparisons.length };
  return {
    ...differencesView(whole, parents, verbose),
    // registers are numbers of bits
    cpuid: differencesView({ ...whole, cpus: cpuid.map(registersInHex) }, parents, verbose).cpus,
    before: sideName(before, subjects.before), after: sideName(after, subjects.after),
    accel: before.accel === after.accel ? after.accel : `${before.accel} and ${after.accel}`, stage: after.stage,
    same: !anyDifference(found) && cpuid.length === 0,
  };
}

/** Registers for people: as texts in hexadecimal. */
function registersInHex({ changes, where }: ChangeGroup): ChangeGroup {
  const hex = (value: Value): Value => (typeof value === 'number' ? `0x${value.toString(16).padStart(8, '0')}` : value);
  return { where, changes: changes.map((change) => ({ ...change, before: hex(change.before), after: hex(change.after) })) };
}

/** What differs, in words. */
export function differencesView(found: Differences & { readonly compared: number }, parents: ReadonlyMap<string, string | undefined> | undefined, verbose: boolean): DifferencesView {
  const namer = new Namer(parents, verbose);
  const names = (title: string, list: readonly string[]): NamesView[] => (list.length === 0 ? [] : [{ title, names: [...list].sort(naturally), number: count(list.length) }]);
  const universe = new Universe(found.comparisons, 'after');
  const fold = (groups: readonly ChangeGroup[]): FoldedGroup[] => (verbose ? [...groups] : foldValues(groups));
  const machinesOf = (group: Pick<ChangeGroup, 'where'>): string[] => {
    const all = found.machineComparisons.map((c) => c.after.machine);
    return [namer.machines(group.where.map((i) => all[i]!), all)];
  };
  const who = (group: Pick<ChangeGroup, 'where'>, places: Universe): string[] => {
    const [only] = found.comparisons;
    if (found.comparisons.length === 1 && only !== undefined) return [placesText(only)];
    return places.extents(group.where).map((extent) => namer.extent(extent, places.machines, (machine) => places.models(machine)));
  };
  // the values of a property hang on the model, or else on the machine type
  const tags: Tags = (all) => {
    const names = (of: 'model' | 'machine'): string[][] => all.map(({ where }) => [...new Set(where.map((i) => universe.place(i)[of]))]);
    const apart = (lists: readonly string[][]): boolean => new Set(lists.flat()).size === lists.flat().length;
    const [models, machines] = [names('model'), names('machine')];
    if (apart(models)) return models.map((list) => namer.models(list, []));
    return apart(machines) ? machines.map((list) => namer.machines(list, [])) : all.map(({ where }) => who({ where }, universe).join('; '));
  };
  const different = new Set(found.cpus.flatMap(({ where }) => where));
  return {
    summary: `${plural(found.compared, 'CPU')} compared, ${count(different.size)} differ`,
    machines: [...names('added', found.machines.added), ...names('removed', found.machines.removed)],
    machineFields: fold(found.machineFields).map((group) => groupView(group, machinesOf(group), (all) => all.map(({ where }) => machinesOf({ where })[0]!), verbose)),
    models: [
      ...names('added', found.models.added), ...names('removed', found.models.removed),
      ...found.presence.flatMap(({ machine, added, removed }) => [...names(`added on ${machine}`, added), ...names(`removed on ${machine}`, removed)]),
    ],
    modelFields: fold(found.modelFields).map((group) => groupView(group, who(group, universe), tags, verbose)),
    refusals: refusalLines(found, namer),
    cpus: fold(found.cpus).map((group) => groupView(group, who(group, universe), tags, verbose)),
  };
}

/** What QEMU refuses on one side: the same message is one line, whatever the number of CPUs. */
function refusalLines({ comparisons, refusals }: Differences, namer: Namer): string[] {
  const all = [...comparisons, ...refusals.map(({ comparison }) => comparison)];
  const universe = new Universe(all, 'after');
  const byMessages = new Map<string, number[]>();
  refusals.forEach(({ before, after }, i) => {
    const text = `${before === undefined ? 'made before' : `refused before: ${before}`}; ${after === undefined ? 'made now' : `refused now: ${after}`}`;
    byMessages.set(text, [...byMessages.get(text) ?? [], comparisons.length + i]);
  });
  return [...byMessages].flatMap(([text, where]) => {
    // a machine type that does not start, and CPUs of different places, stand for themselves
    const single = where.filter((i) => all[i]!.after.model === '*' || placesText(all[i]!).includes(' -> '));
    const rest = where.filter((i) => !single.includes(i));
    return [...single.map((i) => placesText(all[i]!)), ...universe.extents(rest).map((extent) => namer.extent(extent, universe.machines, (machine) => universe.models(machine)))].map((who) => `${who}: ${text}`);
  });
}

function placesText({ before, after }: Comparison): string {
  const text = ({ machine, model }: Place): string => (model === '*' ? machine : `${model} on ${machine}`);
  return text(before) === text(after) ? text(after) : `${text(before)} -> ${text(after)}`;
}

/** The differences for people. */
export function diffText(diff: Diff, style: Style, verbose: boolean): string {
  const view = diffView(diff, verbose);
  const lines = [`${style.bold('before')}  ${view.before}`, `${style.bold('after')}   ${view.after}`, style.dim(`accelerator ${view.accel}, ${view.stage}`)];
  if (view.same) return [...lines, '', `No difference: ${view.summary.replace(/,.*/, '')}.`].join('\n');
  const cpuid = view.cpuid.length === 0 ? [] : [style.bold('CPUID'), ...view.cpuid.flatMap((group) => groupLines(group, style))];
  return [...lines, ...[...differencesLines(view, style), ...cpuid].flatMap((line) => (line.startsWith('  ') ? [line] : ['', line]))].join('\n');
}

/** What differs, as lines; headings are not indented. */
export function differencesLines(view: DifferencesView, style: Style): string[] {
  const lines: string[] = [];
  const names = ({ title, names: list, number }: NamesView): string => wrapWords(list, style.width, '    ', `  ${title} (${number})  `);
  const section = (title: string, body: readonly string[]): void => { if (body.length > 0) lines.push(style.bold(title), ...body); };
  section('Machine types', [...view.machines.map(names), ...view.machineFields.flatMap((group) => groupLines(group, style))]);
  section('Models', [...view.models.map(names), ...view.modelFields.flatMap((group) => groupLines(group, style))]);
  section('Refused', view.refusals.map((line) => wrapWords(line.split(' '), style.width, '      ', '  ')));
  section(`CPUs: ${view.summary}`, view.cpus.flatMap((group) => groupLines(group, style)));
  return lines;
}

/** A group as lines: who, then what, then why. */
export function groupLines({ who, items, why }: GroupView, style: Style, indent = '  '): string[] {
  const lines = who.map((line) => wrapWords(line.split(' '), style.width, `${indent}    `, indent));
  const margin = `${indent}    `;
  for (const { label, words } of items) {
    if (label === '') for (const word of words) lines.push(wrapWords(word.split(' '), style.width, `${margin}  `, margin));
    else lines.push(wrapWords(words.map((word, i) => (i < words.length - 1 && word.includes(' ') ? `${word},` : word)), style.width, `${margin}  `, `${margin}${style.bold(label)}: `));
  }
  if (why !== '') lines.push(wrapWords(why.split(' '), style.width, `${margin}  `, margin).split('\n').map((line) => style.dim(line)).join('\n'));
  return lines;
}

/** The differences for a changelog or a merge request. */
export function diffMarkdown(diff: Diff, verbose: boolean): string {
  return ownTemplate<DiffView>('diff-markdown')(diffView(diff, verbose)).trimEnd();
}

/** The differences as a page that stands alone. */
export function diffHtml(diff: Diff, verbose: boolean): string {
  return ownHtmlTemplate<DiffView>('diff-html')(diffView(diff, verbose)).trimEnd();
}

/** The differences for programs. */
export function diffJson({ before, after, subjects, found, diagnostics, cpuid }: Diff): string {
  const side = (census: Census, subject: Subject): Json => ({
    qemu: { version: { ...census.qemu.version }, package: census.qemu.package }, origin: census.origin, accel: census.accel,
    ...(subject.machine === undefined ? {} : { machine: subject.machine }), ...(subject.model === undefined ? {} : { model: subject.model }),
  });
  const pair = (comparison: Comparison): Json => comparisonJson(comparison);
  return toJson({
    format: 'qemu-cpu-custom diff', formatVersion: diffFormatVersion,
    before: side(before, subjects.before), after: side(after, subjects.after), stage: after.stage,
    different: anyDifference(found) || (cpuid?.length ?? 0) > 0, compared: found.comparisons.length,
    machines: { ...found.machines, fields: found.machineFields.map((group) => ({ machines: group.where.map((i) => found.machineComparisons[i]!.after.machine), changes: group.changes.map(changeJson) })) },
    models: {
      ...found.models, presence: found.presence.map((entry) => ({ ...entry })),
      fields: found.modelFields.map((group) => ({ cpus: cpusJson(group.where, found.comparisons), changes: group.changes.map(changeJson) })),
    },
    refusals: found.refusals.map(({ comparison, before: b, after: a }) => ({ cpu: pair(comparison), before: b ?? null, after: a ?? null })),
    cpus: found.cpus.map((group) => groupJson(group, found.comparisons)),
    ...(cpuid === undefined ? {} : { cpuid: cpuid.map((group) => ({ cpus: cpusJson(group.where, found.comparisons), changes: group.changes.map(changeJson) })) }),
    diagnostics: diagnosticsJson(diagnostics),
  }, 3);
}

/** A group for programs. */
export function groupJson(group: ExplainedGroup, comparisons: readonly Comparison[]): Json {
  return { cpus: cpusJson(group.where, comparisons), changes: group.changes.map((change) => explainedChangeJson(change, comparisons)) };
}

/** Machine type to models; a comparison of different places is listed as such. */
export function cpusJson(where: readonly number[], comparisons: readonly Comparison[]): Json {
  const same = where.every((i) => comparisons[i]!.before.machine === comparisons[i]!.after.machine && comparisons[i]!.before.model === comparisons[i]!.after.model);
  if (!same) return where.map((i) => comparisonJson(comparisons[i]!));
  const byMachine = new Map<string, string[]>();
  for (const i of where) {
    const { machine, model } = comparisons[i]!.after;
    const list = byMachine.get(machine);
    if (list === undefined) byMachine.set(machine, [model]);
    else list.push(model);
  }
  return byMachine;
}

function comparisonJson({ before, after }: Comparison): Json {
  return { before: { ...before }, after: { ...after } };
}

export function explainedChangeJson(change: ExplainedChange, comparisons: readonly Comparison[]): Json {
  const causes = change.causes.filter(({ before, after }) => before !== undefined || after !== undefined);
  const place = (index: number): Json => {
    const { machine, model } = comparisons[index]!.after;
    return { machine, model };
  };
  return {
    ...(changeJson(change) as { readonly [key: string]: Json }),
    ...(causes.length === 0 ? {} : {
      causes: causes.map(({ before, after, where, asked }) => ({
        before: reasonJson(before), after: reasonJson(after),
        ...(causes.length === 1 ? {} : { cpus: cpusJson(where, comparisons) }),
        asked: asked.slice(0, 8).map(place),
      })),
    }),
  };
}

function reasonJson(reason: Reason | undefined): Json | undefined {
  return reason && { what: reason.what, at: formatLocation(reason.at), data: reason.data.map(formatLocation) };
}

/** A property that is not there has no `before` or `after`; one that the host decides has `{"host": true}`. */
export function changeJson({ property, before, after, spellings }: Change): Json {
  return { property, ...(spellings.length > 0 ? { spellings } : {}), before: valueJson(before), after: valueJson(after) };
}

function valueJson(value: Value): Json | undefined {
  if (value === ABSENT) return undefined;
  return value === HOST ? { host: true } : value;
}
