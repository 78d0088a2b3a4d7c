import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { reason } from '../source/reason.js';
import { OutputError } from './directory.js';

/** Write one file, whole or not at all: beside its place, then renamed. @throws OutputError */
export async function writeWhole(file: string, data: string | Uint8Array): Promise<void> {
  const beside = join(dirname(file), `.qemu-cpu-custom-${process.pid}-${randomBytes(4).toString('hex')}`);
  try {
    await writeFile(beside, data);
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw new OutputError(`cannot write ${file}: ${reason(error)}`);
  }
}
