import type { Follows, Program } from '../c/program.js';
import type { TreeFunction } from '../c/function.js';
import type { ObjectSymbol } from '../c/symbols.js';
import { sizeOf, type CType } from '../c/types.js';
import { Unknown, type Value } from '../c/unknown.js';
import { Reaching, type FunctionTexts } from './function-text.js';

/** Files whose functions a machine's init may run through on its way to the CPUs; others are looked into when it calls them. */
export const ON_THE_WAY = /^(?:hw\/i386|hw\/core|accel|target\/i386|target-i386)\/|^(?:kvm-all|accel|cpus)\.c$/;

/** Files whose code may have a say in a CPU that is being realized. */
const CPU_CODE = /^(?:hw\/i386|hw\/core|accel|target\/i386|target-i386)\/|^(?:(?:softmmu|system)\/)?cpus\.c$|^(?:kvm-all|accel|cpu|exec|qom\/cpu|cpu-target|cpu-common|cpus-common|cpu-exec|cpu-exec-common)\.c$/;

/** A part of the CPU that is a device like others: what it cannot do without other devices, it does not do. */
const CPU_PARTS = /^hw\/(?:intc\/)?apic\w*\.c$/;

/** What is said goes through these. */
const SPEAKS = /^(?:monitor|stubs)\/|^monitor\.c$/;

/** Where errors are made. */
const ERRORS = /^util\/error\.c$/;
const SERVES_ALL = /^(?:qom|util|qobject|qapi)\//;

