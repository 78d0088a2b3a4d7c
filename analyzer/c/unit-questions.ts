import { createHash } from 'node:crypto';
import { KINDS, UnitChunks, type Chunk, type Entry, type NameKind } from './name-index.js';
import { Preprocessor, type PreprocessorHost } from './preprocessor.js';
import type { Token } from './token.js';
import { UnitDeclaration, type Unit } from './unit.js';

/** What was asked of one unit. */
export interface AskedOfUnit {
  readonly path: string;
  /** By kind, numbers of names, doubled, and one more where the declaration's text was asked for, not only what it declares. */
  readonly names: Readonly<Record<NameKind, Uint32Array>>;
  /** Texts whose macros were replaced, and macros that were looked for. */
  readonly expanded: readonly string[];
  readonly macros: readonly string[];
}

/** What was asked of units, in the order in which they were loaded. All else that is in them has no say in anything. */
export interface UnitQuestions {
  readonly names: readonly string[];
  readonly units: readonly AskedOfUnit[];
}

/** What was asked of these units. */
export function unitQuestions(units: Iterable<Unit>): UnitQuestions {
  const names: string[] = [];
  const numbers = new Map<string, number>();
  const number = (name: string): number => {
    let known = numbers.get(name);
    if (known === undefined) numbers.set(name, known = names.push(name) - 1);
    return known;
  };
  const all = [...units].map((unit): AskedOfUnit => {
    const asked = unit.asked!;
    const kind = (kind: NameKind): Uint32Array => Uint32Array.from([...asked.names[kind]].sort().map((name) => 2 * number(name) + (isUsed(unit, kind, name) ? 1 : 0)));
    return {
      path: unit.path, expanded: [...asked.expanded].sort(), macros: [...asked.macros].sort(),
      names: { functions: kind('functions'), prototypes: kind('prototypes'), objects: kind('objects'), typedefs: kind('typedefs'), tags: kind('tags'), enumConstants: kind('enumConstants') },
    };
  });
  return { names, units: all };
}

function isUsed(unit: Unit, kind: NameKind, name: string): boolean {
  if (kind === 'objects') return unit.objects.get(name)?.some((declaration) => (declaration as UnitDeclaration).used) === true;
  return (unit[kind].get(name) as UnitDeclaration | undefined)?.used === true;
}

/** Where units are processed of which questions are asked. */
export interface UnitHost extends PreprocessorHost {
  /** Text of a generated source file. */
  generatedSource?(path: string): string | undefined;
}

interface Known {
  readonly chunks: readonly Chunk[];
  readonly owners: Int32Array;
  readonly print: string;
}

/**
 * Answers {@link UnitQuestions} for many versions of a tree; each costs little more than what is new in it.
 *
 * The print of an answer is the text of declarations, token by token with all macros replaced: neither comments nor
 * places count, but which unit it was whose scope a shared declaration is read in.
 */
export class UnitPrinter {
  private readonly preprocessor: Preprocessor;
  private host: PreprocessorHost | undefined;
  /** The last answers to these questions. */
  private readonly last = new WeakMap<UnitQuestions, { readonly processed: readonly (Unit | undefined)[]; readonly print: string }>();
  private readonly known = new WeakMap<AskedOfUnit, Known>();
  private readonly shapes = new WeakMap<UnitDeclaration, string>();
  private readonly texts = new WeakMap<UnitDeclaration, string>();

  constructor(host: PreprocessorHost) {
    this.preprocessor = new Preprocessor(host);
  }

  /** Equal for trees that give the same answers. @throws Error as the preprocessor does */
  print(host: UnitHost, questions: UnitQuestions): string {
    const { names, units } = questions;
    if (host !== this.host) this.preprocessor.restart(host);
    this.host = host;
    const processed = units.map(({ path }): Unit | undefined => {
      const text = host.generatedSource?.(path);
      return text === undefined && !host.has(path) ? undefined : this.preprocessor.translationUnit(path, text) as Unit;
    });
    const before = this.last.get(questions);
    if (before !== undefined && processed.every((unit, i) => unit === before.processed[i])) return before.print;
    // declarations that units share belong to the first of them
    const owners = new Map<Chunk, number>();
    processed.forEach((unit, i) => {
      for (const chunk of unit?.chunks ?? []) if (!owners.has(chunk)) owners.set(chunk, i);
    });
    const hash = createHash('sha256');
    processed.forEach((unit, i) => {
      const of = units[i]!;
      hash.update(`${of.path}\0${unit === undefined ? '-' : this.unitPrint(unit, of, names, owners, units)}\n`);
      if (unit === undefined) return;
      for (const text of of.expanded) hash.update(`${text}\0${unit.expand(text).map((token) => token.text).join(' ')}\n`);
      for (const name of of.macros) hash.update(`${name}\0${unit.macro(name) === undefined ? '-' : '+'}\n`);
    });
    const print = hash.digest('hex');
    this.last.set(questions, { processed, print });
    return print;
  }

