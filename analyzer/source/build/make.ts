import type { SourceTree } from '../tree.js';
import type { MakeAssignment, MakeNode, Reference, Template } from './make-syntax.js';
import { parseMakefile, parseTemplate } from './make-syntax.js';
import { globPattern, SOURCE_ROOT } from './shell.js';

interface Variable { value: string; readonly simple: boolean; /** of `value`, once it was expanded */ template?: Template | undefined }

/** Parsed texts, shared between the runs of one evaluation: the same fragments are read for every variable. */
export class MakeCache {
  readonly files = new Map<string, readonly MakeNode[]>();
  readonly templates = new Map<string, Template>();
}

/** Reads makefiles as GNU make does in its first phase: variables, conditionals, includes, and rules' prerequisites. No recipe runs. */
export class Make {
  private readonly variables = new Map<string, Variable>();
  /** $0, $1 ... of the function that is called. */
  private arguments: readonly string[] = [];
  private readonly targetVariables = new Map<string, MakeAssignment[]>();
  /** Prerequisites of the targets that `wanted` asks for. */
  readonly rules = new Map<string, string[]>();
  readonly notes: string[] = [];

  /**
   * @param built files of the build directory by name
   * @param directory the working directory, relative to the build directory
   * @param wanted the targets whose prerequisites to keep
   */
  constructor(
    private readonly tree: SourceTree, private readonly built: ReadonlyMap<string, string>, private readonly directory: string,
    private readonly wanted: (target: string) => boolean, private readonly cache: MakeCache,
  ) {
    this.set('SRC_PATH', SOURCE_ROOT);
    this.set('CURDIR', `/build/${directory}`);
    this.set('MAKE', 'make');
  }

  set(name: string, value: string): void { this.variables.set(name, { value, simple: true }); }

  /** A variable's expanded value. */
  get(name: string): string { return this.lookup(name); }

  words(name: string): string[] { return words(this.lookup(name)); }

  has(name: string): boolean { return this.variables.has(name); }

  run(text: string): void {
    let nodes = this.cache.files.get(text);
    if (nodes === undefined) this.cache.files.set(text, nodes = parseMakefile(text));
    this.runNodes(nodes);
  }

  private runNodes(nodes: readonly MakeNode[]): void {
    for (const node of nodes) this.runNode(node);
  }

  private runNode(node: MakeNode): void {
    switch (node.kind) {
      case 'assign':
        if (node.targets === undefined) this.assign(this.expand(node.name).trim(), node.operator, node.value);
        else this.forTargets(words(this.expand(node.targets)), node);
        break;
      case 'include': for (const file of words(this.expand(node.files))) this.include(file, node.optional); break;
      case 'condition':
        for (const { test, body } of node.branches) {
          const holds = test === undefined || test.negated !== (test.right === undefined
            ? (this.variables.get(this.expand(test.left).trim())?.value ?? '') !== ''
            : this.expand(test.left).trim() === this.expand(test.right).trim());
          if (holds) { this.runNodes(body); break; }
        }
        break;
      case 'rule': {
        const targets = words(this.expand(node.targets)).filter(this.wanted);
        if (targets.length === 0) break;
        const prerequisites = words(this.expand(node.prerequisites));
        for (const target of targets) {
          const known = this.rules.get(target);
          if (known === undefined) this.rules.set(target, [...prerequisites]);
          else known.push(...prerequisites);
        }
        break;
      }
      case 'expand': {
        const text = this.expand(node.text);
        if (text.trim() !== '' && text !== node.text) this.run(text);
        break;
      }
    }
  }

  private forTargets(targets: readonly string[], assignment: MakeAssignment): void {
    for (const target of targets) {
      const known = this.targetVariables.get(target);
      if (known === undefined) this.targetVariables.set(target, [assignment]);
      else known.push(assignment);
    }
  }

  /** Sets the variables that are specific to a target, as its recipe would see them. */
  enterTarget(target: string): void {
    for (const { name, operator, value } of this.targetVariables.get(target) ?? []) this.assign(this.expand(name).trim(), operator, value);
  }

