import { Command, Option } from 'commander';
import { byFeature } from '../compare/features.js';
import { UnknownNameError, type Stage } from '../x86/api.js';
import { closest } from '../x86/suggest.js';
import { cpuJson, cpuText, explanationJson, explanationText, type ShownCpu } from '../render/cpu.js';
import type { Context } from './context.js';
import { conclude, openAnalysis, withAccel, withHost, withJson, type AnalysisCommandOptions } from './options.js';
import { findMachine } from './select.js';

interface Options extends AnalysisCommandOptions {
  readonly stage: Stage;
  readonly explain?: string;
  readonly json?: true;
}

/** The stages as an option. */
export function stageOption(): Option {
  return new Option('--stage <stage>', 'expanded: as query-cpu-model-expansion answers; realized: as qom-get answers on a VM started with -S')
    .choices(['expanded', 'realized']).default('expanded');
}

/** `show MACHINE CPU` */
export function showCommand(context: Context): Command {
  const command = new Command('show')
    .description('show what a CPU model is on a machine type')
    .argument('<machine>', 'a machine type or its alias')
    .argument('<cpu>', 'a CPU model');
  return withJson(withHost(withAccel(command)).addOption(stageOption())
    .option('-e, --explain <property>', 'show every assignment to this property, in order, with file and line; the last one wins'))
    .action(async (machineName: string, cpu: string, options: Options) => {
      const analysis = await openAnalysis(context, options, options.accel);
      const machine = findMachine(analysis, machineName);
      const shown: ShownCpu = { machine, cpu, stage: options.stage, resolved: analysis.resolve(machine, cpu, options.stage) };
      // for people, features by name wherever the tree has them
      const seen = { ...shown, resolved: byFeature(shown.resolved, analysis.featureLists?.()) };
      const { style } = context.terminal;
      if (options.explain === undefined) {
        context.terminal.out(options.json ? cpuJson(analysis, shown) : cpuText(analysis, seen, style));
      } else {
        const property = options.explain;
        const { properties, hostDependent } = seen.resolved;
        const history = analysis.explain(machine, cpu, property, options.stage);
        if (history.length === 0 && !properties.has(property) && !hostDependent.includes(property)) {
          throw new UnknownNameError('property', property, closest(property, [...properties.keys(), ...hostDependent]));
        }
        context.terminal.out(options.json ? explanationJson(analysis, seen, property, history) : explanationText(analysis, seen, property, history, style));
      }
      conclude(context, options, [analysis]);
    });
}
