import type { Checkpoint } from '../c/memory.js';
import type { Diagnostic } from '../c/runtime.js';
import { GuestAbort } from '../qom/abort.js';
import { readQapi, type QapiValue } from '../qom/qapi/index.js';
import { Front } from '../qom/front.js';
import type { Visited } from '../qom/visitor.js';
import type { GivenHeader } from '../source/build/given-headers.js';
import { evaluateBuild, type Build } from '../source/build/build.js';
import { identify, type Identity } from '../source/identify.js';
import { SourceError, type SourceTree } from '../source/tree.js';
import { CannotResolveError, UnknownNameError, type Analysis, type Assignment, type CompatProperty, type CpuidLeaf, type CpuModel, type FeatureLists, type MachineOptions, type MachineType, type PropertyInfo, type PropertyPlace, type QmpValue, type ResolvedCpu, type Runnable, type Stage } from './api.js';
import { Board } from './board.js';
import { Boot } from './boot.js';
import { compatProperties } from './compat-properties.js';
import { hasFeatures, modelOf } from './cpu-option.js';
import { CpuPool } from './cpu-pool.js';
import { Expansion } from './expand.js';
import type { Notes } from './questions.js';
import { explainProperties, watchedBits, watchedElement, watchedProperty } from './explain.js';
import { asRealized, expressible, realizeOf, refused, type Expressible, type NotSet, type Setting } from './expressible.js';
import { bitsNamed, elementNamed, featureLists } from './feature-lists.js';
import { featureRegisters, featureWords, type FeatureRegister, type FeatureWord } from './feature-words.js';
import { registerGlobals } from './globals.js';
import type { HostDescription } from './host/description.js';
import { OfferedFeatures } from './host/offered.js';
import { RunnableCheck } from './host/runnable.js';
import { machineParents } from './lineage.js';
import { machineText } from './machine-class.js';
import { startMachine } from './machine-session.js';
import { classByModelName, classOfModel, unlistedModels } from './model-class.js';
import { ParserWarnings } from './parser-warnings.js';
import { objectProperties } from './properties.js';
import { MachineReads, type Reads } from './machine-reads.js';
import { propertyPlaces } from './property-places.js';
import { Realized } from './realized.js';
import { Sharing } from './sharing.js';
import { Templates } from './templates.js';
import { closest } from './suggest.js';

export interface AnalysisOptions {
  readonly accel: string;
  readonly target?: 'x86_64' | 'i386';
  readonly define?: ReadonlyMap<string, string>;
  readonly without?: readonly string[];
  /** Options for the tree's configure. */
  readonly configure?: readonly string[];
  /** What a real build wrote down. */
  readonly headers?: readonly GivenHeader[];
  /** The host that runs the accelerator; without it, what the host decides stays open. */
  readonly host?: HostDescription;
  /** What machines are started with; without it, their defaults. */
  readonly machine?: MachineOptions;
}

/**
 * Read a tree and answer questions about the CPUs of its QEMU.
 * @param notes takes what the analysis asks of the tree @throws SourceError, UnknownNameError (accelerator)
 */
export function analyse(tree: SourceTree, options: AnalysisOptions, notes?: Notes): TreeAnalysis {
  const identity = identify(notes?.identity ?? tree);
  const build = buildOf(tree, options);
  // there are commits at which configure does not work; what follows from that need not be told
  if (build.files.length === 0) throw new SourceError(`${tree.origin}: its build files compile nothing${build.notes.length === 0 ? '' : ` (${build.notes[0]!})`}`);
  return new TreeAnalysis(tree, identity, new Front(tree, build, notes !== undefined), options, notes);
}

/** The build of a tree, as an analysis has it. @throws SourceError */
export function buildOf(tree: SourceTree, { target, define, without, configure, headers, accel }: AnalysisOptions): Build {
  return evaluateBuild(tree, { target: target ?? 'x86_64', define: define ?? new Map<string, string>(), without: without ?? [], configure: configure ?? [], headers: headers ?? [], accel });
}

/** Room for what a machine's start allocates. */
const MACHINE_HEAP = 32 << 20;

/** Fields of query-cpu-definitions that the host decides. */
const HOST_FIELDS = new Set(['unavailable-features']);

