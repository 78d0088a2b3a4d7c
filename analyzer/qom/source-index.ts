import { externalNames, factOf } from '../source/facts.js';
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
    const names = factOf(this.tree, path, externalNames);
    for (const name of names === undefined || names === '' ? [] : names.split(' ')) if (!this.names.has(name)) this.names.set(name, path);
  }
}
