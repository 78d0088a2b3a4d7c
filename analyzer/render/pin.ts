import type { LeafChange } from '../compare/leaves.js';
import type { Completed, Fresh, Outlook, Pin, Prospect } from '../compare/pin.js';
import type { Analysis, QmpValue } from '../x86/api.js';
import { Namer, itemsOf } from './change-view.js';
import { versionText } from './configs.js';
import { diagnosticsJson } from './diagnostic.js';
import { toJson, type Json } from './json.js';
import type { Mode } from './mode.js';
import { naturally } from './order.js';
import { ownTemplate } from './template.js';
import { plural, wrapWords, type Style } from './text.js';
import { displayValue } from './value.js';

/** What was pinned, and onto what. */
export interface PinView {
  /** The CPU that is to stay, for people: "Haswell on pc-q35-7.2 of QEMU 7.2.22 (...)", or the name of the configuration. */
  readonly from: string;
  readonly mode: Mode;
  readonly newer: Analysis;
  readonly pin: Pin;
}

/** "leaf 0x7.0 ebx 0x0 -> 0x8" */
function leafText({ leaf, subleaf, register, before, after, host }: LeafChange): string {
  const hex = (n: number | undefined): string => (n === undefined ? 'absent' : `0x${n.toString(16)}`);
  const all = (((before ?? 0) ^ (after ?? 0)) >>> 0) === host;
  const whose = host === undefined ? '' : `, ${all ? '' : `${hex(host)} of it `}as far as the host has it`;
  return `0x${leaf.toString(16)}.${subleaf.toString(16)} ${register}: ${hex(before)} -> ${hex(after)}${whose}`;
}

function isNothing(value: QmpValue | undefined): boolean {
  return value === false || value === 0 || value === '';
}

/** For people. */
export function pinText({ from, mode, newer, pin }: PinView, style: Style): string {
  const namer = new Namer(newer.machineParents?.());
  const looked = pin.outlooks.flatMap(({ machines }) => machines);
  const lines = [style.bold(from), `onto QEMU ${versionText(newer)}${newer.qemu.package === '' ? '' : ` (${newer.qemu.package})`}, ${newer.origin}, accelerator ${newer.accel}`];
  const say = (words: string, indent: string, first = indent): void => { lines.push(wrapWords(words.split(' '), style.width, indent, first)); };
  for (const { machines, named, namedLeaves, config } of pin.outlooks) {
    lines.push('', style.bold(`On ${namer.machines(machines, looked)}`));
    if (typeof named === 'string') say(`by its name: cannot be had: ${named}`, '      ', '  ');
    else if (named?.length === 0 && (namedLeaves ?? []).length === 0) lines.push('  by its name: the same CPU');
    else if (named !== undefined) {
      lines.push('  by its name, the guest would see:');
      for (const { label, words } of itemsOf(named)) say(`${label === '' ? '' : `${label}: `}${words.join(', ')}`, '        ', '    ');
      for (const change of namedLeaves ?? []) lines.push(`    CPUID ${leafText(change)}`);
    }
    if (typeof config === 'string') say(`the configuration cannot be loaded: ${config}`, '      ', '  ');
    else lines.push(...prospectLines(config, mode, pin, style));
  }
  if (pin.reference !== undefined) lines.push('', pin.sameMachine ? `New properties are kept as this QEMU has them on ${pin.reference}.` : `New properties are kept as they are on ${pin.reference}, where the named model differs least.`);
  return lines.join('\n');
}

function prospectLines({ gone, fresh, leaves, completedLeaves, unlike, completed }: Prospect, mode: Mode, { reference }: Pin, style: Style): string[] {
  const lines = [`  by the configuration (mode ${mode}):`];
  const say = (words: string): void => { lines.push(wrapWords(words.split(' '), style.width, '        ', '    ')); };
  if (gone.length > 0) say(`no longer there: ${gone.map(({ property, value }) => `${property}=${value}`).join(', ')}`);
  const silent = fresh.filter(({ value, matters }) => isNothing(value) && !matters);
  for (const entry of fresh.filter((e) => !silent.includes(e))) say(freshText(entry, reference));
  if (silent.length > 0) say(`new, not mentioned, and off, 0 or empty: ${silent.length > 12 ? plural(silent.length, 'property', 'properties') : silent.map(({ property }) => property).join(', ')}`);
  for (const { property, set, reads } of unlike) say(`set to ${set}, ${property} is ${displayValue(reads)} once the CPU is realized`);
  if (leaves === undefined || completedLeaves === undefined) lines.push('    (what CPUID answers there cannot be worked out)');
  else if (leaves.length === 0 && completedLeaves.length === 0) lines.push(`    the guest reads what it read before${fresh.length > 0 ? '; completed, it is independent of new defaults' : ''}`);
  else {
    for (const change of leaves) lines.push(`    as it is,      CPUID ${leafText(change)}`);
    for (const change of completedLeaves) lines.push(`    once completed, CPUID ${leafText(change)}`);
    if (completedLeaves.length === 0) lines.push(`    once completed (${plural(completed.settings.length, 'property', 'properties')}), CPUID answers as before`);
  }
  return lines;
}

