/** Counts by key, for a small number of keys. */
export class Tally<K> {
  private readonly counts = new Map<K, number>();

  add(key: K): void {
    this.counts.set(key, this.get(key) + 1);
  }

  get(key: K): number {
    return this.counts.get(key) ?? 0;
  }

  get total(): number {
    let total = 0;
    for (const count of this.counts.values()) total += count;
    return total;
  }

  entries(): IterableIterator<[K, number]> {
    return this.counts.entries();
  }
}
