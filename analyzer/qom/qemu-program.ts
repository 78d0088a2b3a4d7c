import { Program, type ProgramHost } from '../c/program.js';
import type { Build } from '../source/build/build.js';
import type { SourceTree } from '../source/tree.js';
import { ClassProperties } from './class-properties.js';
import { Failures } from './failures.js';
import { defineGlib } from './glib.js';
import { defineHostEdge, type HostEdge, type HostFacts } from './host-edge.js';
import { defineLibc } from './libc.js';
import { objectHooks, type ObjectHooks } from './object-hooks.js';
import { ModuleInits } from './module-inits.js';
import { SYSTEM_HEADERS } from './prelude/index.js';
import { preludeFor } from './prelude/standard.js';
import { QapiGenerator } from './qapi/index.js';
import { Reader } from './visitor.js';
import { Threads } from './threads.js';
import { TypeRegistry } from './type-registry.js';
import { SourceIndex } from './source-index.js';
import { TraceHeaders } from './trace-headers.js';
import { definePassive } from './passive.js';

/** QEMU as a program: its tree, its build, and the intrinsics in place. */
export interface QemuProgram {
  readonly program: Program;
  readonly build: Build;
  readonly qapi: QapiGenerator;
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
}

// Directories that QEMU's build files pass to the compiler with -I or -iquote, in any era.
const INCLUDE_PATH = ['include', 'linux-headers', 'target/i386', 'target-i386', 'tcg', 'tcg/i386', 'accel/tcg', 'host/include/x86_64', 'host/include/generic', ''];

/** linux-headers/asm is a link that configure makes. */
const ASM = /^linux-headers\/asm\//;

const LIKELY = /^(?:qom|util|qobject|qapi|hw\/core|hw\/i386|target\/i386|target-i386|accel|softmmu|system|monitor)\/|^[^/]*$/;

class Host implements ProgramHost {
  readonly includePath: readonly string[];
  readonly prelude: { path: string; text: string };
  private readonly index: SourceIndex;

  constructor(private readonly tree: SourceTree, private readonly build: Build, private readonly qapi: QapiGenerator, private readonly trace: TraceHeaders) {
    this.includePath = INCLUDE_PATH.filter((d) => d === '' || tree.list(d).length > 0);
    this.prelude = preludeFor(tree);
    this.index = new SourceIndex(tree, build.files, (f) => LIKELY.test(f));
  }

  read(path: string): string | undefined {
    return this.tree.read(path.replace(ASM, 'linux-headers/asm-x86/'));
  }

  has(path: string): boolean {
    return this.tree.has(path.replace(ASM, 'linux-headers/asm-x86/'));
  }

  commandLine(path: string): string {
    let text = '';
    for (const [name, value] of this.build.macrosFor(path)) text += `#define ${name} ${value}\n`;
    return text;
  }

  generated(name: string): string | undefined {
    return SYSTEM_HEADERS.get(name) ?? this.build.headers.get(name) ?? this.qapi.header(name) ?? this.trace.header(name);
  }

  generatedSource(path: string): string | undefined {
    return this.tree.has(path) ? undefined : this.qapi.source(path);
  }

  definedIn(name: string): string | undefined {
    return this.qapi.definedIn(name) ?? this.index.definedIn(name);
  }
}

/** Prepare a tree for execution, on a host of which the facts are known. Nothing has run yet. */
export function createQemuProgram(tree: SourceTree, build: Build, facts?: HostFacts): QemuProgram {
  const isDefined = (name: string): boolean => build.switches.get(name)?.value !== undefined;
  const qapi = new QapiGenerator(tree, isDefined);
  const backends = [...build.switches.values()].filter(({ name, value }) => name.startsWith('CONFIG_TRACE_') && value === 'y');
  const trace = new TraceHeaders(tree, backends.map(({ name }) => name.slice('CONFIG_TRACE_'.length).toLowerCase()));
  const program = new Program(new Host(tree, build, qapi, trace));
  const messages: string[] = [];
  defineLibc(program, { messages });
  defineGlib(program, { messages });
  const host = defineHostEdge(program, facts);
  definePassive(program);
  program.define('trace_get_vcpu_event_count', () => trace.perCpuEvents);
  const threads = new Threads(program);
  const failures = new Failures(program);
  const classProperties = new ClassProperties(program);
  const hooks = objectHooks(program);
  const reader = new Reader(program);
  const modules = new ModuleInits(program);
  const types = new TypeRegistry(program);
  return { program, build, qapi, reader, modules, types, classProperties, hooks, threads, failures, host, messages };
}
