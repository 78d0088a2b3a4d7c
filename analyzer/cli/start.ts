import { Command } from 'commander';
import type { Context } from './context.js';
import { UsageError } from './exit.js';
import { generate } from './generate.js';
import { conclude, machineProgress, openAnalyses, withSource, type SourceOptions } from './options.js';
import { newestMachines, selectPairs } from './select.js';
import { versionText } from '../render/configs.js';

/** `start`: what `npm start` runs. */
export function startCommand(context: Context): Command {
  return withSource(new Command('start')
    .description('get a QEMU source tree if there is none, and write the configurations of its newest machine types for kvm to generated/'))
    .action(async (options: SourceOptions) => {
      const { terminal, engine } = context;
      let source = options.source ?? (await engine.defaultSource())?.spec;
      if (source === undefined) {
        terminal.out("qemu-src/ holds no QEMU source tree: getting Debian's source package.");
        source = await engine.fetch({}, (text) => terminal.progress(text));
        terminal.progressDone();
      }
      const [analysis] = await openAnalyses(context, { ...options, source }, ['kvm']);
      const { package: packager } = analysis!.qemu;
      terminal.out(`QEMU ${versionText(analysis!)}${packager === '' ? '' : ` (${packager})`} from ${source}`);
      const machines = newestMachines(analysis!);
      if (machines.length === 0) throw new UsageError(`${source} has no machine type with an alias`);
      const pairs = selectPairs(analysis!, machines, [], machineProgress(context, 'kvm'));
      terminal.out(`Machine types ${machines.join(', ')}, accelerator kvm`);
      await generate(context, { selections: [{ analysis: analysis!, pairs }], mode: 'auto', format: 'readconfig', target: options.target, output: 'generated', template: undefined });
      terminal.out('\nMore: npx qemu-cpu-custom --help');
      conclude(context, options, [analysis!]);
    });
}
