import Parser from 'tree-sitter';
import C from 'tree-sitter-c';
import { separateAttributes, type Attribute } from './attributes.js';
import { GRAMMAR_WORDS } from './grammar-words.js';
import type { Location } from './location.js';
import { NameScope, TAG_KEYWORDS } from './name-scope.js';
import { parseTime } from './stopwatch.js';
import { locationOf, type Token } from './token.js';

const NO_CHILDREN: readonly SyntaxNode[] = [];

/**
 * A node of the syntax tree, copied out of tree-sitter in one pass (asking the native tree node by node is slow).
 * Anonymous nodes (operators, keywords) are children too.
 */
export class SyntaxNode {
  constructor(
    /** tree-sitter-c's node type. */
    readonly type: string,
    readonly named: boolean,
    /** tree-sitter-c's field name within the parent. */
    readonly field: string | undefined,
    /** Its first and last piece of the text. */
    private readonly first: number,
    private readonly last: number,
    readonly children: readonly SyntaxNode[],
    readonly parse: ParsedText,
  ) {}

  /** Offsets in the text. */
  get start(): number {
    return this.parse.startOf(this.first);
  }

  get end(): number {
    return this.parse.endOf(this.last);
  }

  /** The first child with this field name. */
  child(field: string): SyntaxNode | undefined {
    for (const c of this.children) if (c.field === field) return c;
    return undefined;
  }

  childrenOf(field: string): SyntaxNode[] {
    return this.children.filter((c) => c.field === field);
  }

  get namedChildren(): SyntaxNode[] {
    return this.children.filter((c) => c.named && c.type !== 'comment');
  }

  /** The token that starts at this node. */
  get token(): Token {
    return this.parse.token(this.first);
  }

  /** The text as the parser saw it: names and strings are replaced there, use {@link name} or {@link token}. */
  get text(): string {
    return this.parse.text.slice(this.start, this.end);
  }

  /** The spelling of the first token. */
  get name(): string {
    return this.token.text;
  }

  /** Where a reader looks for it: the place of the macro call if it came out of a macro. */
  get location(): Location {
    const token = this.token;
    return locationOf(token.expansion ?? token);
  }

  /** Where it is spelled: inside the macro's definition if it came out of a macro. */
  get spelling(): Location {
    return locationOf(this.token);
  }
}

/** `typeof (...)`: stands as one type word in the parsed text. */
export interface TypeofGroup { readonly tokens: readonly Token[] }

/** The text given to tree-sitter for one declaration, and the way back to its tokens. */
export class ParsedText {
  readonly text: string;
  private readonly starts: Int32Array;
  private readonly tokens: readonly Token[];
  /** Token index -> the operand of typeof. */
  readonly typeofs: ReadonlyMap<number, TypeofGroup>;
  /** Offset of the piece before them -> attributes; -1 if nothing is before them. */
  readonly attributes: ReadonlyMap<number, readonly Attribute[]>;

  /** @param attributes by index of the piece before them */
  constructor(pieces: readonly string[], tokens: readonly Token[], typeofs: ReadonlyMap<number, TypeofGroup>, attributes: ReadonlyMap<number, readonly Attribute[]>) {
    this.starts = new Int32Array(pieces.length);
    let offset = 0;
    for (let i = 0; i < pieces.length; i++) {
      this.starts[i] = offset;
      offset += pieces[i]!.length + 1;
    }
    this.text = pieces.join(' ');
    this.tokens = tokens;
    this.typeofs = typeofs;
    this.attributes = attributes.size === 0 ? attributes : new Map([...attributes].map(([index, some]) => [this.starts[index] ?? -1, some]));
  }

  /** How many pieces there are. */
  get length(): number {
    return this.starts.length;
  }

  startOf(piece: number): number {
    return this.starts[piece]!;
  }

  endOf(piece: number): number {
    return piece + 1 < this.starts.length ? this.starts[piece + 1]! - 1 : this.text.length;
  }

  /** The token that a piece stands for. */
  token(piece: number): Token {
    return this.tokens[piece]!;
  }

