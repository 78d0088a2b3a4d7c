import { expect } from 'chai';
import { IdentifierTable } from '../../analyzer/c/identifier.js';
import { lex, Flag } from '../../analyzer/c/lexer.js';
import { SourceFile } from '../../analyzer/c/source-file.js';

function tokens(text: string): string[] {
  const table = lex(new SourceFile('a.c', text), new IdentifierTable());
  return Array.from({ length: table.count }, (_, i) => table.text(i));
}

function kinds(text: string): string[] {
  const table = lex(new SourceFile('a.c', text), new IdentifierTable());
  return Array.from({ length: table.count }, (_, i) => `${table.token(i).kind} ${table.text(i)}`);
}

describe('c/lexer', () => {
  it('takes the longest punctuator', () => {
    expect(tokens('a+++++b')).to.deep.equal(['a', '++', '++', '+', 'b']);
    expect(tokens('x<<=1>>=2->y...z..w')).to.deep.equal([
      'x', '<<=', '1', '>>=', '2', '->', 'y', '...', 'z', '.', '.', 'w',
    ]);
    expect(tokens('!=!===&&&=|||=^=^##%=')).to.deep.equal([
      '!=', '!=', '==', '&&', '&=', '||', '|=', '^=', '^', '##', '%=',
    ]);
  });

  it('knows the digraphs', () => {
    expect(tokens('<% %> <: :> %: %:%:')).to.deep.equal(['{', '}', '[', ']', '#', '##']);
  });

  it('reads preprocessing numbers as one token', () => {
    expect(kinds('0x1fULL 1e+5 .5f 1.2.3 0x1p-3 7_up')).to.deep.equal([
      'number 0x1fULL', 'number 1e+5', 'number .5f', 'number 1.2.3', 'number 0x1p-3', 'number 7_up',
    ]);
    expect(tokens('0xe+1')).to.deep.equal(['0xe+1']);
    expect(tokens('0xf+1')).to.deep.equal(['0xf', '+', '1']);
  });

  it('keeps prefix and quotes of strings and characters', () => {
    expect(kinds(String.raw`"a\"b" L"w" u8"x" '\'' L'c' ident"s"`)).to.deep.equal([
      String.raw`string "a\"b"`, 'string L"w"', 'string u8"x"', String.raw`char '\''`, "char L'c'", 'identifier ident',
      'string "s"',
    ]);
  });

  it('lets a stray quote be a token of its own', () => {
    expect(kinds("don't\nx")).to.deep.equal(['identifier don', "other '", 'identifier t', 'identifier x']);
    expect(kinds('"open\nx')[0]).to.equal('other "');
  });

  it('removes comments, which are white space', () => {
    const table = lex(new SourceFile('a.c', 'a/* * / */b// c\nd/**/e'), new IdentifierTable());
    expect(tokens('a/* * / */b// c\nd/**/e')).to.deep.equal(['a', 'b', 'd', 'e']);
    expect(table.flags[1]! & Flag.Space).to.equal(Flag.Space);
    expect(table.flags[3]! & Flag.Space).to.equal(Flag.Space);
    expect(tokens('a "/* no */" \'//\' b')).to.deep.equal(['a', '"/* no */"', "'//'", 'b']);
    expect(tokens('a // to be \\\n continued\nb')).to.deep.equal(['a', 'b']);
  });

  it('splices lines anywhere, also within a token', () => {
    expect(tokens('ab\\\ncd')).to.deep.equal(['abcd']);
    expect(tokens('ab\\\n cd')).to.deep.equal(['ab', 'cd']);
    expect(tokens('1\\\n2+\\\n=3')).to.deep.equal(['12', '+=', '3']);
    expect(tokens('"a\\\nb"')).to.deep.equal(['"ab"']);
    expect(tokens('>\\\n>\\\n=')).to.deep.equal(['>>=']);
    expect(tokens('a /\\\n* c *\\\n/ b')).to.deep.equal(['a', 'b']);
    expect(tokens('a /\\\n/ c\nb')).to.deep.equal(['a', 'b']);
    expect(tokens('ab\\\r\ncd')).to.deep.equal(['abcd']);
    expect(tokens('a \\ b')).to.deep.equal(['a', '\\', 'b']);
  });

  it('tells the first token of a line, which a comment across lines does not begin', () => {
    const table = lex(new SourceFile('a.c', 'a /*\n*/ b\n  c \\\n d'), new IdentifierTable());
    const first = Array.from({ length: table.count }, (_, i) => (table.flags[i]! & Flag.LineStart) !== 0);
    expect(first).to.deep.equal([true, false, true, false]);
  });

  it('reads a header name only behind #include', () => {
    expect(tokens('#include <a//b.h>\n')).to.deep.equal(['#', 'include', '<a//b.h>']);
    expect(tokens('x include <a.h>')).to.deep.equal(['x', 'include', '<', 'a', '.', 'h', '>']);
  });

  it('finds lines by offset', () => {
    const file = new SourceFile('a.c', 'a\nbb\n\nc');
    expect([0, 1, 2, 4, 5, 6].map((offset) => file.lineAt(offset))).to.deep.equal([1, 1, 2, 2, 3, 4]);
  });

  it('gives one identifier for one spelling, and another for another', () => {
    const table = new IdentifierTable();
    const all = Array.from({ length: 50_000 }, (_, i) => table.of(`name_${i}`));
    expect(new Set(all).size).to.equal(all.length);
    expect(table.of('name_4711')).to.equal(all[4711]);
  });
});
