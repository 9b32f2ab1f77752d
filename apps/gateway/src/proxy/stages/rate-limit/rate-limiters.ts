import type { RateLimit } from '../../../policy/members/rate-limits.js';
import { RateLimiter, type LimitScope, type LimitSharing } from './rate-limiter.js';

/**
 * The rate limits of all routes. A limit keeps its state while one of its routes exists and its own members stay the
 * same, whatever else changes in the policy.
 */
export class RateLimiters {
  /** Weak: routes hold their limits. */
  private readonly limiters = new Map<string, WeakRef<RateLimiter>>();

  /**
   * @param sharing `undefined`: no store is configured
   * @param onUnshared called for a shared limit if no store is configured
   */
  constructor(
    readonly sharing?: LimitSharing,
    private readonly onUnshared: (scope: LimitScope, limit: RateLimit) => void = () => undefined,
  ) {}

  /** The limits that are in use. */
  get all(): readonly RateLimiter[] {
    return [...this.limiters.values()].flatMap((each) => each.deref() ?? []);
  }

  of(scope: LimitScope, limit: RateLimit): RateLimiter {
    const key = JSON.stringify([scope.service, scope.route, limit]);
    const known = this.limiters.get(key)?.deref();
    if (known) return known;
    if (limit.shared && !this.sharing) this.onUnshared(scope, limit);
    const limiter = new RateLimiter(scope, limit, limit.shared ? this.sharing : undefined);
    this.removeUnused();
    this.limiters.set(key, new WeakRef(limiter));
    return limiter;
  }

  private removeUnused(): void {
    for (const [key, limiter] of this.limiters) if (!limiter.deref()) this.limiters.delete(key);
  }
}
