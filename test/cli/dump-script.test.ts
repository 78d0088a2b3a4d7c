import { expect } from 'chai';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { engine } from '../../analyzer/cli/engine.js';
import { renderConfigs } from '../../analyzer/render/configs.js';
import { readConfig } from '../../analyzer/render/read-config.js';
import { openSource } from '../../analyzer/source/open.js';
import type { SourceTree } from '../../analyzer/source/tree.js';
import { isObject } from '../../analyzer/verify/json.js';
import { readRecording, type Recording } from '../../analyzer/verify/recording.js';
import type { Analysis, QmpValue } from '../../analyzer/x86/api.js';
import type { FeatureRegister } from '../../analyzer/x86/feature-words.js';

type State = Readonly<Record<string, QmpValue>>;

/** Who a CPU is: what the script writes besides features, as far as the CPU has it. */
const IDENTITY = ['level', 'xlevel', 'xlevel2', 'vendor', 'family', 'model', 'stepping', 'model-id'];

/** A bit of a feature word: register, leaf, subleaf, number. */
function bit(register: unknown, leaf: unknown, subleaf: unknown, number: number): string {
  return [String(register).toLowerCase(), leaf, subleaf ?? 0, number].join('/');
}

/** The bits of a property like feature-words, and whether they are on. */
function* bitsOf(words: QmpValue | undefined): Generator<readonly [string, boolean]> {
  for (const word of Array.isArray(words) ? words.filter(isObject) : []) {
    for (let number = 0; number < 32; number++) {
      yield [bit(word['cpuid-register'], word['cpuid-input-eax'], word['cpuid-input-ecx'], number), (Number(word['features']) >>> number & 1) === 1];
    }
  }
}

/** Properties by the bit that they are, under all their names. */
function propertiesByBit(registers: readonly Omit<FeatureRegister, 'word'>[]): Map<string, readonly string[]> {
  return new Map(registers.flatMap(({ leaf, subleaf, register, names }) => names.flatMap((name, number): [string, string[]][] => (
    name === undefined ? [] : [[bit(register, leaf, subleaf, number), name.split('|').map((one) => one.replaceAll('_', '-'))]]))));
}

/**
 * What scripts/x86-cpu-model-dump of the tree with the original patch writes for a realized CPU. It asks QEMU for the identity, and
 * for each feature that it knows by name and the CPU has as a property. It then looks at feature-words, which must say the same,
 * and at filtered-features: what the accelerator left out had been asked for, and is written as on. Links, the CPU's life
 * (realized, hotplugged), and what is neither identity nor feature (hv-*, check, pmu) it does not write. Values are
 * written as -global takes them.
 *
 * Of a feature with several names it writes one, which depends on the map of CPUs that it is given; here are all.
 * @throws where the script would stop: feature words and properties contradict each other
 */
function dumped(state: State, byBit: ReadonlyMap<string, readonly string[]>): Map<string, string> {
  const features = new Set([...byBit.values()].flat());
  const values = new Map<string, QmpValue>();
  for (const name of [...IDENTITY, ...features]) if (state[name] !== undefined) values.set(name, state[name]);
  for (const [at, on] of bitsOf(state['feature-words'])) {
    for (const name of byBit.get(at) ?? []) if (values.get(name) !== on) throw new Error(`feature-words has ${at} ${on ? 'on' : 'off'}, and ${name} is ${String(values.get(name))}`);
  }
  for (const [at, out] of bitsOf(state['filtered-features'])) {
    if (!out) continue;
    for (const name of byBit.get(at) ?? []) {
      if (values.get(name) !== false) throw new Error(`${name} was left out, and is ${String(values.get(name))}`);
      values.set(name, true);
    }
  }
  return new Map([...values].map(([name, value]) => [name, typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value)]));
}

