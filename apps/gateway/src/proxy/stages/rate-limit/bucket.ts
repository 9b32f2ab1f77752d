import type { RateLimit } from '../../../policy/members/rate-limits.js';
import type { Spending } from './spending.js';

/** Milliseconds on the monotonic clock, a whole number. */
export const wholeMs = (): number => Math.floor(performance.now());

/** What one key has used of a limit. */
export interface Bucket {
  readonly key: string;
  /** What was charged and has not drained yet, at the time {@link at}; in the unit of {@link BucketRules}. */
  debt: number;
  /** Milliseconds on the monotonic clock. */
  at: number;
  /** The part of the debt that was not reported to other gateways yet; 0 unless the limit is shared. */
  unreported: number;
  /** Time of the first request in {@link unreported}. */
  unreportedSince: number;
  /** `undefined`: no other gateway has admitted requests of the key. */
  spending: Spending | undefined;
}

export const newBucket = (key: string, at: number): Bucket => ({
  key,
  debt: 0,
  at,
  unreported: 0,
  unreportedSince: 0,
  spending: undefined,
});

/**
 * The generic cell rate algorithm (a token bucket) in whole numbers, hence exact. The unit of debt is such that one
 * request costs as many units as the period has milliseconds, and `requests` units drain in a millisecond.
 */
export class BucketRules {
  /** Units that drain in a millisecond. */
  readonly drainPerMs: number;
  /** Units that one request is charged. */
  readonly cost: number;
  /** Units of a request of cost 1. */
  private readonly unit: number;
  private readonly capacity: number;

  constructor({ requests, per, burst, cost }: Pick<RateLimit, 'requests' | 'per' | 'burst' | 'cost'>) {
    this.drainPerMs = requests;
    this.unit = per;
    this.capacity = burst * per;
    this.cost = cost * per;
  }

  /** Brings `bucket` up to date. A time before the last one changes nothing. */
  drain(bucket: Bucket, now: number): void {
    const elapsed = now - bucket.at;
    if (elapsed <= 0) return;
    bucket.debt = Math.max(0, bucket.debt - elapsed * this.drainPerMs);
    bucket.at = now;
  }

  hasRoom({ debt }: Bucket): boolean {
    return debt + this.cost <= this.capacity;
  }

  /** Whole requests of cost 1 that the bucket has room for. */
  remaining({ debt }: Bucket): number {
    return Math.max(0, Math.floor((this.capacity - debt) / this.unit));
  }

  /** Milliseconds until the bucket has room for one more than {@link remaining}; 0 if it is empty. */
  msUntilMore(bucket: Bucket): number {
    if (bucket.debt === 0) return 0;
    return this.msUntil(bucket, this.capacity - (this.remaining(bucket) + 1) * this.unit);
  }

  /** Milliseconds until the bucket has room for a request. */
  msUntilRoom(bucket: Bucket): number {
    return this.msUntil(bucket, this.capacity - this.cost);
  }

  private msUntil({ debt }: Bucket, allowed: number): number {
    return Math.max(0, (debt - allowed) / this.drainPerMs);
  }
}
