import type { Boot } from './boot.js';

/** Vendors of processors: all that the models of the tree are from (X86CPUDefinition.vendor), and one that none is, no bit of whose name is as in the first. */
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
  const known = [...found].filter((vendor) => vendor.length === length).sort();
  return [...known, ...known.slice(0, 1).map(inverted)];
}

function inverted(text: string): string {
  return Buffer.from(Buffer.from(text, 'latin1').map((byte) => ~byte)).toString('latin1');
}
