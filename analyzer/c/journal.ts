const FIELDS = 4;

/** What memory held before it was changed, in order: how to put it back. */
export class Journal {
  /** Address, size and the eight bytes of each entry; size 0: an undo of its own in {@link undos}. */
  private entries = new Int32Array(FIELDS * 1024);
  private readonly undos: (() => void)[] = [];
  /** The number of entries. */
  length = 0;

  /** A known integer of 1, 2, 4 or 8 bytes is about to be overwritten. */
  integer(address: number, size: number, view: DataView): void {
    const at = this.next(address, size);
    switch (size) {
      case 1: this.entries[at + 2] = view.getUint8(address); break;
      case 2: this.entries[at + 2] = view.getUint16(address, true); break;
      case 4: this.entries[at + 2] = view.getInt32(address, true); break;
      default:
        this.entries[at + 2] = view.getInt32(address, true);
        this.entries[at + 3] = view.getInt32(address + 4, true);
    }
  }

  /** Anything else is about to be changed; `address` 0: not in this memory. */
  other(address: number, size: number, undo: () => void): void {
    const at = this.next(address, 0);
    this.entries[at + 2] = size;
    this.undos.push(undo);
  }

  private next(address: number, size: number): number {
    const at = FIELDS * this.length++;
    if (at === this.entries.length) {
      const larger = new Int32Array(2 * at);
      larger.set(this.entries);
      this.entries = larger;
    }
    this.entries[at] = address;
    this.entries[at + 1] = size;
    return at;
  }

  /** Put everything back that was changed since the journal had this length. `known`: these bytes are known again. */
  undo(length: number, view: DataView, known: (address: number, size: number) => void): void {
    while (this.length > length) {
      const at = FIELDS * --this.length;
      const address = this.entries[at]!;
      const size = this.entries[at + 1]!;
      if (size === 0) {
        this.undos.pop()!();
        continue;
      }
      switch (size) {
        case 1: view.setUint8(address, this.entries[at + 2]!); break;
        case 2: view.setUint16(address, this.entries[at + 2]!, true); break;
        case 4: view.setInt32(address, this.entries[at + 2]!, true); break;
        default:
          view.setInt32(address, this.entries[at + 2]!, true);
          view.setInt32(address + 4, this.entries[at + 3]!, true);
      }
      known(address, size);
    }
  }

  /** The ranges that were changed since the journal had this length; undefined if something else was, too. */
  changed(length: number): { address: number; size: number }[] | undefined {
    const found: { address: number; size: number }[] = [];
    for (let at = FIELDS * length; at < FIELDS * this.length; at += FIELDS) {
      const address = this.entries[at]!;
      if (address === 0) return undefined;
      found.push({ address, size: this.entries[at + 1]! || this.entries[at + 2]! });
    }
    return found;
  }

  /** Keep all changes for good. */
  clear(): void {
    this.length = 0;
    this.undos.length = 0;
  }
}
