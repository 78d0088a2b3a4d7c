import type { Qom } from '../qom/qom.js';
import type { Program } from '../c/program.js';
import type { CType } from '../c/types.js';
import type { Value } from '../c/unknown.js';

interface Tree { readonly program: Program; readonly qom: Qom }

/** Where a machine class keeps a member: in MachineClass, or, before it had any, in the static QEMUMachine that the type was registered from (vl.c: qemu_register_machine()). */
function home({ program }: Tree, klass: number, member: string): { readonly address: number; readonly type: string } | undefined {
  if (program.hasMember('MachineClass', member)) return { address: klass, type: 'MachineClass' };
  if (!program.hasMember('MachineClass', 'qemu_machine') || !program.hasMember('QEMUMachine', member)) return undefined;
  const address = program.readMember(klass, 'MachineClass', 'qemu_machine');
  return typeof address === 'number' && address !== 0 ? { address, type: 'QEMUMachine' } : undefined;
}

/** A member of a machine class; undefined if the tree's machine types have no such thing. */
export function machineMember(tree: Tree, klass: number, member: string): Value | undefined {
  const at = home(tree, klass, member);
  return at && tree.program.readMember(at.address, at.type, member);
}

/** A string member of a machine class; undefined if null, or if there is no such member. */
export function machineText(tree: Tree, klass: number, member: string): string | undefined {
  const at = home(tree, klass, member);
  return at && tree.qom.stringMember(at.address, at.type, member);
}

/** The C type of a member of a machine class; undefined if the tree's machine types have no such thing. */
export function machineMemberType(tree: Tree, klass: number, member: string): CType | undefined {
  const at = home(tree, klass, member);
  return at && tree.program.memberType(at.type, member);
}
