/**
 * Outcome of a hedged attempt that was sent.
 * - `won`: its response began first and was forwarded;
 * - `lost`: the response of the first attempt was forwarded;
 * - `stood-in`: the first attempt failed, and this one replaced it;
 * - `failed`: it failed, or got a response that another instance may improve on;
 * - `given-up`: the exchange ended before that.
 */
export type HedgeOutcome = 'won' | 'lost' | 'stood-in' | 'failed' | 'given-up';

/** The hedged attempt of an exchange, as the pipeline uses it. */
export interface SecondAttempt {
  /** `undefined`: it was not sent, or is running. */
  readonly outcome: HedgeOutcome | undefined;
  readonly isRunning: boolean;
  /** Replaces the first attempt, which has failed; `false` if the hedged attempt is not running. */
  standIn(): boolean;
  /** A response is being forwarded; cancels the hedged attempt. */
  settle(now: number): void;
  /** The exchange has ended; aborts the hedged attempt. */
  giveUp(): void;
}
