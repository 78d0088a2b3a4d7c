import type { Program } from '../c/program.js';
import { Unknown, type Origin, type Value } from '../c/unknown.js';
import type { CallSite } from '../c/runtime.js';

/** Questions to which a host answers that it supports everything. */
export interface Grants {
  /** KVM's CPUID: leaf, subleaf, register (0 eax, 1 ecx, 2 edx, 3 ebx). */
  cpuid(leaf: number, subleaf: number, register: number): boolean;
  msr(index: number): boolean;
  /** false: it supports none of it. */
  readonly granted?: boolean;
}

/** How the host answers. */
export class HostEdge {
  private grants: Grants | undefined;

  /** Does the host support whatever it is asked for? */
  get granted(): boolean {
    return this.grants !== undefined;
  }

  /** Do something on a host that supports all of this. */
  granting<T>(what: Grants, run: () => T): T {
    const { grants } = this;
    this.grants = what;
    try {
      return run();
    } finally {
      this.grants = grants;
    }
  }

  /** If set, hears of what is asked of KVM through a CPU: the request and its argument. */
  onRequest: ((request: Value | undefined, argument: Value | undefined) => void) | undefined;

  /** How often the host was asked what it supports. */
  questions = 0;

  /** The answer of a host that supports all or nothing, to a call that asks for features. */
  cpuid([, leaf, subleaf, register]: readonly Value[]): number | undefined {
    this.questions++;
    if (this.grants === undefined || typeof leaf !== 'number' || typeof subleaf !== 'number' || typeof register !== 'number' || !this.grants.cpuid(leaf, subleaf, register)) return undefined;
    return this.grants.granted === false ? 0 : 0xffff_ffff;
  }

  msr([, index]: readonly Value[]): bigint | undefined {
    this.questions++;
    if (this.grants === undefined || typeof index !== 'number' || !this.grants.msr(index)) return undefined;
    return this.grants.granted === false ? 0n : 0xffff_ffff_ffff_ffffn;
  }
}

/**
 * The edge of the world: what only the host (its CPU, its kernel's KVM) could answer. Each answer is unknown, with the
 * question as its origin.
 */
export function defineHostEdge(program: Program): HostEdge {
  const edge = new HostEdge();
  const host = (what: string, call: CallSite): Origin => ({ kind: 'host', what, at: call.location });

  // target/i386/kvm/kvm.c: KVM_GET_SUPPORTED_CPUID of the host's kernel
  program.define('kvm_arch_get_supported_cpuid', (_m, args, call) => edge.cpuid(args) ?? new Unknown(host(`KVM's CPUID leaf ${hex(args[1])}`, call), 0xffff_ffffn));
  // ... and KVM_GET_MSRS on the device
  program.define('kvm_arch_get_supported_msr_feature', (_m, args, call) => edge.msr(args) ?? new Unknown(host(`KVM's MSR ${hex(args[1])}`, call)));
  // accel/kvm/kvm-all.c: what the kernel answers, and what it writes where the request says that it writes (_IOC_READ)
  for (const name of ['kvm_ioctl', 'kvm_vm_ioctl', 'kvm_vcpu_ioctl', 'kvm_device_ioctl']) {
    program.define(name, (m, args, call) => {
      const origin = host(`${name}()`, call);
      const request = args[1];
      const pointer = args[2];
      if (name === 'kvm_vcpu_ioctl') edge.onRequest?.(request, pointer);
      if (typeof request === 'number' && typeof pointer === 'number' && pointer !== 0 && (request >>> 31) !== 0) {
        const size = (request >>> 16) & 0x3fff;
        for (let i = 0; i < size; i++) m.memory.store(pointer + i, 1, new Unknown(origin, 0xffn));
      }
      return new Unknown(origin, 0xffff_ffffn);
    });
  }
  for (const name of ['kvm_check_extension', 'kvm_vm_check_extension']) {
    program.define(name, (_m, args, call) => new Unknown(host(`KVM's extension ${String(args[1])}`, call), 0xffff_ffffn));
  }
  // target/i386/kvm/kvm.c: asks the kernel for permission to use what the CPU has; it grants it or QEMU exits
  program.define('kvm_request_xsave_components', () => 0);
  // util/osdep.c: /dev/kvm and the like
  for (const name of ['qemu_open_old', 'qemu_open']) program.define(name, (_m, _args, call) => new Unknown(host('a file of the host', call), 0xffff_ffffn));
  // translate-all.c: memory for generated code, of which there is none. That it was to be had is what tcg_enabled() means in old trees; in newer ones the function tells success.
  let code: number | undefined;
  program.define('alloc_code_gen_buffer', (m, args) => (args.length === 0 ? (code ??= m.memory.allocateStatic(1)) : 1));
  // util/oslib-posix.c: a number of the host's kernel
  program.define('qemu_get_thread_id', (_m, _args, call) => new Unknown(host('the thread', call), 0xffff_ffffn));
  // Apple's Hypervisor framework: QEMU ends where anything but success is answered
  program.definePattern(/^hv_v(?:m|cpu|mx)_/, () => () => 0);
  program.define('hv_vmx_read_capability', (m, args, call) => {
    if (typeof args[1] === 'number') m.memory.store(args[1], 8, new Unknown(host(`VMX capability ${String(args[0])}`, call)));
    return 0;
  });
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
  return edge;
}

function hex(value: Value | undefined): string {
  return value === undefined || value instanceof Unknown ? '?' : `0x${value.toString(16).toUpperCase()}`;
}
