const suspicious = /(?:^|\/)\.{0,2}(?:\/|$)/;

/**
 * A tree-relative path with ".", ".." and doubled slashes resolved, '' for the root.
 * Undefined if it leads out of the tree.
 */
export function normalizePath(path: string): string | undefined {
  if (!suspicious.test(path)) return path;
  if (path.startsWith('/')) return undefined;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}

/** The directory part, '' for a name in the root. */
export function parentPath(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

/** The last part. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `name` in `directory`, where '' is the root. */
export function joinPath(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}
