import { Command } from 'commander';
import type { Context } from './context.js';
import { UsageError } from './exit.js';
import { plural } from '../render/text.js';

const help = `
The directories are those that 'history --shard I/N --store DIRECTORY' has filled, on this machine or another one. Files
that are there already stay; results of different options or versions of this program do not get in each other's way.

Example:
  qemu-cpu-custom merge --store all part1 part2 part3 part4`;

/** `merge DIRECTORY...` */
export function mergeCommand(context: Context): Command {
  return new Command('merge')
    .description("put the results of the shards of a 'history' together")
    .argument('<directory...>', 'directories that shards have filled')
    .requiredOption('--store <directory>', 'where to put them')
    .addHelpText('after', help)
    .action(async (directories: readonly string[], { store }: { readonly store: string }) => {
      const { mergeStores, NotAStoreError } = await import('../compare/history/merge.js');
      try {
        const copied = mergeStores(directories, store);
        context.terminal.out(`${plural(copied, 'file')} from ${plural(directories.length, 'directory', 'directories')} put into ${store}`);
      } catch (error) {
        if (error instanceof NotAStoreError) throw new UsageError(error.message);
        throw error;
      }
    });
}
