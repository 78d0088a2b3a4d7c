import { evaluateCondition, ConditionError } from './condition.js';
import { Splitter } from './declarations.js';
import { Condition, Item, ItemKind, PreprocessingFile, type Variant } from './directive.js';
import { Environment } from './environment.js';
import { Counter, Expander, type Operators } from './expansion.js';
import { type Identifier, IdentifierTable } from './identifier.js';
import { Code, lex } from './lexer.js';
import type { Location } from './location.js';
import { type Builtin, Macro } from './macro.js';
import { NameIndex } from './name-index.js';
import { SourceFile } from './source-file.js';
import { parseTime } from './stopwatch.js';
import { locationOf, PreprocessingToken, type Token } from './token.js';
import type { TranslationUnit } from './translation-unit.js';
import { Asked, Unit, UnitDeclaration } from './unit.js';
import { UnitSplitter } from './unit-splitter.js';

/** Where the preprocessor gets its files. */
export interface PreprocessorHost {
  /** The text of a tree file by its tree-relative path; undefined if there is none. */
  read(path: string): string | undefined;
  has(path: string): boolean;
  /** Tree-relative directories for #include, tried in order, after the includer's own directory for "...". */
  readonly includePath: readonly string[];
  /**
   * Headers that no tree has (system, generated): their text, or undefined. Asked with the name as the #include writes
   * it and the includer's path, only if the tree has no such file.
   */
  generated(name: string, includer: string): string | undefined;
  /** Text that is processed before every unit, and its pseudo path. */
  readonly prelude: { path: string; text: string };
  /** Names that {@link generated} must answer even if the tree has the file. */
  readonly override?: ReadonlySet<string>;
  /** What the compiler is told on its command line for this unit, as #define lines. */
  commandLine?(path: string): string;
  /** Is what is asked of the units to be noted? */
  readonly notesQuestions?: boolean;
  /** What names a file's content: for {@link Preprocessor.restart}. */
  contentId?(path: string): string | undefined;
}

/** Something in the source that preprocessing could not make sense of, or an active #error. */
export interface PreprocessorProblem {
  readonly message: string;
  readonly at: Location;
}

/** What a unit takes from its tree; if all of it is the same, so is the unit. */
class Uses {
  readonly own = new Map<string, PreprocessingFile | undefined>();
  readonly path = new Map<string, { readonly name: string; readonly first: number; readonly found: { readonly file: PreprocessingFile; readonly directory: number } | undefined }>();
  readonly generated = new Map<string, { readonly name: string; readonly includer: string; readonly found: PreprocessingFile | null }>();

  constructor(readonly main: PreprocessingFile, readonly prologue: PreprocessingFile, readonly commandLine: string) {}
}

const DEPTH_LIMIT = 200;

/** The operators of #if that look like macros (and answer #ifdef as macros do). */
const QUERIES = ['__has_include', '__has_include_next', '__has_attribute', '__has_builtin'];

/**
 * The C11 preprocessor (5.1.1.2 phases 2 to 4), which also splits a unit into external declarations. It keeps what it
 * has lexed and split, so that units share the work on their common headers and the declarations in them.
 */
export class Preprocessor {
  /** Includes that nothing answers, and where they stand. */
  readonly missingIncludes: ReadonlyMap<string, Location[]>;
  /** What else was wrong, in the order of its discovery, each once. */
  readonly problems: readonly PreprocessorProblem[];

  private readonly missing = new Map<string, Location[]>();
  private readonly reported = new Map<string, PreprocessorProblem>();
  private readonly noted: PreprocessorProblem[] = [];
  private readonly names = new IdentifierTable();
  private readonly counter = new Counter();
  /** Which declarations declare a name, over all units. */
  readonly nameIndex = new NameIndex();
  private readonly commandLines = new Map<string, PreprocessingFile>();
  private readonly files = new Map<string, PreprocessingFile | undefined>();
  private readonly generatedFiles = new Map<string, Map<string, PreprocessingFile>>();
  private readonly resolved = new Map<string, PreprocessingFile | null>();
  private readonly units = new Map<string, { unit: Unit; text: string | undefined }>();
  private readonly builtins: readonly Macro[];
  private readonly operators: ReadonlySet<Identifier>;
  private readonly defined: Identifier;
  private prelude: PreprocessingFile | undefined;
  private askedForFile = false;