// util/error.c: only the addresses of these two mean something; what they hold never changes.
const ADDRESS_ONLY = new Set(['error_abort', 'error_fatal']);

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
  /** By name: units may have statics of the same name. */
  private readonly variables = new Map<string, ObjectSymbol[]>();
  /** Those of them that some function on the way writes. */
  private readonly writtenNames = new Set<string>();
  /** Variables whose writers have not been looked for yet, or not in all files. */
  private readonly pending = new Set<string>();
  /** How many of the functions that mention a variable have been asked whether they write it. */
  private readonly asked = new Map<string, number>();
  private readonly writers: Set<string>;
  private readonly relevant: Reaching;
  private isUpToDate = false;
  /** Files beyond those on the way that were thought about. */
  private readonly strangers = new Set<string>();

  constructor(private readonly program: Program, private readonly texts: FunctionTexts, /** Functions that change what applies to CPUs by other means than a variable. */ seeds: readonly string[]) {
    this.writers = new Set(seeds);
    this.relevant = new Reaching(texts);
  }

  /** Every function that runs during this, if its file matches, may read variables on behalf of a CPU. */
  observe<T>(run: () => T, files = /(?:)/): T {
    const executed = new Set<TreeFunction>();
    this.program.executed = executed;
    try {
      return run();
    } finally {
      this.program.executed = undefined;
      for (const fn of executed) if (files.test(fn.declaration.unit.path)) this.add(fn);
    }
  }

  private readonly added = new Set<TreeFunction>();

  private add(fn: TreeFunction): void {
    if (this.added.has(fn)) return;
    this.added.add(fn);
    const { unit } = fn.declaration;
    for (const token of fn.declaration.tokens()) {
      if (token.kind === 'identifier' && unit.objects.has(token.text) && !ADDRESS_ONLY.has(token.text)) {
        const symbol = this.program.unitScope(unit).find(token.text);
        if (symbol?.kind !== 'object') continue;
        const known = this.variables.get(token.text);
        if (known?.includes(symbol) === true) continue;
        if (known === undefined) this.variables.set(token.text, [symbol]);
        else {
          known.push(symbol);
          this.writtenList = undefined;
          // one of them may be an array
          this.asked.delete(token.text);
        }
        this.pending.add(token.text);
      }
    }
  }

  /** The functions that must be followed. */
  private get followed(): Reaching {
    if (this.isUpToDate && this.pending.size === 0) return this.relevant;
    const before = this.writers.size;
    for (const v of this.pending) this.findWriters(v);
    this.pending.clear();
    if (!this.isUpToDate || this.writers.size > before) {
      this.relevant.extend(this.writers);
      this.strangers.clear();
      this.isUpToDate = true;
    }
    return this.relevant;
  }

  private findWriters(variable: string): void {
    const mentioning = this.texts.mentioning(variable);
    const from = this.asked.get(variable) ?? 0;
    if (from === mentioning.length) return;
    this.asked.set(variable, mentioning.length);
    // an assignment, an increment, its address, or the first operand of a macro that may do it; an array also by any use as a pointer
    const write = `\\b[A-Z][A-Z0-9_]+\\s*\\(\\s*${variable}\\b|\\b${variable}\\b(?:\\s*(?:\\[[^\\]]*\\]|\\.\\w+|->\\w+))*\\s*(?:[-+|&^*/%]?=(?!=)|\\+\\+|--|<<=|>>=)|(?:\\+\\+|--|(?<!&)&)\\s*${variable}\\b`;
    const isArray = this.variables.get(variable)!.some((v) => v.type.kind === 'array');
    // a local variable of the same name is another one; declared in the outermost block (QEMU's style tells by the indentation), it is so everywhere
    const local = `\\n(?: {4}|\\t)(?:(?:const|volatile|static|register|struct|union|enum|unsigned|signed|long|short)\\s+)*(?!(?:return|else|goto|case|do)\\b)[A-Za-z_]\\w*(?:\\s*\\*+\\s*|\\s+)(?:\\w+\\s*,\\s*\\**\\s*)*${variable}\\s*(?:[;=,]|\\[)`;
    const pattern = new RegExp(`^(?![^]*${local})[^]*?(?:${isArray ? `${write}|[(=,]\\s*${variable}\\s*[,;)+]` : write})`);
    for (const { name } of this.texts.matching(variable, pattern, from)) {
      this.writers.add(name);
      this.writtenNames.add(variable);
      this.writtenList = undefined;
    }
  }

  /** A file that nobody thought of: is there in it a way to what matters? */
  private lookInto(path: string): void {
    if (this.strangers.has(path) || SERVES_ALL.test(path)) return;
    this.strangers.add(path);
    const { followed } = this;
    let matters = false;
    for (const word of this.texts.wordsOf(path)) {
      matters = followed.has(word) || this.variables.has(word);
      if (matters) break;
    }
    if (!matters) return;
    this.texts.add(path);
    for (const v of this.variables.keys()) this.pending.add(v);
    this.isUpToDate = false;
  }

  /** Run something, following only the calls that matter. */
  run<T>(what: () => T): T {
    const outer = this.program.follows;
    const considers = (name: string, path: string): boolean => {
      if (!this.texts.covers(path)) this.lookInto(path);
      return this.followed.has(name) || ON_THE_WAY.test(path) || SERVES_ALL.test(path);
    };
    const follows: Follows = (fn, args) => {
      const { path } = fn.declaration.unit;
      if (!this.texts.covers(path)) this.lookInto(path);
      if (this.followed.has(fn.name)) return 'yes';
      const { start } = fn.declaration;
      const known = !args.some((a) => a instanceof Unknown);
      // what a macro made has no text of its own to search; in a header (a cast) it belongs to all who include that, and not to the file that did so first
      if ((start.expansion ?? start).file.path.endsWith('.h')) return start.expansion !== undefined ? 'yes' : known ? 'tentatively' : 'no';
      if (ON_THE_WAY.test(path)) {
        if (!this.texts.has(fn.name)) return 'yes';
        return known && isLeaf(fn) ? 'tentatively' : 'no';
      }
      // code that serves everybody is followed where it is told exactly what to do
      return SERVES_ALL.test(path) && known ? 'tentatively' : 'no';
    };
    this.program.follows = Object.assign(follows, { considers });
    try {
      return what();
    } finally {
      this.program.follows = outer;
    }
  }

  /**
   * Run a machine's init on its way to the CPUs: besides what {@link run} follows, whatever mentions one of `words` in its
   * text or leads there, and, for as long as a function of interest runs, all code that may have a say in CPUs. There an
   * error is one.
   * @param isOfInterest such a function, or one that is handed such an object?
   * @param meet is told of every function before it is called, or skipped, and may say that a call that would be followed is to be so tentatively only
   */
  toward<T>(words: readonly string[], isOfInterest: (fn: TreeFunction, args: readonly Value[]) => boolean, meet: (fn: TreeFunction, args: readonly Value[]) => 'tentatively' | undefined, what: () => T): T {
    const { program } = this;
    const { follows: outer, followsPointers: outerPointers } = program;
    return this.run(() => {
      const skimming = program.follows!;
      const way = this.wayTo(words);
      let depth = Infinity;
      let aside = Infinity;
      const rule = (fn: TreeFunction, args: readonly Value[], pointer: boolean): 'yes' | 'no' | 'tentatively' => {
        const manner = meet(fn, args) ?? 'yes';
        if (program.callStack.length <= depth) depth = isOfInterest(fn, args) ? program.callStack.length : Infinity;
        if (depth !== Infinity) {
          const { path } = fn.declaration.unit;
          // an object of which it is not known whether it is there
          if (args[0] instanceof Unknown && fn.type.parameters[0]?.type.kind === 'pointer' && (SERVES_ALL.test(path) || path.startsWith('hw/core/'))) return 'no';
          return CPU_CODE.test(path) || SERVES_ALL.test(path) || fn.declaration.start.file.path.endsWith('.h') ? manner : CPU_PARTS.test(path) || SPEAKS.test(path) || (isLeaf(fn) && !args.some((a) => a instanceof Unknown)) ? 'tentatively' : 'no';
        }
        if (way.has(fn.name)) return 'yes';
        // how a name becomes a CPU's class; a device of a type that is loaded, since CPUs need it, and its bus
        if (program.callStack.length <= aside) aside = Infinity;
        const caller = program.callStack.at(-1);
        if (!args.some((a) => a instanceof Unknown) && (aside !== Infinity || (caller !== undefined && way.has(caller.name) && this.concerns(fn, args))) && CPU_CODE.test(fn.declaration.unit.path)) {
          aside = Math.min(aside, program.callStack.length);
          return 'tentatively';
        }
        return pointer ? (program.callStack.length === 0 ? 'yes' : 'tentatively') : skimming(fn, args);
      };
      program.follows = (fn, args) => rule(fn, args, false);
      program.followsPointers = (fn, args) => rule(fn, args, true);
      try {
        return what();
      } finally {
        program.follows = outer;
        program.followsPointers = outerPointers;
      }
    });
  }

  /** A call on the way that is about CPUs before there is one: of CPU code, or of an object, or for a device of a loaded type. */
  private concerns(fn: TreeFunction, args: readonly Value[]): boolean {
    const { path } = fn.declaration.unit;
    if (/^target(?:\/|-)i386\//.test(path)) return true;
    if (!path.startsWith('hw/core/')) return false;
    if (args[0] !== 0) return true;
    const { program } = this;
    return args.some((a) => typeof a === 'number' && a !== 0 && program.memory.isStatic(a) && program.call('object_class_by_name', a) !== 0);
  }

  private readonly ways = new Map<string, Reaching>();

  /** The functions that mention a word, and those from which they are reached. */
  private wayTo(words: readonly string[]): Reaching {
    const key = words.join();
    let way = this.ways.get(key);
    if (way === undefined) this.ways.set(key, (way = new Reaching(this.texts)));
    way.extend(words);
    return way;
  }

  /** Run something, following only these functions of QEMU proper, and the object model where they use it. */
  only<T>(names: readonly string[], what: () => T): T {
    const outer = this.program.follows;
    this.program.follows = (fn, args) => {
      if (names.includes(fn.name)) return 'yes';
      if (args.some((a) => a instanceof Unknown)) return 'no';
      return SERVES_ALL.test(fn.declaration.unit.path) || fn.declaration.start.file.path.endsWith('.h') || isLeaf(fn) ? 'tentatively' : 'no';
    };
    try {
      return what();
    } finally {
      this.program.follows = outer;
    }
  }

  /** Run something, following only functions of files that match, and code that serves everybody, with known arguments. */
  within<T>(files: RegExp, what: () => T): T {
    const outer = this.program.follows;
    this.program.follows = (fn, args) => {
      const { start, unit } = fn.declaration;
      // that there is an error matters, whatever its words are
      if (args.some((a) => a instanceof Unknown)) return ERRORS.test(unit.path) ? 'yes' : 'no';
      if (files.test(unit.path) || SERVES_ALL.test(unit.path) || start.file.path.endsWith('.h')) return 'yes';
      return isText(fn.type.result) ? 'tentatively' : 'no';
    };
    try {
      return what();
    } finally {
      this.program.follows = outer;
    }
  }

  private writtenList: ReturnType<Skim['written']> | undefined;

  /** The variables that CPU code reads and that a machine's start may write. */
  written(): readonly { readonly name: string; readonly address: number; readonly size: number }[] {
    void this.followed;
    return this.writtenList ??= [...this.writtenNames].flatMap((name) => this.variables.get(name)!.map(({ address, type }) => ({ name, address, size: sizeOf(type) })));
  }

  /** How many variables are written on the way: when this grows, what was started before was started with too little. */
  get extent(): number {
    void this.followed;
    return this.writtenNames.size;
  }

  /** For diagnosis: the variables and functions found. */
  describe(): { variables: string[]; functions: string[] } {
    return { variables: [...this.variables.keys()].sort(), functions: [...this.followed.names].sort() };
  }
}

/** What makes text: the words of an error, for instance. */
function isText(type: CType): boolean {
  return type.kind === 'pointer' && type.target.kind === 'integer' && type.target.size === 1;
}

const KEYWORDS = new Set(['if', 'while', 'for', 'switch', 'return', 'sizeof']);
const leaves = new WeakMap<TreeFunction, boolean>();

/** Does this function call nothing? Then following it is cheap, and it may tell something. */
function isLeaf(fn: TreeFunction): boolean {
  let known = leaves.get(fn);
  if (known === undefined) {
    const tokens = fn.declaration.tokens();
    const body = tokens.findIndex((t) => t.text === '{');
    known = !tokens.some((t, i) => i > body && t.kind === 'identifier' && !KEYWORDS.has(t.text) && tokens[i + 1]?.text === '(');
    leaves.set(fn, known);
  }
  return known;
}
