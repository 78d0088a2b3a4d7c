import { Command } from 'commander';
import type { Context } from './context.js';
import type { FetchRequest } from './engine.js';

/** `fetch` */
export function fetchCommand(context: Context): Command {
  return new Command('fetch')
    .description("get Debian's QEMU source package into qemu-src/, with apt but without touching the system's apt state")
    .option('--suite <name>', "of this suite, for instance bookworm or sid (default: the system's own)")
    .option('--version <version>', 'this version of the source package, or the newest that begins so, for instance 7.2')
    .action(async ({ suite, version }: { suite?: string; version?: string }) => {
      const request: FetchRequest = {
        ...(suite === undefined ? {} : { suite }),
        ...(version === undefined ? {} : { version }),
      };
      const spec = await context.engine.fetch(request, (text) => context.terminal.progress(text));
      context.terminal.progressDone();
      context.terminal.out(spec);
    });
}
