import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { CpuidLeaf } from '../x86/api.js';
import { tie } from './children.js';
import type { GuestKernel } from './guest-kernel.js';
import type { VmOptions } from './qemu.js';
import { errorLines, QemuExitError, QmpTimeoutError } from './qmp.js';

/** What CPUID answered to a guest on its first processor. */
export class GuestCpuid {
  private readonly byLeaf = new Map<number, CpuidLeaf[]>();

  /**
   * @param rows in the order of leaf and subleaf; a subleaf that is missing answered as the one before it
   * @param given the table that QEMU gave to KVM, by which KVM is to answer; undefined where there is none or it cannot be seen
   */
  constructor(readonly rows: readonly CpuidLeaf[], readonly given?: readonly CpuidLeaf[]) {
    for (const row of rows) {
      const of = this.byLeaf.get(row.leaf);
      if (of === undefined) this.byLeaf.set(row.leaf, [row]);
      else of.push(row);
    }
  }

  get leaves(): readonly number[] {
    return [...this.byLeaf.keys()];
  }

  /** What this leaf and subleaf answered; undefined if the guest did not ask that leaf. */
  answer(leaf: number, subleaf: number): CpuidLeaf | undefined {
    return this.byLeaf.get(leaf)?.findLast((row) => row.subleaf <= subleaf);
  }
}

/** isa-debug-exit makes 1 of the guest's 0. */
const EXIT_CODE = 1;
/** The device that ends QEMU for the guest: a machine type without an ISA bus refuses it by its name. */
export const GUEST_DEVICE = 'isa-debug-exit';
const EXIT_DEVICE = ['-device', `${GUEST_DEVICE},iobase=0xf4,iosize=4`];
const TIMEOUT_MS = 60_000;

type GuestForm = 'kernel' | 'firmware';

/** What goes on a command line so that the guest runs in a VM and prints to a character device. */
export function guestArguments(guest: GuestKernel, debugcon: string, form: GuestForm = 'firmware'): string[] {
  return [form === 'kernel' ? '-kernel' : '-bios', guest[form], '-debugcon', debugcon, '-no-reboot', ...EXIT_DEVICE];
}

/**
 * Starts a VM and lets the guest print its CPUID.
 * @throws QemuExitError where QEMU refuses the VM or the guest does not come to its end, QmpTimeoutError
 */
export async function readGuestCpuid(options: VmOptions, guest: GuestKernel, form: GuestForm = 'firmware'): Promise<GuestCpuid> {
  const { qemu, accel, machine, cpu, config, timeoutMs = TIMEOUT_MS } = options;
  const [program, ...first] = qemu;
  if (program === undefined) throw new QemuExitError('no QEMU program given');
  const child = spawn(program, [
    ...first,
    ...(config === undefined ? [] : ['-readconfig', config]),
    '-machine', `${machine},accel=${accel}`, '-nodefaults', '-display', 'none',
    ...(cpu === undefined ? [] : ['-cpu', cpu]),
    ...guestArguments(guest, 'stdio', form),
  ], { stdio: ['ignore', 'pipe', 'pipe', /* test/guest/tap.S */ 'pipe'], env: tapped(guest) });
  tie(child);
  const given: Buffer[] = [];
  const [, stdout, stderr, table] = child.stdio as unknown as [null, Readable, Readable, Readable];
  table.on('data', (chunk: Buffer) => { given.push(chunk); });
  let [out, err, late] = ['', '', false];
  stdout.setEncoding('utf8').on('data', (chunk: string) => { out += chunk; });
  stderr.setEncoding('utf8').on('data', (chunk: string) => { err += chunk; });
  const timer = setTimeout(() => { late = true; child.kill('SIGKILL'); }, timeoutMs);
  const ended = await new Promise<number | NodeJS.Signals | Error | null>((resolve) => {
    child.on('error', resolve).once('close', (code, signal) => resolve(code ?? signal));
  });
  clearTimeout(timer);
  if (ended instanceof Error) throw new QemuExitError(`cannot start '${program}': ${(ended as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such program' : ended.message}`);
  if (late) throw new QmpTimeoutError(`${program}: the guest did not end within ${timeoutMs / 1000} s`);
  return parseGuest(out, parseTable(Buffer.concat(given))) ?? fail(`${program} ended ${typeof ended === 'number' ? `with exit code ${ended}` : `by ${String(ended)}`}${ended === EXIT_CODE && out !== '' ? ' in the middle of the guest' : ''}: ${errorLines(err)}`);
}

function fail(message: string): never {
  throw new QemuExitError(message);
}

const LINE = /^([0-9a-f]{8}) ([0-9a-f]{8}) ([0-9a-f]{8}) ([0-9a-f]{8}) ([0-9a-f]{8}) ([0-9a-f]{8})$/;

/** The guest's lines; undefined unless they are complete. Firmware may print before them. */
export function parseGuest(text: string, given?: readonly CpuidLeaf[]): GuestCpuid | undefined {
  const rows: CpuidLeaf[] = [];
  for (const line of text.split('\n')) {
    if (line === 'end') return new GuestCpuid(rows, given);
    const found = LINE.exec(line);
    if (found === null) continue;
    const [leaf, subleaf, eax, ebx, ecx, edx] = found.slice(1).map((word) => Number.parseInt(word, 16)) as [number, number, number, number, number, number];
    rows.push({ leaf, subleaf, eax, ebx, ecx, edx });
  }
  return undefined;
}

function tapped({ tap }: GuestKernel): NodeJS.ProcessEnv {
  if (tap === undefined) return process.env;
  return { ...process.env, LD_PRELOAD: [tap, process.env['LD_PRELOAD']].filter((path) => path !== undefined && path !== '').join(':') };
}

/** linux/kvm.h: struct kvm_cpuid2, and its entries: function, index, flags, eax, ebx, ecx, edx, padding; the flag with which the index counts. */
const HEAD = 8;
const ENTRY = 40;
const SIGNIFICANT_INDEX = 1;

/** The first table that was written, that of the first processor; undefined if none was. */
export function parseTable(data: Buffer): CpuidLeaf[] | undefined {
  if (data.length < HEAD) return undefined;
  const count = data.readUInt32LE(0);
  if (data.length < HEAD + count * ENTRY) return undefined;
  return Array.from({ length: count }, (_, i) => {
    const word = (index: number): number => data.readUInt32LE(HEAD + i * ENTRY + 4 * index);
    return { leaf: word(0), subleaf: (word(2) & SIGNIFICANT_INDEX) === 0 ? 0 : word(1), eax: word(3), ebx: word(4), ecx: word(5), edx: word(6) };
  });
}
