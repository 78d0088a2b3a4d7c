import { Unknown } from '../c/unknown.js';
import type { CType } from '../c/types.js';
import type { Location } from '../c/location.js';
import type { Visited } from '../qom/visitor.js';
import type { Assignment, QmpValue } from './api.js';
import type { Boot } from './boot.js';
import type { Expansion } from './expand.js';
import { bitRanges, type FeatureBits } from './feature-lists.js';

// what these assign they work out, and take from no table
const PLACE = 'place on the board';
const REALIZE = 'realize';
const COMPAT = 'compat property';
const DEFAULT = 'property default';

/** How a function that is running names what it does to a CPU's properties. */
const CAUSES: readonly (readonly [RegExp, string])[] = [
  [/^object_apply_(?:compat|global)_props$|^qdev_prop_set_globals/, COMPAT],
  [/^object_class_property_init_all$|^object_property_init_defval$|^qdev_property_set_default|^qdev_prop_set_defaults|^qdev_property_add_static$/, DEFAULT],
  [/^accel_cpu_(?:instance_init|common_realize|realizefn)$|^(?:kvm|tcg|host|hvf)_cpu_/, 'accelerator default'],
  [/_apply_version_props$/, 'model version'],
  [/_load_(?:model|def)$/, 'model table'],
  [/_filter_features$|_mark_unavailable_features$/, 'what the accelerator lacks'],
  [/_expand_features$/, 'feature expansion'],
  [/_pre_plug$|^x86_cpu_new$|^pc_new_cpu$/, PLACE],
  [/_realizefn$/, REALIZE],
];

/** How many reads of static data to look back over for the entry that an assignment took its value from. */
const RECENT = 64;

/** A store into the bytes of properties. */
interface Store {
  readonly at: Location;
  readonly data: readonly Location[];
  readonly stack: readonly string[];
  readonly what: string;
}

/** What a store was to one property: the value that it left. */
interface Stored {
  readonly store: Store;
  value: Visited | undefined;
}

/** Bytes of the object that are looked at together for who hangs on them. */
const SPAN = 8;

/** What of a CPU is watched while it is made, and how it is read. */
export interface Watched {
  readonly name: string;
  readonly ranges: readonly { readonly offset: number; readonly size: number }[];
  readonly declaredAt: Location | undefined;
  read(object: number): Visited;
}

/** A property, by what its getter reads. */
export function watchedProperty(expansion: Expansion, object: number, name: string): Watched {
  return { name, ranges: expansion.dependsOn(object, name), declaredAt: expansion.declaredAt(object, name), read: (made) => expansion.recall(made, name) };
}

/** A name in a list of names: is it there? */
export function watchedElement(expansion: Expansion, object: number, name: string, { list, element }: { readonly list: string; readonly element: string }): Watched {
  const whole = watchedProperty(expansion, object, list);
  return {
    ...whole, name,
    read: (made) => {
      const value = whole.read(made);
      return Array.isArray(value) ? value.includes(element) : value;
    },
  };
}

/** A feature that is bits of feature words and no property: on if all of them are. */
export function watchedBits(boot: Boot, expansion: Expansion, object: number, name: string, bits: FeatureBits): Watched {
  const { memory } = boot.program;
  const ranges = bitRanges(boot, expansion, object, bits);
  return {
    name, ranges, declaredAt: undefined,
    read: (made) => {
      for (const { offset, size, mask } of ranges) {
        const word = memory.load(made + offset, size);
        if (word instanceof Unknown && (word.bits & mask) !== 0n) return word;
        if ((BigInt(word instanceof Unknown ? word.value : word) & mask) !== mask) return false;
      }
      return true;
    },
  };
}

/**
 * Every change of some properties while a CPU is made, in order. The CPU is made twice: once to see which bytes the
 * properties hang on, and once with those bytes watched. Addresses are the same both times.
 * @param make makes the CPU, to be thrown away by `temporarily` @param watched what to look at of such a CPU
 */
