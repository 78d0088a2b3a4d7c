import type { Program } from '../c/program.js';
import { Unknown, type Origin, type Value } from '../c/unknown.js';
import type { CallSite } from '../c/runtime.js';

/** What CPUID answers, register by register. */
export interface CpuidRegisters {
  readonly eax: number;
  readonly ebx: number;
  readonly ecx: number;
  readonly edx: number;
}

/** One leaf and subleaf of a CPUID table. */
export interface CpuidEntry extends CpuidRegisters {
  readonly leaf: number;
  readonly subleaf: number;
}

/** What is known of the host. What it does not know stays unknown. */
export interface HostFacts {
  /** The CPUID instruction: the known registers. */
  cpuid(leaf: number, subleaf: number): Partial<CpuidRegisters> | undefined;
  /** What KVM_GET_SUPPORTED_CPUID answers. */
  readonly supported: SupportedTable;
  /** What is known of the answer of kvm_arch_get_supported_cpuid(), which is KVM's answer with QEMU's corrections. */
  supportedRegister(leaf: number, subleaf: number, register: number): KnownBits | undefined;
  /** The known bits of what kvm_arch_get_supported_msr_feature() answers. */
  supportedMsr(index: number): KnownBits | undefined;
}

/** `known` says which bits are known, `value` what they are. */
export interface KnownBits {
  readonly known: bigint;
  readonly value: bigint;
}

/** KVM_GET_SUPPORTED_CPUID's table, or a part of it. */
export interface SupportedTable {
  readonly entries: readonly SupportedEntry[];
  /** What has no entry is not there; otherwise, it is not known. */
  readonly complete: boolean;
}

export interface SupportedEntry {
  readonly leaf: number;
  readonly subleaf: number;
  /** eax, ebx, ecx, edx */
  readonly registers: readonly KnownBits[];
}

const ALL = 0xffff_ffff_ffff_ffffn;

/** Questions to which a host answers that it supports everything. */
export interface Grants {
  /** KVM's CPUID: leaf, subleaf, register (0 eax, 1 ecx, 2 edx, 3 ebx). */
  cpuid(leaf: number, subleaf: number, register: number): boolean;
  msr(index: number): boolean;
  /** false: it supports none of it. */
  readonly granted?: boolean;
  /** Twelve characters: who made the processor, where nothing else is known of that. */
  readonly vendor?: string;
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
  onRequest: ((request: number | undefined, argument: Value | undefined) => void) | undefined;

  /** How often the host was asked what it supports. */
  questions = 0;

  /** How often a vendor was told that was supposed. */
  suppositions = 0;

  /** What is known of the answer to a call that asks for features; the rest is as on a host that supports all or nothing. */
  cpuid([, leaf, subleaf, register]: readonly Value[], known: () => Value): Value {
    this.questions++;
    if (this.grants === undefined || typeof leaf !== 'number' || typeof subleaf !== 'number' || typeof register !== 'number' || !this.grants.cpuid(leaf, subleaf, register)) return known();
    return Number(BigInt.asUintN(32, this.grant(known())));
  }

  msr([, index]: readonly Value[], known: () => Value): Value {
    this.questions++;
    if (this.grants === undefined || typeof index !== 'number' || !this.grants.msr(index)) return known();
    return BigInt.asUintN(64, this.grant(known()));
  }

  private grant(value: Value): bigint {
    if (!(value instanceof Unknown)) return BigInt(value);
    return this.grants!.granted === false ? value.value : value.value | value.bits;
  }

  /** The answer of the processor's leaf 0 where the vendor is supposed (SDM, CPUID leaf 0: twelve characters in ebx, edx, ecx). */
  supposedVendor(): Partial<CpuidRegisters> | undefined {
    const vendor = this.grants?.vendor;
    if (vendor === undefined) return undefined;
    this.suppositions++;
    const bytes = Buffer.from(vendor, 'latin1');
    return { ebx: bytes.readUInt32LE(0), edx: bytes.readUInt32LE(4), ecx: bytes.readUInt32LE(8) };
  }
}

/**
 * The edge of the world: what only the host (its CPU, its kernel's KVM) could answer. Each answer that the facts do not
 * hold is unknown, with the question as its origin.
 */
