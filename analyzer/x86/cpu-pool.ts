import { createHash } from 'node:crypto';
import { Unknown } from '../c/unknown.js';
import type { Visited } from '../qom/visitor.js';
import type { QmpValue, ResolvedCpu } from './api.js';
import { KeyList } from './fixed-map.js';
import { PropertyRow, propertyMark } from './property-row.js';

/** All CPUs that were resolved: equal ones are one object. */
export class CpuPool {
  private readonly byId = new Map<string, ResolvedCpu>();
  /** Readers give equal CPUs of a type the same map. */
  private readonly byMap = new WeakMap<ReadonlyMap<string, Visited>, Map<string, ResolvedCpu>>();
  private readonly lists = new Map<KeyList, Map<string, KeyList>>();

  /** @param gap hears of each property whose value is missing because something was not understood */
  share(typename: string, visited: ReadonlyMap<string, Visited>, gap: (property: string, value: Unknown) => void): ResolvedCpu {
    let ofMap = this.byMap.get(visited);
    if (ofMap === undefined) this.byMap.set(visited, (ofMap = new Map()));
    let cpu = ofMap.get(typename);
    if (cpu === undefined) ofMap.set(typename, (cpu = this.make(typename, visited instanceof PropertyRow ? visited : rowOf(visited), gap)));
    return cpu;
  }

  private make(typename: string, row: PropertyRow, gap: (property: string, value: Unknown) => void): ResolvedCpu {
    const hostDependent: string[] = [];
    const { cells, list: { names } } = row;
    for (let i = 0; i < cells.length; i++) {
      const value = cells[i]!;
      if (!(value instanceof Unknown)) continue;
      if (value.origin.kind === 'gap') gap(names[i]!, value);
      hostDependent.push(names[i]!);
    }
    hostDependent.sort();
    const id = createHash('sha256').update(JSON.stringify([typename, hostDependent])).update(row.marks).digest('hex').slice(0, 16);
    let cpu = this.byId.get(id);
    if (cpu === undefined) {
      const known = hostDependent.length === 0 ? row : this.known(row, hostDependent);
      this.byId.set(id, (cpu = { id, typename, properties: known as ReadonlyMap<string, Visited> as ReadonlyMap<string, QmpValue>, hostDependent }));
    }
    return cpu;
  }

  /** The same without what the host decides. */
  private known(row: PropertyRow, hostDependent: readonly string[]): PropertyRow {
    let ofList = this.lists.get(row.list);
    if (ofList === undefined) this.lists.set(row.list, (ofList = new Map()));
    const key = hostDependent.join();
    let list = ofList.get(key);
    if (list === undefined) ofList.set(key, (list = new KeyList(row.list.names.filter((name) => !hostDependent.includes(name)))));
    return new PropertyRow(list, row.cells.filter((value) => !(value instanceof Unknown)), row.marks);
  }
}

function rowOf(visited: ReadonlyMap<string, Visited>): PropertyRow {
  const entries = [...visited];
  return new PropertyRow(new KeyList(entries.map(([name]) => name)), entries.map(([, value]) => value), Uint32Array.from(entries.flatMap(([name, value]) => propertyMark(name, value))));
}
