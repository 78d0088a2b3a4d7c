import type { Location } from '../c/location.js';
import type { SourceTree } from '../source/tree.js';
import { CannotResolveError, UnknownNameError, type Analysis, type QmpValue } from '../x86/api.js';
import { readCTest } from './expectations-c.js';
import { readPythonTest } from './expectations-python.js';
import { FILTERED, WORDS } from './filtering.js';
import { isObject, type QmpObject } from './json.js';

/** What one of QEMU's own tests expects of a CPU, or of the list of models, on one machine type. */
export interface Expectation {
  /** The test's own name. */
  readonly name: string;
  readonly at: Location;
  /** undefined: the default machine type. */
  readonly machine: string | undefined;
  /** In QEMU's -cpu syntax; undefined where the test asks for none. */
  readonly cpu: string | undefined;
  /** Machine types and models without which the test itself does not run. */
  readonly needs: { readonly machines: readonly string[]; readonly models: readonly string[] };
  /** undefined if it is met; else what is so instead. @throws what Analysis.resolve() throws */
  met(asked: Asked): string | undefined;
}

/** A statement of a test that is not understood: nothing is known of what it expects. */
export interface Unread {
  readonly at: Location;
  readonly why: string;
}

export interface ReadTest {
  readonly expectations: readonly Expectation[];
  readonly unread: readonly Unread[];
}

export interface Expectations extends ReadTest {
  /** The tests that the tree has. */
  readonly files: readonly string[];
}

export interface ExpectationReport {
  readonly satisfied: readonly Expectation[];
  /** Left out by the test itself. */
  readonly skipped: readonly { readonly expectation: Expectation; readonly why: string }[];
  readonly failed: readonly { readonly expectation: Expectation; readonly said: string }[];
}

/** The tests by their names, which directories they have been in over the years, and who reads them. */
const TESTS: readonly { readonly name: RegExp; readonly directories: readonly string[]; readonly read: (path: string, text: string) => ReadTest }[] = [
  { name: /^test-x86-cpuid-compat\.c$/, directories: ['tests', 'tests/qtest'], read: readCTest },
  { name: /cpu_model_versions\.py$/, directories: ['tests/acceptance', 'tests/avocado', 'tests/functional', 'tests/functional/x86_64'], read: readPythonTest },
];

/** What QEMU's own tests of levels, feature flags and aliases expect, as far as the tree has them. @throws SourceError */
export function readExpectations(tree: SourceTree): Expectations {
  const files: string[] = [];
  const expectations: Expectation[] = [];
  const unread: Unread[] = [];
  for (const { name, directories, read } of TESTS) {
    for (const path of directories.flatMap((directory) => tree.list(directory).filter((entry) => name.test(entry)).map((entry) => `${directory}/${entry}`))) {
      const text = tree.read(path);
      if (text === undefined) continue;
      files.push(path);
      const test = read(path, text);
      expectations.push(...test.expectations);
      unread.push(...test.unread);
    }
  }
  return { files, expectations, unread };
}

/** Asks an analysis for everything that is expected. */
export function checkExpectations(expectations: readonly Expectation[], analysis: Analysis): ExpectationReport {
  const satisfied: Expectation[] = [];
  const skipped: { expectation: Expectation; why: string }[] = [];
  const failed: { expectation: Expectation; said: string }[] = [];
  const machines = analysis.machines();
  const names = new Map(machines.flatMap(({ name, fields }) => [[name, name], [String(fields['alias'] ?? name), name]] as const));
  const usual = machines.find(({ fields }) => fields['is-default'] === true)?.name;
  for (const expectation of expectations) {
    const machine = expectation.machine === undefined ? usual : names.get(expectation.machine);
    const noMachine = expectation.needs.machines.find((name) => !names.has(name));
    if (noMachine !== undefined) {
      skipped.push({ expectation, why: `there is no machine type '${noMachine}'` });
      continue;
    }
    if (machine === undefined) {
      failed.push({ expectation, said: `there is no ${expectation.machine === undefined ? 'default machine type' : `machine type '${expectation.machine}'`}` });
      continue;
    }
    try {
      const noModel = expectation.needs.models.find((name) => !analysis.models(machine).some((model) => model.name === name));
      if (noModel !== undefined) {
        skipped.push({ expectation, why: `there is no model '${noModel}'` });
        continue;
      }
      const said = expectation.met(new Asked(analysis, machine, expectation.cpu));
      if (said === undefined) satisfied.push(expectation);
      else failed.push({ expectation, said });
    } catch (error) {
      if (!(error instanceof UnknownNameError || error instanceof CannotResolveError)) throw error;
      failed.push({ expectation, said: error.message });
    }
  }
  return { satisfied, skipped, failed };
}

/** What a test asks QEMU for, answered by the analysis. */
export class Asked {
  constructor(private readonly analysis: Analysis, private readonly machine: string, private readonly cpu: string | undefined) {}

  /** qom-get of the first CPU. @throws CannotResolveError if there is nothing to get, and what Analysis.resolve() throws */
  property(name: string): QmpValue {
    if (this.cpu === undefined) throw new CannotResolveError('the test asks for no CPU');
    const cpu = this.analysis.resolve(this.machine, this.cpu, 'realized');
    if (cpu.hostDependent.includes(name)) throw new CannotResolveError(`the host decides ${name}`);
    const value = cpu.properties.get(name);
    if (value === undefined) throw new CannotResolveError(`the CPU has no ${name}`);
    return value;
  }

  /** A feature that was asked for, granted or not: get_feature_word() of the test, on both lists. */
  feature(leaf: bigint, subleaf: bigint, register: string, bit: bigint): boolean {
    return [WORDS, FILTERED].some((list) => {
      const words = this.property(list);
      if (!Array.isArray(words)) throw new CannotResolveError(`the CPU has no ${list}`);
      const word = words.filter(isObject).find((entry) => entry['cpuid-register'] === register && integer(entry, 'cpuid-input-eax') === leaf
        && (entry['cpuid-input-ecx'] === undefined || integer(entry, 'cpuid-input-ecx') === subleaf));
      return word !== undefined && ((integer(word, 'features') >> bit) & 1n) === 1n;
    });
  }

  /** query-cpu-definitions. */
  definitions(): QmpObject {
    return Object.fromEntries(this.analysis.models(this.machine).map(({ name, fields }) => [name, { ...fields }]));
  }
}

function integer(word: QmpObject, field: string): bigint {
  const value = word[field];
  return typeof value === 'number' || typeof value === 'bigint' ? BigInt(value) : 0n;
}
