import type { Accelerator } from '../x86/known-accelerators.js';
import type { DecidedBuild, DecidedSwitch } from '../x86/config.js';
import { toJson, type Json } from './json.js';
import { plural, table, type Style } from './text.js';

/** The accelerators of a tree as JSON. */
export function acceleratorsJson(accelerators: readonly Accelerator[]): string {
  return toJson(accelerators.map(({ name, systems, cpuClass, at }): Json => ({ name, systems, 'cpu-class': cpuClass, at })), 1);
}

/** The accelerators of a tree for people. */
export function acceleratorsText(accelerators: readonly Accelerator[], style: Style): string {
  const rows = accelerators.map(({ name, systems, cpuClass, at }) => [name, systems.join(' '), cpuClass ? 'CPU class of its own' : '', at ?? '']);
  return `${table(['Accelerator', 'Built on', '', 'Registered at'], rows, style)}\n\n${plural(accelerators.length, 'accelerator')}`;
}

/** Switches as JSON: null is off. */
export function switchesJson(switches: readonly DecidedSwitch[], notes: readonly string[]): string {
  return toJson({ switches: switches.map(({ name, value, why, at, usedAt }): Json => ({ name, value: value ?? null, why, at: place(at), 'used-at': usedAt })), notes }, 2);
}

/** Switches for people. */
export function switchesText(switches: readonly DecidedSwitch[], { os, notes }: DecidedBuild['build'], style: Style): string {
  const rows = switches.map(({ name, value, why, at, usedAt }) => [name, value ?? 'n', [why, place(at)].filter((part) => part !== undefined).join('  '), usedAt[0] === undefined ? '' : usedAt.length === 1 ? usedAt[0] : `${usedAt[0]} and ${usedAt.length - 1} more`]);
  const used = rows.some(([, , , at]) => at !== '');
  const text = table(['Switch', 'Value', 'Why', ...(used ? ['Decides at'] : [])], used ? rows : rows.map((row) => row.slice(0, 3)), style);
  const unclear = notes.length === 0 ? '' : `\n\nNot understood in the build files:\n${notes.map((note) => `  ${note}`).join('\n')}`;
  return `${text}${unclear}\n\n${plural(switches.length, 'switch', 'switches')}, built on ${os}`;
}

function place(at: DecidedSwitch['at']): string | undefined {
  return at === undefined ? undefined : `${at.file}:${at.line}`;
}
