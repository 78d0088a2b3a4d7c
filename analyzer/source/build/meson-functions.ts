import type { Call, Meson } from './meson.js';
import { joinPath } from './meson.js';
import type { Arguments } from './meson-syntax.js';
import type { MesonValue } from './meson-values.js';
import {
  ConfigurationData, Dependency, Feature, flatten, Generated, isDict, list, MesonError, Plain, SourceFile, SourceSet, Target, text,
} from './meson-values.js';

type Function = (meson: Meson, call: Call) => MesonValue;

/** Calls one of meson's functions. @throws MesonError for one that is not known. */
export function callFunction(meson: Meson, name: string, args: Arguments, line: number): MesonValue {
  const implementation = FUNCTIONS.get(name);
  if (implementation === undefined) throw new MesonError(`meson's ${name}() is not known`);
  return implementation(meson, meson.arguments(args, line));
}

/** Strings among sources are files of the current directory. */
export function sourceFiles(meson: Meson, values: readonly MesonValue[]): MesonValue[] {
  return flatten(values).map((value) => (typeof value === 'string' ? fileIn(meson, value) : value));
}

function fileIn(meson: Meson, name: string): SourceFile {
  const root = '/qemu/';
  return new SourceFile(name.startsWith(root) ? name.slice(root.length) : normalize(joinPath(meson.directory, name)));
}

