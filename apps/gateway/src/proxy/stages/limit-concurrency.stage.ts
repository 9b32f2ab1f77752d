import type { Exchange } from '../exchange.js';
import type { ConcurrencyLimits } from '../policy.js';
import { concurrencyLimit } from '../problems.js';
import type { Stage } from './stage.js';

/** An exchange that waits for a place. */
interface Waiter {
  readonly exchange: Exchange;
  readonly until: number;
  readonly admit: (passed: boolean) => void;
}

/** Lets so many exchanges of a service be under way, and a few more wait a moment for one of them to end. */
export class LimitConcurrencyStage implements Stage {
  readonly name = 'limit-concurrency';
  private inFlight = 0;
  private readonly queue: Waiter[] = [];
  private timer: NodeJS.Timeout | undefined;

  /** @param limitNow most exchanges under way; asked anew for each, as instances come and go */
  constructor(
    private readonly limits: Pick<ConcurrencyLimits, 'queue' | 'queueMs'>,
    private readonly limitNow: () => number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** What is under way and what waits, for those who want to see. */
  get counts(): { readonly inFlight: number; readonly waiting: number; readonly limit: number } {
    return { inFlight: this.inFlight, waiting: this.queue.length, limit: this.limitNow() };
  }

  enter(exchange: Exchange): boolean | Promise<boolean> {
    if (this.inFlight < this.limitNow()) {
      this.inFlight += 1;
      return true;
    }
    if (this.queue.length < this.limits.queue && this.limits.queueMs > 0) return this.wait(exchange);
    refuse(exchange);
    return false;
  }

  leave(): void {
    this.inFlight -= 1;
    this.admitWaiting();
  }

  private wait(exchange: Exchange): Promise<boolean> {
    this.timer ??= setTimeout(() => this.expire(), this.limits.queueMs);
    return new Promise((admit) =>
      this.queue.push({ exchange, until: this.now() + this.limits.queueMs, admit }),
    );
  }

  private admitWaiting(): void {
    while (this.inFlight < this.limitNow()) {
      const next = this.queue.shift();
      if (!next) break;
      // A client that left while it waited takes no place.
      if (!next.exchange.isOver) this.inFlight += 1;
      next.admit(!next.exchange.isOver);
    }
    if (this.queue.length === 0) this.stop();
  }

  /** All wait equally long, so the first in the queue is the first whose time is over. */
  private expire(): void {
    this.stop();
    const now = this.now();
    for (let first = this.queue[0]; first && first.until <= now; first = this.queue[0]) {
      this.queue.shift();
      if (!first.exchange.isOver) refuse(first.exchange);
      first.admit(false);
    }
    const [next] = this.queue;
    if (next) this.timer = setTimeout(() => this.expire(), Math.ceil(next.until - now));
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