  private unitPrint(unit: Unit, of: AskedOfUnit, names: readonly string[], owners: ReadonlyMap<Chunk, number>, units: readonly AskedOfUnit[]): string {
    const { chunks } = unit;
    const own = Int32Array.from(chunks, (chunk) => owners.get(chunk)!);
    const known = this.known.get(of);
    if (known?.chunks.length === chunks.length && known.chunks.every((chunk, i) => chunk === chunks[i]) && known.owners.every((owner, i) => owner === own[i])) return known.print;
    const hash = createHash('sha256');
    const index = new UnitChunks(this.preprocessor.nameIndex, chunks);
    const answer = ({ chunk, declaration }: Entry, isUsed: boolean): string => `${this.declarationPrint(declaration as UnitDeclaration, isUsed)} ${units[owners.get(chunk)!]!.path}`;
    // these run when the unit is loaded
    for (const declaration of unit.declarations) if (declaration.isConstructor) hash.update(`constructor ${this.declarationPrint(declaration as UnitDeclaration, true)}\n`);
    for (const kind of KINDS) {
      let text = `${kind}\n`;
      for (const number of of.names[kind]) {
        const name = names[number >> 1]!;
        const isUsed = (number & 1) === 1;
        if (name === '*') {
          for (const chunk of chunks) for (const declaration of chunk) text += `${this.declarationPrint(declaration as UnitDeclaration, false)}\n`;
          continue;
        }
        const entries = index.entries(kind, name);
        text += `${name}\0${(kind === 'objects' ? entries : entries.slice(0, 1)).map((entry) => answer(entry, isUsed)).join(',')}\n`;
      }
      hash.update(text);
    }
    const print = hash.digest('base64');
    this.known.set(of, { chunks: [...chunks], owners: own, print });
    return print;
  }

  private declarationPrint(declaration: UnitDeclaration, isUsed: boolean): string {
    const known = isUsed ? this.texts : this.shapes;
    let print = known.get(declaration);
    if (print === undefined) {
      const { kind, names, functionNames, objectNames, tags, enumConstants, isStatic, isExtern, hasInitializer, isConstructor, start } = declaration;
      const shape = [kind, names, functionNames, objectNames, tags, enumConstants, isStatic, isExtern, hasInitializer, isConstructor, start.file.path, start.expansion === undefined];
      const hash = createHash('sha256').update(JSON.stringify(shape));
      if (isUsed) hash.update(textOf(declaration.tokensAfresh()));
      known.set(declaration, print = hash.digest('base64').slice(0, 22));
    }
    return print;
  }
}

function textOf(tokens: readonly Token[]): string {
  // static data may be asked through which macros it was written; that of functions, too
  const body = tokens.findIndex(({ text }) => text === '{' || text === '=');
  const isData = tokens[body]?.text === '=' || tokens.some(({ text }, i) => i > body && text === 'static');
  let text = '';
  tokens.forEach((token, i) => {
    text += `${isPassedLine(tokens, i) ? '__LINE__' : token.text}\n`;
    if (isData && token.expansion !== undefined) text += `${token.expansion.text} ${definitionOf(token)}\n`;
  });
  return text;
}

/** A line number that is handed to a function on its own is for messages. */
function isPassedLine(tokens: readonly Token[], i: number): boolean {
  const { kind, file, offset } = tokens[i]!;
  return kind === 'number' && file.text.startsWith('__LINE__', offset) && /^[(,]$/.test(tokens[i - 1]?.text ?? '') && /^[),]$/.test(tokens[i + 1]?.text ?? '');
}

/** The line with the #define that a token stands in, without what follows the macro's name. */
function definitionOf({ file, offset }: Token): string {
  const { text } = file;
  let line = text.lastIndexOf('\n', offset) + 1;
  while (line > 1 && text[line - 2] === '\\') line = text.lastIndexOf('\n', line - 2) + 1;
  return /^[ \t]*#[ \t]*define[ \t]+(\w+)/.exec(text.slice(line, offset))?.[1] ?? '';
}
