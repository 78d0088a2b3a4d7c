import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { QmpValue } from '../x86/api.js';
import type { Comparison, NotCompared } from './compare.js';
import { compareGuests } from './compare-cpuid.js';
import { Differences, type Subject } from './difference.js';
import type { GuestKernel } from './guest-kernel.js';
import { isObject, sameValue, type QmpObject } from './json.js';
import { Offered } from './offered.js';
import { mapConcurrently } from './pool.js';
import { NO_CPU } from './qemu.js';
import { QemuExitError, QmpCommandError, QmpTimeoutError, type QmpProcess } from './qmp.js';
import type { Pair } from './sample.js';
import { seeCpu, type SeenCpu } from './seen-cpu.js';
import { Tally, type ModelTally } from './tally.js';
import type { Told } from './told.js';

/** A generated configuration. */
export interface RoundTripConfig {
  /** The model for -cpu that goes with it. */
  readonly cpu: string;
  /** The text for -readconfig. */
  readonly text: string;
  /** Properties that the text says it cannot set. */
  readonly notSet?: readonly string[];
}

/** A CPU, and the machine types on which its configuration is to make it. */
export interface Trial extends Pair {
  readonly on: readonly string[];
}

export interface RoundTripOptions {
  readonly qemu: readonly string[];
  readonly accel: string;
  /** Undefined where there is no configuration for the pair. */
  readonly configFor: (machine: string, model: string, accel: string) => RoundTripConfig | undefined;
  /** Properties that the configuration leaves to the host. */
  readonly hostDependent?: (machine: string, model: string) => readonly string[];
  /** What is known of the configuration on another machine type; asked where something differs. */
  readonly tell?: (machine: string, model: string, on: string) => Told | undefined;
  /** Properties that need not be asked one by one: see {@link SeenVm}. */
  readonly told?: ReadonlySet<string> | undefined;
  /** Named models that were seen already; those that are seen are added. */
  readonly seen?: Map<string, Promise<Named | string>>;
  /** To compare what a guest reads too. */
  readonly guest?: GuestKernel | undefined;
  readonly progress?: (done: number, total: number, what: string) => void;
}

/** A property that cannot be equal, and in how many pairs it was left out. */
export interface LeftOut {
  readonly property: string;
  readonly reason: string;
  readonly pairs: number;
}

export interface RoundTripComparison extends Comparison {
  readonly leftOut: readonly LeftOut[];
  /** Values compared: properties, and registers of CPUID leaves. */
  readonly values: number;
  readonly models: ReadonlyMap<string, ModelTally>;
}

/** The two CPUs are of different types: that is the point. */
const TYPE = 'type';

/** The configuration of every pair, on its own machine type: see {@link carry}. */
export function roundTrip(options: RoundTripOptions & { readonly pairs: readonly Pair[] }): Promise<RoundTripComparison> {
  return carry({ ...options, trials: options.pairs.map((pair) => ({ ...pair, on: [pair.machine] })) }, 'round trip');
}

/** The configuration of a pair, on other machine types than its own: see {@link carry}. */
export function across(options: RoundTripOptions & { readonly trials: readonly Trial[] }): Promise<RoundTripComparison> {
  return carry(options, 'across machine types');
}

/**
 * Starts the real QEMU with the named model, and with the generated configuration and the CPU model that goes with it, and
 * compares every property of the two realized CPUs, and what a guest reads from CPUID.
 *
 * What the configuration leaves to the host is completed with what this QEMU says of the named model on this host:
 * the model-less CPU is not given it by the accelerator.
 */
