import type { QmpValue } from '../x86/api.js';
import { toJson } from '../render/json.js';

/** What was compared when a difference was found. */
export type Subject =
  | 'version' | 'machine type' | 'machine type field' | 'model' | 'model field'
  | 'CPU' | 'property' | 'compat property' | 'guest' | 'round trip' | 'across machine types' | 'across releases';

/** One thing on which QEMU and the analysis differ. Undefined: that side does not have it. */
export interface Difference {
  readonly subject: Subject;
  readonly machine: string | undefined;
  readonly model: string | undefined;
  readonly property: string | undefined;
  /** Round trip: the named model. */
  readonly qemu: QmpValue | undefined;
  /** Round trip: the CPU that the configuration makes. */
  readonly analysis: QmpValue | undefined;
}

/** One way in which the two sides differ, and how often. */
export interface ValueGroup {
  readonly qemu: QmpValue | undefined;
  readonly analysis: QmpValue | undefined;
  readonly count: number;
  /** The first place. */
  readonly machine: string | undefined;
  readonly model: string | undefined;
}

/** All differences of one subject in one property. */
export interface DifferenceGroup {
  readonly subject: Subject;
  readonly property: string | undefined;
  readonly count: number;
  readonly machines: number;
  readonly models: number;
  /** The most frequent first. */
  readonly values: readonly ValueGroup[];
}

interface OpenGroup {
  readonly subject: Subject;
  readonly property: string | undefined;
  count: number;
  readonly machines: Set<string>;
  readonly models: Set<string>;
  readonly values: Map<string, { -readonly [K in keyof ValueGroup]: ValueGroup[K] }>;
}

/** So many single differences are kept; the groups count all. */
const KEPT = 10_000;

/** Collects differences, grouped as people want to read them: thousands have few causes. */
export class Differences {
  private readonly open = new Map<string, OpenGroup>();
  /** The first ones, in the order in which they were found. */
  readonly list: Difference[] = [];
  count = 0;

  add(difference: Difference): void {
    const { subject, machine, model, property, qemu, analysis } = difference;
    this.count++;
    if (this.list.length < KEPT) this.list.push(difference);
    const key = `${subject}\0${property ?? ''}`;
    let group = this.open.get(key);
    if (group === undefined) this.open.set(key, group = { subject, property, count: 0, machines: new Set(), models: new Set(), values: new Map() });
    group.count++;
    if (machine !== undefined) group.machines.add(machine);
    if (model !== undefined) group.models.add(model);
    const valueKey = `${text(qemu)}\0${text(analysis)}`;
    const values = group.values.get(valueKey);
    if (values === undefined) group.values.set(valueKey, { qemu, analysis, count: 1, machine, model });
    else values.count++;
  }

  /** Largest first. */
  groups(): DifferenceGroup[] {
    return [...this.open.values()].map(({ subject, property, count, machines, models, values }) => ({
      subject, property, count, machines: machines.size, models: models.size,
      values: [...values.values()].sort((a, b) => b.count - a.count),
    })).sort((a, b) => b.count - a.count);
  }
}

function text(value: QmpValue | undefined): string {
  return value === undefined ? '' : toJson(value, 0);
}
