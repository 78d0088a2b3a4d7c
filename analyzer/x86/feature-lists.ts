import type { FeatureLists } from './api.js';
import type { Boot } from './boot.js';
import type { Expansion } from './expand.js';
import { bitNames, featureRegisters, type FeatureRegister } from './feature-words.js';
import { objectProperties } from './properties.js';
import { hyphenated } from './spelling.js';

/** target/i386/cpu.c: the type of properties that show all feature words of CPUID at once, QAPI's name of one. */
const LIST = 'X86CPUFeatureWordInfo';

/** One bit of a CPUID register. */
export type Bit = Pick<FeatureRegister, 'leaf' | 'subleaf' | 'register'> & { readonly bit: number };

/** The properties of a CPU object that list feature words, and the tree's names of their bits. */
export function featureLists(boot: Boot, expansion: Expansion, object: number): FeatureLists {
  const lists = objectProperties(boot, object).filter(({ type }) => type === LIST).map(({ name: property }) => {
    const at = arrayOf(boot, expansion, object, property);
    return { property, isCpu: at === boot.program.offsetOf('X86CPU', 'env.features') };
  });
  return { lists, registers: lists.length === 0 ? [] : featureRegisters(boot) };
}

/** What a bit without a name is called, as a part of the property that lists it: "feature-words.0x7.0:ebx.5". */
export function bitPath(list: string, { leaf, subleaf, register, bit }: Bit): string {
  return `${list}.0x${leaf.toString(16)}${subleaf === undefined ? '' : `.${subleaf}`}:${register}.${bit}`;
}

/** The bits that a feature is, where no property is one: in which list's words. */
export interface FeatureBits {
  readonly list: string;
  /** Word to bits. */
  readonly masks: ReadonlyMap<number, bigint>;
}

/** The bits of a name as lists of feature words give it, taken apart: a feature, "LIST.FEATURE" or {@link bitPath}. */
export function bitsNamed(name: string, { lists, registers }: FeatureLists): FeatureBits | undefined {
  const wanted = hyphenated(name);
  for (const { property: list, isCpu } of lists) {
    const start = isCpu ? '' : `${list}.`;
    const masks = new Map<number, bigint>();
    for (const register of registers) {
      const { word, names } = register;
      names.forEach((text, bit) => {
        if (!bitNames(text).some((own) => hyphenated(`${start}${own}`) === wanted) && bitPath(list, { ...register, bit }) !== name) return;
        masks.set(word, (masks.get(word) ?? 0n) | (1n << BigInt(bit)));
      });
    }
    if (masks.size > 0) return { list, masks };
  }
  return undefined;
}

/** What of a list of names "LIST.NAME" stands for, if there is such a property. */
export function elementNamed(name: string, isProperty: (name: string) => boolean): { readonly list: string; readonly element: string } | undefined {
  const dot = name.indexOf('.');
  return dot > 0 && isProperty(name.slice(0, dot)) ? { list: name.slice(0, dot), element: name.slice(dot + 1) } : undefined;
}

/** Where the words are that these bits are in. */
export function bitRanges(boot: Boot, expansion: Expansion, object: number, { list, masks }: FeatureBits): { readonly offset: number; readonly size: number; readonly mask: bigint }[] {
  const start = arrayOf(boot, expansion, object, list);
  const size = wordSize(boot);
  return [...masks].map(([word, mask]) => ({ offset: start + word * size, size, mask }));
}

/** Where the list's array begins in the object: it is all that the getter reads of it. */
function arrayOf(boot: Boot, expansion: Expansion, object: number, property: string): number {
  return Math.min(...expansion.dependsOn(object, property).map(({ offset }) => offset));
}

function wordSize({ program }: Boot): number {
  const type = program.memberType('X86CPU', 'env.features');
  return type?.kind === 'array' && type.element.kind === 'integer' ? type.element.size : 4;
}
