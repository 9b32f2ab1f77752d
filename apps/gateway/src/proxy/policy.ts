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

export const BALANCER_KINDS = ['power-of-two', 'round-robin', 'consistent-hash', 'sticky-cookie'] as const;

/** What a consistent hash is taken of; header names in lower case. */
export type HashKey =
  { readonly from: 'client-address' } | { readonly from: 'header' | 'cookie'; readonly name: string };

/** How instances are picked. */
export interface Balancing {
  readonly kind: (typeof BALANCER_KINDS)[number];
  /** For `consistent-hash`. */
  readonly hashOn: HashKey;
  /** How long a new instance takes to its full share of traffic; 0: it has it at once. */
  readonly slowStartMs: number;
}

/** Statuses of a gateway error. */
export const GATEWAY_ERROR_STATUSES: readonly number[] = Object.freeze([502, 503, 504]);

/**
 * When an exchange may be tried again, by Envoy's names. All but `connect-failure`, where nothing was sent, are for
 * idempotent requests whose body was not consumed.
 * - `connect-failure`: no connection came about;
 * - `reset`: the connection broke before the head of an answer;
 * - `refused-stream`: HTTP/2 alone can say so; taken, so that such policies can be carried over, and never met;
 * - `gateway-error`: the answer was 502, 503 or 504;
 * - `retriable-status-codes`: it was one of {@link Retries.statuses}.
 */
export const RETRY_CONDITIONS = [
  'connect-failure',
  'reset',
  'refused-stream',
  'gateway-error',
  'retriable-status-codes',
] as const;
export type RetryCondition = (typeof RETRY_CONDITIONS)[number];

/** How often an exchange may try again, each time at another instance. */
export interface Retries {
  readonly on: readonly RetryCondition[];
  /** For `retriable-status-codes`. */
  readonly statuses: readonly number[];
  /** Further instances when no connection comes about. */
  readonly afterRefusal: number;
  /**
   * Further attempts after one that was sent. One, so that a request which kills its instance does not walk through all
   * of them.
   */
  readonly afterSending: number;
  /** The wait before a repeat is random, up to this, twice this, …; milliseconds. */
  readonly backoffMs: number;
  /**
   * So much of the body of an idempotent request is kept until an answer begins, so that it can be sent again; bytes. 0: only
   * what came together with the head.
   */
  readonly bodyBytes: number;
  /** Repeats of a service, in per cent of its requests of the last ten seconds. */
  readonly budgetPercent: number;
}

/** Least and most of the share of answers, per cent, after which a request can be hedged. */
export const HEDGE_PERCENTILES = { least: 50, most: 99 } as const;

/**
 * When a GET or HEAD that has had no answer is sent to another instance as well, of which the first to answer counts:
 * - `off`: never;
 * - `p95`, and others from `p50` to `p99`: after the time within which so many of the service's recent answers began;
 * - a number: after so many milliseconds.
 */
export interface Hedging {
  readonly after: 'off' | `p${number}` | number;
}

/** When an instance is taken out of rotation for failing, while others go on. */
export interface Ejection {
  /**
   * Failures in a row: responses of 500, 502, 503 or 504, and responses that are invalid, incomplete or late; 0: never. An instance to
   * which no connection can be opened is ejected at once.
   */
  readonly failuresInRow: number;
}

/** When a whole service is left alone for a while. */
export interface BreakerLimits {
  /** Share of failures, per cent, that opens the breaker; 0: there is none. */
  readonly failurePercent: number;
  /** Statuses of responses that count as failures. A request without a response from an instance always counts. */
  readonly statuses: readonly number[];
  /** Requests in ten seconds below which no share is taken seriously. */
  readonly minRequests: number;
  /** How long it stays open the first time; doubles with each failed trial, up to thirty seconds. */
  readonly openMs: number;
}

/** How a limit is found: not at all, or by the gradient of latency. */
export const ADAPTIVE_KINDS = ['off', 'gradient'] as const;

/** How much is in flight at most; 0 means no limit. */
export interface ConcurrencyLimits {
  /** To one instance. */
  readonly perInstance: number;
  /** To the service. Event streams and tunnels count for as long as they last, so the default leaves room for them. */
  readonly perService: number;
  /** Whether a limit that is found by latency lowers {@link perService}. */
  readonly adaptive: (typeof ADAPTIVE_KINDS)[number];
  /** How many more may wait for a place, */
  readonly queue: number;
  /** and for how long, milliseconds. */
  readonly queueMs: number;
}

/** A route's declared behaviour. */
export interface Policy {
  readonly timeouts: Timeouts;
  readonly balancing: Balancing;
  readonly retries: Retries;
  readonly hedging: Hedging;
  readonly ejection: Ejection;
  readonly breaker: BreakerLimits;
  readonly concurrency: ConcurrencyLimits;
  /** Path prefixes that registered instances alone may call. */
  readonly internalPaths: readonly string[];
}

export const DEFAULT_POLICY: Policy = Object.freeze({
  timeouts: Object.freeze({ connectMs: 3_000, responseHeaderMs: 30_000, idleMs: 60_000, totalMs: 0 }),
  balancing: Object.freeze({
    kind: 'power-of-two',
    hashOn: Object.freeze({ from: 'client-address' }),
    slowStartMs: 10_000,
  }),
  retries: Object.freeze({
    on: Object.freeze(['connect-failure', 'reset', 'gateway-error'] as const),
    statuses: Object.freeze([]),
    afterRefusal: 9,
    afterSending: 1,
    backoffMs: 25,
    bodyBytes: 65_536,
    budgetPercent: 20,
  }),
  hedging: Object.freeze({ after: 'off' }),
  ejection: Object.freeze({ failuresInRow: 5 }),
  breaker: Object.freeze({
    failurePercent: 50,
    statuses: GATEWAY_ERROR_STATUSES,
    minRequests: 20,
    openMs: 1_000,
  }),
  concurrency: Object.freeze({
    perInstance: 0,
    perService: 16_384,
    adaptive: 'off',
    queue: 256,
    queueMs: 500,
  }),
  internalPaths: Object.freeze([]),
});
