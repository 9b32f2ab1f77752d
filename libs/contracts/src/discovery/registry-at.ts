import type { DiscoveryEventType } from './discovery-event.js';
import type { InstanceView } from './instance.js';

/** An instance as it was: without lease times and reports, which are not recorded. */
export type InstanceAt = Pick<
  InstanceView,
  | 'id'
  | 'name'
  | 'url'
  | 'transport'
  | 'version'
  | 'weight'
  | 'healthPath'
  | 'metadata'
  | 'status'
  | 'statusReason'
>;

/** Response of `GET /discovery/at`: the registry as it was. Times are ISO 8601 in UTC. */
export interface RegistryAt {
  /** The time that is shown. */
  readonly at: string;
  /** The earliest time that can be shown. */
  readonly oldest: string;
  /** The time of the latest change; `oldest` if there was none. */
  readonly newest: string;
  /** Revision of the policy file that was in effect; `null` if there was none, or if it is not recorded. */
  readonly revision: string | null;
  readonly instances: readonly InstanceAt[];
}

/** A change of the registry, or of the policy file. */
export interface TimelineChange {
  /** ISO 8601, UTC: when it took effect at this gateway. */
  readonly at: string;
  readonly kind: 'registry' | 'policy';
  /** `loaded`: the policy file took effect. */
  readonly type: DiscoveryEventType | 'loaded';
  /** One sentence. */
  readonly reason: string;
  /** Absent for `policy`. */
  readonly service?: string;
  /** Absent for `policy`. */
  readonly instanceId?: string;
  /** Absent for `registry`. */
  readonly revision?: string;
}

/** Response of `GET /discovery/timeline`. Times are ISO 8601 in UTC. */
export interface Timeline {
  readonly oldest: string;
  readonly newest: string;
  /** The newest last. */
  readonly changes: readonly TimelineChange[];
}
