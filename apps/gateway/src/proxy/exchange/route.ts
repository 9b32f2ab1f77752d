import type { Balancer } from './balancer.js';
import type { InternalPathsStage } from '../stages/internal-paths/internal-paths.stage.js';
import type { Stage } from './stage.js';
import type { Destination } from './destination.js';

/** The prefix of a service and its compiled policy. */
export interface Route extends Destination {
  /** The stages that the policy requires, in order. */
  readonly stages: readonly Stage[];
  /** The member of {@link stages} that closes internal paths; `undefined` if the service declares none. */
  readonly guard: InternalPathsStage | undefined;
  /** Creates a balancer like the route's own, without its state, to preview decisions. */
  readonly newBalancer: () => Balancer;
}