/** What reads variables when a CPU is realized is much; what may be different from board to board, these read. */
const OWN_CODE = /^(?:hw\/i386|target\/i386|target-i386)\//;

/** Every public method is a question with arguments and answers that can be kept: CachedAnalysis (analyzer/cache) has one for each. */
export class TreeAnalysis implements Analysis {
  readonly qemu: Identity;
  readonly origin: string;
  readonly host?: NonNullable<Analysis['host']>;
  private readonly boot: Boot;
  private readonly expansion: Expansion;
  private readonly runnable: RunnableCheck;
  private readonly warnings: ParserWarnings;
  private readonly runnableByCpu = new Map<string, Runnable>();
  private machineList: MachineType[] | undefined;
  private readonly machineClasses = new Map<string, number>();
  private knownModels: { readonly list: CpuModel[]; readonly reads: Reads; readonly met: ReadonlySet<Diagnostic> }[] = [];
  private readonly modelLists = new Map<string, CpuModel[]>();
  private session: { machine: string; stage: Stage | 'several'; cpu: string; checkpoint: Checkpoint } | undefined;
  private readonly machineReads: MachineReads;
  private readonly templates: Templates;
  private boards: { readonly board: Board; readonly realized: Realized } | undefined;
  private sharing: Sharing;
  /** Where CPUs are made: on each machine type at the same address, behind what its start has allocated. */
  private readonly cpuHeap: number;
  private readonly expressed = new Map<string, Expressible>();
  private readonly refusedBefore = new Set<string>();
  private readonly observed = new Set<string>();
  private readonly cpus = new CpuPool();
  private readonly resolved = new Map<string, ResolvedCpu>();

  readonly accel: string;

  constructor(tree: SourceTree, identity: Identity, front: Front, { accel, host, machine }: AnalysisOptions, notes: Notes | undefined) {
    this.qemu = identity;
    this.origin = tree.origin;
    if (host !== undefined) this.host = host;
    const offered = host && new OfferedFeatures(host);
    this.accel = accel;
    this.boot = new Boot(tree, front, accel, offered);
    if (notes !== undefined) notes.boot = this.boot;
    this.expansion = new Expansion(this.boot);
    this.runnable = new RunnableCheck(this.boot);
    this.warnings = new ParserWarnings(this.boot);
    this.learn(offered);
    this.boot.machineOptions = machine ?? {};
    this.machineReads = new MachineReads(this.boot, Sharing.compatVariable(this.boot));
    this.templates = new Templates(this.boot, this.machineReads);
    this.sharing = new Sharing(this.boot, this.machineReads, Sharing.compatVariable(this.boot));
    this.cpuHeap = this.boot.program.memory.top + MACHINE_HEAP;
  }

  get diagnostics(): readonly Diagnostic[] {
    const { diagnostics } = this.boot.program;
    return this.gaps.size === 0 ? diagnostics : [...diagnostics, ...[...this.gaps.values()].flat()];
  }

  /** Of {@link diagnostics}, those that may affect this CPU, or what is no single CPU's: what is wrong with other models alone is not among them. */
  diagnosticsFor(machine?: string, cpu?: string): readonly Diagnostic[] {
    const { diagnostics, common } = this.boot.program;
    if (common.size === diagnostics.length && this.gaps.size === 0) return diagnostics;
    const ids = ['expanded', 'realized'].map((stage) => this.resolved.get(`${stage}/${machine ?? ''}/${cpu ?? ''}`)?.id ?? '');
    const met = [`machine ${machine ?? ''}`, ...ids.map((id) => `${modelOf(cpu ?? '')} ${id}`)].map((whom) => this.met.get(whom));
    const own = ids.flatMap((id) => this.gaps.get(id) ?? []);
    return [...diagnostics.filter((diagnostic) => common.has(diagnostic) || met.some((set) => set?.has(diagnostic))), ...own];
  }

  /** What is missing in CPUs because something was not understood, by their ids. */
  private readonly gaps = new Map<string, Diagnostic[]>();
  /** What was met while a machine type started and told its models, and while CPUs of a model were made that came out with the same id. */
  private readonly met = new Map<string, Set<Diagnostic>>();

  private metOf(whom: string): Set<Diagnostic> {
    let met = this.met.get(whom);
    if (met === undefined) this.met.set(whom, (met = new Set()));
    return met;
  }

