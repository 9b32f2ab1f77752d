/** Netflix starts at twenty and never goes below it; this limit must be able to fall for small services. */
const FIRST = 20;
const LEAST = 4;
/** Minimum duration and number of responses of a window before it is evaluated. */
const WINDOW_MS = 250;
const WINDOW_RESPONSES = 10;
/** Windows over which the usual latency follows faster responses: 15 seconds at least. */
const FALL_WINDOWS = 60;
/**
 * Windows over which it follows slower responses: ten minutes. With fewer, sustained overload would soon become
 * usual, and the limit would creep up.
 */
const RISE_WINDOWS = 2_400;
/** The first windows determine the initial usual latency. */
const FIRST_WINDOWS = 10;
/** Ratio of present to usual latency above which requests are assumed to queue. */
const TOLERANCE = 1.5;
/** Added to the target of every window; raises the limit while latency does not rise. */
const HEADROOM = 4;
const SMOOTHING = 0.2;
/** Factor that corrects the usual latency after long overload, and the ratio to present latency that triggers it. */
const CORRECTION = 0.9;
const DRIFTED = 2;

/**
 * An adaptive concurrency limit based on the gradient of latency: if responses are slower than usual, requests queue
 * in the service, and the limit falls; otherwise it rises slowly. Based on `Gradient2Limit` of Netflix's
 * concurrency-limits, whose average rises as fast as it falls. One per service.
 */
export class GradientLimit {
  private estimate: number;
  private usualMs = 0;
  private windows = 0;
  private sumMs = 0;
  private responses = 0;
  private busiest = 0;
  private windowEnds = 0;

  /** @param most upper bound of the limit */
  constructor(private readonly most: number) {
    this.estimate = Math.min(FIRST, most);
  }

  /** Number of exchanges that may be in flight now. */
  get current(): number {
    return Math.floor(this.estimate);
  }

  /**
   * Records that a response began, or was abandoned, after `ms`, with `inFlight` exchanges in flight. `now` is in
   * milliseconds on the monotonic clock.
   */
  observe(ms: number, inFlight: number, now: number): void {
    if (this.responses === 0) this.windowEnds = now + WINDOW_MS;
    this.sumMs += ms;
    this.responses += 1;
    this.busiest = Math.max(this.busiest, inFlight);
    if (now >= this.windowEnds && this.responses >= WINDOW_RESPONSES) this.judge();
  }

  private judge(): void {
    const presentMs = this.sumMs / this.responses;
    this.windows += 1;
    const memory = presentMs > this.usualMs ? RISE_WINDOWS : FALL_WINDOWS;
    this.usualMs += (presentMs - this.usualMs) / (this.windows <= FIRST_WINDOWS ? this.windows : memory);
    if (this.usualMs > presentMs * DRIFTED) this.usualMs *= CORRECTION;
    // A limit that is not used does not show whether the service could bear a higher one.
    if (this.busiest >= this.estimate / 2) this.move(presentMs);
    this.sumMs = 0;
    this.responses = 0;
    this.busiest = 0;
  }

  private move(presentMs: number): void {
    const gradient = Math.max(0.5, Math.min(1, (TOLERANCE * this.usualMs) / presentMs));
    const wanted = this.estimate * gradient + HEADROOM;
    const next = this.estimate + (wanted - this.estimate) * SMOOTHING;
    this.estimate = Math.min(this.most, Math.max(Math.min(LEAST, this.most), next));
  }
}
