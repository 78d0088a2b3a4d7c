import { CannotResolveError, UnknownNameError, type Analysis, type CpuidLeaf, type QmpValue, type ResolvedCpu } from '../x86/api.js';
import type { TreeAnalysis } from '../x86/analyse.js';
import { changesBetween, foldSpellings, type Change, type Holder } from './changes.js';
import { leafChanges, type LeafChange } from './leaves.js';

/** What can be asked of the newer QEMU. */
export type Newer = Analysis & Pick<TreeAnalysis, 'configured' | 'cpuidWith' | 'expressible'>;

/** A property and its value as text, as a configuration sets it. */
export interface Setting {
  readonly property: string;
  readonly value: string;
}

/** An explicit configuration on one machine type of the newer QEMU. */
export interface Carried {
  /** For -cpu, and for -global. */
  readonly cpu: string;
  readonly driver: string;
  readonly settings: readonly Setting[];
  /** What it sets and the newer QEMU no longer has. */
  readonly gone: readonly Setting[];
  /** What the newer QEMU has and the configuration does not mention, with its value there. */
  readonly fresh: readonly { readonly property: string; readonly value: QmpValue | undefined }[];
}

/** The CPU that is to stay. */
export interface Kept {
  /** Its machine type, model, properties as expanded; unknown where only a configuration is at hand. */
  readonly machine: string | undefined;
  readonly model: string | undefined;
  readonly cpu: ResolvedCpu | undefined;
  /** What CPUID answers with it, where that can be worked out. */
  readonly leaves: readonly CpuidLeaf[] | undefined;
}

/** A property that is new in the newer QEMU. */
export interface Fresh {
  readonly property: string;
  /** What it is where nobody sets it; undefined: the host decides. */
  readonly value: QmpValue | undefined;
  /** What keeps the old behaviour, as far as the newer QEMU says; undefined: nothing to set. */
  readonly keep: string | undefined;
  /** Why it cannot be set. */
  readonly refused: string | undefined;
  /** The value where nobody sets it and the one that keeps are not the same. */
  readonly matters: boolean;
}

/** What holds on some machine types of the newer QEMU. */
export interface Outlook {
  readonly machines: string[];
  /** What the model's name would change, or why it cannot be had there; undefined: no model is known. */
  readonly named: readonly Change[] | string | undefined;
  /** undefined, here and below: what CPUID answers cannot be worked out. */
  readonly namedLeaves: readonly LeafChange[] | undefined;
  /** What the configuration would change as it is, or why it cannot be loaded. */
  readonly config: Prospect | string;
}

export interface Prospect {
  readonly gone: readonly Setting[];
  readonly fresh: readonly Fresh[];
  /** Leaves that answer otherwise with the configuration as it is, and once it is completed. */
  readonly leaves: readonly LeafChange[] | undefined;
  readonly completedLeaves: readonly LeafChange[] | undefined;
  /** Properties that read otherwise than the completed configuration sets them. */
  readonly unlike: readonly { readonly property: string; readonly set: string; readonly reads: QmpValue | undefined }[];
  readonly completed: Completed;
}

export interface Completed {
  readonly cpu: string;
  readonly driver: string;
  readonly settings: readonly Setting[];
}

export interface Pin {
  readonly outlooks: readonly Outlook[];
  /** The newer QEMU's machine type whose own compat properties tell what keeps the old behaviour, and whether it is the old one. */
  readonly reference: string | undefined;
  readonly sameMachine: boolean;
}

/**
 * What becomes of a CPU when a newer QEMU runs it: by its model's name, and by an explicit configuration.
 *
 * A property that is new there keeps the old behaviour with the value that the newer QEMU itself gives it on the old machine
 * type; where that is gone, on the machine type on which the named model differs least.
 * @param machines the newer QEMU's machine types to look at
 * @param carry the configuration there; a string: why it cannot be had
 * @param text a value as a configuration writes it
 */
export function pin(kept: Kept, newer: Newer, machines: readonly string[], carry: (machine: string) => Carried | string, text: (value: QmpValue) => string | undefined): Pin {
  const named = new Map(machines.map((machine) => [machine, changesByName(kept, newer, machine)]));
  const sameMachine = kept.machine !== undefined && newer.machines().some(({ name }) => name === kept.machine);
  const reference = sameMachine ? kept.machine : closest(machines, named);
  const keepers = new Keepers(newer, reference, text);
  const outlooks = new Map<string, Outlook>();
  for (const machine of machines) {
    const outlook = { named: named.get(machine), namedLeaves: Array.isArray(named.get(machine)) ? leavesByName(kept, newer, machine) : undefined, config: prospect(kept, newer, machine, carry(machine), keepers) };
    const key = JSON.stringify(outlook, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : typeof value === 'symbol' ? String(value) : value));
    const known = outlooks.get(key);
    if (known === undefined) outlooks.set(key, { machines: [machine], ...outlook });
    else known.machines.push(machine);
  }
  return { outlooks: [...outlooks.values()], reference, sameMachine };
}

