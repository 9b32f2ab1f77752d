/**
 * Outcome of a hedged attempt that was sent.
 * - `won`: its response began first and was forwarded;
 * - `lost`: the response of the first attempt was forwarded;
 * - `replaced`: the first attempt failed, and this one replaced it;
 * - `failed`: it failed, or got a response that another instance may improve on;
 * - `cancelled`: the exchange ended before that.
 */
export type HedgeOutcome = 'won' | 'lost' | 'replaced' | 'failed' | 'cancelled';

/** The hedged attempt of an exchange, as the pipeline uses it. */
export interface ExchangeHedge {
  /** `undefined`: it was not sent, or is running. */
  readonly outcome: HedgeOutcome | undefined;
  readonly isRunning: boolean;
  /** Replaces the first attempt, which has failed; `false` if the hedged attempt is not running. */
  replaceFailed(): boolean;
  /** A response is being forwarded; cancels the hedged attempt. */
  settle(now: number): void;
  /** The exchange has ended; aborts the hedged attempt. */
  cancel(): void;
}