  /** Make one CPU of each kind, to see which variables CPU code reads. */
  private learn(offered: OfferedFeatures | undefined): void {
    const { boot } = this;
    const { program, qom } = boot;
    const checkpoint = program.memory.checkpoint();
    startMachine(boot, this.classOfMachine('none'));
    // which needs an accelerator that is on
    if (offered !== undefined) offered.learn(boot, this.temporarily(() => this.aliases()));
    program.memory.watch(checkpoint.brk, Math.max(1, program.memory.top - checkpoint.brk));
    boot.skim.observe(() => {
      const seen = new Set<string>();
      for (const model of this.readModels()) {
        const klass = classOfModel(boot, model);
        // the model's row of the table
        const table = ['model', 'cpu_def'].find((member) => program.hasMember('X86CPUClass', member));
        const kind = `${String(program.call('object_class_get_parent', klass))}/${qom.stringMember(klass, 'X86CPUClass', 'model_description') ?? ''}/${table === undefined ? model.name : String(program.readMember(klass, 'X86CPUClass', table) !== 0)}`;
        if (seen.has(kind)) continue;
        seen.add(kind);
        try {
          this.expand(model.name);
        } catch (error) {
          // what QEMU refuses, or cannot do, on this machine type need not be asked for on another
          if (!(error instanceof CannotResolveError || error instanceof GuestAbort)) throw error;
          program.unwind();
        }
      }
    });
    program.memory.rollback(checkpoint);
  }

  private classesOfMachines(): ReadonlyMap<string, number> {
    if (this.machineClasses.size === 0) {
      const { qom } = this.boot;
      for (const klass of qom.classes('machine', false)) {
        const name = machineText(this.boot, klass, 'name');
        if (name !== undefined) this.machineClasses.set(name, klass);
      }
    }
    return this.machineClasses;
  }

  /** Other names for features, on any CPU. */
  private aliases(): ReadonlyMap<string, readonly string[]> {
    const { boot, expansion } = this;
    const object = this.anyCpu();
    return expansion.aliases(object, objectProperties(boot, object).filter(({ type }) => type === 'bool').map(({ name }) => name));
  }

  private anyCpu(): number {
    const { qom } = this.boot;
    return qom.create(qom.className(classOfModel(this.boot, this.readModels()[0]!)));
  }

  featureLists(): FeatureLists {
    if (this.knownLists === undefined) {
      this.start('none');
      this.knownLists = this.temporarily(() => featureLists(this.boot, this.expansion, this.anyCpu()));
    }
    return this.knownLists;
  }

  private knownLists: FeatureLists | undefined;

  featureAliases(): ReadonlyMap<string, readonly string[]> {
    if (this.knownAliases === undefined) {
      this.start('none');
      this.knownAliases = this.temporarily(() => this.aliases());
    }
    return this.knownAliases;
  }

  private knownAliases: ReadonlyMap<string, readonly string[]> | undefined;

  private classOfMachine(machine: string): number {
    this.classesOfMachines();
    const found = this.machineClasses.get(machine);
    if (found !== undefined) return found;
    for (const [name, klass] of this.machineClasses) {
      void name;
      if (machineText(this.boot, klass, 'alias') === machine) return klass;
    }
    throw new UnknownNameError('machine type', machine, closest(machine, [...this.machineClasses.keys()]));
  }

  machines(): readonly MachineType[] {
    if (this.machineList === undefined) {
      const { program, qom } = this.boot;
      let list = 0;
      const parameters = program.symbol('qmp_query_machines')!.type.parameters.length;
      qom.attempt((errp) => { list = program.call('qmp_query_machines', ...new Array<number>(parameters - 1).fill(0), errp) as number; });
      const json = this.readList('MachineInfo', list) as Record<string, QapiValue>[];
      this.machineList = json.map((fields) => ({ name: String(fields['name']), fields: fields as Record<string, QmpValue> }));
    }
    return this.machineList;
  }

  private readList(type: string, list: number): QapiValue | undefined {
    const { program, qemu: { front } } = this.boot;
    front.noteSchemaType(type);
    return readQapi(program, front.qapi.schema, [type], list);
  }

