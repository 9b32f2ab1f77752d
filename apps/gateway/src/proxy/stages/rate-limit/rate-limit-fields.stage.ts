import type { StageExchange } from '../../exchange/exchange-state.js';
import type { Stage, StageResponse, StageSlot } from '../../exchange/stage.js';
import { wholeMs, type Bucket } from './bucket.js';
import type { FoundBuckets } from './rate-limit.stage.js';
import type { RateLimiter } from './rate-limiter.js';

/**
 * Tells clients the rate limits of the route and what is left of them (draft-ietf-httpapi-ratelimit-headers), in place
 * of fields of the service. Limits with `shadow` are not told.
 */
export class RateLimitFieldsStage implements Stage {
  readonly name = 'rate-limit-fields';
  private readonly policies: string;

  /** @param limiters those that may refuse requests, in the order of the policy file */
  constructor(
    private readonly limiters: readonly RateLimiter[],
    private readonly slot: StageSlot<FoundBuckets>,
    private readonly now: () => number = wholeMs,
  ) {
    this.policies = limiters
      .map(({ limit: { name, requests, per } }) => `"${name}";q=${requests};w=${inSeconds(per)}`)
      .join(', ');
  }

  response(exchange: StageExchange, { fields }: StageResponse): void {
    fields.set('ratelimit-policy', this.policies);
    const states = this.states(this.slot.get(exchange));
    if (states === '') fields.remove('ratelimit');
    else fields.set('ratelimit', states);
  }

  /** A limit that the request did not reach has no state for it. */
  private states(found: FoundBuckets | undefined): string {
    if (!found) return '';
    const now = this.now();
    let states = '';
    for (const limiter of this.limiters) {
      const bucket = found.get(limiter);
      if (bucket) states += `${states && ', '}${stateOf(limiter, bucket, now)}`;
    }
    return states;
  }
}

function stateOf({ limit, rules }: RateLimiter, bucket: Bucket, now: number): string {
  rules.drain(bucket, now);
  const state = `"${limit.name}";r=${rules.remaining(bucket)}`;
  const ms = rules.msUntilMore(bucket);
  // A full bucket gets no more.
  return ms === 0 ? state : `${state};t=${inSeconds(ms)}`;
}

const inSeconds = (ms: number): number => Math.ceil(ms / 1000);
