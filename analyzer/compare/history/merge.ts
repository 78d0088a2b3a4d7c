import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';

/** A directory that holds no results. The message is one line for the user. */
export class NotAStoreError extends Error {
  override readonly name = 'NotAStoreError';
}

const FOLDER = /^[0-9a-f]{24}$/;
const FILE = /^(?:tree|asked|narrow|print|census|result)-[0-9a-f-]+$/;

/**
 * Put results together by copying files: names say what is in them, so that one that is there already is the same.
 * @returns how many files were copied
 * @throws NotAStoreError
 */
export function mergeStores(directories: readonly string[], into: string): number {
  for (const directory of directories) {
    if (!existsSync(directory)) throw new NotAStoreError(`there is no directory ${directory}`);
    if (!readdirSync(directory).some((name) => FOLDER.test(name))) throw new NotAStoreError(`${directory} holds no results of history`);
  }
  let copied = 0;
  for (const directory of directories) {
    for (const folder of readdirSync(directory).filter((name) => FOLDER.test(name))) {
      mkdirSync(join(into, folder), { recursive: true });
      for (const name of readdirSync(join(directory, folder)).filter((file) => FILE.test(file))) {
        const to = join(into, folder, name);
        if (existsSync(to)) continue;
        const fresh = join(into, folder, `.new-${process.pid}-${name.slice(0, 40)}`);
        copyFileSync(join(directory, folder, name), fresh);
        renameSync(fresh, to);
        copied++;
      }
    }
  }
  return copied;
}
