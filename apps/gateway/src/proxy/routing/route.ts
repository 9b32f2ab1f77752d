import type { Balancer } from '../balancing/balancer.js';
import type { Stage } from '../stages/stage.js';
import type { Destination } from './destination.js';

/** A service's prefix plus its policy, compiled. */
export interface Route extends Destination {
  /** Only those that the policy asks for, in order. */
  readonly stages: readonly Stage[];
  /** A balancer like the route's own that remembers nothing, for those who ask what would happen. */
  readonly newBalancer: () => Balancer;
}
