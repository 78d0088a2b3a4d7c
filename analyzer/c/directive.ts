import type { Identifier, IdentifierTable } from './identifier.js';
import { Code, Flag, type TokenTable } from './lexer.js';
import { Macro } from './macro.js';
import type { Transition } from './unit-splitter.js';

/** What a line or a run of lines of a file is. */
export const enum ItemKind {
  /** Lines that are no directives. */
  Text,
  Define,
  Undef,
  Include,
  If,
  Elif,
  Else,
  Endif,
  Error,
  PragmaOnce,
}

/** How the condition of an #if, #elif is written. */
export const enum Condition {
  Expression,
  Defined,
  NotDefined,
}

/**
 * The macros on which the meaning of an item depends, as they were in some unit: where they are the same again, the
 * item means the same again. Everything that replacement can reach is in it.
 */
export class Variant {
  /** What splitting the text gives where no declaration is open. */
  fromClean: Transition | undefined;
  /** The value of the condition. */
  holds = false;

  constructor(
    readonly identifiers: readonly Identifier[],
    readonly macros: readonly (Macro | undefined)[],
    /** A macro with unpaired braces is among them. */
    readonly unbalanced: boolean,
    /** A macro with ## is among them. */
    readonly pastes: boolean,
  ) {}

  /** Are the macros the same at the current place? */
  fits(): boolean {
    const { identifiers, macros } = this;
    for (let i = 0; i < identifiers.length; i++) if (identifiers[i]!.macro !== macros[i]) return false;
    return true;
  }
}

/** A directive, or the text between two directives. */
export class Item {
  /** The operand of #define, #undef, #ifdef. */
  identifier: Identifier | undefined;
  macro: Macro | undefined;
  condition: Condition = Condition.Expression;
  /** #if, #elif: the item that the next branch begins with. */
  next = 0;
  /** The #endif. */
  end = 0;
  /** #include_next, #import are noted by the directive's name. */
  directive = '';
  readonly variants: Variant[] = [];
  private distinct: Identifier[] | undefined;

  constructor(
    readonly kind: ItemKind,
    readonly table: TokenTable,
    /** Its tokens; for a directive, the ones behind its name. */
    readonly from: number,
    readonly to: number,
  ) {}

  /** The variant for the current place, new if there was no such one yet. */
  variant(names: IdentifierTable): Variant {
    for (const variant of this.variants) if (variant.fits()) return variant;
    const variant = closure(this.identifiers(names), names);
    this.variants.push(variant);
    return variant;
  }

  /** A variant that also depends on what ## makes of it. */
  extend(variant: Variant, pasted: Iterable<Identifier>, names: IdentifierTable): Variant {
    const extended = closure([...variant.identifiers, ...pasted], names);
    this.variants[this.variants.indexOf(variant)] = extended;
    return extended;
  }

  /** It means something else elsewhere, although the macros are the same. */
  forget(variant: Variant): void {
    this.variants.splice(this.variants.indexOf(variant), 1);
  }

  private identifiers(names: IdentifierTable): readonly Identifier[] {
    if (this.distinct === undefined) {
      const distinct: Identifier[] = [];
      const stamp = names.stamp();
      const { codes } = this.table;
      const { all } = names;
      for (let i = this.from; i < this.to; i++) {
        const code = codes[i]!;
        if (code < Code.FirstIdentifier) continue;
        const identifier = all[code - Code.FirstIdentifier]!;
        if (identifier.stamp === stamp) continue;
        identifier.stamp = stamp;
        distinct.push(identifier);
      }
      this.distinct = distinct;
    }
    return this.distinct;
  }
}

function closure(roots: readonly Identifier[], names: IdentifierTable): Variant {
  const stamp = names.stamp();
  const identifiers: Identifier[] = [];
  const macros: (Macro | undefined)[] = [];
  let unbalanced = false;
  let pastes = false;
  const add = (identifier: Identifier): void => {
    if (identifier.stamp === stamp) return;
    identifier.stamp = stamp;
    identifiers.push(identifier);
  };
  for (const root of roots) add(root);
  for (let i = 0; i < identifiers.length; i++) {
    const { macro } = identifiers[i]!;
    macros.push(macro);
    if (macro === undefined) continue;
    if (!macro.isBalanced) unbalanced = true;
    if (macro.pastes) pastes = true;
    for (const used of macro.uses) add(used);
  }
  return new Variant(identifiers, macros, unbalanced, pastes);
}

