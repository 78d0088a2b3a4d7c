import { sizeOf } from '../c/types.js';
import { Unknown } from '../c/unknown.js';
import { GuestAbort } from '../qom/abort.js';
import type { Grants } from '../qom/host-edge.js';
import type { Visited } from '../qom/visitor.js';
import { CannotResolveError, type CpuidLeaf } from './api.js';
import type { Board } from './board.js';
import type { Boot } from './boot.js';
import { emulatedCpuid, hostedCpuid } from './cpuid.js';
import type { Expansion } from './expand.js';
import { featureQuestions } from './feature-words.js';
import { objectProperties } from './properties.js';
import { vendorsOf } from './vendors.js';

const HOST = new Unknown({ kind: 'host', what: 'what the host supports', at: undefined });

/** What is not known of a structured value. */
function unknownIn(value: Visited): Unknown | undefined {
  if (value instanceof Unknown) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const part of Object.values(value)) {
    const found = unknownIn(part as Visited);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The properties of a CPU on several hosts: those that are not the same on all are the host's. */
function inCommon(all: readonly ReadonlyMap<string, Visited>[]): Map<string, Visited> {
  const [first, ...others] = all;
  const found = new Map(first);
  for (const other of others) {
    for (const name of new Set([...found.keys(), ...other.keys()])) if (!same(found.get(name), other.get(name))) found.set(name, HOST);
  }
  return found;
}

function same(a: Visited | undefined, b: Visited | undefined): boolean {
  if (a === b || (a instanceof Unknown && b instanceof Unknown)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || a instanceof Unknown || b instanceof Unknown) return false;
  const [x, y] = [Object.entries(a), Object.entries(b)];
  return x.length === y.length && x.every(([key, value]) => same(value as Visited, (b as unknown as Record<string, Visited>)[key]));
}

/** Properties that a QMP client finds on a CPU object and that are not data but other objects. */
const OBJECTS = /^(?:child|link)</;

/**
 * The first CPU of a machine that was started with -S, as qom-list and qom-get show it: made and realized by the board.
 *
 * Under TCG, filtering is the tree's own. Under an accelerator that asks the host what it supports, the CPU is that of a
 * host which supports every feature that was asked for, and nothing else is known of. What the host filtered is unknown. A
 * model that takes its features from the host keeps what does not depend on it.
 */
export class Realized {
  private readonly questions: Grants;
  private vendors: readonly string[] | undefined;

  constructor(private readonly boot: Boot, private readonly expansion: Expansion, private readonly board: Board) {
    this.questions = featureQuestions(boot);
  }

  /**
   * @param prepare what is done before the CPU is made: globals, for instance
   * @throws CannotResolveError where QEMU refuses, with its words
   */
  read(cpu: string, prepare: () => void = () => undefined): Map<string, Visited> {
    const { program, qemu: { host } } = this.boot;
    const made = (hidden: 'filtered' | 'any'): Map<string, Visited> => this.temporarily(() => {
      prepare();
      return this.properties(cpu, hidden);
    });
    const before = host.questions;
    const { result, diagnostics } = program.silently(() => {
      const all: Map<string, Visited>[] = [];
      for (const grants of this.hosts()) all.push(host.granting(grants, () => made('filtered')));
      return inCommon(all);
    });
    if (host.questions !== before && this.asksHost(cpu)) return made('any');
    for (const d of diagnostics) program.diagnose(d);
    return result;
  }

  /** A host of each vendor, where nothing else is known of who made it; one if nobody asks for that on the first. */
  private *hosts(): Generator<Grants> {
    const { host } = this.boot.qemu;
    const vendors = (this.vendors ??= vendorsOf(this.boot));
    for (const grants of vendors.length === 0 ? [this.questions] : vendors.map((vendor) => ({ ...this.questions, vendor }))) {
      const before = host.suppositions;
      yield grants;
      if (host.suppositions === before) return;
    }
  }

  /** What CPUID answers on the CPU, the first or, on a board that was started for that, a later one. @throws CannotResolveError where QEMU refuses */
  cpuid(cpu: string, prepare: () => void = () => undefined, vcpu = 0): CpuidLeaf[] {
    const make = (begin: () => void): number => {
      prepare();
      return this.make(cpu, vcpu, begin);
    };
    // a table that KVM is given is KVM's to answer from; else the instruction is emulated
    return hostedCpuid(this.boot, this.hosts(), !this.asksHost(cpu), (begin) => { this.temporarily(() => make(begin)); })
      ?? this.temporarily(() => emulatedCpuid(this.boot, make(() => undefined)));
  }

  /** Run something that makes the CPU, any number of times, as {@link read} does. @throws CannotResolveError where QEMU refuses */
  making<T>(cpu: string, run: (make: () => number) => T): T {
    const { program, qemu: { host } } = this.boot;
    const make = (): number => this.make(cpu);
    if (!this.asksHost(cpu)) return host.granting(this.questions, () => run(make));
    return program.silently(() => run(make)).result;
  }

  /** Does the host decide features of this model before it filters them? */
  private asksHost(cpu: string): boolean {
    const { program } = this.boot;
    const range = this.member('env.features');
    if (range === undefined) return false;
    return this.temporarily(() => {
      let object: number;
      try {
        ({ object } = this.expansion.expand(cpu));
      } catch (error) {
        if (error instanceof CannotResolveError) return false;
        throw error;
      }
      for (let at = object + range.offset; at < object + range.offset + range.size; at++) if (program.memory.peek(at) instanceof Unknown) return true;
      return false;
    });
  }

  private member(path: string): { readonly offset: number; readonly size: number } | undefined {
    const { program } = this.boot;
    const type = program.memberType('X86CPU', path);
    return type === undefined ? undefined : { offset: program.offsetOf('X86CPU', path), size: sizeOf(type) };
  }

  /** @param host which properties the host decides whatever their value seems: those that tell what was filtered, or any that cannot be read without knowing it */
  private properties(cpu: string, host: 'filtered' | 'any'): Map<string, Visited> {
    const { program, qemu } = this.boot;
    const before = qemu.host.questions;
    // where the host decides what features there are, much of what it decides cannot be followed
    const object = host === 'any' ? program.silently(() => this.make(cpu)).result : this.make(cpu);
    // no filter but the accelerator's own: nothing has asked the host
    const asked = qemu.host.questions > before;
    const found = new Map<string, Visited>();
    const filtered = this.member('filtered_features') ?? this.member('env.filtered_features');
    const isFiltered = (name: string): boolean => filtered !== undefined && this.expansion.dependsOn(object, name).some(({ offset }) => offset >= filtered.offset && offset < filtered.offset + filtered.size);
    // so may be whether it has another object as a part
    const declared = host === 'any' ? program.silently(() => objectProperties(this.boot, object)).result : objectProperties(this.boot, object);
    for (const { name, type } of declared) {
      if (OBJECTS.test(type)) continue;
      try {
        const { result, diagnostics } = program.silently(() => {
          const value = this.expansion.read(object, name);
          return asked && isFiltered(name) ? HOST : value;
        });
        if (host !== 'any') for (const d of diagnostics) program.diagnose(d);
        found.set(name, host === 'any' && diagnostics.length > 0 ? HOST : unknownIn(result) ?? result);
      } catch (error) {
        // qom-get fails
        if (!(error instanceof CannotResolveError)) throw error;
      }
    }
    return found;
  }

  /** Make and realize a CPU. @throws CannotResolveError with what QEMU says before it exits */
  make(cpu: string, vcpu = 0, begin: () => void = () => undefined): number {
    const { messages } = this.boot.qemu;
    const before = messages.length;
    try {
      if (vcpu > 0) return this.board.makeLater(cpu, vcpu, begin);
      begin();
      return this.board.make(cpu);
    } catch (error) {
      if (!(error instanceof GuestAbort) || error.kind !== 'exit') throw error;
      this.boot.program.unwind();
      throw new CannotResolveError(messages.slice(before).join('').trim().split('\n').at(-1) || error.message);
    }
  }

  private temporarily<T>(run: () => T): T {
    const { memory } = this.boot.program;
    const checkpoint = memory.checkpoint();
    try {
      return run();
    } finally {
      memory.rollback(checkpoint);
    }
  }
}
