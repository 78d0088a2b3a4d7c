import { expect } from 'chai';
import { takeCensus } from '../../analyzer/compare/census.js';
import { differences } from '../../analyzer/compare/differences.js';
import { byFeature } from '../../analyzer/compare/features.js';
import { ABSENT, HOST } from '../../analyzer/compare/values.js';
import { differencesLines, differencesView } from '../../analyzer/render/differences.js';
import { plain } from '../../analyzer/render/text.js';
import type { FeatureLists, QmpValue } from '../../analyzer/x86/api.js';
import { fakeAnalysis, type Fake } from './fake.js';

type Properties = Readonly<Record<string, QmpValue>>;

/** A register of the tree's table of feature words, by the names of its bits. */
function register(word: number, leaf: number, register: 'eax' | 'ebx' | 'ecx' | 'edx', names: readonly (string | undefined)[], subleaf?: number): FeatureLists['registers'][number] {
  return { word, leaf, subleaf, register, names: Array.from({ length: 32 }, (_, bit) => names[bit]) };
}

/** An entry of a list, as QMP has it. */
function entry(leaf: number, register: string, features: number, subleaf?: number): QmpValue {
  return { 'cpuid-input-eax': leaf, ...(subleaf === undefined ? {} : { 'cpuid-input-ecx': subleaf }), 'cpuid-register': register, 'features': features };
}

const LISTS = [{ property: 'feature-words', isCpu: true }, { property: 'filtered-features', isCpu: false }];
const OLD: FeatureLists = { lists: LISTS, registers: [register(0, 1, 'edx', ['fpu', 'vme', undefined, 'pse', 'sse4.1|sse4_1', 'clock', 'clock'])] };
const NEW: FeatureLists = { lists: LISTS, registers: [register(0, 1, 'edx', ['fpu', 'vme', 'de', 'pse', 'sse4.1', 'clock', 'clock']), register(1, 7, 'ebx', ['smep'], 0)] };

function changes(before: Properties, after: Properties, lists: readonly [FeatureLists, FeatureLists], host: Partial<Pick<Fake, 'hostDependent'>>[] = []): string[] {
  const side = (properties: Properties, i: 0 | 1): ReturnType<typeof takeCensus> => takeCensus({ ...fakeAnalysis({ machines: { pc: { CPU: properties } }, ...host[i] }), featureLists: () => lists[i] }, 'expanded');
  const text = (value: unknown): string => (value === ABSENT ? '-' : value === HOST ? '?' : JSON.stringify(value));
  return differences(side(before, 0), side(after, 1)).cpus.flatMap((group) => group.changes.map(({ property, before: b, after: a, spellings }) => `${[property, ...spellings].join('/')}: ${text(b)} > ${text(a)}`)).sort();
}

