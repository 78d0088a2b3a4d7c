/** Exit codes, as the README and every command's help document them. */
export const Exit = {
  ok: 0,
  /** The command compares, and found differences. */
  differences: 1,
  /** Wrong usage: an option, a path, a name that does not exist. */
  usage: 2,
  /** The source could not be analysed exactly. */
  inexact: 3,
  /** What was asked for in full cannot be had in full: generate --strict, generate for a host that can run none of it, or cpuid where the host decides what leaves there are. */
  incomplete: 4,
} as const;
export type ExitCode = (typeof Exit)[keyof typeof Exit];

export const exitCodesHelp = `
Exit codes:
  0  fine
  1  differences found, where the command compares
  2  wrong usage
  3  the source could not be analysed exactly: the messages say where and why
  4  a configuration cannot be the whole CPU (generate --strict), or not run on
     the host (generate --host); the table is not whole (cpuid)`;

/** The user asked for something that cannot be. The message is one line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Names of the errors that tell the user of a wrong request, not of a source that was not understood. */
const requestErrors: ReadonlySet<string> = new Set(['UsageError', 'UnknownNameError', 'CannotResolveError', 'SourceError', 'TemplateError', 'ModeError', 'ConfigError', 'OutputError', 'QemuExitError', 'RecordingError', 'NoGuestError', 'HostError', 'AllowListError']);

/** The error as one line, and the exit code for it. */
export function describeFailure(error: unknown): { readonly line: string; readonly code: ExitCode } {
  if (!(error instanceof Error)) return { line: `internal error: ${String(error)}`, code: Exit.inexact };
  const message = error.message.split('\n')[0]!;
  if (requestErrors.has(error.name)) return { line: message, code: Exit.usage };
  // Every layer's own error types say all that the user needs; JavaScript's built-in ones mean a mistake of this program.
  const builtin = ['Error', 'TypeError', 'RangeError', 'ReferenceError', 'SyntaxError'].includes(error.name) && !('code' in error);
  return { line: builtin ? `internal error: ${message} (QEMU_CPU_CUSTOM_DEBUG=1 shows where)` : message, code: Exit.inexact };
}
