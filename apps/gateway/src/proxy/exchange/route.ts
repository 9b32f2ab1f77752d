import type { Instance } from '../../discovery/index.js';
import type { RetryCondition } from '../../policy/policy.js';
import type { Balancer, Picking, RouteLoad } from './balancer.js';
import type { RouteFacts, StageExchange } from './exchange-state.js';
import type { Failure, FailureKind } from './failure.js';
import type { Phases } from './stage.js';

/** The facts that decide whether a request may be sent again. */
export interface Repeatable {
  readonly method: string;
  /** A part of the body was sent and cannot be repeated. */
  readonly isBodyConsumed: boolean;
  /** Attempts so far. */
  readonly attempts: number;
  /** Attempts that followed one which had been sent. */
  readonly repeats: number;
}

/** Decides on further attempts. Times are milliseconds on the monotonic clock. */
export interface RouteRetries {
  readonly budget: {
    recordRequest(now: number): void;
    /** Takes one retry from the budget; `false` if it is exhausted. */
    spend(now: number): boolean;
  };
  /** Whether another attempt may follow this failure; charges the budget if the request had been sent. */
  mayFollow(failure: Pick<Failure, 'kind' | 'cause'>, request: Repeatable, now: number): boolean;
  /** Whether a response of `status` may be replaced by another attempt; charges the budget. */
  mayReplace(status: number, request: Repeatable, now: number): boolean;
  /** Whether another instance may respond better than with `status`. */
  isRetriable(status: number): boolean;
  /** Conditions under which a request of `method` is retried. */
  conditionsFor(method: string): RetryCondition[];
  /** Milliseconds to wait before the next attempt. */
  backoffMs(kind: FailureKind, request: Repeatable): number;
}

/** Decides on hedged attempts. */
export interface RouteHedging {
  /** Milliseconds to wait for a response head before a hedged attempt; `undefined`: not known yet. */
  readonly delayMs: number | undefined;
  /** Whether the service can take one more request. */
  hasRoom(): boolean;
  recordHeadTime(ms: number): void;
}

/** A version that a route sends requests to. */
export interface RouteVersion {
  readonly version: string;
  readonly balancer: Balancer;
  /** Unfinished requests to instances of the version. */
  readonly load: RouteLoad;
  /** The instances of the version in `available`, the list of the current service entry. */
  instancesIn(available: readonly Instance[]): readonly Instance[];
}

/** Tells which instances an exchange has not tried. */
export type Untried = Pick<Picking, 'hasTried'>;

/** The versions among which a route divides its requests. */
export interface RouteVersions {
  get(version: string | undefined): RouteVersion | undefined;
  /** Weight of a version; 0 if the route sends no requests to it. */
  weightOf(version: string): number;
  readonly totalWeight: number;
  /** The version of a cohort, given by its hash, while all versions have instances. */
  home(cohort: number): string;
  /** The version of a cohort among those with an instance that `exchange` has not tried; `undefined` if none has. */
  select(cohort: number, available: readonly Instance[], exchange: Untried): string | undefined;
}

/** Requests that a policy applies to, and that policy, compiled. */
export interface Route extends RouteFacts {
  /** The members of the policy that only the policy file can declare, as they stand there. */
  readonly declared: Readonly<Record<string, unknown>>;
  readonly phases: Phases;
  readonly balancer: Balancer;
  /** `undefined`: versions make no difference. Otherwise each version has a balancer, used instead of {@link balancer}. */
  readonly versions: RouteVersions | undefined;
  /** Creates a balancer like the route's own, without its state, to preview decisions. */
  readonly newBalancer: () => Balancer;
  readonly retries: RouteRetries;
  /** `undefined` if the policy disables hedging. */
  readonly hedging: RouteHedging | undefined;
  /** The adaptive concurrency limit, for observation; `undefined` if the policy disables it. */
  readonly adaptive: { readonly current: number } | undefined;
  /**
   * The route of requests that the gateway repeats by itself to refresh what it has stored: its stages are those from
   * the cache look-up on. `undefined` without a cache.
   */
  readonly background: Route | undefined;
  /** The circuit breaker, for observation; `undefined` if the policy has none. */
  readonly breaker: { readonly state: 'closed' | 'open' | 'half-open' } | undefined;
}

/** An exchange and its whole route, for the runners of the phases. */
export type RoutedExchange = StageExchange & { readonly route: Route | undefined };

/**
 * The route of a routed exchange.
 * @throws Error if the exchange has no route
 */
export function routeOf({ route }: { readonly route: Route | undefined }): Route {
  if (!route) throw new Error('exchange has no route');
  return route;
}
