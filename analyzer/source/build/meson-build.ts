import type { SourceTree } from '../tree.js';
import type { BuildOptions } from './build.js';
import { runConfigure } from './configure.js';
import type { Host } from './host.js';
import { runKconfig } from './device-config.js';
import type { CompiledFile } from './link.js';
import { linkedFiles } from './link.js';
import { Meson } from './meson.js';
import type { ConfigurationData, MesonValue } from './meson-values.js';
import { text } from './meson-values.js';
import type { Evaluation, Switch } from './settings.js';
import { configDecisions, scriptSwitches } from './settings.js';

/** Evaluates a tree that is built by meson: configure writes config-host.mak and meson's options, meson.build does the rest. */
export function evaluateMeson(tree: SourceTree, host: Host, options: BuildOptions, configureArguments: readonly string[]): Evaluation {
  const targetDirectory = `${options.target}-softmmu`;
  const switches = new Map<string, Switch>();
  const configured = runConfigure(tree, host, targetDirectory, configureArguments);
  const notes = [...configured.notes];
  const configHost = configured.files.get('config-host.mak');
  if (configHost !== undefined) scriptSwitches(switches, configHost.text, configHost.origins);
  const devices = new Map<string, Switch>();
  const meson = new Meson(tree, {
    host,
    options: configured.mesonOptions,
    machineProperties: configured.machineProperties,
    built: new Map([...configured.files].map(([name, file]) => [name, file.text])),
    executable: `qemu-system-${options.target}`,
    minikconf: (mode, inputs, assignments) => {
      const result = runKconfig(tree, options, mode, inputs, assignments);
      configDecisions(devices, result.decisions);
      notes.push(...result.notes);
      return result.text;
    },
  });
  const executable = meson.run();
  notes.push(...meson.notes);
  let files: ReadonlyMap<string, CompiledFile> = new Map();
  if (executable === undefined) notes.push(`meson.build: qemu-system-${options.target} is not reached`);
  else files = linkedFiles(tree, executable, meson.projectArguments);
  const headers = new Map<string, string>();
  for (const [name, data] of meson.headers) {
    if (!name.endsWith('.h')) continue;
    headers.set(name, data.text());
    addSwitches(switches, data);
  }
  for (const [name, value] of devices) switches.set(name, value);
  for (const name of ['config-target.h', 'config-devices.h']) {
    const own = headers.get(`${targetDirectory}-${name}`);
    if (own !== undefined) headers.set(name, own);
  }
  return { switches, files, headers, notes };
}

function addSwitches(switches: Map<string, Switch>, data: ConfigurationData): void {
  for (const [name, { value, at }] of data.values) {
    // what configure wrote is copied here; its own line tells more
    if (switches.has(name) && value !== false) continue;
    switches.set(name, { name, value: switchValue(value), why: 'set by meson.build', at });
  }
}

function switchValue(value: MesonValue): string | undefined {
  if (value === false || value === 0) return undefined;
  return value === true || value === 1 ? 'y' : text(value);
}
