import type { Boot } from './boot.js';
import type { Setting } from './expressible.js';

/** Properties as -global and the [global] sections of -readconfig set them, on a driver (softmmu/qdev-monitor.c: qdev_add_one_global(), before that hw/core/qdev-properties-system.c). */
export function registerGlobals({ program, qom }: Boot, driver: string, settings: readonly Setting[]): void {
  const { memory } = program;
  for (const { property, value } of settings) {
    const global = memory.allocate(program.sizeOf('GlobalProperty'));
    program.writeMember(global, 'GlobalProperty', 'driver', qom.string(driver));
    program.writeMember(global, 'GlobalProperty', 'property', qom.string(property));
    program.writeMember(global, 'GlobalProperty', 'value', memory.allocateCString(Buffer.from(value, 'utf8').toString('latin1')));
    if (program.hasMember('GlobalProperty', 'user_provided')) program.writeMember(global, 'GlobalProperty', 'user_provided', 1);
    program.call('qdev_prop_register_global', global);
  }
}
