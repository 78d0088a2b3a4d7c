import type { ProgramHost } from '../c/program.js';
import type { Build } from '../source/build/build.js';
import { factOf, matches } from '../source/facts.js';
import type { SourceTree } from '../source/tree.js';
import { SYSTEM_HEADERS } from './prelude/index.js';
import { preludeFor } from './prelude/standard.js';
import { QapiGenerator } from './qapi/index.js';
import { wrapperName } from './qapi/schema.js';
import { SourceIndex } from './source-index.js';
import { TraceHeaders } from './trace-headers.js';
import { typeUnits } from './type-units.js';

/** A question with its arguments: a method of {@link Front}, all as text. */
export type FrontQuestion = readonly [kind: 'files' | 'archived' | 'types' | 'saying' | 'registering' | 'defined' | 'events' | 'schema', ...args: string[]];

// Directories that QEMU's build files pass to the compiler with -I or -iquote, in any era.
const INCLUDE_PATH = ['include', 'linux-headers', 'target/i386', 'target-i386', 'tcg', 'tcg/i386', 'accel/tcg', 'host/include/x86_64', 'host/include/generic', ''];

/** linux-headers/asm is a link that configure makes. */
const ASM = /^linux-headers\/asm\//;

const LIKELY = /^(?:qom|util|qobject|qapi|hw\/core|hw\/i386|target\/i386|target-i386|accel|softmmu|system|monitor)\/|^[^/]*$/;

/** The sources that QEMU's build makes, and what stands before them all. */
export class Generated {
  readonly prelude: { readonly path: string; readonly text: string };
  readonly qapi: QapiGenerator;
  readonly trace: TraceHeaders;

  constructor(tree: SourceTree, { switches }: Build) {
    this.prelude = preludeFor(tree);
    this.qapi = new QapiGenerator(tree, (name) => switches.get(name)?.value !== undefined);
    const backends = [...switches.values()].filter(({ name, value }) => name.startsWith('CONFIG_TRACE_') && value === 'y');
    this.trace = new TraceHeaders(tree, backends.map(({ name }) => name.slice('CONFIG_TRACE_'.length).toLowerCase()));
  }
}

/**
 * All that a program has from its tree before anything runs: the texts for the preprocessor, those included that the
 * build generates, and which file is for what. Questions other than of texts are noted, so that they can be asked of
 * another tree: where these and those of the units get the same answers, the program is the same.
 */
export class Front implements ProgramHost {
  readonly includePath: readonly string[];
  readonly prelude: Generated['prelude'];
  readonly qapi: QapiGenerator;
  private readonly index: SourceIndex;
  private readonly asked = new Map<string, FrontQuestion>();

  /** @param notesQuestions also of the units @param made what the build makes, if it is known */
  constructor(private readonly tree: SourceTree, private readonly build: Build, readonly notesQuestions = false, private readonly made = new Generated(tree, build)) {
    this.includePath = INCLUDE_PATH.filter((d) => d === '' || tree.list(d).length > 0);
    this.prelude = made.prelude;
    this.qapi = made.qapi;
    this.index = new SourceIndex(tree, build.files, (f) => LIKELY.test(f));
  }

  // ---- for the preprocessor

  read(path: string): string | undefined {
    return this.tree.read(path.replace(ASM, 'linux-headers/asm-x86/'));
  }

  has(path: string): boolean {
    return this.tree.has(path.replace(ASM, 'linux-headers/asm-x86/'));
  }

  contentId(path: string): string | undefined {
    return this.tree.contentId?.(path.replace(ASM, 'linux-headers/asm-x86/'));
  }

  commandLine(path: string): string {
    let text = '';
    for (const [name, value] of this.build.macrosFor(path)) text += `#define ${name} ${value}\n`;
    return text;
  }

  generated(name: string): string | undefined {
    return SYSTEM_HEADERS.get(name) ?? this.build.headers.get(name) ?? this.qapi.header(name) ?? this.made.trace.header(name);
  }

  generatedSource(path: string): string | undefined {
    return this.tree.has(path) ? undefined : this.qapi.source(path);
  }

  // ---- questions

  /** The files of the build whose paths match. */
  filesMatching(pattern: RegExp): readonly string[] {
    return this.ask('files', pattern.source);
  }

  /** Does this file stand in a static library? */
  isArchived(path: string): boolean {
    return this.ask('archived', path)[0] === '1';
  }

  /** The files whose types are registered: see type-units.ts. */
  typeUnits(): readonly string[] {
    return this.ask('types');
  }

  /** The files of the build whose paths match, and whose text matches all patterns. */
  filesSaying(paths: RegExp, ...patterns: readonly RegExp[]): readonly string[] {
    return this.ask('saying', paths.source, ...patterns.map(({ source }) => source));
  }

  /** The first file of the build whose text matches. */
  fileSaying(pattern: RegExp): string | undefined {
    return this.ask('registering', pattern.source)[0];
  }

  /** The file that defines a name with external linkage, generated ones included. */
  definedIn(name: string): string | undefined {
    return this.ask('defined', name)[0];
  }

  /** How many trace events each CPU has a state of its own for. */
  get perCpuEvents(): number {
    return Number(this.ask('events')[0]);
  }

  /** Who reads values of a schema's type asks for it. */
  noteSchemaType(name: string): void {
    if (this.notesQuestions) this.note(['schema', name]);
  }

  /** What has been asked. */
  get questions(): readonly FrontQuestion[] {
    return [...this.asked.values()];
  }

  private note(question: FrontQuestion): void {
    this.asked.set(question.join('\0'), question);
  }

  private ask(...question: FrontQuestion): readonly string[] {
    if (this.notesQuestions) this.note(question);
    return this.answer(question);
  }

  /** The answer to a question that some other tree was asked. */
  answer([kind, ...args]: FrontQuestion): readonly string[] {
    const { tree, build } = this;
    switch (kind) {
      case 'files': {
        const pattern = new RegExp(args[0]!);
        return build.files.filter((path) => pattern.test(path));
      }
      case 'archived': return build.archived.has(args[0]!) ? ['1'] : [];
      case 'types': return typeUnits(tree, build.files);
      case 'saying': {
        const [paths, ...patterns] = args.map((source) => new RegExp(source));
        return build.files.filter((path) => paths!.test(path) && patterns.every((pattern) => factOf(tree, path, matches(pattern)) === '1'));
      }
      case 'registering': {
        const fact = matches(new RegExp(args[0]!));
        const found = build.files.find((path) => factOf(tree, path, fact) === '1');
        return found === undefined ? [] : [found];
      }
      case 'defined': {
        const found = this.qapi.definedIn(args[0]!) ?? this.index.definedIn(args[0]!);
        return found === undefined ? [] : [found];
      }
      case 'events': return [String(this.made.trace.perCpuEvents)];
      case 'schema': return this.schemaType(args[0]!);
    }
  }

  /** A type of the schema, and all that it is made of. */
  private schemaType(name: string): string[] {
    const { types, dialect } = this.qapi.schema;
    const seen = new Set([name]);
    const texts = [JSON.stringify(dialect, (_key, value: unknown) => (value instanceof Set ? [...value as Set<unknown>] : value))];
    for (const type of seen) {
      texts.push(JSON.stringify(types.get(type), (_key, value: unknown) => {
        if (typeof value === 'string') for (const other of [value, wrapperName(value)]) if (types.has(other)) seen.add(other);
        return value;
      }) ?? '');
    }
    return texts;
  }
}
