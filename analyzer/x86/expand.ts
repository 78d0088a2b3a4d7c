import type { Location } from '../c/location.js';
import type { FunctionSymbol } from '../c/symbols.js';
import { Unknown, type Value } from '../c/unknown.js';
import type { Skim } from '../qom/skim.js';
import type { Visited } from '../qom/visitor.js';
import { CannotResolveError } from './api.js';
import type { Boot } from './boot.js';
import { featureText, hasFeatures, modelOf, parseCpuOption } from './cpu-option.js';
import { classByModelName } from './model-class.js';
import { objectProperties } from './properties.js';
import { PropertyReader } from './property-reader.js';

/** One readable property of a class of CPUs. */
export interface Getter {
  readonly name: string;
  readonly address: number;
  readonly get: FunctionSymbol;
  readonly namePointer: number;
  readonly opaque: Value;
  /** The bytes of the object that decide the value, if nothing else does; undefined until that is known. */
  depends: readonly { readonly offset: number; readonly size: number }[] | 'more' | undefined;
  /** Another property of the same object, of which this is an alias. */
  alias: string | undefined;
  /** Does the class have the property, rather than the object? */
  ofClass: boolean;
  /** All bytes of the object that the getter read, whatever else it read. */
  touched: readonly { readonly offset: number; readonly size: number }[];
  /** Values by what those bytes hold. */
  readonly known: Map<string, Visited>;
}

/** Thrown when the tree's own query has built its CPU and begins to read it: we read faster. */
class CpuReady {
  constructor(readonly object: number) {}
}

/**
 * query-cpu-model-expansion, type full: executes the tree's own qmp_query_cpu_model_expansion(). What it asks of the CPU,
 * property by property, is answered by {@link read}; once known for a class of CPUs, the list of questions is reused.
 */
export class Expansion {
  private readonly names = new Map<string, readonly string[]>();
  private readonly readers = new Map<string, PropertyReader>();
  private readonly readersByGetters = new Map<string, PropertyReader>();
  private readonly classGetters = new Map<number, Map<string, Getter>>();
  private readonly errp: number;
  private asking = false;
  private object = 0;
  private kindOfObject = '';
  private answers = new Map<string, Visited>();
  private readonly placeholder: number;

  private queryFunction: FunctionSymbol | 'none' | undefined;

  /** Accessors were given their opaque pointer before the property's name. */
  private readonly opaqueFirst: boolean;

  constructor(private readonly boot: Boot) {
    const { program } = boot;
    const accessor = program.typeNamed('ObjectPropertyAccessor');
    const third = accessor.kind === 'function' ? accessor.parameters[2]?.type : undefined;
    this.opaqueFirst = third?.kind === 'pointer' && third.target.kind === 'void';
    this.errp = program.memory.allocateStatic(8);
    this.placeholder = program.memory.allocateStatic(64);
    // other code that asks an object gets the tree's own answer
    program.define('object_property_get_qobject', (_m, args, call) => (this.asking ? this.question(args[0] as number, args[1] as number) : program.original('object_property_get_qobject').invoke(args, call)));
    program.define('qdict_put_obj', (_m, args, call) => (this.asking ? 0 : program.original('qdict_put_obj').invoke(args, call)));
  }

  /** The tree's own query; undefined where the target has none, or only a stub that says so. */
  private get query(): FunctionSymbol | undefined {
    if (this.queryFunction === undefined) {
      const { program, qemu } = this.boot;
      const found = program.symbol('arch_query_cpu_model_expansion') ?? program.symbol('qmp_query_cpu_model_expansion');
      this.queryFunction = found?.location === undefined || qemu.front.isArchived(found.location.file) ? 'none' : found;
    }
    return this.queryFunction === 'none' ? undefined : this.queryFunction;
  }

  private question(object: number, name: number): Value {
    if (this.object === 0) {
      this.object = object;
      this.kindOfObject = this.kind(object);
      if (this.names.has(this.kindOfObject)) throw new CpuReady(object);
    }
    const asked = this.boot.program.memory.cstring(name);
    if (!this.answers.has(asked)) this.answers.set(asked, this.read(object, asked));
    return this.placeholder;
  }

  /** CPUs whose classes inherit all their properties from the same class, and that have as many of their own, are asked the same questions. */
  private kind(object: number): string {
    const { program, qom, qemu } = this.boot;
    const table = program.readMember(object, 'Object', 'properties');
    const perObject = typeof table === 'number' && table !== 0 && program.hasMember('ObjectClass', 'properties') ? program.call('g_hash_table_size', table) : 0;
    return `${qemu.classProperties.owner(qom.classOf(object))}/${String(perObject)}`;
  }

  private type: Value | undefined;

