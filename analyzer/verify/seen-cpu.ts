import { readFile, rm } from 'node:fs/promises';
import type { QmpValue } from '../x86/api.js';
import { GUEST_DEVICE, guestArguments, parseGuest, type GuestCpuid } from './guest.js';
import type { GuestKernel } from './guest-kernel.js';
import { cpuPath, readObject, withVm, type VmOptions } from './qemu.js';
import { QemuExitError, type QmpProcess } from './qmp.js';

/** Which VM, and what of its CPU need not be asked. */
export interface SeenVm extends VmOptions {
  /** Properties that `feature-words` tells too. QEMU takes a command byte by byte, and most of the time goes into asking. */
  readonly told?: ReadonlySet<string> | undefined;
}

/** The first CPU of a VM as a real QEMU shows it. */
export interface SeenCpu {
  /** Every property after realize. */
  readonly properties: Readonly<Record<string, QmpValue>>;
  /** What CPUID answers to a guest; undefined where no guest was run. */
  readonly cpuid: GuestCpuid | undefined;
  /** Why none was run, although one was wanted. */
  readonly noGuest: string | undefined;
}

/**
 * Starts a VM, reads its CPU's properties, and then lets the guest run in it.
 * @param scratch a file for what the guest prints, not there yet and not there afterwards
 * @param also what else to ask before the guest runs
 * @returns undefined where the machine type starts without a CPU
 * @throws QemuExitError where QEMU refuses the VM, or the guest does not come to its end; QmpTimeoutError
 */
export async function seeCpu(vm: SeenVm, guest: GuestKernel | undefined, scratch: string, also: (qmp: QmpProcess, properties: SeenCpu['properties']) => Promise<void> = () => Promise.resolve()): Promise<SeenCpu | undefined> {
  try {
    return await seeWith(vm, guest, scratch, also);
  } catch (error) {
    if (guest === undefined || !(error instanceof QemuExitError) || !error.message.includes(GUEST_DEVICE)) throw error;
    // the machine type has no place for the guest's devices
    const seen = await seeWith(vm, undefined, scratch, also);
    return seen && { ...seen, noGuest: error.message };
  }
}

function seeWith(vm: SeenVm, guest: GuestKernel | undefined, scratch: string, also: (qmp: QmpProcess, properties: SeenCpu['properties']) => Promise<void>): Promise<SeenCpu | undefined> {
  const extra = guest === undefined ? [] : guestArguments(guest, `file:${scratch.replaceAll(',', ',,')}`);
  return withVm({ ...vm, extra }, async (qmp): Promise<SeenCpu | undefined> => {
    const path = await cpuPath(qmp);
    if (path === undefined) return undefined;
    const { properties } = await readObject(qmp, path, vm.told);
    await also(qmp, properties);
    return { properties, cpuid: guest === undefined ? undefined : await runGuest(qmp, scratch), noGuest: undefined };
  }).finally(() => rm(scratch, { force: true }));
}

async function runGuest(qmp: QmpProcess, scratch: string): Promise<GuestCpuid> {
  try {
    await qmp.execute('cont');
  } catch (error) {
    // the guest may be faster than the answer
    if (!(error instanceof QemuExitError)) throw error;
  }
  await qmp.ended();
  const cpuid = parseGuest(await readFile(scratch, 'utf8'));
  if (cpuid === undefined) throw new QemuExitError('the guest did not come to its end');
  return cpuid;
}
