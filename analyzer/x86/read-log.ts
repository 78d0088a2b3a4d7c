/** Bytes that are looked up together. */
const GRANULE = 16;

/** What is kept of the addresses in a granule. */
interface Granule {
  /** Of each address where in the log it is, counted from the beginning of all runs. */
  readonly places: Int32Array;
  /** The variables that reach into it. */
  variables: { readonly address: number; readonly size: number }[];
}

/**
 * Which of some variables, and of a range of memory, a run has read, and how much at each address: kept for thousands of runs one
 * after another, so nothing is allocated for a read but its place in two arrays.
 */
export class ReadLog {
  private readonly granules = new Map<number, Granule>();
  private readonly addresses: number[] = [];
  private readonly sizes: number[] = [];
  private begin = 1;
  private count = 0;
  private from = 0;
  private to = 0;

  /** Only these count. */
  concern(variables: readonly { readonly address: number; readonly size: number }[], from: number, to: number): void {
    this.from = from;
    this.to = to;
    for (const granule of this.granules.values()) granule.variables = [];
    for (const variable of variables) {
      for (let at = variable.address & -GRANULE; at < variable.address + variable.size; at += GRANULE) this.granule(at).variables.push(variable);
    }
  }

  private granule(at: number): Granule {
    let granule = this.granules.get(at);
    if (granule === undefined) this.granules.set(at, (granule = { places: new Int32Array(GRANULE), variables: [] }));
    return granule;
  }

  /** A new run. */
  clear(): void {
    this.begin += this.count;
    this.count = 0;
    if (this.begin < 0x4000_0000) return;
    this.begin = 1;
    for (const { places } of this.granules.values()) places.fill(0);
  }

  add(address: number, size: number): void {
    if (address >= this.from) {
      if (address < this.to) this.put(this.granule(address & -GRANULE), address, size);
      return;
    }
    for (let at = address & -GRANULE; at < address + size; at += GRANULE) {
      const granule = this.granules.get(at);
      if (granule === undefined || !reaches(granule.variables, address, size)) continue;
      this.put(at <= address ? granule : this.granule(address & -GRANULE), address, size);
      return;
    }
  }

  private put({ places }: Granule, address: number, size: number): void {
    const offset = address & (GRANULE - 1);
    const place = places[offset]! - this.begin;
    if (place < 0) {
      places[offset] = this.begin + this.count;
      this.addresses[this.count] = address;
      this.sizes[this.count++] = size;
    } else if (this.sizes[place]! < size) this.sizes[place] = size;
  }

  /** What the run has read, in the order of the first read. */
  reads(): { readonly addresses: Int32Array; readonly sizes: Uint16Array } {
    const addresses = new Int32Array(this.count);
    const sizes = new Uint16Array(this.count);
    for (let i = 0; i < this.count; i++) {
      addresses[i] = this.addresses[i]!;
      sizes[i] = this.sizes[i]!;
    }
    return { addresses, sizes };
  }
}

function reaches(variables: Granule['variables'], address: number, size: number): boolean {
  for (const v of variables) if (address < v.address + v.size && address + size > v.address) return true;
  return false;
}
