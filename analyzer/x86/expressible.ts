import { Unknown, type Value } from '../c/unknown.js';
import type { PropertyInfo, QmpValue, ResolvedCpu } from './api.js';
import type { Boot } from './boot.js';
import type { Expansion } from './expand.js';

export interface Setting {
  readonly property: string;
  readonly value: string;
  /** The value as QMP types it, where it is not the expanded model's. */
  readonly is?: QmpValue;
}
/** `same`: the CPU on which the others are set has this value by itself. */
export interface NotSet {
  readonly property: string;
  readonly reason: string;
  readonly same: boolean;
  /** A string that is empty, set or not, and may be set so. */
  readonly blank?: true;
}
/** What must be set on one type of CPU to make it another CPU, and what cannot be. */
export interface Expressible { readonly settings: readonly Setting[]; readonly not: readonly NotSet[] }

/** The text that QOM's string input visitor parses to a value. */
function settingText(value: QmpValue): string | undefined {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return typeof value === 'string' ? value : undefined;
}

/**
 * What must be set on a CPU of one type (without model data, or of a named model) to make it equal to another one, found
 * by doing it: each property of the type is set through the tree's own setter and read back.
 *
 * A string that is empty in both is left alone, since an empty string and one that was never set read the same and are
 * not the same at realize. `realized` and links are the board's business.
 */
export function expressible(boot: Boot, expansion: Expansion, base: ResolvedCpu & { readonly object: number; readonly declared: readonly PropertyInfo[] }, wanted: ResolvedCpu): Expressible {
  const { qom } = boot;
  const settings: Setting[] = [];
  const not: NotSet[] = [];
  const lifecycle = new Set(['realized', 'hotplugged']);
  for (const { name, type, settable } of base.declared) {
    const value = wanted.properties.get(name);
    if (!settable || /^(?:link|child)</.test(type) || lifecycle.has(name)) continue;
    if (value === undefined) continue;
    const text = settingText(value);
    const same = base.properties.get(name) === value;
    if (text === undefined) {
      not.push({ property: name, reason: `a ${type} has no text form`, same });
      continue;
    }
    if (text === '' && same) {
      not.push({ property: name, reason: 'unset: an empty string would be something else', same, ...(qom.attempt((errp) => parse(boot, base.object, name, '', errp)) === undefined ? { blank: true } : {}) });
      continue;
    }
    const failure = qom.attempt((errp) => parse(boot, base.object, name, text, errp));
    if (failure !== undefined) {
      not.push({ property: name, reason: same ? `unset, and its own value is refused: ${failure}` : failure, same });
      continue;
    }
    const back = expansion.read(base.object, name);
    if (back instanceof Unknown || back !== value) not.push({ property: name, reason: `set to ${text} it reads ${String(back)}`, same: false });
    else settings.push({ property: name, value: text });
  }
  return { settings, not };
}

const CPU_FILES = /^target(?:\/|-)i386\//;

/**
 * Why the CPU type's own realize function refuses an object, if it does. What realize does beyond the CPU's own code
 * (threads, reset, the memory it sees) is skipped.
 *
 * This is not the board's realization (realized.ts), on purpose. That finds the same refusals: the configurations of 7.2's CPUs on three
 * machine types came out byte for byte the same. But a board is followed call by call to the CPU that it makes, which takes
 * several times as long for each trial, and made `generate` take 1.6 times the processor time (21 to 34 s for those); and there are
 * machine types with CPU models and no CPU of their own (x-remote). `generate --strict` and `verify` do realize by the board.
 */
export function refusal(boot: Boot, object: number): string | undefined {
  const { program, qom, skim } = boot;
  if (!program.hasMember('DeviceClass', 'realize')) return undefined;
  const realize = program.readMember(qom.classOf(object), 'DeviceClass', 'realize');
  if (typeof realize !== 'number' || realize === 0) return undefined;
  // the board numbers its CPUs before it realizes them
  if (program.hasMember('X86CPU', 'apic_id')) program.writeMember(object, 'X86CPU', 'apic_id', 0);
  const failure = qom.attempt((errp) => { skim.within(CPU_FILES, () => program.callAddress(realize, [object, errp], undefined)); });
  return failure;
}

/**
 * The settings that realize refuses, found by leaving out one that differs from the base type's own value at a time.
 * @param suspects properties that were refused before: they are tried first, and the set grows
 * @param make a fresh object of the base type
 */
export function refused(boot: Boot, settings: readonly Setting[], differs: (property: string) => boolean, suspects: Set<string>, make: () => number): NotSet[] {
  const attempt = (without: string | undefined): string | undefined => {
    const object = make();
    for (const { property, value } of settings) if (property !== without) boot.qom.attempt((errp) => parse(boot, object, property, value, errp));
    return refusal(boot, object);
  };
  const reason = attempt(undefined);
  if (reason === undefined) return [];
  const candidates = settings.map(({ property }) => property).filter(differs);
  for (const property of [...candidates.filter((p) => suspects.has(p)), ...candidates.filter((p) => !suspects.has(p))]) {
    if (attempt(property) !== undefined) continue;
    suspects.add(property);
    return [{ property, reason, same: false }];
  }
  return [];
}

/** The tree's function that realizes a type's objects; undefined where it has none. */
export function realizeOf({ program, qom }: Boot, typename: string): Value | undefined {
  if (!program.hasMember('DeviceClass', 'realize')) return undefined;
  return program.readMember(qom.classByName(typename)!, 'DeviceClass', 'realize');
}

/**
 * Settings with which another type's CPU is, once realized, what the wanted one is. A type with a realize function of its own may work out values
 * there that it left open before (`max` does, of who it is).
 * @param wanted the CPU, realized
 * @param make the CPU that settings make, realized
 */
export function asRealized(settings: readonly Setting[], wanted: ResolvedCpu, make: (settings: readonly Setting[]) => ResolvedCpu): Expressible {
  const differs = (made: ResolvedCpu, property: string): boolean => {
    const [value, other] = [wanted.properties.get(property), made.properties.get(property)];
    return value !== undefined && other !== undefined && typeof value !== 'object' && value !== other;
  };
  const first = make(settings);
  if (!settings.some(({ property }) => differs(first, property))) return { settings, not: [] };
  const mended = settings.map((setting): Setting => {
    const value = wanted.properties.get(setting.property);
    const text = value === undefined || !differs(first, setting.property) ? undefined : settingText(value);
    return text === undefined ? setting : { property: setting.property, value: text, is: value! };
  });
  const second = make(mended);
  return {
    settings: mended.filter(({ property }) => !differs(second, property)),
    not: mended.filter(({ property }) => differs(second, property)).map(({ property, value }) => ({ property, reason: `set to ${value} it is ${String(second.properties.get(property))} once realized`, same: false })),
  };
}

/** object_property_parse(): object, then name and text, in the order that the tree's prototype has. */
function parse(boot: Boot, object: number, name: string, text: string, errp: number): void {
  const { program, qom } = boot;
  const fn = program.symbol('object_property_parse')!;
  const valueFirst = fn.type.parameters[1]?.name === 'string' || fn.type.parameters[1]?.name === 'value';
  const a = qom.string(name);
  const b = program.memory.allocateCString(Buffer.from(text, 'utf8').toString('latin1'));
  program.call('object_property_parse', object, ...(valueFirst ? [b, a] : [a, b]), errp);
}
