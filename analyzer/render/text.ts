import type Table from 'cli-table3';
import { lazily } from '../source/lazily.js';

const cliTable = lazily<typeof Table>('cli-table3');

/** How text is set on the terminal at hand. */
export interface Style {
  /** Columns. */
  readonly width: number;
  bold(text: string): string;
  dim(text: string): string;
}

/** No colours, 80 columns: files and pipes. */
export const plain: Style = { width: 80, bold: (text) => text, dim: (text) => text };

/**
 * Words set in lines of at most `width` columns, every line (but the first, where `first` differs) indented.
 * A word that is longer than a line stands alone.
 */
export function wrapWords(words: readonly string[], width: number, indent: string, first = indent): string {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of words) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent;
      empty = true;
    }
    line += (empty ? '' : ' ') + word;
    empty = false;
  }
  lines.push(line);
  return lines.join('\n');
}

/**
 * A table without rules: a head, and columns as wide as what stands in them.
 * Columns named in `right` are set flush right.
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[], style: Style, right: readonly number[] = []): string {
  const none = {
    'top': '', 'top-mid': '', 'top-left': '', 'top-right': '', 'bottom': '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '',
    'left': '', 'left-mid': '', 'mid': '', 'mid-mid': '', 'right': '', 'right-mid': '', 'middle': '  ',
  };
  const layout = new (cliTable())({
    head: head.map((title) => style.bold(title)),
    chars: none,
    style: { 'padding-left': 0, 'padding-right': 0, 'head': [], 'border': [], 'compact': true },
    colAligns: head.map((_, column) => (right.includes(column) ? 'right' : 'left')),
  });
  for (const row of rows) layout.push([...row]);
  return layout.toString().split('\n').map((line) => line.trimEnd()).join('\n');
}

/** "7,656": a count as people read it, the same in every locale. */
export function count(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** "1 machine type", "58 machine types". */
export function plural(n: number, one: string, many = one + 's'): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}
