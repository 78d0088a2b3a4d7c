import type { Call, Meson } from './meson.js';
import { same } from './meson.js';
import { callModule, isDisabled, sourceFiles } from './meson-functions.js';
import type { MesonValue } from './meson-values.js';
import {
  AppliedSources, compareVersion, ConfigurationData, Dependency, describe, Feature, flatten, Generated, isArray, isDict, list, MesonError, Objects, Plain, SourceFile, SourceSet, Target, text,
} from './meson-values.js';

/** Calls a method of a meson object. @throws MesonError for one that is not known and whose result could matter. */
export function callMethod(meson: Meson, object: MesonValue, name: string, call: Call): MesonValue {
  if (typeof object === 'string') return stringMethod(object, name, call);
  if (isArray(object)) return arrayMethod(object, name, call);
  if (isDict(object)) return dictMethod(object, name, call);
  if (object instanceof SourceSet) return sourceSetMethod(meson, object, name, call);
  if (object instanceof AppliedSources) {
    if (name === 'sources') return object.sources;
    if (name === 'dependencies') return object.dependencies;
  }
  if (object instanceof Dependency) return dependencyMethod(object, name, call);
  if (object instanceof Feature) return featureMethod(meson, object, name, call);
  if (object instanceof ConfigurationData) return configurationMethod(meson, object, name, call);
  if (object instanceof Target) return targetMethod(object, name, call);
  if (object instanceof Plain) return plainMethod(meson, object, name, call);
  if (object instanceof SourceFile || object instanceof Generated) return text(object);
  if (typeof object === 'boolean') {
    if (name === 'to_string') return text(call.positional[object ? 0 : 1] ?? object);
    if (name === 'to_int') return object ? 1 : 0;
  }
  if (typeof object === 'number') {
    if (name === 'to_string') return String(object);
    if (name === 'is_even') return object % 2 === 0;
    if (name === 'is_odd') return object % 2 !== 0;
  }
  throw new MesonError(`${describe(object)} has no method '${name}'`);
}

function stringMethod(object: string, name: string, call: Call): MesonValue {
  const first = text(call.positional[0]);
  switch (name) {
    case 'split': return call.positional.length === 0 ? object.split(/\s+/).filter((word) => word !== '') : object.split(first);
    case 'splitlines': return object.split('\n');
    case 'strip': return object.trim();
    case 'startswith': return object.startsWith(first);
    case 'endswith': return object.endsWith(first);
    case 'contains': return object.includes(first);
    case 'to_upper': return object.toUpperCase();
    case 'to_lower': return object.toLowerCase();
    case 'underscorify': return object.replace(/\W/g, '_');
    case 'replace': return object.replaceAll(first, text(call.positional[1]));
    case 'join': return flatten(call.positional).map(text).join(object);
    case 'format': return object.replace(/@(\d+)@/g, (_, index: string) => text(call.positional[Number(index)]));
    case 'substring': return object.slice(Number(call.positional[0] ?? 0), call.positional[1] === undefined ? undefined : Number(call.positional[1]));
    case 'to_int': return parseInt(object, object.startsWith('0x') ? 16 : 10);
    case 'version_compare': return compareVersion(object, first);
    default: throw new MesonError(`a string has no method '${name}'`);
  }
}

function arrayMethod(object: readonly MesonValue[], name: string, call: Call): MesonValue {
  switch (name) {
    case 'length': return object.length;
    case 'contains': return object.some((item) => same(item, call.positional[0]));
    case 'get': return object.at(Number(call.positional[0])) ?? call.positional[1];
    case 'flatten': return flatten(object);
    default: throw new MesonError(`an array has no method '${name}'`);
  }
}

