import type { RateLimit } from '../../../policy/members/rate-limits.js';
import { BucketRules, type Bucket } from './bucket.js';
import { KeyedBuckets } from './keyed-buckets.js';
import { keyOf, type KeyedRequest } from './limit-key.js';

/** What a limit says about a request. */
export type Verdict = 'admitted' | 'quota-exceeded' | 'store-unavailable';

/** Keeps the buckets of a limit equal over several gateways. */
export interface LimitSharing {
  /** Whether the store is available. */
  readonly isAvailable: boolean;
  /** Keeps the buckets of a limit equal from now on. */
  join(limiter: RateLimiter): void;
  /** Charges an admitted request. */
  charge(limiter: RateLimiter, bucket: Bucket): void;
}

/** Where a limit is declared. */
export interface LimitScope {
  /** Service in the path. */
  readonly service: string;
  /** Name of the route; `undefined` if the service, or all services, have the limit. */
  readonly route: string | undefined;
}

function idOf({ service, route = '' }: LimitScope, limit: RateLimit): string {
  const { name, requests, per, burst, cost, key } = limit;
  const keyed = 'name' in key ? [key.from, encodeURIComponent(key.name)] : [key.from];
  return [service, route, name, requests, per, burst, cost, ...keyed].join('/');
}

/** One rate limit with its state. */
export class RateLimiter {
  readonly rules: BucketRules;
  /** Equal on all gateways, for limits whose buckets mean the same. Has no colon. */
  readonly id: string;

  /**
   * @param sharing `undefined`: each gateway enforces the limit alone
   * @param buckets those of an earlier object for the same limit
   */
  constructor(
    readonly scope: LimitScope,
    readonly limit: RateLimit,
    private readonly sharing?: LimitSharing,
    readonly buckets = new KeyedBuckets(new BucketRules(limit)),
  ) {
    this.id = idOf(scope, limit);
    this.rules = buckets.rules;
    sharing?.join(this);
  }

  /** Number of keys that the limit has buckets for. */
  get keys(): number {
    return this.buckets.size;
  }

  /** The bucket of a request, up to date. @param now milliseconds on the monotonic clock, a whole number */
  bucketOf(request: KeyedRequest, now: number): Bucket {
    return this.buckets.get(keyOf(request, this.limit), request.clientAddress ?? '', now);
  }

  /** The bucket with that key on another gateway, up to date; `undefined` if there is no room for it. */
  counterpart(key: string, now: number): Bucket | undefined {
    return this.buckets.counterpart(key, now);
  }

  /** A copy of the bucket of a request. */
  peek(request: KeyedRequest, now: number): Bucket {
    return this.buckets.peek(keyOf(request, this.limit), request.clientAddress ?? '', now);
  }

  verdictOn(bucket: Bucket): Verdict {
    if (this.sharing?.isAvailable === false && this.limit.onStoreDown !== 'local')
      return this.limit.onStoreDown === 'open' ? 'admitted' : 'store-unavailable';
    return this.rules.hasRoom(bucket) ? 'admitted' : 'quota-exceeded';
  }

  /** Charges an admitted request. */
  charge(bucket: Bucket): void {
    // The limit is open while the store is down.
    if (!this.rules.hasRoom(bucket)) return;
    if (this.sharing) this.sharing.charge(this, bucket);
    else bucket.debt += this.rules.cost;
  }
}
