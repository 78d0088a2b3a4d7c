import type { Engine } from './engine.js';
import type { Terminal } from './terminal.js';
import type { ExitCode } from './exit.js';

/** What every command is given. */
export interface Context {
  readonly engine: Engine;
  readonly terminal: Terminal;
  /** The command's outcome; a command that does not say is fine. */
  finish(code: ExitCode): void;
}
