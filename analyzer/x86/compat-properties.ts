import type { CompatProperty } from './api.js';
import type { Boot } from './boot.js';
import { machineMember, machineMemberType } from './machine-class.js';

/** MachineClass.compat_props in the order of application: a GPtrArray or GArray of GlobalProperty pointers, or, at first, an array that a null driver ends. */
export function compatProperties(boot: Boot, machineClass: number): CompatProperty[] {
  const { program, qom } = boot;
  const { memory } = program;
  const list = (machineMember(boot, machineClass, 'compat_props') ?? 0) as number;
  if (list === 0) return [];
  const type = machineMemberType(boot, machineClass, 'compat_props');
  const target = type?.kind === 'pointer' && type.target.kind === 'record' ? type.target : undefined;
  const entries: number[] = [];
  if (target?.member('pdata') !== undefined || target?.member('data') !== undefined) {
    const data = memory.loadPointer(list) as number;
    const count = memory.load(list + 8, 4) as number;
    for (let i = 0; i < count; i++) entries.push(memory.loadPointer(data + 8 * i) as number);
  } else {
    const size = program.sizeOf('GlobalProperty');
    for (let entry = list; memory.loadPointer(entry + program.offsetOf('GlobalProperty', 'driver')) !== 0; entry += size) entries.push(entry);
  }
  return entries.map((entry) => ({
    'qom-type': qom.stringMember(entry, 'GlobalProperty', 'driver')!,
    property: qom.stringMember(entry, 'GlobalProperty', 'property')!,
    value: qom.stringMember(entry, 'GlobalProperty', 'value')!,
    // Not the driver's or the property's: those are often macros, whose definition stands elsewhere.
    at: program.dataLocation(entry + program.offsetOf('GlobalProperty', 'value')),
  }));
}
