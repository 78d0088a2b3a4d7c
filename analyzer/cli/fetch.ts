import { Command } from 'commander';
import type { Context } from './context.js';
import type { FetchRequest } from './engine.js';

/** `fetch` */
export function fetchCommand(context: Context): Command {
  return new Command('fetch')
    .description("get Debian's QEMU source package into qemu-src/, with apt but without touching the system's apt state")
    .option('--suite <name>', "of this suite, for instance bookworm or sid (default: the system's own)")
    .option('--package-version <version>', 'this version of the source package')
    .action(async (options: { suite?: string; packageVersion?: string }) => {
      const request: FetchRequest = {
        ...(options.suite === undefined ? {} : { suite: options.suite }),
        ...(options.packageVersion === undefined ? {} : { version: options.packageVersion }),
      };
      const spec = await context.engine.fetch(request, (text) => context.terminal.progress(text));
      context.terminal.progressDone();
      context.terminal.out(spec);
    });
}
