import type { Program } from '../c/program.js';
import type { TreeFunction } from '../c/function.js';
import type { FunctionTexts } from './function-text.js';

/**
 * What a machine's init function does is mostly none of our business: it builds a whole PC. Of that we execute what can
 * reach a CPU: statements run, but a call is followed only if the callee may, directly or through others, write a
 * variable that CPU code reads, or register something that applies to CPUs. All other calls are skipped; their results
 * are unknown.
 *
 * Which variables CPU code reads is observed: {@link Skim.observe} collects the file-scope variables that the functions
 * mention which run while CPUs are made.
 */
export class Skim {
  private readonly variables = new Set<string>();
  private relevant: Set<string> | undefined;

  constructor(private readonly program: Program, private readonly texts: FunctionTexts, /** Functions that change what applies to CPUs by other means than a variable. */ private readonly seeds: readonly string[]) {}

  /** Every function that runs for the first time during this may read variables on behalf of a CPU. */
  observe<T>(run: () => T): T {
    const stop = this.program.onCompiled((fn) => this.add(fn));
    try {
      return run();
    } finally {
      stop();
    }
  }

  private add(fn: TreeFunction): void {
    const { unit } = fn.declaration;
    for (const token of fn.declaration.tokens()) {
      if (token.kind === 'identifier' && unit.objects.has(token.text) && !this.variables.has(token.text)) {
        this.variables.add(token.text);
        this.relevant = undefined;
      }
    }
  }

  /** The functions that must be followed. */
  private get followed(): Set<string> {
    if (this.relevant === undefined) {
      const writers = new Set(this.seeds);
      for (const v of this.variables) {
        // an assignment, an increment, its address, or (it may be an array) any use as a pointer
        const write = new RegExp(`\\b${v}\\b(?:\\s*(?:\\[[^\\]]*\\]|\\.\\w+|->\\w+))*\\s*(?:[-+|&^*/%]?=(?!=)|\\+\\+|--|<<=|>>=)|(?:\\+\\+|--|&)\\s*${v}\\b|[(=,]\\s*${v}\\s*[,;)+]`);
        for (const name of this.texts.matching(v, write)) writers.add(name);
      }
      this.relevant = this.texts.reaching(writers);
    }
    return this.relevant;
  }

  /** Run something, following only the calls that matter. */
  run<T>(what: () => T): T {
    const { followed } = this;
    const outer = this.program.follows;
    this.program.follows = (name) => followed.has(name) || !this.texts.has(name);
    try {
      return what();
    } finally {
      this.program.follows = outer;
    }
  }

  /** For diagnosis: the variables and functions found. */
  describe(): { variables: string[]; functions: string[] } {
    return { variables: [...this.variables].sort(), functions: [...this.followed].sort() };
  }
}
