import type { RateLimit } from '../../../../policy/members/rate-limits.js';
import { RateLimiter } from '../rate-limiter.js';
import { SharedLimits } from '../shared-limits.js';
import { ModelServer } from './model-store.js';

/** Enough for the steps between a response of the store and the copy of a bucket. */
const STEPS_OF_A_RESPONSE = 10;

export const sharedLimit = (fields: Partial<RateLimit>): RateLimit => ({
  ...{ name: 'a', requests: 100, per: 1000, burst: 100, key: { from: 'service' }, cost: 1 },
  ...{ shared: true, shadow: false, onStoreDown: 'local' },
  ...fields,
});

/** Gateways that share a limit, on the fake timers of a spec. */
export class ModelFleet {
  readonly server = new ModelServer(() => Date.now());
  readonly limiters: readonly RateLimiter[];
  admitted = 0;
  /** Requests that each gateway has to get, and the fraction of the next. */
  private readonly due: number[] = [];

  constructor(limit: RateLimit, gateways = 2) {
    this.limiters = Array.from({ length: gateways }, () => {
      const sharing = new SharedLimits(this.server.open(), () => Date.now());
      return new RateLimiter({ service: 'users', route: undefined }, limit, sharing);
    });
  }

  /**
   * Sends requests at even intervals for `ms`. Returns how many were admitted.
   * @param perSecond requests to each gateway
   */
  async run(ms: number, perSecond: readonly number[]): Promise<number> {
    const before = this.admitted;
    for (let i = 0; i < ms; i += 1) {
      await this.pass(1);
      perSecond.forEach((rate, gateway) => {
        let due = (this.due[gateway] ?? 0) + rate / 1000;
        for (; due >= 1; due -= 1) this.send(gateway);
        this.due[gateway] = due;
      });
    }
    return this.admitted - before;
  }

  /** Sends a request of `key` to a gateway. Returns whether it was admitted. */
  send(gateway: number, key = ''): boolean {
    const limiter = this.limiters[gateway] as RateLimiter;
    const bucket = limiter.buckets.get(key, '10.0.0.1', Date.now());
    if (limiter.verdictOn(bucket) !== 'admitted') return false;
    limiter.charge(bucket);
    this.admitted += 1;
    return true;
  }

  async pass(ms: number): Promise<void> {
    for (let i = 0; i < ms; i += 1) {
      const { delivered } = this.server;
      jest.advanceTimersByTime(1);
      if (this.server.delivered > delivered)
        for (let step = 0; step < STEPS_OF_A_RESPONSE; step += 1) await Promise.resolve();
    }
  }
}
