import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { CannotResolveError, type Analysis, type QmpValue } from '../x86/api.js';
import { extensions, type Format } from './format.js';
import { toJson, type Json } from './json.js';
import { configKey, configOf, type Config, type ConfigTarget, type Mode, type ModeChoice } from './mode.js';
import { byCodeUnit, naturally } from './order.js';
import type { CpuSettings, NotSet } from './settings.js';
import { ownTemplate, templateFile, type Template } from './template.js';
import { leftToHost, usageLines } from './usage.js';

/** What to write, how. */
export interface ConfigOptions {
  readonly mode: ModeChoice;
  readonly format: Format;
  readonly target: string;
  /** Turn off what a model asks for and the accelerator leaves out. */
  readonly pinFiltered?: boolean;
  /** Realize every CPU and hold it against its named model. */
  readonly thorough?: boolean;
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
  /** Pairs whose file cannot be the whole CPU. */
  readonly incomplete: readonly Incomplete[];
  /** The CPU model that files are for and this tree does not have. */
  readonly foreignCpu: string | undefined;
  /** How to start QEMU with the configuration of a link, which stands in this directory. */
  usage(link: string, directory: string): readonly string[];
}

/** A pair whose file is not the whole CPU. */
export interface Incomplete {
  readonly accel: string;
  readonly machine: string;
  readonly model: string;
  readonly mode: Mode;
  /** Properties that only the host can tell. */
  readonly leftToHost: readonly string[];
  /** Properties that have another value with the file than the named model has. */
  readonly notSet: readonly string[];
  /** Leaves of CPUID for which the same holds, as far as that can be worked out. */
  readonly leaves: readonly string[];
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
  /** Those of them that only QEMU itself can find out, and the others. */
  readonly leftToHost: readonly string[];
  readonly givenByHost: readonly string[];
  /** Mode `pinned`: the model's own name is used. */
  readonly pinned: boolean;
  /** How to start QEMU with the example, line by line. */
  readonly usage: readonly string[];
  /** Properties that cannot be set, and so have another value than the named model's. */
  readonly notSet: readonly TemplateNotSet[];
  /** Properties that cannot be set, and have the same value all the same. */
  readonly same: readonly TemplateNotSet[];
  /** Leaves of CPUID that answer otherwise than the named model's, as far as that can be worked out. */
  readonly leaves: readonly string[];
  /** Features that the model asks for, the accelerator leaves out, and the configuration turns off. */
  readonly pinnedOff: readonly string[];
}

interface TemplateNotSet { readonly property: string; readonly reason: string; readonly reasonWords: readonly string[] }

interface Pair { readonly accel: string; readonly machine: string; readonly model: string; readonly file: string }
interface Content { readonly key: string; readonly config: Config; readonly pairs: Pair[] }

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
  let foreignCpu: string | undefined;
  let selected = false;
  for (const { analysis, pairs } of selections) {
    const known = new Map<string, Content>();
    for (const { machine, model } of pairs) {
      selected = true;
      let content: Content | undefined;
      try {
        let key = configKey(analysis, machine, model, options.mode);
        if (options.pinFiltered === true) key += `/${analysis.resolve(machine, model, 'realized').id}`;
        content = known.get(key);
        if (content === undefined) {
          const config = configOf(analysis, machine, model, options);
          const { target } = config;
          if (!target.hasCpu) foreignCpu ??= target.cpu;
          const name = hash(propertySet(target, config.settings)).slice(0, 16);
          content = contents.get(name) ?? { key: name, config, pairs: [] };
          contents.set(name, content);
          known.set(key, content);
        }
      } catch (error) {
        if (!(error instanceof CannotResolveError)) throw error;
        refused.push({ accel: analysis.accel, machine, model, reason: error.message });
        continue;
      }
      content.pairs.push({ accel: analysis.accel, machine, model, file: [analysis.accel, machine, model].map(fileName).join('/') + extension });
    }
  }
  if (!selected) throw new RangeError('nothing selected');
  const files = new Map<string, string>();
  const links = new Map<string, string>();
  const index = new Map<string, Map<string, Map<string, Json>>>();
  const paths = new Map<string, Map<string, Map<string, string>>>();
  const uses = new Map<string, { readonly pair: Pair; readonly config: Config }>();
  const incomplete: Incomplete[] = [];
  for (const content of [...contents.values()].sort((a, b) => byCodeUnit(a.key, b.key))) {
    const { config, pairs } = content;
    const { target: { mode, cpu, driver }, settings } = config;
    pairs.sort((a, b) => byCodeUnit(a.accel, b.accel) || naturally(a.machine, b.machine) || naturally(a.model, b.model));
    const path = `cpus/${content.key}${extension}`;
    const text = template(templateData(first, options, content));
    const sha256 = hash(text);
    files.set(path, text);
    for (const pair of pairs) {
      const { accel, machine, model, file } = pair;
      if (!config.complete) {
        incomplete.push({ accel, machine, model, mode, leftToHost: leftToHost(settings.hostDependent), notSet: different(settings).map(({ property }) => property), leaves: config.leaves });
      }
      uses.set(file, { pair, config });
      links.set(file, path);
      at(at(index, machine), model).set(accel, { file, content: path, sha256, mode, cpu, driver });
      at(at(paths, machine), model).set(accel, file);
    }
  }
  files.set('index.json', indexJson(first, options, index, refused, incomplete));
  return {
    files, links: sortMap(links, byCodeUnit), index: paths, pairs: links.size, cpus: contents.size, refused, incomplete, foreignCpu,
    usage(link, directory) {
      const use = uses.get(link);
      return use === undefined ? [] : usageLines({ ...options, ...use.config.target, ...use.pair, hostDependent: use.config.settings.hostDependent, file: join(directory, link) });
    },
  };
}

