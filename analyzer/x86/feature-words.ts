import type { Grants } from '../qom/host-edge.js';
import type { Boot } from './boot.js';
import type { Expansion } from './expand.js';

/** The boolean properties that are bits of one feature word. */
export interface FeatureWord {
  /** The word's name in the source without the prefix that all have: "1_EDX". */
  readonly name: string;
  readonly features: readonly string[];
}

/** Group a CPU's boolean properties by the word of CPUX86State.features[] that their getters read. Aliases come after the names that stand for more. */
export function featureWords(boot: Boot, expansion: Expansion, object: number, booleans: readonly string[]): FeatureWord[] {
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

/** What the tree's table of feature words (target/i386/cpu.c: feature_word_info[]) asks a host for. */
export function featureQuestions({ program, qemu }: Boot): Grants {
  const cpuid = new Set<string>();
  const msrs = new Set<number>();
  const file = qemu.build.files.find((f) => /^target(?:\/|-)i386\/cpu\.c$/.test(f));
  const table = file === undefined ? undefined : program.variable(`${file}:feature_word_info`);
  const row = 'FeatureWordInfo';
  if (table?.type.kind === 'array' && table.type.length !== undefined) {
    const size = program.sizeOf(row);
    const prefix = program.hasMember(row, 'cpuid.eax') ? 'cpuid.' : 'cpuid_';
    const isMsr = (at: number): boolean => program.hasMember(row, 'msr.index') && program.readMember(at, row, 'type') === program.constant('MSR_FEATURE_WORD');
    for (let i = 0; i < table.type.length; i++) {
      const at = table.address + i * size;
      if (isMsr(at)) msrs.add(Number(program.readMember(at, row, 'msr.index')));
      else cpuid.add([`${prefix}eax`, `${prefix}ecx`, `${prefix}reg`].map((m) => String(program.readMember(at, row, m))).join('/'));
    }
  }
  return { cpuid: (leaf, subleaf, register) => cpuid.has(`${leaf}/${subleaf}/${register}`), msr: (index) => msrs.has(index) };
}
