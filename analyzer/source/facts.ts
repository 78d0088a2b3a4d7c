import type { SourceTree } from './tree.js';

/** Something that a text says, of which a question may want to know no more. Two texts that say the same are the same to it. */
export interface Fact {
  /** The whole of what it is, so that it can be worked out elsewhere: see {@link factNamed}. */
  readonly name: string;
  of(text: string): string;
}

const NAMES = 'external names';
const MATCHES = 'matches ';

/** The fact of this name. */
export function factNamed(name: string): Fact {
  return name === NAMES ? externalNames : matches(new RegExp(name.slice(MATCHES.length)));
}

const known = new Map<string, Fact>();

/** Does a pattern (without flags) match? "1" or "0". */
export function matches(pattern: RegExp): Fact {
  const name = MATCHES + pattern.source;
  let fact = known.get(name);
  if (fact === undefined) known.set(name, (fact = { name, of: (text) => (pattern.test(text) ? '1' : '0') }));
  return fact;
}

/** A fact of a file; undefined if there is no such file. Who asks for a fact instead of the text does not mind what else the file says. */
export function factOf(tree: SourceTree, path: string, fact: Fact): string | undefined {
  if (tree.fact !== undefined) return tree.fact(path, fact);
  const text = tree.read(path);
  return text === undefined ? undefined : fact.of(text);
}

const NOT_EXTERNAL = /^(?:static|typedef|extern|return|goto|else|if|for|while|switch|case|default|do|struct \w+\s*[;{]|union \w+\s*[;{]|enum\b)/;

/**
 * The external names that a C file defines, with spaces between, found without parsing it: QEMU's style starts every
 * definition, and nothing inside one, in column 0. A name too many does no harm (the unit is asked again), one too few
 * would be a gap.
 */
export const externalNames: Fact = { name: NAMES, of: (text) => namesIn(text).join(' ') };

function namesIn(text: string): string[] {
  const found: string[] = [];
  let at = 0;
  while (at >= 0 && at < text.length) {
    const c = text.charCodeAt(at);
    let end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    if ((c >= 97 && c <= 122) || (c >= 65 && c <= 90) || c === 95) {
      const line = text.slice(at, end);
      if (!NOT_EXTERNAL.test(line)) {
        const paren = line.indexOf('(');
        const stop = line.search(/[=;[]/);
        if (paren > 0 && (stop < 0 || paren < stop)) {
          const name = /([A-Za-z_]\w*)\s*$/.exec(line.slice(0, paren));
          const brace = text.indexOf('{', at + paren);
          const semicolon = text.indexOf(';', at + paren);
          if (name !== null && brace >= 0 && (semicolon < 0 || brace < semicolon)) found.push(name[1]!);
        } else if (stop > 0 && paren < 0 || (stop > 0 && stop < paren)) {
          const name = /[\s*]([A-Za-z_]\w*)\s*$/.exec(line.slice(0, stop));
          if (name !== null) found.push(name[1]!);
        }
      }
    }
    at = end + 1;
  }
  return found;
}
