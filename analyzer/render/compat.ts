import type { CompatProperty } from '../x86/api.js';
import { formatLocation } from '../c/location.js';
import { toJson, type Json } from './json.js';
import { sortedEntries } from './order.js';
import { plural, table, type Style } from './text.js';

/** The compat format: machine types sorted, their properties in the order of application. */
export function compatJson(compat: ReadonlyMap<string, readonly CompatProperty[]>): string {
  return toJson(new Map(sortedEntries(compat).map(([machine, properties]): [string, Json] => [machine, properties.map((entry) => ({
    'qom-type': entry['qom-type'],
    property: entry.property,
    value: entry.value,
    at: entry.at === undefined ? undefined : formatLocation(entry.at),
  }))])), 2);
}

/** The compat properties of one machine type for people. */
export function compatText(machine: string, properties: readonly CompatProperty[], style: Style): string {
  if (properties.length === 0) return `${style.bold(machine)}: no compat properties`;
  const rows = properties.map((entry) => [`${entry['qom-type']}.${entry.property}`, entry.value === '' ? '""' : entry.value, formatLocation(entry.at)]);
  return `${style.bold(machine)}: ${plural(properties.length, 'compat property', 'compat properties')}, in the order of application\n\n` + table(['Property', 'Value', 'From'], rows, style);
}
