import { Command } from 'commander';
import { performance } from 'node:perf_hooks';
import type { Side } from '../compare/causes.js';
import { takeCensus } from '../compare/census.js';
import { versionText } from '../render/configs.js';
import { writeDirectory } from '../render/directory.js';
import { makeDataset, type Dataset } from '../render/report/dataset.js';
import { noProvenance, provenanceOf } from '../render/report/provenance.js';
import { reportFiles } from '../render/report/report.js';
import { plural } from '../render/text.js';
import { sourcesAt } from '../source/tree-list.js';
import type { Analysis, Stage } from '../x86/api.js';
import { censusFilter, withSelection } from './comparing.js';
import type { Context } from './context.js';
import { conclude, machineProgress, openAnalyses, withCommonSource, type SourceOptions } from './options.js';

interface Options extends Omit<SourceOptions, 'source'> {
  readonly source?: readonly string[];
  readonly accel: readonly string[];
  readonly stage: Stage;
  readonly machine?: readonly string[];
  readonly model?: readonly string[];
  readonly output: string;
  readonly title: string;
  readonly provenance: boolean;
}

const help = `
The page needs no server and no network: open DIR/index.html. Each tree and
accelerator has a data file of its own, which is loaded when it is looked at.

Where values come from is recorded with the whole history for every model on
the newest machine type of each line, and for every change along a line with
the assignments that won before and after (examples of each kind of change are
asked, all where they do not agree). For other CPUs the page says from where it
concludes, or which command tells. --no-provenance leaves all of it out, which
is quicker.

Examples:
  qemu-cpu-custom report -o atlas
  qemu-cpu-custom report -o atlas --source qemu-7.2 qemu-10.0 --accel kvm tcg
  qemu-cpu-custom report -o atlas -s qemu.git@v8.0.0 qemu.git@v8.1.0

  $ qemu-cpu-custom report -o atlas --source qemu-5.2 qemu-7.2 qemu-10.0
  3 trees with accelerators in atlas: 19 files, 2.8 MiB
  Open atlas/index.html`;

/** `report -o DIR` */
export function reportCommand(context: Context): Command {
  const command = withCommonSource(new Command('report')
    .description('write a static HTML atlas of one or more trees: models and machine types, their changes, every CPU, any two compared')
    .requiredOption('-o, --output <directory>', 'where to write')
    .option('-s, --source <spec...>', 'QEMU source trees, oldest first: as elsewhere, or a directory of trees, or a file that lists them'))
    .option('-a, --accel <name...>', 'the accelerators', ['kvm']);
  return withSelection(command)
    .option('--title <text>', 'the title of the page', 'QEMU CPU atlas')
    .option('--no-provenance', 'do not look for the lines that values come from')
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const { source: specs, ...common } = options;
      const reading: SourceOptions = common;
      const sources = specs === undefined ? [undefined] : specs.flatMap((spec) => sourcesAt(spec).map((named) => named.spec));
      const datasets: Dataset[] = [];
      const analyses: Pick<Analysis, 'diagnostics'>[] = [];
      for (const source of sources) {
        for (const accel of [...new Set(options.accel)]) {
          const [analysis] = await openAnalyses(context, { ...reading, ...(source === undefined ? {} : { source }) }, [accel]);
          const begun = performance.now();
          datasets.push(dataset(context, options, analysis!, uniqueId(analysis!, datasets)));
          context.engine.release?.(analysis!);
          // its answers are not needed any more, and they are many
          analyses.push({ diagnostics: [...analysis!.diagnostics] });
          const { pairs, cpus } = datasets.at(-1)!;
          context.terminal.progressDone();
          if (options.verbose) context.terminal.err(`note: ${analysis!.origin}, ${accel}: ${plural(pairs, 'pair')}, ${plural(cpus, 'different CPU')}, ${((performance.now() - begun) / 1000).toFixed(1)} s`);
        }
      }
      const files = reportFiles(options.title, datasets);
      await writeDirectory(options.output, files, new Map());
      const bytes = [...files.values()].reduce((sum, text) => sum + text.length, 0);
      context.terminal.out(`${datasets.length === 1 ? '1 tree with its accelerator' : `${datasets.length} trees with accelerators`} in ${options.output}: ${plural(files.size, 'file')}, ${(bytes / 2 ** 20).toFixed(1)} MiB\nOpen ${options.output}/index.html`);
      conclude(context, reading, analyses);
    });
}

function dataset(context: Context, options: Options, analysis: Analysis, id: string): Dataset {
  const progress = machineProgress(context, analysis.accel);
  const side: Side = { analysis, census: takeCensus(analysis, options.stage, { ...censusFilter(options), progress }) };
  return makeDataset(id, side, options.provenance ? provenanceOf(side, (text) => context.terminal.progress(text)) : noProvenance);
}

/** Version and accelerator, made different where several trees have the same. */
function uniqueId(analysis: Analysis, others: readonly Dataset[]): string {
  const plain = `${versionText(analysis)}-${analysis.accel}`.replaceAll(/[^\w.-]/g, '_');
  for (let n = 1; ; n++) {
    const id = n === 1 ? plain : `${plain}-${n}`;
    if (!others.some((dataset) => dataset.id === id)) return id;
  }
}
