/**
 * A stand-in for QEMU that speaks QMP: `node fake-qemu.js BEHAVIOUR [QEMU's arguments]`.
 * It has two machine types and three models; its CPU's properties come from the model, or from -readconfig for `base`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [behaviour = 'normal', ...args] = process.argv.slice(2);

type Properties = Record<string, unknown>;
const models: Record<string, Properties> = {
  base: { type: 'base-x86_64-cpu', level: 0, avx: false, vendor: '' },
  Old: { type: 'Old-x86_64-cpu', level: 4, avx: false, vendor: 'HostHostHost', migratable: true },
  New: { type: 'New-x86_64-cpu', level: 13, avx: true, vendor: 'HostHostHost' },
};

function option(name: string): string | undefined {
  const index = args.indexOf(name);
  return index < 0 ? undefined : args[index + 1];
}

function die(message: string): never {
  process.stderr.write(`qemu: warning: this is old\nqemu: ${message}\n`);
  process.exit(1);
}

function cpu(): Properties {
  const model = option('-cpu') ?? 'Old';
  if (models[model] === undefined) die(`unable to find CPU model '${model}'`);
  const properties = { ...models[model] };
  const config = option('-readconfig');
  if (config !== undefined) {
    const text = readFileSync(config, 'utf8');
    if (behaviour === 'drift' && machine === 'pc-2' && !text.includes('property = "vendor"')) properties['vendor'] = 'OfMachine';
    for (const [, driver, property, value] of text.matchAll(/\[global\]\s+driver = "(.*)"\s+property = "(.*)"\s+value = "(.*)"/g)) {
      if (driver !== properties['type']) continue;
      if (!(property! in properties)) die(`can't apply global ${driver}.${property}=${value}: Property '.${property}' not found`);
      properties[property!] = value === 'on' ? true : value === 'off' ? false : /^\d+$/.test(value!) ? Number(value) : value;
    }
  }
  return { ...properties, filler: 1 };
}

const accel = /accel=(\w+)/.exec(option('-machine') ?? '')?.[1];
const machine = (option('-machine') ?? '').split(',')[0]!;
if (accel === 'absent') die('invalid accelerator absent');
if (machine === 'xenlike' && accel !== 'xen') die('xen emulation not available');
if (behaviour === 'busless' && machine === 'pc-2' && args.includes('-device')) die(`-device isa-debug-exit: No 'ISA' bus found for device 'isa-debug-exit'`);
const properties = machine === 'none' ? {} : cpu();

function answer(command: string, given: Record<string, unknown>): unknown {
  switch (command) {
    case 'qmp_capabilities': return {};
    case 'quit': setTimeout(() => process.exit(0), 5); return {};
    case 'cont':
      writeFileSync(option('-debugcon')!.replace('file:', '').replaceAll(',,', ','), guest());
      setTimeout(() => process.exit(1), 5);
      return {};
    case 'big': return { sentinel: '@BIG@', small: 7 };
    case 'exit': die('I am gone');
    case 'hang': return undefined;
    case 'pid': return process.pid;
    case 'query-target': return { arch: 'x86_64' };
    case 'query-machines':
      if (behaviour === 'old' && 'compat-props' in given) return new Error("Parameter 'compat-props' is unexpected");
      return ['none', 'pc-1', 'pc-2', 'xenlike'].map((name) => ({ name, 'cpu-max': 4, ...(behaviour === 'old' ? {} : { 'compat-props': [] }) }));
    case 'query-cpu-definitions': return Object.keys(models).map((name) => ({ name, typename: `${name}-x86_64-cpu`, static: name === 'base', 'unavailable-features': ['avx'] }));
    case 'query-cpu-model-expansion': {
      if (behaviour === 'ancient') return new CommandNotFound(command);
      const { name, props: asked } = given['model'] as { name: string; props?: Properties };
      if (name === 'host') return behaviour === 'hosted' ? { model: { name, props: { migratable: true, ...asked } } } : new Error('there is no host here');
      if (behaviour === 'crash' && name === 'New') die('assertion failed');
      if (behaviour === 'refuse' && name === 'New') return new Error('New is not for this machine');
      const { type: _, ...props } = models[name]!;
      return { model: { name, props: { ...props, lbr: '@BIG@' } } };
    }
    case 'query-cpus-fast':
      return behaviour === 'old' ? new CommandNotFound(command) : machine === 'none' ? [] : [{ 'qom-path': '/machine/cpu' }];
    case 'query-cpus': return [{ qom_path: '/machine/cpu' }];
    case 'qom-list': return given['path'] === '/machine/cpu'
      ? [...Object.keys(properties), 'broken'].map((name) => ({ name, type: 'x' })).concat([{ name: 'memory', type: 'link<memory-region>' }])
      : [];
    case 'qom-get': return given['property'] === 'broken' ? new Error('No crash occurred') : properties[String(given['property'])];
    default: return new CommandNotFound(command);
  }
}

/** What this CPU answers to CPUID: its level, and a feature bit. */
function guest(): string {
  const hex = (value: number): string => value.toString(16).padStart(8, '0');
  const row = (...words: number[]): string => words.map(hex).join(' ') + '\n';
  // what no property says
  const caches = behaviour === 'newer' || behaviour === 'caches' && properties['type'] !== 'base-x86_64-cpu' ? 0x900 : 0x800;
  const hypervisor = row(0x4000_0000, 0, 0x4000_0001, 0, 0, 0) + row(0x4000_0001, 0, 0, 0, 0, 0);
  return row(0, 0, 1, 0x6b61_46, 0, 0) + row(1, 0, Number(properties['level']), caches, 0, properties['avx'] === true ? 0x1000_0000 : 0)
    + hypervisor + row(0x8000_0000, 0, Number(properties['level']), 0x800, 0, 0) + (behaviour === 'stuck' ? '' : 'end\n');
}

class CommandNotFound extends Error {
  constructor(command: string) {
    super(`The command ${command} has not been found`);
  }
}

function send(message: unknown): void {
  process.stdout.write(JSON.stringify(message).replaceAll('"@BIG@"', '18446744073709551552') + '\n');
}

const debugcon = option('-debugcon');
if (debugcon === 'stdio') {
  process.stdout.write('SeaBIOS says hello\n' + guest());
  process.exitCode = 1;
} else if (behaviour === 'silent') {
  setInterval(() => undefined, 1000);
} else {
  process.stdout.write('firmware says hello\n');
  const pidFile = option('-pidfile');
  if (pidFile !== undefined) writeFileSync(pidFile, String(process.pid));
  send({ QMP: { version: { qemu: { major: 9, minor: 8, micro: 7 }, package: 'fake' }, capabilities: [] } });
  createInterface({ input: process.stdin }).on('line', (line) => {
    const { execute, arguments: given, id } = JSON.parse(line) as { execute: string; arguments?: Record<string, unknown>; id: number };
    const result = answer(execute, given ?? {});
    if (result === undefined) return;
    send({ event: 'NOISE', timestamp: { seconds: 1, microseconds: 2 } });
    if (result instanceof Error) send({ id, error: { class: result instanceof CommandNotFound ? 'CommandNotFound' : 'GenericError', desc: result.message } });
    else send({ id, return: result });
  });
  // QEMU stays when its input closes.
  setInterval(() => undefined, 1000);
}
