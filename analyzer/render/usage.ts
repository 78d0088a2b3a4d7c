import { readFileSync } from 'node:fs';
import type { Format } from './format.js';
import type { Mode } from './mode.js';
import { shellQuote } from './template.js';

/** What a command line that uses a configuration is made of. */
export interface Use {
  readonly format: Format;
  readonly target: string;
  readonly mode: Mode;
  readonly machine: string;
  readonly accel: string;
  /** For -cpu. */
  readonly cpu: string;
  /** For -global. */
  readonly driver: string;
  readonly file: string;
  readonly hostDependent: readonly string[];
}

/**
 * How to start QEMU with a configuration, as lines for a shell. What the host decides and a shell can ask the host for
 * is on the command line: QEMU gives it to named models (and so to those of mode `pinned`), not to the model without model data.
 * Empty for formats that QEMU does not read.
 */
export function usageLines({ format, target, mode, machine, accel, cpu, driver, file, hostDependent }: Use): string[] {
  const qemu = `qemu-system-${target}`;
  const on = `-machine ${shellQuote(machine)},accel=${shellQuote(accel)}`;
  const path = shellQuote(file);
  const found = (mode === 'pinned' ? [] : hostDependent).flatMap((property) => {
    const command = hostCommand(property);
    return command === undefined ? [] : [[property, `"$(${command})"`] as const];
  });
  switch (format) {
    case 'readconfig': {
      const model = `  -cpu ${shellQuote(cpu)}${found.map(([property, value]) => `,${property}=${value}`).join('')}`;
      return [`${qemu} ${on} \\`, ...(found.length > 0 ? [`${model} \\`, `  -readconfig ${path}`] : [`${model} -readconfig ${path}`])];
    }
    case 'cmdline':
      return [
        `grep -v '^#' ${path} | xargs -o \\`,
        ...[`${qemu} ${on}`, ...found.map(([property, value]) => `-global ${driver}.${property}=${value}`)].map((line, i, all) => `  ${line}${i < all.length - 1 ? ' \\' : ''}`),
      ];
    case 'json':
      return [];
  }
}

/** What the host decides and only QEMU itself can find out there. A configuration with such properties is not the whole CPU. */
export function leftToHost(hostDependent: readonly string[]): string[] {
  return hostDependent.filter((property) => hostCommand(property) === undefined);
}

/** The shell command that prints the host's value of a property: presentation only, so it is with the templates. */
function hostCommand(property: string): string | undefined {
  commands ??= new Map(Object.entries(JSON.parse(readFileSync(new URL('../../../templates/host.json', import.meta.url), 'utf8')) as Record<string, string>));
  return commands.get(property);
}

let commands: ReadonlyMap<string, string> | undefined;
