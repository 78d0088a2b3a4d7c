/** What a -readconfig file of `generate` says. */
export interface ReadConfig {
  /** For -global. */
  readonly driver: string;
  readonly settings: readonly { readonly property: string; readonly value: string }[];
  /** For -cpu, and the first machine type that it stands for, as the header names them. */
  readonly cpu: string | undefined;
  readonly machine: string | undefined;
}

/** A file that is no configuration of one CPU. The message is one line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Read a -readconfig file whose [global] sections set the properties of one CPU type (QEMU: util/qemu-config.c,
 * qemu_config_parse(): a section's name in brackets, then `key = "value"` lines; # starts a comment).
 * @param name for messages
 * @throws ConfigError
 */
export function readConfig(text: string, name: string): ReadConfig {
  const sections: Map<string, string>[] = [];
  let current: Map<string, string> | undefined;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const section = /^\[(\w[\w-]*)(?: "[^"]*")?\]$/.exec(line);
    const entry = /^([\w-]+)\s*=\s*"([^"]*)"$/.exec(line);
    if (section !== null) {
      current = undefined;
      if (section[1] === 'global') sections.push((current = new Map()));
    } else if (entry !== null) current?.set(entry[1]!, entry[2]!);
    else throw new ConfigError(`${name}:${index + 1}: neither a section nor key = "value"`);
  }
  const settings = sections.map((entries) => ({ driver: entries.get('driver'), property: entries.get('property'), value: entries.get('value') }));
  const drivers = [...new Set(settings.map(({ driver }) => driver))];
  const [driver] = drivers;
  if (driver === undefined || drivers.length !== 1) throw new ConfigError(`${name} is no configuration of one CPU: it has ${drivers.length === 0 ? 'no [global] section' : `sections for ${drivers.join(', ')}`}`);
  return {
    driver,
    settings: settings.flatMap(({ property, value }) => (property === undefined || value === undefined ? [] : [{ property, value }])),
    cpu: /^# Configuration for -cpu ([^\s,]+?)[.,](?:\s|$)/m.exec(text)?.[1],
    machine: /^# {4,5}on ([^\s,]+)/m.exec(text)?.[1],
  };
}
