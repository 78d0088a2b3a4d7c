import type { Diagnostic } from '../c/runtime.js';
import type { Location } from '../c/location.js';
import type { FeatureRegister } from './feature-words.js';

/** JSON as QMP types it; integers that need 64 bits are bigint. */
export type QmpValue = null | boolean | number | bigint | string | QmpValue[] | { [key: string]: QmpValue };

/** `expanded`: what query-cpu-model-expansion (full) answers. `realized`: what qom-get answers on a VM started with -S. */
export type Stage = 'expanded' | 'realized';

/** One machine type, with the fields of query-machines (QMP names), e.g. name, alias, is-default, cpu-max, deprecated, default-cpu-type. */
export interface MachineType {
  readonly name: string;
  readonly fields: Readonly<Record<string, QmpValue>>;
}

/** One CPU model on one machine type, with the host-independent fields of query-cpu-definitions (name, typename, static, migration-safe, alias-of, deprecated ...). */
export interface CpuModel {
  readonly name: string;
  readonly fields: Readonly<Record<string, QmpValue>>;
}

/** A property as QOM declares it. */
export interface PropertyInfo {
  readonly name: string;
  /** QOM type name: "bool", "uint32", "string", "int", "OnOffAuto", "link<...>" ... */
  readonly type: string;
  readonly settable: boolean;
  readonly description: string | undefined;
}

/** A resolved CPU. Equal CPUs (same type, same values) share one object. */
export interface ResolvedCpu {
  /** Content hash of type, properties and what is host-dependent. */
  readonly id: string;
  /** QOM type, e.g. the driver name of a -global. */
  readonly typename: string;
  readonly properties: ReadonlyMap<string, QmpValue>;
  /** Properties whose value the host decides, sorted; not in `properties`. */
  readonly hostDependent: readonly string[];
}

/** One entry of a machine type's (or accelerator's) compat properties. */
export interface CompatProperty {
  readonly 'qom-type': string;
  readonly property: string;
  readonly value: string;
  readonly at: Location | undefined;
}

/** One assignment in a property's history. */
export interface Assignment {
  /** The value of the property after the assignment; undefined where the host decides. */
  readonly value: QmpValue | undefined;
  /** The statement that assigned. */
  readonly at: Location;
  /** Where the data stands that it assigned: table entry, compat array entry, property default. */
  readonly data: readonly Location[];
  /** The functions that were running, innermost first. */
  readonly stack: readonly string[];
  /** In the field's terms: "model table", "compat property", "accelerator default" ... as far as can be told. */
  readonly what: string;
}

/** What keeps a CPU model from running with the accelerator on its host. */
export interface Runnable {
  /** What query-cpu-definitions answers as unavailable-features, in its order: features, and what stands for a whole model. */
  readonly unavailable: readonly string[];
  /** Features that may be missing too: what is known of the host does not say. */
  readonly undecided: readonly string[];
}

/** The options of -machine and -smp that a CPU depends on. Not given: the machine type's own defaults. */
export interface MachineOptions {
  /** QEMU's -smp syntax: "4", "cpus=4,cores=2,threads=2". */
  readonly smp?: string;
  readonly kernelIrqchip?: 'on' | 'off' | 'split';
}

/** What CPUID answers to one leaf and subleaf. */
export interface CpuidLeaf {
  readonly leaf: number;
  readonly subleaf: number;
  readonly eax: number;
  readonly ebx: number;
  readonly ecx: number;
  readonly edx: number;
  /** Masks of the bits that the host decides; they are 0 in the register. Absent where there are none. */
  readonly host?: { readonly eax?: number; readonly ebx?: number; readonly ecx?: number; readonly edx?: number };
  /** Of the bits that the host decides, those that are 1 on a host which supports everything that was asked for. */
  readonly wanted?: { readonly eax?: number; readonly ebx?: number; readonly ecx?: number; readonly edx?: number };
}

/** What a property's value is part of: a feature word of the CPU, the rest of its architectural state (level, family, names), or what QEMU keeps besides. */
export type PropertyPlace = 'feature' | 'state' | 'other';

