import type { Balancer } from '../balancing/balancer.js';
import type { GuardInternalPathsStage } from '../stages/guard-internal-paths.stage.js';
import type { Stage } from '../stages/stage.js';
import type { Destination } from './destination.js';

/** A service's prefix plus its policy, compiled. */
export interface Route extends Destination {
  /** Only those that the policy asks for, in order. */
  readonly stages: readonly Stage[];
  /** The one of {@link stages} that closes internal paths; `undefined` when the service declares none. */
  readonly guard: GuardInternalPathsStage | undefined;
  /** A balancer like the route's own that remembers nothing, for those who ask what would happen. */
  readonly newBalancer: () => Balancer;
}
