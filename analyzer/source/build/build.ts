import type { SourceTree } from '../tree.js';
import { givenSwitches, headerKind, type GivenHeader } from './given-headers.js';
import { Host, SYSTEMS, type System } from './host.js';
import { evaluateMakefiles } from './makefile-build.js';
import { evaluateMeson } from './meson-build.js';
import { packagedSwitches } from './packaging.js';
import type { Evaluation, Switch } from './settings.js';

export type { Switch } from './settings.js';

/** What the user sets on top of what the tree and an ordinary host decide. */
export interface BuildOptions {
  readonly target: 'x86_64' | 'i386';
  /** Switches turned on (value "y" unless it is a value), by full name: CONFIG_XEN, QEMU_PKGVERSION ... */
  readonly define: ReadonlyMap<string, string>;
  /** Switches turned off, by full name. */
  readonly without: readonly string[];
  /** What configure is run with, beside what the switches need: the packager's options. */
  readonly configure?: readonly string[];
  /** What a real build wrote down: it decides where the user says nothing else. */
  readonly headers?: readonly GivenHeader[];
  /** An accelerator that the program must have: the host is one on which QEMU builds it. */
  readonly accel?: string;
  /** The system that it is built on, if no accelerator decides; Linux by default. */
  readonly os?: System;
}

/** Which code of a tree is in the program, and the headers that the build generates. */
export interface Build {
  /** The system that it is built on. */
  readonly os: System;
  /** Every switch that was decided, by name. */
  readonly switches: ReadonlyMap<string, Switch>;
  /** Tree-relative .c files compiled into qemu-system-<target>, sorted. */
  readonly files: readonly string[];
  /** Those of `files` that stand in static libraries: linked only where a symbol of theirs is needed and nothing else defines it (stubs, utilities). */
  readonly archived: ReadonlySet<string>;
  /** Generated headers by the name under which they are included. */
  readonly headers: ReadonlyMap<string, string>;
  /** What was not understood, one line each. */
  readonly notes: readonly string[];
  isCompiled(path: string): boolean;
  /** The -D macros that a file is compiled with: NEED_CPU_H, CONFIG_DEVICES="..." and so on for target-specific code, few or none for common code. */
  macrosFor(path: string): ReadonlyMap<string, string>;
}

const NO_MACROS: ReadonlyMap<string, string> = new Map();

/**
 * Works out a tree's build as its own build files describe it: configure runs in an interpreter against a described
 * host, then meson.build (or, before QEMU had it, the Makefiles) says which switches are on and which files are
 * compiled. Nothing of the tree is executed on this machine.
 */
export function evaluateBuild(tree: SourceTree, options: BuildOptions): Build {
  if (options.accel === undefined) return evaluateOn(options.os ?? 'linux', tree, options);
  const accelerator = `CONFIG_${options.accel.toUpperCase()}`;
  let first: Build | undefined;
  for (const os of SYSTEMS) {
    const build = evaluateOn(os, tree, options, accelerator);
    if (build.switches.get(accelerator)?.value !== undefined) return build;
    first ??= build;
  }
  return first!;
}

/** @param facility the switch of something that the host has in any case */
function evaluateOn(os: System, tree: SourceTree, options: BuildOptions, facility?: string): Build {
  const { headers } = options;
  if (headers === undefined || headers.length === 0) return evaluateWith(os, tree, options, new Map(), facility);
  // what the tree and an ordinary host decide tells what a header leaves out
  const ordinary = evaluateWith(os, tree, options, new Map(), facility);
  const define = new Map<string, string>();
  const without = new Set<string>();
  const reasons = new Map<string, Reason>();
  for (const { file, text } of headers) {
    const given = givenSwitches(text);
    const own = ownHeader(ordinary.headers, file);
    for (const name of own === undefined ? [] : givenSwitches(ordinary.headers.get(own) ?? '').keys()) {
      if (given.has(name)) continue;
      without.add(name);
      reasons.set(name, { why: `not in ${file}`, at: undefined });
    }
    for (const [name, { value, line }] of given) {
      if (value === undefined) without.add(name);
      else define.set(name, value);
      reasons.set(name, { why: `given in ${file}`, at: { file, line } });
    }
  }
  // the command line has the last word
  for (const name of options.without) { without.add(name); define.delete(name); reasons.delete(name); }
  for (const [name, value] of options.define) { define.set(name, value); without.delete(name); reasons.delete(name); }
  const build = evaluateWith(os, tree, { ...options, define, without: [...without] }, reasons, facility);
  const generated = new Map(build.headers);
  for (const { file, text } of headers) {
    const own = ownHeader(generated, file);
    if (own === undefined || !file.endsWith('.h')) continue;
    const said = [...options.define.keys(), ...options.without].filter((name) => givenSwitches(text).has(name) || givenSwitches(generated.get(own) ?? '').has(name));
    for (const name of [...generated.keys()].filter((name) => headerKind(name) === headerKind(file))) if (said.length === 0) generated.set(name, text);
  }
  return { ...build, headers: generated };
}

/** The generated header that a real build's file corresponds to. */
function ownHeader(headers: ReadonlyMap<string, string>, file: string): string | undefined {
  const kind = headerKind(file);
  return kind === undefined ? undefined : [...headers.keys()].find((name) => name === `${kind}.h`);
}

interface Reason {
  readonly why: string;
  readonly at: Switch['at'];
}

