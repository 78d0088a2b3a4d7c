import type { Program } from '../c/program.js';
import { Unknown, type Origin, type Value } from '../c/unknown.js';
import type { CallSite } from '../c/runtime.js';

/**
 * The edge of the world: what only the host (its CPU, its kernel's KVM) could answer. Each answer is unknown, with the
 * question as its origin.
 */
export function defineHostEdge(program: Program): void {
  const host = (what: string, call: CallSite): Origin => ({ kind: 'host', what, at: call.location });

  // target/i386/kvm/kvm.c: KVM_GET_SUPPORTED_CPUID of the host's kernel
  program.define('kvm_arch_get_supported_cpuid', (_m, args, call) => new Unknown(host(`KVM's CPUID leaf ${hex(args[1])}`, call), 0xffff_ffffn));
  // ... and KVM_GET_MSRS on the device
  program.define('kvm_arch_get_supported_msr_feature', (_m, args, call) => new Unknown(host(`KVM's MSR ${hex(args[1])}`, call)));
  // the CPUID instruction on the host: eax, ebx, ecx, edx through pointers that may be null
  program.define('host_cpuid', (m, args, call) => {
    const origin = host(`the host's CPUID leaf ${hex(args[0])}`, call);
    // leaf 0 holds the vendor string in ebx, ecx, edx: twelve characters (SDM, CPUID leaf 0)
    const isVendor = args[0] === 0;
    for (let i = 0; i < 4; i++) {
      const pointer = args[2 + i];
      if (typeof pointer === 'number' && pointer !== 0) m.memory.store(pointer, 4, new Unknown(origin, 0xffff_ffffn, 0n, isVendor && i > 0, isVendor && i > 0));
    }
  });
}

function hex(value: Value | undefined): string {
  return value === undefined || value instanceof Unknown ? '?' : `0x${value.toString(16).toUpperCase()}`;
}
