import type { BreakerLimits } from '../policy.js';
import { RollingCount } from './rolling-count.js';

export type BreakerState = 'closed' | 'open' | 'half-open';

const LONGEST_OPEN_MS = 30_000;
const FIRST_ERROR = 400;

/**
 * Leaves a service alone that fails most of what it is asked. After a while one request, and no second beside it, is let
 * through on trial: when it succeeds the breaker closes, when it fails it stays open for twice as long. One per service.
 */
export class Breaker {
  private readonly requests = new RollingCount();
  private readonly failures = new RollingCount();
  private current: BreakerState = 'closed';
  private openMs = 0;
  private openUntil = 0;
  private trial: object | undefined;

  /** @param onChange hears of every new state */
  constructor(
    private readonly limits: BreakerLimits,
    private readonly onChange: (state: BreakerState) => void = () => undefined,
  ) {}

  get state(): BreakerState {
    return this.current;
  }

  /** Whether `exchange` may go on; it may be the one on trial. Times are milliseconds on the monotonic clock. */
  admits(exchange: object, now: number): boolean {
    if (this.current === 'closed') return true;
    if (!this.wouldAdmit(now)) return false;
    this.trial = exchange;
    if (this.current === 'open') this.become('half-open');
    return true;
  }

  /** Whether a request that comes now would go on. */
  wouldAdmit(now: number): boolean {
    return this.current === 'closed' || (now >= this.openUntil && !this.trial);
  }

  /** A response of an instance is about to go to the client. */
  noteResponse(exchange: object, status: number, now: number): void {
    this.note(exchange, status >= FIRST_ERROR && this.limits.statuses.includes(status), now);
  }

  /** What became of an exchange. Those that began before it opened say nothing new. */
  note(exchange: object, isFailure: boolean, now: number): void {
    if (this.current === 'closed') this.count(isFailure, now);
    else if (exchange === this.trial) this.judge(isFailure, now);
  }

  /** The exchange is over; on trial and without a verdict, another may take its place. */
  left(exchange: object): void {
    if (this.trial === exchange) this.trial = undefined;
  }

  /** When it is worth to come again. */
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
