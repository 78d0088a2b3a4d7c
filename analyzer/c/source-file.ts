/** One source text with a name, and where its lines begin. */
export class SourceFile {
  private lineStarts: Int32Array | undefined;

  constructor(
    /** Tree-relative path, or a pseudo path for text that is in no file. */
    readonly path: string,
    readonly text: string,
  ) {}

  /** The 1-based line of a character offset. */
  lineAt(offset: number): number {
    const starts = (this.lineStarts ??= lineTable(this.text));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }
}

function lineTable(text: string): Int32Array {
  const starts = [0];
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
  return Int32Array.from(starts);
}
