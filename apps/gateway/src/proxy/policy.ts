/** How long each step of a request may take, milliseconds; 0 means no limit. */
export interface Timeouts {
  /** Until a connection to the instance stands. */
  readonly connectMs: number;
  /** From the end of the request to the head of the answer. */
  readonly responseHeaderMs: number;
  /** Longest silence while a body, either way, is under way. */
  readonly idleMs: number;
  /** The whole exchange; 0 by default, since event streams and downloads have no natural end. */
  readonly totalMs: number;
}

/** How often an exchange may try again. */
export interface Retries {
  /** Further instances when a connection is refused: nothing was sent, so any method may. */
  readonly afterRefusal: number;
  /**
   * Further attempts when a connection breaks before an answer: idempotent methods without a consumed body only. One,
   * so that a request which kills its instance does not walk through all of them.
   */
  readonly afterReset: number;
}

/** A route's declared behaviour. */
export interface Policy {
  readonly timeouts: Timeouts;
  readonly retries: Retries;
}

export const DEFAULT_POLICY: Policy = Object.freeze({
  timeouts: Object.freeze({ connectMs: 3_000, responseHeaderMs: 30_000, idleMs: 60_000, totalMs: 0 }),
  retries: Object.freeze({ afterRefusal: 9, afterReset: 1 }),
});