  /** Start a machine type, unless it is the one that runs: to where it answers queries, to where its board makes its first CPU, or before that, to where it begins to make several. */
  private start(machine: string, stage: Stage | 'several' = 'expanded', cpu = ''): void {
    const klass = this.classOfMachine(machine);
    // a board that takes features for all its CPUs takes them when it starts; another does something there that depends on the model
    const own = (): string => (stage !== 'expanded' && (hasFeatures(cpu) || this.boards?.board.dependsOnCpu === true) ? cpu : '');
    if (this.session?.machine === machine && this.session.stage === stage && this.session.cpu === own()) return;
    const { program } = this.boot;
    if (this.session !== undefined) program.memory.rollback(this.session.checkpoint);
    this.session = undefined;
    if (stage !== 'expanded' && this.boards === undefined) {
      const board = new Board(this.boot);
      this.boards = { board, realized: new Realized(this.boot, this.expansion, board) };
    }
    const checkpoint = program.memory.checkpoint();
    try {
      program.meeting(this.metOf(`machine ${machine}`), () => {
        if (stage === 'expanded') startMachine(this.boot, klass);
        else this.boards!.board.start(klass, cpu, stage === 'several');
      });
    } catch (error) {
      // QEMU itself would not get this far: the next machine type must find everything as it was
      program.unwind();
      program.memory.rollback(checkpoint);
      if (error instanceof GuestAbort) throw new CannotResolveError(`${machine} does not start: ${error.message}`);
      throw error;
    }
    this.machineReads.started(checkpoint.brk);
    this.sharing.started();
    this.session = { machine, stage, cpu: own(), checkpoint };
  }

  /** Run something on a CPU that is thrown away afterwards. */
  private temporarily<T>(run: (checkpoint: Checkpoint) => T, heap?: number): T {
    const { program } = this.boot;
    const checkpoint = program.memory.checkpoint(heap);
    try {
      return run(checkpoint);
    } finally {
      program.memory.rollback(checkpoint);
    }
  }

  models(machine: string): readonly CpuModel[] {
    let list = this.modelLists.get(machine);
    if (list === undefined) {
      this.start(machine);
      let known = this.knownModels.find(({ reads }) => this.machineReads.hold(reads));
      if (known === undefined) {
        const met = new Set<Diagnostic>();
        const read = this.boot.program.meeting(met, () => this.machineReads.observe(() => this.temporarily(() => this.readModels())));
        this.knownModels.push(known = { list: read, reads: this.machineReads.soFar()(), met });
      }
      for (const diagnostic of known.met) this.metOf(`machine ${machine}`).add(diagnostic);
      this.modelLists.set(machine, list = known.list);
    }
    return list;
  }

  unlistedModels(machine: string): readonly string[] {
    // which types there are is the same for all machine types
    return (this.unlisted ??= unlistedModels(this.boot, this.models(machine)));
  }

  private unlisted: readonly string[] | undefined;

  private readModels(): CpuModel[] {
    const { program, qom } = this.boot;
    let list = 0;
    qom.attempt((errp) => { list = program.call('qmp_query_cpu_definitions', errp) as number; });
    const json = this.readList('CpuDefinitionInfo', list) as Record<string, QapiValue>[];
    return json.map((fields) => ({
      name: String(fields['name']),
      fields: Object.fromEntries(Object.entries(fields).filter(([k]) => !HOST_FIELDS.has(k))) as Record<string, QmpValue>,
    }));
  }

  private checkModel(machine: string, cpu: string): void {
    this.modelNamed(machine, cpu);
  }

  /** A listed model, or one that -cpu takes and no query lists (a type without a row in the table of models, where only that table is listed). */
  private modelNamed(machine: string, cpu: string): CpuModel {
    const model = modelOf(cpu);
    const models = this.models(machine);
    const listed = models.find((m) => m.name === model);
    if (listed !== undefined) return listed;
    if (!models.some((m) => typeof m.fields['typename'] === 'string') && classByModelName(this.boot, model) !== 0) return { name: model, fields: { name: model } };
    throw new UnknownNameError('CPU model', model, closest(model, models.map((m) => m.name)));
  }

