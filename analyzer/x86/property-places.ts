import { sizeOf } from '../c/types.js';
import type { FeatureLists, PropertyPlace } from './api.js';
import type { Boot } from './boot.js';
import type { Expansion } from './expand.js';
import { bitsNamed, elementNamed } from './feature-lists.js';
import { objectProperties } from './properties.js';

/** Where properties keep their values, found by what their getters read of the object. Features that are no properties are in the lists. */
export function propertyPlaces(boot: Boot, expansion: Expansion, object: number, names: readonly string[], lists: FeatureLists): Map<string, PropertyPlace> {
  const { program } = boot;
  const range = (path: string): { from: number; to: number } | undefined => {
    if (!program.hasMember('X86CPU', path)) return undefined;
    const from = program.offsetOf('X86CPU', path);
    return { from, to: from + sizeOf(program.memberType('X86CPU', path)!) };
  };
  const features = range('env.features');
  const env = range('env');
  const within = (ranges: readonly { readonly offset: number; readonly size: number }[], place: { from: number; to: number } | undefined): boolean =>
    place !== undefined && ranges.length > 0 && ranges.every(({ offset, size }) => offset >= place.from && offset + size <= place.to);
  const declared = new Set(objectProperties(boot, object).map(({ name }) => name));
  return new Map(names.map((name) => {
    const property = declared.has(name) ? name : bitsNamed(name, lists)?.list ?? elementNamed(name, (list) => declared.has(list))?.list ?? name;
    const ranges = expansion.dependsOn(object, property);
    return [name, within(ranges, features) ? 'feature' : within(ranges, env) ? 'state' : 'other'];
  }));
}
