import type { Qom } from '../qom/qom.js';
import type { Program } from '../c/program.js';
import { sizeOf } from '../c/types.js';
import { applyKernelIrqchip } from './machine-options.js';
import { machineMember } from './machine-class.js';
import type { Boot } from './boot.js';

interface Tree { readonly program: Program; readonly qom: Qom }

/** One row of vl.c's accel_list[], which there was before accelerators were classes. */
interface Row { readonly name: string; readonly init: number; readonly allowed: number }

/** The rows of what is in the build. */
function table({ program, qom }: Tree): Row[] {
  if (qom.classByName('accel') !== undefined) return [];
  const list = program.variable(`${program.symbol('qmp_query_machines')!.location!.file}:accel_list`);
  if (list?.type.kind !== 'array' || list.type.element.kind !== 'record') return [];
  const { element } = list.type;
  const rows: Row[] = [];
  for (let at = list.address; at < list.address + sizeOf(list.type); at += sizeOf(element)) {
    const pointer = (member: string): number => program.memory.loadPointer(at + element.member(member)!.offset) as number;
    if (program.callAddress(pointer('available'), [], undefined) !== 0) rows.push({ name: program.memory.cstring(pointer('opt_name')), init: pointer('init'), allowed: pointer('allowed') });
  }
  return rows;
}

/** The accelerators that the tree knows, by the names that -accel has. */
export function acceleratorNames(tree: Tree): string[] {
  const { qom } = tree;
  if (qom.classByName('accel') === undefined) return table(tree).map(({ name }) => name);
  return qom.classes('accel', false).map((c) => qom.className(c)).filter((name) => name.endsWith('-accel')).map((name) => name.slice(0, -'-accel'.length));
}

/** Does the tree know an accelerator? */
export function hasAccelerator(tree: Tree, name: string): boolean {
  return tree.qom.classByName(`${name}-accel`) !== undefined || table(tree).some((row) => row.name === name);
}

/**
 * accel/accel-softmmu.c: accel_init_machine(). Before it took an object, accel/accel.c had it as a static function of the
 * class, and vl.c registered defaults afterwards as globals; before that, vl.c's configure_accelerator() went through a table.
 */
export function startAccelerator(boot: Boot, machineClass: number, machine: number): void {
  const { program, qom, skim } = boot;
  const row = table(boot).find(({ name }) => name === boot.accel);
  if (row !== undefined) {
    program.memory.store(row.allowed, 1, 1);
    const first = program.functionAt(row.init)?.type.parameters[0]?.type;
    const takes = (name: string): boolean => first?.kind === 'pointer' && first.target === program.typeNamed(name);
    const argument = takes('MachineState') ? machine : takes('MachineClass') ? machineClass : machineMember(boot, machineClass, 'qemu_machine')!;
    skim.run(() => program.callAddress(row.init, [argument], undefined));
    return;
  }
  const init = program.symbol('accel_init_machine') ?? program.symbol(`${boot.qemu.front.filesMatching(/^(?:accel\/)?accel\.c$/)[0] ?? 'accel.c'}:accel_init_machine`)!;
  const first = init.type.parameters[0]?.type;
  if (first?.kind === 'pointer' && first.target === program.typeNamed('AccelClass')) {
    skim.run(() => program.callAddress(init.address, [qom.classByName(`${boot.accel}-accel`)!, machine], undefined));
  } else {
    const accelerator = skim.run(() => qom.create(`${boot.accel}-accel`));
    if (program.has('object_apply_compat_props')) program.call('object_apply_compat_props', accelerator);
    applyKernelIrqchip(boot, accelerator, boot.machineOptions);
    skim.run(() => program.callAddress(init.address, [accelerator, machine], undefined));
  }
  if (program.has('accel_register_compat_props')) program.call('accel_register_compat_props', program.readMember(machine, 'MachineState', 'accelerator'));
}
