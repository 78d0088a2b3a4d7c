import type { SourceTree } from '../source/tree.js';

/** The functions of a C file as text, found by QEMU's style (braces of functions stand in column 0); tables too, as they may hold functions: name and body. */
interface FunctionText { readonly name: string; readonly body: string; readonly isTable: boolean }

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

/** Who mentions whom, over a set of files, answered by searching their text. Macro-made functions are not seen. */
export class FunctionTexts {
  private readonly files = new Map<string, { readonly text: string; functions: FunctionText[] | undefined }>();
  private defined: Set<string> | undefined;

  constructor(private readonly tree: SourceTree, paths: readonly string[]) {
    for (const path of paths) this.add(path);
  }

  /** Look into one more file. */
  add(path: string): void {
    const text = this.tree.read(path);
    if (text !== undefined) this.files.set(path, { text, functions: undefined });
    this.defined = undefined;
  }

  /** Is this file looked into? */
  covers(path: string): boolean {
    return this.files.has(path);
  }

  /** Does a file, looked into or not, match? */
  mentions(path: string, pattern: RegExp): boolean {
    return pattern.test(this.files.get(path)?.text ?? this.tree.read(path) ?? '');
  }

  /** Names of the functions and tables whose body matches. `word` must occur in it: it is looked for first, quickly. */
  matching(word: string, pattern: RegExp): string[] {
    const found: string[] = [];
    for (const file of this.files.values()) {
      if (!file.text.includes(word)) continue;
      file.functions ??= functionsOf(file.text);
      for (const f of file.functions) if (f.body.includes(word) && pattern.test(f.body)) found.push(f.name);
    }
    return found;
  }

  /** Is there a function of this name whose text we know? */
  has(name: string): boolean {
    if (this.defined === undefined) {
      this.defined = new Set();
      for (const file of this.files.values()) for (const f of (file.functions ??= functionsOf(file.text))) if (!f.isTable) this.defined.add(f.name);
    }
    return this.defined.has(name);
  }

  /** All functions, and tables of them, from which one of these can be reached by calls or by mention of their name, themselves included. */
  reaching(names: Iterable<string>): Set<string> {
    const reached = new Set(names);
    const todo = [...reached];
    for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
      for (const caller of this.matching(name, new RegExp(`\\b${name}\\b`))) {
        if (reached.has(caller)) continue;
        reached.add(caller);
        todo.push(caller);
      }
    }
    return reached;
  }
}
