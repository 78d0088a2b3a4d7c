import type { CpuidEntry } from '../../qom/host-edge.js';
import { HostError, type HostDescription } from './description.js';

// cpuid -r:   0x00000001 0x00: eax=0x000306c3 ebx=0x00100800 ecx=0x7ffafbff edx=0xbfebfbff
const LINE = /^\s*(0x[0-9a-f]+)\s+(0x[0-9a-f]+):\s*eax=(0x[0-9a-f]+)\s+ebx=(0x[0-9a-f]+)\s+ecx=(0x[0-9a-f]+)\s+edx=(0x[0-9a-f]+)\s*$/i;
const NEXT_CPU = /^CPU\s*\d*:/;

/** Does the text look like what `cpuid -r` or `cpuid -1r` prints? */
export function isCpuidDump(text: string): boolean {
  return text.split('\n', 50).some((line) => LINE.test(line));
}

/** Read what `cpuid -r` or `cpuid -1r` prints; of several CPUs the first. @throws HostError */
export function readCpuidDump(text: string): Omit<HostDescription, 'toJSON'> {
  const entries: CpuidEntry[] = [];
  for (const line of text.split('\n')) {
    if (NEXT_CPU.test(line) && entries.length > 0) break;
    const match = LINE.exec(line);
    if (match === null) continue;
    const [leaf, subleaf, eax, ebx, ecx, edx] = match.slice(1).map(Number) as [number, number, number, number, number, number];
    entries.push({ leaf, subleaf, eax, ebx, ecx, edx });
  }
  return processor('CPUID dump', entries);
}

/** A host of which the processor is known, and not what the kernel makes of it. @throws HostError where leaf 0 is missing */
export function processor(kind: string, entries: readonly CpuidEntry[]): Omit<HostDescription, 'toJSON'> {
  const first = entries.find(({ leaf }) => leaf === 0);
  if (first === undefined) throw new HostError('it has no CPUID leaf 0');
  const vendor = Buffer.alloc(12);
  for (const [i, word] of [first.ebx, first.edx, first.ecx].entries()) vendor.writeUInt32LE(word >>> 0, 4 * i);
  return {
    kind, cpuid: entries, vendor: vendor.toString('latin1'), unmigratable: true,
    offers: () => undefined,
    caveat: "this is the processor alone: what the kernel's KVM withholds of it, or adds in software, is not in it",
  };
}
