export interface PythonToken {
  readonly kind: 'name' | 'number' | 'string' | 'punctuator';
  /** A string's content. */
  readonly text: string;
  readonly line: number;
}

/** A logical line with the block that is indented below it. */
export interface PythonStatement {
  readonly line: number;
  readonly tokens: readonly PythonToken[];
  readonly body: readonly PythonStatement[];
}

/** Text that is no Python, or more of it than is read here. */
export class PythonError extends Error {
  override readonly name = 'PythonError';
  constructor(message: string, readonly line: number) {
    super(message);
  }
}

const TOKEN = /(?<blank>[ \t\r\f]+|\\\n|#[^\n]*)|(?<newline>\n)|(?<long>"""[\s\S]*?"""|'''[\s\S]*?''')|(?<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?<name>[A-Za-z_]\w*)|(?<number>\d[\w.]*)|(?<punctuator>[-+*/%@&|^~<>=!]=|->|\*\*|\/\/|<<|>>|[-+*/%@&|^~<>=!()[\]{},:.;])/y;

/** The statements of a Python file, by their indentation. @throws PythonError */
export function pythonStatements(text: string): readonly PythonStatement[] {
  const lines: { readonly indent: number; readonly tokens: PythonToken[] }[] = [];
  let current: PythonToken[] = [];
  let depth = 0;
  let line = 1;
  let lineStart = 0;
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(text)?.groups;
    if (groups === undefined) throw new PythonError(`'${text[at]!}' is not understood`, line);
    const { blank, newline, long, string, name, number, punctuator } = groups;
    if (blank === undefined && newline === undefined) {
      if (current.length === 0) lines.push({ indent: at - lineStart, tokens: current });
      if (punctuator !== undefined) depth += /^[([{]$/.test(punctuator) ? 1 : /^[)\]}]$/.test(punctuator) ? -1 : 0;
      const kind = name !== undefined ? 'name' : number !== undefined ? 'number' : punctuator !== undefined ? 'punctuator' : 'string';
      const content = long?.slice(3, -3) ?? (string === undefined ? undefined : string.slice(1, -1).replace(/\\(["'\\])/g, '$1'));
      current.push({ kind, text: content ?? name ?? number ?? punctuator!, line });
    }
    for (let i = at; i < TOKEN.lastIndex; i++) {
      if (text[i] !== '\n') continue;
      line++;
      lineStart = i + 1;
    }
    if (newline !== undefined && depth === 0) current = [];
  }
  let next = 0;
  const block = (indent: number): PythonStatement[] => {
    const statements: PythonStatement[] = [];
    while (next < lines.length && lines[next]!.indent >= indent) {
      const { tokens, indent: own } = lines[next++]!;
      statements.push({ line: tokens[0]!.line, tokens, body: block(own + 1) });
    }
    return statements;
  };
  return block(0);
}

/** What stands between commas outside of brackets. */
export function splitTokens(tokens: readonly PythonToken[]): readonly (readonly PythonToken[])[] {
  const parts: PythonToken[][] = [];
  let depth = 0;
  let open = false;
  for (const token of tokens) {
    if (token.kind === 'punctuator') {
      if (/^[([{]$/.test(token.text)) depth++;
      else if (/^[)\]}]$/.test(token.text)) depth--;
      else if (token.text === ',' && depth === 0) {
        open = false;
        continue;
      }
    }
    if (!open) parts.push([]);
    open = true;
    parts.at(-1)!.push(token);
  }
  return parts;
}

/** Tokens as text, one space between two. */
export function textOf(tokens: readonly PythonToken[]): string {
  return tokens.map(({ kind, text }) => (kind === 'string' ? `'${text}'` : text)).join(' ');
}
