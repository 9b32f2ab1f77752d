import { RollingCount, WINDOW_SECONDS } from './rolling-count.js';

/** Repeats that are always allowed, or a service with a request now and then would get none. */
const MIN_PER_SECOND = 3;

/**
 * Keeps repeats in proportion to traffic: when everything fails, a service meets a fifth more requests, not twice or three
 * times as many, and can get up again. One per service.
 */
export class RetryBudget {
  private readonly requests = new RollingCount();
  private readonly repeats = new RollingCount();

  /** @param percent repeats per hundred requests of the last ten seconds */
  constructor(private readonly percent: number) {}

  /** A request has come. */
  note(now: number): void {
    this.requests.add(now);
  }

  /** Takes one repeat out of the budget; `false`: it is used up. */
  take(now: number): boolean {
    const allowed = Math.max(MIN_PER_SECOND * WINDOW_SECONDS, (this.requests.at(now) * this.percent) / 100);
    if (this.percent === 0 || this.repeats.at(now) >= allowed) return false;
    this.repeats.add(now);
    return true;
  }
}