  // the unit that is being processed
  private environment!: Environment;
  private expander!: Expander;
  private splitter!: UnitSplitter;
  private unit!: Unit;
  private mainFile: PreprocessingFile | undefined;
  private readonly once = new Set<PreprocessingFile>();
  private readonly includers: { file: PreprocessingFile; directory: number }[] = [];

  /** With {@link restart}: files by path and content; units of earlier versions, by path; and what the current unit takes from the tree. */
  private kept: Map<string, PreprocessingFile> | undefined;
  private readonly earlier = new Map<string, { readonly unit: Unit; readonly uses: Uses }>();
  private uses: Uses | undefined;

  constructor(private host: PreprocessorHost) {
    this.missingIncludes = this.missing;
    this.problems = this.noted;
    const builtin = (name: string, kind: Builtin): Macro => new Macro(this.names.of(name), undefined, 0, 0, kind);
    this.builtins = [
      builtin('__FILE__', 'file'), builtin('__LINE__', 'line'), builtin('__COUNTER__', 'counter'),
      ...QUERIES.map((name) => builtin(name, 'operator')),
    ];
    this.defined = this.names.of('defined');
    this.operators = new Set([this.defined, ...QUERIES.map((name) => this.names.of(name))]);
  }

  /**
   * Preprocess a file and what it includes.
   * @param text instead of the tree's file
   * @throws Error if there is no such file
   */
  translationUnit(path: string, text?: string): TranslationUnit {
    const known = this.units.get(path);
    if (known !== undefined && known.text === text) return known.unit;
    return parseTime.run(() => {
      const file = text === undefined ? this.file(path) : this.kept === undefined ? this.load(path, text) : this.keep(path, text, () => text);
      if (file === undefined) throw new Error(`no such file: ${path}`);
      const earlier = this.earlier.get(path);
      const isSame = earlier !== undefined && this.isUnchanged(earlier.uses, path, file);
      if (this.kept !== undefined && !isSame) this.uses = new Uses(file, this.prologue(), this.host.commandLine?.(path) ?? '');
      const unit = isSame ? earlier.unit : this.process(path, file);
      if (this.uses !== undefined) this.earlier.set(path, { unit, uses: this.uses });
      this.uses = undefined;
      this.units.set(path, { unit, text });
      return unit;
    });
  }

  /** Would a unit find all files as it did? */
  private isUnchanged({ main, prologue, commandLine, own, path: onPath, generated }: Uses, path: string, file: PreprocessingFile): boolean {
    if (main !== file || prologue !== this.prologue() || commandLine !== (this.host.commandLine?.(path) ?? '')) return false;
    for (const [name, found] of own) if (this.file(name) !== found) return false;
    for (const { name, first, found } of onPath.values()) {
      const now = this.onPath(name, first);
      if (now?.file !== found?.file || now?.directory !== found?.directory) return false;
    }
    for (const { name, includer, found } of generated.values()) if (this.generatedFor(name, includer) !== found) return false;
    return true;
  }

  private prologue(): PreprocessingFile {
    const { prelude } = this.host;
    return (this.prelude ??= this.kept === undefined ? this.load(prelude.path, prelude.text) : this.keep(prelude.path, prelude.text, () => prelude.text));
  }

  /** The units so far, in order. */
  get processed(): Iterable<Unit> {
    return [...this.units.values()].map(({ unit }) => unit);
  }

  /**
   * Go on with another version of the tree. What is the same in both, files and the declarations of units in which also
   * the macros around them are the same, is the same objects again.
   */
  restart(host: PreprocessorHost): void {
    this.host = host;
    this.kept ??= new Map();
    this.files.clear();
    this.resolved.clear();
    this.searched.clear();
    this.units.clear();
    this.prelude = undefined;
  }

