import type { CpuidLeaf } from '../x86/api.js';
import type { FeatureRegister } from '../x86/feature-words.js';
import { toJson, type Json } from './json.js';
import { wrapWords, type Style } from './text.js';

const REGISTERS = ['eax', 'ebx', 'ecx', 'edx'] as const;
type Register = (typeof REGISTERS)[number];

/** The `cpuid` format. */
export function cpuidJson(rows: readonly CpuidLeaf[]): string {
  return toJson(rows as unknown as Json, 1);
}

/** As `cpuid -r` prints a table (and `cpuid -f` reads it). Bits that the host decides are as they were asked for. */
export function cpuidRaw(rows: readonly CpuidLeaf[], vcpu: number | undefined): string {
  const line = (row: CpuidLeaf): string => `   0x${hex(row.leaf)} 0x${row.subleaf.toString(16).padStart(2, '0')}: ${REGISTERS.map((r) => `${r}=0x${hex(asked(row, r))}`).join(' ')}`;
  return [`CPU${vcpu === undefined ? '' : ` ${vcpu}`}:`, ...rows.map(line)].join('\n');
}

/** The table for people: what the numbers mean, where they mean something that this program knows. */
export function cpuidText(rows: readonly CpuidLeaf[], features: readonly FeatureRegister[], style: Style): string {
  const table = new Table(rows);
  const lines: string[] = [];
  const section = (title: string, body: readonly (readonly [string, string])[]): void => {
    if (body.length === 0) return;
    const indent = Math.max(...body.map(([name]) => name.length)) + 4;
    lines.push(...(lines.length > 0 ? [''] : []), style.bold(title), ...body.map(([name, value]) => wrapWords(value.split(' '), style.width, ' '.repeat(indent), `  ${name}`.padEnd(indent))));
  };
  section('Processor', processor(table));
  section('Ranges', [0, 0x4000_0000, 0x8000_0000, 0xc000_0000].filter((first) => table.row(first) !== undefined).map((first) => [hex(first), `to ${value(table, first, 0, 'eax')}`]));
  section('Features', features.flatMap((word) => featureLine(table, word)));
  section('Caches', caches(table));
  section('Topology', topology(table));
  section('Address sizes', addresses(table));
  if (rows.some(({ host }) => host !== undefined)) lines.push('', '?  the host decides; features with a question mark are on where it has them');
  return lines.join('\n');
}

class Table {
  private readonly rows = new Map<string, CpuidLeaf>();

  constructor(rows: readonly CpuidLeaf[]) {
    for (const row of rows) this.rows.set(`${row.leaf}/${row.subleaf}`, row);
  }

  row(leaf: number, subleaf = 0): CpuidLeaf | undefined {
    return this.rows.get(`${leaf}/${subleaf}`);
  }

  /** Bits of a register; undefined where the host decides some of them, or there is no such leaf. */
  bits(leaf: number, subleaf: number, register: Register, low: number, count: number): number | undefined {
    const row = this.row(leaf, subleaf);
    if (row === undefined) return undefined;
    const cut = (x: number): number => Math.floor((x >>> 0) / 2 ** low) % 2 ** count;
    return cut(row.host?.[register] ?? 0) === 0 ? cut(row[register]) : undefined;
  }

  /** Registers as text; undefined where the host decides a character. */
  text(at: readonly (readonly [number, Register])[]): string | undefined {
    const bytes: number[] = [];
    for (const [leaf, register] of at) {
      for (let byte = 0; byte < 4; byte++) {
        const code = this.bits(leaf, 0, register, 8 * byte, 8);
        if (code === undefined) return undefined;
        bytes.push(code);
      }
    }
    return String.fromCharCode(...bytes).replace(/\0.*$/s, '').trim();
  }
}

function processor(table: Table): [string, string][] {
  const field = (low: number, count: number): number | undefined => table.bits(1, 0, 'eax', low, count);
  const shown = (n: number | undefined): string => (n === undefined ? '?' : String(n));
  const base = field(8, 4);
  // SDM, CPUID leaf 1: the extended family counts for family 15, the extended model for families 6 and 15
  const family = base === 15 ? sum(base, field(20, 8)) : base;
  const model = base === 6 || base === 15 ? sum(field(4, 4), scaled(field(16, 4), 16)) : field(4, 4);
  const vendor = table.text([[0, 'ebx'], [0, 'edx'], [0, 'ecx']]);
  const brand = table.row(0x8000_0004) === undefined && table.row(0x8000_0002) === undefined ? '' : table.text([0x8000_0002, 0x8000_0003, 0x8000_0004].filter((leaf) => table.row(leaf) !== undefined).flatMap((leaf) => REGISTERS.map((r) => [leaf, r] as const)));
  const hypervisor = table.row(0x4000_0000) === undefined ? '' : table.text([[0x4000_0000, 'ebx'], [0x4000_0000, 'ecx'], [0x4000_0000, 'edx']]);
  return [
    ['vendor', vendor ?? '?'],
    ...(brand === '' ? [] : [['brand', brand ?? '?'] as [string, string]]),
    ['signature', `${value(table, 1, 0, 'eax')}: family ${shown(family)}, model ${shown(model)}, stepping ${shown(field(0, 4))}`],
    ...(hypervisor === '' ? [] : [['hypervisor', hypervisor ?? '?'] as [string, string]]),
  ];
}

