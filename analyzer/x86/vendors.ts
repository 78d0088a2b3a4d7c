import type { Boot } from './boot.js';

/** A vendor that no tree knows. */
const OTHER = 'not one known';

/** Vendors of processors: all that the models of the tree are from (X86CPUDefinition.vendor), and one that none is. */
export function vendorsOf({ program, qom }: Boot): string[] {
  const found = new Set<string>();
  const table = ['model', 'cpu_def'].find((member) => program.hasMember('X86CPUClass', member));
  if (table === undefined) return [];
  for (const klass of qom.classes('cpu', false)) {
    const row = program.readMember(klass, 'X86CPUClass', table);
    if (typeof row !== 'number' || row === 0) continue;
    // from versioned models on, a model has its definition
    const definition = table === 'model' ? program.readMember(row, 'X86CPUModel', 'cpudef') : row;
    if (typeof definition !== 'number' || definition === 0) continue;
    found.add(program.memory.cstring(definition + program.offsetOf('X86CPUDefinition', 'vendor')));
  }
  const length = Math.max(...[...found].map((vendor) => vendor.length));
  return [...[...found].filter((vendor) => vendor.length === length).sort(), OTHER.slice(0, length)];
}
