import type { Program } from '../c/program.js';
import { Unknown } from '../c/unknown.js';
import type { Boot } from './boot.js';
import type { ResolvedCpu } from './api.js';

/** What a CPU was made from, besides what is the same on every machine type. */
interface Made {
  readonly cpu: ResolvedCpu;
  readonly key: string;
  /** Bytes of the started machine that were read on the way. */
  readonly reads: readonly { readonly address: number; readonly bytes: string }[];
}

/**
 * Most machine types give a model the same CPU. A CPU is taken over from another machine type if everything is equal that
 * its making depended on: the variables that a machine's start may write and CPU code reads, the compat properties that
 * apply to its class, and each byte of the started machine's own objects that was read.
 */
export class Sharing {
  private readonly made = new Map<string, Made[]>();
  private readonly ancestors = new Map<number, ReadonlySet<string>>();
  private variables = '';
  /** A short name for each combination of what the variables held. */
  private readonly states = new Map<string, string>();
  private heap = { from: 0, to: 0 };
  private readonly reads = new Map<number, number>();
  private readonly compatVariable: number | undefined;
  private readonly possible: boolean;

  constructor(private readonly boot: Boot) {
    const { program } = boot;
    const applies = program.has('object_apply_compat_props');
    this.compatVariable = applies ? program.variable(`${program.symbol('object_apply_compat_props')!.location!.file}:object_compat_props`)?.address : undefined;
    this.possible = !applies || this.compatVariable !== undefined;
  }

  /** A machine has been started: its objects are what was allocated in between. */
  started(from: number): void {
    const { program, skim } = this.boot;
    const { memory } = program;
    const bytes = skim.written().map(({ name, address, size }) => `${name}=${this.bytes(program, address, size)}`).join(';');
    let known = this.states.get(bytes);
    if (known === undefined) this.states.set(bytes, (known = `state ${this.states.size}`));
    this.variables = known;
    this.heap = { from, to: memory.top };
    memory.watch(from, Math.max(1, this.heap.to - from));
  }

  /** Stands for what the variables hold that a machine's start may write and CPU code reads. */
  get state(): string {
    return this.variables;
  }

  /** The CPU of this model that another machine type gave, if this one gives the same. */
  find(model: string, klass: number): ResolvedCpu | undefined {
    if (!this.possible) return undefined;
    const key = this.key(klass);
    return this.made.get(model)?.find((m) => m.key === key && m.reads.every((r) => this.bytes(this.boot.program, r.address, r.bytes.length / 2) === r.bytes))?.cpu;
  }

  /** Make a CPU, noting what its making reads. The state is as before when `finish` is called. */
  observe<T>(make: () => T): T {
    const { memory } = this.boot.program;
    this.reads.clear();
    memory.watcher = { load: (address, size) => { if (address >= this.heap.from && address < this.heap.to) this.reads.set(address, Math.max(size, this.reads.get(address) ?? 0)); } };
    try {
      return make();
    } finally {
      memory.watcher = undefined;
    }
  }

  /** Keep what {@link observe} has made. */
  keep(model: string, klass: number, cpu: ResolvedCpu): void {
    if (!this.possible) return;
    let list = this.made.get(model);
    if (list === undefined) this.made.set(model, (list = []));
    const reads = [...this.reads].map(([address, size]) => ({ address, bytes: this.bytes(this.boot.program, address, size) }));
    list.push({ cpu, key: this.key(klass), reads });
  }

  /** Bytes as hex; an unknown byte as "??", which equals no known one. Two machines' unknowns of the same variable have the same origin. */
  private bytes(program: Program, address: number, size: number): string {
    let text = '';
    for (let a = address; a < address + size; a++) {
      const byte = program.memory.peek(a);
      text += byte instanceof Unknown ? '??' : byte.toString(16).padStart(2, '0');
    }
    return text;
  }

  private key(klass: number): string {
    return `${this.variables}|${this.applicable(klass)}`;
  }

  /** qom/object.c: object_apply_compat_props(): the entries whose driver the class is or inherits from, in order. */
  private applicable(klass: number): string {
    if (this.compatVariable === undefined) return '';
    const { program, qom } = this.boot;
    const { memory } = program;
    let names = this.ancestors.get(klass);
    if (names === undefined) {
      const set = new Set<string>();
      for (let c = klass; c !== 0; c = program.call('object_class_get_parent', c) as number) set.add(qom.className(c));
      this.ancestors.set(klass, (names = set));
    }
    let text = '';
    const count = program.objectAt(this.compatVariable)!.size / 8;
    for (let i = 0; i < count; i++) {
      const list = memory.loadPointer(this.compatVariable + 8 * i) as number;
      text += '/';
      if (list === 0) continue;
      for (const { driver, property, value } of this.entries(list)) if (names.has(driver)) text += `${driver}.${property}=${value};`;
    }
    return text;
  }

  private readonly lists = new Map<number, { length: number; entries: { driver: string; property: string; value: string }[] }>();

  private entries(list: number): readonly { driver: string; property: string; value: string }[] {
    const { program, qom } = this.boot;
    const { memory } = program;
    const length = memory.load(list + 8, 4) as number;
    const known = this.lists.get(list);
    // lists of machine classes live as long as the program; those of a started machine are new each time
    if (known?.length === length && list < this.heap.from) return known.entries;
    const data = memory.loadPointer(list) as number;
    const entries = [];
    for (let i = 0; i < length; i++) {
      const entry = memory.loadPointer(data + 8 * i) as number;
      const text = (member: string): string => qom.stringMember(entry, 'GlobalProperty', member) ?? '';
      entries.push({ driver: text('driver'), property: text('property'), value: text('value') });
    }
    this.lists.set(list, { length, entries });
    return entries;
  }
}
