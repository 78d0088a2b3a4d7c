import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { GRAMMAR_WORDS } from '../../analyzer/c/grammar-words.js';

describe('the words of tree-sitter-c', () => {
  it('are those of the grammar that is installed', () => {
    const found = new Set<string>();
    const visit = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      const { type, value } = node as { type?: unknown; value?: unknown };
      if (type === 'STRING' && typeof value === 'string' && /^[A-Za-z_]\w*$/.test(value)) found.add(value);
      for (const child of Object.values(node)) visit(child);
    };
    visit(JSON.parse(readFileSync(createRequire(import.meta.url).resolve('tree-sitter-c/src/grammar.json'), 'utf8')));
    expect([...found].sort()).to.deep.equal([...GRAMMAR_WORDS].sort());
  });
});
