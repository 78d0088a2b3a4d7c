import type { PropertyInfo } from './api.js';
import type { Boot } from './boot.js';

/** The properties of an object, as the tree's own iterator (qom/object.c) finds them. */
export function objectProperties(boot: Boot, object: number): PropertyInfo[] {
  const { program, qom } = boot;
  const { memory } = program;
  const iterator = memory.allocate(program.sizeOf('ObjectPropertyIterator'));
  program.call('object_property_iter_init', iterator, object);
  const found: PropertyInfo[] = [];
  for (;;) {
    const property = program.call('object_property_iter_next', iterator) as number;
    if (property === 0) break;
    found.push({
      name: qom.stringMember(property, 'ObjectProperty', 'name')!,
      type: qom.stringMember(property, 'ObjectProperty', 'type')!,
      settable: program.readMember(property, 'ObjectProperty', 'set') !== 0,
      description: qom.stringMember(property, 'ObjectProperty', 'description'),
    });
  }
  return found;
}
