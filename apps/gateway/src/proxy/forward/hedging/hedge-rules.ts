import type { Hedging } from '../../../policy/policy.js';
import type { RouteHedging } from '../../exchange/route.js';
import { HeadTimes } from './head-times.js';

/** Minimum delay: a faster service gains nothing, and pauses of the machine would be taken for slow responses. */
const LEAST_MS = 2;

/** When the requests of one service get a hedged attempt. */
export class HedgeRules implements RouteHedging {
  private readonly times: HeadTimes | undefined;
  private readonly fixedMs: number | undefined;

  private constructor(
    after: Exclude<Hedging['after'], 'off'>,
    /** Whether the service can take one more request. */
    readonly hasRoom: () => boolean,
  ) {
    if (typeof after === 'number') this.fixedMs = after;
    else this.times = new HeadTimes(Number(after.slice(1)));
  }

  /** `undefined`: the policy disables hedging. */
  static of({ after }: Hedging, hasRoom: () => boolean): HedgeRules | undefined {
    return after === 'off' ? undefined : new HedgeRules(after, hasRoom);
  }

  /**
   * Time to wait for a response head before the hedged attempt, in whole milliseconds; `undefined`: not known yet.
   */
  get delayMs(): number | undefined {
    if (this.fixedMs !== undefined) return this.fixedMs;
    const ms = this.times?.quantileMs;
    return ms === undefined ? undefined : Math.max(LEAST_MS, Math.floor(ms) + 1);
  }

  /**
   * Records the time that a client waited for the response head. If the hedged attempt won, the first attempt would
   * have taken even longer: either way the time is beyond the quantile, so hedging does not change the quantile.
   */
  recordHeadTime(ms: number): void {
    this.times?.record(ms);
  }
}
