/** GNU make's language (the manual's chapters 3 to 8): text to statements and expansion templates. */

export interface MakeAssignment {
  readonly kind: 'assign';
  /** Of a target-specific variable. */
  readonly targets: string | undefined;
  readonly name: string;
  readonly operator: '=' | ':=' | '?=' | '+=';
  readonly value: string;
}

export type MakeNode =
  | MakeAssignment
  | { readonly kind: 'include'; readonly files: string; readonly optional: boolean; readonly line: number }
  | { readonly kind: 'condition'; readonly branches: readonly { readonly test: Condition | undefined; readonly body: readonly MakeNode[] }[] }
  | { readonly kind: 'rule'; readonly targets: string; readonly prerequisites: string }
  | { readonly kind: 'expand'; readonly text: string };

export interface Condition {
  readonly negated: boolean;
  /** The two sides of ifeq; for ifdef the name and nothing. */
  readonly left: string;
  readonly right: string | undefined;
}

/** Where the first of the characters stands outside references; -1 if nowhere. */
function findOutside(text: string, characters: string, from = 0): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '$' && (text.charAt(at + 1) === '(' || text.charAt(at + 1) === '{')) { depth++; at++; }
    else if (depth > 0 && (char === '(' || char === '{')) depth++;
    else if (depth > 0 && (char === ')' || char === '}')) depth--;
    else if (depth === 0 && characters.includes(char)) return at;
  }
  return -1;
}

/** Parses a makefile. Recipes are skipped: nothing is built. */
export function parseMakefile(text: string): readonly MakeNode[] {
  return new Reader(text).block(false);
}

class Reader {
  private readonly lines: string[];
  private at = 0;
  private inRule = false;

  constructor(text: string) { this.lines = text.split('\n'); }

  /** The next logical line: continued lines joined, comments removed; undefined at the end. Recipe lines are passed over. */
  private logicalLine(): string | undefined {
    while (this.at < this.lines.length) {
      let line = this.lines[this.at++] ?? '';
      const recipe = line.startsWith('\t') && this.inRule;
      if (line.endsWith('\\')) {
        const parts = [line.slice(0, -1)];
        while (this.at < this.lines.length) {
          const next = this.lines[this.at++] ?? '';
          if (!next.endsWith('\\')) { parts.push(next); break; }
          parts.push(next.slice(0, -1));
        }
        line = parts.map((part, index) => (index === 0 ? part.trimEnd() : part.trim())).join(' ');
      }
      if (recipe) continue;
      const comment = line.includes('#') ? /(^|[^\\])#/.exec(line) : null;
      if (comment !== null) line = line.slice(0, comment.index + (comment[1] ?? '').length);
      if (line.trim() !== '') return line.trimStart();
    }
    return undefined;
  }

