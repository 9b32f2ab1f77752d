import type { Problem } from '#contracts';
import type { StageExchange } from '../../exchange/exchange-state.js';
import { quotaExceeded, rateLimitUnavailable } from '../../exchange/problems.js';
import type { PolicyCounts, Preview, PreviewRequest, Stage, StageSlot } from '../../exchange/stage.js';
import { wholeMs, type Bucket } from './bucket.js';
import type { RateLimiter, Verdict } from './rate-limiter.js';

/** A rate limit of a route. */
export interface RouteLimit {
  readonly limiter: RateLimiter;
  readonly counts: PolicyCounts;
}

/** The buckets that limits found for an exchange. */
export type FoundBuckets = Map<RateLimiter, Bucket>;

/**
 * Refuses requests above rate limits. A request is charged to all limits of the stage, or to none if one refuses it.
 * Limits with `shadow` never refuse; they are charged like the others if the others admit the request.
 */
export class RateLimitStage implements Stage {
  private readonly enforced: readonly RouteLimit[];
  private readonly shadows: readonly RouteLimit[];

  /** @param slot the buckets found, for `RateLimitFieldsStage` */
  constructor(
    readonly name: 'client-rate-limit' | 'rate-limit',
    limits: readonly RouteLimit[],
    private readonly slot: StageSlot<FoundBuckets>,
    private readonly now: () => number = wholeMs,
  ) {
    this.enforced = limits.filter(({ limiter }) => !limiter.limit.shadow);
    this.shadows = limits.filter(({ limiter }) => limiter.limit.shadow);
  }

  request(exchange: StageExchange): Problem | undefined {
    const now = this.now();
    const found = this.foundIn(exchange);
    let isRefused = false;
    for (const { limiter } of this.enforced) {
      const bucket = limiter.bucketOf(exchange, now);
      found.set(limiter, bucket);
      if (limiter.verdictOn(bucket) !== 'admitted') isRefused = true;
    }
    if (isRefused) return this.refuse(exchange, found);
    for (const { limiter, counts } of this.enforced) {
      limiter.charge(found.get(limiter) as Bucket);
      counts.allowed += 1;
    }
    for (const each of this.shadows) applyShadow(each, exchange, now);
    return undefined;
  }

  preview(request: PreviewRequest): Preview {
    const now = this.now();
    const found = new Map(
      [...this.enforced, ...this.shadows].map(({ limiter }) => [limiter, limiter.peek(request, now)]),
    );
    const detail = Array.from(found, ([limiter, bucket]) => describe(limiter, bucket)).join('; ');
    const reply = refusalOf(this.enforced, found);
    return reply ? { decision: 'respond', detail, reply } : { decision: 'continue', detail };
  }

  private foundIn(exchange: StageExchange): FoundBuckets {
    const found = this.slot.get(exchange) ?? new Map<RateLimiter, Bucket>();
    this.slot.set(exchange, found);
    return found;
  }

  private refuse(exchange: StageExchange, found: FoundBuckets): Problem | undefined {
    const refusing: string[] = [];
    for (const { limiter, counts } of this.enforced) {
      const verdict = limiter.verdictOn(found.get(limiter) as Bucket);
      if (verdict === 'admitted') continue;
      counts.refused.add(verdict);
      refusing.push(`${limiter.limit.name} (${verdict})`);
    }
    exchange.refusal = `rateLimits: ${refusing.join(', ')}`;
    return refusalOf(this.enforced, found);
  }
}

function applyShadow({ limiter, counts }: RouteLimit, exchange: StageExchange, now: number): void {
  const bucket = limiter.bucketOf(exchange, now);
  if (limiter.verdictOn(bucket) !== 'admitted') {
    counts.shadow += 1;
    return;
  }
  limiter.charge(bucket);
  counts.allowed += 1;
}

function refusalOf(limits: readonly RouteLimit[], found: FoundBuckets): Problem | undefined {
  const withVerdict = (verdict: Verdict): RateLimiter[] =>
    limits
      .map(({ limiter }) => limiter)
      .filter((each) => each.verdictOn(found.get(each) as Bucket) === verdict);
  if (withVerdict('store-unavailable').length > 0)
    return rateLimitUnavailable('the rate limit cannot be checked at the moment', {
      headers: { 'retry-after': '1' },
    });
  const exceeded = withVerdict('quota-exceeded');
  if (exceeded.length === 0) return undefined;
  const waits = exceeded.map((each) => each.rules.msUntilRoom(found.get(each) as Bucket));
  const seconds = Math.max(1, Math.ceil(Math.max(...waits) / 1000));
  return quotaExceeded(`too many requests; the next one is admitted in ${seconds} s`, {
    extensions: { 'violated-policies': exceeded.map(({ limit }) => limit.name) },
    headers: { 'retry-after': String(seconds) },
  });
}

function describe({ limit, rules }: RateLimiter, bucket: Bucket): string {
  const state = `${limit.name}${limit.shadow ? ' (shadow)' : ''}: ${rules.remaining(bucket)} of ${limit.burst} left`;
  const ms = rules.msUntilMore(bucket);
  return ms === 0 ? state : `${state}, one more in ${Math.ceil(ms / 1000)} s`;
}
