import type { Balancer, RouteLoad } from './balancer.js';
import type { HedgeRules } from '../forward/hedging/hedge-rules.js';
import type { Policy } from '../../policy/policy.js';
import type { CircuitBreaker } from '../stages/circuit-breaker/circuit-breaker.js';
import type { GradientLimit } from '../stages/concurrency-limit/gradient-limit.js';
import type { RetryRules } from '../resilience/retry-rules.js';

/** The part of a stage that is used after an exchange has entered it. */
export interface Leavable {
  /** An exchange that passed this stage has ended. Called once per exchange. */
  leave?(exchange: object): void;
  /** An exchange that did not pass this stage has ended: it was refused here, or waited here. */
  gone?(exchange: object): void;
}

/** The part of a route that an exchange needs after the stages. */
export interface Destination {
  readonly service: string;
  /** `/api/{service}`, without a trailing slash. */
  readonly prefix: string;
  readonly policy: Policy;
  readonly stages: readonly Leavable[];
  readonly balancer: Balancer;
  readonly load: RouteLoad;
  readonly retries: RetryRules;
  /** When to send a hedged attempt; `undefined` if the policy disables it. */
  readonly hedging: HedgeRules | undefined;
  /** Adapts the concurrency limit to each response; `undefined` if the policy disables it. */
  readonly adaptive: GradientLimit | undefined;
  /** Records the results of exchanges; `undefined` if the policy has no circuit breaker. */
  readonly breaker: CircuitBreaker | undefined;
}