function dictMethod(object: ReadonlyMap<string, MesonValue>, name: string, call: Call): MesonValue {
  const key = text(call.positional[0]);
  switch (name) {
    case 'has_key': return object.has(key);
    case 'keys': return [...object.keys()].sort();
    case 'values': return [...object.values()];
    case 'get':
      if (object.has(key)) return object.get(key);
      if (call.positional.length > 1) return call.positional[1];
      throw new MesonError(`the dictionary has no key '${key}'`);
    default: throw new MesonError(`a dictionary has no method '${name}'`);
  }
}

function sourceSetMethod(meson: Meson, object: SourceSet, name: string, call: Call): MesonValue {
  switch (name) {
    case 'add': case 'add_all': {
      const keys: string[] = [];
      const conditions: Dependency[] = [];
      for (const condition of list(call.named.get('when'))) {
        if (condition instanceof Dependency) conditions.push(condition);
        else keys.push(text(condition));
      }
      const given = [...call.positional, call.named.get('if_true')];
      const sets: SourceSet[] = [];
      const sources: MesonValue[] = [];
      const dependencies: Dependency[] = [];
      for (const value of name === 'add' ? sourceFiles(meson, given) : flatten(given)) {
        if (value instanceof SourceSet) sets.push(value);
        else if (value instanceof Dependency) dependencies.push(value);
        else sources.push(value);
      }
      object.rules.push({ keys, conditions, sources, otherwise: sourceFiles(meson, [call.named.get('if_false')]).filter((value) => !(value instanceof Dependency)), sets, dependencies });
      return undefined;
    }
    case 'apply': {
      const [configuration] = call.positional;
      if (configuration instanceof ConfigurationData) return object.apply((key) => holds(configuration.values.get(key)?.value));
      if (isDict(configuration)) return object.apply((key) => holds(configuration.get(key)));
      throw new MesonError(`apply() of ${describe(configuration)}`);
    }
    case 'all_sources': return object.all().sources;
    case 'all_dependencies': return object.all().dependencies;
    default: throw new MesonError(`a source set has no method '${name}'`);
  }
}

/** A key's value as meson's sourceset module takes it: any string but the empty one holds. */
function holds(value: MesonValue): boolean {
  return value !== undefined && value !== false && value !== '' && value !== 0;
}

function dependencyMethod(object: Dependency, name: string, call: Call): MesonValue {
  switch (name) {
    case 'found': return object.found;
    case 'version': return object.version;
    // a variable of a subproject that is not in the tree is taken for a dependency
    case 'name': case 'full_path': case 'path': return object.label;
    case 'type_name': return object.found ? (object.label === 'internal' ? 'internal' : 'pkgconfig') : 'not-found';
    case 'partial_dependency':
      return new Dependency(object.found, object.label, object.version, {
        sources: call.named.get('sources') === true ? object.parts.sources : [],
        objects: call.named.get('sources') === true ? object.parts.objects : [],
        linkWith: call.named.get('links') === true || call.named.get('link_args') === true ? object.parts.linkWith : [],
        linkWhole: call.named.get('links') === true ? object.parts.linkWhole : [],
        dependencies: [],
        flags: call.named.get('compile_args') === true ? object.parts.flags : [],
      });
    case 'as_link_whole':
      return new Dependency(object.found, object.label, object.version, { ...object.parts, linkWith: [], linkWhole: [...object.parts.linkWith, ...object.parts.linkWhole] }, object.variables);
    case 'as_system': case 'include_type': return object;
    case 'get_variable': case 'get_pkgconfig_variable': case 'get_configtool_variable': {
      const variable = text(call.positional[0] ?? call.named.get('pkgconfig') ?? call.named.get('internal'));
      return object.variables.get(variable) ?? call.named.get('default_value') ?? '';
    }
    default: throw new MesonError(`a dependency has no method '${name}'`);
  }
}