describe('lists of feature words, compared', () => {
  it('a feature that was a bit of a list and is a property now has not changed', () => {
    const before = { 'feature-words': [entry(1, 'EDX', 0b11011)] };
    const after = { 'fpu': true, 'vme': true, 'de': false, 'pse': true, 'sse4-1': true, 'sse4.1': true, 'clock': false, 'smep': false };
    expect(changes(before, after, [OLD, NEW])).to.deep.equal(['de: - > false', 'feature-words: null > -', 'smep: - > false']);
    expect(changes(before, { ...after, 'vme': false, 'sse4-1': false, 'sse4.1': false }, [OLD, NEW])).to.deep.equal([
      'de: - > false', 'feature-words: null > -', 'smep: - > false', 'sse4-1/sse4.1: true > false', 'vme: true > false',
    ]);
  });

  it('a bit without a name is the feature that the other tree calls it', () => {
    expect(changes({ 'feature-words': [entry(1, 'EDX', 0b101)] }, { fpu: true, vme: false, de: true, pse: false, clock: false, 'sse4.1': false }, [OLD, NEW])).to.deep.equal(['feature-words: null > -']);
    expect(changes({ 'feature-words': [entry(1, 'EDX', 0b101)] }, { fpu: true, vme: false, de: false, pse: false, clock: false, 'sse4.1': false }, [OLD, NEW])).to.deep.equal(['de: true > false', 'feature-words: null > -']);
  });

  it('where both have lists, each bit that differs is one change, under its name or its place', () => {
    const list = (edx: number, filtered = 0): Properties => ({ 'feature-words': [entry(1, 'EDX', edx)], 'filtered-features': [entry(1, 'EDX', filtered)] });
    expect(changes(list(0b1), list(0b1), [OLD, OLD])).to.deep.equal([]);
    expect(changes(list(0b0001), list(0b1000, 0b10), [OLD, OLD])).to.deep.equal(['filtered-features.vme: false > true', 'fpu: true > false', 'pse: false > true']);
    expect(changes(list(0b100), list(1 << 9), [OLD, OLD])).to.deep.equal(['feature-words.0x1:edx.2: true > false', 'feature-words.0x1:edx.9: false > true']);
    // new words of nothing are no change
    expect(changes(list(0b1), { ...list(0b1), 'feature-words': [entry(7, 'EBX', 0, 0), entry(1, 'EDX', 1)] }, [OLD, OLD])).to.deep.equal([]);
    expect(changes(list(0b1), { ...list(0b1), 'feature-words': [entry(7, 'EBX', 2, 0), entry(1, 'EDX', 1)] }, [OLD, OLD])).to.deep.equal(['feature-words.0x7.0:ebx.1: false > true']);
  });

  it('a property says what the list says, and is told once', () => {
    const both = (edx: number): Properties => ({ 'feature-words': [entry(1, 'EDX', edx)], 'fpu': (edx & 1) === 1, 'vme': (edx & 2) === 2, 'pse': false, 'sse4-1': false, 'sse4_1': false, 'clock': false });
    expect(changes(both(1), both(2), [OLD, OLD])).to.deep.equal(['fpu: true > false', 'vme: false > true']);
  });

  it('a feature of several bits is on if all are; half of one is told by place', () => {
    const list = (edx: number): Properties => ({ 'feature-words': [entry(1, 'EDX', edx)] });
    expect(changes(list(0x60), list(0), [OLD, OLD])).to.deep.equal(['clock: true > false']);
    expect(changes(list(0x20), list(0), [OLD, OLD])).to.deep.equal(['feature-words.0x1:edx.5: true > false']);
  });

  it('a list that the host decides leaves every feature to it', () => {
    const host = { hostDependent: { CPU: ['feature-words', 'filtered-features'] } };
    const after = { hostDependent: { CPU: ['fpu', 'vme', 'pse', 'sse4.1', 'clock'] } };
    expect(changes({}, {}, [OLD, OLD], [host, after])).to.deep.equal(['feature-words: ? > -', 'filtered-features: ? > -']);
    expect(changes({}, { 'feature-words': [entry(1, 'EDX', 1)] }, [OLD, OLD], [host, {}]).filter((line) => /fpu|words/.test(line))).to.deep.equal(['feature-words: ? > null', 'fpu: ? > true']);
  });

  it('one CPU by feature', () => {
    const { properties } = byFeature({ properties: new Map<string, QmpValue>([['level', 1], ['feature-words', [entry(1, 'EDX', 0b101)]]]), hostDependent: [] }, OLD);
    expect(Object.fromEntries(properties)).to.deep.equal({ 'level': 1, 'fpu': true, 'vme': false, 'pse': false, 'sse4-1': false, 'clock': false, 'feature-words.0x1:edx.2': true });
  });

  it('a list of names changes name by name', () => {
    expect(changes({ lacks: ['x2apic', 'rdseed'] }, { lacks: ['pcid', 'x2apic'] }, [OLD, OLD])).to.deep.equal(['lacks.pcid: false > true', 'lacks.rdseed: true > false']);
    expect(changes({ lacks: ['a', 'b'] }, { lacks: ['b', 'a'] }, [OLD, OLD])).to.deep.equal(['lacks: ["a","b"] > ["b","a"]']);
    expect(changes({ lacks: ['a'] }, {}, [OLD, OLD])).to.deep.equal(['lacks: ["a"] > -']);
  });

  it('bits without names are told together', () => {
    const [before, after] = [0, 0b1000_1110_0000_0100].map((edx) => takeCensus({ ...fakeAnalysis({ machines: { pc: { CPU: { 'feature-words': [entry(1, 'EDX', edx)] } } } }), featureLists: () => OLD }, 'expanded'));
    const found = differences(before!, after!);
    expect(differencesLines(differencesView({ ...found, compared: 1 }, undefined, false), plain)).to.include('      on: feature-words.0x1:edx.2,9-11,15');
  });

  it('values that hang on the model or the machine type are one thing to say', () => {
    const cpus = (name: (model: string) => Properties): Fake['machines'] => ({ pc: Object.fromEntries(['A', 'B', 'C'].map((model) => [model, name(model)])) });
    const side = (machines: Fake['machines']): ReturnType<typeof takeCensus> => takeCensus(fakeAnalysis({ machines }), 'expanded');
    const found = differences(side(cpus(() => ({}))), side(cpus((model) => ({ type: `${model}-cpu`, level: model === 'A' ? 1 : model === 'B' ? 2 : 3 }))));
    const lines = (verbose: boolean): string[] => differencesLines(differencesView({ ...found, compared: 3 }, undefined, verbose), plain);
    expect(lines(false)).to.deep.equal(['CPUs: 3 CPUs compared, 3 differ', '  all 3 models on pc', '      new: level = 1 (A), 2 (B), 3 (C)', '      new: type = A-cpu (A), B-cpu (B), C-cpu (C)']);
    expect(lines(true).filter((line) => /type = (?:A|B|C)-cpu$/.test(line))).to.have.length(3);
  });
});
