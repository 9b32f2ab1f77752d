import type { Logger } from './logger.js';

const QUIET_MS = 60_000;

/**
 * A warning about an event that may occur thousands of times a second. Logged at most once a minute, with the number
 * of events.
 */
export class RepeatedWarning {
  private count = 0;
  private loggedAt = -Infinity;

  /** @param now milliseconds on the monotonic clock */
  constructor(
    private readonly logger: Pick<Logger, 'warn'>,
    private readonly message: string,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Records an event. `fields` are logged if this event is logged. */
  record(fields: object): void {
    this.count += 1;
    const now = this.now();
    if (now - this.loggedAt < QUIET_MS) return;
    this.logger.warn({ ...fields, count: this.count }, this.message);
    this.loggedAt = now;
    this.count = 0;
  }
}