  private process(path: string, file: PreprocessingFile): Unit {
    const { names, counter } = this;
    const environment = new Environment();
    const complain = (message: string, at: Token): void => this.note(message, at);
    this.environment = environment;
    this.expander = new Expander(names, environment, counter, complain);
    const unit = new Unit(path, environment, names, this.nameIndex, counter, complain, this.host.notesQuestions === true ? new Asked() : undefined);
    this.unit = unit;
    const splitter = new Splitter(names, environment, this.expander, counter, complain);
    this.splitter = new UnitSplitter(splitter, (shape) => new UnitDeclaration(unit, shape));
    this.once.clear();
    this.includers.length = 0;
    try {
      for (const macro of this.builtins) environment.set(macro.identifier, macro);
      this.enter(this.prologue(), -1);
      const commandLine = this.host.commandLine?.(path) ?? '';
      if (commandLine !== '') this.enter(this.commandLine(commandLine), -1);
      this.mainFile = file;
      this.enter(file, -1);
      const { declarations, open } = this.splitter.finish();
      unit.add(declarations, true);
      if (open !== undefined) this.note('the file ends inside of a declaration', open);
    } finally {
      this.mainFile = undefined;
      environment.close(names.all.length);
    }
    return unit;
  }

  // ---- files

  /** The same text is the same file: units with equal command lines share their macros, and with them their headers' declarations. */
  private commandLine(text: string): PreprocessingFile {
    let file = this.commandLines.get(text);
    if (file === undefined) this.commandLines.set(text, (file = this.load('<command line>', text)));
    return file;
  }

  private load(path: string, text: string): PreprocessingFile {
    const file = new PreprocessingFile(path, lex(new SourceFile(path, text), this.names), this.names);
    for (const [message, at] of file.faults) this.note(message, file.table.token(at));
    return file;
  }

  /** As {@link load}, or what was loaded before with the same content. */
  private keep(path: string, id: string, text: () => string): PreprocessingFile {
    const key = `${path}\0${id}`;
    let file = this.kept!.get(key);
    if (file === undefined) this.kept!.set(key, (file = this.load(path, text())));
    return file;
  }

  private file(path: string): PreprocessingFile | undefined {
    let file = this.files.get(path);
    if (file === undefined && !this.files.has(path)) {
      const id = this.kept === undefined ? undefined : this.host.contentId?.(path);
      if (id !== undefined) file = this.keep(path, id, () => this.host.read(path)!);
      else {
        const text = this.host.has(path) ? this.host.read(path) : undefined;
        file = text === undefined ? undefined : this.kept === undefined ? this.load(path, text) : this.keep(path, text, () => text);
      }
      this.files.set(path, file);
    }
    return file;
  }

  private enter(file: PreprocessingFile, directory: number): void {
    this.includers.push({ file, directory });
    this.walk(file);
    this.includers.pop();
  }

  // ---- directives

  private walk(file: PreprocessingFile): void {
    const { items } = file;
    const own = file === this.mainFile || (this.mainFile !== undefined && !file.path.endsWith('.h'));
    const environment = this.environment;
    let i = 0;
    while (i < items.length) {
      const item = items[i]!;
      switch (item.kind) {
        case ItemKind.Text: {
          const declarations = this.text(item, file);
          if (declarations.length > 0) this.unit.add(declarations, own);
          i++;
          break;
        }
        case ItemKind.Define:
          environment.set(item.identifier!, item.macro);
          i++;
          break;
        case ItemKind.Undef:
          if (item.identifier!.macro !== undefined) environment.set(item.identifier!, undefined);
          i++;
          break;
        case ItemKind.Include:
          this.include(item, file);
          i++;
          break;
        case ItemKind.If:
          i = this.branch(items, i);
          break;
        case ItemKind.Elif:
        case ItemKind.Else:
          // the branch before it was taken
          i = item.end + 1;
          break;
        case ItemKind.Error:
          this.note(`#error ${this.spelling(item)}`, item.table.token(item.from - 1));
          i++;
          break;
        case ItemKind.PragmaOnce:
          this.once.add(file);
          i++;
          break;
        default:
          i++;
      }
    }
  }

  /** The item that the taken branch of the conditional at `at` begins with. */
  private branch(items: readonly Item[], at: number): number {
    let i = at;
    for (;;) {
      const item = items[i];
      if (item === undefined) return items.length;
      switch (item.kind) {
        case ItemKind.If:
        case ItemKind.Elif:
          if (this.holds(item)) return i + 1;
          i = item.next;
          break;
        default:
          return i + 1;
      }
    }
  }

  private holds(item: Item): boolean {
    switch (item.condition) {
      case Condition.Defined:
        return item.identifier?.macro !== undefined;
      case Condition.NotDefined:
        return item.identifier?.macro === undefined;
      default: {
        const known = item.variants.length;
        const variant = item.variant(this.names);
        if (item.variants.length > known) variant.holds = this.evaluate(item, variant);
        return variant.holds;
      }
    }
  }

