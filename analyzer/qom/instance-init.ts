import type { Program } from '../c/program.js';
import type { Value } from '../c/unknown.js';

/** qom/object.c: object_init_with_type(): runs an object's instance_init functions, those of its parent types first. */
export class InstanceInit {
  /** If set, called instead of each call of it, with the object, its type, and the tree's own function. */
  around: ((object: Value, type: Value, execute: () => Value) => Value) | undefined;

  constructor(program: Program) {
    const name = 'object_init_with_type';
    program.define(name, (_machine, args, site) => {
      const execute = (): Value => program.original(name).invoke(args, site);
      return this.around === undefined ? execute() : this.around(args[0]!, args[1]!, execute);
    });
  }
}
