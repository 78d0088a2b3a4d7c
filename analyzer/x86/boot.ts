import { acceleratorNames, hasAccelerator } from './accelerators.js';
import { UnknownNameError, type MachineOptions } from './api.js';
import type { Program } from '../c/program.js';
import { Unknown } from '../c/unknown.js';
import type { HostFacts } from '../qom/host-edge.js';
import { FunctionTexts } from '../qom/function-text.js';
import { Qom } from '../qom/qom.js';
import { createQemuProgram, type QemuProgram } from '../qom/qemu-program.js';
import { ON_THE_WAY, Skim } from '../qom/skim.js';
import { settleTarget } from '../qom/target-info.js';
import type { Front } from '../qom/front.js';
import type { SourceTree } from '../source/tree.js';

// What registers properties or defaults that apply to CPUs without assigning a variable of CPU code.
const SEEDS = ['cpus_register_accel', 'qdev_prop_register_global', 'qdev_prop_register_global_list', 'object_register_sugar_prop', 'object_set_machine_compat_props', 'object_set_accelerator_compat_props', 'compat_props_add', 'register_compat_prop', 'register_compat_props_array'];

/** QEMU up to the point where it can be asked about CPUs: types registered, accelerator chosen. Machines are started from here. */
export class Boot {
  readonly qemu: QemuProgram;
  readonly program: Program;
  readonly qom: Qom;
  readonly skim: Skim;
  readonly texts: FunctionTexts;
  /** What machines are started with. */
  machineOptions: MachineOptions = {};

  constructor(tree: SourceTree, private readonly front: Front, readonly accel: string, facts?: HostFacts) {
    this.qemu = createQemuProgram(front, facts);
    this.program = this.qemu.program;
    this.qom = new Qom(this.program);
    this.qemu.failures.of('x86_cpu_expand_features');
    settleTarget(this.qemu);
    // memory.c registers the type of the region that CPUs link to
    const memory = front.filesMatching(/^(?:softmmu\/|system\/)?memory\.c$/);
    this.register([...front.typeUnits(), ...memory]);
    // as select_machine() does: it initialises all classes, which must not happen within a checkpoint
    this.qom.classes('machine', false);
    if (!hasAccelerator(this, accel)) throw new UnknownNameError('accelerator', accel, this.accelerators());
    const accelClass = this.qom.classByName(`${accel}-accel`);
    if (accelClass !== undefined) this.expectStart(accelClass);
    this.texts = new FunctionTexts(tree, front.filesMatching(ON_THE_WAY));
    this.skim = new Skim(this.program, this.texts, SEEDS);
    if (this.program.has('accel_init_interfaces')) this.initAccelerator(this.qom.classByName(`${accel}-accel`)!);
  }

  /** main() ends where the accelerator does not start (configure_accelerators() and its forerunners): where nothing else is known, it did. */
  private expectStart(accelClass: number): void {
    const { program } = this;
    const init = program.readMember(accelClass, 'AccelClass', 'init_machine');
    const name = typeof init === 'number' ? program.functionName(init) : undefined;
    if (name === undefined) return;
    program.define(name, (_m, args, call) => {
      const result = program.original(name).invoke(args, call);
      return result instanceof Unknown ? 0 : result;
    });
  }

  /**
   * hw/core/machine.c: machine_run_board_init() lets the accelerator change the CPU classes. That is the same for all machine types, and done
   * once; any machine that has its accelerator will do.
   */
  private initAccelerator(accelClass: number): void {
    const { program, qom, skim } = this;
    const current = program.addressOf('current_machine');
    const machine = skim.run(() => qom.create('none-machine'));
    program.writeMember(machine, 'MachineState', 'accelerator', skim.run(() => qom.create(qom.className(accelClass))));
    program.memory.store(current, 8, machine);
    program.call('accel_init_interfaces', accelClass);
    program.memory.store(current, 8, 0);
  }

  /** Register the types of these files, and what they need. */
  private register(paths: readonly string[]): void {
    const { front, qemu } = this;
    for (let todo = paths; todo.length > 0; todo = qemu.types.flush((pattern) => front.fileSaying(pattern))) {
      for (const path of todo) qemu.modules.construct(this.program.load(path));
      // machine types had a kind of their own until they were all types
      for (const kind of ['MODULE_INIT_QOM', 'MODULE_INIT_MACHINE']) qemu.modules.call(kind);
    }
  }

  /** The interrupt controllers that realized CPUs have for a part, and the bus that connected them: devices, which queries do without. Not within a checkpoint. */
  loadInterruptControllers(): void {
    this.register(this.front.filesSaying(/^(?:hw|target)/, /\bTYPE_(?:APIC_COMMON|ICC_BUS)\b/, /\btype_init\s*\(/));
    // as select_machine() does, for all classes
    this.qom.classes('device', false);
  }

  /** The accelerators that the tree knows. */
  accelerators(): string[] {
    return acceleratorNames(this);
  }
}
