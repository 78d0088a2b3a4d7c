import { Command } from 'commander';
import { performance } from 'node:perf_hooks';
import { versionText } from '../render/configs.js';
import { toJson } from '../render/json.js';
import { parseTime } from '../c/stopwatch.js';
import { matrixJson, resolveMatrix } from '../render/matrix.js';
import { count, plural } from '../render/text.js';
import type { Analysis } from '../x86/api.js';
import type { Context } from './context.js';
import type { RealMatrix } from './engine.js';
import { conclude, openAnalysis, withAccel, withJson, type AnalysisCommandOptions } from './options.js';
import { selectPairs } from './select.js';

interface Options extends AnalysisCommandOptions {
  readonly qemu: string;
  readonly json?: true;
}

/**
 * A step and its milliseconds. Files and functions are parsed when they are needed, so `parse` is taken out of the steps that
 * it happens in: `evaluate` (the build, types and classes, up to where questions can be asked) and `resolve` (the pairs).
 */
type Step = readonly [name: string, milliseconds: number];

/** `bench` */
export function benchCommand(context: Context): Command {
  const command = new Command('bench').description('measure a cold run of the complete matrix, and hold it against recording the same from a real QEMU');
  return withJson(withAccel(command).option('-q, --qemu <binary>', 'the real QEMU', 'qemu-system-x86_64'))
    .action(async (options: Options) => {
      // Node's own start and loading this program count as well: performance.now() begins with the process.
      const begun = performance.now();
      const parsedBegun = parseTime.total;
      const analysis = await openAnalysis(context, { ...options, cache: false }, options.accel);
      const analysed = performance.now();
      const parsedBefore = parseTime.total - parsedBegun;
      const matrix = resolveMatrix(analysis, 'expanded', selectPairs(analysis, [], []));
      const resolved = performance.now();
      const parsedMeanwhile = parseTime.total - parsedBegun - parsedBefore;
      matrixJson(analysis, matrix);
      const written = performance.now();
      const { user, system } = process.cpuUsage();
      const processor = (user + system) / 1e6;
      const steps: Step[] = [
        ['start', begun],
        ['parse', parsedBefore + parsedMeanwhile],
        ['evaluate', analysed - begun - parsedBefore],
        ['resolve', resolved - analysed - parsedMeanwhile],
        ['write', written - resolved],
        ['total', written],
      ];
      context.terminal.progress(`recording the same from ${options.qemu}`);
      const real = await context.engine.recordMatrix(options.qemu, options.accel);
      context.terminal.progressDone();
      const pairs = [...matrix.pairs.values()].reduce((sum, models) => sum + models.size, 0);
      const cpus = new Set([...matrix.pairs.values()].flatMap((models) => [...models.values()].map(({ id }) => id))).size;
      context.terminal.out(options.json ? benchJson(analysis, pairs, steps, processor, real) : benchText(analysis, pairs, cpus, steps, processor, real, options));
      conclude(context, options, [analysis]);
    });
}

function benchText(analysis: Analysis, pairs: number, cpus: number, steps: readonly Step[], processor: number, real: RealMatrix | string, { qemu }: Options): string {
  const lines = [`QEMU ${versionText(analysis)}, ${analysis.accel}, cold: ${plural(pairs, 'pair')}, ${plural(cpus, 'different CPU')}`, ''];
  const row = (name: string, milliseconds: number): string => `  ${name.padEnd(20)}${(milliseconds / 1000).toFixed(2).padStart(7)} s`;
  for (const [name, milliseconds] of steps) lines.push(row(name, milliseconds));
  // on a busy machine this says more
  lines[lines.length - 1] += `   ${processor.toFixed(2)} s of processor time, on all cores`;
  lines.push('');
  if (typeof real === 'string') {
    lines.push(`  no ratio: ${real}`);
  } else {
    const total = steps.at(-1)![1];
    lines.push(`${row('real QEMU', real.seconds * 1000)}   ${qemu} ${real.version}, ${count(real.pairs)} pairs`);
    lines.push(`  ${'ratio'.padEnd(20)}${(real.seconds * 1000 / total).toFixed(2).padStart(7)}     real QEMU / this program`);
  }
  return lines.join('\n');
}

function benchJson(analysis: Analysis, pairs: number, steps: readonly Step[], processor: number, real: RealMatrix | string): string {
  return toJson({
    version: versionText(analysis), accel: analysis.accel, pairs,
    milliseconds: new Map(steps.map(([name, milliseconds]) => [name, Math.round(milliseconds)])),
    processorMilliseconds: Math.round(processor * 1000),
    real: typeof real === 'string' ? { error: real } : { version: real.version, pairs: real.pairs, milliseconds: Math.round(real.seconds * 1000) },
    ratio: typeof real === 'string' ? null : Math.round(real.seconds * 1e5 / steps.at(-1)![1]) / 100,
  }, 1);
}
