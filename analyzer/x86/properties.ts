import type { PropertyInfo } from './api.js';
import type { Boot } from './boot.js';

/** The properties of an object, as the tree's own iterator (qom/object.c) finds them, or, before there was one, in the object's list. */
export function objectProperties(boot: Boot, object: number): PropertyInfo[] {
  const { program, qom } = boot;
  return [...propertiesOf(boot, object)].map((property) => ({
    name: qom.stringMember(property, 'ObjectProperty', 'name')!,
    type: qom.stringMember(property, 'ObjectProperty', 'type')!,
    settable: program.readMember(property, 'ObjectProperty', 'set') !== 0,
    description: qom.stringMember(property, 'ObjectProperty', 'description'),
  }));
}

/** The addresses of an object's properties. */
function* propertiesOf({ program }: Boot, object: number): Generator<number> {
  const { memory } = program;
  const init = program.symbol('object_property_iter_init');
  if (init === undefined) {
    // a QTAILQ in the object
    const next = program.offsetOf('ObjectProperty', 'node.tqe_next');
    let property = program.readMember(object, 'Object', 'properties.tqh_first') as number;
    for (; property !== 0; property = memory.loadPointer(property + next) as number) yield property;
    return;
  }
  // the first ones gave out the iterator that they had made
  let iterator: number;
  if (init.type.parameters.length === 1) iterator = init.invoke([object], NOWHERE) as number;
  else init.invoke([iterator = memory.allocate(program.sizeOf('ObjectPropertyIterator')), object], NOWHERE);
  for (;;) {
    const property = program.call('object_property_iter_next', iterator) as number;
    if (property === 0) return;
    yield property;
  }
}

const NOWHERE = { location: { file: '<properties>', line: 0 } };
