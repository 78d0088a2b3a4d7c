import type { Boot } from './boot.js';

/**
 * One machine type, started: what main() does between choosing the machine and answering on QMP, as far as CPUs can tell.
 * (softmmu/vl.c or system/vl.c: qemu_create_machine(), configure_accelerators(), qemu_init_board(); vl.c: main() before.)
 */
export function startMachine(boot: Boot, machineClass: number): number {
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
  if (program.hasMember('MachineClass', 'hw_version') && program.has('qemu_set_hw_version')) {
    const version = program.readMember(machineClass, 'MachineClass', 'hw_version');
    if (version !== 0) program.call('qemu_set_hw_version', version);
  }
  createSystemMemory(boot);
  startAccelerator(boot, machine);
  const init = program.readMember(machineClass, 'MachineClass', 'init');
  if (typeof init === 'number' && init !== 0) skim.run(() => program.callAddress(init, [machine], undefined));
  makeFirstCpu(boot, machineClass);
  advancePhase(boot);
  return machine;
}

/** Room for a machine object. */
const MACHINE_OBJECT = 1 << 20;

/** The memory region that every CPU links to: physmem.c's memory_map_init(), of which only the region itself matters. */
function createSystemMemory({ program, skim }: Boot): void {
  skim.only(['cpu_exec_init_all', 'memory_map_init', 'memory_region_init', 'memory_region_do_init', 'memory_region_escape_name', 'qdev_get_machine', 'machine_get_container'], () => program.call('cpu_exec_init_all'));
}

/**
 * accel/accel-softmmu.c: accel_init_machine(). Before it took an object, accel/accel.c had it as a static function of the
 * class, and vl.c registered defaults afterwards as globals.
 */
function startAccelerator(boot: Boot, machine: number): void {
  const { program, qom, skim } = boot;
  const init = program.symbol('accel_init_machine') ?? program.symbol(`${boot.qemu.build.files.find((f) => /^(?:accel\/)?accel\.c$/.test(f)) ?? 'accel.c'}:accel_init_machine`)!;
  const first = init.type.parameters[0]?.type;
  if (first?.kind === 'pointer' && first.target === program.typeNamed('AccelClass')) {
    skim.run(() => program.callAddress(init.address, [qom.classByName(`${boot.accel}-accel`)!, machine], undefined));
  } else {
    const accelerator = skim.run(() => qom.create(`${boot.accel}-accel`));
    if (program.has('object_apply_compat_props')) program.call('object_apply_compat_props', accelerator);
    skim.run(() => program.callAddress(init.address, [accelerator, machine], undefined));
  }
  if (program.has('accel_register_compat_props')) program.call('accel_register_compat_props', program.readMember(machine, 'MachineState', 'accelerator'));
  if (program.has('machine_register_compat_props')) program.call('machine_register_compat_props', machine);
}

/** The machine's init makes CPUs: what code does only for the first of them is done when a query comes. */
function makeFirstCpu({ program, qom }: Boot, machineClass: number): void {
  const type = qom.stringMember(machineClass, 'MachineClass', 'default_cpu_type');
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