function freshText({ property, value, keep, refused, matters }: Fresh, reference: string | undefined): string {
  const now = value === undefined ? 'what the host decides' : displayValue(value);
  if (keep === undefined) return `new: ${property} is ${now}${refused === undefined ? '' : ` and cannot be set: ${refused}`}`;
  return matters ? `new: ${property} would be ${now}; ${keep} keeps the old behaviour (as on ${reference})` : `new: ${property} is ${now}, as on ${reference}`;
}

/** The format "qemu-cpu-custom pin", version 1. */
export function pinJson({ from, mode, newer, pin }: PinView): string {
  const { version } = newer.qemu;
  return toJson({
    'format': 'qemu-cpu-custom pin', 'formatVersion': 1,
    from, mode,
    'onto': { qemu: { version: { major: version.major, minor: version.minor, micro: version.micro }, package: newer.qemu.package }, origin: newer.origin, accel: newer.accel },
    'reference': pin.reference ?? null,
    'outlooks': pin.outlooks.map((outlook) => outlookJson(outlook)),
    'diagnostics': diagnosticsJson(newer.diagnostics),
  }, 4);
}

function outlookJson({ machines, named, namedLeaves, config }: Outlook): Json {
  const value = (v: unknown): Json => (typeof v === 'symbol' ? null : v as Json);
  return {
    machines,
    ...(named === undefined ? {} : { named: typeof named === 'string' ? { refused: named } : { changes: named.map(({ property, before, after }) => ({ property, before: value(before), after: value(after) })), ...leavesJson('cpuid', namedLeaves) } }),
    config: typeof config === 'string' ? { refused: config } : {
      gone: config.gone.map(({ property, value: set }) => ({ property, value: set })),
      new: config.fresh.map(({ property, value: now, keep, refused, matters }) => ({ property, ...(now === undefined ? {} : { default: now }), ...(keep === undefined ? {} : { keep }), ...(refused === undefined ? {} : { refused }), matters })),
      unlike: config.unlike.map(({ property, set, reads }) => ({ property, set, ...(reads === undefined ? {} : { reads }) })),
      ...leavesJson('cpuid', config.leaves), ...leavesJson('completedCpuid', config.completedLeaves),
    },
  };
}

function leavesJson(name: string, leaves: readonly LeafChange[] | undefined): Record<string, Json> {
  return leaves === undefined ? {} : { [name]: leaves.map(leafJson) };
}

function leafJson({ leaf, subleaf, register, before, after, host }: LeafChange): Json {
  return { leaf, subleaf, register, before: before ?? null, after: after ?? null, ...(host === undefined ? {} : { host }) };
}

/** What the template of the completed configuration sees. */
interface CompletedData {
  readonly from: string;
  readonly mode: Mode;
  readonly cpu: string;
  readonly driver: string;
  readonly onto: { readonly version: string; readonly package: string; readonly source: string };
  readonly reference: string | undefined;
  readonly added: readonly string[];
  readonly gone: readonly string[];
  readonly leaves: readonly string[];
  readonly globals: Completed['settings'];
}

/** The completed configuration, as a -readconfig file; undefined where it cannot be had on any machine type. */
export function completedConfig({ from, mode, newer, pin }: PinView): string | undefined {
  const prospects = pin.outlooks.map(({ config }) => config).filter((config): config is Prospect => typeof config !== 'string');
  const [first] = prospects;
  if (first === undefined) return undefined;
  const { cpu, driver, settings } = first.completed;
  const names = new Set(settings.map(({ property }) => property));
  return ownTemplate<CompletedData>('pin')({
    from, mode, cpu, driver,
    onto: { version: versionText(newer), package: newer.qemu.package, source: newer.origin },
    reference: pin.reference,
    added: first.fresh.filter(({ property }) => names.has(property)).map(({ property, keep }) => `${property}=${keep}`).sort(naturally),
    gone: first.gone.map(({ property }) => property),
    leaves: [...new Set(prospects.flatMap(({ completedLeaves }) => (completedLeaves ?? []).map(({ leaf }) => leaf)))].sort((a, b) => a - b).map((leaf) => `0x${leaf.toString(16).toUpperCase()}`),
    globals: settings,
  });
}
