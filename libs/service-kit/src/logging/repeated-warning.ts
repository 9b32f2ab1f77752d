import type { Logger } from './logger.js';

const QUIET_MS = 60_000;

/** A warning of an event that may come thousands of times a second: logged at most once a minute, with the number of events. */
export class RepeatedWarning {
  private count = 0;
  private loggedAt = -Infinity;

  /** @param now milliseconds on the monotonic clock */
  constructor(
    private readonly logger: Pick<Logger, 'warn'>,
    private readonly message: string,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The event has happened; `fields` are logged if this one is. */
  record(fields: object): void {
    this.count += 1;
    const now = this.now();
    if (now - this.loggedAt < QUIET_MS) return;
    this.logger.warn({ ...fields, count: this.count }, this.message);
    this.loggedAt = now;
    this.count = 0;
  }
}
