import { formatLocation } from '../c/location.js';
import type { SourceTree } from '../source/tree.js';
import { CannotResolveError, type Analysis, type Stage } from '../x86/api.js';
import { diagnosticLine, distinct } from '../render/diagnostic.js';
import { compareCompat, compareMachines, compareModels, compareStates, type Comparison } from './compare.js';
import { checkExpectations, readExpectations } from './expectations.js';
import type { Recording, RecordingHead } from './recording.js';

/** What was found with one tree, accelerator and stage. */
export interface Conformance {
  readonly machines: number;
  /** CPUs that were resolved, or that the recording has. */
  readonly pairs: number;
  /** Pairs that equal the recording in every property; undefined without a recording. */
  readonly exact: number | undefined;
  /** Machine types, models and compat property lists that equal the recording, of all; undefined without a recording. */
  readonly lists: { readonly equal: number; readonly all: number } | undefined;
  /** Pairs or machine types that could not be compared or resolved as QEMU itself refuses them. */
  readonly refused: number;
  readonly diagnostics: number;
  /** The diagnostics, then what differs, the most frequent first. */
  readonly differences: readonly string[];
}

/** An analysis held against a recording of the same QEMU. @param limit so many machine types, evenly spread, for models and CPUs */
export function conformsTo(whole: Recording, analysis: Analysis, limit?: number): Conformance {
  const recording = limit === undefined ? whole : excerpt(whole, limit);
  const lists = [compareMachines(recording, analysis), compareModels(recording, analysis), compareCompat(recording, analysis)].filter((c) => c !== undefined);
  const states = compareStates(recording, analysis, recording.stage);
  const sum = (of: (comparison: Comparison) => number): number => lists.reduce((total, comparison) => total + of(comparison), 0);
  return {
    machines: Object.keys(recording.pairs).length,
    pairs: states.passed + states.failed,
    exact: states.passed,
    lists: { equal: sum(({ passed }) => passed), all: sum(({ passed, failed }) => passed + failed) },
    refused: states.notCompared.length,
    ...problems(analysis, [...lists, states].flatMap(differences)),
  };
}

/** What a recording says of some of its machine types. */
function excerpt(recording: Recording, limit: number): Recording {
  const chosen = new Set(spread(Object.keys(recording.pairs), limit));
  const only = <T>(by: Readonly<Record<string, T>>): Record<string, T> => Object.fromEntries(Object.entries(by).filter(([machine]) => chosen.has(machine)));
  return { ...recording, definitions: only(recording.definitions), pairs: only(recording.pairs), errors: only(recording.errors) };
}

/** So many of a list, the first and the last among them. */
function spread<T>(list: readonly T[], limit: number): T[] {
  if (list.length <= limit) return [...list];
  return Array.from({ length: limit }, (_, i) => list[limit === 1 ? 0 : Math.round(i * (list.length - 1) / (limit - 1))]!);
}

/** The matrix of an analysis, with nothing to hold it against. @param limit so many machine types, evenly spread */
export function conformsToNothing(analysis: Analysis, stage: Stage, limit = Infinity): Conformance {
  let machines = 0;
  let pairs = 0;
  const refusals = new Map<string, number>();
  const refuse = (error: unknown): void => {
    if (!(error instanceof CannotResolveError)) throw error;
    refusals.set(error.message, (refusals.get(error.message) ?? 0) + 1);
  };
  for (const { name: machine } of spread(analysis.machines().filter(({ name }) => name !== 'none'), limit)) {
    try {
      const models = analysis.models(machine);
      machines++;
      for (const { name: model } of models) {
        try {
          analysis.resolve(machine, model, stage);
          pairs++;
        } catch (error) {
          refuse(error);
        }
      }
    } catch (error) {
      refuse(error);
    }
  }
  return {
    machines, pairs, exact: undefined, lists: undefined,
    refused: [...refusals.values()].reduce((a, b) => a + b, 0),
    ...problems(analysis, [...refusals].map(([message, count]) => `${count} x refused: ${message}`)),
  };
}

/** An analysis held against what QEMU's own tests in its tree expect; undefined if the tree has none that are read. @throws SourceError */
export function conformsToTests(tree: SourceTree, analysis: Analysis): Conformance | undefined {
  const { files, expectations, unread } = readExpectations(tree);
  if (files.length === 0) return undefined;
  const { satisfied, skipped, failed } = checkExpectations(expectations, analysis);
  return {
    machines: new Set(expectations.map(({ machine }) => machine)).size,
    pairs: satisfied.length + failed.length + unread.length,
    exact: satisfied.length,
    lists: undefined,
    refused: skipped.length,
    ...problems(analysis, [
      ...failed.map(({ expectation: { at, name, cpu }, said }) => `${formatLocation(at)}: ${name}${cpu === undefined ? '' : ` (${cpu})`}: ${said}`),
      ...unread.map(({ at, why }) => `${formatLocation(at)}: not understood: ${why}`),
    ]),
  };
}

/** The analysis's own diagnostics, before what differs. */
export function problems(analysis: Analysis, differences: readonly string[]): Pick<Conformance, 'diagnostics' | 'differences'> {
  const errors = distinct(analysis.diagnostics).filter(({ severity }) => severity === 'error');
  return { diagnostics: errors.length, differences: [...errors.map(diagnosticLine), ...differences] };
}

function differences({ differences: found }: Comparison): string[] {
  return found.groups().map(({ subject, property, count, values }) => {
    const first = values[0];
    const where = first === undefined ? '' : [first.machine, first.model].filter((part) => part !== undefined).join(' ');
    return `${count} x ${subject}${property === undefined ? '' : ` ${property}`}${where === '' ? '' : `, e.g. ${where}`}`;
  });
}

/**
 * Does a recording tell of the QEMU that this tree builds? The same release, by the same packager; another update of the same packaged
 * version ("+deb11u3", "+b1") will do, as those change no CPU and no machine type.
 */
export function recordedFrom(recording: Pick<RecordingHead, 'version'>, qemu: Analysis['qemu']): boolean {
  const of = ({ major, minor, micro }: Analysis['qemu']['version'], packager: string): string => `${major}.${minor}.${micro} ${packager.replace(/(?:\+deb\d+u\d+)?(?:\+b\d+)?$/, '')}`.trim();
  return of(recording.version.qemu, recording.version.package) === of(qemu.version, qemu.package);
}
