import type { QemuProgram } from './qemu-program.js';

const REGISTERS = /\btarget_info_init\s*\(|\bDEFINE_TARGET_INFO_TYPE\s*\(|\bMODULE_INIT_TARGET_INFO\b/;

/**
 * system/vl.c: qemu_init(): which target the program is of is a type too, in later releases, and settled before any other type is
 * registered. Does nothing where the tree has no such thing.
 */
export function settleTarget({ program, modules, types, front }: QemuProgram): void {
  if (!program.has('target_info_qom_set_target')) return;
  // the files lie beside the build's top and its target configurations
  const units = [...front.filesMatching(/^qom\/object\.c$/), ...front.filesSaying(/^(?:[^/]*|configs\/.*)$/, REGISTERS)].sort();
  for (let paths: readonly string[] = units; paths.length > 0; paths = types.flush((pattern) => front.fileSaying(pattern))) {
    for (const path of paths) modules.construct(program.load(path));
    modules.call('MODULE_INIT_TARGET_INFO');
  }
  program.call('target_info_qom_set_target');
}
