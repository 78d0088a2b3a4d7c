import type { Token } from './token.js';

export const TAG_KEYWORDS: ReadonlySet<string> = new Set(['struct', 'union', 'enum']);

interface Name {
  readonly name: string;
  readonly isType: boolean;
  /** Braces that must be open for it to be in scope. */
  readonly depth: number;
  /** The same for parentheses: a parameter of a prototype. */
  readonly parentheses: number;
}

/**
 * Which names are types while the tokens of a declaration go by, as far as the declaration itself decides it: names that
 * hide a type ("vaddr vaddr"), and types of its own (C11 6.2.1).
 */
export class NameScope {
  private readonly names: Name[] = [];
  private readonly braces: ('enum' | 'record' | 'block')[] = [];
  /** Open parentheses; true: of a for. */
  private readonly parentheses: boolean[] = [];
  /** Where a typedef ends -> what it declares. */
  private readonly typedefs = new Map<number, readonly string[]>();

  /** Open braces. */
  get depth(): number {
    return this.braces.length;
  }

  /** Directly in the body of a structure, union or enumeration? */
  get inTag(): boolean {
    return this.braces.length > 0 && this.braces.at(-1) !== 'block';
  }

  get inEnum(): boolean {
    return this.braces.at(-1) === 'enum';
  }

  /** Is this name a type here? undefined: the declaration does not say. */
  isType(name: string): boolean | undefined {
    for (let i = this.names.length - 1; i >= 0; i--) if (this.names[i]!.name === name) return this.names[i]!.isType;
    return undefined;
  }

  openBrace(tokens: readonly Token[], i: number): void {
    const keyword = [tokens[i - 1]?.text ?? '', tokens[i - 2]?.text ?? ''].find((t) => TAG_KEYWORDS.has(t));
    this.braces.push(keyword === undefined ? 'block' : keyword === 'enum' ? 'enum' : 'record');
  }

  /** @returns whether it was the body of a structure, union or enumeration */
  closeBrace(): boolean {
    const kind = this.braces.pop();
    const { depth } = this;
    this.drop((n) => n.depth > depth);
    return kind !== undefined && kind !== 'block';
  }

  openParenthesis(isFor: boolean): void {
    this.parentheses.push(isFor);
  }

  closeParenthesis(): void {
    this.parentheses.pop();
    const open = this.parentheses.length;
    this.drop((n) => n.parentheses > open);
  }

  /** From here on, this name is a variable or a constant. */
  hide(name: string): void {
    const tags = this.braces.length - (this.braces.findLastIndex((b) => b === 'block') + 1);
    const depth = this.braces.length - tags;
    if (this.parentheses.length === 0 && depth === 0) return;
    // the parameters of a function definition belong to its body
    if (depth === 0) this.names.push({ name, isType: false, depth: 1, parentheses: 0 });
    else this.names.push({ name, isType: false, depth, parentheses: this.parentheses.at(-1) === true ? 0 : this.parentheses.length });
  }

  /** Here begins a typedef inside a function: what it declares are types until the block ends. */
  openTypedef(tokens: readonly Token[], start: number): void {
    if (this.depth === 0) return;
    const names: string[] = [];
    let open = 0;
    let name: string | undefined;
    for (let i = start + 1; i < tokens.length; i++) {
      const { text, kind } = tokens[i]!;
      if (open === 0 && (text === ';' || text === ',')) {
        if (name !== undefined) names.push(name);
        if (text === ';') {
          this.typedefs.set(i, names);
          return;
        }
        name = undefined;
      } else if (text === '(' || text === '{' || text === '[') open++;
      else if (text === ')' || text === '}' || text === ']') open--;
      // T name, T name[n], T (*name)(...)
      else if (kind === 'identifier' && (open === 0 || (open === 1 && tokens[i - 1]!.text === '*' && tokens[i - 2]!.text === '(' && tokens[i + 1]?.text === ')'))) name = text;
    }
  }

  /** A semicolon: if it ends a typedef, its names are types from here on. */
  semicolon(i: number): void {
    const { depth } = this;
    for (const name of this.typedefs.get(i) ?? []) this.names.push({ name, isType: true, depth, parentheses: 0 });
  }

  private drop(gone: (name: Name) => boolean): void {
    while (this.names.length > 0 && gone(this.names.at(-1)!)) this.names.pop();
  }
}
