import { CannotResolveError, type Analysis } from '../x86/api.js';
import type { Trial } from './roundtrip.js';
import { samplePairs, type Pair } from './sample.js';

export interface PlanOptions {
  readonly all?: boolean;
  readonly sample?: number;
  readonly select?: (machine: string, model: string) => boolean;
}

/** On so many other machine types is each configuration loaded where all are. */
const OTHERS = 2;

/** Which VMs to start: all of what the issue at hand needs, or a sample that leaves out no machine type and no model. */
export class Plan {
  /** Machine types that start, with their models. */
  private readonly models: ReadonlyMap<string, readonly string[]>;

  constructor(private readonly analysis: Analysis, private readonly options: PlanOptions) {
    const models = new Map<string, readonly string[]>();
    for (const { name } of analysis.machines()) {
      if (name === EMPTY_MACHINE) continue;
      const names = modelsOf(analysis, name).filter((model) => options.select?.(name, model) ?? true);
      if (names.length > 0) models.set(name, names);
    }
    this.models = models;
  }

  /** Pairs for the round trip; all: every CPU that a model is, see {@link differentCpus}. */
  roundTrip(): Pair[] {
    const { all, sample } = this.options;
    return all === true ? this.differentCpus() : samplePairs(this.models, sample);
  }

  /** Configurations, and other machine types to load them on: neighbours and far ones in turn, so that each meets many. */
  across(): Trial[] {
    const machines = [...this.models.keys()];
    return this.roundTrip().map((pair, i) => {
      const others = machines.filter((machine) => machine !== pair.machine);
      const step = Math.max(1, Math.floor(others.length / OTHERS));
      const count = Math.min(others.length, this.options.all === true ? OTHERS : 1);
      const stride = strideThrough(others.length);
      return { ...pair, on: Array.from({ length: count }, (_, k) => others[(i * stride + k * step) % others.length]!).filter((machine, at, list) => list.indexOf(machine) === at) };
    });
  }

  /** Pairs whose guest is asked: every model on the newest and the oldest machine type of the default kind, and a sample of all others; or all, as for the round trip. */
  guest(): Pair[] {
    const { all, sample } = this.options;
    if (all === true) return this.differentCpus();
    if (sample !== undefined) return samplePairs(this.models, sample);
    const ends = this.ends();
    const others = new Map([...this.models].filter(([machine]) => !ends.includes(machine)));
    return [...this.pairsOf(ends), ...samplePairs(others)];
  }

  /** Pairs, and machine types of another QEMU: the one of the same name, and those that its aliases point to. */
  releases(onto: Analysis): Trial[] {
    const names = new Set(onto.machines().map(({ name }) => name));
    const newest = onto.machines().filter(({ name, fields }) => typeof fields['alias'] === 'string' && modelsOf(onto, name).length > 0).map(({ name }) => name);
    return this.roundTrip().map((pair) => ({ ...pair, on: [...new Set([...(names.has(pair.machine) ? [pair.machine] : []), ...newest])] }));
  }

  private pairsOf(machines: readonly string[]): Pair[] {
    return machines.flatMap((machine) => this.models.get(machine)!.map((model) => ({ machine, model })));
  }

  /** The default machine type, and the oldest: that which carries the most compat properties. */
  private ends(): string[] {
    const usual = this.analysis.machines().find(({ name, fields }) => fields['is-default'] === true && this.models.has(name))?.name;
    let oldest: string | undefined;
    let most = 0;
    for (const machine of this.models.keys()) {
      const count = this.analysis.compatProperties(machine).length;
      if (count > most) [oldest, most] = [machine, count];
    }
    return [...new Set([usual, oldest].filter((machine) => machine !== undefined))];
  }

  /**
   * Every model on the oldest and the newest machine type, and each CPU that it is on any other: on one of the machine types where it is
   * that CPU, which have their turns.
   */
  private differentCpus(): Pair[] {
    const ends = this.ends();
    const pairs = this.pairsOf(ends);
    const byCpu = new Map<string, { readonly model: string; readonly machines: string[] }>();
    for (const [machine, models] of this.models) {
      if (ends.includes(machine)) continue;
      for (const model of models) {
        const key = `${model} ${this.cpuOf(machine, model)}`;
        const entry = byCpu.get(key);
        if (entry === undefined) byCpu.set(key, { model, machines: [machine] });
        else entry.machines.push(machine);
      }
    }
    const turns = new Map<string, number>();
    for (const { model, machines } of byCpu.values()) {
      const turn = (machine: string): number => turns.get(machine) ?? 0;
      const machine = machines.reduce((least, other) => (turn(other) < turn(least) ? other : least));
      turns.set(machine, turn(machine) + 1);
      pairs.push({ machine, model });
    }
    return pairs;
  }

  /** The same for equal CPUs. */
  private cpuOf(machine: string, model: string): string {
    try {
      return this.analysis.resolve(machine, model, 'expanded').id;
    } catch (error) {
      if (error instanceof CannotResolveError) return '';
      throw error;
    }
  }
}

/** Steps that are no neighbour's and meet all of a ring before any twice. */
function strideThrough(length: number): number {
  let stride = 7;
  while (divisor(stride, length) > 1) stride++;
  return stride;
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

/** QEMU's machine type without anything. */
const EMPTY_MACHINE = 'none';

function modelsOf(analysis: Analysis, machine: string): string[] {
  try {
    return analysis.models(machine).map(({ name }) => name);
  } catch (error) {
    // one that does not start has no CPU to look at; what it says of that is another part's business
    if (error instanceof CannotResolveError) return [];
    throw error;
  }
}