function normalize(path: string): string {
  if (!path.includes('./') && !path.includes('//')) return path;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function strings(value: MesonValue): string[] {
  return list(value).map(text);
}

function target(meson: Meson, call: Call): Target {
  const [label, ...sources] = call.positional;
  return new Target(
    text(label),
    sourceFiles(meson, [...sources, call.named.get('sources')]),
    list(call.named.get('objects')),
    list(call.named.get('dependencies')),
    list(call.named.get('link_with')),
    list(call.named.get('link_whole')),
    strings(call.named.get('c_args')),
  );
}

function executable(meson: Meson, call: Call): Target {
  const made = target(meson, call);
  // on macOS it is signed afterwards, under the final name
  if (made.label.replace(/-unsigned$/, '') === meson.inputs.executable) meson.finish(made);
  return made;
}

/** Is a thing with this `required:` looked for at all? A disabled feature is not. */
export function isDisabled(call: Call): boolean {
  const required = call.named.get('required');
  return required instanceof Feature && required.value === 'disabled';
}

function configureFile(meson: Meson, call: Call): MesonValue {
  const output = text(call.named.get('output'));
  const configuration = call.named.get('configuration');
  if (configuration instanceof ConfigurationData) {
    meson.headers.set(output, configuration);
    return new Generated(output, undefined);
  }
  if (isDict(configuration)) {
    const data = new ConfigurationData();
    for (const [name, value] of configuration) data.values.set(name, { value, quoted: false, at: { file: meson.file, line: call.line } });
    meson.headers.set(output, data);
    return new Generated(output, undefined);
  }
  const command = list(call.named.get('command'));
  if (command[0] instanceof Plain && command[0].label.endsWith('minikconf.py')) {
    const options = command.slice(1).filter((value) => typeof value === 'string');
    const mode = options.find((option) => option.startsWith('--')) ?? '--defconfig';
    const assignments = options.filter((option) => /^CONFIG_\w+=[yn]?$/.test(option));
    const inputs = list(call.named.get('input')).map((input) => (typeof input === 'string' ? fileIn(meson, input).path : text(input)));
    const content = meson.inputs.minikconf(mode, inputs, assignments);
    meson.generated.set(output, content);
    return new Generated(output, content);
  }
  return new Generated(output, undefined);
}

function subproject(meson: Meson, call: Call): MesonValue {
  const name = text(call.positional[0]);
  const directory = `subprojects/${name}`;
  if (isDisabled(call)) return new Plain(`subproject ${name}`, false);
  // not part of the tree at hand: the build would have fetched it
  if (!meson.tree.has(`${directory}/meson.build`)) return new Plain(`subproject ${name}`, true);
  const saved = { variables: meson.variables, directory: meson.directory, project: meson.project };
  meson.variables = new Map();
  meson.directory = directory;
  meson.project = directory;
  try {
    meson.runFile(`${directory}/meson.build`);
    return new Plain(`subproject ${name}`, true, meson.variables);
  } finally {
    Object.assign(meson, saved);
  }
}

function dependency(meson: Meson, call: Call): MesonValue {
  const names = flatten(call.positional).map(text);
  const label = names[0] ?? '';
  if (label === '' || isDisabled(call)) return new Dependency(false, label, 'unknown');
  const modules = strings(call.named.get('modules'));
  const there = names.some((name) => meson.inputs.host.hasPackage(name)) && modules.every((module) => meson.inputs.host.hasPackage(module));
  return new Dependency(there, label, there ? suitableVersion(strings(call.named.get('version'))) : 'unknown');
}

/** A version that satisfies the conditions: a current distribution has what QEMU asks for. */
function suitableVersion(conditions: readonly string[]): string {
  const below = conditions.find((condition) => condition.startsWith('<'));
  const above = conditions.find((condition) => condition.startsWith('>'));
  return below !== undefined ? (above ?? '0.1').replace(/^[>=\s]+/, '') : '999.0.0';
}

function message(meson: Meson, call: Call): undefined {
  meson.note(call.line, `QEMU's build stops here: ${call.positional.map(text).join(' ')}`);
  return undefined;
}

const nothing: Function = () => undefined;
const plain = (label: string): Function => () => new Plain(label);
/** An installed or generated thing; of interest only to those that install. */
const output: Function = (_meson, call) => {
  const names = strings(call.named.get('output'));
  return new Plain(names[0] ?? text(call.positional[0]));
};

const FUNCTIONS: ReadonlyMap<string, Function> = new Map<string, Function>([
  ['project', (meson, call) => {
    const version = call.named.get('version');
    const value = list(version)[0];
    meson.version = value instanceof SourceFile ? (meson.tree.read(value.path) ?? '').trim() : text(value);
    return undefined;
  }],
  ['files', (meson, call) => sourceFiles(meson, call.positional)],
  ['get_option', (meson, call) => meson.option(text(call.positional[0]))],
  ['subdir', (meson, call) => { meson.subdirectory(text(call.positional[0])); return undefined; }],
  ['subdir_done', (meson) => meson.leaveFile()],
  ['subproject', subproject],
  ['dependency', dependency],
  ['declare_dependency', (meson, call) => new Dependency(true, 'internal', text(call.named.get('version') ?? 'undefined'), {
    sources: sourceFiles(meson, [call.named.get('sources')]),
    objects: list(call.named.get('objects')),
    linkWith: list(call.named.get('link_with')),
    linkWhole: list(call.named.get('link_whole')),
    dependencies: list(call.named.get('dependencies')),
    flags: strings(call.named.get('compile_args')),
  }, isDict(call.named.get('variables')) ? call.named.get('variables') as ReadonlyMap<string, MesonValue> : new Map())],
  ['configuration_data', (meson, call) => {
    const data = new ConfigurationData();
    const [initial] = call.positional;
    if (isDict(initial)) for (const [name, value] of initial) data.values.set(name, { value, quoted: false, at: { file: meson.file, line: call.line } });
    return data;
  }],
  ['configure_file', configureFile],
  ['static_library', target], ['shared_library', target], ['shared_module', target], ['library', target], ['both_libraries', target],
  ['executable', executable],
  ['build_target', (meson, call) => (call.named.get('target_type') === 'executable' ? executable : target)(meson, call)],
  ['find_program', (meson, call) => {
    const names = flatten(call.positional).map(text);
    const found = !isDisabled(call) && names.some((name) => name.includes('/') || meson.inputs.host.hasProgram(name));
    return new Plain(names[0] ?? '', found);
  }],
  ['import', (_meson, call) => new Plain(`module ${text(call.positional[0]).replace('unstable-', '')}`)],
  ['add_languages', (meson, call) => !isDisabled(call) && flatten(call.positional).map(text).every((language) => language !== 'rust' ? language !== 'objc' : meson.inputs.host.hasProgram('rustc'))],
  ['include_directories', plain('include directories')],
  ['add_project_arguments', (meson, call) => {
    if (meson.project === '' && strings(call.named.get('language')).includes('c')) meson.projectArguments.push(...flatten(call.positional).map(text));
    return undefined;
  }],
  ['add_global_arguments', (meson, call) => {
    if (strings(call.named.get('language')).includes('c')) meson.projectArguments.push(...flatten(call.positional).map(text));
    return undefined;
  }],
  ['add_global_link_arguments', nothing], ['add_project_link_arguments', nothing], ['add_project_dependencies', nothing],
  ['custom_target', output], ['run_target', output], ['alias_target', output], ['vcs_tag', output], ['generator', plain('generator')],
  ['environment', plain('environment')], ['structured_sources', plain('structured sources')], ['run_command', plain('run result')],
  ['install_data', nothing], ['install_headers', nothing], ['install_man', nothing], ['install_subdir', nothing], ['install_symlink', nothing], ['install_emptydir', nothing],
  ['message', nothing], ['warning', nothing], ['debug', nothing], ['summary', nothing], ['test', nothing], ['benchmark', nothing],
  ['add_test_setup', nothing], ['error', message],
  ['assert', nothing],
  ['set_variable', (meson, call) => { meson.variables.set(text(call.positional[0]), call.positional[1]); return undefined; }],
  ['get_variable', (meson, call) => {
    const name = text(call.positional[0]);
    return meson.variables.has(name) ? meson.variables.get(name) : call.positional.length > 1 ? call.positional[1] : meson.variable(name);
  }],
  ['is_variable', (meson, call) => meson.variables.has(text(call.positional[0]))],
  ['is_disabler', () => false],
  ['join_paths', (_meson, call) => flatten(call.positional).map(text).reduce(joinPath)],
  ['range', (_meson, call) => {
    const [first = 0, second, step = 1] = call.positional.map(Number);
    const [from, to] = second === undefined ? [0, first] : [first, second];
    const result: number[] = [];
    for (let value = from; value < to; value += step) result.push(value);
    return result;
  }],
]);

/** The functions of meson's modules: import('sourceset') and so on. */
export function callModule(meson: Meson, module: string, name: string, call: Call): MesonValue {
  switch (`${module}.${name}`) {
    case 'sourceset.source_set': return new SourceSet();
    case 'keyval.load': {
      const [file] = call.positional;
      const content = file instanceof Generated ? file.text : readBuilt(meson, file instanceof SourceFile ? file.path : text(file));
      if (content === undefined) throw new MesonError(`there is no file '${text(file)}' to load`);
      return parseKeyval(content);
    }
    case 'fs.exists': case 'fs.is_file': case 'fs.is_dir': {
      const path = fileIn(meson, text(call.positional[0])).path;
      return meson.tree.has(path) || meson.tree.list(path).length > 0;
    }
    case 'fs.name': return text(call.positional[0]).replace(/.*\//, '');
    case 'fs.stem': return text(call.positional[0]).replace(/.*\//, '').replace(/\.[^.]*$/, '');
    case 'fs.parent': return text(call.positional[0]).replace(/\/?[^/]*$/, '');
    case 'fs.replace_suffix': return text(call.positional[0]).replace(/\.[^./]*$/, '') + text(call.positional[1]);
    case 'fs.read': return meson.tree.read(fileIn(meson, text(call.positional[0])).path) ?? '';
    case 'fs.as_posix': return text(call.positional[0]);
    case 'fs.is_absolute': return text(call.positional[0]).startsWith('/');
    default: return new Plain(`${module}.${name}`);
  }
}

/** A file of the source tree, or of the build directory where configure wrote it. */
function readBuilt(meson: Meson, path: string): string | undefined {
  if (path.startsWith('/build/')) return meson.inputs.built.get(path.slice('/build/'.length)) ?? meson.generated.get(path.slice('/build/'.length));
  return meson.tree.read(fileIn(meson, path).path);
}

/** "NAME=value" lines, as meson's keyval module reads them. */
function parseKeyval(content: string): ReadonlyMap<string, MesonValue> {
  const result = new Map<string, MesonValue>();
  for (const line of content.split('\n')) {
    const plainLine = line.replace(/#.*/, '').trim();
    const at = plainLine.indexOf('=');
    if (at > 0) result.set(plainLine.slice(0, at).trim(), plainLine.slice(at + 1).trim());
  }
  return result;
}


