import type { Balancer, RouteLoad } from '../balancing/balancer.js';
import type { Policy } from '../policy.js';
import type { RetryRules } from '../resilience/retry-rules.js';

/** What an exchange needs to know of its route once the stages have let it go on. */
export interface Destination {
  readonly service: string;
  /** `/api/{service}`, without a trailing slash. */
  readonly prefix: string;
  readonly policy: Policy;
  readonly balancer: Balancer;
  readonly load: RouteLoad;
  readonly retries: RetryRules;
}
