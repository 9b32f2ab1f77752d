import type { Problem } from '#contracts';
import type { ConcurrencyLimits } from '../../../policy/policy.js';
import type { StageExchange } from '../../exchange/exchange-state.js';
import { concurrencyLimit } from '../../exchange/problems.js';
import type { Decision, Preview, Stage, StageSlot } from '../../exchange/stage.js';

/** A queued exchange. */
interface Waiter {
  readonly until: number;
  readonly decide: (decision: Decision) => void;
  isAdmitted: boolean;
}

/** Limits the exchanges in flight to a service, and queues a few more for a short time. */
export class ConcurrencyLimitStage implements Stage {
  readonly name = 'concurrency-limit';
  private inFlight = 0;
  /** In order of arrival. */
  private readonly queue = new Set<Waiter>();
  private timer: NodeJS.Timeout | undefined;

  /** @param limitNow maximum exchanges in flight; evaluated per exchange, since the number of instances changes */
  constructor(
    private readonly limits: Pick<ConcurrencyLimits, 'queue' | 'queueMs'>,
    private readonly limitNow: () => number,
    private readonly slot: StageSlot<Waiter>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  request(exchange: StageExchange): Decision | Promise<Decision> {
    if (this.inFlight < this.limitNow()) {
      this.inFlight += 1;
      return undefined;
    }
    return this.queues ? this.wait(exchange) : refusal();
  }

  complete(exchange: StageExchange, passed: boolean): void {
    const waiter = this.slot.get(exchange);
    if (passed || waiter?.isAdmitted) this.leave();
    else if (waiter) this.remove(waiter);
  }

  preview(): Preview {
    const limit = this.limitNow();
    const detail = `${this.inFlight} of at most ${limit} requests are in flight, ${this.queue.size} wait`;
    if (this.inFlight < limit) return { decision: 'continue', detail };
    return this.queues ? { decision: 'wait', detail } : { decision: 'respond', detail, reply: refusal() };
  }

  /** Whether one more exchange may wait. */
  private get queues(): boolean {
    return this.queue.size < this.limits.queue && this.limits.queueMs > 0;
  }

  private wait(exchange: StageExchange): Promise<Decision> {
    this.timer ??= setTimeout(() => this.expire(), this.limits.queueMs);
    return new Promise((decide) => {
      const waiter = { until: this.now() + this.limits.queueMs, decide, isAdmitted: false };
      this.queue.add(waiter);
      this.slot.set(exchange, waiter);
    });
  }

  private leave(): void {
    this.inFlight -= 1;
    this.admitWaiting();
  }

  private admitWaiting(): void {
    for (const waiter of this.queue) {
      if (this.inFlight >= this.limitNow()) break;
      this.queue.delete(waiter);
      this.inFlight += 1;
      waiter.isAdmitted = true;
      waiter.decide(undefined);
    }
    if (this.queue.size === 0) this.stop();
  }

  /** Frees the place of an exchange that has ended. */
  private remove(waiter: Waiter): void {
    this.queue.delete(waiter);
    if (this.queue.size === 0) this.stop();
  }

  /** All wait equally long, so the first in the queue expires first. */
  private expire(): void {
    this.stop();
    // The limit may have risen without an exchange ending.
    this.admitWaiting();
    const now = this.now();
    for (const waiter of this.queue) {
      if (waiter.until > now) {
        this.timer = setTimeout(() => this.expire(), Math.ceil(waiter.until - now));
        return;
      }
      this.queue.delete(waiter);
      waiter.decide(refusal());
    }
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}

const refusal = (): Problem =>
  concurrencyLimit('the service has reached its concurrency limit', { headers: { 'retry-after': '1' } });
