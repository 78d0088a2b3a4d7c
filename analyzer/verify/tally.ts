/** How the checks of one model ended. */
export interface ModelTally {
  readonly passed: number;
  readonly failed: number;
}

/** Checks that passed and failed, all together and by model. */
export class Tally {
  private readonly byModel = new Map<string, { passed: number; failed: number }>();
  passed = 0;
  failed = 0;

  add(model: string, passed: boolean): void {
    let of = this.byModel.get(model);
    if (of === undefined) this.byModel.set(model, of = { passed: 0, failed: 0 });
    for (const counts of [this, of]) counts[passed ? 'passed' : 'failed']++;
  }

  get models(): ReadonlyMap<string, ModelTally> {
    return this.byModel;
  }
}
