import { isAddressUnavailable } from '#service-kit';
import { isUnsent, type Failure, type FailureKind } from '../exchange/failure.js';
import { isIdempotent } from '../exchange/idempotent.js';
import type { Repeatable, RouteRetries } from '../exchange/route.js';
import type { Retries, RetryCondition } from '../../policy/policy.js';
import { isGatewayError } from './response-kind.js';
import { RetryBudget } from './retry-budget.js';

const LONGEST_BACKOFF_MS = 250;

/** When and how the requests of one service are retried. */
export class RetryRules implements RouteRetries {
  readonly budget: RetryBudget;
  private readonly on: ReadonlySet<RetryCondition>;
  private readonly statuses: ReadonlySet<number>;

  constructor(
    private readonly retries: Retries,
    private readonly random: () => number = Math.random,
  ) {
    this.budget = new RetryBudget(retries.budgetPercent);
    this.on = new Set(retries.on);
    this.statuses = new Set(this.on.has('retriable-status-codes') ? retries.statuses : []);
  }

  /** Whether another attempt may follow this kind of failure; charges the budget if the request had been sent. */
  mayFollow({ kind, cause }: Pick<Failure, 'kind' | 'cause'>, request: Repeatable, now: number): boolean {
    // An attempt at another instance would need the same resources; only ports run out per destination.
    if (kind === 'exhausted' && !isAddressUnavailable(cause)) return false;
    // Nothing was sent and no instance has extra work, so any method may be retried without charging the budget.
    if (isUnsent({ kind }))
      return this.on.has('connect-failure') && request.attempts <= this.retries.afterRefusal;
    return kind === 'reset' && this.on.has('reset') && this.mayRepeat(request, now);
  }

  /** Whether a response of `status` may be replaced by another attempt; charges the budget. */
  mayReplace(status: number, request: Repeatable, now: number): boolean {
    return this.isRetriable(status) && this.mayRepeat(request, now);
  }

  /** Whether another instance may respond better than with `status`. */
  isRetriable(status: number): boolean {
    return this.statuses.has(status) || (isGatewayError(status) && this.on.has('gateway-error'));
  }

  /** Conditions under which a request of `method` is retried. */
  conditionsFor(method: string): RetryCondition[] {
    const { on } = this.retries;
    return on.filter((condition) => condition === 'connect-failure' || isIdempotent(method));
  }

  /**
   * Milliseconds to wait before the next attempt. 0 if nothing was sent or after the first reset, which do not
   * concern the next instance; otherwise random, since the service may be overloaded.
   */
  backoffMs(kind: FailureKind, { repeats }: Repeatable): number {
    if (isUnsent({ kind }) || (kind === 'reset' && repeats === 0)) return 0;
    const most = Math.min(this.retries.backoffMs * 2 ** repeats, LONGEST_BACKOFF_MS);
    return Math.ceil(this.random() * most);
  }

  private mayRepeat(request: Repeatable, now: number): boolean {
    if (request.isBodyConsumed || !isIdempotent(request.method)) return false;
    return request.repeats < this.retries.afterSending && this.budget.spend(now);
  }
}
