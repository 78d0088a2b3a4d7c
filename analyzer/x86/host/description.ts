import type { CpuidEntry } from '../../qom/host-edge.js';

/** What a file says about a host, before any QEMU tree gives its features a place in CPUID. */
export interface HostDescription {
  /** What kind of description it is, for the user: "QMP reply", "CPUID dump", "libvirt XML". */
  readonly kind: string;
  /** All that was read: what stands for the description where options are compared. */
  toJSON(): string;
  /** Twelve characters; undefined: the description does not say. */
  readonly vendor: string | undefined;
  /** Does the host offer the feature of this name (QEMU's)? undefined: the description does not say. */
  offers(feature: string): boolean | undefined;
  /** Features that a guest with them cannot be migrated are in it too. */
  readonly unmigratable: boolean;
  /** What the CPUID instruction answers on the processor itself: complete, or nothing of it is known. */
  readonly cpuid: readonly CpuidEntry[] | undefined;
  /** What such a description leaves open, for the user; undefined: nothing. */
  readonly caveat: string | undefined;
}

/** A file that is no description of a host, or not a whole one. */
export class HostError extends Error {
  override readonly name = 'HostError';
}
