import type { Stage } from '../stages/stage.js';
import type { Destination } from './destination.js';

/** A service's prefix plus its policy, compiled. */
export interface Route extends Destination {
  /** Only those that the policy asks for, in order. */
  readonly stages: readonly Stage[];
}