  private indexAt(offset: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The fault at an offset: its place, and what stands around it. */
  faultAt(offset: number): SyntaxError_ {
    const index = this.indexAt(offset);
    const token = this.tokens[index]!;
    return new SyntaxError_(locationOf(token.expansion ?? token), this.tokens.slice(Math.max(0, index - 3), index + 8).map(({ text }) => text).join(' '));
  }

  typeofAt(offset: number): TypeofGroup | undefined {
    return this.typeofs.size === 0 ? undefined : this.typeofs.get(this.indexAt(offset));
  }
}

/** The declaration is not C as tree-sitter knows it. */
export class SyntaxError_ extends Error {
  override readonly name = 'SyntaxError';
  constructor(readonly location: Location, readonly construct: string) {
    super(`cannot parse '${construct}'`);
  }
}

// A word that tree-sitter-c's lexer takes for a type wherever it stands: every typedef name is parsed as this one,
// so that casts, declarations and sizeof are never mistaken for expressions (the typedef problem of C's grammar).
const TYPE_WORD = 'size_t';
// What names are written as that mean nothing to it: the shorter the text, the sooner it is parsed.
const NAME = 'x';

/** Stands where C allows a bit-field without a name. */
export const UNNAMED = '__unnamed';

const TYPE_KEYWORDS = new Set(['void', 'char', 'short', 'int', 'long', 'float', 'double', 'signed', 'unsigned', '_Bool', 'bool', 'const', 'volatile', 'restrict', '__restrict', 'static', 'extern', 'inline', 'register', 'typedef', '_Noreturn', '__signed__']);
const NOT_BEFORE_TYPE = new Set(['.', '->', 'struct', 'union', 'enum', 'goto']);
const AFTER_TYPE = new Set(['*', ')', '(', ',', ';', ':', 'const', 'volatile', 'restrict', 'static', 'extern', 'inline', '[', 'int', 'unsigned']);
/** What may stand before or behind a type and does not change that it is one. */
const NEUTRAL = new Set(['static', 'extern', 'typedef']);
const AFTER_DECLARATOR = new Set(['=', ';', ',', ')', '[', ':']);
const BEFORE_OPERAND = new Set(['return', 'case', 'else', 'do']);
/** Operators that are both unary and binary. */
const AFTER_CAST = new Set(['+', '-', '*', '&', '&&', '(', '++', '--']);
const DROPPED = new Set(['__extension__', '__inline', '__inline__', 'inline', '__volatile__', '__volatile', '__restrict', '__restrict__', '_Noreturn', '__thread', '_Thread_local', 'const', '__const', 'volatile', 'restrict', 'register']);
const RENAMED = new Map([['__signed__', 'signed'], ['_Bool', 'bool'], ['__builtin_va_list', TYPE_WORD], ['__int128', TYPE_WORD], ['__int128_t', TYPE_WORD], ['__uint128_t', TYPE_WORD]]);
const TYPE_ARGUMENTS = new Map([['__builtin_types_compatible_p', [0, 1]], ['__builtin_va_arg', [1]], ['va_arg', [1]], ['__builtin_offsetof', [0]], ['offsetof', [0]]]);

/** Turn a declaration's tokens into text that tree-sitter-c parses without errors; see TYPE_WORD. */
class Writer {
  private readonly pieces: string[] = [];
  private readonly origins: Token[] = [];
  private readonly typeofs = new Map<number, TypeofGroup>();
  private previousIsType = false;
  private depthOfBrackets = 0;
  private readonly scope = new NameScope();
  /** Indices of the tokens that close a cast's parentheses. */
  private readonly casts = new Set<number>();
  /** Indices of the tokens that close parentheses which are written twice, so that nobody takes them for a cast. */
  private readonly doubled = new Set<number>();
  /** Index of the token that closes the _Generic we are in. */
  private genericEnd = -1;

  private readonly tokens: readonly Token[];
  /** Index of the token before them -> attributes. */
  private readonly attributes: ReadonlyMap<number, readonly Attribute[]>;
  private readonly placedAttributes = new Map<number, readonly Attribute[]>();

  constructor(tokens: readonly Token[], private readonly isType: (name: string) => boolean, private readonly declared: ReadonlySet<string>) {
    ({ tokens: this.tokens, attributes: this.attributes } = separateAttributes(tokens));
  }

