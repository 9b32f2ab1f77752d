import { RollingCount, WINDOW_SECONDS } from './rolling-count.js';

/** Retries that are always allowed; otherwise a service with little traffic would get none. */
const MIN_PER_SECOND = 3;

/**
 * Keeps retries in proportion to traffic: when everything fails, a service gets a fifth more requests, not two or
 * three times as many, and can recover. One per service.
 */
export class RetryBudget {
  private readonly requests = new RollingCount();
  private readonly repeats = new RollingCount();

  /** @param percent retries per hundred requests of the last ten seconds */
  constructor(private readonly percent: number) {}

  /** Records a request. */
  recordRequest(now: number): void {
    this.requests.add(now);
  }

  /** Takes one retry from the budget; `false` if it is exhausted. */
  spend(now: number): boolean {
    const allowed = Math.max(MIN_PER_SECOND * WINDOW_SECONDS, (this.requests.at(now) * this.percent) / 100);
    if (this.percent === 0 || this.repeats.at(now) >= allowed) return false;
    this.repeats.add(now);
    return true;
  }
}
