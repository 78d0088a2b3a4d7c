import type { Comparison, Place } from './changes.js';

/** A rectangle of pairs: all these models on all these machine types. */
export interface Extent {
  readonly machines: readonly string[];
  readonly models: readonly string[];
  /** Are these all machine types that were compared? */
  readonly everyMachine: boolean;
  /** Are these all models that were compared on these machine types? */
  readonly everyModel: boolean;
}

/** What was compared, to tell "all" from "these". */
export class Universe {
  readonly #models = new Map<string, string[]>();
  readonly machines: readonly string[];

  constructor(readonly comparisons: readonly Comparison[], readonly side: 'before' | 'after') {
    for (const comparison of comparisons) {
      const { machine, model } = comparison[side];
      const known = this.#models.get(machine);
      if (known === undefined) this.#models.set(machine, [model]);
      else known.push(model);
    }
    this.machines = [...this.#models.keys()];
  }

  place(index: number): Place {
    return this.comparisons[index]![this.side];
  }

  models(machine: string): readonly string[] {
    return this.#models.get(machine) ?? [];
  }

  /** Comparisons as few rectangles: machine types that have the same models stand together. */
  extents(where: readonly number[]): Extent[] {
    const byMachine = new Map<string, string[]>();
    for (const index of where) {
      const { machine, model } = this.place(index);
      const known = byMachine.get(machine);
      if (known === undefined) byMachine.set(machine, [model]);
      else known.push(model);
    }
    const byModels = new Map<string, { machines: string[]; models: string[]; everyModel: boolean }>();
    for (const [machine, models] of byMachine) {
      const everyModel = models.length === this.models(machine).length;
      // "all models" is one thing to say, even where one machine type has a model more
      const key = everyModel ? '*' : models.join('\0');
      const known = byModels.get(key);
      if (known === undefined) byModels.set(key, { machines: [machine], models, everyModel });
      else {
        known.machines.push(machine);
        if (everyModel && models.length > known.models.length) known.models = models;
      }
    }
    return [...byModels.values()].map((extent) => ({ ...extent, everyMachine: extent.machines.length === this.machines.length }));
  }
}
