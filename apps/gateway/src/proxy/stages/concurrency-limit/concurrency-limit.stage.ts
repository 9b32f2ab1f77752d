import type { Exchange } from '../../exchange/exchange.js';
import type { ConcurrencyLimits } from '../../../policy/policy.js';
import { concurrencyLimit } from '../../exchange/problems.js';
import type { Stage } from '../../exchange/stage.js';

/** A queued exchange. */
interface Waiter {
  readonly exchange: Exchange;
  readonly until: number;
  readonly admit: (passed: boolean) => void;
}

/** Limits the exchanges in flight to a service, and queues a few more for a short time. */
export class ConcurrencyLimitStage implements Stage {
  readonly name = 'limit-concurrency';
  private inFlight = 0;
  /** In order of arrival. */
  private readonly queue = new Map<object, Waiter>();
  private timer: NodeJS.Timeout | undefined;

  /** @param limitNow maximum exchanges in flight; evaluated per exchange, since the number of instances changes */
  constructor(
    private readonly limits: Pick<ConcurrencyLimits, 'queue' | 'queueMs'>,
    private readonly limitNow: () => number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Exchanges in flight and waiting, for observation. */
  get counts(): { readonly inFlight: number; readonly waiting: number; readonly limit: number } {
    return { inFlight: this.inFlight, waiting: this.queue.size, limit: this.limitNow() };
  }

  enter(exchange: Exchange): boolean | Promise<boolean> {
    if (this.inFlight < this.limitNow()) {
      this.inFlight += 1;
      return true;
    }
    if (this.queue.size < this.limits.queue && this.limits.queueMs > 0) return this.wait(exchange);
    refuse(exchange);
    return false;
  }

  leave(): void {
    this.inFlight -= 1;
    this.admitWaiting();
  }

  /** Frees the queue slot of an exchange whose client has disconnected. */
  gone(exchange: object): void {
    this.queue.get(exchange)?.admit(false);
    this.queue.delete(exchange);
    if (this.queue.size === 0) this.stop();
  }

  private wait(exchange: Exchange): Promise<boolean> {
    this.timer ??= setTimeout(() => this.expire(), this.limits.queueMs);
    return new Promise((admit) =>
      this.queue.set(exchange, { exchange, until: this.now() + this.limits.queueMs, admit }),
    );
  }

  private admitWaiting(): void {
    for (const [exchange, { admit }] of this.queue) {
      if (this.inFlight >= this.limitNow()) break;
      this.queue.delete(exchange);
      this.inFlight += 1;
      admit(true);
    }
    if (this.queue.size === 0) this.stop();
  }

  /** All wait equally long, so the first in the queue expires first. */
  private expire(): void {
    this.stop();
    // The limit may have risen without an exchange ending.
    this.admitWaiting();
    const now = this.now();
    for (const { exchange, until, admit } of this.queue.values()) {
      if (until > now) {
        this.timer = setTimeout(() => this.expire(), Math.ceil(until - now));
        return;
      }
      this.queue.delete(exchange);
      refuse(exchange);
      admit(false);
    }
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}

function refuse(exchange: Exchange): void {
  exchange.reply(
    concurrencyLimit('the service has reached its concurrency limit', {
      headers: { 'retry-after': '1' },
    }),
  );
}
