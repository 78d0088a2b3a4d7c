import type { CpuModel, MachineType, PropertyInfo, QmpValue } from '../x86/api.js';
import { toJson, type Json } from './json.js';
import { naturally, sortedEntries } from './order.js';
import { plural, table, wrapWords, type Style } from './text.js';

/** A group of CPU properties that stand for the bits of one word (a CPUID register, an MSR). */
export interface FeatureWord {
  readonly name: string;
  /** Property names, lowest bit first. */
  readonly features: readonly string[];
}

/** Fields of query-machines or query-cpu-definitions under their QMP names, `name` first. */
export function definitionsJson(definitions: readonly (MachineType | CpuModel)[]): string {
  return toJson(sorted(definitions).map(({ name, fields }): Json => new Map<string, Json>([['name', name], ...sortedEntries(fields).filter(([key]) => key !== 'name')])), 1);
}

/** Machine types for people. */
export function machinesText(machines: readonly MachineType[], style: Style): string {
  const rows = sorted(machines).map(({ name, fields }) => [
    name, text(fields['alias']), text(fields['cpu-max']), text(fields['default-cpu-type']),
    marks([[fields['is-default'], 'default'], [fields['deprecated'], 'deprecated']]),
  ]);
  return withTotal(dropEmpty(['Machine type', 'Alias', 'CPUs', 'Default CPU type', ''], rows, style, [2]), plural(machines.length, 'machine type'));
}

/** Models for people. */
export function modelsText(models: readonly CpuModel[], machine: string, style: Style): string {
  const rows = sorted(models).map(({ name, fields }) => [
    name, text(fields['alias-of']), text(fields['typename']),
    marks([[fields['static'], 'static'], [fields['migration-safe'] === false, 'not migration-safe'], [fields['deprecated'], 'deprecated']]),
  ]);
  // The type name repeats the model's name: shown only where there is room.
  const wide = style.width >= 110;
  const head = ['Model', 'Alias of', ...(wide ? ['Type'] : []), ''];
  return withTotal(dropEmpty(head, wide ? rows : rows.map(([name, alias, , mark]) => [name!, alias!, mark!]), style, []), `${plural(models.length, 'model')} on ${machine}`);
}

/** Feature words as JSON: an object in the words' order. */
export function featuresJson(words: readonly FeatureWord[]): string {
  return toJson(new Map(words.map(({ name, features }): [string, Json] => [name, features])), 1);
}

/** Feature words for people. */
export function featuresText(words: readonly FeatureWord[], style: Style): string {
  const total = words.reduce((sum, { features }) => sum + features.length, 0);
  return withTotal(words.map(({ name, features }) => `${style.bold(name)}\n${wrapWords(features, style.width, '  ')}`).join('\n\n'), plural(total, 'feature'));
}

/** The properties of a CPU as JSON, sorted by name. */
export function propertiesJson(properties: readonly PropertyInfo[]): string {
  return toJson(sorted(properties).map(({ name, type, settable, description }) => ({ name, type, settable, description })), 1);
}

/** The properties of a CPU for people. */
export function propertiesText(properties: readonly PropertyInfo[], style: Style): string {
  const rows = sorted(properties).map(({ name, type, settable, description }) => [name, type, settable ? '' : 'read-only', description ?? '']);
  return withTotal(dropEmpty(['Property', 'Type', '', 'Description'], rows, style, []), plural(properties.length, 'property', 'properties'));
}

function sorted<T extends { readonly name: string }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => naturally(a.name, b.name));
}

function text(value: QmpValue | undefined): string {
  return value === undefined || value === null ? '' : String(value);
}

function marks(candidates: readonly (readonly [QmpValue | undefined, string])[]): string {
  return candidates.filter(([on]) => on === true).map(([, mark]) => mark).join(', ');
}

/** A table without the columns in which nothing stands. */
function dropEmpty(head: readonly string[], rows: readonly (readonly string[])[], style: Style, right: readonly number[]): string {
  const used = head.map((_, column) => column).filter((column) => rows.some((row) => row[column] !== ''));
  return table(used.map((column) => head[column]!), rows.map((row) => used.map((column) => row[column]!)), style, right.map((column) => used.indexOf(column)));
}

function withTotal(body: string, total: string): string {
  return body === '' ? total : `${body}\n\n${total}`;
}
