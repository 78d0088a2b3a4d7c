import type { Boot } from './boot.js';
import type { ResolvedCpu } from './api.js';
import type { MachineReads, Reads } from './machine-reads.js';

interface CompatEntry {
  readonly address: number;
  readonly driver: string;
  readonly text: string;
}

/**
 * Most machine types give a model the same CPU. A CPU is taken over from another machine type if everything is equal that
 * its making depended on: the compat properties that apply to its class, and all that it read of the started machine.
 */
export class Sharing {
  /** By model and by compat properties. */
  private readonly made = new Map<string, { readonly cpu: ResolvedCpu; readonly reads: Reads }[]>();
  private readonly ancestors = new Map<number, ReadonlySet<string>>();
  private readonly possible: boolean;
  /** Of the started machine: the applicable entries by those ancestors of a class that there are entries for. */
  private readonly texts = new Map<string, string>();
  private drivers: ReadonlySet<string> = new Set();
  /** Drivers whose entries some CPU has passed by, and those of them of which it looked at more than the driver. */
  private readonly passed = new Set<string>();
  private readonly concerned = new Set<string>();
  private unseen: readonly CompatEntry[] = [];
  private entries: readonly (CompatEntry | undefined)[] = [];

  /** The variable that holds the lists of compat properties. */
  static compatVariable({ program }: Boot): number | undefined {
    return program.has('object_apply_compat_props') ? program.variable(`${program.symbol('object_apply_compat_props')!.location!.file}:object_compat_props`)?.address : undefined;
  }

  constructor(private readonly boot: Boot, private readonly machine: MachineReads, private readonly compatVariable: number | undefined) {
    this.possible = compatVariable !== undefined || !boot.program.has('object_apply_compat_props');
  }

  /** A machine has been started. */
  started(): void {
    this.texts.clear();
    this.entries = this.compatEntries();
    this.drivers = new Set(this.entries.flatMap((e) => (e === undefined ? [] : [e.driver])));
    this.unseen = this.entries.filter((e): e is CompatEntry => e !== undefined && !this.passed.has(e.driver));
  }

  /** Make a CPU, noting what its making depends on. */
  observe<T>(make: () => T): T {
    if (this.unseen.length === 0) return this.machine.observe(make);
    const { program } = this.boot;
    const { memory } = program;
    const size = program.sizeOf('GlobalProperty');
    const offset = program.offsetOf('GlobalProperty', 'driver');
    for (const { address } of this.unseen) memory.watch(address, size);
    try {
      return this.machine.observe(make, (at) => {
        const entry = this.unseen.find(({ address }) => at >= address && at < address + size);
        if (entry === undefined) return;
        this.passed.add(entry.driver);
        if (at !== entry.address + offset) this.concerned.add(entry.driver);
      });
    } finally {
      for (const { address } of this.unseen) if (memory.isStatic(address)) memory.unwatch(address, size);
      this.unseen = this.unseen.filter(({ driver }) => !this.passed.has(driver));
      this.texts.clear();
    }
  }

  /** The CPU of this model that another machine type gave, if this one gives the same. */
  find(model: string, klass: number): ResolvedCpu | undefined {
    if (!this.possible || this.unseen.length > 0) return undefined;
    return this.made.get(this.key(model, klass))?.find(({ reads }) => this.machine.hold(reads))?.cpu;
  }

  /** Keep what was made. */
  keep(model: string, klass: number, cpu: ResolvedCpu, reads: Reads): void {
    if (!this.possible) return;
    const key = this.key(model, klass);
    const list = this.made.get(key);
    if (list === undefined) this.made.set(key, [{ cpu, reads }]);
    else list.push({ cpu, reads });
  }

  private key(model: string, klass: number): string {
    return `${model}|${this.applicable(klass)}`;
  }

  /**
   * qom/object.c: object_apply_compat_props(): the entries whose driver the class is or inherits from, in order; and those of
   * which CPUs have been seen to read more than the driver, by whatever rule.
   */
  private applicable(klass: number): string {
    let names = this.ancestors.get(klass);
    if (names === undefined) this.ancestors.set(klass, (names = this.ancestorsOf(klass)));
    let concerned = '';
    for (const name of names) if (this.drivers.has(name)) concerned += `${name} `;
    let text = this.texts.get(concerned);
    if (text === undefined) {
      text = '';
      for (const entry of this.entries) {
        if (entry === undefined) text += '/';
        else if (names.has(entry.driver) || this.concerned.has(entry.driver)) text += entry.text;
      }
      this.texts.set(concerned, text);
    }
    return text;
  }

  private ancestorsOf(klass: number): ReadonlySet<string> {
    const { program, qom } = this.boot;
    const names = new Set<string>();
    for (let c = klass; c !== 0; c = program.call('object_class_get_parent', c) as number) names.add(qom.className(c));
    return names;
  }

  /** All entries of the lists in the order of application; undefined behind each list. */
  private compatEntries(): (CompatEntry | undefined)[] {
    if (this.compatVariable === undefined) return [];
    const { program } = this.boot;
    const { memory } = program;
    const all: (CompatEntry | undefined)[] = [];
    const count = program.objectAt(this.compatVariable)!.size / 8;
    for (let i = 0; i < count; i++) {
      const list = memory.loadPointer(this.compatVariable + 8 * i) as number;
      if (list !== 0) {
        const length = memory.load(list + 8, 4) as number;
        const data = memory.loadPointer(list) as number;
        for (let j = 0; j < length; j++) all.push(this.entry(memory.loadPointer(data + 8 * j) as number));
      }
      all.push(undefined);
    }
    return all;
  }

  private readonly known = new Map<number, CompatEntry>();

  private entry(address: number): CompatEntry {
    const isStatic = this.boot.program.memory.isStatic(address);
    let entry = isStatic ? this.known.get(address) : undefined;
    if (entry === undefined) {
      const text = (member: string): string => this.boot.qom.stringMember(address, 'GlobalProperty', member) ?? '';
      const driver = text('driver');
      entry = { address, driver, text: `${driver}.${text('property')}=${text('value')};` };
      // in an array of the source, unlike what a machine's start adds
      if (isStatic) this.known.set(address, entry);
    }
    return entry;
  }
}