  /** @throws CannotResolveError where QEMU answers with an error */
  expand(cpu: string): { object: number; properties: ReadonlyMap<string, Visited> } {
    const { program, qom } = this.boot;
    const { query } = this;
    if (query === undefined) return this.create(cpu);
    const model = modelOf(cpu);
    if (hasFeatures(cpu)) parseCpuOption(this.boot, cpu);
    const info = program.memory.allocate(program.sizeOf('CpuModelInfo'));
    program.writeMember(info, 'CpuModelInfo', 'name', qom.string(model));
    this.object = 0;
    this.answers = new Map();
    const type = (this.type ??= program.constant('CPU_MODEL_EXPANSION_TYPE_FULL')!);
    this.asking = true;
    try {
      const failure = qom.attempt((errp) => query.invoke([type, info, errp], NOWHERE));
      if (failure !== undefined) throw new CannotResolveError(failure);
      // the query has released its CPU: what it asked was answered meanwhile
      this.names.set(this.kindOfObject, [...this.answers.keys()]);
      return { object: this.object, properties: this.answers };
    } catch (error) {
      if (!(error instanceof CpuReady)) throw error;
      program.unwind();
    } finally {
      this.asking = false;
    }
    return { object: this.object, properties: this.reader(this.object).read(this.object) };
  }

  private reader(object: number): PropertyReader {
    // what the object's own properties stand for is up to its class's instance_init
    const key = `${this.kindOfObject}/${this.boot.qom.classOf(object)}`;
    let reader = this.readers.get(key);
    if (reader === undefined) {
      const names = this.names.get(this.kindOfObject)!;
      const getters = names.map((name) => this.classGetter(object, name));
      const same = `${this.kindOfObject}/${getters.map((getter) => getter?.address).join()}`;
      reader = this.readersByGetters.get(same);
      if (reader === undefined) this.readersByGetters.set(same, (reader = new PropertyReader(this.boot, this, names, getters)));
      this.readers.set(key, reader);
    }
    return reader;
  }

  /**
   * The expanded CPU of a QEMU that cannot be asked for one: what the query would do, done here.
   *
   * It is the CPU as -cpu MODEL makes it, before it is realized: object_new() with the model's table entry and everything
   * that machine type and accelerator add, CPUClass.parse_features() without features where it works on the object (what
   * the host has is taken over there), and feature expansion where the tree has it as a function of its own. What only
   * realize does (older trees raise levels and complete AMD's alias bits there, all take away what the accelerator lacks)
   * is stage `realized`. All readable properties that are data are in it, read-only ones too: in old trees feature-words
   * is where the features are. @throws CannotResolveError where QEMU would refuse
   */
  private create(cpu: string): { object: number; properties: Map<string, Visited> } {
    const { program, qom } = this.boot;
    if (hasFeatures(cpu)) parseCpuOption(this.boot, cpu);
    const klass = classByModelName(this.boot, modelOf(cpu));
    // cpu_x86_create(), or realize
    if (program.hasMember('X86CPUClass', 'kvm_required') && program.readMember(klass, 'X86CPUClass', 'kvm_required') !== 0 && this.boot.accel !== 'kvm') throw new CannotResolveError(`CPU model '${modelOf(cpu)}' requires KVM`);
    const object = qom.create(qom.className(klass));
    const parse = program.hasMember('CPUClass', 'parse_features') ? program.readMember(klass, 'CPUClass', 'parse_features') : 0;
    const steps = [typeof parse === 'number' ? program.functionAt(parse) : undefined, this.featureExpansion(klass)];
    for (const [at, step] of steps.entries()) {
      const first = step?.type.parameters[0]?.type;
      if (step === undefined || first?.kind !== 'pointer' || first.target.kind !== 'record') continue;
      const failure = qom.attempt((errp) => { step.invoke(at === 0 ? [object, featureText(this.boot, cpu), errp] : [object, errp], NOWHERE); });
      if (failure !== undefined) throw new CannotResolveError(failure);
    }
    this.object = object;
    const properties = new Map<string, Visited>();
    for (const { name, type } of objectProperties(this.boot, object)) {
      if (/^(?:child|link)</.test(type)) continue;
      try {
        properties.set(name, this.read(object, name));
      } catch (error) {
        // QEMU cannot read it either
        if (!(error instanceof CannotResolveError)) throw error;
      }
    }
    return { object, properties };
  }

