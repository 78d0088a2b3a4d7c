import { CannotResolveError, type Analysis, type CpuModel, type FeatureLists, type MachineType, type ResolvedCpu, type Stage } from '../x86/api.js';

/** Every selected CPU of one analysis. What is compared is this; the analysis itself is asked again only for reasons. */
export interface Census {
  readonly qemu: Analysis['qemu'];
  readonly origin: string;
  readonly accel: string;
  readonly stage: Stage;
  readonly machines: ReadonlyMap<string, MachineType>;
  /** Machine type to model to the model's fields. */
  readonly models: ReadonlyMap<string, ReadonlyMap<string, CpuModel>>;
  readonly cpus: ReadonlyMap<string, ReadonlyMap<string, ResolvedCpu>>;
  /** Properties that list feature words, which are compared bit by bit; absent where nothing is known of such. */
  readonly lists?: FeatureLists;
  /** What QEMU refuses to make, with its message; `*` where the machine type itself does not start. */
  readonly refused: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** Which pairs to look at; all where nothing is said. */
export interface Selection {
  readonly machine?: (name: string) => boolean;
  readonly model?: (name: string) => boolean;
  readonly progress?: (machine: string, done: number, total: number) => void;
}

/** In place of a model's name: the machine type does not start. */
export const EVERY_MODEL = '*';

/** Resolve what is selected. @throws what {@link Analysis.resolve} throws, except CannotResolveError */
export function takeCensus(analysis: Analysis, stage: Stage, selection: Selection = {}): Census {
  const machines = new Map(analysis.machines().filter(({ name }) => selection.machine?.(name) ?? true).map((machine) => [machine.name, machine]));
  const models = new Map<string, Map<string, CpuModel>>();
  const cpus = new Map<string, Map<string, ResolvedCpu>>();
  const refused = new Map<string, Map<string, string>>();
  const refuse = (machine: string, model: string, error: unknown): void => {
    if (!(error instanceof CannotResolveError)) throw error;
    const list = refused.get(machine) ?? new Map<string, string>();
    refused.set(machine, list.set(model, error.message));
  };
  let done = 0;
  for (const machine of machines.keys()) {
    selection.progress?.(machine, done++, machines.size);
    const made = new Map<string, ResolvedCpu>();
    cpus.set(machine, made);
    models.set(machine, new Map());
    try {
      models.set(machine, new Map(analysis.models(machine).filter(({ name }) => selection.model?.(name) ?? true).map((model) => [model.name, model])));
    } catch (error) {
      refuse(machine, EVERY_MODEL, error);
      continue;
    }
    for (const model of models.get(machine)!.keys()) {
      try {
        made.set(model, analysis.resolve(machine, model, stage));
      } catch (error) {
        refuse(machine, model, error);
      }
    }
  }
  const lists = analysis.featureLists?.();
  return { qemu: analysis.qemu, origin: analysis.origin, accel: analysis.accel, stage, machines, models, cpus, refused, ...(lists === undefined ? {} : { lists }) };
}
