import type { Program } from '../c/program.js';
import type { Value } from '../c/unknown.js';

/** What may stand around a function: called instead of it, with its arguments and the tree's own function. */
export type Around = (args: readonly Value[], execute: () => Value) => Value;

/** A function of the tree that somebody may stand around. */
export class ObjectHook {
  around: Around | undefined;

  constructor(program: Program, name: string) {
    program.define(name, (_machine, args, site) => {
      const execute = (): Value => program.original(name).invoke(args, site);
      return this.around === undefined ? execute() : this.around(args, execute);
    });
  }
}

export interface ObjectHooks {
  /** object_init_with_type(): runs an object's instance_init functions, those of its parent types first. */
  readonly instanceInit: ObjectHook;
  /** accel_cpu_instance_init() (accel/): gives a CPU the accelerator's defaults. */
  readonly accelInit: ObjectHook;
  /** object_get_canonical_path(): a fresh string with an object's place in the composition tree. */
  readonly canonicalPath: ObjectHook;
}

export function objectHooks(program: Program): ObjectHooks {
  return { instanceInit: new ObjectHook(program, 'object_init_with_type'), accelInit: new ObjectHook(program, 'accel_cpu_instance_init'), canonicalPath: new ObjectHook(program, 'object_get_canonical_path') };
}
