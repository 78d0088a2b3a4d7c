import type { SourceTree } from '../tree.js';
import type { BuildOptions } from './build.js';
import type { Configured } from './configure.js';
import { runConfigure, runFilter } from './configure.js';
import { runKconfig } from './device-config.js';
import type { Host } from './host.js';
import type { CompiledFile } from './link.js';
import { parseMacros } from './link.js';
import { Make, MakeCache, normalize, words } from './make.js';
import type { MakeAssignment, MakeNode } from './make-syntax.js';
import { parseMakefile } from './make-syntax.js';
import type { Evaluation, Switch } from './settings.js';
import { configDecisions, scriptSwitches } from './settings.js';
import { SOURCE_ROOT } from './shell.js';

const LIBRARY = /^libqemu\w*\.a$/;

/**
 * Evaluates a tree that is built by make: configure writes config-host.mak and config-target.mak, the device
 * configuration comes from default-configs (through Kconfig where the Makefile calls it), and Makefile.target with
 * the Makefile.objs of all directories says which objects go into the program.
 */
export function evaluateMakefiles(tree: SourceTree, host: Host, options: BuildOptions, configureArguments: readonly string[]): Evaluation {
  const directory = `${options.target}-softmmu`;
  const switches = new Map<string, Switch>();
  const configured = runConfigure(tree, host, directory, configureArguments);
  const notes = [...configured.notes];
  const built = new Map([...configured.files].map(([name, file]) => [name, file.text]));
  for (const name of ['config-host.mak', `${directory}/config-target.mak`]) {
    const file = configured.files.get(name);
    if (file === undefined) notes.push(`configure did not write ${name}`);
    else scriptSwitches(switches, file.text, file.origins);
  }
  const cache = new MakeCache();
  const topLevel = parseMakefile(tree.read('Makefile') ?? '');
  const deviceConfig = configureDevices(tree, options, directory, built, topLevel, cache, switches, notes);
  built.set(`${directory}/config-devices.mak`, deviceConfig);

  const program = `qemu-system-${options.target}`;
  const make = new Make(tree, built, directory, (target) => target === program, cache);
  make.run(tree.read('Makefile.target') ?? '');
  notes.push(...make.notes);
  for (const [name, value] of deviceValues(deviceConfig, make)) {
    const known = switches.get(name);
    if (known === undefined || known.value !== value) switches.set(name, { ...(known ?? { name, why: 'device configuration', at: undefined }), value });
  }

  const files = new Map<string, CompiledFile>();
  const prerequisites = make.rules.get(program) ?? [];
  if (prerequisites.length === 0) notes.push(`Makefile.target: no rule links ${program}`);
  addObjects(tree, make, prerequisites, false, files);
  addLibraries(tree, built, topLevel, cache, prerequisites, files, notes);
  return { switches, files, headers: makeHeaders(tree, host, configured, directory, deviceConfig, make), notes };
}

/** config-devices.mak: by minikconf where the Makefile has its arguments, otherwise default-configs with its includes. */
function configureDevices(
  tree: SourceTree, options: BuildOptions, directory: string, built: ReadonlyMap<string, string>, topLevel: readonly MakeNode[],
  cache: MakeCache, switches: Map<string, Switch>, notes: string[],
): string {
  const defaults = `default-configs/${directory}.mak`;
  const assigned = [...assignmentsOf(topLevel, /^MINIKCONF/)];
  if (!assigned.some(({ name }) => name === 'MINIKCONF_ARGS')) return includedDefaults(tree, defaults, options, switches, notes);
  const make = new Make(tree, built, '', () => false, cache);
  make.run('include config-host.mak');
  for (const { name, operator, value } of assigned) make.run(`${name} ${operator} ${value}`);
  make.enterTarget(`${directory}/config-devices.mak`);
  make.set('@', `${directory}/config-devices.mak`);
  make.set('*', directory);
  make.set('<', `${SOURCE_ROOT}/${defaults}`);
  const args = words(make.get('MINIKCONF_ARGS'));
  const inputs = args.filter((argument) => argument.startsWith(SOURCE_ROOT + '/')).map((argument) => argument.slice(SOURCE_ROOT.length + 1));
  const mode = args.find((argument) => argument.startsWith('--')) ?? '--defconfig';
  const result = runKconfig(tree, options, mode, inputs, args.filter((argument) => /^CONFIG_\w+=/.test(argument)));
  const decided = new Map([...result.decisions].filter(([name]) => !switches.has(name)));
  configDecisions(switches, decided);
  notes.push(...result.notes);
  return result.text;
}

function* assignmentsOf(nodes: readonly MakeNode[], name: RegExp): Generator<MakeAssignment> {
  for (const node of nodes) {
    if (node.kind === 'assign' && node.targets === undefined && name.test(node.name)) yield node;
    else if (node.kind === 'condition') for (const { body } of node.branches) yield* assignmentsOf(body, name);
  }
}