  write(): ParsedText {
    this.range(0, this.tokens.length);
    return new ParsedText(this.pieces, this.origins, this.typeofs, this.placedAttributes);
  }

  private put(piece: string, origin: Token): void {
    this.pieces.push(piece);
    this.origins.push(origin);
  }

  private matching(open: number): number {
    let depth = 0;
    for (let i = open; i < this.tokens.length; i++) {
      const t = this.tokens[i]!.text;
      if (t === '(') depth++;
      else if (t === ')' && --depth === 0) return i;
    }
    return this.tokens.length - 1;
  }

  private range(from: number, to: number): void {
    for (let i = from; i < to; i++) {
      const token = this.tokens[i]!;
      const text = token.text;
      const attributes = this.attributes.get(i - 1);
      if (attributes !== undefined) this.placedAttributes.set(this.pieces.length - 1, attributes);
      if (token.kind === 'identifier') {
        if (DROPPED.has(text)) continue;
        const next = this.tokens[i + 1]?.text;
        if ((text === 'typeof' || text === '__typeof__' || text === '__typeof') && next === '(') {
          const close = this.matching(i + 1);
          this.typeofs.set(this.pieces.length, { tokens: this.tokens.slice(i + 2, close) });
          this.put(TYPE_WORD, token);
          this.previousIsType = true;
          i = close;
          continue;
        }
        if (text === '__auto_type') {
          this.put(TYPE_WORD, token);
          this.previousIsType = true;
          continue;
        }
        if ((text === 'asm' || text === '__asm__' || text === '__asm') ) {
          let j = i + 1;
          while (this.tokens[j]?.text !== '(' && j < to) j++;
          const close = this.matching(j);
          this.put(NAME, token);
          this.put('(', token);
          this.put(')', token);
          this.previousIsType = false;
          i = close;
          continue;
        }
        if (text === '_Generic') this.genericEnd = Math.max(this.genericEnd, this.matching(i + 1));
        const typeArguments = next === '(' ? TYPE_ARGUMENTS.get(text) : undefined;
        if (typeArguments !== undefined) {
          this.put(NAME, token);
          i = this.callWithTypes(i + 1, typeArguments, text.endsWith('offsetof'));
          this.previousIsType = false;
          continue;
        }
        // sizeof(f()) would be taken for a type
        if (text === 'sizeof' && next === '(' && !this.startsType(i + 2)) {
          const close = this.matching(i + 1);
          this.put('sizeof', token);
          this.put('(', token);
          this.previousIsType = false;
          this.range(i + 1, close + 1);
          this.put(')', token);
          i = close;
          continue;
        }
        if (this.isTypeUse(i)) {
          this.put(TYPE_WORD, token);
          this.previousIsType = true;
          continue;
        }
        const renamed = RENAMED.get(text);
        this.put(renamed ?? (GRAMMAR_WORDS.has(text) ? text : NAME), token);
        if (text === 'typedef') this.scope.openTypedef(this.tokens, i);
        else if (this.declaresName(i)) this.scope.hide(text);
        if (TAG_KEYWORDS.has(this.tokens[i - 1]?.text ?? '')) this.previousIsType = next !== '{';
        else if (!NEUTRAL.has(text)) this.previousIsType = TYPE_KEYWORDS.has(text) || renamed === TYPE_WORD;
        continue;
      }
      // unnamed bit-fields: tree-sitter-c wants a declarator
      if (text === ':' && (this.previousIsType || this.tokens[i - 1]?.text === ',') && i > this.genericEnd) this.put(UNNAMED, token);
      let closesTag = false;
      switch (text) {
        case '{': this.scope.openBrace(this.tokens, i); break;
        case '}': closesTag = this.scope.closeBrace(); break;
        case '(': this.scope.openParenthesis(this.tokens[i - 1]?.text === 'for'); break;
        case ')': this.scope.closeParenthesis(); break;
        case ';': this.scope.semicolon(i); break;
        case '[': this.depthOfBrackets++; break;
        case ']': this.depthOfBrackets--; break;
      }
      // GNU case ranges: tree-sitter-c has no such production, but it accepts a binary operator there
      if (text === '...' && this.depthOfBrackets === 0 && this.tokens[i - 1]?.text !== ',' && this.tokens[i - 1]?.text !== '(') {
        this.put('||', token);
        this.put(NAME, token);
        this.put('||', token);
        continue;
      }
      if (text === '(' && this.isOperandPosition(i)) {
        if (this.startsType(i + 1)) this.casts.add(this.matching(i));
        else if (this.resemblesCast(i)) {
          this.doubled.add(this.matching(i));
          this.put(text, token);
        }
      } else if (text === ')' && this.doubled.has(i)) this.put(text, token);
      this.put(token.kind === 'string' && text.startsWith('"') ? '""' : text, token);
      if (closesTag) this.previousIsType = true;
      else if (text !== '*' || i <= this.genericEnd) this.previousIsType = false;
    }
  }

