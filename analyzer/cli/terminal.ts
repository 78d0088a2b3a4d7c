import type { Style } from '../render/text.js';

/** Where a command writes, and what it knows of the reader. */
export interface Terminal {
  /** Results. */
  out(text: string): void;
  /** Messages: one line each. */
  err(line: string): void;
  readonly style: Style;
  /** A line that tells how far a long step is; only on a terminal, and gone when the step is. */
  progress(text: string): void;
  progressDone(): void;
}

const progressEvery = 80;

/** The process's own streams. A reader that goes away (`| head`) ends the program quietly. */
export function processTerminal(): Terminal {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit();
    });
  }
  const tty = process.stdout.isTTY === true;
  const colour = tty && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
  const style: Style = {
    width: Math.max(40, Math.min(tty ? process.stdout.columns || 80 : 80, 132)),
    bold: colour ? (text) => `\x1b[1m${text}\x1b[22m` : (text) => text,
    dim: colour ? (text) => `\x1b[2m${text}\x1b[22m` : (text) => text,
  };
  const live = process.stderr.isTTY === true && process.env['TERM'] !== 'dumb';
  let shown = false;
  let last = 0;
  const clear = (): void => {
    if (shown) process.stderr.write('\r\x1b[K');
    shown = false;
  };
  return {
    style,
    out(text) { clear(); process.stdout.write(text.endsWith('\n') ? text : text + '\n'); },
    err(line) { clear(); process.stderr.write(line + '\n'); },
    progress(text) {
      if (!live) return;
      const now = Date.now();
      if (shown && now - last < progressEvery) return;
      last = now;
      shown = true;
      process.stderr.write(`\r\x1b[K${text.slice(0, (process.stderr.columns || 80) - 1)}`);
    },
    progressDone: clear,
  };
}
