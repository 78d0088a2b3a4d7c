import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { QmpValue } from '../x86/api.js';
import type { Comparison, NotCompared } from './compare.js';
import { Differences } from './difference.js';
import { isObject, sameValue, type QmpObject } from './json.js';
import { mapConcurrently } from './pool.js';
import { cpuPath, NO_CPU, readObject, readRealizedCpu, withVm, type VmOptions } from './qemu.js';
import { QemuExitError, QmpCommandError, QmpTimeoutError, type QmpProcess } from './qmp.js';
import type { Pair } from './sample.js';

/** A generated configuration. */
export interface RoundTripConfig {
  /** The model for -cpu that goes with it. */
  readonly cpu: string;
  /** The text for -readconfig. */
  readonly text: string;
  /** Properties that the text says it cannot set. */
  readonly notSet?: readonly string[];
}

export interface RoundTripOptions {
  readonly qemu: readonly string[];
  readonly accel: string;
  readonly pairs: readonly Pair[];
  /** Undefined where there is no configuration for the pair. */
  readonly configFor: (machine: string, model: string, accel: string) => RoundTripConfig | undefined;
  /** Properties that the configuration leaves to the host. */
  readonly hostDependent?: (machine: string, model: string) => readonly string[];
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
  /** Values compared. */
  readonly values: number;
}

/** The two CPUs are of different types: that is the point. */
const TYPE = 'type';

/**
 * Starts the real QEMU with the named model, and with the model-less CPU and the generated configuration, and compares
 * every property of the two realized CPUs.
 *
 * What the configuration leaves to the host is completed with what this QEMU says of the named model on this host:
 * the model-less CPU is not given it by the accelerator.
 */
export async function roundTrip(options: RoundTripOptions): Promise<RoundTripComparison> {
  const { pairs, progress } = options;
  const differences = new Differences();
  const notCompared: NotCompared[] = [];
  const leftOut = new Map<string, { property: string; reason: string; pairs: number }>();
  const directory = await mkdtemp(join(tmpdir(), 'qemu-cpu-custom-'));
  let [passed, failed, values, done] = [0, 0, 0, 0];
  try {
    const outcomes = await mapConcurrently(pairs, async (pair, index) => {
      const outcome = await onePair(options, pair, join(directory, `${index}.cfg`));
      progress?.(++done, pairs.length, `${pair.machine} ${pair.model}`);
      return outcome;
    });
    outcomes.forEach((outcome, i) => {
      const { machine, model } = pairs[i]!;
      if (typeof outcome === 'string') {
        notCompared.push({ machine, model, reason: outcome });
        return;
      }
      values += outcome.values;
      for (const { property, reason } of outcome.leftOut) {
        const key = `${property}\0${reason}`;
        const entry = leftOut.get(key) ?? { property, reason, pairs: 0 };
        leftOut.set(key, entry);
        entry.pairs++;
      }
      for (const difference of outcome.differences) differences.add({ subject: 'round trip', machine, model, ...difference });
      if (outcome.differences.length === 0) passed++;
      else failed++;
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  return {
    name: 'round trip', unit: 'pairs', passed, failed, differences, notCompared, values,
    leftOut: [...leftOut.values()].sort((a, b) => b.pairs - a.pairs || (a.property < b.property ? -1 : 1)),
  };
}

interface Outcome {
  readonly differences: readonly { readonly property: string | undefined; readonly qemu: QmpValue | undefined; readonly analysis: QmpValue | undefined }[];
  readonly leftOut: readonly { readonly property: string; readonly reason: string }[];
  readonly values: number;
}

/** A string: why the pair cannot be compared. */
async function onePair({ qemu, accel, configFor, hostDependent }: RoundTripOptions, { machine, model }: Pair, file: string): Promise<Outcome | string> {
  const config = configFor(machine, model, accel);
  if (config === undefined) return 'there is no configuration for it';
  const host = hostDependent?.(machine, model) ?? [];
  let named: Named | undefined;
  try {
    named = await readNamed({ qemu, accel, machine, cpu: model }, model, host);
  } catch (error) {
    return refusal(error);
  }
  if (named === undefined) return NO_CPU;
  await writeFile(file, config.text + hostSection(config.text, named.host));
  let made: Record<string, QmpValue>;
  try {
    made = (await readRealizedCpu({ qemu, accel, machine, cpu: config.cpu, config: file }))?.properties ?? {};
  } catch (error) {
    return { differences: [{ property: '(start)', qemu: 'starts', analysis: refusal(error) }], leftOut: [], values: 0 };
  }
  return compareRealized(named.properties, made, new Set(config.notSet));
}

interface Named {
  readonly properties: Record<string, QmpValue>;
  /** What the host decided, as the configuration would have to say it. */
  readonly host: ReadonlyMap<string, QmpValue>;
}

/** The named model realized; undefined on a machine type without CPU. */
function readNamed(vm: VmOptions, model: string, hostDependent: readonly string[]): Promise<Named | undefined> {
  return withVm(vm, async (qmp) => {
    const path = await cpuPath(qmp);
    if (path === undefined) return undefined;
    const { properties } = await readObject(qmp, path);
    // Realizing fills in values that were left open: what the configuration has to say is the expanded model's.
    const expanded = hostDependent.length === 0 ? {} : await expand(qmp, model) ?? properties;
    const host = new Map(hostDependent.filter((name) => expanded[name] !== undefined).map((name) => [name, expanded[name]!]));
    return { properties, host };
  });
}

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

function compareRealized(named: Record<string, QmpValue>, made: Record<string, QmpValue>, notSet: ReadonlySet<string>): Outcome {
  const differences: { property: string; qemu: QmpValue | undefined; analysis: QmpValue | undefined }[] = [];
  const leftOut: { property: string; reason: string }[] = [];
  let values = 0;
  for (const property of new Set([...Object.keys(named), ...Object.keys(made)])) {
    const [qemu, analysis] = [named[property], made[property]];
    if (property === TYPE) {
      leftOut.push({ property, reason: 'the CPUs are of different types' });
    } else if (analysis === undefined) {
      leftOut.push({ property, reason: 'only the named type declares it' });
    } else if (sameValue(qemu, analysis)) {
      values++;
    } else if (notSet.has(property)) {
      leftOut.push({ property, reason: 'the configuration says that it cannot set it' });
    } else {
      values++;
      differences.push({ property, qemu, analysis });
    }
  }
  return { differences, leftOut, values };
}

/** QEMU's reason; what is not QEMU's saying is thrown on. */
function refusal(error: unknown): string {
  if (error instanceof QemuExitError || error instanceof QmpCommandError || error instanceof QmpTimeoutError) return error.message;
  throw error;
}