/** A file, lexed and taken apart into directives and text. */
export class PreprocessingFile {
  readonly items: readonly Item[];
  /** The macro that keeps the file from being included twice. */
  readonly guard: Identifier | undefined;
  /** Directives that are not well formed: message and token. */
  readonly faults: readonly (readonly [string, number])[];

  constructor(
    readonly path: string,
    readonly table: TokenTable,
    names: IdentifierTable,
  ) {
    const { items, faults } = divide(table, names);
    this.items = items;
    this.faults = faults;
    this.guard = guardOf(items, names);
  }
}

function divide(table: TokenTable, names: IdentifierTable): { items: Item[]; faults: [string, number][] } {
  const { codes, flags, count } = table;
  const items: Item[] = [];
  const faults: [string, number][] = [];
  /** For each open #if the last of its branches, and all of them. */
  const open: Item[][] = [];
  let text = 0;
  let i = 0;
  while (i < count) {
    if (codes[i] !== Code.Hash || (flags[i]! & Flag.LineStart) === 0) {
      i++;
      continue;
    }
    if (i > text) items.push(new Item(ItemKind.Text, table, text, i));
    let end = i + 1;
    while (end < count && (flags[end]! & Flag.LineStart) === 0) end++;
    directive(i + 1, end);
    text = i = end;
  }
  if (count > text) items.push(new Item(ItemKind.Text, table, text, count));
  for (const branches of open) {
    faults.push(['unterminated conditional', branches[0]!.from - 1]);
    close(branches, items.length);
  }
  return { items, faults };

  function close(branches: readonly Item[], end: number): void {
    branches[branches.length - 1]!.next = end;
    for (const branch of branches) branch.end = end;
  }

  function directive(at: number, end: number): void {
    if (at >= end) return;
    const name = table.text(at);
    const operand = at + 1 < end ? table.identifier(at + 1) : undefined;
    const push = (kind: ItemKind): Item => {
      const item = new Item(kind, table, at + 1, end);
      item.directive = name;
      items.push(item);
      return item;
    };
    const branch = (item: Item): void => {
      const branches = open.at(-1);
      if (branches === undefined) {
        faults.push([`#${name} without #if`, at]);
        items.pop();
        return;
      }
      branches[branches.length - 1]!.next = items.length - 1;
      branches.push(item);
    };
    const conditional = (item: Item): void => {
      if (name.endsWith('if')) return;
      item.condition = name.endsWith('ndef') ? Condition.NotDefined : Condition.Defined;
      item.identifier = operand;
      if (operand === undefined) faults.push([`no macro name given in #${name}`, at]);
    };
    switch (name) {
      case 'define': {
        if (operand === undefined) {
          faults.push(['no macro name given in #define', at]);
          return;
        }
        const item = push(ItemKind.Define);
        item.identifier = operand;
        item.macro = new Macro(operand, table, at + 1, end);
        return;
      }
      case 'undef':
        if (operand !== undefined) push(ItemKind.Undef).identifier = operand;
        return;
      case 'include':
      case 'include_next':
      case 'import':
        push(ItemKind.Include);
        return;
      case 'if':
      case 'ifdef':
      case 'ifndef': {
        const item = push(ItemKind.If);
        conditional(item);
        open.push([item]);
        return;
      }
      case 'elif':
      case 'elifdef':
      case 'elifndef': {
        const item = push(ItemKind.Elif);
        conditional(item);
        branch(item);
        return;
      }
      case 'else':
        branch(push(ItemKind.Else));
        return;
      case 'endif': {
        const branches = open.pop();
        if (branches === undefined) {
          faults.push(['#endif without #if', at]);
          return;
        }
        push(ItemKind.Endif);
        close(branches, items.length - 1);
        return;
      }
      case 'error':
        push(ItemKind.Error);
        return;
      case 'pragma':
        if (operand?.name === 'once') push(ItemKind.PragmaOnce);
        return;
      default:
        // #line, #warning, #ident and the null directive have no effect here
    }
  }
}

function guardOf(items: readonly Item[], names: IdentifierTable): Identifier | undefined {
  const first = items[0];
  if (first?.kind !== ItemKind.If || first.next !== items.length - 1 || first.end !== first.next) return undefined;
  if (first.condition === Condition.NotDefined) return first.identifier;
  if (first.condition === Condition.Defined) return undefined;
  const { table, from, to } = first;
  const texts: string[] = [];
  for (let i = from; i < to; i++) texts.push(table.text(i));
  const match = /^! defined (?:\( )?([A-Za-z_]\w*)(?: \))?$/.exec(texts.join(' '));
  return match === null ? undefined : names.of(match[1]!);
}

