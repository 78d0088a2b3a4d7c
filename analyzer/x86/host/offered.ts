import { Unknown } from '../../c/unknown.js';
import type { CpuidRegisters, HostFacts, KnownBits, SupportedTable } from '../../qom/host-edge.js';
import type { Boot } from '../boot.js';
import type { HostDescription } from './description.js';

/** QEMU numbers registers as instructions do: EAX, ECX, EDX, EBX (target/i386/cpu.h: R_EAX). */
const REGISTERS = [0, 2, 3, 1];

/**
 * A host description as the host edge asks for it: register by register. Which register holds which feature is the tree's
 * own knowledge, and is learnt by asking the tree's functions for every word and every name.
 */
export class OfferedFeatures implements HostFacts {
  private readonly registers = new Map<string, KnownBits>();
  private readonly msrs = new Map<number, KnownBits>();
  private asking: ((put: (bits: KnownBits) => void) => void) | undefined;
  private table: SupportedTable | undefined;

  constructor(private readonly description: HostDescription) {}

  get supported(): SupportedTable {
    this.table ??= this.makeTable();
    return this.table;
  }

  private makeTable(): SupportedTable {
    const { cpuid } = this.description;
    const word = (value: number): KnownBits => ({ known: 0xffff_ffffn, value: BigInt(value >>> 0) });
    if (cpuid !== undefined) return { complete: true, entries: cpuid.map(({ leaf, subleaf, eax, ebx, ecx, edx }) => ({ leaf, subleaf, registers: [eax, ebx, ecx, edx].map(word) })) };
    const leaves = new Map<string, KnownBits[]>();
    for (const [key, bits] of this.registers) {
      const [leaf, subleaf, register] = key.split('/') as [string, string, string];
      const at = `${leaf}/${subleaf}`;
      const registers = leaves.get(at) ?? Array.from({ length: 4 }, () => ({ known: 0n, value: 0n }));
      registers[REGISTERS[Number(register)]!] = bits;
      leaves.set(at, registers);
    }
    return { complete: false, entries: [...leaves].map(([key, registers]) => ({ leaf: Number(key.split('/')[0]), subleaf: Number(key.split('/')[1]), registers })) };
  }

  cpuid(leaf: number, subleaf: number): Partial<CpuidRegisters> | undefined {
    const { cpuid, vendor } = this.description;
    if (cpuid !== undefined) return cpuid.find((e) => e.leaf === leaf && e.subleaf === subleaf) ?? cpuid.find((e) => e.leaf === leaf) ?? { eax: 0, ebx: 0, ecx: 0, edx: 0 };
    if (leaf !== 0 || vendor === undefined) return undefined;
    // SDM, CPUID leaf 0: the vendor's twelve characters are in ebx, edx, ecx
    const bytes = Buffer.from(vendor, 'latin1');
    return { ebx: bytes.readUInt32LE(0), edx: bytes.readUInt32LE(4), ecx: bytes.readUInt32LE(8) };
  }

  supportedRegister(leaf: number, subleaf: number, register: number): KnownBits | undefined {
    const key = `${leaf}/${subleaf}/${register}`;
    if (this.asking === undefined) return this.registers.get(key);
    this.asking((bits) => this.registers.set(key, bits));
    return undefined;
  }

  supportedMsr(index: number): KnownBits | undefined {
    if (this.asking === undefined) return this.msrs.get(index);
    this.asking((bits) => this.msrs.set(index, bits));
    return undefined;
  }

  /**
   * Find the place of every feature that the description speaks of (target/i386/cpu.c: feature_word_info[],
   * x86_cpu_feature_name(), x86_cpu_get_supported_feature_word()).
   * @param aliases other names for features
   */
  learn(boot: Boot, aliases: ReadonlyMap<string, readonly string[]>): void {
    const { program } = boot;
    const file = cpuFile(boot);
    if (this.description.cpuid !== undefined || file === undefined) return;
    const supported = program.symbol(`${file}:x86_cpu_get_supported_feature_word`);
    const nameOf = program.symbol(`${file}:x86_cpu_feature_name`);
    const table = program.load(file).find('feature_word_info');
    const names = program.memberType('FeatureWordInfo', 'feat_names');
    const words = program.constant('FEATURE_WORDS');
    if (supported === undefined || nameOf === undefined || table?.kind !== 'object' || typeof words !== 'number' || names?.kind !== 'array' || names.length === undefined) return;
    const row = program.sizeOf('FeatureWordInfo');
    const column = program.offsetOf('FeatureWordInfo', 'feat_names');
    const word = supported.type.parameters.findIndex(({ name }) => name === 'w');
    for (let w = 0; w < words; w++) {
      const leftOut = this.leftOut(boot, table.address + w * row);
      let known = 0n;
      let value = 0n;
      for (let bit = 0; bit < names.length; bit++) {
        const pointer = program.callAddress(nameOf.address, [w, bit], undefined);
        if (typeof pointer !== 'number' || pointer === 0) continue;
        const name = program.memory.cstring(pointer);
        const offered = [name, ...aliases.get(name) ?? []].map((n) => this.description.offers(n)).find((o) => o !== undefined);
        // an XSAVE component goes by the name of a feature that needs it: it is there with the feature, and maybe without it
        const borrowed = program.memory.loadPointer(table.address + w * row + column + 8 * bit) === 0;
        if (offered === undefined || (!offered && (borrowed || (leftOut >> BigInt(bit) & 1n) === 1n))) continue;
        known |= 1n << BigInt(bit);
        if (offered) value |= 1n << BigInt(bit);
      }
      // the first question is the word's own; corrections by other words follow
      let put: ((bits: KnownBits) => void) | undefined;
      this.asking = (p) => { put ??= p; };
      program.callAddress(supported.address, supported.type.parameters.map((_, i) => (i === word ? w : 0)), undefined);
      this.asking = undefined;
      put?.({ known, value });
    }
    this.table = undefined;
  }

  /** Bits of a word that the model with all features leaves out although the host may offer them. */
  private leftOut({ program }: Boot, row: number): bigint {
    let bits = 0n;
    for (const member of ['no_autoenable_flags', ...(this.description.unmigratable ? [] : ['unmigratable_flags'])]) {
      if (!program.hasMember('FeatureWordInfo', member)) continue;
      const flags = program.readMember(row, 'FeatureWordInfo', member);
      if (!(flags instanceof Unknown)) bits |= BigInt.asUintN(64, BigInt(flags));
    }
    return bits;
  }
}

const CPU_FILE = /^target(?:\/|-)i386\/cpu\.c$/;

/** The file with the CPU's own functions. */
export function cpuFile(boot: Boot): string | undefined {
  return boot.qemu.front.filesMatching(CPU_FILE)[0];
}