  private evaluate(item: Item, variant: Variant): boolean {
    const { table, from, to } = item;
    const expander = new Expander(this.names, this.environment, this.counter, (message, at) => this.note(message, at));
    expander.operators = this.conditionOperators();
    const pasted = new Set<Identifier>();
    expander.pasted = pasted;
    try {
      this.askedForFile = false;
      const tokens = expander.expandAll([{ table, from, to, sequence: this.environment.sequence }]);
      const holds = evaluateCondition(tokens);
      // the macros do not decide it
      if (this.askedForFile) item.forget(variant);
      else if (pasted.size > 0) item.extend(variant, pasted, this.names).holds = holds;
      return holds;
    } catch (error) {
      if (!(error instanceof ConditionError)) throw error;
      this.note(error.message, table.token(from - 1));
      return false;
    }
  }

  private conditionOperators(): Operators {
    return {
      isOperator: (identifier) =>
        identifier === this.defined || (this.operators.has(identifier) && identifier.macro?.builtin === 'operator'),
      answer: (operator, next) => {
        const value = operator.identifier === this.defined
          ? this.isDefined(operator, next)
          : this.query(operator, next);
        return [
          new PreprocessingToken(
            'number', value ? '1' : '0', operator.file, operator.offset, operator.space, operator.expansion,
            Code.Number, undefined, false,
          ),
        ];
      },
    };
  }

  /** defined NAME, defined(NAME) */
  private isDefined(operator: Token, next: () => PreprocessingToken | undefined): boolean {
    let token = next();
    const parenthesis = token?.code === Code.LeftParen;
    if (parenthesis) token = next();
    const identifier = token?.identifier;
    if (identifier === undefined) throw new ConditionError('"defined" without a macro name', operator);
    if (parenthesis && next()?.code !== Code.RightParen) throw new ConditionError('missing ")" after "defined"', operator);
    return identifier.macro !== undefined;
  }

  /** __has_include(<...>), __has_attribute(...) */
  private query(operator: PreprocessingToken, next: () => PreprocessingToken | undefined): boolean {
    const operand: PreprocessingToken[] = [];
    let depth = 0;
    for (;;) {
      const token = next();
      if (token === undefined) throw new ConditionError(`missing ")" after "${operator.text}"`, operator);
      if (token.code === Code.LeftParen && depth++ === 0) continue;
      if (token.code === Code.RightParen && --depth === 0) break;
      operand.push(token);
    }
    if (!operator.text.startsWith('__has_include')) return false;
    this.askedForFile = true;
    const includer = this.includers.at(-1)!.file;
    const name = headerName(operand);
    if (name === undefined) throw new ConditionError(`"${operator.text}" without a header name`, operator);
    return this.resolve(name.text, name.quoted, includer, operator.text.endsWith('_next')) !== undefined;
  }

  // ---- #include

  private include(item: Item, includer: PreprocessingFile): void {
    const { table, from, to } = item;
    let name: { text: string; quoted: boolean } | undefined;
    const code = from < to ? table.codes[from]! : 0;
    if (code === Code.HeaderName || code === Code.String) {
      name = { text: table.text(from).slice(1, -1), quoted: code === Code.String };
    } else {
      name = headerName(this.expander.expandAll([{ table, from, to, sequence: this.environment.sequence }]));
    }
    if (name === undefined) {
      this.note(`#${item.directive} without a header name`, table.token(from - 1));
      return;
    }
    const found = this.resolve(name.text, name.quoted, includer, item.directive === 'include_next');
    if (found === undefined) {
      const places = this.missing.get(name.text);
      const at = locationOf(table.token(from - 1));
      if (places === undefined) this.missing.set(name.text, [at]);
      else if (!places.some((place) => place.file === at.file && place.line === at.line)) places.push(at);
      return;
    }
    const { file, directory } = found;
    if (file.guard?.macro !== undefined || this.once.has(file)) return;
    if (item.directive === 'import') this.once.add(file);
    if (this.includers.length >= DEPTH_LIMIT) {
      this.note('#include nested too deeply', table.token(from - 1));
      return;
    }
    this.enter(file, directory);
  }

