import type { TreeFunction } from '../c/function.js';
import type { Position } from '../c/program.js';
import type { Value } from '../c/unknown.js';
import { GuestAbort } from '../qom/abort.js';
import { CannotResolveError } from './api.js';
import type { Boot } from './boot.js';
import { modelOf, parseCpuOption } from './cpu-option.js';
import { boardInit, createMachine } from './machine-session.js';
import { classByModelName } from './model-class.js';

/** The names under which boards have been told, over the years, which CPU to make, and where they note what CPUs there may be. */
const WORDS = ['cpu_type', 'cpu_model', 'possible_cpus'];

/** Room for a type's name. */
const TYPE_NAME = 256;

/** Calls after which a CPU's thread, on a host that nothing is known of, is given up: the list of leaves that it builds has no known place for any of them. */
const PATIENCE = 60;

/** A call that a board is about to make, of its CPUs or of one, and where it stood. */
interface Call {
  readonly fn: TreeFunction;
  readonly args: readonly Value[];
  readonly position: Position;
}

interface Init {
  readonly address: number;
  readonly argument: number;
}

/** What a board calls for its first CPU. */
interface Maker {
  /** The function whose call includes everything: asking for the CPU's name, making it, realizing it. */
  readonly from: TreeFunction;
  /** Calls the one that makes and realizes it: numbers it, for instance. */
  readonly caller: TreeFunction | undefined;
}

/** Thrown where the board is about to call what makes CPUs. */
class AboutTo extends Error {
  constructor(readonly call: Call) {
    super();
  }
}

/** Thrown when the first CPU is realized: what the board does afterwards is its own business. */
class Realized extends Error {
  constructor(readonly object: number) {
    super();
  }
}

/**
 * A machine whose board makes and realizes its CPUs by the tree's own code: x86_cpus_init() and what it calls, or what
 * it was called before. The board is run up to there once; for each first CPU, only the call that makes it is repeated, for
 * a later one what makes all of them, as far as that one.
 */
export class Board {
  private machine = 0;
  private next: Call | undefined;
  private maker: Maker | undefined;
  /** Where the name of the CPU stands with which the board was run. */
  private name = 0;
  /** Does the board do something before it makes CPUs that depends on which? */
  dependsOnCpu = false;
  /** Where the name of its type does. */
  private type: Value = 0;
  private readonly makers = new Map<number, Maker>();
  /** Functions that care for CPUs. */
  private readonly callers = new Set<TreeFunction>();
  private readonly cpuClasses: ReadonlySet<number>;
  /** Where the names of their types stand. */
  private readonly cpuTypes: ReadonlySet<Value>;
  /** The name of a CPU's type that the machine was told. */
  private chosen = 0;
  private finding = false;

  /** Not within a checkpoint. */
  constructor(private readonly boot: Boot) {
    boot.loadInterruptControllers();
    this.cpuClasses = new Set(boot.qom.classes('cpu', false));
    this.cpuTypes = new Set([...this.cpuClasses].map((klass) => this.typeOf(klass)));
  }

  /** Start a machine type and stop where the board begins to make CPUs. @param later whether others than the first will be asked for */
  start(machineClass: number, anyCpu: string, later = false): void {
    const { program } = this.boot;
    this.machine = createMachine(this.boot, machineClass);
    const init = boardInit(this.boot, machineClass, this.machine);
    if (init === undefined) throw new CannotResolveError('the board makes no CPU');
    let maker = this.makers.get(init.address);
    if (maker === undefined) {
      const checkpoint = program.memory.checkpoint();
      maker = program.silently(() => this.findMaker(init, anyCpu)).result;
      program.memory.rollback(checkpoint);
      if (maker === undefined) throw new CannotResolveError('the board makes no CPU');
      this.makers.set(init.address, maker);
      for (const fn of [maker.from, maker.caller]) if (fn !== undefined) this.callers.add(fn);
    }
    if (later && maker.caller === undefined) throw new CannotResolveError('the board makes no CPU but its first in a way that can be followed');
    this.maker = maker;
    this.name = this.tell(anyCpu);
    const klass = classByModelName(this.boot, modelOf(anyCpu));
    this.type = klass === 0 ? 0 : this.typeOf(klass);
    const run = (): Call | undefined => this.runUntil(later ? maker.caller! : maker.from, () => program.callAddress(init.address, [init.argument], undefined));
    const { result: begin, read } = this.telling(run);
    if (begin === undefined) throw new CannotResolveError('the board makes no CPU');
    this.next = begin;
    this.dependsOnCpu = read && !begin.args.includes(this.type);
  }

