import type { TreeFunction } from '../c/function.js';
import type { Position } from '../c/program.js';
import type { Value } from '../c/unknown.js';
import { GuestAbort } from '../qom/abort.js';
import { CannotResolveError } from './api.js';
import type { Boot } from './boot.js';
import { parseCpuOption } from './cpu-option.js';
import { boardInit, createMachine } from './machine-session.js';

/** The names under which boards have been told, over the years, which CPU to make. */
const WORDS = ['cpu_type', 'cpu_model'];

/** Calls after which a CPU's thread, on a host that nothing is known of, is given up: the list of leaves that it builds has no known place for any of them. */
const PATIENCE = 60;

/** The call with which a board begins to make its first CPU, and where it stood. */
interface FirstCpu {
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

/** Thrown where the board is about to make its first CPU. */
class AtFirstCpu extends Error {
  constructor(readonly call: FirstCpu) {
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
 * A machine whose board makes and realizes its first CPU by the tree's own code: x86_cpus_init() and what it calls, or what
 * it was called before. The board is run up to there once; for each CPU, only that call is repeated.
 */
export class Board {
  private machine = 0;
  private first: FirstCpu | undefined;
  /** Where the name of the CPU stands with which the board was run. */
  private name = 0;
  private readonly makers = new Map<number, Maker>();
  /** Functions that care for CPUs. */
  private readonly callers = new Set<TreeFunction>();
  private readonly cpuClasses: ReadonlySet<number>;

  /** Not within a checkpoint. */
  constructor(private readonly boot: Boot) {
    boot.loadInterruptControllers();
    this.cpuClasses = new Set(boot.qom.classes('cpu', false));
  }

  /** Start a machine type and stop where the board begins to make CPUs. */
  start(machineClass: number, anyCpu: string): void {
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
    this.name = this.tell(anyCpu);
    this.first = this.runUntil(init, maker.from);
  }

  /** Make and realize the first CPU, by the name that -cpu has. @returns the object */
  make(cpu: string): number {
    const { program } = this.boot;
    const { fn, args: given, position } = this.first!;
    this.choose(cpu);
    // boards that make CPUs by their names hand the name on
    const args = given.map((a) => (a === this.name ? this.boot.qom.string(cpu) : a));
    let object = 0;
    this.run((_fn, a) => { object ||= this.cpuIn(a); }, () => program.resumeFrom(position, () => fn.invoke([...args], NOWHERE)));
    return object;
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
    if (typename !== undefined && program.hasMember('MachineState', 'cpu_type')) program.writeMember(this.machine, 'MachineState', 'cpu_type', typename);
  }

  private run<T>(meet: (fn: TreeFunction, args: readonly Value[]) => void, what: () => T): T {
    const { skim, qemu: { threads, host } } = this.boot;
    const limit = host.granted ? Infinity : PATIENCE;
    const met = (fn: TreeFunction, args: readonly Value[]): 'tentatively' | undefined => {
      meet(fn, args);
      return threads.called(limit) && limit !== Infinity ? 'tentatively' : undefined;
    };
    return threads.run(() => skim.toward(WORDS, (fn, args) => this.callers.has(fn) || this.cpuIn(args) !== 0, met, what));
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
    }
    return object === 0 ? undefined : { from: made[both - 1]!, caller: made[both - 2] };
  }

  private runUntil(init: Init, maker: TreeFunction): FirstCpu {
    const { program } = this.boot;
    try {
      this.run((fn, args) => {
        if (fn === maker) throw new AtFirstCpu({ fn, args: [...args], position: program.position });
      }, () => program.callAddress(init.address, [init.argument], undefined));
    } catch (error) {
      if (!(error instanceof AtFirstCpu)) throw error;
      program.unwind();
      return error.call;
    }
    throw new CannotResolveError('the board makes no CPU');
  }
}

/** How many outermost functions two stacks have in common. */
function common(a: readonly TreeFunction[], b: readonly TreeFunction[]): number {
  let depth = 0;
  while (depth < a.length && a[depth] === b[depth]) depth++;
  return depth;
}

const NOWHERE = { location: { file: '<board>', line: 0 } };
