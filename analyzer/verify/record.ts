import type { QmpValue, Stage } from '../x86/api.js';
import { isObject, type QmpObject } from './json.js';
import { mapConcurrently } from './pool.js';
import { ask, NO_CPU, queryMachines, readRealizedCpu, startVm, withVm, type VmOptions } from './qemu.js';
import { QemuExitError, QmpCommandError, QmpTimeoutError, type QmpProcess } from './qmp.js';
import { RecordingError, stateId, type Recording } from './recording.js';

export interface RecordOptions {
  readonly stage: Stage;
  /** Only these machine types. */
  readonly machines?: readonly string[];
  /** Only these models; at stage `realized` also ones that query-cpu-definitions does not list. */
  readonly models?: readonly string[];
}

/** `done` of `total` machine types (`expanded`) or pairs (`realized`); `what` is the one just finished. */
export type RecordProgress = (done: number, total: number, what: string) => void;

/** This QEMU is from before query-cpu-model-expansion (2.9 for x86). */
export class NoExpansionError extends RecordingError {}

/** One machine type's answers. */
interface MachineAnswers {
  readonly machine: string;
  readonly definitions: Record<string, QmpObject>;
  readonly states: Map<string, Record<string, QmpValue>>;
  readonly errors: Record<string, string>;
}

/**
 * Asks a real QEMU what every CPU model is on every machine type.
 *
 * `expanded`: one process per machine type, query-cpu-model-expansion (full) for every model of query-cpu-definitions;
 * not filtered by the host. `realized`: one process per pair, qom-get of every property of the CPU that came up.
 * @throws QemuExitError where QEMU or the accelerator does not start at all; RecordingError where this QEMU cannot answer
 */
export async function record(qemu: readonly string[], accel: string, options: RecordOptions, progress: RecordProgress = () => undefined): Promise<Recording> {
  const begun = Date.now();
  const { version, machines, target } = await withVm({ qemu, accel, machine: 'none' }, async (qmp) => ({
    version: qmp.version, machines: await queryMachines(qmp), target: (await qmp.execute('query-target') as QmpObject)['arch'] as string,
  }));
  // QEMU's `none` has no CPU.
  const listed = machines.map((machine) => String(machine['name'])).filter((name) => name !== 'none');
  const names = options.machines === undefined ? listed : options.machines.filter((name) => {
    if (!listed.includes(name)) throw new RecordingError(`${qemu[0]} has no machine type '${name}'`);
    return true;
  });
  const unreadable: Record<string, string> = {};
  const wanted = options.models === undefined ? undefined : new Set(options.models);
  const answers = options.stage === 'expanded'
    ? await recordExpanded(qemu, accel, names, wanted, progress)
    : await recordRealized(qemu, accel, names, wanted, unreadable, progress);
  return { ...gather(answers), version: version as unknown as Recording['version'], target, accel, stage: options.stage, machines, unreadable, seconds: (Date.now() - begun) / 1000 };
}

function gather(answers: readonly MachineAnswers[]): Pick<Recording, 'definitions' | 'states' | 'pairs' | 'errors'> {
  const definitions: Record<string, Record<string, QmpObject>> = {};
  const states: Record<string, Record<string, QmpValue>> = {};
  const pairs: Record<string, Record<string, string>> = {};
  const errors: Record<string, Record<string, string>> = {};
  for (const answer of answers) {
    definitions[answer.machine] = answer.definitions;
    const ids: Record<string, string> = pairs[answer.machine] = {};
    for (const [model, properties] of [...answer.states].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const id = stateId(properties);
      states[id] ??= properties;
      ids[model] = id;
    }
    if (Object.keys(answer.errors).length > 0) errors[answer.machine] = answer.errors;
  }
  return { definitions, states, pairs, errors };
}

async function recordExpanded(qemu: readonly string[], accel: string, machines: readonly string[], wanted: ReadonlySet<string> | undefined, progress: RecordProgress): Promise<MachineAnswers[]> {
  let done = 0;
  return mapConcurrently(machines, async (machine) => {
    const answer = await expandMachine({ qemu, accel, machine }, wanted);
    progress(++done, machines.length, machine);
    return answer;
  });
}