  /** Run something on the machine that knows the type of its CPUs. @returns whether somebody looked what that is, and did not only hand it on */
  private telling<T>(run: () => T): { readonly result: T; readonly read: boolean } {
    const { program, program: { memory } } = this.boot;
    if (!program.hasMember('MachineState', 'cpu_type') || typeof this.type !== 'number') return { result: run(), read: false };
    const name = memory.cstring(this.type);
    const at = memory.allocate(TYPE_NAME);
    memory.writeCString(at, name);
    this.type = at;
    program.writeMember(this.machine, 'MachineState', 'cpu_type', at);
    const { watcher } = memory;
    let read = false;
    memory.watch(at, TYPE_NAME);
    memory.watcher = { ...watcher, load: (address, size) => {
      if (address < at + TYPE_NAME && address + size > at) read = true;
      watcher?.load?.(address, size);
    } };
    try {
      const result = run();
      return { result, read };
    } finally {
      memory.watcher = watcher;
    }
  }

  /** Make and realize the first CPU, by the name that -cpu has. @returns the object */
  make(cpu: string): number {
    this.choose(cpu);
    return this.makeNext(this.named(cpu), new Set());
  }

  /**
   * Make and realize a CPU other than the first, and before it all that the board makes before: a board that was started for that.
   * @param begin called when it is the turn of the one asked for
   * @returns the object
   * @throws CannotResolveError where the board makes no such CPU
   */
  makeLater(cpu: string, vcpu: number, begin: () => void): number {
    this.choose(cpu);
    const { from } = this.maker!;
    const next = this.named(cpu);
    const before = new Set<number>();
    let calls = 0;
    const call = this.runUntil(from, () => this.resume(next), (fn, args) => {
      const object = this.cpuIn(args);
      if (object !== 0) before.add(object);
      return fn === from && calls++ < vcpu;
    });
    if (before.size > calls) throw new CannotResolveError(`${from.name}() makes more than one CPU`);
    if (call === undefined) throw new CannotResolveError(`there is no vCPU ${vcpu}: the machine has ${calls === 1 ? 'one CPU' : `${calls} CPUs`}, and the first is number 0`);
    begin();
    return this.makeNext(call, before);
  }

  private makeNext(call: Call, before: ReadonlySet<number>): number {
    let object = 0;
    this.run((_fn, args) => {
      if (object !== 0) return;
      const found = this.cpuIn(args);
      if (!before.has(found)) object = found;
    }, () => this.resume(call));
    return object;
  }

  /** Boards that make CPUs by their names hand the name on, or the type that they found by it. */
  private named(cpu: string): Call {
    const { args, ...call } = this.next!;
    const type = args.includes(this.type) ? this.typeOf(classByModelName(this.boot, modelOf(cpu))) : this.type;
    return { ...call, args: args.map((a) => (a === this.name ? this.boot.qom.string(cpu) : a === this.type ? type : a)) };
  }

  /** Where the name of a class's type stands. */
  private typeOf(klass: number): Value {
    const { program } = this.boot;
    return program.readMember(program.readMember(klass, 'ObjectClass', 'type') as number, 'struct TypeImpl', 'name');
  }

  private resume({ fn, args, position }: Call): Value {
    return this.boot.program.resumeFrom(position, () => fn.invoke([...args], NOWHERE));
  }

  /** Machines were told the name while boards made CPUs by it. @returns where the name stands */
  private tell(cpu: string): number {
    const { program, qom } = this.boot;
    const name = qom.string(cpu);
    if (program.hasMember('MachineState', 'cpu_model')) program.writeMember(this.machine, 'MachineState', 'cpu_model', name);
    else if (program.hasMember('MachineState', 'init_args')) program.writeMember(this.machine + program.offsetOf('MachineState', 'init_args'), 'QEMUMachineInitArgs', 'cpu_model', name);
    return name;
  }

  /** Tell the machine which CPU it is to have, as main() does. The tree's parser takes features once in a program's life. */
  private choose(cpu: string): void {
    const { program } = this.boot;
    this.tell(cpu);
    const typename = parseCpuOption(this.boot, cpu);
    this.chosen = typename ?? 0;
    if (typename !== undefined && program.hasMember('MachineState', 'cpu_type')) program.writeMember(this.machine, 'MachineState', 'cpu_type', typename);
  }

