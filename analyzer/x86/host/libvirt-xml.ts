import { DOMParser, type Element, type Node } from '@xmldom/xmldom';
import type { CpuidEntry } from '../../qom/host-edge.js';
import { processor } from './cpuid-dump.js';
import { HostError, type HostDescription } from './description.js';

/** Does the text look like XML? */
export function isXml(text: string): boolean {
  return /^\s*(?:<\?xml|<!--|<[a-zA-Z])/.test(text);
}

/**
 * Read libvirt's view of a host: `virsh domcapabilities` (its host-model), `virsh capabilities` (the host's CPU), a bare
 * <cpu> element, or a <cpudata> dump of CPUID.
 *
 * libvirt names a model of its own CPU map and the features beyond it: `map` is the directory with that map
 * (src/cpu_map; installed as /usr/share/libvirt/cpu_map), as the contents of a file in it. Where it is missing, what the
 * model means stays open: only the features that the XML names are known.
 *
 * @throws HostError
 */
export function readLibvirtXml(text: string, map: (file: string) => string | undefined): Omit<HostDescription, 'toJSON'> {
  const root = parseXml(text);
  const data = find(root, ['cpudata']);
  if (data !== undefined) return readCpuData(data);
  const cpu = hostModel(root) ?? find(root, ['host', 'cpu']) ?? find(root, ['cpu']);
  const model = cpu === undefined ? undefined : textOf(child(cpu, 'model'));
  if (cpu === undefined || model === undefined) throw new HostError('it is XML, but neither domain capabilities, nor capabilities, nor a <cpu> with a model');
  const arch = textOf(child(cpu, 'arch')) ?? textOf(child(root, 'arch'));
  if (arch !== undefined && !ARCHITECTURES.includes(arch)) throw new HostError(`it describes a host of architecture ${arch}`);
  const stated = new Map<string, boolean>();
  for (const feature of children(cpu, 'feature')) {
    const policy = feature.getAttribute('policy') || 'require';
    stated.set(feature.getAttribute('name') ?? '', policy === 'require' || policy === 'force' || policy === 'optional');
  }
  const known = readMap(model, map);
  const vendor = textOf(child(cpu, 'vendor'));
  const spelt = (name: string): string[] => [name, name.replaceAll('-', '_'), name.replaceAll('_', '-')];
  return {
    kind: 'libvirt XML', cpuid: undefined, unmigratable: true,
    vendor: vendor === undefined ? undefined : known?.vendors.get(vendor),
    offers(feature) {
      const names = spelt(feature).flatMap((n) => [n, known?.aliases.get(n) ?? n]);
      const explicit = names.map((n) => stated.get(n)).find((v) => v !== undefined);
      if (explicit !== undefined || known === undefined) return explicit;
      if (names.some((n) => known.model.has(n))) return true;
      return names.some((n) => known.features.has(n)) ? false : undefined;
    },
    caveat: known === undefined
      ? `the XML names libvirt's model ${model}, and libvirt's CPU map is not at hand (--cpu-map DIR): what that model has stays open`
      : 'features that libvirt does not know stay open',
  };
}

/** What libvirt calls x86 processors. */
const ARCHITECTURES = ['x86_64', 'i686'];

function hostModel(root: Element): Element | undefined {
  for (const mode of root.getElementsByTagName('mode')) if (mode.getAttribute('name') === 'host-model' && child(mode, 'model') !== undefined) return mode;
  return undefined;
}

interface CpuMap {
  readonly model: ReadonlySet<string>;
  readonly features: ReadonlySet<string>;
  /** What others call a feature, and libvirt's name for it. */
  readonly aliases: ReadonlyMap<string, string>;
  readonly vendors: ReadonlyMap<string, string>;
}

