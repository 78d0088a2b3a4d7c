import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { auditCommand } from './audit.js';
import { benchCommand } from './bench.js';
import { cacheCommand } from './cache.js';
import { compatCommand } from './compat.js';
import { conformanceCommand } from './conformance.js';
import type { Context } from './context.js';
import { cpuidCommand } from './cpuid.js';
import { deltasCommand } from './deltas.js';
import { diffCommand } from './diff.js';
import type { Engine } from './engine.js';
import { describeFailure, Exit, exitCodesHelp, type ExitCode } from './exit.js';
import { fetchCommand } from './fetch.js';
import { generateCommand } from './generate.js';
import { historyCommand } from './history.js';
import { listCommand } from './list.js';
import { matrixCommand } from './matrix.js';
import { mergeCommand } from './merge.js';
import { pinCommand } from './pin.js';
import { reportCommand } from './report.js';
import { runnableCommand } from './runnable.js';
import { showCommand } from './show.js';
import { startCommand } from './start.js';
import type { Terminal } from './terminal.js';
import { verifyCommand } from './verify.js';

const name = 'qemu-cpu-custom';

const commands = [
  listCommand, showCommand, generateCommand, matrixCommand, compatCommand, cpuidCommand, diffCommand,
  deltasCommand, auditCommand, pinCommand, historyCommand, mergeCommand, reportCommand, runnableCommand,
  verifyCommand, fetchCommand, startCommand, cacheCommand, benchCommand, conformanceCommand,
];

/** Run one command line (without node and the script). Never throws for what a user can do; returns the exit code. */
export async function run(args: readonly string[], engine: Engine, terminal: Terminal): Promise<ExitCode> {
  let outcome: ExitCode = Exit.ok;
  const context: Context = { engine, terminal, finish(code) { outcome = code; } };
  try {
    await program(context).parseAsync([...args], { from: 'user' });
    return outcome;
  } catch (error) {
    terminal.progressDone();
    // Commander has already written its message, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? Exit.ok : Exit.usage;
    const { line, code } = describeFailure(error);
    terminal.err(`${name}: ${line}`);
    if (process.env['QEMU_CPU_CUSTOM_DEBUG'] && error instanceof Error) terminal.err(error.stack ?? '');
    return code;
  } finally {
    engine.close?.();
  }
}

function program(context: Context): Command {
  const { terminal } = context;
  const root = new Command(name)
    .description('What every x86 CPU model of QEMU is on every machine type, worked out from its source, as explicit configurations for -cpu base. QEMU is not run.')
    .version(ownVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    // So that a command may have a --version of its own.
    .enablePositionalOptions()
    .helpCommand('help [command]', 'print help for a command')
    .addHelpText('after', exitCodesHelp);
  for (const make of commands) root.addCommand(make(context).addHelpText('after', exitCodesHelp));
  for (const command of [root, ...root.commands]) {
    command
      .exitOverride()
      .helpOption('-h, --help', 'print help')
      .configureHelp({ helpWidth: terminal.style.width, showGlobalOptions: false, styleTitle: (title) => terminal.style.bold(title) })
      .configureOutput({
        writeOut: (text) => terminal.out(text),
        writeErr: (text) => terminal.err(text.trimEnd()),
        getOutHasColors: () => true, // the style decides
        outputError: (text) => terminal.err(usageLine(text, command === root ? name : `${name} ${command.name()}`)),
      });
  }
  return root;
}

/** Commander's message as one line: "error: unknown option '--x'\n(Did you mean --y?)". */
function usageLine(text: string, command: string): string {
  const line = text.trim().replace(/^error: /, '').replace(/\s*\n\s*/g, ' ').replace(/\.$/, '');
  return `${name}: ${line.includes('(Did you mean') ? line : `${line} (see ${command} --help)`}`;
}

function ownVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string };
  return manifest.version;
}
