/** The values of the meson language, and the objects of its modules that decide what is compiled. */

export type MesonValue =
  | string | number | boolean | undefined
  | readonly MesonValue[]
  | ReadonlyMap<string, MesonValue>
  | SourceFile | Generated | Dependency | Target | SourceSet | AppliedSources | ConfigurationData | Feature | Plain;

/** A file of the tree: files('x.c'). */
export class SourceFile {
  constructor(readonly path: string) {}
}

/** A file that the build makes; `text` where we know what would be in it. */
export class Generated {
  constructor(readonly file: string, readonly text: string | undefined) {}
}

/** A dependency object: an external library, or declare_dependency(). */
export class Dependency {
  constructor(
    readonly found: boolean,
    readonly label: string,
    readonly version: string,
    readonly parts: { readonly sources: readonly MesonValue[]; readonly objects: readonly MesonValue[]; readonly linkWith: readonly MesonValue[]; readonly linkWhole: readonly MesonValue[]; readonly dependencies: readonly MesonValue[]; readonly flags: readonly string[] } = NO_PARTS,
    readonly variables: ReadonlyMap<string, MesonValue> = new Map(),
  ) {}
}

export const NO_PARTS = { sources: [], objects: [], linkWith: [], linkWhole: [], dependencies: [], flags: [] } as const;

/** A library or executable, or the objects extracted from one (then `only` restricts the sources). */
export class Target {
  constructor(
    readonly label: string,
    readonly sources: readonly MesonValue[],
    readonly objects: readonly MesonValue[],
    readonly dependencies: readonly MesonValue[],
    readonly linkWith: readonly MesonValue[],
    readonly linkWhole: readonly MesonValue[],
    readonly flags: readonly string[],
  ) {}
}

/** Objects taken out of a library: no more than these sources, with the library's compiler arguments. */
export class Objects extends Target {}

/** The type of a meson option that can be "auto". */
export class Feature {
  constructor(readonly label: string, readonly value: 'enabled' | 'disabled' | 'auto') {}
}

/** An object whose answers cannot change what is compiled (a program, a generator, an install rule ...). */
export class Plain {
  constructor(readonly label: string, readonly isFound = true, readonly fields: ReadonlyMap<string, MesonValue> = new Map()) {}
}

/** A configuration_data() object: what becomes a generated header. */
export class ConfigurationData {
  readonly values = new Map<string, { value: MesonValue; quoted: boolean; at: { file: string; line: number } }>();

  /** The header's text, as meson's configure_file writes it without a template. */
  text(): string {
    const lines = ['/* generated from the build definitions of the source tree */', '#pragma once', ''];
    for (const [name, { value, quoted }] of this.values) {
      if (value === false) lines.push(`#undef ${name}`);
      else if (value === true) lines.push(`#define ${name}`);
      else lines.push(`#define ${name} ${quoted ? `"${String(value).replace(/"/g, '\\"')}"` : String(value)}`.trimEnd());
    }
    return lines.join('\n') + '\n';
  }
}

interface Rule {
  readonly keys: readonly string[];
  readonly conditions: readonly Dependency[];
  readonly sources: readonly MesonValue[];
  readonly otherwise: readonly MesonValue[];
  readonly sets: readonly SourceSet[];
  readonly dependencies: readonly Dependency[];
}

export class AppliedSources {
  constructor(readonly sources: readonly MesonValue[], readonly dependencies: readonly MesonValue[]) {}
}

/** meson's sourceset module: rules that select sources by configuration keys and dependencies. */
export class SourceSet {
  readonly rules: Rule[] = [];

  /** sourceset.apply(configuration, strict: false) */
  apply(enabled: (key: string) => boolean): AppliedSources {
    const sources = new Set<MesonValue>();
    const dependencies = new Set<MesonValue>();
    this.collect(enabled, false, sources, dependencies);
    return new AppliedSources([...sources], [...dependencies]);
  }

  /** all_sources() and all_dependencies(): as if every condition held, and if_false as well. */
  all(): AppliedSources {
    const sources = new Set<MesonValue>();
    const dependencies = new Set<MesonValue>();
    this.collect(() => true, true, sources, dependencies);
    return new AppliedSources([...sources], [...dependencies]);
  }

  private collect(enabled: (key: string) => boolean, all: boolean, sources: Set<MesonValue>, dependencies: Set<MesonValue>): void {
    for (const rule of this.rules) {
      if (rule.conditions.every((dependency) => dependency.found) && rule.keys.every(enabled)) {
        for (const source of rule.sources) sources.add(source);
        for (const dependency of rule.conditions) dependencies.add(dependency);
        for (const dependency of rule.dependencies) dependencies.add(dependency);
        for (const set of rule.sets) set.collect(enabled, all, sources, dependencies);
        if (!all) continue;
      }
      for (const source of rule.otherwise) sources.add(source);
    }
  }
}

export class MesonError extends Error {
  override readonly name = 'MesonError';
}

export function isArray(value: MesonValue): value is readonly MesonValue[] {
  return Array.isArray(value);
}

export function isDict(value: MesonValue): value is ReadonlyMap<string, MesonValue> {
  return value instanceof Map;
}

/** Arguments are flattened in most of meson's functions. */
export function flatten(values: readonly MesonValue[]): MesonValue[] {
  const result: MesonValue[] = [];
  const visit = (list: readonly MesonValue[]): void => {
    for (const value of list) {
      if (isArray(value)) visit(value);
      else if (value !== undefined) result.push(value);
    }
  };
  visit(values);
  return result;
}

export function list(value: MesonValue): MesonValue[] {
  return value === undefined ? [] : flatten([value]);
}

export function text(value: MesonValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof SourceFile) return value.path;
  if (value instanceof Generated) return value.file;
  if (isArray(value)) return `[${value.map((item) => (typeof item === 'string' ? `'${item}'` : text(item))).join(', ')}]`;
  if (value instanceof Feature) return value.value;
  return '';
}

export function describe(value: MesonValue): string {
  if (value === undefined) return 'nothing';
  if (isArray(value)) return 'an array';
  if (isDict(value)) return 'a dictionary';
  return typeof value === 'object' ? value.constructor.name : `a ${typeof value}`;
}

/** meson's version_compare(): ">=1.2", "!=3" ... */
export function compareVersion(version: string, condition: string): boolean {
  const match = /^\s*(>=|<=|!=|==|=|<|>)?\s*(.*)$/.exec(condition);
  const operator = match?.[1] ?? '==';
  const order = versionOrder(version, match?.[2] ?? '');
  switch (operator) {
    case '>=': return order >= 0;
    case '<=': return order <= 0;
    case '>': return order > 0;
    case '<': return order < 0;
    case '!=': return order !== 0;
    default: return order === 0;
  }
}

function versionOrder(left: string, right: string): number {
  const a = left.match(/\d+|[a-z]+/gi) ?? [];
  const b = right.match(/\d+|[a-z]+/gi) ?? [];
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const x = a[index] ?? '';
    const y = b[index] ?? '';
    const numeric = /^\d/.test(x);
    if (numeric !== /^\d/.test(y)) return numeric ? 1 : -1;
    const order = numeric ? Number(x) - Number(y) : x < y ? -1 : x > y ? 1 : 0;
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
