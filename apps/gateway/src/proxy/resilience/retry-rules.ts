import { isUnsent, type FailureKind } from '../forwarding/failure.js';
import { isIdempotent } from '../idempotent.js';
import type { Retries, RetryCondition } from '../policy.js';
import { isGatewayError } from './answer-kind.js';
import { RetryBudget } from './retry-budget.js';

/** What decides whether a request may be sent again. */
export interface Repeatable {
  readonly method: string;
  readonly isBodyConsumed: boolean;
  /** Attempts so far. */
  readonly attempts: number;
  /** Those of them that followed one which had been sent. */
  readonly repeats: number;
}

const LONGEST_BACKOFF_MS = 250;

/** When and how the requests of one service are tried again. */
export class RetryRules {
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

  /** Whether another attempt may follow one that failed so; takes it out of the budget if the request had been sent. */
  mayFollow(kind: FailureKind, request: Repeatable, now: number): boolean {
    // An attempt at another instance needs what the gateway lacks.
    if (kind === 'exhausted') return false;
    // Nothing was sent: no service has more to do for it, so it costs no budget and any method may.
    if (isUnsent({ kind }))
      return this.on.has('connect-failure') && request.attempts <= this.retries.afterRefusal;
    return kind === 'reset' && this.on.has('reset') && this.mayRepeat(request, now);
  }

  /** Whether an answer of `status` may be thrown away for another attempt; takes that out of the budget. */
  mayReplace(status: number, request: Repeatable, now: number): boolean {
    return this.isRetriable(status) && this.mayRepeat(request, now);
  }

  /** Whether an answer of `status` is one that another instance may do better than. */
  isRetriable(status: number): boolean {
    return this.statuses.has(status) || (isGatewayError(status) && this.on.has('gateway-error'));
  }

  /** Conditions under which a request of `method` is tried again. */
  conditionsFor(method: string): RetryCondition[] {
    const { on } = this.retries;
    return on.filter((condition) => condition === 'connect-failure' || isIdempotent(method));
  }

  /**
   * How long to wait before the next attempt. None when only a connection failed, on which the next instance has no
   * bearing; a random while when the service itself says that it has too much to do.
   */
  backoffMs(kind: FailureKind, { repeats }: Repeatable): number {
    if (isUnsent({ kind }) || (kind === 'reset' && repeats === 0)) return 0;
    const most = Math.min(this.retries.backoffMs * 2 ** repeats, LONGEST_BACKOFF_MS);
    return Math.ceil(this.random() * most);
  }

  private mayRepeat(request: Repeatable, now: number): boolean {
    if (request.isBodyConsumed || !isIdempotent(request.method)) return false;
    return request.repeats < this.retries.afterSending && this.budget.take(now);
  }
}
