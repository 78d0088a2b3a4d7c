import { Command } from 'commander';
import { runnableJson, runnablePairs, runnableText } from '../render/runnable.js';
import type { Context } from './context.js';
import { UsageError } from './exit.js';
import { conclude, machineProgress, openAnalysis, withAccel, withHost, withJson, type AnalysisCommandOptions } from './options.js';
import { selectPairs } from './select.js';

interface Options extends AnalysisCommandOptions {
  readonly machine?: readonly string[];
  readonly model?: readonly string[];
  readonly json?: true;
}

/** Without a host, nothing depends on one. */
const emulator = 'tcg';

const help = `
The answer is query-cpu-definitions' unavailable-features, worked out by that QEMU's own check; each feature is named once.
A feature is undecided where the host's description does not tell whether it is there. A dump of the cpuid tool knows the
processor and not the kernel: what KVM withholds or emulates is not in it.

Examples:
  qemu-cpu-custom runnable --host host.json --machine pc
  qemu-cpu-custom runnable --accel tcg --model 'EPYC*'

A QMP reply is what this prints:
  (echo '{"execute":"qmp_capabilities"}'; echo '{"execute":"query-cpu-model-expansion","arguments":{"type":"full","model":{"name":"host","props":{"migratable":false}}}}'; echo '{"execute":"quit"}') |
    qemu-system-x86_64 -machine none,accel=kvm -nodefaults -display none -qmp stdio`;

/** `runnable` */
export function runnableCommand(context: Context): Command {
  const command = new Command('runnable').description('which CPU models a host can run, and which features it lacks for the others');
  return withJson(withHost(withAccel(command))
    .option('-m, --machine <pattern...>', 'only these machine types (shell patterns)')
    .option('-M, --model <pattern...>', 'only these models (shell patterns)'))
    .addHelpText('after', help)
    .action(async (options: Options) => {
      if (options.host === undefined && options.accel !== emulator) throw new UsageError(`what ${options.accel} offers is the host's: describe it with --host FILE, or ask for --accel ${emulator}`);
      const analysis = await openAnalysis(context, options, options.accel);
      const pairs = [...runnablePairs(analysis, selectPairs(analysis, options.machine ?? [], options.model ?? [], machineProgress(context, options.accel)))];
      context.terminal.progressDone();
      context.terminal.out(options.json ? runnableJson(analysis, pairs) : runnableText(analysis, pairs, context.terminal.style));
      conclude(context, options, [analysis]);
    });
}
