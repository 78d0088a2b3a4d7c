import type { Checkpoint, Effects } from '../c/memory.js';
import type { Diagnostic } from '../c/runtime.js';
import type { Value } from '../c/unknown.js';
import type { ObjectHook } from '../qom/object-hooks.js';
import type { Boot } from './boot.js';
import type { MachineReads, Reads } from './machine-reads.js';

/** A CPU as a step of its making left it. */
interface Template {
  readonly args: readonly Value[];
  /** Where the heap ended before the step. */
  readonly top: number;
  readonly effects: Effects;
  /** What was read of the machine until the step's end. */
  readonly reads: Reads;
  /** What was not understood. */
  readonly met: ReadonlySet<Diagnostic>;
  /** What the next step made of it. */
  readonly next: Template[];
}

/** A template in the making: what was read can be told when the CPU is gone. */
interface Made {
  readonly template: Omit<Template, 'reads'>;
  readonly reads: () => Reads;
  /** Where it belongs. */
  readonly list: Template[];
}

/**
 * What comes first when a CPU is made leaves the same behind on nearly every machine type: the instance_init functions of its
 * types (qom/object.c: object_init_with_type()), and the accelerator's defaults, in trees that apply them next; what differs is
 * applied behind them, by object_post_init_with_type(). So each of these steps is executed once for each model, and its effects
 * are repeated where the CPU has the same address and is as it was before the step, and all is the same that was read of the
 * machine until then.
 */
export class Templates {
  private readonly templates = new Map<string, Template[]>();
  /** While a CPU is to be initialised: the templates whose reads hold. */
  private readonly holding = new Set<Template>();
  /** What this run adds. */
  private made: Made[] = [];

  constructor(private readonly boot: Boot, private readonly machine: MachineReads) {}

  /** A CPU of this model is going to be made, its reads observed; nothing has happened since the checkpoint. */
  begin(model: string, checkpoint: Checkpoint): void {
    let templates = this.templates.get(model);
    if (templates === undefined) this.templates.set(model, (templates = []));
    this.made = [];
    this.holding.clear();
    for (const template of templates) if (template.effects.from === checkpoint.from) this.hold(template);
    const { instanceInit, accelInit } = this.boot.qemu.hooks;
    // the first object that is made is the CPU
    this.once(instanceInit, templates, checkpoint.from, (next) => {
      const { memory } = this.boot.program;
      memory.rememberAll();
      const { moment, top } = memory;
      this.once(accelInit, next, top, undefined, () => memory.moment === moment && memory.top === top);
    });
  }

  /** The CPU is gone, and the checkpoint rolled back. */
  end(): void {
    const { instanceInit, accelInit } = this.boot.qemu.hooks;
    instanceInit.around = accelInit.around = undefined;
    for (const { template, reads, list } of this.made) list.push({ ...template, reads: reads() });
    this.made = [];
  }

  /** The machine's state was not what it was taken for. */
  forget(): void {
    this.templates.clear();
    this.made = [];
  }

  private hold(template: Template): void {
    if (!this.machine.hold(template.reads)) return;
    this.holding.add(template);
    for (const next of template.next) this.hold(next);
  }

  /**
   * The next call of a function, which may call itself, is a step, if all is as the templates' authors found it.
   * @param from everything on the heap from here on is the step's @param then goes on, if the step's outcome is known
   */
  private once(hook: ObjectHook, templates: Template[], from: number, then?: (next: Template[]) => void, isSame = (): boolean => true): void {
    hook.around = (args, execute) => {
      hook.around = undefined;
      return isSame() ? this.step(args, execute, templates, from, then) : execute();
    };
  }

  private step(args: readonly Value[], execute: () => Value, templates: Template[], from: number, then?: (next: Template[]) => void): Value {
    const { program } = this.boot;
    const { memory } = program;
    const { top, moment } = memory;
    const isUsual = !memory.isRecording && program.follows === undefined;
    // while somebody wants to see which functions run, they must
    const known = isUsual && program.executed === undefined ? templates.find((t) => this.holding.has(t) && t.top === top && t.args.every((arg, i) => arg === args[i])) : undefined;
    if (known !== undefined) {
      memory.repeat(known.effects);
      this.machine.note(known.reads);
      program.meetAgain(known.met);
      then?.(known.next);
      return 0;
    }
    const met = new Set<Diagnostic>();
    const result = program.meeting(met, execute);
    program.meetAgain(met);
    const effects = isUsual ? memory.effects(from, moment) : undefined;
    if (effects === undefined) return result;
    const template = { args, top, effects, met, next: [] };
    this.made.push({ template, reads: this.machine.soFar(), list: templates });
    then?.(template.next);
    return result;
  }
}