  resolve(machine: string, model: string, stage: Stage): ResolvedCpu {
    const key = `${stage}/${machine}/${model}`;
    const known = this.resolved.get(key);
    if (known !== undefined) return known;
    const cpu = this.heeding(() => this.settle(machine, model, stage));
    this.resolved.set(key, cpu);
    return cpu;
  }

  /** Run something to the end of which warnings count that may be the reason of a refusal. */
  private heeding<T>(run: () => T): T {
    let refused = true;
    try {
      const result = run();
      refused = false;
      return result;
    } finally {
      this.warnings.end(refused);
    }
  }

  private settle(machine: string, model: string, stage: Stage): ResolvedCpu {
    this.checkModel(machine, model);
    // a QEMU that does not start cannot be asked
    if (stage === 'expanded' && hasFeatures(model)) this.tryToStart(machine, model);
    this.start(machine, stage, model);
    const klass = classOfModel(this.boot, this.modelNamed(machine, model));
    const typename = this.boot.qom.className(klass);
    const isShared = stage === 'expanded' && !hasFeatures(model);
    let cpu = isShared ? this.sharing.find(model, klass) : undefined;
    if (cpu === undefined) {
      const met = new Set<Diagnostic>();
      let properties: ReadonlyMap<string, Visited> | undefined;
      try {
        properties = this.boot.program.meeting(met, () => this.make(model, stage));
      } catch (error) {
        for (const diagnostic of met) this.metOf(`machine ${machine}`).add(diagnostic);
        throw error;
      }
      if (properties === undefined) return this.settle(machine, model, stage);
      cpu = this.share(typename, properties, `${model} on ${machine}`);
      for (const diagnostic of met) this.metOf(`${modelOf(model)} ${cpu.id}`).add(diagnostic);
      if (isShared) this.sharing.keep(model, klass, cpu, this.machineReads.soFar()());
    }
    return cpu;
  }

  /** Have the board make the CPU. @throws CannotResolveError where QEMU would say something and exit */
  private tryToStart(machine: string, cpu: string): void {
    this.start(machine, 'realized', cpu);
    this.temporarily(() => this.boards!.realized.make(cpu));
  }

  /** Make a CPU and read it. undefined: it turned out to depend on more than was known, and everything must be started anew. */
  private make(model: string, stage: Stage): ReadonlyMap<string, Visited> | undefined {
    const { skim, program: { memory } } = this.boot;
    const run = (): ReadonlyMap<string, Visited> => {
      if (stage === 'realized') return this.boards!.realized.read(model);
      if (hasFeatures(model)) return this.temporarily(() => this.expand(model).properties);
      try {
        return this.sharing.observe(() => this.temporarily((checkpoint) => {
          this.templates.begin(model, checkpoint);
          return this.expand(model).properties;
        }, memory.top <= this.cpuHeap ? this.cpuHeap : undefined));
      } finally {
        this.templates.end();
      }
    };
    const kind = `${stage}/${modelOf(model)}`;
    if (this.observed.has(kind)) return run();
    this.observed.add(kind);
    const before = skim.extent;
    const properties = skim.observe(run, stage === 'realized' ? OWN_CODE : undefined);
    if (skim.extent === before) return properties;
    if (this.session !== undefined) this.boot.program.memory.rollback(this.session.checkpoint);
    this.session = undefined;
    this.resolved.clear();
    this.modelLists.clear();
    this.knownModels = [];
    this.templates.forget();
    this.sharing = new Sharing(this.boot, this.machineReads, Sharing.compatVariable(this.boot));
    return undefined;
  }

  /** @throws CannotResolveError also where QEMU would say something and exit. (Where it would abort, the fault is more likely ours.) */
  private expand(model: string): ReturnType<Expansion['expand']> {
    const { messages } = this.boot.qemu;
    const before = messages.length;
    try {
      return this.expansion.expand(model);
    } catch (error) {
      if (!(error instanceof GuestAbort) || error.kind !== 'exit') throw error;
      this.boot.program.unwind();
      throw new CannotResolveError(messages.slice(before).join('').trim().split('\n').at(-1) || error.message);
    }
  }

