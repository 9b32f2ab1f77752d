import type { RateLimit } from '../../../policy/members/rate-limits.js';
import { wholeMs } from './bucket.js';
import type { KeyedBuckets } from './keyed-buckets.js';
import { RateLimiter, type LimitScope, type LimitSharing } from './rate-limiter.js';

/** How long buckets are kept without a route: an instance that is deployed again must not refill them. */
const KEPT_MS = 10 * 60_000;
/** A reload may create thousands of limits: not each of them looks at all others. */
const REMOVE_EVERY_MS = 1000;

/** A limit that routes hold, and its buckets, which outlive it. */
interface KnownLimit {
  readonly limiter: WeakRef<RateLimiter>;
  readonly buckets: KeyedBuckets;
  /** When no route was found to hold the limit. */
  unusedSince: number | undefined;
}

/**
 * The rate limits of all routes. A limit keeps its state while one of its routes exists and its own members stay the
 * same, whatever else changes in the policy; without a route, for {@link KEPT_MS}.
 */
export class RateLimiters {
  private readonly limits = new Map<string, KnownLimit>();
  private removedAt = -Infinity;

  /**
   * @param sharing `undefined`: no store is configured
   * @param onUnshared called for a shared limit if no store is configured
   * @param now milliseconds on the clock of the stages
   */
  constructor(
    readonly sharing?: LimitSharing,
    private readonly onUnshared: (scope: LimitScope, limit: RateLimit) => void = () => undefined,
    private readonly now: () => number = wholeMs,
  ) {}

  /** The limits that are in use. */
  get all(): readonly RateLimiter[] {
    this.removeUnused();
    return [...this.limits.values()].flatMap(({ limiter }) => limiter.deref() ?? []);
  }

  of(scope: LimitScope, limit: RateLimit): RateLimiter {
    if (this.now() - this.removedAt >= REMOVE_EVERY_MS) this.removeUnused();
    const key = JSON.stringify([scope.service, scope.route, limit]);
    const known = this.limits.get(key);
    const current = known?.limiter.deref();
    if (current) return current;
    if (limit.shared && !this.sharing) this.onUnshared(scope, limit);
    const sharing = limit.shared ? this.sharing : undefined;
    const limiter = new RateLimiter(scope, limit, sharing, known?.buckets);
    const { buckets } = limiter;
    this.limits.set(key, { limiter: new WeakRef(limiter), buckets, unusedSince: undefined });
    return limiter;
  }

  private removeUnused(): void {
    const now = (this.removedAt = this.now());
    for (const [key, known] of this.limits) {
      if (known.limiter.deref()) continue;
      known.unusedSince ??= now;
      if (now - known.unusedSince >= KEPT_MS || known.buckets.isDrained(now)) this.limits.delete(key);
    }
  }
}
