import { ProgramError } from '../c/program.js';
import { CannotResolveError, type MachineOptions } from './api.js';
import type { Boot } from './boot.js';

/** What sets properties from key=value pairs, under the names that it has had. */
const SETTERS = ['object_set_props_from_keyval', 'object_set_properties_from_keyval'];

/**
 * -smp, taken apart by the tree's own parser, as main() has it do: the machine's property `smp` (hw/core/machine.c:
 * machine_set_smp()), before 6.2 MachineClass.smp_parse(), before 4.1 vl.c's own smp_parse(). Nothing is done without
 * it: the machine has its defaults. @throws CannotResolveError where the parser refuses (or the abort with which it exits)
 */
export function applySmp(boot: Boot, machineClass: number, machine: number, smp: string): void {
  const { program, qom } = boot;
  const failure = qom.attempt((errp) => {
    const text = program.memory.allocateCString(smp);
    if (hasProperty(boot, machine, 'smp')) {
      // vl.c: machine_parse_property_opt(), qemu_apply_machine_options()
      const parse = program.symbol('keyval_parse')!;
      const help = parse.type.parameters.length > 3 ? [0] : [];
      const parsed = program.call('keyval_parse', text, qom.string('cpus'), ...help, errp) as number;
      if (parsed === 0) return;
      const properties = program.call('qdict_new') as number;
      program.call('qdict_put_obj', properties, qom.string('smp'), parsed);
      const set = SETTERS.find((name) => program.has(name));
      if (set === undefined) throw new ProgramError(`the program has no function ${SETTERS.join('(), ')}(), which sets a machine's properties`, undefined);
      program.call(set, machine, properties, 0, errp);
      return;
    }
    const options = program.call('qemu_opts_parse', optionList(boot), text, 1, errp) as number;
    if (options === 0) return;
    if (program.hasMember('MachineClass', 'smp_parse')) program.callAddress(program.readMember(machineClass, 'MachineClass', 'smp_parse'), [machine, options], undefined);
    else program.call(`${mainFile(boot)}:smp_parse`, options);
  });
  if (failure !== undefined) throw new CannotResolveError(failure);
}

/** -machine kernel-irqchip, a property of the machine until it became the accelerator's. @param object whichever is there @returns whether it has the property */
export function applyKernelIrqchip(boot: Boot, object: number, { kernelIrqchip }: MachineOptions): boolean {
  if (kernelIrqchip === undefined || !hasProperty(boot, object, 'kernel-irqchip')) return false;
  const failure = boot.qom.attempt((errp) => { parseProperty(boot, object, 'kernel-irqchip', kernelIrqchip, errp); });
  if (failure !== undefined) throw new CannotResolveError(failure);
  return true;
}

function hasProperty({ program, qom }: Boot, object: number, name: string): boolean {
  return program.call('object_property_find', object, qom.string(name), 0) !== 0;
}

/** object_property_parse(): object, then name and text, in the order that the tree's prototype has. */
function parseProperty({ program, qom }: Boot, object: number, name: string, text: string, errp: number): void {
  const fn = program.symbol('object_property_parse')!;
  const valueFirst = fn.type.parameters[1]?.name === 'string' || fn.type.parameters[1]?.name === 'value';
  const pair = [qom.string(name), program.memory.allocateCString(text)];
  fn.invoke([object, ...(valueFirst ? pair.reverse() : pair), errp], { location: { file: '<-machine>', line: 0 } });
}

/** The file with main() or qemu_init(), which knows the command line. */
export function mainFile({ qemu }: Boot): string {
  return qemu.front.filesMatching(/^(?:softmmu\/|system\/)?vl\.c$/)[0] ?? 'vl.c';
}

function optionList(boot: Boot): number {
  return boot.program.variable(`${mainFile(boot)}:qemu_smp_opts`)!.address;
}
