import { expect } from 'chai';
import { Program } from '../../../analyzer/c/program.js';
import { Unknown, type Value } from '../../../analyzer/c/unknown.js';
import { gccAgrees } from './gcc.js';

/** Small C programs for the tests: a text or several files, run by the machine. */

export type Files = Readonly<Record<string, string>>;

/** A program of these files; every .c among them is loaded. A lone text is a.c. */
export function program(source: string | Files, prelude = ''): Program {
  const files: Files = typeof source === 'string' ? { 'a.c': source } : source;
  const made = new Program({
    read: (path) => files[path],
    has: (path) => path in files,
    includePath: [''],
    generated: () => undefined,
    prelude: { path: '<prelude>', text: prelude },
    definedIn: () => undefined,
  });
  for (const path of Object.keys(files)) if (path.endsWith('.c')) made.load(path);
  return made;
}

/** "severity file:line what" of every diagnostic. */
export function diagnosticsOf(of: Program): string[] {
  return of.diagnostics.map((d) => `${d.severity} ${d.at?.file ?? '?'}:${d.at?.line ?? 0} ${d.what}`);
}

/** Call f() and fail if anything was not understood on the way. */
export function run(source: string | Files, callee = 'f', ...args: Value[]): Value {
  const made = program(source);
  const value = made.call(callee, ...args);
  expect(diagnosticsOf(made), 'diagnostics').to.deep.equal([]);
  return value;
}

/** A table of [what it shows, C text with a function f(), its result]: one test each. */
export type Case = readonly [title: string, source: string, expected: number | bigint | boolean];

export function check(cases: readonly Case[]): void {
  for (const [title, source, expected] of cases) {
    it(title, () => {
      gccAgrees(source, BigInt(expected));
      const value = run(source);
      if (value instanceof Unknown) throw new Error(value.toString());
      expect(BigInt.asIntN(64, BigInt(value))).to.equal(BigInt.asIntN(64, BigInt(expected)));
    });
  }
}

/** As {@link check} for expressions: their values as a long, with these declarations in front, each from the initial state. */
export function checkExpressions(declarations: string, cases: readonly (readonly [expression: string, expected: number | bigint | boolean])[]): void {
  let made: Program | undefined;
  const returns = (name: string, expression: string): string => `long ${name}(void) { return (long) (${expression}); }\n`;
  cases.forEach(([expression, expected], n) => {
    it(expression, () => {
      gccAgrees(`${declarations}\n${returns('f', expression)}`, BigInt(expected));
      made ??= program(`${declarations}\n${cases.map(([e], k) => returns(`value${k}`, e)).join('')}`);
      const known = made.diagnostics.length;
      const checkpoint = made.memory.checkpoint();
      const value = made.call(`value${n}`);
      made.memory.rollback(checkpoint);
      expect(diagnosticsOf(made).slice(known), 'diagnostics').to.deep.equal([]);
      if (value instanceof Unknown) throw new Error(value.toString());
      expect(BigInt.asIntN(64, BigInt(value))).to.equal(BigInt.asIntN(64, BigInt(expected)));
    });
  });
}
