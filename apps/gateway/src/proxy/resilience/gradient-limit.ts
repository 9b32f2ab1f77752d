/** Netflix lets its limit begin at, and never fall below, twenty; it has to be able to fall where services are small. */
const FIRST = 20;
const LEAST = 4;
/** A window is judged when it has lasted so long and has seen so many answers. */
const WINDOW_MS = 250;
const WINDOW_ANSWERS = 10;
/** In how many windows the usual latency follows answers that get faster: half a minute; */
const FALL_WINDOWS = 60;
/** and those that get slower: ten minutes, or overload that lasts would soon be called usual and the limit would creep up. */
const RISE_WINDOWS = 2_400;
/** The first ones say what is usual to begin with. */
const FIRST_WINDOWS = 10;
/** The usual latency may be so much smaller than the present one before that is taken for a queue. */
const TOLERANCE = 1.5;
/** How much more is tried each time that nothing got slower. */
const HEADROOM = 4;
const SMOOTHING = 0.2;
/** How fast the usual latency is corrected after a long time of overload, and from what difference on. */
const CORRECTION = 0.9;
const DRIFTED = 2;

/**
 * A limit of concurrency that finds itself, on the gradient of latency: where answers get slower than they usually are,
 * requests queue up in the service, and fewer are let through; where they do not, a few more are tried. After `Gradient2Limit` of
 * Netflix's concurrency-limits, whose average rises as fast as it falls. One per service.
 */
export class GradientLimit {
  private estimate: number;
  private usualMs = 0;
  private windows = 0;
  private sumMs = 0;
  private answers = 0;
  private busiest = 0;
  private windowEnds = 0;

  /** @param most the limit never rises above it */
  constructor(private readonly most: number) {
    this.estimate = Math.min(FIRST, most);
  }

  /** How many exchanges may be under way now. */
  get current(): number {
    return Math.floor(this.estimate);
  }

  /**
   * An answer began, or was given up, after `ms`, with `inFlight` under way. `now` is milliseconds on the monotonic
   * clock.
   */
  observe(ms: number, inFlight: number, now: number): void {
    if (this.answers === 0) this.windowEnds = now + WINDOW_MS;
    this.sumMs += ms;
    this.answers += 1;
    this.busiest = Math.max(this.busiest, inFlight);
    if (now >= this.windowEnds && this.answers >= WINDOW_ANSWERS) this.judge();
  }

  private judge(): void {
    const presentMs = this.sumMs / this.answers;
    this.windows += 1;
    const memory = presentMs > this.usualMs ? RISE_WINDOWS : FALL_WINDOWS;
    this.usualMs += (presentMs - this.usualMs) / (this.windows <= FIRST_WINDOWS ? this.windows : memory);
    if (this.usualMs > presentMs * DRIFTED) this.usualMs *= CORRECTION;
    // A limit that is not used says nothing about whether a higher one would be bearable.
    if (this.busiest >= this.estimate / 2) this.move(presentMs);
    this.sumMs = 0;
    this.answers = 0;
    this.busiest = 0;
  }

  private move(presentMs: number): void {
    const gradient = Math.max(0.5, Math.min(1, (TOLERANCE * this.usualMs) / presentMs));
    const wanted = this.estimate * gradient + HEADROOM;
    const next = this.estimate + (wanted - this.estimate) * SMOOTHING;
    this.estimate = Math.min(this.most, Math.max(Math.min(LEAST, this.most), next));
  }
}
