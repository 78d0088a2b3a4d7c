import type { SourceTree } from './tree.js';

/**
 * The package string that Debian's (or a derivative's) build puts into the binary: what debian/rules
 * hands to `configure --with-pkgversion`, with the version of the newest changelog entry. A rebuild
 * without a source change (+b1) is not in the source and so not in the string.
 * @returns '' for a tree without Debian packaging, or whose rules set no package version.
 */
export function debianPackage(tree: SourceTree): string {
  const entry = /^(\S+) \(([^()\s]+)\)([^;]*);/m.exec(tree.read('debian/changelog') ?? '');
  const rules = tree.read('debian/rules');
  if (entry === null || rules === undefined) return '';
  const option = /--with-pkgversion=(?:"([^"]*)"|'([^']*)'|(\S+))/.exec(rules);
  if (option === null) return '';
  const value = expand(option[1] ?? option[2] ?? option[3] ?? '', variables(rules, entry[1] ?? '', entry[2] ?? '', entry[3] ?? ''), 0);
  if (value === undefined) return '';
  // Up to 4.0 configure puts its argument into parentheses, and query-version shows them.
  return /pkgversion=" \(\$optarg\)"/.test(tree.read('configure') ?? '') ? ` (${value})` : value;
}

/** The plain assignments in the makefile, under the variables that dpkg's pkg-info.mk defines. */
function variables(rules: string, source: string, version: string, distributions: string): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  for (const [, name, value] of rules.matchAll(/^(\w+)\s*[:?]?=[ \t]*(.*)$/gm)) known.set(name ?? '', (value ?? '').trim());
  const withoutEpoch = version.replace(/^\d+:/, '');
  known.set('DEB_SOURCE', source);
  known.set('DEB_VERSION', version);
  known.set('DEB_VERSION_EPOCH_UPSTREAM', version.replace(/-[^-]*$/, ''));
  known.set('DEB_VERSION_UPSTREAM_REVISION', withoutEpoch);
  known.set('DEB_VERSION_UPSTREAM', withoutEpoch.replace(/-[^-]*$/, ''));
  known.set('DEB_DISTRIBUTION', distributions.trim().split(/\s+/, 1)[0] ?? '');
  return known;
}

/** Undefined where a value needs more of make than variables. */
function expand(text: string, known: ReadonlyMap<string, string>, depth: number): string | undefined {
  let complete = depth < 10;
  const result = text.replace(/\$[({]([^(){}]*)[)}]/g, (_, name: string) => {
    const value = complete ? known.get(name) : undefined;
    const expanded = value === undefined ? undefined : expand(value, known, depth + 1);
    if (expanded === undefined) complete = false;
    return expanded ?? '';
  });
  return complete && !result.includes('$') ? result : undefined;
}
