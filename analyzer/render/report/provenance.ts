import { formatLocation } from '../../c/location.js';
import { explainAll, type Reason, type Side } from '../../compare/causes.js';
import { byFeature } from '../../compare/features.js';
import { deltas, type Deltas } from '../../compare/deltas.js';
import { hyphenated } from '../../compare/values.js';
import type { Assignment } from '../../x86/api.js';
import { toJson, type Json } from '../json.js';
import { familiesOf } from './families.js';
import type { StateTable } from './states.js';

/** Where values come from, as far as a report knows. */
export interface Provenance {
  readonly deltas: Deltas | undefined;
  /** Histories of the properties of some CPUs. */
  readonly histories: readonly { readonly machine: string; readonly model: string; readonly assignments: ReadonlyMap<string, readonly Assignment[]> }[];
}

export const noProvenance: Provenance = { deltas: undefined, histories: [] };

/** How the report numbers what it has. */
export interface Numbering {
  readonly table: StateTable;
  /** By the CPU's id. */
  readonly cpus: ReadonlyMap<string, number>;
  readonly machines: ReadonlyMap<string, number>;
  readonly models: ReadonlyMap<string, number>;
  readonly census: Side['census'];
}

/** Find out why values are what they are: at every step along a line, and for all of every CPU on the newest machine type of each. */
export function provenanceOf(side: Side, progress: (text: string) => void): Provenance {
  const { analysis, census } = side;
  const asked = new Set<string>();
  const histories: Provenance['histories'][number][] = [];
  const newest = familiesOf(side).map((line) => line.at(-1)!);
  for (const machine of newest) {
    for (const [model, cpu] of census.cpus.get(machine) ?? []) {
      if (asked.has(cpu.id)) continue;
      asked.add(cpu.id);
      progress(`looking for reasons  ${model} on ${machine}`);
      const { properties, hostDependent } = byFeature(cpu, census.lists);
      const names = [...properties.keys(), ...hostDependent].filter((name) => hyphenated(name) === name || !properties.has(hyphenated(name)));
      histories.push({ machine, model, assignments: explainAll(analysis, machine, model, names, census.stage) });
    }
  }
  progress('looking for the reasons of changes');
  return { deltas: deltas(side, analysis.machineParents?.() ?? new Map<string, undefined>()), histories };
}

/**
 * Provenance: the assignments that won at each step of a model's timeline, and whole histories for some CPUs.
 * Lines and reasons are numbered, since the same few stand behind thousands of values.
 */
export function whyJson({ deltas, histories }: Provenance, { table, cpus, machines, models, census }: Numbering): string {
  const places = new Numbered();
  const kinds = new Numbered();
  const reasons = new Numbered();
  const reason = (found: Reason | undefined): number =>
    (found === undefined ? -1 : reasons.of(JSON.stringify([kinds.of(found.what), places.of(formatLocation(found.at)), ...found.data.map((place) => places.of(formatLocation(place)))])));
  // model -> machine type -> property, reason before, reason after
  const steps = new Map<number, Map<number, number[]>>();
  const where = new Map(deltas?.comparisons.map(({ before, after }, i) => [`${after.model}\0${before.machine}\0${after.machine}`, i]));
  for (const group of deltas?.models ?? []) {
    for (const model of group.models) {
      const of = new Map<number, number[]>();
      for (const { steps: found } of group.timelines) {
        for (const { from, to, changes } of found) {
          const index = where.get(`${model}\0${from}\0${to}`);
          const list = of.get(machines.get(to)!) ?? [];
          for (const { property, causes } of changes) {
            const cause = causes.find((candidate) => index !== undefined && candidate.where.includes(index));
            const column = table.column(property);
            if (column !== undefined) list.push(column, reason(cause?.before), reason(cause?.after));
          }
          of.set(machines.get(to)!, list);
        }
      }
      if (of.size > 0) steps.set(models.get(model)!, of);
    }
  }
  // a CPU -> property, then its assignments: value, reason
  const values = new Numbered();
  const chains = new Numbered();
  const whole = new Map<number, number[]>();
  for (const { machine, model, assignments } of histories) {
    const cpu = census.cpus.get(machine)?.get(model);
    const number = cpu === undefined ? undefined : cpus.get(cpu.id);
    if (number === undefined) continue;
    const list = whole.get(number) ?? [];
    whole.set(number, list);
    for (const [property, chain] of assignments) {
      const column = table.column(property);
      if (column !== undefined) list.push(column, chains.of(JSON.stringify(chain.map((assignment) => [values.of(assignment.value === undefined ? '?' : toJson(assignment.value, 0)), reason(assignment)]))));
    }
  }
  const parsed = (list: Numbered): Json => list.all.map((item) => JSON.parse(item) as Json);
  const keyed = <T>(map: ReadonlyMap<number, T>, leaf: (value: T) => Json): Json => new Map([...map].map(([key, value]): [string, Json] => [String(key), leaf(value)]));
  return toJson({
    places: places.all, kinds: kinds.all, reasons: parsed(reasons), values: values.all, chains: parsed(chains),
    steps: keyed(steps, (of) => keyed(of, (list) => list)), histories: keyed(whole, (list) => list),
  }, 1);
}

/** Texts by number. */
class Numbered {
  readonly all: string[] = [];
  private readonly numbers = new Map<string, number>();

  of(text: string): number {
    let number = this.numbers.get(text);
    if (number === undefined) {
      this.numbers.set(text, number = this.all.length);
      this.all.push(text);
    }
    return number;
  }
}
