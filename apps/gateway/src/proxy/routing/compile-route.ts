import { createBalancer } from '../balancing/create-balancer.js';
import { DEFAULT_POLICY, type Policy } from '../policy.js';
import { RetryRules } from '../resilience/retry-rules.js';
import type { Route } from './route.js';
import { API_PREFIX } from './target.js';

/** The route of a service under a policy. */
export function compileRoute(service: string, policy: Policy = DEFAULT_POLICY): Route {
  const load = { inFlight: 0 };
  return {
    service,
    prefix: `${API_PREFIX}/${service}`,
    policy,
    stages: [],
    load,
    retries: new RetryRules(policy.retries),
    balancer: createBalancer(policy.balancing, {
      service,
      load,
      instanceLimit: policy.concurrency.perInstance || Infinity,
      zone: undefined,
    }),
  };
}
