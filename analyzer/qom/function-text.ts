import type { SourceTree } from '../source/tree.js';

/** The functions of a C file as text: name and body, found by QEMU's style (braces of functions stand in column 0). */
interface FunctionText { readonly name: string; readonly body: string }

const FUNCTION_NAME = /([A-Za-z_]\w*)\s*\((?:[^()]|\([^()]*\))*\)\s*$/;

function functionsOf(text: string): FunctionText[] {
  const found: FunctionText[] = [];
  let at = text.indexOf('\n{');
  while (at >= 0) {
    let end = text.indexOf('\n}', at);
    if (end < 0) end = text.length;
    // the header: back to the last blank line, directive, or end of another definition
    const from = Math.max(text.lastIndexOf('\n\n', at), text.lastIndexOf('\n}', at), text.lastIndexOf('*/', at), 0);
    const header = text.slice(from, at);
    const name = FUNCTION_NAME.exec(header.trimEnd());
    if (name !== null) found.push({ name: name[1]!, body: text.slice(at, end) });
    at = text.indexOf('\n{', end);
  }
  return found;
}

/** Who mentions whom, over a set of files, answered by searching their text. Macro-made functions are not seen. */
export class FunctionTexts {
  private readonly files: { text: string; functions: FunctionText[] | undefined }[] = [];
  private defined: Set<string> | undefined;

  constructor(tree: SourceTree, paths: readonly string[]) {
    for (const path of paths) {
      const text = tree.read(path);
      if (text !== undefined) this.files.push({ text, functions: undefined });
    }
  }

  /** Names of the functions whose body matches. `word` must occur in it: it is looked for first, quickly. */
  matching(word: string, pattern: RegExp): string[] {
    const found: string[] = [];
    for (const file of this.files) {
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
      for (const file of this.files) for (const f of (file.functions ??= functionsOf(file.text))) this.defined.add(f.name);
    }
    return this.defined.has(name);
  }

  /** All functions from which one of these can be reached by calls or by mention of their name, themselves included. */
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
