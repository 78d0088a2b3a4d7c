import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { CannotResolveError, type Analysis, type CpuModel, type QmpValue, type ResolvedCpu } from '../x86/api.js';
import { extensions, limitToFormat, type Format } from './format.js';
import { toJson, type Json } from './json.js';
import { byCodeUnit, naturally } from './order.js';
import { cpuSettings, type CpuSettings } from './settings.js';
import { ownTemplate, templateFile, type Template } from './template.js';
import { leftToHost, usageLines } from './usage.js';

/** `base`: for the tree's CPU type without model data. `custom`: for the original patch, whose properties are set on all CPUs. */
export type Mode = 'base' | 'custom';

/** What to write, how. */
export interface ConfigOptions {
  readonly mode: Mode;
  readonly format: Format;
  readonly target: string;
  /** Instead of the format's own template. */
  readonly template: string | undefined;
}

/** The pairs of one analysis (that is, of one accelerator) to write. */
export interface Selection {
  readonly analysis: Analysis;
  readonly pairs: Iterable<{ readonly machine: string; readonly model: string }>;
}

/** A pair for which QEMU itself refuses to make a CPU. */
export interface Refused {
  readonly accel: string;
  readonly machine: string;
  readonly model: string;
  readonly reason: string;
}

/** The files of one run: paths relative to the output directory. */
export interface ConfigSet {
  readonly files: ReadonlyMap<string, string>;
  /** Link path to the path in `files` that it stands for. */
  readonly links: ReadonlyMap<string, string>;
  /** Machine type, model, accelerator to the path of the link. */
  readonly index: ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, string>>>;
  readonly pairs: number;
  readonly cpus: number;
  readonly refused: readonly Refused[];
  /** Pairs whose CPU the host decides for the most part: their file cannot be all of it. */
  readonly incomplete: readonly { readonly accel: string; readonly machine: string; readonly model: string; readonly properties: number }[];
  /** Whether the tree has the model for -cpu. */
  readonly hasCpu: boolean;
  /** How to start QEMU with the configuration of a link, which stands in this directory. */
  usage(link: string, directory: string): readonly string[];
  readonly driver: string;
  readonly cpu: string;
}

/** A mode cannot be had from this tree. The message is one line for the user. */
export class ModeError extends Error {
  override readonly name = 'ModeError';
}

/** What a template sees. */
export interface TemplateData {
  readonly qemu: { readonly version: string; readonly package: string };
  readonly source: string;
  readonly target: string;
  readonly mode: Mode;
  readonly format: Format;
  /** For -cpu. */
  readonly cpu: string;
  /** For -global. */
  readonly driver: string;
  /** The pairs whose CPU this is, by accelerator: as groups of models that are equal on the same machine types, and machine by machine. */
  readonly standsFor: readonly {
    readonly accel: string;
    readonly groups: readonly { readonly models: readonly string[]; readonly machines: readonly string[] }[];
    readonly machines: readonly { readonly machine: string; readonly models: readonly string[] }[];
  }[];
  /** The first of the pairs, and the path of its file in the output directory. */
  readonly example: { readonly accel: string; readonly machine: string; readonly model: string; readonly file: string };
  readonly globals: readonly { readonly driver: string; readonly property: string; readonly value: string; readonly typed: QmpValue; readonly argument: string }[];
  readonly hostDependent: readonly string[];
  /** Those of them that only QEMU itself can find out. */
  readonly leftToHost: readonly string[];
  /** How to start QEMU with the example, line by line. */
  readonly usage: readonly string[];
  readonly notSet: readonly { readonly property: string; readonly reason: string; readonly reasonWords: readonly string[] }[];
}

interface Pair { readonly accel: string; readonly machine: string; readonly model: string; readonly file: string }
interface Content { readonly key: string; readonly cpu: CpuSettings; readonly pairs: Pair[] }

/**
 * Render every selected CPU. Equal CPUs become one file under cpus/, named after the content of the property set,
 * with ACCEL/MACHINE/MODEL as links to it; index.json maps each pair to its file. The same input gives the same bytes.
 * @throws ModeError if the tree has no CPU type for the mode; TemplateError
 */
