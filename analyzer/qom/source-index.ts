import type { SourceTree } from '../source/tree.js';

/** Which file of the build defines a function or object with external linkage. Files are read when first needed, the likely ones first. */
export class SourceIndex {
  private readonly names = new Map<string, string>();
  private tier = 0;
  private readonly tiers: readonly string[][];

  constructor(private readonly tree: SourceTree, files: readonly string[], likely: (path: string) => boolean) {
    this.tiers = [files.filter(likely), files.filter((f) => !likely(f))];
  }

  definedIn(name: string): string | undefined {
    for (;;) {
      const path = this.names.get(name);
      if (path !== undefined || this.tier >= this.tiers.length) return path;
      for (const file of this.tiers[this.tier++]!) this.add(file);
    }
  }

  private add(path: string): void {
    const text = this.tree.read(path);
    if (text === undefined) return;
    for (const name of externalNames(text)) if (!this.names.has(name)) this.names.set(name, path);
  }
}

const NOT_EXTERNAL = /^(?:static|typedef|extern|return|goto|else|if|for|while|switch|case|default|do|struct \w+\s*[;{]|union \w+\s*[;{]|enum\b)/;

/**
 * The external names that a C file defines, found without parsing it: QEMU's style starts every definition, and nothing
 * inside one, in column 0. A name too many does no harm (the unit is asked again), one too few would be a gap.
 */
export function externalNames(text: string): string[] {
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
