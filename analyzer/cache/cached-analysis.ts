import type { Diagnostic } from '../c/runtime.js';
import type { TreeAnalysis } from '../x86/analyse.js';
import { CannotResolveError, UnknownNameError, type Analysis, type ResolvedCpu, type Stage } from '../x86/api.js';
import type { Answer, Answers, Failure, Question } from './answers.js';

/** What can be asked of an analysis: its public methods. */
export type Questionable = Pick<TreeAnalysis, keyof TreeAnalysis>;

/** Unsaved answers are saved after so many milliseconds, so that a long run that is interrupted was not in vain. */
const saveEvery = 30_000;

/** Where answers come from and go to. */
export interface Origin {
  /** The real analysis, made when it is first needed. */
  real(): Questionable;
  save(answers: Answers): void;
}

/**
 * An analysis that answers from what was answered before, and asks a real analysis only what never was.
 *
 * A new question of {@link TreeAnalysis} needs one line here: its name and arguments as text, and the call.
 */
export class CachedAnalysis implements Analysis, Omit<Questionable, 'diagnosticsFor'> {
  readonly qemu: Analysis['qemu'];
  readonly host?: NonNullable<Analysis['host']>;
  private origins: Origin | undefined;
  private readonly shown: Diagnostic[] = [];
  private readonly shownKeys = new Set<string>();
  private lastGroup: readonly Diagnostic[] | undefined;
  private saved: number;
  private savedAt = Date.now();

  constructor(readonly origin: string, readonly accel: string, private readonly answers: Answers, origins: Origin, host?: Analysis['host']) {
    if (host !== undefined) this.host = host;
    this.origins = origins;
    this.saved = answers.extent;
    this.qemu = this.ask(['qemu'], (real) => real.qemu);
  }

  get diagnostics(): readonly Diagnostic[] {
    return this.shown;
  }

  machines(): ReturnType<TreeAnalysis['machines']> {
    return this.ask(['machines'], (real) => real.machines());
  }

  models(machine: string): ReturnType<TreeAnalysis['models']> {
    return this.ask(['models', machine], (real) => real.models(machine));
  }

  unlistedModels(machine: string): ReturnType<TreeAnalysis['unlistedModels']> {
    return this.ask(['unlistedModels', machine], (real) => real.unlistedModels(machine));
  }

  resolve(machine: string, cpu: string, stage: Stage): ResolvedCpu {
    return this.ask(['resolve', stage, machine, cpu], (real) => real.resolve(machine, cpu, stage), true);
  }

  properties(machine: string, model: string): ReturnType<TreeAnalysis['properties']> {
    return this.ask(['properties', machine, model], (real) => real.properties(machine, model));
  }

  compatProperties(machine: string): ReturnType<TreeAnalysis['compatProperties']> {
    return this.ask(['compatProperties', machine], (real) => real.compatProperties(machine));
  }

  explain(machine: string, model: string, property: string, stage: Stage): ReturnType<TreeAnalysis['explain']> {
    return this.ask(['explain', stage, machine, model, property], (real) => real.explain(machine, model, property, stage));
  }

  /** Each property is a question of its own; those that are new are asked together. */
  explainAll(machine: string, model: string, properties: readonly string[], stage: Stage): ReturnType<TreeAnalysis['explainAll']> {
    const open = properties.filter((property) => this.answers.find(['explain', stage, machine, model, property]) === undefined);
    let known: ReadonlyMap<string, ReturnType<TreeAnalysis['explain']>> | undefined;
    const ask = (real: Questionable, property: string): ReturnType<TreeAnalysis['explain']> => (known ??= real.explainAll(machine, model, open, stage)).get(property)!;
    return new Map(properties.map((property) => [property, this.ask(['explain', stage, machine, model, property], (real) => ask(real, property))]));
  }

  cpuid(machine: string, cpu: string, vcpu = 0): ReturnType<TreeAnalysis['cpuid']> {
    return this.ask(['cpuid', machine, cpu, String(vcpu)], (real) => real.cpuid(machine, cpu, vcpu));
  }

  cpuidFeatures(): ReturnType<TreeAnalysis['cpuidFeatures']> {
    return this.ask(['cpuidFeatures'], (real) => real.cpuidFeatures());
  }

  featureLists(): ReturnType<TreeAnalysis['featureLists']> {
    return this.ask(['featureLists'], (real) => real.featureLists());
  }

  featureAliases(): ReturnType<TreeAnalysis['featureAliases']> {
    return this.ask(['featureAliases'], (real) => real.featureAliases());
  }

