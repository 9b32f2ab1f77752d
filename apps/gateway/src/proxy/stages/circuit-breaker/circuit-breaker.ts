import type { BreakerLimits } from '../../../policy/policy.js';
import { RollingCount } from '../../resilience/rolling-count.js';

export type BreakerState = 'closed' | 'open' | 'half-open';

const LONGEST_OPEN_MS = 30_000;
const FIRST_ERROR = 400;

/**
 * Circuit breaker: rejects requests to a service of which most requests fail. After a while it admits one trial
 * request at a time: if the trial succeeds, the breaker closes; if it fails, the breaker stays open for twice as
 * long. One per service.
 */
export class CircuitBreaker {
  private readonly requests = new RollingCount();
  private readonly failures = new RollingCount();
  private current: BreakerState = 'closed';
  private openMs = 0;
  private openUntil = 0;
  private trial: object | undefined;

  /** @param onChange called with every new state */
  constructor(
    private readonly limits: BreakerLimits,
    private readonly onChange: (state: BreakerState) => void = () => undefined,
  ) {}

  get state(): BreakerState {
    return this.current;
  }

  /** Whether `exchange` may continue; it may become the trial. Times are milliseconds on the monotonic clock. */
  admits(exchange: object, now: number): boolean {
    if (this.current === 'closed') return true;
    if (!this.wouldAdmit(now)) return false;
    this.trial = exchange;
    if (this.current === 'open') this.become('half-open');
    return true;
  }

  /** Whether a request that arrives now would be admitted. */
  wouldAdmit(now: number): boolean {
    return this.current === 'closed' || (now >= this.openUntil && !this.trial);
  }

  /** Whether a response of this status counts as a failure of the service. */
  isFailure(status: number): boolean {
    return status >= FIRST_ERROR && this.limits.statuses.includes(status);
  }

  /** Records the result of an exchange. While not closed, only the result of the trial counts. */
  record(exchange: object, isFailure: boolean, now: number): void {
    if (this.current === 'closed') this.count(isFailure, now);
    else if (exchange === this.trial) this.judge(isFailure, now);
  }

  /** Called when an exchange has ended; a trial without a result makes room for another one. */
  endTrial(exchange: object): void {
    if (this.trial === exchange) this.trial = undefined;
  }

  /** Value of `Retry-After`, in seconds. */
  retryAfterSeconds(now: number): number {
    return Math.max(1, Math.ceil((this.openUntil - now) / 1_000));
  }

  private count(isFailure: boolean, now: number): void {
    this.requests.add(now);
    if (!isFailure) return;
    this.failures.add(now);
    const requests = this.requests.at(now);
    if (requests < this.limits.minRequests) return;
    if (this.failures.at(now) * 100 >= requests * this.limits.failurePercent)
      this.open(this.limits.openMs, now);
  }

  private judge(isFailure: boolean, now: number): void {
    this.trial = undefined;
    if (isFailure) this.open(Math.min(this.openMs * 2, LONGEST_OPEN_MS), now);
    else this.become('closed');
  }

  private open(ms: number, now: number): void {
    this.openMs = ms;
    this.openUntil = now + ms;
    this.requests.clear();
    this.failures.clear();
    this.become('open');
  }

  private become(state: BreakerState): void {
    this.current = state;
    this.onChange(state);
  }
}
