import { ProgramError } from '../c/program.js';
import { sizeOf } from '../c/types.js';
import type { Value } from '../c/unknown.js';
import { startAccelerator } from './accelerators.js';
import type { Boot } from './boot.js';
import { applyKernelIrqchip, applySmp, mainFile } from './machine-options.js';
import { machineMember, machineMemberType, machineText } from './machine-class.js';

/**
 * One machine type, started: what main() does between choosing the machine and answering on QMP, as far as CPUs can tell.
 * (softmmu/vl.c or system/vl.c: qemu_create_machine(), configure_accelerators(), qemu_init_board(); vl.c: main() before.)
 */
export function startMachine(boot: Boot, machineClass: number): number {
  const { program, skim } = boot;
  const machine = createMachine(boot, machineClass);
  const init = boardInit(boot, machineClass, machine);
  if (init !== undefined) skim.run(() => program.callAddress(init.address, [init.argument], undefined));
  makeFirstCpu(boot, machineClass);
  advancePhase(boot);
  return machine;
}

/** A machine and its accelerator, up to where the board's own init function begins. */
export function createMachine(boot: Boot, machineClass: number): number {
  const { program, qom, skim } = boot;
  const { memory } = program;
  if (program.has('object_set_machine_compat_props')) {
    program.call('object_set_machine_compat_props', program.readMember(machineClass, 'MachineClass', 'compat_props'));
  }
  const machine = skim.run(() => program.call('object_new', qom.string(qom.className(machineClass))) as number);
  // what CPUs refer to, made next, is to have the same address on every machine type
  memory.align(MACHINE_OBJECT);
  memory.store(program.addressOf('current_machine'), 8, machine);
  program.call('object_property_add_child', program.call('object_get_root'), qom.string('machine'), machine);
  // qemu_create_machine_containers(): where the tree no longer makes containers as they are asked for
  if (program.has('object_property_add_new_container')) program.call('object_property_add_new_container', machine, qom.string('unattached'));
  const version = machineMember(boot, machineClass, 'hw_version');
  const setVersion = ['qemu_set_hw_version', 'qemu_set_version'].find((name) => program.has(name));
  if (version !== undefined && version !== 0 && setVersion !== undefined) program.call(setVersion, version);
  // vl.c, up to 2.7: models that name the machine type's version
  if (program.has('cpudef_init')) program.call('cpudef_init');
  countCpus(boot, machineClass, machine);
  createSystemMemory(boot);
  if (boot.machineOptions.smp !== undefined) applySmp(boot, machineClass, machine, boot.machineOptions.smp);
  applyKernelIrqchip(boot, machine, boot.machineOptions);
  startAccelerator(boot, machineClass, machine);
  registerCompatProperties(boot, machineClass, machine);
  return machine;
}

/**
 * vl.c: main(): how many CPUs there are and may be. Until machine_initfn() did it, the class's default (one, where it names none) was put into
 * variables, later into the machine, and what smp_parse() makes of no options, while that was a static function.
 */
function countCpus(boot: Boot, machineClass: number, machine: number): void {
  const { program } = boot;
  const inMachine = program.hasMember('MachineState', 'smp');
  const main = mainFile(boot);
  let count: Value | undefined;
  if (program.hasMember('MachineClass', 'default_cpus')) {
    for (const limit of ['max_cpus', 'min_cpus', 'default_cpus']) {
      if (program.readMember(machineClass, 'MachineClass', limit) === 0) program.writeMember(machineClass, 'MachineClass', limit, 1);
    }
    count = program.readMember(machineClass, 'MachineClass', 'default_cpus');
  }
  if (inMachine) {
    if (count === undefined || program.readMember(machine, 'MachineState', 'smp.cpus') !== 0) return;
    for (const member of ['cpus', 'max_cpus']) program.writeMember(machine, 'MachineState', `smp.${member}`, count);
    for (const member of ['sockets', 'cores', 'threads']) if (program.hasMember('MachineState', `smp.${member}`)) program.writeMember(machine, 'MachineState', `smp.${member}`, 1);
    return;
  }
  for (const name of count === undefined ? [] : ['smp_cpus', 'max_cpus']) {
    const { address, type } = program.variable(`${main}:${name}`)!;
    program.memory.store(address, sizeOf(type), count!);
  }
  const parse = program.symbol(`${main}:smp_parse`);
  if (parse?.type.parameters.length === 1) parse.invoke([0], { location: { file: '<start>', line: 0 } });
}

/** Room for a machine object. */
const MACHINE_OBJECT = 1 << 20;

/** The memory region that every CPU links to: memory_map_init() of physmem.c (exec.c), of which only the region itself matters. Its caller's name is not the same everywhere. */
function createSystemMemory({ program, skim }: Boot): void {
  const file = program.symbol('get_system_memory')?.location?.file;
  const init = file === undefined ? undefined : program.symbol(`${file}:memory_map_init`);
  if (init === undefined) throw new ProgramError('the program has no function memory_map_init(), which makes the memory that CPUs are linked to', undefined);
  skim.only([init.name, 'memory_region_init', 'memory_region_do_init', 'memory_region_escape_name', 'qdev_get_machine', 'machine_get_container'], () => init.invoke([], { location: { file: '<start>', line: 0 } }));
}

/** The board's init function and what it is to be given. */
export function boardInit(boot: Boot, machineClass: number, machine: number): { readonly address: number; readonly argument: number } | undefined {
  const address = machineMember(boot, machineClass, 'init');
  return typeof address === 'number' && address !== 0 ? { address, argument: initArgument(boot, machineClass, machine) } : undefined;
}

/** What a machine's init function is given: the machine, or, before the machine held them, its arguments. */
function initArgument(boot: Boot, machineClass: number, machine: number): number {
  const { program } = boot;
  if (!program.hasMember('MachineState', 'init_args')) return machine;
  const args = machine + program.offsetOf('MachineState', 'init_args');
  program.writeMember(args, 'QEMUMachineInitArgs', 'machine', machineMember(boot, machineClass, 'qemu_machine')!);
  return args;
}

/** Compat properties as globals of the types they are for, until objects took them from the machine: hw/core/machine.c, or vl.c: main() while they were plain arrays. */
function registerCompatProperties(boot: Boot, machineClass: number, machine: number): void {
  const { program } = boot;
  if (program.has('machine_register_compat_props')) program.call('machine_register_compat_props', machine);
  const type = machineMemberType(boot, machineClass, 'compat_props');
  if (type?.kind !== 'pointer' || type.target !== program.typeNamed('GlobalProperty')) return;
  const list = machineMember(boot, machineClass, 'compat_props')!;
  if (list !== 0) program.call('qdev_prop_register_global_list', list);
}

/** The machine's init makes CPUs: what code does only for the first of them is done when a query comes. */
function makeFirstCpu(boot: Boot, machineClass: number): void {
  const { program, qom } = boot;
  const type = machineText(boot, machineClass, 'default_cpu_type');
  if (type !== undefined && qom.classByName(type) !== undefined) program.call('object_new', qom.string(type));
}

/** hw/core/qdev.c: phase_advance(): a CPU made by a query is made on a machine that is ready. */
function advancePhase(boot: Boot): void {
  const { program } = boot;
  for (const phase of ['PHASE_MACHINE_CREATED', 'PHASE_ACCEL_CREATED', 'PHASE_LATE_BACKENDS_CREATED', 'PHASE_MACHINE_INITIALIZED', 'PHASE_MACHINE_READY']) {
    const value = program.constant(phase);
    if (value !== undefined) program.call('phase_advance', value);
  }
}
