import type { ChildProcess } from 'node:child_process';

/** Child processes that must not outlive this one. */
const live = new Set<ChildProcess>();
const signals = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const;

/** Set once this process was told to end. */
let ending: NodeJS.Signals | undefined;

/** Kills the child when this process ends, whichever way it can notice. QEMU does not stop by itself when its stdin closes. */
export function tie(child: ChildProcess): void {
  if (live.size === 0) {
    process.on('exit', killAll);
    for (const signal of signals) process.on(signal, onSignal);
  }
  live.add(child);
  child.once('close', () => {
    live.delete(child);
    if (live.size === 0) untie();
  });
}

/** The last child is gone. A signal that waited for that now does what it would have done without us. */
function untie(): void {
  process.off('exit', killAll);
  for (const signal of signals) process.off(signal, onSignal);
  if (ending !== undefined && process.listenerCount(ending) === 0) process.kill(process.pid, ending);
}

function killAll(): void {
  for (const child of live) child.kill('SIGKILL');
}

function onSignal(signal: NodeJS.Signals): void {
  ending = signal;
  killAll();
}