function featureMethod(meson: Meson, object: Feature, name: string, call: Call): MesonValue {
  const condition = (): boolean => meson.truth(call.positional[0]);
  switch (name) {
    case 'enabled': return object.value === 'enabled';
    case 'disabled': return object.value === 'disabled';
    case 'auto': return object.value === 'auto';
    case 'allowed': return object.value !== 'disabled';
    case 'require':
      if (condition()) return object;
      if (object.value === 'enabled') meson.note(call.line, `option ${object.label} is enabled but: ${text(call.named.get('error_message'))}`);
      return new Feature(object.label, 'disabled');
    case 'disable_auto_if': return object.value === 'auto' && condition() ? new Feature(object.label, 'disabled') : object;
    case 'enable_auto_if': return object.value === 'auto' && condition() ? new Feature(object.label, 'enabled') : object;
    case 'enable_if': return condition() ? new Feature(object.label, 'enabled') : object;
    case 'disable_if': return condition() ? new Feature(object.label, 'disabled') : object;
    default: throw new MesonError(`a feature option has no method '${name}'`);
  }
}

function configurationMethod(meson: Meson, object: ConfigurationData, name: string, call: Call): MesonValue {
  const key = text(call.positional[0]);
  const at = { file: meson.file, line: call.line };
  switch (name) {
    case 'set': object.values.set(key, { value: call.positional[1], quoted: false, at }); return undefined;
    case 'set10': object.values.set(key, { value: meson.truth(call.positional[1]) ? 1 : 0, quoted: false, at }); return undefined;
    case 'set_quoted': object.values.set(key, { value: text(call.positional[1]), quoted: true, at }); return undefined;
    case 'has': return object.values.has(key);
    case 'keys': return [...object.values.keys()].sort();
    case 'merge_from': {
      const [other] = call.positional;
      if (other instanceof ConfigurationData) for (const [k, entry] of other.values) object.values.set(k, entry);
      return undefined;
    }
    case 'get': case 'get_unquoted': {
      const entry = object.values.get(key);
      if (entry !== undefined) return entry.value;
      if (call.positional.length > 1) return call.positional[1];
      throw new MesonError(`the configuration has no entry '${key}'`);
    }
    default: throw new MesonError(`configuration data has no method '${name}'`);
  }
}

function targetMethod(object: Target, name: string, call: Call): MesonValue {
  switch (name) {
    case 'extract_objects': {
      const wanted = new Set(flatten(call.positional).map((value) => (typeof value === 'object' && value !== undefined ? text(value) : value)));
      return new Objects(object.label, object.sources.filter((source) => wanted.has(text(source))), [], [], [], [], object.flags);
    }
    case 'extract_all_objects':
      return new Objects(object.label, object.sources, call.named.get('recursive') === false ? [] : object.objects, [], [], [], object.flags);
    case 'name': return object.label;
    case 'full_path': case 'path': return `/build/${object.label}`;
    case 'found': return true;
    default: return new Plain(`${object.label}.${name}`);
  }
}

function plainMethod(meson: Meson, object: Plain, name: string, call: Call): MesonValue {
  if (object.label.startsWith('module ')) return callModule(meson, object.label.slice(7), name, call);
  switch (object.label) {
    case 'meson': return mesonMethod(meson, name, call);
    case 'host_machine': case 'build_machine': case 'target_machine':
      if (name === 'system') return meson.inputs.host.os;
      if (name === 'endian') return 'little';
      return meson.inputs.host.cpu;
    case 'compiler': return compilerMethod(meson, name, call);
    case 'run result':
      return name === 'returncode' ? 0 : name === 'compiled' ? true : '';
  }
  switch (name) {
    case 'found': return object.isFound;
    case 'get_variable': {
      const variable = text(call.positional[0]);
      return object.fields.get(variable) ?? call.positional[1] ?? new Dependency(object.isFound, variable, object.isFound ? '999.0.0' : 'unknown');
    }
    case 'version': return object.isFound ? '999.0.0' : 'unknown';
    case 'full_path': case 'path': return object.label;
    case 'name': case 'cmd_array': return object.label;
    case 'to_list': return [];
    default: return new Plain(`${object.label}.${name}`);
  }
}