/** What the CPU of a configuration has otherwise than the named model. */
function different({ notSet }: CpuSettings): readonly NotSet[] {
  return notSet.filter(({ same }) => same !== true);
}

function propertySet({ mode, driver, cpu }: ConfigTarget, { settings, notSet, hostDependent }: CpuSettings): string {
  return toJson([mode, driver, cpu, settings.map(({ property, value }) => [property, value]), notSet.map(({ property, reason, same }) => [property, reason, same === true]), hostDependent], 0);
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

function templateData(analysis: Analysis, options: ConfigOptions, { config: { target, settings, leaves, pinnedOff }, pairs }: Content): TemplateData {
  const { mode, driver, cpu } = target;
  const left = leftToHost(settings.hostDependent);
  return {
    qemu: { version: versionText(analysis), package: analysis.qemu.package },
    source: analysis.origin,
    target: options.target,
    mode,
    format: options.format,
    cpu,
    driver,
    standsFor: standsFor(pairs),
    example: pairs[0]!,
    globals: settings.settings.map(({ property, value }) => ({
      driver, property, value, typed: settings.values.get(property) ?? null, argument: `${driver}.${property}=${value}`,
    })),
    hostDependent: settings.hostDependent,
    leftToHost: left,
    givenByHost: settings.hostDependent.filter((property) => !left.includes(property)),
    pinned: mode === 'pinned',
    usage: usageLines({ ...options, ...target, ...pairs[0]!, hostDependent: settings.hostDependent }),
    notSet: different(settings).map(templateNotSet),
    leaves,
    pinnedOff,
    same: settings.notSet.filter(({ same }) => same === true).map(templateNotSet),
  };
}

function templateNotSet({ property, reason }: NotSet): TemplateNotSet {
  return { property, reason, reasonWords: reason.split(/\s+/) };
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

function indexJson(analysis: Analysis, { mode, format }: ConfigOptions, index: ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, Json>>>, refused: readonly Refused[], incomplete: readonly Incomplete[]): string {
  const pairs = new Map<string, Json>();
  for (const [machine, models] of sortMap(index, byCodeUnit)) {
    pairs.set(machine, new Map([...sortMap(models, byCodeUnit)].map(([model, accels]): [string, Json] => [model, sortMap(accels, byCodeUnit)])));
  }
  return toJson({
    qemu: { version: versionText(analysis), package: analysis.qemu.package },
    source: analysis.origin,
    mode, format,
    pairs,
    refused: refused.map(({ accel, machine, model, reason }) => ({ accel, machine, model, reason })),
    ...(incomplete.length > 0 ? { incomplete: incomplete.map((entry) => ({ ...entry })) } : {}),
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
