import { Command } from 'commander';
import { compatJson, compatText } from '../render/compat.js';
import type { Context } from './context.js';
import { UsageError } from './exit.js';
import { conclude, openAnalysis, withAccel, withJson, type AnalysisCommandOptions } from './options.js';
import { findMachine } from './select.js';

interface Options extends AnalysisCommandOptions {
  readonly all?: true;
  readonly json?: true;
}

/** `compat MACHINE|--all` */
export function compatCommand(context: Context): Command {
  const command = new Command('compat')
    .description("show a machine type's compat properties, all drivers, in the order of application")
    .argument('[machine]', 'a machine type or its alias');
  return withJson(withAccel(command).option('--all', 'all machine types'))
    .action(async (machineName: string | undefined, options: Options) => {
      if ((machineName === undefined) === (options.all === undefined)) throw new UsageError('compat takes a machine type or --all');
      const analysis = await openAnalysis(context, options, options.accel);
      const machines = machineName === undefined ? analysis.machines().map(({ name }) => name) : [findMachine(analysis, machineName)];
      const compat = new Map(machines.map((machine) => [machine, analysis.compatProperties(machine)] as const));
      context.terminal.out(options.json
        ? compatJson(compat)
        : [...compat].map(([machine, properties]) => compatText(machine, properties, context.terminal.style)).join('\n\n'));
      conclude(context, options, [analysis]);
    });
}
