/** Number of recent response times kept. */
const MEMORY = 512;
/** Minimum number of response times before a quantile is reported. */
const ENOUGH = 64;
/** The quantile is recomputed after this many new response times. */
const STRIDE = 32;

/** Time to the response head of the last responses of a service. One per route. */
export class HeadTimes {
  private readonly times = new Float64Array(MEMORY);
  private count = 0;
  private found = 0;

  /** @param percent the share of responses that {@link quantileMs} refers to */
  constructor(private readonly percent: number) {}

  /** Milliseconds within which that share of responses began; `undefined` until enough are recorded. */
  get quantileMs(): number | undefined {
    return this.count < ENOUGH ? undefined : this.found;
  }

  /** Records the time to a response head. */
  record(ms: number): void {
    this.times[this.count % MEMORY] = ms;
    this.count += 1;
    if (this.count >= ENOUGH && this.count % STRIDE === 0) this.found = this.find();
  }

  private find(): number {
    const sorted = this.times.slice(0, Math.min(this.count, MEMORY)).sort();
    return sorted[Math.ceil((sorted.length * this.percent) / 100) - 1] ?? 0;
  }
}
