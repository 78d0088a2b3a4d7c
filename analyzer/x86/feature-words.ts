import type { Grants } from '../qom/host-edge.js';
import type { Boot } from './boot.js';
import type { Expansion } from './expand.js';
import { hyphenated } from './spelling.js';

/** The boolean properties that are bits of one feature word. */
export interface FeatureWord {
  /** The word's name in the source without the prefix that all have: "1_EDX". */
  readonly name: string;
  readonly features: readonly string[];
}

/**
 * Group a CPU's boolean properties by the word of CPUX86State.features[] that their getters read, with what only its lists of feature words
 * show. Aliases come after the names that stand for more.
 */
export function featureWords(boot: Boot, expansion: Expansion, object: number, booleans: readonly string[], listed: readonly FeatureRegister[]): FeatureWord[] {
  const { program } = boot;
  const type = program.memberType('X86CPU', 'env.features');
  if (type?.kind !== 'array' || type.length === undefined || type.element.kind !== 'integer') return [];
  const start = program.offsetOf('X86CPU', 'env.features');
  const { size } = type.element;
  const words = new Map<number, string[]>();
  for (const name of booleans) {
    const ranges = expansion.dependsOn(object, name);
    const index = ranges.length === 1 ? (ranges[0]!.offset - start) / size : -1;
    if (!Number.isInteger(index) || index < 0 || index >= type.length) continue;
    const list = words.get(index);
    if (list === undefined) words.set(index, [name]);
    else list.push(name);
  }
  const properties = new Set(booleans.map(hyphenated));
  for (const { word, names } of listed) {
    const own = [...new Set(names.flatMap(bitNames).map(hyphenated))].filter((name) => !properties.has(name));
    if (own.length > 0) words.set(word, [...words.get(word) ?? [], ...own]);
  }
  const names = program.enumerators('FeatureWord');
  const prefix = commonPrefix([...names.values()].slice(0, type.length));
  return [...words].sort(([a], [b]) => a - b).map(([index, features]) => ({ name: (names.get(index) ?? String(index)).slice(prefix), features: features.sort() }));
}

function commonPrefix(names: readonly string[]): number {
  const first = names[0] ?? '';
  let n = 0;
  while (n < first.length && names.every((name) => name[n] === first[n])) n++;
  return first.lastIndexOf('_', n - 1) + 1;
}

/** The names of a bit. Old tables write several into one, apart by a bar. */
export function bitNames(name: string | undefined): readonly string[] {
  return name === undefined ? [] : name.split('|');
}

/** The tree's own names of the bits of one CPUID register. */
export interface FeatureRegister {
  /** Which row of the table of feature words this is, and so which word of CPUX86State.features[]. */
  readonly word: number;
  readonly leaf: number;
  /** undefined: the leaf has no subleaves. */
  readonly subleaf: number | undefined;
  readonly register: 'eax' | 'ebx' | 'ecx' | 'edx';
  /** By bit. */
  readonly names: readonly (string | undefined)[];
}

/** target/i386/cpu.c: feature_word_info[]: its rows that are of CPUID. */
export function featureRegisters({ program, qemu }: Boot): FeatureRegister[] {
  const found: FeatureRegister[] = [];
  const info = 'FeatureWordInfo';
  const prefix = ['cpuid.', 'cpuid_'].find((start) => program.hasMember(info, `${start}eax`));
  if (prefix === undefined || !program.hasMember(info, 'feat_names')) return [];
  for (const [word, at] of featureRows({ program, qemu }).entries()) {
    if (isMsrRow(program, at)) continue;
    const get = (member: string): number => Number(program.readMember(at, info, member));
    const type = program.memberType(info, 'feat_names');
    // a table of pointers, in the row or elsewhere
    const names = type?.kind === 'array' ? at + program.offsetOf(info, 'feat_names') : get('feat_names');
    const name = (bit: number): string | undefined => {
      const pointer = names === 0 ? 0 : program.memory.loadPointer(names + 8 * bit);
      return typeof pointer === 'number' && pointer !== 0 ? program.memory.cstring(pointer) : undefined;
    };
    const register = (['eax', 'ecx', 'edx', 'ebx'] as const)[get(`${prefix}reg`)];
    if (register !== undefined) found.push({ word, leaf: get(`${prefix}eax`) >>> 0, subleaf: get(`${prefix}needs_ecx`) !== 0 ? get(`${prefix}ecx`) : undefined, register, names: Array.from({ length: 32 }, (_, bit) => name(bit)) });
  }
  return found.sort((a, b) => a.leaf - b.leaf || (a.subleaf ?? 0) - (b.subleaf ?? 0));
}

function featureRows({ program, qemu }: Pick<Boot, 'program' | 'qemu'>): number[] {
  const file = qemu.front.filesMatching(/^target(?:\/|-)i386\/cpu\.c$/)[0];
  const table = file === undefined ? undefined : program.variable(`${file}:feature_word_info`);
  if (table?.type.kind !== 'array' || table.type.length === undefined) return [];
  const size = program.sizeOf('FeatureWordInfo');
  return Array.from({ length: table.type.length }, (_, i) => table.address + i * size);
}

function isMsrRow(program: Boot['program'], at: number): boolean {
  if (!program.hasMember('FeatureWordInfo', 'msr.index')) return false;
  return Number(program.readMember(at, 'FeatureWordInfo', 'type')) === Number(program.constant('MSR_FEATURE_WORD') ?? NaN);
}

/** What the tree's table of feature words (target/i386/cpu.c: feature_word_info[]) asks a host for. */
export function featureQuestions({ program, qemu }: Boot): Grants {
  const cpuid = new Set<string>();
  const msrs = new Set<number>();
  const info = 'FeatureWordInfo';
  const prefix = program.hasMember(info, 'cpuid.eax') ? 'cpuid.' : 'cpuid_';
  for (const at of featureRows({ program, qemu })) {
    if (isMsrRow(program, at)) msrs.add(Number(program.readMember(at, info, 'msr.index')));
    else cpuid.add([`${prefix}eax`, `${prefix}ecx`, `${prefix}reg`].map((m) => String(program.readMember(at, info, m))).join('/'));
  }
  return { cpuid: (leaf, subleaf, register) => cpuid.has(`${leaf}/${subleaf}/${register}`), msr: (index) => msrs.has(index) };
}
