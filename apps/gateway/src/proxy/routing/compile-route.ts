import { RoundRobinBalancer } from '../balancing/round-robin.balancer.js';
import { DEFAULT_POLICY } from '../policy.js';
import type { Route } from './route.js';
import { API_PREFIX } from './target.js';

/** Every service has the default policy, which asks for no stage. */
export const compileRoute = (service: string): Route => ({
  service,
  prefix: `${API_PREFIX}/${service}`,
  policy: DEFAULT_POLICY,
  stages: [],
  balancer: new RoundRobinBalancer(),
});