/** Properties of a CPU that list its feature words as numbers (QAPI: X86CPUFeatureWordInfo), and what their bits are called. */
export interface FeatureLists {
  /** `isCpu`: the words are the CPU's features; others say something of them, such as which are filtered. */
  readonly lists: readonly { readonly property: string; readonly isCpu: boolean }[];
  readonly registers: readonly FeatureRegister[];
}

/** What can be asked of one analysed tree with one accelerator. A `cpu` is a model's name or QEMU's -cpu syntax ("486,arat=on,level=2"). */
export interface Analysis {
  readonly qemu: { readonly version: { readonly major: number; readonly minor: number; readonly micro: number }; readonly package: string };
  readonly origin: string;
  readonly accel: string;
  /** The host that the accelerator runs on, where one was described. */
  readonly host?: { readonly kind: string; readonly caveat: string | undefined };
  /** Grows while questions are answered. */
  readonly diagnostics: readonly Diagnostic[];
  /** As query-machines lists them, in its order, `none` included. */
  machines(): readonly MachineType[];
  /** As query-cpu-definitions lists them on this machine type. @throws UnknownNameError */
  models(machine: string): readonly CpuModel[];
  /** Names of models that -cpu takes on this machine type and query-cpu-definitions does not list. @throws UnknownNameError */
  unlistedModels?(machine: string): readonly string[];
  /** @throws UnknownNameError for a machine type or model that does not exist; CannotResolveError where QEMU itself would refuse. */
  resolve(machine: string, cpu: string, stage: Stage): ResolvedCpu;
  /** The properties that the CPU object of this model has, in QOM's order. */
  properties(machine: string, model: string): readonly PropertyInfo[];
  /** Default compat properties in the order of application, all drivers. */
  compatProperties(machine: string): readonly CompatProperty[];
  /** Which machine type each one extends in the source; undefined where it extends none. Absent where the analysis cannot tell. */
  machineParents?(): ReadonlyMap<string, string | undefined>;
  /** Features that have other names too, and those (qom/object.c: AliasProperty). Absent where the analysis cannot tell. */
  featureAliases?(): ReadonlyMap<string, readonly string[]>;
  /** The properties that list feature words, and the tree's names of their bits. Absent where the analysis cannot tell. */
  featureLists?(): FeatureLists;
  /** Where these properties of a CPU keep their values. Absent where the analysis cannot tell. */
  propertyPlaces?(machine: string, model: string, properties: readonly string[]): ReadonlyMap<string, PropertyPlace>;
  /**
   * What the CPUID instruction answers to a guest on one of its CPUs after reset: every leaf and subleaf, in order.
   * A leaf that is the same for every subleaf has one row. @param vcpu which CPU, in the order in which the board makes them; by default
   * the first, 0 @throws what resolve() throws; CannotResolveError also where the machine has no such CPU
   */
  cpuid(machine: string, cpu: string, vcpu?: number): readonly CpuidLeaf[];
  /** What the model asks for and the accelerator does not have on its host, as far as that is known. */
  unavailableFeatures(machine: string, model: string): Runnable;
  /**
   * Every assignment to one property of one CPU, in order; the last one wins. A feature that is a bit of a list of feature words
   * and no property can be asked for as well (feature-lists.ts).
   */
  explain(machine: string, model: string, property: string, stage: Stage): readonly Assignment[];
  /** The same for several properties of a CPU at once, which costs hardly more than for one. @throws UnknownNameError for any of them */
  explainAll?(machine: string, model: string, properties: readonly string[], stage: Stage): ReadonlyMap<string, readonly Assignment[]>;
}

/** No machine type, model or property of that name. `suggestions` are close names. */
export class UnknownNameError extends Error {
  override readonly name = 'UnknownNameError';
  constructor(readonly kind: string, readonly wanted: string, readonly suggestions: readonly string[]) {
    super(`there is no ${kind} '${wanted}'` + (suggestions.length > 0 ? ` (did you mean ${suggestions.join(', ')}?)` : ''));
  }
}

/** QEMU itself would refuse this; the message is QEMU's own. */
export class CannotResolveError extends Error {
  override readonly name = 'CannotResolveError';
}
