import { Command, InvalidArgumentError, Option } from 'commander';
import { openRanges } from '../compare/registers.js';
import { cpuidJson, cpuidRaw, cpuidText } from '../render/cpuid.js';
import type { FeatureRegister } from '../x86/feature-words.js';
import type { Context } from './context.js';
import { Exit } from './exit.js';
import { conclude, openAnalysis, withAccel, withHost, withJson, type AnalysisCommandOptions } from './options.js';
import { findMachine } from './select.js';

interface Options extends AnalysisCommandOptions {
  readonly raw?: true;
  readonly vcpu: number;
  readonly json?: true;
}

/** What the analysis may know of the names of bits. */
interface KnowsFeatureNames {
  cpuidFeatures?(): readonly FeatureRegister[];
}

const help = `
Under KVM, bits that the host decides are marked. Of a CPU that is the host's altogether (host, max) the host decides how many leaves there
are, too: unless --host describes one, what is printed is not the whole table, a message says so, and the exit code is 4.`;

/** `cpuid MACHINE CPU` */
export function cpuidCommand(context: Context): Command {
  const command = new Command('cpuid')
    .description('show what the CPUID instruction answers to a guest on its first CPU, or another: every leaf and subleaf')
    .argument('<machine>', 'a machine type or its alias')
    .argument('<cpu>', "a CPU model, or QEMU's -cpu syntax");
  return withJson(withHost(withAccel(command)))
    .addOption(new Option('--raw', 'print registers, as the cpuid tool does with -r').conflicts('json'))
    .addOption(new Option('--vcpu <number>', 'which of the CPUs that --smp asks for, in the order in which QEMU makes them').argParser(numberOf).default(0))
    .action(async (machineName: string, cpu: string, options: Options) => {
      const analysis = await openAnalysis(context, options, options.accel);
      const machine = findMachine(analysis, machineName);
      const rows = analysis.cpuid(machine, cpu, options.vcpu);
      const text = (): string => cpuidText(rows, (analysis as KnowsFeatureNames).cpuidFeatures?.() ?? [], context.terminal.style);
      context.terminal.out(options.json ? cpuidJson(rows) : options.raw ? cpuidRaw(rows, options.vcpu === 0 ? undefined : options.vcpu) : text());
      if (options.raw && rows.some(({ host }) => host !== undefined)) context.terminal.err('note: bits that the host decides are shown as on a host that supports everything asked for; --json tells which they are');
      const open = openRanges(rows);
      if (open.length > 0) context.terminal.err(`not the whole table: the host decides how many leaves there are ${open.map((leaf) => `from 0x${leaf.toString(16)}`).join(', ')} on${analysis.host === undefined ? '; --host describes one' : ''}`);
      conclude(context, options, [analysis], open.length > 0 ? Exit.incomplete : Exit.ok);
    })
    .addHelpText('after', help);
}

function numberOf(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('It is a number from 0.');
  return Number(text);
}