export function renderConfigs(selections: readonly Selection[], options: ConfigOptions): ConfigSet {
  const first = selections[0]?.analysis;
  if (first === undefined) throw new RangeError('nothing selected');
  const template: Template<TemplateData> = options.template === undefined ? ownTemplate(options.format) : templateFile(options.template);
  const extension = extensionFor(options);
  const contents = new Map<string, Content>();
  const refused: Refused[] = [];
  let type: ConfigType | undefined;
  let hasCpu = false;
  for (const { analysis, pairs } of selections) {
    const known = new Map<ResolvedCpu, Content>();
    for (const { machine, model } of pairs) {
      if (type === undefined) {
        const made = type = configType(analysis, machine, options.mode);
        hasCpu = analysis.models(machine).some(({ name }) => name === made.cpu);
      }
      let resolved: ResolvedCpu;
      try {
        resolved = analysis.resolve(machine, model, 'expanded');
      } catch (error) {
        if (!(error instanceof CannotResolveError)) throw error;
        refused.push({ accel: analysis.accel, machine, model, reason: error.message });
        continue;
      }
      let content = known.get(resolved);
      if (content === undefined) {
        const settings = limitToFormat(cpuSettings(analysis, machine, model, resolved), options.format);
        const key = hash(propertySet(type.driver, settings)).slice(0, 16);
        content = contents.get(key) ?? { key, cpu: settings, pairs: [] };
        contents.set(key, content);
        known.set(resolved, content);
      }
      content.pairs.push({ accel: analysis.accel, machine, model, file: [analysis.accel, machine, model].map(fileName).join('/') + extension });
    }
  }
  if (type === undefined) throw new RangeError('nothing selected');
  const files = new Map<string, string>();
  const links = new Map<string, string>();
  const index = new Map<string, Map<string, Map<string, Json>>>();
  const paths = new Map<string, Map<string, Map<string, string>>>();
  const uses = new Map<string, { readonly pair: Pair; readonly hostDependent: readonly string[] }>();
  const incomplete: ConfigSet['incomplete'][number][] = [];
  for (const content of [...contents.values()].sort((a, b) => byCodeUnit(a.key, b.key))) {
    content.pairs.sort((a, b) => byCodeUnit(a.accel, b.accel) || naturally(a.machine, b.machine) || naturally(a.model, b.model));
    const path = `cpus/${content.key}${extension}`;
    const text = template(templateData(first, options, type, content));
    const sha256 = hash(text);
    files.set(path, text);
    const open = leftToHost(content.cpu.hostDependent).length;
    for (const pair of content.pairs) {
      const { accel, machine, model, file } = pair;
      if (open > 0) incomplete.push({ accel, machine, model, properties: open });
      uses.set(file, { pair, hostDependent: content.cpu.hostDependent });
      links.set(file, path);
      at(at(index, machine), model).set(accel, { file, content: path, sha256 });
      at(at(paths, machine), model).set(accel, file);
    }
  }
  files.set('index.json', indexJson(first, options, type, index, refused, incomplete));
  const made = type;
  return {
    files, links: sortMap(links, byCodeUnit), index: paths, pairs: links.size, cpus: contents.size, refused, incomplete, hasCpu, ...type,
    usage(link, directory) {
      const use = uses.get(link);
      return use === undefined ? [] : usageLines({ ...options, ...made, ...use.pair, hostDependent: use.hostDependent, file: join(directory, link) });
    },
  };
}

/** The model without model data: the one that the tree itself calls static (its definition never changes). */
export function staticModel(analysis: Analysis, machine: string): CpuModel | undefined {
  return analysis.models(machine).find((model) => model.fields['static'] === true);
}

/** On what a configuration sets its properties. */
interface ConfigType {
  /** For -global. */
  readonly driver: string;
  /** For -cpu. */
  readonly cpu: string;
}

function configType(analysis: Analysis, machine: string, mode: Mode): ConfigType {
  // The patch's model has the mode's name, and its script set every property on the type "cpu" (scripts/x86-cpu-model-dump).
  if (mode === 'custom') return { driver: 'cpu', cpu: mode };
  const model = staticModel(analysis, machine);
  const driver = model?.fields['typename'];
  if (model === undefined || typeof driver !== 'string') {
    throw new ModeError('this QEMU has no CPU model without model data (none is static); use --mode custom with the -cpu custom patch');
  }
  return { driver, cpu: model.name };
}

