import { CannotResolveError } from './api.js';
import type { Boot } from './boot.js';
import { classByModelName } from './model-class.js';

/** The model of a CPU that is named in QEMU's -cpu syntax. */
export function modelOf(cpu: string): string {
  return cpu.split(',')[0]!;
}

/** Are there features behind the model's name? */
export function hasFeatures(cpu: string): boolean {
  return cpu.includes(',');
}

/**
 * -cpu as main() or the board takes it: the tree's own parser turns features into defaults (globals) of the CPU's type, in
 * its own order and with its own errors. (parse_cpu_option(), before it parse_cpu_model(); before that boards called
 * CPUClass.parse_features() with the type's name.)
 * @returns the type's name as a C string; undefined where the tree's parser works on a CPU that is there already
 * @throws CannotResolveError where the parser refuses (or the abort with which it exits)
 */
export function parseCpuOption(boot: Boot, cpu: string): number | undefined {
  const { program, qom } = boot;
  const parser = ['parse_cpu_option', 'parse_cpu_model'].find((name) => program.has(name));
  if (parser !== undefined) return program.call(parser, text(boot, cpu)) as number;
  const klass = classByModelName(boot, modelOf(cpu));
  const typename = qom.string(qom.className(klass));
  const parse = program.hasMember('CPUClass', 'parse_features') ? program.readMember(klass, 'CPUClass', 'parse_features') : 0;
  const symbol = typeof parse === 'number' ? program.functionAt(parse) : undefined;
  const first = symbol?.type.parameters[0]?.type;
  if (symbol === undefined || first?.kind !== 'pointer' || first.target.kind === 'record') return undefined;
  const failure = qom.attempt((errp) => { symbol.invoke([typename, featureText(boot, cpu), errp], NOWHERE); });
  if (failure !== undefined) throw new CannotResolveError(failure);
  return typename;
}

/** What follows the model's name, as a string that a parser may take apart; a null pointer if nothing does. */
export function featureText(boot: Boot, cpu: string): number {
  return hasFeatures(cpu) ? text(boot, cpu.slice(modelOf(cpu).length + 1)) : 0;
}

function text({ program }: Boot, value: string): number {
  return program.memory.allocateCString(Buffer.from(value, 'utf8').toString('latin1'));
}

const NOWHERE = { location: { file: '<-cpu>', line: 0 } };
