/** In this time, what was admitted comes to count half. */
const HALF_LIFE_MS = 1000;

/** How the admitted requests of one key have lately been divided between this gateway and the others. */
export class Spending {
  private here = 0;
  private elsewhere = 0;
  /** The part of a request that {@link assume} has not returned yet. */
  private rest = 0;

  /** @param at milliseconds on the monotonic clock */
  constructor(private at: number) {}

  addHere(cost: number, now: number): void {
    this.age(now);
    this.here += cost;
  }

  addElsewhere(cost: number, now: number): void {
    this.age(now);
    this.elsewhere += cost;
  }

  /**
   * The cost of what the others are assumed to admit while this gateway admits requests of `cost`: a multiple of
   * `unit`, the cost of one request.
   * @param others number of the other gateways: none of them is assumed to admit more than this one
   */
  assume(cost: number, unit: number, others: number): number {
    if (this.elsewhere === 0) return 0;
    this.rest += cost * Math.min(others, this.elsewhere / this.here);
    const whole = Math.floor(this.rest / unit) * unit;
    this.rest -= whole;
    return whole;
  }

  /** As {@link assume}, in place of what was assumed before. */
  assumeAgain(cost: number, unit: number, others: number): number {
    this.rest = 0;
    return this.assume(cost, unit, others);
  }

  private age(now: number): void {
    const factor = 0.5 ** ((now - this.at) / HALF_LIFE_MS);
    this.here *= factor;
    this.elsewhere *= factor;
    this.at = now;
  }
}
