/** Time limits of the steps of a request, in milliseconds; 0 means no limit. */
export interface Timeouts {
  /** Until the connection to the instance is established. */
  readonly connectMs: number;
  /** From the end of the request to the response head. */
  readonly responseHeaderMs: number;
  /** Maximum silence while a body is in transit in either direction. */
  readonly idleMs: number;
  /** The whole exchange; 0 by default, since event streams and downloads have no natural end. */
  readonly totalMs: number;
}

export const BALANCER_KINDS = ['power-of-two', 'round-robin', 'consistent-hash', 'sticky-cookie'] as const;

/** Input of the consistent hash; header names in lower case. */
export type HashKey =
  { readonly from: 'client-address' } | { readonly from: 'header' | 'cookie'; readonly name: string };

/** How instances are selected. */
export interface Balancing {
  readonly kind: (typeof BALANCER_KINDS)[number];
  /** For `consistent-hash`. */
  readonly hashOn: HashKey;
  /** Time until a new instance gets its full share of traffic, in milliseconds; 0: at once. */
  readonly slowStartMs: number;
}

/** Statuses of a gateway error. */
export const GATEWAY_ERROR_STATUSES: readonly number[] = Object.freeze([502, 503, 504]);

/**
 * When an exchange may be retried, with Envoy's names. All except `connect-failure`, where nothing was sent, apply to
 * idempotent requests whose body was not consumed.
 * - `connect-failure`: the connection could not be established;
 * - `reset`: the connection broke before the response head;
 * - `refused-stream`: HTTP/2 only; accepted so that existing policies can be reused, but never matches;
 * - `gateway-error`: the response was 502, 503 or 504;
 * - `retriable-status-codes`: the status was one of {@link Retries.statuses}.
 */
export const RETRY_CONDITIONS = [
  'connect-failure',
  'reset',
  'refused-stream',
  'gateway-error',
  'retriable-status-codes',
] as const;
export type RetryCondition = (typeof RETRY_CONDITIONS)[number];

/** How often an exchange may be retried, each time at another instance. */
export interface Retries {
  readonly on: readonly RetryCondition[];
  /** For `retriable-status-codes`. */
  readonly statuses: readonly number[];
  /** Maximum further instances after connections that could not be established. */
  readonly afterRefusal: number;
  /**
   * Maximum further attempts after one that was sent. One by default, so that a request which crashes its instance
   * does not reach all of them.
   */
  readonly afterSending: number;
  /** The wait before a retry is random, up to this value, twice this value and so on; milliseconds. */
  readonly backoffMs: number;
  /**
   * Bytes of the body of an idempotent request that are kept until a response begins, so that they can be repeated.
   * 0: only what arrived together with the head.
   */
  readonly bodyBytes: number;
  /** Maximum retries of a service, in per cent of its requests of the last ten seconds. */
  readonly budgetPercent: number;
}

/** Bounds of the percentile of response times after which a request can be hedged. */
export const HEDGE_PERCENTILES = { least: 50, most: 99 } as const;

/**
 * When a GET or HEAD without a response is also sent to another instance; the first response is used.
 * - `off`: never;
 * - `p95`, and others from `p50` to `p99`: after this percentile of the service's recent times to the response head;
 * - a number: after this many milliseconds.
 */
export interface Hedging {
  readonly after: 'off' | `p${number}` | number;
}

/** When a failing instance is ejected while others remain in rotation. */
export interface Ejection {
  /**
   * Failures in a row: responses of 500, 502, 503 or 504, and responses that are invalid, incomplete or late; 0:
   * never. An instance to which no connection can be opened is ejected at once.
   */
  readonly failuresInRow: number;
}

/** When the circuit breaker of a service opens. */
export interface BreakerLimits {
  /** Share of failures, per cent, that opens the breaker; 0: no breaker. */
  readonly failurePercent: number;
  /** Statuses of responses that count as failures. A request without a response from an instance always counts. */
  readonly statuses: readonly number[];
  /** Minimum requests in ten seconds for the share of failures to count. */
  readonly minRequests: number;
  /** Milliseconds that the breaker stays open at first; doubled by each failed trial, up to thirty seconds. */
  readonly openMs: number;
}

/** How a limit is adapted: not at all, or by the gradient of latency. */
export const ADAPTIVE_KINDS = ['off', 'gradient'] as const;

/** Maximum requests in flight; 0 means no limit. */
export interface ConcurrencyLimits {
  /** To one instance. */
  readonly perInstance: number;
  /**
   * To the service. Event streams and tunnels count for their whole duration, so the default leaves room for them.
   */
  readonly perService: number;
  /** Whether a limit derived from latency lowers {@link perService}. */
  readonly adaptive: (typeof ADAPTIVE_KINDS)[number];
  /** Maximum requests that may wait for capacity. */
  readonly queue: number;
  /** Maximum wait, in milliseconds. */
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
  /** Path prefixes that only registered instances may call. */
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
