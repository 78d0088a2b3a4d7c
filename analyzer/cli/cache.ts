import { Argument, Command } from 'commander';
import { plural } from '../render/text.js';
import type { Context } from './context.js';

/** `cache info|clear` */
export function cacheCommand({ terminal }: Context): Command {
  return new Command('cache')
    .description('the answers of earlier runs: where they are kept and how much they take, or remove them')
    .addArgument(new Argument('<what>', 'info or clear').choices(['info', 'clear']))
    .addHelpText('after', `
Every command that reads a source tree keeps what it worked out in
$XDG_CACHE_HOME/qemu-cpu-custom (by default ~/.cache/qemu-cpu-custom). It is
used again as long as the files that matter have the same content and this
program's own code is the same; what was not used for long is removed when
the limit is reached.`)
    .action(async (what: 'info' | 'clear') => {
      const { cacheDirectory, Store } = await import('../cache/store.js');
      const store = new Store(cacheDirectory());
      const { files, bytes } = what === 'clear' ? store.clear() : store.size();
      const size = `${plural(files, 'file')}, ${amount(bytes)}`;
      if (what === 'clear') terminal.out(`removed ${size}`);
      else terminal.out(`${store.directory}: ${files === 0 ? 'empty' : `${size} of at most ${amount(store.limit)}`}`);
    });
}

function amount(bytes: number): string {
  return bytes < 2 ** 20 ? `${(bytes / 2 ** 10).toFixed(1)} KiB` : `${Number((bytes / 2 ** 20).toFixed(1))} MiB`;
}