function mesonMethod(meson: Meson, name: string, call: Call): MesonValue {
  switch (name) {
    case 'current_build_dir': return meson.directory === '' ? '/build' : `/build/${meson.directory}`;
    case 'current_source_dir': return meson.directory === '' ? '/qemu' : `/qemu/${meson.directory}`;
    case 'project_source_root': case 'source_root': case 'global_source_root': return meson.project === '' ? '/qemu' : `/qemu/${meson.project}`;
    case 'project_build_root': case 'build_root': case 'global_build_root': return '/build';
    case 'project_version': return meson.version;
    case 'project_name': return 'qemu';
    case 'version': return '1.9.0';
    case 'is_cross_build': case 'is_unity': return false;
    case 'is_subproject': return meson.project !== '';
    case 'can_run_host_binaries': case 'has_exe_wrapper': return true;
    case 'backend': return 'ninja';
    case 'get_compiler': return new Plain('compiler');
    case 'get_external_property': case 'get_cross_property': return meson.machineProperty(text(call.positional[0])) ?? call.positional[1] ?? '';
    default: return new Plain(`meson.${name}`);
  }
}

function compilerMethod(meson: Meson, name: string, call: Call): MesonValue {
  const { host } = meson.inputs;
  const first = text(call.positional[0]);
  const flags = list(call.named.get('args')).map(text).join(' ');
  const there = (): boolean => list(call.named.get('dependencies')).every((value) => !(value instanceof Dependency) || value.found);
  const prefix = list(call.named.get('prefix')).map(text).join('\n');
  const symbol = (word: string): boolean => there() && host.compiles(`${prefix}\n`) && host.hasSymbol(word);
  switch (name) {
    case 'get_id': case 'get_linker_id': return name === 'get_id' ? 'gcc' : 'ld.bfd';
    case 'version': return '12.2.0';
    case 'cmd_array': return ['cc'];
    case 'compiles': case 'links': case 'check': return there() && host.compiles(sourceOf(meson, call.positional[0]), flags);
    case 'run': return new Plain('run result');
    case 'has_header': case 'check_header': return !isDisabled(call) && there() && host.compiles(`${prefix}\n#include <${first}>\n`);
    case 'has_header_symbol': return !isDisabled(call) && symbol(text(call.positional[1])) && host.hasHeader(first);
    case 'has_function': case 'has_type': return symbol(first.replace(/^struct /, ''));
    case 'has_member': case 'has_members': return call.positional.slice(1).every((member) => symbol(text(member)));
    case 'find_library': {
      const found = !isDisabled(call) && host.hasLibrary(first) && list(call.named.get('has_headers')).every((header) => host.hasHeader(text(header)));
      return new Dependency(found, first, 'unknown');
    }
    case 'has_argument': case 'has_multi_arguments': case 'has_link_argument': case 'has_multi_link_arguments': case 'has_function_attribute':
      return !flatten(call.positional).some((value) => /-fsanitize|clang|-fno-sanitize/.test(text(value)));
    case 'get_supported_arguments': case 'get_supported_link_arguments': case 'first_supported_argument': return flatten(call.positional);
    case 'get_supported_function_attributes': return flatten(call.positional);
    case 'symbols_have_underscore_prefix': return false;
    case 'get_define': return host.compiles(`#ifndef ${first}\n#error\n#endif\n`) ? '1' : '';
    case 'has_define': return host.compiles(`#ifndef ${first}\n#error\n#endif\n`);
    case 'sizeof': return first.includes('*') || first.includes('long') || first === 'size_t' ? 8 : 4;
    case 'alignment': return 8;
    default: return new Plain(`compiler.${name}`);
  }
}

/** The program text of a test: a literal, or a file of the tree. */
function sourceOf(meson: Meson, value: MesonValue): string {
  const item = list(value)[0];
  return item instanceof SourceFile ? meson.tree.read(item.path) ?? '' : text(item);
}
