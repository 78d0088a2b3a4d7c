import type { SourceTree } from '../tree.js';
import type { BuildOptions } from './build.js';
import type { Decision } from './kconfig.js';
import { Kconfig } from './kconfig.js';

/** What scripts/minikconf.py would print, and why. */
export interface DeviceConfig {
  /** config-devices.mak */
  readonly text: string;
  readonly decisions: ReadonlyMap<string, Decision>;
  readonly notes: readonly string[];
}

/**
 * Runs the device configuration of one target.
 * @param mode minikconf's mode option, --defconfig or --allnoconfig
 * @param inputs files of the tree, in order
 * @param assignments "CONFIG_X=y" that configure or meson pass for what the host decides
 */
export function runKconfig(tree: SourceTree, options: BuildOptions, mode: string, inputs: readonly string[], assignments: readonly string[]): DeviceConfig {
  const given = new Map<string, boolean>();
  for (const [name, value] of options.define) given.set(name, value !== 'n');
  for (const name of options.without) given.set(name, false);
  const kconfig = new Kconfig(tree, mode !== '--allnoconfig', new Set(given.keys()));
  for (const input of inputs) kconfig.parse(input);
  const external = new Set<string>();
  for (const assignment of assignments) {
    const match = /^(CONFIG_\w+)=([yn]?)$/.exec(assignment);
    if (match === null) continue;
    const name = match[1] ?? '';
    external.add(name);
    if (!given.has(name)) kconfig.assign(name, match[2] === 'y', 'decided by the building host');
  }
  for (const [name, value] of given) if (kconfig.declares(name)) kconfig.assign(name, value, 'given on the command line');
  const decisions = kconfig.compute();
  // minikconf leaves out what it got from outside
  const lines = [...decisions].filter(([name, { value }]) => value && !external.has(name)).map(([name]) => `${name}=y`).sort();
  return { text: lines.map((line) => line + '\n').join(''), decisions, notes: kconfig.notes };
}