async function carry(options: RoundTripOptions & { readonly trials: readonly Trial[] }, name: Subject & string): Promise<RoundTripComparison> {
  const { trials, progress } = options;
  const differences = new Differences();
  const notCompared: NotCompared[] = [];
  const leftOut = new Map<string, { property: string; reason: string; pairs: number }>();
  const tally = new Tally();
  const directory = await mkdtemp(join(tmpdir(), 'qemu-cpu-custom-'));
  let [values, done] = [0, 0];
  try {
    const outcomes = await mapConcurrently(trials, async (trial, index) => {
      const outcome = await oneTrial(options, trial, join(directory, String(index)));
      progress?.(++done, trials.length, `${trial.machine} ${trial.model}`);
      return outcome;
    });
    outcomes.forEach((ofTrial, i) => {
      const { machine, model, on } = trials[i]!;
      ofTrial.forEach((outcome, at) => {
        const place = on[at] === machine ? machine : `${machine} on ${on[at]}`;
        if (typeof outcome === 'string') {
          notCompared.push({ machine: place, model, reason: outcome });
          return;
        }
        values += outcome.values;
        for (const { property, reason } of outcome.leftOut) {
          const key = `${property}\0${reason}`;
          const entry = leftOut.get(key) ?? { property, reason, pairs: 0 };
          leftOut.set(key, entry);
          entry.pairs++;
        }
        for (const difference of outcome.differences) differences.add({ subject: name, machine: place, model, ...difference });
        tally.add(model, outcome.differences.length === 0);
      });
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  return {
    name, unit: 'pairs', passed: tally.passed, failed: tally.failed, differences, notCompared, values, models: tally.models,
    leftOut: [...leftOut.values()].sort((a, b) => b.pairs - a.pairs || (a.property < b.property ? -1 : 1)),
  };
}

interface Outcome {
  readonly differences: readonly { readonly property: string | undefined; readonly qemu: QmpValue | undefined; readonly analysis: QmpValue | undefined }[];
  readonly leftOut: readonly { readonly property: string; readonly reason: string }[];
  readonly values: number;
}

/** A named model's CPU. */
export interface Named {
  readonly cpu: SeenCpu;
  /** What this QEMU says of the properties that the configuration leaves to the host. */
  readonly host: ReadonlyMap<string, QmpValue>;
}

/** One outcome for each machine type that the configuration is loaded on; a string: why it cannot be compared. */
async function oneTrial(options: RoundTripOptions, { machine, model, on }: Trial, file: string): Promise<(Outcome | string)[]> {
  const { qemu, accel, guest, configFor, tell, told, seen = new Map<string, Promise<Named | string>>() } = options;
  const config = configFor(machine, model, accel);
  if (config === undefined) return on.map(() => 'there is no configuration for it');
  const key = `${machine} ${model}`;
  let seeing = seen.get(key);
  if (seeing === undefined) seen.set(key, seeing = seeNamed(options, machine, model, `${file}.named`));
  const named = await seeing;
  if (typeof named === 'string') return on.map(() => named);
  const path = `${file}.cfg`;
  await writeFile(path, config.text + hostSection(config.text, named.host));
  const outcomes: (Outcome | string)[] = [];
  for (const other of on) {
    try {
      const made = await seeCpu({ qemu, accel, machine: other, cpu: config.cpu, config: path, told }, guest, `${file}.made`);
      outcomes.push(made === undefined ? NO_CPU : compareSeen(named.cpu, made, new Set(config.notSet), () => (other === machine ? undefined : tell?.(machine, model, other))));
    } catch (error) {
      outcomes.push({ differences: [{ property: '(start)', qemu: 'starts', analysis: refusal(error) }], leftOut: [], values: 0 });
    }
  }
  await rm(path);
  return outcomes;
}

/** A string: why it cannot be seen. */
async function seeNamed({ qemu, accel, guest, hostDependent, told }: RoundTripOptions, machine: string, model: string, scratch: string): Promise<Named | string> {
  const open = hostDependent?.(machine, model) ?? [];
  const host = new Map<string, QmpValue>();
  // what is for the host to tell is asked for by its name
  const rest = open.length === 0 ? told : new Set([...told ?? []].filter((property) => !open.includes(property)));
  try {
    const cpu = await seeCpu({ qemu, accel, machine, cpu: model, told: rest }, guest, scratch, async (qmp, properties) => {
      const expanded = open.length === 0 ? {} : await expand(qmp, model) ?? properties;
      for (const property of open) if (expanded[property] !== undefined) host.set(property, expanded[property]);
    });
    return cpu === undefined ? NO_CPU : { cpu, host };
  } catch (error) {
    return refusal(error);
  }
}

/** What the configuration has to say is the expanded model's: realizing fills in values that were left open. */
async function expand(qmp: QmpProcess, model: string): Promise<QmpObject | undefined> {
  try {
    const answer = await qmp.execute('query-cpu-model-expansion', { type: 'full', model: { name: model } });
    const props = isObject(answer) && isObject(answer['model']) ? answer['model']['props'] : undefined;
    return isObject(props) ? props : undefined;
  } catch (error) {
    if (error instanceof QmpCommandError) return undefined;
    throw error;
  }
}

/** More [global] sections for the driver that the configuration sets. */
function hostSection(text: string, host: ReadonlyMap<string, QmpValue>): string {
  const driver = /^\s*driver = "([^"]*)"/m.exec(text)?.[1];
  if (driver === undefined) return '';
  let added = '\n';
  for (const [property, value] of host) {
    if (typeof value === 'object' || value === '') continue;
    const set = typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
    added += `[global]\ndriver = "${driver}"\nproperty = "${property}"\nvalue = "${set}"\n\n`;
  }
  return added;
}

const REGISTERS_OF_ROW = 4;
const LEAF = 'CPUID ';

function compareSeen(named: SeenCpu, made: SeenCpu, notSet: ReadonlySet<string>, tell: () => Told | undefined): Outcome {
  const differences: { property: string; qemu: QmpValue | undefined; analysis: QmpValue | undefined }[] = [];
  const leftOut: { property: string; reason: string }[] = [];
  let values = 0;
  for (const property of new Set([...Object.keys(named.properties), ...Object.keys(made.properties)])) {
    const [qemu, analysis] = [named.properties[property], made.properties[property]];
    if (sameValue(qemu, analysis)) {
      values++;
    } else if (property === TYPE) {
      leftOut.push({ property, reason: 'the CPUs are of different types' });
    } else if (analysis === undefined) {
      leftOut.push({ property, reason: 'only the named type declares it' });
    } else if (notSet.has(property)) {
      leftOut.push({ property, reason: 'the configuration says that it cannot set it' });
    } else {
      values++;
      differences.push({ property, qemu, analysis });
    }
  }
  const offered = new Offered(named, made);
  for (const { property } of differences.filter((entry) => offered.property(entry.property))) {
    leftOut.push({ property, reason: offered.reason });
    differences.splice(differences.findIndex((entry) => entry.property === property), 1);
  }
  if (named.cpuid !== undefined && made.cpuid !== undefined) {
    values += named.cpuid.rows.length * REGISTERS_OF_ROW;
    for (const { leaf, subleaf, register, said, other } of compareGuests(named.cpuid, made.cpuid)) {
      const property = `${LEAF}${register}`;
      if (said !== undefined && other !== undefined && offered.register(leaf, subleaf, register.slice(-3), Number.parseInt(said, 16), Number.parseInt(other, 16))) leftOut.push({ property, reason: offered.reason });
      else differences.push({ property, qemu: said, analysis: other });
    }
  }
  const told = differences.length === 0 ? undefined : tell();
  const isTold = ({ property, analysis }: { readonly property: string; readonly analysis: QmpValue | undefined }): boolean => told !== undefined
    && (property.startsWith(LEAF) ? made.cpuid !== undefined && told.cpuid(made.cpuid) : told.property(property, analysis));
  if (differences.length > 0 && differences.every(isTold)) {
    return { differences: [], leftOut: [...leftOut, ...differences.map(({ property }) => ({ property, reason: told!.reason }))], values };
  }
  const noGuest = named.noGuest ?? made.noGuest;
  if (noGuest !== undefined) leftOut.push({ property: 'CPUID', reason: `the machine type takes no guest: ${noGuest}` });
  return { differences, leftOut, values };
}

/** QEMU's reason; what is not QEMU's saying is thrown on. */
function refusal(error: unknown): string {
  if (error instanceof QemuExitError || error instanceof QmpCommandError || error instanceof QmpTimeoutError) return error.message;
  throw error;
}
