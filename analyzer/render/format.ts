import type { CpuSettings, NotSet, Setting } from './settings.js';

/** The output formats of `generate`; each has a template of the same name. */
export const formats = ['readconfig', 'cmdline', 'json'] as const;
export type Format = (typeof formats)[number];

/** The file name extension of a format, with its dot. */
export const extensions: Readonly<Record<Format, string>> = { readconfig: '.cfg', cmdline: '.args', json: '.json' };

/** Lines of a config file are read with fgets() into 1024 bytes (util/qemu-config.c): newline and NUL are in there too. */
export const longestConfigLine = 1022;

/** Move what this format's syntax cannot carry to the properties that are not set. */
export function limitToFormat(cpu: CpuSettings, format: Format): CpuSettings {
  const problem = problems[format];
  const refused: NotSet[] = [];
  const settings = cpu.settings.filter((setting) => {
    const reason = problem(setting);
    if (reason !== undefined) refused.push({ property: setting.property, reason });
    return reason === undefined;
  });
  if (refused.length === 0) return cpu;
  const notSet = [...cpu.notSet, ...refused].sort((a, b) => (a.property < b.property ? -1 : 1));
  const values = new Map([...cpu.values].filter(([property]) => settings.some((setting) => setting.property === property)));
  return { ...cpu, settings, notSet, values };
}

const problems: Readonly<Record<Format, (setting: Setting) => string | undefined>> = {
  /** qemu_config_parse(): `name = "value"`, and a value has no escapes. */
  readconfig({ property, value }) {
    if (value.includes('"')) return 'the value contains a double quote, for which config files have no escape';
    if (/[\n\r\0]/.test(value)) return 'the value contains a line break or NUL, which ends a line of a config file';
    if (Buffer.byteLength(`  property = "${property}"`) > longestConfigLine || Buffer.byteLength(`  value = "${value}"`) > longestConfigLine) {
      return 'longer than a line of a config file can be';
    }
    return undefined;
  },
  /** qemu_global_option(): DRIVER.PROPERTY=VALUE, the value runs to the end; names have 63 characters at most. */
  cmdline({ property, value }) {
    if (/[\n\r\0]/.test(value)) return 'the value contains a line break or NUL, which ends an argument here';
    if (property.length > 63 || property.includes('=')) return 'the name does not fit the syntax of -global';
    return undefined;
  },
  json: () => undefined,
};
