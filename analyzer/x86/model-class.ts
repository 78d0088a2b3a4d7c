import type { CpuModel } from './api.js';
import type { Boot } from './boot.js';

/** The class of a listed model: the type that query-cpu-definitions names, or, where it names none yet, what cpu_class_by_name() (qom/cpu.c) finds for -cpu. */
export function classOfModel(boot: Boot, model: CpuModel): number {
  const { qom } = boot;
  const typename = model.fields['typename'];
  return typeof typename === 'string' ? qom.classByName(typename)! : classByModelName(boot, model.name);
}

/** The class that -cpu finds for a model's name. */
export function classByModelName(boot: Boot, name: string): number {
  const { program, qom } = boot;
  return program.call('cpu_class_by_name', qom.string(cpuType(boot)), qom.string(name)) as number;
}

/** Models that -cpu finds and that are not in the list: QEMU did not always list those without an entry in the table. */
export function unlistedModels(boot: Boot, listed: readonly CpuModel[]): string[] {
  const { qom } = boot;
  const type = cpuType(boot);
  const known = new Set(listed.map((model) => classOfModel(boot, model)));
  const names = qom.classes(type, false).filter((klass) => !known.has(klass)).map((klass) => ({ klass, name: qom.className(klass).replace(new RegExp(`-${type}$`), '') }));
  return names.filter(({ klass, name }) => classByModelName(boot, name) === klass).map(({ name }) => name).sort();
}

/** The type that all CPUs of the target inherit from (TYPE_X86_CPU): the one below TYPE_CPU. */
export function cpuType({ program, qom }: Boot): string {
  const cpu = qom.classByName('cpu');
  return qom.className(qom.classes('cpu', true).find((c) => program.call('object_class_get_parent', c) === cpu)!);
}
