import { CannotResolveError, type Analysis } from '../x86/api.js';
import type { Trial } from './roundtrip.js';
import { samplePairs, type Pair } from './sample.js';

export interface PlanOptions {
  readonly all?: boolean;
  readonly sample?: number;
  readonly select?: (machine: string, model: string) => boolean;
}

/** Of each pair's configuration, on so many other machine types at once is it loaded. */
const OTHERS = 4;

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

  /** Pairs for the round trip; all: every model on every machine type where it, or another, is a CPU that earlier ones did not have. */
  roundTrip(): Pair[] {
    const { all, sample } = this.options;
    return all === true ? this.pairsOf(this.steps()) : samplePairs(this.models, sample);
  }

  /** Configurations, and other machine types to load them on: neighbours and far ones in turn, so that each meets many. */
  across(): Trial[] {
    const machines = [...this.models.keys()];
    const targets = this.options.all === true ? this.steps() : machines;
    return this.roundTrip().map((pair, i) => {
      const others = targets.filter((machine) => machine !== pair.machine);
      const step = Math.max(1, Math.floor(others.length / OTHERS));
      const count = Math.min(others.length, this.options.all === true ? OTHERS : 1);
      // a stride that shares no factor with a run of models brings every pair of machine types together
      return { ...pair, on: Array.from({ length: count }, (_, k) => others[(i * 7 + k * step) % others.length]!).filter((machine, at, list) => list.indexOf(machine) === at) };
    });
  }

  /** Pairs whose guest is asked: every model on the newest and the oldest machine type of the default kind, and a sample of all others; or all. */
  guest(): Pair[] {
    const { all, sample } = this.options;
    if (all === true) return this.pairsOf([...this.models.keys()]);
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

  /** Machine types on which not all models are the same CPUs as on one before, the ends among them. */
  private steps(): string[] {
    const seen = new Set<string>();
    const steps = new Set(this.ends());
    for (const [machine, models] of this.models) {
      const key = models.map((model) => {
        try {
          return this.analysis.resolve(machine, model, 'expanded').id;
        } catch (error) {
          if (error instanceof CannotResolveError) return '';
          throw error;
        }
      }).join();
      if (!seen.has(key)) steps.add(machine);
      seen.add(key);
    }
    return [...this.models.keys()].filter((machine) => steps.has(machine));
  }
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