function propertySet(driver: string, { settings, notSet, hostDependent }: CpuSettings): string {
  return toJson([driver, settings.map(({ property, value }) => [property, value]), notSet.map(({ property, reason }) => [property, reason]), hostDependent], 0);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function extensionFor({ template, format }: ConfigOptions): string {
  // A user's cpu.xml.hbs makes .xml files.
  const own = template === undefined ? undefined : /[^/](\.[A-Za-z0-9]+)\.(?:hbs|handlebars)$/.exec(template)?.[1];
  return own ?? extensions[format];
}

/** A name from the source as a file name: never a path, never hidden. */
function fileName(name: string): string {
  return name.replace(/[/\\\0%]|^\./g, (character) => '%' + character.charCodeAt(0).toString(16).padStart(2, '0'));
}

function templateData(analysis: Analysis, options: ConfigOptions, { driver, cpu }: ConfigType, { cpu: settings, pairs }: Content): TemplateData {
  return {
    qemu: { version: versionText(analysis), package: analysis.qemu.package },
    source: analysis.origin,
    target: options.target,
    mode: options.mode,
    format: options.format,
    cpu,
    driver,
    standsFor: standsFor(pairs),
    example: pairs[0]!,
    globals: settings.settings.map(({ property, value }) => ({
      driver, property, value, typed: settings.values.get(property) ?? null, argument: `${driver}.${property}=${value}`,
    })),
    hostDependent: settings.hostDependent,
    leftToHost: leftToHost(settings.hostDependent),
    usage: usageLines({ ...options, driver, cpu, ...pairs[0]!, hostDependent: settings.hostDependent }),
    notSet: settings.notSet.map(({ property, reason }) => ({ property, reason, reasonWords: reason.split(/\s+/) })),
  };
}

/** "7.2.22" */
export function versionText({ qemu: { version } }: Analysis): string {
  return `${version.major}.${version.minor}.${version.micro}`;
}

function standsFor(pairs: readonly Pair[]): TemplateData['standsFor'] {
  const accels = new Map<string, Map<string, Set<string>>>();
  for (const { accel, machine, model } of pairs) {
    const machines = accels.get(accel) ?? new Map<string, Set<string>>();
    accels.set(accel, machines);
    machines.set(machine, (machines.get(machine) ?? new Set()).add(model));
  }
  return [...accels].sort(([a], [b]) => byCodeUnit(a, b)).map(([accel, machines]) => ({
    accel,
    groups: groups(machines),
    machines: [...machines].sort(([a], [b]) => byCodeUnit(a, b)).map(([machine, models]) => ({ machine, models: [...models].sort(byCodeUnit) })),
  }));
}

/** Models that stand on the same machine types, together. */
function groups(machines: ReadonlyMap<string, ReadonlySet<string>>): { models: string[]; machines: string[] }[] {
  const byModel = new Map<string, string[]>();
  for (const [machine, models] of machines) for (const model of models) byModel.set(model, [...(byModel.get(model) ?? []), machine]);
  const found = new Map<string, { models: string[]; machines: string[] }>();
  for (const [model, on] of [...byModel].sort(([a], [b]) => naturally(a, b))) {
    const sorted = on.sort(naturally);
    const group = found.get(sorted.join('\n')) ?? { models: [], machines: sorted };
    found.set(sorted.join('\n'), group);
    group.models.push(model);
  }
  return [...found.values()];
}

function indexJson(analysis: Analysis, { mode, format }: ConfigOptions, { driver, cpu }: ConfigType, index: ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, Json>>>, refused: readonly Refused[], incomplete: ConfigSet['incomplete']): string {
  const pairs = new Map<string, Json>();
  for (const [machine, models] of sortMap(index, byCodeUnit)) {
    pairs.set(machine, new Map([...sortMap(models, byCodeUnit)].map(([model, accels]): [string, Json] => [model, sortMap(accels, byCodeUnit)])));
  }
  return toJson({
    qemu: { version: versionText(analysis), package: analysis.qemu.package },
    source: analysis.origin,
    mode, format, cpu, driver,
    pairs,
    refused: refused.map(({ accel, machine, model, reason }) => ({ accel, machine, model, reason })),
    ...(incomplete.length > 0 ? { incomplete: incomplete.map(({ accel, machine, model, properties }) => ({ accel, machine, model, leftToHost: properties })) } : {}),
  }, 4) + '\n';
}

function at<K, V>(map: Map<K, Map<string, V>>, key: K): Map<string, V> {
  let inner = map.get(key);
  if (inner === undefined) map.set(key, inner = new Map());
  return inner;
}

function sortMap<T>(map: ReadonlyMap<string, T>, order: (a: string, b: string) => number): Map<string, T> {
  return new Map([...map].sort(([a], [b]) => order(a, b)));
}
