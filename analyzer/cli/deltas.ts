import { Command } from 'commander';
import { deltas } from '../compare/deltas.js';
import { deltasByStepText, deltasJson, deltasText } from '../render/deltas.js';
import { UnknownNameError, type Stage } from '../x86/api.js';
import { closest } from '../x86/suggest.js';
import { censusOf } from './comparing.js';
import type { Context } from './context.js';
import { conclude, openAnalysis, withAccel, withJson, type AnalysisCommandOptions } from './options.js';
import { stageOption } from './show.js';

interface Options extends AnalysisCommandOptions {
  readonly stage: Stage;
  readonly machine?: readonly string[];
  readonly json?: true;
}

const help = `
A machine type is made in the source from the next newer one: its option function calls the other's, its compat
properties contain the other's. Along these lines, from the oldest to the newest, each step shows the properties whose
value changes and the assignment that is responsible on either side: "no longer compat property FILE:LINE" is an entry
that the older machine type has and the newer one does not. Machine types at which nothing changes are folded, and so
are models that change alike. MODEL may be a shell pattern. Without one, each step shows which models change and how.

Examples:
  qemu-cpu-custom deltas Haswell
  qemu-cpu-custom deltas 'EPYC*' --machine 'pc-q35-*' --accel tcg

  $ qemu-cpu-custom deltas Haswell -s qemu-7.2 --machine 'pc-i440fx-2.[0-4]'
  QEMU 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18), qemu-7.2, accelerator kvm, expanded

  Haswell

    pc-i440fx-2.0 .. pc-i440fx-2.4: 2 steps
      pc-i440fx-2.0 .. pc-i440fx-2.2
          on: f16c rdrand vme
          no longer compat property hw/i386/pc.c:306, 314; now model table
            target/i386/cpu.c:2563, 2569
      pc-i440fx-2.3
          on: arat
          min-xlevel: 2147483658 (0x8000000a) -> 2147483656 (0x80000008)
          no longer compat property hw/i386/pc.c:274, 289; now model table
            target/i386/cpu.c:2588, 2636
          off: kvm-no-smi-migration
          no longer compat property hw/i386/pc.c:293
          xlevel: 2147483658 (0x8000000a) -> 2147483656 (0x80000008)
          feature expansion target/i386/cpu.c:827
      pc-i440fx-2.4

JSON ("format": "qemu-cpu-custom deltas", "formatVersion": 1): "models" maps each model to its timelines, one for each
line of descent: {"machines": [oldest, ..., newest], "steps": [{"from", "to", "changes": [...]}]}, with changes as
'diff --json' has them.`;

/** `deltas [MODEL ...]` */
export function deltasCommand(context: Context): Command {
  const command = new Command('deltas')
    .description('how CPU models change from machine type to machine type of a family, and which lines are responsible')
    .argument('[model...]', 'CPU models (default: all)');
  return withJson(withAccel(command).addOption(stageOption())
    .option('-m, --machine <pattern...>', 'only these machine types (shell patterns): steps go from one of them to the next'))
    .addHelpText('after', help)
    .action(async (models: readonly string[], options: Options) => {
      const analysis = await openAnalysis(context, options, options.accel);
      const { model: _, ...all } = { ...options, model: undefined };
      const census = censusOf(context, analysis, models.length === 0 ? all : { ...all, model: models });
      const known = new Set([...census.models.values()].flatMap((on) => [...on.keys()]));
      if (known.size === 0) {
        const names = [...new Set([...census.machines.keys()].slice(0, 1).flatMap((machine) => analysis.models(machine).map(({ name }) => name)))];
        throw new UnknownNameError('CPU model', models.join(' '), closest(models[0] ?? '', names));
      }
      context.terminal.progress('looking for the reasons');
      const found = deltas({ analysis, census }, analysis.machineParents?.() ?? new Map<string, undefined>());
      context.terminal.progressDone();
      const { style } = context.terminal;
      if (options.json) context.terminal.out(deltasJson(analysis, options.stage, found));
      else context.terminal.out(models.length === 0 ? deltasByStepText(analysis, options.stage, found, style, options.verbose === true) : deltasText(analysis, options.stage, found, style));
      conclude(context, options, [analysis]);
    });
}
