/** So many answers are remembered; */
const MEMORY = 512;
/** so many have to be known before anything is said of them; */
const ENOUGH = 64;
/** and the order among them is looked up anew each time that so many more have come. */
const STRIDE = 32;

/** How long the last answers of a service took to begin. One per route. */
export class HeadTimes {
  private readonly times = new Float64Array(MEMORY);
  private count = 0;
  private found = 0;

  /** @param percent the share of answers that {@link quantileMs} stands for */
  constructor(private readonly percent: number) {}

  /** Within so many milliseconds that share of answers began; `undefined` as long as too few are known. */
  get quantileMs(): number | undefined {
    return this.count < ENOUGH ? undefined : this.found;
  }

  /** The head of an answer came after so long. */
  note(ms: number): void {
    this.times[this.count % MEMORY] = ms;
    this.count += 1;
    if (this.count >= ENOUGH && this.count % STRIDE === 0) this.found = this.find();
  }

  private find(): number {
    const sorted = this.times.slice(0, Math.min(this.count, MEMORY)).sort();
    return sorted[Math.ceil((sorted.length * this.percent) / 100) - 1] ?? 0;
  }
}
