/**
 * What became of a hedge that was sent.
 * - `won`: its answer began first and was passed on;
 * - `lost`: the other one's was;
 * - `stood-in`: the other attempt failed, and it took its place;
 * - `failed`: it came to nothing itself, or to an answer that another might do better than;
 * - `given-up`: the exchange ended before that.
 */
export type HedgeOutcome = 'won' | 'lost' | 'stood-in' | 'failed' | 'given-up';

/** The hedge of an exchange, as the walk knows it. */
export interface SecondAttempt {
  /** `undefined`: it was not sent, or is under way. */
  readonly outcome: HedgeOutcome | undefined;
  readonly isRunning: boolean;
  /** The other attempt has failed: takes its place; `false`: it is not under way. */
  standIn(): boolean;
  /** An answer is passed on: nothing else is waited for. */
  settle(now: number): void;
  /** The exchange is over. */
  giveUp(): void;
}
