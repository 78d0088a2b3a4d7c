import type { SourceTree } from '../tree.js';

/**
 * What a packaged tree says its packager asks of configure. Debian's packaging notes the options of the main build as
 * comments in debian/control ("# --enable-xen<TAB>linux-amd64|linux-i386"). It only tells what the building
 * host has beyond the defaults; a tree without it loses nothing.
 * @returns switch names (CONFIG_XEN) that the packaging enables.
 */
export function packagedSwitches(tree: SourceTree): ReadonlySet<string> {
  const switches = new Set<string>();
  for (const match of (tree.read('debian/control') ?? '').matchAll(/^# ?(--enable-[\w-]+(?:[ ]+--enable-[\w-]+)*)(?:\t+\s*(\S*))?/gm)) {
    const systems = match[2] ?? '';
    if (systems !== '' && !/(^|\|)(linux-amd64|linux-\*|linux-any|amd64|\*)(\||$)/.test(systems)) continue;
    for (const option of (match[1] ?? '').split(/ +/)) switches.add(`CONFIG_${option.slice('--enable-'.length).toUpperCase().replace(/-/g, '_')}`);
  }
  return switches;
}
