import { Command } from 'commander';
import type { Stage } from '../x86/api.js';
import { matrixJson, matrixText, resolveMatrix } from '../render/matrix.js';
import type { Context } from './context.js';
import { conclude, openAnalysis, machineProgress, withAccel, withHost, withJson, type AnalysisCommandOptions } from './options.js';
import { selectPairs } from './select.js';
import { stageOption } from './show.js';

interface Options extends AnalysisCommandOptions {
  readonly stage: Stage;
  readonly machine?: readonly string[];
  readonly model?: readonly string[];
  readonly json?: true;
}

/** `matrix` */
export function matrixCommand(context: Context): Command {
  const command = new Command('matrix').description('resolve every CPU model on every machine type');
  return withJson(withHost(withAccel(command)).addOption(stageOption())
    .option('-m, --machine <pattern...>', 'only these machine types (shell patterns)')
    .option('-M, --model <pattern...>', 'only these models (shell patterns)'))
    .action(async (options: Options) => {
      const analysis = await openAnalysis(context, options, options.accel);
      const pairs = selectPairs(analysis, options.machine ?? [], options.model ?? [], machineProgress(context, options.accel));
      const matrix = resolveMatrix(analysis, options.stage, pairs);
      context.terminal.progressDone();
      context.terminal.out(options.json ? matrixJson(analysis, matrix) : matrixText(analysis, matrix, context.terminal.style));
      conclude(context, options, [analysis]);
    });
}
