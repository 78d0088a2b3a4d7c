import type { SourceTree } from '../../source/tree.js';
import { QapiError } from './error.js';

/** A value in the schema language (docs/devel/qapi-code-gen: JSON with single quotes and comments). Objects keep the order of their members. */
export type SchemaValue = string | boolean | null | SchemaValue[] | SchemaObject;
export type SchemaObject = Map<string, SchemaValue>;

/** One top-level expression other than include and pragma. */
export interface SchemaExpression {
  readonly expression: SchemaObject;
  /** The file that holds it: the module that it belongs to. */
  readonly module: string;
  /** "file:line", for messages: counting lines is left until one is needed. */
  readonly where: () => string;
}

/** The expressions of a schema file and of all that it includes, each file once. */
export interface ParsedSchema {
  readonly entry: string;
  /** All files, every one before what it includes. */
  readonly modules: readonly string[];
  /** What each file includes, in its order, also where another file came first with it. */
  readonly includes: ReadonlyMap<string, readonly string[]>;
  readonly expressions: readonly SchemaExpression[];
}

const SPACE = 32;
const HASH = 35;
const QUOTE = 39;
const COMMA = 44;
const COLON = 58;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

const SPACE_AND_COMMENTS = /(?:[ \t\r\n]+|#[^\n]*)*/y;

/**
 * Read a schema and what it includes.
 * @throws QapiError on a syntax error or a missing file
 */
export function parseSchema(tree: SourceTree, entry: string): ParsedSchema {
  const modules: string[] = [];
  const includes = new Map<string, string[]>();
  const expressions: SchemaExpression[] = [];
  const read = (path: string, from: () => string): void => {
    const text = tree.read(path);
    if (text === undefined) throw new QapiError(`${from()}: there is no schema file ${path}`);
    modules.push(path);
    const included: string[] = [];
    includes.set(path, included);
    const reader = new Reader(text, path);
    for (let found = reader.next(); found !== undefined; found = reader.next()) {
      const include = found.expression.get('include');
      if (include !== undefined) {
        if (typeof include !== 'string') throw new QapiError(`${found.where()}: the value of 'include' is not a string`);
        const target = resolvePath(path, include);
        included.push(target);
        if (!includes.has(target)) read(target, found.where);
      } else if (!found.expression.has('pragma')) {
        expressions.push({ expression: found.expression, module: path, where: found.where });
      }
    }
  };
  read(entry, () => entry);
  return { entry, modules, includes, expressions };
}

function resolvePath(from: string, relative: string): string {
  const parts = from.split('/').slice(0, -1);
  for (const part of relative.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

/** Most of a schema is documentation in comments, so whitespace and comments are what has to be fast. */
class Reader {
  private position = 0;

  constructor(private readonly text: string, private readonly path: string) {}

  /** The next top-level object, undefined at the end of the file. */
  next(): { expression: SchemaObject; where: () => string } | undefined {
    const code = this.skip();
    if (code < 0) return undefined;
    const start = this.position;
    if (code !== OPEN_BRACE) throw this.error('a top-level expression must be an object');
    const expression = this.object();
    return { expression, where: () => `${this.path}:${this.lineAt(start)}` };
  }

  /** Go to the next token; its first character, or -1 at the end. */
  private skip(): number {
    const code = this.text.charCodeAt(this.position);
    if (code > SPACE && code !== HASH) return code;
    SPACE_AND_COMMENTS.lastIndex = this.position;
    SPACE_AND_COMMENTS.test(this.text);
    this.position = SPACE_AND_COMMENTS.lastIndex;
    return this.position >= this.text.length ? -1 : this.text.charCodeAt(this.position);
  }

  private value(): SchemaValue {
    const code = this.skip();
    if (code === QUOTE) return this.string();
    if (code === OPEN_BRACE) return this.object();
    if (code === OPEN_BRACKET) return this.array();
    if (this.word('true')) return true;
    if (this.word('false')) return false;
    if (this.word('null')) return null;
    throw this.error('expected an object, an array, a string or a boolean');
  }

  private word(word: string): boolean {
    if (!this.text.startsWith(word, this.position)) return false;
    this.position += word.length;
    return true;
  }

  private object(): SchemaObject {
    const object: SchemaObject = new Map();
    this.position++;
    if (this.skip() === CLOSE_BRACE) {
      this.position++;
      return object;
    }
    for (;;) {
      if (this.skip() !== QUOTE) throw this.error("expected a string or '}'");
      const key = this.string();
      if (this.skip() !== COLON) throw this.error("expected ':'");
      this.position++;
      if (object.has(key)) throw this.error(`duplicate key '${key}'`);
      object.set(key, this.value());
      const code = this.skip();
      this.position++;
      if (code === CLOSE_BRACE) return object;
      if (code !== COMMA) throw this.error("expected ',' or '}'");
    }
  }

  private array(): SchemaValue[] {
    const array: SchemaValue[] = [];
    this.position++;
    if (this.skip() === CLOSE_BRACKET) {
      this.position++;
      return array;
    }
    for (;;) {
      array.push(this.value());
      const code = this.skip();
      this.position++;
      if (code === CLOSE_BRACKET) return array;
      if (code !== COMMA) throw this.error("expected ',' or ']'");
    }
  }

  private string(): string {
    const start = this.position + 1;
    let end = this.text.indexOf("'", start);
    // A backslash is rare enough to look for the end again.
    while (end > 0 && this.text.charCodeAt(end - 1) === BACKSLASH && /[^\\](?:\\\\)*\\$/.test(this.text.slice(start - 1, end))) end = this.text.indexOf("'", end + 1);
    const raw = end < 0 ? '\n' : this.text.slice(start, end);
    if (raw.includes('\n')) throw this.error("missing terminating \"'\"");
    this.position = end + 1;
    return raw.includes('\\') ? raw.replace(/\\(.)/g, '$1') : raw;
  }

  private error(message: string): QapiError {
    return new QapiError(`${this.path}:${this.lineAt(this.position)}: ${message}`);
  }

  private lineAt(position: number): number {
    let line = 1;
    for (let i = this.text.indexOf('\n'); i >= 0 && i < position; i = this.text.indexOf('\n', i + 1)) line++;
    return line;
  }
}
