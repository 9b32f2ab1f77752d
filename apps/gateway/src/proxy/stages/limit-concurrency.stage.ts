import type { Exchange } from '../exchange.js';
import type { ConcurrencyLimits } from '../policy.js';
import { concurrencyLimit } from '../problems.js';
import type { Stage } from './stage.js';

/** What is known of an exchange that waits for a place. */
interface Waiter {
  readonly exchange: Exchange;
  readonly until: number;
  readonly admit: (passed: boolean) => void;
}

/** Lets so many exchanges of a service be under way, and a few more wait a moment for one of them to end. */
export class LimitConcurrencyStage implements Stage {
  readonly name = 'limit-concurrency';
  private inFlight = 0;
  /** In the order in which they came. */
  private readonly queue = new Map<object, Waiter>();
  private timer: NodeJS.Timeout | undefined;

  /** @param limitNow most exchanges under way; asked anew for each, as instances come and go */
  constructor(
    private readonly limits: Pick<ConcurrencyLimits, 'queue' | 'queueMs'>,
    private readonly limitNow: () => number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** What is under way and what waits, for those who want to see. */
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

  /** Its client has left: the place in the queue is for somebody else. */
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

  /** All wait equally long, so the first in the queue is the first whose time is over. */
  private expire(): void {
    this.stop();
    // The limit may have risen without anybody leaving.
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
    concurrencyLimit('as many requests to this service are under way as it may have', {
      headers: { 'retry-after': '1' },
    }),
  );
}
