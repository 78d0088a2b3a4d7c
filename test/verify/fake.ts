import { fileURLToPath } from 'node:url';

/** The command line that starts the stand-in for QEMU. */
export function fakeQemu(behaviour = 'normal'): string[] {
  return [process.execPath, fileURLToPath(new URL('./fake-qemu.js', import.meta.url)), behaviour];
}

/** Whether a process is there, zombies included. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The error that a promise fails with. */
export async function failure(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
