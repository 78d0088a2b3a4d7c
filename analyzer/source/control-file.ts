/** One paragraph of a Debian control file: values by lower-case field name, the lines of a long value joined by newlines. */
export type Stanza = ReadonlyMap<string, string>;

/**
 * Parses Debian's control file syntax (deb822): .dsc files, package indices, apt's .sources files.
 * An OpenPGP clear-text signature around it is passed over, unchecked.
 */
export function parseStanzas(text: string): Stanza[] {
  const stanzas: Map<string, string>[] = [];
  let stanza: Map<string, string> | undefined;
  let field = '';
  const signed = /^-----BEGIN PGP SIGNED MESSAGE-----\r?\n(?:.+\r?\n)*\r?\n([\s\S]*?)^-----BEGIN PGP SIGNATURE-----/m.exec(text);
  for (const line of (signed?.[1] ?? text).split(/\r?\n/)) {
    if (line.startsWith('#')) continue;
    if (line.trim() === '') {
      stanza = undefined;
    } else if (/^[ \t]/.test(line)) {
      stanza?.set(field, `${stanza.get(field) ?? ''}\n${line.trim()}`);
    } else {
      const colon = line.indexOf(':');
      if (colon <= 0) continue;
      if (stanza === undefined) stanzas.push((stanza = new Map<string, string>()));
      field = line.slice(0, colon).trim().toLowerCase();
      stanza.set(field, line.slice(colon + 1).trim());
    }
  }
  return stanzas;
}
