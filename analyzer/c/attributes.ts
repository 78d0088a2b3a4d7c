import type { SyntaxNode } from './syntax.js';
import type { Token } from './token.js';

/** One of gcc's attributes that change what a declaration means here. C11's _Alignas counts as aligned. */
export interface Attribute {
  readonly name: 'packed' | 'aligned' | 'cleanup';
  /** What stands in its parentheses. */
  readonly operand: readonly Token[];
}

const KEYWORDS = new Set(['__attribute__', '__attribute']);
const KNOWN: Readonly<Record<string, Attribute['name']>> = {
  packed: 'packed', __packed__: 'packed', aligned: 'aligned', __aligned__: 'aligned', cleanup: 'cleanup', __cleanup__: 'cleanup',
};

/**
 * Take the attributes out of a declaration's tokens: gcc allows them where tree-sitter-c does not.
 * @returns the other tokens, and for the index of the token before them (-1: none) the attributes that matter
 */
export function separateAttributes(tokens: readonly Token[]): { tokens: readonly Token[]; attributes: ReadonlyMap<number, readonly Attribute[]> } {
  const attributes = new Map<number, Attribute[]>();
  if (!tokens.some((t) => KEYWORDS.has(t.text) || t.text === '_Alignas')) return { tokens, attributes };
  const kept: Token[] = [];
  const note = (found: Attribute): void => {
    const known = attributes.get(kept.length - 1);
    if (known === undefined) attributes.set(kept.length - 1, [found]);
    else known.push(found);
  };
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    const isAlignas = token.text === '_Alignas';
    if (token.kind !== 'identifier' || !(isAlignas || KEYWORDS.has(token.text)) || tokens[i + 1]?.text !== '(') {
      kept.push(token);
      continue;
    }
    const end = closing(tokens, i + 1);
    if (isAlignas) note({ name: 'aligned', operand: tokens.slice(i + 2, end) });
    else {
      // __attribute__ (( name, name (operand), ... ))
      for (let k = i + 3; k < end - 1; k++) {
        const name = Object.hasOwn(KNOWN, tokens[k]!.text) ? KNOWN[tokens[k]!.text] : undefined;
        const open = tokens[k + 1]?.text === '(' ? k + 1 : undefined;
        const close = open === undefined ? k : closing(tokens, open);
        if (name !== undefined) note({ name, operand: open === undefined ? [] : tokens.slice(open + 1, close) });
        k = close;
      }
    }
    i = end;
  }
  return { tokens: kept, attributes };
}

function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    const { text } = tokens[i]!;
    if (text === '(') depth++;
    else if (text === ')' && --depth === 0) return i;
  }
  return tokens.length - 1;
}

const NONE: readonly Attribute[] = [];

/** The attributes of a struct, union or enum specifier with a body: behind the keyword or behind the body. */
export function specifierAttributes(node: SyntaxNode): readonly Attribute[] {
  const { attributes } = node.parse;
  if (attributes.size === 0) return NONE;
  const body = node.child('body')!;
  const found: Attribute[] = [];
  for (const [offset, some] of attributes) if ((offset >= node.start && offset < body.start) || offset === body.end - 1) found.push(...some);
  return found;
}

/** The attributes of one declarator of a declaration: those behind it, and those in front of all declarators. */
export function declaratorAttributes(declaration: SyntaxNode, declarator: SyntaxNode | undefined): readonly Attribute[] {
  const { attributes } = declaration.parse;
  if (attributes.size === 0) return NONE;
  const { children } = declaration;
  const first = children.find((c) => c.field === 'declarator') ?? declarator;
  const at = declarator === undefined ? -1 : children.indexOf(declarator);
  const separator = children.slice(at + 1).find((c) => c.type === ',' || c.type === ';');
  const found: Attribute[] = [];
  for (const [offset, some] of attributes) {
    // in front of the declaration, they stand behind the one-character token that ends what is before it
    const common = offset >= declaration.start - 2 && offset < (first?.start ?? declaration.end);
    const own = declarator !== undefined && offset >= declarator.start && offset < (separator?.start ?? declaration.end);
    if ((common || own) && !children.some((c) => c.child('body') !== undefined && offset >= c.start && offset < c.end)) found.push(...some);
  }
  return found;
}
