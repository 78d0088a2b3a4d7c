import type { Program } from '../c/program.js';
import type { Value } from '../c/unknown.js';

/** What may stand around a function of qom/object.c: called instead of it, with its arguments and the tree's own function. */
export type Around = (args: readonly Value[], execute: () => Value) => Value;

/** A function of qom/object.c that somebody may stand around. */
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
  /** object_get_canonical_path(): a fresh string with an object's place in the composition tree. */
  readonly canonicalPath: ObjectHook;
}

export function objectHooks(program: Program): ObjectHooks {
  return { instanceInit: new ObjectHook(program, 'object_init_with_type'), canonicalPath: new ObjectHook(program, 'object_get_canonical_path') };
}
