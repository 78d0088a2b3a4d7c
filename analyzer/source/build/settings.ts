import type { Decision } from './kconfig.js';
import type { CompiledFile } from './link.js';

/** One decided switch: a macro of a generated header, or a variable of the device configuration. */
export interface Switch {
  /** CONFIG_X, TARGET_X, HOST_X ... */
  readonly name: string;
  /** "y" for a plain switch that is on; undefined: off. */
  readonly value: string | undefined;
  readonly why: string;
  readonly at: { readonly file: string; readonly line: number } | undefined;
}

/** What one era's evaluation found out; build.ts makes the Build of it. */
export interface Evaluation {
  readonly switches: Map<string, Switch>;
  readonly files: ReadonlyMap<string, CompiledFile>;
  readonly headers: Map<string, string>;
  readonly notes: string[];
}

/** The device configuration's decisions as switches. */
export function configDecisions(switches: Map<string, Switch>, decisions: ReadonlyMap<string, Decision>): void {
  for (const [name, { value, why, at }] of decisions) switches.set(name, { name, value: value ? 'y' : undefined, why, at });
}

/** "NAME=value" lines that a script wrote, as switches with the line of the script behind each. */
export function scriptSwitches(switches: Map<string, Switch>, text: string, origins: ReadonlyMap<string, { file: string; line: number }>): void {
  for (const line of text.split('\n')) {
    const match = /^((?:CONFIG|TARGET|HOST|HAVE)_\w+)=(.*)$/.exec(line);
    if (match === null) continue;
    const name = match[1] ?? '';
    switches.set(name, { name, value: match[2] === 'n' ? undefined : match[2] ?? '', why: 'written by configure', at: origins.get(line) });
  }
}
