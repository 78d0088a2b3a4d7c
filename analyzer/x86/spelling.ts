/** QOM's rule for property names: "-" where older names have "_" or ".". */
export function hyphenated(name: string): string {
  return name.replaceAll(/[_.]/g, '-');
}
