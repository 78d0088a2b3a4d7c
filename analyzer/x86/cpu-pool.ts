import { createHash } from 'node:crypto';
import { Unknown } from '../c/unknown.js';
import type { Visited } from '../qom/visitor.js';
import type { QmpValue, ResolvedCpu } from './api.js';

/** All CPUs that were resolved: equal ones are one object. */
export class CpuPool {
  private readonly byId = new Map<string, ResolvedCpu>();
  /** Readers give equal CPUs of a type the same map. */
  private readonly byMap = new WeakMap<ReadonlyMap<string, Visited>, Map<string, ResolvedCpu>>();
  private readonly names = new Map<string, string>();

  /** @param gap hears of each property whose value is missing because something was not understood */
  share(typename: string, visited: ReadonlyMap<string, Visited>, gap: (property: string, value: Unknown) => void): ResolvedCpu {
    let ofMap = this.byMap.get(visited);
    if (ofMap === undefined) this.byMap.set(visited, (ofMap = new Map()));
    let cpu = ofMap.get(typename);
    if (cpu === undefined) ofMap.set(typename, (cpu = this.make(typename, visited, gap)));
    return cpu;
  }

  private make(typename: string, visited: ReadonlyMap<string, Visited>, gap: (property: string, value: Unknown) => void): ResolvedCpu {
    const hostDependent: string[] = [];
    let text = '';
    for (const [name, value] of visited) {
      if (!(value instanceof Unknown)) {
        text += `${text === '' ? '' : ','}[${this.quoted(name)},${jsonText(value)}]`;
      } else {
        if (value.origin.kind === 'gap') gap(name, value);
        hostDependent.push(name);
      }
    }
    hostDependent.sort();
    text = `[${JSON.stringify(typename)},[${text}],${JSON.stringify(hostDependent)}]`;
    const id = createHash('sha256').update(text).digest('hex').slice(0, 16);
    let cpu = this.byId.get(id);
    if (cpu === undefined) {
      const known = visited as ReadonlyMap<string, QmpValue>;
      const properties = hostDependent.length === 0 ? known : new Map([...known].filter(([name]) => !hostDependent.includes(name)));
      this.byId.set(id, (cpu = { id, typename, properties, hostDependent }));
    }
    return cpu;
  }

  private quoted(name: string): string {
    let text = this.names.get(name);
    if (text === undefined) this.names.set(name, (text = JSON.stringify(name)));
    return text;
  }
}

/** JSON, with integers of 64 bits as strings. */
function jsonText(value: Visited): string {
  switch (typeof value) {
    case 'number': case 'boolean': return String(value);
    case 'bigint': return `"n${value}"`;
    case 'string': return JSON.stringify(value);
    default: return JSON.stringify(value, (_key, v: unknown) => (typeof v === 'bigint' ? `n${v}` : v));
  }
}