  /** The file that a header name means, and the index in the include path of the directory that it was found in. */
  private resolve(
    name: string,
    quoted: boolean,
    includer: PreprocessingFile,
    next: boolean,
  ): { file: PreprocessingFile; directory: number } | undefined {
    const first = next ? this.includers.at(-1)!.directory + 1 : 0;
    const own = quoted && !next ? directoryOf(includer.path) : undefined;
    if (!this.host.override?.has(name)) {
      if (own !== undefined) {
        const file = this.file(join(own, name));
        this.uses?.own.set(join(own, name), file);
        if (file !== undefined) return { file, directory: -1 };
      }
      const found = this.onPath(name, first);
      this.uses?.path.set(`${first} ${name}`, { name, first, found });
      if (found !== undefined) return found;
    }
    const file = this.generatedFor(name, includer.path);
    this.uses?.generated.set(`${name}\0${includer.path}`, { name, includer: includer.path, found: file });
    return file === null ? undefined : { file, directory: this.host.includePath.length };
  }

  private generatedFor(name: string, includer: string): PreprocessingFile | null {
    const key = `${name}\0${includer}`;
    let file = this.resolved.get(key);
    if (file === undefined) {
      const text = this.host.generated(name, includer);
      file = text === undefined ? null : this.generated(name, text);
      this.resolved.set(key, file);
    }
    return file;
  }

  private readonly searched = new Map<string, { file: PreprocessingFile; directory: number } | undefined>();

  private onPath(name: string, first: number): { file: PreprocessingFile; directory: number } | undefined {
    const key = first === 0 ? name : `${first} ${name}`;
    if (this.searched.has(key)) return this.searched.get(key);
    let found: { file: PreprocessingFile; directory: number } | undefined;
    const { includePath } = this.host;
    for (let i = first; i < includePath.length && found === undefined; i++) {
      const file = this.file(join(includePath[i]!, name));
      if (file !== undefined) found = { file, directory: i };
    }
    this.searched.set(key, found);
    return found;
  }

  /** Answers that are equal are the same file. */
  private generated(name: string, text: string): PreprocessingFile {
    let texts = this.generatedFiles.get(name);
    if (texts === undefined) this.generatedFiles.set(name, (texts = new Map()));
    let file = texts.get(text);
    if (file === undefined) texts.set(text, (file = this.load(name, text)));
    return file;
  }

  // ---- text

  private text(item: Item, file: PreprocessingFile): readonly UnitDeclaration[] {
    const { table, from, to } = item;
    const sequence = this.environment.sequence;
    const known = item.variants.length;
    let variant = item.variant(this.names);
    if (variant.pastes && item.variants.length > known && (file !== this.mainFile || this.kept !== undefined)) {
      // what ## makes may be a macro too, and the text means something else where that one differs
      const pasted = new Set<Identifier>();
      const expander = new Expander(this.names, this.environment, new Counter(), () => undefined);
      expander.pasted = pasted;
      expander.expandAll([{ table, from, to, sequence }]);
      if (pasted.size > 0) variant = item.extend(variant, pasted, this.names);
    }
    return this.splitter.feed(variant, { table, from, to, sequence, unbalanced: variant.unbalanced });
  }

  private spelling(item: Item): string {
    const { source, starts, ends } = item.table;
    return item.from < item.to ? source.text.slice(starts[item.from]!, ends[item.to - 1]!) : '';
  }

  private note(message: string, at: Token): void {
    const place = locationOf(at.expansion ?? at);
    const key = `${message}\0${place.file}\0${place.line}`;
    if (this.reported.has(key)) return;
    const problem = { message, at: place };
    this.reported.set(key, problem);
    this.noted.push(problem);
  }
}

/** The header that a replaced #include line names. */
function headerName(tokens: readonly PreprocessingToken[]): { text: string; quoted: boolean } | undefined {
  const first = tokens[0];
  if (first?.kind === 'string') return { text: first.text.slice(1, -1), quoted: true };
  if (first?.code === Code.HeaderName) return { text: first.text.slice(1, -1), quoted: false };
  if (first?.code !== Code.Less) return undefined;
  let text = '';
  for (const token of tokens.slice(1)) {
    if (token.code === Code.Greater) return { text, quoted: false };
    if (token.space && text !== '') text += ' ';
    text += token.text;
  }
  return undefined;
}

function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** A tree-relative path from a directory and a name that may go up. */
function join(directory: string, name: string): string {
  const path = directory === '' || directory === '.' ? name : `${directory}/${name}`;
  if (!path.includes('./')) return path;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}