/** @param reasons why switches are what `options` says of them, where it was not the user who said so */
function evaluateWith(os: System, tree: SourceTree, options: BuildOptions, reasons: ReadonlyMap<string, Reason>, facility?: string): Build {
  // the packaging is that of a Linux distribution
  const packaged = new Set(os === 'linux' ? packagedSwitches(tree) : []);
  if (facility !== undefined) packaged.add(facility);
  const host = new Host(options.define, new Set(options.without), packaged, os);
  const args = configureArguments(tree, options);
  const usesMeson = tree.read('meson.build')?.includes('source_set()') === true;
  const evaluation = (usesMeson ? evaluateMeson : evaluateMakefiles)(tree, host, options, args);
  addVersionHeader(tree, options, evaluation);
  addHeaderSwitches(evaluation);
  addHostReasons(host, evaluation);
  applyOverrides(options, evaluation, reasons);
  const files = [...evaluation.files.keys()].sort();
  return {
    os,
    switches: evaluation.switches,
    files,
    archived: new Set(files.filter((path) => evaluation.files.get(path)?.archived === true)),
    headers: evaluation.headers,
    notes: evaluation.notes,
    isCompiled: (path) => evaluation.files.has(path),
    macrosFor: (path) => evaluation.files.get(path)?.macros ?? NO_MACROS,
  };
}

/** What the packager gives configure; and --enable-x and --disable-x for the switches that it has an option for. */
function configureArguments(tree: SourceTree, options: BuildOptions): string[] {
  const known = (tree.read('configure') ?? '') + (tree.read('scripts/meson-buildoptions.sh') ?? '');
  // Without effect on the system emulator, but much less for configure to try: no user-mode targets, no second run of each test.
  const wanted = ['--disable-user', '--disable-werror'];
  for (const [name, value] of options.define) wanted.push(`--${value === 'n' ? 'disable' : 'enable'}-${optionName(name)}`);
  for (const name of options.without) wanted.push(`--disable-${optionName(name)}`);
  // the target is the analysis's own
  const given = (options.configure ?? []).filter((argument) => !argument.startsWith('--target-list'));
  return [...given, ...wanted.filter((argument) => known.includes(`${argument})`))];
}

function optionName(name: string): string {
  return name.replace(/^CONFIG_/, '').toLowerCase().replace(/_/g, '-');
}

/** qemu-version.h, which scripts/qemu-version.sh makes from the tree's version and the packager's string. */
function addVersionHeader(tree: SourceTree, options: BuildOptions, { headers }: Evaluation): void {
  const version = (tree.read('VERSION') ?? '').trim();
  const packageVersion = options.define.get('QEMU_PKGVERSION') ?? '';
  const full = packageVersion === '' ? version : `${version} (${packageVersion})`;
  headers.set('qemu-version.h', `#ifndef QEMU_PKGVERSION\n#define QEMU_PKGVERSION "${packageVersion}"\n#endif\n#define QEMU_FULL_VERSION "${full}"\n`);
  // made from the other generated headers to forbid their macros in common code; of no effect on what compiles
  if (!headers.has('config-poison.h')) headers.set('config-poison.h', '');
}

/** Macros that a generated header has and no setting of that name gave: TARGET_I386, HOST_X86_64, the version. */
function addHeaderSwitches({ headers, switches }: Evaluation): void {
  for (const [header, text] of headers) {
    for (const match of text.matchAll(/^#define[ \t]+(\w+)[ \t]*(.*)$/gm)) {
      const name = match[1] ?? '';
      const value = match[2] ?? '';
      if (!switches.has(name)) switches.set(name, { name, value: value === '' || value === '1' ? 'y' : value, why: `defined in ${header}`, at: undefined });
    }
  }
}

/** For what is off because the building host is taken to lack it: the reason. */
function addHostReasons(host: Host, { switches }: Evaluation): void {
  for (const { facility, present } of host.answers) {
    if (facility.switch === undefined || present || switches.get(facility.switch)?.value !== undefined) continue;
    switches.set(facility.switch, { name: facility.switch, value: undefined, why: `the building host is taken to lack ${facility.name}: ${facility.why}`, at: undefined });
  }
}

/** Makes sure that what the user set holds in the headers and in the list of switches. */
function applyOverrides(options: BuildOptions, { switches, headers }: Evaluation, reasons: ReadonlyMap<string, Reason>): void {
  const wanted = new Map<string, string | undefined>(options.define);
  for (const name of options.without) wanted.set(name, undefined);
  for (const [name, given] of wanted) {
    const value = given === 'n' ? undefined : given;
    const decided = switches.get(name);
    switches.set(name, { name, value, ...(reasons.get(name) ?? { why: 'given on the command line', at: undefined }) });
    if (decided !== undefined && decided.value === value) continue;
    const line = new RegExp(`^#(?:define|undef)[ \\t]+${name}\\b.*\\n`, 'm');
    const definition = value === undefined ? `#undef ${name}\n` : `#define ${name} ${value === 'y' ? '1' : name === 'QEMU_PKGVERSION' ? `"${value}"` : value}\n`;
    let found = false;
    for (const [header, text] of headers) {
      if (!line.test(text)) continue;
      headers.set(header, text.replace(line, () => definition));
      found = true;
    }
    if (!found) headers.set('config-host.h', (headers.get('config-host.h') ?? '') + definition);
  }
}
