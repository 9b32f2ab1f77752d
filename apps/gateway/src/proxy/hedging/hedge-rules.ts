import type { Hedging } from '../policy.js';
import { HeadTimes } from './head-times.js';

/** A service that is faster than this has nothing to gain; the machine's own hiccups would be taken for it. */
const LEAST_MS = 2;

/** When the requests of one service are sent to a second instance. */
export class HedgeRules {
  private readonly times: HeadTimes | undefined;
  private readonly fixedMs: number | undefined;

  private constructor(
    after: Exclude<Hedging['after'], 'off'>,
    /** Whether one more may be in flight to the service. */
    readonly hasRoom: () => boolean,
  ) {
    if (typeof after === 'number') this.fixedMs = after;
    else this.times = new HeadTimes(Number(after.slice(1)));
  }

  /** `undefined`: the policy asks for no hedges. */
  static of({ after }: Hedging, hasRoom: () => boolean): HedgeRules | undefined {
    return after === 'off' ? undefined : new HedgeRules(after, hasRoom);
  }

  /** How long to wait for an answer before another instance is asked, whole milliseconds; `undefined`: not known yet. */
  get delayMs(): number | undefined {
    if (this.fixedMs !== undefined) return this.fixedMs;
    const ms = this.times?.quantileMs;
    return ms === undefined ? undefined : Math.max(LEAST_MS, Math.floor(ms) + 1);
  }

  /**
   * A client waited so long for the head of its answer. Where the second instance came first, the first would have taken even
   * longer: either way that is beyond the quantile, which is therefore the same as without hedges.
   */
  note(ms: number): void {
    this.times?.note(ms);
  }
}
