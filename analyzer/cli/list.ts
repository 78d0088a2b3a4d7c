import { Argument, Command } from 'commander';
import type { Analysis } from '../x86/api.js';
import { featureWords } from '../render/cpu.js';
import { acceleratorsJson, acceleratorsText, switchesJson, switchesText } from '../render/build.js';
import { definitionsJson, featuresJson, featuresText, machinesText, modelsText, propertiesJson, propertiesText } from '../render/list.js';
import { staticModel } from '../render/mode.js';
import type { Context } from './context.js';
import { UsageError } from './exit.js';
import { conclude, engineOptionsOf, openAnalysis, openTree, withAccel, withJson, type AnalysisCommandOptions } from './options.js';
import { defaultMachine, findMachine } from './select.js';

interface Options extends AnalysisCommandOptions {
  readonly machine?: string;
  readonly model?: string;
  readonly all?: true;
  readonly json?: true;
}

const subjects = ['machines', 'models', 'features', 'properties', 'accelerators', 'config'] as const;

/** `list machines|models|features|properties|accelerators|config` */
export function listCommand(context: Context): Command {
  const command = new Command('list')
    .description('list the machine types, the CPU models, the features or properties of a CPU, the accelerators that a tree knows, or the switches of its build and why they are as they are')
    .addArgument(new Argument('<what>', 'what to list').choices(subjects));
  return withJson(withAccel(command)
    .option('-m, --machine <name>', 'models, features, properties: on this machine type (default: the one that QEMU starts by default)')
    .option('-M, --model <name>', 'features, properties: of this model (default: the first that is not special)')
    .option('--all', 'config: also switches that decide nothing about machine types and CPUs'))
    .action(async (what: (typeof subjects)[number], options: Options) => {
      if (what === 'machines' && options.machine !== undefined) throw new UsageError('list machines takes no --machine');
      if ((what === 'machines' || what === 'models') && options.model !== undefined) throw new UsageError(`list ${what} takes no --model`);
      if (options.all && what !== 'config') throw new UsageError(`list ${what} takes no --all`);
      if (what === 'accelerators' || what === 'config') {
        if (options.machine !== undefined || options.model !== undefined) throw new UsageError(`list ${what} takes neither --machine nor --model`);
        context.terminal.out(await renderBuild(what, options, context));
        context.terminal.progressDone();
        return;
      }
      const analysis = await openAnalysis(context, options, options.accel);
      context.terminal.out(render(analysis, what, options, context));
      conclude(context, options, [analysis]);
    });
}

/** What the tree's build files tell; nothing is analysed. */
async function renderBuild(what: 'accelerators' | 'config', options: Options, context: Context): Promise<string> {
  const { engine, terminal: { style } } = context;
  const tree = await openTree(context, options);
  const engineOptions = { ...engineOptionsOf(options), accel: options.accel };
  if (what === 'accelerators') {
    const list = await engine.accelerators(tree, engineOptions);
    return options.json ? acceleratorsJson(list) : acceleratorsText(list, style);
  }
  const { build, switches } = await engine.build(tree, engineOptions);
  const shown = options.all ? switches : switches.filter(({ usedAt }) => usedAt.length > 0);
  return options.json ? switchesJson(shown, build.notes) : switchesText(shown, build, style);
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