  private assign(name: string, operator: MakeAssignment['operator'], value: string): void {
    const known = this.variables.get(name);
    switch (operator) {
      case '=': this.variables.set(name, { value, simple: false }); break;
      case ':=': this.variables.set(name, { value: this.expand(value), simple: true }); break;
      case '?=': if (known === undefined) this.variables.set(name, { value, simple: false }); break;
      case '+=':
        if (known === undefined) this.variables.set(name, { value, simple: false });
        else {
          known.template = undefined;
          known.value = `${known.value}${known.value === '' ? '' : ' '}${known.simple ? this.expand(value) : value}`;
        }
    }
  }

  private include(file: string, optional: boolean): void {
    let text: string | undefined;
    if (file.startsWith(SOURCE_ROOT + '/')) text = this.tree.read(file.slice(SOURCE_ROOT.length + 1).replace(/\/\/+/g, '/'));
    else text = this.built.get(normalize(`${this.directory}/${file}`));
    if (text !== undefined) this.run(text);
    else if (!optional && file.startsWith(SOURCE_ROOT)) this.notes.push(`make: there is no ${file.slice(SOURCE_ROOT.length + 1)} to include`);
  }

  expand(text: string): string {
    if (!text.includes('$')) return text;
    return this.fill(this.template(text));
  }

  private template(text: string): Template {
    let template = this.cache.templates.get(text);
    if (template === undefined) this.cache.templates.set(text, template = parseTemplate(text));
    return template;
  }

  private fill(template: Template): string {
    let result = '';
    for (const part of template) result += typeof part === 'string' ? part : this.reference(part);
    return result;
  }

  private lookup(name: string): string {
    const code = name.charCodeAt(0);
    if (code >= 0x30 && code <= 0x39) return this.arguments[Number(name)] ?? '';
    const variable = this.variables.get(name);
    if (variable === undefined) return '';
    return variable.simple ? variable.value : this.value(variable);
  }

  private value(variable: Variable): string {
    if (variable.template === undefined) {
      if (!variable.value.includes('$')) return variable.value;
      variable.template = this.template(variable.value);
    }
    return this.fill(variable.template);
  }

  private reference(reference: Reference): string {
    if (reference.kind === 'function') return this.callFunction(reference.name, reference.args);
    const value = this.lookup(typeof reference.name === 'string' ? reference.name : this.fill(reference.name).trim());
    if (reference.from === undefined || reference.to === undefined) return value;
    const from = this.fill(reference.from);
    const to = this.fill(reference.to);
    return substitute(from.includes('%') ? from : `%${from}`, from.includes('%') ? to : `%${to}`, words(value)).join(' ');
  }

  private callFunction(name: string, args: readonly Template[]): string {
    const text = (index: number): string => { const argument = args[index]; return argument === undefined ? '' : this.fill(argument); };
    switch (name) {
      case 'if': return text(0).trim() !== '' ? text(1) : text(2);
      case 'or': for (let index = 0; index < args.length; index++) { const value = text(index).trim(); if (value !== '') return value; } return '';
      case 'and': { let value = ''; for (let index = 0; index < args.length; index++) { value = text(index).trim(); if (value === '') return ''; } return value; }
      case 'foreach': return this.foreach(text(0).trim(), words(text(1)), args[2] ?? []);
      case 'call': return this.call(args);
      case 'eval': this.run(text(0)); return '';
      case 'value': return this.variables.get(text(0).trim())?.value ?? '';
      case 'origin': return this.variables.has(text(0).trim()) ? 'file' : 'undefined';
      case 'flavor': { const variable = this.variables.get(text(0).trim()); return variable === undefined ? 'undefined' : variable.simple ? 'simple' : 'recursive'; }
      case 'error': this.notes.push(`make: ${text(0)}`); return '';
      case 'warning': case 'info': case 'shell': case 'file': text(0); return '';
      case 'wildcard': return words(text(0)).flatMap((pattern) => this.wildcard(pattern)).join(' ');
      default: return wordFunction(name, text(0), text(1), text(2));
    }
  }

  private foreach(name: string, list: readonly string[], body: Template): string {
    const saved = this.variables.get(name);
    const loop: Variable = { value: '', simple: true };
    let result = '';
    for (const word of list) {
      loop.value = word;
      if (this.variables.get(name) !== loop) this.variables.set(name, loop);
      const text = this.fill(body);
      if (text !== '') result += result === '' ? text : ' ' + text;
    }
    if (saved === undefined) this.variables.delete(name);
    else this.variables.set(name, saved);
    return result;
  }