  /** f(T, ...) where some arguments are types: they are written as sizeof(T), which takes a type; a member designator as 0->m. */
  private callWithTypes(open: number, which: readonly number[], isOffsetof: boolean): number {
    const close = this.matching(open);
    this.put('(', this.tokens[open]!);
    let argument = 0;
    let start = open + 1;
    let depth = 0;
    for (let i = open + 1; i <= close; i++) {
      const t = this.tokens[i]!.text;
      if (t === '(' || t === '[' || t === '{') depth++;
      if (i === close || (t === ',' && depth === 0)) {
        const first = this.tokens[start]!;
        this.previousIsType = false;
        if (which.includes(argument)) {
          this.put('sizeof', first);
          this.put('(', first);
          this.range(start, i);
          this.put(')', first);
        } else {
          if (isOffsetof) {
            this.put('0', first);
            this.put('->', first);
          }
          this.range(start, i);
        }
        this.put(i === close ? ')' : ',', this.tokens[i]!);
        argument++;
        start = i + 1;
      }
      if (t === ')' || t === ']' || t === '}') depth--;
    }
    return close;
  }

  /** May an operand stand here (or a cast), and not the arguments of a call or of a keyword? */
  private isOperandPosition(i: number): boolean {
    const before = this.tokens[i - 1];
    if (before?.kind === 'identifier') return BEFORE_OPERAND.has(before.text);
    return before?.kind === 'punctuator' && before.text !== ']' && (before.text !== ')' || this.casts.has(i - 1));
  }

  /** `(x) & y`, `(f(x)) - y`: with x no type it is no cast of &y. */
  private resemblesCast(i: number): boolean {
    if (this.tokens[i + 1]?.kind !== 'identifier') return false;
    return this.tokens[i + 2]?.text === ')' ? this.tokens[i + 1]!.text !== 'void' : AFTER_CAST.has(this.tokens[this.matching(i) + 1]?.text ?? '');
  }

  private startsType(i: number): boolean {
    const token = this.tokens[i];
    if (token?.kind !== 'identifier') return false;
    const { text } = token;
    return this.isTypeUse(i) || TYPE_KEYWORDS.has(text) || DROPPED.has(text) || RENAMED.has(text) || /^(?:struct|union|enum|typeof|__typeof__|__typeof|size_t|u?int\d+_t)$/.test(text);
  }

  private names(name: string): boolean {
    return this.scope.isType(name) ?? this.isType(name);
  }

  private isTypeUse(i: number): boolean {
    const token = this.tokens[i]!;
    if (this.previousIsType || !this.names(token.text)) return false;
    const before = i > 0 ? this.tokens[i - 1]!.text : '';
    if (NOT_BEFORE_TYPE.has(before)) return false;
    const after = this.tokens[i + 1];
    if (after === undefined) return true;
    if (this.scope.depth === 0 && this.declared.has(token.text)) return false;
    // a label has nothing to do with types, an unnamed bit-field and an association of _Generic have
    if (after.text === ':') return this.scope.inTag || i <= this.genericEnd;
    return after.kind === 'identifier' || AFTER_TYPE.has(after.text);
  }

