import type { Program } from '../c/program.js';
import type { CallSite } from '../c/runtime.js';
import { Unknown, type Value } from '../c/unknown.js';

/**
 * Class properties do not change once the classes are made, but qom/object.c looks for them through all parents each time,
 * and walks over all of them for each new object. What it found is kept here; the answers are its own.
 */
export class ClassProperties {
  private readonly found = new Map<number, Map<number | string, number>>();
  private readonly defaults = new Map<number, readonly [number, number][]>();
  private readonly casts = new Map<number, Map<number, Value>>();
  private readonly owners = new Map<number, number>();
  private readonly initialised = new Map<number, { property: number; init: number }[]>();

  constructor(private readonly program: Program) {
    program.define('object_class_property_find', (_m, args, site) => this.find(args, site));
    program.define('object_class_property_add', (_m, args, site) => {
      const property = program.original('object_class_property_add').invoke(args, site);
      // only now: it looks whether the class has the property already
      this.found.clear();
      this.initialised.clear();
      this.owners.clear();
      this.defaults.clear();
      return property;
    });
    program.define('object_class_dynamic_cast', (_m, args, site) => this.cast(args, site));
    program.define('object_class_property_init_all', (_m, args) => { this.initialise(args[0] as number); });
  }

  private look(name: string, args: Value[], site: CallSite): Value {
    return this.program.original(name).invoke(args, site);
  }

  /** object_class_dynamic_cast(): what a class is does not change either, once there is a type of that name. */
  private cast(args: Value[], site: CallSite): Value {
    const klass = args[0]!;
    const name = args[1]!;
    if (typeof klass !== 'number' || typeof name !== 'number' || klass === 0 || !this.program.memory.isStatic(name)) return this.look('object_class_dynamic_cast', args, site);
    let known = this.casts.get(klass);
    if (known === undefined) this.casts.set(klass, (known = new Map()));
    let result = known.get(name);
    if (result === undefined) known.set(name, (result = this.look('object_class_dynamic_cast', args, site)));
    return result;
  }

  private find(args: Value[], site: CallSite): number {
    const klass = args[0]!;
    const name = args[1]!;
    const { memory } = this.program;
    if (typeof klass !== 'number' || typeof name !== 'number') return this.look('object_class_property_find', args, site) as number;
    const owner = this.owner(klass);
    let known = this.found.get(owner);
    if (known === undefined) this.found.set(owner, (known = new Map()));
    // what a string literal says is settled by its address
    const key = memory.isStatic(name) ? name : memory.cstring(name);
    let property = known.get(key);
    if (property === undefined) {
      property = this.look('object_class_property_find', args, site) as number;
      // with an Error** the failure must be reported each time
      if (property !== 0 || args.length < 3) known.set(key, property);
    }
    return property;
  }

  /** The class itself, or its nearest parent that adds properties: all that is said here of one holds for the other. */
  owner(klass: number): number {
    let owner = this.owners.get(klass);
    if (owner === undefined) {
      const { program } = this;
      owner = klass;
      if (program.hasMember('ObjectClass', 'properties')) {
        for (let c = klass; c !== 0; c = program.call('object_class_get_parent', c) as number) {
          owner = c;
          const table = program.readMember(c, 'ObjectClass', 'properties');
          if (typeof table === 'number' && table !== 0 && program.call('g_hash_table_size', table) !== 0) break;
        }
      }
      this.owners.set(klass, owner);
    }
    return owner;
  }

  /** object_class_property_init_all(): each property that has an init function initialises the object. */
  private initialise(object: number): void {
    const { program } = this;
    const { memory } = program;
    const klass = this.owner(program.call('object_get_class', object) as number);
    let list = this.initialised.get(klass);
    if (list === undefined) {
      list = [];
      const iterator = memory.allocate(program.sizeOf('ObjectPropertyIterator'));
      program.call('object_class_property_iter_init', iterator, klass);
      for (;;) {
        const property = program.call('object_property_iter_next', iterator);
        if (property instanceof Unknown || property === 0) break;
        const init = program.readMember(property as number, 'ObjectProperty', 'init') as number;
        if (init !== 0) list.push({ property: property as number, init });
      }
      this.initialised.set(klass, list);
    }
    const defaults = this.defaults.get(klass);
    if (defaults !== undefined) {
      for (const [offset, byte] of defaults) memory.store(object + offset, 1, byte);
      return;
    }
    const before = memory.top;
    const recording = memory.record();
    try {
      for (const { property, init } of list) program.callAddress(init, [object, property], undefined);
    } finally {
      recording.stop();
      recording.keep();
    }
    this.keepDefaults(klass, object, recording.changed(), before);
  }

  /** Let the next object's defaults be set by the tree's own code again: to see it done. */
  forgetDefaults(): void {
    this.defaults.clear();
  }

  /** Defaults are the same for all objects of a class, unless one of them is an object of its own. */
  private keepDefaults(klass: number, object: number, written: ReadonlyMap<number, number | Unknown>, before: number): void {
    const { memory } = this.program;
    const bytes: [number, number][] = [];
    for (const [address, byte] of written) {
      // what was on the stack is gone
      if (address >= memory.stackBase && address < memory.stackLimit) continue;
      if (address < object || byte instanceof Unknown) return;
      if ((address & 7) === 0) {
        const pointer = memory.loadPointer(address);
        if (pointer instanceof Unknown || (pointer >= before && pointer < memory.top)) return;
      }
      bytes.push([address - object, byte]);
    }
    this.defaults.set(klass, bytes);
  }
}