  private run<T>(meet: (fn: TreeFunction, args: readonly Value[]) => void, what: () => T): T {
    const { skim, qemu: { threads, host } } = this.boot;
    const limit = host.granted ? Infinity : PATIENCE;
    const met = (fn: TreeFunction, args: readonly Value[]): 'tentatively' | undefined => {
      meet(fn, args);
      return threads.called(limit) && limit !== Infinity ? 'tentatively' : undefined;
    };
    const { program } = this.boot;
    const { judges } = program;
    program.judges = (fn, args) => this.judge(fn, args);
    try {
      return threads.run(() => skim.toward(WORDS, (fn, args) => this.callers.has(fn) || this.cpuIn(args) !== 0 || (this.finding && args.some((a) => this.cpuTypes.has(a) || (a !== 0 && a === this.chosen))), met, what));
    } finally {
      program.judges = judges;
    }
  }

  /** A board that fails to make a CPU ends QEMU: where an unknown would decide that, it is known not to have failed. */
  private judge(fn: TreeFunction, args: readonly Value[]): (() => void) | undefined {
    const errp = args.at(-1);
    if (typeof errp !== 'number' || errp === 0 || !this.reportsErrors(fn) || typeof args[0] !== 'number' || !this.isCpu(args[0])) return undefined;
    const { memory } = this.boot.program;
    return () => {
      const error = memory.loadPointer(errp);
      if (typeof error === 'number' && error !== 0) throw new GuestAbort('exit', `${fn.name}() fails`, fn.location, 1);
    };
  }

  private readonly reporting = new Map<TreeFunction, boolean>();

  /** Is its last parameter an Error **? */
  private reportsErrors(fn: TreeFunction): boolean {
    let known = this.reporting.get(fn);
    if (known === undefined) {
      const last = fn.type.parameters.at(-1)?.type;
      const error = last?.kind === 'pointer' && last.target.kind === 'pointer' ? last.target.target : undefined;
      this.reporting.set(fn, known = error?.kind === 'record' && error.tag === 'Error');
    }
    return known;
  }

  private isCpu(address: number): boolean {
    const { memory } = this.boot.program;
    if (address < memory.stackBase || address >= memory.top) return false;
    const klass = memory.loadPointer(address);
    return typeof klass === 'number' && this.cpuClasses.has(klass);
  }

  private cpuIn(args: readonly Value[]): number {
    return (args.find((a) => typeof a === 'number' && this.isCpu(a)) as number | undefined) ?? 0;
  }

  /** Run the board once with some CPU, to see what it calls for it. */
  private findMaker(init: Init, cpu: string): Maker | undefined {
    const { program, qom } = this.boot;
    let made: readonly TreeFunction[] = [];
    let both = 0;
    this.choose(cpu);
    let object = 0;
    let realize: Value = 0;
    // what makes a CPU may be told its type, and nothing of the name that the board was told
    this.finding = true;
    try {
      this.run((fn, args) => {
        if (object === 0) {
          object = this.cpuIn(args);
          if (object === 0) return;
          made = [...program.callStack];
          both = made.length;
          realize = program.readMember(qom.classOf(object), 'DeviceClass', 'realize');
        }
        if (args[0] !== object) return;
        both = Math.min(both, common(made, program.callStack));
        if (fn.address === realize) throw new Realized(object);
      }, () => program.callAddress(init.address, [init.argument], undefined));
    } catch (error) {
      // numbers that nobody has worked out yet may be refused
      if (!(error instanceof Realized || error instanceof GuestAbort)) throw error;
      program.unwind();
    } finally {
      this.finding = false;
    }
    return object === 0 ? undefined : { from: made[both - 1]!, caller: made[both - 2] };
  }

  /** Run something until it is about to call a function. @param passes is told of every call: does this one not count? @returns undefined if it never does */
  private runUntil(callee: TreeFunction, what: () => Value, passes: (fn: TreeFunction, args: readonly Value[]) => boolean = () => false): Call | undefined {
    const { program } = this.boot;
    try {
      this.run((fn, args) => {
        if (!passes(fn, args) && fn === callee) throw new AboutTo({ fn, args: [...args], position: program.position });
      }, what);
    } catch (error) {
      if (!(error instanceof AboutTo)) throw error;
      program.unwind();
      return error.call;
    }
    return undefined;
  }
}

/** How many outermost functions two stacks have in common. */
function common(a: readonly TreeFunction[], b: readonly TreeFunction[]): number {
  let depth = 0;
  while (depth < a.length && a[depth] === b[depth]) depth++;
  return depth;
}

const NOWHERE = { location: { file: '<board>', line: 0 } };