/** What scripts/make_device_config.sh makes: the file and everything that it includes, include lines removed. */
function includedDefaults(tree: SourceTree, path: string, options: BuildOptions, switches: Map<string, Switch>, notes: string[]): string {
  const lines: string[] = [];
  const off = new Set(options.without);
  const queue = [path];
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    const text = tree.read(file);
    if (text === undefined) { notes.push(`${file}: there is no such file`); continue; }
    for (const [index, line] of text.split('\n').entries()) {
      const included = /^include\s+(\S+)/.exec(line)?.[1];
      if (included !== undefined) { queue.push(file.replace(/[^/]*$/, '') + included); continue; }
      const name = /^(CONFIG_\w+)\s*[:+?]?=/.exec(line)?.[1];
      if (name !== undefined) {
        if (off.has(name)) continue;
        switches.set(name, { name, value: undefined, why: line.trim(), at: { file, line: index + 1 } });
      }
      lines.push(line);
    }
  }
  for (const [name, value] of options.define) if (name.startsWith('CONFIG_')) lines.push(`${name}=${value}`);
  return lines.join('\n') + '\n';
}

function deviceValues(deviceConfig: string, make: Make): Map<string, string | undefined> {
  const values = new Map<string, string | undefined>();
  for (const match of deviceConfig.matchAll(/^(CONFIG_\w+)\s*[:+?]?=/gm)) {
    const name = match[1] ?? '';
    const value = make.get(name).trim();
    values.set(name, value === '' || value === 'n' ? undefined : value);
  }
  return values;
}

/** The C files behind objects. An object of the target directory is compiled for the target; one above it is common code. */
function addObjects(tree: SourceTree, make: Make, objects: readonly string[], archived: boolean, files: Map<string, CompiledFile>): void {
  const targetFlags = parseMacros(words(make.get('QEMU_CFLAGS')));
  for (const object of objects.flatMap((name) => (name.endsWith('.mo') ? make.words(`${name}-objs`) : [name]))) {
    if (!object.endsWith('.o')) continue;
    const common = archived || object.startsWith('../');
    const path = normalize(object).replace(/\.o$/, '.c');
    if (files.has(path) && (archived || common)) continue;
    if (!tree.has(path)) continue;
    const own = parseMacros(make.words(`${object}-cflags`));
    files.set(path, { path, archived, macros: new Map([...(common ? [] : targetFlags), ...own]) });
  }
}

/** The static libraries among the prerequisites: what the top-level Makefile puts into them. */
function addLibraries(
  tree: SourceTree, built: ReadonlyMap<string, string>, topLevel: readonly MakeNode[], cache: MakeCache, prerequisites: readonly string[],
  files: Map<string, CompiledFile>, notes: string[],
): void {
  const libraries = new Set(prerequisites.map((name) => name.replace(/^(\.\.\/)+/, '')).filter((name) => LIBRARY.test(name)));
  const rules = topLevel.filter((node) => node.kind === 'rule').filter((rule) => libraries.has(rule.targets.trim()));
  if (rules.length === 0) return;
  const nested = new Set(rules.flatMap((rule) => [...rule.prerequisites.matchAll(/\$\(([\w-]+-obj-y)\)/g)].map((match) => match[1] ?? '')));
  const make = new Make(tree, built, '', (target) => libraries.has(target), cache);
  make.run(`include config-host.mak\ninclude $(SRC_PATH)/rules.mak\nCONFIG_SOFTMMU := y\ninclude $(SRC_PATH)/Makefile.objs\ndummy := $(call unnest-vars,, ${[...nested].join(' ')})\n`);
  for (const rule of rules) make.run(`${rule.targets}: ${rule.prerequisites}`);
  for (const library of libraries) addObjects(tree, make, make.rules.get(library) ?? [], true, files);
  notes.push(...make.notes);
}

/** config-host.h, config-target.h and config-devices.h, written by the tree's own scripts/create_config. */
function makeHeaders(tree: SourceTree, host: Host, configured: Configured, directory: string, deviceConfig: string, make: Make): Map<string, string> {
  const headers = new Map<string, string>();
  const filter = (text: string): string => runFilter(tree, host, 'scripts/create_config', text);
  headers.set('config-host.h', filter(configured.files.get('config-host.mak')?.text ?? ''));
  headers.set('config-target.h', filter(configured.files.get(`${directory}/config-target.mak`)?.text ?? ''));
  const devices = [...deviceValues(deviceConfig, make)].filter(([, value]) => value !== undefined).map(([name, value]) => `${name}=${value ?? ''}\n`).join('');
  headers.set('config-devices.h', filter(devices));
  return headers;
}
