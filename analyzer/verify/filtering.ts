import type { QmpValue, ResolvedCpu } from '../x86/api.js';
import { isObject, sameValue, type QmpObject } from './json.js';

/** QOM properties with all feature words: what is on, and what the host took away. */
export const WORDS = 'feature-words';
export const FILTERED = 'filtered-features';
/** The names of what the host took away, where QEMU has it (from 3.0 on): the words above have only CPUID's features, not the MSRs'. */
export const UNAVAILABLE = 'unavailable-features';

/**
 * Undoes the host's filtering: a realized CPU under a host accelerator has features off that its host lacks,
 * and names them in `filtered-features` (bits) and `unavailable-features`. Together with those it is what was asked for.
 *
 * Where the names are not told, which bool property stands for which bit is learnt from the analysed CPUs: a property that is on
 * exactly where a bit is. That covers aliases, and needs no table of names.
 */
export class Unfiltered {
  private readonly bits = new Map<string, readonly string[]>();

  private readonly named = new Map<string, string>();

  /** @param aliases other names of features */
  constructor(cpus: Iterable<ResolvedCpu>, aliases: ReadonlyMap<string, readonly string[]> = new Map()) {
    for (const [name, others] of aliases) for (const other of others) this.named.set(other, name);
    const distinct = [...new Set(cpus)];
    const byColumn = new Map<string, string[]>();
    const words = distinct.map((cpu) => wordBits(cpu.properties.get(WORDS)));
    for (const bit of new Set(words.flatMap((set) => [...set]))) {
      const column = words.map((set) => (set.has(bit) ? '1' : '0')).join('');
      byColumn.set(column, [...byColumn.get(column) ?? [], bit]);
    }
    for (const property of new Set(distinct.flatMap((cpu) => [...cpu.properties.keys()]))) {
      const column = distinct.map((cpu) => (cpu.properties.get(property) === true ? '1' : '0')).join('');
      const bits = byColumn.get(column);
      if (bits !== undefined) this.bits.set(property, bits);
    }
  }

  /** Whether what was asked for is the same on both sides. */
  same(state: Readonly<Record<string, QmpValue>>, property: string, said: QmpValue, analysed: QmpValue | undefined): boolean {
    const filtered = wordBits(state[FILTERED]);
    if (property === WORDS) {
      const asked = wordBits(said);
      for (const bit of filtered) asked.add(bit);
      const wanted = wordBits(analysed);
      return sameValue(withoutFeatures(said), withoutFeatures(analysed)) && asked.size === wanted.size && [...asked].every((bit) => wanted.has(bit));
    }
    const unavailable = state[UNAVAILABLE];
    // a feature that was taken away had been asked for
    if (Array.isArray(unavailable) && (unavailable.includes(property) || unavailable.includes(this.named.get(property) ?? property))) return typeof said === 'boolean' && analysed === true;
    if (sameValue(said, analysed)) return true;
    if (said !== false || analysed !== true) return false;
    return (this.bits.get(property) ?? []).some((bit) => filtered.has(bit));
  }
}

/** The bits that are on: register, leaf, subleaf and number of each. */
export function wordBits(words: QmpValue | undefined): Set<string> {
  const bits = new Set<string>();
  if (!Array.isArray(words)) return bits;
  for (const word of words.filter(isObject)) {
    const features = BigInt(typeof word['features'] === 'number' || typeof word['features'] === 'bigint' ? word['features'] : 0);
    for (let bit = 0n; features >> bit !== 0n; bit++) {
      if ((features >> bit & 1n) !== 0n) bits.add(`${String(word['cpuid-register'])}/${String(word['cpuid-input-eax'])}/${String(word['cpuid-input-ecx'])}/${bit}`);
    }
  }
  return bits;
}

function withoutFeatures(words: QmpValue | undefined): QmpValue {
  return Array.isArray(words) ? words.map((word) => (isObject(word) ? { ...word, features: 0 } satisfies QmpObject : word)) : null;
}
