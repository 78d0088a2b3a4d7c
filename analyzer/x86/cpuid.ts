import { Unknown, type Value } from '../c/unknown.js';
import { GuestAbort } from '../qom/abort.js';
import type { Grants } from '../qom/host-edge.js';
import { CannotResolveError, type CpuidLeaf } from './api.js';
import type { Boot } from './boot.js';

const REGISTERS = ['eax', 'ebx', 'ecx', 'edx'] as const;
type Register = (typeof REGISTERS)[number];

/** Where the ranges of leaves begin: basic, hypervisor, extended, and Centaur's (cpu_x86_cpuid() knows them by the same numbers). */
const RANGES = [0, 0x4000_0000, 0x8000_0000, 0xc000_0000];
/** No range has more leaves: where the first leaf names a last one beyond, there is no such range, and another leaf answered. */
const LONGEST = 0x100;
/** Subleaves that are asked for: XCR0 has 63 components that can be. */
const SUBLEAVES = 64;

/** Four registers, not all of which may be known. */
interface Answer {
  readonly leaf: number;
  readonly subleaf: number;
  readonly registers: Readonly<Record<Register, Value>>;
}

/** The table as the guest's own CPUID instruction reads it where the accelerator emulates it (target/i386: helper_cpuid()). */
export function emulatedCpuid(boot: Boot, object: number): CpuidLeaf[] {
  const cpuid = new Instruction(boot, object);
  const rows: CpuidLeaf[] = [];
  for (const first of RANGES) {
    const last = cpuid.execute(first, 0).registers.eax;
    const count = typeof last === 'number' && last >= first && last < first + LONGEST ? last - first + 1 : 0;
    for (let leaf = first; leaf < first + count; leaf++) rows.push(...cpuid.subleaves(leaf).map((answer) => known(answer)));
  }
  return rows;
}

/** One CPU's CPUID instruction. */
class Instruction {
  private readonly env: number;
  private readonly regs: { readonly offset: number; readonly size: 4 | 8 };

  constructor(private readonly boot: Boot, object: number) {
    const { program } = boot;
    this.env = object + program.offsetOf('X86CPU', 'env');
    const type = program.memberType('X86CPU', 'env.regs');
    const size = type?.kind === 'array' && type.element.kind === 'integer' ? type.element.size : 8;
    this.regs = { offset: object + program.offsetOf('X86CPU', 'env.regs'), size: size === 4 ? 4 : 8 };
  }

  execute(leaf: number, subleaf: Value): Answer {
    const { program } = this.boot;
    const { memory } = program;
    // helper_cpuid() loads the registers by the numbers that instructions have for them
    const [eax, ecx, edx, ebx] = [0, 1, 2, 3];
    const at = (register: number): number => this.regs.offset + register * this.regs.size;
    const put = (register: number, value: Value): void => memory.store(at(register), this.regs.size, this.regs.size === 8 && typeof value === 'number' ? BigInt(value) : value);
    put(eax, leaf);
    put(ecx, subleaf);
    program.call('helper_cpuid', this.env);
    const get = (register: number): Value => memory.load(at(register), 4);
    const registers = { eax: get(eax), ebx: get(ebx), ecx: get(ecx), edx: get(edx) };
    return { leaf, subleaf: typeof subleaf === 'number' ? subleaf : 0, registers };
  }

  /** A subleaf that may be beyond the last; undefined where QEMU itself would abort: no guest that lives on has read it. */
  private beyond(leaf: number, subleaf: number): Answer | undefined {
    try {
      return this.execute(leaf, subleaf);
    } catch (error) {
      if (!(error instanceof GuestAbort)) throw error;
      this.boot.program.unwind();
      return undefined;
    }
  }

  /** One row for a leaf that does not look at ecx; else those up to the last that tells something, and the one that ends them. */
  subleaves(leaf: number): Answer[] {
    const first = this.execute(leaf, 0);
    const any = this.boot.program.silently(() => this.execute(leaf, new Unknown({ kind: 'host', what: 'the subleaf', at: undefined }, 0xffff_ffffn)));
    if (any.diagnostics.length === 0 && sameRegisters(any.result, first)) return [first];
    const rows = [first];
    for (let subleaf = 1; subleaf < SUBLEAVES; subleaf++) {
      const next = this.beyond(leaf, subleaf);
      if (next === undefined) break;
      rows.push(next);
    }
    if (rows.every((row) => sameRegisters(row, first))) return [first];
    let last = rows.findLastIndex((row) => !isEmpty(row));
    if (last > 0 && last + 1 < rows.length) last++;
    return rows.slice(0, Math.max(1, last + 1));
  }
}

function same(a: Value, b: Value): boolean {
  return a === b || (a instanceof Unknown && b instanceof Unknown && a.bits === b.bits && a.value === b.value);
}

function sameRegisters(a: Answer, b: Answer): boolean {
  return REGISTERS.every((r) => same(a.registers[r], b.registers[r]));
}

/** No registers but the subleaf's own number and the processor's. */
function isEmpty({ subleaf, registers: { eax, ebx, ecx } }: Answer): boolean {
  return eax === 0 && ebx === 0 && (ecx === 0 || ecx === subleaf);
}

/** A row whose unknown bits are the host's. */
function known({ leaf, subleaf, registers }: Answer): CpuidLeaf {
  return row(leaf, subleaf, (r) => ({ value: bitsOf(registers[r]).value, host: bitsOf(registers[r]).unknown, wanted: 0 }));
}