/** A model of libvirt's CPU map with its ancestors, and all features and vendors that the map knows. */
function readMap(model: string, map: (file: string) => string | undefined): CpuMap | undefined {
  const index = map('index.xml');
  if (index === undefined) return undefined;
  const files: string[] = [];
  const collect = (element: Element): void => {
    for (const include of element.getElementsByTagName('include')) files.push(include.getAttribute('filename') ?? '');
  };
  for (const arch of parseXml(index).getElementsByTagName('arch')) if (arch.getAttribute('name') === 'x86') collect(arch);
  const features = new Set<string>();
  const aliases = new Map<string, string>();
  const vendors = new Map<string, string>();
  const models = new Map<string, Element>();
  for (const file of files) {
    const text = map(file);
    if (text === undefined) continue;
    for (const element of elements(parseXml(text))) {
      const name = element.getAttribute('name') ?? '';
      if (element.tagName === 'feature') {
        if (isHypervisors(element)) continue;
        features.add(name);
        for (const alias of children(element, 'alias')) aliases.set(alias.getAttribute('name') ?? '', name);
      } else if (element.tagName === 'vendor') vendors.set(name, element.getAttribute('string') ?? '');
      else if (element.tagName === 'model') models.set(name, element);
    }
  }
  if (!models.has(model)) return undefined;
  const on = new Set<string>();
  const add = (name: string): void => {
    const element = models.get(name);
    if (element === undefined) return;
    const parent = child(element, 'model')?.getAttribute('name');
    if (parent) add(parent);
    for (const feature of children(element, 'feature')) {
      if (feature.getAttribute('removed') === 'yes') on.delete(feature.getAttribute('name') ?? '');
      else on.add(feature.getAttribute('name') ?? '');
    }
  };
  add(model);
  return { model: on, features, aliases, vendors };
}

/** CPUID leaves 0x40000000 to 0x4fffffff are the hypervisor's own (SDM, CPUID); libvirt names them, but no host model does. */
function isHypervisors(feature: Element): boolean {
  const leaf = Number(child(feature, 'cpuid')?.getAttribute('eax_in') ?? 0);
  return leaf >= 0x4000_0000 && leaf <= 0x4fff_ffff;
}

function readCpuData(data: Element): Omit<HostDescription, 'toJSON'> {
  const number = (element: Element, name: string): number => Number(element.getAttribute(name) ?? NaN);
  const entries: CpuidEntry[] = [...children(data, 'cpuid')].map((e) => ({
    leaf: number(e, 'eax_in'), subleaf: e.getAttribute('ecx_in') === null ? 0 : number(e, 'ecx_in'),
    eax: number(e, 'eax'), ebx: number(e, 'ebx'), ecx: number(e, 'ecx'), edx: number(e, 'edx'),
  }));
  if (entries.some((e) => Object.values(e).some(Number.isNaN))) throw new HostError('a <cpuid> element lacks a register');
  return processor('libvirt CPU data', entries);
}

/** @throws HostError */
function parseXml(text: string): Element {
  const fail = (message: unknown): never => {
    throw new HostError(`it is not XML: ${String(message).split('\n')[0]}`);
  };
  let root: Element | null = null;
  try {
    root = new DOMParser({ onError: (level, message) => { if (level !== 'warning') fail(message); } }).parseFromString(text.trim(), 'text/xml').documentElement;
  } catch (error) {
    if (error instanceof HostError) throw error;
    fail(error instanceof Error ? error.message : error);
  }
  return root ?? fail('it is empty');
}

function* elements(parent: Element): Generator<Element, void, undefined> {
  for (let node: Node | null = parent.firstChild; node !== null; node = node.nextSibling) if (node.nodeType === 1) yield node as Element;
}

function* children(parent: Element, name: string): Generator<Element, void, undefined> {
  for (const element of elements(parent)) if (element.tagName === name) yield element;
}

function child(parent: Element, name: string): Element | undefined {
  return children(parent, name).next().value ?? undefined;
}

/** The element at the end of a path of tag names, from the root or from anywhere below it. */
function find(root: Element, path: readonly string[]): Element | undefined {
  const start = root.tagName === path[0] ? [root] : [...root.getElementsByTagName(path[0]!)];
  for (const element of start) {
    let at: Element | undefined = element;
    for (const name of path.slice(1)) at = at === undefined ? undefined : child(at, name);
    if (at !== undefined) return at;
  }
  return undefined;
}

function textOf(element: Element | undefined): string | undefined {
  return element?.textContent?.trim() || undefined;
}
