/** A character's place in Debian's order: "~" before the end of the part, the end before letters, letters before all else. */
function order(character: string): number {
  if (character === '~') return -1;
  if (character === '') return 0;
  return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256;
}

/** Compares parts as dpkg does: runs of non-digits by `order`, runs of digits by their number. */
function compareParts(a: string, b: string): number {
  const pieces = /^(\D*)(\d*)/;
  while (a !== '' || b !== '') {
    const [wholeA, textA, digitsA] = pieces.exec(a) ?? ['', '', ''];
    const [wholeB, textB, digitsB] = pieces.exec(b) ?? ['', '', ''];
    for (let i = 0; i < Math.max(textA?.length ?? 0, textB?.length ?? 0); i++) {
      const difference = order(textA?.[i] ?? '') - order(textB?.[i] ?? '');
      if (difference !== 0) return difference;
    }
    const difference = BigInt(digitsA || '0') - BigInt(digitsB || '0');
    if (difference !== 0n) return difference < 0n ? -1 : 1;
    a = a.slice(wholeA.length);
    b = b.slice(wholeB.length);
  }
  return 0;
}

/** Orders versions by Debian's rules (deb-version(7)): negative if `a` is older. */
export function compareDebianVersions(a: string, b: string): number {
  const split = (version: string): [bigint, string, string] => {
    const [, epoch, rest] = /^(?:(\d+):)?(.*)$/s.exec(version) ?? [];
    const dash = (rest ?? '').lastIndexOf('-');
    return dash < 0 ? [BigInt(epoch ?? 0), rest ?? '', ''] : [BigInt(epoch ?? 0), (rest ?? '').slice(0, dash), (rest ?? '').slice(dash + 1)];
  };
  const [epochA, upstreamA, revisionA] = split(a);
  const [epochB, upstreamB, revisionB] = split(b);
  if (epochA !== epochB) return epochA < epochB ? -1 : 1;
  return compareParts(upstreamA, upstreamB) || compareParts(revisionA, revisionB);
}

/**
 * Does a version meet what the user asked for: the full version, the same without its epoch or
 * Debian revision, or the leading numbers of the upstream version ("10.0" for 1:10.0.13+ds-0+deb13u1)?
 */
export function matchesVersion(version: string, wanted: string): boolean {
  const withoutEpoch = version.replace(/^\d+:/, '');
  return [version, withoutEpoch].some((full) => full === wanted || (full.startsWith(wanted) && /^[-+~.]/.test(full.slice(wanted.length))));
}
