import type { ChildProcess } from 'node:child_process';

/** Child processes that must not outlive this one. */
const live = new Set<ChildProcess>();
const signals = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const;

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

function untie(): void {
  process.off('exit', killAll);
  for (const signal of signals) process.off(signal, onSignal);
}

function killAll(): void {
  for (const child of live) child.kill('SIGKILL');
}

/** Kills the children; then the signal does what it would have done without us. */
function onSignal(signal: NodeJS.Signals): void {
  killAll();
  untie();
  live.clear();
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}
