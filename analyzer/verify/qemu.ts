import type { QmpValue } from '../x86/api.js';
import { WORDS } from './filtering.js';
import { isObject, type QmpObject } from './json.js';
import { QemuExitError, QmpCommandError, QmpProcess, type QmpOptions } from './qmp.js';

/** How one stopped VM is started. */
export interface VmOptions extends QmpOptions {
  /** The program and what always comes first on its command line. */
  readonly qemu: readonly string[];
  readonly accel: string;
  readonly machine: string;
  readonly cpu?: string;
  /** File for -readconfig. */
  readonly config?: string;
  /** What comes last on the command line. */
  readonly extra?: readonly string[];
}

/**
 * Starts a VM that does not run (-S), with no default devices.
 *
 * `-machine M,accel=A` is the one spelling that every release since 2.0 takes.
 * @throws QemuExitError where QEMU refuses, with its reason
 */
export function startVm(options: VmOptions): Promise<QmpProcess> {
  const { qemu, accel, machine, cpu, config, extra = [] } = options;
  return QmpProcess.start([
    ...qemu,
    ...(config === undefined ? [] : ['-readconfig', config]),
    '-machine', `${machine},accel=${accel}`, '-nodefaults', '-display', 'none', '-S',
    ...(cpu === undefined ? [] : ['-cpu', cpu]),
    ...extra,
  ], options);
}

/** Runs `use` with a VM, and ends the VM however `use` ends. */
export async function withVm<T>(options: VmOptions, use: (qmp: QmpProcess) => Promise<T>): Promise<T> {
  const qmp = await startVm(options);
  try {
    return await use(qmp);
  } finally {
    await qmp.quit();
  }
}

/** Why the accelerator does not open here (not in the build, no permission, no such device), or undefined where it opens. Asks the binary. */
export async function whyNotAccel(qemu: readonly string[], accel: string): Promise<string | undefined> {
  try {
    const qmp = await startVm({ qemu, accel, machine: 'none' });
    await qmp.quit();
    return undefined;
  } catch (error) {
    if (error instanceof QemuExitError) return error.message;
    throw error;
  }
}

/** The command's list of objects, or undefined where this QEMU does not know the command. */
export async function ask(qmp: QmpProcess, command: string, args?: QmpObject): Promise<QmpObject[] | undefined> {
  try {
    const answer = await qmp.execute(command, args);
    return Array.isArray(answer) ? answer.filter(isObject) : [];
  } catch (error) {
    if (error instanceof QmpCommandError && error.errorClass === 'CommandNotFound') return undefined;
    throw error;
  }
}

/** The machine types, with their compat properties where this QEMU lists them (from 9.1 on). */
export async function queryMachines(qmp: QmpProcess): Promise<QmpObject[]> {
  try {
    return await ask(qmp, 'query-machines', { 'compat-props': true }) ?? [];
  } catch (error) {
    // Before that the command takes no argument, and says so.
    if (!(error instanceof QmpCommandError)) throw error;
    return await ask(qmp, 'query-machines') ?? [];
  }
}

/** Why nothing can be read of a CPU, although QEMU started. */
export const NO_CPU = 'this machine type starts without a CPU';

/** The QOM path of the first CPU; undefined where the VM has none. */
export async function cpuPath(qmp: QmpProcess): Promise<string | undefined> {
  // query-cpus-fast is from 2.12; query-cpus went in 6.0, and names the path from 2.4 on.
  const cpus = await ask(qmp, 'query-cpus-fast') ?? await ask(qmp, 'query-cpus') ?? [];
  if (cpus.length === 0) return undefined;
  const path = cpus[0]!['qom-path'] ?? cpus[0]!['qom_path'];
  return typeof path === 'string' ? path : await searchCpu(qmp);
}

/** Looks through the composition tree for the first object of a CPU type. */
async function searchCpu(qmp: QmpProcess): Promise<string | undefined> {
  const types = new Set((await ask(qmp, 'qom-list-types', { implements: 'cpu' }) ?? []).map((type) => `child<${String(type['name'])}>`));
  const paths = ['/machine'];
  for (let path = paths.shift(); path !== undefined; path = paths.shift()) {
    const children = (await ask(qmp, 'qom-list', { path }) ?? []).filter((entry) => String(entry['type']).startsWith('child<'));
    children.sort((a, b) => String(a['name']).localeCompare(String(b['name']), 'en', { numeric: true }));
    const cpu = children.find((entry) => types.has(String(entry['type'])));
    if (cpu !== undefined) return `${path}/${String(cpu['name'])}`;
    paths.push(...children.map((entry) => `${path}/${String(entry['name'])}`));
  }
  return undefined;
}

/** What was read of an object. */
export interface ObjectState {
  readonly properties: { [name: string]: QmpValue };
  /** Why, for those that cannot be read. */
  readonly unreadable: { [name: string]: string };
}

/**
 * Every property of an object, except child<> and link<>, which are only paths.
 * @param told properties that are left out because `feature-words` tells them, where the object has that one
 */
export async function readObject(qmp: QmpProcess, path: string, told: ReadonlySet<string> = NONE): Promise<ObjectState> {
  const listed = await ask(qmp, 'qom-list', { path }) ?? [];
  const all = listed.filter((entry) => !/^(child|link)</.test(String(entry['type']))).map((entry) => String(entry['name']));
  const names = all.includes(WORDS) ? all.filter((name) => !told.has(name)) : all;
  const state: ObjectState = { properties: {}, unreadable: {} };
  const answers = await Promise.allSettled(names.map((property) => qmp.execute('qom-get', { path, property })));
  answers.forEach((answer, i) => {
    if (answer.status === 'fulfilled') state.properties[names[i]!] = answer.value;
    else if (answer.reason instanceof QmpCommandError) state.unreadable[names[i]!] = answer.reason.message;
    else throw answer.reason;
  });
  return state;
}

const NONE: ReadonlySet<string> = new Set();

/** The first CPU of a VM as it is after realize; undefined where the machine type starts without one. @throws QemuExitError where QEMU refuses it */
export function readRealizedCpu(options: VmOptions): Promise<ObjectState | undefined> {
  return withVm(options, async (qmp) => {
    const path = await cpuPath(qmp);
    return path === undefined ? undefined : await readObject(qmp, path);
  });
}
