import type { Diagnostic } from '../../analyzer/c/runtime.js';
import type { Analyse } from '../../analyzer/cache/analysis-cache.js';
import type { Questionable } from '../../analyzer/cache/cached-analysis.js';
import { externalNames, factOf } from '../../analyzer/source/facts.js';
import type { SourceTree } from '../../analyzer/source/tree.js';
import { CannotResolveError, UnknownNameError, type ResolvedCpu } from '../../analyzer/x86/api.js';

/** An analysis of a tree of a few lines: what it reads decides what it answers. It counts how often it was made and asked. */
export class FakeAnalyzer {
  made = 0;
  asked = 0;

  readonly analyse: Analyse = (tree, { accel }) => {
    this.made++;
    return this.#analysis(tree, accel);
  };

  #analysis(tree: SourceTree, accel: string): Questionable {
    const diagnostics: Diagnostic[] = [];
    const include = tree.has('target/i386/cpu.h') ? 'target/i386/cpu.h' : 'include/cpu.h';
    const header = tree.read(include) ?? '';
    const version = tree.read('VERSION')!.trim();
    factOf(tree, 'hw/names.c', externalNames);
    const cpus = new Map<string, ResolvedCpu>();
    const count = <T>(answer: T): T => { this.asked++; return answer; };
    const resolve = (machine: string, cpu: string): ResolvedCpu => {
      this.asked++;
      if (cpu === 'refused') throw new CannotResolveError('no such luck');
      if (cpu === 'typo') throw new UnknownNameError('CPU model', cpu, ['type']);
      if (cpu === 'odd') diagnostics.push({ severity: 'error', at: { file: include, line: 1 }, what: 'odd', affects: cpu });
      if (cpu === 'strange') diagnostics.push({ severity: 'error', at: { file: include, line: 2 }, what: 'strange', affects: 'all' });
      const level = /LEVEL (\d+)/.exec(machine === 'late' ? tree.read('hw/late.c') ?? '' : header)?.[1] ?? 'none';
      const id = `${level}/${cpu}`;
      let known = cpus.get(id);
      if (known === undefined) {
        known = { id, typename: `${cpu}-cpu`, properties: new Map<string, ResolvedCpu['properties'] extends ReadonlyMap<string, infer V> ? V : never>([['level', level], ['mask', 0xffff_ffff_ffff_fffen], ['one', 1], ['list', [1n, null, 'x']], ['on', true]]), hostDependent: cpu === 'host' ? ['vendor'] : [] };
        cpus.set(id, known);
      }
      return known;
    };
    return {
      qemu: { version: { major: Number(version.split('.')[0]), minor: 0, micro: 0 }, package: '' },
      origin: tree.origin, accel, diagnostics, resolve,
      diagnosticsFor: (_machine, model) => diagnostics.filter(({ affects }) => affects === 'all' || affects === model),
      machines: () => count([{ name: 'board', fields: { name: 'board', 'cpu-max': 1 } }]),
      models: () => count([{ name: 'type', fields: { name: 'type' } }]),
      properties: () => count([{ name: 'level', type: 'string', settable: true, description: undefined }]),
      compatProperties: () => count([{ 'qom-type': 'cpu', property: 'level', value: '1', at: undefined }]),
      unlistedModels: () => count(['other']),
      machineParents: () => count(new Map([['board', undefined], ['late', 'board']])),
      featureAliases: () => count(new Map([['pni', ['sse3']]])),
      propertyPlaces: () => count(new Map([['level', 'state' as const]])),
      explainAll: (_machine, _model, properties) => count(new Map(properties.map((name) => [name, [{ value: name, at: { file: include, line: 2 }, data: [], stack: [], what: 'model table' }]]))),
      cpuid: (_machine, _cpu, vcpu = 0) => count([{ leaf: 0xb, subleaf: 0, eax: 0, ebx: vcpu, ecx: 0, edx: 0 }]),
      cpuidFeatures: () => count([]),
      featureLists: () => count({ lists: [], registers: [] }),
      explain: () => count([{ value: 1n, at: { file: include, line: 1 }, data: [], stack: [], what: 'model table' }]),
      expressible: () => count(Object.assign([{ property: 'level', value: '1' }], { not: [{ property: 'x', reason: 'y', same: false }] })),
      unavailableFeatures: () => ({ unavailable: [], undecided: [] }),
      cpuidWith: () => count([{ leaf: 0, subleaf: 0, eax: 0xffff_ffff, ebx: 0, ecx: 0, edx: 0 }]),
      configured: (machine, cpu) => resolve(machine, cpu),
      featureWords: () => count([{ name: 'word', features: ['on'] }]),
    };
  }
}
