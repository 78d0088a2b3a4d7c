import { Program } from '../c/program.js';
import { ClassProperties } from './class-properties.js';
import { Failures } from './failures.js';
import type { Front } from './front.js';
import { defineGlib } from './glib.js';
import { defineHostEdge, type HostEdge, type HostFacts } from './host-edge.js';
import { defineLibc } from './libc.js';
import { objectHooks, type ObjectHooks } from './object-hooks.js';
import { ModuleInits } from './module-inits.js';
import { Reader } from './visitor.js';
import { Threads } from './threads.js';
import { TypeRegistry } from './type-registry.js';
import { definePassive } from './passive.js';

/** QEMU as a program: its front end, and the intrinsics in place. */
export interface QemuProgram {
  readonly program: Program;
  readonly front: Front;
  readonly reader: Reader;
  readonly modules: ModuleInits;
  readonly types: TypeRegistry;
  readonly classProperties: ClassProperties;
  readonly hooks: ObjectHooks;
  readonly failures: Failures;
  readonly threads: Threads;
  readonly host: HostEdge;
  /** What the program printed. */
  readonly messages: string[];
  /** If set, it is told of every piece when it is printed. */
  listener?: (text: string) => void;
}

/** Prepare a tree for execution, on a host of which the facts are known. Nothing has run yet. */
export function createQemuProgram(front: Front, facts?: HostFacts): QemuProgram {
  const program = new Program(front);
  const messages: string[] = [];
  const sink = (text: string): void => {
    messages.push(text);
    qemu.listener?.(text);
  };
  defineLibc(program, { messages: sink });
  defineGlib(program, { messages: sink });
  const host = defineHostEdge(program, facts);
  definePassive(program);
  program.define('trace_get_vcpu_event_count', () => front.perCpuEvents);
  const threads = new Threads(program);
  const failures = new Failures(program);
  const classProperties = new ClassProperties(program);
  const hooks = objectHooks(program);
  const reader = new Reader(program);
  const modules = new ModuleInits(program);
  const types = new TypeRegistry(program);
  const qemu: QemuProgram = { program, front, reader, modules, types, classProperties, hooks, threads, failures, host, messages };
  return qemu;
}
