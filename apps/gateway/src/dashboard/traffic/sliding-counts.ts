/**
 * How much each of some counts has grown in the last few samples. A sample of counts that stand still, over a window
 * without growth, costs one comparison.
 */
export class SlidingCounts {
  /** Growth over the window, by count. */
  readonly sums: Float64Array;
  /** Growth in the latest sample, by count. */
  readonly latest: Float64Array;
  private readonly totals: Float64Array;
  private readonly slots: Float64Array;
  private slot = 0;
  /** Samples since the latest growth. */
  private still: number;

  /**
   * @param columns how many counts
   * @param samples length of the window
   */
  constructor(
    private readonly columns: number,
    private readonly samples: number,
  ) {
    this.sums = new Float64Array(columns);
    this.latest = new Float64Array(columns);
    this.totals = new Float64Array(columns);
    this.slots = new Float64Array(columns * samples);
    this.still = samples;
  }

  /**
   * Takes a sample.
   * @param totals counts since a common beginning; a count that is lower than before has begun again. `undefined`: none
   * differs from the previous sample
   */
  sample(totals: ArrayLike<number> | undefined): void {
    if (totals) this.still = 0;
    else if (this.still >= this.samples) return;
    else this.still += 1;
    const first = this.slot * this.columns;
    this.slot = (this.slot + 1) % this.samples;
    for (let i = 0; i < this.columns; i += 1) {
      const before = this.totals[i] ?? 0;
      const total = totals?.[i] ?? before;
      const growth = total >= before ? total - before : total;
      this.sums[i] = (this.sums[i] ?? 0) + growth - (this.slots[first + i] ?? 0);
      this.slots[first + i] = growth;
      this.latest[i] = growth;
      this.totals[i] = total;
    }
  }
}
