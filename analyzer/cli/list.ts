import { Argument, Command } from 'commander';
import type { Analysis } from '../x86/api.js';
import { featureWords } from '../render/cpu.js';
import { definitionsJson, featuresJson, featuresText, machinesText, modelsText, propertiesJson, propertiesText } from '../render/list.js';
import { staticModel } from '../render/mode.js';
import type { Context } from './context.js';
import { UsageError } from './exit.js';
import { conclude, openAnalysis, withAccel, withJson, type AnalysisCommandOptions } from './options.js';
import { defaultMachine, findMachine } from './select.js';

interface Options extends AnalysisCommandOptions {
  readonly machine?: string;
  readonly model?: string;
  readonly json?: true;
}

const subjects = ['machines', 'models', 'features', 'properties'] as const;

/** `list machines|models|features|properties` */
export function listCommand(context: Context): Command {
  const command = new Command('list')
    .description('list the machine types, the CPU models, or the features or properties of a CPU')
    .addArgument(new Argument('<what>', 'what to list').choices(subjects));
  return withJson(withAccel(command)
    .option('-m, --machine <name>', 'models, features, properties: on this machine type (default: the one that QEMU starts by default)')
    .option('-M, --model <name>', 'features, properties: of this model (default: the first that is not special)'))
    .action(async (what: (typeof subjects)[number], options: Options) => {
      if (what === 'machines' && options.machine !== undefined) throw new UsageError('list machines takes no --machine');
      if ((what === 'machines' || what === 'models') && options.model !== undefined) throw new UsageError(`list ${what} takes no --model`);
      const analysis = await openAnalysis(context, options, options.accel);
      context.terminal.out(render(analysis, what, options, context));
      conclude(context, options, [analysis]);
    });
}

function render(analysis: Analysis, what: (typeof subjects)[number], options: Options, { terminal: { style } }: Context): string {
  if (what === 'machines') return options.json ? definitionsJson(analysis.machines()) : machinesText(analysis.machines(), style);
  const machine = options.machine === undefined ? defaultMachine(analysis) : findMachine(analysis, options.machine);
  if (what === 'models') return options.json ? definitionsJson(analysis.models(machine)) : modelsText(analysis.models(machine), machine, style);
  const model = options.model ?? (staticModel(analysis, machine) ?? analysis.models(machine)[0])?.name;
  if (model === undefined) throw new UsageError(`${machine} has no CPU models`);
  if (what === 'properties') {
    const properties = analysis.properties(machine, model);
    return options.json ? propertiesJson(properties) : propertiesText(properties, style);
  }
  const words = featureWords(analysis, machine, model, analysis.resolve(machine, model, 'expanded'));
  return options.json ? featuresJson(words) : featuresText(words, style);
}