function bitsOf(value: Value): { readonly value: number; readonly unknown: number } {
  if (value instanceof Unknown) return { value: Number(value.value & ~value.bits & 0xffff_ffffn), unknown: Number(value.bits & 0xffff_ffffn) };
  return { value: Number(value) >>> 0, unknown: 0 };
}

function row(leaf: number, subleaf: number, of: (register: Register) => { readonly value: number; readonly host: number; readonly wanted: number }): CpuidLeaf {
  const values = { eax: 0, ebx: 0, ecx: 0, edx: 0 };
  const host: Partial<Record<Register, number>> = {};
  const wanted: Partial<Record<Register, number>> = {};
  for (const r of REGISTERS) {
    const bits = of(r);
    values[r] = bits.value;
    if (bits.host !== 0) host[r] = bits.host;
    if (bits.wanted !== 0) wanted[r] = bits.wanted;
  }
  return { leaf, subleaf, ...values, ...(Object.keys(host).length > 0 ? { host } : {}), ...(Object.keys(wanted).length > 0 ? { wanted } : {}) };
}

/** Thrown when the accelerator has been given the table. */
class TableSet extends Error {
  constructor(readonly answers: readonly Answer[]) {
    super();
  }
}

/**
 * The table that KVM is given (target/i386/kvm: kvm_arch_init_vcpu()), which decides what leaves there are: the CPU's thread
 * makes it when the CPU is realized. It is made on a host that supports every feature and on one that supports none, and, where nothing
 * else is known of who made the processor, for each vendor that the tree knows: where the tables differ the host decides.
 * @param hosts the hosts to suppose, each only if the one before did not settle it
 * @param make makes and realizes the CPU, and calls `begin` when others before it are made
 * @returns undefined if the accelerator asks no host and is given none
 * @throws CannotResolveError
 */
export function hostedCpuid(boot: Boot, hosts: Iterable<Grants>, wants: boolean, make: (begin: () => void) => void): CpuidLeaf[] | undefined {
  const tables: Table[] = [];
  const asked = boot.qemu.host.questions;
  const on = (grants: Grants): boolean => {
    const answers = table(boot, grants, make);
    if (answers !== undefined) tables.push({ answers: new Map(answers.map((answer) => [key(answer), answer])), granted: grants.granted !== false });
    return answers !== undefined;
  };
  for (const grants of hosts) {
    if (!on({ ...grants, granted: true })) break;
    on({ ...grants, granted: false });
  }
  if (tables.length === 0) {
    if (boot.qemu.host.questions > asked) throw new CannotResolveError('what the accelerator is told of CPUID cannot be followed');
    return undefined;
  }
  const rows = new Map<string, Answer>(tables.flatMap(({ answers }) => [...answers]));
  return [...rows].map(([at, { leaf, subleaf }]) => row(leaf, subleaf, (r) => inAll(tables.map(({ answers, granted }) => ({ answer: answers.get(at)?.registers[r], granted })), wants)))
    .sort((a, b) => a.leaf - b.leaf || a.subleaf - b.subleaf);
}

interface Table {
  readonly answers: ReadonlyMap<string, Answer>;
  readonly granted: boolean;
}

/** What hosts have in common; a table without the row does not say what it answers. */
function inAll(registers: readonly { readonly answer: Value | undefined; readonly granted: boolean }[], wants: boolean): { readonly value: number; readonly host: number; readonly wanted: number } {
  let [host, wanted] = [0, 0xffff_ffff];
  const first = registers.find(({ answer }) => answer !== undefined)!.answer!;
  for (const { answer, granted } of registers) {
    const { value, unknown } = answer === undefined ? { value: 0, unknown: 0xffff_ffff } : bitsOf(answer);
    host |= unknown | (value ^ bitsOf(first).value);
    if (granted) wanted &= value & ~unknown;
  }
  return { value: (bitsOf(first).value & ~host) >>> 0, host: host >>> 0, wanted: wants ? (wanted & host) >>> 0 : 0 };
}

function key({ leaf, subleaf }: Answer): string {
  return `${leaf}/${subleaf}`;
}

function table({ program, qemu: { host } }: Boot, grants: Grants, make: (begin: () => void) => void): readonly Answer[] | undefined {
  const request = Number(program.constant('KVM_SET_CPUID2') ?? NaN);
  const { onRequest } = host;
  const begin = (): void => {
    host.onRequest = (asked, pointer) => {
      if (asked === request && typeof pointer === 'number') throw new TableSet(entries(program, pointer));
    };
  };
  try {
    host.granting(grants, () => { make(begin); });
    return undefined;
  } catch (error) {
    if (!(error instanceof TableSet)) throw error;
    program.unwind();
    return error.answers;
  } finally {
    host.onRequest = onRequest;
  }
}

/** linux/kvm.h: struct kvm_cpuid2 */
function entries(program: Boot['program'], at: number): Answer[] {
  const count = program.readMember(at, 'struct kvm_cpuid2', 'nent');
  if (typeof count !== 'number') return [];
  const size = program.sizeOf('struct kvm_cpuid_entry2');
  const first = at + program.offsetOf('struct kvm_cpuid2', 'entries');
  // without it KVM does not look at the index
  const significant = Number(program.constant('KVM_CPUID_FLAG_SIGNIFCANT_INDEX') ?? NaN);
  return Array.from({ length: count }, (_, i) => {
    const get = (member: string): Value => program.readMember(first + i * size, 'struct kvm_cpuid_entry2', member);
    return { leaf: Number(get('function')), subleaf: (Number(get('flags')) & significant) === 0 ? 0 : Number(get('index')), registers: { eax: get('eax'), ebx: get('ebx'), ecx: get('ecx'), edx: get('edx') } };
  });
}