async function expandMachine(vm: VmOptions, wanted: ReadonlySet<string> | undefined): Promise<MachineAnswers> {
  const answer: MachineAnswers = { machine: vm.machine, definitions: {}, states: new Map(), errors: {} };
  let qmp = await startOrSay(vm, answer);
  if (qmp === undefined) return answer;
  try {
    for (const model of select(await readDefinitions(qmp, answer.definitions), wanted)) {
      try {
        const expanded = await qmp.execute('query-cpu-model-expansion', { type: 'full', model: { name: model } });
        const found: QmpValue | undefined = isObject(expanded) && isObject(expanded['model']) ? expanded['model']['props'] : undefined;
        answer.states.set(model, isObject(found) ? found : {});
      } catch (error) {
        if (error instanceof QmpCommandError && error.errorClass === 'CommandNotFound') {
          throw new NoExpansionError(`${vm.qemu[0]} does not know query-cpu-model-expansion: record stage 'realized'`);
        }
        answer.errors[model] = refusal(error);
        if (error instanceof QmpCommandError) continue;
        // One model took QEMU down with it: the others get a new one.
        await qmp.quit();
        qmp = await startVm(vm);
      }
    }
  } finally {
    await qmp.quit();
  }
  return answer;
}

async function recordRealized(qemu: readonly string[], accel: string, machines: readonly string[], wanted: ReadonlySet<string> | undefined, unreadable: Record<string, string>, progress: RecordProgress): Promise<MachineAnswers[]> {
  const answers = await mapConcurrently(machines, async (machine) => {
    const answer: MachineAnswers = { machine, definitions: {}, states: new Map(), errors: {} };
    const qmp = await startOrSay({ qemu, accel, machine }, answer);
    if (qmp !== undefined) {
      try {
        await readDefinitions(qmp, answer.definitions);
      } finally {
        await qmp.quit();
      }
    }
    return answer;
  });
  const pairs = answers.filter((answer) => !('*' in answer.errors))
    .flatMap((answer) => (wanted === undefined ? Object.keys(answer.definitions) : [...wanted]).sort().map((model) => ({ answer, model })));
  let done = 0;
  await mapConcurrently(pairs, async ({ answer, model }) => {
    try {
      const cpu = await readRealizedCpu({ qemu, accel, machine: answer.machine, cpu: model });
      if (cpu === undefined) {
        answer.errors[model] = NO_CPU;
      } else {
        answer.states.set(model, cpu.properties);
        Object.assign(unreadable, cpu.unreadable);
      }
    } catch (error) {
      answer.errors[model] = refusal(error);
    }
    progress(++done, pairs.length, `${answer.machine} ${model}`);
  });
  return answers;
}

/** Starts the VM; where QEMU refuses the machine type, notes its reason. */
async function startOrSay(vm: VmOptions, answer: MachineAnswers): Promise<QmpProcess | undefined> {
  try {
    return await startVm(vm);
  } catch (error) {
    answer.errors['*'] = refusal(error);
    return undefined;
  }
}

/** Fills in the definitions, without what depends on the host, and returns the models' names. */
async function readDefinitions(qmp: QmpProcess, definitions: Record<string, QmpObject>): Promise<string[]> {
  for (const { name, 'unavailable-features': _, ...fields } of await ask(qmp, 'query-cpu-definitions') ?? []) definitions[String(name)] = fields;
  return Object.keys(definitions).sort();
}

function select(models: readonly string[], wanted: ReadonlySet<string> | undefined): readonly string[] {
  return wanted === undefined ? models : models.filter((model) => wanted.has(model));
}

/** QEMU's reason not to have this CPU or machine type; what is not QEMU's saying is thrown on. */
function refusal(error: unknown): string {
  if (error instanceof QmpCommandError || error instanceof QemuExitError || error instanceof QmpTimeoutError) return error.message;
  throw error;
}
