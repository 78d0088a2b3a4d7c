/** The time that one kind of work takes, in milliseconds; work within work of the same kind counts once. */
export class Stopwatch {
  total = 0;
  private depth = 0;

  run<T>(work: () => T): T {
    const begun = this.depth++ === 0 ? performance.now() : 0;
    try {
      return work();
    } finally {
      if (--this.depth === 0) this.total += performance.now() - begun;
    }
  }
}

/** From source text to syntax trees: reading, preprocessing, splitting, parsing. */
export const parseTime = new Stopwatch();
