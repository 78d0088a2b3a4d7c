/**
 * Machine types in lines of descent, each from the oldest to the newest. The longest line of a family is whole; a branch
 * ends with the machine type that it branches off. Machine types without kin are not in any.
 * @param parents machine type to the one that it extends, which is the newer one
 */
export function linesOfDescent(parents: ReadonlyMap<string, string | undefined>): string[][] {
  const children = new Map<string, number>();
  for (const parent of parents.values()) if (parent !== undefined) children.set(parent, (children.get(parent) ?? 0) + 1);
  const chains = [...parents.keys()].filter((name) => !children.has(name) && parents.get(name) !== undefined).map((leaf) => {
    const chain = [leaf];
    for (let next = parents.get(leaf); next !== undefined && !chain.includes(next); next = parents.get(next)) chain.push(next);
    return chain;
  });
  chains.sort((a, b) => b.length - a.length);
  const taken = new Set<string>();
  const lines = chains.map((chain) => {
    const end = chain.findIndex((name) => taken.has(name));
    const line = end < 0 ? chain : chain.slice(0, end + 1);
    for (const name of line) taken.add(name);
    return line;
  });
  // in the order in which QEMU lists the newest ones
  const order = new Map([...parents.keys()].map((name, i) => [name, i]));
  return lines.sort((a, b) => order.get(a.at(-1)!)! - order.get(b.at(-1)!)! || b.length - a.length);
}