  machineParents(): ReturnType<TreeAnalysis['machineParents']> {
    return this.ask(['machineParents'], (real) => real.machineParents());
  }

  propertyPlaces(machine: string, model: string, properties: readonly string[]): ReturnType<TreeAnalysis['propertyPlaces']> {
    return this.ask(['propertyPlaces', machine, model, properties.join(' ')], (real) => real.propertyPlaces(machine, model, properties));
  }

  unavailableFeatures(machine: string, model: string): ReturnType<TreeAnalysis['unavailableFeatures']> {
    return this.ask(['unavailableFeatures', machine, model], (real) => real.unavailableFeatures(machine, model));
  }

  expressible(machine: string, model: string, on?: string): ReturnType<TreeAnalysis['expressible']> {
    return this.ask(['expressible', machine, model, on ?? ''], (real) => real.expressible(machine, model, on));
  }

  configured(machine: string, model: string, driver: string, settings: Parameters<TreeAnalysis['configured']>[3]): ReturnType<TreeAnalysis['configured']> {
    return this.ask(['configured', machine, model, driver, JSON.stringify(settings)], (real) => real.configured(machine, model, driver, settings), true);
  }

  cpuidWith(machine: string, model: string, driver: string, settings: Parameters<TreeAnalysis['cpuidWith']>[3]): ReturnType<TreeAnalysis['cpuidWith']> {
    return this.ask(['cpuidWith', machine, model, driver, JSON.stringify(settings)], (real) => real.cpuidWith(machine, model, driver, settings));
  }

  featureWords(machine: string, model: string): ReturnType<TreeAnalysis['featureWords']> {
    return this.ask(['featureWords', machine, model], (real) => real.featureWords(machine, model));
  }

  /** Keep what was learnt. */
  save(): void {
    this.savedAt = Date.now();
    if (this.answers.extent === this.saved) return;
    this.origins?.save(this.answers);
    this.saved = this.answers.extent;
  }

  /** Keep what was learnt, and let go of the real analysis, which takes much memory. Only questions that were asked before can be asked from now on. */
  release(): void {
    this.save();
    this.origins = undefined;
  }

  private ask<T>(question: Question, ask: (real: Questionable) => T, isCpu = false): T {
    const { value, failure, diagnostics } = this.answers.find(question) ?? this.learn(question, ask, isCpu);
    this.show(diagnostics);
    if (failure !== undefined) throw asError(failure);
    return value as T;
  }

  private learn(question: Question, ask: (real: Questionable) => unknown, isCpu: boolean): Answer {
    const of = cpuOf(question);
    if (this.origins === undefined) throw new Error(`the analysis was released before it was asked ${question.join(' ')}`);
    const real = this.origins.real();
    let answer: Answer;
    try {
      answer = { value: ask(real), diagnostics: real.diagnosticsFor(...of) };
    } catch (error) {
      const failure = asFailure(error);
      if (failure === undefined) throw error;
      answer = { failure, diagnostics: real.diagnosticsFor(...of) };
    }
    answer = this.answers.add(question, answer, isCpu);
    if (Date.now() - this.savedAt > saveEvery) this.save();
    return answer;
  }

  private show(diagnostics: readonly Diagnostic[]): void {
    if (diagnostics === this.lastGroup) return;
    this.lastGroup = diagnostics;
    for (const diagnostic of diagnostics) {
      const key = JSON.stringify(diagnostic);
      if (this.shownKeys.has(key)) continue;
      this.shownKeys.add(key);
      this.shown.push(diagnostic);
    }
  }
}

/** The machine type and the CPU that a question is about, if it is about one. */
function cpuOf([method, ...args]: Question): readonly [string?, string?] {
  if (STAGED.has(method)) return [args[1], args[2]];
  return [args[0], args[1]];
}

/** Questions whose first argument is a stage. */
const STAGED: ReadonlySet<string> = new Set(['resolve', 'explain']);

function asFailure(error: unknown): Failure | undefined {
  if (error instanceof CannotResolveError) return { name: error.name, message: error.message };
  if (error instanceof UnknownNameError) return { name: error.name, message: error.message, unknown: { kind: error.kind, wanted: error.wanted, suggestions: error.suggestions } };
  return undefined;
}

function asError({ message, unknown }: Failure): Error {
  return unknown === undefined ? new CannotResolveError(message) : new UnknownNameError(unknown.kind, unknown.wanted, unknown.suggestions);
}
