import type { Side } from '../../compare/causes.js';
import { byFeature } from '../../compare/features.js';
import { formatLocation } from '../../c/location.js';
import type { Analysis, PropertyInfo, ResolvedCpu } from '../../x86/api.js';
import { featureWords, type KnowsFeatureWords } from '../cpu.js';
import { distinct } from '../diagnostic.js';
import { toJson, type Json } from '../json.js';
import { naturally } from '../order.js';
import { versionText } from '../configs.js';
import { familiesOf } from './families.js';
import { whyJson, type Provenance } from './provenance.js';
import { StateTable } from './states.js';

/** One tree with one accelerator, as the report shows it. */
export interface Dataset {
  /** Names its files and its links. */
  readonly id: string;
  /** For the list of trees. */
  readonly summary: Json;
  /** Everything but provenance. */
  readonly data: string;
  /** Which lines are responsible. */
  readonly why: string;
  readonly pairs: number;
  readonly cpus: number;
}

/** The CPU without model data on a machine type, if there is one. */
export function plainModel({ census }: Side, machine: string): string | undefined {
  return [...census.models.get(machine) ?? []].find(([, { fields }]) => fields['static'] === true)?.[0];
}

export function makeDataset(id: string, side: Side & { readonly analysis: Analysis & KnowsFeatureWords }, provenance: Provenance): Dataset {
  const { analysis, census } = side;
  const families = familiesOf(side);
  const machines = families.flat();
  const models = [...new Set([...census.models.values()].flatMap((on) => [...on.keys()]))].sort(naturally);
  const numberOfMachine = new Map(machines.map((name, i) => [name, i]));
  const numberOfModel = new Map(models.map((name, i) => [name, i]));

  // CPUs, numbered model by model and newest machine type first: what is alike stands together
  const numbers = new Map<string, number>();
  const cpus: ResolvedCpu[] = [];
  const earlier: number[][] = [];
  const cells = machines.map(() => new Array<number>(models.length).fill(-1));
  const firstOf = new Map<string, number>();
  for (const [m, model] of models.entries()) {
    const seen: number[] = [];
    for (let i = machines.length - 1; i >= 0; i--) {
      const cpu = census.cpus.get(machines[i]!)?.get(model);
      if (cpu === undefined) {
        if (census.models.get(machines[i]!)?.has(model) === true) cells[i]![m] = -2;
        continue;
      }
      let number = numbers.get(cpu.id);
      if (number === undefined) {
        numbers.set(cpu.id, number = cpus.length);
        cpus.push(byFeature(cpu, census.lists));
        earlier.push([...seen.slice(-4), firstOf.get(models[m - 1] ?? '') ?? number - 1, number - 1, 0]);
      }
      if (!seen.includes(number)) seen.push(number);
      cells[i]![m] = number;
    }
    if (seen[0] !== undefined) firstOf.set(model, seen[0]);
  }
  const table = new StateTable(cpus);
  const typenames = [...new Set(cpus.map(({ typename }) => typename))];

  const sample = machines.findLast((machine) => (census.cpus.get(machine)?.size ?? 0) > 0);
  const sampleModel = sample === undefined ? undefined : plainModel(side, sample) ?? [...census.cpus.get(sample)!.keys()][0];
  const words = sample === undefined || sampleModel === undefined ? [] : featureWords(analysis, sample, sampleModel, byFeature(census.cpus.get(sample)!.get(sampleModel)!, census.lists));
  const wordOf = new Map(words.flatMap(({ features }, word) => features.map((feature): [number | undefined, number] => [table.column(feature), word])));
  const declared = new Map<string, PropertyInfo>(sample === undefined || sampleModel === undefined ? [] : analysis.properties(sample, sampleModel).map((info) => [info.name, info]));

  const why = whyJson(provenance, { table, cpus: numbers, machines: numberOfMachine, models: numberOfModel, census });
  const pairs = [...census.cpus.values()].reduce((sum, on) => sum + on.size, 0);
  const { package: packager } = analysis.qemu;
  const about = { id, version: versionText(analysis), package: packager, origin: analysis.origin, accel: analysis.accel, stage: census.stage };
  return {
    id, pairs, cpus: cpus.length, why,
    summary: { ...about, machines: machines.length, models: models.length, pairs, cpus: cpus.length, example: exampleOf(families, models, machines, cells, (name) => [...census.models.values()].every((on) => on.get(name)?.fields['migration-safe'] !== false)), errors: analysis.diagnostics.filter(({ severity }) => severity === 'error').length },
    data: toJson({
      ...about,
      machines: machines.map((name): Json => {
        const { fields } = census.machines.get(name)!;
        return { name, alias: text(fields['alias']), default: fields['is-default'] === true || undefined, deprecated: fields['deprecated'] === true || undefined };
      }),
      lines: families.map((line) => line.map((name) => numberOfMachine.get(name)!)),
      models: models.map((name): Json => ({ name, ...modelFlags(side, machines, name) })),
      properties: table.properties.map((name, column): Json => ({ name, type: declared.get(name)?.type, word: wordOf.get(column), about: declared.get(name)?.description })),
      words: words.map(({ name }) => name),
      values: table.values,
      states: table.deltas((row) => earlier[row]!),
      typenames,
      types: cpus.map(({ typename }) => typenames.indexOf(typename)),
      cells,
      plain: machines.map((machine) => numberOfModel.get(plainModel(side, machine) ?? '') ?? -1),
      refused: new Map([...census.refused].map(([machine, on]): [string, Json] => [machine, new Map(on)])),
      diagnostics: distinct(analysis.diagnostics).filter(({ severity }) => severity === 'error').map(({ at, what, affects }) => ({ at: formatLocation(at), what, affects })),
    }, 1),
  };
}

/** A pair to begin with: the migration-safe model that is the most different CPUs, on the newest and the oldest machine type of the longest line. */
function exampleOf(families: readonly (readonly string[])[], models: readonly string[], machines: readonly string[], cells: readonly (readonly number[])[], isSafe: (model: string) => boolean): Json {
  const line = (families[0] ?? []).map((name) => machines.indexOf(name));
  let best: { model: number; states: number } | undefined;
  for (const model of models.keys()) {
    if (!isSafe(models[model]!)) continue;
    const states = new Set(line.map((machine) => cells[machine]![model]!).filter((state) => state >= 0)).size;
    if (states > (best?.states ?? 0)) best = { model, states };
  }
  if (best === undefined) return null;
  const having = line.filter((machine) => cells[machine]![best.model]! >= 0);
  return { model: models[best.model]!, machine: machines[having.at(-1)!]!, older: machines[having[0]!]! };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** What is said of a model on the newest machine type that has it. */
function modelFlags({ census }: Side, machines: readonly string[], name: string): { alias?: string; plain?: true; deprecated?: true } {
  const machine = machines.findLast((on) => census.models.get(on)?.has(name) === true);
  const fields = machine === undefined ? {} : census.models.get(machine)!.get(name)!.fields;
  const alias = text(fields['alias-of']);
  return { ...(alias === undefined ? {} : { alias }), ...(fields['static'] === true ? { plain: true } : {}), ...(fields['deprecated'] === true ? { deprecated: true } : {}) };
}