  private share(typename: string, properties: ReadonlyMap<string, Visited>, who: string): ResolvedCpu {
    const gaps: Diagnostic[] = [];
    const cpu = this.cpus.share(typename, properties, (property, { origin: { at, what } }) => {
      // the first property stands for all that lack the same
      if (gaps.some((gap) => gap.what === what && gap.at?.file === at?.file && gap.at?.line === at?.line)) return;
      gaps.push({ severity: 'error', at, what, affects: `property '${property}' of ${who}, and maybe others` });
    });
    if (gaps.length > 0) this.gaps.set(cpu.id, gaps);
    return cpu;
  }

  cpuid(machine: string, cpu: string, vcpu = 0): readonly CpuidLeaf[] {
    this.checkModel(machine, cpu);
    this.start(machine, vcpu > 0 ? 'several' : 'realized', cpu);
    return this.heeding(() => this.boards!.realized.cpuid(cpu, undefined, vcpu));
  }

  /** The tree's own names of CPUID's bits. */
  cpuidFeatures(): readonly FeatureRegister[] {
    return featureRegisters(this.boot);
  }

  properties(machine: string, model: string): readonly PropertyInfo[] {
    this.checkModel(machine, model);
    this.start(machine);
    return this.temporarily(() => objectProperties(this.boot, this.expand(model).object));
  }

  compatProperties(machine: string): readonly CompatProperty[] {
    return compatProperties(this.boot, this.classOfMachine(machine));
  }

  propertyPlaces(machine: string, model: string, properties: readonly string[]): ReadonlyMap<string, PropertyPlace> {
    this.checkModel(machine, model);
    const lists = this.featureLists();
    this.start(machine);
    return this.temporarily(() => propertyPlaces(this.boot, this.expansion, this.expand(model).object, properties, lists));
  }

  machineParents(): ReadonlyMap<string, string | undefined> {
    return (this.parents ??= machineParents(this.boot, this.classesOfMachines(), (klass) => compatProperties(this.boot, klass)));
  }

  private parents: ReadonlyMap<string, string | undefined> | undefined;

  explain(machine: string, model: string, property: string, stage: Stage): readonly Assignment[] {
    return this.explainAll(machine, model, [property], stage).get(property)!;
  }

  explainAll(machine: string, model: string, properties: readonly string[], stage: Stage): ReadonlyMap<string, readonly Assignment[]> {
    const cpu = this.resolve(machine, model, stage);
    const { boot, expansion } = this;
    const isProperty = (name: string): boolean => cpu.properties.has(name) || cpu.hostDependent.includes(name);
    const watched = properties.map((property) => {
      if (isProperty(property)) return (object: number) => watchedProperty(expansion, object, property);
      const bits = bitsNamed(property, this.featureLists());
      const part = bits === undefined ? elementNamed(property, (name) => isProperty(name) && !this.featureLists().lists.some((list) => list.property === name)) : undefined;
      if (part !== undefined) return (object: number) => watchedElement(expansion, object, property, part);
      if (bits === undefined || !isProperty(bits.list)) throw new UnknownNameError('property', property, closest(property, [...cpu.properties.keys(), ...cpu.hostDependent]));
      return (object: number) => watchedBits(boot, expansion, object, property, bits);
    });
    this.start(machine, stage, model);
    const explained = (make: () => number): ReadonlyMap<string, Assignment[]> => explainProperties(boot, make, (object) => watched.map((watch) => watch(object)), (run) => this.temporarily(run));
    const found = stage === 'expanded' ? explained(() => this.expand(model).object) : this.boards!.realized.making(model, explained);
    // what the host decides has no value, whatever it was made with
    return new Map([...found].map(([property, list]) => [property, cpu.hostDependent.includes(property) ? list.map((a, i) => (i + 1 < list.length ? a : { ...a, value: undefined })) : list]));
  }

  unavailableFeatures(machine: string, model: string): Runnable {
    const { id } = this.resolve(machine, model, 'expanded');
    let known = this.runnableByCpu.get(id);
    if (known === undefined) {
      if (!this.runnable.exists) throw new CannotResolveError('this QEMU does not tell which features a model lacks on a host');
      this.start(machine);
      const typename = String(this.models(machine).find((m) => m.name === model)!.fields['typename']);
      known = this.temporarily(() => this.runnable.check(this.boot.qom.classByName(typename)!));
      this.runnableByCpu.set(id, known);
    }
    return known;
  }

