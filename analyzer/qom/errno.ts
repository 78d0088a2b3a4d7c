import type { Machine } from '../c/runtime.js';

export const EINVAL = 22;
export const ERANGE = 34;
export const ENOENT = 2;

const locations = new WeakMap<Machine, number>();

/** Where errno is. */
export function errnoLocation(machine: Machine): number {
  let address = locations.get(machine);
  if (address === undefined) locations.set(machine, (address = machine.memory.allocateStatic(4, 4)));
  return address;
}

export function setErrno(machine: Machine, value: number): void {
  machine.memory.store(errnoLocation(machine), 4, value);
}

/** strerror(), glibc's texts. */
export function errorText(code: number): string {
  return TEXTS[code] ?? `Unknown error ${code}`;
}

const TEXTS: Readonly<Record<number, string>> = {
  0: 'Success', 1: 'Operation not permitted', 2: 'No such file or directory', 3: 'No such process', 4: 'Interrupted system call',
  5: 'Input/output error', 6: 'No such device or address', 7: 'Argument list too long', 9: 'Bad file descriptor', 11: 'Resource temporarily unavailable',
  12: 'Cannot allocate memory', 13: 'Permission denied', 14: 'Bad address', 16: 'Device or resource busy', 17: 'File exists', 19: 'No such device',
  20: 'Not a directory', 21: 'Is a directory', 22: 'Invalid argument', 24: 'Too many open files', 25: 'Inappropriate ioctl for device', 27: 'File too large',
  28: 'No space left on device', 33: 'Numerical argument out of domain', 34: 'Numerical result out of range', 36: 'File name too long',
  38: 'Function not implemented', 75: 'Value too large for defined data type', 95: 'Operation not supported', 110: 'Connection timed out', 125: 'Operation canceled',
};