  private call(args: readonly Template[]): string {
    const given = args.map((argument, index) => (index === 0 ? this.fill(argument).trim() : this.fill(argument)));
    const variable = this.variables.get(given[0] ?? '');
    if (variable === undefined) return '';
    const saved = this.arguments;
    this.arguments = given;
    const result = this.value(variable);
    this.arguments = saved;
    return result;
  }

  private wildcard(pattern: string): string[] {
    if (!pattern.startsWith(SOURCE_ROOT + '/')) return [];
    let found = [''];
    for (const part of pattern.slice(SOURCE_ROOT.length + 1).split('/')) {
      if (!/[*?[]/.test(part)) { found = found.map((path) => (path === '' ? part : `${path}/${part}`)); continue; }
      const match = globPattern(part);
      found = found.flatMap((path) => this.tree.list(path).map((entry) => entry.replace(/\/$/, '')).filter((entry) => match.test(entry)).map((entry) => (path === '' ? entry : `${path}/${entry}`)));
    }
    return found.filter((path) => this.tree.has(path) || this.tree.list(path).length > 0).map((path) => `${SOURCE_ROOT}/${path}`);
  }
}

export function words(text: string): string[] {
  const trimmed = text.trim();
  if (trimmed === '') return [];
  return trimmed.includes(' ') || trimmed.includes('\n') || trimmed.includes('\t') ? trimmed.split(/\s+/) : [trimmed];
}

/** A path without ".", ".." and doubled slashes; leading ".." are dropped. */
export function normalize(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** The stem where a word matches a pattern with %, or undefined. */
function stem(pattern: string, word: string): string | undefined {
  const percent = pattern.indexOf('%');
  if (percent < 0) return pattern === word ? '' : undefined;
  const suffixLength = pattern.length - percent - 1;
  return word.length >= pattern.length - 1 && word.startsWith(pattern.slice(0, percent)) && word.endsWith(pattern.slice(percent + 1))
    ? word.slice(percent, word.length - suffixLength) : undefined;
}

function substitute(from: string, to: string, list: readonly string[]): string[] {
  return list.map((word) => {
    const found = stem(from, word);
    return found === undefined ? word : to.replace('%', () => found);
  });
}

function filter(patterns: readonly string[], list: readonly string[], keep: boolean): string[] {
  const exact = new Set(patterns);
  const general = patterns.filter((pattern) => pattern.includes('%'));
  return list.filter((word) => (exact.has(word) || general.some((pattern) => stem(pattern, word) !== undefined)) === keep);
}

function wordFunction(name: string, first: string, second: string, third: string): string {
  switch (name) {
    case 'subst': return third.replaceAll(first, () => second);
    case 'patsubst': return substitute(first.trim(), second.trim(), words(third)).join(' ');
    case 'strip': return words(first).join(' ');
    case 'findstring': return second.includes(first) ? first : '';
    case 'filter': return filter(words(first), words(second), true).join(' ');
    case 'filter-out': return filter(words(first), words(second), false).join(' ');
    case 'sort': return [...new Set(words(first))].sort().join(' ');
    case 'word': return words(second)[Number(first) - 1] ?? '';
    case 'wordlist': return words(third).slice(Number(first) - 1, Number(second)).join(' ');
    case 'words': return String(words(first).length);
    case 'firstword': return words(first)[0] ?? '';
    case 'lastword': return words(first).at(-1) ?? '';
    case 'dir': return words(first).map((word) => (word.includes('/') ? word.replace(/[^/]*$/, '') : './')).join(' ');
    case 'notdir': return words(first).map((word) => word.replace(/.*\//, '')).join(' ');
    case 'suffix': return words(first).map((word) => /\.[^./]*$/.exec(word)?.[0] ?? '').filter((word) => word !== '').join(' ');
    case 'basename': return words(first).map((word) => word.replace(/\.[^./]*$/, '')).join(' ');
    case 'addprefix': return words(second).map((word) => first + word).join(' ');
    case 'addsuffix': return words(second).map((word) => word + first).join(' ');
    case 'join': { const right = words(second); return words(first).map((word, index) => word + (right[index] ?? '')).join(' '); }
    case 'realpath': case 'abspath': return words(first).join(' ');
    default: return '';
  }
}