  /** The model without model data, whose CPUs take every property as it is set. */
  private staticModel(machine: string): string | undefined {
    return this.models(machine).find((m) => m.fields['static'] === true)?.name;
  }

  /**
   * What must be set on a model's CPU (by default on the static model's) to get this CPU, and what cannot be.
   * @throws UnknownNameError, CannotResolveError
   */
  expressible(machine: string, model: string, on = this.staticModel(machine)): readonly Setting[] & { readonly not: readonly NotSet[] } {
    const wanted = this.resolve(machine, model, 'expanded');
    if (on === undefined) return Object.assign([], { not: [{ property: '*', reason: 'this QEMU has no CPU type without model data', same: false }] });
    const base = this.resolve(machine, on, 'expanded');
    const key = `${wanted.id}/${base.id}`;
    let known = this.expressed.get(key);
    if (known === undefined) {
      this.start(machine);
      const { settings, not } = this.temporarily(() => {
        const { object } = this.expand(on);
        return expressible(this.boot, this.expansion, { ...base, object, declared: objectProperties(this.boot, object) }, wanted);
      });
      const differs = (property: string): boolean => wanted.properties.get(property) !== base.properties.get(property);
      const refusals = this.temporarily(() => refused(this.boot, settings, differs, this.refusedBefore, () => this.boot.qom.create(base.typename)));
      const names = new Set(refusals.map(({ property }) => property));
      const accepted = settings.filter(({ property }) => !names.has(property));
      // what the host decides is not worked out here
      const mended = wanted.hostDependent.length > 0 ? { settings: accepted, not: [] } : this.mended(machine, model, wanted.typename, on, base.typename, accepted);
      known = { settings: mended.settings, not: [...not, ...refusals, ...mended.not] };
      this.expressed.set(key, known);
    }
    return Object.assign([...known.settings], { not: known.not });
  }

  /** What a model's own realize function works out has to be set where another type's realizes the CPU. */
  private mended(machine: string, model: string, typename: string, on: string, driver: string, settings: readonly Setting[]): Expressible {
    const { boot } = this;
    if (realizeOf(boot, typename) === realizeOf(boot, driver)) return { settings, not: [] };
    try {
      return asRealized(settings, this.resolve(machine, model, 'realized'), (some) => this.configured(machine, on, driver, some));
    } catch (error) {
      // a machine type without a CPU of its own
      if (error instanceof CannotResolveError) return { settings, not: [] };
      throw error;
    }
  }

  /**
   * A model's CPU, realized, with properties set as a configuration sets them: on all CPUs of the driver, which the model is or inherits from.
   * @throws UnknownNameError; CannotResolveError where QEMU refuses
   */
  configured(machine: string, model: string, driver: string, settings: readonly Setting[]): ResolvedCpu {
    this.checkModel(machine, model);
    this.resolve(machine, model, 'realized'); // what it depends on is known from here on
    const typename = this.boot.qom.className(classOfModel(this.boot, this.modelNamed(machine, model)));
    this.start(machine, 'realized', model);
    const properties = this.boards!.realized.read(model, () => registerGlobals(this.boot, driver, settings));
    return this.share(typename, properties, `${model} with a configuration, on ${machine}`);
  }

  /** What CPUID answers to a guest on such a CPU. @throws UnknownNameError; CannotResolveError where QEMU refuses */
  cpuidWith(machine: string, model: string, driver: string, settings: readonly Setting[]): readonly CpuidLeaf[] {
    this.checkModel(machine, model);
    this.start(machine, 'realized', model);
    return this.boards!.realized.cpuid(model, () => registerGlobals(this.boot, driver, settings));
  }

  /** The boolean properties of a CPU by feature word. */
  featureWords(machine: string, model: string): readonly FeatureWord[] {
    const { properties, hostDependent } = this.resolve(machine, model, 'expanded');
    const { lists, registers } = this.featureLists();
    this.start(machine);
    const booleans = [...properties].filter(([, value]) => typeof value === 'boolean').map(([name]) => name);
    const isListed = lists.some(({ property, isCpu }) => isCpu && (properties.has(property) || hostDependent.includes(property)));
    return this.temporarily(() => featureWords(this.boot, this.expansion, this.expansion.expand(model).object, booleans, isListed ? registers : []));
  }
}
