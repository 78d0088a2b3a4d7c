import { Command } from 'commander';
import { renderConfigs } from '../render/configs.js';
import type { Context } from './context.js';
import { Exit } from './exit.js';
import { conclude, openAnalyses, withSource, type SourceOptions } from './options.js';

interface Options extends SourceOptions {
  readonly qemu: string;
  readonly accel: readonly string[];
  readonly all?: true;
  readonly record?: string;
}

/** `verify` */
export function verifyCommand(context: Context): Command {
  return withSource(new Command('verify')
    .description('hold the analysis against a real QEMU: machine types, models, every property of every pair, compat properties, and generated configurations loaded on -cpu base'))
    .requiredOption('-q, --qemu <binary>', 'the real QEMU')
    .option('-a, --accel <name...>', 'the accelerators', ['kvm'])
    .option('--all', 'load the configuration of every pair, not of a sample')
    .option('--record <file>', 'keep what the binary said, as a golden file; %a in the name stands for the accelerator')
    .action(async (options: Options) => {
      const { engine, terminal } = context;
      const accels = [...new Set(options.accel)];
      const analyses = await openAnalyses(context, options, accels);
      let differences = 0;
      for (const analysis of analyses) {
        const outcome = await engine.verify({
          binary: options.qemu,
          analysis,
          roundTrip: options.all ? 'all' : 'sample',
          record: options.record?.replaceAll('%a', analysis.accel),
          config: (machine, model) => configText(analysis, machine, model, options.target),
          progress: (text) => terminal.progress(`${analysis.accel}: ${text}`),
        });
        terminal.progressDone();
        terminal.out(outcome.report);
        differences += outcome.differences;
      }
      conclude(context, options, analyses, differences > 0 ? Exit.differences : Exit.ok);
    });
}

/** The readconfig file that `generate` writes for a pair. */
function configText(analysis: Parameters<typeof renderConfigs>[0][number]['analysis'], machine: string, model: string, target: string): { readonly cpu: string; readonly text: string } | undefined {
  const { files, links, cpu } = renderConfigs([{ analysis, pairs: [{ machine, model }] }], { mode: 'base', format: 'readconfig', target, template: undefined });
  const [content] = links.values();
  const text = content === undefined ? undefined : files.get(content);
  return text === undefined ? undefined : { cpu, text };
}