  /** Is this name of a type, behind a type, a declarator: "vaddr vaddr"? */
  private declaresName(i: number): boolean {
    const name = this.tokens[i]!.text;
    if (!this.names(name)) return false;
    const after = this.tokens[i + 1]?.text ?? '';
    if (this.scope.inTag) return this.scope.inEnum && (after === '=' || after === ',' || after === '}');
    return this.previousIsType && AFTER_DECLARATOR.has(after) && !TAG_KEYWORDS.has(this.tokens[i - 1]!.text);
  }
}

let parser: Parser | undefined;

function treeSitter(text: string): Parser.Tree {
  if (parser === undefined) {
    parser = new Parser();
    parser.setLanguage(C as unknown as Parser.Language);
  }
  // strings over 32 KiB need the callback form
  return text.length < 30000 ? parser.parse(text) : parser.parse((index: number) => text.slice(index, index + 16384), undefined, { bufferSize: 65536 });
}

/**
 * Parse one external declaration.
 * @param isType is this identifier a typedef name in the declaration's scope?
 * @param declared the type names that the declaration itself declares, if it is a typedef
 * @throws SyntaxError_ naming the place if tree-sitter finds an error in it
 */
export function parseTokens(tokens: readonly Token[], isType: (name: string) => boolean, declared: readonly string[]): SyntaxNode {
  return parseTime.run(() => {
    const parse = new Writer(tokens, isType, new Set(declared)).write();
    return copy(treeSitter(parse.text), parse);
  });
}

/** What is known of a node by the number of its type: asking for a number is cheaper than for anything else. */
interface NodeType {
  readonly type: string;
  readonly named: boolean;
  readonly isLeaf: boolean;
  readonly mayBeField: boolean;
}

/** Named nodes that are one piece of the text. Anonymous ones are as well. */
const LEAVES = new Set(['identifier', 'field_identifier', 'type_identifier', 'statement_identifier', 'primitive_type', 'number_literal', 'char_literal', 'string_literal', 'true', 'false']);
/** Anonymous nodes that are no field's value anywhere. */
const NO_FIELDS = new Set(['(', ')', '[', ']', '{', '}', ',', ';', ':']);

const nodeTypes: NodeType[] = [];
const fieldNames: string[] = [];

function nodeType(cursor: Parser.TreeCursor): NodeType {
  const id = cursor.nodeTypeId;
  let known = nodeTypes[id];
  if (known === undefined) {
    const { nodeType: type, nodeIsNamed: named } = cursor;
    nodeTypes[id] = known = { type, named, isLeaf: !named || LEAVES.has(type), mayBeField: named || !NO_FIELDS.has(type) };
  }
  return known;
}

function fieldName(cursor: Parser.TreeCursor): string | undefined {
  const id = cursor.currentFieldId as number | undefined;
  return id === undefined ? undefined : (fieldNames[id] ??= cursor.currentFieldName);
}

/** Children that wait for the last one; arrays that are made with their length are smaller than those that grew. */
const waiting: SyntaxNode[] = [];

/** Every call into the native tree costs: where it has no errors, the pieces of the text are its leaves, one by one. */
function copy(tree: Parser.Tree, parse: ParsedText): SyntaxNode {
  const cursor = tree.walk();
  if (tree.rootNode.hasError) throw fault(cursor, parse);
  let piece = 0;
  let top = 0;
  const make = (): SyntaxNode => {
    const { type, named, isLeaf, mayBeField } = nodeType(cursor);
    const field = mayBeField ? fieldName(cursor) : undefined;
    if (isLeaf || !cursor.gotoFirstChild()) return new SyntaxNode(type, named, field, piece, piece++, NO_CHILDREN, parse);
    const first = piece;
    const from = top;
    do {
      const child = make();
      waiting[top++] = child;
    } while (cursor.gotoNextSibling());
    cursor.gotoParent();
    const children = waiting.slice(from, top);
    top = from;
    return new SyntaxNode(type, named, field, first, piece - 1, children, parse);
  };
  const root = make();
  if (piece !== parse.length) throw parse.faultAt(0);
  return root;
}

/** The first place that tree-sitter does not understand, or where it misses something. */
function fault(cursor: Parser.TreeCursor, parse: ParsedText): SyntaxError_ {
  for (;;) {
    const { startIndex, endIndex } = cursor;
    // what is missing is empty
    if (cursor.nodeType === 'ERROR' || (startIndex === endIndex && cursor.nodeIsMissing)) return parse.faultAt(startIndex);
    if (cursor.gotoFirstChild()) continue;
    while (!cursor.gotoNextSibling()) if (!cursor.gotoParent()) return parse.faultAt(0);
  }
}
