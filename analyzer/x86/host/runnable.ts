import { Unknown, type Value } from '../../c/unknown.js';
import type { CallSite } from '../../c/runtime.js';
import type { Runnable } from '../api.js';
import type { Boot } from '../boot.js';

const CHECK = 'x86_cpu_class_check_missing_features';
const FILTER = 'x86_cpu_filter_features';
const NOWHERE: CallSite = { location: { file: '<query>', line: 0 } };

/**
 * Which features a CPU class asks for and the accelerator does not have: the tree's own check (target/i386/cpu.c:
 * x86_cpu_class_check_missing_features()), which makes a CPU and filters it. Bits that the host's description leaves open
 * are taken to be there the first time, and to be missing the second; the difference is undecided.
 */
export class RunnableCheck {
  private assume: bigint | undefined;

  constructor(private readonly boot: Boot) {
    const { program } = boot;
    // the list of models does without: what is missing is asked for model by model
    program.define(CHECK, () => 0);
    if (program.findOriginal(FILTER) === undefined) return;
    program.define(FILTER, (_machine, args) => {
      const result = program.original(FILTER).invoke(args, NOWHERE);
      if (this.assume !== undefined && typeof args[0] === 'number') this.decide(args[0], this.assume);
      return result;
    });
  }

  /** Does the tree have such a check? */
  get exists(): boolean {
    return this.boot.program.findOriginal(CHECK) !== undefined;
  }

  check(klass: number): Runnable {
    const unavailable = this.run(klass, 0n);
    const certain = new Set(unavailable);
    return { unavailable, undecided: this.run(klass, ~0n).filter((name) => !certain.has(name)) };
  }

  private run(klass: number, assume: bigint): string[] {
    const { program } = this.boot;
    const { memory } = program;
    const list = memory.allocate(8);
    this.assume = assume;
    try {
      program.original(CHECK).invoke([klass, list], NOWHERE);
    } finally {
      this.assume = undefined;
    }
    const names: string[] = [];
    for (let node: Value = memory.loadPointer(list); typeof node === 'number' && node !== 0; node = program.readMember(node, 'strList', 'next')) {
      const name = program.readMember(node, 'strList', 'value');
      if (typeof name === 'number' && name !== 0 && !names.includes(memory.cstring(name))) names.push(memory.cstring(name));
    }
    return names;
  }

  /** Give the unknown bits of what was filtered one value. */
  private decide(cpu: number, value: bigint): void {
    const { program } = this.boot;
    const type = program.memberType('X86CPU', 'filtered_features');
    if (type?.kind !== 'array' || type.length === undefined || type.element.kind !== 'integer') return;
    const start = cpu + program.offsetOf('X86CPU', 'filtered_features');
    const { size } = type.element;
    for (let i = 0; i < type.length; i++) {
      const word: Value = program.memory.load(start + i * size, size);
      if (!(word instanceof Unknown)) continue;
      const bits = BigInt.asUintN(size * 8, word.value | (word.bits & value));
      program.memory.store(start + i * size, size, size === 8 ? bits : Number(bits));
    }
  }
}