function featureLine(table: Table, { leaf, subleaf, register, names }: FeatureRegister): [string, string][] {
  const row = table.row(leaf, subleaf ?? 0);
  if (row === undefined) return [];
  const on: string[] = [];
  for (let bit = 0; bit < 32; bit++) {
    const host = bitOf(row.host?.[register] ?? 0, bit);
    if (!bitOf(row[register], bit) && !(host && bitOf(row.wanted?.[register] ?? 0, bit))) continue;
    on.push(`${names[bit] ?? `[${bit}]`}${host ? '?' : ''}`);
  }
  return on.length === 0 ? [] : [[`${hex(leaf)}${subleaf === undefined ? '' : `/${subleaf}`} ${register}`, on.join(' ')]];
}

const CACHE_TYPES = ['', 'data', 'instruction', 'unified'];

/** Deterministic cache parameters: Intel's leaf 4, AMD's 0x8000001D (SDM and APM, same layout). */
function caches(table: Table): [string, string][] {
  const found: [string, string][] = [];
  for (const leaf of [4, 0x8000_001d]) {
    for (let subleaf = 0; table.row(leaf, subleaf) !== undefined; subleaf++) {
      const get = (register: Register, low: number, count: number): number | undefined => table.bits(leaf, subleaf, register, low, count);
      const type = get('eax', 0, 5);
      if (type === 0) break;
      const [ways, partitions, line, sets] = [get('ebx', 22, 10), get('ebx', 12, 10), get('ebx', 0, 12), get('ecx', 0, 32)];
      const known = type !== undefined && ways !== undefined && partitions !== undefined && line !== undefined && sets !== undefined;
      const name = `${hex(leaf)}/${subleaf}`;
      found.push([name, !known ? '?' : `level ${get('eax', 5, 3) ?? '?'} ${CACHE_TYPES[type] ?? `type ${type}`}, ${size((ways + 1) * (partitions + 1) * (line + 1) * (sets + 1))}, ${ways + 1} ways, ${line + 1} bytes a line, shared by ${sum(get('eax', 14, 12), 1) ?? '?'}`]);
    }
  }
  return found;
}

function size(bytes: number): string {
  return bytes % 2 ** 20 === 0 ? `${bytes / 2 ** 20} MiB` : `${bytes / 2 ** 10} KiB`;
}

const LEVELS = ['', 'thread', 'core', 'module', 'tile', 'die'];

function topology(table: Table): [string, string][] {
  const found: [string, string][] = [['initial APIC ID', String(table.bits(1, 0, 'ebx', 24, 8) ?? '?')], ['logical processors', String(table.bits(1, 0, 'ebx', 16, 8) ?? '?')]];
  for (const leaf of [0xb, 0x1f]) {
    for (let subleaf = 0; table.row(leaf, subleaf) !== undefined; subleaf++) {
      const type = table.bits(leaf, subleaf, 'ecx', 8, 8);
      if (type === 0) break;
      found.push([`${hex(leaf)}/${subleaf}`, type === undefined ? '?' : `${LEVELS[type] ?? `level type ${type}`}: shift ${table.bits(leaf, subleaf, 'eax', 0, 5) ?? '?'}, ${table.bits(leaf, subleaf, 'ebx', 0, 16) ?? '?'} logical processors`]);
    }
  }
  return found;
}

function addresses(table: Table): [string, string][] {
  if (table.row(0x8000_0008) === undefined) return [];
  return [['physical', `${table.bits(0x8000_0008, 0, 'eax', 0, 8) ?? '?'} bits`], ['virtual', `${table.bits(0x8000_0008, 0, 'eax', 8, 8) ?? '?'} bits`]];
}

function value(table: Table, leaf: number, subleaf: number, register: Register): string {
  const bits = table.bits(leaf, subleaf, register, 0, 32);
  return bits === undefined ? '?' : hex(bits);
}

function asked(row: CpuidLeaf, register: Register): number {
  return (row[register] | (row.wanted?.[register] ?? 0)) >>> 0;
}

function bitOf(value: number, bit: number): boolean {
  return Math.floor((value >>> 0) / 2 ** bit) % 2 === 1;
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}

function scaled(a: number | undefined, by: number): number | undefined {
  return a === undefined ? undefined : a * by;
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}