export function explainProperties(boot: Boot, make: () => number, watched: (object: number) => readonly Watched[], temporarily: <T>(run: () => T) => T): Map<string, Assignment[]> {
  const { program } = boot;
  const { memory } = program;
  const { object, properties } = temporarily(() => {
    const made = make();
    return { object: made, properties: watched(made).map((of) => ({ of, ...of, found: [] as Stored[] })) };
  });
  const loads: number[] = [];
  const { statics } = memory;
  boot.qemu.classProperties.forgetDefaults();
  let busy = false;
  const read = (of: Watched): Visited | undefined => {
    try { return program.aside(() => of.read(object)); } catch { return undefined; }
  };
  // which properties hang on which span
  const spans = new Map<number, number[]>();
  properties.forEach(({ ranges }, i) => {
    for (const span of new Set(ranges.flatMap(({ offset, size }) => spansOf(offset, size)))) spans.set(span, [...spans.get(span) ?? [], i]);
  });
  temporarily(() => {
    for (const { ranges } of properties) for (const { offset, size } of ranges) memory.watch(object + offset, size);
    memory.watch(statics.from, statics.to - statics.from);
    const depth = program.callStack.length;
    memory.watcher = {
      load: (address) => {
        if (busy || address >= statics.to) return;
        loads.push(address);
        if (loads.length > RECENT * 4) loads.splice(0, loads.length - RECENT);
      },
      store: (address, size) => {
        if (busy) return;
        const first = address - object;
        let store: Store | undefined;
        for (const i of hanging(spans, first, size)) {
          const { of, ranges, found } = properties[i]!;
          if (!ranges.some((r) => first < r.offset + r.size && first + size > r.offset)) continue;
          busy = true;
          const before = found.at(-1);
          // what the previous store left; the object may not be one yet
          if (before !== undefined && memory.loadPointer(object) !== 0) before.value = read(of);
          busy = false;
          if (store === undefined) {
            const stack = program.backtrace().slice(0, program.callStack.length - depth);
            const what = cause(stack);
            store = { at: program.site?.location ?? { file: '<start>', line: 0 }, data: what === PLACE || what === REALIZE ? [] : dataBehind(boot, loads, what === COMPAT), stack, what };
          }
          found.push({ store, value: undefined });
        }
      },
    };
    try {
      make();
      busy = true;
      for (const { of, found } of properties) {
        const last = found.at(-1);
        if (last !== undefined) last.value = read(of);
      }
    } finally {
      memory.watcher = undefined;
      memory.unwatch(statics.from, statics.to - statics.from);
    }
  });
  return new Map(properties.map(({ name, found, declaredAt }) => [name, assignments(found, declaredAt)]));
}

function spansOf(offset: number, size: number): number[] {
  const first = Math.floor(offset / SPAN);
  return Array.from({ length: Math.floor((offset + size - 1) / SPAN) - first + 1 }, (_, i) => first + i);
}

/** Who may hang on these bytes. */
function hanging(spans: ReadonlyMap<number, readonly number[]>, offset: number, size: number): readonly number[] {
  const first = Math.floor(offset / SPAN);
  const last = Math.floor((offset + size - 1) / SPAN);
  if (first === last) return spans.get(first) ?? [];
  const found = new Set<number>();
  if (last - first <= spans.size) for (let span = first; span <= last; span++) for (const i of spans.get(span) ?? []) found.add(i);
  else for (const [span, list] of spans) if (span >= first && span <= last) for (const i of list) found.add(i);
  return [...found].sort((a, b) => a - b);
}

/** Stores that assigned something. */
function assignments(stores: readonly Stored[], declaredAt: Location | undefined): Assignment[] {
  const found = stores.map(({ store, value }) => ({ ...store, data: [...store.data], value }));
  // a loop that stores byte by byte assigns once
  const whole = found.filter((f, i) => i + 1 === found.length || found[i + 1]!.at.line !== f.at.line || found[i + 1]!.at.file !== f.at.file || found[i + 1]!.stack.length !== f.stack.length);
  // a word holds many features: what left this one as it was did not assign it
  const changes = whole.filter((f, i) => i === 0 || !equal(f.value, whole[i - 1]!.value));
  // a default comes from the table that declares the property
  for (const change of changes) {
    if (declaredAt === undefined) continue;
    if (change.what === DEFAULT) change.data.splice(0, Infinity, declaredAt);
    else if (change.data.length === 0 && changes.length === 1 && change.what === 'cleared memory') change.data.push(declaredAt);
  }
  const shared = commonOuter(changes.map((c) => c.stack));
  return changes.map(({ at, data, stack, what, value }) => ({
    value: value === undefined || value instanceof Unknown ? undefined : (value as QmpValue),
    at, data, what,
    stack: stack.slice(0, Math.max(1, stack.length - shared)),
  }));
}

/** How many of the outermost functions all have in common: they say nothing. */
function commonOuter(stacks: readonly (readonly string[])[]): number {
  const [first] = stacks;
  if (first === undefined) return 0;
  let n = 0;
  while (n < first.length && stacks.every((s) => s.at(-1 - n) === first.at(-1 - n))) n++;
  return n;
}

function equal(a: Visited | undefined, b: Visited | undefined): boolean {
  return a === b || (a instanceof Unknown && b instanceof Unknown);
}

function cause(stack: readonly string[]): string {
  if (stack[0] === 'object_initialize_with_type') return 'cleared memory';
  for (const fn of stack) for (const [pattern, what] of CAUSES) if (pattern.test(fn)) return what;
  return 'assignment';
}

/** The table entries that were read last: initialised data in arrays, not the descriptions of types and properties; of compat properties only these, which stand in headers too. */
function dataBehind(boot: Boot, loads: readonly number[], compat: boolean): Location[] {
  const { program } = boot;
  for (let i = loads.length - 1; i >= Math.max(0, loads.length - RECENT); i--) {
    const address = loads[i]!;
    const object = program.objectAt(address);
    if (object !== undefined && !(compat ? isCompatEntry : isData)(object.element)) continue;
    const location = program.dataLocation(address);
    if (location !== undefined && (compat || !location.file.endsWith('.h'))) return [location];
  }
  return [];
}

/** Not single values, and not tables of functions. */
function isData(element: CType | undefined): boolean {
  return element !== undefined && !(element.kind === 'pointer' && element.target.kind === 'function');
}

function isCompatEntry(element: CType | undefined): boolean {
  return element?.kind === 'record' && element.tag === 'GlobalProperty';
}
