import { createHash } from 'node:crypto';
import type { SourceTree } from '../source/tree.js';

/** The functions of a C file as text, found by QEMU's style (braces of functions stand in column 0); tables too, as they may hold functions: name and body. */
export interface FunctionText { readonly name: string; readonly body: string; readonly isTable: boolean }

const FUNCTION_NAME = /([A-Za-z_]\w*)\s*\((?:[^()]|\([^()]*\))*\)\s*$/;

const TABLE_NAME = /([A-Za-z_]\w*)\s*$/;

// A name in a comment or a string is not mentioned. What is left of both ends no paragraph and no line.
const NOT_CODE = /\/\*[^]*?\*\/|\/\/.*|"(?:\\[^]|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'/g;

function codeOf(text: string): string {
  return text.replace(NOT_CODE, (found) => (found[0] === '/' ? ' ' : found[0]! + found[0]!));
}

function functionsOf(source: string): FunctionText[] {
  const text = codeOf(source);
  const found: FunctionText[] = [];
  let at = text.indexOf('\n{');
  while (at >= 0) {
    let end = text.indexOf('\n}', at);
    if (end < 0) end = text.length;
    // the header: back to the last blank line, directive, or end of another definition
    const from = Math.max(text.lastIndexOf('\n\n', at), text.lastIndexOf('\n}', at), 0);
    const header = text.slice(from, at);
    const name = FUNCTION_NAME.exec(header.trimEnd());
    if (name !== null) found.push({ name: name[1]!, body: text.slice(at, end), isTable: false });
    at = text.indexOf('\n{', end);
  }
  // tables at file scope, whose declarations start in column 0
  for (let open = text.indexOf('= {\n'); open >= 0; open = text.indexOf('= {\n', open + 1)) {
    const line = text.lastIndexOf('\n', open) + 1;
    const name = /\w/.test(text[line]!) ? TABLE_NAME.exec(text.slice(line, open).replace(/\[.*$/, '')) : null;
    if (name === null) continue;
    const end = text.indexOf('\n}', open);
    found.push({ name: name[1]!, body: text.slice(open, end < 0 ? text.length : end), isTable: true });
  }
  return found;
}

/** Is this a letter, a digit or an underscore? */
function isWordCode(c: number): boolean {
  return (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || c === 95 || (c >= 48 && c <= 57);
}

/** The words of a text, each time they occur; comments and strings have words too. */
function forEachWord(text: string, visit: (word: string) => void): void {
  const { length } = text;
  for (let i = 0; i < length;) {
    if (!isWordCode(text.charCodeAt(i))) { i++; continue; }
    const start = i;
    do i++; while (i < length && isWordCode(text.charCodeAt(i)));
    visit(text.slice(start, i));
  }
}

/** What was asked of the texts. */
export interface TextQuestions {
  /** The files whose functions were looked at, and those of which the words were. */
  readonly covered: readonly string[];
  readonly worded: readonly string[];
  /** Words of which it was asked who mentions them, and names of which it was asked whether they are functions. */
  readonly words: readonly string[];
  readonly names: readonly string[];
  /** Word to the patterns by which those that mention it were searched. */
  readonly patterns: readonly (readonly [string, readonly string[]])[];
}

/** Who mentions whom, over a set of files, answered by their text, of which each is read once. Macro-made functions are not seen. */
export class FunctionTexts {
  private readonly covered = new Set<string>();
  /** These, and those that there are not. */
  private readonly asked = new Set<string>();
  private readonly byWord = new Map<string, FunctionText[]>();
  private readonly defined = new Set<string>();
  private readonly words = new Map<string, ReadonlySet<string>>();
  private readonly askedNames = new Set<string>();
  private readonly askedWords = new Set<string>();
  private readonly patterns = new Map<string, Set<string>>();

  constructor(private readonly tree: SourceTree, paths: readonly string[]) {
    for (const path of paths) this.add(path);
  }

  /** Look into one more file. */
  add(path: string): void {
    this.asked.add(path);
    const text = this.tree.read(path);
    if (text === undefined || this.covered.has(path)) return;
    this.covered.add(path);
    for (const f of functionsOf(text)) {
      if (!f.isTable) this.defined.add(f.name);
      forEachWord(f.body, (word) => {
        const known = this.byWord.get(word);
        if (known === undefined) this.byWord.set(word, [f]);
        else if (known.at(-1) !== f) known.push(f);
      });
    }
  }

  questions(): TextQuestions {
    return {
      covered: [...this.asked], worded: [...this.words.keys()], words: [...this.askedWords].sort(), names: [...this.askedNames].sort(),
      patterns: [...this.patterns].map(([word, list]) => [word, [...list].sort()] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
    };
  }

  /** Is this file looked into? */
  covers(path: string): boolean {
    return this.covered.has(path);
  }

  /** All words of a file, looked into or not. */
  wordsOf(path: string): ReadonlySet<string> {
    let known = this.words.get(path);
    if (known === undefined) {
      const words = new Set<string>();
      forEachWord(this.tree.read(path) ?? '', (word) => words.add(word));
      this.words.set(path, (known = words));
    }
    return known;
  }

  /** The functions and tables whose body has this word. The list only grows, at its end, when files are added. */
  mentioning(word: string): readonly FunctionText[] {
    this.askedWords.add(word);
    return this.byWord.get(word) ?? NONE;
  }

  /** Those of {@link mentioning}, from the given one on, whose body matches. */
  matching(word: string, pattern: RegExp, from: number): readonly FunctionText[] {
    const known = this.patterns.get(word);
    if (known === undefined) this.patterns.set(word, new Set([pattern.source]));
    else known.add(pattern.source);
    return this.mentioning(word).slice(from).filter(({ body }) => pattern.test(body));
  }

  /** Is there a function of this name whose text we know? */
  has(name: string): boolean {
    this.askedNames.add(name);
    return this.defined.has(name);
  }
}

const NONE: readonly FunctionText[] = [];

/** Two texts with the same print give the same answers, whichever of the files in the questions they are. */
export function textPrint(text: string, { words, names, patterns }: PreparedTextQuestions): string {
  const hash = createHash('sha256');
  for (const { name, body, isTable } of functionsOf(text)) {
    const mentioned = new Set<string>();
    forEachWord(body, (word) => { if (words.has(word)) mentioned.add(word); });
    if (mentioned.size === 0 && !names.has(name)) continue;
    hash.update(`${isTable ? 'table' : 'function'} ${name}: ${[...mentioned].sort().join(' ')}\n`);
    for (const word of mentioned) for (const pattern of patterns.get(word) ?? []) hash.update(pattern.test(body) ? `${word} ${pattern.source}\n` : '');
  }
  return hash.digest('base64').slice(0, 22);
}

/** The same for the words of a file: those that anything was asked about. */
export function wordsPrint(text: string, { words }: PreparedTextQuestions): string {
  const found = new Set<string>();
  forEachWord(text, (word) => { if (words.has(word)) found.add(word); });
  return createHash('sha256').update([...found].sort().join(' ')).digest('base64').slice(0, 22);
}

/** {@link TextQuestions}, ready to be asked often. */
export interface PreparedTextQuestions {
  readonly words: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
  readonly patterns: ReadonlyMap<string, readonly RegExp[]>;
}

export function prepareTextQuestions({ words, names, patterns }: TextQuestions): PreparedTextQuestions {
  return { words: new Set(words), names: new Set(names), patterns: new Map(patterns.map(([word, list]) => [word, list.map((source) => new RegExp(source))])) };
}

/** All functions, and tables of them, from which one of the given ones can be reached by calls or by mention of their name, themselves included. */
export class Reaching {
  /** Name -> how many of those that mention it have been seen. */
  private readonly seen = new Map<string, number>();

  constructor(private readonly texts: FunctionTexts) {}

  has(name: string): boolean {
    return this.seen.has(name);
  }

  get names(): Iterable<string> {
    return this.seen.keys();
  }

  get size(): number {
    return this.seen.size;
  }

  /** Go on from what was found before: with more functions, and with files added since. */
  extend(names: Iterable<string>): void {
    for (const name of names) if (!this.seen.has(name)) this.seen.set(name, 0);
    // a Map's iteration comes to what is added meanwhile
    for (const [name, from] of this.seen) {
      const mentioning = this.texts.mentioning(name);
      for (let i = from; i < mentioning.length; i++) if (!this.seen.has(mentioning[i]!.name)) this.seen.set(mentioning[i]!.name, 0);
      this.seen.set(name, mentioning.length);
    }
  }
}
