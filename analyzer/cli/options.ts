import { Option, type Command } from 'commander';
import { readGivenHeaders } from '../source/build/given-headers.js';
import { SourceError, type SourceTree } from '../source/tree.js';
import type { Analysis } from '../x86/api.js';
import type { HostDescription } from '../x86/host/description.js';
import { diagnosticLine, distinct } from '../render/diagnostic.js';
import type { Context } from './context.js';
import { targets, type EngineOptions, type Target } from './engine.js';
import { Exit, UsageError, type ExitCode } from './exit.js';

/** The options of every command that reads a source tree. */
export interface SourceOptions {
  readonly source?: string;
  readonly target: Target;
  readonly define: ReadonlyMap<string, string>;
  readonly without: readonly string[];
  readonly configure: readonly string[];
  readonly config: readonly string[];
  readonly verbose?: true;
  /** Where the command takes a host: the file that describes it, and where libvirt's CPU map is. */
  readonly host?: string;
  readonly cpuMap?: string;
  readonly smp?: string;
  readonly kernelIrqchip?: 'on' | 'off' | 'split';
  /** --no-cache makes it false. */
  readonly cache?: boolean;
}

/** One accelerator on top. */
export interface AnalysisCommandOptions extends SourceOptions {
  readonly accel: string;
}

/** Add --source and what goes with it. */
export function withSource(command: Command): Command {
  return withCommonSource(command
    .option('-s, --source <spec>', 'QEMU source tree: a directory, PATH@REVISION of a git repository, a tar archive, or a Debian .dsc (default: the newest tree in qemu-src/)'));
}

/** What goes with --source. */
export function withCommonSource(command: Command): Command {
  return command
    .addOption(new Option('--target <name>', 'the QEMU target').choices(targets).default(targets[0]))
    .addOption(new Option('-D, --define <name[=value]>', 'set a configuration switch as the build would; repeatable').argParser(define).default(new Map<string, string>(), 'none'))
    .addOption(new Option('--without <name>', 'turn a configuration switch off; repeatable').argParser(append).default([], 'none'))
    .addOption(new Option('--configure <options>', "options that QEMU's configure is run with in the packager's build, for instance '--without-default-devices --with-devices-x86_64=NAME'; repeatable").argParser(words).default([], 'none'))
    .addOption(new Option('--config <path>', 'a build directory of this QEMU, or a config header of one (config-host.h, ...-config-devices.h): its switches hold; repeatable').argParser(append).default([], 'none'))
    .option('--no-cache', 'neither use nor keep answers of earlier runs ($QEMU_CPU_CUSTOM_NO_CACHE does the same)')
    .option('-v, --verbose', 'also print notes, not only errors, about the source');
}

/** Add --accel. */
export function withAccel(command: Command): Command {
  return withSource(command).option('-a, --accel <name>', 'the accelerator', 'kvm')
    .option('--smp <options>', "processors and topology, in QEMU's -smp syntax (default: the machine type's own)")
    .addOption(new Option('--kernel-irqchip <mode>', "KVM's interrupt controller (default: the machine type's own)").choices(['on', 'off', 'split']));
}

/** Add --host and what goes with it. */
export function withHost(command: Command): Command {
  return command
    .option('--host <file>', "what the host offers: a QMP reply to query-cpu-model-expansion of host or max, what 'cpuid -1r' prints, or libvirt's XML (virsh domcapabilities, virsh capabilities)")
    .option('--cpu-map <directory>', "libvirt's CPU map, for its XML", '/usr/share/libvirt/cpu_map');
}

/** Add --json. */
export function withJson(command: Command): Command {
  return command.option('--json', 'print JSON');
}

function define(text: string, previous: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const equals = text.indexOf('=');
  // As cc -D: without a value it is 1.
  return new Map([...previous, equals < 0 ? [text, '1'] : [text.slice(0, equals), text.slice(equals + 1)]]);
}

function append(text: string, previous: readonly string[]): readonly string[] {
  return [...previous, text];
}