  block(nested: boolean): MakeNode[] {
    const nodes: MakeNode[] = [];
    for (;;) {
      const line = this.logicalLine();
      if (line === undefined) return nodes;
      const word = /^-?[a-z]+/.exec(line)?.[0] ?? '';
      switch (word) {
        case 'else': case 'endif':
          if (nested) { this.at--; this.pending = line; return nodes; }
          continue;
        case 'ifeq': case 'ifneq': case 'ifdef': case 'ifndef':
          if (/^ifn?(eq|def)\b[\s('"]/.test(line)) { nodes.push(this.conditional(line)); continue; }
          break;
        case 'include': case '-include': case 'sinclude':
          if (/^\S+\s/.test(line)) { nodes.push({ kind: 'include', files: line.slice(word.length).trim(), optional: word !== 'include', line: this.at }); continue; }
          break;
        case 'define':
          if (/^define\s/.test(line)) { nodes.push(this.definition(line)); continue; }
          break;
        case 'vpath': case 'unexport': case 'undefine':
          if (/^\S+\s/.test(line)) continue;
      }
      const node = this.plain(line);
      if (node !== undefined) nodes.push(node);
    }
  }

  private pending = '';

  private conditional(first: string): MakeNode {
    const branches: { test: Condition | undefined; body: readonly MakeNode[] }[] = [];
    let test: Condition | undefined = parseCondition(first);
    for (;;) {
      this.pending = '';
      branches.push({ test, body: this.block(true) });
      const closing = this.pending;
      if (closing === '') return { kind: 'condition', branches };
      this.at++;
      if (closing.startsWith('endif')) return { kind: 'condition', branches };
      const rest = closing.slice(4).trim();
      test = rest === '' ? undefined : parseCondition(rest);
    }
  }

  private definition(line: string): MakeNode {
    const match = /^define\s+(\S+)\s*([:?+]?=)?/.exec(line);
    const body: string[] = [];
    while (this.at < this.lines.length) {
      const raw = this.lines[this.at++] ?? '';
      if (/^\s*endef\b/.test(raw)) break;
      body.push(raw);
    }
    const operator = match?.[2];
    return { kind: 'assign', targets: undefined, name: match?.[1] ?? '', operator: operator === ':=' || operator === '+=' || operator === '?=' ? operator : '=', value: body.join('\n').replace(/\\\n[ \t]*/g, ' ') };
  }

  private plain(given: string): MakeNode | undefined {
    const line = given.replace(/^(export|override)\s+/, '');
    const at = findOutside(line, '=:');
    if (at < 0) return line === 'export' ? undefined : { kind: 'expand', text: line };
    const assignment = parseAssignment(line, at, undefined);
    if (assignment !== undefined) { this.inRule = false; return assignment; }
    this.inRule = true;
    const rest = line.slice(at + 1);
    const sign = findOutside(rest, '=:');
    if (sign >= 0 && findOutside(rest, '=') >= 0) return parseAssignment(rest, sign, line.slice(0, at));
    const semicolon = findOutside(rest, ';');
    const prerequisites = (semicolon >= 0 ? rest.slice(0, semicolon) : rest).replace(/\|.*/, '');
    const colon = findOutside(prerequisites, ':');
    return { kind: 'rule', targets: line.slice(0, at), prerequisites: colon >= 0 ? prerequisites.slice(colon + 1) : prerequisites };
  }
}

/** An assignment whose "=" or ":" stands at `at`; undefined if this is a rule's colon. */
function parseAssignment(line: string, at: number, targets: string | undefined): MakeAssignment | undefined {
  let operator: MakeAssignment['operator'];
  let nameEnd = at;
  let valueStart = at + 1;
  if (line.charAt(at) === '=') {
    const before = line.charAt(at - 1);
    operator = before === '?' ? '?=' : before === '+' ? '+=' : '=';
    if (operator !== '=') nameEnd = at - 1;
  } else if (line.startsWith('::=', at) || line.startsWith(':=', at)) {
    operator = ':=';
    valueStart = line.indexOf('=', at) + 1;
  } else {
    return undefined;
  }
  return { kind: 'assign', targets, name: line.slice(0, nameEnd).trim(), operator, value: line.slice(valueStart).trimStart() };
}

function parseCondition(line: string): Condition {
  const match = /^(ifn?eq|ifn?def)\s*(.*)$/.exec(line.trimEnd());
  const kind = match?.[1] ?? '';
  const rest = (match?.[2] ?? '').trim();
  const negated = kind.startsWith('ifn');
  if (kind.endsWith('def')) return { negated, left: rest, right: undefined };
  if (rest.startsWith('(')) {
    const inner = rest.slice(1, rest.lastIndexOf(')'));
    const comma = findOutside(inner, ',');
    return { negated, left: inner.slice(0, comma).trim(), right: inner.slice(comma + 1).trim() };
  }
  const quoted = /^(["'])(.*?)\1\s*(["'])(.*)\3/.exec(rest);
  return { negated, left: quoted?.[2] ?? '', right: quoted?.[4] ?? '' };
}

/** A text with references, ready to expand. */
export type Template = readonly (string | Reference)[];
export type Reference =
  | { readonly kind: 'variable'; readonly name: Template | string; readonly from: Template | undefined; readonly to: Template | undefined }
  | { readonly kind: 'function'; readonly name: string; readonly args: readonly Template[] };

const ARGUMENTS: Readonly<Record<string, number>> = {
  subst: 3, patsubst: 3, strip: 1, findstring: 2, filter: 2, 'filter-out': 2, sort: 1, word: 2, wordlist: 3, words: 1, firstword: 1, lastword: 1,
  dir: 1, notdir: 1, suffix: 1, basename: 1, addsuffix: 2, addprefix: 2, join: 2, wildcard: 1, realpath: 1, abspath: 1, error: 1, warning: 1, info: 1,
  shell: 1, origin: 1, flavor: 1, foreach: 3, if: 3, or: Infinity, and: Infinity, call: Infinity, eval: 1, value: 1, file: 2,
};

/** Parses a text for expansion. */
export function parseTemplate(text: string): Template {
  const parts: (string | Reference)[] = [];
  let start = 0;
  for (let at = text.indexOf('$'); at >= 0; at = text.indexOf('$', start)) {
    if (at > start) parts.push(text.slice(start, at));
    const open = text.charAt(at + 1);
    if (open === '$') { parts.push('$'); start = at + 2; continue; }
    if (open !== '(' && open !== '{') { parts.push({ kind: 'variable', name: open, from: undefined, to: undefined }); start = at + 2; continue; }
    const close = open === '(' ? ')' : '}';
    let depth = 1;
    let end = at + 2;
    for (; end < text.length; end++) {
      const char = text.charAt(end);
      if (char === open) depth++;
      else if (char === close && --depth === 0) break;
    }
    parts.push(parseReference(text.slice(at + 2, end), open, close));
    start = end + 1;
  }
  if (start < text.length) parts.push(text.slice(start));
  return parts;
}

function parseReference(content: string, open: string, close: string): Reference {
  const match = /^([a-z-]+)\s+/.exec(content);
  const name = match?.[1] ?? '';
  const count = Object.hasOwn(ARGUMENTS, name) ? ARGUMENTS[name] : undefined;
  if (match !== null && count !== undefined) {
    const args: Template[] = [];
    let depth = 0;
    let start = match[0].length;
    for (let at = start; at < content.length; at++) {
      const char = content.charAt(at);
      if (char === open) depth++;
      else if (char === close) depth--;
      else if (char === ',' && depth === 0 && args.length + 1 < count) { args.push(parseTemplate(content.slice(start, at))); start = at + 1; }
    }
    args.push(parseTemplate(content.slice(start)));
    return { kind: 'function', name, args };
  }
  const colon = findOutside(content, ':');
  const equal = colon < 0 ? -1 : findOutside(content, '=', colon);
  if (equal > colon && colon > 0) {
    return { kind: 'variable', name: parseName(content.slice(0, colon)), from: parseTemplate(content.slice(colon + 1, equal)), to: parseTemplate(content.slice(equal + 1)) };
  }
  return { kind: 'variable', name: parseName(content), from: undefined, to: undefined };
}

/** Most names are plain. */
function parseName(text: string): Template | string {
  return text.includes('$') ? parseTemplate(text) : text.trim();
}