function changesByName({ cpu, model }: Kept, newer: Newer, machine: string): readonly Change[] | string | undefined {
  if (cpu === undefined || model === undefined) return undefined;
  try {
    const after = newer.resolve(machine, model, 'expanded');
    const known = (holder: Holder): Holder => ({ properties: new Map([...holder.properties].filter(([property]) => cpu.properties.has(property) || cpu.hostDependent.includes(property))), hostDependent: holder.hostDependent });
    return foldSpellings(changesBetween(cpu, known(after)));
  } catch (error) {
    return reasonOf(error);
  }
}

function leavesByName({ leaves, model }: Kept, newer: Newer, machine: string): readonly LeafChange[] | undefined {
  if (leaves === undefined || model === undefined) return undefined;
  const after = newer.cpuidWith(machine, model, '', []);
  return after === undefined ? undefined : leafChanges(leaves, after);
}

/** The machine type with the fewest changes; of equals, the first. */
function closest(machines: readonly string[], named: ReadonlyMap<string, readonly Change[] | string | undefined>): string | undefined {
  let best: string | undefined;
  let least = Infinity;
  for (const machine of machines) {
    const changes = named.get(machine);
    if (changes !== undefined && typeof changes !== 'string' && changes.length < least) [best, least] = [machine, changes.length];
  }
  return best;
}

/** What each property is on the machine type that keeps the old behaviour, by CPU model: its text if its own setter takes it, or why not. */
class Keepers {
  private readonly byCpu = new Map<string, ReadonlyMap<string, { readonly value?: string; readonly reason?: string }>>();

  constructor(private readonly newer: Newer, private readonly reference: string | undefined, private readonly text: (value: QmpValue) => string | undefined) {}

  of(cpu: string): ReadonlyMap<string, { readonly value?: string; readonly reason?: string }> {
    let known = this.byCpu.get(cpu);
    if (known === undefined) this.byCpu.set(cpu, (known = this.find(cpu)));
    return known;
  }

  private find(cpu: string): ReadonlyMap<string, { readonly value?: string; readonly reason?: string }> {
    if (this.reference === undefined) return new Map();
    const settings = this.newer.expressible(this.reference, cpu, cpu);
    const found = new Map<string, { readonly value?: string; readonly reason?: string }>(settings.map(({ property, value }) => [property, { value }]));
    for (const { property, reason } of settings.not) found.set(property, { reason });
    return found;
  }

  fresh(cpu: string, { property, value }: Carried['fresh'][number]): Fresh {
    const keeper = this.of(cpu).get(property);
    const now = value === undefined ? undefined : this.text(value);
    return { property, value, keep: keeper?.value, refused: keeper?.reason, matters: keeper?.value !== undefined && keeper.value !== now };
  }
}

function prospect({ leaves }: Kept, newer: Newer, machine: string, carried: Carried | string, keepers: Keepers): Prospect | string {
  if (typeof carried === 'string') return carried;
  const { cpu, driver, settings, gone } = carried;
  const fresh = carried.fresh.map((entry) => keepers.fresh(cpu, entry));
  const completed: Completed = {
    cpu, driver,
    settings: [...settings, ...fresh.flatMap(({ property, keep }) => (keep === undefined ? [] : [{ property, value: keep }]))].sort((a, b) => (a.property < b.property ? -1 : 1)),
  };
  try {
    const leavesWith = (list: readonly Setting[]): readonly LeafChange[] | undefined => {
      if (leaves === undefined) return undefined;
      const after = newer.cpuidWith(machine, cpu, driver, list);
      return after === undefined ? undefined : leafChanges(leaves, after);
    };
    const made = newer.configured(machine, cpu, driver, completed.settings);
    // what realize makes of a value that says "decide yourself" is no contradiction: only switches are held against what was set
    const unlike = completed.settings.flatMap(({ property, value }) => {
      const reads = made.properties.get(property);
      return typeof reads === 'boolean' && reads !== (value === 'on') ? [{ property, set: value, reads }] : [];
    });
    return { gone, fresh, leaves: leavesWith(settings), completedLeaves: leavesWith(completed.settings), unlike, completed };
  } catch (error) {
    return reasonOf(error);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof CannotResolveError || error instanceof UnknownNameError) return error.message;
  throw error;
}
