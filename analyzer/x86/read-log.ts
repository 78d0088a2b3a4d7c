/**
 * Which addresses a run has read, and how much at each: kept for thousands of runs one after another, so nothing is allocated for a
 * read but its place in two arrays.
 */
export class ReadLog {
  /** In the order of the first read. */
  readonly addresses: number[] = [];
  readonly sizes: number[] = [];
  private low = 0;
  /** For addresses from `low` on: where in the arrays they are, counted from the beginning of all runs. */
  private places = new Int32Array(0);
  private readonly elsewhere = new Map<number, number>();
  private begin = 1;

  /** Most reads will be of this range. */
  cover(from: number, to: number): void {
    this.low = from;
    if (this.places.length < to - from) this.places = new Int32Array(2 * (to - from));
  }

  /** A new run. */
  clear(): void {
    this.begin += this.addresses.length;
    if (this.begin > 0x4000_0000) {
      this.begin = 1;
      this.places.fill(0);
    }
    this.addresses.length = 0;
    this.sizes.length = 0;
    this.elsewhere.clear();
  }

  add(address: number, size: number): void {
    const offset = address - this.low;
    const isCovered = offset >= 0 && offset < this.places.length;
    const place = (isCovered ? this.places[offset]! : this.elsewhere.get(address) ?? 0) - this.begin;
    if (place >= 0 && this.addresses[place] === address) {
      if (this.sizes[place]! < size) this.sizes[place] = size;
      return;
    }
    const next = this.begin + this.addresses.length;
    if (isCovered) this.places[offset] = next;
    else this.elsewhere.set(address, next);
    this.addresses.push(address);
    this.sizes.push(size);
  }
}