describe('what the -cpu custom patch\'s script writes of a CPU', () => {
  const byBit = propertiesByBit([{ leaf: 1, subleaf: undefined, register: 'ecx', names: ['pni|sse3', undefined, 'sse4_1'] }, { leaf: 7, subleaf: 0, register: 'ebx', names: ['smep'] }]);
  const words = (ecx: number, ebx: number): QmpValue => [{ 'cpuid-register': 'ECX', 'cpuid-input-eax': 1, features: ecx }, { 'cpuid-register': 'EBX', 'cpuid-input-eax': 7, 'cpuid-input-ecx': 0, features: ebx }];
  const state: State = { level: 4, vendor: '', 'model-id': 'A', pni: true, sse3: true, 'sse4-1': false, smep: false, pmu: true, realized: true, 'feature-words': words(1, 0), 'filtered-features': words(4, 0) };

  it('is its identity and its features, as they were asked for', () => {
    expect([...dumped(state, byBit)]).to.deep.equal([['level', '4'], ['vendor', ''], ['model-id', 'A'], ['pni', 'on'], ['sse3', 'on'], ['sse4-1', 'on'], ['smep', 'off']]);
  });

  it('is nothing where words and properties contradict each other', () => {
    expect(() => dumped({ ...state, smep: true }, byBit)).to.throw('feature-words has ebx/7/0/0 off, and smep is true');
    expect(() => dumped({ ...state, 'filtered-features': words(1, 0) }, byBit)).to.throw('pni was left out, and is true');
  });
});

/** The tests run from the checkout's root. */
const golden = join('test', 'golden');
const SCRIPT = 'scripts/x86-cpu-model-dump';

/** The tree with the script: what QEMU_CUSTOM_TREE names, or one in QEMU_TREES. */
function treeWithScript(): SourceTree | undefined {
  const { QEMU_CUSTOM_TREE: spec, QEMU_TREES: trees } = process.env;
  for (const candidate of [...(spec === undefined ? [] : [spec]), ...(trees !== undefined && existsSync(trees) ? readdirSync(trees).map((name) => join(trees, name)) : [])]) {
    try {
      const tree = openSource(candidate);
      if (tree.has(SCRIPT)) return tree;
    } catch (error) {
      if (candidate === spec) throw error;
      // something else is in there, too
    }
  }
  return undefined;
}

for (const accel of ['kvm', 'tcg']) {
  describe(`configurations of the tree with the -cpu custom patch, ${accel}`, function () {
    this.timeout(900_000);
    let analysis: Analysis & { cpuidFeatures(): readonly FeatureRegister[] };
    let recording: Recording;

    before(async function () {
      const tree = treeWithScript();
      if (tree === undefined) {
        console.log(`      set QEMU_CUSTOM_TREE to a tree with ${SCRIPT} to run this (ehabkost/qemu-hacks, branch work/x86-cpu-custom-model)`);
        this.skip();
      }
      recording = await readRecording(join(golden, `custom-${accel}.json.gz`));
      analysis = await engine.analyse(tree, { accel, target: 'x86_64' } as Parameters<typeof engine.analyse>[1]) as typeof analysis;
    });

    it('say all that the script writes, with the same values, for every model on every machine type', () => {
      const byBit = propertiesByBit(analysis.cpuidFeatures());
      let [pairs, values, left, refused] = [0, 0, 0, 0];
      for (const [machine, models] of Object.entries(recording.pairs)) {
        for (const [model, id] of Object.entries(models)) {
          const { files } = renderConfigs([{ analysis, pairs: [{ machine, model }] }], { mode: 'custom', format: 'readconfig', target: 'x86_64', template: undefined });
          const text = [...files.values()].find((file) => file.includes('[global]'))!;
          const { driver, settings } = readConfig(text, `${model} on ${machine}`);
          const said = new Map(settings.map(({ property, value }) => [property, value]));
          const host = analysis.resolve(machine, model, 'expanded').hostDependent;
          const written = dumped(recording.states[id]!, byBit);
          // `-cpu custom` itself has no vendor, and no CPU takes an empty one: what the script writes there cannot be loaded
          const isRefused = (property: string, value: string): boolean => value === '' && !said.has(property) && new RegExp(`Cannot be set, and is the same all the same:[^]*^#   ${property}$`, 'm').test(text);
          const missing = [...written].filter(([property, value]) => said.get(property) !== value && !host.includes(property) && !isRefused(property, value));
          expect(missing.map(([property, value]) => `${property}: script ${value}, here ${said.get(property)}`), `${model} on ${machine}`).to.deep.equal([]);
          expect(driver).to.equal('cpu');
          // and of the rest the file says that it is the host's
          for (const property of written.keys()) if (host.includes(property)) { left++; expect(said.has(property)).to.equal(false); expect(text).to.match(new RegExp(`^# .*\\b${property.replaceAll('.', '\\.')}\\b`, 'm')); }
          pairs++;
          values += written.size;
          refused += [...written].filter(([property, value]) => isRefused(property, value)).length;
        }
      }
      console.log(`      ${pairs} configurations, ${values} properties, of which ${left} are the host's and ${refused} an empty vendor that cannot be set`);
    });
  });
}
