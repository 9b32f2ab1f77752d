import type { Balancer, RouteLoad } from '../balancing/balancer.js';
import type { HedgeRules } from '../hedging/hedge-rules.js';
import type { Policy } from '../policy.js';
import type { Breaker } from '../resilience/breaker.js';
import type { GradientLimit } from '../resilience/gradient-limit.js';
import type { RetryRules } from '../resilience/retry-rules.js';

/** A stage as it is known once it has let an exchange go on. */
export interface Leavable {
  /** That exchange is over. Called once for each one that was let go on. */
  leave?(exchange: object): void;
  /** That exchange is over, and it was not let go on: it was refused here, or waited here. */
  gone?(exchange: object): void;
}

/** What an exchange needs to know of its route once the stages have let it go on. */
export interface Destination {
  readonly service: string;
  /** `/api/{service}`, without a trailing slash. */
  readonly prefix: string;
  readonly policy: Policy;
  readonly stages: readonly Leavable[];
  readonly balancer: Balancer;
  readonly load: RouteLoad;
  readonly retries: RetryRules;
  /** When another instance is asked as well; `undefined` when the policy asks for none. */
  readonly hedging: HedgeRules | undefined;
  /** Learns from each answer how much the service can bear; `undefined` when the policy asks for none. */
  readonly adaptive: GradientLimit | undefined;
  /** Hears how exchanges end; `undefined` when the policy asks for none. */
  readonly breaker: Breaker | undefined;
}