export function defineHostEdge(program: Program, facts?: HostFacts): HostEdge {
  const edge = new HostEdge();
  const host = (what: string, call: CallSite): Origin => ({ kind: 'host', what, at: call.location });
  const partly = (bits: KnownBits | undefined, width: bigint, origin: Origin): Value => {
    const unknown = width & ~(bits?.known ?? 0n);
    const value = (bits?.value ?? 0n) & width & ~unknown;
    return unknown === 0n ? (width === ALL ? value : Number(value)) : new Unknown(origin, unknown, value);
  };

  const supportedCpuid = (args: readonly Value[], call: CallSite): Value => {
    const [, leaf, subleaf, register] = args;
    const origin = host(`KVM's CPUID leaf ${hex(leaf)}`, call);
    if (facts === undefined || typeof leaf !== 'number' || typeof subleaf !== 'number' || typeof register !== 'number') return new Unknown(origin, 0xffff_ffffn);
    const described = facts.supportedRegister(leaf, subleaf, register);
    if (described === undefined && !facts.supported.complete) return new Unknown(origin, 0xffff_ffffn);
    // what is known is what came out on that host; of the rest, the tree's corrections may decide more
    const corrected = program.original('kvm_arch_get_supported_cpuid').invoke([...args], call);
    if (described === undefined) return corrected;
    const [bits, value] = corrected instanceof Unknown ? [corrected.bits, corrected.value] : [0n, BigInt.asUintN(32, BigInt(corrected))];
    return partly({ known: described.known | (~bits & 0xffff_ffffn), value: described.value | (value & ~described.known) }, 0xffff_ffffn, origin);
  };

  // target/i386/kvm/kvm.c: KVM_GET_SUPPORTED_CPUID of the host's kernel
  program.define('kvm_arch_get_supported_cpuid', (_m, args, call) => edge.cpuid(args, () => supportedCpuid(args, call)));
  // ... and KVM_GET_MSRS on the device
  program.define('kvm_arch_get_supported_msr_feature', (_m, args, call) => {
    const [, index] = args;
    return edge.msr(args, () => partly(typeof index === 'number' ? facts?.supportedMsr(index) : undefined, ALL, host(`KVM's MSR ${hex(index)}`, call)));
  });
  // accel/kvm/kvm-all.c: what the kernel answers, and what it writes where the request says that it writes (_IOC_READ)
  for (const name of ['kvm_ioctl', 'kvm_vm_ioctl', 'kvm_vcpu_ioctl', 'kvm_device_ioctl']) {
    program.define(name, (m, args, call) => {
      const origin = host(`${name}()`, call);
      const result = new Unknown({ ...origin, unexecuted: true }, 0xffff_ffffn);
      // an int, or an unsigned long in later releases
      const request = args[1] instanceof Unknown || args[1] === undefined ? undefined : Number(BigInt.asUintN(32, BigInt(args[1])));
      const pointer = args[2];
      if (name === 'kvm_vcpu_ioctl') edge.onRequest?.(request, pointer);
      if (facts !== undefined && name === 'kvm_ioctl' && request === KVM_GET_SUPPORTED_CPUID && typeof pointer === 'number') return writeCpuid(m.memory, pointer, facts.supported.entries, (bits) => partly(bits, 0xffff_ffffn, origin));
      if (request !== undefined && typeof pointer === 'number' && pointer !== 0 && (request >>> 31) !== 0) {
        const size = (request >>> 16) & 0x3fff;
        for (let i = 0; i < size; i++) m.memory.store(pointer + i, 1, new Unknown(origin, 0xffn));
      }
      return result;
    });
  }
  for (const name of ['kvm_check_extension', 'kvm_vm_check_extension']) {
    program.define(name, (_m, args, call) => new Unknown(host(`KVM's extension ${String(args[1])}`, call), 0xffff_ffffn, 0n, typeof args[1] === 'number' && COMMON_EXTENSIONS.has(args[1])));
  }
  // target/i386/kvm/kvm.c: asks the kernel for permission to use what the CPU has; it grants it or QEMU exits
  program.define('kvm_request_xsave_components', () => 0);
  // util/osdep.c: /dev/kvm and the like
  for (const name of ['qemu_open_old', 'qemu_open']) program.define(name, (_m, _args, call) => new Unknown({ ...host('a file of the host', call), unexecuted: true }, 0xffff_ffffn));
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
  // include/host/.../cpuinfo.h: an instruction, too
  program.define('xgetbv_low', (_m, _args, call) => new Unknown(host("the host's XCR0", call), 0xffff_ffffn));
  // the CPUID instruction on the host: eax, ebx, ecx, edx through pointers that may be null; the compiler's <cpuid.h> has it as well
  for (const name of ['host_cpuid', '__cpuid_instruction']) program.define(name, (m, args, call) => {
    const origin = host(`the host's CPUID leaf ${hex(args[0])}`, call);
    // leaf 0 holds the vendor string in ebx, ecx, edx: twelve characters (SDM, CPUID leaf 0)
    const isVendor = args[0] === 0;
    const described = typeof args[0] === 'number' && typeof args[1] === 'number' ? facts?.cpuid(args[0], args[1]) : undefined;
    const known = isVendor && described?.ebx === undefined ? { ...described, ...edge.supposedVendor() } : described;
    for (const [i, register] of (['eax', 'ebx', 'ecx', 'edx'] as const).entries()) {
      const pointer = args[2 + i];
      if (typeof pointer === 'number' && pointer !== 0) m.memory.store(pointer, 4, known?.[register] ?? new Unknown(origin, 0xffff_ffffn, 0n, isVendor && i > 0, isVendor && i > 0));
    }
  });
  return edge;
}

/** linux/kvm.h: KVM_CAP_IRQCHIP and KVM_CAP_IRQ_ROUTING, which KVM has for x86 processors wherever QEMU runs with its interrupt controllers. */
const COMMON_EXTENSIONS: ReadonlySet<number> = new Set([0, 25]);

/** linux/kvm.h: _IOWR(KVMIO, 0x05, struct kvm_cpuid2) */
const KVM_GET_SUPPORTED_CPUID = 0xc008ae05;
const E2BIG = 7;

/** Fill a struct kvm_cpuid2 (linux-headers/asm-x86/kvm.h) as the kernel does: nent and padding, then entries of 40 bytes. */
function writeCpuid(memory: Program['memory'], address: number, entries: readonly SupportedEntry[], word: (bits: KnownBits) => Value): number {
  const room = memory.load(address, 4);
  if (typeof room !== 'number' || room < entries.length) return -E2BIG;
  memory.store(address, 4, entries.length);
  for (const [i, { leaf, subleaf, registers }] of entries.entries()) {
    // flag 1: the subleaf is significant, which it is where a leaf has more than one
    const flags = subleaf !== 0 || entries.some((e) => e.leaf === leaf && e.subleaf !== 0) ? 1 : 0;
    for (const [k, value] of [leaf, subleaf, flags, ...registers.map(word)].entries()) memory.store(address + 8 + 40 * i + 4 * k, 4, value);
  }
  return 0;
}

function hex(value: Value | undefined): string {
  return value === undefined || value instanceof Unknown ? '?' : `0x${value.toString(16).toUpperCase()}`;
}
