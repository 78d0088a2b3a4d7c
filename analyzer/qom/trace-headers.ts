import type { SourceTree } from '../source/tree.js';

const TRACERS = /^(?:.*\/)?(?:trace(?:-[\w-]+)?|generated-(?:tcg-)?tracers|generated-helpers(?:-wrappers)?)\.h$/;
const EVENTS = /^(?:.*\/)?generated-events\.h$/;
const TRACETOOL = 'scripts/tracetool';

/**
 * The headers that scripts/tracetool generates. Trace points themselves have no say in anything and are left out; what the
 * headers include is kept, since units rely on it: format/h.py writes it, and backend/NAME.py for each configured backend.
 */
export class TraceHeaders {
  private readonly texts = new Map<string, string>();

  constructor(private readonly tree: SourceTree, /** Those that configure chose. */ private readonly backends: readonly string[]) {}

  /** The text of a generated header; undefined if it is none of these. */
  header(name: string): string | undefined {
    const kind = EVENTS.test(name) ? 'events' : !TRACERS.test(name) ? undefined : /helpers/.test(name) ? 'helpers' : /(?:^|-)root\.h$|^trace\.h$/.test(name) ? 'root' : 'tracers';
    if (kind === undefined) return undefined;
    let text = this.texts.get(kind);
    if (text === undefined) this.texts.set(kind, (text = this.make(kind)));
    return text;
  }

  private make(kind: 'events' | 'helpers' | 'root' | 'tracers'): string {
    if (kind === 'helpers') return '';
    if (kind === 'events') return this.events();
    const backends = this.backends.map((name) => this.read(`backend/${name}.py`).match(/^def generate_h_begin\b[^]*?(?=^def |$(?![^]))/m)?.[0] ?? '');
    return [this.read('format/h.py'), ...backends].flatMap((text) => includesOf(text, kind === 'root')).map((name) => `#include ${name}\n`).join('');
  }

  /** The events of the tree's top directory, in which those that each CPU has its own state of have always stood. */
  private *declared(): Generator<{ readonly name: string; readonly perCpu: boolean }> {
    for (const match of (this.tree.read('trace-events') ?? '').matchAll(/^((?:(?:disable|tcg|vcpu)[ \t]+)*)(\w+)\(/gm)) {
      yield { name: match[2]!.toUpperCase(), perCpu: /\bvcpu\b/.test(match[1]!) };
    }
  }

  /** trace/control.c: trace_get_vcpu_event_count(): so many bits each CPU has for them. */
  get perCpuEvents(): number {
    return [...this.declared()].filter(({ perCpu }) => perCpu).length;
  }

  /** format/events_h.py, until every directory had its own events: enumerations of all. */
  private events(): string {
    const script = this.read('format/events_h.py');
    const declared = [...this.declared()];
    const [first = [], last = []] = [script.slice(0, script.indexOf('typedef enum')), script.slice(script.indexOf('typedef enum'))].map((text) => includesOf(text, true));
    const lines = (list: readonly string[]): string => list.map((name) => `#include ${name}\n`).join('');
    const enumeration = (prefix: string, list: typeof declared, type: string): string => `typedef enum { ${[...list.map(({ name }) => prefix + name), `${prefix}EVENT_COUNT`].join(', ')} } ${type};\n`;
    const body = lines(first) + enumeration('TRACE_', declared, 'TraceEventID') + enumeration('TRACE_VCPU_', declared.filter(({ perCpu }) => perCpu), 'TraceEventVCPUID') + lines(last);
    return `#ifndef TRACE__GENERATED_EVENTS_H\n#define TRACE__GENERATED_EVENTS_H\n${body}#endif\n`;
  }

  private read(path: string): string {
    return this.tree.read(`${TRACETOOL}/${path}`) ?? '';
  }
}

/** What a Python script writes as #include lines: literally, or as a name that it chose before by whether the group is "root". */
function includesOf(script: string, isRoot: boolean): string[] {
  const literal = [...script.matchAll(/['"]#include ((?:"[^"'%]+")|(?:<[^>'%]+>))['"]/g)].map((match) => match[1]!);
  if (!/#include "%s"/.test(script)) return literal;
  const chosen = [...script.matchAll(/^[ \t]+header = "([^"]+)"/gm)].map((match) => `"${match[1]!}"`);
  const name = chosen.length > 1 && !isRoot ? chosen[1] : chosen[0];
  return name === undefined ? literal : [name, ...literal];
}
