import type { Checkpoint, Effects } from '../c/memory.js';
import type { Diagnostic } from '../c/runtime.js';
import type { Value } from '../c/unknown.js';
import type { Boot } from './boot.js';
import type { MachineReads, Reads } from './machine-reads.js';

/** A CPU as its instance_init functions left it. */
interface Template {
  readonly object: Value;
  readonly type: Value;
  /** Where the heap ended before. */
  readonly top: number;
  readonly reads: Reads;
  readonly effects: Effects;
  /** What was not understood. */
  readonly met: ReadonlySet<Diagnostic>;
}

/**
 * qom/object.c: object_init_with_type() gives an object of a model the same content on every machine type: what differs is
 * applied behind it, by object_post_init_with_type(). So it is executed once for each model, and its effects are repeated
 * where the CPU has the same address and all is the same that was read of the machine until then.
 */
export class Templates {
  private readonly templates = new Map<string, Template[]>();
  /** While a CPU is to be initialised: the templates that may serve, and what becomes of a new one. */
  private expected: { readonly checkpoint: Checkpoint; readonly usable: readonly Template[] } | undefined;
  private made: { readonly template: Omit<Template, 'reads'>; readonly reads: () => Reads } | undefined;

  constructor(private readonly boot: Boot, private readonly machine: MachineReads) {}

  /** A CPU of this model is going to be made, its reads observed; nothing has happened since the checkpoint. */
  begin(model: string, checkpoint: Checkpoint): void {
    const usable = (this.templates.get(model) ?? []).filter((t) => t.effects.from === checkpoint.from && this.machine.hold(t.reads));
    this.expected = { checkpoint, usable };
    this.made = undefined;
    // the first object that is made is the CPU; the function calls itself for each parent type
    const { instanceInit } = this.boot.qemu.hooks;
    instanceInit.around = ([object, type], execute) => {
      instanceInit.around = undefined;
      return this.initialise(object!, type!, execute);
    };
  }

  /** The CPU is gone, and the checkpoint rolled back. */
  end(model: string): void {
    this.expected = undefined;
    this.boot.qemu.hooks.instanceInit.around = undefined;
    if (this.made === undefined) return;
    const template = { ...this.made.template, reads: this.made.reads() };
    const known = this.templates.get(model);
    if (known === undefined) this.templates.set(model, [template]);
    else known.push(template);
  }

  /** The machine's state was not what it was taken for. */
  forget(): void {
    this.templates.clear();
    this.made = undefined;
  }

  private initialise(object: Value, type: Value, execute: () => Value): Value {
    const { program } = this.boot;
    const { memory } = program;
    const { expected } = this;
    const { top, moment } = memory;
    const isUsual = expected !== undefined && !memory.isRecording && program.follows === undefined;
    // while somebody wants to see which functions run, they must
    const template = isUsual && program.executed === undefined ? expected.usable.find((t) => t.object === object && t.type === type && t.top === top) : undefined;
    if (template !== undefined) {
      memory.repeat(template.effects);
      this.machine.note(template.reads);
      program.meetAgain(template.met);
      return 0;
    }
    const met = new Set<Diagnostic>();
    const result = program.meeting(met, execute);
    program.meetAgain(met);
    const effects = isUsual ? memory.effects(expected.checkpoint, moment) : undefined;
    if (effects !== undefined) this.made = { template: { object, type, top, effects, met }, reads: this.machine.soFar() };
    return result;
  }
}