function words(text: string, previous: readonly string[]): readonly string[] {
  return [...previous, ...text.split(/\s+/).filter((word) => word !== '')];
}

/** The analysis could not begin because of a file in the tree, not because of what the user asked for. */
export class UnreadableSourceError extends Error {
  override readonly name = 'UnreadableSourceError';
}

/** Open the source and analyse it for one accelerator. @throws SourceError for a wrong --source, UnreadableSourceError for a file in it */
export async function openAnalysis(context: Context, options: SourceOptions, accel: string): Promise<Analysis> {
  return (await openAnalyses(context, options, [accel]))[0]!;
}

/** Open the source. @throws SourceError */
export async function openTree(context: Context, options: SourceOptions): Promise<SourceTree> {
  context.terminal.progress('opening the source');
  return await context.engine.open(options.source ?? await sourceAtHand(context, options), options.cache);
}

/** What the options say of an analysis, but for the accelerator. @throws SourceError for a --config that cannot be read */
export function engineOptionsOf({ target, define, without, configure, config, cache, smp, kernelIrqchip }: SourceOptions): Omit<EngineOptions, 'accel'> {
  const headers = config.flatMap((path) => readGivenHeaders(path, target));
  const machine = { ...(smp === undefined ? {} : { smp }), ...(kernelIrqchip === undefined ? {} : { kernelIrqchip }) };
  return { target, define, without, ...(configure.length > 0 ? { configure } : {}), ...(Object.keys(machine).length > 0 ? { machine } : {}), ...(headers.length > 0 ? { headers } : {}), ...(cache === false ? { cache: false } : {}) };
}

/** Open the source once and analyse it for each accelerator. @param known the host, where it is not described by a file */
export async function openAnalyses(context: Context, options: SourceOptions, accels: readonly string[], known?: HostDescription): Promise<Analysis[]> {
  const host = options.host === undefined ? known : await context.engine.readHost(options.host, options.cpuMap ?? '');
  const tree = await openTree(context, options);
  const common = { ...engineOptionsOf(options), ...(host === undefined ? {} : { host }) };
  const analyses: Analysis[] = [];
  for (const accel of accels) {
    context.terminal.progress(`analysing ${tree.origin} for ${accel}`);
    try {
      analyses.push(await context.engine.analyse(tree, { ...common, accel }));
    } catch (error) {
      if (error instanceof SourceError) throw new UnreadableSourceError(error.message);
      throw error;
    }
  }
  return analyses;
}

async function sourceAtHand(context: Context, { verbose }: SourceOptions): Promise<string> {
  const source = await context.engine.defaultSource();
  if (verbose && source !== undefined) context.terminal.err(`note: ${source.description}`);
  if (source === undefined) throw new UsageError("there is no QEMU source tree in qemu-src/: name one with --source, or run 'qemu-cpu-custom fetch'");
  return source.spec;
}

/** A progress callback for long lists of machine types. */
export function machineProgress(context: Context, accel: string): (machine: string, done: number, total: number) => void {
  return (machine, done, total) => context.terminal.progress(`resolving for ${accel}  ${String(done + 1).padStart(String(total).length)} of ${total}  ${machine}`);
}

/** Tell what the analyses did not understand, and the exit code that follows: `code` if there was nothing. What QEMU itself warns of changes nothing. */
export function conclude(context: Context, options: SourceOptions, analyses: readonly Pick<Analysis, 'diagnostics'>[], code: ExitCode = Exit.ok): void {
  context.terminal.progressDone();
  const all = distinct(analyses.flatMap(({ diagnostics }) => diagnostics));
  for (const diagnostic of all) {
    if (diagnostic.severity === 'error') context.terminal.err(diagnosticLine(diagnostic));
    else if (diagnostic.severity === 'warning') context.terminal.err(`warning: ${diagnostic.what}`);
    else if (options.verbose) context.terminal.err(`note: ${diagnosticLine(diagnostic)}`);
  }
  context.finish(all.some(({ severity }) => severity === 'error') ? Exit.inexact : code);
}