  /** target/i386/cpu.c: static, beside the class's realize function. */
  private featureExpansion(klass: number): FunctionSymbol | undefined {
    const { program } = this.boot;
    const realize = program.readMember(klass, 'DeviceClass', 'realize');
    const file = typeof realize === 'number' ? program.functionAt(realize)?.location?.file : undefined;
    if (file === undefined) return undefined;
    for (const name of ['x86_cpu_expand_features', 'x86_cpu_load_features']) {
      const found = program.symbol(`${file}:${name}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The value of a property. @throws CannotResolveError if the getter fails */
  read(object: number, name: string): Visited {
    const getter = this.getter(object, name);
    if (getter.alias !== undefined) return this.read(object, getter.alias);
    if (!getter.ofClass) return this.call(object, getter);
    if (getter.depends === 'more') return this.call(object, getter);
    this.watch(object);
    return this.study(object, getter);
  }

  /** The value of a property as its getter gives it now, nothing remembered. */
  get(object: number, name: string): Visited {
    return this.call(object, this.getter(object, name));
  }

  /** As {@link get}; where the value hangs on a few bytes of the object alone, it is remembered by what they hold. */
  recall(object: number, name: string): Visited {
    const getter = this.getter(object, name);
    if (getter.alias !== undefined) return this.recall(object, getter.alias);
    if (!getter.ofClass || getter.depends === undefined || getter.depends === 'more') return this.call(object, getter);
    const { memory } = this.boot.program;
    let key = '';
    for (const { offset, size } of getter.depends) {
      const bytes = memory.tryBytes(object + offset, size);
      if (bytes === undefined) return this.call(object, getter);
      key += bytes;
    }
    let value = getter.known.get(key);
    if (value === undefined) getter.known.set(key, (value = this.call(object, getter)));
    return value;
  }

  /** The bytes of the object that a property's value hangs on; none if it hangs on anything else too. */
  dependsOn(object: number, name: string): readonly { readonly offset: number; readonly size: number }[] {
    const getter = this.getter(object, name);
    if (getter.alias !== undefined) return this.dependsOn(object, getter.alias);
    if (getter.depends === undefined) {
      this.watch(object);
      this.study(object, getter);
    }
    return getter.depends === undefined || getter.depends === 'more' ? getter.touched : getter.depends;
  }

  /** Where a property is declared that the object has from a table of them (hw/core/qdev.c: the Property is what its accessors are given). */
  declaredAt(object: number, name: string): Location | undefined {
    const { program } = this.boot;
    const getter = this.getter(object, name);
    if (getter.alias !== undefined) return this.declaredAt(object, getter.alias);
    if (typeof getter.opaque !== 'number' || !program.hasMember('Property', 'name')) return undefined;
    return program.dataCall(getter.opaque + program.offsetOf('Property', 'name'));
  }

  /**
   * Have {@link study} hear of reads of the object, of what was allocated with it, and of variables that a machine's start
   * may write. (What the start allocated is always watched.)
   */
  watch(object: number): void {
    const { program: { memory }, skim } = this.boot;
    const variables = skim.written();
    const { watched } = this;
    const isNew = watched?.object !== object || watched.epoch !== memory.watchEpoch || watched.variables !== variables || watched.top > memory.top;
    // properties are read one after the other: what has come since is little
    const from = isNew ? object : watched.top;
    if (memory.top > from) memory.watch(from, memory.top - from);
    if (isNew) for (const v of variables) memory.watch(v.address, v.size);
    this.watched = { object, top: memory.top, epoch: memory.watchEpoch, variables };
  }

  private watched: { readonly object: number; readonly top: number; readonly epoch: number; readonly variables: ReturnType<Skim['written']> } | undefined;

  /** Read a property of a watched object, and see whether its value depends on anything but some bytes of the object itself. */
  study(object: number, getter: Getter): Visited {
    const { program } = this.boot;
    const { memory } = program;
    const size = this.instanceSize(memory.loadPointer(object) as number);
    const outer = memory.watcher;
    const ranges = new Map<number, number>();
    let more = false;
    let ofClass = false;
    const end = memory.top;
    memory.watcher = {
      load: (address, bytes) => {
        outer?.load?.(address, bytes);
        // its class is the same for all objects that share the getter, as far as getters of anything but names are concerned
        if (address === object) {
          ofClass = true;
          return;
        }
        if (address >= object && address + bytes <= object + size && (bytes === 1 || bytes === 2 || bytes === 4 || bytes === 8)) ranges.set(address - object, Math.max(bytes, ranges.get(address - object) ?? 0));
        else if (address < end) more = true;
      },
    };
    try {
      const value = this.call(object, getter);
      if (ofClass && typeof value === 'string') ranges.set(0, 8);
      getter.touched = [...ranges].map(([offset, bytes]) => ({ offset, size: bytes }));
      // which bytes it looks at may hang on what the first of them hold
      const before = getter.depends ?? [];
      if (before !== 'more') for (const { offset, size: bytes } of before) ranges.set(offset, Math.max(bytes, ranges.get(offset) ?? 0));
      if (before === 'more' || more || value instanceof Unknown || ranges.size > 4) getter.depends = 'more';
      else if (ranges.size !== before.length || before.some((r) => ranges.get(r.offset) !== r.size)) {
        getter.depends = [...ranges].map(([offset, bytes]) => ({ offset, size: bytes }));
        getter.known.clear();
      }
      return value;
    } finally {
      memory.watcher = outer;
    }
  }

  private readonly instanceSizes = new Map<number, number>();

  private instanceSize(klass: number): number {
    let size = this.instanceSizes.get(klass);
    if (size === undefined) {
      const { program } = this.boot;
      size = Number(program.readMember(program.readMember(klass, 'ObjectClass', 'type') as number, 'struct TypeImpl', 'instance_size'));
      this.instanceSizes.set(klass, size);
    }
    return size;
  }

  /** object_property_get() with our visitor. @throws CannotResolveError if the getter fails */
  private call(object: number, getter: Getter): Visited {
    const { program, qemu } = this.boot;
    program.memory.store(this.errp, 8, 0);
    const { namePointer, opaque } = getter;
    const value = qemu.reader.read((visitor) => getter.get.invoke([object, visitor, ...(this.opaqueFirst ? [opaque, namePointer] : [namePointer, opaque]), this.errp], NOWHERE));
    if (value === undefined) {
      const error = program.memory.loadPointer(this.errp);
      if (typeof error === 'number' && error !== 0) throw new CannotResolveError(program.memory.cstring(program.call('error_get_pretty', error) as number));
      return program.gapAt(`property '${getter.name}' gave no value`, getter.get.location);
    }
    return value;
  }

  /** qom/object.c: AliasProperty: the name of the same object's property that an alias stands for. */
  private aliasTarget(object: number, alias: Value): string | undefined {
    const { program } = this.boot;
    if (typeof alias !== 'number') return undefined;
    this.aliasMembers ??= { object: program.offsetOf('AliasProperty', 'target_obj'), name: program.offsetOf('AliasProperty', 'target_name') };
    if (program.memory.loadPointer(alias + this.aliasMembers.object) !== object) return undefined;
    return program.memory.cstring(program.memory.loadPointer(alias + this.aliasMembers.name) as number);
  }

  /** Names that stand for other properties of the same object: what they stand for, and all names for it. */
  aliases(object: number, names: Iterable<string>): ReadonlyMap<string, readonly string[]> {
    const found = new Map<string, string[]>();
    for (const name of names) {
      const target = this.getter(object, name).alias;
      if (target === undefined) continue;
      const list = found.get(target);
      if (list === undefined) found.set(target, [name]);
      else list.push(name);
    }
    return found;
  }

  private aliasMembers: { readonly object: number; readonly name: number } | undefined;

  /** The property of the class that is read when this one is; undefined if the object has one of its own that is no alias. */
  classGetter(object: number, name: string): Getter | undefined {
    const getter = this.getter(object, name);
    if (getter.alias !== undefined) return this.classGetter(object, getter.alias);
    return getter.ofClass ? getter : undefined;
  }

  private getter(object: number, name: string): Getter {
    const { program, qom, qemu } = this.boot;
    // Object.class is its first member, in every era
    const klass = qemu.classProperties.owner(program.memory.loadPointer(object) as number);
    let known = this.classGetters.get(klass);
    if (known === undefined) this.classGetters.set(klass, (known = new Map()));
    const cached = known.get(name);
    if (cached !== undefined) return cached;
    const pointer = qom.string(name);
    const property = program.call('object_property_find', object, pointer, 0) as number;
    if (property === 0) throw new CannotResolveError(`no property '${name}'`);
    const get = program.readMember(property, 'ObjectProperty', 'get');
    const symbol = typeof get === 'number' ? program.functionAt(get) : undefined;
    if (symbol === undefined) throw new CannotResolveError(`property '${name}' cannot be read`);
    const isAlias = symbol.name === 'property_get_alias';
    const getter: Getter = { name, address: property, get: symbol, namePointer: pointer, opaque: program.readMember(property, 'ObjectProperty', 'opaque'), depends: undefined, touched: [], alias: undefined, ofClass: false, known: new Map() };
    // properties of the class are the same for all its objects; those of the object are found anew each time
    getter.alias = isAlias ? this.aliasTarget(object, getter.opaque) : undefined;
    if (program.hasMember('ObjectClass', 'properties') && program.call('object_class_property_find', klass, pointer, 0) === property) {
      getter.ofClass = true;
      known.set(name, getter);
    }
    return getter;
  }
}

const NOWHERE = { location: { file: '<query>', line: 0 } };

export function isUnknown(value: Visited): value is Unknown {
  return value instanceof Unknown;
}
